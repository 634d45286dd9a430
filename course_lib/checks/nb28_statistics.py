"""Checks of notebook 28, what a table of runs says.

Each table of known answers begins with the right one, whose fault is None.

Notebooks: 28.
"""
import numpy as np

from course_lib.checks.answers import first_match, unchanged
from course_lib.checks.engine import exercise
from course_lib.checks.values import numbers
from course_lib.experiments import comparison

SHARED = np.array([3.0, 0.5, 5.0, 1.0, 4.0, 2.0, 6.0, 0.0, 2.5, 4.5])
GAP = np.array([0.30, -0.10, 0.45, 0.20, 0.05, 0.35, 0.60, -0.05, 0.25, 0.40])


def _intervals(a, b, quantile):
    """Return the table of known intervals for paired scores a, b (seeds,)."""
    d, n = a - b, len(a)
    mean, s = d.mean(), d.std(ddof=1)

    def around(middle, reach):
        return np.array([middle - reach, middle + reach])

    apart = np.sqrt(a.var(ddof=1) / n + b.var(ddof=1) / n)
    return (
        (None, around(mean, quantile * s / np.sqrt(n))),
        ("the sign is turned: the difference is a - b, negative where a is better",
         around(-mean, quantile * s / np.sqrt(n))),
        ("the standard deviation divides by n there: of a few seeds that is too small; ddof=1 "
         "divides by n - 1", around(mean, quantile * d.std() / np.sqrt(n))),
        ("that is 1.96, the normal distribution's number: few seeds need Student's, which is given",
         around(mean, 1.96 * s / np.sqrt(n))),
        ("that is 2, the large sample's number: few seeds need the quantile that is given",
         around(mean, 2 * s / np.sqrt(n))),
        ("that holds single differences: the mean of n has the standard error s / sqrt(n)",
         around(mean, quantile * s)),
        ("the root is missing: the standard error is s / sqrt(n)", around(mean, quantile * s / n)),
        ("a and b are treated as unpaired: take the standard deviation of a - b, by seeds",
         around(mean, quantile * apart)),
        ("that is the interval of a alone",
         around(a.mean(), quantile * a.std(ddof=1) / np.sqrt(n))),
        ("that is mean and half width: (low, high) was asked for",
         np.array([mean, quantile * s / np.sqrt(n)])),
        ("high comes first there", around(mean, quantile * s / np.sqrt(n))[::-1]),
        ("the root is taken of n - 1: the standard error is s / sqrt(n), with s that divides by "
         "n - 1", around(mean, quantile * s / np.sqrt(n - 1))),
    )


@exercise("28.1", "A paired interval", hints=(
    "which numbers have lost what both rules share on a seed? Their mean has a standard error",
    "d = a - b; mean(d) -+ q s / sqrt(n), where q is the quantile and s the standard deviation "
    "that divides by n - 1",
    "reach = quantile * d.std(ddof=1) / np.sqrt(len(d)); then d.mean() - reach, d.mean() + reach"))
def paired_interval(mine):
    """Mean of a - b, plus and minus quantile times its standard error."""
    for a, b, quantile in ((SHARED + GAP, SHARED, 2.2622), (SHARED[:5], 2 * GAP[:5], 2.7764)):
        answer, fault = unchanged(mine, a, b, quantile, names="a or b")
        if fault:
            return fault
        answer = numbers(answer)
        if answer is None or answer.shape != (2,):
            return "two numbers are wanted, low and high; something else came back"
        fault = first_match(np.asarray(answer, float), _intervals(a, b, quantile),
                            f"for differences with the mean {np.mean(a - b):.3g} the interval is "
                            f"not {np.round(np.asarray(answer, float), 3).tolist()}")
        if fault is not None:
            return fault
    return None


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


@exercise("28.2", "Holm's correction", hints=(
    "sort; the smallest p-value must survive all m tests, the next only the m - 1 that are left",
    "adjusted p_(i) = the largest of min(1, (m - j + 1) p_(j)) for j <= i; then back into the "
    "order given",
    "order = np.argsort(p); q = np.maximum.accumulate(np.minimum(1, (m - np.arange(m)) * "
    "p[order])); out[order] = q"))
