"""Checks of notebook 11, initialise and normalise: an initialiser, a law of growth, a rescue, a
museum piece, a detour.

Each table of known answers begins with the right one, whose fault is None.
"""
import math

import numpy as np

from course_lib.checks import museum
from course_lib.checks.engine import exercise

N_IN, N_OUT = 300, 100


@exercise("11.1", "Draw as Glorot does", hints=(
    "which number is set by the two row lengths: the limit of the interval, the standard deviation, or the variance?",
    "the variance is 2 / (n_in + n_out); a uniform draw from -c to c has the variance c^2 / 3",
    "return math.sqrt(2 / (n_in + n_out)) * rng.standard_normal((n_in, n_out))"))
def glorot_draw(mine):
    """Mean 0 and variance 2 / (n_in + n_out), normal or uniform, new numbers from rng every time.
    """
    rng = np.random.default_rng(0)
    W = np.asarray(mine(rng, N_IN, N_OUT), dtype=float)
    if W.shape == (N_OUT, N_IN):
        return "the matrix lies on its side: X @ W needs n_in rows and n_out columns"
    if W.shape != (N_IN, N_OUT):
        return f"a matrix of shape ({N_IN}, {N_OUT}) was asked for, and {W.shape} came back"
    if not np.isfinite(W).all() or W.std() == 0:
        return "the weights are all alike, or not finite: they must be drawn at random"
    if np.array_equal(W, mine(rng, N_IN, N_OUT)):
        return "two calls in a row gave the same weights: draw from the rng that is handed in, and do not make a new one"
    if not np.array_equal(W, mine(np.random.default_rng(0), N_IN, N_OUT)):
        return "one seed gave two different matrices: draw from the rng that is handed in"
    if abs(W.mean()) > 5 * W.std() / math.sqrt(W.size):
        return "the mean is not 0: half of the weights should be negative"
    total = N_IN + N_OUT
    known = (
        (None, 2 / total),
        ("that is 1 / n_in, Caffe's default: it keeps the way forward and forgets the way back", 1 / N_IN),
        ("that is 1 / n_out: it keeps the way back and forgets the way forward", 1 / N_OUT),
        ("that is He's 2 / n_in, which is made for ReLU", 2 / N_IN),
        ("2 / (n_in + n_out) became the standard deviation: it is the variance, so take the root", (2 / total) ** 2),
        ("the limit of the interval is the root of 2 / (n_in + n_out): a uniform draw has only a third of that as variance",
         2 / total / 3),
        ("that is 1 / (n_in + n_out): the average of the two lengths is (n_in + n_out) / 2", 1 / total),
        ("sqrt(6 / (n_in + n_out)) is a limit for uniform numbers, and became the standard deviation of normal ones",
         6 / total),
        ("the numbers were not scaled at all", 1.0),
        ("the numbers were not scaled at all", 1 / 3),
    )
    for fault, variance in known:
        if abs(W.var() / variance - 1) < 6 * math.sqrt(2 / W.size):
            return fault
    return f"with n_in = {N_IN} and n_out = {N_OUT} the variance is {W.var():.3g}, and not what Glorot and Bengio ask for"


@exercise("11.2", "Growth through leaky ReLU", hints=(
    "one layer first: a weighted sum, then the bend; what does each do to the mean square?",
    "the sum multiplies it by n_in * variance; the bend by (1 + alpha^2) / 2; and there are n_layers of both",
    "return (n_in * variance * (1 + alpha**2) / 2) ** n_layers"))
def moment_after(mine):
    """(n_in * variance * (1 + alpha^2) / 2)^n_layers."""
    cases = ((1, 40, 0.04, 0.3), (6, 50, 0.05, 0.2), (30, 64, 2 / 64, 0.0), (3, 10, 0.1, 1.0))
    layers, n_in, variance, alpha = np.array(cases).T
    gain, half = n_in * variance, (1 + alpha**2) / 2
    known = (
        (None, (gain * half) ** layers),
        ("that is one layer, or n_layers times one: the factors of the layers multiply", gain * half),
        ("that is one layer, or n_layers times one: the factors of the layers multiply", layers * gain * half),
        ("the 1/2 is missing: only half of the inputs are positive", (gain * (1 + alpha**2)) ** layers),
        ("alpha is not squared: it multiplies the signal, and we follow the mean of the square",
         (gain * (1 + alpha) / 2) ** layers),
        ("n_in is missing: each sum has n_in terms, and their variances add up", (variance * half) ** layers),
        ("the negative side is missing: it adds alpha^2 / 2", (gain / 2) ** layers),
        ("the variance was squared: it is the square of the standard deviation already",
         (n_in * variance**2 * half) ** layers),
        ("that is the root of it, the growth of the size and not of the mean square", (gain * half) ** (layers / 2)),
        ("the bend is missing: that is a chain of linear layers", gain**layers),
        ("upside down: the signal is multiplied by that factor, not divided", (gain * half) ** -layers),
    )
    answer = np.array([mine(int(case[0]), int(case[1]), *case[2:]) for case in cases], dtype=float)
    for fault, value in known:
        if np.allclose(answer, value, rtol=1e-9):
            return fault
    return f"one layer with n_in = 40, variance 0.04, alpha 0.3 does not multiply the mean square by {answer[0]:.3g}, " \
        "or several layers do something else"


