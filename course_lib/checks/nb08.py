"""Checks of notebook 08, understand Adam: the correction of its start, two museum pieces, its
longest step, AdamW.

Each table of known answers begins with the right one, whose fault is None.

Notebooks: 08.
"""
import numpy as np

from course_lib import optimizers
from course_lib.checks import museum
from course_lib.checks.engine import exercise
from course_lib.checks.update_rules import UPHILL, examine

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


ADAMS = (
    (None, optimizers.adam),
    ("both faults are still there: t never counts, and the root is that of v",
     museum.museum_adam_start),
    (FROZEN, _adam(tick=0)),
    (NO_V_HAT, _adam(v_hat=False)),
    (NO_M_HAT, _adam(m_hat=False)),
    (UNCORRECTED, _adam(m_hat=False, v_hat=False)),
    ("t is one too large: it is 1 at the first step", _adam(first=2)),
    (ON_WEIGHT, museum.museum_adam),
    (NO_EPS, _adam(lambda w, m, v, lr, eps: w - lr * _quotient(m, v, 0.0))),
    (INSIDE, _adam(lambda w, m, v, lr, eps: w - lr * m / np.sqrt(v + eps))),
    (SUBTRACTED, _adam(lambda w, m, v, lr, eps: w - lr * _quotient(m, v, 0.0) - eps)),
    (ON_QUOTIENT, _adam(lambda w, m, v, lr, eps: w - lr * (_quotient(m, v, 0.0) + eps))),
    (UPHILL, _adam(lambda w, m, v, lr, eps: w + lr * _quotient(m, v, eps))),
)
HYPER = {"lr": 0.3, "beta1": 0.8, "beta2": 0.95, "eps": 0.01}


@exercise("08.1", "The step without correction", hints=(
    "the two rules share m and v; write both steps and divide one by the other",
    "m = (1 - beta1^t) m_hat, and v = (1 - beta2^t) v_hat; v stands under a root",
    "return (1 - beta1**t) / np.sqrt(1 - beta2**t)"))
def uncorrected_ratio(mine):
    """(1 - beta1^t) / sqrt(1 - beta2^t), for any gradients."""
    t, beta1, beta2 = np.array([1, 2, 7, 400]), 0.8, 0.97
    above, below = 1 - beta1**t, 1 - beta2**t
    known = (
        (None, above / np.sqrt(below)),
        ("upside down: that is how many times the corrected step is longer",
         np.sqrt(below) / above),
        ("the root is missing: the step is divided by the root of v", above / below),
        ("only v is wrong there: m starts at zero too", 1 / np.sqrt(below)),
        ("only m is wrong there: v starts at zero too", above),
        ("that is the first step at all times: the powers of beta1 and beta2 grow with t",
         np.full(4, (1 - beta1) / np.sqrt(1 - beta2))),
        ("beta1 and beta2 are exchanged: beta1 belongs to m", below / np.sqrt(above)),
        ("the powers themselves are taken: m = (1 - beta1^t) m_hat", beta1**t / np.sqrt(beta2**t)),
    )
    ratio = np.array([mine(int(k), beta1, beta2) for k in t], dtype=float)
    for fault, answer in known:
        if np.allclose(ratio, answer, rtol=1e-9):
            return fault
    return (
        f"at t = 1 with beta1 = 0.8 and beta2 = 0.97 the ratio is not {ratio[0]:.3g}, or not at t "
        f"= {t[1:].tolist()}"
    )


@exercise("08.2", "A clock and a hat", exhibit=museum.museum_adam_start, hints=(
    "two lines are wrong: one explains the long run, the other the first step; each quantity that "
    "is made should be used",
    "t is 1 at the first step, 2 at the second, and the state carries it; the root is that of "
    "v_hat",
    't = state.get("t", 0) + 1, and np.sqrt(v_hat) in the last but one line'))
