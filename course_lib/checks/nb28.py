"""Checks of notebook 28, compare optimizers fairly: time to a target.

Each table of known answers begins with the right one, whose fault is None.

Notebooks: 28.
"""
import numpy as np

from course_lib.checks.engine import exercise
from course_lib.checks.values import number

CURVES = np.array([
    [0.9, 0.5, 0.40, 0.60, 0.30],
    [0.9, 0.8, 0.70, 0.60, 0.50],
    [0.9, 0.8, 0.70, 0.40, 0.35],
    [0.9, 0.8, 0.70, 0.60, 0.55],
    [0.9, 0.8, 0.70, 0.50, 0.20],
])


def _first(curves, target, reached=lambda c, target: c <= target):
    return [next((k for k, loss in enumerate(curve) if reached(loss, target)), None)
            for curve in curves]


@exercise("28.3", "Typical time to a target", hints=(
    "first one number a seed: where is the curve at or below the target for the first time? Then "
    "think what a miss is",
    "look k = 0, 1, ... is made after (k + 1) * every steps; a miss is np.inf; the median of these "
    "does not drop it",
    "steps = [every * (1 + next((k for k, x in enumerate(c) if x <= target), np.inf)) for c in "
    "curves]; np.median(steps)"))
def typical_steps(mine):
    """Median over seeds of the first step at or below the target, a miss counting as infinite."""
    every, budget = 50, 50 * CURVES.shape[1]

    def median_of(target, *, miss=np.inf, shift=1, summary=np.median, **how):
        first = _first(CURVES, target, **how)
        steps = [every * (k + shift) if k is not None else miss for k in first]
        steps = [step for step in steps if step is not None]
        return summary(steps) if steps else np.nan

    strict = {"reached": lambda loss, target: loss < target}
    lowest = {"reached": lambda loss, target: loss in CURVES.min(axis=1) and loss <= target}
    targets = (0.4, 0.3, 0.5, 0.7, 0.1)  # nobody reaches the last
    known = (
        (None, {}),
        ("misses were left out: a rule that fails on most seeds would be judged by its luckiest",
         {"miss": None}),
        ("a miss counts as the whole budget there: it took longer than that, and nobody knows how "
         "long", {"miss": budget}),
        ("the mean is taken: one miss makes it infinite, whatever the others did; the median bears "
         "it",
         {"summary": np.mean}),
        ("the mean of those that reached it: misses were left out, and the median was asked for",
         {"miss": None, "summary": np.mean}),
        ("a miss counts as 0 steps, which makes it the fastest of all", {"miss": 0}),
        ("the first look is made after `every` steps, not before the first: add 1 to the position",
         {"shift": 0}),
        ("a loss equal to the target has reached it", strict),
        ("argmax of a row without any hit is 0: a miss must become infinity", {"miss": every}),
        ("that is where each curve is lowest: the first time that it is at or below the target "
         "counts", lowest),
        ("that is the fastest seed: the median was asked for", {"summary": np.min}),
    )
    answers = [number(mine(CURVES.copy(), target, every)) for target in targets]
    if None in answers:
        return "one number is wanted, the median number of steps over all seeds"
    answers = np.array(answers)
    middle = np.median(CURVES, axis=0)  # the curve of medians, which is no median of times
    of_middle = [every * (1.0 + k) if k is not None else np.inf
                 for k in (_first([middle], target)[0] for target in targets)]
    if np.allclose(answers, of_middle):
        return ("that is the time of the median curve: first one number a seed, then the median of "
                "these")
    in_looks = np.array([median_of(target) / every for target in targets])
    if np.allclose(answers, in_looks):
        return "that counts looks: between two of them lie `every` steps"
    for fault, how in known:
        right = np.array([median_of(target, **how) for target in targets])
        if np.allclose(answers[:4], right[:4]) and (fault is not None or answers[4] == np.inf):
            return fault
    if np.allclose(answers[:4], [median_of(target) for target in targets[:4]]):
        return f"a target that no seed reaches gives {answers[4]}: the median of misses is infinity"
    return f"for target 0.5 and every = 50 it gives {answers[2]:g}"
