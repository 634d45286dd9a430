"""What a training step costs, gradient and update together, on the network of a workload card: with
one rule for all weights, and with other rules for the hidden matrices.

Notebooks: 32.
"""
import functools

import numpy as np

from course_lib.arguments import one_thread, whole
from course_lib.experiments.timing import ratios, side_by_side
from course_lib.experiments.workloads import network
from course_lib.frontier.layers import by_layer, shapes_of

N_STEPS = 10  # timed together; every tenth step of SOAP costs more


def hidden_rule(net, matrix, vector):
    """Return the rule for a network's theta that applies `matrix` to the weight matrices of its
    hidden layers, the first and the last left out, and `vector` to the rest.
    """
    shapes = shapes_of(net)
    hidden = range(2, len(shapes) - 2, 2)
    return by_layer(shapes, matrix, vector, is_matrix=lambda k, shape: k in hidden)


def step_costs(card, X, y, rules, *, rounds=9):
    """Return {name: (median, lower, upper)} of seconds a step, those of the first rule being 1.

    X, y: one batch. rules: {name: rule (w, g, state, *, lr)}; the first one has all weights to
        itself, and with each other one the weights that are no hidden matrices.
    """
    net = network(card, np.random.default_rng(0))
    base, *others = rules
    treated = {base: rules[base]} | {
        name: hidden_rule(net, rules[name], rules[base]) for name in others}

    def steps(rule):
        w, state = net.theta.copy(), {}
        for _ in range(N_STEPS):
            w, state = rule(w, net.loss_and_grad(X, y)[1], state, lr=0.001)

    calls = {name: functools.partial(steps, rule) for name, rule in treated.items()}
    with one_thread():
        seconds = side_by_side(calls, rounds=whole("rounds", rounds))
    return ratios(seconds, base)
