"""The checks of notebook 11: right answers pass, stubs are not attempted, known mistakes are named.
"""
import math

import numpy as np

from course_lib.checks import museum, nb11, nb11_normalisation
from course_lib.networks import initializers
from course_lib.networks.normalization import BatchNorm


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


def norm_by(*, use=lambda training: training, move=lambda training: training, ddof=0, axis=0, beta_kept=True,
            divide=lambda A, var, eps: A / np.sqrt(var + eps), affine=True):
    def mine(X, gamma, b, state, *, training, beta=0.9, eps=1e-5):
        mean, var = X.mean(axis=axis, keepdims=axis == 1), X.var(axis=axis, ddof=ddof, keepdims=axis == 1)
        keep = beta if beta_kept else 1 - beta
        old = state
        if move(training) and axis == 0:
            state = {"mean": keep * old["mean"] + (1 - keep) * mean, "var": keep * old["var"] + (1 - keep) * var}
        if not use(training):
            mean, var = (old if training else state)["mean"], (old if training else state)["var"]
        A = divide(X - mean, var, eps)
        return (gamma * A + b if affine else A), state
    return mine


def norm_in_place(X, gamma, b, state, *, training, beta=0.9, eps=1e-5):
    if training:
        for name, value in (("mean", X.mean(axis=0)), ("var", X.var(axis=0))):
            state[name] *= beta
            state[name] += (1 - beta) * value
    return norm_by(move=lambda t: False)(X, gamma, b, state, training=training, eps=eps)


def library_norm(X, gamma, b, state, *, training, beta=0.9, eps=1e-5):
    layer = BatchNorm(3, beta=beta, eps=eps)
    layer.gamma, layer.b, layer.mean, layer.var = np.asarray(gamma), np.asarray(b), state["mean"], state["var"]
    A = layer.forward(X, training)
    return A, {"mean": layer.mean, "var": layer.var}


def forward(X, W):
    return X + np.where(X > 0, X, 0) @ W


def block(dX=lambda X, W, D: D + (D @ W.T) * (X > 0), dW=lambda X, W, D: np.maximum(X, 0).T @ D, A=forward):
    return lambda X, W, D: (A(X, W), dX(X, W, D), dW(X, W, D))


def loops(X, W, D):
    A, dX, dW = X.copy(), D.copy(), np.zeros_like(W)
    for n in range(len(X)):
        for i in range(W.shape[0]):
            for j in range(W.shape[1]):
                A[n, j] += max(X[n, i], 0) * W[i, j]
                dX[n, i] += D[n, j] * W[i, j] * (X[n, i] > 0)
                dW[i, j] += max(X[n, i], 0) * D[n, j]
    return [A, dX, dW]


def block_in_place(X, W, D):
    D += (D @ W.T) * (X > 0)
    return X, D, W


