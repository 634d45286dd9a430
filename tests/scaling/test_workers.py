"""Many workers in one process: averages against one batch, late gradients against the roots of their
recursion, local SGD against its fixed point, compression against what it leaves out, time by hand.
"""
import numpy as np
import pytest

from course_lib.optimizers import minimize
from course_lib.scaling import (
    average,
    largest_stale_rate,
    local_sgd,
    ring_seconds,
    seconds_to_target,
    signs,
    stale_descent,
    top_k,
    with_memory,
)


def bowl(curvatures):
    h = np.asarray(curvatures, float)
    return lambda w: (0.5 * (h * w * w).sum(axis=-1), h * w)


def test_the_average_is_the_gradient_of_all_rows_in_one_batch():
    rng = np.random.default_rng(0)
    X, y, w = rng.standard_normal((23, 4)), rng.standard_normal(23), rng.standard_normal(4)
    parts = np.split(np.arange(23), [3, 11])
    each = [X[rows].T @ (X[rows] @ w - y[rows]) / len(rows) for rows in parts]
    whole = X.T @ (X @ w - y) / 23
    np.testing.assert_allclose(average(each, [3, 8, 12]), whole, rtol=1e-12)
    assert not np.allclose(np.mean(each, axis=0), whole)


@pytest.mark.parametrize("sizes", [[1, 2], [1, 2, 0], [1, 2, -3], [[1, 2, 3]]])
def test_sizes_are_one_positive_number_a_worker(sizes):
    with pytest.raises(ValueError, match="sizes must be one positive number a worker, 3 of them"):
        average(np.ones((3, 2)), sizes)


@pytest.mark.parametrize("delay", [0, 1, 2, 5, 17, 40])
def test_the_largest_stale_rate_is_where_a_root_leaves_the_circle(delay):
    def radius(a):
        polynomial = np.zeros(delay + 2)
        polynomial[0] += 1
        polynomial[1] -= 1
        polynomial[-1] += a
        return abs(np.roots(polynomial)).max()

    edge = largest_stale_rate(delay)
    assert radius(0.999 * edge) < 1 < radius(1.001 * edge)


@pytest.mark.parametrize("rule, hyper", [("sgd", {}), ("momentum", {"beta": 0.7}), ("adam", {})])
def test_without_delay_it_is_minimize(rule, hyper):
    fun, start = bowl([0.5, 2.0]), np.array([1.0, -3.0])
    path = stale_descent(fun, start, rule, delay=0, n_steps=30, lr=0.1, **hyper)
    assert np.array_equal(path, minimize(fun, start, rule, lr=0.1, n_steps=30, **hyper).w)


def test_a_delay_takes_the_gradient_of_so_many_steps_ago():
    seen = stale_descent(lambda w: (0.0, w), [1.0], "sgd", delay=2, n_steps=5, lr=0.5)[:, 0]
    w = [1.0, 0.5, 0.0, -0.5, -0.75, -0.75]  # w - w_{t-2}/2; the start's gradient three times
    np.testing.assert_allclose(seen, w)


def test_local_sgd_ends_where_its_round_stands_still():
    h, c = np.array([0.2, 1.0]), np.array([1.0, -1.0])
    funs = [lambda w, h=h_i, c=c_i: (0.5 * h * (w - c) @ (w - c), h * (w - c))
            for h_i, c_i in zip(h, c, strict=True)]
    for period in (1, 3, 10):
        shrink = 1 - (1 - 0.4 * h) ** period
        end = (shrink * c).sum() / shrink.sum()
        path = local_sgd(funs, np.zeros(2), lr=0.4, period=period, n_rounds=200)
        assert path.shape == (201, 2)
        np.testing.assert_allclose(path[-1], [end, end], rtol=1e-9)
    assert end != pytest.approx((h * c).sum() / h.sum(), rel=0.1)


def test_a_top_k_keeps_size_and_sign_and_leaves_its_argument_alone():
    g = np.array([1.0, -5.0, 0.0, 4.0, -4.5])
    before = g.copy()
    assert top_k(g, 3).tolist() == [0.0, -5.0, 0.0, 4.0, -4.5]
    assert np.array_equal(top_k(g, 5), g) and np.array_equal(g, before)
    with pytest.raises(ValueError, match="k must be at most the 5 entries of g, got 6"):
        top_k(g, 6)


def test_signs_keep_the_mean_size():
    g = np.array([3.0, -1.0, 0.0, 2.0])
    assert signs(g).tolist() == [1.5, -1.5, 0.0, 1.5]


@pytest.mark.parametrize("compress", [lambda g: top_k(g, 1), signs])
def test_with_memory_all_that_was_wanted_was_sent_or_is_kept(compress):
    rng, send = np.random.default_rng(0), with_memory(compress)
    wanted, sent = np.zeros(6), np.zeros(6)
    for _ in range(400):
        g = rng.standard_normal(6) + 1
        wanted += g
        sent += send(g)
    assert abs(wanted - sent).max() < 25 < wanted.min()  # what is left does not grow with the steps


def test_each_worker_has_a_memory_of_its_own():
    one, other = (with_memory(lambda g: top_k(g, 1)) for _ in range(2))
    one(np.array([2.0, 1.0]))
    assert other(np.array([2.0, 1.0])).tolist() == [2.0, 0.0]
    assert one(np.array([0.0, 1.0])).tolist() == [0.0, 2.0]


def test_a_ring_message_by_message():
    n, latency, bandwidth = 1200.0, 0.5, 100.0
    for N in (1, 2, 3, 4):
        rounds = [latency + n / N / bandwidth for _ in range(N - 1)]  # each part goes round once ...
        assert ring_seconds(N, n, latency=latency, bandwidth=bandwidth) == pytest.approx(
            2 * sum(rounds))                                         # ... and its sum once more
    with pytest.raises(ValueError, match="workers must be at least 1, got 0"):
        ring_seconds(0, n, latency=latency, bandwidth=bandwidth)


def test_time_to_the_target_is_steps_times_seconds():
    given = {"batch_size": 8, "n_bytes": 100.0, "seconds_an_example": 0.25, "s_min": 10.0,
             "b_crit": 32.0}
    alone, four = seconds_to_target([1, 4], latency=0.0, bandwidth=50.0, **given)
    assert alone == pytest.approx(10 * (1 + 32 / 8) * 2.0)
    assert four == pytest.approx(10 * (1 + 32 / 32) * (2.0 + 2 * 3 / 4 * 2.0))
