"""Adam and AdamW as they should not be: the versions that the checks of notebook 14 tell apart,
each with its sentence.

Each table begins with the right one, whose fault is None.

Notebooks: none directly.
"""
import numpy as np

from course_lib import optimizers
from course_lib.checks import museum
from course_lib.checks.update_rules import UPHILL

FROZEN = "t stays where it starts: the new state must hold a t that is larger by one"
BEHIND = (
    "t starts at 0 and not at 1, so the first correction divides by zero: count the step before "
    "you use t"
)
NO_V_HAT = "m is corrected but v is not: the first step is 1 / sqrt(1 - beta2) times too long"
NO_M_HAT = "v is corrected but m is not: the first steps are too short, the very first by 1 - beta1"
UNCORRECTED = (
    "nothing is corrected: the first steps are too long, the first by (1 - beta1) / sqrt(1 - beta2)"
)
ON_WEIGHT = (
    "eps is still added to the weight: '/' binds before '+', so the sum of root and eps needs "
    "brackets"
)
NO_EPS = "eps is missing: where every gradient so far was zero, that is 0/0"
INSIDE = "eps stands inside the root: Adam's paper adds it outside, after the root"
SUBTRACTED = (
    "eps is now subtracted from the weight: it belongs to the root, below the fraction line"
)
ON_QUOTIENT = (
    "eps is added to the quotient: it belongs below the fraction line, so that line is never zero"
)


NOT_STORED = "t is 2 in every step: the new t is never stored in the state"
BY_TWO = "t grows by two a step: it counts the steps, so by one"
AS_IF_ONE = "v is corrected as if t were 1: the power t is missing in 1 - beta2**t"
POWER_TWO = "v is corrected with the power 2: the power is t"
NO_ROOT = "the root is missing: the step must not depend on the unit of the gradient"
FIRST_GRADIENT = (
    "both averages begin with the first gradient, and nothing is corrected: in Adam they begin at "
    "0, and the hats correct that"
)
OTHER_EPS = (
    "right in another convention: eps stands beside the root of the uncorrected v, as in Keras; "
    "here it is added to the root of v_hat"
)
OWN_EPS = "the eps that was given is not used: 1e-8 is only its default"
OWN_BETAS = "the betas that were given are not used: 0.9 and 0.999 are only their defaults"
CURED = (
    "0/0 is avoided in another way, but eps is not added to the root: with that sum below the "
    "fraction line, 0/0 does not come up at all"
)
HATS_STORED = (
    "the hats are stored in the state: m and v themselves go there, or every step corrects again"
)


def _quotient(m, v, eps):
    return m / (np.sqrt(v) + eps)


def _adam(step=lambda w, m, v, lr, eps: w - lr * _quotient(m, v, eps), *, first=1, tick=1,
          m_hat=True, v_hat=True):
    """Return Adam, with one or two of its features changed."""
    def variant(w, g, state, *, lr, beta1, beta2, eps):
        t = state.get("t", first)
        m = beta1 * state.get("m", 0.0) + (1 - beta1) * g
        v = beta2 * state.get("v", 0.0) + (1 - beta2) * g * g
        m_now = m / (1 - beta1**t) if m_hat else m
        v_now = v / (1 - beta2**t) if v_hat else v
        return step(w, m_now, v_now, lr, eps), {"t": t + tick, "m": m, "v": v}

    return variant


def _clocked(clock, v_share=lambda beta2, t: 1 - beta2**t, root=np.sqrt):
    """Return Adam with t = clock(old t), which starts at 0, and v divided by v_share."""
    def variant(w, g, state, *, lr, beta1, beta2, eps):
        t = clock(state.get("t", 0))
        m = beta1 * state.get("m", 0.0) + (1 - beta1) * g
        v = beta2 * state.get("v", 0.0) + (1 - beta2) * g * g
        m_hat, v_hat = m / (1 - beta1**t), v / v_share(beta2, t)
        return w - lr * m_hat / (root(v_hat) + eps), {"t": t, "m": m, "v": v}

    return variant


