"""Layers: forward by hand-worked numbers, backward by differences and the complex step, dtypes
kept.
"""
import math

import numpy as np
import pytest

from course_lib.frameworks.tensorflow_quietly import import_tensorflow
from course_lib.landscapes.critical_points import gradient
from course_lib.networks.activations import ACTIVATIONS, Activation
from course_lib.networks.layers import Dense, Dropout, Residual, leaves
from course_lib.networks.normalization import BatchNorm, LayerNorm


def alone(layer, rng, dtype=np.float64):
    """Give a layer arrays of its own, as a network would; gradients start as NaN: a missing one
    shows.
    """
    for leaf in leaves([layer]):
        for name, shape in leaf.shapes.items():
            setattr(leaf, name, rng.standard_normal(shape).astype(dtype))
            setattr(leaf, "d" + name, np.full(shape, np.nan, dtype))
    return layer


def forward(layer, X, seed=7):
    """Return the output in training; dropout draws the same mask every time."""
    for leaf in leaves([layer]):
        if isinstance(leaf, Dropout):
            leaf.rng = np.random.default_rng(seed)
    return layer.forward(X, training=True)


LAYERS = {
    "dense": lambda: Dense(4, 3),
    **{name: lambda name=name: Activation(name) for name in ACTIVATIONS},
    "leaky_relu, alpha": lambda: Activation("leaky_relu", alpha=0.3),
    "elu, alpha": lambda: Activation("elu", alpha=1.7),
    "batch_norm": lambda: BatchNorm(4, eps=0.1),
    "layer_norm": lambda: LayerNorm(4, eps=0.1),
    "dropout": lambda: Dropout(0.3, rng=np.random.default_rng(7)),
    "residual": lambda: Residual([LayerNorm(4), Dense(4, 6), Activation("gelu"),
                                  Dropout(0.2, rng=np.random.default_rng(7)), Dense(6, 4)]),
}
every_layer = pytest.mark.parametrize("make", LAYERS.values(), ids=LAYERS)


def test_dense_on_numbers_worked_by_hand():
    layer = Dense(2, 3)
    layer.W, layer.b = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), np.array([10.0, 20.0, 30.0])
    layer.dW, layer.db = np.empty((2, 3)), np.empty(3)
    assert layer.forward(np.array([[1.0, 2.0], [0.0, -1.0]])).tolist() == [
        [19, 32, 45],
        [6, 15, 24],
    ]
    dX = layer.backward(np.array([[1.0, 0.0, -1.0], [2.0, 1.0, 0.0]]))
    assert layer.dW.tolist() == [[1, 0, -1], [0, -1, -2]]
    assert layer.db.tolist() == [3, 1, -1]
    assert dX.tolist() == [[-2, -2], [4, 13]]


@every_layer
def test_backward_agrees_with_central_differences(make):
    rng = np.random.default_rng(0)
    layer = alone(make(), rng)
    X = rng.standard_normal((6, 4))
    C = rng.standard_normal(forward(layer, X).shape)  # the scalar is sum(C * output), so D = C
    dX = layer.backward(C)
    expected = gradient(lambda x: float((C * forward(layer, x.reshape(X.shape))).sum()), X.ravel())
    np.testing.assert_allclose(dX.ravel(), expected, rtol=1e-6, atol=1e-8)
    for leaf in leaves([layer]):
        for name in leaf.shapes:
            written = getattr(leaf, "d" + name).ravel().copy()
            point = getattr(leaf, name).ravel()
            expected = gradient(
                lambda p, leaf=leaf, name=name: scalar(layer, leaf, name, p, X, C), point
            )
            np.testing.assert_allclose(written, expected, rtol=1e-6, atol=1e-8)


def scalar(layer, leaf, name, values, X, C):
    """Return sum(C * output) with other values for one parameter."""
    old = getattr(leaf, name)
    setattr(leaf, name, values.reshape(old.shape))
    value = float((C * forward(layer, X)).sum())
    setattr(leaf, name, old)
    return value


