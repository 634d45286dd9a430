"""Checks of notebook 20, initialise: an initialiser, a law of growth, a rescue.

Each table of known answers begins with the right one, whose fault is None.

Notebooks: 20.
"""
import math

import numpy as np

from course_lib.checks.answers import unchanged
from course_lib.checks.engine import exercise

N_IN, N_OUT = 320, 90  # no two of the variances below come near each other


@exercise("20.1", "Draw as Glorot does", hints=(
    "which number is set by the two row lengths: the limit of the interval, the standard "
    "deviation, or the variance?",
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
        return (
            "two calls in a row gave the same weights: draw from the rng that is handed in, and do "
            "not make a new one"
        )
    if not np.array_equal(W, mine(np.random.default_rng(0), N_IN, N_OUT)):
        return "one seed gave two different matrices: draw from the rng that is handed in"
    if abs(W.mean()) > 5 * W.std() / math.sqrt(W.size):
        return "the mean is not 0: half of the weights should be negative"
    total = N_IN + N_OUT
    known = (
        (None, 2 / total),
        ("that is LeCun's 1 / n_in, Caffe's \"xavier\": it keeps the way forward and forgets "
         "the way back", 1 / N_IN),
        ("sqrt(2) became 2: the root is over the whole fraction, sqrt(2 / (n_in + n_out))",
         4 / total),
        ("that is the mean of 1 / n_in and 1 / n_out: Glorot and Bengio take the mean of the two "
         "lengths", (1 / N_IN + 1 / N_OUT) / 2),
        ("that is 2 / n_out: it has He's 2, and the way back's length", 2 / N_OUT),
        ("that is the default of PyTorch's Linear, uniform to 1 / sqrt(n_in): a variance of "
         "1 / (3 n_in)", 1 / N_IN / 3),
        ("0.01 is a fixed size: it does not know the layer", 1e-4),
        ("that is 1 / n_out: it keeps the way back and forgets the way forward", 1 / N_OUT),
        ("that is He's 2 / n_in, which is made for ReLU", 2 / N_IN),
        ("2 / (n_in + n_out) became the standard deviation: it is the variance, so take the root",
         (2 / total) ** 2),
        ("the limit of the interval is the root of 2 / (n_in + n_out): a uniform draw has only a "
         "third of that as variance",
         2 / total / 3),
        ("that is 1 / (n_in + n_out): the average of the two lengths is (n_in + n_out) / 2",
         1 / total),
        ("sqrt(6 / (n_in + n_out)) is a limit for uniform numbers, and became the standard "
         "deviation of normal ones",
         6 / total),
        ("the numbers were not scaled at all", 1.0),
        ("the numbers were not scaled at all", 1 / 3),
    )
    for fault, variance in known:
        if abs(W.var() / variance - 1) < 6 * math.sqrt(2 / W.size):
            return fault
    return (
        f"with n_in = {N_IN} and n_out = {N_OUT} the variance is {W.var():.3g}, and not what "
        "Glorot and Bengio ask for"
    )


@exercise("20.2", "Growth through leaky ReLU", hints=(
    "one layer first: a weighted sum, then the bend; what does each do to the mean square?",
    "the sum multiplies it by n_in * variance; the bend by (1 + alpha^2) / 2; and there are "
    "n_layers of both",
    "return (n_in * variance * (1 + alpha**2) / 2) ** n_layers"))
def moment_after(mine):
    """(n_in * variance * (1 + alpha^2) / 2)^n_layers."""
    cases = ((1, 40, 0.04, 0.3), (6, 50, 0.05, 0.2), (30, 64, 2 / 64, 0.0), (3, 10, 0.1, 1.0))
    layers, n_in, variance, alpha = np.array(cases).T
    gain, half = n_in * variance, (1 + alpha**2) / 2
    known = (
        (None, (gain * half) ** layers),
        ("that is one layer, or n_layers times one: the factors of the layers multiply",
         gain * half),
        ("that is one layer, or n_layers times one: the factors of the layers multiply",
         layers * gain * half),
        ("the 1/2 is missing: only half of the inputs are positive",
         (gain * (1 + alpha**2)) ** layers),
        ("alpha is not squared: it multiplies the signal, and we follow the mean of the square",
         (gain * (1 + alpha) / 2) ** layers),
        ("n_in is missing: each sum has n_in terms, and their variances add up",
         (variance * half) ** layers),
        ("the negative side is missing: it adds alpha^2 / 2", (gain / 2) ** layers),
        ("the variance was squared: it is the square of the standard deviation already",
         (n_in * variance**2 * half) ** layers),
        ("that is the root of it, the growth of the size and not of the mean square",
         (gain * half) ** (layers / 2)),
        ("the bend is missing: that is a chain of linear layers", gain**layers),
        ("upside down: the signal is multiplied by that factor, not divided",
         (gain * half) ** -layers),
    )
    answer = np.array([mine(int(case[0]), int(case[1]), *case[2:]) for case in cases], dtype=float)
    for fault, value in known:
        if np.allclose(answer, value, rtol=1e-9):
            return fault
    return (
        "one layer with n_in = 40, variance 0.04, alpha 0.3 does not multiply the mean square by "
        f"{answer[0]:.3g}, "
        "or several layers do something else"
    )


N_PIXELS, N_UNITS, N_IMAGES = 300, 100, 150
DEAD = np.arange(1, 90, 3)  # enough weights to tell 2/300 from 2/400


def _patient(rng):
    """Return X, W, b of a layer whose units DEAD are off for all examples, the first of them with
    sums of exactly 0; unit 2 is off for most examples.
    """
    X = rng.random((N_IMAGES, N_PIXELS))
    W = 0.2 * rng.standard_normal((N_PIXELS, N_UNITS))
    W[:, DEAD[0]] = 0.0
    Z = X @ W
    b = -Z.mean(axis=0)
    b[DEAD[1:]] = -Z.max(axis=0)[DEAD[1:]] - 1
    b[DEAD[0]], b[2] = 0.0, -np.sort(Z[:, 2])[-3]
    return X, W, b


VARIANCES = (
    (None, 2 / N_PIXELS),
    ("the new weights have LeCun's variance 1 / n_in: He's is 2 / n_in", 1 / N_PIXELS),
    ("the new weights have Glorot's variance 2 / (n_in + n_out): He's is 2 / n_in",
     2 / (N_PIXELS + N_UNITS)),
    ("the new weights have the variance 2 / n_out: n_in is the number of rows of W", 2 / N_UNITS),
    ("the new weights have the variance 2 / len(X): n_in is the number of rows of W",
     2 / N_IMAGES),
    ("2 / n_in became the standard deviation: it is the variance, so take the root",
     (2 / N_PIXELS) ** 2),
    ("the new weights are not scaled at all", 1.0),
)


@exercise("20.3", "Rescue dead units", hints=(
    "X @ W + b has a row for every example and a column for every unit: when is a column dead?",
    "off = (X @ W + b <= 0).all(axis=0); only W[:, off] and b[off] change, in copies",
    "W[:, off] = math.sqrt(2 / n_in) * rng.standard_normal((n_in, off.sum())) and b[off] = 0, with "
    "W and b copied before"))
def revive(mine):
    """Dead columns drawn anew as He does, their biases 0, all else as it was."""
    X, W, b = _patient(np.random.default_rng(5))
    answer, fault = unchanged(mine, X, W, b, np.random.default_rng(6), names="X, W or b")
    if not isinstance(answer, (tuple, list)) or len(answer) != 2:
        return "two things should come back, the new W and the new b"
    if fault:
        return fault
    new_W, new_b = (np.asarray(part, dtype=float) for part in answer)
    if new_W.shape != W.shape or new_b.shape != b.shape:
        return (f"W {W.shape} and b {b.shape} went in, and shapes {new_W.shape} and {new_b.shape} "
                "came back")
    return (_fault_of_choice(W, b, new_W, new_b)
            or _fault_of_draw(new_W[:, DEAD], b[DEAD], new_b[DEAD]))


def _fault_of_choice(W, b, new_W, new_b):
    """Return what is wrong with the units that were changed, or None."""
    changed = np.flatnonzero((new_W != W).any(axis=0) | (new_b != b))
    if changed.size == 0:
        return f"nothing changed: {DEAD.size} units are off for all {N_IMAGES} examples"
    if (new_W == W).all():
        return "only biases changed: a unit is to get new weights too"
    if changed.size == N_UNITS:
        every = (new_W != W).any(axis=1).all()
        return ("all units changed: the living ones have learnt something, so leave them as they "
                "are" if every else "rows of W changed: a unit is a column")
    if 2 in changed:
        return "unit 2 is off for most examples and on for some: it is alive, so leave it as it is"
    if np.array_equal(changed, DEAD[1:]):
        return (f"unit {DEAD[0]} has sums of exactly 0 and is off too, since relu(0) = 0: compare "
                "with <= 0")
    if not np.array_equal(changed, DEAD):
        return (f"units {changed.tolist()} changed: those that are off for every single example "
                "are to change, and no others")
    return None


def _fault_of_draw(drawn, old_b, new_b):
    """Return what is wrong with the new weights and biases of the dead units, or None."""
    if np.ptp(drawn) == 0 or np.ptp(drawn, axis=1).max() == 0:
        return ("the units got the same weights, and would stay twins: draw each weight by itself")
    if (new_b[1:] == old_b[1:]).all():
        return "the biases that switched the units off are still there: set them to 0"
    if (new_b != 0).any():
        return "the new biases are not 0"
    if abs(drawn.mean()) > 5 * drawn.std() / math.sqrt(drawn.size):
        return "the mean of the new weights is not 0: half of them should be negative"
    for fault, variance in VARIANCES:
        if abs(drawn.var() / variance - 1) < 6 * math.sqrt(2 / drawn.size):
            return fault
    return (f"the new weights have the variance {drawn.var():.3g}, and He's is 2 / n_in = "
            f"{2 / N_PIXELS:.3g}, where n_in is the number of rows of W")
