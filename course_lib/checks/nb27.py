"""Checks of notebook 27, match three frameworks: two conventions of momentum, a plateau rule, a bug
to plant, Schedule-Free.

Each table of known answers begins with the right one, whose fault is None.

Notebooks: 27.
"""
import math

import numpy as np

from course_lib.checks.answers import unchanged
from course_lib.checks.engine import exercise
from course_lib.checks.update_rules import UPHILL, examine, misuse
from course_lib.checks.values import numbers
from course_lib.frameworks.paths import EPS
from course_lib.frameworks.schedule_free import schedule_free_adamw
from course_lib.frameworks.sklearn_replay import adaptive_rate
from course_lib.frameworks.wrong_adams import ADAM, caught_by_table, passes_one_step
from course_lib.optimizers.rules import adam


@exercise("27.1", "A velocity that changes its rate", hints=(
    "while the rate stays the same, u = -lr * v; which v do both conventions mean, before and "
    "after the drop?",
    "u_old = -lr_old * v and u_new = -lr_new * v, with one and the same v",
    "return u * lr_new / lr_old"))
def converted_velocity(mine):
    """u * lr_new / lr_old."""
    u, old, new = np.array([0.5, -2.0, 0.0]), 0.2, 0.05
    known = (
        (None, u * new / old),
        ("nothing is converted: that is what Keras does by itself, and the old rate stays inside",
         u),
        ("upside down: after a drop the moves must become shorter", u * old / new),
        ("that is the course's v; Keras wants its own velocity, with the new rate and the sign in "
         "it", -u / old),
        ("the sign is wrong: Keras' velocity is added to w before the drop and after it",
         -u * new / old),
        ("u holds the old rate already: first take that out", -new * u),
        ("u holds the old rate already: first take that out", new * u),
        ("the new rate has to go in again, once the old one is out", u / old),
        ("the rates have to be divided by one another, not subtracted", u * (new - old)),
        ("the rates have to be divided by one another, not subtracted", u * (1 - (old - new))),
    )
    answer, fault = unchanged(mine, u, names="array", lr_old=old, lr_new=new)
    if fault:
        return fault
    answer = numbers(answer)
    if answer is None or answer.shape != u.shape:
        return (f"a velocity of shape {u.shape} went in, and "
                f"{'no numbers' if answer is None else answer.shape} came back")
    for fault, value in known:
        if np.allclose(answer, value, rtol=1e-9, atol=0):
            return fault
    return f"for u = 0.5 and a drop from {old} to {new} the velocity is not {answer[0]:.3g}"


def _rates(losses, *, lr, tol, patience, factor=5, late=False, failed=None, forget=True,
           lowest=True, keep=False):
    """Return the rates of a rule like scikit-learn's, with one of its features changed."""
    rate, best, failures, rates = lr, math.inf, 0, []
    failed = failed or (lambda loss, best, last: loss > best - tol)
    last = math.inf
    for loss in losses:
        rates.append(rate)
        bad = failed(loss, best, last)
        failures = failures + 1 if bad else failures if keep else 0
        best, last = (min(best, loss) if lowest or not bad else best), loss
        if failures >= patience + late:
            rate, failures = rate / factor, 0 if forget else failures
    return rates


def _after(losses, *, lr, tol, patience):
    rates, state = [], {}
    for loss in losses:
        rate, state = adaptive_rate(loss, state, lr=lr, tol=tol, patience=patience)
        rates.append(rate)
    return rates


# improves by less than tol for a while, gets worse, improves on the last but not on the best, and
# at last on both
LOSSES = (1.0, 0.7, 0.64, 0.58, 0.52, 0.46, 0.9, 0.6, 0.38, 0.2, 0.19, 0.21, 0.05, 0.04, 0.06, 0.05,
          0.07, 0.08, 0.05, 0.04,
          0.3, 0.3, 0.3, 0.3)
