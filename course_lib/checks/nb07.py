"""Checks of notebook 07, use curvature.

Each table of known answers begins with the right one, whose fault is None.

Notebooks: 07.
"""
import math

import numpy as np

from course_lib.checks.answers import first_match, unchanged
from course_lib.checks.engine import exercise
from course_lib.landscapes.functions import quadratic
from course_lib.optimizers import curvature

CHAIN = np.array([[2.0, -1.0, 0.0], [-1.0, 6.0, -2.0], [0.0, -2.0, 9.0]])
SADDLE = np.array([[1.0, 2.0, 0.0], [2.0, -3.0, 1.0],
                   [0.0, 1.0, 4.0]])  # signs of its eigenvalues: - + +


def _condition(matrix):
    eigenvalues = np.linalg.eigvalsh(matrix)
    return eigenvalues[-1] / eigenvalues[0]


@exercise("07.1", "Condition number after diagonal scaling", hints=(
    "write down the entries of the rescaled matrix first: what stands on its diagonal?",
    "entry (i, j) is H_ij / sqrt(H_ii H_jj); then largest eigenvalue over smallest",
    "d = np.sqrt(np.diag(H)), then np.linalg.eigvalsh(H / np.outer(d, d))"))
def scaled_condition(mine):
    """The condition number of D^(-1/2) H D^(-1/2)."""
    for H in (CHAIN, quadratic([1.0, 50.0], angle=0.3).hess(np.zeros(2)), np.diag([1.0, 100.0])):
        d = np.diag(H)
        answer, fault = unchanged(mine, H, names="matrix")
        if fault:
            return fault
        if np.ndim(answer) != 0:
            return "one number is wanted, the condition number, not an array"
        answer = float(answer)
        scaled = H / np.sqrt(np.outer(d, d))
        right = _condition(scaled)
        fault = first_match(answer, {
            None: right,
            "that is the condition number of H itself, before any scaling": _condition(H),
            "that is the condition number upside down: it is at least 1": 1 / right,
            "that divides by the whole curvature on both sides, where the root of it belongs on "
            "each":
                _condition(H / np.outer(d, d)),
            "that is D^(-1) H, which is not symmetric: eigvalsh reads one triangle of it and "
            "ignores the other":
                _condition(H / d[:, None]),
            "that is H D^(-1), which is not symmetric: eigvalsh reads one triangle of it and "
            "ignores the other":
                _condition(H / d),
            "those are singular values of D^(-1) H, which are not its eigenvalues, for it is not "
            "symmetric":
                np.linalg.cond(H / d[:, None]),
            "that is the ratio of the diagonal entries, not of eigenvalues": d.max() / d.min(),
        }, f"for H = {H.round(2).tolist()} the condition number after scaling is not {answer:.3g}")
        if fault is not None:
            return fault
    return None


@exercise("07.2", "Newton's step", hints=(
    "at which step d does the gradient of the quadratic model, g + H d, vanish?",
    "H d = -g: a linear system for d; then the new point is w + d",
    "return w - np.linalg.solve(H, g)"))
def newton_step(mine):
    """The new point w - H^(-1) g, at minima and saddles alike."""
    rng = np.random.default_rng(4)
    for H in (CHAIN, SADDLE, np.array([[5.0]])):
        w, g = rng.standard_normal((2, len(H)))
        answer, fault = unchanged(mine, w, g, H, names="point, gradient or matrix")
        if fault:
            return fault
        answer = np.array(answer, dtype=float)
        if answer.shape != w.shape:
            return (
                f"a point of shape {w.shape} is wanted, not {answer.shape}: divide by a matrix "
                "means solve a system"
            )
        step = np.linalg.solve(H, g)
        fault = first_match(answer, {
            None: w - step,
            "it walks the other way: the step is minus H^(-1) g": w + step,
            "that is the step, where the new point is wanted: add it to w": -step,
            "that is the step, and of the wrong sign; the new point is wanted": step,
            "it multiplies by H, which makes steep directions steeper: divide by it": w - H @ g,
            "it divides by the diagonal of H alone: that is the first cure, and a rotation defeats "
            "it":
                w - g / np.diag(H),
            "it divides by the row sums of H, which are no inverse: solve the system H d = -g":
                w - g / H.sum(axis=1),
            "it uses the sizes of the eigenvalues: that is the saddle-free step, the next exercise":
                w + curvature.saddle_free(g, H),
        }, "the gradient of the quadratic model is not zero at that point")
        if fault is not None:
            return fault
    return None


@exercise("07.3", "Saddle-free Newton", hints=(
    "in the eigenvectors of H the step is a division, one component at a time: which sign is wrong "
    "there?",
    "d = -Q |Lambda|^(-1) Q^T g, where eigh returns the eigenvalues and Q with the eigenvectors as "
    "columns",
    "eigenvalues, Q = np.linalg.eigh(H); sizes = np.maximum(np.abs(eigenvalues), floor); -Q @ (Q.T "
    "@ g / sizes)"))