def holm(mine):
    """Adjusted p-values, in the order given."""
    p, m = P_VALUES, len(P_VALUES)
    i = np.arange(m)
    known = (
        (None, comparison.holm(p)),
        ("nothing was adjusted: with 7 tests at 5 % one expects a false alarm in every third such "
         "table", p),
        ("that is Bonferroni: it multiplies all by m; Holm multiplies the second smallest by m - "
         "1, and so on",
         np.minimum(1, m * p)),
        ("a smaller p-value got a larger adjusted one: take the running maximum over the sorted "
         "ones",
         _ordered(p, m - i, running=lambda x: x)),
        ("an adjusted p-value is above 1: cap them", _ordered(p, m - i, cap=False)),
        ("they come in sorted order: give them back in the order of p",
         _ordered(p, m - i, back=False)),
        ("the factors run the wrong way: the smallest p-value is multiplied by m, the largest by 1",
         _ordered(p, i + 1)),
        ("that is Benjamini and Hochberg: it bounds the share of false discoveries, not the chance "
         "of one",
         _ordered(p, m / (i + 1), running=_step_up)),
        ("that is Hochberg's, with a running minimum from the largest down: it needs more than "
         "Holm assumes",
         _ordered(p, m - i, running=_step_up)),
        ("the factor of the smallest is m - 1 there: it is m, and the largest has 1",
         _ordered(p, m - i - 1)),
    )
    answer, fault = unchanged(mine, p, names="p")
    if fault:
        return fault
    answer = numbers(answer)
    if answer is None or answer.shape != p.shape:
        return (f"{m} adjusted p-values were asked for, and "
                f"{'no numbers' if answer is None else f'shape {answer.shape}'} came back")
    for fault, right in known:
        if np.allclose(answer, right, rtol=1e-9):
            if fault is None and not np.allclose(mine(np.array([0.03, 0.01])), [0.03, 0.02]):
                return "with two p-values, 0.03 and 0.01, it does not give 0.03 and 0.02"
            return fault
    return f"for p = {p.tolist()} it gives {np.round(answer, 4).tolist()}"


CASES = (  # low, high, adjusted p, the right word
    (-0.30, -0.10, 0.01, "a"), (0.10, 0.30, 0.01, "b"), (-0.01, 0.015, 0.60, "tie"),
    (-0.30, 0.05, 0.20, "undecided"),
    (-0.05, 0.40, 0.30, "undecided"), (-0.30, -0.10, 0.20, "undecided"),
    (0.10, 0.30, 0.08, "undecided"),
    (0.005, 0.015, 0.01, "tie"), (-0.018, -0.006, 0.01, "tie"), (-0.30, -0.10, 0.05, "a"),
    (-0.10, -0.01, 0.01, "a"),
    (-0.03, 0.19, 0.04, "undecided"), (0.001, 0.03, 0.01, "b"), (-0.03, -0.001, 0.01, "a"),
    (0.001, 0.03, 0.30, "undecided"),
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


def _by_middle(low, high, p):
    """Return what somebody says who calls it a tie when the middle lies inside the margin."""
    if abs(low + high) / 2 < MARGIN:
        return "tie"
    return _verdict(low, high, p, MARGIN, tie_first=False)


@exercise("28.4", "The defensible sentence", hints=(
    "first ask whether the difference could matter at all; then whether its sign is known; if "
    "neither, what is left?",
    "tie: -margin < low and high < margin; a: p <= 0.05 and high < 0; b: p <= 0.05 and low > 0; "
    "else undecided",
    'if -margin < low and high < margin: return "tie"; if p <= 0.05 and high < 0: return "a"; ...; '
    'return "undecided"'))
def verdict(mine):
    """'tie' inside the margin, 'a' or 'b' where sign and adjusted p agree, 'undecided' otherwise.
    """
    answers = [mine(low, high, p, MARGIN) for low, high, p, _ in CASES]
    words = {"a", "b", "tie", "undecided"}
    if any(not isinstance(answer, str) or answer not in words for answer in answers):
        strange = next(answer
                       for answer in answers if not isinstance(answer, str) or answer not in words)
        return f"{strange!r} came back: the words are 'a', 'b', 'tie' and 'undecided'"
    known = (
        (None, {}),
        ("a and b are exchanged: scores are losses, so a negative difference a - b says that a is "
         "ahead", {"sign": -1}),
        ("the adjusted p-value is not used: an interval below 0 is one of many that were looked at",
         {"use_p": False}),
        ("a difference inside the margin is called a win: it may be real, but it does not matter",
         {"tie_first": False}),
        ("what is not known is called a tie: an interval from -0.3 to 0.05 may hide a large "
         "difference", {"empty": "tie"}),
    )
    middle = [_by_middle(low, high, p) for low, high, p, _ in CASES]
    if answers == middle:
        return ("only the middle of the interval is compared with the margin: all of it must lie "
                "inside")
    for fault, how in known:
        if answers == [_verdict(low, high, p, MARGIN, **how) for low, high, p, _ in CASES]:
            return fault
    (low, high, p, right), answer = next((case, answer) for case,
                                         answer in zip(CASES, answers, strict=True)
                                         if case[3] != answer)
    if high < 0 or low > 0 or right == "tie":
        return f"from {low} to {high} with p = {p} and margin {MARGIN} it says {answer!r}"
    return f"the interval {low} to {high} holds 0, and it says {answer!r}: neither is ahead there"