PLATEAU = {"lr": 0.5, "tol": 0.1, "patience": 3}
RATE_FAULTS = (
    (None, _rates),
    ("those are the rates after each epoch: entry k must be the rate that epoch k was trained with",
     _after),
    ("the rate is divided by another number than 5",
     lambda losses, **more: _rates(losses, factor=10, **more)),
    ("the rate is divided by another number than 5",
     lambda losses, **more: _rates(losses, factor=2, **more)),
    ("it is too patient by one epoch: patience failures in a row are enough",
     lambda losses, **more: _rates(losses, late=True, **more)),
    ("tol plays no part: an epoch has failed unless it is better than the best by tol or more",
     lambda losses, **more: _rates(losses, failed=lambda loss, best, last: loss > best, **more)),
    ("tol plays no part: an epoch has failed unless it is better than the best by tol or more",
     lambda losses, **more: _rates(losses, failed=lambda loss, best, last: loss >= best, **more)),
    ("the loss is compared with that of the epoch before, not with the best so far",
     lambda losses, **more: _rates(losses, failed=lambda loss, best, last: loss > last
                                   - more["tol"], **more)),
    ("tol is on the wrong side: being worse by less than tol is no success",
     lambda losses, **more: _rates(losses, failed=lambda loss, best, last: loss > best
                                   + more["tol"], **more)),
    ("the count does not start again after a drop",
     lambda losses, **more: _rates(losses, forget=False, **more)),
    ("a success must set the count to zero: the failures have to come in a row",
     lambda losses, **more: _rates(losses, keep=True, **more)),
    ("the best loss moves only when an epoch succeeds: that is Keras' ReduceLROnPlateau; here it "
     "is the lowest so far",
     lambda losses, **more: _rates(losses, lowest=False, **more)),
    ("the rate never drops", lambda losses, **more: [more["lr"]] * len(losses)),
)


@exercise("27.2", "The rule behind 'adaptive'", hints=(
    "three things live on from epoch to epoch: the rate, the best loss, and the count of failures "
    "in a row",
    "failed: loss > best - tol; after `patience` failures in a row the rate is divided by 5 and "
    "the count is 0 again",
    "for each loss: append the rate; count up or set to 0; best = min(best, loss); at patience: "
    "rate /= 5, count = 0"))
def adaptive_rates(mine):
    """scikit-learn's plateau rule."""
    for losses, more in ((LOSSES, PLATEAU), (LOSSES[::-1], PLATEAU | {"patience": 2}),
                         (LOSSES, PLATEAU | {"patience": 1})):
        rates = numbers(mine(list(losses), **more))
        if rates is None or rates.shape != (len(losses),):
            return (
                f"{len(losses)} losses went in: a list of as many rates is wanted, and something "
                "else came back"
            )
        faults = [fault for fault,
                  rule in RATE_FAULTS if np.allclose(rates, rule(losses, **more), rtol=1e-9)]
        if not faults:
            wrong = int(np.argmin(np.isclose(rates, _rates(losses, **more), rtol=1e-9)))
            return (
                f"for patience = {more['patience']} the rate of epoch {wrong + 1} is not "
                f"{rates[wrong]:.3g}"
            )
        if faults[0] is not None:
            return faults[0]
    return None


@exercise("27.3", "A bug of your own", hints=(
    "which lines of Adam have no effect in the first step, and some in the second?",
    "at t = 1 the hats make m_hat = g and v_hat = g^2, whatever the betas are; the state is empty; "
    "eps is hardly seen",
    "for instance, leave the clock at t = 1 for ever: write t = 1 in place of the first line"))
