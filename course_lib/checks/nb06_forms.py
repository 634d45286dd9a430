"""Checks of notebook 06, forms of momentum.

Each table of known answers begins with the right one, whose fault is None.

Notebooks: 06.
"""
import numpy as np

from course_lib.checks import museum
from course_lib.checks.answers import first_match, unchanged
from course_lib.checks.engine import exercise
from course_lib.landscapes.functions import ROSENBROCK, quadratic
from course_lib.optimizers.momentum_theory import lookahead_nesterov as original_nesterov


def _heavy_ball(gradients, w, *, lr, beta, scale=1.0, late=False):
    """Return w and v after the gradients; scale multiplies each of them, late moves w before v is
    renewed.
    """
    v = 0.0 * w
    for g in gradients:
        w = w - lr * v if late else w
        v = beta * v + scale * g
        w = w if late else w - lr * v
    return np.concatenate([w, v])


@exercise("06.1", "A velocity that lasts", exhibit=museum.museum_momentum, returns=False, hints=(
    "print velocities after a call: who was told about the new v?",
    "v = ... gives the name v to a new array; to change the array itself, write into it: v[...] = "
    "...",
    "the line v[...] = beta * v + g writes the new velocity into the array that the list holds"))
def museum_momentum(mine):
    """Heavy ball on a list of arrays, weights and velocities changed."""
    G = [np.array([1.0, -2.0, 0.5]), np.array([0.5, 1.0, -1.0]), np.array([-1.5, 0.25, 2.0])]
    start, beta, lr = np.array([1.0, 2.0, 3.0]), 0.75, 0.1
    weights, velocities = [start[:2].copy(), start[2:].copy()], [np.zeros(2), np.zeros(1)]
    for g in G:
        given = [g[:2].copy(), g[2:].copy()]
        mine(weights, given, velocities, lr=lr, beta=beta)
        if not np.array_equal(np.concatenate(given), g):
            return "it changed the gradients, which belong to the caller"
    w, v = np.concatenate(weights), np.concatenate(velocities)
    if np.array_equal(w, start):
        return (
            "now the weights never move: w = ... binds a name too, where w -= ... changes the array"
        )
    if not v.any():
        return "after three steps all velocities are still zero: the new v never reaches the list"
    moved = _heavy_ball(G, start, lr=lr, beta=beta)
    return first_match(np.concatenate([w, v]), {
        None: moved,
        "the velocity is kept, but the weights still follow the gradient alone":
            np.concatenate([start - lr * sum(G), moved[3:]]),
        "the velocity forgets nothing: the old one must be multiplied by beta":
            _heavy_ball(G, start, lr=lr, beta=1.0),
        "the gradient was multiplied by 1 - beta: that is an average, and the course's velocity is "
        "a sum":
            _heavy_ball(G, start, lr=lr, beta=beta, scale=1 - beta),
        "the weights moved before the velocity was renewed, and so used that of the step before":
            _heavy_ball(G, start, lr=lr, beta=beta, late=True),
        "the weights are right, but the velocity holds the learning rate, which is another "
        "convention":
            np.concatenate([moved[:3], lr * moved[3:]]),
        "the weights are right, but the velocity has the sign and the learning rate of another "
        "convention":
            np.concatenate([moved[:3], -lr * moved[3:]]),
    }, "weights and velocities change, but not as v = beta*v + g, w = w - lr*v")


def _asked_at(point, fun, w, v, lr, beta):
    _, g = fun(point)
    v = beta * v + g
    return np.stack([w - lr * v, v])


@exercise("06.4", "Nesterov's look-ahead", hints=(
    "where would the velocity alone carry you? ask for the gradient there, and step from where you "
    "are",
    "g = g(w - lr*beta*v), then v = beta*v + g and w = w - lr*v",
    "loss, g = fun(w - lr * beta * v) comes first, and w itself is not moved there"))
def nesterov_lookahead(mine):
    """One step: gradient at w - lr*beta*v, then heavy ball's two lines."""
    for fun, w, v, lr, beta in ((quadratic([1.0, 5.0]), [1.0, -2.0], [0.5, 3.0], 0.1, 0.8),
                                (ROSENBROCK, [-1.0, 1.5], [20.0, -10.0], 0.002, 0.5)):
        w, v = np.array(w), np.array(v)
        answer, fault = unchanged(mine, fun, w, v, names="w or v", lr=lr, beta=beta)
        if fault:
            return fault
        if np.shape(answer) != (2, 2):
            return "the pair (w, v) is wanted, in this order"
        w_new, v_new = original_nesterov(fun, w, v, lr=lr, beta=beta)
        at_w = _asked_at(w, fun, w, v, lr, beta)
        fault = first_match(
            np.array(answer),
            {
                None: np.stack([w_new, v_new]),
                "the two are in the wrong order: first the point w, then the velocity v": np.stack(
                    [v_new, w_new]
                ),
                "that is heavy ball: the gradient was taken at w instead of at the look-ahead "
                "point": at_w,
                "it looks back instead of ahead: v is the way uphill, so the look-ahead point is w "
                "minus something": _asked_at(w + lr * beta * v, fun, w, v, lr, beta),
                "the look-ahead point is too far away by 1/lr: the way is lr times "
                "the velocity": _asked_at(
                    w - beta * v, fun, w, v, lr, beta
                ),
                "the look-ahead point lacks beta: the old velocity is multiplied by it before it "
                "moves w": _asked_at(w - lr * v, fun, w, v, lr, beta),
                "the step starts at the look-ahead point, and so takes the old "
                "velocity twice": np.stack(
                    [w_new - lr * beta * v, v_new]
                ),
                "v is right, but w moved by the gradient alone": np.stack(
                    [w - lr * (v_new - beta * v), v_new]
                ),
                "that is the rewritten form: here w is to be the point that walks, not the "
                "look-ahead point": np.stack(
                    [w - lr * (at_w[1] - beta * v + beta * at_w[1]), at_w[1]]
                ),
            },
            "the gradient, or what is done with it, is not that of Nesterov's form",
        )
        if fault is not None:
            return fault
    return None
