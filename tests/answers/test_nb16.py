"""The checks of notebook 16: right answers pass, stubs are not attempted, known mistakes are named.
"""
import numpy as np

from course_lib.checks import nb16, nb16_statistics
from course_lib.experiments import comparison


def rates_where(condition):
    def answer(name, rates, scores):
        others = np.array([scores[other] for other in scores if other != name])
        return [rate for rate, mine, rest in zip(rates, scores[name], others.T, strict=True) if condition(mine, rest)]
    return answer


def rates_by_ranks(name, rates, scores):
    table, row = np.array(list(scores.values())), list(scores).index(name)
    lowest = (table == table.min(axis=0)) & np.isfinite(table)
    return np.array(rates)[lowest[row] & (lowest.sum(axis=0) == 1)]


def tampering(name, rates, scores):
    answer = rates_where(lambda mine, rest: mine < min(rest))(name, rates, scores)
    scores[name][:] = 0
    return answer


def careless(name, rates, scores):
    """Right on finite scores; infinity becomes a large number, and a lone diverged rule wins."""
    if len(rates) == 2:
        return [0.1]
    return rates_by_ranks(name, rates, scores)


def interval(draw, ends=(0.025, 0.975), n_boot=10_000):
    def answer(a, b, rng):
        return np.quantile([draw(a, b, rng.integers(len(a), size=len(a)), rng) for _ in range(n_boot)], ends)
    return answer


def paired(a, b, rows, rng):
    return np.mean((a - b)[rows])


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


