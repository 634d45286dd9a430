"""The checks of notebook 07: right answers pass, stubs are not attempted, known mistakes are named.
"""
import math

import numpy as np

from course_lib import optimizers
from course_lib.checks import nb07, nb07_predictions


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


def leak(v, g, rho):
    return rho * v + (1 - rho) * g * g


def late_average(w, g, state, *, lr, rho=0.9, eps=1e-8):
    v = state.get("v", np.zeros_like(w))
    return w - lr * g / (np.sqrt(v) + eps), {"v": leak(v, g, rho)}


def corrected(w, g, state, *, lr, rho=0.9, eps=1e-8):
    t, v = state.get("t", 0) + 1, leak(state.get("v", 0.0), g, rho)
    return w - lr * g / (np.sqrt(v / (1 - rho**t)) + eps), {"t": t, "v": v}


def adadelta_by(delta_of, *, new_u=False, keep=lambda delta, lr: delta**2, move=lambda delta, lr: lr * delta):
    def step(w, g, state, *, lr=1.0, rho=0.95, eps=1e-6):
        v, u = leak(state.get("v", 0.0), g, rho), state.get("u", 0.0)
        if new_u:
            u = leak(u, delta_of(u, v, g, eps), rho)
        delta = delta_of(u, v, g, eps)
        if not new_u:
            u = rho * u + (1 - rho) * keep(delta, lr)
        return w - move(delta, lr), {"v": v, "u": u}
    return step


def zeiler(u, v, g, eps):
    return np.sqrt((u + eps) / (v + eps)) * g


def no_memory_of_steps(w, g, state, **hyper):
    return optimizers.adadelta(w, g, {name: state[name] for name in state if name == "v"}, **hyper)


RIGHT_POWERS = {"sgd": (1, 2), "adagrad": (0, 1), "rmsprop": (0, 1), "newton": (0, 0)}
RIGHT = {
    nb07.adagrad: [adagrad, optimizers.adagrad],
    nb07.rmsprop: [rmsprop_by(leak), optimizers.rmsprop],
    nb07_predictions.steps_at_100: [(0.4, 0.01, 0.1, 0.1 / math.sqrt(10)), np.array([0.4, 0.01, 0.1000013, 0.0316])],
    nb07_predictions.unit_powers: [RIGHT_POWERS, {name: list(map(float, pair)) for name, pair in RIGHT_POWERS.items()}],
    nb07.adadelta: [adadelta_by(zeiler), optimizers.adadelta],
}


def steps(**changes):
    return [changes.get(name, right) for name, right in
            (("gd", 0.4), ("adagrad", 0.01), ("rmsprop", 0.1), ("rare", 0.0316))]


def powers(**changes):
    return RIGHT_POWERS | changes


