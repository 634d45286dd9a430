"""Checks of notebook 08, sample mini-batches.

Each table of known answers begins with the right one, whose fault is None.

Notebooks: 08.
"""
import math

import numpy as np

from course_lib.checks import museum
from course_lib.checks.answers import first_match
from course_lib.checks.engine import exercise
from course_lib.training import batch_noise


@exercise("08.1", "The rate for a noise floor", hints=(
    "Write the formula of the floor down and solve it for lr, which stands above and below the "
    "line.",
    "floor * B * lam * (2 - lr*lam) = lr * sigma^2: collect the terms that hold lr on one side.",
    "return 2 * batch_size * lam * floor / (sigma**2 + batch_size * lam**2 * floor)"))
def rate_for_floor(mine):
    """The lr with batch_noise.sgd_floor(lr, ...) == floor."""
    for F, lam, sigma, B in ((0.01, 2.0, 3.0, 5), (4.0, 0.5, 2.0, 16), (1e-4, 10.0, 1.0, 1)):
        answer = mine(F, lam=lam, sigma=sigma, batch_size=B)
        if np.shape(answer) != ():
            return f"one number is wanted, and an array of shape {np.shape(answer)} came back"
        fault = first_match(answer, _rates(F, lam, sigma, B), "")
        if fault == "":
            settles = _floor(float(answer), lam, sigma, B)
            where = "nowhere" if math.isnan(settles) else f"{settles:.3g}"
            return (
                f"for the floor {F:g} (lam {lam:g}, sigma {sigma:g}, B {B}) it gives a rate that "
                f"settles at {where}"
            )
        if fault is not None:
            return fault
    return None


def _rates(F, lam, sigma, B):
    below = sigma**2 + B * lam**2 * F
    return {
        None: 2 * B * lam * F / below,
        "that drops lr * lam beside the 2, which is right for small rates only, and can come out "
        "above 2/lam": 2 * B * lam * F / sigma**2,
        "the floor asks for the square of sigma": 2 * B * lam * F / (sigma + B * lam**2 * F),
        "the batch size is missing: a larger batch allows a larger rate":
            2 * lam * F / (sigma**2 + lam**2 * F),
        "the batch size stands on the wrong side: a larger batch allows a larger rate":
            2 * lam * F / (B * sigma**2 + lam**2 * F),
        "the factor 2 is lost on the way": B * lam * F / below,
        "a sign slipped when the terms with lr were collected":
            2 * B * lam * F / (sigma**2 - B * lam**2 * F),
        "lam has lost its square beside the floor": 2 * B * lam * F / (sigma**2 + B * lam * F),
        "that is the largest stable rate, 2/lam, where the floor is infinite": 2 / lam,
        "that is the floor of the rate `floor`; the rate for the floor is wanted":
            _floor(F, lam, sigma, B),
    }


def _floor(lr, lam, sigma, batch_size):
    if not 0 < lr * lam < 2:
        return math.nan
    return float(batch_noise.sgd_floor(lr, lam=lam, sigma=sigma, batch_size=batch_size))


@exercise("08.2", "An epoch that shuffles the wrong thing", exhibit=museum.museum_epoch, hints=(
    "Print two epochs of 6 examples in batches of 2: which numbers are never in one batch?",
    "The examples have to be shuffled, before anything is cut.",
    "order = rng.permutation(n), and then cut that: order[start:start + batch_size]"))
def museum_epoch(mine):
    """All indices once, shuffled before they are cut, the rest kept, by rng alone."""
    rng = np.random.default_rng(5)
    epochs = [_rows(mine, 50, 8, rng) for _ in range(200)]
    for epoch in epochs:
        if fault := _form(epoch, 50, 8):
            return fault
    if all(np.array_equal(np.concatenate(a), np.concatenate(epochs[0])) for a in epochs):
        return "every epoch has the same order: rng is not used, or begun anew in each epoch"
    for n, batch_size in ((12, 4), (34, 4), (3, 8), (66, 8)):
        if fault := _form(_rows(mine, n, batch_size, rng), n, batch_size):
            return f"with {n} examples in batches of {batch_size}: {fault}"
    if fault := _mixing(epochs):
        return fault
    if any([len(rows) for rows in epoch] != _lengths(50, 8) for epoch in epochs):
        return _said(50, 8)
    return _foreign(mine)


