"""The Keras twin has the course network's weights, outputs and gradients; its helpers do what they
say.
"""
import numpy as np
import pytest

from course_lib.data import datasets
from course_lib.frameworks import keras_bridge
from course_lib.frameworks.tensorflow_quietly import import_tensorflow
from course_lib.networks.activations import Activation
from course_lib.networks.layers import Dense, Dropout
from course_lib.networks.network import Network, mlp


@pytest.fixture
def keras():
    return import_tensorflow().keras


def net_of(dtype=np.float64, activation="relu"):
    net = mlp([5, 4, 3], rng=np.random.default_rng(0), dtype=dtype, activation=activation)
    net.theta += np.linspace(
        -0.1, 0.1, net.theta.size
    )  # biases are not 0, and no two weights are alike
    return net


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("activation", keras_bridge.KNOWN)
def test_a_twin_has_the_weights_the_outputs_and_the_precision(keras, dtype, activation):
    net, X = net_of(dtype, activation), np.random.default_rng(1).normal(size=(6, 5)).astype(dtype)
    model = keras_bridge.twin(net)
    outputs = np.asarray(model(X))
    assert outputs.dtype == keras_bridge.theta(model).dtype == np.dtype(dtype)
    np.testing.assert_array_equal(keras_bridge.theta(model), net.theta)
    tolerance = 1e-6 if dtype == "float32" else 1e-13
    np.testing.assert_allclose(outputs, net.logits(X), rtol=10 * tolerance, atol=tolerance)


def test_a_twin_is_independent_of_its_original(keras):
    net = net_of()
    model, before = keras_bridge.twin(net), net.theta.copy()
    net.theta[...] = 0
    np.testing.assert_array_equal(keras_bridge.theta(model), before)


def test_gradients_come_in_the_order_of_theta(keras):
    tf, net = import_tensorflow(), net_of()
    X, y = np.random.default_rng(1).normal(size=(6, 5)), np.array([0, 1, 2, 0, 1, 2])
    model = keras_bridge.twin(net)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(
            tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=model(X))
        )
    expected = np.concatenate([np.ravel(g) for g in tape.gradient(loss, model.trainable_variables)])
    np.testing.assert_allclose(net.loss_and_grad(X, y)[1], expected, rtol=1e-11, atol=1e-15)


@pytest.mark.parametrize(
    "layer, said",
    [
        (Dropout(0.5, rng=np.random.default_rng(0)), "got Dropout"),
        (Activation("elu"), "got Activation elu"),
    ],
)
def test_a_layer_without_counterpart_is_refused(keras, layer, said):
    with pytest.raises(ValueError, match=said):
        keras_bridge.twin(Network([Dense(5, 4), layer, Dense(4, 3)], rng=np.random.default_rng(0)))


def test_fifty_steps_of_momentum_in_double_precision_are_the_same(keras):
    net, state, rng = net_of(), {}, np.random.default_rng(2)
    with keras_bridge.precision("float64"):
        model = keras_bridge.twin(net)
        model.compile(keras.optimizers.SGD(0.125, momentum=0.75),
                      keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        for _ in range(10):
            X, y = rng.normal(size=(7, 5)), rng.integers(0, 3, 7)
            g = net.loss_and_grad(X, y)[1]
            state = {"v": 0.75 * state.get("v", 0) + g}
            net.theta = net.theta - 0.125 * state["v"]
            model.train_on_batch(X, y)
    np.testing.assert_allclose(keras_bridge.theta(model), net.theta, rtol=1e-12, atol=1e-14)


def test_precision_is_set_inside_the_block_and_restored_even_after_an_error(keras):
    with pytest.raises(KeyError), keras_bridge.precision("float64"):
        assert (
            keras.config.floatx() == "float64"
            and keras.layers.Dense(1).dtype_policy.name == "float64"
        )
        raise KeyError
    assert (
        keras.config.floatx() == "float32" and keras.layers.Dense(1).dtype_policy.name == "float32"
    )
    with pytest.raises(ValueError, match="float16"), keras_bridge.precision("float16"):
        pass


def test_gates_are_the_open_relus_at_the_given_weights():
    net = mlp([2, 3, 2, 1], rng=np.random.default_rng(0), dtype=np.float64)
    theta = np.random.default_rng(3).normal(size=net.theta.size)
    X = np.random.default_rng(4).normal(size=(9, 2))
    W1, b1, W2, b2 = theta[:6].reshape(2, 3), theta[6:9], theta[9:15].reshape(3, 2), theta[15:17]
    Z1 = X @ W1 + b1
    Z2 = np.maximum(Z1, 0) @ W2 + b2
    assert np.array_equal(
        keras_bridge.active_units(net, theta, X), np.concatenate([Z1, Z2], axis=1) > 0
    )


def test_advance_takes_one_step_on_each_batch(keras):
    X = np.array([[1.0], [3.0]], np.float32)
    data = datasets.Splits(X, np.array([2.0, 5.0], np.float32), X, X, X, X, "digits")
    model = keras.Sequential(
        [
            keras.layers.Input((1,)),
            keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros"),
        ]
    )
    model.compile(keras.optimizers.SGD(0.125), "mse")
    w = 0.0
    for x, y in ((1, 2), (3, 5)):
        w -= 0.125 * 2 * x * (w * x - y)
    assert keras_bridge.train_on(model, data, [[0], [1]]) == pytest.approx([w], rel=1e-6)


def test_the_small_cnn_has_the_weights_that_the_text_counts(keras):
    model = keras_bridge.small_cnn()
    assert (
        model.count_params() == 9 * 16 + 16 + 9 * 16 * 32 + 32 + 5 * 5 * 32 * 64 + 64 + 64 * 10 + 10
    )
    assert model.output_shape == (None, 10)
