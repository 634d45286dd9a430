"""Checks of notebook 23, regularise: soft threshold, decay against penalty, dropout, patience,
standardising.

Each table of known answers begins with the right one, whose fault is None.

Notebooks: 23.
"""

import numpy as np

from course_lib import optimizers
from course_lib.checks.answers import first_match, unchanged
from course_lib.checks.engine import exercise


def _named(answers, known):
    """Return the fault of the first of `known`, (fault, values) pairs, that agrees with a list of
    answers; '' for none.
    """
    pairs = ((fault, tuple(values)) for fault, values in known)
    return first_match(tuple(answers), pairs, "", rtol=1e-7, atol=1e-10)


@exercise("23.1", "The soft threshold", hints=(
    "where is the slope x - w + a sign(x) zero, and for which w is there no such x but 0?",
    "the size is max(|w| - a, 0), and the sign is that of w",
    "return np.sign(w) * np.maximum(np.abs(w) - amount, 0)"))
def soft_threshold(mine):
    """sign(w) max(|w| - a, 0)."""
    w, a = np.array([3.0, 0.5, -0.5, -2.0, 0.0, 0.9, -1.2]), 0.7
    try:
        answer, fault = unchanged(mine, w, a, names="array")
    except ValueError as error:
        if "ambiguous" in str(error):
            return "an `if` decides for one number, and w is an array: use np.where or np.maximum"
        raise
    if fault:
        return fault
    if np.shape(answer) != w.shape:
        return f"seven weights went in, and something of shape {np.shape(answer)} came back"
    far = np.abs(w) > a
    fault = _named([answer], ((fault, [value]) for fault, value in (
        (None, np.where(far, w - a * np.sign(w), 0.0)),
        ("small weights are thrown across zero: the minimum for |w| <= amount is at 0",
         w - a * np.sign(w)),
        ("small weights are thrown across zero: the minimum for |w| <= amount is at 0",
         np.where(w > 0, w - a, w + a)),
        ("small weights are thrown outwards again: cut the size at 0, max(|w| - amount, 0)",
         np.copysign(np.abs(w) - a, w)),
        ("that is the hard threshold: the large weights should move by amount, too",
         np.where(far, w, 0.0)),
        ("that is L2's shrinkage, in proportion: no weight would ever be 0", w / (1 + a)),
        ("the sign is lost: a negative weight comes back positive", np.maximum(np.abs(w) - a, 0)),
        ("negative weights all become 0: they move up towards zero, by amount",
         np.maximum(w - a, 0)),
        ("negative weights move away from zero: subtract amount from the size, not from w",
         np.where(far, w - a, 0.0)),
        ("that is weight clipping: it keeps the small weights and cuts the large ones",
         np.clip(w, -a, a)),
        ("the weights moved away from zero", w + a * np.sign(w)),
        ("nothing has moved", w),
        ("it moves by amount/2: the square has the factor 1/2, so its slope is x - w",
         np.sign(w) * np.maximum(np.abs(w) - a / 2, 0)),
    )))
    if fault is None and not np.allclose(free := mine(w, 0.0), w):
        return ("with amount = 0 a weight of exactly 0 gives 0/0: do not divide by |w|"
                if np.isnan(free).any()
                else "without a penalty, amount = 0, every weight should stay")
    return (
        fault
        if fault != ""
        else "some entries are not the minimisers; look at w = 3, 0.5 and -2 with amount 0.7"
    )


def _shrink(penalty, decay):
    """Return a step with gradient g + penalty(...) and a loss of decay(old, new, lr, strength)."""
    def run(step, w, g, state, *, lr, strength, decoupled):
        if not decoupled:
            return step(w, penalty(w, g, lr, strength), state, lr=lr)
        new, state = step(w, g, state, lr=lr)
        return decay(w, new, lr, strength), state

    return run


def _l2(w, g, lr, strength):
    return g + strength * w


def _decoupled(w, new, lr, strength):
    return new - lr * strength * w


def _forgetful(step, w, g, state, **setting):
    return _shrink(_l2, _decoupled)(step, w, g, {}, **setting)


