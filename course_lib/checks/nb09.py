"""Checks of notebook 09, choose a batch size.

Each table of known answers begins with the right one, whose fault is None.

Notebooks: 09.
"""
import math

import numpy as np

from course_lib.checks.answers import first_match, unchanged
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
    "Of which two numbers do you know the mean, and which two unknowns stand in those means?",
    "|G|^2 + tr(Sigma)/b = small and |G|^2 + tr(Sigma)/B = big, where small and big are means of "
    "squared lengths: subtract one from the other.",
    "tr(Sigma) = (small - big) / (1/b - 1/B) and |G|^2 = (B*big - b*small) / (B - b), with "
    "small = (g_small**2).sum(axis=1).mean(); return their quotient."))
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
    "Which of the three rules divides by the noise already?",
    "SGD and momentum: times k; Adam: times the root of k, where k = new/old.",
    'return lr * (new / old) ** (0.5 if rule == "adam" else 1)'))
def scaled_rate(mine):
    """lr k for sgd and momentum, lr sqrt(k) for adam."""
    for rule in ("sgd", "momentum", "adam"):
        for lr, old, new in ((0.1, 64, 576), (0.02, 512, 32), (0.3, 100, 250)):
            k, adam = new / old, rule == "adam"
            answer = mine(rule, lr, old=old, new=new)
            if np.shape(answer) != ():
                return f"one number is wanted, not an array of shape {np.shape(answer)}"
            fault = first_match(answer, {
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
                "new // old drops the remainder, and is 0 for a smaller batch: divide with /":
                    lr * (math.sqrt(new // old) if adam else new // old),
                "only the scale came back, the old rate is missing": math.sqrt(k) if adam else k,
                "k is the ratio of the two batch sizes, new/old": lr * (math.sqrt(new) if adam
                                                                        else new),
            }, f"for {rule}, from batches of {old} at {lr:g} to batches of {new}, it is not right")
            if fault is not None:
                return fault
    return None


@exercise("09.3", "Gradient accumulation", hints=(
    "How many examples stand behind the gradient of each part?",
    "The mean over all rows is the sum of len(part) * gradient(part), divided by len(rows).",
    "total = total + len(some) * gradient(some) for some = rows[start:start + part]; return "
    "total / len(rows)"))
def accumulate(mine):
    """The mean gradient over rows, from parts of at most `part` examples."""
    g = np.random.default_rng(2).normal(size=(40, 3))
    for rows, part in ((np.arange(3, 13), 4), (np.array([7, 1, 30, 12, 5, 9]), 3),
                       (np.array([8, 2]), 5)):
        asked = []

        def gradient(some, asked=asked):
            asked.append(np.array(some))
            return g[np.array(some)].mean(axis=0)

        answer, fault = unchanged(mine, gradient, rows, part, names="rows")
        fault = fault or _parts_asked(asked, rows, part)
        if fault is None:
            fault = first_match(answer, _sums([g[some] for some in asked], rows, part),
                                f"for {len(rows)} rows in parts of {part} it is not the mean "
                                "gradient of all rows")
        if fault is not None:
            return fault
    return None


def _parts_asked(asked, rows, part):
    """Return what is wrong with the parts whose gradients were asked for, or None."""
    if any(some.ndim != 1 or len(some) == 0 for some in asked):
        return "gradient takes a flat array of one or more examples"
    if not asked:
        return "gradient was never called"
    if max(map(len, asked)) > part:
        return f"a part had {max(map(len, asked))} examples, and at most {part} fit in memory"
    seen = np.concatenate(asked)
    if len(seen) < len(rows):
        return "some of the rows are in no part: the last part may be smaller than the others"
    if sorted(seen.tolist()) != sorted(rows.tolist()):
        return "each row must be in exactly one part"
    if len(asked) > -(-len(rows) // part):
        return f"more parts than needed: {len(rows)} rows in parts of {part}"
    return None


def _sums(parts, rows, part):
    means = np.array([some.mean(axis=0) for some in parts])
    total = sum(some.sum(axis=0) for some in parts)
    return {
        None: total / len(rows),
        "each part counts alike, though the last one is smaller: weight it by its length":
            means.mean(axis=0),
        "the sum of the parts' means is not divided": means.sum(axis=0),
        "the sum over all rows is not divided by their number": total,
        "the sum of the parts' means is divided by the number of rows": means.sum(axis=0)
        / len(rows),
        "every part is counted with the full length of a part": part * means.sum(axis=0)
        / len(rows),
        "only the last part came back": means[-1],
    }
