"""The check of notebook 03 on the gaps between eigenvalues.

Each table of known answers begins with the right one, whose fault is None.

Notebooks: 03.
"""
import numpy as np

from course_lib.checks.answers import first_match, unchanged
from course_lib.checks.engine import exercise
from course_lib.landscapes.random_matrices import spacing_ratio

ROW = np.array([4.0, 0.0, 1.0, 6.0, 9.0])  # not sorted; gaps 1, 3, 2, 3


def _known(rows):
    """Return the table of known answers for rows of eigenvalues (..., k)."""
    rows = np.sort(rows, axis=-1)
    gaps = np.diff(rows, axis=-1)
    one, other = gaps[..., 1:], gaps[..., :-1]
    small, large = np.minimum(one, other), np.maximum(one, other)
    return [
        (None, (small / large).mean()),
        ("each row has a number of its own: take the mean over all rows as well",
         (small / large).mean(axis=-1)),
        ("the ratios are not averaged: one number is wanted", small / large),
        ("that is the ratio of the second gap to the first: divide the smaller by the larger",
         (one / other).mean()),
        ("that is the ratio of the first gap to the second: divide the smaller by the larger",
         (other / one).mean()),
        ("the larger gap is divided by the smaller: turn it over", (large / small).mean()),
        ("that is the ratio of two means: take the ratios first, then the mean",
         small.mean() / large.mean()),
        ("that is the smallest gap over the largest: compare neighbours",
         (gaps.min(axis=-1) / gaps.max(axis=-1)).mean()),
        ("that compares the numbers and not the gaps between them",
         (rows[..., :-1] / np.where(rows[..., 1:] == 0, 1, rows[..., 1:])).mean()),
    ]


@exercise("03.2", "A number for repulsion", hints=(
    "sort each row, take the gaps, and set each gap beside the next one",
    "the ratio of two neighbouring gaps is min / max; the answer is the mean of all of them",
    "s = np.diff(np.sort(eigenvalues, axis=-1), axis=-1); the pairs are s[..., 1:] and s[..., :-1]",
))
def spacing_ratio_of(mine):
    """A function (eigenvalues) -> mean of min/max over neighbouring gaps, over all rows."""
    rows = np.random.default_rng(0).normal(size=(4, 7))
    for given in (ROW, np.sort(rows, axis=-1), rows):
        answer, fault = unchanged(mine, given.copy(), names="eigenvalues")
        if fault:
            return fault
        other = "that is not the mean ratio of neighbouring gaps"
        if given.ndim == 2 and np.any(np.diff(given) < 0):
            other = "right for sorted rows only: sort each row first"
        if fault := first_match(answer, _known(given), other, rtol=1e-9):
            return fault
    if np.shape(mine(rows)) == () and np.isclose(float(mine(rows)), spacing_ratio(rows)):
        return None
    return "for many rows one number is wanted, the mean over all of them"
