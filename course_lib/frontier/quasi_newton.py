"""L-BFGS: the curvature is read off the last few steps (Nocedal 1980,
10.1090/S0025-5718-1980-0572855-7; Liu & Nocedal 1989, 10.1007/BF01589116).

    s = w_t - w_(t-1),  y = g_t - g_(t-1)      on a quadratic y = H s
    d = -B g                                   B: the inverse Hessian that explains the last pairs

B is never formed: `direction` applies it in two loops over the pairs. On a quadratic, with the
exact step along each d, the points are those of conjugate gradient, however few pairs are kept.

Notebooks: 32.
"""
import numpy as np

from course_lib.arguments import whole
from course_lib.optimizers.calling import rule
from course_lib.optimizers.descent import minimize

FLAT = 1e-10  # a pair with y.s at most this is not kept: B must stay positive definite


def direction(g, pairs):
    """Return -B g by the two-loop recursion, for pairs (s, y), the oldest first; without pairs,
    -g.

    Between the loops stands s.y / y.y of the last pair, the size that B has before any pair is
    used.
    """
    q, kept = g, []
    for s, y in reversed(pairs):
        a = (s @ q) / (y @ s)
        q = q - a * y
        kept.append(a)
    if pairs:
        s, y = pairs[-1]
        q = (s @ y) / (y @ y) * q
    for (s, y), a in zip(pairs, reversed(kept), strict=True):
        q = q + (a - (y @ q) / (y @ s)) * s
    return -q


def remembered(w, g, state, memory):
    """Return the pairs of a state with the newest one added, at most `memory` of them."""
    pairs = state.get("pairs", ())
    if state:
        s, y = w - state["w"], g - state["g"]
        if y @ s > FLAT:
            pairs = (*pairs, (s, y))
    return pairs[-whole("memory", memory):]


@rule
def lbfgs(w, g, state, *, lr, memory=10):
    """L-BFGS without a line search, as in PyTorch: lr = 1 is the natural step; the first one, for
    which no curvature is known, is at most lr long, all coordinates' sizes summed.

    w: a vector (n,). It wants gradients of all examples: a pair from two batches is mostly noise.
    """
    pairs = remembered(w, g, state, memory)
    first = 1.0 if state else min(1.0, 1 / np.abs(g).sum())
    state = {"w": w, "g": g, "pairs": pairs}
    return w + first * lr * direction(g, pairs), state


def searching_lbfgs(search, memory=10):
    """Return the update rule w + s d, s = search(w, d, t), t from 1: an exact step, or Armijo's."""
    def step(w, g, state, *, lr):
        pairs, t = remembered(w, g, state, memory), state.get("t", 0) + 1
        d = direction(g, pairs)
        return w + lr * search(w, d, t) * d, {"w": w, "g": g, "pairs": pairs, "t": t}

    return step


def exact_search(H, b):
    """Return the search for the exact step on 0.5 w^T H w - b.w, H (n, n) positive definite."""
    def search(w, d, t):
        return (b - H @ w) @ d / (d @ (H @ d))

    return search


def exact_lbfgs(H, b, w, *, n_steps, memory):
    """Return the path (n_steps + 1, n) of L-BFGS with exact steps on 0.5 w^T H w - b.w; arguments
    as of `curvature.conjugate_gradient`, whose path it is.
    """
    def bowl(w):
        return 0.5 * w @ H @ w - b @ w, H @ w - b

    step = searching_lbfgs(exact_search(H, b), memory)
    return minimize(bowl, w, step, lr=1.0, n_steps=n_steps, tol=None).w
