"""The gradient check: its formula at the edges, its two numerical gradients, faults it must see,
kinks it must survive.
"""
import math

import numpy as np
import pytest
from scipy.optimize import approx_fprime

from course_lib.networks import gradient_check as gc
from course_lib.networks.activations import Activation
from course_lib.networks.layers import Dense, Dropout, Residual
from course_lib.networks.network import Network, mlp
from course_lib.networks.normalization import BatchNorm, LayerNorm

EPS = {kind: float(np.finfo(kind).eps) for kind in (np.float32, np.float64)}


@pytest.mark.parametrize("a, n, expected", [
    ([3.0, 4.0], [3.0, 4.0], 0),
    ([3.0, 4.0], [0.0, 0.0], 1),
    ([0.0, 0.0], [3.0, 4.0], 1),
    ([0.0, 0.0], [0.0, 0.0], 0),
    ([3.0, 4.0], [-3.0, -4.0], 2),
    ([6.0, 8.0], [3.0, 4.0], 0.5),
    ([3.0, 4.0], [6.0, 8.0], 0.5),
    (2.0, 1.0, 0.5),
    ([[3.0], [4.0]], [[3.0], [4.5]], 0.5 / math.hypot(3, 4.5)),
    ([], [], 0),
])
def test_relative_error_on_numbers_worked_by_hand(a, n, expected):
    assert gc.relative_error(np.array(a), np.array(n)) == pytest.approx(expected, rel=1e-14)


def test_relative_error_does_not_depend_on_the_scale():
    rng = np.random.default_rng(0)
    a, n = rng.normal(size=(2, 7))
    assert gc.relative_error(1e-100 * a, 1e-100 * n) == pytest.approx(
        gc.relative_error(a, n), rel=1e-12
    )


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_relative_error_of_broken_gradients_passes_no_threshold(bad):
    a = np.array([1.0, bad])
    assert math.isnan(gc.relative_error(a, np.ones(2))) and math.isnan(
        gc.relative_error(np.ones(2), a)
    )


def test_relative_error_refuses_two_shapes():
    with pytest.raises(ValueError, match=r"got shapes \(2, 1\) and \(2,\)"):
        gc.relative_error(np.ones((2, 1)), np.ones(2))


def wave(w):
    return np.sin(w[0]) * np.exp(w[1]) + w[2] ** 3


def wave_gradient(w):
    return np.array([np.cos(w[0]) * np.exp(w[1]), np.sin(w[0]) * np.exp(w[1]), 3 * w[2] ** 2])


POINT = np.array([0.3, -0.2, 1.1])


def test_central_gradient_reaches_the_error_that_theory_leaves():
    for kind in (np.float32, np.float64):
        n = gc.central_gradient(wave, POINT.astype(kind))
        assert n.dtype == kind
        error = gc.relative_error(n.astype(float), wave_gradient(POINT.astype(kind).astype(float)))
        assert error < 5 * EPS[kind] ** (2 / 3)
    assert gc.relative_error(gc.central_gradient(wave, POINT), approx_fprime(POINT, wave)) < 1e-6


@pytest.mark.parametrize("h, power", [(1e-2, 2), (1e-3, 2)])
def test_central_gradient_has_the_truncation_error_of_a_central_difference(h, power):
    errors = [
        gc.relative_error(gc.central_gradient(wave, POINT, step), wave_gradient(POINT))
        for step in (h, h / 2)
    ]
    assert errors[0] / errors[1] == pytest.approx(2**power, rel=0.05)


def test_central_gradient_leaves_the_point_alone():
    w = POINT.copy()
    w.flags.writeable = False
    gc.central_gradient(wave, w)
    gc.complex_gradient(wave, w)


def test_central_gradient_divides_by_the_distance_that_rounding_left():
    """In float32 the numbers near 1000 are 6e-5 apart, so that a step of 0.005 is off by up to half
    a per cent.
    """
    w = np.array([1000.3], np.float32)
    assert gc.central_gradient(lambda w: 3 * w[0], w)[0] == pytest.approx(3, rel=2e-2)
    assert gc.central_gradient(lambda w: w[0], w)[0] == 1


@pytest.mark.parametrize("w, h, message", [
    (np.ones((2, 2)), None, r"vector of real floats, got float64 of shape \(2, 2\)"),
    (np.ones(2, complex), None, "real floats, got complex128"),
    (np.ones(2, int), None, "real floats, got int64"),
    (np.ones(3), 1e-20, "lost in rounding"),
])
def test_central_gradient_refuses(w, h, message):
    with pytest.raises(ValueError, match=message):
        gc.central_gradient(wave, w, h)


def test_complex_step_is_exact_to_rounding():
    assert gc.relative_error(gc.complex_gradient(wave, POINT), wave_gradient(POINT)) < 1e-15


def test_complex_step_of_large_h_has_the_truncation_error_of_the_difference_with_the_other_sign():
    exact = wave_gradient(POINT)
    below, above = (
        gc.complex_gradient(wave, POINT, 1e-3) - exact,
        gc.central_gradient(wave, POINT, 1e-3) - exact,
    )
    np.testing.assert_allclose(below, -above, rtol=1e-4)


def test_a_straddled_kink_misleads_the_difference_and_not_the_complex_step():
    def bend(w):
        return np.maximum(w[0], 0)
    for share in (0.25, -0.5):  # z = share h
        z, h = np.array([share * 1e-5]), 1e-5
        assert gc.central_gradient(bend, z, h)[0] == pytest.approx((1 + share) / 2, rel=1e-9)
        assert gc.complex_gradient(bend, z)[0] == (share > 0)


def data(seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(9, 4)), rng.integers(0, 3, 9)