def _patient(rng):
    """Return X, W, b of a layer with units 1 and 4 off for all examples; unit 2 is off for most of
    them.
    """
    X = rng.random((40, 60))
    W = 0.2 * rng.standard_normal((60, 6))
    b = -(X @ W).mean(axis=0)
    Z = X @ W
    b[[1, 4]], b[2] = -Z.max(axis=0)[[1, 4]] - 1, -np.sort(Z[:, 2])[-3]
    return X, W, b


@exercise("11.3", "Rescue dead units", hints=(
    "X @ W + b has a row for every example and a column for every unit: when is a column dead?",
    "off = (X @ W + b <= 0).all(axis=0); only W[:, off] and b[off] change, in copies",
    "W[:, off] = math.sqrt(2 / n_in) * rng.standard_normal((n_in, off.sum())) and b[off] = 0, with W and b copied before"))
def revive(mine):
    """Dead columns drawn anew as He does, their biases 0, all else as it was."""
    X, W, b = _patient(np.random.default_rng(5))
    given = X.copy(), W.copy(), b.copy()
    answer = mine(X, W, b, np.random.default_rng(6))
    if not isinstance(answer, (tuple, list)) or len(answer) != 2:
        return "two things should come back, the new W and the new b"
    if any((before != after).any() for before, after in zip(given, (X, W, b), strict=True)):
        return "it changed the W or b that it was given: work on copies"
    new_W, new_b = (np.asarray(part, dtype=float) for part in answer)
    if new_W.shape != W.shape or new_b.shape != b.shape:
        return f"W (60, 6) and b (6,) went in, and shapes {new_W.shape} and {new_b.shape} came back"
    off = np.array([1, 4])
    changed = np.flatnonzero((new_W != W).any(axis=0) | (new_b != b))
    rows = (new_W != W).any(axis=1)
    if changed.size == 0:
        return "nothing changed: units 1 and 4 are off for all forty examples"
    if (new_W == W).all():
        return "only biases changed: a unit is to get new weights too"
    if changed.size == 6:
        return "all units changed: the living ones have learnt something, so leave them as they are" if rows.all() else \
            "rows of W changed: a unit is a column"
    if 2 in changed:
        return "unit 2 is off for most examples and on for some: it is alive, so leave it as it is"
    if not np.array_equal(changed, off):
        return f"units {changed.tolist()} changed: those that are off for every single example are to change, and no others"
    if np.ptp(new_W[:, off]) == 0 or np.array_equal(new_W[:, 1], new_W[:, 4]):
        return "the two units got the same weights, and would stay twins: draw each weight by itself"
    if (new_b[off] == b[off]).all():
        return "the biases that switched the units off are still there: set them to 0"
    if (new_b[off] != 0).any():
        return "the new biases are not 0"
    if abs(new_W[:, off].var() * 30 - 1) > 0.5:
        return "the new weights do not have He's variance 2 / n_in, where n_in is the number of rows of W"
    return None


