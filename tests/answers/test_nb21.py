"""The checks of notebook 21: right answers pass, stubs are not attempted, known mistakes are named.
"""
import numpy as np

from course_lib.checks import museum, nb21
from course_lib.networks.normalization import BatchNorm, LayerNorm


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


def norm_into_dict(X, gamma, b, state, *, training, beta=0.9, eps=1e-5):
    A, new = norm_by()(X, gamma, b, state, training=training, beta=beta, eps=eps)
    state.update(new)
    return A, state


def norm_keeping(keep):
    def mine(X, gamma, b, state, *, training, beta=0.9, eps=1e-5):
        A, _ = norm_by()(X, gamma, b, state, training=training, beta=beta, eps=eps)
        if training:
            mean, var = keep(X, len(X) / (len(X) - 1))
            state = {"mean": beta * state["mean"] + (1 - beta) * mean, "var": beta * state["var"] + (1 - beta) * var}
        return A, state
    return mine


def norm_replacing(X, gamma, b, state, *, training, beta=0.9, eps=1e-5):
    A, _ = norm_by()(X, gamma, b, state, training=training, beta=beta, eps=eps)
    return A, {"mean": X.mean(axis=0), "var": X.var(axis=0)} if training else state


def by_library(X, gamma, b, D, *, eps=1e-5):
    layer = LayerNorm(X.shape[1], eps=eps)
    layer.gamma, layer.b, layer.dgamma, layer.db = gamma, b, np.zeros_like(b), np.zeros_like(b)
    return layer.forward(X), layer.backward(D)


def by_rows(X, gamma, b, D, *, eps=1e-5):
    A, dX = np.zeros_like(X), np.zeros_like(X)
    for i, x in enumerate(X):
        s = np.sqrt(np.mean((x - x.mean()) ** 2) + eps)
        h = (x - x.mean()) / s
        A[i] = gamma * h + b
        J = (np.eye(len(x)) - 1 / len(x) - np.outer(h, h) / len(x)) / s
        dX[i] = J.T @ (D[i] * gamma)
    return [A, dX]


def layer(**change):
    return lambda X, gamma, b, D, *, eps: nb21._layer_norm(X, gamma, b, D, eps=eps, **change)


def layer_in_place(X, gamma, b, D, *, eps):
    D *= gamma
    return X, D


