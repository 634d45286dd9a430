"""Checks of notebook 18, the whole network: two layers assembled, checked and trained.

Each table of known answers begins with the right one, whose fault is None.

Notebooks: 18.
"""
import functools
import math

import numpy as np

from course_lib.checks.answers import agrees, first_match, unchanged
from course_lib.checks.engine import exercise
from course_lib.networks.losses import softmax_cross_entropy

KEYS = ("W1", "b1", "W2", "b2")
N_HIDDEN, ENOUGH = 32, 0.95
_same = functools.partial(agrees, rtol=1e-8, atol=1e-12)


def _sigmoid(Z):
    return 1 / (1 + np.exp(-Z))


def _pass(p, X, y, *, bend=_sigmoid, slope=lambda A: A * (1 - A), last=lambda Z: Z, bias=1.0,
          turned=True, share=1.0):
    """Return loss and gradients of the two-layer network, with one of its features changed."""
    A = bend(X @ p["W1"] + bias * p["b1"])
    Z = last(A @ p["W2"] + bias * p["b2"])
    loss, D = softmax_cross_entropy(Z, y)
    D = D * share
    D1 = D @ (p["W2"].T if turned else p["W2"]) * slope(A)
    return loss, {"W1": X.T @ D1, "b1": D1.sum(axis=0), "W2": A.T @ D, "b2": D.sum(axis=0)}


def _case():
    """Return p, X, y with as many hidden units as classes, so that a wrong transpose does not
    crash.
    """
    rng = np.random.default_rng(4)
    shapes = {"W1": (5, 3), "b1": (3,), "W2": (3, 3), "b2": (3,)}
    p = {name: rng.standard_normal(shape) for name, shape in shapes.items()}
    return p, rng.standard_normal((6, 5)), np.array([0, 2, 1, 1, 0, 2])


FORWARD = (
    (None, {}),
    ("the biases are not added", {"bias": 0.0}),
    ("the hidden layer lacks its sigmoid", {"bend": lambda Z: Z}),
    ("the hidden layer has tanh in place of the sigmoid", {"bend": np.tanh}),
    ("the output goes through a sigmoid too: the logits enter the softmax as they are",
     {"last": _sigmoid}),
)
BACKWARD = (
    (None, {}),
    ("the sigmoid's slope A (1 - A) is missing between the two layers",
     {"slope": lambda A: np.ones_like(A)}),
    ("the slope between the layers is taken of a sigmoid of A: A is the output already",
     {"slope": lambda A: _sigmoid(A) * (1 - _sigmoid(A))}),
    ("the slope between the layers is tanh's, 1 - A^2", {"slope": lambda A: 1 - A * A}),
    ("W2 is not transposed on the way back", {"turned": False}),
    ("the gradients are divided by n twice: the loss's gradient holds that factor already",
     {"share": 1 / 6}),
    ("the gradients are those of the sum over the examples, the loss is their mean",
     {"share": 6.0}),
)


@exercise("18.4", "Assemble a two-layer network", hints=(
    "go up keeping X and A, then come back through the same three pieces in reverse order",
    "A = sigmoid(X W1 + b1), Z = A W2 + b2; D from the loss; then dense, sigmoid, dense",
    "dA, dW2, db2 = dense_backward(A, p['W2'], D); D1 = sigmoid_backward(A, dA); then "
    "dense_backward(X, p['W1'], D1)"))
def two_layer(mine):
    """The loss and the four gradients of X -> sigmoid(X W1 + b1) -> A W2 + b2 -> cross-entropy."""
    p, X, y = _case()
    answer, fault = unchanged(mine, p, X, y, names="p, X or y")
    if fault:
        return fault
    if not isinstance(answer, (tuple, list)) or len(answer) != 2 or np.ndim(answer[0]):
        return "two things should come back: the loss, a number, and the dict of gradients"
    loss, g = answer
    if not isinstance(g, dict) or set(g) != set(KEYS):
        return "the gradients should come back as a dict with the keys W1, b1, W2 and b2"
    fault = first_match(loss, [(fault, _pass(p, X, y, **change)[0]) for fault, change in FORWARD],
                        "the loss is not that of the network", rtol=1e-8)
    return fault or _fault_of_gradients(g, p, X, y)


