"""Checks of notebook 16, schedule the learning rate.

Each table of known answers begins with the right one, whose fault is None.

Notebooks: 16.
"""
import functools
import math

import numpy as np

from course_lib import landscapes
from course_lib.checks import museum
from course_lib.checks.answers import first_match
from course_lib.checks.engine import exercise
from course_lib.optimizers import descent, schedules

_named = functools.partial(first_match, otherwise="")  # None would say that it is right


@exercise("16.1", "Warm-up, then cosine", hints=(
    "write down the rates of steps 1, n_warmup and n_warmup + 1 before you write code",
    "p = (t - 1 - n_warmup) / (n_steps - n_warmup) on the way down, and lr (1 + cos(pi p)) / 2",
    "if t <= n_warmup: return lr * t / n_warmup, and after it the cosine with math.pi * p"))
def warm_cosine(mine):
    """lr t / n_warmup, then half a cosine over the rest."""
    lr, up, n = 0.8, 4, 12
    rates = [mine(t, lr=lr, n_warmup=up, n_steps=n) for t in range(1, n + 1)]
    if any(rate is None or np.ndim(rate) != 0 for rate in rates):
        return "every step has one rate, a number; for some t nothing of the kind came back"
    down = np.arange(up + 1, n + 1)
    climb = lr * np.arange(1, up + 1) / up
    cosine = lr * (1 + np.cos(np.pi * np.arange(n - up) / (n - up))) / 2

    def follow(p, turn=np.pi):
        return lr * (1 + np.cos(turn * p)) / 2

    if not np.allclose(rates[:up], climb):
        return _named(rates[:up], (
            ("the first step has the rate 0, so it does nothing: t begins at 1", climb - lr / up),
            ("it starts at the full rate: the climb is missing", np.full(up, lr)),
            ("it starts with the cosine: the climb is missing", cosine[:up]),
            ("the climb ends one step late: lr is reached at t = n_warmup",
             lr * np.arange(1, up + 1) / (up + 1)),
            ("the climb does not depend on lr: it should end at lr", climb / lr),
        )) or "the climb is not a straight line that reaches lr at t = n_warmup"
    fault = _named(rates[up:], (
        (None, cosine),
        ("the rate jumps where the warm-up ends: p must be 0 there, not (t - 1)/n_steps",
         follow((down - 1) / n)),
        ("the way down begins one step early: at t = n_warmup + 1 the rate is still lr",
         follow((down - up) / (n - up))),
        ("the way down ends too high: only n_steps - n_warmup steps are left for it",
         follow((down - 1 - up) / n)),
        ("the cosine got degrees or a share: its argument is pi * p",
         follow(np.arange(n - up) / (n - up), 1.0)),
        ("the argument of the cosine is pi * p: 2 pi is a whole wave, which comes up again",
         follow(np.arange(n - up) / (n - up), 2 * np.pi)),
        ("it arrives at 0 in the last step, which then does nothing: one step is left there, so p "
         "is divided by n_steps - n_warmup", follow(np.arange(n - up) / (n - up - 1))),
        ("the half is missing: (1 + cos) lies between 0 and 2", 2 * cosine),
        ("without 1 + the cosine becomes negative: a rate may not",
         lr * np.cos(np.pi * np.arange(n - up) / (n - up))),
        ("the way down is a straight line, not a cosine", lr * (1 - np.arange(n - up) / (n - up))),
        ("after the climb the rate stays at lr: the cosine is missing", np.full(n - up, lr)),
    ))
    return (
        fault
        if fault != ""
        else "after the climb it is not half a cosine from lr at t = n_warmup + 1"
    )


@exercise("16.2", "How far a schedule goes", hints=(
    "every step is as long as its rate, so add up the rates: for falling rates, is the sum finite?",
    "n lr; lr/(1 - q) for a geometric series; n times the mean of half a cosine; the harmonic "
    "series",
    "the mean of (1 + cos(pi p))/2 is 1/2, and the sum of 1/t has no limit: math.inf"))
