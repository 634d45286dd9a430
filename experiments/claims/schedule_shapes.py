"""More shapes of schedules on the small network for MNIST, each against the cosine, each at its own
best highest rate. All have a budget of six epochs.
"""
import functools

import numpy as np

from course_lib.experiments.claims import claim
from course_lib.optimizers import schedules
from experiments.claims import small_network

RATES = 0.1 * 2.0 ** (np.arange(10) / 2)  # 0.1 to 2.3, in steps of sqrt(2)
FAMILY = "more schedules on MNIST"
UNIT = "validation loss, less that of cosine"


def schedule(kind, lr):
    """Return a schedule whose highest rate is lr."""
    n = small_network.n_steps()
    if kind == "linear":
        return schedules.polynomial(lr, n)
    if kind == "warm-up, stable, decay":
        return schedules.warmup_stable_decay(lr, n)
    if kind == "inverse root":
        return schedules.inverse_root(lr, n // 10)
    return schedules.cosine(lr, n)


def final_loss(kind, lr, seed):
    """Return the validation loss at the end of a run."""
    return small_network.final_loss("sgd", schedule(kind, lr), seed)


@functools.cache
def best_rate(kind):
    """Return the rate with the lowest loss, by the median over the tuning seeds."""
    losses = [np.median([final_loss(kind, lr, seed) for seed in small_network.TUNING_SEEDS])
              for lr in RATES]
    best = int(np.argmin(losses))
    if best in (0, len(RATES) - 1):
        raise ValueError(f"the best rate of {kind} lies at the edge of the grid: widen it")
    return float(f"{RATES[best]:.6g}")


def rates_of(kind):
    """Return the settings of a comparison with the cosine."""
    return {"lr_one": best_rate(kind), "lr_cosine": best_rate("cosine")}


def difference(kind, seed, lr_one, lr_cosine):
    """Return the final loss of the schedule less that of the cosine."""
    return final_loss(kind, lr_one, seed) - final_loss("cosine", lr_cosine, seed)


@claim("16", "at its own best rate, a rate that falls linearly to zero ends as low as cosine decay",
       unit=UNIT, side="tie", n=40, first_seed=8000, margin=0.005, family=FAMILY,
       varied="weights and batches", tuned=functools.partial(rates_of, "linear"))
def linear_ends_as_low_as_cosine(seed, lr_one, lr_cosine):
    return difference("linear", seed, lr_one, lr_cosine)


@claim("16", "at its own best rate, warm-up-stable-decay ends as low as cosine decay",
       unit=UNIT, side="tie", n=40, first_seed=8000, margin=0.005, family=FAMILY,
       varied="weights and batches", tuned=functools.partial(rates_of, "warm-up, stable, decay"))
def stable_decay_ends_as_low_as_cosine(seed, lr_one, lr_cosine):
    return difference("warm-up, stable, decay", seed, lr_one, lr_cosine)


@claim("16", "at its own best rate, inverse square-root decay ends higher than cosine decay",
       unit=UNIT, side="above", n=40, first_seed=8000, margin=0.005, family=FAMILY,
       varied="weights and batches", tuned=functools.partial(rates_of, "inverse root"))
def inverse_root_ends_above_cosine(seed, lr_one, lr_cosine):
    return difference("inverse root", seed, lr_one, lr_cosine)
