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


RIGHT = {
    nb09.noise_scale: [scale, lambda a, c, b, B: np.divide(*[part.mean() for part in batch_noise.scale_parts(a, c, b, B)[::-1]])],
    nb09.scaled_rate: [scaling(1, 0.5), lambda rule, lr, old, new: lr * {"adam": math.sqrt}.get(rule, float)(new / old)],
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
]
