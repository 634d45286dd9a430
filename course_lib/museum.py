"""The bug museum: faulty functions after published teaching material, kept for learners to repair.

Use none of them for anything else. Each docstring names the fault; a test proves that the fault is there.
"""
import numpy as np


def museum_hessian(f, w, h=1e-5):
    """Return what was meant to be the Hessian (n, n) of a scalar `f` at `w` (n,), by forward differences.

    The fault: no evaluation moves coordinates i and j together (`both` moves i alone), so f(both) and f(one)
    cancel. Left is -(f(w + h e_j) - f(w)) / h^2 = -(df/dw_j)/h - (d2f/dw_j^2)/2 - O(h): a slope over h.

    >>> museum_hessian(lambda w: w[0] * w[1], np.array([2.0, 5.0])).round().tolist()  # true: [[0, 1], [1, 0]]
    [[-500000.0, -200000.0], [-500000.0, -200000.0]]
    """
    H = np.zeros((w.size, w.size))
    for i in range(w.size):
        for j in range(w.size):
            both, one, other = w.copy(), w.copy(), w.copy()
            both[i] += h
            one[i] += h
            other[j] += h
            H[i, j] = (f(both) - f(one) - f(other) + f(w)) / h**2
    return H
