"""Two tests of an Adam, and ten wrong ones to try them on: one step on an ordinary gradient, and
the five gradients of `paths`.

Notebooks: 27.
"""
import numpy as np

from course_lib.frameworks.paths import HYPER, distance, path_of
from course_lib.optimizers.calling import mutant
from course_lib.optimizers.rules import adam

ONE_W, ONE_G = np.array([1.0, -2.0, 0.5]), np.array([0.5, -3.0, 2.0])
ADAM = {name: HYPER[name] for name in ("beta1", "beta2", "eps")}
WRONG = {  # what is wrong -> a piece of the right source, and what stands in its place
    "the clock stays at 1": ('state.get("t", 0) + 1', "1"),
    "v for v_hat": ("np.sqrt(v_hat)", "np.sqrt(v)"),
    "m for m_hat": ("lr * m_hat", "lr * m"),
    "v forgets the past": ('beta2 * state.get("v", 0.0)', "0.0"),
    "m is never stored": ('"m": m, ', ""),
    "eps inside the root": ("np.sqrt(v_hat) + eps", "np.sqrt(v_hat + eps)"),
    "no eps": ("np.sqrt(v_hat) + eps", "np.sqrt(v_hat)"),
    "beta2 in m": ('beta1 * state.get("m"', 'beta2 * state.get("m"'),
    "one power too few": ("1 - beta2**t", "1 - beta2"),
    "uphill": ("w = w - lr", "w = w + lr"),
}


def passes_one_step(step):
    """Return whether a rule passes the test that many write: Adam's first step is lr * sign(g)."""
    w, _ = step(ONE_W, ONE_G, {}, lr=0.1, beta1=0.9, beta2=0.999, eps=1e-8)
    return bool(np.allclose(w, ONE_W - 0.1 * np.sign(ONE_G), atol=1e-6))


def caught_by_table(step):
    """Return whether a rule leaves Adam's path on the five gradients."""
    return not distance(path_of(step, ADAM), path_of(adam, ADAM)) < 1e-9  # NaN is caught too


def ten_wrong_adams():
    """Return {what is wrong: (passes the one-step test, is caught by the five gradients)}."""
    found = {}
    with np.errstate(all="ignore"):
        for name, pieces in WRONG.items():
            step = mutant(adam, pieces)
            found[name] = passes_one_step(step), caught_by_table(step)
    return found
