"""An activation bends a signal, element by element: A = f(X). On the way back each element is
multiplied by the slope f'.

    sigmoid      1 / (1 + e^-x)                slope A (1 - A), at most 1/4
    tanh         (e^x - e^-x) / (e^x + e^-x)   slope 1 - A^2
    relu         max(x, 0)                     slope 1 where x > 0, else 0
    leaky_relu   x, or alpha x where x <= 0    slope 1 or alpha
    elu          x, or alpha (e^x - 1)         slope 1, or A + alpha
    gelu         x Phi(x)                      slope Phi(x) + x phi(x)
    silu         x sigmoid(x)                  slope s + A (1 - s), s = sigmoid(x)

phi and Phi are the density and the distribution function of the standard normal distribution.
Each is a function of an array and keeps its precision; beside it stands its slope, a function of X
and of A = f(X). Only the slopes of gelu and silu use X, so only there a layer keeps it.

Notebooks: 19, 20.
"""
import functools
import math

import numpy as np

from course_lib.arguments import array, not_negative


def _elementwise(function):
    """Let an activation take lists as well as arrays, and say so where it is given no numbers."""
    @functools.wraps(function)
    def checked(X, **hyper):
        hyper = {name: not_negative(name, value) for name, value in hyper.items()}
        return function(array("X", X), **hyper)

    return checked


@_elementwise
def sigmoid(X):
    """Logistic function 1/(1 + e^-x): a score becomes a number in (0, 1) (Rumelhart et al. 1986,
    10.1038/323533a0).
    """
    with np.errstate(over="ignore"):  # e^-x may overflow to infinity, and 1/infinity is the right 0
        return 1 / (1 + np.exp(-X))


def sigmoid_slope(X, A):
    """Return A (1 - A)."""
    return A * (1 - A)


@_elementwise
def tanh(X):
    """Hyperbolic tangent: the sigmoid of 2x, stretched to (-1, 1) and centred (LeCun et al. 1998,
    *Efficient BackProp*).
    """
    return np.tanh(X)


def tanh_slope(X, A):
    """Return 1 - A^2."""
    return 1 - A * A


@_elementwise
def relu(X):
    """Rectifier max(x, 0) (Nair & Hinton 2010, ICML)."""
    return np.maximum(X, 0)


def relu_slope(X, A):
    """Return where the input was positive, as booleans; the slope at 0 counts as 0."""
    return A > 0


@_elementwise
def leaky_relu(X, *, alpha=0.01):
    """Rectifier with the slope alpha for x <= 0, so that no unit is ever quite off (Maas et al.
    2013, ICML).
    """
    return np.where(np.real(X) > 0, X, alpha * X)


def leaky_relu_slope(X, A, *, alpha=0.01):
    """Return 1 where x > 0, else alpha; A is positive exactly where x is."""
    return np.where(A > 0, A.dtype.type(1), A.dtype.type(alpha))


@_elementwise
def elu(X, *, alpha=1.0):
    """Exponential linear unit: x, or alpha (e^x - 1) for x <= 0 (Clevert et al. 2016, arXiv
    1511.07289).
    """
    return np.where(np.real(X) > 0, X, alpha * np.expm1(np.minimum(X, 0)))


def elu_slope(X, A, *, alpha=1.0):
    """Return 1 where x > 0, else alpha e^x = A + alpha."""
    return np.where(A > 0, A.dtype.type(1), A + alpha)


def _normal_distribution(X):
    from scipy.special import erfc

    return 0.5 * erfc(-X / math.sqrt(2))


@_elementwise
def gelu(X):
    """Gaussian error linear unit x Phi(x), exact and not by its tanh formula (Hendrycks & Gimpel
    2016, arXiv 1606.08415).
    """
    return X * _normal_distribution(X)


def gelu_slope(X, A):
    """Return Phi(x) + x phi(x)."""
    with np.errstate(over="ignore"):  # x^2 may overflow, and e^-infinity is the right 0
        density = np.exp(-X * X / 2) / math.sqrt(2 * math.pi)
    return _normal_distribution(X) + X * density


@_elementwise
def silu(X):
    """Sigmoid linear unit x sigmoid(x), also called swish (Elfwing et al. 2017, arXiv 1702.03118).
    """
    return X * sigmoid(X)


def silu_slope(X, A):
    """Return s + A (1 - s) with s = sigmoid(x)."""
    s = sigmoid(X)
    return s + A * (1 - s)


NEED_INPUT = {"gelu", "silu"}  # whose slope cannot be had from A alone
ACTIVATIONS = {
    "sigmoid": (sigmoid, sigmoid_slope),
    "tanh": (tanh, tanh_slope),
    "relu": (relu, relu_slope),
    "leaky_relu": (leaky_relu, leaky_relu_slope),
    "elu": (elu, elu_slope),
    "gelu": (gelu, gelu_slope),
    "silu": (silu, silu_slope),
}


class Activation:
    """The layer that applies one of the ACTIVATIONS, by name, to any shape; hyper: its alpha, where
    it has one.

    Raises ValueError for a name that is not known, TypeError for a hyper-parameter that the
    function does not have.

    >>> Activation("leaky_relu", alpha=0.1).forward(np.array([[-2.0, 3.0]])).tolist()
    [[-0.2, 3.0]]
    """

    def __init__(self, name, **hyper):
        if not isinstance(name, str) or name not in ACTIVATIONS:
            raise ValueError(f"unknown activation {name!r}; known are {', '.join(ACTIVATIONS)}")
        self.n_in = self.n_out = None
        self.shapes = {}
        self.name = name
        ACTIVATIONS[name][0](0.0, **hyper)  # a wrong hyper-parameter shows here, not in a batch
        hyper = {key: float(value) for key, value in hyper.items()}
        self.function, self.slope = (functools.partial(part, **hyper) for part in ACTIVATIONS[name])

    def forward(self, X, training=False):
        """Return f(X), which is kept for the way back; X is kept only where the slope needs it."""
        self.X = X if self.name in NEED_INPUT else None
        self.A = self.function(X)
        return self.A

    def backward(self, D):
        """Return D times the slope."""
        return D * self.slope(self.X, self.A)

    def dead(self):
        """Return which units had the slope 0 for every example of the last forward pass: booleans,
        (n_units,).
        """
        return ~np.any(self.slope(self.X, self.A), axis=0)
