"""Checks of notebook 05, sample mini-batches.

Each table of known answers begins with the right one, whose fault is None.

Notebooks: 05.
"""
import math

import numpy as np

from course_lib.checks import museum
from course_lib.checks.answers import first_match
from course_lib.checks.engine import exercise
from course_lib.training import batch_noise


@exercise("05.1", "The rate for a noise floor", hints=(
    "write the formula of the floor down and solve it for lr, which stands above and below the "
    "line",
    "floor * B * lam * (2 - lr*lam) = lr * sigma^2: collect the terms that hold lr on one side",
    "return 2 * batch_size * lam * floor / (sigma**2 + batch_size * lam**2 * floor)"))
def rate_for_floor(mine):
    """The lr with batch_noise.sgd_floor(lr, ...) == floor."""
    for F, lam, sigma, B in ((0.01, 2.0, 3.0, 5), (4.0, 0.5, 2.0, 16), (1e-4, 10.0, 1.0, 1)):
        answer = float(mine(F, lam=lam, sigma=sigma, batch_size=B))
        below = sigma**2 + B * lam**2 * F
        fault = first_match(float(answer), {
            None: 2 * B * lam * F / below,
            "that drops lr * lam beside the 2, which is right for small rates only, and can come "
            "out above 2/lam":
                2 * B * lam * F / sigma**2,
            "the floor asks for the square of sigma": 2 * B * lam * F / (sigma + B * lam**2 * F),
            "the batch size is missing: a larger batch allows a larger rate": 2 * lam * F
            / (sigma**2 + lam**2 * F),
            "the batch size stands on the wrong side: a larger batch allows a larger rate":
                2 * lam * F / (B * sigma**2 + lam**2 * F),
            "the factor 2 is lost on the way": B * lam * F / below,
            "a sign slipped when the terms with lr were collected": 2 * B * lam * F
            / (sigma**2 - B * lam**2 * F),
            "that is the floor of the rate `floor`; the rate for the floor is wanted": _floor(F,
                                                                                              lam,
                                                                                              sigma,
                                                                                              B),
        }, "")
        if fault == "":
            settles = f"{_floor(answer, lam, sigma, B):.3g}" if 0 < answer * lam < 2 else "nowhere"
            return (
                f"for the floor {F:g} (lam {lam:g}, sigma {sigma:g}, B {B}) it gives a rate that "
                f"settles at {settles}"
            )
        if fault is not None:
            return fault
    return None


def _floor(lr, lam, sigma, batch_size):
    return float(batch_noise.sgd_floor(lr, lam=lam, sigma=sigma,
                                       batch_size=batch_size)) if 0 < lr * lam < 2 else math.nan


@exercise("05.2", "An epoch that shuffles the wrong thing", exhibit=museum.museum_epoch, hints=(
    "print two epochs of 6 examples in batches of 2: which numbers are never in one batch?",
    "the examples have to be shuffled, before anything is cut",
    "order = rng.permutation(n), and then cut that: order[start:start + batch_size]"))
def museum_epoch(mine):
    """All indices once, shuffled before they are cut, the rest kept, by rng alone."""
    rng, sizes = (
        np.random.default_rng(5),
        "50 examples in batches of 8 make six batches of 8, and then the last one of 2",
    )
    epochs = [[np.asarray(rows) for rows in mine(50, 8, rng)] for _ in range(40)]
    for epoch in epochs:
        if any(rows.ndim != 1 or rows.dtype.kind not in "iu" for rows in epoch):
            return "an epoch is a list of flat arrays of whole numbers, one array for each batch"
        seen = np.concatenate(epoch)
        if len(seen) < 50 and len(epoch) == 50 // 8:
            return "the last, smaller batch is lost, and with it some examples in every epoch"
        if len(set(seen.tolist())) < len(seen):
            return (
                "some examples come twice in one epoch: that is drawing with replacement, not "
                "shuffling"
            )
        if sorted(seen.tolist()) != list(range(50)):
            return "an epoch of 50 examples must hold every index from 0 to 49 exactly once"
        if max(map(len, epoch)) > 8:
            return sizes
    if all(np.array_equal(np.concatenate(a), np.concatenate(epochs[0])) for a in epochs):
        return "every epoch has the same order: rng is not used, or begun anew in each epoch"
    companions = {frozenset(rows.tolist()) for epoch in epochs for rows in epoch}
    if len(companions) < 40:
        return (
            "the same examples share a batch in every epoch: mixing batches, or inside batches, is "
            "not enough"
        )
    if any([len(rows) for rows in epoch] != [8] * 6 + [2] for epoch in epochs):
        return sizes
    together = sum(0 in rows and 49 in rows for epoch in epochs for rows in epoch)
    if together == 0:
        return (
            "the first and the last example never meet: the mixing does not reach across the whole "
            "data set"
        )
    again = [np.concatenate([np.asarray(rows) for rows in mine(50, 8, np.random.default_rng(1))])
             for _ in range(2)]
    if not np.array_equal(*again):
        return "one seed gives two different epochs: some of the randomness does not come from rng"
    return None


