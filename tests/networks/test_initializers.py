"""Initialisers: variances within five standard errors of theory, one seed one network in every
precision.
"""
import math

import numpy as np
import pytest

from course_lib.networks.initializers import glorot, he, normal, orthogonal, zeros

SHAPE = (600, 200)  # unequal, so that n_in and n_out cannot be mistaken for each other


@pytest.mark.parametrize("init, variance", [(he, 2 / 600), (glorot, 2 / 800), (normal, 0.01**2)],
                         ids=["he", "glorot", "normal"])
def test_mean_and_variance(init, variance):
    W = init(np.random.default_rng(0), SHAPE, np.float64)
    # A sample variance of n normal numbers has the relative standard error sqrt(2/n), of uniform
    # ones less.
    assert W.var() == pytest.approx(variance, rel=5 * math.sqrt(2 / W.size))
    assert abs(W.mean()) < 5 * math.sqrt(variance / W.size)


def test_glorot_is_uniform_up_to_its_limit():
    W = glorot(np.random.default_rng(1), SHAPE, np.float64)
    limit = math.sqrt(6 / 800)
    assert 0.999 * limit < np.abs(W).max() <= limit
    assert np.mean(np.abs(W) < limit / 2) == pytest.approx(0.5, abs=5 * 0.5 / math.sqrt(W.size))


def test_he_keeps_the_second_moment_through_relu():
    rng = np.random.default_rng(2)
    X = rng.standard_normal((500, 600))
    A = np.maximum(X @ he(rng, SHAPE, np.float64), 0)
    assert (A**2).mean() == pytest.approx((X**2).mean(), rel=0.05)  # 30 seeds: at most 0.019 off


def test_std_is_taken():
    assert normal(np.random.default_rng(3), SHAPE, np.float64, std=3.0).std() == pytest.approx(
        3, rel=0.01
    )


@pytest.mark.parametrize("shape", [(7, 4), (4, 7), (5, 5)])
def test_orthogonal_keeps_lengths_the_way_the_shape_allows(shape):
    W = orthogonal(np.random.default_rng(8), shape, np.float64, gain=2.0)
    gram = W.T @ W if shape[0] >= shape[1] else W @ W.T
    np.testing.assert_allclose(gram, 4 * np.eye(min(shape)), atol=1e-13)


def test_orthogonal_prefers_no_direction():
    """A uniform draw has entries of mean 0; qr alone makes the first entry of the first column
    negative every time.
    """
    first = [
        orthogonal(np.random.default_rng(seed), (3, 3), np.float64)[0, 0] for seed in range(400)
    ]
    assert abs(np.mean(first)) < 5 * math.sqrt(1 / 3 / 400) and np.var(first) == pytest.approx(
        1 / 3, rel=0.2
    )


def test_zeros_draws_nothing():
    rng = np.random.default_rng(4)
    assert not zeros(rng, SHAPE, np.float32).any()
    assert rng.random() == np.random.default_rng(4).random()


@pytest.mark.parametrize("init", [he, glorot, normal, orthogonal, zeros])
def test_one_seed_is_one_network_in_every_precision(init):
    single, double = (
        init(np.random.default_rng(5), (8, 4), dtype) for dtype in (np.float32, np.float64)
    )
    assert single.dtype == np.float32 and double.dtype == np.float64
    assert single.shape == (8, 4) and np.array_equal(single, double.astype(np.float32))


@pytest.mark.parametrize("shape", [(3,), (0, 3), (2, 3, 4)])
@pytest.mark.parametrize("init", [he, glorot, orthogonal])
def test_a_shape_without_fans_is_refused(init, shape):
    with pytest.raises(ValueError, match=rf"{init.__name__} takes a shape \(n_in, n_out\)"):
        init(np.random.default_rng(6), shape)


@pytest.mark.parametrize("std", [-1, math.nan, math.inf])
def test_a_std_that_is_none_is_refused(std):
    with pytest.raises(ValueError, match="std must be finite and not negative"):
        normal(np.random.default_rng(7), (3, 3), std=std)
    with pytest.raises(ValueError, match="gain must be finite and not negative"):
        orthogonal(np.random.default_rng(7), (3, 3), gain=std)


@pytest.mark.parametrize("init", [he, glorot, normal, orthogonal, zeros])
def test_weights_are_float32_unless_asked_for_otherwise(init):
    assert init(np.random.default_rng(0), (3, 2)).dtype == np.float32


@pytest.mark.parametrize("init", [he, glorot, normal, orthogonal])
def test_wrong_types_are_named(init):
    with pytest.raises(TypeError, match=r"rng must be a NumPy Generator, .* got 0"):
        init(0, (3, 2))
    if init is not normal:
        with pytest.raises(ValueError, match=rf"{init.__name__} takes a shape .* got 3"):
            init(np.random.default_rng(0), 3)
        with pytest.raises(TypeError, match="n must be a whole number"):
            init(np.random.default_rng(0), ("a", 3))
