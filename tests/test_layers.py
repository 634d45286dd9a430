"""Layers: forward by hand-worked numbers, backward by differences and the complex step, dtypes kept."""
import numpy as np
import pytest

from course_lib.critical_points import gradient
from course_lib.layers import Dense, Relu


def alone(layer, rng, dtype=np.float64):
    """Give a layer arrays of its own, as a network would; gradients start as NaN: a missing one shows."""
    for name, shape in layer.shapes.items():
        setattr(layer, name, rng.standard_normal(shape).astype(dtype))
        setattr(layer, "d" + name, np.full(shape, np.nan, dtype))
    return layer


def test_dense_on_numbers_worked_by_hand():
    layer = Dense(2, 3)
    layer.W, layer.b = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), np.array([10.0, 20.0, 30.0])
    layer.dW, layer.db = np.empty((2, 3)), np.empty(3)
    assert layer.forward(np.array([[1.0, 2.0], [0.0, -1.0]])).tolist() == [[19, 32, 45], [6, 15, 24]]
    dX = layer.backward(np.array([[1.0, 0.0, -1.0], [2.0, 1.0, 0.0]]))
    assert layer.dW.tolist() == [[1, 0, -1], [0, -1, -2]]
    assert layer.db.tolist() == [3, 1, -1]
    assert dX.tolist() == [[-2, -2], [4, 13]]


def test_relu_on_numbers_worked_by_hand_with_slope_zero_at_zero():
    layer = Relu()
    assert layer.forward(np.array([[-1.0, 0.0, 2.0]])).tolist() == [[0, 0, 2]]
    assert layer.backward(np.array([[5.0, 6.0, -7.0]])).tolist() == [[0, 0, -7]]


@pytest.mark.parametrize("layer", [Dense(4, 3), Relu()], ids=["dense", "relu"])
def test_backward_agrees_with_central_differences(layer):
    rng = np.random.default_rng(0)
    alone(layer, rng)
    X = rng.standard_normal((6, 4))
    C = rng.standard_normal(layer.forward(X).shape)  # the scalar is sum(C * output), so D = C

    def through_input(x):
        return float((C * layer.forward(x.reshape(X.shape))).sum())

    def through(name):
        def scalar(p):
            old = getattr(layer, name)
            setattr(layer, name, p.reshape(old.shape))
            value = float((C * layer.forward(X)).sum())
            setattr(layer, name, old)
            return value
        return scalar

    layer.forward(X)
    dX = layer.backward(C)
    np.testing.assert_allclose(dX.ravel(), gradient(through_input, X.ravel()), rtol=1e-6, atol=1e-9)
    for name in layer.shapes:
        expected = gradient(through(name), getattr(layer, name).ravel())
        np.testing.assert_allclose(getattr(layer, "d" + name).ravel(), expected, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("layer", [Dense(4, 3), Relu()], ids=["dense", "relu"])
def test_backward_agrees_with_the_complex_step(layer):
    """f(x + ih) = f(x) + i h f'(x): no difference is taken, so h can be 1e-30 and all error is rounding."""
    rng = np.random.default_rng(1)
    alone(layer, rng)
    X = rng.standard_normal((5, 4))
    D = rng.standard_normal(layer.forward(X).shape)
    dX = layer.backward(D)
    for k in np.ndindex(X.shape):
        nudged = X.astype(complex)
        nudged[k] += 1e-30j
        if layer.shapes:
            layer.W = layer.W.astype(complex)
            layer.b = layer.b.astype(complex)
        assert (D * layer.forward(nudged)).sum().imag / 1e-30 == pytest.approx(dX[k], rel=1e-13, abs=1e-15)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("layer", [Dense(4, 3), Relu()], ids=["dense", "relu"])
def test_nothing_changes_precision(layer, dtype):
    rng = np.random.default_rng(2)
    alone(layer, rng, dtype)
    out = layer.forward(rng.standard_normal((5, 4)).astype(dtype))
    dX = layer.backward(out)
    assert out.dtype == dX.dtype == dtype
    assert all(getattr(layer, "d" + name).dtype == dtype for name in layer.shapes)


@pytest.mark.parametrize("layer", [Dense(4, 4), Relu()], ids=["dense", "relu"])
def test_inputs_are_left_alone_and_gradients_written_in_place(layer):
    rng = np.random.default_rng(3)
    alone(layer, rng)
    X, D = rng.standard_normal((5, 4)), rng.standard_normal((5, 4))
    X_before, D_before = X.copy(), D.copy()
    windows = {name: getattr(layer, "d" + name) for name in layer.shapes}
    layer.forward(X)
    layer.backward(D)
    assert np.array_equal(X, X_before) and np.array_equal(D, D_before)
    assert all(getattr(layer, "d" + name) is window for name, window in windows.items())


@pytest.mark.parametrize("sizes", [(0, 3), (3, -1), (2.5, 3)])
def test_dense_names_a_size_it_cannot_take(sizes):
    with pytest.raises(ValueError, match=r"n_(in|out) must be a whole number of at least 1, got"):
        Dense(*sizes)
