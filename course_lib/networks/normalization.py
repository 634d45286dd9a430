"""Normalisation subtracts a mean and divides by a standard deviation, then lets two learnt vectors
undo it.

    Xhat = (X - mean) / sqrt(var + eps)        A = gamma Xhat + b
    BatchNorm   mean and var of each column (a unit, over the batch);
                in evaluation, running averages of both
    LayerNorm   mean and var of each row (an example, over its units)

    backward, with G = D gamma and averages over the same axis as mean and var:
    dX = (G - mean(G) - Xhat mean(G Xhat)) / sqrt(var + eps)

The two subtractions are the way back through the mean and through the variance; whoever forgets
them treats both as constants. Variances are those of the sample itself, divided by n, in training
and in the running average alike.

Notebooks: 21.
"""
import numpy as np

from course_lib.arguments import fraction, not_negative, whole


def _standardize(X, mean, var, eps):
    scale = 1 / np.sqrt(var + eps)
    return (X - mean) * scale, scale


def _through_statistics(G, Xhat, scale, axis):
    """Return the gradient with respect to X where mean and variance were taken from X along `axis`.
    """
    return (G - G.mean(axis, keepdims=True) - Xhat * (G * Xhat).mean(axis, keepdims=True)) * scale


class LayerNorm:
    """Each example by itself gets mean 0 and variance 1 over its n units (Ba et al. 2016, arXiv
    1607.06450).

    n: row length. eps: added to the variance. Parameters: gamma (n,), from 1, and b (n,), from 0.
    Raises ValueError if n is not a whole number of at least 1, or eps is negative.
    """

    def __init__(self, n, *, eps=1e-5):
        self.n_in = self.n_out = whole("n", n)
        self.shapes, self.starts = {"gamma": (self.n_in,), "b": (self.n_in,)}, {"gamma": 1.0}
        self.eps = not_negative("eps", eps)

    def forward(self, X, training=False):
        """Return gamma Xhat + b, of the shape (n_examples, n) of X."""
        mean, var = X.mean(axis=1, keepdims=True), _variance(X, axis=1)
        self.Xhat, self.scale = _standardize(X, mean, var, self.eps)
        return self.gamma * self.Xhat + self.b

    def backward(self, D):
        """Write dgamma and db, and return the gradient with respect to X."""
        _write_parameter_gradients(self, D)
        return _through_statistics(D * self.gamma, self.Xhat, self.scale, axis=1)


class BatchNorm:
    """Each unit gets mean 0 and variance 1 over the batch (Ioffe & Szegedy 2015, arXiv 1502.03167).

    n: row length. beta: what the running averages keep from batch to batch. eps: added to the
    variance. Parameters: gamma (n,), from 1, and b (n,), from 0. Buffers: mean and var, from 0 and
    1, used in evaluation. Raises ValueError for settings out of range, and in training for a batch
    of a single example, whose variance is 0.
    """

    buffers, least_batch = ("mean", "var"), 2

    def __init__(self, n, *, beta=0.9, eps=1e-5):
        self.n_in = self.n_out = whole("n", n)
        self.shapes, self.starts = {"gamma": (self.n_in,), "b": (self.n_in,)}, {"gamma": 1.0}
        self.beta, self.eps = fraction("beta", beta), not_negative("eps", eps)
        self.mean, self.var = np.float32(0), np.float32(1)

    def forward(self, X, training=False):
        """Return gamma Xhat + b, of the shape (n_examples, n) of X; training also moves the running
        averages.
        """
        self.from_batch = training
        mean, var = np.asarray(self.mean, X.dtype), np.asarray(self.var, X.dtype)
        if training:
            if len(X) < self.least_batch:
                raise ValueError(
                    "batch normalisation needs at least 2 examples in a training batch, got 1"
                )
            mean, var = X.mean(axis=0), _variance(X, axis=0)[0]
            self.mean = self.beta * self.mean + (1 - self.beta) * mean
            self.var = self.beta * self.var + (1 - self.beta) * var
        self.Xhat, self.scale = _standardize(X, mean, var, self.eps)
        return self.gamma * self.Xhat + self.b

    def backward(self, D):
        """Write dgamma and db, and return the gradient with respect to X."""
        _write_parameter_gradients(self, D)
        G = D * self.gamma
        if not self.from_batch:
            return G * self.scale
        return _through_statistics(G, self.Xhat, self.scale, axis=0)


def _variance(X, axis):
    """Return the variance without the absolute values of numpy.var, so that a complex step passes
    through it.
    """
    centred = X - X.mean(axis, keepdims=True)
    return (centred * centred).mean(axis, keepdims=True)


def _write_parameter_gradients(layer, D):
    np.sum(D * layer.Xhat, axis=0, out=layer.dgamma)
    np.sum(D, axis=0, out=layer.db)
