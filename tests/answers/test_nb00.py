"""The checks of notebook 00: right answers pass, stubs are not attempted, each known fault is
named.
"""
import math
from fractions import Fraction

import numpy as np

from course_lib import landscapes, optimizers
from course_lib.checks import nb00
from course_lib.checks.engine import judge

H = np.array([1.0, 10.0])


def bowl(w):
    return 0.5 * (H * w**2).sum(axis=-1), H * w


def bowl_that_overwrites(w):
    loss = 0.5 * (H * w**2).sum(axis=-1)
    w *= H
    return loss, w


def bowl_by_branches(w):
    """Right for one point and for a list of points."""
    if w.ndim == 1:
        return bowl(w)
    first, second = w[:, 0], w[:, 1]
    return 0.5 * (first**2 + 10 * second**2), np.stack([first, 10 * second], axis=1)


def bowl_of_the_first_axes(w):
    """Right shapes, and wrong numbers for three axes."""
    loss, g = bowl(w)
    return loss[::-1] if loss.ndim == 2 else loss, g


def step(w, g, state, *, lr):
    return w - lr * g, {}


def step_in_place(w, g, state, *, lr):
    w -= lr * g
    return w, {}


def step_for_one_run(w, g, state, *, lr):
    return w - np.ravel(lr)[0] * g, {}


def normalised_step(w, g, state, *, lr):
    return w - lr * g / np.linalg.norm(g), {}


RIGHT = [
    (nb00.three_steps, -0.125),
    (nb00.three_steps, np.array([(1 - 0.15 * 10)**3])),
    (nb00.three_steps, Fraction(-1, 8)),
    (nb00.bowl, bowl),
    (nb00.bowl, landscapes.quadratic([1.0, 10.0])),
    (nb00.descent_step, step),
    (nb00.descent_step, optimizers.sgd),
    (nb00.guessing_loss, math.log(10)),
    (nb00.guessing_loss, 2.30),
]

WRONG = [
    (nb00.three_steps, "-0.125", "one number"),
    (nb00.three_steps, 1, "start"),
    (nb00.three_steps, -0.5, "one step leads"),
    (nb00.three_steps, 0.25, "two steps"),
    (nb00.three_steps, 0.0625, "four steps"),
    (nb00.three_steps, 0.125, "side"),
    (nb00.three_steps, 15.625, "uphill"),
    (nb00.three_steps, -3.5, "gradient of the start"),
    (nb00.three_steps, 0.614, "taken as w,"),
    (nb00.three_steps, 0.0156, "brings down a 2"),
    (nb00.three_steps, 0.078125, "loss at the right point"),
    (nb00.three_steps, -0.13, "rounded"),
    (nb00.three_steps, 0.1721802, "in place of its gradient"),
    (nb00.three_steps, -0.126, "not where three steps lead"),
    (nb00.bowl, lambda w: print(end=""), "is a return missing"),
    (nb00.bowl, lambda w: bowl(w)[0], "a pair"),
    (nb00.bowl, lambda w: bowl(w)[::-1], "wrong way round"),
    (nb00.bowl, bowl_that_overwrites, "changes the point"),
    (nb00.bowl, lambda w: (0.5 * H * w**2, H * w), "not (2,) and (2,)"),
    (nb00.bowl, lambda w: (2 * bowl(w)[0], H * w), "half in front"),
    (nb00.bowl, lambda w: (0.5 * (w**2).sum(axis=-1), w), "same curvature"),
    (nb00.bowl, lambda w: (0.5 * ((H * w)**2).sum(axis=-1), H * w), "squared along"),
    (nb00.bowl, lambda w: (0.5 * (w[..., 0]**2 - 10 * w[..., 1]**2), H * w), "saddle"),
    (nb00.bowl, lambda w: (bowl(w)[0] + 1, H * w), "loss of a point"),
    (nb00.bowl, lambda w: (bowl(w)[0], 2 * H * w), "twice too long"),
    (nb00.bowl, lambda w: (bowl(w)[0], H * w / 2), "half as long"),
    (nb00.bowl, lambda w: (bowl(w)[0], -H * w), "downhill"),
    (nb00.bowl, lambda w: (bowl(w)[0], w + 0), "round bowl"),
    (nb00.bowl, lambda w: (bowl(w)[0], H * w + 1), "not its derivative"),
    (nb00.bowl, lambda w: (0.5 * (H * w**2).sum(), H * w), "one loss together"),
    (nb00.bowl, lambda w: (0.5 * (w[0]**2 + 10 * w[1]**2), np.array([w[0], 10 * w[1]])), "first of many"),
    (nb00.bowl, lambda w: (bowl(w)[0], np.stack([w[..., 0], 10 * w[..., 1]])), "shape of w, (3, 2)"),
    (nb00.bowl, lambda w: (bowl(w)[0], H * np.abs(w) * np.sign(w.reshape(-1, 2)[0])), "some are wrong"),
    (nb00.bowl, bowl_by_branches, "for a table of 2 x 3 points the shapes are"),
    (nb00.bowl, bowl_of_the_first_axes, "a table of 2 x 3 points is not"),
    (nb00.descent_step, step_in_place, "changes the arrays"),
    (nb00.descent_step, lambda w, g, state, *, lr: print(end=""), "is a return missing"),
    (nb00.descent_step, lambda w, g, state, *, lr: w - lr * g, "only a point"),
    (nb00.descent_step, lambda w, g, state, *, lr: (w - lr * g, None), "must be a dict"),
    (nb00.descent_step, lambda w, g, state, *, lr: ((w - lr * g)[0], {}), "shape of w"),
    (nb00.descent_step, lambda w, g, state, *, lr: (w + lr * g, {}), "uphill"),
    (nb00.descent_step, lambda w, g, state, *, lr: (w - g, {}), "rate is not used"),
    (nb00.descent_step, normalised_step, "divided by its length"),
    (nb00.descent_step, lambda w, g, state, *, lr: (-lr * g, {}), "step alone"),
    (nb00.descent_step, lambda w, g, state, *, lr: (w, {}), "did not move"),
    (nb00.descent_step, lambda w, g, state, *, lr: (w - 2 * lr * g, {}), "not the point"),
    (nb00.descent_step, step_for_one_run, "a rate each"),
    (nb00.descent_step, lambda w, g: w - g, "TypeError"),
    (nb00.guessing_loss, "ln 10", "one number"),
    (nb00.guessing_loss, -2.3026, "sign"),
    (nb00.guessing_loss, 1.0, "base 10"),
    (nb00.guessing_loss, 3.32, "base 2"),
    (nb00.guessing_loss, 0.1, "probability of the right class"),
    (nb00.guessing_loss, 0.9, "how often"),
    (nb00.guessing_loss, 10, "number of classes"),
    (nb00.guessing_loss, 0.10536, "other nine"),
    (nb00.guessing_loss, 0.23026, "averages over classes"),
    (nb00.guessing_loss, 23.026, "all ten classes"),
    (nb00.guessing_loss, 2.4, "not the mean loss"),
]


def stub(*given, **named):
    """A learner's stub."""
    ...


def test_no_two_faults_share_a_sentence():
    spoken = [(check.id, judge(check, mine).message) for check, mine, _ in WRONG]
    assert len(set(spoken)) == len(spoken)


def test_an_array_of_one_number_is_judged_like_the_number():
    assert judge(nb00.three_steps, np.array([0.25])) == judge(nb00.three_steps, 0.25)
