"""The checks of notebook 03: right answers pass, stubs are not attempted, known mistakes are named.
"""
import itertools
import math

import numpy as np

from course_lib.checks import nb03, nb03_spacing
from course_lib.landscapes.random_matrices import (
    semicircle_share,
    spacing_ratio,
    symmetric,
    wilson,
)

R = 2 * math.sqrt(6)


def counting(hit, interval=lambda p, n: wilson(round(p * n), n), draw=symmetric):
    def positive_share(k, n, rng):
        p = hit(np.linalg.eigvalsh(draw(k, n, rng))).mean()
        return p, *interval(p, n)

    return positive_share


def positive(eigenvalues):
    return (eigenvalues > 0).all(axis=1)


def with_diagonal(k, n, rng):
    p = (np.diagonal(symmetric(k, n, rng), axis1=1, axis2=2) > 0).all(axis=1).mean()
    return p, *wilson(round(p * n), n)


def coins(k, n, rng):
    return 0.5**k, *wilson(round(0.5**k * n), n)


def as_count(k, n, rng):
    hits = positive(np.linalg.eigvalsh(symmetric(k, n, rng))).sum()
    return hits, *wilson(hits, n)


def wald(p, n):
    error = 1.96 * math.sqrt(p * (1 - p) / n)
    return p - error, p + error


def too_high(p, n):
    middle, half = p + 1.96**2 / (2 * n), 1.96 * math.sqrt(p * (1 - p) / n + 1.96**2 / (4 * n**2))
    return middle - half, middle + half


def own_generator(k, n, rng):
    return counting(positive)(k, n, np.random.default_rng(k))


def all_variance_one(k, n, rng):
    G = np.triu(rng.standard_normal((n, k, k)))
    return G + np.triu(G, 1).swapaxes(1, 2)


def not_symmetric(k, n, rng):
    return rng.standard_normal((n, k, k))


def without_seed(k, n, rng):
    return counting(positive)(k, n, np.random.default_rng())


def ratios(rows, *, sort=True, ratio=lambda a, b: np.minimum(a, b) / np.maximum(a, b), mean=np.mean):
    """The right answer to 03.2, in parts that a mistake may replace."""
    s = np.diff(np.sort(rows, axis=-1) if sort else rows, axis=-1)
    return mean(ratio(s[..., 1:], s[..., :-1]))


def row_by_row(rows):
    rows = np.atleast_2d(rows)
    found = []
    for row in rows:
        gaps = [b - a for a, b in itertools.pairwise(sorted(row))]
        found += [min(a, b) / max(a, b) for a, b in itertools.pairwise(gaps)]
    return sum(found) / len(found)


def sorts_in_place(rows):
    rows.sort(axis=-1)
    return ratios(rows)


def index_share(u, factor=3.0, radius=R):
    return semicircle_share(factor * np.asarray(u), radius)


def unclipped(u):
    t = 3 * np.asarray(u) / R
    return 0.5 + (t * np.sqrt(1 - t**2) + np.arcsin(t)) / np.pi


RIGHT = {
    nb03_spacing.spacing_ratio_of: [ratios, row_by_row, spacing_ratio],
    nb03.positive_share: [counting(positive), counting(lambda e: e.min(axis=1) > 0),
                          counting(positive, lambda p, n: wilson(round(p * n), n, z=1.959964))],
    nb03.index_share: [index_share, lambda u: index_share(u)],
}