def _normed(*, axis=0, from_batch=lambda training: training, moves=lambda training: training, ddof=0, root=None, swap=False,
            scaled=True):
    """Return batch normalisation, with one of its features changed."""
    def variant(X, gamma, b, state, *, training, beta, eps):
        mean, var = X.mean(axis=axis, keepdims=axis == 1), X.var(axis=axis, keepdims=axis == 1, ddof=ddof)
        old, new = (1 - beta, beta) if swap else (beta, 1 - beta)
        used = state
        if moves(training) and axis == 0:
            state = {"mean": old * state["mean"] + new * mean, "var": old * state["var"] + new * var}
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
    ("`training` is asked the wrong way round", _normed(from_batch=lambda t: not t, moves=lambda t: not t)),
    ("beta is what the averages keep, and 1 - beta what they take from the batch: the two are exchanged",
     _normed(swap=True)),
    ("eps stands outside the root: it is added to the variance", _normed(root=lambda var, eps: np.sqrt(var) + eps)),
    ("the root is missing: the standard deviation is the root of the variance", _normed(root=lambda var, eps: var + eps)),
    ("the variance is divided by n - 1: this course divides by n, in training and in the running average", _normed(ddof=1)),
    ("mean and variance are those of a row: that is layer normalisation, batch normalisation takes columns",
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
        A, new = norm(rng.normal(1.0, 2.0, (n, 3)), gamma, b, state, training=training, beta=0.8, eps=0.1)
        if any((state[name] != before[name]).any() for name in before):
            raise ValueError("the state that went in was changed: make a new dict with new arrays")
        state = new
        seen += [np.ravel(A), np.ravel(state["mean"]), np.ravel(state["var"])]
    return np.concatenate(seen)


@exercise("11.4", "Batch normalisation in evaluation", exhibit=museum.museum_batch_norm, hints=(
    "one argument is handed in and never used",
    "in training: the batch's mean and var, and new averages; in evaluation: state's mean and var, and the same state",
    'if training: the first two lines; else: mean, var = state["mean"], state["var"]; then the return line'))
def museum_batch_norm(mine):
    """Batch statistics and moving averages in training, running averages as they are in evaluation.
    """
    answer = mine(np.ones((2, 3)), 1.0, 0.0, {"mean": np.zeros(3), "var": np.ones(3)}, training=True, beta=0.8, eps=0.1)
    if not (isinstance(answer, tuple) and len(answer) == 2 and isinstance(answer[1], dict)):
        return "two things should come back, the normalised X and the state, which is a dict"
    seen = _session(mine)
    for fault, norm in BATCH_NORMS:
        known = _session(norm)
        if seen.shape == known.shape and np.allclose(seen, known, rtol=1e-9):
            return fault
    return "two training batches and one in evaluation do not come out as batch normalisation has them"


def _block(X, W, D, *, skip=1.0, path=1.0, mask=None, turned=True):
    on = (X > 0) if mask is None else mask(X, W)
    return X + np.maximum(X, 0) @ W, skip * D + path * (D @ (W.T if turned else W)) * on, np.maximum(X, 0).T @ D


@exercise("11.5", "The way back through a residual block", hints=(
    "X reaches the output by two roads; what comes back along each of them, and how do two roads combine?",
    "the detour returns D itself; the layers return (D W^T) where X > 0; dW = relu(X)^T D",
    "dX = D + (D @ W.T) * (X > 0)"))
def residual_block(mine):
    """A = X + relu(X) W, dX = D + (D W^T) where X > 0, dW = relu(X)^T D."""
    rng = np.random.default_rng(8)
    X, W, D = rng.standard_normal((7, 4)), rng.standard_normal((4, 4)), rng.standard_normal((7, 4))
    given = X.copy(), W.copy(), D.copy()
    answer = mine(X, W, D)
    if not isinstance(answer, (tuple, list)) or len(answer) != 3:
        return "three things should come back: A, dX and dW"
    if any((before != after).any() for before, after in zip(given, (X, W, D), strict=True)):
        return "it changed the X, W or D that it was given: X += ... writes into that array"
    A, dX, dW = (np.asarray(part, dtype=float) for part in answer)
    right, relu = _block(X, W, D), np.maximum(X, 0)

    def same(a, b):
        return a.shape == b.shape and np.allclose(a, b, rtol=1e-9, atol=1e-12)

    for fault, value in (("the forward pass lacks the detour: X itself is added", relu @ W),
                         ("the ReLU stands behind the weights: this block bends X first, and then multiplies",
                          X + np.maximum(X @ W, 0)),
                         ("the forward pass lacks the ReLU", X + X @ W)):
        if same(A, value):
            return fault
    if not same(A, right[0]):
        return "A is not X + relu(X) @ W"
    for fault, value in (
        ("dX lacks the detour: what came in along X goes back along X, whole", _block(X, W, D, skip=0.0)[1]),
        ("dX is the detour alone: the layers send something back too", D),
        ("dX forgets the ReLU: where X was negative the layers send nothing back",
         _block(X, W, D, mask=lambda X, W: 1.0)[1]),
        ("the ReLU's mask was put on the detour as well: it lies on the layers' road only", (D + D @ W.T) * (X > 0)),
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
