"""The checks of notebook 12: right answers pass, stubs are not attempted, known mistakes are named.
"""
import math

import numpy as np
from numpy.polynomial import Polynomial

from course_lib.checks import nb12
from course_lib.optimizers import curvature, minimize


def polynomial(lam, t, *, lr, beta, second=None, sign=-1.0):
    before, now = np.ones(len(lam)), 1 - lr * lam if second is None else second(lam, lr, beta)
    if t == 0:
        return before
    for _ in range(t - 1):
        before, now = now, (1 + beta - lr * lam) * now + sign * beta * before
    return now


def with_a_velocity(lam, t, *, lr, beta):
    e, v = np.ones(len(lam)), 0.0
    for _ in range(t):
        v = beta * v + lam * e
        e = e - lr * v
    return e.tolist()


def as_a_run(lam, t, *, lr, beta):
    run = minimize(lambda w: ((w * w * lam).sum(-1) / 2, lam * w), np.ones(len(lam)), "momentum",
                   lr=lr, beta=beta, n_steps=t, tol=None)
    return run.final


def as_a_polynomial(lam, t, *, lr, beta):
    before, now = Polynomial([1.0]), Polynomial([1.0, -lr])
    for _ in range(t):
        before, now = now, Polynomial([1 + beta, -lr]) * now - beta * before
    return before(lam)


def in_place(lam, t, *, lr, beta):
    lam *= lr
    return polynomial(lam, t, lr=1.0, beta=beta)


def q_of(kappa, root=math.sqrt):
    return (root(kappa) - 1) / (root(kappa) + 1)


def count(value, kappa, target):
    t = 0
    while value(q_of(kappa), t) > target:
        t += 1
    return t


def exact(q, t):
    return 2 * q**t / (1 + q**(2 * t))


def inverse_cosh(kappa, target):
    if target >= 1:
        return 0
    return math.ceil(math.acosh(1 / target) / math.log(1 / q_of(kappa))) if kappa > 1 else 1


def plain(kappa, target):
    return count(lambda q, t: ((kappa - 1) / (kappa + 1))**t, kappa, target)


def cg(H, b, w, *, n_steps, ratio=None, r=None, renew=True):
    r = b - H @ w if r is None else r(H, b, w)
    p, path = r, [w]
    for _ in range(n_steps):
        s = r @ r / (p @ H @ p)
        path.append(path[-1] + s * p)
        new = r - s * (H @ p)
        p = new + (new @ new / (r @ r) if ratio is None else ratio(new, r)) * p
        r = new if renew else r
    return np.array(path)


def by_the_gradient(H, b, w, *, n_steps):
    g = H @ w - b
    d, path = -g, [w]
    for _ in range(n_steps):
        s = -(g @ d) / (d @ H @ d)
        path.append(path[-1] + s * d)
        new = H @ path[-1] - b
        d, g = -new + new @ (new - g) / (g @ g) * d, new
    return np.array(path)


def other_ratio(ratio):
    return lambda H, b, w, *, n_steps: cg(H, b, w, n_steps=n_steps, ratio=ratio)


def other_first(first):
    return lambda H, b, w, *, n_steps: cg(H, b, w, n_steps=n_steps, r=first)


def stale(H, b, w, *, n_steps):
    return cg(H, b, w, n_steps=n_steps, renew=False)


def moved(H, b, w, *, n_steps):
    path = [w.copy()]
    for point in cg(H, b, w.copy(), n_steps=n_steps)[1:]:
        w[:] = point
        path.append(w.copy())
    return path


RIGHT = {
    nb12.heavy_ball_polynomial: [polynomial, with_a_velocity, as_a_run, as_a_polynomial],
    nb12.steps_to_target: [lambda kappa, target: count(exact, kappa, target), inverse_cosh,
                           lambda kappa, target: np.int64(inverse_cosh(kappa, target))],
    nb12.conjugate_gradient: [cg, by_the_gradient, curvature.conjugate_gradient, lambda *a, **kw: cg(*a, **kw).tolist(),
                              other_ratio(lambda new, r: new @ (new - r) / (r @ r))],
}

