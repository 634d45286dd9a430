"""Two ways to shorten a gradient that is too long; both return a new array of its dtype.

by_value    g_i cut to [-limit, limit], each coordinate by itself: the direction may turn
by_norm     g min(1, limit / |g|), all coordinates by one factor: the direction stays

Notebooks: 17.
"""
import numpy as np

from course_lib.arguments import array, not_negative


def by_value(g, limit):
    """Cut every coordinate of the gradient to [-limit, limit] (Mikolov 2012, PhD thesis, Brno).

    g: any shape. Raises ValueError for a limit that is negative or not finite.

    >>> by_value(np.array([3.0, 0.5]), limit=1.0).tolist()
    [1.0, 0.5]
    """
    limit = not_negative("limit", limit)
    return np.clip(array("g", g), -limit, limit)


def by_norm(g, limit):
    """Shorten the gradient to the length `limit` if it is longer (Pascanu, Mikolov & Bengio 2013,
    arXiv 1211.5063).

    g: (n,), a network's whole gradient in one flat array for its global norm, or (runs, n), where
    every row is a gradient of its own; the norm is summed in float64. Raises ValueError for another
    shape or a limit as above.

    >>> by_norm(np.array([3.0, 4.0]), limit=1.0).tolist()
    [0.6, 0.8]
    """
    limit, g = not_negative("limit", limit), array("g", g)
    if g.ndim not in (1, 2):
        raise ValueError(
            f"a gradient to clip by its norm must have shape (n,) or (runs, n), got {g.shape}"
        )
    norm = np.sqrt(np.square(g, dtype=np.float64).sum(axis=-1, keepdims=True))
    longest = np.maximum(norm, limit)
    factor = limit / np.where(longest > 0, longest, 1.0)
    return g * factor.astype(np.result_type(g, np.float32))