def _fault_of_gradients(g, p, X, y):
    for name in KEYS:
        if np.shape(g[name]) != p[name].shape:
            return (f"the gradient of {name} has the shape {np.shape(g[name])}, and {name} has "
                    f"{p[name].shape}")
    for fault, change in BACKWARD:
        known = _pass(p, X, y, **change)[1]
        if all(_same(g[name], known[name]) for name in KEYS):
            return fault
    right = _pass(p, X, y)[1]
    wrong = [name for name in KEYS if not _same(g[name], right[name])]
    return f"the loss is right, but not the gradient of {' and of '.join(wrong)}"


def accuracy(p, X, y):
    """Return the share of X that a two-layer network with the weights p classifies as y."""
    return float(np.mean((_sigmoid(X @ p["W1"] + p["b1"]) @ p["W2"] + p["b2"]).argmax(axis=1) == y))


@functools.cache
def digits():
    """Return the embedded digits, split, with images in float64."""
    from course_lib.data import datasets

    data = datasets.split(datasets.embedded_digits())
    return data.X_train.astype(float), data.y_train, data.X_valid.astype(float), data.y_valid


@exercise("18.5", "Check it and train it", seconds=120.0, hints=(
    "random weights first, then the check along one direction, then many small steps downhill",
    "slope = sum of g V over all four arrays, to be compared with (loss(p + h V) - loss(p - h V)) "
    "/ (2 h); then p = p - lr g, batch by batch",
    "for rows in batches(len(X), 32, rng): g = two_layer(p, X[rows], y[rows])[1]; p = {k: p[k] - "
    "0.5 * g[k] for k in p}, for 40 epochs"))
def train_two_layer(mine):
    """Trained weights with 95 % of the held-out digits right, and a small relative error."""
    X, y, X_new, y_new = digits()
    answer, fault = unchanged(mine, X, y, np.random.default_rng(0), names="X or y")
    if not isinstance(answer, (tuple, list)) or len(answer) != 2:
        return "two things should come back: the dict of weights, and the relative error"
    if fault:
        return fault
    p, error = answer
    if not isinstance(p, dict) or set(p) != set(KEYS):
        return "the weights should come back as a dict with the keys W1, b1, W2 and b2"
    shapes = {name: np.shape(p[name]) for name in KEYS}
    if (shapes["W1"] != (X.shape[1], N_HIDDEN) or shapes["W2"] != (N_HIDDEN, 10)
            or shapes["b1"] != (N_HIDDEN,) or shapes["b2"] != (10,)):
        return f"784 inputs, {N_HIDDEN} hidden units and 10 classes were asked for, got {shapes}"
    return _fault_of_error(error) or _fault_of_training(p, accuracy(p, X_new, y_new))


def _fault_of_error(error):
    if error is None or np.ndim(error) or not math.isfinite(error):
        return "the relative error should be one finite number"
    if error == 0:
        return "a relative error of exactly 0 says that a number was compared with itself"
    if error > 1e-6:
        return (f"the relative error is {error:.1g}: slope and difference should agree to 1e-6; "
                "is h about 1e-5, and are all four arrays moved and summed?")
    return None if error > 0 else "a relative error is not negative"


def _fault_of_training(p, right):
    if not all(np.isfinite(p[name]).all() for name in KEYS):
        return "the weights have become NaN or infinite: the learning rate is too large"
    if right >= ENOUGH:
        return None
    if np.ptp(p["W1"], axis=1).max() == 0:
        return "all hidden units are alike: equal weights at the start stay equal for ever"
    said = f"it has {right:.0%} of the held-out digits right, and {ENOUGH:.0%} are asked for"
    if right < 0.3:
        return f"{said}: are the new weights kept, and do the steps go against the gradient?"
    return f"{said}: train for more epochs, or with a larger rate"
