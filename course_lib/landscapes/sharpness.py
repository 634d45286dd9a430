"""Curvature of a loss with many weights, from gradients alone: the Hessian H is never written down.

    hvp                  H u ~ (g(w + h u) - g(w - h u)) / 2h,  |u| = 1: two gradients a product
    power iteration      u <- H u / |H u|: |H u| -> the largest |eigenvalue|, L
    the two ends         the same with H + L (largest eigenvalue) and with H - L (smallest),
                         whose eigenvalues have one sign

`fun(w) -> (loss, grad)` is the contract of the course. Use float64: the difference of two gradients
loses digits.

Notebooks: 17.
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


def sharpness(fun, w, *, rng, n_steps=1000, tol=1e-4):
    """Return the largest eigenvalue of the Hessian of fun at w, the "sharpness" (Cohen et al. 2021,
    arXiv 2103.00065).
    """
    return extremes(fun, w, rng=rng, n_steps=n_steps, tol=tol)[0][1]


def extremes(fun, w, *, rng, n_steps=1000, tol=1e-4):
    """Return the smallest and the largest eigenvalue of the Hessian of fun at w (n,), and an
    eigenvector of each: ((low, high), (u_low, u_high)).

    tol: stop when the residual |H u - eigenvalue u| is at most tol times the largest |eigenvalue|.
    At most n_steps products for each of three power iterations. rng draws the starts.
    """
    w, rng, n_steps = array("w", w, float), generator(rng), whole("n_steps", n_steps)
    tol = not_negative("tol", tol)

    def times(u):
        return hvp(fun, w, u)

    size = _size(times, w.size, rng, n_steps)
    (high, u_high), (low, u_low) = (
        power_iteration(lambda u, s=s: times(u) + s * u, w.size, rng=rng, n_steps=n_steps,
                        tol=tol / 2) for s in (size, -size))
    return (low + size, high - size), (u_low, u_high)


def _size(product, n, rng, n_steps):
    """Return a number slightly above the largest |eigenvalue|: |A u| settles even where the sign
    does not.
    """
    u, size = _unit(rng.standard_normal(n)), 0.0
    for _ in range(n_steps):
        Au = product(u)
        before, size = size, float(np.linalg.norm(Au))
        if size == 0 or abs(size - before) <= 1e-3 * size:
            break
        u = Au / size
    return 1.02 * size


def _unit(u):
    return u / np.linalg.norm(u)
