"""Checks of notebook 10, forms of momentum.

Each table of known answers begins with the right one, whose fault is None.

Notebooks: 10.
"""
import numpy as np

from course_lib.checks import museum
from course_lib.checks.answers import first_match
from course_lib.checks.engine import exercise


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


def _nesterov(gradients, w, *, lr, beta):
    v = 0.0 * w
    for g in gradients:
        v = beta * v + g
        w = w - lr * (g + beta * v)
    return np.concatenate([w, v])


@exercise("10.1", "A velocity that lasts", exhibit=museum.museum_momentum, returns=False, hints=(
    "Print velocities after a call: who was told about the new v?",
    "v = ... gives the name v to a new array; to change the array itself, write into it: v[...] = "
    "and so on.",
    "The line v[...] = beta * v + g writes the new velocity into the array that the list holds."))
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
        "that is an average with the other sign, v = beta*v - (1 - beta)*g, w += lr*v: here the "
        "velocity is a sum, v = beta*v + g, w -= lr*v":
            _heavy_ball(G, start, lr=lr, beta=beta, scale=1 - beta) * np.repeat([1, -1], 3),
        "the old velocity is subtracted: v = beta*v + g adds the gradient to what is left of it":
            _heavy_ball(G, start, lr=lr, beta=-beta),
        "w walks uphill: it moves against the velocity, w -= lr * v":
            _heavy_ball(G, start, lr=-lr, beta=beta),
        "that is Nesterov's form, w -= lr * (g + beta*v); heavy ball moves by the velocity alone":
            _nesterov(G, start, lr=lr, beta=beta),
    }, "weights and velocities change, but not as v = beta*v + g, w = w - lr*v")
