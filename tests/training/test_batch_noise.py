"""The floor is where a recursion settles, the two-batch estimates are unbiased, the exact parts are
those of examples.
"""
import itertools

import numpy as np
import pytest

from course_lib.networks.network import mlp
from course_lib.optimizers import minimize
from course_lib.training import batch_noise


@pytest.mark.parametrize("lr", [0.01, 0.4, 0.9])
def test_the_floor_is_where_the_recursion_settles(lr):
    lam, sigma, batch_size, square = 2.0, 3.0, 5, 0.0
    for _ in range(5000):
        square = (1 - lr * lam)**2 * square + lr**2 * sigma**2 / batch_size
    assert batch_noise.sgd_floor(lr, lam=lam, sigma=sigma, batch_size=batch_size) == pytest.approx(
        square, rel=1e-12
    )


def test_the_floor_takes_arrays():
    assert batch_noise.sgd_floor(
        np.array([0.1, 0.2]), lam=1.0, sigma=1.0, batch_size=np.array([[1], [2]])
    ).shape == (2, 2)


@pytest.mark.parametrize("lr", [0.0, -0.1, 1.0, np.array([0.1, 1.5]), float("nan")])
def test_a_rate_that_never_settles_has_no_floor(lr):
    with pytest.raises(ValueError, match="0 < lr \\* lam < 2"):
        batch_noise.sgd_floor(lr, lam=2.0, sigma=1.0, batch_size=1)


@pytest.mark.parametrize("nested", [False, True])
@pytest.mark.parametrize(("b_small", "b_big"), [(1, 2), (2, 3), (2, 5)])
def test_both_estimates_are_unbiased(b_small, b_big, nested):
    """The mean over every possible draw, with replacement, of a small and a big batch is exact."""
    g = np.array([[1.0, 2.0], [-3.0, 0.5], [4.0, 1.0]])
    G, sigma2 = g.mean(0), ((g - g.mean(0))**2).sum(1).mean()
    draws = np.array(list(itertools.product(range(3), repeat=b_big + b_small)))
    big = g[draws[:, :b_big]].mean(1)
    small = g[draws[:, :b_small] if nested else draws[:, b_big:]].mean(1)
    signal, spread = batch_noise.scale_parts(small, big, b_small, b_big)
    assert signal.mean() == pytest.approx(G @ G) and spread.mean() == pytest.approx(sigma2)


@pytest.mark.parametrize(("b", "B"), [(4, 4), (8, 4), (0, 4), (1.5, 4)])
def test_batch_sizes_that_say_nothing_are_refused(b, B):
    with pytest.raises(ValueError, match="b_small"):
        batch_noise.scale_parts(np.ones((2, 3)), np.ones((2, 3)), b, B)


@pytest.mark.parametrize("sizes", [[5, 3], [5, 7, 3], [5, 7, 6, 3]])
def test_the_exact_parts_are_those_of_single_examples(sizes):
    rng = np.random.default_rng(0)
    net = mlp(sizes, rng=rng, dtype=np.float64)
    X, y = rng.standard_normal((11, 5)), rng.integers(3, size=11)
    net.theta += 0.1 * rng.standard_normal(net.theta.shape)  # biases that are not zero
    g = np.array([net.loss_and_grad(X[i:i + 1], y[i:i + 1])[1].copy() for i in range(11)])
    signal, spread = batch_noise.exact_parts(net, X, y)
    assert signal == pytest.approx((g.mean(0) ** 2).sum()) and spread == pytest.approx(
        ((g - g.mean(0)) ** 2).sum(1).mean()
    )


def test_the_linear_model_s_gradients_are_those_of_its_loss_and_its_batches_average_to_it():
    full, sampled, _ = batch_noise.linear_model(40, rng=np.random.default_rng(0))
    w, h = np.linspace(-1, 1, 10), 1e-5
    loss, grad = full(w)
    steps = h * np.eye(10)
    differences = [(full(w + s)[0] - full(w - s)[0]) / (2 * h) for s in steps]
    np.testing.assert_allclose(grad, differences, rtol=1e-6, atol=1e-8)
    assert full(w - 0.1 * grad)[0] < loss
    fun = sampled(40_000, np.random.default_rng(1))
    assert fun(w)[0] == loss
    np.testing.assert_allclose(fun(w)[1], grad, atol=0.15)


def test_several_points_of_the_linear_model_share_a_batch():
    _, sampled, _ = batch_noise.linear_model(40, rng=np.random.default_rng(0))
    w = np.arange(30.0).reshape(3, 10)
    together = sampled(7, np.random.default_rng(1))(w)
    for i in range(3):
        alone = sampled(7, np.random.default_rng(1))(w[i])
        np.testing.assert_allclose(together[0][i], alone[0], rtol=1e-12)
        np.testing.assert_allclose(together[1][i], alone[1], rtol=1e-12)


def test_sgd_on_the_linear_model_settles_at_its_floor():
    _, sampled, floor = batch_noise.linear_model(5000, rng=np.random.default_rng(0))
    run = minimize(sampled(10, np.random.default_rng(1)), np.full(10, 3.0), "sgd", lr=0.1,
                   n_steps=20_000, tol=None, keep_path=False)
    assert run.loss[2000:].mean() == pytest.approx(floor(0.1, 10), rel=0.1)


def test_the_estimated_scale_is_near_the_exact_one_and_leaves_the_network_alone():
    rng = np.random.default_rng(0)
    net = mlp([5, 3], rng=rng, dtype=np.float64)
    X, y = rng.standard_normal((300, 5)), rng.integers(3, size=300)
    theta = net.theta.copy()
    signal, noise = batch_noise.exact_parts(net, X, y)
    scale = batch_noise.estimated_scale(net, X, y, b_small=4, b_big=64, pairs=800, rng=rng)
    assert scale == pytest.approx(noise / signal, rel=0.25)
    assert np.array_equal(net.theta, theta)
