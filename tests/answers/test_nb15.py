"""The checks of notebook 15: right answers pass, stubs are not attempted, known mistakes are named.
"""
import numpy as np

from course_lib import optimizers
from course_lib.checks import nb15


def rmsprop_by(average, move=lambda g, v, eps: g / (np.sqrt(v) + eps)):
    def step(w, g, state, *, lr, rho=0.9, eps=1e-8):
        v = average(state.get("v", 0.0), g, rho)
        return w - lr * move(g, v, eps), {"v": v}
    return step


def leak(v, g, rho):
    return rho * v + (1 - rho) * g * g


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


def old_denominator(w, g, state, *, lr=1.0, rho=0.95, eps=1e-6):
    v, u = state.get("v", np.zeros(4)), state.get("u", np.zeros(4))
    delta = ((u + eps) / (v + eps)) ** 0.5 * g
    return w - lr * delta, {"v": leak(v, g, rho), "u": leak(u, delta, rho)}


def tensorflow_644(w, g, state, *, lr=1.0, rho=0.95, eps=1e-6):
    v, u = state.get("v", np.zeros(4)), state.get("u", np.zeros(4))
    v = v + leak(v, g, rho)
    delta = ((u + eps) / (v + eps)) ** 0.5 * g
    return w - lr * delta, {"v": v, "u": leak(u, delta, rho)}


def lion_by(direction=np.sign, *, mix=lambda m, g, b1, b2: b1 * m + (1 - b1) * g,
            keep=lambda m, c, g, b1, b2: b2 * m + (1 - b2) * g, decay=lambda w, lr, wd: lr * wd * w):
    def step(w, g, state, *, lr, beta1=0.9, beta2=0.99, weight_decay=0.0):
        m = state.get("m", np.zeros_like(g))
        c = mix(m, g, beta1, beta2)
        return w - lr * direction(c) - decay(w, lr, weight_decay), {"m": keep(m, c, g, beta1, beta2)}
    return step


def lion_after(w, g, state, *, lr, weight_decay, **hyper):
    new, state = optimizers.lion(w, g, state, lr=lr, **hyper)
    return new * (1 - lr * weight_decay), state


RIGHT_POWERS = {"sgd": (1, 2), "adagrad": (0, 1), "rmsprop": (0, 1), "newton": (0, 0)}
RIGHT = {
    nb15.unit_powers: [RIGHT_POWERS, {name: list(map(float, pair)) for name, pair in RIGHT_POWERS.items()}],
    nb15.lion: [optimizers.lion, lion_by()],
    nb15.adadelta: [adadelta_by(zeiler), optimizers.adadelta],
}


def powers(**changes):
    return RIGHT_POWERS | changes