RIGHT = {
    nb21.layer_norm: [by_library, by_rows],
    nb21.museum_batch_norm: [norm_by(), library_norm],
    nb21.residual_block: [block(), loops],
}
WRONG = [
    (nb21.museum_batch_norm, norm_into_dict, "wrote into the dict"),
    (nb21.museum_batch_norm, norm_keeping(lambda X, k: (X.mean(0), X.var(0) * k)), "as in the paper and in PyTorch"),
    (nb21.museum_batch_norm, norm_keeping(lambda X, k: (X.mean(0) * k, X.var(0) * k)), "to a variance only"),
    (nb21.museum_batch_norm, norm_replacing, "replaces the averages"),
    (nb21.layer_norm, layer_in_place, "changed the X, gamma"),
    (nb21.layer_norm, lambda X, gamma, b, D, *, eps: X, "two things"),
    (nb21.layer_norm, layer(axis=0), "that is batch normalisation"),
    (nb21.layer_norm, layer(ddof=1), "divides by n"),
    (nb21.layer_norm, layer(outside=True), "outside the root"),
    (nb21.layer_norm, layer(scaled=False), "gamma and b"),
    (nb21.layer_norm, layer(gained=False), "forgets gamma"),
    (nb21.layer_norm, layer(mean=False, var=False), "as constants"),
    (nb21.layer_norm, layer(var=False), "through the variance"),
    (nb21.layer_norm, layer(mean=False), "through the mean"),
    (nb21.layer_norm, lambda X, gamma, b, D, *, eps: (layer()(X, gamma, b, D, eps=eps)[0], layer(axis=0)(X, gamma, b, D, eps=eps)[1]), "along the columns"),
    (nb21.layer_norm, lambda X, gamma, b, D, *, eps: (0 * X, X), "A is not"),
    (nb21.layer_norm, lambda X, gamma, b, D, *, eps: (layer()(X, gamma, b, D, eps=eps)[0], X), "dX is not"),
    (nb21.museum_batch_norm, lambda X, gamma, b, state, **hyper: X, "two things"),
    (nb21.museum_batch_norm, norm_by(use=lambda t: True, move=lambda t: True), "both faults"),
    (nb21.museum_batch_norm, norm_by(use=lambda t: True), "evaluation still uses"),
    (nb21.museum_batch_norm, norm_by(move=lambda t: True), "evaluation still moves"),
    (nb21.museum_batch_norm, norm_by(use=lambda t: False), "training uses the running"),
    (nb21.museum_batch_norm, norm_by(move=lambda t: False), "never move"),
    (nb21.museum_batch_norm, norm_by(use=lambda t: not t, move=lambda t: not t), "wrong way round"),
    (nb21.museum_batch_norm, norm_by(beta_kept=False), "exchanged"),
    (nb21.museum_batch_norm, norm_by(divide=lambda A, var, eps: A / (np.sqrt(var) + eps)), "outside the root"),
    (nb21.museum_batch_norm, norm_by(divide=lambda A, var, eps: A / (var + eps)), "root is missing"),
    (nb21.museum_batch_norm, norm_by(ddof=1), "n - 1"),
    (nb21.museum_batch_norm, norm_by(axis=1), "layer normalisation"),
    (nb21.museum_batch_norm, norm_by(affine=False), "gamma and b"),
    (nb21.museum_batch_norm, norm_in_place, "state that went in was changed"),
    (nb21.museum_batch_norm, lambda X, gamma, b, state, **hyper: (X, state), "do not come out"),
    (nb21.residual_block, lambda X, W, D: forward(X, W), "three things"),
    (nb21.residual_block, block_in_place, "changed the X, W or D"),
    (nb21.residual_block, block(A=lambda X, W: np.maximum(X, 0) @ W), "lacks the skip"),
    (nb21.residual_block, block(A=lambda X, W: X + np.maximum(X @ W, 0)), "behind the weights"),
    (nb21.residual_block, block(A=lambda X, W: X + X @ W), "lacks the ReLU"),
    (nb21.residual_block, block(A=lambda X, W: 2 * X), "A is not"),
    (nb21.residual_block, block(dX=lambda X, W, D: (D @ W.T) * (X > 0)), "dX lacks the skip"),
    (nb21.residual_block, block(dX=lambda X, W, D: D), "skip connection alone"),
    (nb21.residual_block, block(dX=lambda X, W, D: D + D @ W.T), "forgets the ReLU"),
    (nb21.residual_block, block(dX=lambda X, W, D: (D + D @ W.T) * (X > 0)), "mask was put on the skip"),
    (nb21.residual_block, block(dX=lambda X, W, D: D + (D @ W.T) * (np.maximum(X, 0) @ W > 0)), "looks at the output"),
    (nb21.residual_block, block(dX=lambda X, W, D: D + (D @ W) * (X > 0)), "not transposed"),
    (nb21.residual_block, block(dX=lambda X, W, D: (D + (D @ W.T) * (X > 0)) / 2), "averaged: they"),
    (nb21.residual_block, block(dX=lambda X, W, D: D * X + (D @ W.T) * (X > 0)), "its slope is 1"),
    (nb21.residual_block, block(dX=lambda X, W, D: 0 * D), "dX is not the gradient"),
    (nb21.residual_block, block(dW=lambda X, W, D: X.T @ D), "made from X"),
    (nb21.residual_block, block(dW=lambda X, W, D: np.maximum(X, 0).T @ D / len(X)), "averaged over the examples"),
    (nb21.residual_block, block(dW=lambda X, W, D: D.T @ np.maximum(X, 0)), "dW lies on its side"),
    (nb21.residual_block, block(dW=lambda X, W, D: 0 * W), "dW is not the gradient"),
]


def test_the_exhibit_makes_every_single_image_alike_and_learns_from_looking():
    assert nb21.museum_batch_norm.exhibit is museum.museum_batch_norm
    state = {"mean": np.zeros(3), "var": np.ones(3)}
    for X in (np.array([[1.0, 2.0, 3.0]]), np.array([[-9.0, 0.0, 5.0]])):
        A, after = museum.museum_batch_norm(X, 2.0, 0.5, state, training=False)
        assert np.array_equal(A, [[0.5, 0.5, 0.5]]) and not np.array_equal(after["mean"], state["mean"])
