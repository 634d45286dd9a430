"""Checks of notebook 16, compare optimizers fairly: a sponsor's rate, a paired interval, Holm, time
to target, a verdict.

Each table of known answers begins with the right one, whose fault is None.

Notebooks: 16.
"""
import numpy as np

from course_lib.checks.answers import unchanged
from course_lib.checks.engine import exercise

RATES = [0.01, 0.1, 1.0, 10.0]
SCORES = {
    "a": np.array([0.9, 0.3, 0.2, np.inf]),
    "b": np.array([0.7, 0.4, 0.1, np.inf]),
    "c": np.array([0.8, 0.2, 0.4, 0.5]),
    "d": np.array([0.7, 0.6, 0.9, np.inf]),
    "e": np.array([1.0, 1.0, 0.8, np.inf]),
}
ALONE = {"a": np.array([0.9, np.inf]), "b": np.array([np.inf, np.inf])}


def _wins(name, scores, better=lambda mine, rest: mine < min(rest)):
    n = len(scores[name])
    rest = [[scores[other][k] for other in scores if other != name] for k in range(n)]
    return [RATES[k] for k in range(n) if better(scores[name][k], rest[k])]


@exercise("16.1", "The sponsor's rate", hints=(
    "go through the rates one by one; at each, what must the sponsor's score be, compared with all "
    "others?",
    "scores[name][k] < the smallest of the others' scores[...][k]; infinity is never below "
    "anything",
    "return [rates[k] for k in range(len(rates)) if scores[name][k] < min(scores[o][k] for o in "
    "scores if o != name)]"))
def winning_rates(mine):
    """The rates at which the named rule alone has the lowest score."""
    tried = {name: unchanged(mine, name, list(RATES), SCORES, names="scores") for name in SCORES}
    answers = {name: answer for name, (answer, _) in tried.items()}
    for name, answer in answers.items():
        if isinstance(answer, str) or np.ndim(answer) != 1:
            return (
                f"for the sponsor of {name!r} came {answer!r}: a list of rates was asked for, "
                "empty where there is none"
            )
        answers[name] = [float(rate) for rate in answer]
    if faults := [fault for _, fault in tried.values() if fault]:
        return faults[0]
    index = [float(RATES.index(rate)) for rate in _wins("c", SCORES)]
    own = {name: [RATES[int(values.argmin())]] for name, values in SCORES.items()}
    known = (
        (None, {name: _wins(name, SCORES) for name in SCORES}),
        ("a tie counts as a win there: at 0.01, b and d have the same score, and nobody wins",
         {name: _wins(name, SCORES, lambda mine, rest: mine <= min(rest)) for name in SCORES}),
        ("those are the rates at which the rule is worst: scores are losses, so low is good",
         {name: _wins(name, SCORES, lambda mine, rest: mine > max(rest)) for name in SCORES}),
        ("it beats one of the others there, not all: compare with the lowest of the others' scores",
         {name: _wins(name, SCORES, lambda mine, rest: mine < max(rest)) for name in SCORES}),
        ("that is the rate that is best for the rule itself, as in tuning: the question is where "
         "it beats the others", own),
    )
    for fault, answer in known:
        if answers == answer:
            other = mine("b", [0.01, 0.1], ALONE)
            if fault is None and list(other) != []:
                return "where a rule diverged, its score is infinite: it cannot win there"
            return fault
    if answers["c"] == index:
        return "those are positions in the list: return the rates that stand there"
    return f"for the sponsor of 'c' with scores {SCORES['c'].tolist()} it returned {answers['c']}"


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


@exercise("16.4", "Typical time to a target", hints=(
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
    targets = (0.4, 0.3, 0.5, 0.6, 0.1)  # nobody reaches the last
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
        ("that is where each curve is lowest: the first time that it is at or below the target "
         "counts", lowest),
        ("that is the fastest seed: the median was asked for", {"summary": np.min}),
    )
    answers = np.array([float(mine(CURVES.copy(), target, every)) for target in targets])
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