def distances(mine):
    """[100, 10, 50.05, inf], within one per cent."""
    if np.shape(mine) != (4,):
        return f"four numbers in a list are wanted, got {mine!r}"
    constant, exponential, cosine, inverse = (float(answer) for answer in mine)
    for name, answer, known in (
        ("constant", constant, ((None, 100.0), ("that is one step; there are 1000", 0.1),
                                ("count the rate too: 1000 steps of length 0.1", 1000.0))),
        ("exponential", exponential, ((None, 10.0), ("the sum is finite: the rates fall like a "
                                                     "geometric series", math.inf),
                                      ("that is the sum of the powers; each is multiplied by 0.1",
                                       100.0),
                                      ("in the series 1/(1 - q), q is 0.99", 0.1 / 0.99))),
        ("cosine", cosine,
         ((None, 50.05), ("the rate falls: that would be the constant one", 100.0),
                            ("a cosine from -1 to 1 has mean 0, but this one has been lifted by 1",
                             0.0),
                            ("the mean of half a cosine is 1/2, not 2/pi, which belongs to a "
                             "quarter", 200 / math.pi))),
        ("inverse time", inverse, ((None, math.inf), ("the terms fall, but like 1/t: too slowly "
                                                      "for a finite sum", 1.0))),
    ):
        for fault, value in known:
            if math.isclose(answer, value, rel_tol=0.01, abs_tol=1e-9):
                if fault is not None:
                    return f"{name}: {fault}"
                break
        else:
            if name == "inverse time" and math.isfinite(answer):
                return (
                    "inverse time: the sum of 1/t grows beyond every number, slowly, as a logarithm"
                )
            return f"{name}: that is not the sum of the rates"
    return None


STEEP, ROUND = landscapes.quadratic([1.0, 10.0]), landscapes.quadratic([1.0])
CASES = (  # the best rates of the two arms are not always the same, nor at the edges
    (STEEP, [1.0, 1.0], (0.01, 0.03, 0.1), 60), (STEEP, [1.0, 2.0], (0.05, 0.15, 0.25, 5.0), 40),
    (ROUND, [3.0], (0.3, 1.9), 20), (STEEP, [1.0, -1.0], (0.02, 0.19, 0.3), 30),
    (STEEP, [1.0, 1.0], (0.21, 0.22), 20))  # here the lowest loss is not the last one


def _arms(fun, w, rates, n_steps, judge=lambda loss: loss[-1]):
    """Return the final losses at every rate, held constant and decayed, two arrays."""
    decaying = [schedules.inverse_time(lr, n_steps // 10) for lr in rates]
    return [np.array([judge(descent.minimize(fun, w, "sgd", lr=lr, n_steps=n_steps).loss)
                      for lr in arm])
            for arm in (rates, decaying)]


@exercise("16.3", "What decay gains", exhibit=museum.museum_decay_gain, hints=(
    "how many rates does each of the two arms try?",
    "gain = (lowest final loss of the constant rates) / (lowest final loss of the decaying ones)",
    "constant = min(final_loss(lr) for lr in rates), and the same for decay; return constant / "
    "decayed"))
def museum_decay_gain(mine):
    """The best of the constant arm over the best of the decaying arm."""
    answers, known = [], {}
    for case in CASES:
        constant, decayed = _arms(*case)
        lowest = _arms(*case, judge=np.min)
        answers.append(mine(*case))
        for fault, value in (
            (None, constant.min() / decayed.min()),
            ("that takes the lowest loss on the way: the loss at the end of the run is asked for",
             lowest[0].min() / lowest[1].min()),
            ("upside down: the loss of the constant rate stands above the line",
             decayed.min() / constant.min()),
            ("the constant arm still has only the smallest rate", constant[0] / decayed.min()),
            ("now the constant arm has only the largest rate, which may not suit it",
             constant[-1] / decayed.min()),
            ("one rate for both is not fair either: the best rate of one arm may not suit the "
             "other; tune both",
             constant[decayed.argmin()] / decayed.min()),
            ("one rate for both is not fair either: decay got the rate that suits the constant "
             "arm; tune both",
             constant.min() / decayed[constant.argmin()]),
            ("both arms have only the smallest rate: the comparison is equal, but neither is at "
             "its best",
             constant[0] / decayed[0]),
            ("it takes the best ratio over the rates: choose each arm's rate by itself, by its own "
             "loss",
             (constant / decayed).max()),
            ("now decay has a single rate, and the constant arm is tuned",
             constant.min() / decayed[0]),
            ("a mean over the rates lets the bad rates speak: take each arm's best",
             constant.mean() / decayed.mean()),
            ("that is a difference; the ratio is wanted", constant.min() - decayed.min()),
        ):
            known.setdefault(fault, []).append(value)
    if any(answer is None or np.ndim(answer) != 0 for answer in answers):
        return "one number is wanted, the ratio of two losses"
    fault = _named(answers, known.items())
    return (
        fault
        if fault != ""
        else "that is not the best constant arm's final loss over the best decaying arm's"
    )
