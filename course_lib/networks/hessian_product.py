"""The Hessian H of a network's squared error times a vector u, exact up to rounding: every line of
backpropagation, differentiated in the direction u.

    X, Z, A, D           what backpropagation computes: layers' inputs and outputs, gradients
    rX, rZ, rA, rD       how fast each changes when theta moves along u
    dense      Z = X W + b            rZ = rX W + X V + c           (V, c): the part of u for (W, b)
               dW = X^T D             rdW = rX^T D + X^T rD          rdb = column sums of rD
               dX = D W^T             rdX = rD W^T + D V^T
    bend       A = f(Z)               rA = f' rZ
               dZ = f' D              rdZ = f' rD + f'' rZ D

Notebooks: 31.
"""
import numpy as np

from course_lib.arguments import array
from course_lib.networks.activations import Activation
from course_lib.networks.layers import Dense
from course_lib.networks.losses import mse

CURVATURES = {  # name -> f'' as a function of f' and A = f(Z)
    "tanh": lambda slope, A: -2 * A * slope,
    "sigmoid": lambda slope, A: (1 - 2 * A) * slope,
    "relu": lambda slope, A: np.zeros_like(A),  # but at 0, where there is none
}


def hessian_product(net, X, y):
    """Return `at`: at(theta) is the function u -> H u (n,) at theta (n,) (Pearlmutter 1994,
    10.1162/neco.1994.6.1.147).

    net: a Network of dense layers and of activations in CURVATURES, with the loss mse; it is moved
        to each theta that `at` is given. A product costs about two gradients.
    X, y: all examples, as for `net.objective`.
    Raises ValueError for another loss or another layer, and for a u of another shape.
    """
    _check_kind(net)
    X, y = net.check(X, y)

    def at(theta):
        net.theta = theta
        slopes, grads = _backpropagated(net, X, y)
        inputs = [X, *(layer.A if isinstance(layer, Activation) else None for layer in net.layers)]
        weights = [layer.W.copy() if isinstance(layer, Dense) else None for layer in net.layers]
        return lambda u: _product(net, weights, inputs, slopes, grads, u)

    return at


def dense_changes(X, W, D, rX, V, rD):
    """Return (rdW, rdX): how fast a dense layer's dW = X^T D and dX = D W^T change, when X, W and D
    change at the rates rX, V and rD.
    """
    return rX.T @ D + X.T @ rD, rD @ W.T + D @ V.T


def _check_kind(net):
    if net.loss_function is not mse:
        raise ValueError("hessian_product takes a network with the loss mse, got another loss")
    for layer in net.layers:
        known = isinstance(layer, Dense) or (
            isinstance(layer, Activation) and layer.name in CURVATURES)
        if not known:
            raise ValueError("hessian_product knows dense layers and the activations "
                             f"{', '.join(CURVATURES)}, got {getattr(layer, 'name', layer)!r}")
    if not all(isinstance(layer, Dense) == (k % 2 == 0) for k, layer in enumerate(net.layers)):
        raise ValueError("hessian_product takes dense layers with one activation between each two")


def _backpropagated(net, X, y):
    """Return, a layer each, the slope f' (None for dense layers) and the gradient of the loss with
    respect to the layer's output.
    """
    D = net.loss_function(net.logits(X, training=True), y)[1]
    slopes, grads = [], []
    for layer in reversed(net.layers):
        dense = isinstance(layer, Dense)
        slope = None if dense else np.asarray(layer.slope(None, layer.A), D.dtype)
        slopes.append(slope)
        grads.append(D)
        D = D @ layer.W.T if dense else D * slope
    return slopes[::-1], grads[::-1]


def _product(net, weights, inputs, slopes, grads, u):
    u = array("u", u, net.theta.dtype)
    if u.shape != net.theta.shape:
        raise ValueError(f"u must have the shape of theta, {net.theta.shape}, got {u.shape}")
    parts, rates = _cut(net, u), [np.zeros_like(inputs[0])]
    for k, W in enumerate(weights):  # forwards
        if W is None:
            rates.append(slopes[k] * rates[k])
        else:
            V, c = parts[k]
            rates.append(rates[k] @ W + inputs[k] @ V + c)
    rD, product = rates[-1] * (2 / rates[-1].size), []
    for k, layer in reversed([*enumerate(net.layers)]):  # and back
        if weights[k] is None:
            bend = CURVATURES[layer.name](slopes[k], inputs[k + 1])
            rD = slopes[k] * rD + bend * rates[k] * grads[k]
        else:
            changes = inputs[k], weights[k], grads[k], rates[k], parts[k][0], rD
            rdb = rD.sum(axis=0)
            rdW, rD = dense_changes(*changes)
            product[:0] = [rdW.ravel(), rdb]
    return np.concatenate(product)


def _cut(net, u):
    """Return a layer each (V, c), the parts of u that stand where W and b stand in theta, or None.
    """
    parts, start = [], 0
    for layer in net.layers:
        if not isinstance(layer, Dense):
            parts.append(None)
            continue
        middle, stop = start + layer.W.size, start + layer.W.size + layer.b.size
        parts.append((u[start:middle].reshape(layer.W.shape), u[middle:stop]))
        start = stop
    return parts
