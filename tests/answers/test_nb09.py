"""The checks of notebook 09: right answers pass, stubs are not attempted, each known mistake gets
its sentence.
"""
import math

import numpy as np

from course_lib.checks import nb09, nb09_clipping
from course_lib.optimizers import descent, schedules


def warm_cosine(t, *, lr, n_warmup, n_steps):
    return schedules.warmup(schedules.cosine(lr, n_steps - n_warmup), n_warmup)(t)


def climb(rate):
    """Return warm_cosine with another climb, (t, n_warmup) -> rate / lr."""
    return lambda t, *, lr, n_warmup, n_steps: lr * rate(t, n_warmup) if t <= n_warmup else warm_cosine(
        t, lr=lr, n_warmup=n_warmup, n_steps=n_steps)


def way_down(rate):
    """Return warm_cosine with another way down, (p, t, n_warmup, n_steps) -> rate / lr."""
    return lambda t, *, lr, n_warmup, n_steps: lr * t / n_warmup if t <= n_warmup else lr * rate(
        (t - 1 - n_warmup) / (n_steps - n_warmup), t, n_warmup, n_steps)


def half(p):
    return (1 + math.cos(math.pi * p)) / 2


def losses(fun, w, rates, n_steps, decay):
    schedule = (lambda lr: schedules.inverse_time(lr, n_steps // 10)) if decay else schedules.constant
    return [descent.minimize(fun, w, "sgd", n_steps=n_steps, lr=schedule(lr)).loss[-1] for lr in rates]


def gain(ratio):
    """Return the experiment with another last line, (constant, decayed) -> number."""
    return lambda fun, w, rates, n_steps: ratio(np.array(losses(fun, w, rates, n_steps, False)),
                                                np.array(losses(fun, w, rates, n_steps, True)))


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


RIGHT = {
    nb09.warm_cosine: [warm_cosine, way_down(lambda p, t, a, n: half(p))],
    nb09.distances: [[100.0, 10.0, 50.0, math.inf], (100, 10, 50.05, np.inf)],
    nb09.museum_decay_gain: [gain(lambda c, d: c.min() / d.min()), gain(lambda c, d: float(min(c)) / float(min(d)))],
    nb09_clipping.clip_global: [scaled(lambda g, c: c / max(total(g), c)),
                       scaled(lambda g, c: c / total(g) if total(g) > c else 1.0)],
    nb09_clipping.max_norm: [lambda W, c: W * (c / np.maximum(columns(W), c)),
                    lambda W, c: np.stack([w * c / norm(w) if norm(w) > c else w for w in W.T], axis=1)],
}

WRONG = [
    (nb09.warm_cosine, lambda t, *, lr, n_warmup, n_steps: lr if t == 1 else None, "one rate, a number"),
    (nb09.warm_cosine, climb(lambda t, a: (t - 1) / a), "t begins at 1"),
    (nb09.warm_cosine, climb(lambda t, a: 1.0), "the climb is missing"),
    (nb09.warm_cosine, lambda t, *, lr, n_warmup, n_steps: lr * half((t - 1) / (n_steps - n_warmup)), "starts with the cos"),
    (nb09.warm_cosine, climb(lambda t, a: t / (a + 1)), "one step late"),
    (nb09.warm_cosine, lambda t, *, lr, n_warmup, n_steps: t / n_warmup, "does not depend on lr"),
    (nb09.warm_cosine, climb(lambda t, a: (t / a)**2), "not a straight line"),
    (nb09.warm_cosine, way_down(lambda p, t, a, n: half((t - 1) / n)), "jumps where"),
    (nb09.warm_cosine, way_down(lambda p, t, a, n: half((t - a) / (n - a))), "one step early"),
    (nb09.warm_cosine, way_down(lambda p, t, a, n: half((t - 1 - a) / n)), "ends too high"),
    (nb09.warm_cosine, way_down(lambda p, t, a, n: (1 + math.cos(p)) / 2), "degrees or a share"),
    (nb09.warm_cosine, way_down(lambda p, t, a, n: half(2 * p)), "a whole wave"),
    (nb09.warm_cosine, way_down(lambda p, t, a, n: 2 * half(p)), "the half is missing"),
    (nb09.warm_cosine, way_down(lambda p, t, a, n: math.cos(math.pi * p)), "negative"),
    (nb09.warm_cosine, way_down(lambda p, t, a, n: 1 - p), "straight line, not a cosine"),
    (nb09.warm_cosine, way_down(lambda p, t, a, n: 1.0), "the cosine is missing"),
    (nb09.warm_cosine, way_down(lambda p, t, a, n: half(p)**2), "not half a cosine"),
    (nb09.distances, 100.0, "four numbers"),
    (nb09.distances, [0.1, 10, 50, math.inf], "1000"),
    (nb09.distances, [1000, 10, 50, math.inf], "count the rate too"),
    (nb09.distances, [100, math.inf, 50, math.inf], "geometric series"),
    (nb09.distances, [100, 100, 50, math.inf], "sum of the powers"),
    (nb09.distances, [100, 0.101, 50, math.inf], "q is 0.99"),
    (nb09.distances, [100, 10, 100, math.inf], "would be the constant one"),
    (nb09.distances, [100, 10, 0, math.inf], "lifted by 1"),
    (nb09.distances, [100, 10, 63.66, math.inf], "2/pi"),
    (nb09.distances, [100, 10, 50, 1.0], "too slowly"),
    (nb09.distances, [100, 10, 50, 14.4], "as a logarithm"),
    (nb09.distances, [100, 10, 7, math.inf], "cosine: that is not the sum"),
    (nb09.museum_decay_gain, lambda *given: given[2], "one number is wanted"),
    (nb09.museum_decay_gain, gain(lambda c, d: d.min() / c.min()), "upside down"),
    (nb09.museum_decay_gain, gain(lambda c, d: c[0] / d.min()), "still has only the smallest"),
    (nb09.museum_decay_gain, gain(lambda c, d: c[-1] / d.min()), "only the largest"),
    (nb09.museum_decay_gain, gain(lambda c, d: c[d.argmin()] / d.min()), "best rate of one arm"),
    (nb09.museum_decay_gain, gain(lambda c, d: c.min() / d[c.argmin()]), "suits the constant arm"),
    (nb09.museum_decay_gain, gain(lambda c, d: c[0] / d[0]), "neither is at its best"),
    (nb09.museum_decay_gain, gain(lambda c, d: (c / d).max()), "by its own loss"),
    (nb09.museum_decay_gain, gain(lambda c, d: c.min() / d[0]), "decay has a single rate"),
    (nb09.museum_decay_gain, gain(lambda c, d: c.mean() / d.mean()), "a mean over the rates"),
    (nb09.museum_decay_gain, gain(lambda c, d: c.min() - d.min()), "a difference"),
    (nb09.museum_decay_gain, lambda *given: 1.0, "not the best constant arm's"),
    (nb09_clipping.clip_global, in_place, "changed the arrays"),
    (nb09_clipping.clip_global, lambda grads, c: np.concatenate([g.ravel() for g in grads]), "a list is wanted"),
    (nb09_clipping.clip_global, lambda grads, c: [g * min(1, c / norm(g)) for g in grads], "clipped by itself"),
    (nb09_clipping.clip_global, lambda grads, c: [np.clip(g, -c, c) for g in grads], "by value"),
    (nb09_clipping.clip_global, scaled(lambda g, c: c / total(g)**2), "root is missing"),
    (nb09_clipping.clip_global, scaled(lambda g, c: c / sum(map(norm, g))), "norms were added"),
    (nb09_clipping.clip_global, scaled(lambda g, c: 1 / total(g)), "the length 1"),
    (nb09_clipping.clip_global, scaled(lambda g, c: c / max(map(norm, g))), "the longest array"),
    (nb09_clipping.clip_global, lambda grads, c: grads, "nothing was clipped"),
    (nb09_clipping.clip_global, scaled(lambda g, c: total(g) / c), "upside down"),
    (nb09_clipping.clip_global, scaled(lambda g, c: 0.5), "the old direction"),
    (nb09_clipping.clip_global, scaled(lambda g, c: c / total(g) if total(g) else 1.0), "stretched to the limit"),
    (nb09_clipping.clip_global, scaled(lambda g, c: min(1.0, c / total(g)) if total(g) else math.nan), "stay zero"),
    (nb09_clipping.max_norm, max_norm_in_place, "changed the array"),
    (nb09_clipping.max_norm, lambda W, c: columns(W), "an array of the shape (3, 4)"),
    (nb09_clipping.max_norm, lambda W, c: (W.T * (c / np.maximum(columns(W.T), c))).T, "limits the rows"),
    (nb09_clipping.max_norm, lambda W, c: W * min(1, c / norm(W)), "whole matrix"),
    (nb09_clipping.max_norm, lambda W, c: np.clip(W, -c, c), "weight clipping"),
    (nb09_clipping.max_norm, lambda W, c: W * c / columns(W), "became NaN"),
    (nb09_clipping.max_norm, lambda W, c: np.nan_to_num(W * c / columns(W)), "short columns were stretched"),
    (nb09_clipping.max_norm, lambda W, c: W * c / np.maximum((W**2).sum(axis=0), c), "root is missing"),
    (nb09_clipping.max_norm, lambda W, c: W * c / np.maximum(np.abs(W).max(axis=0), c), "longest weight"),
    (nb09_clipping.max_norm, lambda W, c: W / np.where(columns(W) > c, columns(W), 1), "the length 1"),
    (nb09_clipping.max_norm, lambda W, c: np.where(columns(W) > c, 0, W), "set to zero"),
    (nb09_clipping.max_norm, lambda W, c: W, "nothing was limited"),
    (nb09_clipping.max_norm, lambda W, c: W / 2, "others have changed"),
]
