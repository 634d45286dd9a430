"""Checks of notebook 02, finite differences.

Each table of known answers begins with the right one, whose fault is None.

Notebooks: 02.
"""
import numpy as np

from course_lib.checks import museum
from course_lib.checks.engine import exercise

W, STEP = np.array([1.5, -0.5, 2.0]), 0.1


GRAD = np.array([3.75, -1.5, 13.5])


HESS = np.array([[7.0, 6.0, 0.0], [6.0, 0.0, -3.0], [0.0, -3.0, 12.0]])


DIAGONAL = np.diag(np.diag(HESS))


def _cubic(w):
    """A cubic: gradient GRAD and Hessian HESS at W, and central second differences exact up to
    rounding.
    """
    return w[0]**3 + 2 * w[0]**2 * w[1] - 3 * w[1] * w[2] + w[2]**3


def _slopes(w):
    """Return the central-difference gradient (3,) of the cubic at w."""
    return np.array([_cubic(w + s) - _cubic(w - s) for s in STEP * np.eye(3)]) / (2 * STEP)


def _handling(mine, shape):
    """Return what is wrong with how `mine` treats w and with its result's shape, or None."""
    w = W.copy()
    given = np.shape(mine(_cubic, w))
    if not np.array_equal(w, W):
        return "the point w is not the same after the call: move a copy of it"
    if given != shape:
        return f"for a w of three coordinates the result has shape {given} instead of {shape}"
    return None


def _meaning(given, candidates):
    """Return the sentence of the first wrong value that `given` equals, or None."""
    hits = (meaning for value,
            meaning in candidates if np.allclose(given, value, rtol=1e-7, atol=1e-7))
    return next(hits, None)


@exercise("02.1", "Central-difference gradient", hints=(
    "one coordinate at a time: a step ahead, a step back, over the distance between the two points",
    "component i is (f(w + h e_i) - f(w - h e_i)) / (2h), e_i being row i of the identity matrix",
    "for each row s of h * np.eye(w.size), one component: (f(w + s) - f(w - s)) / (2 * h)",
))
def central_gradient(mine):
    """A function (f, w, h) -> gradient (n,), by central differences of step h."""
    if fault := _handling(mine, (3,)):
        return fault
    steps = STEP * np.eye(3)
    forward = np.array([_cubic(W + s) - _cubic(W) for s in steps]) / STEP
    backward = np.array([_cubic(W) - _cubic(W - s) for s in steps]) / STEP
    central, together = (forward + backward) / 2, (_cubic(W + STEP) - _cubic(W - STEP)) / (2 * STEP)
    given = np.asarray(mine(_cubic, W.copy(), STEP))
    ahead = np.array([_cubic(W + s) for s in steps])
    behind = np.array([_cubic(W - s) for s in steps])
    grown = np.array([_cubic(W + s) - _cubic(W - s) for s in np.diag(STEP * W)]) / (2 * STEP * W)
    if not np.allclose(given, central, rtol=1e-9):
        return _meaning(given, (
            (ahead - behind / (2 * STEP), "only the second value is divided: the difference needs "
                                          "brackets round it"),
            ((ahead - behind) / 2 * STEP, "it is multiplied by h: / 2 * h divides by 2 only, "
                                          "/ (2 * h) by both"),
            (grown, "the step grows with w: component i moves coordinate i by h, whatever its "
                    "size"),
            (2 * central, "twice too long: it is divided by h, but the two points lie 2h apart"),
            (-central, "it points downhill: subtract the value behind from the value ahead"),
            (forward, "a forward difference: its error shrinks like h, that of a central one like "
                      "h^2"),
            (backward, "a backward difference: its error shrinks like h, that of a central one "
                       "like h^2"),
            (forward / 2, "half of a forward difference: the point behind is w - h e_i, not w"),
            (np.full(3, together), "all coordinates moved at once: component i moves coordinate i "
                                   "alone"),
            (GRAD, "the step h that was given is not the step that was used"),
        )) or "with h = 0.1 the result is neither a central nor a one-sided difference"
    if not np.allclose(mine(_cubic, W.copy()), GRAD, rtol=1e-8):
        return "right for h = 0.1, but the default h costs digits: it should stay near 6e-6"
    return None