RIGHT = {
    nb11.glorot_draw: [normal(glorot_std), uniform(lambda i, o: math.sqrt(6 / (i + o))),
                       lambda rng, n_in, n_out: initializers.glorot(rng, (n_in, n_out))],
    nb11.moment_after: [growth(lambda n, v, a: n * v * (1 + a * a) / 2), by_hand],
    nb11.revive: [rescue(), one_by_one, rescue(off=lambda Z: np.maximum(Z, 0).sum(axis=0) == 0)],
    nb11_normalisation.museum_batch_norm: [norm_by(), library_norm],
    nb11_normalisation.residual_block: [block(), loops],
}
WRONG = [
    (nb11.glorot_draw, lambda rng, i, o: normal(glorot_std)(rng, o, i), "lies on its side"),
    (nb11.glorot_draw, lambda rng, i, o: rng.standard_normal(i), "came back"),
    (nb11.glorot_draw, lambda rng, i, o: np.zeros((i, o)), "all alike"),
    (nb11.glorot_draw, lambda rng, i, o: normal(glorot_std)(np.random.default_rng(0), i, o), "two calls in a row"),
    (nb11.glorot_draw, lambda rng, i, o: normal(glorot_std)(np.random.default_rng(), i, o), "one seed gave two"),
    (nb11.glorot_draw, lambda rng, i, o: rng.uniform(0, 0.12, (i, o)), "mean is not 0"),
    (nb11.glorot_draw, normal(lambda i, o: i**-0.5), "Caffe"),
    (nb11.glorot_draw, uniform(lambda i, o: math.sqrt(3 / i)), "Caffe"),
    (nb11.glorot_draw, normal(lambda i, o: o**-0.5), "1 / n_out"),
    (nb11.glorot_draw, normal(lambda i, o: math.sqrt(2 / i)), "He's"),
    (nb11.glorot_draw, normal(lambda i, o: 2 / (i + o)), "became the standard deviation: it"),
    (nb11.glorot_draw, uniform(glorot_std), "a third"),
    (nb11.glorot_draw, normal(lambda i, o: (i + o) ** -0.5), "average of the two"),
    (nb11.glorot_draw, normal(lambda i, o: math.sqrt(6 / (i + o))), "limit for uniform"),
    (nb11.glorot_draw, normal(lambda i, o: 1.0), "not scaled"),
    (nb11.glorot_draw, normal(lambda i, o: 0.3), "not what Glorot"),
    (nb11.moment_after, lambda L, n, v, a: n * v * (1 + a * a) / 2, "factors of the layers multiply"),
    (nb11.moment_after, lambda L, n, v, a: L * n * v * (1 + a * a) / 2, "factors of the layers multiply"),
    (nb11.moment_after, growth(lambda n, v, a: n * v * (1 + a * a)), "1/2 is missing"),
    (nb11.moment_after, growth(lambda n, v, a: n * v * (1 + a) / 2), "alpha is not squared"),
    (nb11.moment_after, growth(lambda n, v, a: v * (1 + a * a) / 2), "n_in is missing"),
    (nb11.moment_after, growth(lambda n, v, a: n * v / 2), "negative side is missing"),
    (nb11.moment_after, growth(lambda n, v, a: n * v * v * (1 + a * a) / 2), "variance was squared"),
    (nb11.moment_after, growth(lambda n, v, a: math.sqrt(n * v * (1 + a * a) / 2)), "root of it"),
    (nb11.moment_after, growth(lambda n, v, a: n * v), "bend is missing"),
    (nb11.moment_after, growth(lambda n, v, a: 2 / (n * v * (1 + a * a))), "upside down"),
    (nb11.moment_after, growth(lambda n, v, a: 3.0), "by 3"),
    (nb11.revive, lambda X, W, b, rng: W, "two things"),
    (nb11.revive, rescue(copy=False), "changed the X, W or b"),
    (nb11.revive, lambda X, W, b, rng: (W.T, b), "came back"),
    (nb11.revive, lambda X, W, b, rng: (W, b), "nothing changed"),
    (nb11.revive, rescue(units=False), "only biases"),
    (nb11.revive, rescue(off=lambda Z: Z[0] < np.inf), "all units changed"),
    (nb11.revive, rows, "rows of W changed"),
    (nb11.revive, rescue(off=lambda Z: (Z <= 0).mean(axis=0) > 0.9), "unit 2 is off for most"),
    (nb11.revive, rescue(off=lambda Z: np.arange(6) == 1), "units [1] changed"),
    (nb11.revive, rescue(weights=lambda rng, shape: np.full(shape, 0.2)), "stay twins"),
    (nb11.revive, rescue(weights=lambda rng, shape: rng.standard_normal((shape[0], 1)) * np.ones(shape)), "stay twins"),
    (nb11.revive, rescue(bias=None), "still there"),
    (nb11.revive, rescue(bias=1.0), "not 0"),
    (nb11.revive, rescue(weights=lambda rng, shape: rng.standard_normal(shape)), "He's variance"),
    (nb11_normalisation.museum_batch_norm, lambda X, gamma, b, state, **hyper: X, "two things"),
    (nb11_normalisation.museum_batch_norm, norm_by(use=lambda t: True, move=lambda t: True), "both faults"),
    (nb11_normalisation.museum_batch_norm, norm_by(use=lambda t: True), "evaluation still uses"),
    (nb11_normalisation.museum_batch_norm, norm_by(move=lambda t: True), "evaluation still moves"),
    (nb11_normalisation.museum_batch_norm, norm_by(use=lambda t: False), "training uses the running"),
    (nb11_normalisation.museum_batch_norm, norm_by(move=lambda t: False), "never move"),
    (nb11_normalisation.museum_batch_norm, norm_by(use=lambda t: not t, move=lambda t: not t), "wrong way round"),
    (nb11_normalisation.museum_batch_norm, norm_by(beta_kept=False), "exchanged"),
    (nb11_normalisation.museum_batch_norm, norm_by(divide=lambda A, var, eps: A / (np.sqrt(var) + eps)), "outside the root"),
    (nb11_normalisation.museum_batch_norm, norm_by(divide=lambda A, var, eps: A / (var + eps)), "root is missing"),
    (nb11_normalisation.museum_batch_norm, norm_by(ddof=1), "n - 1"),
    (nb11_normalisation.museum_batch_norm, norm_by(axis=1), "layer normalisation"),
    (nb11_normalisation.museum_batch_norm, norm_by(affine=False), "gamma and b"),
    (nb11_normalisation.museum_batch_norm, norm_in_place, "state that went in was changed"),
    (nb11_normalisation.museum_batch_norm, lambda X, gamma, b, state, **hyper: (X, state), "do not come out"),
    (nb11_normalisation.residual_block, lambda X, W, D: forward(X, W), "three things"),
    (nb11_normalisation.residual_block, block_in_place, "changed the X, W or D"),
    (nb11_normalisation.residual_block, block(A=lambda X, W: np.maximum(X, 0) @ W), "lacks the detour"),
    (nb11_normalisation.residual_block, block(A=lambda X, W: X + np.maximum(X @ W, 0)), "behind the weights"),
    (nb11_normalisation.residual_block, block(A=lambda X, W: X + X @ W), "lacks the ReLU"),
    (nb11_normalisation.residual_block, block(A=lambda X, W: 2 * X), "A is not"),
    (nb11_normalisation.residual_block, block(dX=lambda X, W, D: (D @ W.T) * (X > 0)), "dX lacks the detour"),
    (nb11_normalisation.residual_block, block(dX=lambda X, W, D: D), "detour alone"),
    (nb11_normalisation.residual_block, block(dX=lambda X, W, D: D + D @ W.T), "forgets the ReLU"),
    (nb11_normalisation.residual_block, block(dX=lambda X, W, D: (D + D @ W.T) * (X > 0)), "mask was put on the detour"),
    (nb11_normalisation.residual_block, block(dX=lambda X, W, D: D + (D @ W.T) * (np.maximum(X, 0) @ W > 0)), "looks at the output"),
    (nb11_normalisation.residual_block, block(dX=lambda X, W, D: D + (D @ W) * (X > 0)), "not transposed"),
    (nb11_normalisation.residual_block, block(dX=lambda X, W, D: (D + (D @ W.T) * (X > 0)) / 2), "averaged: they"),
    (nb11_normalisation.residual_block, block(dX=lambda X, W, D: D * X + (D @ W.T) * (X > 0)), "its slope is 1"),
    (nb11_normalisation.residual_block, block(dX=lambda X, W, D: 0 * D), "dX is not the gradient"),
    (nb11_normalisation.residual_block, block(dW=lambda X, W, D: X.T @ D), "made from X"),
    (nb11_normalisation.residual_block, block(dW=lambda X, W, D: np.maximum(X, 0).T @ D / len(X)), "averaged over the examples"),
    (nb11_normalisation.residual_block, block(dW=lambda X, W, D: D.T @ np.maximum(X, 0)), "dW lies on its side"),
    (nb11_normalisation.residual_block, block(dW=lambda X, W, D: 0 * W), "dW is not the gradient"),
]


def test_the_exhibit_makes_every_single_image_alike_and_learns_from_looking():
    assert nb11_normalisation.museum_batch_norm.exhibit is museum.museum_batch_norm
    state = {"mean": np.zeros(3), "var": np.ones(3)}
    for X in (np.array([[1.0, 2.0, 3.0]]), np.array([[-9.0, 0.0, 5.0]])):
        A, after = museum.museum_batch_norm(X, 2.0, 0.5, state, training=False)
        assert np.array_equal(A, [[0.5, 0.5, 0.5]]) and not np.array_equal(after["mean"], state["mean"])
