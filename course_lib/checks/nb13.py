"""Checks of notebook 13, adapt the learning rate: AdaGrad and RMSprop against traces of
known rules.

Each table of known answers begins with the right one, whose fault is None.

Notebooks: 13.
"""

import numpy as np

from course_lib import optimizers
from course_lib.checks.engine import exercise
from course_lib.checks.update_rules import UPHILL, examine

BEFORE = "it divides by the old average, in which the gradient of this step is still missing"
NO_EPS = "eps is missing: where every gradient so far was zero, that is 0/0"
FORGETS = (
    "nothing is remembered: each step divides by the size of its own gradient alone, so v must "
    "grow from state['v']"
)


OWN_EPS = "the eps that was given is not used: 1e-8 is only its default"
NO_GRADIENT = "the gradient is missing above the fraction line: the step is lr * g over the root"


def _rule(average, move):
    """Return a rule with one memory: v = average(old v, g, hyper), then a step of lr * move(g, v,
    eps).
    """
    def step(w, g, state, *, lr, eps, rho=None):
        v = average(state.get("v", 0.0), g, rho)
        return w - lr * move(g, v, eps), {"v": v}

    return step


def _over_root(g, v, eps):
    return g / (np.sqrt(v) + eps)


def _inside(g, v, eps):
    return g / np.sqrt(v + eps)


def _no_root(g, v, eps):
    return g / (v + eps)


def _alone(g, v, eps):
    return 1 / (np.sqrt(v) + eps)


def _own_eps(g, v, eps):
    return g / (np.sqrt(v) + 1e-8)


def _add(v, g, rho):
    return v + g * g


def _leak(v, g, rho):
    return rho * v + (1 - rho) * g * g


def _late(average):
    """Return the rule that divides by v as it was before this gradient."""
    def step(w, g, state, *, lr, eps, rho=None):
        v = state.get("v", 0.0 * g)
        return w - lr * _over_root(g, v, eps), {"v": average(v, g, rho)}

    return step


def _mean(w, g, state, *, lr, eps):
    t, v = state.get("t", 0) + 1, state.get("v", 0.0) + g * g
    return w - lr * _over_root(g, v / t, eps), {"t": t, "v": v}


def _with_eps(w, g, state, *, lr, eps):
    v = state.get("v", 0.0) + g * g + eps
    return w - lr * g / np.sqrt(v), {"v": v}


def _from_first(w, g, state, *, lr, rho, eps):
    v = _leak(state["v"], g, rho) if state else g * g
    return w - lr * _over_root(g, v, eps), {"v": v}


ADAGRADS = (
    (None, optimizers.adagrad),
    ("it accumulates the gradients themselves, which cancel when the sign alternates; their "
     "squares are summed",
     _rule(lambda v, g, rho: v + g, _over_root)),
    ("it adds up the sizes |g|: the squares are summed, and then the root is taken",
     _rule(lambda v, g, rho: v + np.abs(g), _no_root)),
    (FORGETS, _rule(lambda v, g, rho: g * g, _over_root)),
    ("that sum leaks, which makes it RMSprop: AdaGrad forgets nothing",
     _rule(lambda v, g, rho: 0.9 * v + 0.1 * g * g, _over_root)),
    ("it divides by the root of the mean square, so its rates do not fall: AdaGrad has the sum",
     _mean),
    ("the root is missing: the step must not depend on the unit of the gradient",
     _rule(_add, _no_root)),
    ("eps stands inside the root: here it is added outside, after the root", _rule(_add, _inside)),
    (BEFORE.replace("average", "sum"), _late(_add)),
    ("one sum serves all coordinates: every coordinate has a sum of its own",
     _rule(lambda v, g, rho: v + (g * g).sum(), _over_root)),
    (NO_EPS, _rule(_add, lambda g, v, eps: g / np.sqrt(v))),
    ("eps is added to v at every step, and adds up: it belongs beside the root, once", _with_eps),
    (NO_GRADIENT, _rule(_add, _alone)),
    (OWN_EPS, _rule(_add, _own_eps)),
    (UPHILL, _rule(_add, lambda g, v, eps: -_over_root(g, v, eps))),
)


