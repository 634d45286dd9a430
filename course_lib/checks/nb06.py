"""Checks of notebook 06, add momentum.

Each table of known answers begins with the right one, whose fault is None.
"""
import math

import numpy as np

from course_lib.checks import museum
from course_lib.checks.engine import exercise
from course_lib.landscapes.functions import ROSENBROCK, quadratic
from course_lib.optimizers.momentum_theory import best_heavy_ball
from course_lib.optimizers.momentum_theory import lookahead_nesterov as original_nesterov


def _fault(answer, known, otherwise):
    """Return the fault of the first known value that `answer` agrees with."""
    for fault, value in known.items():
        if np.shape(answer) == np.shape(value) and np.allclose(answer, value, rtol=1e-6, atol=1e-12):
            return fault
    return otherwise


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


@exercise("06.1", "A velocity that lasts", exhibit=museum.museum_momentum, hints=(
    "print velocities after a call: who was told about the new v?",
    "v = ... gives the name v to a new array; to change the array itself, write into it: v[...] = ...",
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
        return "now the weights never move: w = ... binds a name too, where w -= ... changes the array"
    if not v.any():
        return "after three steps all velocities are still zero: the new v never reaches the list"
    moved = _heavy_ball(G, start, lr=lr, beta=beta)
    return _fault(np.concatenate([w, v]), {
        None: moved,
        "the velocity is kept, but the weights still follow the gradient alone":
            np.concatenate([start - lr * sum(G), moved[3:]]),
        "the velocity forgets nothing: the old one must be multiplied by beta":
            _heavy_ball(G, start, lr=lr, beta=1.0),
        "the gradient was multiplied by 1 - beta: that is an average, and the course's velocity is a sum":
            _heavy_ball(G, start, lr=lr, beta=beta, scale=1 - beta),
        "the weights moved before the velocity was renewed, and so used that of the step before":
            _heavy_ball(G, start, lr=lr, beta=beta, late=True),
        "the weights are right, but the velocity holds the learning rate, which is another convention":
            np.concatenate([moved[:3], lr * moved[3:]]),
        "the weights are right, but the velocity has the sign and the learning rate of another convention":
            np.concatenate([moved[:3], -lr * moved[3:]]),
    }, "weights and velocities change, but not as v = beta*v + g, w = w - lr*v")


def _roots(total, product):
    return np.roots([1.0, -total, product])


@exercise("06.2", "The factor per step", hints=(
    "the point is multiplied by two numbers z, and the larger one in size wins in the long run",
    "z^2 - (1 + beta - lr_lam) z + beta = 0; the roots may be complex, and abs() gives the size of both kinds",
    "np.roots([1, -(1 + beta - lr_lam), beta]) returns both roots: take abs of them, then the max"))
def spectral_radius(mine):
    """The larger absolute value of the two roots."""
    for a, beta in ((0.05, 0.2), (3.6, 0.64), (0.5, 0.81), (4.2, 0.3)):
        answer, z = mine(a, beta), _roots(1 + beta - a, beta)
        if np.shape(answer) != ():
            return "one number is wanted, the size of the larger root"
        if np.iscomplexobj(answer):
            return "a factor is a real number: abs() gives the size of a complex root"
        fault = _fault(float(answer), {
            None: abs(z).max(),
            "that is the factor of plain gradient descent, without beta": abs(1 - a),
            "sqrt(beta) is right only where the roots are complex": math.sqrt(beta),
            "that is the root that dies out first: in the long run the larger one is left": abs(z).min(),
            "the largest root may be negative: compare their sizes, not the roots": z.real.max(),
            "the last term of the equation has the wrong sign: it is + beta":
                abs(_roots(1 + beta - a, -beta)).max(),
            "the middle term misses beta: w_t depends on (1 + beta - lr_lam) w_(t-1)":
                abs(_roots(1 - a, beta)).max(),
            "the gradient was multiplied by 1 - beta: that is the form with an average":
                abs(_roots(1 + beta - (1 - beta) * a, beta)).max(),
        }, f"for lr_lam = {a} and beta = {beta} the point is not multiplied by {float(answer):.3g} in the long run")
        if fault is not None:
            return fault
    return None


@exercise("06.3", "The best learning rate and momentum", hints=(
    "both curvatures must lie on the border of the region with complex roots, one on each side",
    "lr * mu = (1 - sqrt(beta))^2 and lr * L = (1 + sqrt(beta))^2: divide one by the other",
    "sqrt(beta) = (sqrt(L) - sqrt(mu)) / (sqrt(L) + sqrt(mu)), then lr = (1 + sqrt(beta))**2 / L"))
def best_momentum(mine):
    """The pair (lr, beta) of Polyak."""
    for mu, L in ((1.0, 9.0), (0.5, 40.0), (3.0, 3.0)):
        if np.shape(mine(mu, L)) != (2,):
            return "two numbers are wanted, the learning rate and beta"
        lr, beta = (float(number) for number in mine(mu, L))
        right_lr, right_beta, r = best_heavy_ball(mu, L)
        fault = _fault(lr, {
            None: right_lr,
            "the two numbers are in the wrong order: first the learning rate, then beta": right_beta,
            "that lr is the best one without momentum": 2 / (L + mu),
            "that lr is the usual one of Nesterov's momentum; heavy ball may take longer steps": 1 / L,
            "that lr is on the edge of divergence without momentum": 2 / L,
            "that lr lacks a square: lr * L = (1 + sqrt(beta))^2": (1 + r) / L,
            "that lr has beta where sqrt(beta) belongs": (1 + right_beta)**2 / L,
        }, f"for mu = {mu:g} and L = {L:g} another lr than {lr:.3g} puts both curvatures on the border")
        fault = fault or _fault(beta, {
            None: right_beta,
            "the lr is right, but that is sqrt(beta), the factor per step": r,
            "the lr is right, but that beta has L and mu where their roots belong": ((L - mu) / (L + mu))**2,
            "the lr is right, but that is the factor per step of gradient descent": (L - mu) / (L + mu),
        }, f"the lr is right, but for mu = {mu:g} and L = {L:g} beta is not {beta:.3g}")
        if fault is not None:
            return fault
    return None


def _asked_at(point, fun, w, v, lr, beta):
    _, g = fun(point)
    v = beta * v + g
    return np.stack([w - lr * v, v])


@exercise("06.4", "Nesterov's look-ahead", hints=(
    "where would the velocity alone carry you? ask for the gradient there, and step from where you are",
    "g = g(w - lr*beta*v), then v = beta*v + g and w = w - lr*v",
    "loss, g = fun(w - lr * beta * v) comes first, and w itself is not moved there"))
def nesterov_lookahead(mine):
    """One step: gradient at w - lr*beta*v, then heavy ball's two lines."""
    for fun, w, v, lr, beta in ((quadratic([1.0, 5.0]), [1.0, -2.0], [0.5, 3.0], 0.1, 0.8),
                                (ROSENBROCK, [-1.0, 1.5], [20.0, -10.0], 0.002, 0.5)):
        w, v = np.array(w), np.array(v)
        kept = np.stack([w, v])
        answer = mine(fun, w, v, lr=lr, beta=beta)
        if not np.array_equal(np.stack([w, v]), kept):
            return "it changed the w or v it was given: w -= ... writes into that array, w = w - ... makes another"
        if np.shape(answer) != (2, 2):
            return "the pair (w, v) is wanted, in this order"
        w_new, v_new = original_nesterov(fun, w, v, lr=lr, beta=beta)
        at_w = _asked_at(w, fun, w, v, lr, beta)
        fault = _fault(np.array(answer), {
            None: np.stack([w_new, v_new]),
            "the two are in the wrong order: first the point w, then the velocity v": np.stack([v_new, w_new]),
            "that is heavy ball: the gradient was taken at w instead of at the look-ahead point": at_w,
            "it looks back instead of ahead: v is the way uphill, so the look-ahead point is w minus something":
                _asked_at(w + lr * beta * v, fun, w, v, lr, beta),
            "the look-ahead point is too far away by 1/lr: the way is lr times the velocity":
                _asked_at(w - beta * v, fun, w, v, lr, beta),
            "the look-ahead point lacks beta: the old velocity is multiplied by it before it moves w":
                _asked_at(w - lr * v, fun, w, v, lr, beta),
            "the step starts at the look-ahead point, and so takes the old velocity twice":
                np.stack([w_new - lr * beta * v, v_new]),
            "v is right, but w moved by the gradient alone": np.stack([w - lr * (v_new - beta * v), v_new]),
            "that is the rewritten form: here w is to be the point that walks, not the look-ahead point":
                np.stack([w - lr * (at_w[1] - beta * v + beta * at_w[1]), at_w[1]]),
        }, "the gradient, or what is done with it, is not that of Nesterov's form")
        if fault is not None:
            return fault
    return None


@exercise("06.5", "How far they part", hints=(
    "just after the drop, compare the two next steps: which part of Keras' step still has the old rate in it?",
    "k steps after the drop Keras' step is longer by (lr_old - lr_new) * beta^k * g/(1 - beta): sum over k >= 1",
    "beta + beta^2 + ... is beta/(1 - beta), and there is another 1/(1 - beta) from the velocity"))
def parting(mine):
    """(lr_old - lr_new) beta / (1 - beta)^2 times g."""
    for old, new, beta, g in ((0.5, 0.2, 0.8, 3.0), (0.2, 0.02, 0.95, 1.0)):
        answer = mine(lr_old=old, lr_new=new, beta=beta, g=g)
        if np.shape(answer) != ():
            return "one number is wanted, the distance between the two in the end"
        drop, right = old - new, (old - new) * beta / (1 - beta)**2 * g
        fault = _fault(float(answer), {
            None: right,
            "the sign is wrong: Keras' form is the one that goes further": -right,
            "that is only the first step after the drop; the old rate leaks out over many steps":
                drop * beta / (1 - beta) * g,
            "the first step after the drop already has one factor beta: the sum starts at beta, not at 1":
                drop / (1 - beta)**2 * g,
            "the velocity at full speed is g/(1 - beta), and what is left of it has to be summed over the steps":
                drop * beta * g,
            "the new rate plays a part: without a drop the two would not part at all":
                old * beta / (1 - beta)**2 * g,
            "the distance is proportional to the gradient g": drop * beta / (1 - beta)**2,
        }, f"for a drop from {old:g} to {new:g}, beta = {beta:g} and g = {g:g} they do not part by {float(answer):.3g}")
        if fault is not None:
            return fault
    return None
