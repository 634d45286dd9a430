"""What the noise of a batch costs: on a linear model with 10 weights, and on a network 784-32-10 on
images sorted by label.
"""
import functools
import math

import numpy as np

from course_lib.checks.museum import museum_epoch
from course_lib.data import datasets
from course_lib.experiments.claims import claim
from course_lib.networks import mlp
from course_lib.optimizers import minimize
from course_lib.training import batch_noise
from experiments import saved
from experiments.claims.tuning import best_of

TUNING_SEEDS = range(6)
EPOCH_RATES = 2.0 ** (np.arange(-14, 3) / 2)  # 0.008 to 2
BATCH_SIZE = 64
FAMILY = "noise of a batch"


@functools.cache
def data():
    """Return (X, y, X_valid, y_valid): 10 240 training images and the validation images."""
    mnist = saved.real_mnist()
    return mnist.X_train[:10_240], mnist.y_train[:10_240], mnist.X_valid, mnist.y_valid


# A linear model: gradient descent against sampling, counted in examples.

N, B = 10_000, 10
LINEAR_RATES = 2.0 ** (np.arange(-22, 5) / 2)


def linear_losses(kind, rates, epochs, seed):
    """Return the loss above its minimum at each rate, when every example was used `epochs` times:
    by gradient descent ("full") or by batches of 10 drawn with replacement ("sampled").
    """
    rng = np.random.default_rng(seed)
    full, sampled, _ = batch_noise.linear_model(N, rng=rng)
    fun, n_steps = (full, epochs) if kind == "full" else (sampled(B, rng), epochs * N // B)
    run = minimize(fun, np.zeros((len(rates), 10)), "sgd", lr=rates[:, None], n_steps=n_steps,
                   tol=None, keep_path=False)
    last = run.loss[-1]
    return np.where(np.isfinite(last), last, np.inf)


def linear_rates(epochs):
    """Return the settings of a comparison: the best rate of each way, by the tuning seeds."""
    def best(kind):
        losses = [linear_losses(kind, LINEAR_RATES, epochs, seed) for seed in TUNING_SEEDS]
        return best_of(LINEAR_RATES, np.median(losses, axis=0), kind)

    return {"lr_sampled": best("sampled"), "lr_full": best("full")}


def sampled_against_full(epochs, seed, lr_sampled, lr_full):
    """Return ln(loss of SGD / loss of gradient descent) after some epochs."""
    losses = [linear_losses(kind, np.array([lr]), epochs, seed)[0]
              for kind, lr in (("sampled", lr_sampled), ("full", lr_full))]
    return float(np.log(losses[0] / losses[1]))


@claim(
    "08",
    "on a linear model, when each example was used twice, SGD in batches of 10 has a lower "
    "loss than gradient descent",
    unit="ln(loss of SGD / of gradient descent)",
    side="below",
    n=20,
    family=FAMILY,
    varied="data and batches",
    tuned=functools.partial(linear_rates, 2),
)
def sgd_is_first_after_two_epochs(seed, lr_sampled, lr_full):
    return sampled_against_full(2, seed, lr_sampled, lr_full)


@claim(
    "08",
    "on a linear model, when each example was used 80 times, SGD in batches of 10 at a constant "
    "rate has a higher loss than gradient descent",
    unit="ln(loss of SGD / of gradient descent)",
    side="above",
    n=20,
    family=FAMILY,
    varied="data and batches",
    tuned=functools.partial(linear_rates, 80),
)
def descent_is_ahead_after_eighty_epochs(seed, lr_sampled, lr_full):
    return sampled_against_full(80, seed, lr_sampled, lr_full)


# A network on images sorted by label.


def after_one_epoch(epoch, lr, seed):
    """Return the validation loss after one epoch on images sorted by label."""
    rng = np.random.default_rng(seed)
    net = mlp([784, 32, 10], rng=rng)
    X, y, X_valid, y_valid = data()
    order = np.argsort(y, kind="stable")
    for rows in epoch(len(X), BATCH_SIZE, rng):
        net.theta -= lr * net.loss_and_grad(X[order[rows]], y[order[rows]])[1]
    loss = float(net.loss(X_valid, y_valid))
    return loss if math.isfinite(loss) else math.inf


def epoch_rates():
    """Return the settings of the comparison: each way's own best rate."""
    def best(epoch, name):
        losses = [np.median([after_one_epoch(epoch, lr, seed) for seed in TUNING_SEEDS])
                  for lr in EPOCH_RATES]
        return best_of(EPOCH_RATES, losses, name)

    return {"lr_cut": best(museum_epoch, "cut"), "lr_shuffled": best(datasets.batches, "shuffled")}


@claim(
    "08",
    "on MNIST sorted by label, an epoch of batches cut before shuffling ends with a higher "
    "validation loss than one of batches cut after it",
    unit="validation loss, cut first less shuffled first",
    side="above",
    n=20,
    family=FAMILY,
    varied="start and order",
    tuned=epoch_rates,
)
def cutting_first_ends_higher(seed, lr_cut, lr_shuffled):
    cut = after_one_epoch(museum_epoch, lr_cut, seed)
    return cut - after_one_epoch(datasets.batches, lr_shuffled, seed)
