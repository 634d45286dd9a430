"""The checks of notebook 20: right answers pass, stubs are not attempted, known mistakes are named.
"""
import math

import numpy as np

from course_lib.checks import nb20
from course_lib.networks import initializers


def normal(std):
    return lambda rng, n_in, n_out: std(n_in, n_out) * rng.standard_normal((n_in, n_out))


def uniform(limit):
    return lambda rng, n_in, n_out: rng.uniform(-limit(n_in, n_out), limit(n_in, n_out), (n_in, n_out))


def glorot_std(n_in, n_out):
    return (2 / (n_in + n_out)) ** 0.5


def growth(factor):
    def mine(n_layers, n_in, variance, alpha):
        return factor(n_in, variance, alpha) ** n_layers
    return mine


def by_hand(n_layers, n_in, variance, alpha):
    moment = 1.0
    for _ in range(n_layers):
        moment *= n_in * variance
        moment = 0.5 * moment + 0.5 * alpha**2 * moment
    return moment


def rescue(*, off=lambda Z: (Z <= 0).all(axis=0), weights=None, bias=0.0, copy=True, units=True):
    def mine(X, W, b, rng):
        dead = off(X @ W + b)
        W, b = (W.copy(), b.copy()) if copy else (W, b)
        if units:
            draw = weights or (lambda rng, shape: math.sqrt(2 / shape[0]) * rng.standard_normal(shape))
            W[:, dead] = draw(rng, (len(W), int(dead.sum())))
        if bias is not None:
            b[dead] = bias
        return W, b
    return mine


def one_by_one(X, W, b, rng):
    columns, new_b = list(W.T.copy()), [*b]
    for k in range(len(b)):
        if max(X @ W[:, k] + b[k]) <= 0:
            columns[k], new_b[k] = initializers.he(rng, (len(W), 1), np.float64)[:, 0], 0
    return np.transpose(columns), new_b


def rows(X, W, b, rng):
    W = W.copy()
    W[[1, 4]] = rng.standard_normal((2, W.shape[1]))
    return W, b


