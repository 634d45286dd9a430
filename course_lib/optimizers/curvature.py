"""Methods that use curvature, and the fastest methods that use gradients alone on a quadratic.

newton       d = -H^(-1) g
saddle_free  d = -|H|^(-1) g,  |H| = Q |Lambda| Q^T
armijo       halve lr until f(w + lr d) <= f(w) + c lr g.d
chebyshev    w_(t+1) = w_t + (omega_t - 1)(w_t - w_(t-1)) - omega_t g_t / centre,
             centre = (mu + L)/2
conjugate_gradient   each p is H-orthogonal to those before, with the exact step along it

A direction is a function (g, H) -> d; `newton_like_rule` and `line_search` turn it into an update
rule for `descent.minimize`.

Notebooks: 07, 12, 32.
"""
import functools

import numpy as np

from course_lib.arguments import array, checked, not_negative, positive, whole


def newton(g, H):
    """Newton's direction: to the critical point of the quadratic model, of whatever kind (Nocedal &
    Wright 2006, ch. 3).

    g: (..., n), H: (..., n, n); returns (..., n). ValueError for shapes that do not fit or an H
    that cannot be inverted.

    >>> newton(np.array([2.0, 2.0]), np.diag([2.0, -4.0])).tolist()
    [-1.0, 0.5]
    """
    g, H = _fitting(g, H)
    try:
        return -np.linalg.solve(H, g[..., None])[..., 0]
    except np.linalg.LinAlgError:
        raise ValueError(
            "newton needs an H that can be inverted, got one with an eigenvalue 0"
        ) from None


def saddle_free(g, H, *, floor=1e-8):
    """Saddle-free Newton: each eigenvalue of H by its size, so that d always points downhill
    (Dauphin et al. 2014, arXiv 1406.2572).

    g: (..., n), H: (..., n, n) symmetric; returns (..., n).
    floor: the least |eigenvalue| to divide by, positive.

    >>> saddle_free(np.array([2.0, 2.0]), np.diag([2.0, -4.0])).tolist()
    [-1.0, -0.5]
    """
    g, H = _fitting(g, H)
    floor = positive("floor", floor)
    if not np.isfinite(H).all():
        raise ValueError(f"saddle_free needs a finite H, got {H.tolist()}")
    eigenvalues, Q = np.linalg.eigh(H)
    sizes = np.maximum(np.abs(eigenvalues), floor)
    components = (np.swapaxes(Q, -1, -2) @ g[..., None])[..., 0]
    return -(Q @ (components / sizes)[..., None])[..., 0]


def armijo(fun, w, d, *, lr=1.0, c=1e-4):
    """Return the first of lr, lr/2, lr/4, ... that gains at least the share c of what the slope
    promises (Armijo 1966, 10.2140/pjm.1966.16.1).

    fun: w -> (loss, grad).
    w, d: (n,).
    Raises ValueError for a loss or slope that is not finite, a d that does not point downhill, or c
        outside (0, 1). It ends, for at the latest w + lr d rounds to w, which passes.
    """
    w, d, lr = array("w", w), array("d", d), not_negative("lr", lr)
    if w.shape != d.shape:
        raise ValueError(f"w and d must have one shape, got {w.shape} and {d.shape}")
    loss, g = fun(w)
    slope = (g * d).sum()
    if not (np.isfinite(loss) and -np.inf < slope < 0 and 0 < c < 1):
        raise ValueError("armijo needs a finite loss, g.d < 0 (downhill) and c in (0, 1), "
                         f"got loss {loss:.3g}, g.d = {slope:.3g} and c = {c}")
    while not fun(w + lr * d)[0] <= loss + c * lr * slope:
        lr = lr / 2
    return lr


def newton_like_rule(direction, hess):
    """Return the update rule w + lr d, d = direction(g, hess(w)); starts in batches where
    `direction` takes them.
    """
    def step(w, g, state, *, lr):
        return w + lr * direction(g, hess(w)), {}

    return step


