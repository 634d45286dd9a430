"""Checks of notebook 13, predictions.

Each table of known answers begins with the right one, whose fault is None.

Notebooks: 13.
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


@exercise("13.3", "The step at t = 100", hints=(
    "write down v at t = 100 for each rule: how many squares of 4 does it hold, and with which "
    "weights?",
    "AdaGrad: v = n * 16 after n gradients, so the step is lr * 4 / (4 * root of n); RMSprop: v is "
    "nearly 16",
    "in order: lr * 4, then lr / math.sqrt(100), then lr, then lr over the root of the number of "
    "gradients"))
def steps_at_100(mine):
    """The four lengths 0.4, 0.01, 0.1, 0.0316, to within 2 %."""
    if np.shape(mine) != (4,):
        return "four numbers are wanted, in the order of the list"
    for answer, (rule, known) in zip(mine, STEPS_AT_100, strict=True):
        if answer < 0:
            return f"{rule}: a length is not negative"
        fault = next((fault for value,
                      fault in known.items() if math.isclose(answer, value, rel_tol=0.02)),
                     f"the step is not {answer:.3g}")
        if fault is not None:
            return f"{rule}: {fault}"
    return None
