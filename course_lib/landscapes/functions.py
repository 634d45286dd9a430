"""Test functions with exact gradient, Hessian and minima. A landscape obeys the contract of the
course:

    loss, grad = landscape(w)          # w of shape (n,) or (..., n): any number of points at once

`landscape.fun(w)`, `.grad(w)` and `.hess(w)` give the value (...), the gradient (..., n) and the
Hessian (..., n, n) alone. Two functions without a Hessian, on which methods fail or are slow, obey
the contract too:

    chain        L/4 (0.5 (w_1^2 + (w_1 - w_2)^2 + ... + w_n^2) - w_1), plus a constant that makes
                 its minimum 0
    two_slopes   one variable; its slope is 25 x below 1, x + 24 up to 2, 25 x - 24 from there on

Notebooks: 00, 01, 04, 05, 06, 07, 10, 11, 12, 13, 14, 15, 16, 17.
"""
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from course_lib.arguments import array, not_negative, positive, whole


@dataclass(frozen=True)
class Landscape:
    """A function of n variables.

    minima: its known local minima, each (n,).
    window: the (low, high) of each axis worth plotting.
    """

    name: str
    fun: Callable
    grad: Callable
    hess: Callable
    minima: tuple
    window: tuple
    n: int = 2

    def __call__(self, w):
        """Return (loss, grad) at the point or points `w`, shape (..., n); ValueError for another
        last axis.

        >>> loss, grad = SADDLE([2.0, 1.0])
        >>> float(loss), grad.tolist()
        (3.0, [4.0, -2.0])
        """
        w = np.asarray(w, dtype=float)
        if w.ndim == 0 or w.shape[-1] != self.n:
            raise ValueError(f"{self.name} takes points of shape (..., {self.n}), got {w.shape}")
        return self.fun(w), self.grad(w)


def _xy(w):
    w = np.asarray(w, dtype=float)
    return w[..., 0], w[..., 1]


def _vector(*parts):
    return np.stack(np.broadcast_arrays(*parts), axis=-1)


def _matrix(fxx, fxy, fyy):
    fxx, fxy, fyy = np.broadcast_arrays(fxx, fxy, fyy)
    return np.stack([_vector(fxx, fxy), _vector(fxy, fyy)], axis=-2)


def _plane(name, fun, grad, hess, minima, window):
    """Make a Landscape of two variables from functions of x and y; `hess` returns fxx, fxy, fyy."""
    return Landscape(name, lambda w: fun(*_xy(w)), lambda w: _vector(*grad(*_xy(w))),
                     lambda w: _matrix(*hess(*_xy(w))),
                     tuple(np.array(m, dtype=float) for m in minima), window)


def _line(name, fun, slope, curvature, minima, window):
    """Make a Landscape of one variable x; points keep their last axis, of length 1."""
    def x(w):
        return np.asarray(w, dtype=float)[..., 0]

    return Landscape(name, lambda w: fun(x(w)), lambda w: slope(x(w))[..., None],
                     lambda w: curvature(x(w))[..., None, None],
                     tuple(np.array([m]) for m in minima), (window,), n=1)


def quadratic(eigenvalues, angle=0.0):
    """Return 0.5 w^T H w, H with these eigenvalues; in the plane its axes are turned by `angle`
    radians.

    Raises ValueError for eigenvalues that are not a finite vector, or an angle in other than two
    dimensions.

    >>> quadratic([1.0, 10.0]).hess(np.zeros(2)).tolist()
    [[1.0, 0.0], [0.0, 10.0]]
    """
    eigenvalues = array("eigenvalues", eigenvalues, float)
    n = eigenvalues.size
    if eigenvalues.ndim != 1 or n == 0 or not np.isfinite(eigenvalues).all():
        raise ValueError(
            f"eigenvalues must be a vector of finite numbers, got {eigenvalues.tolist()}"
        )
    if angle and n != 2:
        raise ValueError(f"an angle turns a quadratic of 2 variables, got {n} eigenvalues")
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    Q = turn if angle else np.eye(n)
    H = (Q * eigenvalues) @ Q.T

    def grad(w):
        return (np.asarray(w, dtype=float)[..., None, :] * H).sum(-1)

    return Landscape("quadratic", lambda w: 0.5 * (w * grad(w)).sum(-1), grad,
                     lambda w: np.broadcast_to(H, (*np.shape(w)[:-1], n, n)),
                     (np.zeros(n),) if (eigenvalues > 0).all() else (), ((-1.5, 1.5),) * n, n)