@every_layer
def test_backward_agrees_with_the_complex_step(make):
    """f(x + ih) = f(x) + i h f'(x): no difference is taken, so h can be 1e-30 and all error is
    rounding.
    """
    rng = np.random.default_rng(1)
    layer = alone(make(), rng)
    X = rng.standard_normal((5, 4))
    D = rng.standard_normal(forward(layer, X).shape)
    dX = layer.backward(D)
    for k in np.ndindex(X.shape):
        nudged = X.astype(complex)
        nudged[k] += 1e-30j
        assert (D * forward(layer, nudged)).sum().imag / 1e-30 == pytest.approx(
            dX[k], rel=1e-12, abs=1e-14
        )


def keras_layer(layer):
    """Return the Keras layer that does the same in training, with the same weights."""
    keras = import_tensorflow().keras
    if isinstance(layer, Dense):
        twin = keras.layers.Dense(layer.n_out, dtype="float64")
        twin.build((None, layer.n_in))
        twin.set_weights([layer.W, layer.b])
    elif isinstance(layer, Activation):
        alpha = layer.function.keywords.get("alpha", 0.01 if layer.name == "leaky_relu" else 1.0)
        tf = import_tensorflow()  # Keras rounds the constants of these three to float32
        named = {"leaky_relu": lambda x: tf.maximum(x, 0.0) + alpha * tf.minimum(x, 0.0),
                 "elu": lambda x: tf.where(x > 0, x, alpha * (tf.exp(x) - 1)),
                 "gelu": lambda x: x * (1 + tf.math.erf(x / math.sqrt(2))) / 2}
        twin = named.get(layer.name, getattr(keras.ops, layer.name))
    else:
        kind = (
            keras.layers.BatchNormalization
            if isinstance(layer, BatchNorm)
            else keras.layers.LayerNormalization
        )
        twin = kind(
            epsilon=layer.eps,
            dtype="float64",
            **({"momentum": 0.8} if isinstance(layer, BatchNorm) else {}),
        )
        twin.build((None, layer.n_in))
        twin.set_weights([layer.gamma, layer.b, *twin.get_weights()[2:]])
    return twin


