"""The same network in Keras: `twin` copies a course network's layers and weights, `theta` reads a
model's weights flat, in the course's order, and `precision` makes Keras count in float64 for a
while. `keras_optimizer` turns a rule of this course into a Keras optimizer. `small_cnn` is a small
CNN for MNIST.

    order of theta      W_1 (n_in, n_out) row by row, b_1, W_2, b_2, ...: Keras' kernels have the
                        same shape and order
    number of weights   convolution 3 x 3: 9 n_in n_out + n_out;  dense: n_in n_out + n_out;
                        pooling, dropout: none

Notebooks: 25, 26, 27.
"""
import contextlib

import numpy as np

from course_lib.networks.activations import Activation
from course_lib.networks.layers import Dense

KNOWN = ("relu", "tanh", "sigmoid")  # activations that mean the same in both


def twin(net):
    """Return an uncompiled keras.Sequential with the layers, the weights and the precision of
    `net`.

    net: a Network of Dense layers and relu, tanh or sigmoid activations; ValueError for any other
    layer. The copy is independent; its outputs are the logits. Call
    course_lib.frameworks.tensorflow_quietly.import_tensorflow first.
    """
    import keras

    dtype, layers = net.theta.dtype.name, []
    for layer in net.layers:
        if isinstance(layer, Dense):
            layers.append(keras.layers.Dense(layer.n_out, dtype=dtype))
        elif isinstance(layer, Activation) and layer.name in KNOWN:
            layers.append(keras.layers.Activation(layer.name, dtype=dtype))
        else:
            raise ValueError(
                f"twin copies Dense and the activations {', '.join(KNOWN)}, got {_named(layer)}"
            )
    model = keras.Sequential([keras.layers.Input((net.n_in,), dtype=dtype), *layers])
    model.set_weights(
        [array for layer in net.layers if isinstance(layer, Dense) for array in (layer.W, layer.b)]
    )
    return model


def _named(layer):
    return (
        f"{type(layer).__name__} {layer.name}"
        if isinstance(layer, Activation)
        else type(layer).__name__
    )


def theta(model):
    """Return all trainable weights of a Keras model, flat (n,), in the order of a course network's
    theta.
    """
    return np.concatenate([np.ravel(weight) for weight in model.trainable_weights])


@contextlib.contextmanager
def policy(name):
    """Let Keras make layers by this dtype policy inside a `with` block, then go back.

    name: such as 'mixed_float16', weights in float32 and layers that compute in float16.
    """
    import keras

    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(name)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


@contextlib.contextmanager
def precision(dtype):
    """Let Keras make layers, losses, optimizers and inputs of this dtype inside a `with` block,
    then go back.

    dtype: 'float32' or 'float64'; ValueError otherwise. Build, compile and train a model inside one
    block.
    """
    import keras

    if dtype not in ("float32", "float64"):
        raise ValueError(f"dtype must be 'float32' or 'float64', got {dtype!r}")
    before = keras.config.floatx(), keras.config.dtype_policy()
    keras.config.set_floatx(dtype)
    keras.config.set_dtype_policy(dtype)
    try:
        yield
    finally:
        keras.config.set_floatx(before[0])
        keras.config.set_dtype_policy(before[1])


def active_units(net, theta, X):
    """Set the weights to `theta` and return which units of the activation layers put out more than
    0 for X, (n, units).
    """
    net.theta, A, found = theta, X, []
    for layer in net.layers:
        A = layer.forward(A)
        if isinstance(layer, Activation):
            found.append(A > 0)
    return np.concatenate(found, axis=1)


def train_on(model, data, plan):
    """Take one step of a compiled model on each batch of training images that `plan` names; return
    its weights, flat.

    data: Splits, as datasets.split returns them.
    plan: index arrays, one a batch.
    """
    for rows in plan:
        model.train_on_batch(data.X_train[rows], data.y_train[rows])
    return theta(model)


def small_cnn():
    """Return an uncompiled CNN for images (n, 28, 28, 1) in [0, 1]: two convolutions, two
    poolings, two dense layers.
    """
    from keras import Sequential, layers

    return Sequential([
        layers.Input((28, 28, 1)),
        layers.Conv2D(16, 3, activation="relu"), layers.MaxPooling2D(),
        layers.Conv2D(32, 3, activation="relu"), layers.MaxPooling2D(),
        layers.Flatten(), layers.Dropout(0.25),
        layers.Dense(64, activation="relu"), layers.Dense(10)])


def _numbers(tensor):
    """Return a variable or a gradient as a NumPy array; RuntimeError where it holds no numbers."""
    try:
        return tensor.numpy()
    except (NotImplementedError, AttributeError):
        raise RuntimeError(
            "keras_optimizer needs gradients with numbers in them: compile with run_eagerly=True, "
            f"and use no Embedding layer; it got {type(tensor).__name__}"
        ) from None


def keras_optimizer(step, *, lr, **hyper):
    """Return a keras.optimizers.Optimizer that moves every variable by `step`.

    lr: a number or a Keras schedule. The rule runs in NumPy, so compile with
    run_eagerly=True: for trying a rule out, not for speed. Schedules and clipping remain
    those of Keras; states are not saved.
    """
    import keras

    class Wrapped(keras.optimizers.Optimizer):
        def build(self, variables):
            super().build(variables)
            self.states = [{} for _ in variables]

        def update_step(self, gradient, variable, learning_rate):
            k = self._get_variable_index(variable)
            w, g = _numbers(variable), _numbers(gradient)
            w, self.states[k] = step(w, g, self.states[k], lr=float(learning_rate), **hyper)
            self.assign(variable, w)

    return Wrapped(learning_rate=lr)
