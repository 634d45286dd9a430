"""Checks of notebook 24, choosing and judging.

Each table of known answers begins with the right one, whose fault is None.

Notebooks: 24.
"""
import math

import numpy as np

from course_lib.checks.answers import first_match
from course_lib.checks.engine import exercise
from course_lib.checks.values import number

TABLES = (  # rates, losses, what is to be said
    ([0.01, 0.03, 0.1, 0.3], [0.5, 0.2, 0.1, 0.4], 0.1),
    ([0.001, 0.01, 0.1], [0.3, 0.2, math.nan], 0.01),
    ([0.01, 0.03, 0.1, 0.3], [0.9, 0.5, 0.3, 0.2], "higher"),
    ([0.01, 0.03, 0.1], [0.1, 0.2, 0.3], "lower"),
    ([0.1, 1.0, 10.0], [0.4, math.nan, math.inf], "lower"),
    ([0.1, 0.2, 0.4], [math.nan, math.nan, math.nan], "lower"),
)


@exercise("24.3", "Choose a learning rate", hints=(
    "find the smallest loss that is a number; then ask whether rates on both sides of it were "
    "tried",
    "k = position of the smallest finite loss; the first k says lower, the last higher, the others "
    "rates[k]",
    "np.where(np.isfinite(losses), losses, np.inf) makes argmin safe; compare k with 0 and "
    "len(rates) - 1"))
def choose_rate(mine):
    """The rate with the smallest finite loss, or 'lower' or 'higher' where it stands at an edge."""
    for rates, losses, wanted in TABLES:
        said = mine(np.array(rates), np.array(losses))
        if not isinstance(said, str) and number(said) is None:
            return "either one rate, or 'lower', or 'higher' should come back"
        if said != wanted:
            fault = _fault_of_word if isinstance(said, str) else _fault_of_rate
            return fault(said, rates, losses, wanted)
    return None


def _fault_of_rate(said, rates, losses, wanted):
    k = int(np.argmin(np.where(np.isfinite(losses), losses, np.inf)))
    if said == losses[k]:
        return "that is the smallest loss; the rate that reached it is wanted"
    if said in rates and math.isnan(losses[rates.index(said)]) and np.isfinite(losses).any():
        return (
            "it chose a run that diverged: argmin stops at the first NaN and takes it for the "
            "smallest"
        )
    if said == k:
        return "that is the position in the table; the rate that stands there is wanted"
    if said == rates[int(np.nanargmax(losses))]:
        return "that is the rate with the largest loss"
    if said == rates[k]:
        return (
            "that rate stands at the edge of what was tried; a better one may lie beyond: say "
            f"'{wanted}'"
        )
    return "the loss at that rate is not the smallest"


def _fault_of_word(said, rates, losses, wanted):
    if said not in ("lower", "higher"):
        return f"{said!r} is neither a rate, nor 'lower', nor 'higher'"
    if not np.isfinite(losses).any():
        return "if all runs diverged, a higher rate will not cure it"
    if isinstance(wanted, str):
        return (
            "that is the wrong edge: here the best rate is the "
            f"{'first' if wanted == 'lower' else 'last'}"
        )
    if not np.isfinite(losses).all():
        return (
            "a diverged run is a measurement too: a rate above the best was tried, so this is no "
            "edge"
        )
    return f"the best rate has neighbours on both sides, so it is the answer, not '{said}'"


@exercise("24.4", "Standard error of an accuracy", hints=(
    "one image is a coin that shows 'right' with probability p; what is a toss's variance, and a "
    "mean's?",
    "variance of one toss p(1 - p), of the mean of n tosses p(1 - p)/n; the standard error is its "
    "root",
    "math.sqrt(p * (1 - p) / n)"))
def standard_error(mine):
    """sqrt(p (1 - p) / n), a fraction like p."""
    for p, n in ((0.98, 1000), (0.9, 400), (1.0, 50)):
        answer, right, spread = mine(p, n), math.sqrt(p * (1 - p) / n), math.sqrt(p * (1 - p))
        if number(answer) is None:
            return f"one number was expected, got {answer!r}"
        fault = first_match(
            float(answer),
            {
                None: right,
                "that is the variance: take its root, so that it has the unit of an accuracy": right
                ** 2,
                "that is the spread of one toss: a mean of n varies less, by the root of n": spread,
                "p was multiplied by itself: the other factor is the probability of an error": p
                / math.sqrt(n),
                "the factor 1 - p is missing: whoever is nearly always right "
                "varies little": math.sqrt(
                    p / n
                ),
                "the factor p is missing: both outcomes have a part in the variance": math.sqrt(
                    (1 - p) / n
                ),
                "that is 1/sqrt(n), which does not know how good the network is": 1 / math.sqrt(n),
                "that is the worst case, p = 1/2, for every network": 0.5 / math.sqrt(n),
                "n belongs under the root: four times the images halve the error": spread / n,
                "that is in percent: leave it a fraction, like p": 100 * right,
                "that is half a 95 % interval; the standard error itself is wanted": 1.96 * right,
                "that is two standard errors; one is wanted": 2 * right,
                "n - 1 corrects for an estimated mean; here p gives mean and variance": spread
                / math.sqrt(n - 1),
            },
            "that is not the standard deviation of a mean of n coins",
            atol=1e-9,
        )
        if fault:
            return fault
    return None
