"""Checks of notebook 09, choose a batch size.

Each table of known answers begins with the right one, whose fault is None.

Notebooks: 09.
"""
import math

import numpy as np

from course_lib.checks.answers import first_match
from course_lib.checks.engine import exercise
from course_lib.training import batch_noise


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


@exercise("09.1", "The gradient noise scale", hints=(
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


@exercise("09.2", "The rate for another batch size", hints=(
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
