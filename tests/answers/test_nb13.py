"""The checks of notebook 13: right answers pass, stubs are not attempted, known mistakes are named.
"""
import math

import numpy as np

from course_lib import optimizers
from course_lib.checks import nb13, nb13_predictions


def adagrad(w, g, state, *, lr, eps=1e-8):
    v = state.get("v", np.zeros_like(w)) + g**2
    return w - lr / (eps + np.sqrt(v)) * g, {"v": v}


def adagrad_by(average, move=lambda g, v, eps: g / (np.sqrt(v) + eps)):
    def step(w, g, state, *, lr, eps=1e-8):
        v = average(state.get("v", 0.0), g)
        return w - lr * move(g, v, eps), {"v": v}
    return step


def in_place_w(w, g, state, *, lr, eps=1e-8):
    v = state.get("v", 0.0) + g * g
    w -= lr * g / (np.sqrt(v) + eps)
    return w, {"v": v}


def in_place_v(w, g, state, *, lr, eps=1e-8):
    v = state.get("v", np.zeros_like(w))
    v += g * g
    return w - lr * g / (np.sqrt(v) + eps), {"v": v}


def late_sum(w, g, state, *, lr, eps=1e-8):
    v = state.get("v", np.zeros_like(w))
    return w - lr * g / (np.sqrt(v) + eps), {"v": v + g * g}


def mean_square(w, g, state, *, lr, eps=1e-8):
    n, v = state.get("n", 0) + 1, state.get("v", 0.0) + g * g
    return w - lr * g / (np.sqrt(v / n) + eps), {"n": n, "v": v}


def total(w, g, state, *, lr, eps=1e-8):
    v = state.get("v", 0.0) + (g * g).sum()
    return w - lr * g / (np.sqrt(v) + eps), {"v": v}


def rmsprop_by(average, move=lambda g, v, eps: g / (np.sqrt(v) + eps)):
    def step(w, g, state, *, lr, rho=0.9, eps=1e-8):
        v = average(state.get("v", 0.0), g, rho)
        return w - lr * move(g, v, eps), {"v": v}
    return step


def config_dict(w, g, state, *, lr, rho=0.9, eps=1e-8):
    state["s"] = rho * state.get("s", 0 * w) + (1 - rho) * g * g
    return w - lr * g / (np.sqrt(state["s"]) + eps), state


def weidman(w, g, state, *, lr, eps=1e-8):
    v = state.get("v", 0.0) + g**2 + eps
    return w - lr * g / v**0.5, {"v": v}


def matrix_slow(w, g, state, *, lr, rho=0.9, eps=1e-8):
    v = state.get("v")
    v = g**2 if v is None else rho * v + (1 - rho) * g**2
    return w - lr * g / (v**0.5 + eps), {"v": v}


def leak(v, g, rho):
    return rho * v + (1 - rho) * g * g


def late_average(w, g, state, *, lr, rho=0.9, eps=1e-8):
    v = state.get("v", np.zeros_like(w))
    return w - lr * g / (np.sqrt(v) + eps), {"v": leak(v, g, rho)}


def corrected(w, g, state, *, lr, rho=0.9, eps=1e-8):
    t, v = state.get("t", 0) + 1, leak(state.get("v", 0.0), g, rho)
    return w - lr * g / (np.sqrt(v / (1 - rho**t)) + eps), {"t": t, "v": v}


RIGHT = {
    nb13.adagrad: [adagrad, optimizers.adagrad],
    nb13.rmsprop: [rmsprop_by(leak), optimizers.rmsprop],
    nb13_predictions.steps_at_100: [(0.4, 0.01, 0.1, 0.1 / math.sqrt(10)), np.array([0.4, 0.01, 0.1000013, 0.0316]),
                                    [0.4, 0.01, 0.1, 0.032]],
}


def steps(**changes):
    return [changes.get(name, right) for name, right in
            (("gd", 0.4), ("adagrad", 0.01), ("rmsprop", 0.1), ("rare", 0.0316))]


