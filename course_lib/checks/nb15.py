"""Checks of notebook 15, meet Adam's family: the powers of units, Adadelta and Lion against traces.

Each table of known answers begins with the right one, whose fault is None.

Notebooks: 15.
"""

import numpy as np

from course_lib import optimizers
from course_lib.checks.engine import exercise
from course_lib.checks.update_rules import UPHILL, examine

UNIT_POWERS = {
    "sgd": ((1, 2), {(0, 0): "its step does depend on units: lr stays, and g changes with both of "
                             "them",
                     (1, 1): "(b) g becomes c times as large in u, and a step in u is c times that "
                             "in w",
                     (1, 0): "(b) the gradient in u is c times that in w, and the step is made in "
                             "u",
                     (1, -2): "(b) the unit of w is c times longer, so the numbers u are smaller: "
                              "w = c u"}),
    "adaptive": ((0, 1), {(1, 2): "(a) g/sqrt(v) has no unit: c cancels",
                          (1, 1): "(a) g/sqrt(v) has no unit: c cancels",
                          (0, 0): "(b) the step is about lr in the numbers u, and so c lr as a "
                                  "movement of w",
                          (0, 2): "(b) c cancels in g/sqrt(v); only the way from u to w = c u "
                                  "brings one",
                          (0, -1): "(b) a step of lr in u is a step of c lr in w = c u, not of lr "
                                   "/ c"}),
    "newton": ((0, 0), {(1, 2): "the Hessian changes too, and is divided by",
                        (1, 0): "(a) the Hessian is multiplied by c as the gradient is",
                        (0, 1): "(b) the Hessian in u is c^2 H, so the step in u is 1/c times the "
                                "old one",
                        (0, 2): "(b) the Hessian in u is c^2 H, so the step in u is 1/c times the "
                                "old one",
                        (0, -1): "(b) the step in u is 1/c times the old one; as a movement of w = "
                                 "c u, c times that"}),
}


@exercise("15.1", "Units", hints=(
    "first follow g: what is it multiplied by in (a), and, by the chain rule, in (b)?",
    "(b): the gradient in u is c * g; find the step in u, and multiply it by c to have it in w",
    'for sgd: (a) c, (b) c from the gradient and c from w = c u; so "sgd": (1, 2)'))
def unit_powers(mine):
    """sgd (1, 2), adagrad and rmsprop (0, 1), newton (0, 0)."""
    names = ("sgd", "adagrad", "rmsprop", "newton")
    if not isinstance(mine, dict) or set(mine) != set(names):
        return f"a dict is wanted, with a pair for each of {', '.join(names)}"
    for name in names:
        if np.shape(mine[name]) != (2,):
            return f"{name}: a pair is wanted, the power in (a) and the power in (b)"
        right, known = UNIT_POWERS.get(name, UNIT_POWERS["adaptive"])
        pair = tuple(float(power) for power in mine[name])
        if pair != right:
            return f"{name}: " + known.get(pair, f"the powers are not ({pair[0]:g}, {pair[1]:g})")
    return None


def _adadelta(*, inside=True, top=True, root=True, old=True, square=True, scaled=False, used=True,
              kept=True, sign=1):
    """Return Adadelta, with one of its features changed."""
    def rms(x, eps):
        return np.sqrt(x + eps) if inside else np.sqrt(x) + eps

    def step(w, g, state, *, lr, rho, eps):
        v = rho * state.get("v", 0.0) + (1 - rho) * g * g
        u = state.get("u", 0.0) if kept else 0.0 * g
        if not old:
            u = rho * u + (1 - rho) * (rms(u, eps) / rms(v, eps) * g)**2
        above = rms(u, eps if top else 0.0)
        delta = (above if root else above**2) / (rms(v, eps) if root else rms(v, eps)**2) * g
        kept_step = lr * delta if scaled else delta
        if old:
            u = rho * u + (1 - rho) * (kept_step**2 if square else np.abs(kept_step))
        return w - sign * (lr if used else 1.0) * delta, {"v": v, "u": u}

    return step


def _old_v(w, g, state, *, lr, rho, eps):
    v, u = state.get("v", 0.0 * g), state.get("u", 0.0)
    delta = np.sqrt(u + eps) / np.sqrt(v + eps) * g
    u, v = rho * u + (1 - rho) * delta**2, rho * v + (1 - rho) * g * g
    return w - lr * delta, {"v": v, "u": u}


def _piled_up(w, g, state, *, lr, rho, eps):
    v, u = state.get("v", 0.0), state.get("u", 0.0)
    v = v + rho * v + (1 - rho) * g * g
    delta = np.sqrt(u + eps) / np.sqrt(v + eps) * g
    return w - lr * delta, {"v": v, "u": rho * u + (1 - rho) * delta**2}


def _default(**fixed):
    return lambda w, g, state, **hyper: optimizers.adadelta(w, g, state, **(hyper | fixed))


