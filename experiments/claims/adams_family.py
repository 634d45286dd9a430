"""Relatives of Adam on a small network for MNIST, each with its own best rate, all betas and the
other hyper-parameters at their defaults.
"""
import functools

import numpy as np

from course_lib.experiments.claims import claim
from experiments.claims import small_network

RATES = {"adam": 0.001 * 2.0 ** (0.5 * np.arange(12)),
         "amsgrad": 0.001 * 2.0 ** (0.5 * np.arange(12)),
         "nadam": 0.001 * 2.0 ** (0.5 * np.arange(12)),
         "lion": 0.0001 * 2.0 ** (0.5 * np.arange(12))}
FAMILY = "Adam's family on MNIST"
UNIT = "validation loss, relative less Adam"


@functools.cache
def best_rate(step):
    """Return a rule's own best rate."""
    return small_network.best_rate(step, RATES[step])


def rates_of(relative):
    """Return the settings of a comparison: each rule's own best rate."""
    return {"lr_relative": best_rate(relative), "lr_adam": best_rate("adam")}


def difference(relative, seed, lr_relative, lr_adam):
    """Return the final validation loss of the relative less that of Adam."""
    return (small_network.final_loss(relative, lr_relative, seed)
            - small_network.final_loss("adam", lr_adam, seed))


@claim("15", "on a small network for MNIST, AMSGrad ends as low as Adam", unit=UNIT, side="tie",
       n=20, first_seed=6000, margin=0.005, family=FAMILY, varied="weights and batches",
       tuned=functools.partial(rates_of, "amsgrad"))
def amsgrad_ends_as_low_as_adam(seed, lr_relative, lr_adam):
    return difference("amsgrad", seed, lr_relative, lr_adam)


@claim("15", "on a small network for MNIST, Nadam ends lower than Adam", unit=UNIT, side="below",
       n=20, first_seed=6000, margin=0.005, family=FAMILY, varied="weights and batches",
       tuned=functools.partial(rates_of, "nadam"))
def nadam_ends_below_adam(seed, lr_relative, lr_adam):
    return difference("nadam", seed, lr_relative, lr_adam)


@claim("15", "on a small network for MNIST, Lion ends lower than Adam", unit=UNIT, side="below",
       n=20, first_seed=6000, margin=0.005, family=FAMILY, varied="weights and batches",
       tuned=functools.partial(rates_of, "lion"))
def lion_ends_below_adam(seed, lr_relative, lr_adam):
    return difference("lion", seed, lr_relative, lr_adam)
