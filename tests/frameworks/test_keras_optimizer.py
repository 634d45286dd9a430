"""A rule of the course inside Keras: the weights are those by hand, schedules and clipping those of
Keras.
"""
import itertools

import numpy as np
import pytest

from course_lib import optimizers
from course_lib.frameworks.keras_bridge import keras_optimizer
from course_lib.frameworks.tensorflow_quietly import import_tensorflow
from course_lib.networks.network import mlp

RNG = np.random.default_rng(3)
X, Y = RNG.normal(size=(40, 6)).astype(np.float32), RNG.integers(0, 4, size=40)


@pytest.fixture(scope="module")
def keras():
    import_tensorflow()
    import keras
    return keras


def by_hand(rule, sizes, rates, clip=np.inf, **hyper):
    """Train this course's network from a start of ones and zeros, and return its weights, W and b
    of each layer in turn.
    """
    net, state = mlp(sizes, rng=np.random.default_rng(0)), {}
    for layer in net.layers[::2]:
        layer.W[...], layer.b[...] = starting(layer.W.shape), 0.0
    for k, start in enumerate([*range(0, 40, 10)] * 2):
        _, g = net.loss_and_grad(X[start:start + 10], Y[start:start + 10])
        net.theta, state = rule(net.theta, np.clip(g, -clip, clip), state, lr=rates(k), **hyper)
    return [array for layer in net.layers[::2] for array in (layer.W, layer.b)]


def starting(shape):
    return np.cos(np.arange(np.prod(shape))).reshape(shape).astype(np.float32)


def in_keras(keras, sizes, optimizer, **how):
    layers = [keras.layers.Dense(n, activation="relu") for n in sizes[1:-1]] + [
        keras.layers.Dense(sizes[-1])
    ]
    model = keras.Sequential([keras.Input((sizes[0],)), *layers])
    model.set_weights([part for shape in itertools.pairwise(sizes)
                       for part in (starting(shape), np.zeros(shape[1], np.float32))])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=optimizer, loss=loss, run_eagerly=True, **how)
    model.fit(X, Y, batch_size=10, epochs=2, shuffle=False, verbose=0)
    return model.get_weights()


def close(ours, theirs):
    return all(np.allclose(a, b, atol=2e-5) for a, b in zip(ours, theirs, strict=True))


@pytest.mark.parametrize(
    "name, hyper", [("momentum", {"beta": 0.8}), ("adam", {"eps": 0.01}), ("adagrad", {"eps": 0.1})]
)
def test_fit_takes_the_same_path_as_the_rule_by_hand(keras, name, hyper):
    sizes, rule = [6, 5, 4], optimizers.STEPS[name]
    weights = in_keras(keras, sizes, keras_optimizer(rule, lr=0.05, **hyper))
    assert close(by_hand(rule, sizes, lambda k: 0.05, **hyper), weights)
    assert not close(by_hand(rule, sizes, lambda k: 0.06, **hyper), weights)


def test_schedules_and_clipping_are_those_of_keras(keras):
    schedule = keras.optimizers.schedules.ExponentialDecay(0.1, decay_steps=1, decay_rate=0.5)
    optimizer = keras_optimizer(optimizers.momentum, lr=schedule, beta=0.5)
    optimizer.clipvalue = 0.02
    weights = in_keras(keras, [6, 4], optimizer)
    assert close(
        by_hand(optimizers.momentum, [6, 4], lambda k: 0.1 * 0.5**k, clip=0.02, beta=0.5), weights
    )
    assert not close(
        by_hand(optimizers.momentum, [6, 4], lambda k: 0.1 * 0.5**k, beta=0.5), weights
    )


def test_it_is_an_optimizer_that_keeps_float32_and_gives_each_variable_its_own_state(keras):
    optimizer = keras_optimizer(optimizers.adam, lr=0.1)
    assert isinstance(optimizer, keras.optimizers.Optimizer)
    first, second = keras.Variable(np.ones(2)), keras.Variable(np.ones((3, 1)))
    optimizer.apply([keras.ops.ones(2), -keras.ops.ones((3, 1))], [first, second])
    assert first.numpy() == pytest.approx(0.9) and second.numpy() == pytest.approx(1.1)
    assert [state["m"].shape for state in optimizer.states] == [(2,), (3, 1)]
    assert {state["m"].dtype for state in optimizer.states} == {np.dtype(np.float32)}


def test_without_eager_steps_one_sentence_says_what_to_do(keras):
    model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(4)])
    model.compile(optimizer=keras_optimizer(optimizers.sgd, lr=0.1), loss="mse")
    with pytest.raises(RuntimeError, match="compile with run_eagerly=True"):
        model.fit(X, np.ones((40, 4), np.float32), verbose=0)
