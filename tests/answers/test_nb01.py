"""The checks of notebook 01: right answers pass, stubs are not attempted, known mistakes are named.
"""
from functools import partial

import numpy as np

from course_lib.checks import nb01
from course_lib.checks.engine import judge
from course_lib.checks.nb01 import kind_of_point, polynomial_points
from course_lib.checks.nb01_walk import ways_down
from course_lib.landscapes import critical_points

RIGHT_POINTS = {(0, 0): "saddle", (1, 1): "minimum", (-1, -1): "minimum"}


def kind(g, H, g_tol=1e-6, tol=1e-6, *, length=np.linalg.norm, values=np.linalg.eigvalsh,
         size=lambda lam: abs(lam).max(), zeros_first=False):
    """The right answer to 01.2, in parts that a mistake may replace."""
    if length(g) > g_tol:
        return "not critical"
    lam = values(H)
    small = tol * size(lam)
    up, down, flat = (lam > small).any(), (lam < -small).any(), (abs(lam) <= small).any()
    if flat and zeros_first:
        return "inconclusive"
    if up and down:
        return "saddle"
    return "inconclusive" if flat else "minimum" if up else "maximum"


def critical_points_classify(g, H, g_tol=1e-6, tol=1e-6):
    return critical_points.classify(g, H, g_tol=g_tol, tol=tol)


def by_determinant(g, H, g_tol=1e-6, tol=1e-6):
    if np.linalg.norm(g) > g_tol:
        return "not critical"
    determinant = np.linalg.det(H)
    if abs(determinant) < tol:
        return "inconclusive"
    return "saddle" if determinant < 0 else "minimum" if H[0, 0] > 0 else "maximum"


def one_sign(g, H, g_tol=1e-6, tol=1e-6):
    return kind(g, abs(H) * np.sign(H[0, 0]), g_tol, tol)


def zero_is_positive(g, H, g_tol=1e-6, tol=1e-6):
    if np.linalg.norm(g) > g_tol:
        return "not critical"
    lam = np.linalg.eigvalsh(H)
    return "minimum" if (lam >= 0).all() else "maximum" if (lam < 0).all() else "saddle"


def exact_zeros(g, H, g_tol=1e-6, tol=1e-6):
    return kind(g, H, g_tol, 0)


def nothing_is_inconclusive_at_zero(g, H, g_tol=1e-6, tol=1e-6):
    return "minimum" if not np.any(H) else kind(g, H, g_tol, tol)


def walk(f, w, radius=0.1, *, n=360, count=None, level=None, middle=None, lower=np.less):
    """The right answer to 01.3, in parts that a mistake may replace."""
    angles = np.arange(n) * 2 * np.pi / n
    circle = (w if middle is None else middle) + radius * np.column_stack([np.cos(angles), np.sin(angles)])
    below = lower(f(circle), f(w) if level is None else level)
    if count is not None:
        return count(below)
    return 1 if below.all() else int((below & ~np.roll(below, 1)).sum())


def point_by_point(f, w, radius=0.1):
    below = []
    for degree in range(360):
        a = np.radians(degree)
        below.append(bool(f(np.array([w[0] + radius * np.cos(a), w[1] + radius * np.sin(a)])) < f(w)))
    return max(sum(here and not before for before, here in zip([below[-1], *below], below, strict=False)),
               int(all(below)))


def open_ended(below):
    return int(below[0]) + int((np.diff(below.astype(int)) == 1).sum())


def moved_in_place(f, w, radius=0.1):
    w += 0.001
    return 2


RIGHT = [
    (polynomial_points, RIGHT_POINTS),
    (polynomial_points, {(0.0, -0.0): "saddle", (1.0, 1.0): "minimum", (-1, -1.0): "minimum"}),
    (ways_down, walk), (ways_down, point_by_point),
    (ways_down, lambda f, w, radius=0.1: np.int64(critical_points.ways_down(f, w, radius))),
    (kind_of_point, kind), (kind_of_point, critical_points_classify),
]

