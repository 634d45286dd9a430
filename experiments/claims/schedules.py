"""Does the shape of a schedule matter? The small network for MNIST, each schedule at its own best
highest rate, all with six epochs.
"""
import functools

import numpy as np

from course_lib.experiments.claims import claim
from course_lib.optimizers import schedules
from experiments.claims import small_network
from experiments.claims.tuning import best_of

RATES = 0.1 * 2.0 ** (np.arange(10) / 2)  # 0.1 to 2.3, in steps of sqrt(2)
UNIT = "validation loss, first less second"


def schedule(kind, lr):
    """Return a schedule whose highest rate is lr."""
    n = small_network.n_steps()
    if kind == "constant":
        return lr
    if kind == "cosine":
        return schedules.cosine(lr, n)
    if kind == "one-cycle":
        return schedules.one_cycle(lr, n)
    if kind == "linear":
        return schedules.polynomial(lr, n)
    if kind == "warm-up, stable, decay":
        return schedules.warmup_stable_decay(lr, n)
    if kind == "inverse root":
        return schedules.inverse_root(lr, n // 10)
    return schedules.warmup(schedules.cosine(lr, n - n // 10), n // 10)


def final_loss(kind, lr, seed):
    """Return the validation loss at the end of one run, infinity if it diverged."""
    return small_network.final_loss("sgd", schedule(kind, lr), seed)


@functools.cache
def best_rate(kind):
    """Return the rate with the lowest loss, by the median over the tuning seeds."""
    losses = [np.median([final_loss(kind, lr, seed) for seed in small_network.TUNING_SEEDS])
              for lr in RATES]
    return best_of(RATES, losses, kind)


def rates_of(one, other):
    """Return the settings of a comparison: each schedule's own best rate."""
    return {"lr_one": best_rate(one), "lr_other": best_rate(other)}


def difference(one, other, seed, lr_one, lr_other):
    """Return the final loss of one schedule less that of another."""
    return final_loss(one, lr_one, seed) - final_loss(other, lr_other, seed)


def compared(statement, one, other, **declared):
    """Return the decorator of a claim about two schedules."""
    return claim("16", f"at its own best rate, {statement}", unit=UNIT, n=40,
                 varied="weights and batches", tuned=functools.partial(rates_of, one, other),
                 **declared)


FIRST = {"first_seed": 2000, "family": "schedules on MNIST"}
MORE = {"first_seed": 8000, "family": "more schedules on MNIST", "margin": 0.005}


@compared("cosine decay ends lower than a constant rate", "cosine", "constant",
          side="below", **FIRST)
def cosine_ends_below_constant(seed, lr_one, lr_other):
    return difference("cosine", "constant", seed, lr_one, lr_other)


@compared("one-cycle ends lower than cosine decay", "one-cycle", "cosine", side="below", **FIRST)
def one_cycle_ends_below_cosine(seed, lr_one, lr_other):
    return difference("one-cycle", "cosine", seed, lr_one, lr_other)


@compared("one-cycle ends lower than warm-up with cosine decay", "one-cycle", "warm-up, cosine",
          side="below", **FIRST)
def one_cycle_ends_below_warm_cosine(seed, lr_one, lr_other):
    return difference("one-cycle", "warm-up, cosine", seed, lr_one, lr_other)


@compared("a rate that falls linearly to zero ends as low as cosine decay", "linear", "cosine",
          side="tie", **MORE)
def linear_ends_as_low_as_cosine(seed, lr_one, lr_other):
    return difference("linear", "cosine", seed, lr_one, lr_other)


@compared("warm-up-stable-decay ends as low as cosine decay", "warm-up, stable, decay", "cosine",
          side="tie", **MORE)
def stable_decay_ends_as_low_as_cosine(seed, lr_one, lr_other):
    return difference("warm-up, stable, decay", "cosine", seed, lr_one, lr_other)


@compared("inverse square-root decay ends higher than cosine decay", "inverse root", "cosine",
          side="above", **MORE)
def inverse_root_ends_above_cosine(seed, lr_one, lr_other):
    return difference("inverse root", "cosine", seed, lr_one, lr_other)
