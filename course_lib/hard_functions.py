"""Two functions on which methods fail or are slow, as notebook 06 shows. Both obey the contract: w -> (loss, grad).

chain        L/4 (0.5 (w_1^2 + (w_1 - w_2)^2 + ... + w_n^2) - w_1), plus a constant that makes its minimum 0
two_slopes   one variable; its slope is 25 x below 1, x + 24 up to 2, and 25 x - 24 from there on
"""
import numpy as np

from .arguments import count, rate


def chain(n, L=1.0):
    """Return the chain of n weights on which every method that moves along gradients is slow (Nesterov 2018,
    10.1007/978-3-319-91578-4, section 2.1.2).

    It is convex and L-smooth; from zero, t steps move the first t weights only. Points have shape (..., n).

    >>> loss, grad = chain(3)(np.zeros(3))
    >>> float(loss), grad.tolist()
    (0.09375, [-0.25, 0.0, 0.0])
    """
    n, L = count("n", n), rate("L", L)

    def fun(w):
        ends = np.zeros((*w.shape[:-1], 1))
        pulled = 2 * w - np.concatenate([w[..., 1:], ends], axis=-1) - np.concatenate([ends, w[..., :-1]], axis=-1)
        loss = L / 4 * (0.5 * (w * pulled).sum(axis=-1) - w[..., 0]) + L / 8 * (1 - 1 / (n + 1))
        grad = L / 4 * pulled
        grad[..., 0] -= L / 4
        return loss, grad

    return fun


def two_slopes(w):
    """Return (loss, grad) of a function with curvatures 1 and 25 on which heavy ball cycles (Lessard, Recht & Packard
    2016, arXiv 1408.3595); w: (..., 1).

    >>> loss, grad = two_slopes(np.array([2.0]))
    >>> float(loss), grad.tolist()
    (38.0, [26.0])
    """
    x = w[..., 0]
    pieces = [x < 1, x < 2]
    loss = np.select(pieces, [12.5 * x * x, 0.5 * x * x + 24 * x - 12], 12.5 * x * x - 24 * x + 36)
    slope = np.select(pieces, [25 * x, x + 24], 25 * x - 24)
    return loss, slope[..., None]