def huber(L=1.0, delta=1.0):
    """Return a parabola of curvature L for |x| <= delta that goes on as its tangent lines: the
    worst case of notebook 03.
    """
    L, delta = positive("L", L), positive("delta", delta)

    def fun(x):
        return np.where(abs(x) <= delta, 0.5 * L * x * x, L * delta * (abs(x) - 0.5 * delta))

    return _line("Huber", fun, lambda x: L * np.clip(x, -delta, delta),
                 lambda x: L * (abs(x) <= delta), (0.0,), (-4 * delta, 4 * delta))


# Powers are written as products: they give the same bits for one point and for thousands, which
# x**3 does not promise.
ROSENBROCK = _plane(
    "Rosenbrock", lambda x, y: (1 - x) * (1 - x) + 100 * (y - x * x) * (y - x * x),
    lambda x, y: (-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)),
    lambda x, y: (2 - 400 * y + 1200 * x * x, -400 * x, 200.0),
    [(1, 1)], ((-1.6, 1.6), (-0.6, 2.2)))


def _himmelblau_terms(x, y):
    return x * x + y - 11, x + y * y - 7


def _himmelblau(x, y):
    a, b = _himmelblau_terms(x, y)
    return a * a + b * b


def _himmelblau_grad(x, y):
    a, b = _himmelblau_terms(x, y)
    return 4 * x * a + 2 * b, 2 * a + 4 * y * b


HIMMELBLAU = _plane(
    "Himmelblau", _himmelblau, _himmelblau_grad,
    lambda x, y: (12 * x * x + 4 * y - 42, 4 * (x + y), 12 * y * y + 4 * x - 26),
    [(3, 2), (-2.805118086952745, 3.131312518250573), (-3.779310253377747, -3.283185991286170),
     (3.584428340330492, -1.848126526964404)], ((-5.0, 5.0), (-5.0, 5.0)))


def _beale_terms(x, y):
    """Yield each residual r = c - x (1 - y^k) with its derivatives r_x, r_y, r_xy, r_yy (r_xx = 0).
    """
    zero, one = 0 * y, 1 + 0 * y
    yield 1.5 - x * (1 - y), y - 1, x * one, one, zero
    yield 2.25 - x * (1 - y * y), y * y - 1, 2 * x * y, 2 * y, 2 * x
    yield 2.625 - x * (1 - y * y * y), y * y * y - 1, 3 * x * y * y, 3 * y * y, 6 * x * y


BEALE = _plane(
    "Beale", lambda x, y: sum(r * r for r, *_ in _beale_terms(x, y)),
    lambda x, y: (sum(2 * r * rx for r, rx, *_ in _beale_terms(x, y)),
                  sum(2 * r * ry for r, _, ry, *_ in _beale_terms(x, y))),
    lambda x, y: (sum(2 * rx * rx for _, rx, *_ in _beale_terms(x, y)),
                  sum(2 * (rx * ry + r * rxy) for r, rx, ry, rxy, _ in _beale_terms(x, y)),
                  sum(2 * (ry * ry + r * ryy) for r, _, ry, _, ryy in _beale_terms(x, y))),
    [(3, 0.5)], ((-1.0, 4.5), (-1.5, 1.5)))

SADDLE = _plane("saddle x^2 - y^2", lambda x, y: x * x - y * y, lambda x, y: (2 * x, -2 * y),
                lambda x, y: (2.0 + 0 * x, 0.0, -2.0), [], ((-1.5, 1.5), (-1.5, 1.5)))