WRONG = [
    (nb07.adagrad, lambda w, g, state, *, lr, eps=1e-8: adagrad(w, g, state, lr=lr)[0], "returns two things"),
    (nb07.adagrad, in_place_w, "changed the w"),
    (nb07.adagrad, in_place_v, "changed the state"),
    (nb07.adagrad, lambda w, g, state, *, lr, eps=1e-8: (w.sum(), {}), "of shape ()"),
    (nb07.adagrad, adagrad_by(lambda v, g: v + g), "the gradients themselves"),
    (nb07.adagrad, adagrad_by(lambda v, g: v + abs(g), lambda g, v, eps: g / (v + eps)), "adds up the sizes"),
    (nb07.adagrad, adagrad_by(lambda v, g: g * g), "nothing is remembered"),
    (nb07.adagrad, adagrad_by(lambda v, g: leak(v, g, 0.9)), "leaks"),
    (nb07.adagrad, mean_square, "mean square"),
    (nb07.adagrad, adagrad_by(lambda v, g: v + g * g, lambda g, v, eps: g / (v + eps)), "the root is missing"),
    (nb07.adagrad, adagrad_by(lambda v, g: v + g * g, lambda g, v, eps: g / np.sqrt(v + eps)), "inside the root"),
    (nb07.adagrad, late_sum, "divides by the old sum"),
    (nb07.adagrad, total, "one sum serves all"),
    (nb07.adagrad, adagrad_by(lambda v, g: v + g * g, lambda g, v, eps: g / np.sqrt(v)), "eps is missing"),
    (nb07.adagrad, adagrad_by(lambda v, g: v + g * g, lambda g, v, eps: -g / (np.sqrt(v) + eps)), "uphill"),
    (nb07.adagrad, lambda w, g, state, *, lr, eps=1e-8: (w - lr * g, {}), "not those of AdaGrad"),
    (nb07.rmsprop, rmsprop_by(lambda v, g, rho: v + g * g), "AdaGrad still"),
    (nb07.rmsprop, rmsprop_by(lambda v, g, rho: rho * v + g * g), "full weight"),
    (nb07.rmsprop, rmsprop_by(lambda v, g, rho: leak(v, g, 1 - rho)), "exchanged"),
    (nb07.rmsprop, rmsprop_by(lambda v, g, rho: rho * v + (1 - rho) * g), "averages the gradient"),
    (nb07.rmsprop, rmsprop_by(lambda v, g, rho: rho * v + (1 - rho) * g, lambda g, v, eps: g / (abs(v) + eps)),
     "averages the gradient"),
    (nb07.rmsprop, rmsprop_by(lambda v, g, rho: leak(v, g, 0.9)), "rho is not used"),
    (nb07.rmsprop, rmsprop_by(lambda v, g, rho: g * g), "nothing is remembered"),
    (nb07.rmsprop, rmsprop_by(lambda v, g, rho: (1 - rho) * g * g), "nothing is remembered"),
    (nb07.rmsprop, rmsprop_by(leak, lambda g, v, eps: g / (v + eps)), "the root is missing"),
    (nb07.rmsprop, rmsprop_by(leak, lambda g, v, eps: g / np.sqrt(v + eps)), "inside the root"),
    (nb07.rmsprop, late_average, "divides by the old average"),
    (nb07.rmsprop, corrected, "which Adam does"),
    (nb07.rmsprop, rmsprop_by(leak, lambda g, v, eps: g / np.sqrt(v)), "eps is missing"),
    (nb07.rmsprop, rmsprop_by(leak, lambda g, v, eps: -g / (np.sqrt(v) + eps)), "uphill"),
    (nb07.rmsprop, rmsprop_by(leak, lambda g, v, eps: g), "not those of RMSprop"),
    (nb07_predictions.steps_at_100, 0.4, "four numbers"),
    (nb07_predictions.steps_at_100, steps(gd=0.1), "lr alone"),
    (nb07_predictions.steps_at_100, steps(gd=0.04), "no memory"),
    (nb07_predictions.steps_at_100, steps(gd=0.7), "gradient descent: the step is not 0.7"),
    (nb07_predictions.steps_at_100, steps(gd=-0.4), "not negative"),
    (nb07_predictions.steps_at_100, steps(adagrad=0.001), "divides by t"),
    (nb07_predictions.steps_at_100, steps(adagrad=0.04), "stands in the sum as well"),
    (nb07_predictions.steps_at_100, steps(adagrad=0.0025), "numerator too"),
    (nb07_predictions.steps_at_100, steps(adagrad=0.1), "the first step"),
    (nb07_predictions.steps_at_100, steps(rmsprop=0.4), "stands in the average as well"),
    (nb07_predictions.steps_at_100, steps(rmsprop=0.01), "does not add up"),
    (nb07_predictions.steps_at_100, steps(rmsprop=0.1 / math.sqrt(0.1)), "a tenth of the square"),
    (nb07_predictions.steps_at_100, steps(rare=0.01), "counts steps"),
    (nb07_predictions.steps_at_100, steps(rare=0.1), "the first gradient"),
    (nb07_predictions.steps_at_100, steps(rare=0.4 / math.sqrt(10)), "rare gradients: the size of the gradient cancels"),
    (nb07_predictions.unit_powers, (1, 2), "a dict is wanted"),
    (nb07_predictions.unit_powers, {"sgd": (1, 2)}, "a dict is wanted"),
    (nb07_predictions.unit_powers, powers(sgd=1), "a pair is wanted"),
    (nb07_predictions.unit_powers, powers(sgd=(0, 0)), "does depend on units"),
    (nb07_predictions.unit_powers, powers(sgd=(1, 1)), "sgd: (b) g becomes"),
    (nb07_predictions.unit_powers, powers(sgd=(1, 0)), "sgd: (b) the gradient in u"),
    (nb07_predictions.unit_powers, powers(sgd=(1, -2)), "the numbers u are smaller"),
    (nb07_predictions.unit_powers, powers(sgd=(3, 3)), "sgd: the powers are not (3, 3)"),
    (nb07_predictions.unit_powers, powers(adagrad=(1, 2)), "adagrad: (a) g/sqrt(v) has no unit"),
    (nb07_predictions.unit_powers, powers(rmsprop=(1, 1)), "rmsprop: (a) g/sqrt(v) has no unit"),
    (nb07_predictions.unit_powers, powers(rmsprop=(0, 0)), "rmsprop: (b) the step is about lr"),
    (nb07_predictions.unit_powers, powers(adagrad=(0, 2)), "only the way from u"),
    (nb07_predictions.unit_powers, powers(adagrad=(0, -1)), "not of lr / c"),
    (nb07_predictions.unit_powers, powers(newton=(1, 2)), "the Hessian changes too"),
    (nb07_predictions.unit_powers, powers(newton=(1, 0)), "(a) the Hessian is multiplied"),
    (nb07_predictions.unit_powers, powers(newton=(0, 1)), "c^2 H"),
    (nb07_predictions.unit_powers, powers(newton=(0, 2)), "c^2 H"),
    (nb07_predictions.unit_powers, powers(newton=(0, -1)), "c times that"),
    (nb07.adadelta, adadelta_by(lambda u, v, g, eps: np.sqrt(u / (v + eps)) * g), "nothing moves"),
    (nb07.adadelta, rmsprop_by(leak), "that is RMSprop"),
    (nb07.adadelta, adadelta_by(zeiler, new_u=True), "already holds this step"),
    (nb07.adadelta, adadelta_by(lambda u, v, g, eps: (np.sqrt(u) + eps) / (np.sqrt(v) + eps) * g), "inside both"),
    (nb07.adadelta, adadelta_by(lambda u, v, g, eps: (u + eps) / (v + eps) * g), "the roots are missing"),
    (nb07.adadelta, adadelta_by(zeiler, keep=lambda delta, lr: abs(delta)), "averages the sizes"),
    (nb07.adadelta, adadelta_by(zeiler, keep=lambda delta, lr: (lr * delta)**2), "lr enters only"),
    (nb07.adadelta, adadelta_by(zeiler, move=lambda delta, lr: delta), "lr is not used"),
    (nb07.adadelta, no_memory_of_steps, "is forgotten"),
    (nb07.adadelta, adadelta_by(zeiler, move=lambda delta, lr: -lr * delta), "uphill"),
    (nb07.adadelta, adadelta_by(lambda u, v, g, eps: g), "not those of Adadelta"),
]
