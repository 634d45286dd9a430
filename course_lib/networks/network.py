"""A network is a chain of layers. All its weights lie in one flat array `theta`, all their
gradients in one flat `grad`; each layer works on windows into the two, so an optimizer sees a
single vector, without copies.

    forward    X -> layer 1 -> ... -> layer L -> logits -> loss
    backward   dloss/dlogits -> layer L -> ... -> layer 1, every layer writing its part of `grad`
"""
import copy
import itertools

import numpy as np

from course_lib.arguments import finite
from course_lib.networks.activations import Activation
from course_lib.networks.initializers import he
from course_lib.networks.layers import Dense, ends_of_chain, leaves
from course_lib.networks.losses import check_labels, softmax_cross_entropy


class Network:
    """A chain of layers with one flat `theta`; `is_matrix` is 1 where theta holds a weight matrix,
    0 at biases and the like.

    layers: objects as described in `course_lib.networks.layers`, used in no other network. init:
    draws every weight matrix; vectors (biases) start at 0, or where their layer's `starts` says.
    loss: (outputs, y) -> (loss, gradient). dtype: np.float32, or np.float64 for checking gradients;
    inputs are converted to it. Raises ValueError if the layers do not chain, TypeError if rng is
    not a numpy.random.Generator.

    >>> net = mlp([4, 3, 2], rng=np.random.default_rng(0))
    >>> net.theta.shape, net.layers[0].W.shape, bool(np.shares_memory(net.theta, net.layers[0].W))
    ((23,), (4, 3), True)
    """

    def __init__(self, layers, *, rng, init=he, loss=softmax_cross_entropy, dtype=np.float32):
        if not isinstance(rng, np.random.Generator):
            raise TypeError(
                f"rng must be a Generator such as np.random.default_rng(0), got {rng!r}"
            )
        if np.dtype(dtype).kind not in "fc":
            raise ValueError(
                f"dtype must be a floating-point type such as np.float32, got {np.dtype(dtype)}"
            )
        self.layers = list(layers)
        self.n_in, self.n_out = _checked_ends(self.layers)
        self.loss_function = loss
        size = sum(
            int(np.prod(shape)) for layer in leaves(self.layers) for shape in layer.shapes.values()
        )
        self._theta, self._grad, self.is_matrix = (np.zeros(size, dtype) for _ in range(3))
        self._give_windows()
        for layer in leaves(self.layers):
            for name, shape in layer.shapes.items():
                start = getattr(layer, "starts", {}).get(name, 0.0)
                getattr(layer, name)[...] = init(rng, shape, dtype) if len(shape) == 2 else start

    def _give_windows(self):
        """Set layer.W and layer.dW, for every parameter W of every layer, to its parts of theta and
        grad.
        """
        start = 0
        for layer in leaves(self.layers):
            for name, shape in layer.shapes.items():
                here = slice(start, start + int(np.prod(shape)))
                self.is_matrix[here] = len(shape) == 2
                setattr(layer, name, self._theta[here].reshape(shape))
                setattr(layer, "d" + name, self._grad[here].reshape(shape))
                start = here.stop

    def __setstate__(self, state):
        """Tie the layers of a deep copy to the copy's own theta; copying alone would cut them
        loose.
        """
        self.__dict__.update(state)
        self._give_windows()

    @property
    def theta(self):
        """All weights, flat: change them in place, or assign values, which are copied in."""
        return self._theta

    @theta.setter
    def theta(self, values):
        if np.shape(values) != self._theta.shape:
            raise ValueError(
                f"theta has shape {self._theta.shape}, got values of shape {np.shape(values)}"
            )
        self._theta[:] = values

    @property
    def grad(self):
        """The gradient of the last `loss_and_grad`, which the next one overwrites; in the order of
        theta.
        """
        return self._grad

    def check(self, X, y):
        """Return X, in the network's precision, and y as arrays; ValueError if they do not fit."""
        X, y = self._checked(X), np.asarray(y)
        self.loss_function(
            np.zeros((len(X), self.n_out), X.dtype), y
        )  # the loss knows which y it takes
        return X, y

    def _checked(self, X):
        X = np.asarray(X, dtype=self.theta.dtype)
        if X.ndim != 2 or X.shape[1] != self.n_in or len(X) == 0:
            raise ValueError(
                f"X must have shape (n, {self.n_in}), one flat example a row, got {X.shape}"
            )
        if not finite(X):
            raise ValueError("X must be finite, got NaN or infinity in it")
        return X

    def logits(self, X, training=False):
        """Return the outputs before any softmax, (n, n_out), for X (n, n_in), finite and not empty.

        training: whether layers that behave otherwise in training (dropout, batch normalisation) do
        so.
        """
        A = self._checked(X)
        for layer in self.layers:
            A = layer.forward(A, training)
        return A

    def loss(self, X, y):
        """Return the mean loss over the examples, in evaluation."""
        return self.loss_function(self.logits(X), y)[0]

    def loss_and_grad(self, X, y):
        """Return the mean loss, in training, and its gradient with respect to theta: `grad` itself,
        not a copy.
        """
        loss, D = self.loss_function(self.logits(X, training=True), y)
        for layer in reversed(self.layers[1:]):
            D = layer.backward(D)
        first = self.layers[
            0
        ]  # nobody needs the gradient with respect to X, and it would cost as much as dW
        getattr(first, "parameter_gradients", first.backward)(D)
        return loss, self.grad

    def objective(self, X, y):
        """Return `fun(theta) -> (loss, grad)` for all of X and y: the contract of
        `descent.minimize`.

        Each call moves the network to the theta it is asked about, and returns a gradient of its
        own.
        """
        X, y = self.check(X, y)

        def fun(theta):
            self.theta = theta
            loss, grad = self.loss_and_grad(X, y)
            return loss, grad.copy()

        return fun

    def snapshot(self):
        """Return a copy of all that training changes: theta, and the layers' buffers (running
        averages).
        """
        return self.theta.copy(), [
            {name: copy.copy(getattr(layer, name)) for name in getattr(layer, "buffers", ())}
            for layer in leaves(self.layers)
        ]

    def restore(self, snapshot):
        """Go back to a `snapshot` of this network."""
        self.theta, buffers = snapshot
        for layer, kept in zip(leaves(self.layers), buffers, strict=True):
            vars(layer).update(copy.deepcopy(kept))

    def dead_units(self, X):
        """Return, for each activation layer, the fraction of units whose slope is 0 for all of X,
        so that they pass no gradient back. Layers inside residual blocks are left out, since the
        detour stays open.
        """
        self.logits(X)
        return [
            float(layer.dead().mean()) for layer in self.layers if isinstance(layer, Activation)
        ]

    def predict(self, X):
        """Return the class with the largest logit, (n,) integers."""
        return self.logits(X).argmax(axis=1)

    def accuracy(self, X, y):
        """Return the fraction of X whose predicted class is y; ValueError if y does not hold class
        labels.
        """
        return float(np.mean(self.predict(X) == check_labels(y, len(X), self.n_out)))