WRONG = [
    (nb13.adagrad, lambda w, g, state, *, lr, eps=1e-8: adagrad(w, g, state, lr=lr)[0], "returns two things"),
    (nb13.adagrad, in_place_w, "changed the w"),
    (nb13.adagrad, in_place_v, "changed the state"),
    (nb13.adagrad, lambda w, g, state, *, lr, eps=1e-8: (w.sum(), {}), "of shape ()"),
    (nb13.adagrad, adagrad_by(lambda v, g: v + g), "the gradients themselves"),
    (nb13.adagrad, adagrad_by(lambda v, g: v + abs(g), lambda g, v, eps: g / (v + eps)), "adds up the sizes"),
    (nb13.adagrad, adagrad_by(lambda v, g: g * g), "nothing is remembered"),
    (nb13.adagrad, adagrad_by(lambda v, g: leak(v, g, 0.9)), "leaks"),
    (nb13.adagrad, mean_square, "mean square"),
    (nb13.adagrad, adagrad_by(lambda v, g: v + g * g, lambda g, v, eps: g / (v + eps)), "the root is missing"),
    (nb13.adagrad, adagrad_by(lambda v, g: v + g * g, lambda g, v, eps: g / np.sqrt(v + eps)), "inside the root"),
    (nb13.adagrad, late_sum, "divides by the old sum"),
    (nb13.adagrad, total, "one sum serves all"),
    (nb13.adagrad, adagrad_by(lambda v, g: v + g * g, lambda g, v, eps: g / np.sqrt(v)), "eps is missing"),
    (nb13.adagrad, adagrad_by(lambda v, g: v + g * g, lambda g, v, eps: -g / (np.sqrt(v) + eps)), "uphill"),
    (nb13.adagrad, lambda w, g, state, *, lr, eps=1e-8: (w - lr * g, {}), "not those of AdaGrad"),
    (nb13.adagrad, weidman, "adds up"),
    (nb13.adagrad, adagrad_by(lambda v, g: v + g * g, lambda g, v, eps: 1 / (np.sqrt(v) + eps)), "the gradient is missing"),
    (nb13.adagrad, adagrad_by(lambda v, g: v + g * g, lambda g, v, eps: g / (np.sqrt(v) + 1e-8)), "the eps that was given"),
    (nb13.adagrad, lambda w, g, state, *, lr, eps=1e-8: (w - lr * g, {}), "they part at step 1 in the weight"),
    (nb13.rmsprop, config_dict, "wrote into the dict"),
    (nb13.rmsprop, matrix_slow, "begins with the first square"),
    (nb13.rmsprop, rmsprop_by(lambda v, g, rho: rho * v + ((1 - rho) * g)**2), "only g is"),
    (nb13.rmsprop, rmsprop_by(lambda v, g, rho: v + rho * v + (1 - rho) * g * g), "takes its place"),
    (nb13.rmsprop, rmsprop_by(leak, lambda g, v, eps: g / (np.sqrt(v) + 1e-8)), "the eps that was given"),
    (nb13.rmsprop, rmsprop_by(lambda v, g, rho: leak(v, g, 0.9), lambda g, v, eps: g / (np.sqrt(v) + 1e-8)), "0.9 and 1e-8"),
    (nb13.rmsprop, rmsprop_by(lambda v, g, rho: v + g * g), "AdaGrad still"),
    (nb13.rmsprop, rmsprop_by(lambda v, g, rho: rho * v + g * g), "full weight"),
    (nb13.rmsprop, rmsprop_by(lambda v, g, rho: leak(v, g, 1 - rho)), "exchanged"),
    (nb13.rmsprop, rmsprop_by(lambda v, g, rho: rho * v + (1 - rho) * g), "averages the gradient"),
    (nb13.rmsprop, rmsprop_by(lambda v, g, rho: rho * v + (1 - rho) * g, lambda g, v, eps: g / (abs(v) + eps)),
     "averages the gradient"),
    (nb13.rmsprop, rmsprop_by(lambda v, g, rho: leak(v, g, 0.9)), "rho is not used"),
    (nb13.rmsprop, rmsprop_by(lambda v, g, rho: g * g), "nothing is remembered"),
    (nb13.rmsprop, rmsprop_by(lambda v, g, rho: (1 - rho) * g * g), "nothing is remembered"),
    (nb13.rmsprop, rmsprop_by(leak, lambda g, v, eps: g / (v + eps)), "the root is missing"),
    (nb13.rmsprop, rmsprop_by(leak, lambda g, v, eps: g / np.sqrt(v + eps)), "inside the root"),
    (nb13.rmsprop, late_average, "divides by the old average"),
    (nb13.rmsprop, corrected, "which Adam does"),
    (nb13.rmsprop, rmsprop_by(leak, lambda g, v, eps: g / np.sqrt(v)), "eps is missing"),
    (nb13.rmsprop, rmsprop_by(leak, lambda g, v, eps: -g / (np.sqrt(v) + eps)), "uphill"),
    (nb13.rmsprop, rmsprop_by(leak, lambda g, v, eps: g), "not those of RMSprop"),
    (nb13_predictions.steps_at_100, 0.4, "four numbers"),
    (nb13_predictions.steps_at_100, steps(gd=0.1), "lr alone"),
    (nb13_predictions.steps_at_100, steps(gd=0.04), "no memory"),
    (nb13_predictions.steps_at_100, steps(gd=0.7), "gradient descent: the step is not 0.7"),
    (nb13_predictions.steps_at_100, steps(gd=-0.4), "not negative"),
    (nb13_predictions.steps_at_100, steps(adagrad=0.001), "divides by t"),
    (nb13_predictions.steps_at_100, steps(adagrad=0.04), "stands in the sum as well"),
    (nb13_predictions.steps_at_100, steps(adagrad=0.0025), "numerator too"),
    (nb13_predictions.steps_at_100, steps(adagrad=0.1), "the first step"),
    (nb13_predictions.steps_at_100, steps(rmsprop=0.4), "stands in the average as well"),
    (nb13_predictions.steps_at_100, steps(rmsprop=0.01), "does not add up"),
    (nb13_predictions.steps_at_100, steps(rmsprop=0.1 / math.sqrt(0.1)), "a tenth of the square"),
    (nb13_predictions.steps_at_100, steps(rare=0.03), "the step is not 0.03"),
    (nb13_predictions.steps_at_100, steps(rare=0.01), "counts steps"),
    (nb13_predictions.steps_at_100, steps(rare=0.1), "the first gradient"),
    (nb13_predictions.steps_at_100, steps(rare=0.4 / math.sqrt(10)), "rare gradients: the size of the gradient cancels"),
]
