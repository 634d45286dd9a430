"""Checks of notebook 07, predictions.

Each table of known answers begins with the right one, whose fault is None.

Notebooks: 07.
"""
import math

import numpy as np

from course_lib.checks.engine import exercise

STEPS_AT_100 = (  # what is asked, then answers and their faults
    (
        "gradient descent",
        {
            0.4: None,
            0.1: "that is lr alone: gradient descent multiplies it by the gradient",
            0.04: "gradient descent has no memory: its 100th step is like its first",
        },
    ),
    (
        "AdaGrad",
        {
            0.01: None,
            0.001: "that divides by t: the root is taken of the sum of 100 squares",
            0.04: "the size of the gradient cancels: it stands in the sum as well",
            0.0025: "the gradient stands in the numerator too, and there it cancels the 4 below",
            0.1: "that is the first step: by now v holds 100 squares",
        },
    ),
    (
        "RMSprop",
        {
            0.1: None,
            0.4: "the size of the gradient cancels: it stands in the average as well",
            0.01: "RMSprop averages and does not add up: after 100 equal squares v is that square",
            0.316: "that is the first step, when v was only a tenth of the square",
        },
    ),
    (
        "AdaGrad on rare gradients",
        {
            0.0316: None,
            0.01: "it counts steps: where the gradient is zero nothing is added, so v holds ten "
                  "squares",
            0.1: "that is the step at the first gradient: by t = 100 there were ten",
            0.1265: "the size of the gradient cancels: it stands in the sum as well",
        },
    ),
)


@exercise("07.3", "The step at t = 100", hints=(
    "write down v at t = 100 for each rule: how many squares of 4 does it hold, and with which "
    "weights?",
    "AdaGrad: v = n * 16 after n gradients, so the step is lr * 4 / (4 * root of n); RMSprop: v is "
    "nearly 16",
    "in order: lr * 4, then lr / math.sqrt(100), then lr, then lr over the root of the number of "
    "gradients"))
def steps_at_100(mine):
    """The four lengths 0.4, 0.01, 0.1, 0.0316."""
    if np.shape(mine) != (4,):
        return "four numbers are wanted, in the order of the list"
    for answer, (rule, known) in zip(mine, STEPS_AT_100, strict=True):
        if answer < 0:
            return f"{rule}: a length is not negative"
        fault = next((fault for value,
                      fault in known.items() if math.isclose(answer, value, rel_tol=0.01)),
                     f"the step is not {answer:.3g}")
        if fault is not None:
            return f"{rule}: {fault}"
    return None


UNIT_POWERS = {
    "sgd": ((1, 2), {(0, 0): "its step does depend on units: lr stays, and g changes with both of "
                             "them",
                     (1, 1): "(b) g becomes c times as large in u, and a step in u is c times that "
                             "in w",
                     (1, 0): "(b) the gradient in u is c times that in w, and the step is made in "
                             "u",
                     (1, -2): "(b) the unit of w is c times longer, so the numbers u are smaller: "
                              "w = c u"}),
    "adaptive": ((0, 1), {(1, 2): "(a) g/sqrt(v) has no unit: c cancels",
                          (1, 1): "(a) g/sqrt(v) has no unit: c cancels",
                          (0, 0): "(b) the step is about lr in the numbers u, and so c lr as a "
                                  "movement of w",
                          (0, 2): "(b) c cancels in g/sqrt(v); only the way from u to w = c u "
                                  "brings one",
                          (0, -1): "(b) a step of lr in u is a step of c lr in w = c u, not of lr "
                                   "/ c"}),
    "newton": ((0, 0), {(1, 2): "the Hessian changes too, and is divided by",
                        (1, 0): "(a) the Hessian is multiplied by c as the gradient is",
                        (0, 1): "(b) the Hessian in u is c^2 H, so the step in u is 1/c times the "
                                "old one",
                        (0, 2): "(b) the Hessian in u is c^2 H, so the step in u is 1/c times the "
                                "old one",
                        (0, -1): "(b) the step in u is 1/c times the old one; as a movement of w = "
                                 "c u, c times that"}),
}


@exercise("07.4", "Units", hints=(
    "first follow g: what is it multiplied by in (a), and, by the chain rule, in (b)?",
    "(b): the gradient in u is c * g; find the step in u, and multiply it by c to have it in w",
    'for sgd: (a) c, (b) c from the gradient and c from w = c u; so "sgd": (1, 2)'))
def unit_powers(mine):
    """sgd (1, 2), adagrad and rmsprop (0, 1), newton (0, 0)."""
    names = ("sgd", "adagrad", "rmsprop", "newton")
    if not isinstance(mine, dict) or set(mine) != set(names):
        return f"a dict is wanted, with a pair for each of {', '.join(names)}"
    for name in names:
        if np.shape(mine[name]) != (2,):
            return f"{name}: a pair is wanted, the power in (a) and the power in (b)"
        right, known = UNIT_POWERS.get(name, UNIT_POWERS["adaptive"])
        pair = tuple(float(power) for power in mine[name])
        if pair != right:
            return f"{name}: " + known.get(pair, f"the powers are not ({pair[0]:g}, {pair[1]:g})")
    return None
