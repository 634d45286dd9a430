"""What scikit-learn's `learning_rate='adaptive'` does, written out, and two classifiers trained
from scratch with it.

    an epoch has failed   if its mean loss > best loss so far - tol; failures in a row are counted
    patience of them      the rate is divided by 5 and the count starts again; training ends if the
                          rate was <= 1e-6

SGDClassifier is patient for n_iter_no_change epochs, MLPClassifier for n_iter_no_change + 1. No
gradient is looked at, and all weights share one rate. `replay_mlp` and `replay_sgd` use this
course's network and update rules; from scikit-learn comes only what is random: the start and the
order of the examples.

Notebooks: 27.
"""
import math
from types import SimpleNamespace

import numpy as np

from course_lib.arguments import one_thread
from course_lib.networks.network import mlp
from course_lib.optimizers.momentum_theory import keras_momentum


def adaptive_rate(loss, state, *, lr, tol, patience):
    """Return the rate after an epoch with this mean loss, 0.0 if training ends there, and the new
    state.

    state: {} before the first epoch.
    lr: the rate of the first epoch.

    >>> state, rates = {}, []
    >>> for loss in (1.0, 0.5, 0.5, 0.5, 0.4):
    ...     rate, state = adaptive_rate(loss, state, lr=1.0, tol=0.1, patience=2)
    ...     rates.append(rate)
    >>> rates
    [1.0, 1.0, 1.0, 0.2, 0.2]
    """
    rate, best = state.get("rate", lr), state.get("best", math.inf)
    failures = state.get("failures", 0) + 1 if loss > best - tol else 0
    if failures >= patience:
        rate, failures = (rate / 5 if rate > 1e-6 else 0.0), 0
    return rate, {"rate": rate, "best": min(best, loss), "failures": failures}


def replay_mlp(
    X, y, *, hidden, lr, beta, tol, n_iter_no_change, batch_size, epochs, seed, step=keras_momentum
):
    """Train as MLPClassifier(solver='sgd', learning_rate='adaptive', nesterovs_momentum=False,
    alpha=0.0) does.

    X (n, n_in) and labels y (n,) from 0;
    hidden: units of the one hidden layer, ReLU.
    Returns the losses and the rates of all epochs and the network, in float64.
    step: another rule for the momentum than scikit-learn's, which is Keras'.
    """
    from sklearn.utils import check_random_state, shuffle

    random_state = check_random_state(seed)
    net = mlp(
        [X.shape[1], hidden, int(y.max()) + 1], rng=np.random.default_rng(0), dtype=np.float64
    )
    for layer in net.layers[::2]:
        bound = math.sqrt(6 / sum(layer.W.shape))
        layer.W[...] = random_state.uniform(-bound, bound, layer.W.shape)
        layer.b[...] = random_state.uniform(-bound, bound, layer.b.shape)
    order, rate, state, plateau, losses, rates = np.arange(len(y)), lr, {}, {}, [], []
    for _ in range(epochs):
        order, total = shuffle(order, random_state=random_state), 0.0
        for start in range(0, len(y), batch_size):
            batch = order[start:start + batch_size]
            loss, grad = net.loss_and_grad(X[batch], y[batch])
            net.theta, state = step(net.theta, grad, state, lr=rate, beta=beta)
            total += loss * len(batch)
        losses.append(total / len(y))
        rates.append(rate)
        rate, plateau = adaptive_rate(
            losses[-1], plateau, lr=lr, tol=tol, patience=n_iter_no_change + 1
        )
        if rate == 0.0:
            break
    return losses, rates, net


def replay_sgd(X, y, *, lr, tol, n_iter_no_change, epochs):
    """Train as SGDClassifier(loss='log_loss', penalty=None, learning_rate='adaptive',
    shuffle=False) does.

    X (n, n_in), and y (n,) of -1 and 1. Returns the weights, the intercept and the rates of all
    epochs.
    """
    w, intercept, rate, plateau, rates = np.zeros(X.shape[1]), 0.0, lr, {}, []
    for _ in range(epochs):
        total = 0.0
        for x, label in zip(X, y.tolist(), strict=True):
            score = label * (float(w @ x) + intercept)
            total += (
                math.log1p(math.exp(-score)) if score > 0 else math.log1p(math.exp(score)) - score
            )
            slope = 1 / (1 + math.exp(score))  # minus the derivative of the loss by the score
            w = w + rate * slope * label * x
            intercept += rate * slope * label
        rates.append(rate)
        rate, plateau = adaptive_rate(
            total / len(y), plateau, lr=lr, tol=tol, patience=n_iter_no_change
        )
        if rate == 0.0:
            break
    return w, intercept, rates


def mlp_adam_path(gradients, w, *, lr, beta1, beta2, eps):
    """Return the points (steps, n) of MLPClassifier's own Adam, a private class of scikit-learn, on
    gradients (steps, n).
    """
    from sklearn.neural_network._stochastic_optimizers import AdamOptimizer

    w, path = np.array(w), []
    adam = AdamOptimizer([w], lr, beta1, beta2, eps)
    for g in gradients:
        adam.update_params([w], [g])
        path.append(w.copy())
    return np.array(path)


def both_mlps(X, y, *, n_iter_no_change=2, seed=1):
    """Train scikit-learn's MLPClassifier with 'adaptive' and its replay; return `losses`, `rates`,
    the largest difference `apart` of two losses or weights, and the `failures` in a row before the
    rate fell for the first time.

    X (n, n_in), labels y (n,).
    """
    from sklearn.neural_network import MLPClassifier

    tol = 1e-3
    theirs = MLPClassifier((16,), solver="sgd", learning_rate="adaptive", learning_rate_init=0.1,
                           nesterovs_momentum=False, alpha=0.0, batch_size=50, tol=tol,
                           n_iter_no_change=n_iter_no_change, max_iter=60, random_state=seed)
    with one_thread():
        theirs.fit(X, y)
        losses, rates, net = replay_mlp(
            X, y, hidden=16, lr=0.1, beta=0.9, tol=tol, n_iter_no_change=n_iter_no_change,
            batch_size=50, epochs=60, seed=seed)
    first = next(k for k in range(1, len(rates)) if rates[k] < rates[0])
    failed = [losses[k] > min(losses[:k], default=math.inf) - tol for k in range(first)]
    apart = max(np.abs(np.subtract(losses, theirs.loss_curve_)).max(),
                np.abs(net.layers[0].W - theirs.coefs_[0]).max())
    return SimpleNamespace(losses=losses, rates=rates, apart=float(apart),
                           failures=[*failed[::-1], False].index(False))
