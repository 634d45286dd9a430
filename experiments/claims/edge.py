"""Where does lr times the sharpness settle, and is the valley between two solutions curved? On 500
MNIST images, reduced to 64 principal components.

The theory gives the number 2 beforehand, and nothing is tuned. The seed draws the weights, and the
rate within a factor of two.
"""
import functools

import numpy as np

from course_lib.experiments.claims import claim
from course_lib.optimizers import minimize
from course_lib.training import edge, valleys
from experiments import saved

FAMILY = "edge of stability"
UNIT = "ln of lr x sharpness over its edge"  # mean over the last 500 of 2 000 steps
MARGIN = float(np.log(1.1))


@functools.cache
def task():
    """Return the images and targets."""
    return edge.small_task(saved.real_mnist())


def beyond(step, lr, seed, beta=0.0, **hyper):
    """Return ln of lr times the sharpness over its edge, for a rate of lr to 2 lr."""
    lr = lr * 2 ** np.random.default_rng(seed).random()
    run = edge.follow(task(), step, lr, seed=seed, n_steps=2000, **hyper)
    return float(np.log(edge.settled_at(run.t, run.edge, 1500) / edge.edge(step, beta)))


@claim("31", "with gradient descent, lr times the sharpness settles within a tenth of 2",
       unit=UNIT, side="tie", margin=MARGIN, n=12, first_seed=3100, family=FAMILY,
       varied="weights, and the rate between 1.5 and 3")
def descent_settles_at_two(seed):
    return beyond("sgd", 1.5, seed)


def solution(seed):
    """Return the objective, and the weights after 500 steps of Adam from random ones."""
    net = edge.network(task(), seed)
    fun = net.objective(*task())
    run = minimize(fun, net.theta, "adam", lr=0.003, n_steps=500, keep_path=False)
    return fun, run.final


@claim("31", "the barrier on the trained curve between two solutions is lower than on the line",
       unit="ln of the ratio of the two barriers", side="below", n=20, first_seed=3200,
       varied="weights of both solutions")
def curve_lower_than_line(seed):
    fun, w_a = solution(2 * seed)
    w_b, s = solution(2 * seed + 1)[1], np.linspace(0, 1, 41)
    c = valleys.trained_bend(fun, w_a, w_b, rng=np.random.default_rng(seed), n_steps=600)
    curve, line = valleys.bezier(w_a, c, w_b, s), valleys.line(w_a, w_b, s)
    curved, straight = (valleys.barrier(valleys.losses(fun, way)) for way in (curve, line))
    return float(np.log(max(curved, 1e-6) / straight))