WRONG = [
    (nb12.heavy_ball_polynomial, in_place, "changed the curvatures"),
    (nb12.heavy_ball_polynomial, lambda lam, t, **kw: polynomial(lam, t, **kw)[0], "want 5 values"),
    (nb12.heavy_ball_polynomial, lambda lam, t, *, lr, beta: (1 - lr * lam)**t, "gradient descent"),
    (nb12.heavy_ball_polynomial, lambda lam, t, **kw: polynomial(
        lam, t, **kw, second=lambda lam, lr, beta: 1 + beta - lr * lam), "the first step has"),
    (nb12.heavy_ball_polynomial, lambda lam, t, *, lr, beta: nb12._recurrence(
        lam, t, lr, beta, first=1.0, sign=-1.0), "the other sign"),
    (nb12.heavy_ball_polynomial, lambda lam, t, **kw: polynomial(lam, t + 1, **kw), "too many"),
    (nb12.heavy_ball_polynomial, lambda lam, t, **kw: polynomial(lam, max(t - 1, 0), **kw), "too few"),
    (nb12.heavy_ball_polynomial, lambda lam, t, *, lr, beta: polynomial(
        lam, t, lr=lr * (1 - beta), beta=beta), "lr is multiplied by 1 - beta"),
    (nb12.heavy_ball_polynomial, lambda lam, t, **kw: abs(polynomial(lam, t, **kw)), "the size of the error"),
    (nb12.heavy_ball_polynomial, lambda lam, t, **kw: 0 * lam, "for t = 3, lr = 0.2 and beta = 0.5"),
    (nb12.steps_to_target, lambda kappa, target: [1, 2], "one whole number"),
    (nb12.steps_to_target, lambda *a: count(lambda q, t: 2 / (q**t + q**-t), *a), "for kappa = 1 it divides by zero"),
    (nb12.steps_to_target, lambda kappa, target: math.log(2 / target) / -math.log(q_of(kappa)), "rounded up"),
    (nb12.steps_to_target, plain, "gradient descent needs"),
    (nb12.steps_to_target, lambda *a: count(lambda q, t: q**t, *a), "nearly twice"),
    (nb12.steps_to_target, lambda *a: count(lambda q, t: 2 * q**t, *a), "only nearly"),
    (nb12.steps_to_target, lambda *a: count(exact, *a) - 1, "one step too few"),
    (nb12.steps_to_target, lambda *a: count(exact, *a) + 1, "one step too many"),
    (nb12.steps_to_target, lambda *a: 12, "the smallest t is not 12"),
    (nb12.conjugate_gradient, moved, "changed the matrix, b or start"),
    (nb12.conjugate_gradient, lambda *a, **kw: cg(*a, **kw)[-1], "only one point"),
    (nb12.conjugate_gradient, lambda *a, **kw: cg(*a, **kw)[1:], "make a path of shape (4, 4), not (3, 4)"),
    (nb12.conjugate_gradient, other_ratio(lambda new, r: 0), "steepest descent"),
    (nb12.conjugate_gradient, other_ratio(lambda new, r: r @ r / (new @ new)), "upside down"),
    (nb12.conjugate_gradient, other_ratio(lambda new, r: math.sqrt(new @ new / (r @ r))), "squared lengths"),
    (nb12.conjugate_gradient, other_ratio(lambda new, r: 1), "overwritten before"),
    (nb12.conjugate_gradient, stale, "never renewed"),
    (nb12.conjugate_gradient, other_first(lambda H, b, w: H @ w - b), "uphill"),
    (nb12.conjugate_gradient, other_first(lambda H, b, w: b), "right for w = 0 only"),
    (nb12.conjugate_gradient, other_ratio(lambda new, r: 0.5), "not the points"),
]
