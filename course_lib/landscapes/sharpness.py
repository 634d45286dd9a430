"""Curvature of a loss with many weights, from gradients alone: the Hessian H is never written down.

    hvp                  H u ~ (g(w + h u) - g(w - h u)) / 2h,  |u| = 1: two gradients a product
    power iteration      u <- H u / |H u|: |H u| -> the largest |eigenvalue|, L
    Lanczos              both ends of the spectrum at once, from the same products: H seen from
                         the span of u, H u, H H u, ...

`fun(w) -> (loss, grad)` is the contract of the course. Use float64: the difference of two gradients
loses digits.

Notebooks: 30, 31.
"""
import math

import numpy as np

from course_lib.arguments import array, generator, not_negative, positive, whole


def hvp(fun, w, u, *, h=None):
    """Return H u (n,) at w (n,) by central differences of the gradient (compare Pearlmutter 1994,
    10.1162/neco.1994.6.1.147, for an exact way).

    h: length of the move; by default eps^(1/3) max(1, |w|), with the eps of w's precision. A kink
    within h of w (ReLU) spoils the product. Raises ValueError for shapes that differ, an h that is
    not positive, a gradient that is not finite.

    >>> hvp(lambda w: (w @ w, 2 * w), np.array([1.0, 5.0]), np.array([3.0, 0.0])).round(6).tolist()
    [6.0, 0.0]
    """
    w, u = array("w", w), array("u", u)
    if w.ndim != 1 or u.shape != w.shape:
        raise ValueError(f"hvp takes w and u of one shape (n,), got {w.shape} and {u.shape}")
    if w.dtype.kind != "f":
        w = w.astype(float)
    length = math.sqrt(u @ u)
    if length == 0:
        return np.zeros_like(w)
    if h is None:
        h = float(np.finfo(w.dtype).eps) ** (1 / 3) * max(1.0, math.sqrt(w @ w))
    h = positive("the step h", h)
    move = (h / length * u).astype(w.dtype)
    ahead = np.array(fun(w + move)[1])  # a copy: fun may return the same array twice
    difference = ahead - fun(w - move)[1]
    if not np.isfinite(difference).all():
        raise ValueError("hvp needs a finite gradient around w, got NaN or infinity in it")
    return difference * (length / (2 * h))


def power_iteration(product, n, *, rng, n_steps=1000, tol=1e-4):
    """Return (eigenvalue, u) of the symmetric n x n matrix behind `product`, u -> A u: the one that
    is largest in size (von Mises & Pollaczek-Geiringer 1929, 10.1002/zamm.19290090105).

    u has length 1. It stops when |A u - eigenvalue u| <= tol |eigenvalue|, or after n_steps
    products; then eigenvalue = u.A u is the best there is. If two eigenvalues of opposite sign are
    equally large, it comes to no end: use `extremes`.
    """
    tol = not_negative("tol", tol)
    u = _unit(generator(rng).standard_normal(whole("n", n)))
    for _ in range(whole("n_steps", n_steps)):
        Au = product(u)
        eigenvalue = float(u @ Au)
        size = np.linalg.norm(Au)
        if size == 0 or np.linalg.norm(Au - eigenvalue * u) <= tol * abs(eigenvalue):
            break
        u = Au / size
    return eigenvalue, u


def lanczos(product, n, *, rng, n_steps=300, tol=1e-4, least=20):
    """Return the smallest and the largest eigenvalue of the symmetric n x n matrix behind
    `product`, u -> A u, and an eigenvector of each: ((low, high), (u_low, u_high)) (Lanczos 1950,
    10.6028/jres.045.026).

    A is projected on the span of u, A u, A A u, ..., where it is a tridiagonal T. The ends of T's
    spectrum move outwards, towards those of A, and can never change places. It stops when both
    residuals |A u - eigenvalue u| are at most tol times the largest |eigenvalue|, but not before
    `least` products, because a single outlier hides in a random u at first; or when the span is
    whole, or after n_steps products. rng draws the start.

    >>> A = np.diag([1.0] * 1999 + [1.5])
    >>> ends, _ = lanczos(lambda u: A @ u, 2000, rng=np.random.default_rng(0))
    >>> np.round(ends, 6).tolist()
    [1.0, 1.5]
    """
    from scipy.linalg import eigh_tridiagonal

    n, tol, n_steps = whole("n", n), not_negative("tol", tol), whole("n_steps", n_steps)
    basis, diagonal, beside = [_unit(generator(rng).standard_normal(n))], [], []
    for k in range(1, min(n, n_steps) + 1):
        new = np.array(product(basis[-1]), float)
        diagonal.append(float(basis[-1] @ new))
        for _ in range(2):  # twice is enough against rounding
            new -= np.array(basis).T @ (np.array(basis) @ new)
        values, vectors = eigh_tridiagonal(diagonal, beside)
        rest, size = float(np.linalg.norm(new)), np.abs(values).max()
        residuals = rest * np.abs(vectors[-1, [0, -1]])
        settled = k >= least and residuals.max() <= tol * size
        if settled or rest <= 1e-9 * size or k == min(n, n_steps):
            break
        beside.append(rest)
        basis.append(new / rest)
    ends = vectors[:, [0, -1]].T @ np.array(basis)
    return (float(values[0]), float(values[-1])), (_unit(ends[0]), _unit(ends[1]))


def sharpness(fun, w, *, rng, n_steps=300, tol=1e-4):
    """Return the largest eigenvalue of the Hessian of fun at w, the "sharpness" (Cohen et al. 2021,
    arXiv 2103.00065).
    """
    return extremes(fun, w, rng=rng, n_steps=n_steps, tol=tol)[0][1]


def extremes(fun, w, *, rng, n_steps=300, tol=1e-4):
    """Return the smallest and the largest eigenvalue of the Hessian of fun at w (n,), and an
    eigenvector of each: ((low, high), (u_low, u_high)), by `lanczos` on `hvp`.

    tol: stop when both residuals |H u - eigenvalue u| are at most tol times the largest
        |eigenvalue|. At most n_steps products, of which all n_steps vectors of length n are kept.
    rng draws the start.
    """
    w = array("w", w, float)
    return lanczos(lambda u: hvp(fun, w, u), w.size, rng=rng, n_steps=n_steps, tol=tol)


def _unit(u):
    return u / np.linalg.norm(u)