def _rows(mine, n, batch_size, rng):
    return [np.asarray(rows) for rows in mine(n, batch_size, rng)]


def _form(epoch, n, batch_size):
    """Return what is wrong with the batches of one epoch, or None."""
    if any(rows.ndim != 1 or (len(rows) and rows.dtype.kind not in "iu") for rows in epoch):
        return "an epoch is a list of flat arrays of whole numbers, one array for each batch"
    if any(len(rows) == 0 for rows in epoch):
        return "one of the batches is empty"
    seen = np.concatenate(epoch) if epoch else np.zeros(0, int)
    if len(set(seen.tolist())) < len(seen):
        return (
            "some examples come twice in one epoch: that is drawing with replacement, not shuffling"
        )
    if len(seen) < n and all(len(rows) == batch_size for rows in epoch):
        return "the last, smaller batch is lost, and with it some examples in every epoch"
    if sorted(seen.tolist()) != list(range(n)):
        return f"an epoch of {n} examples must hold every index from 0 to {n - 1} exactly once"
    lengths = sorted((len(rows) for rows in epoch), reverse=True)
    return None if lengths == _lengths(n, batch_size) else _said(n, batch_size)


def _lengths(n, batch_size):
    return [min(batch_size, n - start) for start in range(0, n, batch_size)]


def _said(n, batch_size):
    full, rest = divmod(n, batch_size)
    last = f", and then the last one of {rest}" if rest else ""
    return f"{n} examples in batches of {batch_size} make {full} of {batch_size}{last}"


def _mixing(epochs):
    """Return what is wrong with the company that examples keep over many epochs, or None."""
    companions = {frozenset(rows.tolist()) for epoch in epochs for rows in epoch}
    if len(companions) < 20:
        return (
            "the same examples share a batch in every epoch: mixing batches, or inside batches, is "
            "not enough"
        )
    met = np.zeros((50, 50), bool)
    for rows in (rows for epoch in epochs for rows in epoch):
        met[np.ix_(rows, rows)] = True
    if not met.all():
        first, second = np.argwhere(~met)[0]
        return (
            f"the examples {first} and {second} never meet in {len(epochs)} epochs: the mixing "
            "does not reach across the whole data set"
        )
    return None


def _foreign(mine):
    once, again = (np.concatenate(_rows(mine, 50, 8, np.random.default_rng(1))) for _ in range(2))
    if not np.array_equal(once, again):
        return "one seed gives two different epochs: some of the randomness does not come from rng"
    return None


N, SIZE, EPOCHS, LR = 10, 4, 3, 0.25


class _Pull:
    """Gradients of the mean of (w - x_i)^2/2, written down as they are asked for."""

    x = np.column_stack([np.arange(N) ** 1.5, np.cos(np.arange(N))])

    def __init__(self):
        self.asked = []

    def __call__(self, w, rows):
        self.asked.append((np.array(w, float), np.array(rows)))
        return w - self.x[rows].mean(axis=0)


@exercise("08.3", "A whole run of mini-batch SGD", hints=(
    "Two loops: over the epochs, and inside over the batches of a new order.",
    "For each batch: w = w - lr * gradient(w, rows); keep each new w, and average them at the end.",
    "points.append(w) after every step; return w, np.mean(points, axis=0)"))