def _from_first(w, g, state, *, lr, beta1, beta2, eps):
    m = beta1 * state.get("m", g) + (1 - beta1) * g
    v = beta2 * state.get("v", g * g) + (1 - beta2) * g * g
    return w - lr * m / np.sqrt(v + eps), {"m": m, "v": v}


def _beside(w, g, state, *, lr, beta1, beta2, eps):
    """Adam with eps beside the root of the uncorrected v, as in Keras."""
    t = state.get("t", 0) + 1
    m = beta1 * state.get("m", 0.0) + (1 - beta1) * g
    v = beta2 * state.get("v", 0.0) + (1 - beta2) * g * g
    rate = lr * np.sqrt(1 - beta2**t) / (1 - beta1**t)
    return w - rate * _quotient(m, v, eps), {"t": t, "m": m, "v": v}


def _hats_stored(w, g, state, *, lr, beta1, beta2, eps):
    t = state.get("t", 0) + 1
    m = (beta1 * state.get("m", 0.0) + (1 - beta1) * g) / (1 - beta1**t)
    v = (beta2 * state.get("v", 0.0) + (1 - beta2) * g * g) / (1 - beta2**t)
    return w - lr * _quotient(m, v, eps), {"t": t, "m": m, "v": v}


def _with(**fixed):
    """Return Adam that ignores some of its hyper-parameters."""
    return lambda w, g, state, **hyper: optimizers.adam(w, g, state, **(hyper | fixed))


ADAMS = (
    (None, optimizers.adam),
    ("both faults are still there: t never counts, and the root is that of v",
     museum.museum_adam_start),
    (FROZEN, _adam(tick=0)),
    (NO_V_HAT, _adam(v_hat=False)),
    (NO_M_HAT, _adam(m_hat=False)),
    (UNCORRECTED, _adam(m_hat=False, v_hat=False)),
    ("t is one too large: it is 1 at the first step", _adam(first=2)),
    (NOT_STORED, _clocked(lambda t: 2)),
    (BY_TWO, _clocked(lambda t: t + 2)),
    (BY_TWO, _clocked(lambda t: t + 2 if t else 1)),
    (AS_IF_ONE, _clocked(lambda t: t + 1, lambda beta2, t: 1 - beta2)),
    (POWER_TWO, _clocked(lambda t: t + 1, lambda beta2, t: 1 - beta2**2)),
    (POWER_TWO + ", and the root is missing",
     _clocked(lambda t: t + 1, lambda beta2, t: 1 - beta2**2, lambda v: v)),
    (NO_ROOT, _clocked(lambda t: t + 1, root=lambda v: v)),
    (FIRST_GRADIENT, _from_first),
    (OTHER_EPS, _beside),
    (HATS_STORED, _hats_stored),
    (OWN_EPS, _with(eps=1e-8)),
    (OWN_BETAS, _with(beta1=0.9, beta2=0.999)),
    (OWN_BETAS, _with(beta1=0.9, beta2=0.999, eps=1e-8)),
    (CURED, _adam(lambda w, m, v, lr, eps: w - lr * m / np.maximum(np.sqrt(v), eps))),
    (CURED, _adam(lambda w, m, v, lr, eps: w - lr * np.nan_to_num(_quotient(m, v, 0.0)))),
    (CURED, _adam(lambda w, m, v, lr, eps: w - lr * np.nan_to_num(_quotient(m, v, 0.0)) + eps)),
    (CURED, _adam(lambda w, m, v, lr, eps: np.nan_to_num(w - lr * _quotient(m, v, 0.0) + eps))),
    (CURED, _adam(lambda w, m, v, lr, eps: np.nan_to_num(w - lr * _quotient(m, v, 0.0)))),
    (ON_WEIGHT, museum.museum_adam),
    (NO_EPS, _adam(lambda w, m, v, lr, eps: w - lr * _quotient(m, v, 0.0))),
    (INSIDE, _adam(lambda w, m, v, lr, eps: w - lr * m / np.sqrt(v + eps))),
    (SUBTRACTED, _adam(lambda w, m, v, lr, eps: w - lr * _quotient(m, v, 0.0) - eps)),
    (ON_QUOTIENT, _adam(lambda w, m, v, lr, eps: w - lr * (_quotient(m, v, 0.0) + eps))),
    (UPHILL, _adam(lambda w, m, v, lr, eps: w + lr * _quotient(m, v, eps))),
)


