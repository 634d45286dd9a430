"""Checks of notebook 04, escape from a saddle.

Each table of known answers begins with the right one, whose fault is None.

Notebooks: 04.
"""
import math

import numpy as np

from course_lib.checks.answers import unchanged
from course_lib.checks.engine import exercise
from course_lib.landscapes.functions import SADDLE, quadratic

ESCAPES = (  # lam, lr, offset, distance
    (-2.0, 0.1, 1e-2, 1.0), (-2.0, 0.1, -1e-8, 1.0), (-0.5, 0.3, 1e-5, 10.0),
    (-1.0, 0.01, 0.05, 0.5), (-6.0, 0.25, 1e-3, 1.0), (-10.0, 0.1, 0.25, 1.0))


@exercise("04.1", "The escape step", hints=(
    "each step multiplies the distance from the saddle by one factor; how many factors from the "
    "offset to the distance?",
    "|offset| (1 - lr lam)^t >= distance; take logarithms, and round up",
    "math.ceil(math.log(distance / abs(offset)) / math.log(1 - lr * lam)), after the cases that "
    "never leave"), seconds=5)
def escape_step(mine):
    """The first whole t with |offset| (1 - lr lam)^t >= distance; inf where there is none."""
    for lam, lr, offset, distance in ESCAPES:
        answer = mine(lam, lr, offset, distance=distance)
        if fault := _fault_of_escape(float(answer), lam, lr, offset, distance):
            return fault
    if mine(-2.0, 0.1, 0.0) != math.inf:
        return "an offset of exactly zero stays zero: that run never leaves"
    if mine(2.0, 0.1, 0.5) != math.inf:
        return "where lam is positive the run is drawn in, and never gets any further away"
    if mine(0.0, 0.1, 0.5) != math.inf:
        return "where lam is zero the factor is 1: along this direction the run stays where it is"
    if mine(-2.0, 0.1, 3.0) != 0 or mine(2.0, 0.1, -3.0) != 0:
        return "a run that starts beyond the distance, on either side, is there at step 0"
    return None


def _fault_of_escape(answer, lam, lr, offset, distance):
    size, gain = abs(offset), 1 - lr * lam
    nepers = math.log(distance / size)
    exact = nepers / math.log(gain)
    known = {
        None: math.ceil(exact),
        "not a whole step: the distance is reached at the first whole step after "
        "that moment": exact,
        "rounded down, or to the nearest: at that step the run is not yet far enough": math.floor(
            exact
        ),
        "one step too many where the distance is reached exactly: round up, not down and one "
        "more": math.floor(exact) + 1,
        "one step too many: the start is step 0": math.ceil(exact) + 1,
        "that approximates ln(1 + x) by x, which is good only for small steps": math.ceil(
            nepers / (-lr * lam)
        ),
        "the distance plays no part in it: the run has to cover distance / offset": math.ceil(
            math.log(1 / size) / math.log(gain)
        ),
        "the logarithms have different bases; their ratio does not depend on the base only if both "
        "have the same": math.ceil(math.log10(distance / size) / math.log(gain)),
        "that counts how often the run must double, but it grows by 1 + lr |lam|": math.ceil(
            math.log2(distance / size)
        ),
        "linear growth: the gradient grows with the distance, so each step is longer than the one "
        "before": math.ceil((distance - size) / (-lr * lam * size)),
    }
    for fault, value in known.items():
        if math.isclose(answer, value, rel_tol=1e-9):
            return fault
    return (
        f"for lam = {lam:g}, lr = {lr:g}, offset {offset:g} and distance {distance:g} the step is "
        f"not {answer:g}"
    )


def _flat(w):
    return np.zeros(w.shape[:-1]), np.zeros_like(w)


@exercise("04.2", "Perturbed gradient descent", hints=(
    "a step of gradient descent, as always; before it, perhaps a kick. Write down the step number "
    "of the last one",
    "kick if |g| <= g_tol and t - last >= wait, with last = -inf at first; the direction is xi / "
    "|xi|, xi normal",
    "w = w + radius * xi / np.linalg.norm(xi); last = t; then path.append(w - lr * fun(w)[1])"))
