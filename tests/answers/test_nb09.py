"""The checks of notebook 09: right answers pass, stubs are not attempted, known mistakes are named.
"""
import math

import numpy as np

from course_lib.checks import nb09
from course_lib.training import batch_noise


def squared(g):
    return (g * g).sum(axis=1).mean()


def parts(a, c, b, B):
    return (B * squared(c) - b * squared(a)) / (B - b), (squared(a) - squared(c)) / (1 / b - 1 / B)


def scale(a, c, b, B):
    signal, noisy = parts(a, c, b, B)
    return noisy / signal


def changed_places(a, c, b, B):
    return parts(a, c, b, B)[1] * (B - b) / (B * squared(a) - b * squared(c))


def averaged(a, c, b, B):
    return scale(a.mean(0, keepdims=True), c.mean(0, keepdims=True), b, B)


def scaling(power_sgd, power_adam):
    return lambda rule, lr, *, old, new: lr * (new / old) ** (power_adam if rule == "adam" else power_sgd)


def by_pairs(a, c, b, B):
    signal, noisy = batch_noise.scale_parts(a, c, b, B)
    return (noisy / signal).mean()


def accumulated(weigh=len, divide=lambda rows, parts: len(rows), keep=None):
    def mine(gradient, rows, part):
        parts = [rows[start:start + part] for start in range(0, len(rows), part)][:keep]
        return sum(weigh(some) * gradient(some) for some in parts) / divide(rows, parts)
    return mine


def split_by_numpy(gradient, rows, part):
    return sum(len(some) * gradient(some) for some in np.array_split(rows, -(-len(rows) // part))) / len(rows)


def dropped(gradient, rows, part):
    k = max(1, len(rows) // part)
    return sum(gradient(rows[i * part:(i + 1) * part]) for i in range(k)) / k


def at_once(gradient, rows, part):
    return gradient(rows)


def one_by_one(gradient, rows, part):
    return sum(gradient([row]) for row in rows) / len(rows)


def last_only(gradient, rows, part):
    for start in range(0, len(rows), part):
        total = gradient(rows[start:start + part])
    return total


def sorts(gradient, rows, part):
    rows.sort()
    return accumulated()(gradient, rows, part)


def first_again(gradient, rows, part):
    k = -(-len(rows) // part)
    return sum(gradient(rows[:part]) for _ in range(k)) / k


def full_parts(gradient, rows, part):
    return part * sum(gradient(rows[i:i + part]) for i in range(0, len(rows), part)) / len(rows)


RIGHT = {
    nb09.noise_scale: [scale, lambda a, c, b, B: np.divide(*[part.mean() for part in batch_noise.scale_parts(a, c, b, B)[::-1]])],
    nb09.scaled_rate: [scaling(1, 0.5), lambda rule, lr, old, new: lr * {"adam": math.sqrt}.get(rule, float)(new / old)],
    nb09.accumulate: [accumulated(), split_by_numpy],
}

WRONG = [
    (nb09.noise_scale, lambda a, c, b, B: 1 / scale(a, c, b, B), "upside down"),
    (nb09.noise_scale, lambda a, c, b, B: parts(a, c, b, B)[1] / squared(c), "noise of its own"),
    (nb09.noise_scale, lambda a, c, b, B: parts(a, c, b, B)[1], "divide by |G|^2"),
    (nb09.noise_scale, lambda a, c, b, B: scale(a, c, b, B) * (1 / b - 1 / B) / (B - b), "has become B - b"),
    (nb09.noise_scale, lambda a, c, b, B: b * squared(a) / parts(a, c, b, B)[0], "set free"),
    (nb09.noise_scale, changed_places, "changed places"),
    (nb09.noise_scale, by_pairs, "divide last"),
    (nb09.noise_scale, averaged, "before they were squared"),
    (nb09.noise_scale, lambda a, c, b, B: batch_noise.scale_parts(a, c, b, B)[0], "an array of shape (30,)"),
    (nb09.noise_scale, lambda a, c, b, B: 7.0, "batches of 4 and 32 the noise scale is not 7"),
    (nb09.scaled_rate, lambda *args, **settings: np.nan, "for sgd"),
    (nb09.scaled_rate, scaling(1, 1), "linear is too much"),
    (nb09.scaled_rate, scaling(0.5, 0.5), "scale linearly"),
    (nb09.scaled_rate, scaling(-1, -0.5), "upside down"),
    (nb09.scaled_rate, scaling(0, 0), "has not changed"),
    (nb09.scaled_rate, lambda rule, lr, old, new: scaling(1, 0.5)(rule, 1.0, old=old, new=new), "old rate is missing"),
    (nb09.scaled_rate, lambda rule, lr, old, new: lr * new, "the ratio of the two"),
    (nb09.scaled_rate, lambda rule, lr, old, new: lr * 2, "for sgd, from batches of 64 at 0.1 to batches of 576"),
    (nb09.scaled_rate, lambda rule, lr, old, new: lr * (new // old) ** (0.5 if rule == "adam" else 1), "drops the remainder"),
    (nb09.scaled_rate, lambda rule, lr, old, new: lr * (new / old) ** (1 if rule == "sgd" else 0.5), "sgd and momentum scale linearly"),
    (nb09.scaled_rate, lambda rule, lr, old, new: [lr], "one number is wanted"),
    (nb09.accumulate, accumulated(lambda some: 1, lambda rows, parts: len(parts)), "each part counts alike"),
    (nb09.accumulate, accumulated(lambda some: 1, lambda rows, parts: 1), "means is not divided"),
    (nb09.accumulate, accumulated(len, lambda rows, parts: 1), "not divided by their number"),
    (nb09.accumulate, accumulated(lambda some: 1), "divided by the number of rows"),
    (nb09.accumulate, full_parts, "full length of a part"),
    (nb09.accumulate, dropped, "in no part"),
    (nb09.accumulate, at_once, "at most 4 fit in memory"),
    (nb09.accumulate, one_by_one, "more parts than needed"),
    (nb09.accumulate, last_only, "only the last part"),
    (nb09.accumulate, sorts, "changed the rows"),
    (nb09.accumulate, first_again, "in exactly one part"),
    (nb09.accumulate, lambda gradient, rows, part: np.zeros(3), "never called"),
    (nb09.accumulate, accumulated(lambda some: 2 * len(some)), "not the mean"),
]
