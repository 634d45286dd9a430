"""The checks of notebook 18: right answers pass, stubs are not attempted, known mistakes are named.
"""
import numpy as np

from course_lib.checks import nb18, nb18_network
from course_lib.networks import losses


def dense(dX=lambda X, W, D: D @ W.T, dW=lambda X, W, D: X.T @ D, db=lambda X, W, D: D.sum(axis=0)):
    return lambda X, W, D: (dX(X, W, D), dW(X, W, D), db(X, W, D))


def dense_by_loops(X, W, D):
    dX, dW, db = np.zeros(X.shape), np.zeros(W.shape), np.zeros(W.shape[1])
    for i, row in enumerate(D):
        dX[i] = W @ row
        dW += np.outer(X[i], row)
        db += row
    return [dX, dW, db]


def dense_in_place(X, W, D):
    D /= len(D)
    return D @ W.T, X.T @ D, D.sum(axis=0)


def sig(x):
    return 1 / (1 + np.exp(-x))


def sigmoid_in_place(A, D):
    D *= A * (1 - A)
    return D


def shifted(logits, axis=1):
    return logits - logits.max(axis=axis, keepdims=axis is not None)


def cross(loss=lambda log_p, y: -log_p[np.arange(len(y)), y].mean(),
          grad=lambda p, hot: (p - hot) / len(p), *, shift=shifted, axis=1):
    def function(logits, y):
        s = shift(logits)
        log_p = s - np.log(np.exp(s).sum(axis=axis, keepdims=True))
        return loss(log_p, y), grad(np.exp(log_p), np.eye(logits.shape[1])[y])
    return function


def log_of_p(logits, y):
    e = np.exp(shifted(logits))
    p = e / e.sum(axis=1, keepdims=True)
    return -np.log(p[np.arange(len(y)), y]).mean(), (p - np.eye(p.shape[1])[y]) / len(y)


def cross_in_place(logits, y):
    logits -= logits.max(axis=1, keepdims=True)
    return cross()(logits, y)


def with_scipy(logits, y):
    from scipy.special import logsumexp, softmax
    loss = np.mean(logsumexp(logits, axis=1) - np.take_along_axis(logits, y[:, None], axis=1)[:, 0])
    return [loss, (softmax(logits, axis=1) - (y[:, None] == np.arange(logits.shape[1]))) / len(y)]


def network(*, dX=lambda D, p: D @ p["W2"].T, slope=lambda A: A * (1 - A), hidden=sig, out=lambda Z: Z, b=1.0):
    def mine(p, X, y):
        A = hidden(X @ p["W1"] + b * p["b1"])
        loss, D = losses.softmax_cross_entropy(out(A @ p["W2"] + b * p["b2"]), y)
        D1 = dX(D, p) * slope(A)
        return loss, {"b2": D.sum(0), "W2": A.T @ D, "W1": X.T @ D1, "b1": D1.sum(0)}
    return mine


def changed(name, change):
    def mine(p, X, y):
        loss, g = network()(p, X, y)
        return loss, g | {name: change(g[name])}
    return mine


def by_library(p, X, y):
    from course_lib.networks import mlp
    net = mlp([*p["W1"].shape, p["W2"].shape[1]], rng=np.random.default_rng(0), activation="sigmoid", dtype=float)
    net.theta = np.concatenate([p[k].ravel() for k in ("W1", "b1", "W2", "b2")])
    loss, grad = net.loss_and_grad(X, y)
    cuts = np.cumsum([p[k].size for k in ("W1", "b1", "W2")])
    return [loss, {k: a.reshape(p[k].shape) for k, a in zip(p, np.split(grad, cuts), strict=True)}]


def in_place_network(p, X, y):
    p["b1"] += 1.0
    return network()(p, X, y)


def training(*, lr=0.5, epochs=15, start=True, units=32, step=-1, error=1e-9, keep=True):
    def mine(X, y, rng):
        p = {"W1": rng.normal(size=(784, units)) / 28, "b1": np.zeros(units),
             "W2": rng.normal(size=(units, 10)) / 6, "b2": np.zeros(10)}
        p = p if start else {k: 0 * a for k, a in p.items()}
        for _ in range(epochs):
            order = rng.permutation(len(X))
            for rows in np.array_split(order, 40):
                g = network()(p, X[rows], y[rows])[1]
                new = {k: p[k] + step * lr * g[k] for k in p}
                p = new if keep else p
        return p, error
    return mine


def trained_in_place(X, y, rng):
    X *= 2
    return training(epochs=0)(X, y, rng)


