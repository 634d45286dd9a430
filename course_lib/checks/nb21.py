"""Checks of notebook 21, normalise: batch normalisation in evaluation, layer normalisation there
and back, a residual block.

Each table of known answers begins with the right one, whose fault is None.

Notebooks: 21.
"""
import numpy as np

from course_lib.checks import museum
from course_lib.checks.answers import first_match, unchanged
from course_lib.checks.engine import exercise


def _normed(*, axis=0, from_batch=lambda training: training, moves=lambda training: training,
            ddof=0, root=None, swap=False, scaled=True, kept=lambda mean, var, n: (mean, var)):
    """Return batch normalisation, with one of its features changed."""
    def variant(X, gamma, b, state, *, training, beta, eps):
        mean, var = X.mean(axis=axis, keepdims=axis == 1), X.var(axis=axis, keepdims=axis == 1,
                                                                 ddof=ddof)
        old, new = (1 - beta, beta) if swap else (beta, 1 - beta)
        used = state
        if moves(training) and axis == 0:
            to_keep = kept(mean, var, len(X))
            state = {name: old * state[name] + new * value
                     for name, value in zip(("mean", "var"), to_keep, strict=True)}
        if not from_batch(training):
            mean, var = (used if training else state)["mean"], (used if training else state)["var"]
        A = (X - mean) / (root(var, eps) if root else np.sqrt(var + eps))
        return gamma * A + b if scaled else A, state

    return variant


def _replacing(X, gamma, b, state, *, training, beta, eps):
    A, _ = _normed()(X, gamma, b, state, training=training, beta=beta, eps=eps)
    return A, {"mean": X.mean(axis=0), "var": X.var(axis=0)} if training else state


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
    ("the running variance is divided by n - 1, the output by n, as in the paper and in PyTorch: "
     "this course divides by n in both",
     _normed(kept=lambda mean, var, n: (mean, var * n / (n - 1)))),
    ("the running mean is scaled by n / (n - 1) too: such a correction belongs to a variance only",
     _normed(kept=lambda mean, var, n: (mean * n / (n - 1), var * n / (n - 1)))),
    ("the last batch replaces the averages: they keep the share beta of what they were",
     _replacing),
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
        A, new = norm(rng.normal(1.0, 2.0, (n, 3)), gamma, b, state, training=training, beta=0.8,
                      eps=0.1)
        state = new
        seen += [np.ravel(A), np.ravel(state["mean"]), np.ravel(state["var"])]
    return np.concatenate(seen)


def _fault_of_state(mine):
    """Return a sentence if the function writes into the state that it is given, else None."""
    state = {"mean": np.array([0.5, -1.0]), "var": np.array([1.0, 4.0])}
    arrays, values = dict(state), {name: value.copy() for name, value in state.items()}
    X = np.array([[1.0, 2.0], [3.0, -1.0], [0.0, 0.5]])
    mine(X, 1.0, 0.0, state, training=True, beta=0.8, eps=0.1)
    if any((arrays[name] != values[name]).any() for name in arrays):
        return "the state that went in was changed: make a new dict with new arrays"
    if state.keys() != arrays.keys() or any(state[name] is not arrays[name] for name in arrays):
        return "it wrote into the dict that it was given: return a new one"
    return None