RIGHT = {
    nb20.glorot_draw: [normal(glorot_std), uniform(lambda i, o: math.sqrt(6 / (i + o))),
                       lambda rng, n_in, n_out: initializers.glorot(rng, (n_in, n_out))],
    nb20.moment_after: [growth(lambda n, v, a: n * v * (1 + a * a) / 2), by_hand],
    nb20.revive: [rescue(), one_by_one, rescue(off=lambda Z: np.maximum(Z, 0).sum(axis=0) == 0)],
}
WRONG = [
    (nb20.glorot_draw, lambda rng, i, o: normal(glorot_std)(rng, o, i), "lies on its side"),
    (nb20.glorot_draw, lambda rng, i, o: rng.standard_normal(i), "came back"),
    (nb20.glorot_draw, lambda rng, i, o: np.zeros((i, o)), "all alike"),
    (nb20.glorot_draw, lambda rng, i, o: normal(glorot_std)(np.random.default_rng(0), i, o), "two calls in a row"),
    (nb20.glorot_draw, lambda rng, i, o: normal(glorot_std)(np.random.default_rng(), i, o), "one seed gave two"),
    (nb20.glorot_draw, lambda rng, i, o: rng.uniform(0, 0.12, (i, o)), "mean is not 0"),
    (nb20.glorot_draw, normal(lambda i, o: i**-0.5), "Caffe"),
    (nb20.glorot_draw, uniform(lambda i, o: math.sqrt(3 / i)), "Caffe"),
    (nb20.glorot_draw, normal(lambda i, o: o**-0.5), "1 / n_out"),
    (nb20.glorot_draw, normal(lambda i, o: math.sqrt(2 / i)), "He's"),
    (nb20.glorot_draw, normal(lambda i, o: 2 / (i + o)), "became the standard deviation: it"),
    (nb20.glorot_draw, uniform(glorot_std), "a third"),
    (nb20.glorot_draw, normal(lambda i, o: (i + o) ** -0.5), "average of the two"),
    (nb20.glorot_draw, normal(lambda i, o: math.sqrt(6 / (i + o))), "limit for uniform"),
    (nb20.glorot_draw, normal(lambda i, o: 1.0), "not scaled"),
    (nb20.glorot_draw, normal(lambda i, o: 0.3), "not what Glorot"),
    (nb20.moment_after, lambda L, n, v, a: n * v * (1 + a * a) / 2, "factors of the layers multiply"),
    (nb20.moment_after, lambda L, n, v, a: L * n * v * (1 + a * a) / 2, "factors of the layers multiply"),
    (nb20.moment_after, growth(lambda n, v, a: n * v * (1 + a * a)), "1/2 is missing"),
    (nb20.moment_after, growth(lambda n, v, a: n * v * (1 + a) / 2), "alpha is not squared"),
    (nb20.moment_after, growth(lambda n, v, a: v * (1 + a * a) / 2), "n_in is missing"),
    (nb20.moment_after, growth(lambda n, v, a: n * v / 2), "negative side is missing"),
    (nb20.moment_after, growth(lambda n, v, a: n * v * v * (1 + a * a) / 2), "variance was squared"),
    (nb20.moment_after, growth(lambda n, v, a: math.sqrt(n * v * (1 + a * a) / 2)), "root of it"),
    (nb20.moment_after, growth(lambda n, v, a: n * v), "bend is missing"),
    (nb20.moment_after, growth(lambda n, v, a: 2 / (n * v * (1 + a * a))), "upside down"),
    (nb20.moment_after, growth(lambda n, v, a: 3.0), "by 3"),
    (nb20.revive, lambda X, W, b, rng: W, "two things"),
    (nb20.revive, rescue(copy=False), "changed the X, W or b"),
    (nb20.revive, lambda X, W, b, rng: (W.T, b), "came back"),
    (nb20.revive, lambda X, W, b, rng: (W, b), "nothing changed"),
    (nb20.revive, rescue(units=False), "only biases"),
    (nb20.revive, rescue(off=lambda Z: Z[0] < np.inf), "all units changed"),
    (nb20.revive, rows, "rows of W changed"),
    (nb20.revive, rescue(off=lambda Z: (Z <= 0).mean(axis=0) > 0.9), "unit 2 is off for most"),
    (nb20.revive, rescue(off=lambda Z: np.arange(Z.shape[1]) == 1), "units [1] changed"),
    (nb20.revive, rescue(weights=lambda rng, shape: np.full(shape, 0.2)), "stay twins"),
    (nb20.revive, rescue(weights=lambda rng, shape: rng.standard_normal((shape[0], 1)) * np.ones(shape)), "stay twins"),
    (nb20.revive, rescue(bias=None), "still there"),
    (nb20.revive, rescue(bias=1.0), "not 0"),
    (nb20.revive, rescue(weights=lambda rng, shape: rng.standard_normal(shape)), "not scaled"),
    (nb20.revive, rescue(off=lambda Z: (Z < 0).all(axis=0)), "compare with <= 0"),
    (nb20.revive, rescue(weights=lambda rng, shape: shape[0] ** -0.5 * rng.standard_normal(shape)), "LeCun"),
    (nb20.revive, rescue(weights=lambda rng, shape: (2 / 400) ** 0.5 * rng.standard_normal(shape)), "Glorot"),
    (nb20.revive, rescue(weights=lambda rng, shape: (2 / 100) ** 0.5 * rng.standard_normal(shape)), "2 / n_out"),
    (nb20.revive, rescue(weights=lambda rng, shape: (2 / 150) ** 0.5 * rng.standard_normal(shape)), "2 / len(X)"),
    (nb20.revive, rescue(weights=lambda rng, shape: 2 / shape[0] * rng.standard_normal(shape)), "standard deviation"),
    (nb20.revive, rescue(weights=lambda rng, shape: (2.6 / shape[0]) ** 0.5 * rng.standard_normal(shape)), "number of rows"),
    (nb20.revive, rescue(weights=lambda rng, shape: rng.random(shape)), "mean of the new weights"),
    (nb20.glorot_draw, normal(lambda i, o: 2 / math.sqrt(i + o)), "sqrt(2) became 2"),
    (nb20.glorot_draw, normal(lambda i, o: math.sqrt((1 / i + 1 / o) / 2)), "mean of 1 / n_in"),
    (nb20.glorot_draw, normal(lambda i, o: math.sqrt(2 / o)), "2 / n_out"),
    (nb20.glorot_draw, uniform(lambda i, o: i**-0.5), "PyTorch"),
    (nb20.glorot_draw, normal(lambda i, o: 0.01), "fixed size"),
]
