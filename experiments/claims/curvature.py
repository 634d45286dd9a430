"""What a rotation, and what noise, do to methods that scale each direction: with heavy ball as the
control.
"""
import functools

import numpy as np

from course_lib import landscapes
from course_lib.experiments.claims import claim
from course_lib.optimizers import minimize
from course_lib.optimizers.descent import settled
from experiments.claims.tuning import best_of

KAPPA = 100.0
N_STEPS = 1500
RATES = 10.0 ** np.arange(-3, 0.5, 1 / 16)
TUNING_SEEDS = range(24)
FAMILY = "a turned ravine"
LAM = np.array([0.01, 1.0])
SIGMA = 0.1


def start(seed):
    """Return a start at distance 1 from the minimum, in a random direction of the eigenbasis."""
    angle = np.random.default_rng(seed).uniform(0, 2 * np.pi)
    return np.array([np.cos(angle), np.sin(angle)])


def steps_to_settle(step, rates, turned, seed):
    """Return the steps until the loss stays below a millionth of 0.5, at each rate; infinity where
    it does not.
    """
    angle = np.pi / 4 if turned else 0.0
    bowl = landscapes.quadratic([1 / KAPPA, 1.0], angle)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    w = np.tile(turn @ start(seed), (len(rates), 1))
    run = minimize(bowl, w, step, lr=rates[:, None], n_steps=N_STEPS, keep_path=False)
    return settled(run.loss, 0.5e-6)


def best_rate(step, turned):
    """Return the rate at which the slowest of the tuning starts needs the fewest steps: it settles
    from all of them.
    """
    steps = [steps_to_settle(step, RATES, turned, seed) for seed in TUNING_SEEDS]
    return best_of(RATES, np.max(steps, axis=0), step)


def rates_of(one, other):
    """Return the settings of a comparison; each side is a pair (rule, turned)."""
    return {"lr_one": best_rate(*one), "lr_other": best_rate(*other)}


def ratio(one, other, seed, lr_one, lr_other):
    """Return ln(steps of one / steps of the other) from the same start in the eigenbasis."""
    steps = [steps_to_settle(step, np.array([lr]), turned, seed)[0]
             for (step, turned), lr in ((one, lr_one), (other, lr_other))]
    return float(np.log(steps[0] / steps[1]))


@claim(
    "07",
    "at condition 100, RMSprop needs more steps on a ravine turned by 45 degrees than on an "
    "aligned one",
    unit="ln(steps turned / steps aligned)",
    side="above",
    n=40,
    first_seed=3000,
    family=FAMILY,
    varied="start",
    tuned=functools.partial(rates_of, ("rmsprop", True), ("rmsprop", False)),
)
def turning_slows_rmsprop(seed, lr_one, lr_other):
    return ratio(("rmsprop", True), ("rmsprop", False), seed, lr_one, lr_other)


@claim(
    "07",
    "at condition 100 on a ravine turned by 45 degrees, Adam needs more steps than heavy ball",
    unit="ln(steps of Adam / steps of heavy ball)",
    side="above",
    n=40,
    first_seed=3000,
    family=FAMILY,
    varied="start",
    tuned=functools.partial(rates_of, ("adam", True), ("momentum", True)),
)
def turned_adam_is_slower_than_heavy_ball(seed, lr_one, lr_other):
    return ratio(("adam", True), ("momentum", True), seed, lr_one, lr_other)


@claim(
    "07",
    "at condition 100, Adam needs more steps on a ravine turned by 45 degrees than on an aligned "
    "one",
    unit="ln(steps turned / steps aligned)",
    side="above",
    n=40,
    first_seed=5000,
    margin=0.05,
    varied="start",
    tuned=functools.partial(rates_of, ("adam", True), ("adam", False)),
)
def turning_slows_adam(seed, lr_one, lr_other):
    return ratio(("adam", True), ("adam", False), seed, lr_one, lr_other)


def settled_loss(rates, seed, n_steps=20_000):
    """Return the mean loss in the second half of a noisy run with one rate for each eigenvalue,
    from 0.
    """
    noise = SIGMA * np.random.default_rng(seed).normal(size=(n_steps, 2))
    w, total = np.zeros(2), 0.0
    for t in range(n_steps):
        w = w - rates * (LAM * w + noise[t])
        total += 0.5 * LAM @ (w * w) if t >= n_steps // 2 else 0.0
    return total / (n_steps - n_steps // 2)


@claim(
    "07",
    "with noise, and as fast as gradient descent in the flat direction, Newton's method settles at "
    "a lower loss",
    unit="ln(loss of Newton / loss of descent)",
    side="below",
    n=20,
    varied="noise",
)
def newton_at_equal_speed_is_calmer(seed):
    descent, newton = np.array([1.0, 1.0]), 0.01 / LAM
    return float(np.log(settled_loss(newton, seed) / settled_loss(descent, seed)))
