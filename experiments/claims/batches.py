"""What becomes of a learning rate when the batch grows? A network 784-32-10 on 5 120 MNIST images,
judged by its loss on 2 000 validation images.

Every batch size here divides 5 120: a small last batch, after large ones at a high rate, can
spoil the end of a run.
"""
import functools
import math

import numpy as np

from course_lib.experiments.claims import claim
from course_lib.networks import mlp
from course_lib.optimizers import schedules
from course_lib.training import train
from experiments.claims import noise
from experiments.claims.tuning import best_of

TUNING_SEEDS = range(4)
RATES = 2.0 ** (np.arange(-6, 4) / 2)  # 0.125 to 2.8, in steps of sqrt(2)
SMALL, LARGE = 64, 1024
EPOCHS = 6
FAMILY = "rates for larger batches"


def data():
    """Return (X, y, X_valid, y_valid): 5 120 training images and 2 000 validation images."""
    X, y, X_valid, y_valid = noise.data()
    return X[:5120], y[:5120], X_valid[:2000], y_valid[:2000]


def final_loss(batch_size, lr, seed, warm=0.0):
    """Return the validation loss after EPOCHS epochs, the first share `warm` of them warming up."""
    rng = np.random.default_rng(seed)
    net = mlp([784, 32, 10], rng=rng)
    X, y, X_valid, y_valid = data()
    n_warmup = round(warm * EPOCHS * math.ceil(len(X) / batch_size))
    history = train(net, (X, y), "sgd", lr=schedules.warmup(lr, n_warmup) if warm else lr,
                    epochs=EPOCHS, batch_size=batch_size, rng=rng, progress=False)
    return math.inf if history.diverged_at is not None else float(net.loss(X_valid, y_valid))


@functools.cache
def final_rate(batch_size, warm=0.0):
    """Return the best rate of a batch size."""
    losses = [np.median([final_loss(batch_size, lr, s, warm) for s in TUNING_SEEDS])
              for lr in RATES]
    return best_of(RATES, losses, f"batches of {batch_size}")


def rate_of_small():
    """Return the settings of a comparison of batch sizes: the best rate of the smaller one."""
    return {"lr": final_rate(SMALL)}


@claim(
    "09",
    "batches of 256 with four times a quarter of the best rate of 64 end as low as batches of 64 "
    "with that quarter",
    unit="ln(validation loss of 256 / of 64)",
    side="tie",
    margin=0.1,
    n=20,
    family=FAMILY,
    tuned=rate_of_small,
)
def four_times_a_low_rate_keeps_the_loss(seed, lr):
    return math.log(final_loss(4 * SMALL, lr, seed) / final_loss(SMALL, lr / 4, seed))


@claim(
    "09",
    "batches of 256 with four times the best rate of 64 end as low as batches of 64",
    unit="ln(validation loss of 256 / of 64)",
    side="tie",
    margin=0.1,
    n=20,
    family=FAMILY,
    tuned=rate_of_small,
)
def four_times_the_best_rate_keeps_the_loss(seed, lr):
    return math.log(final_loss(4 * SMALL, 4 * lr, seed) / final_loss(SMALL, lr, seed))


def warm_rates():
    """Return the settings of the comparison: the best rate of large batches without and with a
    warm-up over a third of the run.
    """
    return {"lr_bare": final_rate(LARGE), "lr_warm": final_rate(LARGE, 1 / 3)}


@claim(
    "09",
    "in batches of 1024, a warm-up over a third of the run ends lower than no warm-up, each at its "
    "own best rate",
    unit="ln(validation loss with warm-up / without)",
    side="below",
    n=20,
    family=FAMILY,
    tuned=warm_rates,
)
def warm_up_ends_lower(seed, lr_bare, lr_warm):
    return math.log(final_loss(LARGE, lr_warm, seed, 1 / 3) / final_loss(LARGE, lr_bare, seed))


def staged_loss(what, lr, seed):
    """Return the validation loss after three stages of two epochs; from one to the next the rate
    falls to a quarter ("decay"), the batch grows to four times ("grow"), or nothing ("constant").
    """
    rng = np.random.default_rng(seed)
    net = mlp([784, 32, 10], rng=rng)
    X, y, X_valid, y_valid = data()
    for k in (1, 4, 16):
        train(net, (X, y), "sgd", lr=lr / k if what == "decay" else lr, epochs=2,
              batch_size=32 * k if what == "grow" else 32, rng=rng, allow_dead=True,
              progress=False)
    loss = float(net.loss(X_valid, y_valid))
    return loss if math.isfinite(loss) else math.inf


def staged_rate(what):
    """Return the best first rate of a staged run."""
    losses = [np.median([staged_loss(what, lr, seed) for seed in TUNING_SEEDS]) for lr in RATES]
    return best_of(RATES, losses, what)


def staged_rates(one, other):
    """Return the settings of a comparison: each side's own best first rate."""
    return {"lr_one": staged_rate(one), "lr_other": staged_rate(other)}


@claim(
    "09",
    "a batch that grows to four times twice ends as low as a rate that falls to a quarter twice",
    unit="ln(validation loss when growing / decaying)",
    side="tie",
    margin=0.05,
    n=20,
    family=FAMILY,
    tuned=functools.partial(staged_rates, "grow", "decay"),
)
def growing_ends_like_decaying(seed, lr_one, lr_other):
    return math.log(staged_loss("grow", lr_one, seed) / staged_loss("decay", lr_other, seed))
