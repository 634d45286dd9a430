"""Steps to a target are counted as a plain loop counts them; the fit finds the curve that made its
data.
"""
import math

import numpy as np
import pytest

from course_lib.data import datasets
from course_lib.networks.network import mlp
from course_lib.training.critical_batch import fit, steps_to_target


def toy(seed=0):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((60, 4)).astype(np.float32)
    return (X, (X[:, 0] > 0).astype(int)), (X[:20], (X[:20, 0] > 0).astype(int))


def run(**changes):
    data, valid = toy()
    rng = np.random.default_rng(3)
    settings = {"lr": 0.5, "batch_size": 16, "target": 0.3, "max_steps": 1000} | changes
    return steps_to_target(mlp([4, 2], rng=rng), data, valid, rng=rng, **settings)


def by_hand():
    data, valid = toy()
    rng = np.random.default_rng(3)
    net, t = mlp([4, 2], rng=rng), 0
    while True:
        for rows in datasets.batches(60, 16, rng):
            net.theta -= 0.5 * net.loss_and_grad(data[0][rows], data[1][rows])[1]
            t += 1
            if t % 32 == 0 and net.loss(*valid) <= 0.3:
                return t


def test_it_counts_like_a_plain_loop():
    assert run() == by_hand() >= 32


def test_larger_batches_are_looked_at_more_often():
    assert run(batch_size=60, lr=1.0) % 17 == 0  # 128/sqrt(60) = 16.5


def test_the_target_itself_is_enough():
    data, valid = toy()
    rng = np.random.default_rng(3)
    net = mlp([4, 2], rng=rng)
    assert (
        steps_to_target(
            net, data, valid, lr=0.0, batch_size=16, target=net.loss(*valid), max_steps=99, rng=rng
        )
        == 32
    )


@pytest.mark.parametrize(
    "changes", [{"target": 0.0, "max_steps": 70}, {"lr": 0.001, "max_steps": 32}]
)
def test_a_run_that_does_not_arrive_takes_for_ever(changes):
    assert run(**changes) == math.inf


def test_max_steps_is_the_last_step_that_counts():
    assert run(target=99.0, max_steps=32) == 32 and run(target=99.0, max_steps=31) == math.inf


def test_no_step_is_taken_after_max_steps():
    data, valid = toy()
    rng, calls = np.random.default_rng(3), []
    net = mlp([4, 2], rng=rng)
    plain = net.loss_and_grad
    net.loss_and_grad = lambda *xy, **more: calls.append(1) or plain(*xy, **more)
    steps_to_target(net, data, valid, lr=0.1, batch_size=16, target=0.0, max_steps=7, rng=rng)
    assert len(calls) == 7


def test_a_loss_that_is_nan_ends_the_run_at_once():
    data, valid = toy()
    rng, calls = np.random.default_rng(3), []
    net = mlp([4, 2], rng=rng)
    net.theta[...] = np.nan
    plain = net.loss_and_grad
    net.loss_and_grad = lambda *xy, **more: calls.append(1) or plain(*xy, **more)
    assert (
        steps_to_target(net, data, valid, lr=0.1, batch_size=16, target=0.3, max_steps=999, rng=rng)
        == math.inf
    )
    assert len(calls) == 1


def test_a_validation_loss_that_is_nan_ends_the_run_where_it_is_seen():
    data, (X, y) = toy()
    rng, calls = np.random.default_rng(3), []
    net = mlp([4, 2], rng=rng)
    plain = net.loss_and_grad
    net.loss_and_grad = lambda *xy, **more: calls.append(1) or plain(*xy, **more)
    valid = np.sign(X) * np.float32(3e38), y  # finite, but infinity minus infinity inside
    settings = {"lr": 0.1, "batch_size": 16, "target": 0.3, "max_steps": 99, "rng": rng}
    assert steps_to_target(net, data, valid, **settings) == math.inf
    with np.errstate(all="ignore"):
        assert len(calls) == 32 and np.isnan(net.loss(*valid))


def test_a_batch_may_be_larger_than_the_data():
    assert run(batch_size=100, target=99.0, max_steps=13) == 13  # 128/sqrt(100) = 12.8
    assert run(batch_size=100_000, target=99.0, max_steps=13) == 1


@pytest.mark.parametrize(("name", "value"), [("lr", -1), ("max_steps", 0), ("batch_size", 0)])
def test_bad_settings_are_named(name, value):
    with pytest.raises(ValueError, match=name):
        run(**{name: value})


def test_the_fit_finds_its_curve_whatever_the_order():
    B = np.array([4096, 16, 256, 64])
    s_min, b_crit = fit(B, 130 * (1 + 90 / B))
    assert s_min == pytest.approx(130, rel=0.01) and b_crit == pytest.approx(90, rel=0.01)


def test_two_batch_sizes_are_enough():
    s_min, b_crit = fit([16, 256], [130 * (1 + 90 / 16), 130 * (1 + 90 / 256)])
    assert s_min == pytest.approx(130, rel=0.01) and b_crit == pytest.approx(90, rel=0.01)


def test_the_fit_is_made_in_the_logarithm():
    """One count twice too high moves s_min by a factor of 2^(1/k), wherever it stands on a flat
    curve.
    """
    B = np.array([1e9, 2e9, 4e9, 8e9])
    for k in range(4):
        assert fit(B, np.where(np.arange(4) == k, 200.0, 100.0))[0] == pytest.approx(
            100 * 2**0.25, rel=0.01
        )


@pytest.mark.parametrize(
    "pairs", [([16], [3.0]), ([16, 64], [3.0]), ([16, 64], [3.0, math.inf]),
              ([0, 64], [3.0, 2.0]), ([16, math.inf], [3.0, 2.0]), ([16, 64, 256], [3.0, 2.0]),
              ([[16, 64]] * 2, [[3.0, 2.0]] * 2)]
)
def test_the_fit_refuses_what_it_cannot_fit(pairs):
    with pytest.raises(ValueError, match="two or more positive finite pairs"):
        fit(*pairs)