def _naive(small, big, b, B):
    """Return what the known wrong formulas make of the mean squared lengths of small and of big
    gradients.
    """
    signal, spread = (B * big - b * small) / (B - b), (small - big) / (1 / b - 1 / B)
    return {
        None: spread / signal,
        "that is the fraction upside down: noise over signal is wanted, and it is a number of "
        "examples": signal / spread,
        "|g_big|^2 holds noise of its own, tr(Sigma)/B: it is not yet |G|^2": spread / big,
        "the two batch sizes have changed places in the estimate of |G|^2": spread
        / ((b * big - B * small) / (b - B)),
        "that is tr(Sigma) alone: divide by |G|^2": spread,
        "1/b - 1/B has become B - b in the estimate of the noise": (small - big) / (B - b) / signal,
        "the noise of the small batch has not been set free of |G|^2: the difference of the two is "
        "wanted":
            b * small / signal,
    }


@exercise("05.3", "The gradient noise scale", hints=(
    "which two numbers do you know the mean of, and which two unknowns stand in those means?",
    "E|g_b|^2 = |G|^2 + tr(Sigma)/b for both batch sizes; average |g|^2 over the pairs first, "
    "divide last",
    "small = (g_small**2).sum(axis=1).mean(), big likewise, and then the two formulas above the "
    "exercise"))
def noise_scale(mine):
    """Mean tr Sigma estimate over mean |G|^2 estimate."""
    rng = np.random.default_rng(0)
    for b, B, pairs in ((4, 32, 30), (1, 8, 12)):
        small, big = (1 + rng.normal(size=(pairs, 6)) * 3 / math.sqrt(size) for size in (b, B))
        squares = [(g * g).sum(axis=1) for g in (small, big)]
        each = batch_noise.scale_parts(small, big, b, B)
        answer = mine(small.copy(), big.copy(), b, B)
        if np.shape(answer) != ():
            return (
                "one number is wanted, from all pairs together, and an array of shape "
                f"{np.shape(answer)} came back"
            )
        known = _naive(*(square.mean() for square in squares), b, B)
        known["the mean of the ratios of single pairs is not the ratio of the means: average "
              "first, divide last"] = (
            each[1] / each[0]).mean()
        known[
            "the gradients were averaged before they were squared, and so their noise is gone"
        ] = _ratio(small.mean(0), big.mean(0), b, B)
        fault = first_match(float(answer), known,
                       f"for {pairs} pairs of batches of {b} and {B} the noise scale is not "
                       f"{float(answer):.3g}")
        if fault is not None:
            return fault
    return None


def _ratio(small, big, b, B):
    signal, spread = batch_noise.scale_parts(small, big, b, B)
    return float(spread / signal)


@exercise("05.4", "The rate for another batch size", hints=(
    "which of the three rules divides by the noise already?",
    "SGD and momentum: times k; Adam: times the root of k, where k = new/old",
    'return lr * (new / old) ** (0.5 if rule == "adam" else 1)'))
def scaled_rate(mine):
    """lr k for sgd and momentum, lr sqrt(k) for adam."""
    for rule in ("sgd", "momentum", "adam"):
        for lr, old, new in ((0.1, 64, 576), (0.02, 512, 32), (0.3, 100, 250)):
            k, adam = new / old, rule == "adam"
            fault = first_match(float(mine(rule, lr, old=old, new=new)), {
                None: lr * (math.sqrt(k) if adam else k),
                "adam divides by the root of the mean squared gradient, which does half of the "
                "work: linear is too much":
                    lr * k if adam else (),
                "the root keeps the variance of one step, but k steps become one: sgd and momentum "
                "scale linearly":
                    () if adam else lr * math.sqrt(k),
                "the ratio stands upside down: a larger batch allows a larger rate": lr
                / (math.sqrt(k) if adam else k),
                "the rate has not changed, and would be too small for larger batches": lr,
                "only the scale came back, the old rate is missing": math.sqrt(k) if adam else k,
                "k is the ratio of the two batch sizes, new/old": lr * (math.sqrt(new) if adam
                                                                        else new),
            }, f"for {rule}, from batches of {old} at {lr:g} to batches of {new}, it is not right")
            if fault is not None:
                return fault
    return None
