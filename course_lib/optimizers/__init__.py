"""From a gradient to a step: the twelve update rules, their schedules and clipping, and what
surrounds them. A rule is a pure function: `w, state = optimizers.adam(w, g, state, lr=0.001)`.
"""
from .calling import blockwise, follow, mutant, rule
from .clipping import by_norm, by_value
from .descent import Run, minimize
from .rules import (
    STEPS,
    adadelta,
    adagrad,
    adam,
    adamax,
    adamw,
    amsgrad,
    lion,
    momentum,
    nadam,
    nesterov,
    rmsprop,
    rule_called,
    sgd,
)

__all__ = [
    "STEPS",
    "Run",
    "adadelta",
    "adagrad",
    "adam",
    "adamax",
    "adamw",
    "amsgrad",
    "blockwise",
    "by_norm",
    "by_value",
    "follow",
    "lion",
    "minimize",
    "momentum",
    "mutant",
    "nadam",
    "nesterov",
    "rmsprop",
    "rule",
    "rule_called",
    "sgd",
]
