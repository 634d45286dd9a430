"""The checks of notebook 28: right answers pass, stubs are not attempted, known mistakes are named.
"""
import numpy as np

from course_lib.checks import nb28, nb28_statistics
from course_lib.experiments import comparison


def t_interval(*, ddof=1, sign=1, scale=lambda n: n**0.5, single=False, q=None, spread=None):
    """Return an answer to 28.1 with one feature changed; spread: of a and b."""
    def answer(a, b, quantile):
        d = sign * (a - b)
        s = d.std(ddof=ddof) if spread is None else spread(a, b)
        reach = (quantile if q is None else q) * s / (1 if single else scale(len(d)))
        return d.mean() - reach, d.mean() + reach
    return answer


def by_hand(a, b, quantile):
    d = [x - y for x, y in zip(a, b, strict=True)]
    mean = sum(d) / len(d)
    squares = sum((x - mean) ** 2 for x in d)
    error = (squares / (len(d) - 1) / len(d)) ** 0.5
    return [mean - quantile * error, mean + quantile * error]


def overwriting(a, b, quantile):
    a -= b
    return t_interval()(a, 0 * a, quantile)


def holm_by(factors, *, cap=True, running=np.maximum.accumulate, back=True):
    def answer(p):
        order = p.argsort(kind="stable")
        sorted_p = running(p[order] * factors(len(p)))
        sorted_p = sorted_p.clip(max=1) if cap else sorted_p
        return sorted_p[np.argsort(order)] if back else sorted_p
    return answer


def holm_loop(p):
    answer, largest, left = [None] * len(p), 0.0, len(p)
    for i in sorted(range(len(p)), key=lambda i: p[i]):
        largest = max(largest, min(1.0, left * p[i]))
        answer[i], left = largest, left - 1
    return answer


def only_seven(p):
    return comparison.holm(p) if len(p) == 7 else p


def in_place(p):
    answer = comparison.holm(p)
    p.sort()
    return answer


def falling(m):
    return np.arange(m, 0, -1)


def backwards(x):
    return np.minimum.accumulate(x[::-1])[::-1]


def steps_by(summary=np.median, *, hit=np.less_equal, miss=np.inf, shift=1, scale=None):
    def answer(curves, target, every):
        steps = []
        for curve in curves:
            looks = np.flatnonzero(hit(curve, target))
            if len(looks):
                steps.append((looks[0] + shift) * (scale or every))
            elif miss is not None:
                steps.append(miss)
        return summary(steps) if steps else np.nan
    return answer


def at_lowest(curves, target, every):
    return np.median([every * (np.argmin(c) + 1) if c.min() <= target else np.inf for c in curves])


def steps_vectorised(curves, target, every):
    hit = curves <= target
    return float(np.median(np.where(hit.any(axis=1), every * (hit.argmax(axis=1) + 1.0), np.inf)))


def zero_if_nobody(curves, target, every):
    answer = steps_by()(curves, target, every)
    return answer if np.isfinite(answer) or target > 0.2 else 0.0


def say(low, high, p, margin):
    if max(abs(low), abs(high)) < margin:
        return "tie"
    if p > 0.05 or low * high <= 0:
        return "undecided"
    return "a" if high < 0 else "b"


def say_by_middle(low, high, p, margin):
    middle = (low + high) / 2
    if abs(low) < margin and abs(high) < margin:
        return "tie"
    return "undecided" if p > 0.05 else "a" if middle < 0 else "b"


def of_median_curve(curves, target, every):
    return steps_by()(np.median(curves, axis=0)[None], target, every)


def argmax_alone(curves, target, every):
    return np.median(every * (1 + np.argmax(curves <= target, axis=1)))


def by_midpoint(low, high, p, margin):
    if abs(low + high) / 2 < margin:
        return "tie"
    return say(low, high, p, 0)