def layered(dtype=float):
    block = Residual([LayerNorm(6), Dense(6, 6), Activation("tanh")])
    layers = [Dense(4, 6), BatchNorm(6), Activation("silu"), block, Dense(6, 3)]
    return Network(layers, rng=np.random.default_rng(1), dtype=dtype)


def plain(dtype=float):
    return mlp([4, 5, 3], rng=np.random.default_rng(0), activation="gelu", dtype=dtype)


@pytest.mark.parametrize("make", [plain, layered])
def test_the_library_passes(make):
    X, y = data()
    net, twin = make(), make(complex)
    assert max(gc.check_network(net, X, y).values()) < 1e-7
    exact = gc.complex_gradient(gc.training_loss(twin, X, y), twin.theta.real)
    assert gc.relative_error(net.loss_and_grad(X, y)[1], exact) < 1e-13


def test_the_check_changes_nothing():
    X, y = data()
    net = layered()
    before = net.snapshot()
    gc.check_network(net, X, y)
    after = net.snapshot()
    assert (before[0] == after[0]).all()
    for old, new in zip(before[1], after[1], strict=True):
        assert all(np.array_equal(old[name], new[name]) for name in old)


def test_parameters_are_named_and_cut_in_the_order_of_theta():
    net = layered()
    parts = gc.by_parameter(net, net.theta)
    assert list(parts) == ["W1", "b1", "gamma2", "b2", "gamma3", "b3", "W4", "b4", "W5", "b5"]
    assert all(np.shares_memory(part, net.theta) for part in parts.values())
    assert (parts["W4"] == net.layers[3].layers[1].W).all() and (
        parts["W5"] == net.layers[4].W
    ).all()
    assert sum(part.size for part in parts.values()) == net.theta.size


class ScaledBias(Dense):
    def parameter_gradients(self, D):
        super().parameter_gradients(D)
        self.db *= 1.001


def test_a_fault_of_one_in_a_thousand_is_seen_where_it_is():
    X, y = data()
    net = Network(
        [Dense(4, 5), Activation("tanh"), ScaledBias(5, 3)],
        rng=np.random.default_rng(0),
        dtype=float,
    )
    errors = gc.check_network(net, X, y)
    assert errors.pop("b2") == pytest.approx(0.001 / 1.001, rel=1e-3)
    assert max(errors.values()) < 1e-7


def test_the_check_runs_in_the_training_mode():
    """In evaluation batch normalisation uses running averages, and its gradient is another."""
    X, y = data()
    net = Network(
        [Dense(4, 5), BatchNorm(5), Dense(5, 3)], rng=np.random.default_rng(0), dtype=float
    )
    f = gc.training_loss(net, X, y)
    assert f(net.theta) == net.loss_and_grad(X, y)[0] != net.loss(X, y)


def test_dropout_is_refused():
    X, y = data()
    rng = np.random.default_rng(0)
    net = Network([Dense(4, 5), Dropout(0.5, rng=rng), Dense(5, 3)], rng=rng, dtype=float)
    with pytest.raises(ValueError, match="the loss must not change from call to call"):
        gc.check_network(net, X, y)


def test_a_gradient_that_should_be_zero_is_told_from_one_that_is_wrongly_zero():
    """The bias before batch normalisation has the gradient 0; a bias whose gradient is never
    written has not.
    """
    X, y = data()
    net = layered()
    assert gc.check_network(net, X, y)["b1"] == 0
    assert np.abs(gc.by_parameter(net, net.grad)["b1"]).max() < 1e-15

    class Forgetful(Dense):
        def parameter_gradients(self, D):
            super().parameter_gradients(D)
            self.db[...] = 0

    net = Network(
        [Dense(4, 5), Activation("tanh"), Forgetful(5, 3)],
        rng=np.random.default_rng(0),
        dtype=float,
    )
    assert gc.check_network(net, X, y)["b2"] == 1


def test_noise_is_a_length_up_to_which_two_gradients_agree():
    a, n = np.array([3e-9, 4e-9]), np.zeros(2)
    assert gc.relative_error(a, n) == gc.relative_error(a, n, noise=4.9e-9) == 1
    assert gc.relative_error(a, n, noise=5.1e-9) == 0


def test_the_library_passes_in_single_precision_too():
    X, y = data()
    errors = gc.check_network(layered(np.float32), X, y)
    assert errors["b1"] == 0 and 0 < max(errors.values()) < 0.02


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("h", [None, 1e-2])
def test_rounding_noise_counts_as_zero_up_to_ten_times_its_size_an_entry(monkeypatch, dtype, h):
    """The loss is 2 everywhere, its gradient 0, and the difference is made of noise."""
    X, y = data()
    net = Network([Dense(4, 3)], rng=np.random.default_rng(0), dtype=dtype,
                  loss=lambda outputs, y: (dtype(2), np.zeros_like(outputs)))
    size = 2 * EPS[dtype] / (EPS[dtype] ** (1 / 3) if h is None else h)
    for times, error in ((9.9, 0), (10.1, 1)):
        def noise(f, w, step, times=times):
            assert step == pytest.approx(EPS[dtype] ** (1 / 3) if h is None else h)
            return np.full(w.shape, times * size)

        monkeypatch.setattr(gc, "central_gradient", noise)
        assert gc.check_network(net, X, y, h=h) == {"W1": error, "b1": error}


def test_wrong_types_are_named():
    for numeric in (gc.central_gradient, gc.complex_gradient):
        with pytest.raises(TypeError, match="w must hold numbers"):
            numeric(wave, "a")
    with pytest.raises(ValueError, match=r"w must be a vector, got shape \(2, 2\)"):
        gc.complex_gradient(wave, np.ones((2, 2)))
