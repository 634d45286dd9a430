"""A gradient computed one way is believed when it agrees with a gradient computed another way,
which shares no code with it: by differences of the loss, or by a step in the imaginary direction.
Here a is the one, n the other.

    relative error   |a - n| / max(|a|, |n|), in Euclidean lengths; 0 if both are 0
    central          n_i = (f(w + h e_i) - f(w - h e_i)) / 2h
                     best h near eps^(1/3), error left near eps^(2/3)
    complex step     n_i = Im f(w + i h e_i) / h
                     no difference is taken: h = 1e-20, error near eps

eps is the distance from 1 to the next number: 2.2e-16 in float64, 1.2e-7 in float32. Near a kink of
f (ReLU) a difference may take a value from either side of it, and is then wrong by up to half the
jump of the slope. The complex step leaves the real parts where they are, and cannot straddle.

Notebooks: 19, 21.
"""
import copy
import math

import numpy as np

from course_lib.arguments import array, checked
from course_lib.networks.layers import leaves


def relative_error(a, n, *, noise=0.0):
    """Return |a - n| / max(|a|, |n|), in Euclidean lengths, for two gradients of one shape; at most
    2.

    One number for a whole array: an entry that should be 0 has rounding noise in n, and its own
    relative error would be 1. noise: a length; if neither gradient is longer, they agree, and the
    error is 0. Two arrays of zeros always agree. Raises ValueError if the shapes differ; NaN if
    either array holds NaN or infinity.

    >>> relative_error(np.array([3.0, 4.0]), np.array([3.0, 4.005])), relative_error(0.0, 0.0)
    (0.00099920, 0.0)
    """
    a, n = np.asarray(a), np.asarray(n)
    if a.shape != n.shape:
        raise ValueError(
            f"two gradients of one shape are compared, got shapes {a.shape} and {n.shape}"
        )
    size = max(np.linalg.norm(a.ravel()), np.linalg.norm(n.ravel()))
    if not np.isfinite(size):
        return float("nan")
    return float(np.linalg.norm((a - n).ravel()) / size) if size > noise else 0.0


def central_gradient(f, w, h=None):
    """Return the gradient (k,) of a scalar function f at w (k,) by central differences, in the
    precision of w.

    h: the step, eps^(1/3) of that precision if not given. Raises ValueError if w is no vector of
    real floats, or if h is too small to move it.
    """
    w = np.array(array("w", w))
    if w.ndim != 1 or w.dtype.kind != "f":
        raise ValueError(f"w must be a vector of real floats, got {w.dtype} of shape {w.shape}")
    h = w.dtype.type(np.finfo(w.dtype).eps ** (1 / 3) if h is None else h)
    n = np.empty_like(w)
    for i, value in enumerate(w.copy()):
        w[i] = value + h
        above, upper = f(w), w[i]
        w[i] = value - h
        if w[i] == upper:
            raise ValueError(
                f"h must be large enough to move {value}, got {h}, which is lost in rounding"
            )
        n[i] = (above - f(w)) / (upper - w[i])  # divided by what it really moved, after rounding
        w[i] = value
    return n


def _vector(name, w):
    w = array(name, w)
    if w.ndim != 1:
        raise ValueError(f"{name} must be a vector, got shape {w.shape}")
    return w


@checked(w=_vector)
def complex_gradient(f, w, h=1e-20):
    """Return the gradient (k,) of a scalar function f at w (k,) by the complex step (Squire & Trapp
    1998).

    f must accept a complex w and use no absolute value, no conjugate and no comparison of imaginary
    parts. The paper: 10.1137/S003614459631241X.
    """
    w = np.array(w, dtype=complex)
    n = np.empty(w.size)
    for i in range(w.size):
        w[i] += 1j * h
        n[i] = f(w).imag / h
        w[i] = w[i].real
    return n


def by_parameter(net, vector):
    """Cut a vector in the order of `net.theta` into {"W1": array, "b1": array, "W2": ...}, views
    without copies.
    """
    parts, start, number = {}, 0, 0
    for layer in leaves(net.layers):
        number += bool(layer.shapes)
        for name, shape in layer.shapes.items():
            stop = start + int(np.prod(shape))
            parts[f"{name}{number}"] = vector[start:stop].reshape(shape)
            start = stop
    return parts


def training_loss(net, X, y):
    """Return f(theta): the loss of the network's training pass, for theta in its precision; it
    works on a copy of net.
    """
    twin = copy.deepcopy(net)

    def f(theta):
        twin.theta = theta
        return twin.loss_function(twin.logits(X, training=True), y)[0]

    return f


def check_network(net, X, y, *, h=None):
    """Compare `net.loss_and_grad` with central differences; return the relative error of each
    parameter, {"W1": ...}.

    A gradient that should be 0 (a bias before batch normalisation) is all rounding noise: up to ten
    times eps |f| / h an entry counts as 0. Costs two forward passes a weight. Raises ValueError if
    the loss changes from call to call, as with dropout.
    """
    f = training_loss(net, X, y)
    if f(net.theta) != f(net.theta):
        raise ValueError(
            "the loss must not change from call to call, "
            "got two values at one theta: leave dropout out"
        )
    before = net.snapshot()
    a = by_parameter(net, net.loss_and_grad(X, y)[1])
    net.restore(before)
    eps = float(np.finfo(net.theta.dtype).eps)
    h = eps ** (1 / 3) if h is None else h
    n = by_parameter(net, central_gradient(f, net.theta, h))
    noise = 10 * eps * abs(float(f(net.theta))) / h
    return {
        name: relative_error(a[name], n[name], noise=noise * math.sqrt(a[name].size)) for name in a
    }
