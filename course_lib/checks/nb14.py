"""Checks of notebook 14, understand Adam: two museum pieces, its longest step, AdamW.

Each table of known answers begins with the right one, whose fault is None.

Notebooks: 14.
"""
import numpy as np

from course_lib import optimizers
from course_lib.checks import museum
from course_lib.checks.engine import exercise
from course_lib.checks.nb14_versions import ADAMS, ADAMWS, BEHIND
from course_lib.checks.update_rules import examine, misuse

HYPER = {"lr": 0.3, "beta1": 0.8, "beta2": 0.95, "eps": 0.01}


@exercise("14.1", "A clock and a hat", exhibit=museum.museum_adam_start, hints=(
    "two lines are wrong: one explains the long run, the other the first step; each quantity that "
    "is made should be used",
    "t is 1 at the first step, 2 at the second, and the state carries it; the root is that of "
    "v_hat",
    't = state.get("t", 0) + 1, and np.sqrt(v_hat) in the last but one line'))
def museum_adam_start(mine):
    """Adam, with a t that counts and the corrected v below the line."""
    fault = misuse(mine, **HYPER)
    if fault is None and not np.isfinite(mine(np.ones(1), np.ones(1), {}, **HYPER)[0]).all():
        return BEHIND
    return fault or examine(
        mine, ADAMS, "the points are not those of Adam on eight steps of four weights", **HYPER
    )


@exercise("14.2", "A missing pair of brackets", exhibit=museum.museum_adam, hints=(
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


@exercise("14.3", "The longest step", hints=(
    "m remembers the last ten gradients or so, v the last thousand: which gradients add much to m "
    "and little to v?",
    "equality in Cauchy-Schwarz wants sqrt(b_k) x_k proportional to a_k / sqrt(b_k), so x_k to "
    "(beta1 / beta2)^k",
    "return (beta1 / beta2) ** np.arange(n)[::-1]: the last gradient is the largest"))
def long_step_gradients(mine):
    """g_(n-k) proportional to (beta1 / beta2)^k: a step of (1 - beta1) / sqrt((1 - beta2)(1 -
    beta1^2 / beta2)) lr.
    """
    for n, beta1, beta2 in ((2500, 0.9, 0.999), (400, 0.8, 0.99), (60, 0.5, 0.6)):
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
        if abs(step / _last_step(beta1 ** np.arange(n)[::-1], beta1, beta2) - 1) < 1e-3:
            return (
                "they grow by 1 / beta1 a step, which is best for m alone: v forgets as well, so "
                "a slower growth does better"
            )
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


@exercise("14.4", "AdamW", hints=(
    "what does the data gradient decide, and what must it not touch?",
    "the new w is Adam's new w, less lr * weight_decay times the old w",
    "w_adam, state = optimizers.adam(w, g, state, lr=lr, ...); return w_adam - lr * weight_decay * "
    "w, state"))
def adamw(mine):
    """Adam's step on the bare g, less lr * weight_decay * w."""
    return examine(mine, ADAMWS, "the points are not those of AdamW on eight steps of four weights",
                    weight_decay=0.2, **HYPER)
