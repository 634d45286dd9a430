"""Checks of notebook 10, add momentum.

Each table of known answers begins with the right one, whose fault is None.

Notebooks: 10.
"""
import math

import numpy as np

from course_lib.checks.answers import first_match
from course_lib.checks.engine import exercise
from course_lib.optimizers.momentum_theory import best_heavy_ball


def _roots(total, product):
    return np.roots([1.0, -total, product])


@exercise("10.2", "The factor per step", hints=(
    "The point is multiplied by two numbers z, and the larger one in size wins in the long run.",
    "z^2 - (1 + beta - lr_lam) z + beta = 0; the roots may be complex, and abs() gives the size of "
    "both kinds.",
    "np.roots([1, -(1 + beta - lr_lam), beta]) returns both: take abs of them, then the max."))
def spectral_radius(mine):
    """The larger absolute value of the two roots."""
    for a, beta in ((0.05, 0.2), (3.6, 0.64), (0.5, 0.81), (4.2, 0.3)):
        answer, z = mine(a, beta), _roots(1 + beta - a, beta)
        if np.shape(answer) != ():
            return "one number is wanted, the size of the larger root"
        if np.iscomplexobj(answer):
            return "a factor is a real number: abs() gives the size of a complex root"
        fault = first_match(
            float(answer),
            {
                None: abs(z).max(),
                "that is the factor of plain gradient descent, without beta": abs(1 - a),
                "sqrt(beta) is right only where the roots are complex": math.sqrt(beta),
                "that is the root that dies out first: in the long run the larger one is left": abs(
                    z
                ).min(),
                "the largest root may be negative: compare their sizes, not "
                "the roots": z.real.max(),
                "the last term of the equation has the wrong sign: it is + beta": abs(
                    _roots(1 + beta - a, -beta)
                ).max(),
                "the middle term misses beta: w_t depends on (1 + beta - lr_lam) w_(t-1)": abs(
                    _roots(1 - a, beta)
                ).max(),
                "the gradient was multiplied by 1 - beta: that is the form with an average": abs(
                    _roots(1 + beta - (1 - beta) * a, beta)
                ).max(),
            },
            f"for lr_lam = {a} and beta = {beta} the point is not multiplied by "
            f"{float(answer):.3g} in the long run",
        )
        if fault is not None:
            return fault
    return None


@exercise("10.3", "The best learning rate and momentum", hints=(
    "Both curvatures must lie on the border of the region with complex roots, one on each side.",
    "lr * mu = (1 - sqrt(beta))^2 and lr * L = (1 + sqrt(beta))^2: divide one by the other.",
    "sqrt(beta) = (sqrt(L) - sqrt(mu)) / (sqrt(L) + sqrt(mu)), then lr = (1 + sqrt(beta))**2 / L."))
def best_momentum(mine):
    """The pair (lr, beta) of Polyak."""
    for mu, L in ((1.0, 9.0), (0.5, 40.0), (3.0, 3.0)):
        if np.shape(mine(mu, L)) != (2,):
            return "two numbers are wanted, the learning rate and beta"
        lr, beta = (float(number) for number in mine(mu, L))
        right_lr, right_beta, r = best_heavy_ball(mu, L)
        fault = first_match(
            lr,
            {
                None: right_lr,
                "the two numbers are in the wrong order: first the learning rate, "
                "then beta": right_beta,
                "that lr is the best one without momentum": 2 / (L + mu),
                "that lr is the usual one of Nesterov's momentum; heavy ball may take "
                "longer steps": 1
                / L,
                "that lr is on the edge of divergence without momentum": 2 / L,
                "that lr lacks a square: lr * L = (1 + sqrt(beta))^2": (1 + r) / L,
                "that lr has beta where sqrt(beta) belongs": (1 + right_beta) ** 2 / L,
            },
            f"for mu = {mu:g} and L = {L:g} another lr than {lr:.3g} puts both curvatures on the "
            "border",
        )
        fault = fault or first_match(
            beta,
            {
                None: right_beta,
                "the lr is right, but that is sqrt(beta), the factor per step": r,
                "the lr is right, but that beta has L and mu where their roots belong": (
                    (L - mu) / (L + mu)
                )
                ** 2,
                "the lr is right, but that is the factor per step of gradient descent": (L - mu)
                / (L + mu),
            },
            f"the lr is right, but for mu = {mu:g} and L = {L:g} beta is not {beta:.3g}",
        )
        if fault is not None:
            return fault
    return None
