"""The theory of signal propagation against closed forms and adaptive quadrature, the measurements
against layers by hand.
"""
import math

import numpy as np
import pytest
from scipy.integrate import quad

from course_lib.data import load_results
from course_lib.networks import initializers
from course_lib.networks import signal_propagation as sp
from course_lib.networks.activations import ACTIVATIONS
from course_lib.networks.layers import Dense, Residual
from course_lib.networks.normalization import BatchNorm, LayerNorm


def by_quad(fun):
    """Return E[fun(z)] by scipy's adaptive quadrature, each side of 0 by itself."""
    def integrand(z):
        return (
            float(np.ravel(fun(np.array([z])))[0]) * math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
        )

    return sum(
        quad(integrand, *ends, epsabs=1e-12, limit=200)[0]
        for ends in ((-13, -1), (-1, 0), (0, 1), (1, 13))
    )


@pytest.mark.parametrize("power, moment", [(0, 1), (1, 0), (2, 1), (4, 3), (8, 105)])
def test_averages_of_powers(power, moment):
    assert sp.average(lambda z: z**power) == pytest.approx(moment, rel=1e-10, abs=1e-12)


@pytest.mark.parametrize("q", [1e-6, 0.3, 7.0, 400.0])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_both_maps_are_the_integrals(name, q):
    f, slope = ACTIVATIONS[name]
    s = math.sqrt(q)
    assert sp.moment_map(name, q, gain=1.7) == pytest.approx(
        1.7 * by_quad(lambda z: f(s * z) ** 2), rel=1e-7
    )
    chi = 1.7 * by_quad(lambda z: slope(s * z, f(s * z)).astype(float) ** 2)
    assert sp.slope_factor(name, q, gain=1.7) == pytest.approx(chi, rel=1e-7)


@pytest.mark.parametrize("gain", [0.5, 2.0])
def test_relu_is_halved_and_leaky_relu_nearly(gain):
    q = sp.forward_moments("relu", gain=gain, depth=6, x2=3.0)
    np.testing.assert_allclose(q, 3 * gain * (gain / 2) ** np.arange(6), rtol=1e-10)
    np.testing.assert_allclose(
        sp.backward_moments("relu", q, gain=gain), (gain / 2) ** np.arange(6)[::-1], rtol=1e-10
    )
    factor = gain * (1 + 0.01**2) / 2
    assert sp.slope_factor("leaky_relu", 9.0, gain=gain) == pytest.approx(factor, rel=1e-10)
    assert sp.moment_map("leaky_relu", 9.0, gain=gain) == pytest.approx(9 * factor, rel=1e-10)


def test_tanh_at_gain_one_falls_like_one_over_twice_the_depth():
    q = sp.forward_moments("tanh", gain=1.0, depth=2000)
    assert 2 * 2000 * q[-1] == pytest.approx(1, abs=0.01)
    d = sp.backward_moments("tanh", q, gain=1.0)
    assert d[999] == pytest.approx(
        1000 / 2000, rel=0.02
    )  # the product of 1 - 1/l from 1000 to 2000


def test_backward_uses_the_moment_of_each_layer_and_starts_at_one():
    q = np.array([4.0, 1.0, 0.25])
    chi = [sp.slope_factor("tanh", each, gain=1.5) for each in q]
    np.testing.assert_allclose(
        sp.backward_moments("tanh", q, gain=1.5), [chi[0] * chi[1], chi[1], 1], rtol=1e-12
    )


@pytest.mark.parametrize("gain", [1.0, 2.0])
def test_the_spread_of_relu_is_five_over_n_a_layer(gain):
    ahead, back = sp.spread(
        "relu", sp.forward_moments("relu", gain=gain, depth=21), gain=gain, width=80
    )
    assert ahead**2 == pytest.approx(20 * 5 / 80 + 2 / 80, rel=1e-6) and back**2 == pytest.approx(
        20 * 5 / 80, rel=1e-6
    )


@pytest.mark.parametrize(
    "name, gain, depth", [("relu", 2.0, 12), ("tanh", 1.0, 12), ("tanh", 2.5, 8), ("gelu", 2.0, 10)]
)
def test_the_spread_is_that_of_random_networks(name, gain, depth):
    width, logs = 100, []
    q = sp.forward_moments(name, gain=gain, depth=depth)

    def init(rng, shape, dtype):
        return initializers.normal(rng, shape, dtype, std=math.sqrt(gain / shape[0]))

    for seed in range(120):
        net = sp.tower(
            [width] * (depth + 1),
            rng=np.random.default_rng(seed),
            activation=name,
            init=init,
            dtype=np.float64,
        )
        rng = np.random.default_rng(1000 + seed)
        x, D = rng.standard_normal((1, width)), rng.standard_normal((1, width))
        found = sp.measure(
            net, x * math.sqrt(width / np.sum(x * x)), D * math.sqrt(width / np.sum(D * D))
        )
        logs.append((math.log(found[0][-1]), math.log(found[1][0])))
    predicted = sp.spread(name, q, gain=gain, width=width)
    # a standard deviation of 120 numbers is known to 6.5 %, so 22 % is more than three of these
    np.testing.assert_allclose(np.std(logs, axis=0), predicted, rtol=0.22)
    centre = math.log(q[-1]), math.log(sp.backward_moments(name, q, gain=gain)[0])
    assert (np.abs(np.mean(logs, axis=0) - centre) < np.array(predicted)).all()


