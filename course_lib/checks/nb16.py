"""Checks of notebook 16, compare optimizers fairly: a sponsor's rate, a paired interval, Holm, time
to target, a verdict.

Each table of known answers begins with the right one, whose fault is None.
"""
import numpy as np

from course_lib.checks.engine import exercise
from course_lib.experiments import comparison

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
    "go through the rates one by one; at each, what must the sponsor's score be, compared with all others?",
    "scores[name][k] < the smallest of the others' scores[...][k]; infinity is never below anything",
    "return [rates[k] for k in range(len(rates)) if scores[name][k] < min(scores[o][k] for o in scores if o != name)]"))
def winning_rates(mine):
    """The rates at which the named rule alone has the lowest score."""
    given = {name: values.copy() for name, values in SCORES.items()}
    answers = {name: mine(name, list(RATES), given) for name in SCORES}
    for name, answer in answers.items():
        if isinstance(answer, str) or np.ndim(answer) != 1:
            return f"for the sponsor of {name!r} came {answer!r}: a list of rates was asked for, empty where there is none"
        answers[name] = [float(rate) for rate in answer]
    if any(list(given) != list(SCORES) or not np.array_equal(given[name], SCORES[name]) for name in SCORES):
        return "it changed the scores that it was given"
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
        ("that is the rate that is best for the rule itself, as in tuning: the question is where it beats the others", own),
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


SHARED = np.array([3.0, 0.5, 5.0, 1.0, 4.0, 2.0, 6.0, 0.0, 2.5, 4.5])
GAP = np.array([0.30, -0.10, 0.45, 0.20, 0.05, 0.35, 0.60, -0.05, 0.25, 0.40])


@exercise("16.2", "A paired interval", hints=(
    "which numbers have lost what both rules share on a seed? Draw from these, as many as there are, with replacement",
    "d = a - b; a resample is d[rng.integers(len(d), size=len(d))]; keep its mean; 10 000 times; then two quantiles",
    "means = d[rng.integers(len(d), size=(10_000, len(d)))].mean(axis=1); return np.quantile(means, [0.025, 0.975])"))
def paired_bootstrap(mine):
    """The 2.5 % and 97.5 % quantiles of the mean of resampled paired differences."""
    a, b = SHARED + GAP, SHARED
    n, rng = len(a), np.random.default_rng(1)
    pick, pick_b = rng.integers(n, size=(2, 20_000, n))
    ends = [0.025, 0.975]
    d = a - b
    means = d[pick].mean(axis=1)
    known = (
        (None, np.quantile(means, ends)),
        ("the sign is turned: the difference is a - b, negative where a is better", np.quantile(-means, ends)),
        ("a and b are resampled apart, so their seeds no longer belong together: resample a - b",
         np.quantile(a[pick].mean(axis=1) - b[pick_b].mean(axis=1), ends)),
        ("that is the spread of single differences: an interval for the mean needs the mean of each resample",
         np.quantile(d[pick], ends)),
        ("all resamples have the same mean: draw with replacement, as many as there are seeds", [d.mean(), d.mean()]),
        ("that is a 90 % interval: 2.5 % must lie on each side", np.quantile(means, [0.05, 0.95])),
        ("that is the interval of a alone: the difference is asked for", np.quantile(a[pick].mean(axis=1), ends)),
        ("the medians of the resamples are taken: the mean difference was asked for",
         np.quantile(np.median(d[pick], axis=1), ends)),
    )
    answer = mine(a.copy(), b.copy(), np.random.default_rng(5))
    got = np.asarray(answer, dtype=float)
    if got.shape != (2,) or not np.isfinite(got).all():
        return f"two finite numbers, low and high, were asked for, and {answer!r} came back"
    if got[0] > got[1]:
        return "low is above high: the 2.5 % quantile comes first"
    unit = d.std() / np.sqrt(n)
    distance = [np.abs(got - right).max() / max((right[1] - right[0]) / 4, unit / 3) for _, right in known]
    nearest = int(np.argmin(distance))
    if distance[nearest] > (0.15 if nearest == 0 else 0.25):
        return f"for ten seeds whose differences have the mean {d.mean():.3f} it gives {got[0]:.3f} to {got[1]:.3f}"
    if nearest == 0 and np.array_equal(got, mine(a.copy(), b.copy(), np.random.default_rng(6))):
        return "another rng gives exactly the same interval: draw from the rng that is passed in"
    return known[nearest][0]


