"""Random symmetric matrices, the Gaussian orthogonal ensemble (GOE): how their eigenvalues lie.

symmetric               A = (G + G^T) / 2, G of independent N(0, 1):
                        variance 1 on the diagonal, 1/2 off it
density of eigenvalues  prod_{i<j} |l_i - l_j| prod_i exp(-l_i^2 / 2) / Z_k
semicircle              2 sqrt(R^2 - x^2) / (pi R^2), with R = sqrt(2k) for large k
P(all positive)         k! Pf(A) / Z_k, with
                        A_ij = int int_{0<x<y} (x^i y^j - x^j y^i) exp(-(x^2 + y^2) / 2) dx dy

Notebooks: 03.
"""
import math
from decimal import Decimal, localcontext
from functools import cache

import numpy as np

from course_lib.arguments import array, checked, generator, not_negative, positive, whole

LARGEST = 50  # beyond it P(all positive) is below what a float64 can hold to full precision


@checked(k=whole, n=whole, rng=lambda name, rng: generator(rng))
def symmetric(k, n, rng):
    """Draw `n` matrices of the GOE, shape (n, k, k): variance 1 on the diagonal and 1/2 off it."""
    G = rng.standard_normal((n, k, k))
    return (G + G.swapaxes(1, 2)) / 2


def wilson(hits, n, z=1.96):
    """Return the interval (low, high) for a probability after `hits` in `n` trials (Wilson 1927,
    10.2307/2276774).

    z = 1.96 covers the truth about 95 times in 100, also where there were few hits, or none.
    Raises ValueError unless 0 <= hits <= n and n > 0.

    >>> [round(float(end), 4) for end in wilson(0, 1000)]
    [0.0, 0.0038]
    """
    if not_negative("hits", hits) > positive("n", n):
        raise ValueError(f"wilson takes 0 <= hits <= n, got hits = {hits}, n = {n}")
    share = hits / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(0.0, middle - half), min(1.0, middle + half)


def semicircle(x, radius):
    """Return the density of Wigner's semicircle law at `x` (Wigner 1958, 10.2307/1970008); zero
    beyond `radius`.
    """
    return 2 * np.sqrt(np.maximum(radius**2 - np.square(x), 0)) / (np.pi * radius**2)


def semicircle_share(x, radius):
    """Return the share of a semicircle's eigenvalues that lie below `x`, a number or an array.

    >>> [round(float(semicircle_share(x, 2.0)), 3) for x in (-3, -1, 0, 1, 3)]
    [0.0, 0.196, 0.5, 0.804, 1.0]
    """
    t = np.clip(np.asarray(x) / radius, -1, 1)
    return 0.5 + (t * np.sqrt(1 - t * t) + np.arcsin(t)) / np.pi


def spacing_ratio(eigenvalues):
    """Return the mean ratio of neighbouring gaps, the smaller over the larger, of each row (..., k)
    (Atas et al. 2013, arXiv 1212.5611).

    It is about 0.53 for eigenvalues of a large random matrix and 0.39 for independent numbers; 1
    for equal gaps. Raises ValueError for rows of fewer than 3 numbers, or with three equal ones.

    >>> float(spacing_ratio([0.0, 1.0, 3.0]))
    0.5
    """
    eigenvalues = array("eigenvalues", eigenvalues, float)
    if eigenvalues.ndim == 0 or eigenvalues.shape[-1] < 3:
        raise ValueError(
            f"eigenvalues must have shape (..., k) with k of at least 3, got {eigenvalues.shape}"
        )
    gaps = np.diff(np.sort(eigenvalues, axis=-1), axis=-1)
    one, other = gaps[..., 1:], gaps[..., :-1]
    larger = np.maximum(one, other)
    if not (larger > 0).all():
        raise ValueError("eigenvalues must not have three equal numbers in a row")
    return (np.minimum(one, other) / larger).mean()


@cache
def positive_probability(k):
    """Return the probability that all eigenvalues of a k x k GOE matrix are positive, exact to
    float64.

    A Pfaffian (de Bruijn 1955) of integrals known in closed form, over the normalising constant of
    Mehta, in decimal arithmetic of 40 + 4k digits, because large terms nearly cancel. Raises
    ValueError unless k is a whole number from 1 to 50.

    >>> [round(positive_probability(k), 6) for k in (1, 2, 3)]
    [0.5, 0.146447, 0.024921]
    """
    k = whole("k", k)
    if k > LARGEST:
        raise ValueError(f"k must be at most {LARGEST}, got {k}")
    return float(_positive_probability(k, digits=40 + 4 * k))


def _positive_probability(k, digits):
    with localcontext() as context:
        context.prec = digits
        pi = _pi()
        gamma = [None, pi.sqrt(), Decimal(1)]  # gamma[m] is the Gamma function at m/2
        for m in range(3, 2 * k + 3):
            gamma.append(gamma[m - 2] * (m - 2) / 2)
        Z = (2 * pi)**k
        Z = Z.sqrt() * math.prod(gamma[j + 2] / gamma[3] for j in range(1, k + 1))
        return math.factorial(k) * _pfaffian(_half_line_integrals(k, pi, gamma)) / Z


def _half_line_integrals(k, pi, gamma):
    """Return the antisymmetric matrix of the A_ij; for odd k bordered by the int_0^inf x^i
    exp(-x^2/2) dx.
    """
    # F[i, j] = int int_{0<x<y} x^i y^j exp(-(x^2 + y^2)/2): integrate by parts, in y, or in x where
    # j = 0
    F = {}
    for i in range(k):
        for j in range(k):
            if j > 0:
                F[i, j] = gamma[i + j] / 2 + (j - 1) * F.get((i, j - 2), 0)
            elif i > 1:
                F[i, 0] = -gamma[i] / 2 + (i - 1) * F[i - 2, 0]
            else:
                F[i, 0] = (pi / 2).sqrt() - pi.sqrt() / 2 if i else pi / 4
    A = [[F[i, j] - F[j, i] for j in range(k)] for i in range(k)]
    if k % 2:
        border = [(Decimal(2)**(i - 1)).sqrt() * gamma[i + 1] for i in range(k)]
        A = [[*row, b] for row, b in zip(A, border, strict=True)]
        A.append([*(-b for b in border), Decimal(0)])
    return A


def _pfaffian(A):
    """Return the Pfaffian by elimination in pairs of rows; no pivot vanishes here, and `A` is used
    up.
    """
    product = Decimal(1)
    for p in range(0, len(A), 2):
        product *= A[p][p + 1]
        for i in range(p + 2, len(A)):
            for j in range(p + 2, len(A)):
                A[i][j] -= (A[p][i] * A[p + 1][j] - A[p + 1][i] * A[p][j]) / A[p][p + 1]
    return product


def _pi():
    """Return pi to the digits of the context, by Machin's formula 16 arctan(1/5) - 4 arctan(1/239).
    """
    def arctan(n):
        total, power, odd = Decimal(0), Decimal(1) / n, 1
        while total + power / odd != total:
            total += power / odd
            power, odd = -power / n**2, odd + 2
        return total

    return 16 * arctan(5) - 4 * arctan(239)
