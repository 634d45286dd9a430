"""What the update rules are asked: hyper-parameters, none of them a default, and gradients that
hide nothing.
"""
import numpy as np

from course_lib.optimizers.calling import follow

EPS, N_STEPS = 1e-3, 12
W0 = np.array([1.0, -2.0, 0.5, 3.0, -1.5, 0.25])


def lr(t):
    """A rate that changes on the way: a rule that keeps the rate inside its state is found out."""
    return 0.0625 if t <= 6 else 0.25


ADAM = {"lr": lr, "beta1": 0.7, "beta2": 0.9, "eps": EPS}
CASES = {  # case: (rule, hyper-parameters)
    "sgd": ("sgd", {"lr": lr}),
    "momentum": ("momentum", {"lr": lr, "beta": 0.75}),
    "nesterov": ("nesterov", {"lr": lr, "beta": 0.75}),
    "adagrad": ("adagrad", {"lr": lr, "eps": EPS}),
    "rmsprop": ("rmsprop", {"lr": lr, "rho": 0.8, "eps": EPS}),
    "rmsprop centered": ("rmsprop", {"lr": lr, "rho": 0.8, "eps": EPS, "centered": True}),
    "adadelta": ("adadelta", {"lr": lr, "rho": 0.8, "eps": EPS}),
    "adam": ("adam", ADAM),
    "amsgrad": ("amsgrad", ADAM),
    "adamax": ("adamax", ADAM),
    "nadam": ("nadam", ADAM | {"momentum_decay": 0.05}),
    "adamw": ("adamw", ADAM | {"weight_decay": 0.3}),
    "lion": ("lion", {"lr": lr, "beta1": 0.7, "beta2": 0.9, "weight_decay": 0.3}),
}


def cases_of(name):
    """Return the cases of a rule."""
    return [case for case, (its_rule, _) in CASES.items() if its_rule == name]


def gradients():
    """(12, 6): ordinary; zero, then not; a drop of a thousand times; flips of sign; always zero; of
    size eps.
    """
    t, i = np.arange(1, N_STEPS + 1)[:, None], np.arange(6)
    G = ((37 * t * (i + 3) + 11 * i) % 101 - 50.25) / 32  # exact, irregular, never zero
    G[:5, 1] = 0.0
    G[6:, 2] *= 1e-3
    G[:, 3] = np.abs(G[:, 3]) * (-1.0) ** np.arange(N_STEPS)
    G[:, 4] = 0.0
    G[:, 5] *= EPS
    return G


def path_of(step, G, w=W0, state=None, *, first=1, lr, **hyper):
    """Return the points (T, ...) after each of the gradients G, and the last state; `first` is the
    number of the first step. The rule gets copies: one that writes into them must not spoil the
    next run.
    """
    path, state = follow(step, G.copy(), w.copy(), state,
                         lr=lambda t: lr(t + first - 1), **hyper)
    return path[1:], state
