"""Sharpness-aware minimization (Foret et al. 2020, arXiv 2010.01412): the gradient is taken a
little uphill, and the step made from where one was.

    up     w + rho g/|g|          one gradient
    step   w - lr * g(there)      and another one

So a step costs two gradients. The rule here takes one gradient a call, as every rule does: odd
calls go up, even calls come back and step. On a parabola of curvature h it does not settle: it
ends by jumping between -c and c, c = lr h rho / (2 - lr h).

Notebooks: 32.
"""
import numpy as np

from course_lib.arguments import checked, not_negative

TINY = 1e-12


@checked(lr=not_negative, rho=not_negative)
def sam(w, g, state, *, lr, rho=0.05):
    """SAM with plain descent below it; `w` is the point to evaluate after every second call."""
    if "back" not in state:
        return w + rho * g / (np.linalg.norm(g) + TINY), {"back": w}
    w = state["back"] - lr * g
    return w, {}


def sam_step(fun, w, *, lr, rho=0.05):
    """Return w after one whole step of SAM: two calls of fun: w -> (loss, grad).

    >>> float(sam_step(lambda w: (0.5 * w**2, w), 1.0, lr=0.5, rho=0.2).round(6))
    0.4
    """
    state = {}
    for _ in range(2):
        w, state = sam(w, fun(w)[1], state, lr=lr, rho=rho)
    return w


def cycle(lr, h, rho):
    """Return the c between whose two signs SAM jumps on 0.5 h w^2: lr h rho / (2 - lr h).

    Raises ValueError unless 0 <= lr h < 2: beyond it, it blows up as plain descent does.
    """
    a = not_negative("lr", lr) * not_negative("h", h)
    if a >= 2:
        raise ValueError(f"lr * h must be below 2, got {a:.3g}")
    return a * not_negative("rho", rho) / (2 - a)