RIGHT = {
    nb18.dense_backward: [dense(), dense_by_loops],
    nb18.sigmoid_backward: [lambda A, D: D * (A - A**2), lambda A, D: np.multiply(A * (1 - A), D)],
    nb18.softmax_cross_entropy: [losses.softmax_cross_entropy, cross(), with_scipy],
    nb18_network.two_layer: [network(), by_library],
    nb18_network.train_two_layer: [training(), training(lr=1.0, epochs=10)],
}
WRONG = [
    (nb18.dense_backward, dense_in_place, "changed the X, W or D"),
    (nb18.dense_backward, lambda X, W, D: D @ W.T, "three gradients"),
    (nb18.dense_backward, lambda X, W, D: (X.T @ D, D.sum(axis=0), D @ W.T), "another order"),
    (nb18.dense_backward, dense(dX=lambda X, W, D: D @ W if W.shape[0] == W.shape[1] else D @ W.T), "W is not transposed"),
    (nb18.dense_backward, dense(dX=lambda X, W, D: D @ W), "W is not transposed"),
    (nb18.dense_backward, dense(dX=lambda X, W, D: D), "the weights are missing"),
    (nb18.dense_backward, dense(dX=lambda X, W, D: D @ W.T / len(X)), "dX: it is not averaged"),
    (nb18.dense_backward, dense(dX=lambda X, W, D: X), "dX is not right"),
    (nb18.dense_backward, dense(dW=lambda X, W, D: D.T @ X), "dW is transposed"),
    (nb18.dense_backward, dense(dW=lambda X, W, D: X.T @ D / len(X)), "dW is averaged"),
    (nb18.dense_backward, dense(dW=lambda X, W, D: X @ D), "X is not transposed"),
    (nb18.dense_backward, dense(dW=lambda X, W, D: (X @ W).T @ D), "output Z"),
    (nb18.dense_backward, dense(dW=lambda X, W, D: W), "dW is not right"),
    (nb18.dense_backward, dense(db=lambda X, W, D: D.mean(axis=0)), "db is averaged"),
    (nb18.dense_backward, dense(db=lambda X, W, D: D.sum(axis=1)), "sums over the outputs"),
    (nb18.dense_backward, dense(db=lambda X, W, D: D.sum(axis=0, keepdims=True)), "two axes"),
    (nb18.dense_backward, dense(db=lambda X, W, D: D), "one row for each example"),
    (nb18.dense_backward, dense(db=lambda X, W, D: D.sum()), "one number"),
    (nb18.dense_backward, dense(db=lambda X, W, D: D[0]), "db is not right"),
    (nb18.sigmoid_backward, sigmoid_in_place, "changed the A or D"),
    (nb18.sigmoid_backward, lambda A, D: D * sig(A) * (1 - sig(A)), "input"),
    (nb18.sigmoid_backward, lambda A, D: A * (1 - A), "slope alone"),
    (nb18.sigmoid_backward, lambda A, D: D * (1 - A**2), "tanh"),
    (nb18.sigmoid_backward, lambda A, D: D * A, "factor 1 - A"),
    (nb18.sigmoid_backward, lambda A, D: D * (1 - A), "factor A is"),
    (nb18.sigmoid_backward, lambda A, D: D * A * (A - 1), "sign"),
    (nb18.sigmoid_backward, lambda A, D: D @ (A * (1 - A)), "matrix product"),
    (nb18.sigmoid_backward, lambda A, D: D / (A * (1 - A)), "divided"),
    (nb18.sigmoid_backward, lambda A, D: D * (A > 0), "kink"),
    (nb18.sigmoid_backward, lambda A, D: 2 * D, "not D times the slope"),
    (nb18.softmax_cross_entropy, cross_in_place, "changed the logits"),
    (nb18.softmax_cross_entropy, lambda logits, y: cross()(logits, y)[0], "two things"),
    (nb18.softmax_cross_entropy, cross(lambda lp, y: -lp[np.arange(len(y)), y].sum()), "the sum over the examples"),
    (nb18.softmax_cross_entropy, cross(lambda lp, y: lp[np.arange(len(y)), y].mean()), "loss has the wrong sign"),
    (nb18.softmax_cross_entropy, cross(lambda lp, y: -lp[np.arange(len(y)), y].sum() / lp.size), "over the classes too"),
    (nb18.softmax_cross_entropy, cross(shift=lambda z: shifted(z, 0), axis=0), "down the columns"),
    (nb18.softmax_cross_entropy, cross(lambda lp, y: -lp[np.arange(len(y)), y]), "take their mean"),
    (nb18.softmax_cross_entropy, cross(lambda lp, y: -lp.sum(axis=1).mean()), "all classes"),
    (nb18.softmax_cross_entropy, cross(lambda lp, y: 1 - np.exp(lp[np.arange(len(y)), y]).mean()), "logarithm is missing"),
    (nb18.softmax_cross_entropy, cross(lambda lp, y: 0.0), "the loss is not"),
    (nb18.softmax_cross_entropy, cross(grad=lambda p, hot: p - hot), "not divided by n"),
    (nb18.softmax_cross_entropy, cross(grad=lambda p, hot: (p - hot) / p.size), "number of classes"),
    (nb18.softmax_cross_entropy, cross(grad=lambda p, hot: p / len(p)), "p alone: the label"),
    (nb18.softmax_cross_entropy, cross(grad=lambda p, hot: p), "p alone, and not"),
    (nb18.softmax_cross_entropy, cross(grad=lambda p, hot: (hot - p) / len(p)), "gradient has the wrong sign"),
    (nb18.softmax_cross_entropy, cross(grad=lambda p, hot: (p - hot) * p * (1 - p) / len(p)), "once more"),
    (nb18.softmax_cross_entropy, cross(grad=lambda p, hot: -hot / p / len(p)), "for the probabilities"),
    (nb18.softmax_cross_entropy, cross(grad=lambda p, hot: hot), "gradient is not (p"),
    (nb18.softmax_cross_entropy, cross(shift=lambda z: z), "overflows"),
    (nb18.softmax_cross_entropy, cross(shift=lambda z: shifted(z, None)), "largest logit of the batch"),
    (nb18.softmax_cross_entropy, log_of_p, "logarithm of a p"),
    (nb18.dense_backward, dense(dX=lambda X, W, D: W @ D.T), "on its side"),
    (nb18.sigmoid_backward, lambda A, D: D * A - A**2, "binds less"),
    (nb18.sigmoid_backward, lambda A, D: D * A * (1 - A) / len(A), "divided by n"),
    (nb18.softmax_cross_entropy, cross(lambda lp, y: -lp[:, y].mean()), "log_p[:, y]"),
    (nb18.softmax_cross_entropy, cross(grad=lambda p, hot: (p - (hot.sum(0) > 0)) / len(p)), "D[:, y] -= 1"),
    (nb18.softmax_cross_entropy, cross(grad=lambda p, hot: p - (hot.sum(0) > 0)), "n is missing too"),
    (nb18.softmax_cross_entropy, cross(grad=lambda p, hot: (p - hot) / (1 - p) / len(p)), "yes-or-no"),
    (nb18.softmax_cross_entropy, cross(lambda lp, y: nb18._yes_or_no(lp, y).mean()), "yes-or-no"),
    (nb18.softmax_cross_entropy, cross(lambda lp, y: -np.log(np.exp(lp[np.arange(len(y)), y]) + 1e-7).mean()), "constant"),
    (nb18.softmax_cross_entropy, cross(lambda lp, y: -np.log(np.exp(lp[np.arange(len(y)), y]) + 1e-9).mean()), "constant"),
    (nb18_network.two_layer, in_place_network, "changed the p, X or y"),
    (nb18_network.two_layer, lambda p, X, y: network()(p, X, y)[0], "two things"),
    (nb18_network.two_layer, lambda p, X, y: (1.0, [1, 2]), "with the keys W1"),
    (nb18_network.two_layer, network(b=0.0), "biases are not added"),
    (nb18_network.two_layer, network(hidden=lambda Z: Z), "lacks its sigmoid"),
    (nb18_network.two_layer, network(hidden=np.tanh), "tanh in place"),
    (nb18_network.two_layer, network(out=sig), "output goes through a sigmoid"),
    (nb18_network.two_layer, lambda p, X, y: (2 * network()(p, X, y)[0], network()(p, X, y)[1]), "loss is not that"),
    (nb18_network.two_layer, network(slope=lambda A: 1.0), "is missing between"),
    (nb18_network.two_layer, network(slope=lambda A: sig(A) * (1 - sig(A))), "a sigmoid of A"),
    (nb18_network.two_layer, network(slope=lambda A: 1 - A**2), "tanh's"),
    (nb18_network.two_layer, network(dX=lambda D, p: D @ p["W2"]), "not transposed"),
    (nb18_network.two_layer, lambda p, X, y: (network()(p, X, y)[0], {k: a / 6 for k, a in network()(p, X, y)[1].items()}), "divided by n twice"),
    (nb18_network.two_layer, lambda p, X, y: (network()(p, X, y)[0], {k: a * 6 for k, a in network()(p, X, y)[1].items()}), "sum over the examples"),
    (nb18_network.two_layer, changed("b1", lambda a: a[None]), "the shape (1, 3)"),
    (nb18_network.two_layer, changed("b1", lambda a: a + 1), "not the gradient of b1"),
    (nb18_network.train_two_layer, lambda X, y, rng: training(epochs=0)(X, y, rng)[0], "two things"),
    (nb18_network.train_two_layer, trained_in_place, "changed the X or y"),
    (nb18_network.train_two_layer, lambda X, y, rng: ([1], 1e-9), "with the keys W1"),
    (nb18_network.train_two_layer, training(units=16, epochs=1), "32 hidden units"),
    (nb18_network.train_two_layer, training(epochs=1, error=None), "finite number"),
    (nb18_network.train_two_layer, training(epochs=1, error=0.0), "with itself"),
    (nb18_network.train_two_layer, training(epochs=1, error=0.1), "should agree"),
    (nb18_network.train_two_layer, training(epochs=1, error=-1e-9), "not negative"),
    (nb18_network.train_two_layer, training(epochs=1, lr=np.inf), "NaN or infinite"),
    (nb18_network.train_two_layer, training(epochs=3, start=False), "are alike"),
    (nb18_network.train_two_layer, training(epochs=1, step=1), "against the gradient"),
    (nb18_network.train_two_layer, training(epochs=1, keep=False), "new weights kept"),
    (nb18_network.train_two_layer, training(epochs=1, lr=0.2), "more epochs"),
]
