"""Data augmentation: a training image is changed in a way that leaves its label true, anew every
time it is used (Simard et al. 2003, 10.1109/ICDAR.2003.1227801).

Notebooks: 23.
"""
import math

import numpy as np

from course_lib.arguments import array, generator, whole


def shifted(X, most, rng):
    """Return the images, each moved by its own whole number of pixels in each direction.

    X: flat square images (n, side^2), such as (n, 784); they are left as they are.
    most: the largest shift; each of -most ... most is equally likely. What comes in is 0.
    rng: a numpy.random.Generator.
    Raises ValueError unless X holds flat square images and most is a whole number from 0.

    >>> shifted(np.ones((1, 4)), 0, np.random.default_rng(0)).tolist()
    [[1.0, 1.0, 1.0, 1.0]]
    """
    X, most, rng = array("X", X), whole("most", most, least=0), generator(rng)
    side = math.isqrt(X.shape[1]) if X.ndim == 2 else 0
    if side == 0 or side * side != X.shape[1]:
        raise ValueError(f"X must hold flat square images, such as (n, 784), got {X.shape}")
    padded = np.pad(X.reshape(-1, side, side), ((0, 0), (most, most), (most, most)))
    down, right = rng.integers(0, 2 * most + 1, (2, len(X)))
    rows = down[:, None] + np.arange(side)
    columns = right[:, None] + np.arange(side)
    moved = padded[np.arange(len(X))[:, None, None], rows[:, :, None], columns[:, None, :]]
    return moved.reshape(X.shape)