@pytest.mark.parametrize(
    "make",
    [make for name, make in LAYERS.items() if name not in ("dropout", "residual")],
    ids=[name for name in LAYERS if name not in ("dropout", "residual")],
)
def test_forward_and_backward_agree_with_keras_and_its_gradient_tape(make):
    tf = import_tensorflow()
    rng = np.random.default_rng(2)
    layer = alone(make(), rng)
    X, twin = 3 * rng.standard_normal((6, 4)), keras_layer(layer)
    D = rng.standard_normal(forward(layer, X).shape)
    dX, watched = layer.backward(D), tf.constant(X)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(watched)
        out = twin(watched, training=True) if layer.shapes else twin(watched)
        total = tf.reduce_sum(out * D)
    np.testing.assert_allclose(layer.forward(X, True), out, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(dX, tape.gradient(total, watched), rtol=1e-10, atol=1e-12)
    for name, weights in zip(layer.shapes, getattr(twin, "trainable_variables", []), strict=False):
        np.testing.assert_allclose(
            getattr(layer, "d" + name), tape.gradient(total, weights.value), rtol=1e-10, atol=1e-12
        )


@every_layer
@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_nothing_changes_precision(make, dtype, training):
    rng = np.random.default_rng(2)
    layer = alone(make(), rng, dtype)
    out = layer.forward(rng.standard_normal((5, 4)).astype(dtype), training)
    dX = layer.backward(out)
    assert out.dtype == dX.dtype == dtype
    assert all(
        getattr(leaf, "d" + name).dtype == dtype for leaf in leaves([layer]) for name in leaf.shapes
    )
    assert all(
        np.asarray(getattr(leaf, name), dtype).dtype == np.result_type(getattr(leaf, name), dtype)
        for leaf in leaves([layer])
        for name in getattr(leaf, "buffers", ())
    )


@every_layer
def test_inputs_are_left_alone_and_gradients_written_in_place(make):
    rng = np.random.default_rng(3)
    layer = alone(make(), rng)
    X = rng.standard_normal((5, 4))
    D = rng.standard_normal(forward(layer, X).shape)
    X_before, D_before = X.copy(), D.copy()
    views = [
        (leaf, name, getattr(leaf, "d" + name)) for leaf in leaves([layer]) for name in leaf.shapes
    ]
    forward(layer, X)
    layer.backward(D)
    assert np.array_equal(X, X_before) and np.array_equal(D, D_before)
    assert all(getattr(leaf, "d" + name) is view for leaf, name, view in views)


def test_dropout_keeps_the_mean_and_adds_the_variance_that_theory_names():
    layer, X = Dropout(0.3, rng=np.random.default_rng(0)), np.full((400, 500), 2.0)
    A = layer.forward(X, training=True)
    assert set(np.unique(A)) == {0.0, 2.0 / 0.7}
    n = A.size  # mean x, variance x^2 p/(1 - p); tolerances: five standard errors
    assert A.mean() == pytest.approx(2, abs=5 * math.sqrt(4 * 0.3 / 0.7 / n))
    assert np.mean(A == 0) == pytest.approx(0.3, abs=5 * math.sqrt(0.21 / n))
    assert A.var() == pytest.approx(4 * 0.3 / 0.7, rel=0.02)
    assert not np.array_equal(A, layer.forward(X, training=True)), (
        "every batch has a mask of its own"
    )


def test_dropout_does_nothing_in_evaluation():
    layer, X = Dropout(0.9, rng=np.random.default_rng(0)), np.ones((3, 4))
    layer.forward(X, training=True)
    assert layer.forward(X) is X and layer.backward(X) is X


def test_batch_norm_standardizes_in_training_and_uses_running_averages_in_evaluation():
    rng = np.random.default_rng(0)
    layer = alone(BatchNorm(3, beta=0.8, eps=0.0), rng)
    layer.gamma[...], layer.b[...] = 1, 0
    mean, var = np.zeros(3), np.ones(3)
    for _ in range(4):
        X = rng.standard_normal((20, 3)) * [1, 5, 9] + [2, 3, 4]
        A = layer.forward(X, training=True)
        mean, var = 0.8 * mean + 0.2 * X.mean(0), 0.8 * var + 0.2 * X.var(0)
    np.testing.assert_allclose(A.mean(0), 0, atol=1e-14)
    np.testing.assert_allclose(A.var(0), 1)
    np.testing.assert_allclose(layer.forward(X), (X - mean) / np.sqrt(var))
    np.testing.assert_allclose(
        layer.forward(X[:1]), layer.forward(X)[:1], err_msg="in evaluation examples do not meet"
    )
    np.testing.assert_allclose(layer.backward(X), X / np.sqrt(var))


def test_batch_norm_before_any_training_passes_its_input():
    layer = BatchNorm(3, eps=0.0)
    layer.gamma, layer.b = np.ones(3), np.zeros(3)
    X = np.random.default_rng(0).standard_normal((1, 3))
    assert np.array_equal(layer.forward(X), X)


def test_layer_norm_treats_every_example_alone():
    layer = alone(LayerNorm(4, eps=0.0), np.random.default_rng(0))
    X = np.random.default_rng(1).standard_normal((5, 4)) * 7 + 3
    A = (layer.forward(X) - layer.b) / layer.gamma
    np.testing.assert_allclose(A.mean(1), 0, atol=1e-13)
    np.testing.assert_allclose(A.var(1), 1)
    assert np.array_equal(layer.forward(X[2:3]), layer.forward(X)[2:3])


def test_residual_adds_its_input_on_both_ways():
    block = alone(Residual([Dense(2, 2)]), np.random.default_rng(0))
    block.layers[0].W[...], block.layers[0].b[...] = [[1, 2], [3, 4]], [10, 20]
    assert block.forward(np.array([[1.0, 1.0]])).tolist() == [[15, 27]]
    assert block.backward(np.array([[1.0, 0.0]])).tolist() == [[2, 3]]


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: BatchNorm(0), "n must be a whole number of at least 1, got 0"),
        (lambda: LayerNorm(2.5), "n must be a whole number of at least 1, got 2.5"),
        (lambda: BatchNorm(3, beta=1.0), r"beta must be in \[0, 1\), got 1.0"),
        (lambda: LayerNorm(3, eps=-1), "eps must be finite and not negative, got -1"),
        (
            lambda: alone(BatchNorm(3), np.random.default_rng(0)).forward(
                np.ones((1, 3)), training=True
            ),
            "at least 2 examples",
        ),
        (lambda: Dropout(1.0, rng=np.random.default_rng(0)), r"drop, must be in \[0, 1\), got 1.0"),
        (lambda: Dropout(math.nan, rng=np.random.default_rng(0)), r"in \[0, 1\), got nan"),
        (
            lambda: Residual([Dense(3, 4)]),
            "a residual block must give rows as long as it takes, got 3 in, 4 out",
        ),
        (
            lambda: Residual([Dense(3, 4), Dense(5, 3)]),
            "layer 2 takes rows of 5, but is given rows of 4",
        ),
        (lambda: Activation("rely"), "unknown activation 'rely'; known are sigmoid, tanh, relu"),
    ],
)
def test_faults_are_named_in_one_sentence(make, message):
    with pytest.raises(ValueError, match=message) as caught:
        make()
    assert "\n" not in str(caught.value)