@exercise("21.1", "Batch normalisation in evaluation", exhibit=museum.museum_batch_norm, hints=(
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
    fault = _fault_of_state(mine)
    if fault:
        return fault
    seen = _session(mine)
    for fault, norm in BATCH_NORMS:
        known = _session(norm)
        if seen.shape == known.shape and np.allclose(seen, known, rtol=1e-9):
            return fault
    return (
        "two training batches and one in evaluation do not come out as batch normalisation has them"
    )


def _layer_norm(X, gamma, b, D, *, eps, axis=1, ddof=0, outside=False, scaled=True, mean=True,
                var=True, gained=True):
    """Return layer normalisation and its way back, with one of its features changed."""
    centred = X - X.mean(axis, keepdims=True)
    square = X.var(axis, ddof=ddof, keepdims=True)
    scale = 1 / (np.sqrt(square) + eps if outside else np.sqrt(square + eps))
    Xhat = centred * scale
    G = D * gamma if gained else D
    dX = (G - mean * G.mean(axis, keepdims=True)
          - var * Xhat * (G * Xhat).mean(axis, keepdims=True)) * scale
    return (gamma * Xhat + b if scaled else Xhat), dX


LAYER_NORMS = (
    (0, None, {}),
    (0, "A takes mean and variance along the columns: that is batch normalisation", {"axis": 0}),
    (0, "A divides the variance by n - 1: this course divides by n", {"ddof": 1}),
    (0, "eps stands outside the root: it is added to the variance", {"outside": True}),
    (0, "gamma and b are missing in A", {"scaled": False}),
    (1, None, {}),
    (1, "dX forgets gamma: the way back begins with D times gamma", {"gained": False}),
    (1, "dX treats mean and variance as constants: both were made of X",
     {"mean": False, "var": False}),
    (1, "dX forgets the way through the variance", {"var": False}),
    (1, "dX forgets the way through the mean", {"mean": False}),
    (1, "dX takes its averages along the columns: they run over the units of one example",
     {"axis": 0}),
)


@exercise("21.2", "Layer normalisation, there and back", hints=(
    "batch normalisation with rows in place of columns; what happens to D at gamma?",
    "mean and variance over axis 1; with G = D gamma: dX = (G - mean(G) - Xhat mean(G Xhat)) / "
    "sqrt(var + eps)",
    "dX = (G - G.mean(1, keepdims=True) - Xhat * (G * Xhat).mean(1, keepdims=True)) / "
    "np.sqrt(var + eps)"))
def layer_norm(mine):
    """A = gamma Xhat + b over the rows, and the gradient with respect to X."""
    rng = np.random.default_rng(9)
    X, D = rng.normal(1.0, 2.0, (2, 4, 4))
    gamma, b = np.array([1.0, 2.0, -0.5, 0.3]), np.array([0.0, 1.0, -1.0, 0.5])
    answer, fault = unchanged(mine, X, gamma, b, D, names="X, gamma, b or D", eps=0.1)
    if fault:
        return fault
    if not isinstance(answer, (tuple, list)) or len(answer) != 2:
        return "two things should come back: A and dX"
    for part, name in ((0, "A"), (1, "dX")):
        known = [(fault, _layer_norm(X, gamma, b, D, eps=0.1, **change)[part])
                 for k, fault, change in LAYER_NORMS if k == part]
        fault = first_match(answer[part], known, f"{name} is not that of layer normalisation",
                            rtol=1e-9)
        if fault:
            return fault
    return None


def _block(X, W, D, *, skip=1.0, path=1.0, mask=None, turned=True):
    on = (X > 0) if mask is None else mask(X, W)
    return X + np.maximum(X, 0) @ W, skip * D + path * (D @ (W.T if turned
                                                             else W)) * on, np.maximum(X, 0).T @ D


@exercise("21.3", "The way back through a residual block", hints=(
    "X reaches the output by two roads; what comes back along each of them, and how do two roads "
    "combine?",
    "the skip connection returns D itself; the layers return (D W^T) where X > 0; dW = relu(X)^T D",
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

    for fault, value in (("the forward pass lacks the skip connection: X is added", relu @ W),
                         ("the ReLU stands behind the weights: this block bends X first, and then "
                          "multiplies",
                          X + np.maximum(X @ W, 0)),
                         ("the forward pass lacks the ReLU", X + X @ W)):
        if same(A, value):
            return fault
    if not same(A, right[0]):
        return "A is not X + relu(X) @ W"
    for fault, value in (
        ("dX lacks the skip connection: what came in along X goes back along X, whole",
         _block(X, W, D, skip=0.0)[1]),
        ("dX is the skip connection alone: the layers send something back too", D),
        ("dX forgets the ReLU: where X was negative the layers send nothing back",
         _block(X, W, D, mask=lambda X, W: 1.0)[1]),
        ("the ReLU's mask was put on the skip connection as well: it lies on the layers' road only",
         (D + D @ W.T) * (X > 0)),
        ("the mask looks at the output of the layers: the ReLU was applied to X",
         _block(X, W, D, mask=lambda X, W: relu @ W > 0)[1]),
        ("W is not transposed on the way back", _block(X, W, D, turned=False)[1]),
        ("the two roads were averaged: they add up", 0.5 * right[1]),
        ("the skip connection was multiplied by X: its slope is 1", _block(X, W, D)[1] - D + D * X),
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
