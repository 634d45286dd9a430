"""Random symmetric matrices: their variances, the exact probabilities by other routes, the
semicircle, Wilson's interval.
"""
import math

import numpy as np
import pytest

from course_lib.landscapes import random_matrices as rm


def test_the_diagonal_has_twice_the_variance_of_the_rest():
    A = rm.symmetric(4, 50_000, np.random.default_rng(0))
    assert np.array_equal(A, A.swapaxes(1, 2))
    assert np.allclose(A.var(axis=0), 0.5 + 0.5 * np.eye(4), atol=0.03)


@pytest.mark.parametrize("k, value", [(1, 1 / 2), (2, (2 - math.sqrt(2)) / 4),
                                      (3, (math.pi - 2 * math.sqrt(2)) / (4 * math.pi))])
def test_small_dimensions_agree_with_the_closed_forms(k, value):
    assert math.isclose(rm.positive_probability(k), value, rel_tol=1e-14)


def share_of_positive_pivots(k, n, rng):
    """Estimate P by another route: the tridiagonal form of the GOE is positive definite if its
    pivots are.
    """
    d = rng.standard_normal(n)
    alive = d > 0
    for i in range(1, k):
        d = rng.standard_normal(n) - 0.5 * rng.chisquare(k - i, n) / d
        alive &= d > 0
    return alive.mean()


@pytest.mark.parametrize("k", [4, 5])
def test_larger_dimensions_agree_with_the_pivots_of_tridiagonal_matrices(k):
    n, P = 1_000_000, rm.positive_probability(k)
    assert abs(share_of_positive_pivots(k, n, np.random.default_rng(k)) - P) < 4 * math.sqrt(P / n)


@pytest.mark.parametrize("k", [9, 10, 50])
def test_more_digits_change_nothing(k):
    assert float(rm._positive_probability(k, digits=300)) == rm.positive_probability(k)


def test_the_ratio_of_three_neighbours_tends_to_one_over_root_three():
    before, here, after = (rm.positive_probability(k) for k in (29, 30, 31))
    assert math.isclose(before * after / here**2, 3**-0.5, rel_tol=1e-4)


@pytest.mark.parametrize("k", [0, 2.5, 51, math.nan])
def test_other_dimensions_are_refused(k):
    with pytest.raises(ValueError, match=r"^k must be"):
        rm.positive_probability(k)


def test_the_share_is_the_integral_of_the_density():
    x, h = np.linspace(-4, 4, 80_001, retstep=True)
    area = np.cumsum(rm.semicircle(x, 3.0)) * h
    assert np.allclose(area, rm.semicircle_share(x, 3.0), atol=1e-4)
    assert rm.semicircle(np.array([-3.1, 3.1]), 3.0).tolist() == [0, 0]


def test_wilson_ends_are_where_the_truth_is_z_deviations_away():
    for hits, n, z in ((0, 10, 1.96), (3, 10, 1.96), (700, 1000, 1.0), (10, 10, 1.96)):
        for p in rm.wilson(hits, n, z):
            assert p in (0, 1) or math.isclose(
                abs(hits / n - p), z * math.sqrt(p * (1 - p) / n), rel_tol=1e-9
            )
    assert rm.wilson(0, 10)[0] == 0 and rm.wilson(10, 10)[1] == 1


@pytest.mark.parametrize("hits, n", [(-1, 10), (11, 10), (0, 0)])
def test_wilson_refuses_impossible_counts(hits, n):
    said = "hits must be finite|n must be finite and positive|wilson takes 0 <= hits <= n"
    with pytest.raises(ValueError, match=said):
        rm.wilson(hits, n)


def test_the_spacing_ratio_tells_repelling_numbers_from_independent_ones():
    rng = np.random.default_rng(0)
    three = np.linalg.eigvalsh(rm.symmetric(3, 100_000, rng))
    assert abs(rm.spacing_ratio(three) - (4 - 2 * math.sqrt(3))) < 0.004  # exact for k = 3
    uniform = rng.random((2000, 200))
    assert abs(rm.spacing_ratio(uniform) - (2 * math.log(2) - 1)) < 0.004
    assert rm.spacing_ratio(rng.permutation(np.arange(9.0))) == 1


@pytest.mark.parametrize(("eigenvalues", "said"), [
    (1.0, r"shape \(..., k\)"), ([1.0, 2.0], "at least 3"), ([1.0, 1.0, 1.0, 2.0], "three equal numbers"),
])
def test_the_spacing_ratio_needs_two_gaps(eigenvalues, said):
    with pytest.raises(ValueError, match=said):
        rm.spacing_ratio(eigenvalues)
