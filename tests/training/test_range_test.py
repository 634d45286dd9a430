"""The range test: the rates asked for, the losses of a plain loop, an end at the first blow-up,
batches of every example.
"""
import warnings

import numpy as np
import pytest

from course_lib.networks.network import mlp
from course_lib.optimizers.rules import adam
from course_lib.training.range_test import lr_range, on_batches

L = 10.0


def bowl(w):
    return 0.5 * L * w @ w, L * w


def test_rates_are_geometric_and_losses_are_those_before_each_step():
    rates, losses = lr_range(
        bowl, np.array([1.0, -2.0]), "sgd", lr_low=1e-4, lr_high=1e-2, n_steps=5
    )
    np.testing.assert_allclose(rates, [1e-4, 10**-3.5, 1e-3, 10**-2.5, 1e-2], rtol=1e-12)
    w = 5 * np.cumprod([1, *(1 - L * rates[:-1])]) ** 2  # |w|^2
    np.testing.assert_allclose(losses, 0.5 * L * w, rtol=1e-12)


def test_the_rule_keeps_its_state_and_its_hyper_parameters():
    w, state, expected = np.array([1.0, -2.0]), {}, []
    for lr in np.geomspace(1e-3, 1.0, 6):
        expected.append(bowl(w)[0])
        w, state = adam(w, bowl(w)[1], state, lr=lr, beta1=0.5)
    _, losses = lr_range(
        bowl, np.array([1.0, -2.0]), adam, lr_low=1e-3, lr_high=1.0, n_steps=6, beta1=0.5
    )
    assert losses.tolist() == expected


def test_it_ends_with_the_first_loss_above_blow_up_times_the_first():
    rates, losses = lr_range(
        bowl, np.array([1.0]), "sgd", lr_low=0.01, lr_high=100.0, n_steps=200, blow_up=3.0
    )
    assert len(rates) == len(losses) < 200 and rates[-1] > 2 / L
    assert losses[-1] > 3 * losses[0] and (losses[:-1] <= 3 * losses[0]).all()


@pytest.mark.parametrize("bad", [np.inf, np.nan])
def test_a_loss_that_is_not_finite_ends_it_without_a_warning_and_is_left_out(bad):
    calls = iter([1.0, 2.0, bad, 1.0])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rates, losses = lr_range(
            lambda w: (next(calls), w), np.ones(2), "sgd", lr_low=0.1, lr_high=1, n_steps=4
        )
    assert losses.tolist() == [1.0, 2.0] and len(rates) == 2


def test_the_start_is_not_changed():
    w = np.array([1.0, -2.0])
    lr_range(bowl, w, "sgd", lr_low=1e-4, lr_high=1e-2, n_steps=5)
    assert w.tolist() == [1.0, -2.0]


def test_on_batches_looks_at_every_example_once_an_epoch_and_anew_shuffled():
    X, y = np.arange(7.0, dtype=np.float32)[:, None], np.zeros(7, dtype=int)
    net = mlp([1, 3], rng=np.random.default_rng(0))
    seen, plain = [], net.loss_and_grad
    net.loss_and_grad = lambda X, y: (seen.append(X[:, 0].tolist()), plain(X, y))[1]
    fun = on_batches(net, (X, y), batch_size=3, rng=np.random.default_rng(1))
    for _ in range(6):
        fun(net.theta)
    assert [len(batch) for batch in seen] == [3, 3, 1, 3, 3, 1]
    first, second = (np.concatenate(epoch).tolist() for epoch in (seen[:3], seen[3:]))
    assert sorted(first) == sorted(second) == X[:, 0].tolist() and first != second


def test_on_batches_obeys_the_contract():
    rng = np.random.default_rng(0)
    X, y = rng.random((6, 4), dtype=np.float32), np.array([0, 1, 2, 0, 1, 2])
    net = mlp([4, 5, 3], rng=rng)
    fun, theta = on_batches(net, (X, y), batch_size=6, rng=rng), 0.5 * net.theta
    loss, g = fun(theta)
    assert (
        loss == pytest.approx(net.objective(X, y)(theta)[0], rel=1e-6)
        and (net.theta == theta).all()
    )
    assert g.dtype == np.float32 and not np.shares_memory(g, net.grad)
    rates, losses = lr_range(fun, net.theta.copy(), "sgd", lr_low=1e-3, lr_high=1e3, n_steps=40)
    assert losses.min() < losses[0] and len(rates) < 40


@pytest.mark.parametrize(("changes", "message"), [
    ({"lr_low": 0}, "lr_low must be positive and below lr_high, got 0 and 1.0"),
    ({"lr_low": 2.0}, "lr_low must be positive and below lr_high, got 2.0 and 1.0"),
    ({"lr_high": float("inf")}, "lr_high must be finite"),
    ({"n_steps": 1}, "n_steps must be a whole number of at least 2, got 1"),
    ({"w": np.zeros(2)}, "the first loss, which must be positive, got 0.0"),
    ({"step": "sdg"}, "no update rule is called 'sdg'")])
def test_wrong_input_is_named(changes, message):
    arguments = {
        "w": np.ones(2),
        "step": "sgd",
        "lr_low": 0.1,
        "lr_high": 1.0,
        "n_steps": 5,
    } | changes
    with pytest.raises(ValueError, match=message):
        lr_range(bowl, **arguments)
