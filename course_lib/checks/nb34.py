"""Checks of notebook 34, put claims on trial: when a run of seeds is stopped, how many are needed,
what a report leaves out, and a claim of one's own.

Notebooks: 34.
"""
import functools
import itertools
import math
import time

import numpy as np

from course_lib.checks.answers import first_match, unchanged
from course_lib.checks.engine import exercise
from course_lib.checks.values import number
from course_lib.experiments.claims import Claim


@functools.cache
def _quantile(n):
    """Return Student's 97.5 % quantile for n numbers."""
    from scipy.stats import t as student

    return float(student.ppf(0.975, n - 1))


def _stop(d, least, *, quantile=_quantile, ddof=1, side=0, root=True):
    """Return the first n from `least` on at which the interval of d[:n] lies on one side of 0."""
    for n in range(least, len(d) + 1):
        mean = d[:n].mean()
        reach = quantile(n) * d[:n].std(ddof=ddof) / (math.sqrt(n) if root else 1)
        if (abs(mean) if side == 0 else side * mean) > reach:
            return n
    return None


def _samples():
    rng = np.random.default_rng(34)
    samples = [rng.normal(size=60) for _ in range(60)]
    return [np.abs(samples[0]) + 5, -np.abs(samples[1]) - 5, *samples]


def _same(answers, others):
    return all(a == b if None in (a, b) else int(a) == int(b)
               for a, b in zip(answers, others, strict=True))


@exercise("34.1", "Stop when it is significant", hints=(
    "look after `least` numbers, then after each further one: what does the interval of those seen "
    "so far say?",
    "for n = least, ..., len(d): the t interval of d[:n] leaves 0 out if low > 0 or high < 0",
    "for n in range(least, len(d) + 1): _, low, high = comparison.t_interval(d[:n]); "
    "if low > 0 or high < 0: return n"))
def stops_at(mine):
    """The first n at which the t interval of the first n differences leaves 0 out, else None."""
    answers = []
    for least in (5, 12, 60):
        for d in _samples():
            answer, fault = unchanged(lambda d, least=least: mine(d, least), d, names="differences")
            if fault:
                return fault
            if answer is not None and number(answer) is None:
                return "the number of differences seen is wanted, or None"
            answers.append(answer)

    def told(stop, shift=0):
        found = [stop(d, least) for least in (5, 12, 60) for d in _samples()]
        return [None if n is None else n + shift for n in found]

    def whole(d, least):
        return len(d) if _stop(d, len(d)) else None

    if _same(answers, told(_stop)):
        return None
    for fault, other in (
        ("it counts from 0: after d[:n] n differences have been seen", told(_stop, -1)),
        ("it looks once, at all of them: look after `least`, and then after each further one",
         told(whole)),
        ("it looks at 2 numbers already: begin with `least`", told(lambda d, n: _stop(d, 2))),
        ("the last difference is never looked at: n goes up to len(d)",
         told(lambda d, n: _stop(d[:-1], n))),
        ("a difference below 0 is a finding too: low > 0 or high < 0",
         told(lambda d, n: _stop(d, n, side=1))),
        ("a difference above 0 is a finding too: low > 0 or high < 0",
         told(lambda d, n: _stop(d, n, side=-1))),
        ("that is the first one at which 0 lies inside the interval", told(_inside)),
        ("it uses the normal 1.96: with few numbers Student's quantile is larger",
         told(lambda d, n: _stop(d, n, quantile=lambda n: 1.96))),
        ("the standard deviation is divided by n - 1 (ddof=1)",
         told(lambda d, n: _stop(d, n, ddof=0))),
    ):
        if _same(answers, other):
            return fault
    wrong = next(k for k, (a, b) in enumerate(zip(answers, told(_stop), strict=True))
                 if not _same([a], [b]))
    return (f"for one array of 60 it says {answers[wrong]}, and the interval first leaves 0 out at "
            f"{told(_stop)[wrong]}")


def _inside(d, least):
    return next((n for n in range(least, len(d) + 1) if _stop(d[:n], n) is None), None)


@exercise("34.2", "How many seeds?", hints=(
    "the interval reaches quantile * s / sqrt(n) to each side: try n = 2, 3, ...",
    "the smallest n with student.ppf(0.975, n - 1) * s / sqrt(n) <= reach",
    "n = 2; while student.ppf(0.975, n - 1) * s / math.sqrt(n) > reach: n += 1"))
def seeds_needed(mine):
    """The smallest n whose 95 % t interval reaches no farther than `reach`."""
    def needed(s, reach, *, quantile=_quantile, power=0.5, width=1.0):
        n = 2
        while quantile(n) * s / n**power > width * reach and n < 10_000:
            n += 1
        return n

    for s, reach in ((0.02, 0.005), (1.0, 0.5), (0.3, 0.1), (0.01, 1.0)):
        answer = number(mine(s, reach))
        if answer is None:
            return "one whole number is wanted, the number of seeds"
        right = needed(s, reach)
        known = (
            (None, right),
            ("ppf takes n - 1 degrees of freedom", needed(s, reach, quantile=lambda n:
                                                          _quantile(n + 1))),
            ("the interval must reach no farther than that: one seed fewer is too few", right - 1),
            ("that is one seed more than needed: find the smallest n", right + 1),
            ("it uses the normal 1.96: with few seeds Student's quantile is larger",
             needed(s, reach, quantile=lambda n: 1.96)),
            ("it uses the normal 1.96: with few seeds Student's quantile is larger, and n is "
             "whole", (1.96 * s / reach) ** 2),
            ("the mean of n seeds has the error s / sqrt(n), not s / n",
             needed(s, reach, power=1.0)),
            ("that makes the whole interval as long as `reach`, which is half of it",
             needed(s, reach, width=0.5)),
            ("that is s / reach squared: Student's quantile is missing",
             math.ceil((s / reach) ** 2)),
            ("ppf(0.95) leaves 5 % at each end: 2.5 % at each end is 0.975",
             needed(s, reach, quantile=_one_sided)),
        )
        fault = first_match(answer, known, f"for s = {s:g} and reach = {reach:g} it says "
                            f"{answer:g}: look for the smallest n", rtol=1e-9)
        if fault is not None:
            return fault
    return None


