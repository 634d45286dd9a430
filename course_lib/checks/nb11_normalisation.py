"""Checks of notebook 11, normalisation and detours.

Each table of known answers begins with the right one, whose fault is None.

Notebooks: 11.
"""
import numpy as np

from course_lib.checks import museum
from course_lib.checks.answers import unchanged
from course_lib.checks.engine import exercise


def _normed(*, axis=0, from_batch=lambda training: training, moves=lambda training: training,
            ddof=0, root=None, swap=False,
            scaled=True):
    """Return batch normalisation, with one of its features changed."""
    def variant(X, gamma, b, state, *, training, beta, eps):
        mean, var = X.mean(axis=axis, keepdims=axis == 1), X.var(axis=axis, keepdims=axis == 1,
                                                                 ddof=ddof)
        old, new = (1 - beta, beta) if swap else (beta, 1 - beta)
        used = state
        if moves(training) and axis == 0:
            state = {"mean": old * state["mean"] + new * mean,
                     "var": old * state["var"] + new * var}
        if not from_batch(training):
            mean, var = (used if training else state)["mean"], (used if training else state)["var"]
        A = (X - mean) / (root(var, eps) if root else np.sqrt(var + eps))
        return gamma * A + b if scaled else A, state

    return variant


BATCH_NORMS = (
    (None, _normed()),
    ("both faults are still there: `training` is never asked", museum.museum_batch_norm),
    ("evaluation still uses the batch's own mean and variance: use the running averages",
     _normed(from_batch=lambda t: True)),
    ("evaluation still moves the running averages: looking at an image must not change the network",
     _normed(moves=lambda t: True)),
    ("training uses the running averages too: there, the batch has its own mean and variance",
     _normed(from_batch=lambda t: False)),
    ("the running averages never move", _normed(moves=lambda t: False)),
    ("`training` is asked the wrong way round",
     _normed(from_batch=lambda t: not t, moves=lambda t: not t)),
    ("beta is what the averages keep, and 1 - beta what they take from the batch: the two are "
     "exchanged",
     _normed(swap=True)),
    ("eps stands outside the root: it is added to the variance",
     _normed(root=lambda var, eps: np.sqrt(var) + eps)),
    ("the root is missing: the standard deviation is the root of the variance",
     _normed(root=lambda var, eps: var + eps)),
    ("the variance is divided by n - 1: this course divides by n, in training and in the running "
     "average", _normed(ddof=1)),
    ("mean and variance are those of a row: that is layer normalisation, batch normalisation takes "
     "columns",
     _normed(axis=1)),
    ("gamma and b are missing", _normed(scaled=False)),
)


def _session(norm):
    """Return what a normalisation puts out in training, twice, and in evaluation, and its state
    after each of the three.
    """
    rng = np.random.default_rng(3)
    state, seen = {"mean": np.array([0.5, -1.0, 2.0]), "var": np.array([1.0, 4.0, 0.3])}, []
    gamma, b = np.array([1.0, 2.0, -0.5]), np.array([0.0, 1.0, -1.0])
    for n, training in ((5, True), (4, True), (3, False)):
        before = {name: value.copy() for name, value in state.items()}
        A, new = norm(rng.normal(1.0, 2.0, (n, 3)), gamma, b, state, training=training, beta=0.8,
                      eps=0.1)
        if any((state[name] != before[name]).any() for name in before):
            raise ValueError("the state that went in was changed: make a new dict with new arrays")
        state = new
        seen += [np.ravel(A), np.ravel(state["mean"]), np.ravel(state["var"])]
    return np.concatenate(seen)


@exercise("11.4", "Batch normalisation in evaluation", exhibit=museum.museum_batch_norm, hints=(
    "one argument is handed in and never used",
    "in training: the batch's mean and var, and new averages; in evaluation: state's mean and var, "
    "and the same state",
    'if training: the first two lines; else: mean, var = state["mean"], state["var"]; then the '
    'return line'))