def perturbed_gd(mine):
    """Gradient descent, kicked by `radius` in a random direction where the gradient is small, at
    most every `wait` steps.
    """
    settings = {"lr": 0.1, "radius": 0.01, "g_tol": 1e-3, "wait": 5}
    start = np.array([3.0, -2.0])
    bowl = quadratic([1.0, 4.0])
    path, fault = unchanged(mine, bowl, start, names="start", n_steps=20,
                            rng=np.random.default_rng(0), **settings)
    if fault:
        return fault
    path = np.array(path, dtype=float)
    if path.shape != (21, 2):
        return f"20 steps in the plane make a path of shape (21, 2), not {path.shape}"
    if not np.allclose(path, start * (1 - 0.1 * np.array([1.0, 4.0]))**np.arange(21)[:, None],
                       rtol=1e-9):
        return (
            "far from any critical point it is not plain gradient descent: kick only where the "
            "gradient is small"
        )
    return _fault_of_kicks(mine, settings) or _fault_at_saddle(mine, settings)


def _fault_of_kicks(mine, settings):
    path = _kicked_on_a_plain(mine, settings, 400)
    moves = np.diff(path, axis=0)
    lengths = np.linalg.norm(moves, axis=1)
    kicked = np.flatnonzero(lengths > 0)
    if kicked.size == 0:
        return "on a plain, where the gradient is zero, it was never kicked"
    if kicked.size == 400:
        return "it is kicked in every step: `wait` steps must pass between two kicks"
    if kicked[0] != 0:
        return (
            "the first kick comes late: before it there was none, so there is nothing to wait for"
        )
    if kicked.size == 1:
        return "there is only one kick: after `wait` steps the next is allowed"
    if (np.diff(kicked) != settings["wait"]).any():
        return f"with wait = 5 kicks on a plain come 5 steps apart, not {np.diff(kicked)[0]}"
    kicks = moves[kicked] / settings["radius"]
    if not np.allclose(np.linalg.norm(kicks, axis=1), 1):
        return (
            "the kicks have not the length `radius`: divide the random vector by its own length "
            "first"
        )
    if np.linalg.matrix_rank(kicks, tol=1e-6) < 3:
        return (
            "all kicks lie along one line or in one plane: every coordinate needs a random number "
            "of its own"
        )
    if np.abs(kicks.mean(axis=0)).max() > 0.35:
        return (
            "the kicks favour one side: rng.random gives only positive numbers, "
            "rng.standard_normal both signs"
        )
    if not np.array_equal(path, _kicked_on_a_plain(mine, settings, 400)):
        return "two runs with equal generators differ: draw from the rng that is passed in"
    return _fault_of_directions(mine, settings)


def _kicked_on_a_plain(mine, settings, n_steps):
    rng = np.random.default_rng(1)
    return np.array(mine(_flat, np.ones(3), n_steps=n_steps, rng=rng, **settings))


def _fault_of_directions(mine, settings):
    """Return what is wrong with the directions of many kicks, or None."""
    path = _kicked_on_a_plain(mine, settings | {"wait": 1}, 6000)
    kicks = np.diff(path, axis=0) / settings["radius"]
    if np.abs(kicks.mean(axis=0)).max() > 0.1:
        return (
            "the kicks favour one side: rng.random gives only positive numbers, "
            "rng.standard_normal both signs"
        )
    corners = np.isclose(np.abs(kicks), 1 / np.sqrt(3), atol=1e-6).all()
    axes = np.isclose(np.abs(kicks).max(axis=1), 1, atol=1e-6).all()
    if corners or axes:
        where = "corners of a cube" if corners else "axes"
        return f"all kicks point along the {where}: every direction must be possible"
    if abs((kicks**4).mean() - 0.2) > 0.01:  # 3 / (n (n + 2)) on a sphere of n = 3 dimensions
        return (
            "some directions are more frequent than others: divide normal numbers by their length, "
            "not uniform ones"
        )
    return None


def _fault_at_saddle(mine, settings):
    path = np.array(mine(SADDLE, np.zeros(2), n_steps=60, rng=np.random.default_rng(2), **settings))
    factors = 1 - settings["lr"] * np.array([2.0, -2.0])
    if math.isclose(np.linalg.norm(path[1]), settings["radius"], rel_tol=1e-9):
        return "after a kick the gradient is another one: ask fun again at the new point"
    if not math.isclose(np.linalg.norm(path[1] / factors), settings["radius"], rel_tol=1e-9):
        return "a kick from the saddle, followed by a step of gradient descent, leads elsewhere"
    if not np.abs(path[-1, 1]) > 1:
        return "it does not leave the saddle of x^2 - y^2, though the kick gives it an offset"
    return None