@functools.cache
def _one_sided(n):
    from scipy.stats import t as student

    return float(student.ppf(0.95, n - 1))


REPORT = {"rates tried": (8, 8), "best at an edge": False, "tuning seeds": (0, 1, 2),
          "seeds reported": tuple(range(100, 120)), "margin": 0.01, "varied": ("seed",)}
OBJECTIONS = {
    "tuned unequally": ({"rates tried": (8, 1)}, {"rates tried": (1, 8)}),
    "best at an edge": ({"best at an edge": True},),
    "too few seeds": ({"seeds reported": tuple(range(100, 103))},
                      {"seeds reported": tuple(range(100, 111))}),
    "seeds not fresh": ({"seeds reported": tuple(range(1, 21))},
                        {"seeds reported": (*range(100, 119), 2)}),
    "no margin": ({"margin": None},),
    "nothing varied": ({"varied": ()},),
}


@exercise("34.3", "Read a claim", hints=(
    "go through the six questions one by one: which entry of the report answers each?",
    "tuned unequally: the two numbers of rates differ; seeds not fresh: a reported seed is among "
    "the tuning seeds; too few: fewer than 12",
    'found = set(); if len({*report["rates tried"]}) > 1: found.add("tuned unequally"); ...'))
def objections(mine):
    """The set of the objections that apply to a report."""
    faults = list(OBJECTIONS)
    reports = [({}, set())]
    reports += [(change, {fault}) for fault in faults for change in OBJECTIONS[fault]]
    reports += [(OBJECTIONS[a][0] | OBJECTIONS[b][0], {a, b})
                for a, b in itertools.pairwise(faults)
                if OBJECTIONS[a][0].keys() != OBJECTIONS[b][0].keys()]
    reports += [({"margin": 0.0}, set()), ({"seeds reported": tuple(range(100, 112))}, set())]
    for change, right in reports:
        answer, fault = unchanged(mine, REPORT | change, names="report")
        if fault:
            return fault
        if isinstance(answer, (str, dict)) or not isinstance(answer, (set, frozenset, list, tuple)):
            return "a set of objections is wanted, an empty one where there is none"
        if strange := [one for one in answer if one not in faults]:
            return f"{strange[0]!r} is none of the six objections"
        said = set(answer)
        shown = ", ".join(f"{key!r}: {_short(value)}" for key, value in change.items())
        shown = shown or "no fault"
        if missed := sorted(right - said):
            return f"a report with {shown} needs the objection {missed[0]!r}"
        if extra := sorted(said - right):
            return f"a report with {shown} does not deserve the objection {extra[0]!r}"
    return None


def _short(value):
    if isinstance(value, tuple) and len(value) > 4:
        return f"({value[0]}, ..., {value[-1]}), {len(value)} of them"
    return repr(value)


MOST = 60.0


@exercise("34.4", "Your own claim", seconds=90, hints=(
    "copy the example: what does one seed decide, and which number is 0 where the two sides are "
    "alike?",
    "rng = np.random.default_rng(seed) makes all that is random; the tuned settings come in as "
    "arguments; return the score of one side less that of the other",
    "lr_a, lr_b from tuned(): return final(a, lr_a, seed) - final(b, lr_b, seed)"))
def my_claim(mine):
    """A declared claim whose number is finite, belongs to its seed, and changes with it."""
    made = getattr(mine, "claim", None)
    if not isinstance(made, Claim):
        return "the function is not declared: put @claim(...) above it"
    if made.tuned is None:
        return ("nothing is tuned: give tuned=, a function that returns the settings of both "
                "sides, found on other seeds")
    start = time.monotonic()
    settings = made.tuned()
    if not isinstance(settings, dict):
        return "tuned must return a dict, from the names of the arguments to their values"
    tuning = time.monotonic() - start
    seeds = list(made.seeds[:4])
    values = [number(mine(seed, **settings)) for seed in seeds]
    for_one = (time.monotonic() - start - tuning) / len(seeds)
    if None in values or not np.isfinite(values).all():
        return "every seed must give one finite number: what happens where a run diverges?"
    again = [number(mine(seed, **settings)) for seed in reversed(seeds)][::-1]
    if again != values:
        return ("the same seed gives another number the second time: make all that is random with "
                "np.random.default_rng(seed)")
    if len(set(values)) == 1:
        return (f"four seeds give {values[0]:g} four times: what does the seed decide? Without "
                "anything that varies, twenty seeds are one")
    if tuning + for_one * made.n > MOST:
        return (f"{made.n} seeds would take about {tuning + for_one * made.n:.0f} seconds, tuning "
                "included: make the runs shorter")
    if not made.margin > 0:
        return "no margin is declared: which difference would be too small to matter?"
    return None