def test_types_that_do_not_fit_are_named():
    with pytest.raises(TypeError, match="rng must be a NumPy Generator"):
        Dropout(0.5, rng=3)
    with pytest.raises(TypeError, match="alpha"):
        Activation("relu", alpha=0.1)


@pytest.mark.parametrize("sizes", [(0, 3), (3, -1), (2.5, 3)])
def test_dense_names_a_size_it_cannot_take(sizes):
    with pytest.raises(ValueError, match=r"n_(in|out) must be a whole number of at least 1, got"):
        Dense(*sizes)


@pytest.mark.parametrize("sizes", [("a", 3), (3, None), (True, 3), ([2], 3), (1j, 2)])
def test_dense_names_a_size_of_a_wrong_type(sizes):
    with pytest.raises(TypeError, match=r"n_(in|out) must be a whole number of at least 1, got"):
        Dense(*sizes)


@pytest.mark.parametrize(("make", "said"), [
    (lambda: Dropout("0.5", rng=np.random.default_rng(0)), "drop, must be a number, .* got '0.5'"),
    (lambda: BatchNorm(3, beta=None), r"beta must be a number, in \[0, 1\), got None"),
    (lambda: LayerNorm(3, eps="a"), "eps must be a number, finite and not negative, got 'a'"),
    (lambda: Activation("elu", alpha="a"), "alpha must be a number, .* got 'a'"),
    (lambda: Activation("elu", alpha=[1.0]), r"alpha must be a number, .* got \[1.0\]")])
def test_settings_of_a_wrong_type_are_named(make, said):
    with pytest.raises(TypeError, match=said):
        make()


def test_two_examples_are_enough_for_batch_norm_and_are_what_it_asks_for():
    layer = alone(BatchNorm(3), np.random.default_rng(0))
    assert layer.least_batch == 2
    assert np.isfinite(layer.forward(np.eye(2, 3), training=True)).all()
    assert layer.forward(np.ones((1, 3))).shape == (1, 3)
