"""Runs whose loss stands still, for three reasons, on small images: 500 of them, 7 x 7 pixels.

    saddle     16 tanh units, all weights about 1e-6: near W = 0, output biases = log frequencies,
               a critical point; its smallest eigenvalue is -sigma, with sigma the largest singular
               value of C = X^T (onehot(y) - frequencies) / n
    too slow   the same network with Glorot's weights, and a rate of 1e-4
    noise      no hidden layer, 30 % of the labels drawn at random, batches of 5 and a rate of 3

Notebooks: 30.
"""
import math
from types import SimpleNamespace

import numpy as np

from course_lib.networks.initializers import glorot
from course_lib.networks.network import mlp
from course_lib.optimizers import descent
from course_lib.training.loop import train


def tiny(rng, shape, dtype):
    """Normal weights of standard deviation 1e-6."""
    return (1e-6 * rng.standard_normal(shape)).astype(dtype)


def small_images(splits, n=500):
    """Return n training images, shrunk to 7 x 7, as rows (n, 49), and their labels."""
    X = splits.X_train[:n].reshape(-1, 7, 4, 7, 4).mean(axis=(2, 4))
    return X.reshape(-1, 49).astype(float), splits.y_train[:n]


def saddle_task(splits):
    """Return the network that starts at the saddle, with all that can be said of it beforehand.

    fun: w -> (loss, gradient). start: first weights. frequencies: of the classes. saddle: the
    critical point. sigma: its smallest eigenvalue is -sigma. plateau: the loss there.
    """
    X, y = small_images(splits)
    net = mlp([49, 16, 10], rng=np.random.default_rng(0), activation="tanh", init=tiny,
              dtype=np.float64)
    f = np.bincount(y, minlength=10) / len(y)
    C = X.T @ (np.eye(10)[y] - f) / len(y)
    return SimpleNamespace(
        fun=net.objective(X, y), start=net.theta.copy(), frequencies=f,
        saddle=np.r_[np.zeros(net.theta.size - 10), np.log(f)],
        sigma=float(np.linalg.svd(C, compute_uv=False)[0]), plateau=float(-np.sum(f * np.log(f))))


def descend(task, s=1e-6, lr=0.5, n_steps=1500):
    """Return the run of gradient descent on all examples, from weights of size s."""
    return descent.minimize(task.fun, task.start * (s / 1e-6), "sgd", lr=lr, n_steps=n_steps)


def distance(task, w):
    """Return how far w is from the saddle. Adding one number to all ten logits changes nothing, so
    the nearest of these points counts.
    """
    shift = np.r_[np.zeros(w.size - 10), np.full(10, np.log(task.frequencies).mean())]
    return float(np.linalg.norm(w - task.saddle + shift))


def flat_run(splits, kind, factor=1.0):
    """Return a run of 20 epochs, `too slow` or `noise`: its losses, first and last weights, and its
    loss function; after 15 epochs the rate is multiplied by factor.
    """
    X, y = small_images(splits)
    rng = np.random.default_rng(4)
    sizes, lr, batch_size = ([49, 16, 10], 1e-4, len(y)) if kind == "too slow" else ([49, 10], 3, 5)
    if kind == "noise":
        drawn = np.random.default_rng(3).integers(0, 10, len(y))
        y = np.where(np.random.default_rng(2).random(len(y)) < 0.3, drawn, y)
    net = mlp(sizes, rng=rng, activation="tanh", init=glorot, dtype=np.float64)
    start, change = net.theta.copy(), 15 * math.ceil(len(y) / batch_size)
    history = train(net, (X, y), "sgd", lr=lambda t: lr * (factor if t > change else 1), epochs=20,
                    batch_size=batch_size, rng=rng, progress=False)
    return SimpleNamespace(loss=history.train_loss, start=start, w=net.theta.copy(),
                           fun=net.objective(X, y))
