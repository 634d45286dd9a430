"""The cost of a step: who gets the hidden matrices, and that a slow rule is seen to be slow."""
import time

import numpy as np

from course_lib.experiments import WORKLOADS
from course_lib.experiments.step_cost import hidden_rule, step_costs
from course_lib.experiments.workloads import network
from course_lib.optimizers import sgd

CARD = WORKLOADS["deep_narrow"]
RNG = np.random.default_rng(0)
X, Y = RNG.random((8, 784)), RNG.integers(0, 10, 8)


def still(w, g, state, *, lr):
    return w, state


def test_the_matrix_rule_gets_the_seven_hidden_matrices():
    net = network(CARD, np.random.default_rng(0))
    w = net.theta.copy()
    moved = hidden_rule(net, sgd, still)(w, np.ones_like(w), {}, lr=1.0)[0]
    assert np.count_nonzero(moved != w) == 7 * 16 * 16
    assert not (moved - w)[:784 * 16].any() and not (moved - w)[-170:].any()


def test_a_rule_that_sleeps_costs_more_and_the_first_costs_one():
    def sleepy(w, g, state, *, lr):
        time.sleep(0.002)
        return sgd(w, g, state, lr=lr)

    costs = step_costs(CARD, X, Y, {"sgd": sgd, "sleepy": sleepy}, rounds=3)
    assert costs["sgd"] == (1, 1, 1) and costs["sleepy"][0] > 2
