"""Checks of notebook 12, reach the limit of gradients.

Each table of known answers begins with the right one, whose fault is None.

Notebooks: 12.
"""
import math

import numpy as np

from course_lib.checks.answers import first_match, unchanged
from course_lib.checks.engine import exercise
from course_lib.landscapes.functions import quadratic
from course_lib.optimizers import curvature

BANDED = np.array([[4.0, -1.0, 0.0, 0.0], [-1.0, 3.0, 1.0, 0.0],
                   [0.0, 1.0, 6.0, -2.0], [0.0, 0.0, -2.0, 5.0]])


def _recurrence(lam, t, lr, beta, *, first=0.0, sign=1.0):
    """Return p_t of p <- p - lr lam p + sign beta (p - before), `before` being `first` at t = 0."""
    before, now = np.full(len(lam), first), np.ones(len(lam))
    for _ in range(t):
        before, now = now, now - lr * lam * now + sign * beta * (now - before)
    return now


@exercise("12.1", "The polynomial of heavy ball", hints=(
    "keep two arrays, the last polynomial and the one before it, and go through the steps in a "
    "loop",
    "p_0 = 1 and p_1 = 1 - lr * lam; then p_{t+1} = (1 + beta - lr * lam) * p_t - beta * p_{t-1}",
    "before, now = now, (1 + beta - lr * lam) * now - beta * before, for every step but the first"))
def heavy_ball_polynomial(mine):
    """The residual polynomial of heavy ball, whose velocity is zero before the first step."""
    lam = np.array([0.5, 2.0, 3.0, 7.0, 0.0])
    for t, lr, beta in ((3, 0.2, 0.5), (2, 0.1, 0.8), (6, 0.3, 0.4), (1, 0.2, 0.5), (0, 0.2, 0.5)):
        answer, fault = unchanged(mine, lam, t, names="curvatures", lr=lr, beta=beta)
        if fault:
            return fault
        if np.shape(answer) != lam.shape:
            return (f"{len(lam)} curvatures want {len(lam)} values, an array of shape {lam.shape}, "
                    f"not {np.shape(answer)}")
        right = _recurrence(lam, t, lr, beta, first=1.0)
        fault = first_match(answer, {
            None: right,
            "that is (1 - lr * lam)**t, gradient descent: what does beta do?": (1 - lr * lam)**t,
            "the first step has a momentum there: the velocity before it is zero, so "
            "p_1 = 1 - lr * lam": _recurrence(lam, t, lr, beta),
            "the last term has the other sign: minus beta * p_{t-1}":
            _recurrence(lam, t, lr, beta, first=1.0, sign=-1.0),
            "that is one step too many: p_0 is 1": _recurrence(lam, t + 1, lr, beta, first=1.0),
            "that is one step too few: p_0 is 1, before any step":
            _recurrence(lam, max(t - 1, 0), lr, beta, first=1.0),
            "lr is multiplied by 1 - beta there: in this course the velocity is a sum, "
            "v = beta * v + g": _recurrence(lam, t, lr * (1 - beta), beta, first=1.0),
            "that is the size of the error, where its sign is wanted too": np.abs(right),
        }, f"for t = {t}, lr = {lr} and beta = {beta} those are not the values of p_t")
        if fault is not None:
            return fault
    return None


def _count(value, target):
    """Return the first t with value(t) <= target."""
    return next(t for t in range(10**6) if value(t) <= target)


@exercise("12.2", "The fewest steps", hints=(
    "go through t = 0, 1, 2, ... until the largest value is small enough",
    "with q = (sqrt(kappa) - 1) / (sqrt(kappa) + 1) the value is 2 * q**t / (1 + q**(2 * t))",
    "t = 0, then: while 2 * q**t / (1 + q**(2 * t)) > target: t = t + 1"))
