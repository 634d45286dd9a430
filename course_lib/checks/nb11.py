"""Checks of notebook 11, look ahead with Nesterov.

Each table of known answers begins with the right one, whose fault is None.

Notebooks: 11.
"""
import numpy as np

from course_lib.checks.answers import agrees, first_match, unchanged
from course_lib.checks.engine import exercise
from course_lib.landscapes.functions import ROSENBROCK, quadratic
from course_lib.optimizers.momentum_theory import accelerated as original_accelerated
from course_lib.optimizers.momentum_theory import lookahead_nesterov as original_nesterov


def _asked_at(point, fun, w, v, lr, beta):
    _, g = fun(point)
    v = beta * v + g
    return np.stack([w - lr * v, v])


@exercise("11.1", "Nesterov's look-ahead", hints=(
    "Where would the old velocity alone carry you? Ask for the gradient there, and step from where "
    "you are.",
    "g = g(w - lr*beta*v), then v = beta*v + g and w = w - lr*v.",
    "loss, g = fun(w - lr * beta * v) comes first, and w itself is not moved there."))
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
        if fault := _other_convention(mine, fun, w, v, lr, beta):
            return fault
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
                "the sign of the old velocity is turned, and there is no look-ahead": np.stack(
                    [w + lr * (beta * v - fun(w)[1]), fun(w)[1] - beta * v]
                ),
                "the gradient was clipped to [-1, 1]: use it as it comes":
                    _clipped(fun, w, v, lr, beta),
                "the gradient was multiplied by 1 - beta: that is the form with an average":
                    _averaged(fun, w, v, lr, beta),
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


def _clipped(fun, w, v, lr, beta):
    v = beta * v + np.clip(fun(w - lr * beta * v)[1], -1, 1)
    return np.stack([w - lr * v, v])


def _averaged(fun, w, v, lr, beta):
    v = beta * v + (1 - beta) * fun(w - lr * beta * v)[1]
    return np.stack([w - lr * v, v])


def _other_convention(mine, fun, w, v, lr, beta):
    """Return the sentence for a right step whose velocity holds the learning rate, or None."""
    w_new, v_new = original_nesterov(fun, w, v, lr=lr, beta=beta)
    for sign, form in ((1, "v = beta*v - lr*g, w = w + v"), (-1, "v = beta*v + lr*g, w = w - v")):
        answer = mine(fun, w.copy(), -sign * lr * v, lr=lr, beta=beta)
        if agrees(np.array(answer), np.stack([w_new, -sign * lr * v_new])):
            return (
                f"the look-ahead is right, in another convention, {form}: here the velocity is "
                "free of lr, v = beta*v + g, w = w - lr*v"
            )
    return None


@exercise("11.2", "How far they part", hints=(
    "Just after the drop, compare the two next steps: which part of Keras' step still has the old "
    "rate in it?",
    "The k-th step after the drop: Keras' is longer by (lr_old - lr_new) * beta^k * g/(1 - beta). "
    "Sum over k >= 1.",
    "beta + beta^2 + ... is beta/(1 - beta), and there is another 1/(1 - beta) from the velocity."))
def parting(mine):
    """(lr_old - lr_new) beta / (1 - beta)^2 times g."""
    for old, new, beta, g in ((0.5, 0.2, 0.8, 3.0), (0.2, 0.02, 0.95, 1.0)):
        answer = mine(lr_old=old, lr_new=new, beta=beta, g=g)
        if np.shape(answer) != ():
            return "one number is wanted, the distance between the two in the end"
        drop, right = old - new, (old - new) * beta / (1 - beta)**2 * g
        fault = first_match(float(answer), {
            None: right,
            "the sign is wrong: Keras' form is the one that goes further": -right,
            "that is only the first step after the drop; the old rate leaks out over many steps":
                drop * beta / (1 - beta) * g,
            "the first step after the drop already has one factor beta: the sum starts at beta, "
            "not at 1":
                drop / (1 - beta)**2 * g,
            "the velocity at full speed is g/(1 - beta), and what is left of it has to be summed "
            "over the steps":
                drop * beta * g,
            "the new rate plays a part: without a drop the two would not part at all":
                old * beta / (1 - beta)**2 * g,
            "the distance is proportional to the gradient g": drop * beta / (1 - beta)**2,
        }, f"for a drop from {old:g} to {new:g}, beta = {beta:g} and g = {g:g} they do not part by "
           f"{float(answer):.3g}")
        if fault is not None:
            return fault
    return None