MONKEY_SADDLE = _plane("monkey saddle x^3 - 3xy^2", lambda x, y: x * x * x - 3 * x * y * y,
                       lambda x, y: (3 * x * x - 3 * y * y, -6 * x * y),
                       lambda x, y: (6 * x, -6 * y, -6 * x), [], ((-1.5, 1.5), (-1.5, 1.5)))

QUARTIC = _plane("x^4 + y^2", lambda x, y: x * x * x * x + y * y,
                 lambda x, y: (4 * x * x * x, 2 * y), lambda x, y: (12 * x * x, 0.0, 2.0), [(0, 0)],
                 ((-1.5, 1.5), (-1.5, 1.5)))

QUINTIC = _plane("x^5 + 2y^2 - 4xy", lambda x, y: x * x * x * x * x + 2 * y * y - 4 * x * y,
                 lambda x, y: (5 * x * x * x * x - 4 * y, 4 * y - 4 * x),
                 lambda x, y: (20 * x * x * x, -4.0, 4.0),
                 [(0.8**(1 / 3), 0.8**(1 / 3))], ((-0.8, 1.6), (-0.8, 1.6)))

CAMEL = _plane(
    "three-hump camel",
    lambda x, y: 2 * x * x - 1.05 * x * x * x * x + x * x * x * x * x * x / 6 + x * y + y * y,
    lambda x, y: (4 * x - 4.2 * x * x * x + x * x * x * x * x + y, x + 2 * y),
    lambda x, y: (4 - 12.6 * (x * x) + 5 * (x * x) * (x * x), 1.0, 2.0),
    [(-1.74755234581, 0.873776172905), (0, 0), (1.74755234581, -0.873776172905)],
    ((-2.2, 2.2), (-2.2, 2.2)))

CUBIC = _line("x^3", lambda x: x * x * x, lambda x: 3 * x * x, lambda x: 6 * x, (), (-1.5, 1.5))

X_COS = _line("x cos(pi x)", lambda x: x * np.cos(np.pi * x),
              lambda x: np.cos(np.pi * x) - np.pi * x * np.sin(np.pi * x),
              lambda x: -2 * np.pi * np.sin(np.pi * x) - np.pi**2 * x * np.cos(np.pi * x),
              (-0.2738526868008509, 1.0904082219467213), (-1.0, 2.0))


def chain(n, L=1.0):
    """Return the chain of n weights on which every method that moves along gradients is slow
    (Nesterov 2018, 10.1007/978-3-319-91578-4, section 2.1.2).

    It is convex and L-smooth; from zero, t steps move the first t weights only. Points have shape
    (..., n).

    >>> loss, grad = chain(3)(np.zeros(3))
    >>> float(loss), grad.tolist()
    (0.09375, [-0.25, 0.0, 0.0])
    """
    n, L = whole("n", n), not_negative("L", L)

    def fun(w):
        w = np.asarray(w, dtype=float)
        ends = np.zeros((*w.shape[:-1], 1))
        right, left = (np.concatenate(both, axis=-1)
                       for both in ([w[..., 1:], ends], [ends, w[..., :-1]]))
        pulled = 2 * w - right - left
        loss = L / 4 * (0.5 * (w * pulled).sum(axis=-1) - w[..., 0]) + L / 8 * (1 - 1 / (n + 1))
        grad = L / 4 * pulled
        grad[..., 0] -= L / 4
        return loss, grad

    return fun


def two_slopes(w):
    """Return (loss, grad) of a function with curvatures 1 and 25 on which heavy ball cycles
    (Lessard, Recht & Packard 2016, arXiv 1408.3595); w: (..., 1).

    >>> loss, grad = two_slopes(np.array([2.0]))
    >>> float(loss), grad.tolist()
    (38.0, [26.0])
    """
    x = np.asarray(w, dtype=float)[..., 0]
    pieces = [x < 1, x < 2]
    loss = np.select(pieces, [12.5 * x * x, 0.5 * x * x + 24 * x - 12], 12.5 * x * x - 24 * x + 36)
    slope = np.select(pieces, [25 * x, x + 24], 25 * x - 24)
    return loss, slope[..., None]