@exercise("13.1", "AdaGrad", hints=(
    "what must be remembered of all past gradients, and what is done with it in the step?",
    "v = old v + g squared, old v being 0 at first; the step is lr * g / (root of v, plus eps)",
    'v = state.get("v", 0.0) + g * g, then w - lr * g / (np.sqrt(v) + eps), and return it with '
    '{"v": v}'))
def adagrad(mine):
    """v sums the squares; the step is lr g / (sqrt(v) + eps)."""
    return examine(mine, ADAGRADS, "the points are not those of AdaGrad on eight steps of four "
                                   "weights",
                    lr=0.3, eps=0.01)


RMSPROPS = (
    (None, optimizers.rmsprop),
    ("that is AdaGrad still: the sum must leak, by the factor rho", _rule(_add, _over_root)),
    ("the new square enters with its full weight: it needs the factor 1 - rho, or v is no average",
     _rule(lambda v, g, rho: rho * v + g * g, _over_root)),
    ("the weights are exchanged: rho belongs to the old average, 1 - rho to the new square",
     _rule(lambda v, g, rho: (1 - rho) * v + rho * g * g, _over_root)),
    ("it averages the gradient, which is near zero where the sign alternates; its square is "
     "averaged",
     _rule(lambda v, g, rho: rho * v + (1 - rho) * g, _over_root)),
    ("it averages the gradient, which is near zero where the sign alternates; its square is "
     "averaged",
     _rule(lambda v, g, rho: rho * v + (1 - rho) * g, lambda g, v, eps: g / (np.abs(v) + eps))),
    ("rho is not used: 0.9 is only its default",
     _rule(lambda v, g, rho: 0.9 * v + 0.1 * g * g, _over_root)),
    (FORGETS, _rule(lambda v, g, rho: g * g, _over_root)),
    (FORGETS, _rule(lambda v, g, rho: (1 - rho) * g * g, _over_root)),
    ("the root is missing: the step must not depend on the unit of the gradient",
     _rule(_leak, _no_root)),
    ("eps stands inside the root: here it is added outside, after the root", _rule(_leak, _inside)),
    (BEFORE, _late(_leak)),
    ("that corrects v for its start at zero, which Adam does and RMSprop does not",
     lambda w, g, state, *, lr, rho, eps: optimizers.adam(w, g, state, lr=lr, beta1=0.0, beta2=rho,
                                                          eps=eps)),
    (NO_EPS, _rule(_leak, lambda g, v, eps: g / np.sqrt(v))),
    ("the average begins with the first square: it begins at 0", _from_first),
    ("1 - rho is squared along with g: only g is", _rule(
        lambda v, g, rho: rho * v + ((1 - rho) * g)**2, _over_root)),
    ("the new average is added to the old one: it takes its place", _rule(
        lambda v, g, rho: v + _leak(v, g, rho), _over_root)),
    (NO_GRADIENT, _rule(_leak, _alone)),
    (OWN_EPS, _rule(_leak, _own_eps)),
    ("rho and eps are not used: 0.9 and 1e-8 are only their defaults",
     _rule(lambda v, g, rho: 0.9 * v + 0.1 * g * g, _own_eps)),
    (UPHILL, _rule(_leak, lambda g, v, eps: -_over_root(g, v, eps))),
)


@exercise("13.2", "RMSprop", hints=(
    "take your AdaGrad and change the line that makes v: it becomes an average that forgets",
    "v = rho times the old v, plus 1 - rho times g squared; the step is as before",
    'v = rho * state.get("v", 0.0) + (1 - rho) * g * g'))
def rmsprop(mine):
    """v is a moving average of the squares; the step is lr g / (sqrt(v) + eps)."""
    return examine(mine, RMSPROPS, "the points are not those of RMSprop on eight steps of four "
                                   "weights",
                    lr=0.3, rho=0.8, eps=0.01)
