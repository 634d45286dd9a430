"""A network is a chain of layers. All its weights lie in one flat array `theta`, all their
gradients in one flat `grad`; each layer works on views of the two, so an optimizer sees a single
vector, without copies.

    forward    X -> layer 1 -> ... -> layer L -> logits -> loss
    backward   dloss/dlogits -> layer L -> ... -> layer 1, every layer writing its part of `grad`

Notebooks: 03, 08, 09, 10, 14, 16, 17, 18, 19, 20, 22, 24, 32.
"""
import copy
import itertools
import math

import numpy as np

from course_lib.arguments import array, finite, generator, precision, whole
from course_lib.networks.activations import Activation
from course_lib.networks.initializers import he
from course_lib.networks.layers import Dense, checked_ends, leaves
from course_lib.networks.losses import check_labels, softmax_cross_entropy


class Network:
    """A chain of layers with one flat `theta`; `is_matrix` is 1 where theta holds a weight matrix,
    0 at biases and the like.

    layers: objects as described in `course_lib.networks.layers`, used in no other network.
    init: draws every weight matrix; vectors (biases) start at 0, or where their layer's `starts`
        says.
    loss: (outputs, y) -> (loss, gradient).
    dtype: np.float32, or np.float64 for checking gradients (np.complex128 for a complex step);
        inputs are converted to it.
    Raises ValueError if the layers do not chain, TypeError if rng is not a numpy.random.Generator.

    >>> net = mlp([4, 3, 2], rng=np.random.default_rng(0))
    >>> net.theta.shape, net.layers[0].W.shape, bool(np.shares_memory(net.theta, net.layers[0].W))
    ((23,), (4, 3), True)
    """

    def __init__(self, layers, *, rng, init=he, loss=softmax_cross_entropy, dtype=np.float32):
        rng, dtype = generator(rng), precision(dtype)
        self.n_in, self.n_out = checked_ends(layers)
        self.layers = list(layers)
        for name, function in (("init", init), ("loss", loss)):
            if not callable(function):
                raise TypeError(f"{name} must be a function, got {function!r}")
        self.loss_function = loss
        size = sum(math.prod(shape) for *_, shape in self._parameters())
        self._theta, self._grad, self.is_matrix = (np.zeros(size, dtype) for _ in range(3))
        self._give_views()
        for layer, name, shape in self._parameters():
            start = getattr(layer, "starts", {}).get(name, 0.0)
            getattr(layer, name)[...] = init(rng, shape, dtype) if len(shape) == 2 else start

    def _parameters(self):
        """Yield (layer, name, shape) for every parameter, in the order of theta."""
        for layer in leaves(self.layers):
            for name, shape in layer.shapes.items():
                yield layer, name, shape

    def _give_views(self):
        """Set layer.W and layer.dW, for every parameter W of every layer, to its parts of theta and
        grad.
        """
        start, self._views = 0, []
        for layer, name, shape in self._parameters():
            here = slice(start, start + math.prod(shape))
            self.is_matrix[here] = len(shape) == 2
            for attribute, flat in ((name, self._theta), ("d" + name, self._grad)):
                view = flat[here].reshape(shape)
                setattr(layer, attribute, view)
                self._views.append((layer, attribute, view))
            start = here.stop

    def _check_views(self):
        """Raise ValueError if someone replaced a layer's view, which cuts the layer off theta."""
        for layer, name, view in self._views:
            if getattr(layer, name) is not view:
                setattr(layer, name, view)
                raise ValueError(
                    f"{name} of {type(layer).__name__} was replaced by an array that the network "
                    f"does not see, and is put back: write into it, layer.{name}[...] = values"
                )

    def __setstate__(self, state):
        """Tie the layers of a deep copy to the copy's own theta; copying alone would cut them
        loose.
        """
        self.__dict__.update(state)
        self._give_views()

    @property
    def theta(self):
        """All weights, flat: change them in place, or assign values, which are copied in."""
        return self._theta

    @theta.setter
    def theta(self, values):
        values = array("theta", values)
        if values.shape != self._theta.shape:
            raise ValueError(
                f"theta has shape {self._theta.shape}, got values of shape {values.shape}"
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
        X, y = self._checked(X), array("y", y)
        # The loss knows which y it takes.
        self.loss_function(np.zeros((len(X), self.n_out), X.dtype), y)
        return X, y

    def check_batches(self, n, batch_size):
        """Raise ValueError if n examples, cut into batches, leave one too small for some layer.

        >>> from course_lib.networks.normalization import BatchNorm
        >>> net = Network([BatchNorm(3), Dense(3, 2)], rng=np.random.default_rng(0))
        >>> net.check_batches(101, batch_size=50)  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        ValueError: BatchNorm needs batches of at least 2 examples in training, got a batch of 1 ...
        """
        smallest = whole("n", n) % whole("batch_size", batch_size) or batch_size
        for layer in leaves(self.layers):
            least = getattr(layer, "least_batch", 1)
            if smallest < least:
                raise ValueError(
                    f"{type(layer).__name__} needs batches of at least {least} examples in "
                    f"training, got a batch of {smallest} (n = {n}, batch_size = {batch_size})"
                )

    def _checked(self, X):
        self._check_views()
        given, dtype = array("X", X), self._theta.dtype
        if given.dtype.kind == "c" != dtype.kind:
            raise ValueError("X must be real in a network with real weights, got complex numbers")
        with np.errstate(over="ignore"):
            X = array("X", given, dtype)
        if X.ndim != 2 or X.shape[1] != self.n_in or len(X) == 0:
            raise ValueError(
                f"X must have shape (n, {self.n_in}), one flat example a row, got {X.shape}"
            )
        if not finite(X):
            raise ValueError("X must be finite, got NaN or infinity in it" if not finite(given) else
                             f"X must fit {dtype}, got a number beyond its range")
        return X

    def logits(self, X, training=False, checked=False):
        """Return the outputs before any softmax, (n, n_out), for X (n, n_in), finite and not empty.

        training: whether layers that behave otherwise in training (dropout, batch normalisation) do
        so. checked: whether X holds rows of what `check` returned.
        """
        A = X if checked else self._checked(X)
        for layer in self.layers:
            A = layer.forward(A, training)
        return A

    def loss(self, X, y):
        """Return the mean loss over the examples, in evaluation."""
        return self.loss_function(self.logits(X), y)[0]

    def loss_and_grad(self, X, y, checked=False):
        """Return the mean loss, in training, and its gradient with respect to theta: `grad` itself,
        not a copy. checked: as in `logits`.
        """
        loss, D = self.loss_function(self.logits(X, True, checked), y)
        for layer in reversed(self.layers[1:]):
            D = layer.backward(D)
        # Nobody needs the gradient with respect to X, and it would cost as much as dW.
        first = self.layers[0]
        getattr(first, "parameter_gradients", first.backward)(D)
        self._check_views()
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
        self._check_views()
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


def mlp(sizes, *, rng, activation="relu", dtype=np.float32, init=he, loss=softmax_cross_entropy):
    """Return a `Network` of dense layers with an activation between each two.

    sizes: row lengths from input to output, such as [784, 128, 128, 10]; ValueError for fewer than
        two.
    activation: one of `activations.ACTIVATIONS`. For others, or for normalisation, give `Network` a
        list of layers.
    dtype, init, loss: as in `Network`.
    """
    if np.ndim(sizes) != 1 or len(sizes) < 2:
        raise ValueError(f"sizes needs at least two entries, input and output, got {sizes!r}")
    layers = [Dense(sizes[0], sizes[1])]
    for n_in, n_out in itertools.pairwise(sizes[1:]):
        layers += [Activation(activation), Dense(n_in, n_out)]
    return Network(layers, rng=rng, init=init, loss=loss, dtype=dtype)
