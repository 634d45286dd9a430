"""One small network on 5 000 MNIST images, for claims about update rules: 784-32-10, batches of 50,
six epochs, judged by its validation loss. It declares no claim itself.
"""
import functools

import numpy as np

from course_lib.networks import mlp
from course_lib.training import train
from experiments import saved
from experiments.claims.tuning import best_of

BATCH_SIZE = 50
EPOCHS = 6
TUNING_SEEDS = range(6)


@functools.cache
def data():
    """Return (X, y, X_valid, y_valid): 5 000 training images and the validation images."""
    mnist = saved.real_mnist()
    return mnist.X_train[:5000], mnist.y_train[:5000], mnist.X_valid, mnist.y_valid


def n_steps():
    """Return the number of steps of a run."""
    return EPOCHS * -(-len(data()[0]) // BATCH_SIZE)


def final_loss(step, lr, seed, **options):
    """Return the validation loss at the end of one run, infinity if it diverged.

    options: further arguments of `train`, such as clip_norm.
    """
    rng = np.random.default_rng(seed)
    net = mlp([784, 32, 10], rng=rng)
    X, y, X_valid, y_valid = data()
    history = train(net, (X, y), step, lr=lr, epochs=EPOCHS, batch_size=BATCH_SIZE, rng=rng,
                    progress=False, **options)
    return np.inf if history.diverged_at is not None else float(net.loss(X_valid, y_valid))


def best_rate(step, rates, **options):
    """Return the rate with the lowest loss, by the median over the tuning seeds; it must not be at
    an edge.
    """
    losses = [np.median([final_loss(step, lr, seed, **options) for seed in TUNING_SEEDS])
              for lr in rates]
    return best_of(rates, losses, step)
