"""Checks of notebook 17, clip the step.

Each table of known answers begins with the right one, whose fault is None.

Notebooks: 17.
"""
import math

import numpy as np

from course_lib import optimizers
from course_lib.checks.answers import unchanged
from course_lib.checks.engine import exercise
from course_lib.checks.nb16 import _named
from course_lib.checks.update_rules import examine


@exercise("17.1", "Clip a network's gradient", hints=(
    "compute the length of the whole gradient first, then one factor",
    "factor = min(1, limit / norm), with norm the root of the sum of all squares of all arrays",
    "norm = math.sqrt(sum((g**2).sum() for g in grads)); factor = limit / max(norm, limit)"))
def clip_global(mine):
    """All arrays times min(1, limit / norm of all)."""
    long = [np.array([[3.0, 0.0], [0.0, -4.0]]), np.array([12.0, 0.5]), np.array(84.0)]
    answer, fault = unchanged(mine, long, 2.0, names="arrays")
    if fault:
        return fault
    fault = _clipped(answer, long, 2.0)
    if fault is not None:
        return fault
    short = [np.array([0.3, -0.4]), np.array([[0.0]])]
    answer = mine([g.copy() for g in short], 2.0)
    if not _equal(answer, short):
        return (
            "a gradient that is short enough must stay: this one was stretched to the limit, or "
            "changed"
        )
    zero = mine([np.zeros(2), np.zeros((1, 2))], 1.0)
    if not _equal(zero, [np.zeros(2), np.zeros((1, 2))]):
        return (
            "a gradient of zero must stay zero, and came back as something else: a division by its "
            "norm?"
        )
    return None


def _equal(answer, wanted):
    return isinstance(answer, (list, tuple)) and len(answer) == len(wanted) and all(
        np.shape(a) == np.shape(b) and np.allclose(a, b, rtol=1e-6, atol=1e-12) for a,
        b in zip(answer, wanted, strict=True))


def _clipped(answer, grads, limit):
    total = math.sqrt(sum((g**2).sum() for g in grads))
    sizes = [math.sqrt((g**2).sum()) for g in grads]
    if not isinstance(answer,
                      (list, tuple)) or [np.shape(g) for g in answer] != [g.shape for g in grads]:
        return "a list is wanted, with an array of the old shape for every array given"
    for fault, value in (
        (None, [g * limit / total for g in grads]),
        ("each array was clipped by itself: that changes the proportions between the layers, so "
         "the direction",
         [g * min(1.0, limit / size) for g, size in zip(grads, sizes, strict=True)]),
        ("that is clipping by value: each coordinate is cut by itself, and the direction turns",
         [np.clip(g, -limit, limit) for g in grads]),
        ("the root is missing: the squares add up to the norm squared",
         [g * limit / total**2 for g in grads]),
        ("the arrays' norms were added: it is their squares that add up",
         [g * limit / sum(sizes) for g in grads]),
        ("that has the length 1: it should be the limit", [g / total for g in grads]),
        ("the longest array decided: the norm is that of all together",
         [g * limit / max(sizes) for g in grads]),
        ("nothing was clipped, though the gradient is longer than the limit", grads),
        ("the factor is upside down, and makes a long gradient longer",
         [g * total / limit for g in grads]),
    ):
        if _equal(answer, value):
            return fault
    return "the arrays together have not the length of the limit and the old direction"


def _shortened(g, limit):
    norm = np.sqrt((g * g).sum())
    return g * (limit / max(norm, limit))


def _before(change):
    """Return the wrapper that changes the gradient before the rule sees it."""
    return lambda step, limit: lambda w, g, state, **hyper: step(w, change(g, limit), state,
                                                                 **hyper)


def _after(step, limit):
    def rule(w, g, state, **hyper):
        new, state = step(w, g, state, **hyper)
        return w + _shortened(new - w, limit), state

    return rule


def _weights(step, limit):
    def rule(w, g, state, **hyper):
        new, state = step(w, g, state, **hyper)
        return _shortened(new, limit), state

    return rule


def _forgets(step, limit):
    return lambda w, g, state, **hyper: step(w, _shortened(g, limit), {}, **hyper)


def _only_lr(step, limit):
    return lambda w, g, state, *, lr, **hyper: step(w, _shortened(g, limit), state, lr=lr)