@exercise("02.2", "Central-difference Hessian", hints=(
    "a mixed derivative is the slope of a slope: difference in coordinate i, then that in "
    "coordinate j",
    "entry (i, j) is (f(+i, +j) - f(+i, -j) - f(-i, +j) + f(-i, -j)) / (4h^2), for i = j as well",
    "for rows a, b of h * np.eye(w.size): (f(w+a+b) - f(w+a-b) - f(w-a+b) + f(w-a-b)) / (4 * h**2)",
))
def central_hessian(mine):
    """A function (f, w, h) -> Hessian (n, n), by differences that are central in both coordinates.
    """
    if fault := _handling(mine, (3, 3)):
        return fault
    steps, mixed = STEP * np.eye(3), HESS - DIAGONAL
    forward = [[_cubic(W + a + b) - _cubic(W + a) - _cubic(W + b) + _cubic(W) for b in steps]
               for a in steps]
    slopes = [_slopes(W + s) - _slopes(W) for s in steps]
    one_sided = np.array(slopes) / STEP
    given = np.asarray(mine(_cubic, W.copy(), STEP))
    if not np.allclose(given, HESS, rtol=1e-8, atol=1e-8):
        return (
            _meaning(
                given,
                (
                    (
                        4 * HESS,
                        "four times too large: the points lie 2h apart in each coordinate, so "
                        "divide by 4h^2",
                    ),
                    (
                        DIAGONAL + 4 * mixed,
                        "the mixed terms are four times too large: divide them by 4h^2",
                    ),
                    (
                        DIAGONAL / 4 + mixed,
                        "the diagonal is four times too small: its points lie h apart, not 2h",
                    ),
                    (
                        DIAGONAL,
                        "no mixed terms: one evaluation of f must move coordinates i and j "
                        "together",
                    ),
                    (
                        np.array(forward) / STEP**2,
                        "a forward difference: its error shrinks like h, not like h^2",
                    ),
                    (
                        np.triu(HESS),
                        "only the upper triangle is filled: entry (j, i) is entry (i, j)",
                    ),
                    (
                        np.tril(HESS),
                        "only the lower triangle is filled: entry (i, j) is entry (j, i)",
                    ),
                    (
                        mixed,
                        "the diagonal is empty: for i = j both steps move the same coordinate",
                    ),
                    (
                        HESS * STEP**4,
                        "it is multiplied by h^2: / 4 * h**2 divides by 4 only, / (4 * h**2) by "
                        "both",
                    ),
                    (
                        one_sided,
                        "central in one coordinate, forward in the other: its error shrinks like "
                        "h, not like h^2",
                    ),
                    (
                        one_sided.T,
                        "central in one coordinate, forward in the other: its error shrinks like "
                        "h, not like h^2",
                    ),
                    (
                        museum.museum_hessian(_cubic, W, STEP),
                        "no evaluation moves i and j at once: -slope/h is left",
                    ),
                    (
                        museum.museum_hessian(_cubic, W, STEP).T,
                        "no evaluation moves i and j at once: -slope/h is left",
                    ),
                    (np.outer(GRAD, GRAD), "a product of two slopes is not a second derivative"),
                    (
                        -HESS,
                        "all signs are turned: subtract the two evaluations whose steps have "
                        "opposite "
                        "signs",
                    ),
                ),
            )
            or "with h = 0.1 it is not the Hessian, which central differences give exactly for "
               "this cubic"
        )
    if not np.allclose(mine(_cubic, W.copy()), HESS, rtol=1e-6, atol=1e-6):
        return "right for h = 0.1, but the default h costs digits: it should stay near 1.2e-4"
    return None


@exercise("02.4", "From the museum: a Hessian loop", exhibit=museum.museum_hessian, hints=(
    "for i = 0 and j = 1, write down the four points at which f is evaluated: are they four "
    "different ones",
    "the numerator is f(+i, +j) - f(+i) - f(+j) + f: its first point has moved in both coordinates",
    "one line is missing beside both[j] += h, and it moves coordinate i of the same point",
))
def museum_hessian(mine):
    """The repaired loop: right to the few digits that a forward difference leaves."""
    faulty = museum.museum_hessian(_cubic, W)
    if fault := _handling(mine, (3, 3)):
        return fault
    given, off = np.asarray(mine(_cubic, W.copy())), ~np.eye(3, dtype=bool)
    right = np.isclose(given, HESS, rtol=1e-3, atol=1e-3)
    if right.all():
        return None
    if np.allclose(given, faulty, rtol=1e-6):
        return "still -slope/h: f(both) and f(other) are the same value and cancel"
    if np.allclose(given, faulty.T, rtol=1e-6):
        return "still -slope/h: now f(both) and f(one) are the same value and cancel"
    if np.allclose(given, (faulty + faulty.T) / 2, rtol=1e-6):
        return (
            "averaging with the transpose hides the asymmetry; the entries are still slopes over h"
        )
    if np.allclose(given, DIAGONAL, rtol=1e-3, atol=1e-3):
        return "the diagonal is right, but the mixed terms are missing"
    if right[off].all():
        return (
            "the mixed terms are right, the diagonal is not: for i = j that coordinate moves by 2h "
            "in all"
        )
    return "not the Hessian yet: change only where the point `both` goes, and keep the formula"