def saddle_free(mine):
    """The direction -|H|^(-1) g, eigenvalues below the floor counted as the floor."""
    rng = np.random.default_rng(5)
    for H, floor in ((SADDLE, 1e-8), (quadratic([-3.0, 2.0], angle=0.4).hess(np.zeros(2)), 1e-8)):
        g = rng.standard_normal(len(H))
        answer, fault = unchanged(mine, g, H, names="gradient or matrix", floor=floor)
        if fault:
            return fault
        answer = np.array(answer, dtype=float)
        if answer.shape != g.shape:
            return f"a direction of shape {g.shape} is wanted, not {answer.shape}"
        eigenvalues, Q = np.linalg.eigh(H)
        sizes = np.abs(eigenvalues)
        fault = first_match(
            answer,
            {
                None: curvature.saddle_free(g, H),
                "it points uphill: a minus is missing": -curvature.saddle_free(g, H),
                "that is Newton's step, drawn to the saddle: the eigenvalues keep "
                "their signs": curvature.newton(
                    g, H
                ),
                "it takes the size of every entry of H: that is another matrix, with other "
                "eigenvectors": curvature.newton(g, np.abs(H)),
                "the eigenvectors are the columns of Q: it has Q and its transpose exchanged": -Q.T
                @ (Q @ g / sizes),
                "the components are divided, but they must come back from the eigenvectors to the "
                "axes: Q is missing": -(Q.T @ g) / sizes,
                "g must be written in the eigenvectors before it is divided: the transpose of Q is "
                "missing": -Q @ (g / sizes),
                "it multiplies by the curvatures, where it should divide": -Q @ (Q.T @ g * sizes),
                "it cuts the negative eigenvalues off at the floor, where their size is wanted: "
                "the step explodes": -Q @ (Q.T @ g / np.maximum(eigenvalues, floor)),
                "it takes the size of the finished step: sizes belong to the eigenvalues": -np.abs(
                    curvature.newton(g, H)
                ),
            },
            "that is not -|H|^(-1) g on a saddle",
        )
        if fault is not None:
            return fault
    flat, g = np.diag([2.0, 0.0, -1e-3]), np.array([1.0, 1.0, 1.0])
    answer = np.array(mine(g, flat, floor=0.1), dtype=float)
    if not np.isfinite(answer).all():
        return (
            "the floor plays no part: eigenvalues smaller than it in size must count as the floor"
        )
    return first_match(answer, {
        None: [-0.5, -10.0, -10.0],
        "the floor is added to every size, where it should replace the small ones": -1
        / np.array([2.1, 0.1, 0.101]),
        "directions below the floor are dropped, where they should be divided by the floor": [-0.5,
                                                                                              0.0,
                                                                                              0.0],
    }, "right where no eigenvalue is small, but not with eigenvalues below the floor")


class _Endless(Exception):
    """A search that asks for the loss again and again; its argument says whether the points move.
    """


def _counted(fun, most=400):
    points = []

    def counting(w):
        points.append(np.array(w, dtype=float))
        if len(points) > most:
            raise _Endless(not np.array_equal(points[4], points[8]))
        return fun(w)

    return counting


def _barrier(w):
    """x - log x: NaN for x < 0 as NumPy's logarithm has it."""
    return float(w[0] - np.log(w[0])), 1 - 1 / w


CASES = (  # fun, w, d, lr, c, the accepted rate, a wrong one (None: any other) and what it means
    (quadratic([1.0]), [1.0], [-1.0], 1.0, 1e-4, 1.0, 0.5,
     "it shortens a step that is good at once: the first rate to try is lr itself"),
    (quadratic([1.0]), [1.0], [-1.0], 1.5, 1e-4, 1.5, 1.0,
     "the first rate to try is the lr that was given, here 1.5"),
    (quadratic([1.0]), [1.0], [-1.0], 1.9999, 1e-4, 0.99995, 1.9999,
     "it accepts any decrease, however small: the gain must be at least the share c of lr times "
     "the slope"),
    (quadratic([1.0]), [1.0], [-1.0], 1.0, 0.9, 0.125, 1.0,
     "with c = 0.9 most of what the slope promises must be won: is c, with the slope, on the "
     "right-hand side?"),
    (quadratic([25.0]), [1.0], [-25.0], 1.0, 1e-4, 1 / 16, 0.5,
     "it halves once, where it should halve and test again until a rate passes"),
    (quadratic([1.0]), [1.0], [-4.0], 0.4, 0.5, 0.2, 0.4,
     "the slope along d is g.d, not minus |g|^2: d need not be the gradient"),
    (quadratic([1.0, 1.0]), [1.0, 1.0], [-1.0, -3.0], 0.5, 0.5, 0.25, None,
     "right in one dimension, but wrong in the plane: the slope g.d is the sum over all "
     "coordinates"),
    (_barrier, [2.0], [-4.0], 1.0, 1e-4, 0.25, 1.0,
     "it accepts a NaN, which fails every comparison: ask whether the new loss is low enough, not "
     "whether it is too high"),
)
OTHERWISE = (
    "the rates to try are lr, lr/2, lr/4, ... in this order, and the first that passes the test is "
    "wanted"
)


@exercise("07.4", "Armijo's rule", hints=(
    "compute the loss, the gradient and the slope g.d once, before the loop",
    "go on halving until f(w + lr d) <= f(w) + c lr g.d; both sides change with lr",
    "while not fun(w + lr * d)[0] <= loss + c * lr * slope: lr = lr / 2"), seconds=3)
def armijo(mine):
    """The first of lr, lr/2, lr/4, ... with f(w + lr d) <= f(w) + c lr g.d."""
    for fun, w, d, lr, c, expected, mistaken, fault in CASES:
        try:
            answer, changed = unchanged(mine, _counted(fun), np.array(w), np.array(d),
                                        names="point or direction", lr=lr, c=c)
        except _Endless as search:
            if search.args[0]:
                return (
                    "lr shrinks, but no rate passes: the right-hand side must be made anew with "
                    "the lr that is being tried, f(w) + c lr g.d"
                )
            return "it is still going after 400 evaluations: does lr shrink in each pass?"
        if changed:
            return changed
        if np.ndim(answer) != 0:
            return "one number is wanted, the accepted rate, not a point or a pair"
        if not math.isclose(answer, expected, rel_tol=1e-9):
            return fault if mistaken is None or math.isclose(answer, mistaken,
                                                             rel_tol=1e-9) else OTHERWISE
    return None