P_VALUES = np.array([0.04, 0.40, 0.004, 0.011, 0.012, 0.38, 0.45])


def _ordered(p, factors, *, cap=True, running=np.maximum.accumulate, back=True):
    """Return p, sorted, times factors, with the features of Holm switched on or off."""
    order = np.argsort(p, kind="stable")
    stepped = running(p[order] * factors)
    stepped = np.minimum(stepped, 1) if cap else stepped
    if not back:
        return stepped
    answer = np.empty(len(p))
    answer[order] = stepped
    return answer


def _step_up(x):
    return np.minimum.accumulate(x[::-1])[::-1]


@exercise("16.3", "Holm's correction", hints=(
    "sort; the smallest p-value must survive all m tests, the next only the m - 1 that are left",
    "adjusted p_(i) = the largest of min(1, (m - j + 1) p_(j)) for j <= i; then back into the order given",
    "order = np.argsort(p); q = np.maximum.accumulate(np.minimum(1, (m - np.arange(m)) * p[order])); out[order] = q"))
def holm(mine):
    """Adjusted p-values, in the order given."""
    p, m = P_VALUES, len(P_VALUES)
    i = np.arange(m)
    known = (
        (None, comparison.holm(p)),
        ("nothing was adjusted: with 7 tests at 5 % one expects a false alarm in every third such table", p),
        ("that is Bonferroni: it multiplies all by m; Holm multiplies the second smallest by m - 1, and so on",
         np.minimum(1, m * p)),
        ("a smaller p-value got a larger adjusted one: take the running maximum over the sorted ones",
         _ordered(p, m - i, running=lambda x: x)),
        ("an adjusted p-value is above 1: cap them", _ordered(p, m - i, cap=False)),
        ("they come in sorted order: give them back in the order of p", _ordered(p, m - i, back=False)),
        ("the factors run the wrong way: the smallest p-value is multiplied by m, the largest by 1", _ordered(p, i + 1)),
        ("that is Benjamini and Hochberg: it bounds the share of false discoveries, not the chance of one",
         _ordered(p, m / (i + 1), running=_step_up)),
        ("that is Hochberg's, with a running minimum from the largest down: it needs more than Holm assumes",
         _ordered(p, m - i, running=_step_up)),
        ("the factor of the smallest is m - 1 there: it is m, and the largest has 1", _ordered(p, m - i - 1)),
    )
    given = p.copy()
    answer = np.asarray(mine(given), dtype=float)
    if not np.array_equal(given, p):
        return "it changed the p that it was given"
    if answer.shape != p.shape:
        return f"{m} adjusted p-values were asked for, and shape {answer.shape} came back"
    for fault, right in known:
        if np.allclose(answer, right, rtol=1e-9):
            if fault is None and not np.allclose(mine(np.array([0.03, 0.01])), [0.03, 0.02]):
                return "with two p-values, 0.03 and 0.01, it does not give 0.03 and 0.02"
            return fault
    return f"for p = {p.tolist()} it gives {np.round(answer, 4).tolist()}"


CURVES = np.array([
    [0.9, 0.5, 0.40, 0.60, 0.30],
    [0.9, 0.8, 0.70, 0.60, 0.50],
    [0.9, 0.8, 0.70, 0.40, 0.35],
    [0.9, 0.8, 0.70, 0.60, 0.55],
    [0.9, 0.8, 0.70, 0.50, 0.20],
])


def _first(curves, target, reached=lambda c, target: c <= target):
    return [next((k for k, loss in enumerate(curve) if reached(loss, target)), None) for curve in curves]


