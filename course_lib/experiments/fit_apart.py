"""What is inside `fit`: the same steps in this course's NumPy and in Keras, from the same weights
and on the same batches, and five ways to run one and the same step.

    gap after step t      largest |difference| of two corresponding weights
    five ways             the tape step by step, as a graph, compiled by XLA; fit, and fit with
                          many steps in one call

Notebooks: 26.
"""
from types import SimpleNamespace

import numpy as np

from course_lib import optimizers
from course_lib.arguments import one_thread
from course_lib.frameworks import keras_bridge
from course_lib.frameworks.tensorflow_quietly import import_keras, import_tensorflow
from course_lib.networks.network import mlp
from course_lib.training.loop import train

SIZES = [784, 128, 128, 10]


def plan(n, n_steps, batch_size, *, seed=0):
    """Return which of n images are in each of n_steps batches, (n_steps, batch_size)."""
    rng = np.random.default_rng(seed)
    orders = [rng.permutation(n) for _ in range(-(-n_steps * batch_size // n))]
    return np.concatenate(orders)[:n_steps * batch_size].reshape(n_steps, batch_size)


def start(dtype="float64"):
    """Return the network 784-128-128-10 with its first weights, always the same."""
    return mlp(SIZES, rng=np.random.default_rng(0), dtype=np.dtype(dtype).type)


def side_by_side(step, optimizer, data, batches, *, dtype="float64", **hyper):
    """Return `loss` (steps, 2), `gap` (steps,) and the last weights, ours and Keras', of a rule of
    this course and a Keras optimizer, from the same start on the same batches.

    step: the rule's name. hyper: its settings; one that is a function is called with t.
    optimizer: made inside keras_bridge.precision(dtype), as is the call.
    data: Splits. batches: index arrays, one a step.
    """
    keras, net, state, loss, gap = import_keras(), start(dtype), {}, [], []
    model = keras_bridge.twin(net)
    model.compile(optimizer, keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    with one_thread():
        for t, rows in enumerate(batches, start=1):
            X, y = data.X_train[rows].astype(dtype), data.y_train[rows]
            mine, g = net.loss_and_grad(X, y)
            now = {name: value(t) if callable(value) else value for name, value in hyper.items()}
            net.theta, state = optimizers.STEPS[step](net.theta, g, state, **now)
            loss.append((mine, model.train_on_batch(X, y)))
            gap.append(np.abs(keras_bridge.theta(model) - net.theta).max())
    return SimpleNamespace(loss=np.array(loss), gap=np.array(gap),
                           ours=net.theta, theirs=keras_bridge.theta(model))


def tape_steps(data, batches, wrap):
    """Return a Keras model, and a function that takes Adam's steps on these batches with it.

    wrap: what is done to the step before it is used, such as tf.function.
    """
    keras, tf = import_keras(), import_tensorflow()
    model, optimizer = keras_bridge.twin(start("float32")), keras.optimizers.Adam(0.001)
    loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    optimizer.build(model.trainable_variables)

    def step(X, y):
        with tf.GradientTape() as tape:
            loss = loss_fn(y, model(X, training=True))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply(gradients, model.trainable_variables)

    step = wrap(step)
    return model, lambda: [step(data.X_train[rows], data.y_train[rows]) for rows in batches]


def fit_steps(data, batches, steps_per_execution=1):
    """Return a Keras model, and a function that takes Adam's steps on these batches by `fit`."""
    keras, rows = import_keras(), np.concatenate(list(batches))
    model = keras_bridge.twin(start("float32"))
    model.compile(keras.optimizers.Adam(0.001),
                  keras.losses.SparseCategoricalCrossentropy(from_logits=True),
                  steps_per_execution=steps_per_execution)
    X, y, batch_size = data.X_train[rows], data.y_train[rows], len(batches[0])
    return model, lambda: model.fit(X, y, batch_size=batch_size, shuffle=False, verbose=0)


def five_ways(data, batches):
    """Return {name: (model, function that takes all steps once)} of the five ways in Keras."""
    tf = import_tensorflow()
    return {
        "tape": tape_steps(data, batches, lambda step: step),
        "tape, tf.function": tape_steps(data, batches, tf.function),
        "tape, XLA": tape_steps(data, batches, tf.function(jit_compile=True)),
        "fit": fit_steps(data, batches),
        "fit, 50 steps a call": fit_steps(data, batches, 50),
    }


def in_numpy(data, batches):
    """Return a function that takes as many steps of Adam with this course's own loop."""
    rows = np.concatenate(list(batches))
    net, X, y = start("float32"), data.X_train[rows], data.y_train[rows]
    return lambda: train(net, (X, y), "adam", lr=0.001, epochs=1, batch_size=len(batches[0]),
                         rng=np.random.default_rng(0), progress=False)
