"""Checks of notebook 03, meet saddles in high dimensions.

Each table of known answers begins with the right one, whose fault is None.

Notebooks: 03.
"""
import math
from functools import cache

import numpy as np

from course_lib.checks.engine import exercise
from course_lib.landscapes.random_matrices import positive_probability, semicircle_share, wilson


@exercise("03.1", "A share, and how sure you are of it", hints=(
    "a matrix is a hit if all of its eigenvalues are positive; the interval needs only the share "
    "of hits and n",
    "the ends are (p + z^2/2n -+ z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n), z = 1.96",
    "p = (np.linalg.eigvalsh(symmetric(k, n, rng)) > 0).all(axis=1).mean()"))
def positive_share(mine):
    """(share, low, high): the share of positive definite GOE matrices, and Wilson's interval around
    it.
    """
    n = 20_000
    for k in (2, 3):
        answer = mine(k, n, np.random.default_rng(k))
        if k == 2 and not _equal(answer, mine(k, n, np.random.default_rng(k))):
            return "two calls with equal generators differ: draw from the rng that is passed in"
        if np.shape(answer) != (3,):
            return "three numbers are wanted: the share and the two ends of its interval"
        p, low, high = (float(number) for number in answer)
        if fault := _fault_of_share(p, k, n) or _fault_of_interval(p, low, high, n):
            return fault
    _, low, high = (float(number) for number in mine(8, 500, np.random.default_rng(0)))
    if fault := _fault_of_interval(0.0, low, high, 500):
        return fault
    if len({float(mine(2, n, np.random.default_rng(seed))[0]) for seed in range(3)}) == 1:
        return "it gives one answer for different generators: draw from the rng that is passed in"
    return None


def _equal(one, other):
    """Return whether two answers are the same, whatever their form."""
    return np.shape(one) == np.shape(other) and bool(np.all(np.asarray(one) == np.asarray(other)))


def _fault_of_share(p, k, n):
    exact = positive_probability(k)
    if p > 1:
        return "the first number is a count: divide it by n to get a share"
    if p == 0:
        return (
            "not one hit in 20 000: .all(axis=0) and .all() ask all matrices at once, .all(axis=1) "
            "each matrix for its own eigenvalues"
        )
    if p == 0.5**k:
        return "that is the coin rule, which this exercise is to test: draw matrices and count"
    known = {
        None: exact,
        "it counts matrices whose eigenvalues have one sign, whichever: negative ones do not make "
        "a minimum": 2 * exact,
        "it looks at the signs of the diagonal; a positive diagonal does not make the eigenvalues "
        "positive": 0.5**k,
        "it counts matrices with any positive eigenvalue, where all must be positive": 1 - exact,
        "all entries have one variance, as when eigvalsh reads one triangle of G: make G symmetric "
        "first, by (G + G^T) / 2": _share_of_one_triangle(k),
        "it takes the share over all eigenvalues; a matrix counts as one, and only if all of its "
        "own are positive": 0.5,
    }
    for fault, value in known.items():
        if abs(p - value) < 5 * math.sqrt(max(value * (1 - value), exact) / n):
            return fault
    return f"for k = {k} the share of hits, {p:.3g}, is further from the truth than chance explains"


def _fault_of_interval(p, low, high, n):
    error = 1.96 * math.sqrt(p * (1 - p) / n)
    if low > high:
        return "the ends of the interval are in the wrong order"
    known = {
        None: wilson(round(p * n), n),
        "p -+ 1.96 standard errors says 'impossible' when nothing was found: use "
        "Wilson's interval": (
            p - error,
            p + error,
        ),
        "that interval has one standard error to each side and covers the truth in 68 of 100 "
        "experiments: z is 1.96": wilson(round(p * n), n, z=1.0),
        "the 1 + z^2/n below the fraction is missing": tuple(
            end * (1 + 1.96**2 / n) for end in wilson(round(p * n), n)
        ),
        "that is the spread of a single draw: the variance of a mean is divided by n": wilson(p, 1),
    }
    for fault, ends in known.items():
        if np.allclose((low, high), ends, rtol=0, atol=1e-12 + 1e-4 * (high - low)):
            return fault
    return (
        f"for a share of {p:.3g} of {n} draws, {low:.3g} to {high:.3g} are not the ends of "
        "Wilson's interval"
    )


@cache
def _share_of_one_triangle(k):
    """Return the share of positive definite matrices if one triangle of G serves as both."""
    G = np.random.default_rng(0).standard_normal((200_000, k, k))
    return float((np.linalg.eigvalsh(G) > 0).all(axis=1).mean())


@exercise("03.3", "Index from energy", hints=(
    "an eigenvalue of H is x - 3u, with x from the semicircle: for which x is it negative?",
    "the share of x below 3u is F(t) with t = 3u / R and R = 2 sqrt(6); what happens for |t| > 1?",
    "t = np.clip(3 * u / (2 * math.sqrt(6)), -1, 1), then 0.5 + (t * np.sqrt(1 - t**2) + "
    "np.arcsin(t)) / np.pi"))
def index_share(mine):
    """F(3u/R), 0 or 1 beyond the ends, for numbers and arrays."""
    R, inside = 2 * math.sqrt(6), np.array([-1.2, -0.7, 0.0, 0.3, 1.5])
    answer = [float(mine(u)) for u in inside]
    t = 3 * inside / R
    known = {
        None: semicircle_share(3 * inside, R),
        "upside down: high energy shifts the eigenvalues down, so more of them "
        "are negative": semicircle_share(
            -3 * inside, R
        ),
        "the shift is 3u, not u": semicircle_share(inside, R),
        "the radius is 2 sqrt(6), not its square": semicircle_share(3 * inside, R**2),
        "sqrt(6) is the standard deviation off the diagonal; the radius is "
        "twice that": semicircle_share(
            3 * inside, R / 2
        ),
        "the variance on the diagonal, 12/N, was used: the radius comes from the many entries off "
        "it": semicircle_share(3 * inside, 2 * math.sqrt(12)),
        "that is the density at the energy, not the area below it": 2
        * np.sqrt(1 - t**2)
        / (np.pi * R),
        "that spreads the eigenvalues evenly, and a semicircle is fuller in the middle": (1 + t)
        / 2,
        "that is the number in percent: a share is between 0 and 1": 100
        * semicircle_share(3 * inside, R),
        "the 1/2 is missing: at u = 0 half of the eigenvalues are negative": semicircle_share(
            3 * inside, R
        )
        - 0.5,
    }
    fits = [fault for fault,
            values in known.items() if np.allclose(answer, values, rtol=1e-6, atol=1e-9)]
    if not fits:
        return "that is not the area of the semicircle below 3u"
    if fits[0]:
        return fits[0]
    if not np.allclose([float(mine(u)) for u in (-1.9, 1.9)], [0, 1]):
        return (
            "beyond |3u| = R the formula for F ends, and all eigenvalues have one sign: the share "
            "stays at 0 or 1"
        )
    if np.shape(mine(inside)) != inside.shape:
        return "for an array of energies an array of shares is wanted"
    return None