def minibatch_sgd(mine):
    """Replay the batches that were asked for: the last point and the mean of all points."""
    pull, start, rng = _Pull(), np.array([2.0, -1.0]), np.random.default_rng(3)
    given = start.copy()
    answer = mine(pull, given, N, lr=LR, batch_size=SIZE, epochs=EPOCHS, rng=rng)
    if not np.array_equal(given, start):
        return "it changed the start: w -= ... writes into that array, w = w - ... makes another"
    if fault := _epochs_asked([rows for _, rows in pull.asked]):
        return fault
    if all(np.array_equal(w, start) for w, _ in pull.asked):
        return "every gradient was taken at the start: w has to move before the next one"
    if np.shape(answer) != (2, 2):
        return "two points are wanted: the last one, and the average"
    fault = first_match(np.array(answer), _ends(start, pull), "the steps are not "
                        "w = w - lr * gradient(w, rows) on the batches that were asked for")
    return fault or _own_rng(mine)


def _epochs_asked(asked):
    """Return what is wrong with the batches over all epochs, or None."""
    a_pass = -(-N // SIZE)
    if any(rows.ndim != 1 or rows.dtype.kind not in "iu" for rows in asked):
        return "gradient takes w and a flat array of indices"
    if len(asked) == a_pass:
        return "that is one epoch: the loop over the epochs is missing"
    if len(asked) == EPOCHS * (N // SIZE):
        return "the last, smaller batch of each epoch is lost"
    if len(asked) != EPOCHS * a_pass:
        return (
            f"{N} examples in batches of {SIZE} make {a_pass} steps an epoch, so {EPOCHS} epochs "
            f"make {EPOCHS * a_pass}, and it asked for {len(asked)} gradients"
        )
    epochs = [asked[k * a_pass:(k + 1) * a_pass] for k in range(EPOCHS)]
    for epoch in epochs:
        if fault := _form(epoch, N, SIZE):
            return fault
    if all(np.array_equal(a, b) for a, b in zip(epochs[0], epochs[1], strict=True)):
        return "every epoch has the same order: shuffle anew in each of them"
    return None


def _replay(start, pull, weight=lambda rows: 1):
    """Return the points after each step, each gradient multiplied by weight(rows)."""
    points = [start]
    for _, rows in pull.asked:
        gradient = points[-1] - pull.x[rows].mean(axis=0)
        points.append(points[-1] - LR * weight(rows) * gradient)
    return np.array(points[1:])


def _ends(start, pull):
    """Return the known ends of a run, (last point, average)."""
    moved, summed, a_pass = _replay(start, pull), _replay(start, pull, len), -(-N // SIZE)
    last, mean = moved[-1], moved.mean(axis=0)
    return {
        None: np.stack([last, mean]),
        "the two are in the wrong order: first the last point, then the average":
            np.stack([mean, last]),
        "the start belongs to no step: average the points after each step":
            np.stack([last, np.vstack([start, moved]).mean(axis=0)]),
        "the last point is missing from the average, and the start is in it":
            np.stack([last, np.vstack([start, moved[:-1]]).mean(axis=0)]),
        "the average came out as the last point": np.stack([last, last]),
        "the sum of the points is divided by the number of epochs, not of steps":
            np.stack([last, moved.sum(axis=0) / EPOCHS]),
        "the points were summed and not divided": np.stack([last, moved.sum(axis=0)]),
        "only the last epoch is averaged": np.stack([last, moved[-a_pass:].mean(axis=0)]),
        "only the ends of the epochs are averaged":
            np.stack([last, moved[a_pass - 1::a_pass].mean(axis=0)]),
        "the gradient is a mean already: do not multiply it by the length of the batch":
            np.stack([summed[-1], summed.mean(axis=0)]),
    }


def _own_rng(mine):
    runs = [mine(_Pull(), np.zeros(2), N, lr=LR, batch_size=SIZE, epochs=EPOCHS,
                 rng=np.random.default_rng(1)) for _ in range(2)]
    if not np.array_equal(*map(np.array, runs)):
        return "one seed gives two different runs: some of the randomness does not come from rng"
    return None