def line_search(fun, direction, hess, *, c=1e-4):
    """Return the update rule w + s d for one run, s found by `armijo` from lr down;
    `state["rates"]` lists every s.
    """
    def step(w, g, state, *, lr):
        d = direction(g, hess(w))
        s = armijo(fun, w, d, lr=lr, c=c)
        return w + s * d, {"rates": [*state.get("rates", []), s]}

    return step


@checked(w=array, mu=not_negative, L=not_negative, n_steps=functools.partial(whole, least=0))
def chebyshev(grad, w, *, mu, L, n_steps):
    """Return the path (n_steps + 1, n) of the Chebyshev iteration (Golub & Varga 1961,
    10.1007/BF01386013).

    grad: gradient of a quadratic with eigenvalues in [mu, L], the same for any number of steps. It
    is heavy ball with coefficients that change: those of the best constant heavy ball are its
    limit.
    """
    if not 0 < mu <= L < np.inf:
        raise ValueError(f"0 < mu <= L must hold, both finite, got mu = {mu}, L = {L}")
    centre, spread = (L + mu) / 2, (L - mu) / (L + mu)
    path = [np.array(w, dtype=float)]
    omega = 1.0
    for t in range(1, n_steps + 1):
        before = path[max(t - 2, 0)]
        move = (omega - 1) * (path[-1] - before)
        path.append(path[-1] + move - omega / centre * grad(path[-1]))
        omega = 1 / (1 - spread**2 * omega / (2 if t == 1 else 4))
    return np.array(path)


def conjugate_gradient(H, b, w, *, n_steps, tol=0.0):
    """Return the path (steps+1, n) of conjugate gradient on 0.5 w^T H w - b.w (Hestenes & Stiefel
    1952, 10.6028/jres.049.044).

    H: symmetric positive definite, anything that H @ p works for.
    b, w: (n,). It stops early where |b - H w| <= tol.
    Raises ValueError for shapes that do not fit or a direction along which H is not positive.

    >>> H, b = np.diag([1.0, 9.0]), np.array([1.0, 9.0])
    >>> conjugate_gradient(H, b, np.zeros(2), n_steps=2)[-1].round(9).tolist()
    [1.0, 1.0]
    """
    H, b, w = _system(H, b, w)
    r = b - H @ w
    p, path = r, [w]
    for _ in range(whole("n_steps", n_steps, least=0)):
        if np.linalg.norm(r) <= tol:
            break
        Hp = H @ p
        s = (r @ r) / _positive(p @ Hp)
        path.append(path[-1] + s * p)
        r_next = r - s * Hp
        p = r_next + (r_next @ r_next) / (r @ r) * p
        r = r_next
    return np.array(path)


def _fitting(g, H):
    g, H = array("g", g, float), array("H", H, float)
    if g.ndim < 1 or H.shape != (*g.shape, g.shape[-1]):
        raise ValueError(
            f"a gradient (..., n) needs a Hessian (..., n, n), got shapes {g.shape} and {H.shape}"
        )
    return g, H


def _system(H, b, w):
    H = array("H", H) if isinstance(H, (list, tuple)) else H
    b, w = np.array(array("b", b), dtype=float), np.array(array("w", w), dtype=float)
    if b.ndim != 1 or w.shape != b.shape or H.shape != (b.size, b.size):
        raise ValueError(f"H must be (n, n), b and w (n,), got {H.shape}, {b.shape} and {w.shape}")
    if not (np.isfinite(b).all() and np.isfinite(w).all()):
        raise ValueError("b and w must be finite, got NaN or infinity in them")
    return H, b, w


def _positive(curvature):
    if not curvature > 0:
        raise ValueError("conjugate gradient needs a positive definite H, "
                         f"got curvature {curvature:.3g} along a direction")
    return curvature
