"""Activations: hand-worked values, slopes at their known extremes, far ends without overflow, dead
units counted.
"""
import math
import warnings

import numpy as np
import pytest

from course_lib.networks.activations import ACTIVATIONS, NEED_INPUT, Activation

PHI_1 = 0.5 * (1 + math.erf(1 / math.sqrt(2)))
DENSITY_1 = math.exp(-0.5) / math.sqrt(2 * math.pi)
S_1 = 1 / (1 + math.exp(-1))
# name: value at -1, value at 1, slope at -1, slope at 1
BY_HAND = {
    "sigmoid": (1 - S_1, S_1, S_1 * (1 - S_1), S_1 * (1 - S_1)),
    "tanh": (-math.tanh(1), math.tanh(1), 1 / math.cosh(1) ** 2, 1 / math.cosh(1) ** 2),
    "relu": (0, 1, 0, 1),
    "leaky_relu": (-0.01, 1, 0.01, 1),
    "elu": (math.exp(-1) - 1, 1, math.exp(-1), 1),
    "gelu": (PHI_1 - 1, PHI_1, 1 - PHI_1 - DENSITY_1, PHI_1 + DENSITY_1),
    "silu": (S_1 - 1, S_1, (1 - S_1) * (1 - S_1), S_1 * (2 - S_1)),
}


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_values_and_slopes_by_hand(name):
    layer = Activation(name)
    A = layer.forward(np.array([[-1.0, 1.0]]))
    np.testing.assert_allclose(
        np.append(A, layer.backward(np.ones((1, 2)))), BY_HAND[name], rtol=1e-14
    )


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_far_ends_are_finite_and_silent(name, dtype):
    function, slope = ACTIVATIONS[name]
    X = np.array([-3e38, -1e4, -100, 100, 1e4, 3e38], dtype)
    with warnings.catch_warnings(), np.errstate(over="warn", invalid="warn", divide="warn"):
        warnings.simplefilter("error")
        A = function(X)
        S = slope(X, A)
    bounded = name in ("sigmoid", "tanh")
    np.testing.assert_allclose(A[3:], 1 if bounded else X[3:])
    np.testing.assert_allclose(
        A[:3], {"tanh": -1, "elu": -1, "leaky_relu": 0.01 * X[:3]}.get(name, 0), atol=1e-30
    )
    np.testing.assert_allclose(
        S, np.repeat([{"leaky_relu": 0.01}.get(name, 0), 0 if bounded else 1], 3), atol=1e-6
    )


def test_slopes_at_zero():
    slopes = {
        name: float(slope(np.zeros(1), function(np.zeros(1)))[0])
        for name, (function, slope) in ACTIVATIONS.items()
    }
    assert slopes == {
        "sigmoid": 0.25,
        "tanh": 1,
        "relu": 0,
        "leaky_relu": 0.01,
        "elu": 1,
        "gelu": 0.5,
        "silu": 0.5,
    }


def test_dead_units_are_those_that_no_example_switches_on():
    layer = Activation("relu")
    layer.forward(np.array([[-1.0, 2.0, 0.0], [-3.0, -1.0, 0.0]]))
    assert layer.dead().tolist() == [True, False, True]
    leaky = Activation("leaky_relu")
    leaky.forward(np.array([[-1.0, -2.0]]))
    assert not leaky.dead().any()
    saturated = Activation("sigmoid")
    saturated.forward(np.array([[40.0, 20.0]], np.float32))
    assert saturated.dead().tolist() == [True, True], "in float32 1 - sigmoid(20) is 0"


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_lists_are_taken_as_arrays_and_other_things_named(name):
    function, _ = ACTIVATIONS[name]
    rows = [[-2.0, 0.5], [0.0, 3.0]]
    assert np.array_equal(function(rows), function(np.array(rows)))
    for value in ("a", None, [["a"]], [[1.0], [1.0, 2.0]]):
        with pytest.raises(TypeError, match="X must hold numbers in an array or in lists"):
            function(value)


@pytest.mark.parametrize("name", ["leaky_relu", "elu"])
def test_alpha_counts_up_to_zero_and_one_above_it(name):
    """At 0 the slope is that of the left side, alpha."""
    function, slope = ACTIVATIONS[name]
    X = np.array([0.0, np.nextafter(0, 1)])
    assert slope(X, function(X, alpha=0.25), alpha=0.25).tolist() == [0.25, 1]


@pytest.mark.parametrize("name", ["leaky_relu", "elu"])
def test_an_alpha_from_numpy_does_not_upcast(name):
    layer = Activation(name, alpha=np.float64(0.1))
    assert layer.forward(np.ones((2, 2), np.float32)).dtype == np.float32
    assert layer.backward(np.ones((2, 2), np.float32)).dtype == np.float32


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_a_layer_keeps_its_input_only_where_the_slope_needs_it(name):
    layer = Activation(name)
    X = np.random.default_rng(0).normal(size=(4, 3))
    layer.forward(X)
    slope = ACTIVATIONS[name][1](X, layer.A)
    if name in NEED_INPUT:
        assert layer.X is X
    else:
        assert layer.X is None
        assert np.array_equal(slope, ACTIVATIONS[name][1](None, layer.A))