STEPS = 6


def _grown(fun, w, lr, beta=lambda t: (t - 1) / (t + 2), at="y", keep="w"):
    """Return the points of a run with momentum beta(t); gradients at y or w, points w or y kept."""
    y, points, kept = w, [w], [w]
    for t in range(1, STEPS + 1):
        here = y if at == "y" else points[-1]
        points.append(y - lr * fun(here)[1])
        y = points[-1] + beta(t) * (points[-1] - points[-2])
        kept.append(points[-1] if keep == "w" else y)
    return np.array(kept)


@exercise("11.3", "A momentum that grows", hints=(
    "Follow the two points with pencil and paper for two steps: after the first, y and w are the "
    "same, since beta_1 = 0.",
    "w_new = y - lr * g(y), then y = w_new + (t - 1)/(t + 2) * (w_new - w).",
    "for t in range(1, n_steps + 1): old, w = w, y - lr * fun(y)[1]; then "
    "y = w + (t - 1) / (t + 2) * (w - old), and keep w."))
def accelerated(mine):
    """All points w, the start first, of Nesterov's method with (t-1)/(t+2)."""
    for fun, start, lr in ((ROSENBROCK, [-1.0, 1.5], 1e-3),
                           (quadratic([0.5, 4.0]), [1.0, -2.0], 0.2)):
        start = np.array(start)
        answer, fault = unchanged(mine, fun, start, names="start", lr=lr, n_steps=STEPS)
        if fault:
            return fault
        if np.shape(answer) == (2,):
            return "all points are wanted, the start first, and only one came back"
        if np.shape(answer) == (STEPS, 2):
            return f"{STEPS} steps make {STEPS + 1} points: the start belongs to them"
        if np.shape(answer) != (STEPS + 1, 2):
            return f"an array of shape (n_steps + 1, n) is wanted, not {np.shape(answer)}"
        fault = first_match(np.array(answer), _known_runs(fun, start, lr),
                            "the points are not those of this method, the first wrong one at step "
                            f"{_first_wrong(np.array(answer), fun, start, lr)}")
        if fault is not None:
            return fault
    return None


def _first_wrong(points, fun, start, lr):
    right = original_accelerated(fun, start, lr=lr, n_steps=STEPS)
    wrong = ~np.isclose(points, right).all(axis=1)
    return int(wrong.argmax())


def _known_runs(fun, start, lr):
    return {
        None: original_accelerated(fun, start, lr=lr, n_steps=STEPS),
        "those are the points y; the points w are wanted": _grown(fun, start, lr, keep="y"),
        "that is gradient descent: y has to run ahead of w": _grown(fun, start, lr, lambda t: 0.0),
        "the gradient is taken at w: take it at y": _grown(fun, start, lr, at="w"),
        "t is one too large: t begins at 1, so beta_1 = 0":
            _grown(fun, start, lr, lambda t: t / (t + 3)),
        "t begins at 1, and it began at 0: the first beta is 0":
            _grown(fun, start, lr, lambda t: (t - 2) / (t + 1)),
        "t is one too small: beta_t = (t - 1)/(t + 2)":
            _grown(fun, start, lr, lambda t: max(0.0, (t - 2) / (t + 1))),
        "beta has to grow with t, and it stays the same": _grown(fun, start, lr, lambda t: 0.9),
        "the momentum has the wrong sign: y lies ahead of w, in the direction in which it moved":
            _grown(fun, start, lr, lambda t: -(t - 1) / (t + 2)),
    }
