"""The checks of notebook 02: right answers pass, stubs are not attempted, known mistakes are named.
"""
import inspect
import linecache
from functools import partial

import numpy as np

from course_lib.checks import museum, nb02, nb02_complex
from course_lib.checks.engine import judge
from course_lib.checks.nb02 import central_gradient, central_hessian, museum_hessian
from course_lib.checks.nb02_complex import complex_hessian
from course_lib.landscapes import critical_points
from course_lib.networks.gradient_check import complex_gradient


def slopes(weights):
    """Return an answer to 02.1 from weights of f(w + h e_i), f(w) and f(w - h e_i), over h."""
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
    """Return the right answer to 02.2 with its diagonal and its mixed terms multiplied by factors.
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
    g = nb02.GRAD if h == nb02.STEP else critical_points.gradient(f, w)
    return np.outer(g, g)


def eigenvalues_only(f, w, h=1.2e-4):
    return np.linalg.eigvalsh(critical_points.hessian(f, w, h))


def diagonal_only(f, w, h=1.2e-4):
    return np.diag(np.diag(critical_points.hessian(f, w, h)))


def averaged(f, w, h=1e-5):
    H = museum.museum_hessian(f, w, h)
    return (H + H.T) / 2


def moved(points):
    """Return an answer to 02.4 that moves `both` by calling points(both, i, j, h)."""
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


def complex_slopes(f, w, h=1e-20, k=6e-6, *, part=np.imag, over=lambda h, k: 2 * h * k, back=1):
    """Return the right answer to 02.3, in parts that a mistake may replace."""
    axes = np.eye(w.size)
    return np.array([[part(f(w + 1j * h * a + k * b) - f(w + 1j * h * a - back * k * b)) / over(h, k)
                      for b in axes] for a in axes])


def by_gradients(f, w, h=1e-20, k=6e-6):
    return [((complex_gradient(f, w + s, h) - complex_gradient(f, w - s, h)) / (2 * k)).tolist()
            for s in k * np.eye(w.size)]


def into_a_real_array(f, w, h=1e-20, k=6e-6):
    H = np.zeros((w.size, w.size))
    for a in range(w.size):
        for b in range(w.size):
            ahead, behind = w.copy(), w.copy()
            ahead[a] = (ahead[a] + 1j * h).real
            ahead[b] += k
            behind[b] -= k
            H[a, b] = np.imag(f(ahead) - f(behind)) / (2 * h * k)
    return H


def real_steps(f, w, h=1e-5, k=6e-6):
    axes = np.eye(w.size)
    return np.array([[(f(w + h * a + k * b) - f(w + h * a - k * b) - f(w - h * a + k * b)
                       + f(w - h * a - k * b)) / (4 * h * k) for b in axes] for a in axes])


def move_w(f, w, h=1e-20, k=6e-6):
    w += 1
    return complex_slopes(f, w, h, k)


def central_then_forward(f, w, h=1.2e-4):
    steps = h * np.eye(w.size)
    slopes = slopes_at(f, w, h)
    return np.array([(slopes_at(f, w + s, h) - slopes) / h for s in steps])


def slopes_at(f, w, h):
    return np.array([(f(w + s) - f(w - s)) / (2 * h) for s in h * np.eye(w.size)])


def upper_triangle(f, w, h=1.2e-4):
    return np.triu(critical_points.hessian(f, w, h))


def without_brackets(f, w, h=6e-6):
    return np.array([f(w + s) - f(w - s) / (2 * h) for s in h * np.eye(w.size)])


def relative_step(f, w, h=6e-6):
    return np.array([(f(w + s) - f(w - s)) / (2 * s.sum()) if s.any() else 0.0
                     for s in np.diag(h * w)])


RIGHT = [
    (complex_hessian, complex_slopes), (complex_hessian, by_gradients),
    (central_gradient, lambda f, w, h=6e-6: critical_points.gradient(f, w, h)),
    (central_gradient, lambda f, w, h=1e-5: list(critical_points.gradient(f, w, h))),
    (central_hessian, lambda f, w, h=1.2e-4: critical_points.hessian(f, w, h)),
    (central_hessian, three_point_diagonal),
    (museum_hessian, moved(add_each)), (museum_hessian, forward_hessian),
    (museum_hessian, critical_points.hessian),
]

WRONG = [
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
    (central_gradient, without_brackets, "brackets round it"),
    (central_gradient, lambda f, w, h=6e-6: h**2 * slopes_at(f, w, h), "divides by 2 only"),
    (central_gradient, relative_step, "the step grows with w"),
    (central_gradient, in_place, "the point w is not the same"),
    (central_gradient, lambda f, w, h=6e-6: (f(w + h) - f(w - h)) / (2 * h), "has shape ()"),
    (central_hessian, partial(curvatures, own=4, mixed=4), "four times too large: the points"),
    (central_hessian, partial(curvatures, mixed=4), "the mixed terms are four times"),
    (central_hessian, partial(curvatures, own=0.25), "the diagonal is four times too small"),
    (central_hessian, partial(curvatures, mixed=0), "no mixed terms"),
    (central_hessian, partial(curvatures, own=-1, mixed=-1), "all signs are turned"),
    (central_hessian, partial(curvatures, own=3), "it is not the Hessian"),
    (central_hessian, upper_triangle, "only the upper triangle"),
    (central_hessian, lambda f, w, h=1.2e-4: upper_triangle(f, w, h).T, "only the lower triangle"),
    (central_hessian, partial(curvatures, own=0), "the diagonal is empty"),
    (central_hessian, lambda f, w, h=1.2e-4: h**4 * critical_points.hessian(f, w, h), "divides by 4 only"),
    (central_hessian, central_then_forward, "central in one coordinate"),
    (central_hessian, lambda f, w, h=1.2e-4: central_then_forward(f, w, h).T, "central in one coordinate"),
    (central_hessian, lambda f, w, h=1.2e-4: museum.museum_hessian(f, w, h).T, "-slope/h is left"),
    (central_hessian, forward_hessian, "a forward difference"),
    (central_hessian, museum.museum_hessian, "-slope/h is left"),
    (central_hessian, product_of_slopes, "a product of two slopes"),
    (central_hessian, with_default(critical_points.hessian, 1e-8), "the default h costs digits"),
    (central_hessian, eigenvalues_only, "has shape (3,)"),
    (museum_hessian, moved(add_nothing), "f(both) and f(one) are the same"),
    (museum_hessian, lambda f, w, h=1e-5: museum.museum_hessian(f, w, h).copy(), "f(both) and f(other) are"),
    (complex_hessian, partial(complex_slopes, over=lambda h, k: h * k), "lie 2k apart"),
    (complex_hessian, partial(complex_slopes, over=lambda h, k: 2 * k), "not divided by h"),
    (complex_hessian, partial(complex_slopes, over=lambda h, k: h), "not divided by 2k"),
    (complex_hessian, partial(complex_slopes, over=lambda h, k: h * k, back=0), "forward difference"),
    (complex_hessian, partial(complex_slopes, part=np.real), "the real part was taken"),
    (complex_hessian, partial(complex_slopes, part=lambda z: z), "take the imaginary part"),
    (complex_hessian, lambda f, w, h=1e-20, k=6e-6: np.diag(np.diag(complex_slopes(f, w, h, k))), "only the diagonal"),
    (complex_hessian, lambda f, w, h=1e-20, k=6e-6: np.triu(complex_slopes(f, w, h, k)), "only one triangle"),
    (complex_hessian, lambda f, w, h=1e-20, k=6e-6: complex_slopes(f, w, 1e-20, k), "the step h that was given"),
    (complex_hessian, lambda f, w, h=1e-20, k=6e-6: complex_slopes(f, w, h, 6e-6), "the step k that was given"),
    (complex_hessian, lambda f, w, h=1e-20, k=6e-6: complex_slopes(f, w), "neither step"),
    (complex_hessian, lambda f, w, h=1e-20, k=1e-2: complex_slopes(f, w, h, k), "the defaults cost digits"),
    (complex_hessian, real_steps, "both steps are real"),
    (complex_hessian, into_a_real_array, "use w + 0j"),
    (complex_hessian, move_w, "it changed the point w"),
    (complex_hessian, lambda f, w, h=1e-20, k=6e-6: complex_gradient(f, w, h), "has shape (3,)"),
    (complex_hessian, lambda f, w, h=1e-20, k=6e-6: np.eye(3), "are not those of complex slopes"),
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
    np.testing.assert_allclose(critical_points.gradient(nb02._cubic, nb02.W), nb02.GRAD, rtol=1e-8)
    np.testing.assert_allclose(critical_points.hessian(nb02._cubic, nb02.W), nb02.HESS, atol=1e-5)


def test_the_hessian_that_the_check_of_02_3_expects_is_that_of_its_quartic():
    H = critical_points.hessian(nb02_complex._quartic, nb02_complex.W)
    np.testing.assert_allclose(H, nb02_complex.HESS, atol=1e-4)
