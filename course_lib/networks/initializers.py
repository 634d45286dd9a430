"""An initialiser draws the starting weights of a layer: mean 0, and a variance that sets how a
signal grows.

    he          variance 2 / n_in              keeps E[x^2] through dense layers with ReLU
    glorot      variance 2 / (n_in + n_out)    a compromise between forward and backward
    orthogonal  rows or columns orthonormal    keeps the length of x in x W, where n_in <= n_out
    normal      variance std^2                 chosen by hand
    zeros       variance 0                     for biases; for weights it makes all units alike

Each takes (rng, shape, dtype), shape = (n_in, n_out). The draw is made in float64 and rounded to
dtype, so that one seed gives one network in every precision.

Notebooks: 18, 20.
"""
import math

import numpy as np

from course_lib.arguments import generator, not_negative, whole


def _fans(name, shape):
    if np.ndim(shape) != 1 or len(shape) != 2 or min(whole("n", n, least=0) for n in shape) < 1:
        raise ValueError(f"{name} takes a shape (n_in, n_out), both at least 1, got {shape}")
    return shape


def he(rng, shape, dtype=np.float32):
    """Normal with variance 2/n_in (He et al. 2015, arXiv 1502.01852, eq. 10)."""
    n_in, _ = _fans("he", shape)
    return (math.sqrt(2 / n_in) * generator(rng).standard_normal(shape)).astype(dtype)


def glorot(rng, shape, dtype=np.float32):
    """Uniform with variance 2/(n_in + n_out): |w| < sqrt(6/(n_in + n_out)) (Glorot & Bengio 2010,
    PMLR 9).
    """
    n_in, n_out = _fans("glorot", shape)
    limit = math.sqrt(6 / (n_in + n_out))
    return generator(rng).uniform(-limit, limit, shape).astype(dtype)


def orthogonal(rng, shape, dtype=np.float32, *, gain=1.0):
    """`gain` times a matrix whose rows or columns, whichever are fewer, are orthonormal, uniform
    among all of these (Saxe et al. 2014, arXiv 1312.6120). ValueError if gain is negative or NaN.
    """
    n_in, n_out = _fans("orthogonal", shape)
    Q, R = np.linalg.qr(generator(rng).standard_normal((max(n_in, n_out), min(n_in, n_out))))
    # Without the signs, some orthogonal matrices would come more often than others.
    Q *= np.sign(np.diag(R))
    return (not_negative("gain", gain) * (Q if n_in >= n_out else Q.T)).astype(dtype)


def normal(rng, shape, dtype=np.float32, *, std=0.01):
    """Normal with the standard deviation `std`, whatever the shape; ValueError if it is negative or
    NaN.
    """
    return (not_negative("std", std) * generator(rng).standard_normal(shape)).astype(dtype)


def zeros(rng, shape, dtype=np.float32):
    """All zeros; nothing is drawn from `rng`."""
    return np.zeros(shape, dtype)