def _decayed(move):
    """Return a rule that ends in w = move(w, Adam's direction, root, lr, weight_decay)."""
    def step(w, g, state, *, lr, beta1, beta2, eps, weight_decay):
        direction, new = optimizers.adam(0.0 * w, g, state, lr=1.0, beta1=beta1, beta2=beta2,
                                         eps=eps)
        root = np.sqrt(new["v"] / (1 - beta2 ** new["t"])) + eps
        return move(w, -direction, root, lr, weight_decay), new

    return step


def _l2(w, g, state, *, weight_decay, **hyper):
    return optimizers.adam(w, g + weight_decay * w, state, **hyper)


def _bert(w, g, state, *, lr, beta1, beta2, eps, weight_decay):
    m = beta1 * state.get("m", 0.0) + (1 - beta1) * g
    v = beta2 * state.get("v", 0.0) + (1 - beta2) * g * g
    return w - lr * (_quotient(m, v, eps) + weight_decay * w), {"m": m, "v": v}


def _keras(w, g, state, *, weight_decay, lr, **hyper):
    new, state = _beside(w, g, state, lr=lr, **hyper)
    return new - lr * weight_decay * w, state


def _corrected_decay(w, g, state, *, weight_decay, lr, beta1, beta2, eps):
    new, state = optimizers.adam(w, g, state, lr=lr, beta1=beta1, beta2=beta2, eps=eps)
    rate = lr * np.sqrt(1 - beta2 ** state["t"]) / (1 - beta1 ** state["t"])
    return new - rate * weight_decay * w, state


def _own(**fixed):
    return lambda w, g, state, **hyper: optimizers.adamw(w, g, state, **(hyper | fixed))


ADAMWS = (
    (None, optimizers.adamw),
    ("that is L2: the decay goes into g, and through m and v; decoupled, it never meets them", _l2),
    (UNCORRECTED, _bert),
    (OTHER_EPS, _keras),
    ("the decay is multiplied by the corrected rate: the share is lr * weight_decay, at every t",
     _corrected_decay),
    ("the weight_decay that was given is not used: 0.01 is only its default",
     _own(weight_decay=0.01)),
    ("the eps and betas that were given are not used: pass them on to Adam",
     _own(beta1=0.9, beta2=0.999, eps=1e-8)),
    ("that is Adam still: nothing shrinks the weights",
     _decayed(lambda w, d, root, lr, wd: w - lr * d)),
    ("the decay is not multiplied by lr: the share that is lost in a step is lr * weight_decay",
     _decayed(lambda w, d, root, lr, wd: w - lr * d - wd * w)),
    ("the decay is divided by the root of v as well: it must be the same share for every weight",
     _decayed(lambda w, d, root, lr, wd: w - lr * (d + wd * w / root))),
    ("it shrinks the point after the step: the share is taken of the w that was given",
     _decayed(lambda w, d, root, lr, wd: (w - lr * d) * (1 - lr * wd))),
    ("the weights grow: the share is taken away, not added",
     _decayed(lambda w, d, root, lr, wd: w - lr * (d - wd * w))),
    ("the sign of w is subtracted, which is the gradient of |w|: the decay is proportional to w",
     _decayed(lambda w, d, root, lr, wd: w - lr * (d + wd * np.sign(w)))),
)
