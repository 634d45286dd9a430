"""Checks of notebook 05, descend the gradient.

Each table of known answers begins with the right one, whose fault is None.

Notebooks: 05.
"""
import math

import numpy as np

from course_lib.checks.answers import first_match, unchanged
from course_lib.checks.engine import exercise
from course_lib.landscapes.functions import HIMMELBLAU, quadratic

BOWL = quadratic([1.0, 4.0, 9.0])


def _path(direction, start, lr, n_steps):
    path = [start]
    for _ in range(n_steps):
        path.append(path[-1] - lr * direction(path[-1]))
    return np.array(path)


@exercise("05.1", "Gradient descent", hints=(
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
    if len(mine(quadratic([1.0]), np.ones(1), lr=0.4, n_steps=60)) < 61:
        return "it stops by itself: n_steps steps are asked for, however short they become"
    if np.shape(mine(HIMMELBLAU, np.zeros(2), lr=0.01, n_steps=0)) != (1, 2):
        return (
            "no steps at all (n_steps=0) should give a path that holds the start alone, of shape "
            "(1, 2)"
        )
    other = _path(HIMMELBLAU.grad, np.zeros(2), 0.01, 20)
    return first_match(mine(HIMMELBLAU, np.zeros(2), lr=0.01, n_steps=20), {None: other},
                  "right on one function, but wrong on another with another lr and another number "
                  "of steps")


@exercise("05.2", "The largest stable learning rate", hints=(
    "along each eigenvector of H the run is one-dimensional, and the worst of these directions "
    "decides",
    "every factor 1 - lr * lambda_i must lie strictly between -1 and 1",
    "np.linalg.eigvalsh(H) returns the eigenvalues of a symmetric matrix, the largest one last"))
def largest_stable_lr(mine):
    """The boundary 2/L, where L is the largest eigenvalue of H."""
    turned = quadratic([1.0, 10.0], angle=0.5).hess(np.zeros(2))
    chain = np.array([[4.0, -1.0, 0.0], [-1.0, 3.0, -1.0], [0.0, -1.0, 2.0]])
    for H in (chain, turned, np.array([[4.0]]), np.diag([5.0, 2.0, 3.0])):
        answer = mine(H.copy())
        if np.ndim(answer) != 0:
            return "one number is wanted, the boundary, not an array"
        answer, eigenvalues = float(answer), np.linalg.eigvalsh(H)
        mu, L = eigenvalues[0], eigenvalues[-1]
        fault = first_match(
            answer,
            {
                None: 2 / L,
                "2 / (L + mu) is another famous rate, the fastest: the boundary lies beyond it":
                2 / (L + mu),
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


@exercise("05.3", "The best constant learning rate", hints=(
    "look at the corner of the V: two straight branches meet there",
    "the branches are 1 - lr * mu, falling, and lr * L - 1, rising: set them equal and solve for "
    "lr",
    "put that lr back into 1 - lr * mu and simplify: the factor depends on L - mu and L + mu only"))
def best_lr(mine):
    """The pair (2/(L+mu), (L-mu)/(L+mu))."""
    for mu, L in ((1.0, 10.0), (0.02, 3.0), (5.0, 5.0)):
        answer = mine(mu, L)
        if np.shape(answer) != (2,):
            return "two numbers are wanted, the learning rate and the factor per step that it gives"
        lr, factor = (float(number) for number in answer)
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
                "notebook 10": roots,
                "the lr is right, the factor is not: its square is the factor of the loss": gives
                ** 2,
            },
            f"the lr is right, but for mu = {mu:g} and L = {L:g} the error is not multiplied by "
            f"{factor:.3g}",
        )
        if fault is not None:
            return fault
    return None