def hidden_bug(mine):
    """A faulty Adam that passes the one-step test and leaves the path on the table."""
    fault = misuse(mine, lr=0.1, **ADAM)
    if fault is not None:
        return fault + "; a bug has to be hidden better than that"
    if not passes_one_step(mine):
        return (
            "the one-step test already finds it: after the first step the weights are not w - lr * "
            "sign(g)"
        )
    if caught_by_table(mine):
        return None
    rng = np.random.default_rng(15)
    w, ours, state, our_state = np.zeros(4), np.zeros(4), {}, {}
    for g in rng.normal(size=(300, 4)) * np.geomspace(1e-3, 1e3, 4):
        w, state = mine(w, g, state, lr=0.1, **ADAM)
        ours, our_state = adam(ours, g, our_state, lr=0.1, **ADAM)
    if np.allclose(w, ours, rtol=1e-9, atol=1e-12):
        return "that is Adam: there is nothing to catch"
    return (
        "it is too well hidden: on the five gradients its path is Adam's, so the table does not "
        "catch it"
    )


def _free(mix=lambda z, x, beta1: (1 - beta1) * z + beta1 * x, *, at=lambda w, z: z,
          weight=lambda t: 1 / t, root=True,
          inside=False, alias=False, late=False, up=1.0, freeze=False):
    """Return Schedule-Free AdamW without decay, with one of its features changed."""
    def step(w, g, state, *, lr, beta1, beta2, eps):
        t, z_old, x = (1 if freeze else state.get("t", 0) + 1), state.get("z", w), state.get("x", w)
        v = beta2 * state.get("v", 0.0) + (1 - beta2) * g * g
        v_hat = v / (1 - beta2**t) if root else v
        z = at(w, z_old) - up * lr * g / (np.sqrt(v_hat + eps) if inside else np.sqrt(v_hat) + eps)
        if alias:
            x = (w - (1 - beta1) * z) / beta1
        x = (1 - weight(t)) * x + weight(t) * (z_old if late else z)
        return mix(z, x, beta1), {"t": t, "z": z, "x": x, "v": v}

    return step


def _moving(w, g, state, *, lr, beta1, beta2, eps):
    c = 1 if not state else 1 - beta1
    return _free(weight=lambda t: c)(w, g, state, lr=lr, beta1=beta1, beta2=beta2, eps=eps)


_FREE = (
    (None, schedule_free_adamw),
    ("x and z have changed places: beta1 belongs to the average x, 1 - beta1 to z",
     _free(lambda z, x, beta1: beta1 * z + (1 - beta1) * x)),
    ("beta1 has no effect: that is Keras' path, with the old z read after it was changed",
     _free(alias=True)),
    ("beta1 has no effect: y is the average x itself", _free(lambda z, x, beta1: x)),
    ("beta1 has no effect: y is z itself", _free(lambda z, x, beta1: z)),
    ("the step starts at y: it must move z, and y is mixed afterwards", _free(at=lambda w, z: w)),
    ("c is 1/(t + 1): after the first step x must be z, wherever it began",
     _free(weight=lambda t: 1 / (t + 1))),
    ("x is a moving average with beta1: all z so far must count alike, c = 1/t", _moving),
    ("x averages the old z: the step comes first, then the average takes the new z in",
     _free(late=True)),
    ("t never counts: c and the correction stay those of the first step", _free(freeze=True)),
    ("v is not corrected for its start at zero", _free(root=False)),
    ("eps stands inside the root: here it is added after the root", _free(inside=True)),
    (UPHILL, _free(up=-1.0)),
)


@exercise("27.4", "Schedule-Free, without an alias", hints=(
    "carry t, v, z and x in the state; z and x begin where w is",
    "z = z - lr * g / (sqrt(v_hat) + eps); x = (1 - c) * x + c * z with c = 1/t; the new w is (1 - "
    "beta1) * z + beta1 * x",
    'z = state.get("z", w) - lr * g / (np.sqrt(v_hat) + eps) makes a new array, so the old z stays '
    'what it was'))
def schedule_free(mine):
    """Schedule-Free AdamW without decay, at a constant rate."""
    return examine(mine, _FREE, "the points are not those of Schedule-Free AdamW on eight steps of "
                                "four weights",
                   lr=0.3, beta1=0.8, beta2=0.95, eps=EPS * 16)