ADADELTAS = (
    (None, optimizers.adadelta),
    ("nothing moves: u starts at zero, so without eps above, the first step is zero, and all that "
     "follow",
     _adadelta(top=False)),
    ("that is RMSprop: in Adadelta the root of u, the average of past steps squared, stands above",
     optimizers.rmsprop),
    ("it uses the new average of the steps, which already holds this step: the old one stands "
     "above",
     _adadelta(old=False)),
    ("eps stands outside the roots: in Adadelta it is inside both", _adadelta(inside=False)),
    ("the roots are missing: the quotient of the averages is in metres squared",
     _adadelta(root=False)),
    ("u averages the sizes of the steps: their squares are averaged, and the root is taken",
     _adadelta(square=False)),
    ("u averages lr times the step: lr enters only when w moves", _adadelta(scaled=True)),
    ("lr is not used: 1 is only its default", _adadelta(used=False)),
    ("the average of the steps is forgotten: u must grow from state['u']", _adadelta(kept=False)),
    ("it divides by the old average of the squares: v already holds this gradient", _old_v),
    ("the new average is added to the old one: it takes its place", _piled_up),
    ("rho is not used: 0.95 is only its default", _default(rho=0.95)),
    ("eps is not used: 1e-6 is only its default", _default(eps=1e-6)),
    ("rho and eps are not used: 0.95 and 1e-6 are only their defaults",
     _default(rho=0.95, eps=1e-6)),
    (UPHILL, _adadelta(sign=-1)),
)


@exercise("15.2", "Adadelta", hints=(
    "there are two averages; write down in which order v, the step and u are computed",
    "v as in RMSprop; delta = root of (old u + eps) over root of (v + eps), times g; then u from "
    "delta squared",
    'u = state.get("u", 0.0); delta = np.sqrt(u + eps) / np.sqrt(v + eps) * g; u = rho * u + (1 - '
    'rho) * delta**2'))
def adadelta(mine):
    """delta = sqrt(u + eps) / sqrt(v + eps) g with the old u, eps inside both roots."""
    return examine(mine, ADADELTAS, "the points are not those of Adadelta on eight steps of four "
                                    "weights",
                    lr=0.5, rho=0.8, eps=0.01)


def _lion(*, sign=np.sign, shares=lambda beta1, beta2: (beta1, beta2), late=True, stored=True,
          decay=lambda w, new, lr, wd: lr * wd * w, up=1):
    """Return Lion, with one of its features changed."""
    def step(w, g, state, *, lr, beta1, beta2, weight_decay):
        first, second = shares(beta1, beta2)
        m = state.get("m", 0.0 * g)
        after = second * m + (1 - second) * g
        c = first * (m if late else after) + (1 - first) * g
        new = w - up * lr * sign(c)
        return new - decay(w, new, lr, weight_decay), {"m": after if stored else c}

    return step


LIONS = (
    (None, optimizers.lion),
    ("m is updated before the step: c is made of the old m", _lion(late=False)),
    ("m is averaged with beta1, which makes it c: beta2 belongs there", _lion(stored=False)),
    ("beta1 and beta2 are exchanged: beta1 makes c, beta2 keeps m",
     _lion(shares=lambda beta1, beta2: (beta2, beta1))),
    ("beta2 is used for both: c is made with beta1", _lion(shares=lambda b1, b2: (b2, b2))),
    ("the betas are not used: 0.9 and 0.99 are only their defaults",
     _lion(shares=lambda b1, b2: (0.9, 0.99))),
    ("the sign is missing: every weight moves by lr, whatever the size of c", _lion(sign=np.array)),
    ("the weights do not decay", _lion(decay=lambda w, new, lr, wd: 0.0)),
    ("the decay is not multiplied by lr", _lion(decay=lambda w, new, lr, wd: wd * w)),
    ("it shrinks the point after the step: the share is taken of the w that was given",
     _lion(decay=lambda w, new, lr, wd: lr * wd * new)),
    ("the weights grow: the share is taken away, not added",
     _lion(decay=lambda w, new, lr, wd: -lr * wd * w)),
    ("the decay goes into the gradient, and through the sign: it is taken from w itself",
     lambda w, g, state, *, weight_decay, **hyper: optimizers.lion(
         w, g + weight_decay * w, state, **hyper)),
    (UPHILL, _lion(up=-1)),
)


# Signs hide much, so Lion gets more gradients, of which some cancel.
NOISE = np.random.default_rng(0).normal(0.2, 1.0, (40, 4)) * [1.0, 5.0, 0.0, 1.0]


@exercise("15.3", "Lion", hints=(
    "there is one average, and two mixtures of it with g: one for the step, and one to keep",
    "c = beta1 m + (1 - beta1) g; w - lr (sign(c) + weight_decay w); then m = beta2 m + "
    "(1 - beta2) g",
    'm = state.get("m", 0.0); c = beta1 * m + (1 - beta1) * g; return w - lr * (np.sign(c) + '
    'weight_decay * w), {"m": beta2 * m + (1 - beta2) * g}'))
def lion(mine):
    """The sign of c, with the old m, and the decay of the old w."""
    return examine(mine, LIONS, "the points are not those of Lion on forty steps of four weights",
                   gradients=NOISE, lr=0.3, beta1=0.6, beta2=0.8, weight_decay=0.1)