WRONG = [
    (nb15.unit_powers, (1, 2), "a dict is wanted"),
    (nb15.unit_powers, {"sgd": (1, 2)}, "a dict is wanted"),
    (nb15.unit_powers, powers(sgd=1), "a pair is wanted"),
    (nb15.unit_powers, powers(sgd=(0, 0)), "does depend on units"),
    (nb15.unit_powers, powers(sgd=(1, 1)), "sgd: (b) g becomes"),
    (nb15.unit_powers, powers(sgd=(1, 0)), "sgd: (b) the gradient in u"),
    (nb15.unit_powers, powers(sgd=(1, -2)), "the numbers u are smaller"),
    (nb15.unit_powers, powers(sgd=(3, 3)), "sgd: the powers are not (3, 3)"),
    (nb15.unit_powers, powers(adagrad=(1, 2)), "adagrad: (a) g/sqrt(v) has no unit"),
    (nb15.unit_powers, powers(rmsprop=(1, 1)), "rmsprop: (a) g/sqrt(v) has no unit"),
    (nb15.unit_powers, powers(rmsprop=(0, 0)), "rmsprop: (b) the step is about lr"),
    (nb15.unit_powers, powers(adagrad=(0, 2)), "only the way from u"),
    (nb15.unit_powers, powers(adagrad=(0, -1)), "not of lr / c"),
    (nb15.unit_powers, powers(newton=(1, 2)), "the Hessian changes too"),
    (nb15.unit_powers, powers(newton=(1, 0)), "(a) the Hessian is multiplied"),
    (nb15.unit_powers, powers(newton=(0, 1)), "c^2 H"),
    (nb15.unit_powers, powers(newton=(0, 2)), "c^2 H"),
    (nb15.unit_powers, powers(newton=(0, -1)), "c times that"),
    (nb15.adadelta, adadelta_by(lambda u, v, g, eps: np.sqrt(u / (v + eps)) * g), "nothing moves"),
    (nb15.adadelta, rmsprop_by(leak), "that is RMSprop"),
    (nb15.adadelta, adadelta_by(zeiler, new_u=True), "already holds this step"),
    (nb15.adadelta, adadelta_by(lambda u, v, g, eps: (np.sqrt(u) + eps) / (np.sqrt(v) + eps) * g), "inside both"),
    (nb15.adadelta, adadelta_by(lambda u, v, g, eps: (u + eps) / (v + eps) * g), "the roots are missing"),
    (nb15.adadelta, adadelta_by(zeiler, keep=lambda delta, lr: abs(delta)), "averages the sizes"),
    (nb15.adadelta, adadelta_by(zeiler, keep=lambda delta, lr: (lr * delta)**2), "lr enters only"),
    (nb15.adadelta, adadelta_by(zeiler, move=lambda delta, lr: delta), "lr is not used"),
    (nb15.adadelta, no_memory_of_steps, "is forgotten"),
    (nb15.adadelta, adadelta_by(zeiler, move=lambda delta, lr: -lr * delta), "uphill"),
    (nb15.adadelta, adadelta_by(lambda u, v, g, eps: 2 * g), "not those of Adadelta"),
    (nb15.adadelta, old_denominator, "old average of the squares"),
    (nb15.adadelta, tensorflow_644, "takes its place"),
    (nb15.adadelta, lambda w, g, s, *, lr, rho, eps: optimizers.adadelta(w, g, s, lr=lr, eps=eps), "rho is not used"),
    (nb15.adadelta, lambda w, g, s, *, lr, rho, eps: optimizers.adadelta(w, g, s, lr=lr, rho=rho), "eps is not used"),
    (nb15.adadelta, lambda w, g, s, *, lr, rho, eps: optimizers.adadelta(w, g, s, lr=lr), "rho and eps"),
    (nb15.lion, lion_by(mix=lambda m, g, b1, b2: b1 * (b2 * m + (1 - b2) * g) + (1 - b1) * g), "before the step"),
    (nb15.lion, lion_by(keep=lambda m, c, g, b1, b2: c), "averaged with beta1"),
    (nb15.lion, lion_by(mix=lambda m, g, b1, b2: b2 * m + (1 - b2) * g,
                        keep=lambda m, c, g, b1, b2: b1 * m + (1 - b1) * g), "exchanged"),
    (nb15.lion, lion_by(keep=lambda m, c, g, b1, b2: b1 * m + (1 - b1) * g), "averaged with beta1"),
    (nb15.lion, lion_by(mix=lambda m, g, b1, b2: b2 * m + (1 - b2) * g), "beta2 is used for both"),
    (nb15.lion, lambda w, g, s, *, lr, beta1, beta2, weight_decay: optimizers.lion(w, g, s, lr=lr, weight_decay=weight_decay),
     "only their defaults"),
    (nb15.lion, lion_by(lambda c: c), "the sign is missing"),
    (nb15.lion, lion_by(decay=lambda w, lr, wd: 0), "do not decay"),
    (nb15.lion, lion_by(decay=lambda w, lr, wd: wd * w), "not multiplied by lr"),
    (nb15.lion, lion_after, "after the step"),
    (nb15.lion, lion_by(decay=lambda w, lr, wd: -lr * wd * w), "the weights grow"),
    (nb15.lion, lambda w, g, s, *, weight_decay, **hyper: optimizers.lion(w, g + weight_decay * w, s, **hyper),
     "through the sign"),
    (nb15.lion, lion_by(lambda c: -np.sign(c)), "uphill"),
    (nb15.lion, lion_by(lambda c: 2 * np.sign(c)), "not those of Lion"),
]
