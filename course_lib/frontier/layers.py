"""Rules for matrices, on a network whose weights lie in one vector: each weight matrix gets the
matrix rule, and all else, the biases and whatever is named, a rule for vectors.

Notebooks: 32.
"""
import math

import numpy as np

from course_lib.networks.layers import leaves


def shapes_of(net):
    """Return the shapes of a network's parameters, in the order of theta.

    >>> from course_lib.networks import mlp
    >>> shapes_of(mlp([4, 3, 2], rng=np.random.default_rng(0)))
    [(4, 3), (3,), (3, 2), (2,)]
    """
    return [shape for layer in leaves(net.layers) for shape in layer.shapes.values()]


def inputs_of(net, X, k):
    """Return what comes into layer number k (from 0) of a network for X (n, n_in): (n, inputs)."""
    A = X
    for layer in net.layers[:k]:
        A = layer.forward(A)
    return A


def by_layer(shapes, matrix, vector, *, is_matrix=None):
    """Return an update rule for theta that applies `matrix` to each weight matrix and `vector` to
    each other parameter.

    shapes: as of `shapes_of`. matrix, vector: rules (w, g, state, *, lr, ...); each is called with
        all hyper-parameters of the call.
    is_matrix: (k, shape) -> bool, which of the parameters the matrix rule gets; by default those
        with two axes.
    """
    chosen = is_matrix or (lambda k, shape: len(shape) == 2)
    ends = np.cumsum([math.prod(shape) for shape in shapes])
    places = [slice(end - math.prod(s), end) for end, s in zip(ends, shapes, strict=True)]

    def step(w, g, state, **hyper):
        new, states = np.empty_like(w), {}
        for k, (here, shape) in enumerate(zip(places, shapes, strict=True)):
            part = matrix if chosen(k, shape) else vector
            moved, states[k] = part(w[here].reshape(shape), g[here].reshape(shape),
                                    state.get(k, {}), **hyper)
            new[here] = moved.ravel()
        return new, states

    return step