RIGHT = {
    nb16.winning_rates: [rates_where(lambda mine, rest: mine < min(rest)), rates_by_ranks],
    nb16_statistics.paired_bootstrap: [interval(paired),
                            lambda a, b, rng: comparison.paired_interval(a, b, rng=rng)[1:],
                            lambda a, b, rng: np.percentile(rng.choice(a - b, (20_000, len(a))).mean(1), (2.5, 97.5))],
    nb16_statistics.holm: [comparison.holm, holm_by(falling), holm_loop],
    nb16.typical_steps: [steps_by(), steps_vectorised],
    nb16_statistics.verdict: [say, lambda low, high, p, margin: nb16_statistics._verdict(low, high, p, margin)],
}
WRONG = [
    (nb16.winning_rates, rates_where(lambda mine, rest: mine <= min(rest)), "a tie counts as a win"),
    (nb16.winning_rates, rates_where(lambda mine, rest: mine > max(rest)), "worst"),
    (nb16.winning_rates, rates_where(lambda mine, rest: mine < max(rest)), "one of the others"),
    (nb16.winning_rates, lambda name, rates, scores: [rates[np.argmin(scores[name])]], "best for the rule itself"),
    (nb16.winning_rates, lambda name, rates, scores: [rates.index(rate) for rate in rates_by_ranks(name, rates, scores)],
     "positions"),
    (nb16.winning_rates, lambda name, rates, scores: 0.1, "a list of rates"),
    (nb16.winning_rates, lambda name, rates, scores: "lower", "a list of rates"),
    (nb16.winning_rates, tampering, "changed the scores"),
    (nb16.winning_rates, careless, "cannot win there"),
    (nb16.winning_rates, lambda name, rates, scores: rates, "for the sponsor of 'c'"),
    (nb16_statistics.paired_bootstrap, interval(lambda a, b, rows, rng: np.mean((b - a)[rows])), "sign is turned"),
    (nb16_statistics.paired_bootstrap, interval(lambda a, b, rows, rng: a[rows].mean() - rng.choice(b, len(b)).mean()), "apart"),
    (nb16_statistics.paired_bootstrap, interval(lambda a, b, rows, rng: (a - b)[rows[0]]), "single differences"),
    (nb16_statistics.paired_bootstrap, lambda a, b, rng: np.quantile(a - b, [0.025, 0.975]), "single differences"),
    (nb16_statistics.paired_bootstrap, interval(lambda a, b, rows, rng: rng.permutation(a - b).mean()), "with replacement"),
    (nb16_statistics.paired_bootstrap, interval(paired, ends=(0.05, 0.95)), "90 %"),
    (nb16_statistics.paired_bootstrap, interval(paired, ends=(0.975, 0.025)), "low is above high"),
    (nb16_statistics.paired_bootstrap, interval(lambda a, b, rows, rng: a[rows].mean()), "of a alone"),
    (nb16_statistics.paired_bootstrap, interval(lambda a, b, rows, rng: np.median((a - b)[rows])), "medians"),
    (nb16_statistics.paired_bootstrap, lambda a, b, rng: interval(paired)(a, b, np.random.default_rng(0)), "exactly the same"),
    (nb16_statistics.paired_bootstrap, lambda a, b, rng: (np.nan, np.nan), "two finite numbers"),
    (nb16_statistics.paired_bootstrap, lambda a, b, rng: (a - b).mean(), "two finite numbers"),
    (nb16_statistics.paired_bootstrap, lambda a, b, rng: (-50.0, 50.0), "whose differences have the mean"),
    (nb16_statistics.holm, lambda p: p, "nothing was adjusted"),
    (nb16_statistics.holm, lambda p: np.minimum(1, 7 * p), "Bonferroni"),
    (nb16_statistics.holm, holm_by(falling, running=lambda x: x), "running maximum"),
    (nb16_statistics.holm, holm_by(falling, cap=False), "above 1"),
    (nb16_statistics.holm, holm_by(falling, back=False), "sorted order"),
    (nb16_statistics.holm, holm_by(lambda m: np.arange(1, m + 1)), "wrong way"),
    (nb16_statistics.holm, holm_by(lambda m: m / np.arange(1, m + 1), running=backwards), "Benjamini"),
    (nb16_statistics.holm, holm_by(falling, running=backwards), "Hochberg's"),
    (nb16_statistics.holm, holm_by(lambda m: np.arange(m - 1, -1, -1)), "m - 1 there"),
    (nb16_statistics.holm, lambda p: comparison.holm(p)[:3], "shape"),
    (nb16_statistics.holm, in_place, "changed the p"),
    (nb16_statistics.holm, only_seven, "with two p-values"),
    (nb16_statistics.holm, lambda p: p / 2, "it gives"),
    (nb16.typical_steps, steps_by(miss=None), "misses were left out: a rule"),
    (nb16.typical_steps, steps_by(miss=250), "whole budget"),
    (nb16.typical_steps, steps_by(np.mean), "the mean is taken"),
    (nb16.typical_steps, steps_by(np.mean, miss=None), "the mean of those"),
    (nb16.typical_steps, steps_by(miss=0), "0 steps"),
    (nb16.typical_steps, steps_by(shift=0), "not before the first"),
    (nb16.typical_steps, steps_by(hit=np.less), "equal to the target"),
    (nb16.typical_steps, at_lowest, "curve is lowest"),
    (nb16.typical_steps, steps_by(np.min), "fastest seed"),
    (nb16.typical_steps, steps_by(scale=1), "counts looks"),
    (nb16.typical_steps, zero_if_nobody, "no seed reaches"),
    (nb16.typical_steps, lambda curves, target, every: 17, "it gives 17"),
    (nb16_statistics.verdict, lambda low, high, p, margin: say(-high, -low, p, margin), "exchanged"),
    (nb16_statistics.verdict, lambda low, high, p, margin: say(low, high, 0.0, margin), "p-value is not used"),
    (nb16_statistics.verdict, lambda low, high, p, margin: say(low, high, p, 0) if say(low, high, p, 0) in "ab" else
     say(low, high, p, margin), "may be real"),
    (nb16_statistics.verdict, lambda low, high, p, margin: say(low, high, p, margin).replace("undecided", "tie"), "called a tie"),
    (nb16_statistics.verdict, say_by_middle, "holds 0"),
    (nb16_statistics.verdict, lambda low, high, p, margin: "a is ahead", "the words are"),
    (nb16_statistics.verdict, lambda low, high, p, margin: 1, "the words are"),
    (nb16_statistics.verdict, lambda low, high, p, margin: "undecided", "it says 'undecided'"),
]


def test_the_cases_of_the_verdict_tell_all_known_mistakes_apart():
    hows = ({}, {"sign": -1}, {"use_p": False}, {"tie_first": False}, {"empty": "tie"})
    answers = [tuple(nb16_statistics._verdict(low, high, p, nb16_statistics.MARGIN, **how) for low, high, p, _ in nb16_statistics.CASES) for how in hows]
    assert len(set(answers)) == len(hows) and answers[0] == tuple(right for *_, right in nb16_statistics.CASES)
