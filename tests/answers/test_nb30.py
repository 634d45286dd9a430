"""The checks of notebook 30: right answers pass, stubs are not attempted, known mistakes are named.
"""
import numpy as np

from course_lib.checks import nb30


def plateau(grad_norm, low, high, *, radius, tol=0.01, size=lambda low, high: max(-low, high), near=None, bent=None):
    L = size(low, high)
    near = grad_norm <= L * radius if near is None else near(grad_norm, L, radius)
    if not near:
        return "not critical"
    return "saddle" if (low < -tol * L if bent is None else bent(low, L)) else "minimum or flat"


def judging(**settings):
    def verdict(grad_norm, low, high, *, radius, tol=0.01):
        return plateau(grad_norm, low, high, radius=radius, tol=tol, **settings)

    return verdict


def by_distance(grad_norm, low, high, *, radius, tol=0.01):
    sizes = np.abs([low, high])
    with np.errstate(all="ignore"):
        if grad_norm and np.float64(grad_norm) / sizes.max() > radius:
            return "not critical"
    return "minimum or flat" if low >= -tol * sizes.max() else "saddle"


def difference(ahead=1, behind=-1, divide=2.0, value=1):
    def product(fun, w, u, *, h=1e-4):
        return (fun(w + ahead * h * u)[value] - fun(w + behind * h * u)[value]) / (divide * h)

    return product


def by_columns(fun, w, u, *, h=1e-4):
    ends = [fun(w + sign * h * u)[1] for sign in (1, -1)]
    return np.subtract(*ends) / 2 / h


def shifted(sign=-1, give=lambda A, u, size: u @ A(u)):
    def end(product, n, size, *, rng, n_steps=1000):
        u = rng.standard_normal(n)
        for _ in range(n_steps):
            u = product(u) + sign * size * u
            u = u / np.linalg.norm(u)
        return give(product, u, size)

    return end


RIGHT = {
    nb30.hessian_times: [difference(), by_columns],
    nb30.low_end: [
        shifted(),
        shifted(give=lambda A, u, size: u @ (A(u) - size * u) + size),
    ],
    nb30.kind_of_plateau: [plateau, by_distance],
}
WRONG = [
    (nb30.kind_of_plateau, lambda *a, **k: "local minimum", "is none of"),
    (nb30.kind_of_plateau, judging(near=lambda g, L, radius: g <= radius), "with the radius itself"),
    (nb30.kind_of_plateau, judging(size=lambda low, high: high), "only the largest"),
    (nb30.kind_of_plateau, judging(near=lambda g, L, radius: g <= 1e-6), "a fixed bound"),
    (nb30.kind_of_plateau, judging(near=lambda g, L, radius: g <= 1e-3), "a fixed bound"),
    (nb30.kind_of_plateau, judging(bent=lambda low, L: low < 0), "every eigenvalue below 0"),
    (nb30.kind_of_plateau, judging(near=lambda g, L, radius: True), "gradient is not looked at"),
    (nb30.kind_of_plateau, judging(bent=lambda low, L: False), "negative eigenvalue is not looked at"),
    (nb30.kind_of_plateau, judging(bent=lambda low, L: low > 0.01 * L), "sign is turned round"),
    (nb30.kind_of_plateau, lambda *a, **k: "saddle", "not the verdict there"),
    (nb30.hessian_times, difference(behind=0, divide=1), "forward difference"),
    (nb30.hessian_times, difference(ahead=0, divide=1), "backward difference"),
    (nb30.hessian_times, difference(divide=1), "2 h apart, so"),
    (nb30.hessian_times, difference(ahead=-1, behind=1), "sign is turned"),
    (nb30.hessian_times, difference(0.5, -0.5, 2), "half steps"),
    (nb30.hessian_times, difference(0.5, -0.5, 1), "moves are h/2"),
    (nb30.hessian_times, lambda fun, w, u, h: fun(w + h * u)[1] - fun(w - h * u)[1], "not divided"),
    (nb30.hessian_times, lambda fun, w, u, h: difference(value=0)(fun, w, u, h=h) * u, "of losses"),
    (nb30.hessian_times, lambda fun, w, u, h: fun(w)[1], "is the gradient"),
    (nb30.hessian_times, difference(value=0), "something else"),
    (nb30.hessian_times, lambda fun, w, u, h: difference()(fun, w, u, h=1e-3), "not obeyed"),
    (nb30.hessian_times, lambda fun, w, u, h: 3 * u, "that is not"),
    (nb30.low_end, shifted(give=lambda A, u, size: u @ A(u) - size), "added again"),
    (nb30.low_end, shifted(sign=1), "the largest eigenvalue"),
    (nb30.low_end, shifted(give=lambda A, u, size: np.linalg.norm(A(u) - size * u)), "sign of A"),
    (nb30.low_end, shifted(give=lambda A, u, size: u), "one number"),
    (nb30.low_end, lambda A, n, size, *, rng, n_steps: -0.123, "is not -0.123"),
]
