"""Basins of attraction: which critical point does the run from each start of a grid end at?

    starts = grid(landscape.window, 100)                       10 000 points of the plane
    ends = minimize(landscape, starts, ..., keep_path=False).final
    index = arrival(ends, points)                              -1 where a run ended at none of them

Notebooks: 06, 07.
"""
import numpy as np

from course_lib.arguments import whole
from course_lib.landscapes import critical_points

ELSEWHERE = "#009e73"  # ends that are critical but no minimum: the one colour among greys


def critical(landscape):
    """Return (points, n_minima): the critical points (k, 2) that `critical_points.find` finds,
    minima first.
    """
    points = critical_points.find(landscape, n_starts=11)
    kinds = [critical_points.classify(landscape.grad(p), landscape.hess(p)) for p in points]
    order = np.argsort([kind != "minimum" for kind in kinds], kind="stable")
    return points[order], kinds.count("minimum")


def grid(window, n):
    """Return n * n points of the plane (n*n, 2), evenly over `window` = ((x_low, x_high), (y_low,
    y_high)), ends included.

    Row by row, the lowest row first; mirror images are exact: where the window is symmetric, -w is
    on the grid with w.
    """
    n = whole("n", n, least=2)
    (x0, x1), (y0, y1) = window
    odd = np.arange(1 - n, n, 2) / (n - 1)
    x, y = (x0 + x1) / 2 + (x1 - x0) / 2 * odd, (y0 + y1) / 2 + (y1 - y0) / 2 * odd
    return np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)


def arrival(ends, points, *, tol=0.01):
    """Return for each end (runs, n) the index of the one of `points` (k, n) within `tol` of it, or
    -1 if there is none.

    >>> arrival([[0.0, 1.001], [5.0, 5.0], [np.nan, 0.0]], [[9.0, 9.0], [0.0, 1.0]]).tolist()
    [1, -1, -1]
    """
    ends, points = np.asarray(ends, dtype=float), np.asarray(points, dtype=float)
    if ends.ndim != 2 or points.ndim != 2 or ends.shape[1] != points.shape[1]:
        raise ValueError(
            f"arrival takes ends (runs, n) and points (k, n), got {ends.shape} and {points.shape}"
        )
    distance = np.linalg.norm(ends[:, None] - points, axis=-1)
    distance = np.where(np.isnan(distance), np.inf, distance)
    return np.where(distance.min(axis=1) <= tol, distance.argmin(axis=1), -1)


def draw(ax, index, points, *, n_minima, window):
    """Draw the arrivals (n*n,) of a `grid`: a grey for each of the first `n_minima` points, green
    for the others.

    White marks runs that ended nowhere. Each minimum is a white dot, the other points are crosses.
    """
    from matplotlib.colors import ListedColormap

    greys = [str(level) for level in np.linspace(0.25, 0.88, n_minima)]
    colours = ListedColormap(["white", *greys, ELSEWHERE])
    n = round(len(index) ** 0.5)
    image = np.minimum(index, n_minima).reshape(n, n)
    (x0, x1), (y0, y1) = window
    ax.imshow(image, origin="lower", extent=(x0, x1, y0, y1), cmap=colours, vmin=-1, vmax=n_minima,
              aspect="auto", interpolation="nearest")
    for k, (x, y) in enumerate(points):
        if k < n_minima:
            ax.plot(x, y, "o", color="white", markeredgecolor="black", markeredgewidth=1.5)
        else:
            ax.plot(x, y, "x", color="black", markersize=5, markeredgewidth=1.5)
    ax.set(xlim=(x0, x1), ylim=(y0, y1))
    ax.grid(False)
