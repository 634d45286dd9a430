"""Adam beside its two parents, heavy ball and RMSprop: on a ravine at a random angle, and on a
small network. All betas stay at their defaults; each rule has its own best rate.
"""
import functools

import numpy as np

from course_lib import landscapes
from course_lib.experiments.claims import claim
from course_lib.optimizers import minimize
from course_lib.optimizers.descent import settled
from experiments.claims import small_network
from experiments.claims.tuning import best_of

KAPPA = 100.0
N_STEPS = 3000
RAVINE_RATES = 10.0 ** np.arange(-4, 1.01, 1 / 8)
RAVINE_SEEDS = range(24)
NETWORK_RATES = {"adam": 0.001 * 2.0 ** (np.arange(10) / 2),
                 "rmsprop": 0.00025 * 2.0 ** (np.arange(10) / 2),
                 "momentum": 0.00625 * 2.0 ** (np.arange(12) / 2),
                 "sgd": 0.05 * 2.0 ** (np.arange(10) / 2)}
RAVINE = "Adam and its parents on a ravine"
NETWORK = "Adam and its parents on MNIST"
STEPS = "ln(steps of Adam / steps of the parent)"
LOSS = "validation loss, Adam less parent"


def ravine(seed):
    """Return (landscape, start): condition 100 at a random angle, a start at distance 1 in a random
    direction.
    """
    angle, direction = np.random.default_rng(seed).uniform(0, 2 * np.pi, 2)
    return landscapes.quadratic([1 / KAPPA, 1.0], angle), np.array([np.cos(direction),
                                                                    np.sin(direction)])


def steps_to_settle(step, rates, seed):
    """Return the steps until the loss stays below 0.5e-6, at each rate; N_STEPS where it does not.
    """
    bowl, w = ravine(seed)
    run = minimize(bowl, np.tile(w, (len(rates), 1)), step, lr=rates[:, None], n_steps=N_STEPS,
                   keep_path=False)
    return np.minimum(settled(run.loss, 0.5e-6), N_STEPS)


def best_on_ravine(step):
    """Return the rate with the fewest steps, by the mean of their logarithm over the tuning seeds.
    """
    steps = [steps_to_settle(step, RAVINE_RATES, seed) for seed in RAVINE_SEEDS]
    return best_of(RAVINE_RATES, np.log(steps).mean(axis=0), step)


def ravine_rates(parent):
    """Return the settings of a comparison on the ravine."""
    return {"lr_adam": best_on_ravine("adam"), "lr_parent": best_on_ravine(parent)}


def network_rates(parent):
    """Return the settings of a comparison on the network."""
    return {"lr_adam": small_network.best_rate("adam", NETWORK_RATES["adam"]),
            "lr_parent": small_network.best_rate(parent, NETWORK_RATES[parent])}


def steps_ratio(parent, seed, lr_adam, lr_parent):
    """Return ln(steps of Adam / steps of the parent)."""
    adam, other = (steps_to_settle(step, np.array([lr]), seed)[0]
                   for step, lr in (("adam", lr_adam), (parent, lr_parent)))
    return float(np.log(adam / other))


def loss_difference(parent, seed, lr_adam, lr_parent):
    """Return the final validation loss of Adam less that of the parent."""
    return (small_network.final_loss("adam", lr_adam, seed)
            - small_network.final_loss(parent, lr_parent, seed))


@claim("14", "on a ravine of condition 100 at a random angle, Adam needs fewer steps than RMSprop",
       unit=STEPS, side="below", n=40, first_seed=4000, margin=0.05, family=RAVINE,
       varied="angle and start", tuned=functools.partial(ravine_rates, "rmsprop"))
def adam_settles_before_rmsprop(seed, lr_adam, lr_parent):
    return steps_ratio("rmsprop", seed, lr_adam, lr_parent)


@claim("14", "on a ravine of condition 100 at a random angle, Adam needs more steps than heavy "
             "ball",
       unit=STEPS, side="above", n=40, first_seed=4000, margin=0.05, family=RAVINE,
       varied="angle and start", tuned=functools.partial(ravine_rates, "momentum"))
def adam_settles_after_heavy_ball(seed, lr_adam, lr_parent):
    return steps_ratio("momentum", seed, lr_adam, lr_parent)


@claim("14", "on a small network for MNIST, Adam ends lower than RMSprop",
       unit=LOSS, side="below", n=20, first_seed=4000, margin=0.005, family=NETWORK,
       varied="weights and batches", tuned=functools.partial(network_rates, "rmsprop"))
def adam_ends_below_rmsprop(seed, lr_adam, lr_parent):
    return loss_difference("rmsprop", seed, lr_adam, lr_parent)


@claim("14", "on a small network for MNIST, Adam ends lower than heavy ball",
       unit=LOSS, side="below", n=20, first_seed=4000, margin=0.005, family=NETWORK,
       varied="weights and batches", tuned=functools.partial(network_rates, "momentum"))
def adam_ends_below_heavy_ball(seed, lr_adam, lr_parent):
    return loss_difference("momentum", seed, lr_adam, lr_parent)