WRAPPERS = (
    (None, _before(_shortened)),
    ("nothing is clipped: the rule gets the gradient as it was", _before(lambda g, limit: g)),
    ("it clips the step that the rule has made: the gradient is clipped, before the rule sees it",
     _after),
    ("it clips the weights: the gradient is clipped, before the rule sees it", _weights),
    ("that is clipping by value: each coordinate is cut by itself, and the direction turns",
     _before(lambda g, limit: np.clip(g, -limit, limit))),
    ("short gradients are stretched to the limit: only longer ones are changed",
     _before(lambda g, limit: g * limit / np.sqrt((g * g).sum()))),
    ("long gradients now have the length 1, not the limit",
     _before(lambda g, limit: g / max(np.sqrt((g * g).sum()), 1.0)
             if (g * g).sum() > limit**2 else g)),
    ("long gradients are left out altogether: they are shortened to the limit",
     _before(lambda g, limit: g * ((g * g).sum() <= limit**2))),
    ("the root is missing: the squares add up to the norm squared",
     _before(lambda g, limit: g * limit / max((g * g).sum(), limit))),
    ("the state is not passed on, so the rule begins anew at every step", _forgets),
    ("only lr is passed on to the rule, and not its other hyper-parameters: use **hyper", _only_lr),
)
CLIPPED_RULES = (  # with a limit that some gradients of `examine` exceed and others do not
    (optimizers.sgd, {"lr": 0.3}), (optimizers.momentum, {"lr": 0.3, "beta": 0.7}),
    (optimizers.adam, {"lr": 0.3, "beta1": 0.8, "beta2": 0.95, "eps": 0.01}))


@exercise("17.2", "Clipping in front of any rule", hints=(
    "write an update rule inside the function, with the same arguments as any other, and return it",
    "inside: the norm of g, then g times min(1, limit / norm), then return what step makes of it",
    "def clipped_step(w, g, state, **hyper): norm = np.sqrt(np.sum(g**2)); return step(w, g * "
    "(limit / max(norm, limit)), state, **hyper) -- and after it: return clipped_step"))
def with_clipping(mine):
    """step(w, g min(1, limit / |g|), state, **hyper)."""
    limit = 3.0
    for step, hyper in CLIPPED_RULES:
        rule = mine(step, limit)
        if not callable(rule):
            return "an update rule is wanted, a function: def it inside, and return its name"
        known = [(fault, wrapper(step, limit)) for fault, wrapper in WRAPPERS]
        fault = examine(rule, known, f"with {step.__name__} in it, the points are not those of the "
                                     "rule on clipped gradients", **hyper)
        if fault is not None:
            return fault
    return None


@exercise("17.3", "Max-norm of a layer", hints=(
    "which axis of W has to be summed over, so that one norm is left for each unit?",
    "column k times min(1, limit / |column k|)",
    "norms = np.sqrt((W**2).sum(axis=0)); W * (limit / np.maximum(norms, limit))"))
def max_norm(mine):
    """Long columns shortened to the limit, all others as they were."""
    W, limit = np.array([[3.0, 0.3, 0.0, -1.5], [-4.0, 0.4, 0.0, 0.5], [12.0, 0.0, 0.0, 2.0]]), 2.0
    answer, fault = unchanged(mine, W, limit, names="array")
    if fault:
        return fault
    if np.shape(answer) != W.shape:
        return f"an array of the shape {W.shape} is wanted, got {np.shape(answer)}"
    columns, rows, whole = (np.sqrt((W**2).sum(axis=axis, keepdims=True)) for axis in (0, 1, None))
    with np.errstate(all="ignore"):
        stretched = W * limit / columns
    fault = _named(answer, (
        (None, W * limit / np.maximum(columns, limit)),
        ("it limits the rows: they hold the weights that leave an input; a unit's incoming weights "
         "are a column",
         W * limit / np.maximum(rows, limit)),
        ("it limits the norm of the whole matrix: every unit has a limit of its own",
         W * limit / np.maximum(whole, limit)),
        ("that is weight clipping, weight by weight: max-norm keeps a column's proportions",
         np.clip(W, -limit, limit)),
        ("a column of zeros became NaN: dividing by its norm is 0/0", stretched),
        ("short columns were stretched to the limit: they should stay as they are",
         np.nan_to_num(stretched)),
        ("the root is missing: the squares add up to the norm squared",
         W * limit / np.maximum(columns**2, limit)),
        ("the longest weight decided: the norm is the root of the sum of squares",
         W * limit / np.maximum(np.abs(W).max(axis=0), limit)),
        ("long columns now have the length 1, not the limit",
         np.where(columns > limit, W / np.maximum(columns, 1), W)),
        ("long columns were set to zero: they should be shortened",
         np.where(columns > limit, 0.0, W)),
        ("nothing was limited", W),
    ))
    return (
        fault
        if fault != ""
        else "the long columns have not the length of the limit, or the others have changed"
    )
