"""Five gradients that tell the optimizers of different libraries apart, and the paths that Keras
and this course take on them. All numbers are exact in binary, so that a difference comes from a
rule and not from rounding.

    GRADIENTS (5, 5)   a row is a gradient, a column what one weight gets to see: an ordinary
                       stream, silence that ends, a gradient that drops, silence, gradients of the
                       size of eps
    settings           same: equal hyper-parameters; drop: the rate falls to a quarter after three
                       steps; decay: equal, with weight_decay; defaults: each library's own, but
                       for the rate and momentum's beta

Notebooks: 27.
"""
import inspect

import numpy as np

from course_lib.frameworks.facts import FACTS
from course_lib.optimizers.calling import follow
from course_lib.optimizers.rules import STEPS

EPS = 2.0**-10
START = np.array([1.0, -2.0, 0.5, 3.0, 0.25])
GRADIENTS = np.array([[1.5, 0.0, 2.0, 0.0, 1.0 * EPS],
                      [-0.5, 0.0, 1.75, 0.0, -2.0 * EPS],
                      [2.0, 0.0, 2.25, 0.0, 0.5 * EPS],
                      [0.75, 1.0, 0.0078125, 0.0, 1.5 * EPS],
                      [-1.25, -0.5, -0.015625, 0.0, 1.0 * EPS]])
HYPER = {"beta": 0.75, "rho": 0.75, "beta1": 0.75, "beta2": 0.9375, "eps": EPS, "weight_decay": 0.0}
DECAY = 0.25
SETTINGS = ("same", "drop", "decay", "defaults")


def lr(t, setting):
    """Return the rate of step t (from 1)."""
    return 0.015625 if setting == "drop" and t > 3 else 0.0625


def path_of(step, hyper=None, setting="same"):
    """Return the path (5, 5), after each step, of an update rule on GRADIENTS from START.

    hyper: all hyper-parameters but lr. setting: one of SETTINGS, which decides the rate.
    """
    def rate(t):
        return lr(t, setting)

    return follow(step, GRADIENTS, START, lr=rate, **(hyper or {}))[0][1:]


def decoupled(step, weight_decay):
    """Return the rule that takes the step and lr * weight_decay * w away, whatever the step does
    with the gradient.
    """
    def shrinking(w, g, state, *, lr, **hyper):
        moved, state = step(w, g, state, lr=lr, **hyper)
        return moved - lr * weight_decay * w, state

    return shrinking


def coupled(step, weight_decay):
    """Return the rule that adds weight_decay * w to the gradient: an L2 penalty."""
    def penalised(w, g, state, **hyper):
        return step(w, g + weight_decay * w, state, **hyper)

    return penalised


def course_path(name, setting):
    """Return the path of this course's rule; where the rule knows no weight decay, `decoupled` adds
    it.
    """
    step = STEPS[name]
    known = inspect.signature(step).parameters
    if setting == "defaults":
        return path_of(step, {"beta": HYPER["beta"]} if "beta" in known else {}, setting)
    hyper = {letter: value for letter, value in HYPER.items() if letter in known}
    if setting == "decay":
        if "weight_decay" in known:
            hyper["weight_decay"] = DECAY
        else:
            step = decoupled(step, DECAY)
    return path_of(step, hyper, setting)


def arguments(entry, setting):
    """Return the arguments of a library's optimizer but its rate."""
    given = dict(entry.fixed)
    if setting == "defaults":
        return given | (
            {"momentum": HYPER["beta"]} if "momentum" in entry.letters else {}
        )  # its own would be plain sgd
    for theirs, ours in entry.letters.items():
        given[theirs] = (
            tuple(HYPER[letter] for letter in ours) if isinstance(ours, tuple) else HYPER[ours]
        )
    if setting == "decay":
        given["weight_decay"] = DECAY
    return given


def keras_path(name, setting, **changes):
    """Return the path of Keras' optimizer in float64; changes: other arguments than the setting's.
    """
    from course_lib.frameworks.tensorflow_quietly import import_tensorflow
    import_tensorflow()
    import keras

    entry = FACTS[name].frameworks["keras"]
    given = arguments(entry, setting)
    if setting != "defaults" and "initial_accumulator_value" in entry.defaults:
        given["initial_accumulator_value"] = 0.0
    optimizer = getattr(keras.optimizers, entry.make)(lr(1, setting), **(given | changes))
    return drive_keras(
        optimizer, START, lambda t, w: GRADIENTS[t - 1], len(GRADIENTS), lr=lambda t: lr(t, setting)
    )


def drive_keras(optimizer, w, gradient, n_steps, lr=None):
    """Return the points (n_steps, n) of a Keras optimizer from w (n,); gradient(t, w) -> g; lr: t
    -> rate, if it changes.
    """
    import keras

    variable, path = keras.Variable(w, dtype="float64"), []
    for t in range(1, n_steps + 1):
        if lr is not None:
            optimizer.learning_rate = lr(t)
        g = gradient(t, variable.numpy())
        optimizer.apply([keras.ops.convert_to_tensor(g, dtype="float64")], [variable])
        path.append(variable.numpy().copy())
    return np.array(path)


def distance(one, other):
    """Return the largest difference of two paths, in any weight at any step."""
    return float(np.abs(np.asarray(one) - np.asarray(other)).max())
