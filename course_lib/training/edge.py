"""The edge of stability: runs on all examples, with the sharpness measured on the way.

    task       a few hundred images, as coordinates along their first principal components; the
               targets are 0 and 1
    rule       step = rate * P^-1 (an average of gradients), P diagonal
    sharpness  largest eigenvalue of P^-1/2 H P^-1/2, which has the eigenvalues of P^-1 H
    edge       lr * sharpness beyond which a quadratic with this H and a fixed P blows up:
               sgd, rmsprop 2;  momentum 2 (1 + beta);  adam 2 (1 + beta1) / (1 - beta1)

Notebooks: 31.
"""
from types import SimpleNamespace

import numpy as np

from course_lib.arguments import fraction, whole
from course_lib.landscapes.sharpness import lanczos
from course_lib.networks.hessian_product import hessian_product
from course_lib.networks.initializers import glorot
from course_lib.networks.losses import mse
from course_lib.networks.network import mlp
from course_lib.optimizers.rules import rule_called

WIDTHS = (32, 32)
EPS = 1e-8  # that of the rules


def small_task(splits, n=500, k=64):
    """Return (X, Y) of the first n training images: X (n, k), the centred images along their first
    k principal components, and Y (n, 10), 1 at the label and 0 elsewhere.
    """
    X = splits.X_train[:n].astype(float)
    X -= X.mean(axis=0)
    U, S, _ = np.linalg.svd(X, full_matrices=False)
    return U[:, :k] * S[:k], np.eye(10)[splits.y_train[:n]]


def network(task, seed, widths=WIDTHS, activation="tanh"):
    """Return a new network for the task, with Glorot's weights and squared error."""
    sizes = [task[0].shape[1], *widths, task[1].shape[1]]
    return mlp(sizes, rng=np.random.default_rng(seed), activation=activation, init=glorot,
               loss=mse, dtype=np.float64)


def edge(step, beta=0.0):
    """Return lr * sharpness at the edge of stability of a rule (Cohen et al. 2021, arXiv
    2103.00065, and 2022, arXiv 2207.14484).

    step: "sgd", "rmsprop", "momentum" or "adam"; beta: that of momentum, or Adam's beta1, in
        [0, 1). Raises ValueError for any other.

    >>> edge("sgd"), edge("momentum", 0.5), edge("adam", 0.5)
    (2.0, 3.0, 6.0)
    """
    beta = fraction("beta", beta)
    edges = {"sgd": 2.0, "rmsprop": 2.0, "momentum": 2 + 2 * beta,
             "adam": (2 + 2 * beta) / (1 - beta)}
    if step not in edges:
        raise ValueError(f"step must be one of {', '.join(edges)}, got {step!r}")
    return edges[step]


def preconditioner(step, state, beta1=0.9, beta2=0.999, **hyper):
    """Return P for the step after `state`, a number or (n,); for Adam with its correction of m, so
    that what P^-1 multiplies is an average of gradients from zero.
    """
    if step == "rmsprop":
        return np.sqrt(state["v"]) + EPS
    if step == "adam":
        t = state["t"]
        return (1 - beta1**t) * (np.sqrt(state["v"] / (1 - beta2**t)) + EPS)
    return 1.0


def sharpness(product, n, *, rng, P=1.0):
    """Return the largest eigenvalue of P^-1/2 H P^-1/2, for product: u -> H u, and n weights."""
    root = 1 / np.sqrt(P)
    return lanczos(lambda u: root * product(root * u), n, rng=rng, n_steps=60, tol=1e-3,
                   least=10)[0][1]


def follow(task, step, lr, *, seed, n_steps, every=25, net=None, **hyper):
    """Run a rule on all examples; return what was seen on the way.

    every: the sharpness is measured each `every` steps, from step `every` on.
    net: a network to begin with; else `network(task, seed)`. It holds the last weights afterwards.
    Returns t (k,), and there edge (k,), lr times the sharpness, preconditioned where the rule is;
        and loss (n_steps + 1,), shorter if it stops being finite.
    """
    net, rule = net or network(task, seed), rule_called(step)
    fun, at = net.objective(*task), hessian_product(net, *task)
    w, state, run = net.theta.copy(), {}, SimpleNamespace(t=[], edge=[], loss=[])
    for t in range(whole("n_steps", n_steps) + 1):
        loss, g = fun(w)
        if not np.isfinite(loss):
            break
        run.loss.append(loss)
        if t and t % every == 0:
            P = preconditioner(step, state, **hyper)
            run.t.append(t)
            run.edge.append(lr * sharpness(at(w), w.size, rng=np.random.default_rng(t), P=P))
        if t < n_steps:
            w, state = rule(w, g, state, lr=lr, **hyper)
    net.theta = w
    return SimpleNamespace(t=np.array(run.t), edge=np.array(run.edge), loss=np.array(run.loss))


def settled_at(t, edge, since):
    """Return the mean of lr * sharpness over the measurements from step `since` on."""
    return float(np.mean(np.asarray(edge)[np.asarray(t) >= since]))
