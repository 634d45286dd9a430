"""Does the shape of a schedule matter? A small network on 5 000 MNIST images, each schedule at its
own best rate.
"""
import functools

import numpy as np

from course_lib.experiments.claims import claim
from course_lib.networks import mlp
from course_lib.optimizers import schedules
from course_lib.training import train
from experiments import saved

BATCH_SIZE = 50
EPOCHS = 6
RATES = 0.1 * 2.0 ** (np.arange(10) / 2)  # 0.1 to 2.3, in steps of sqrt(2)
TUNING_SEEDS = range(6)
FAMILY = "schedules on MNIST"
UNIT = "validation loss, first less second"


@functools.cache
def data():
    """Return (X, y, X_valid, y_valid): 5 000 training images and the validation images."""
    mnist = saved.real_mnist()
    return mnist.X_train[:5000], mnist.y_train[:5000], mnist.X_valid, mnist.y_valid


def n_steps():
    """Return the number of steps of a run."""
    return EPOCHS * -(-len(data()[0]) // BATCH_SIZE)


def schedule(kind, lr):
    """Return a schedule whose highest rate is lr."""
    n = n_steps()
    if kind == "constant":
        return lr
    if kind == "cosine":
        return schedules.cosine(lr, n)
    if kind == "one-cycle":
        return schedules.one_cycle(lr, n)
    return schedules.warmup(schedules.cosine(lr, n - n // 10), n // 10)


def final_loss(kind, lr, seed):
    """Return the validation loss at the end of one run, infinity if it diverged."""
    rng = np.random.default_rng(seed)
    net = mlp([784, 32, 10], rng=rng)
    X, y, X_valid, y_valid = data()
    history = train(
        net,
        (X, y),
        "sgd",
        lr=schedule(kind, lr),
        epochs=EPOCHS,
        batch_size=BATCH_SIZE,
        rng=rng,
        progress=False,
    )
    return np.inf if history.diverged_at is not None else float(net.loss(X_valid, y_valid))


def best_rate(kind):
    """Return the rate with the lowest loss, by the median over the tuning seeds; it must not be at
    an edge.
    """
    losses = [np.median([final_loss(kind, lr, seed) for seed in TUNING_SEEDS]) for lr in RATES]
    best = int(np.argmin(losses))
    if best in (0, len(RATES) - 1):
        raise ValueError(f"the best rate of {kind} lies at the edge of the grid: widen it")
    return float(f"{RATES[best]:.6g}")


def rates_of(one, other):
    """Return the settings of a comparison: each schedule's own best rate."""
    return {"lr_one": best_rate(one), "lr_other": best_rate(other)}


@claim(
    "16",
    "at its own best rate, cosine decay ends lower than a constant rate",
    unit=UNIT,
    side="below",
    n=40,
    first_seed=2000,
    family=FAMILY,
    tuned=functools.partial(rates_of, "cosine", "constant"),
)
def cosine_ends_below_constant(seed, lr_one, lr_other):
    return final_loss("cosine", lr_one, seed) - final_loss("constant", lr_other, seed)


@claim(
    "16",
    "at its own best rate, one-cycle ends lower than cosine decay",
    unit=UNIT,
    side="below",
    n=40,
    first_seed=2000,
    family=FAMILY,
    tuned=functools.partial(rates_of, "one-cycle", "cosine"),
)
def one_cycle_ends_below_cosine(seed, lr_one, lr_other):
    return final_loss("one-cycle", lr_one, seed) - final_loss("cosine", lr_other, seed)


@claim(
    "16",
    "at its own best rate, one-cycle ends lower than warm-up with cosine decay",
    unit=UNIT,
    side="below",
    n=40,
    first_seed=2000,
    family=FAMILY,
    tuned=functools.partial(rates_of, "one-cycle", "warm-up, cosine"),
)
def one_cycle_ends_below_warm_cosine(seed, lr_one, lr_other):
    return final_loss("one-cycle", lr_one, seed) - final_loss("warm-up, cosine", lr_other, seed)
