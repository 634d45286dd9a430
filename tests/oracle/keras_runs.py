"""The paths of the update rules as Keras computes them.

Keras adds epsilon inside the root for AdaGrad and RMSprop, so these are compared at one too small
to matter; to the root of the uncorrected v for Adam, which is eps/sqrt(1 - beta2^t) in the paper's
place. It keeps the rate inside the velocity: momentum is compared at a constant rate.
"""
import math

from oracle.cases import CASES, EPS, W0, gradients, lr, path_of

from course_lib.frameworks.tensorflow_quietly import import_tensorflow
from course_lib.optimizers.rules import STEPS

BETAS = {"beta_1": 0.7, "beta_2": 0.9}
MOVING = BETAS | {"epsilon": EPS}
TINY = {"epsilon": 1e-30}
OPTIMIZERS = {  # case: (class, arguments)
    "sgd": ("SGD", {}),
    "momentum": ("SGD", {"momentum": 0.75}),
    "nesterov": ("SGD", {"momentum": 0.75, "nesterov": True}),
    "adagrad": ("Adagrad", TINY | {"initial_accumulator_value": 0.0}),
    "rmsprop": ("RMSprop", TINY | {"rho": 0.8}),
    "rmsprop centered": ("RMSprop", TINY | {"rho": 0.8, "centered": True}),
    "adadelta": ("Adadelta", {"rho": 0.8, "epsilon": EPS}),
    "adam": ("Adam", MOVING),
    "amsgrad": ("Adam", MOVING | {"amsgrad": True}),
    "adamax": ("Adamax", MOVING),
    "nadam": ("Nadam", MOVING),
    "adamw": ("AdamW", MOVING | {"weight_decay": 0.3}),
    "lion": ("Lion", BETAS | {"weight_decay": 0.3}),
}
CONSTANT = ("momentum", "nesterov")


def rate_of(case):
    """The rate as a function of t, at which Keras and the course are compared."""
    return (lambda t: lr(1)) if case in CONSTANT else lr


def theirs(case):
    """Return the points (12, 6) that Keras visits."""
    import_tensorflow()
    import keras

    name, arguments = OPTIMIZERS[case]
    optimizer = getattr(keras.optimizers, name)(lr(1), **arguments)
    variable, path = keras.Variable(W0, dtype="float64"), []
    for t, g in enumerate(gradients(), start=1):
        optimizer.learning_rate = rate_of(case)(t)
        optimizer.apply([keras.ops.convert_to_tensor(g)], [variable])
        path.append(variable.numpy().copy())
    return path


def ours(case):
    """Return the points (12, 6) that the course's rule visits, epsilon in Keras' place."""
    name, hyper = CASES[case]
    step, hyper = STEPS[name], hyper | {"lr": rate_of(case)}
    if case in ("adagrad", "rmsprop", "rmsprop centered"):
        hyper = hyper | {"eps": 1e-30}
    if case == "nadam":
        hyper = hyper | {"momentum_decay": 1.0}
    if case in ("adam", "amsgrad", "adamw"):
        step = epsilon_beside_the_uncorrected_root(step)
    return path_of(step, gradients(), **hyper)[0]


def epsilon_beside_the_uncorrected_root(step):
    def at_its_own_epsilon(w, g, state, *, eps, beta2, **hyper):
        eps = eps / math.sqrt(1 - beta2 ** (state.get("t", 0) + 1))
        return step(w, g, state, eps=eps, beta2=beta2, **hyper)

    return at_its_own_epsilon