@exercise("16.4", "Typical time to a target", hints=(
    "first one number a seed: where is the curve at or below the target for the first time? Then think what a miss is",
    "look k = 0, 1, ... is made after (k + 1) * every steps; a miss is np.inf; the median of these does not drop it",
    "steps = [every * (1 + next((k for k, x in enumerate(c) if x <= target), np.inf)) for c in curves]; np.median(steps)"))
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
        ("misses were left out: a rule that fails on most seeds would be judged by its luckiest", {"miss": None}),
        ("a miss counts as the whole budget there: it took longer than that, and nobody knows how long", {"miss": budget}),
        ("the mean is taken: one miss makes it infinite, whatever the others did; the median bears it",
         {"summary": np.mean}),
        ("the mean of those that reached it: misses were left out, and the median was asked for",
         {"miss": None, "summary": np.mean}),
        ("a miss counts as 0 steps, which makes it the fastest of all", {"miss": 0}),
        ("the first look is made after `every` steps, not before the first: add 1 to the position", {"shift": 0}),
        ("a loss equal to the target has reached it", strict),
        ("that is where each curve is lowest: the first time that it is at or below the target counts", lowest),
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


CASES = (  # low, high, adjusted p, the right word
    (-0.30, -0.10, 0.01, "a"), (0.10, 0.30, 0.01, "b"), (-0.01, 0.015, 0.60, "tie"), (-0.30, 0.05, 0.20, "undecided"),
    (-0.05, 0.40, 0.30, "undecided"), (-0.30, -0.10, 0.20, "undecided"), (0.10, 0.30, 0.08, "undecided"),
    (0.005, 0.015, 0.01, "tie"), (-0.018, -0.006, 0.01, "tie"), (-0.30, -0.10, 0.05, "a"), (-0.10, -0.01, 0.01, "a"),
    (-0.03, 0.19, 0.04, "undecided"),
)
MARGIN = 0.02


def _verdict(low, high, p, margin, *, sign=1, use_p=True, tie_first=True, empty="undecided"):
    small = -margin < low and high < margin
    sure = p <= 0.05 or not use_p
    if small and tie_first:
        return "tie"
    if sure and sign * high < 0 and sign * low < 0:
        return "a"
    if sure and sign * low > 0 and sign * high > 0:
        return "b"
    return "tie" if small else empty


@exercise("16.5", "The defensible sentence", hints=(
    "first ask whether the difference could matter at all; then whether its sign is known; if neither, what is left?",
    "tie: -margin < low and high < margin; a: p <= 0.05 and high < 0; b: p <= 0.05 and low > 0; else undecided",
    'if -margin < low and high < margin: return "tie"; if p <= 0.05 and high < 0: return "a"; ...; return "undecided"'))
def verdict(mine):
    """'tie' inside the margin, 'a' or 'b' where sign and adjusted p agree, 'undecided' otherwise.
    """
    answers = [mine(low, high, p, MARGIN) for low, high, p, _ in CASES]
    words = {"a", "b", "tie", "undecided"}
    if any(not isinstance(answer, str) or answer not in words for answer in answers):
        strange = next(answer for answer in answers if not isinstance(answer, str) or answer not in words)
        return f"{strange!r} came back: the words are 'a', 'b', 'tie' and 'undecided'"
    known = (
        (None, {}),
        ("a and b are exchanged: scores are losses, so a negative difference a - b says that a is ahead", {"sign": -1}),
        ("the adjusted p-value is not used: an interval below 0 is one of many that were looked at", {"use_p": False}),
        ("a difference inside the margin is called a win: it may be real, but it does not matter", {"tie_first": False}),
        ("what is not known is called a tie: an interval from -0.3 to 0.05 may hide a large difference", {"empty": "tie"}),
    )
    for fault, how in known:
        if answers == [_verdict(low, high, p, MARGIN, **how) for low, high, p, _ in CASES]:
            return fault
    (low, high, p, right), answer = next((case, answer) for case, answer in zip(CASES, answers, strict=True)
                                         if case[3] != answer)
    if high < 0 or low > 0 or right == "tie":
        return f"from {low} to {high} with p = {p} and margin {MARGIN} it says {answer!r}"
    return f"the interval {low} to {high} holds 0, and it says {answer!r}: neither is ahead there"
