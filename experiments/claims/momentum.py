"""Does momentum help a small network? With the whole batch there is no noise, with batches of 10
there is much of it.

A network 784-32-10 on 500 MNIST images; the loss is that on these images, at the end of 50 steps
with all of them, or of 4 epochs in batches of 10. Every rule has its own best rate.
"""
import functools
import math

import numpy as np

from course_lib.experiments.claims import claim
from course_lib.networks import mlp
from course_lib.training import train
from experiments import saved
from experiments.claims.tuning import best_of

TUNING_SEEDS = range(4)
N = 500
BATCHES = {"full": (500, 50), "small": (10, 4)}  # batch size, epochs
RATES = {"full": 2.0 ** (np.arange(-3, 8) / 2), "small": 2.0 ** (np.arange(-8, 1) / 2)}
FAMILY = "momentum on a network"
UNIT = "ln(training loss of the first / of the second)"


@functools.cache
def data():
    """Return the first images and their labels."""
    mnist = saved.real_mnist()
    return mnist.X_train[:N], mnist.y_train[:N]


def final_loss(batch, step, beta, effective, seed):
    """Return the training loss at the end; effective: lr / (1 - beta)."""
    rng = np.random.default_rng(seed)
    net = mlp([784, 32, 10], rng=rng)
    batch_size, epochs = BATCHES[batch]
    history = train(net, data(), step, lr=effective * (1 - beta), beta=beta, epochs=epochs,
                    batch_size=batch_size, rng=rng, progress=False)
    return math.inf if history.diverged_at is not None else float(net.loss(*data()))


@functools.cache
def best_rate(batch, step, beta):
    """Return the best lr / (1 - beta), by the median of the tuning seeds."""
    losses = [np.median([final_loss(batch, step, beta, rate, seed) for seed in TUNING_SEEDS])
              for rate in RATES[batch]]
    return best_of(RATES[batch], losses, f"{step} with beta {beta}")


def rates_of(batch, one, other):
    """Return the settings of a comparison: the best rate of each side, a pair (rule, beta)."""
    return {"one": best_rate(batch, *one), "other": best_rate(batch, *other)}


def ratio(batch, one, other, seed, rates):
    """Return ln(loss of one / loss of the other), from the same start with the same batches."""
    losses = [final_loss(batch, *side, rate, seed)
              for side, rate in zip((one, other), rates, strict=True)]
    return math.log(losses[0] / losses[1])


PLAIN, HEAVY, NESTEROV = ("momentum", 0.0), ("momentum", 0.9), ("nesterov", 0.9)


@claim(
    "10",
    "with the whole batch, a network trained with momentum 0.9 ends lower than without momentum",
    unit=UNIT,
    side="below",
    n=20,
    family=FAMILY,
    tuned=functools.partial(rates_of, "full", HEAVY, PLAIN),
)
def momentum_helps_the_whole_batch(seed, one, other):
    return ratio("full", HEAVY, PLAIN, seed, (one, other))


@claim(
    "10",
    "in batches of 10, a network trained with momentum 0.9 ends as low as without momentum",
    unit=UNIT,
    side="tie",
    margin=0.1,
    n=20,
    family=FAMILY,
    tuned=functools.partial(rates_of, "small", HEAVY, PLAIN),
)
def momentum_changes_little_in_small_batches(seed, one, other):
    return ratio("small", HEAVY, PLAIN, seed, (one, other))


@claim(
    "11",
    "with the whole batch, a network trained with Nesterov's momentum 0.9 ends higher than with "
    "heavy ball 0.9, whose edge of stability is further out",
    unit=UNIT,
    side="above",
    n=20,
    family=FAMILY,
    tuned=functools.partial(rates_of, "full", NESTEROV, HEAVY),
)
def nesterov_ends_above_heavy_ball(seed, one, other):
    return ratio("full", NESTEROV, HEAVY, seed, (one, other))
