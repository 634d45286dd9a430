"""Find where a gradient vanishes, and say what kind of point it is, or that second derivatives
cannot say.

gradient  df/dw_i       ~ (f(w + h e_i) - f(w - h e_i)) / 2h
          best h near eps^(1/3)
hessian   d2f/dw_i dw_j ~ (f(+i,+j) - f(+i,-j) - f(-i,+j) + f(-i,-j)) / 4h^2
          best h near eps^(1/4)

Notebooks: 01, 06.
"""
import numpy as np

from course_lib.arguments import array, not_negative, positive, whole

EPS = np.finfo(float).eps


def gradient(f, w, h=EPS**(1 / 3)):
    """Return the gradient (n,) of a scalar function `f` at `w` (n,) by central differences of step
    `h` in each coordinate.

    >>> gradient(lambda w: w[0]**2 + 3 * w[1], np.array([2.0, 0.0])).round(6).tolist()
    [4.0, 3.0]
    """
    w = _point(w, h)
    steps = h * np.eye(w.size)
    return np.array([(f(w + s) - f(w - s)) / (2 * h) for s in steps])


def hessian(f, w, h=EPS**(1 / 4)):
    """Return the Hessian (n, n) of a scalar function `f` at `w` (n,) by central differences
    (Nocedal & Wright 2006, ch. 8).

    Both coordinates move together in each difference; without that every mixed derivative would be
    lost.

    >>> hessian(lambda w: w[0] * w[1], np.array([2.0, 5.0])).round(6).tolist()
    [[0.0, 1.0], [1.0, 0.0]]
    """
    w = _point(w, h)
    steps = h * np.eye(w.size)
    return np.array([[(f(w + a + b) - f(w + a - b) - f(w - a + b) + f(w - a - b)) / (4 * h**2)
                      for b in steps] for a in steps])


def classify(g, H, *, g_tol=1e-6, tol=1e-6):
    """Say what kind of point has gradient `g` (n,) and Hessian `H` (n, n).

    Returns 'not critical' if the length of `g` exceeds `g_tol`; 'minimum' or 'maximum' if all
    eigenvalues have that sign; 'saddle' if both signs occur; else 'inconclusive'. An eigenvalue
    within `tol` times the largest in size counts as zero. Raises ValueError for shapes that do not
    match, NaN, or an `H` that is not symmetric.

    >>> classify(np.zeros(2), np.diag([2.0, 0.0]))
    'inconclusive'
    """
    g, H = array("g", g, float), array("H", H, float)
    if g.ndim != 1 or H.shape != (g.size, g.size):
        raise ValueError(
            f"classify takes g of shape (n,) and H of shape (n, n), got {g.shape} and {H.shape}"
        )
    if not (np.isfinite(g).all() and np.isfinite(H).all()):
        raise ValueError("g and H must be finite, got NaN or infinity in them")
    g_tol, tol, scale = not_negative("g_tol", g_tol), not_negative("tol", tol), np.abs(H).max()
    if np.abs(H - H.T).max() > 1e-4 * scale:
        raise ValueError("H must be symmetric, got a matrix that differs from its transpose")
    if np.linalg.norm(g) > g_tol:
        return "not critical"
    eigenvalues = np.linalg.eigvalsh(H)
    up, down = (eigenvalues > tol * scale).any(), (eigenvalues < -tol * scale).any()
    flat = (np.abs(eigenvalues) <= tol * scale).any()
    if up and down:
        return "saddle"
    if flat:
        return "inconclusive"
    return "minimum" if up else "maximum"


def find(landscape, *, n_starts=25, n_steps=100, g_tol=1e-9, apart=1e-3):
    """Return the critical points (k, n) of a landscape inside its window, each once, sorted by
    coordinates.

    Newton's iteration w - H^+ g runs from a grid of `n_starts` points an axis (H^+ is the
    pseudo-inverse); it is drawn to every kind of critical point alike. Points closer than `apart`
    count as one, coordinates within 1e-6 of zero are zero. A grid cannot prove that none was
    missed.
    """
    low, high = np.array(landscape.window).T
    n_starts = whole("n_starts", n_starts)
    axes = [np.linspace(a, b, n_starts) for a, b in landscape.window]
    w = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, landscape.n)
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(whole("n_steps", n_steps, least=0)):
            step = np.linalg.pinv(landscape.hess(w), rcond=1e-15) @ landscape.grad(w)[..., None]
            w = np.clip(w - step[..., 0], low - (high - low), high + (high - low))
    at_zero = np.linalg.norm(landscape.grad(w), axis=-1) <= g_tol
    inside = ((w >= low) & (w <= high)).all(axis=-1)
    found = []
    for point in w[at_zero & inside]:
        if all(np.linalg.norm(point - other) > apart for other in found):
            found.append(point)
    found = np.array(sorted(found, key=lambda p: tuple(p.round(6)))).reshape(-1, landscape.n)
    return np.where(np.abs(found) < 1e-6, 0.0, found)


def ways_down(f, w, radius=0.1):
    """Return on how many separate arcs of a circle round `w` (2,) the loss is below f(w): how many
    valleys lead down.

    f: takes points (..., 2).
    radius: of the circle, of which 360 points are asked.
    A maximum has one arc, the whole circle. Evidence, not a proof: the circle may be too large.

    >>> ways_down(lambda w: w[..., 0]**2 - w[..., 1]**2, np.zeros(2))
    2
    """
    w = array("w", w, float)
    if w.shape != (2,):
        raise ValueError(f"w must be one point of the plane, of shape (2,), got shape {w.shape}")
    angles = np.radians(np.arange(360))
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    lower = f(w + positive("radius", radius) * circle) < f(w)
    if lower.all():
        return 1
    return int((lower & ~np.roll(lower, 1)).sum())


def _point(w, h):
    w = array("w", w, float)
    if w.ndim != 1:
        raise ValueError(f"w must be one finite point of shape (n,), got shape {w.shape}")
    if not np.isfinite(w).all():
        raise ValueError("w must be one finite point of shape (n,), got NaN or infinity in it")
    positive("the step h", h)
    return w
