"""Checks of notebook 06, know what is guaranteed.

Each table of known answers begins with the right one, whose fault is None.

Notebooks: 06.
"""
import math

import numpy as np

from course_lib.checks.answers import first_match, unchanged
from course_lib.checks.engine import exercise
from course_lib.landscapes.basins import grid
from course_lib.landscapes.functions import HIMMELBLAU, X_COS, quadratic
from course_lib.optimizers.descent import minimize


def _slope(t, values):
    return np.polyfit(t, values, 1)[0]


@exercise("06.1", "The rate, fitted to a run", hints=(
    "on a logarithmic axis the tail is a straight line; what does its slope say about one step?",
    "log(error_t) = constant + t * log(factor), so the slope of the line is log(factor)",
    "np.polyfit(t, np.log(errors[t]), 1)[0] is the slope over the records t; math.exp undoes the "
    "log"))
def fitted_rate(mine):
    """The factor per step: exp of the slope of log(errors) over the second half."""
    t = np.arange(201)
    run = minimize(quadratic([1.0, 5.0]), [1.0, 1e7], "sgd", lr=0.1, n_steps=200)
    rippled = 0.8**t * (1 + 0.4 * (-1.0)**t)
    for errors, factor in ((np.linalg.norm(run.w, axis=-1), 0.9), (rippled, 0.8)):
        answer, tail, logs = mine(errors.copy()), t[100:], np.log(errors)
        if np.ndim(answer) != 0:
            return "one number is wanted, the factor per step, not an array"
        answer = float(answer)
        fault = None if abs(answer - factor) < 1e-3 else first_match(answer, {
            "that is the slope of the line, the logarithm of the factor": _slope(tail, logs[100:]),
            "base 10 went in and base e came out: log10 is undone by a power of 10":
                math.exp(_slope(tail, np.log10(errors[100:]))),
            "base e went in and base 10 came out: np.log is undone by math.exp":
                10**_slope(tail, logs[100:]),
            "that fits the whole record, and its first half holds a transient that dies out at "
            "another speed":
                math.exp(_slope(t, logs)),
            "that fits a line to the errors themselves, which are straight only on a logarithmic "
            "axis":
                _slope(tail, errors[100:]),
            "that compares only the last two records; this one ripples, and a fit averages the "
            "ripple out":
                errors[-1] / errors[-2],
            "that compares the last record with the first, and so counts the transient in":
                (errors[-1] / errors[0])**(1 / 200),
        }, f"a record whose tail is multiplied by {factor} in each step was said to be multiplied "
           f"by {answer:.3g}")
        if fault is not None:
            return fault
    return None


CASES = (  # g, mu, gap, whether the run may stop, what a wrong answer to that means
    ([0.5, 0.0], 0.5, 0.2, False,
     "it stops where the inequality does not yet prove the gap: is the 2, or mu, on the wrong "
     "side?"),
    ([0.5, 0.0], 0.5, 0.3, True,
     "it goes on where the inequality already proves the gap: is the length squared, the 2 in its "
     "place?"),
    ([0.1] * 100, 0.5, 0.5, False,
     "it looks at single coordinates: a hundred small ones make a long gradient"),
    ([5.0, -5.0], 0.5, 0.1, False,
     "coordinates of opposite sign cancelled: they are squared before they are added"),
    ([0.3, 0.4], 0.5, 0.3, True,
     "it makes the gradient too long: the squares of the coordinates are added, not their sizes"),
    ([0.01, 0.0], 1e-6, 0.1, False,
     "mu plays no part in it: where a function is flat, a small gradient proves little"),
    ([1e-9, 0.0], 0.0, 0.1, False,
     "with mu = 0 a gradient that is not zero proves nothing, however small it is"),
    ([0.0, 0.0], 0.0, 0.1, True,
     "with mu = 0 and g = 0 a convex function is at its minimum: dividing by mu hides that"),
    ([math.nan, 0.0], 0.5, 0.1, False,
     "a NaN gradient proves nothing, and must not count as finished"),
)


@exercise("06.2", "A stopping rule that proves something", hints=(
    "which inequality of this section has the gap on one side and the gradient on the other?",
    "f(w) - f* <= |g|^2 / (2 mu): demand that the right-hand side is at most the gap",
    "multiply by 2 mu, so that nothing is divided by zero: return (g * g).sum() <= 2 * mu * gap"))
def can_stop(mine):
    """True exactly when |g|^2 <= 2 mu gap."""
    for g, mu, gap, expected, fault in CASES:
        answer = mine(np.array(g), mu=mu, gap=gap)
        if not isinstance(answer, bool | np.bool_):
            return "the answer must be one True or False"
        if answer != expected:
            return fault
    return None


def _ends(fun, starts, lr, n_steps):
    return minimize(fun, starts, "sgd", lr=lr, n_steps=n_steps, keep_path=False).final


def _known_shares(fun, starts, minima, lr, n_steps, tol):
    """Return the table of shares: the right ones, and those of the likely mistakes."""
    ends = _ends(fun, starts, lr, n_steps)
    gap = np.nan_to_num(np.abs(ends[:, None] - minima), nan=np.inf)
    distance = np.linalg.norm(gap, axis=-1)
    hits = distance <= tol
    numbers = np.arange(len(minima))
    from_start = np.linalg.norm(starts[:, None] - minima, axis=-1).argmin(axis=1)
    return {
        None: hits.mean(axis=0),
        "those are counts: a share is a count divided by the number of starts": hits.sum(axis=0),
        "every run was given to its nearest minimum, even one that ends nowhere: is tol used?":
        (distance.argmin(axis=1)[:, None] == numbers).mean(axis=0),
        "the starts were given to their nearest minimum: where does the run from each end?":
        (from_start[:, None] == numbers).mean(axis=0),
        "runs that end nowhere count among the starts too: divide by the number of all starts":
        hits.sum(axis=0) / max(hits.sum(), 1),
        "one coordinate alone is near the minimum there: measure the distance of the points":
        (gap <= tol).any(axis=-1).mean(axis=0),
    }


@exercise("06.3", "Shares of the starts", hints=(
    "first get the end of each run, an array (k, n); then ask of each end how far each minimum is",
    "the distances form a table (k, m): np.linalg.norm(ends[:, None] - minima, axis=-1)",
    "a share is a mean of True and False: (distance <= tol).mean(axis=0)"))
def basin_shares(mine):
    """For each minimum the share of the starts whose run ends within tol of it."""
    line = np.linspace(-1, 2, 61)[:, None]
    plane, flat = grid(HIMMELBLAU.window, 8), quadratic([0.5, 1.0])
    cases = ((X_COS, line, 0.2, 400, 1e-3), (HIMMELBLAU, plane, 0.012, 300, 0.02),
             (flat, grid(flat.window, 8), 0.1, 20, 0.1))
    for fun, starts, lr, n_steps, tol in cases:
        minima = np.array(fun.minima)
        answer, fault = unchanged(mine, fun, starts, minima, names="starts or minima",
                                  lr=lr, n_steps=n_steps, tol=tol)
        if fault:
            return fault
        if np.shape(answer) != (len(minima),):
            return (f"{len(minima)} minima want {len(minima)} shares, an array of shape "
                    f"({len(minima)},), not {np.shape(answer)}")
        known = _known_shares(fun, starts, minima, lr, n_steps, tol)
        fault = first_match(answer, known, "those are not the shares of the starts: are lr, "
                            "n_steps and tol the ones that were given?")
        if fault is not None:
            return fault
    return None
