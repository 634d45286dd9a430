"""Is the valley between two solutions curved? On 500 MNIST images, reduced to 64 principal
components; nothing is tuned.

Where the sharpness settles is no claim here: a run at the edge of stability lets rounding grow, so
that its numbers cannot be made again on another processor.
"""
import functools

import numpy as np

from course_lib.experiments.claims import claim
from course_lib.optimizers import minimize
from course_lib.training import edge, valleys
from experiments import saved


@functools.cache
def task():
    """Return the images and targets."""
    return edge.small_task(saved.real_mnist())


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
