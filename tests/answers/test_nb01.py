"""The checks of notebook 01: right answers pass, stubs are not attempted, known mistakes are named.
"""
import inspect
import linecache
from functools import partial

import numpy as np

from course_lib.checks import museum, nb01, nb01_differences
from course_lib.checks.engine import judge
from course_lib.checks.nb01 import kind_of_point, polynomial_points
from course_lib.checks.nb01_differences import central_gradient, central_hessian, museum_hessian
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


def slopes(weights):
    """Return an answer to 01.3 from weights of f(w + h e_i), f(w) and f(w - h e_i), over h."""
    def answer(f, w, h=6e-6):
        return np.array([np.dot(weights, [f(w + s), f(w), f(w - s)]) / h for s in h * np.eye(w.size)])
    return answer


def with_default(difference, h):
    return lambda f, w, h=h: difference(f, w, h)


def all_at_once(f, w, h=6e-6):
    return np.full(w.size, (f(w + h) - f(w - h)) / (2 * h))


def in_place(f, w, h=6e-6):
    g = np.zeros(w.size)
    for i in range(w.size):
        w[i] += h
        ahead = f(w)
        w[i] -= 2 * h
        g[i] = (ahead - f(w)) / (2 * h)
    return g


def curvatures(f, w, h=1.2e-4, *, own=1.0, mixed=1.0):
    """Return the right answer to 01.4 with its diagonal and its mixed terms multiplied by factors.
    """
    H = critical_points.hessian(f, w, h)
    return np.where(np.eye(w.size, dtype=bool), own, mixed) * H


def forward_hessian(f, w, h=1e-5):
    steps = h * np.eye(w.size)
    return np.array([[(f(w + a + b) - f(w + a) - f(w + b) + f(w)) / h**2 for b in steps] for a in steps])


def three_point_diagonal(f, w, h=1.2e-4):
    H = critical_points.hessian(f, w, h)
    for i, s in enumerate(h * np.eye(w.size)):
        H[i, i] = (f(w + s) - 2 * f(w) + f(w - s)) / h**2
    return H


def product_of_slopes(f, w, h=1e-5):
    g = nb01_differences.GRAD if h == nb01_differences.STEP else critical_points.gradient(f, w)
    return np.outer(g, g)


def eigenvalues_only(f, w, h=1.2e-4):
    return np.linalg.eigvalsh(critical_points.hessian(f, w, h))


def diagonal_only(f, w, h=1.2e-4):
    return np.diag(np.diag(critical_points.hessian(f, w, h)))


def averaged(f, w, h=1e-5):
    H = museum.museum_hessian(f, w, h)
    return (H + H.T) / 2


def moved(points):
    """Return an answer to 01.5 that moves `both` by calling points(both, i, j, h)."""
    def answer(f, w, h=1e-5):
        H = np.zeros((w.size, w.size))
        for i in range(w.size):
            for j in range(w.size):
                both, one, other = w.copy(), w.copy(), w.copy()
                points(both, i, j, h)
                one[i] += h
                other[j] += h
                H[i, j] = (f(both) - f(one) - f(other) + f(w)) / h**2
        return H
    return answer


def add_each(both, i, j, h):
    both[i] += h
    both[j] += h


def add_by_list(both, i, j, h):
    both[[i, j]] += h  # adds once where i = j


def add_nothing(both, i, j, h):
    both[i] += h
    both[i] += 0


def add_other(both, i, j, h):
    both[j] -= h


RIGHT = [
    (polynomial_points, RIGHT_POINTS),
    (polynomial_points, {(0.0, -0.0): "saddle", (1.0, 1.0): "minimum", (-1, -1.0): "minimum"}),
    (kind_of_point, kind), (kind_of_point, critical_points_classify),
    (central_gradient, lambda f, w, h=6e-6: critical_points.gradient(f, w, h)),
    (central_gradient, lambda f, w, h=1e-5: list(critical_points.gradient(f, w, h))),
    (central_hessian, lambda f, w, h=1.2e-4: critical_points.hessian(f, w, h)),
    (central_hessian, three_point_diagonal),
    (museum_hessian, moved(add_each)), (museum_hessian, forward_hessian),
    (museum_hessian, critical_points.hessian),
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
    (central_gradient, slopes([1, 0, -1]), "twice too long"),
    (central_gradient, slopes([-0.5, 0, 0.5]), "it points downhill"),
    (central_gradient, slopes([1, -1, 0]), "a forward difference"),
    (central_gradient, slopes([0, 1, -1]), "a backward difference"),
    (central_gradient, slopes([0.5, -0.5, 0]), "half of a forward difference"),
    (central_gradient, slopes([0.7, 0, -0.7]), "neither a central nor a one-sided"),
    (central_gradient, all_at_once, "all coordinates moved at once"),
    (central_gradient, lambda f, w, h=1: critical_points.gradient(f, w), "is not the step that was used"),
    (central_gradient, with_default(critical_points.gradient, 1e-2), "the default h costs digits"),
    (central_gradient, with_default(critical_points.gradient, 1e-11), "the default h costs digits"),
    (central_gradient, in_place, "the point w is not the same"),
    (central_gradient, lambda f, w, h=6e-6: (f(w + h) - f(w - h)) / (2 * h), "has shape ()"),
    (central_hessian, partial(curvatures, own=4, mixed=4), "four times too large: the points"),
    (central_hessian, partial(curvatures, mixed=4), "the mixed terms are four times"),
    (central_hessian, partial(curvatures, own=0.25), "the diagonal is four times too small"),
    (central_hessian, partial(curvatures, mixed=0), "no mixed terms"),
    (central_hessian, partial(curvatures, own=-1, mixed=-1), "all signs are turned"),
    (central_hessian, partial(curvatures, own=3), "it is not the Hessian"),
    (central_hessian, forward_hessian, "a forward difference"),
    (central_hessian, museum.museum_hessian, "-slope/h is left"),
    (central_hessian, product_of_slopes, "a product of two slopes"),
    (central_hessian, with_default(critical_points.hessian, 1e-8), "the default h costs digits"),
    (central_hessian, eigenvalues_only, "has shape (3,)"),
    (museum_hessian, moved(add_nothing), "still -slope/h"),
    (museum_hessian, averaged, "averaging"),
    (museum_hessian, diagonal_only, "the mixed terms are missing"),
    (museum_hessian, moved(add_by_list), "the diagonal is not: for i = j"),
    (museum_hessian, moved(add_other), "not the Hessian yet"),
    (museum_hessian, lambda f, w: 0.0, "has shape ()"),
]


def test_the_exhibit_typed_into_a_notebook_is_not_attempted():
    source, namespace = inspect.getsource(museum.museum_hessian), {"np": np}
    linecache.cache["<a cell>"] = (len(source), None, source.splitlines(keepends=True), "<a cell>")  # as IPython does
    exec(compile(source, "<a cell>", "exec"), namespace)
    assert judge(museum_hessian, namespace["museum_hessian"]).status == "not attempted"


def test_the_gradient_and_the_hessian_that_the_checks_expect_are_those_of_their_cubic():
    np.testing.assert_allclose(critical_points.gradient(nb01_differences._cubic, nb01_differences.W), nb01_differences.GRAD, rtol=1e-8)
    np.testing.assert_allclose(critical_points.hessian(nb01_differences._cubic, nb01_differences.W), nb01_differences.HESS, atol=1e-5)


def test_no_verdict_or_first_hint_contains_the_answer():
    points = judge(polynomial_points, {(0, 0): "saddle"}).message + nb01.polynomial_points.hints[0]
    assert "(1, 1)" not in points and "(-1, -1)" not in points
