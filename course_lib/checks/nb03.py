"""Checks of notebook 03, descend the gradient.

Each table of known answers begins with the right one, whose fault is None.

Notebooks: 03.
"""
import math

import numpy as np

from course_lib.checks.answers import first_match, unchanged
from course_lib.checks.engine import exercise
from course_lib.landscapes.functions import HIMMELBLAU, quadratic
from course_lib.optimizers.descent import minimize

BOWL = quadratic([1.0, 4.0, 9.0])


def _path(direction, start, lr, n_steps):
    path = [start]
    for _ in range(n_steps):
        path.append(path[-1] - lr * direction(path[-1]))
    return np.array(path)


@exercise("03.1", "Gradient descent", hints=(
    "a run is a list that begins with the start; each pass of the loop adds one new point to it",
    "w_t = w_{t-1} - lr * g(w_{t-1}), where fun(w) returns the pair (loss, g) at the point you are "
    "at now",
    "inside the loop: loss, g = fun(w), then w = w - lr * g (a new array), then path.append(w)"))
def gd(mine):
    """The whole path, start included, of n_steps steps against the gradient at the current point.
    """
    begin = np.array([2.0, -1.0, 0.5])
    path, fault = unchanged(mine, BOWL, begin, names="start", lr=0.05, n_steps=7)
    if fault:
        return fault
    path = np.array(path, dtype=float)
    if path.shape == (3,):
        return (
            "only one point came back, where the whole path is wanted, a row for each point visited"
        )
    if path.shape == (7, 3):
        return (
            "the path has one point too few: it holds the start, and then one point for each step"
        )
    if path.shape != (8, 3):
        return (
            f"7 steps of a point with 3 coordinates make a path of shape (8, 3), not {path.shape}"
        )
    if (path == path[0]).all():
        return (
            "all points of the path are the same: nothing moves, or one array is stored again and "
            "again"
        )
    fault = first_match(path, {
        None: _path(BOWL.grad, begin, 0.05, 7),
        "it walks uphill: the gradient points to where the loss grows fastest":
            _path(lambda w: -BOWL.grad(w), begin, 0.05, 7),
        "it uses the gradient of the start at every step, but each point has a gradient of its own":
            _path(lambda w: BOWL.grad(begin), begin, 0.05, 7),
        "every step has length lr: the gradient was divided by its length, which is another method":
            _path(lambda w: BOWL.grad(w) / np.linalg.norm(BOWL.grad(w)), begin, 0.05, 7),
        "it subtracts the loss: fun(w) returns the pair (loss, grad), and the second one is wanted":
            _path(BOWL.fun, begin, 0.05, 7),
    }, "the points are not those of gradient descent")
    if fault is not None:
        return fault
    if np.shape(mine(HIMMELBLAU, np.zeros(2), lr=0.01, n_steps=0)) != (1, 2):
        return (
            "no steps at all (n_steps=0) should give a path that holds the start alone, of shape "
            "(1, 2)"
        )
    other = _path(HIMMELBLAU.grad, np.zeros(2), 0.01, 20)
    return first_match(mine(HIMMELBLAU, np.zeros(2), lr=0.01, n_steps=20), {None: other},
                  "right on one function, but wrong on another with another lr and another number "
                  "of steps")


@exercise("03.2", "The largest stable learning rate", hints=(
    "along each eigenvector of H the run is one-dimensional, and the worst of these directions "
    "decides",
    "every factor 1 - lr * lambda_i must lie strictly between -1 and 1",
    "np.linalg.eigvalsh(H) returns the eigenvalues of a symmetric matrix, the largest one last"))
def largest_stable_lr(mine):
    """The boundary 2/L, where L is the largest eigenvalue of H."""
    turned = quadratic([1.0, 10.0], angle=0.5).hess(np.zeros(2))
    chain = np.array([[2.0, -1.0, 0.0], [-1.0, 2.0, -1.0], [0.0, -1.0, 2.0]])
    for H in (turned, np.array([[4.0]]), np.diag([5.0, 2.0, 3.0]), chain):
        answer, eigenvalues = float(mine(H.copy())), np.linalg.eigvalsh(H)
        mu, L = eigenvalues[0], eigenvalues[-1]
        fault = first_match(
            answer,
            {
                None: 2 / L,
                "that rate has the best guaranteed decrease, but runs still converge well "
                "above it": 1
                / L,
                "that is the boundary of the flattest direction, and the steepest one has long "
                "diverged": 2 / mu,
                "that is a curvature, not a rate: the larger the curvature, the smaller the "
                "boundary": L,
                "the diagonal of H shows the curvatures only where the axes are its eigenvectors": 2
                / np.diag(H).max(),
                "the trace is the sum of all eigenvalues, where one of them alone decides": 2
                / np.trace(H),
                "np.linalg.norm(H) is the root of the sum of squares of all entries, not an "
                "eigenvalue": 2 / np.linalg.norm(H),
            },
            f"for H = {H.round(2).tolist()} the boundary of divergence is not {answer:.3g}",
        )
        if fault is not None:
            return fault
    return None


def _slope(t, values):
    return np.polyfit(t, values, 1)[0]


@exercise("03.3", "The rate, fitted to a run", hints=(
    "on a logarithmic axis the tail is a straight line; what does its slope say about one step?",
    "log(error_t) = constant + t * log(factor), so the slope of the line is log(factor)",
    "np.polyfit(t, np.log(errors[t]), 1)[0] is the slope over the records t; math.exp undoes the "
    "log"))
