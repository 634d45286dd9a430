"""The matrix products of a network, which are most of its work.

    product(A, B) = [A B1, ..., A Bk]        B = [B1, ..., Bk], a part for every core

Notebooks: none directly.
"""
import functools
import itertools

import numpy as np

from course_lib.machine import cores, together

# A part has at least so many multiplications, about 0.1 ms of them: to wake a thread takes 0.02 ms.
# Measured on two cores, the three products of a layer: 784 x 128 takes 0.9 of the time of one core,
# 784 x 256 0.7, 512 x 512 0.65, 1024 x 1024 0.54.
SHARE = 10_000_000
COLUMNS = 64  # parts start at multiples of this, where BLAS starts a block of its own


def product(A, B, out=None):
    """Return A B, in `out` if it is given; A (m, k), B (k, n).

    Inside `machine.all_cores` a large product is shared by the cores. The bits are those of
    np.matmul on one thread.
    """
    if cores() == 1 or not A.ndim == B.ndim == 2:
        return np.matmul(A, B, out=out)
    parts = min(cores(), A.size * B.shape[1] // SHARE, B.shape[1] // COLUMNS)
    if parts < 2:
        return np.matmul(A, B, out=out)
    if out is None:
        out = np.empty((len(A), B.shape[1]), np.result_type(A, B))
    width = B.shape[1] / parts
    edges = [round(k * width / COLUMNS) * COLUMNS for k in range(parts)] + [B.shape[1]]
    together([functools.partial(np.matmul, A, B[:, start:end], out=out[:, start:end])
              for start, end in itertools.pairwise(edges) if start < end])
    return out
