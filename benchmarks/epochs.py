"""The ways to train one epoch that bench.py times: one network, one batch size, Adam, in NumPy,
Keras and PyTorch.

Each `make` function takes the starting weights [W, b, W, b, ...], X, y and the batch size, and
returns (run, read): run() trains one more epoch over all of X in a fresh order, read() returns the
weights. In `floor` nothing is learnt.
"""
import itertools
import math

import numpy as np

LR = 0.001


def start(sizes):
    """Return He weights and zero biases, float32, the same for everyone."""
    rng = np.random.default_rng(0)
    pairs = itertools.pairwise(sizes)
    return [
        array
        for n_in, n_out in pairs
        for array in (
            rng.standard_normal((n_in, n_out), np.float32) * math.sqrt(2 / n_in),
            np.zeros(n_out, np.float32),
        )
    ]


def course(weights, X, y, batch_size):
    """This course: `training.train`."""
    from course_lib.networks.network import mlp
    from course_lib.training.loop import train

    net = mlp([len(weights[0]), *(len(b) for b in weights[1::2])], rng=np.random.default_rng(0))
    net.theta = np.concatenate([array.ravel() for array in weights])
    rng = np.random.default_rng(1)

    def run():
        train(net, (X, y), "adam", lr=LR, epochs=1, batch_size=batch_size, rng=rng, allow_dead=True,
              progress=False)

    return run, lambda: [array for layer in net.layers[::2] for array in (layer.W, layer.b)]


def textbook(weights, X, y, batch_size):
    """NumPy as tutorials write it: double precision, a list of arrays, whole-array Adam, as many
    threads as BLAS likes.
    """
    P = [array.astype(float) for array in weights]
    M, V = [np.zeros_like(p) for p in P], [np.zeros_like(p) for p in P]
    rng, steps = np.random.default_rng(1), itertools.count(1)

    def gradients(x, labels):
        A = [x]
        for W, b in zip(P[0:-2:2], P[1:-2:2], strict=True):
            A.append(np.maximum(A[-1] @ W + b, 0))
        Z = A[-1] @ P[-2] + P[-1]
        e = np.exp(Z - Z.max(axis=1, keepdims=True))
        D, G = (e / e.sum(axis=1, keepdims=True) - np.eye(Z.shape[1])[labels]) / len(x), []
        for k in range(len(A) - 1, -1, -1):
            G = [A[k].T @ D, D.sum(axis=0), *G]
            D = (D @ P[2 * k].T) * (A[k] > 0) if k else None
        return G

    def run():
        order = rng.permutation(len(X))
        for i in range(0, len(X), batch_size):
            rows, t = order[i:i + batch_size], next(steps)
            for k, g in enumerate(gradients(X[rows].astype(float), y[rows])):
                M[k] = 0.9 * M[k] + 0.1 * g
                V[k] = 0.999 * V[k] + 0.001 * g**2
                P[k] = P[k] - LR * (M[k] / (1 - 0.9**t)) / (np.sqrt(V[k] / (1 - 0.999**t)) + 1e-8)

    return run, lambda: P


def _keras_model(weights):
    from course_lib.frameworks.tensorflow_quietly import import_tensorflow

    keras = import_tensorflow().keras
    hidden = [keras.layers.Dense(len(b), activation="relu") for b in weights[1:-2:2]]
    model = keras.Sequential(
        [keras.Input((len(weights[0]),)), *hidden, keras.layers.Dense(len(weights[-1]))]
    )
    model.set_weights(weights)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return model, loss, keras.optimizers.Adam(LR, epsilon=1e-8)


def keras_fit(weights, X, y, batch_size, **settings):
    """Keras' `fit`, as it comes or with compile's settings."""
    model, loss, adam = _keras_model(weights)
    model.compile(adam, loss, **settings)
    return lambda: model.fit(X, y, batch_size=batch_size, epochs=1, verbose=0), model.get_weights


def keras_loop(weights, X, y, batch_size, jit=False):
    """A loop of one's own around a compiled step with a GradientTape."""
    from course_lib.frameworks.tensorflow_quietly import import_tensorflow

    tf = import_tensorflow()
    model, loss, adam = _keras_model(weights)
    adam.build(model.trainable_variables)
    rng = np.random.default_rng(1)

    @tf.function(jit_compile=jit)
    def step(x, labels):
        with tf.GradientTape() as tape:
            value = loss(labels, model(x, training=True))
        adam.apply(tape.gradient(value, model.trainable_variables), model.trainable_variables)

    def run():
        order = rng.permutation(len(X))
        for i in range(0, len(X), batch_size):
            rows = order[i:i + batch_size]
            step(X[rows], y[rows])

    return run, model.get_weights


def torch_eager(weights, X, y, batch_size, fused=False):
    """PyTorch's eager mode; batches are rows of one tensor, which is faster than its DataLoader."""
    import torch

    layers = []
    for n_in, n_out in itertools.pairwise([len(weights[0]), *(len(b) for b in weights[1::2])]):
        layers += [torch.nn.Linear(n_in, n_out), torch.nn.ReLU()]
    model = torch.nn.Sequential(*layers[:-1])
    with torch.no_grad():
        for p, array in zip(model.parameters(), weights, strict=True):
            p.copy_(torch.tensor(array.T))
    adam, loss = (
        torch.optim.Adam(model.parameters(), lr=LR, fused=fused),
        torch.nn.CrossEntropyLoss(),
    )
    images, labels = torch.tensor(X), torch.tensor(y.astype(np.int64))

    def run():
        for rows in torch.randperm(len(X)).split(batch_size):
            adam.zero_grad()
            loss(model(images[rows]), labels[rows]).backward()
            adam.step()

    return run, lambda: [p.detach().numpy().T for p in model.parameters()]


def floor(weights, X, y, batch_size):
    """Nothing but the matrix products that every one of them has to make, in single precision, on
    as many cores as this course uses for each.
    """
    from course_lib.machine import all_cores
    from course_lib.networks.products import product

    W = weights[::2]
    A = [
        np.ascontiguousarray(X[:batch_size]),
        *(np.zeros((batch_size, w.shape[1]), np.float32) for w in W),
    ]
    dA, dW = [np.zeros_like(a) for a in A], [np.zeros_like(w) for w in W]

    def run():
        with all_cores():
            for _ in range(math.ceil(len(X) / batch_size)):
                for k, w in enumerate(W):
                    product(A[k], w, out=A[k + 1])
                for k in range(len(W) - 1, -1, -1):
                    product(A[k].T, dA[k + 1], out=dW[k])
                    if k:
                        product(dA[k + 1], W[k].T, out=dA[k])

    return run, lambda: W


NUMPY = {"course_lib": course, "textbook NumPy, float64": textbook, "matrix products alone": floor}
KERAS = {
    "Keras fit, as it comes": keras_fit,
    "Keras fit, jit_compile=True": lambda *task: keras_fit(*task, jit_compile=True),
    "Keras fit, jit_compile=False": lambda *task: keras_fit(*task, jit_compile=False),
    "Keras, own loop": keras_loop,
    "Keras, own loop, jit_compile=True": lambda *task: keras_loop(*task, jit=True),
}
TORCH = {
    "PyTorch eager": torch_eager,
    "PyTorch eager, fused Adam": lambda *task: torch_eager(*task, fused=True),
}
