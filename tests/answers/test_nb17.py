"""The checks of notebook 17: right answers pass, stubs are not attempted, each known mistake gets
its sentence.
"""
import math

import numpy as np

from course_lib.checks import nb17
from course_lib.optimizers import clipping


def norm(g):
    return math.sqrt((g**2).sum())


def total(grads):
    return math.sqrt(sum(norm(g)**2 for g in grads))


def scaled(factor):
    """Return a clipping by one factor, (grads, limit) -> factor."""
    return lambda grads, limit: [g * factor(grads, limit) for g in grads]


def in_place(grads, limit):
    factor = min(1, limit / total(grads))
    for g in grads:
        g *= factor
    return grads


def columns(W):
    return np.sqrt((W**2).sum(axis=0))


def max_norm_in_place(W, limit):
    W *= limit / np.maximum(columns(W), limit)
    return W


def wrap(shorten):
    def with_clipping(step, limit):
        def rule(w, g, state, **hyper):
            return step(w, shorten(g, limit), state, **hyper)
        return rule
    return with_clipping


def shorten(g, limit):
    norm = np.linalg.norm(g)
    return g * limit / norm if norm > limit else g


def after_the_step(step, limit):
    def rule(w, g, state, **hyper):
        new, state = step(w, g, state, **hyper)
        return w - shorten(w - new, limit), state
    return rule


def clipped_weights(step, limit):
    def rule(w, g, state, **hyper):
        new, state = step(w, g, state, **hyper)
        return shorten(new, limit), state
    return rule


RIGHT = {
    nb17.with_clipping: [wrap(shorten), wrap(clipping.by_norm)],
    nb17.clip_global: [scaled(lambda g, c: c / max(total(g), c)),
                       scaled(lambda g, c: c / total(g) if total(g) > c else 1.0)],
    nb17.max_norm: [lambda W, c: W * (c / np.maximum(columns(W), c)),
                    lambda W, c: np.stack([w * c / norm(w) if norm(w) > c else w for w in W.T], axis=1)],
}

WRONG = [
    (nb17.clip_global, in_place, "changed the arrays"),
    (nb17.clip_global, lambda grads, c: np.concatenate([g.ravel() for g in grads]), "a list is wanted"),
    (nb17.clip_global, lambda grads, c: [g * min(1, c / norm(g)) for g in grads], "clipped by itself"),
    (nb17.clip_global, lambda grads, c: [np.clip(g, -c, c) for g in grads], "by value"),
    (nb17.clip_global, scaled(lambda g, c: c / total(g)**2), "root is missing"),
    (nb17.clip_global, scaled(lambda g, c: c / sum(map(norm, g))), "norms were added"),
    (nb17.clip_global, scaled(lambda g, c: 1 / total(g)), "the length 1"),
    (nb17.clip_global, scaled(lambda g, c: c / max(map(norm, g))), "the longest array"),
    (nb17.clip_global, lambda grads, c: grads, "nothing was clipped"),
    (nb17.clip_global, scaled(lambda g, c: total(g) / c), "upside down"),
    (nb17.clip_global, scaled(lambda g, c: 0.5), "the old direction"),
    (nb17.clip_global, scaled(lambda g, c: c / total(g) if total(g) else 1.0), "stretched to the limit"),
    (nb17.clip_global, scaled(lambda g, c: min(1.0, c / total(g)) if total(g) else math.nan), "stay zero"),
    (nb17.with_clipping, lambda step, limit: step(np.ones(4), np.ones(4), {}, lr=limit), "a function: def it inside"),
    (nb17.with_clipping, lambda step, limit: step, "nothing is clipped"),
    (nb17.with_clipping, wrap(lambda g, c: np.clip(g, -c, c)), "by value"),
    (nb17.with_clipping, after_the_step, "clips the step"),
    (nb17.with_clipping, clipped_weights, "clips the weights"),
    (nb17.with_clipping, wrap(lambda g, c: g * c / np.linalg.norm(g)), "short gradients are stretched"),
    (nb17.with_clipping, wrap(lambda g, c: g / np.linalg.norm(g) if np.linalg.norm(g) > c else g), "the length 1"),
    (nb17.with_clipping, wrap(lambda g, c: g if np.linalg.norm(g) <= c else 0 * g), "left out altogether"),
    (nb17.with_clipping, wrap(lambda g, c: g * min(1, c / (g @ g))), "the root is missing"),
    (nb17.with_clipping, lambda step, c: lambda w, g, s, **hyper: step(w, shorten(g, c), {}, **hyper), "begins anew"),
    (nb17.with_clipping, lambda step, c: lambda w, g, s, *, lr, **hyper: step(w, shorten(g, c), s, lr=lr), "only lr"),
    (nb17.with_clipping, wrap(lambda g, c: 0.5 * shorten(g, c)), "not those of the rule on clipped"),
    (nb17.max_norm, max_norm_in_place, "changed the array"),
    (nb17.max_norm, lambda W, c: columns(W), "an array of the shape (3, 4)"),
    (nb17.max_norm, lambda W, c: (W.T * (c / np.maximum(columns(W.T), c))).T, "limits the rows"),
    (nb17.max_norm, lambda W, c: W * min(1, c / norm(W)), "whole matrix"),
    (nb17.max_norm, lambda W, c: np.clip(W, -c, c), "weight clipping"),
    (nb17.max_norm, lambda W, c: W * c / columns(W), "became NaN"),
    (nb17.max_norm, lambda W, c: np.nan_to_num(W * c / columns(W)), "short columns were stretched"),
    (nb17.max_norm, lambda W, c: W * c / np.maximum((W**2).sum(axis=0), c), "root is missing"),
    (nb17.max_norm, lambda W, c: W * c / np.maximum(np.abs(W).max(axis=0), c), "longest weight"),
    (nb17.max_norm, lambda W, c: W / np.where(columns(W) > c, columns(W), 1), "the length 1"),
    (nb17.max_norm, lambda W, c: np.where(columns(W) > c, 0, W), "set to zero"),
    (nb17.max_norm, lambda W, c: W, "nothing was limited"),
    (nb17.max_norm, lambda W, c: W / 2, "others have changed"),
]