def museum_batch_norm(mine):
    """Batch statistics and moving averages in training, running averages as they are in evaluation.
    """
    answer = mine(np.ones((2, 3)), 1.0, 0.0, {"mean": np.zeros(3), "var": np.ones(3)},
                  training=True, beta=0.8, eps=0.1)
    if not (isinstance(answer, tuple) and len(answer) == 2 and isinstance(answer[1], dict)):
        return "two things should come back, the normalised X and the state, which is a dict"
    seen = _session(mine)
    for fault, norm in BATCH_NORMS:
        known = _session(norm)
        if seen.shape == known.shape and np.allclose(seen, known, rtol=1e-9):
            return fault
    return (
        "two training batches and one in evaluation do not come out as batch normalisation has them"
    )


def _block(X, W, D, *, skip=1.0, path=1.0, mask=None, turned=True):
    on = (X > 0) if mask is None else mask(X, W)
    return X + np.maximum(X, 0) @ W, skip * D + path * (D @ (W.T if turned
                                                             else W)) * on, np.maximum(X, 0).T @ D


@exercise("11.5", "The way back through a residual block", hints=(
    "X reaches the output by two roads; what comes back along each of them, and how do two roads "
    "combine?",
    "the detour returns D itself; the layers return (D W^T) where X > 0; dW = relu(X)^T D",
    "dX = D + (D @ W.T) * (X > 0)"))
def residual_block(mine):
    """A = X + relu(X) W, dX = D + (D W^T) where X > 0, dW = relu(X)^T D."""
    rng = np.random.default_rng(8)
    X, W, D = rng.standard_normal((7, 4)), rng.standard_normal((4, 4)), rng.standard_normal((7, 4))
    answer, fault = unchanged(mine, X, W, D, names="X, W or D")
    if not isinstance(answer, (tuple, list)) or len(answer) != 3:
        return "three things should come back: A, dX and dW"
    if fault:
        return fault
    A, dX, dW = (np.asarray(part, dtype=float) for part in answer)
    right, relu = _block(X, W, D), np.maximum(X, 0)

    def same(a, b):
        return a.shape == b.shape and np.allclose(a, b, rtol=1e-9, atol=1e-12)

    for fault, value in (("the forward pass lacks the detour: X itself is added", relu @ W),
                         ("the ReLU stands behind the weights: this block bends X first, and then "
                          "multiplies",
                          X + np.maximum(X @ W, 0)),
                         ("the forward pass lacks the ReLU", X + X @ W)):
        if same(A, value):
            return fault
    if not same(A, right[0]):
        return "A is not X + relu(X) @ W"
    for fault, value in (
        ("dX lacks the detour: what came in along X goes back along X, whole",
         _block(X, W, D, skip=0.0)[1]),
        ("dX is the detour alone: the layers send something back too", D),
        ("dX forgets the ReLU: where X was negative the layers send nothing back",
         _block(X, W, D, mask=lambda X, W: 1.0)[1]),
        ("the ReLU's mask was put on the detour as well: it lies on the layers' road only",
         (D + D @ W.T) * (X > 0)),
        ("the mask looks at the output of the layers: the ReLU was applied to X",
         _block(X, W, D, mask=lambda X, W: relu @ W > 0)[1]),
        ("W is not transposed on the way back", _block(X, W, D, turned=False)[1]),
        ("the two roads were averaged: they add up", 0.5 * right[1]),
        ("the detour was multiplied by X: its slope is 1", _block(X, W, D)[1] - D + D * X),
    ):
        if same(dX, value):
            return fault
    if not same(dX, right[1]):
        return "dX is not the gradient with respect to X"
    if same(dW, X.T @ D):
        return "dW was made from X: W was multiplied by relu(X)"
    if same(dW, right[2] / len(X)):
        return "dW was averaged over the examples: D carries that division already"
    if same(dW, right[2].T):
        return "dW lies on its side: it has the shape of W"
    return None if same(dW, right[2]) else "dW is not the gradient with respect to W"