WRONG = [
    (polynomial_points, [(0, 0), (1, 1), (-1, -1)], "a dictionary"),
    (polynomial_points, {0: "saddle"}, "a pair of numbers"),
    (polynomial_points, RIGHT_POINTS | {(1, -1): "saddle"}, "the gradient there is (8, -8)"),
    (polynomial_points, {(1, 1): "minimum", (-1, -1): "minimum"}, "loses the solution x = 0"),
    (polynomial_points, {(0, 0): "saddle", (1, 1): "minimum"}, "an even power"),
    (polynomial_points, {(0, 0): "saddle", (-1, -1): "minimum"}, "an even power"),
    (polynomial_points, RIGHT_POINTS | {(1, 1): "min"}, "a kind is one of"),
    (polynomial_points, RIGHT_POINTS | {(0, 0): "inconclusive"}, "the diagonal of H is zero there"),
    (polynomial_points, RIGHT_POINTS | {(1, 1): "saddle"}, "away from (0, 0)"),
    (polynomial_points, RIGHT_POINTS | {(1, 1): "maximum", (-1, -1): "maximum"}, "away from (0, 0)"),
    (kind_of_point, lambda g, H, g_tol=1, tol=1: "peak", "the five answers"),
    (kind_of_point, lambda g, H, g_tol=1, tol=1: g, "the five answers"),
    (kind_of_point, lambda g, H, g_tol=1, tol=1: "saddle", "upward in every direction"),
    (kind_of_point, lambda g, H, g_tol=1, tol=1: "minimum", "downward in all"),
    (kind_of_point, one_sign, "have both signs"),
    (kind_of_point, partial(kind, values=np.diag), "the diagonal was read"),
    (kind_of_point, partial(kind, length=lambda g: 0), "whose gradient, (73197, -36), is not zero"),
    (kind_of_point, partial(kind, length=lambda g: abs(g.sum())), "the components of g were added"),
    (kind_of_point, partial(kind, length=np.max), "a negative slope passed"),
    (kind_of_point, partial(kind, length=lambda g: np.inf if g.any() else 0), "never exactly zero"),
    (kind_of_point, partial(kind, length=lambda g: abs(g).max()), "the largest component"),
    (kind_of_point, partial(kind, length=lambda g: g @ g), "take its root"),
    (kind_of_point, by_determinant, "the sign of the determinant"),
    (kind_of_point, zero_is_positive, "an eigenvalue of zero was given a sign"),
    (kind_of_point, nothing_is_inconclusive_at_zero, "H = 0"),
    (kind_of_point, exact_zeros, "rounding was given a sign"),
    (kind_of_point, partial(kind, zeros_first=True), "a zero eigenvalue beside both signs"),
    (kind_of_point, partial(kind, size=lambda v: 1), "the tolerance is absolute"),
    (kind_of_point, partial(kind, size=lambda v: abs(v.max())), "take the largest in size"),
    (kind_of_point, lambda g, H, g_tol=1, tol=1e-6: kind(g, H, 1e-6, tol), "g_tol is ignored"),
    (kind_of_point, lambda g, H, g_tol=1e-6, tol=1: kind(g, H, g_tol, 1e-6), "argument tol is ignored"),
    (kind_of_point, lambda g, H: kind(g, H), "TypeError"),
    (ways_down, partial(walk, count=lambda b: int((b != np.roll(b, 1)).sum())), "each way down has two ends"),
    (ways_down, partial(walk, count=lambda b: int(b.sum())), "count the separate stretches"),
    (ways_down, partial(walk, count=open_ended), "the circle closes"),
    (ways_down, partial(walk, count=lambda b: int((b & ~np.roll(b, 1)).sum())), "though none begins"),
    (ways_down, partial(walk, middle=np.zeros(2)), "middle at the origin"),
    (ways_down, partial(walk, level=0.0), "it compares with 0"),
    (ways_down, partial(walk, lower=lambda a, b: a <= b + 1e-13), "as low as the middle is not lower"),
    (ways_down, partial(walk, lower=np.greater), "where the loss is higher"),
    (ways_down, partial(walk, n=36), "asked at 37 points"),
    (ways_down, lambda f, w, radius=0.1: walk(f, w, 2 * radius), "not at the distance"),
    (ways_down, lambda f, w, radius=0.1: walk(f, w), "radius that was given"),
    (ways_down, lambda f, w, radius=0.1: np.ones(360), "one number is wanted"),
    (ways_down, lambda f, w, radius=0.1: 2, "f is asked at 0 points"),
    (ways_down, moved_in_place, "the point w is not the same"),
]


def test_no_verdict_or_first_hint_contains_the_answer():
    points = judge(polynomial_points, {(0, 0): "saddle"}).message + nb01.polynomial_points.hints[0]
    assert "(1, 1)" not in points and "(-1, -1)" not in points