WRONG = [
    (nb03.positive_share, lambda k, n, rng: 0.1, "three numbers"),
    (nb03.positive_share, as_count, "a count"),
    (nb03.positive_share, coins, "coin rule"),
    (nb03.positive_share, counting(lambda e: positive(e) | positive(-e)), "whichever"),
    (nb03.positive_share, with_diagonal, "the diagonal"),
    (nb03.positive_share, counting(lambda e: (e > 0).any(axis=1)), "any positive eigenvalue"),
    (nb03.positive_share, counting(lambda e: e > 0), "share over all eigenvalues"),
    (nb03.positive_share, counting(positive, draw=all_variance_one), "all entries have one variance"),
    (nb03.positive_share, counting(positive, lambda p, n: wilson(round(p * n), n)[::-1]), "wrong order"),
    (nb03.positive_share, counting(positive, wald), "impossible"),
    (nb03.positive_share, counting(positive, lambda p, n: wilson(round(p * n), n, z=1.0)), "68 of 100"),
    (nb03.positive_share, counting(positive, too_high), "1 + z^2/n"),
    (nb03.positive_share, counting(positive, lambda p, n: wilson(p, 1)), "spread of a single draw"),
    (nb03.positive_share, counting(positive, lambda p, n: (0.0, 1.0)), "not the ends"),
    (nb03.positive_share, counting(lambda e: e.max(axis=1) > 5), "not one hit in 20 000"),
    (nb03.positive_share, counting(lambda e: e.min(axis=1) > 0.5), "further from the truth"),
    (nb03.positive_share, own_generator, "passed in"),
    (nb03.positive_share, without_seed, "passed in"),
    (nb03.positive_share, counting(lambda e: (e > 0).all(axis=0)), "ask all matrices at once"),
    (nb03.positive_share, counting(lambda e: (e > 0).all()), "ask all matrices at once"),
    (nb03.positive_share, counting(positive, draw=not_symmetric), "all entries have one variance"),
    (nb03_spacing.spacing_ratio_of, lambda rows: ratios(rows, sort=False), "the mean ratio of neighbouring gaps"),
    (nb03_spacing.spacing_ratio_of, lambda rows: ratios(rows, sort=np.ndim(rows) == 1), "right for sorted rows only"),
    (nb03_spacing.spacing_ratio_of, lambda rows: ratios(rows, mean=lambda r: r), "not averaged"),
    (nb03_spacing.spacing_ratio_of, lambda rows: ratios(rows, mean=lambda r: r.mean(axis=-1)), "over all rows"),
    (nb03_spacing.spacing_ratio_of, lambda rows: ratios(rows, ratio=lambda a, b: a / b), "second gap to the first"),
    (nb03_spacing.spacing_ratio_of, lambda rows: ratios(rows, ratio=lambda a, b: b / a), "first gap to the second"),
    (nb03_spacing.spacing_ratio_of, lambda rows: ratios(rows, ratio=lambda a, b: np.maximum(a / b, b / a)),
     "turn it over"),
    (nb03_spacing.spacing_ratio_of, sorts_in_place, "it changed the eigenvalues"),
    (nb03_spacing.spacing_ratio_of, lambda rows: 0.53, "is not the mean ratio"),
    (nb03.index_share, lambda u: index_share(-np.asarray(u)), "upside down"),
    (nb03.index_share, lambda u: index_share(u, factor=1), "shift is 3u"),
    (nb03.index_share, lambda u: index_share(u, radius=24), "not its square"),
    (nb03.index_share, lambda u: index_share(u, radius=R / 2), "twice that"),
    (nb03.index_share, lambda u: index_share(u, radius=2 * math.sqrt(12)), "variance on the diagonal"),
    (nb03.index_share, lambda u: 2 * np.sqrt(1 - (3 * u / R)**2) / (np.pi * R), "that is the density"),
    (nb03.index_share, lambda u: (1 + 3 * u / R) / 2, "evenly"),
    (nb03.index_share, lambda u: 100 * index_share(u), "percent"),
    (nb03.index_share, lambda u: index_share(u) - 0.5, "1/2 is missing"),
    (nb03.index_share, lambda u: 0.3, "not the area"),
    (nb03.index_share, unclipped, "stays at 0 or 1"),
    (nb03.index_share, lambda u: float(index_share(np.max(u))), "an array of shares"),
]