def _swapped(step, w, g, state, *, decoupled, **setting):
    return _shrink(_l2, _decoupled)(step, w, g, state, decoupled=not decoupled, **setting)


def _both(step, w, g, state, *, lr, strength, decoupled):
    new, state = step(w, g + strength * w, state, lr=lr)
    return (new - lr * strength * w if decoupled else new), state


SHRINKS = (
    (None, _shrink(_l2, _decoupled)),
    ("the two are exchanged: decoupled means that the rule never sees strength * w", _swapped),
    ("decoupled, the penalty is in the gradient as well: the rule should see the bare g", _both),
    ("decoupled changes nothing yet: both times strength * w went through the rule",
     lambda *point, decoupled, **setting: _shrink(_l2, None)(*point, decoupled=False, **setting)),
    ("the penalty is decoupled as well: without `decoupled` it belongs into the gradient",
     lambda *point, decoupled, **setting: _shrink(_l2, _decoupled)(*point, decoupled=True,
                                                                   **setting)),
    ("the decay is not multiplied by lr: the share that is lost is lr * strength",
     _shrink(_l2, lambda w, new, lr, strength: new - strength * w)),
    ("the share is taken of the new w, as `penalties.decay` after a step does it: here it is taken "
     "of the w that was given, as AdamW's paper has it",
     _shrink(_l2, lambda w, new, lr, strength: new - lr * strength * new)),
    ("the gradient of the penalty got a factor lr: the rule will multiply by lr itself",
     _shrink(lambda w, g, lr, strength: g + lr * strength * w, _decoupled)),
    ("the gradient of (strength/2) w^2 is strength * w, without a 2",
     _shrink(lambda w, g, lr, strength: g + 2 * strength * w, _decoupled)),
    ("that is the gradient of L1: L2's is proportional to w",
     _shrink(lambda w, g, lr, strength: g + strength * np.sign(w), _decoupled)),
    ("decay makes the weights grow: the share is taken away",
     _shrink(_l2, lambda w, new, lr, strength: new + lr * strength * w)),
    ("the penalty has the wrong sign: its gradient points away from zero, like w",
     _shrink(lambda w, g, lr, strength: g - strength * w, _decoupled)),
    ("decoupled, nothing shrinks", _shrink(_l2, lambda w, new, lr, strength: new)),
    ("the rule starts afresh at every step: hand on the state that was given, and return the new "
     "one", _forgetful),
)


def _paths(mine):
    """Return the points of eight steps of momentum and Adam, with penalty and with decay."""
    found = []
    for step in (optimizers.momentum, optimizers.adam):
        for decoupled in (False, True):
            w, state = np.array([1.0, -2.0, 0.5]), {}
            for t in range(8):
                g = np.array([0.3 + 0.2 * (-1.0) ** t, 0.0, -4.0 + t])
                w, state = mine(step, w, g, state, lr=0.1, strength=0.3, decoupled=decoupled)
                found.append(np.array(w, dtype=float))
    return found


@exercise("23.2", "Two ways to shrink", hints=(
    "which gradient does the rule get in either case, and what is left to do after its step?",
    "penalty: the rule gets g + strength w; decay: it gets g, and lr strength w_old is taken from "
    "what it returns",
    "new, state = step(w, g, state, lr=lr); return new - lr * strength * w, state"))
def shrinking_step(mine):
    """step on g + strength w, or step on g less lr strength w."""
    w, g = np.array([1.0, -2.0, 0.5]), np.array([0.5, 0.0, -4.0])
    for decoupled in (False, True):
        answer, fault = unchanged(mine, optimizers.sgd, w, g, {}, names="w or g", lr=0.1,
                                  strength=0.3, decoupled=decoupled)
        if not (isinstance(answer, tuple) and len(answer) == 2 and isinstance(answer[1], dict)):
            return "it returns two things, the new w and the new state, which is a dict"
        if fault:
            return fault
    fault = _named(_paths(mine), ((fault, _paths(known)) for fault, known in SHRINKS))
    return (
        fault
        if fault != ""
        else "the points are not those of momentum and Adam with a penalty and with decay"
    )