def steps_to_target(mine):
    """The smallest t whose Chebyshev value is at most the target."""
    cases = ((100.0, 1e-6), (1e4, 1e-3), (4.0, 0.61), (4.0, 0.59), (100.0, 0.95), (1.0, 1e-6),
             (9.0, 1.5))
    for kappa, target in cases:
        try:
            answer = mine(kappa, target)
        except ZeroDivisionError:
            return (f"for kappa = {kappa:g} it divides by zero: where q = 0, q**-t is infinite and "
                    "one step is enough")
        if np.ndim(answer) != 0:
            return "one whole number is wanted, the number of steps"
        answer = float(answer)
        if answer != round(answer):
            return f"a number of steps is whole: {answer:.4g} must be rounded up"
        root, plain = math.sqrt(kappa), (kappa - 1) / (kappa + 1)
        q = (root - 1) / (root + 1)
        right = _count(lambda t, q=q: 2 * q**t / (1 + q**(2 * t)), target)
        fault = first_match(answer, {
            None: right,
            "that many gradient descent needs: q has the root of kappa": _count(
                lambda t, plain=plain: plain**t, target),
            "that is for q**t: the largest value is nearly twice as large": _count(
                lambda t, q=q: q**t, target),
            "that is for 2 * q**t, which is only nearly the largest value": _count(
                lambda t, q=q: 2 * q**t, target),
            "that is one step too few: the value must be at most the target, so round up":
            right - 1,
            "that is one step too many: the first t that is good enough is wanted": right + 1,
        }, f"for kappa = {kappa:g} and the target {target:g} the smallest t is not {answer:g}")
        if fault is not None:
            return fault
    return None


def _cg(H, b, w, n_steps, *, ratio=lambda new, old: new @ new / (old @ old), sign=1.0, reset=True):
    """Return the path of conjugate gradient, or of a likely mistake in it."""
    r = sign * (b - H @ w)
    p, path = r, [w]
    for _ in range(n_steps):
        Hp = H @ p
        s = (r @ r) / (p @ Hp)
        path.append(path[-1] + s * p)
        new = r - s * Hp
        p = new + ratio(new, r) * p
        r = new if reset else r
    return np.array(path)


@exercise("12.3", "Conjugate gradient", hints=(
    "before the loop: r = b - H @ w, p = r, and the path with the start; each pass adds one point",
    "keep the new residual beside the old one until the next direction is made: their ratio is "
    "new.new / old.old",
    "p = new + (new @ new) / (r @ r) * p, and only then r = new"))
def conjugate_gradient(mine):
    """The whole path of conjugate gradient on 0.5 w^T H w - b.w."""
    turned = quadratic([1.0, 30.0], angle=0.4).hess(np.zeros(2))
    cases = ((BANDED, [1.0, -2.0, 0.5, 3.0], [0.5, 0.0, -1.0, 2.0], 3),
             (turned, [0.0, 0.0], [1.0, 2.0], 2), (BANDED, [1.0, 1.0, 0.0, 2.0], [0.0] * 4, 4),
             (turned, [1.0, 0.0], [1.0, 2.0], 0))
    for H, b, w, n_steps in cases:
        b, w = np.array(b), np.array(w)
        path, fault = unchanged(mine, H, b, w, names="matrix, b or start", n_steps=n_steps)
        if fault:
            return fault
        if np.shape(path) == w.shape and n_steps:
            return "only one point came back, where the whole path is wanted, start included"
        if np.shape(path) != (n_steps + 1, len(w)):
            return (f"{n_steps} steps with {len(w)} weights make a path of shape "
                    f"{(n_steps + 1, len(w))}, not {np.shape(path)}")
        fault = first_match(path, {
            None: curvature.conjugate_gradient(H, b, w, n_steps=n_steps),
            "that is steepest descent with exact steps: the next p keeps a share of the old one":
            _cg(H, b, w, n_steps, ratio=lambda new, old: 0.0),
            "the ratio stands upside down: new.new above, old.old below":
            _cg(H, b, w, n_steps, ratio=lambda new, old: old @ old / (new @ new)),
            "the ratio is one of lengths there, where squared lengths are wanted": _cg(
                H, b, w, n_steps,
                ratio=lambda new, old: np.linalg.norm(new) / np.linalg.norm(old)),
            "r is overwritten before the ratio is made: the ratio is then always 1":
            _cg(H, b, w, n_steps, ratio=lambda new, old: 1.0),
            "r is never renewed: the new residual must take its place at the end of a step":
            _cg(H, b, w, n_steps, reset=False),
            "it walks uphill: r = b - H w points down the slope": _cg(H, b, w, n_steps, sign=-1.0),
            "it starts from r = b, which is right for w = 0 only: r = b - H w":
            _cg(H, b, 0 * w, n_steps) + w,
        }, "those are not the points of conjugate gradient", rtol=1e-6, atol=1e-8)
        if fault is not None:
            return fault
    return None