def _checked_ends(layers):
    """Return the row lengths that the chain takes and gives; ValueError if the layers make no
    network.
    """
    single = list(leaves(layers))
    in_use = any(hasattr(layer, name) for layer in single for name in layer.shapes)
    if in_use or len({id(layer) for layer in single}) < len(single):
        raise ValueError(
            "a layer has one place in one network, got one that is in use: build a new one"
        )
    n_in, n_out = ends_of_chain(layers)
    if n_out is None:
        raise ValueError("a network needs at least one layer with weights, got none")
    return n_in, n_out


def mlp(sizes, *, rng, activation="relu", dtype=np.float32, init=he):
    """Return a `Network` of dense layers with an activation between each two, trained on softmax
    cross-entropy.

    sizes: row lengths from input to output, such as [784, 128, 128, 10]; ValueError for fewer than
        two.
    activation: one of `activations.ACTIVATIONS`. For others, or for normalisation, give `Network` a
        list of layers.
    """
    if len(sizes) < 2:
        raise ValueError(f"sizes needs at least two entries, input and output, got {list(sizes)}")
    layers = [Dense(sizes[0], sizes[1])]
    for n_in, n_out in itertools.pairwise(sizes[1:]):
        layers += [Activation(activation), Dense(n_in, n_out)]
    return Network(layers, rng=rng, init=init, dtype=dtype)