RIGHT = {
    nb28_statistics.paired_interval: [t_interval(), by_hand],
    nb28_statistics.holm: [comparison.holm, holm_by(falling), holm_loop],
    nb28.typical_steps: [steps_by(), steps_vectorised],
    nb28_statistics.verdict: [say, lambda low, high, p, margin: nb28_statistics._verdict(low, high, p, margin)],
}
WRONG = [
    (nb28_statistics.paired_interval, t_interval(sign=-1), "sign is turned"),
    (nb28_statistics.paired_interval, t_interval(ddof=0), "divides by n there"),
    (nb28_statistics.paired_interval, t_interval(q=1.96), "1.96"),
    (nb28_statistics.paired_interval, t_interval(q=2), "that is 2"),
    (nb28_statistics.paired_interval, t_interval(single=True), "single differences"),
    (nb28_statistics.paired_interval, t_interval(scale=lambda n: n), "root is missing"),
    (nb28_statistics.paired_interval, t_interval(scale=lambda n: (n - 1) ** 0.5), "n - 1: the"),
    (nb28_statistics.paired_interval,
     t_interval(spread=lambda a, b: (a.var(ddof=1) + b.var(ddof=1)) ** 0.5), "unpaired"),
    (nb28_statistics.paired_interval, lambda a, b, q: t_interval()(a, 0 * b, q), "of a alone"),
    (nb28_statistics.paired_interval, lambda a, b, q: t_interval()(a, b, q)[::-1], "high comes"),
    (nb28_statistics.paired_interval,
     lambda a, b, q: ((a - b).mean(), q * (a - b).std(ddof=1) / len(a) ** 0.5), "half width"),
    (nb28_statistics.paired_interval, lambda a, b, q: (a - b).mean(), "two numbers"),
    (nb28_statistics.paired_interval, lambda a, b, q: (-50.0, 50.0), "the interval is not"),
    (nb28_statistics.paired_interval, overwriting, "changed the a or b"),
    (nb28.typical_steps, of_median_curve, "median curve"),
    (nb28.typical_steps, argmax_alone, "any hit"),
    (nb28_statistics.verdict, by_midpoint, "only the middle"),
    (nb28_statistics.holm, lambda p: p, "nothing was adjusted"),
    (nb28_statistics.holm, lambda p: np.minimum(1, 7 * p), "Bonferroni"),
    (nb28_statistics.holm, holm_by(falling, running=lambda x: x), "running maximum"),
    (nb28_statistics.holm, holm_by(falling, cap=False), "above 1"),
    (nb28_statistics.holm, holm_by(falling, back=False), "sorted order"),
    (nb28_statistics.holm, holm_by(lambda m: np.arange(1, m + 1)), "wrong way"),
    (nb28_statistics.holm, holm_by(lambda m: m / np.arange(1, m + 1), running=backwards), "Benjamini"),
    (nb28_statistics.holm, holm_by(falling, running=backwards), "Hochberg's"),
    (nb28_statistics.holm, holm_by(lambda m: np.arange(m - 1, -1, -1)), "m - 1 there"),
    (nb28_statistics.holm, lambda p: comparison.holm(p)[:3], "shape"),
    (nb28_statistics.holm, in_place, "changed the p"),
    (nb28_statistics.holm, only_seven, "with two p-values"),
    (nb28_statistics.holm, lambda p: p / 2, "it gives"),
    (nb28.typical_steps, steps_by(miss=None), "misses were left out: a rule"),
    (nb28.typical_steps, steps_by(miss=250), "whole budget"),
    (nb28.typical_steps, steps_by(np.mean), "the mean is taken"),
    (nb28.typical_steps, steps_by(np.mean, miss=None), "the mean of those"),
    (nb28.typical_steps, steps_by(miss=0), "0 steps"),
    (nb28.typical_steps, steps_by(shift=0), "not before the first"),
    (nb28.typical_steps, steps_by(hit=np.less), "equal to the target"),
    (nb28.typical_steps, at_lowest, "curve is lowest"),
    (nb28.typical_steps, steps_by(np.min), "fastest seed"),
    (nb28.typical_steps, steps_by(scale=1), "counts looks"),
    (nb28.typical_steps, zero_if_nobody, "no seed reaches"),
    (nb28.typical_steps, lambda curves, target, every: 17, "it gives 17"),
    (nb28_statistics.verdict, lambda low, high, p, margin: say(-high, -low, p, margin), "exchanged"),
    (nb28_statistics.verdict, lambda low, high, p, margin: say(low, high, 0.0, margin), "p-value is not used"),
    (nb28_statistics.verdict, lambda low, high, p, margin: say(low, high, p, 0) if say(low, high, p, 0) in "ab" else
     say(low, high, p, margin), "may be real"),
    (nb28_statistics.verdict, lambda low, high, p, margin: say(low, high, p, margin).replace("undecided", "tie"), "called a tie"),
    (nb28_statistics.verdict, say_by_middle, "holds 0"),
    (nb28_statistics.verdict, lambda low, high, p, margin: "a is ahead", "the words are"),
    (nb28_statistics.verdict, lambda low, high, p, margin: 1, "the words are"),
    (nb28_statistics.verdict, lambda low, high, p, margin: "undecided", "it says 'undecided'"),
]


def test_the_cases_of_the_verdict_tell_all_known_mistakes_apart():
    hows = ({}, {"sign": -1}, {"use_p": False}, {"tie_first": False}, {"empty": "tie"})
    answers = [
        tuple(nb28_statistics._verdict(low, high, p, nb28_statistics.MARGIN, **how)
              for low, high, p, _ in nb28_statistics.CASES)
        for how in hows
    ]
    assert len(set(answers)) == len(hows)
    assert answers[0] == tuple(right for *_, right in nb28_statistics.CASES)