def fitted_rate(mine):
    """The factor per step: exp of the slope of log(errors) over the second half."""
    t = np.arange(201)
    run = minimize(quadratic([1.0, 5.0]), [1.0, 1e7], "sgd", lr=0.1, n_steps=200)
    rippled = 0.8**t * (1 + 0.4 * (-1.0)**t)
    for errors, factor in ((np.linalg.norm(run.w, axis=-1), 0.9), (rippled, 0.8)):
        answer, tail, logs = float(mine(errors.copy())), t[100:], np.log(errors)
        fault = None if abs(answer - factor) < 1e-3 else first_match(answer, {
            "that is the slope of the line, the logarithm of the factor": _slope(tail, logs[100:]),
            "base 10 went in and base e came out: log10 is undone by a power of 10":
                math.exp(_slope(tail, np.log10(errors[100:]))),
            "base e went in and base 10 came out: np.log is undone by math.exp":
                10**_slope(tail, logs[100:]),
            "that fits the whole record, and its first half holds a transient that dies out at "
            "another speed":
                math.exp(_slope(t, logs)),
            "that fits a line to the errors themselves, which are straight only on a logarithmic "
            "axis":
                _slope(tail, errors[100:]),
            "that compares only the last two records; this one ripples, and a fit averages the "
            "ripple out":
                errors[-1] / errors[-2],
            "that compares the last record with the first, and so counts the transient in":
                (errors[-1] / errors[0])**(1 / 200),
        }, f"a record whose tail shrinks by {factor} in each step was said to shrink by "
           f"{answer:.3g}")
        if fault is not None:
            return fault
    return None


@exercise("03.4", "The best constant learning rate", hints=(
    "look at the corner of the V: two straight branches meet there",
    "the branches are 1 - lr * mu, falling, and lr * L - 1, rising: set them equal and solve for "
    "lr",
    "put that lr back into 1 - lr * mu and simplify: the factor depends on L - mu and L + mu only"))
def best_lr(mine):
    """The pair (2/(L+mu), (L-mu)/(L+mu))."""
    for mu, L in ((1.0, 10.0), (0.02, 3.0), (5.0, 5.0)):
        if np.shape(mine(mu, L)) != (2,):
            return "two numbers are wanted, the learning rate and the factor per step that it gives"
        lr, factor = (float(number) for number in mine(mu, L))
        right, gives = 2 / (L + mu), (L - mu) / (L + mu)
        roots = (math.sqrt(L) - math.sqrt(mu)) / (math.sqrt(L) + math.sqrt(mu))
        fault = first_match(
            lr,
            {
                None: right,
                "the two numbers are in the wrong order: first the learning rate, then "
                "the factor": gives,
                "that lr serves the steepest direction alone and leaves the flattest one slow": 1
                / L,
                "that lr is the boundary of divergence: the steepest direction bounces for ever": 2
                / L,
                "that lr is half of what the two branches allow: write down again where "
                "they meet": 1
                / (L + mu),
                "that lr serves the flattest direction alone and makes the steepest one diverge": 1
                / mu,
            },
            f"for mu = {mu:g} and L = {L:g} the two branches do not meet at lr = {lr:.3g}",
        )
        fault = fault or first_match(
            factor,
            {
                None: gives,
                "the lr is right, the factor is not: above 1 nothing shrinks, so the fraction "
                "stands "
                "upside down": (L + mu) / max(L - mu, 1e-9),
                "the lr is right, the factor is not: it belongs to lr = 1/L": 1 - mu / L,
                "the lr is right, the factor is not: its roots belong to momentum, in "
                "notebook 06": roots,
                "the lr is right, the factor is not: its square is what the loss shrinks by": gives
                ** 2,
            },
            f"the lr is right, but for mu = {mu:g} and L = {L:g} the distance does not shrink by "
            f"{factor:.3g}",
        )
        if fault is not None:
            return fault
    return None


CASES = (  # g, mu, gap, whether the run may stop, what a wrong answer to that means
    ([0.5, 0.0], 0.5, 0.2, False,
     "it stops where the inequality does not yet prove the gap: is the 2, or mu, on the wrong "
     "side?"),
    ([0.5, 0.0], 0.5, 0.3, True,
     "it goes on where the inequality already proves the gap: is the length squared, the 2 in its "
     "place?"),
    ([0.1] * 100, 0.5, 0.5, False,
     "it looks at single coordinates: a hundred small ones make a long gradient"),
    ([5.0, -5.0], 0.5, 0.1, False,
     "coordinates of opposite sign cancelled: they are squared before they are added"),
    ([0.3, 0.4], 0.5, 0.3, True,
     "it makes the gradient too long: the squares of the coordinates are added, not their sizes"),
    ([0.01, 0.0], 1e-6, 0.1, False,
     "mu plays no part in it: where a function is flat, a small gradient proves little"),
    ([1e-9, 0.0], 0.0, 0.1, False,
     "with mu = 0 a gradient that is not zero proves nothing, however small it is"),
    ([0.0, 0.0], 0.0, 0.1, True,
     "with mu = 0 and g = 0 a convex function is at its minimum: dividing by mu hides that"),
    ([math.nan, 0.0], 0.5, 0.1, False,
     "a NaN gradient proves nothing, and must not count as finished"),
)


@exercise("03.5", "A stopping rule that proves something", hints=(
    "which inequality of this section has the gap on one side and the gradient on the other?",
    "f(w) - f* <= |g|^2 / (2 mu): demand that the right-hand side is at most the gap",
    "multiply by 2 mu, so that nothing is divided by zero: return (g * g).sum() <= 2 * mu * gap"))
def can_stop(mine):
    """True exactly when |g|^2 <= 2 mu gap."""
    for g, mu, gap, expected, fault in CASES:
        answer = mine(np.array(g), mu=mu, gap=gap)
        if not isinstance(answer, bool | np.bool_):
            return "the answer must be one True or False"
        if answer != expected:
            return fault
    return None