def museum_adam_start(mine):
    """Adam, with a t that counts and the corrected v below the line."""
    with np.errstate(all="ignore"):
        first = mine(np.ones(1), np.ones(1), {}, **HYPER)
    if isinstance(first, tuple) and not np.isfinite(first[0]).all():
        return BEHIND
    return examine(mine, ADAMS, "the points are not those of Adam on eight steps of four weights",
                   **HYPER)


@exercise("08.3", "A missing pair of brackets", exhibit=museum.museum_adam, hints=(
    "read the last formula as Python reads it: which operation comes first, the division or the "
    "last addition?",
    "the quotient is m_hat over (root of v_hat, plus eps)",
    "w = w - lr * m_hat / (np.sqrt(v_hat) + eps)"))
def museum_adam(mine):
    """Adam, with eps below the fraction line, so that a weight without gradient stays."""
    return examine(mine, ADAMS, "the points are not those of Adam on eight steps of four weights",
                   **HYPER)


def _last_step(gradients, beta1, beta2):
    """Return the length of Adam's last step at lr = 1."""
    w, state, before = np.zeros(()), {}, 0.0
    for g in gradients:
        before = w
        w, state = optimizers.adam(w, g, state, lr=1.0, beta1=beta1, beta2=beta2)
    return float(abs(w - before))


@exercise("08.4", "The longest step", hints=(
    "m remembers the last ten gradients or so, v the last thousand: which gradients add much to m "
    "and little to v?",
    "equality in Cauchy-Schwarz wants sqrt(b_k) x_k proportional to a_k / sqrt(b_k), so x_k to "
    "(beta1 / beta2)^k",
    "return (beta1 / beta2) ** np.arange(n)[::-1]: the last gradient is the largest"))
def long_step_gradients(mine):
    """g_(n-k) proportional to (beta1 / beta2)^k: a step of (1 - beta1) / sqrt((1 - beta2)(1 -
    beta1^2 / beta2)) lr.
    """
    for n, beta1, beta2 in ((2500, 0.9, 0.999), (400, 0.8, 0.99)):
        g = np.asarray(mine(n, beta1, beta2), dtype=float)
        if g.shape != (n,):
            return f"an array of shape ({n},) was asked for, and {g.shape} came back"
        if not (np.isfinite(g) & (np.abs(g) < 1e150)).all():
            return "some gradients are infinite, NaN, or too large to be squared"
        ratio = beta1 / beta2
        best = _last_step(ratio ** np.arange(n)[::-1], beta1, beta2)
        step, spike = _last_step(g, beta1, beta2), _last_step(np.r_[np.zeros(n - 1), 1.0], beta1,
                                                              beta2)
        if abs(step / best - 1) < 0.01:
            continue
        if abs(step - 1) < 0.01:
            return "the last step is as long as lr: gradients that are all alike give no more"
        if abs(step / spike - 1) < 0.01:
            return (
                "that is the lone spike: m also remembers the gradients just before, so let these "
                "help"
            )
        if step < 0.5:
            return (
                f"the last step is only {step:.2g} lr: the gradients must grow towards the end, "
                "not shrink"
            )
        return (
            f"the last step is {step:.3g} lr where {best:.3g} lr is possible (beta1 = {beta1}, "
            f"beta2 = {beta2})"
        )
    return None


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


ADAMWS = (
    (None, optimizers.adamw),
    ("that is L2: the decay goes into g, and through m and v; decoupled, it never meets them", _l2),
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


@exercise("08.5", "AdamW", hints=(
    "what does the data gradient decide, and what must it not touch?",
    "the new w is Adam's new w, less lr * weight_decay times the old w",
    "w_adam, state = optimizers.adam(w, g, state, lr=lr, ...); return w_adam - lr * weight_decay * "
    "w, state"))
def adamw(mine):
    """Adam's step on the bare g, less lr * weight_decay * w."""
    return examine(mine, ADAMWS, "the points are not those of AdamW on eight steps of four weights",
                    weight_decay=0.2, **HYPER)