def test_measure_is_what_the_layers_say():
    rng = np.random.default_rng(0)
    net = sp.tower([5, 4, 3], rng=rng, activation="tanh", dtype=np.float64)
    X, D = rng.standard_normal((6, 5)), rng.standard_normal((6, 3))
    (first, _, last) = net.layers
    A = np.tanh(X @ first.W)
    back = (D @ last.W.T) * (1 - A**2)
    q, d, dW = sp.measure(net, X, D)
    np.testing.assert_allclose(
        q, [np.mean((X @ first.W) ** 2), np.mean((A @ last.W) ** 2)], rtol=1e-12
    )
    np.testing.assert_allclose(d, [np.mean(back**2), np.mean(D**2)], rtol=1e-12)
    np.testing.assert_allclose(
        dW, [np.mean((X.T @ back) ** 2), np.mean((A.T @ D) ** 2)], rtol=1e-12
    )


def test_measure_normalises_with_the_batch_and_marks_blocks():
    rng = np.random.default_rng(1)
    net = sp.tower([6, 6, 6, 6], rng=rng, norm="batch", residual=True, dtype=np.float64)
    X, D = rng.standard_normal((8, 6)), rng.standard_normal((8, 6))
    q, d, dW = sp.measure(net, X, D)
    assert len(q) == len(d) == len(dW) == 3 and np.isnan(dW).tolist() == [False, True, False]
    assert q[-1] == pytest.approx(np.mean(net.logits(X, training=True) ** 2), rel=1e-12)


@pytest.mark.parametrize("norm, kind", [(None, None), ("batch", BatchNorm), ("layer", LayerNorm)])
def test_towers(norm, kind):
    plain = sp.tower([7, 5, 5, 5, 2], rng=np.random.default_rng(2), norm=norm)
    assert sum(isinstance(layer, Dense) for layer in plain.layers) == 4
    assert sum(type(layer) is kind for layer in plain.layers) == (3 if kind else 0)
    detours = sp.tower([7, 5, 5, 5, 2], rng=np.random.default_rng(2), norm=norm, residual=True)
    blocks = [layer for layer in detours.layers if isinstance(layer, Residual)]
    assert (
        len(blocks) == 2
        and detours.theta.size == plain.theta.size
        and np.array_equal(detours.theta, plain.theta)
    )
    order = [type(layer).__name__ for layer in blocks[0].layers]
    assert order == [*([kind.__name__] if kind else []), "Activation", "Dense"]


def test_a_detour_doubles_and_a_normalised_one_adds():
    def moments(**settings):
        passes = [
            sp.random_pass(300, 8, rng=np.random.default_rng(seed), residual=True, **settings)
            for seed in range(4)
        ]
        return np.mean([q[:-1] for q, _, _ in passes], axis=0), np.mean(
            [d[:-1] for _, d, _ in passes], axis=0
        )

    q, d = moments()
    np.testing.assert_allclose(q[1:] / q[:-1], 2, rtol=0.06)
    np.testing.assert_allclose(d[:-1] / d[1:], 2, rtol=0.06)
    q, d = moments(norm="layer")
    np.testing.assert_allclose(q, 2 + np.arange(7), rtol=0.06)
    np.testing.assert_allclose(d / d[-1], 8 / q, rtol=0.12)


def test_one_seed_is_one_pass():
    one, same, other = (
        sp.random_pass(10, 3, rng=np.random.default_rng(seed))[0] for seed in (0, 0, 1)
    )
    assert np.array_equal(one, same) and not np.array_equal(one, other)
    rng = np.random.default_rng(0)
    net = sp.tower([10] * 4, rng=rng, dtype=np.float64)
    X, D = rng.standard_normal((20, 10)), rng.standard_normal((20, 10))
    assert np.array_equal(one, sp.measure(net, X, D)[0])


@pytest.mark.parametrize(
    "call, said",
    [
        (lambda: sp.forward_moments("swish", gain=1.0, depth=3), "unknown activation 'swish'"),
        (
            lambda: sp.forward_moments("relu", gain=-1.0, depth=3),
            "gain must be finite and not negative",
        ),
        (lambda: sp.forward_moments("relu", gain=1.0, depth=0), "depth must be a whole number"),
        (lambda: sp.forward_moments("relu", gain=1.0, depth=2, x2=math.nan), "x2 must be finite"),
        (
            lambda: sp.tower([3, 3, 3], rng=np.random.default_rng(0), norm="group"),
            "norm must be None, 'batch' or 'layer'",
        ),
        (
            lambda: sp.tower([3, 4, 5, 2], rng=np.random.default_rng(0), residual=True),
            "rows as long as it takes",
        ),
    ],
)
def test_bad_input_is_refused(call, said):
    with pytest.raises(ValueError, match=said):
        call()


def test_the_saved_sweep_is_whole_and_tuned():
    """Fourteen networks; each rate has the best mean accuracy of its ladder, and is not at an end
    of what was tried.
    """
    saved = load_results("depth")
    rows = saved["rows"]
    plain = [[activation, init, None, False] for activation in ("sigmoid", "tanh", "relu")
             for init in ("normal 0.01", "glorot", "he")]
    mended = [
        ["relu", "he", norm, detour]
        for norm in (None, "layer", "batch")
        for detour in (False, True)
    ][1:]
    assert [row["network"] for row in rows] == plain + mended
    for row in rows:
        mean = {float(lr): np.mean(accuracies) for lr, accuracies in row["tuning"].items()}
        best = min(mean, key=lambda lr, row=row: abs(math.log(lr / row["lr"])))
        assert mean[best] == pytest.approx(max(mean.values()), abs=1e-4) and best == pytest.approx(
            row["lr"], rel=0.01
        )
        assert len(row["accuracy"]) == 3 and all(
            len(accuracies) == 3 for accuracies in row["tuning"].values()
        )
        if mean[best] > 0.2:
            assert min(mean) < best < max(mean), row["network"]
        else:
            assert min(mean) <= 0.0011 and max(mean) >= 99, row["network"]
