"""Checks of notebook 29, debug a failing run: twenty examples by heart, update ratios.

Notebooks: 29.
"""
import copy
import math

import numpy as np

from course_lib import optimizers
from course_lib.checks.engine import exercise
from course_lib.checks.values import number, numbers
from course_lib.networks.network import mlp


def _adam_path(net, X, y, n_steps, lr, *, forget=False, rule=optimizers.adam):
    """Return the losses before each of n_steps steps and after the last, on a copy of the network.
    """
    net, state, losses = copy.deepcopy(net), {}, []
    for _ in range(n_steps):
        loss, g = net.loss_and_grad(X, y)
        losses.append(float(loss))
        net.theta, state = rule(net.theta, g, {} if forget else state, lr=lr)
    return [*losses, float(net.loss(X, y))]


@exercise("29.3", "Twenty examples by heart", hints=(
    "three things are needed: the loss before, the steps, the loss after; and the weights must "
    "come back at the end",
    "left = loss after the last step / loss before the first; keep theta.copy() and assign it "
    "again",
    "net.theta, state = optimizers.adam(net.theta, g, state, lr=lr) inside the loop, with state = "
    "{} before it"))
def loss_left(mine):
    """The loss on the first twenty examples after n_steps of Adam, over that before."""
    rng = np.random.default_rng(5)
    X, y = rng.standard_normal((60, 6)), rng.integers(0, 4, 60)
    net, n_steps, lr = mlp([6, 12, 4], rng=rng, dtype=np.float64), 12, 0.02
    theta, (X20, y20) = net.theta.copy(), (X[:20], y[:20])
    answer = number(mine(net, X, y, n_steps=n_steps, lr=lr))
    if answer is None:
        return "one number is wanted: the loss after, over the loss before"
    path = _adam_path(net if (net.theta == theta).all() else _restored(net, theta), X20, y20,
                      n_steps, lr)
    right, net_now = path[-1] / path[0], net.theta.copy()
    net.theta = theta
    known = (
        ("that is the loss after; divide it by the one before", path[-1]),
        ("upside down: the loss after over the loss before", 1 / right),
        ("that is the share that was lost; what is left is wanted", 1 - right),
        ("that is the loss before the last step: measure once more after the loop",
         path[-2] / path[0]),
        ("all examples were used: only the first twenty are to be learnt",
         _ratio(_adam_path(net, X, y, n_steps, lr))),
        ("those are the last twenty; the first are wanted",
         _ratio(_adam_path(net, X[-20:], y[-20:], n_steps, lr))),
        ("the state is lost in every step: state = {} belongs before the loop",
         _ratio(_adam_path(net, X20, y20, n_steps, lr, forget=True))),
        ("that is plain SGD; take optimizers.adam",
         _ratio(_adam_path(net, X20, y20, n_steps, lr, rule=optimizers.sgd))),
        ("n_steps is not obeyed", _ratio(_adam_path(net, X20, y20, 200, lr))),
        ("lr is not obeyed", _ratio(_adam_path(net, X20, y20, n_steps, 0.01))),
    )
    if not math.isclose(answer, right, rel_tol=1e-3):
        return next((fault for fault, value in known if math.isclose(answer, value, rel_tol=1e-4)),
                    f"{n_steps} steps of Adam leave another share of the loss than {answer:.3g}")
    return (
        None
        if (net_now == theta).all()
        else "the share is right, but the network came back changed: restore its theta"
    )


def _restored(net, theta):
    net = copy.deepcopy(net)
    net.theta = theta
    return net


def _ratio(path):
    return path[-1] / path[0]


@exercise("29.4", "The length of a step", hints=(
    "the length of a matrix is the root of the sum of its squared entries, and every layer has a "
    "number of its own",
    "|after - before| / |before| for each pair of matrices",
    "[np.linalg.norm(b - a) / np.linalg.norm(a) for a, b in zip(before, after)]"))
def update_ratios(mine):
    """|after - before| / |before|, one number a matrix."""
    rng = np.random.default_rng(6)
    before = [rng.standard_normal(shape) for shape in ((5, 4), (4, 3), (3, 2))]
    after = [W + scale * rng.standard_normal(W.shape) for W,
             scale in zip(before, (0.5, 0.2, 1.0), strict=True)]
    answer = numbers(mine([W.copy() for W in before], [W.copy() for W in after]))
    if answer is None or answer.shape != (3,):
        return "three matrices changed, so three numbers are wanted; something else came back"
    norm, change = np.linalg.norm, [b - a for a, b in zip(before, after, strict=True)]
    pairs = list(zip(before, after, change, strict=True))
    known = (
        (None, [norm(d) / norm(a) for a, _, d in pairs]),
        ("divide by the length before the step, not after it",
         [norm(d) / norm(b) for _, b, d in pairs]),
        ("that compares two lengths: a matrix can turn and keep its length, so take the length of "
         "the difference",
         [norm(b) / norm(a) - 1 for a, b, _ in pairs]),
        ("that compares two lengths: a matrix can turn and keep its length, so take the length of "
         "the difference",
         [abs(norm(b) / norm(a) - 1) for a, b, _ in pairs]),
        ("that is the length of the change alone: 0.1 is much for small weights and little for "
         "large ones",
         [norm(d) for d in change]),
        ("upside down: the change belongs above the line",
         [norm(a) / norm(d) for a, _, d in pairs]),
        ("the root is missing: that is the ratio of squared lengths",
         [(norm(d) / norm(a)) ** 2 for a, _, d in pairs]),
        ("that averages entry by entry, so that one weight near 0 decides: divide lengths of whole "
         "matrices",
         [np.mean(np.abs(d / a)) for a, _, d in pairs]),
        ("norm(..., 2) of a matrix is its largest singular value; the root of the sum of squares "
         "is wanted",
         [norm(d, 2) / norm(a, 2) for a, _, d in pairs]),
        ("that is the largest entry of each; lengths are wanted",
         [np.abs(d).max() / np.abs(a).max() for a, _, d in pairs]),
    )
    return next((fault for fault, value in known if np.allclose(answer, value, rtol=1e-9)),
                "the ratios are not |after - before| / |before|")
