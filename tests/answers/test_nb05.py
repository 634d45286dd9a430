"""The checks of notebook 05: right answers pass, stubs are not attempted, known mistakes are named.
"""
import math

import numpy as np

from course_lib.checks import nb05
from course_lib.checks.museum import museum_epoch
from course_lib.data import datasets
from course_lib.training import batch_noise


def rate(F, *, lam, sigma, batch_size):
    return 2 * batch_size * lam * F / (sigma**2 + batch_size * lam**2 * F)


def floored(formula):
    return lambda F, *, lam, sigma, batch_size: formula(F, lam, sigma, batch_size)


def cut(order, batch_size):
    return [order[start:start + batch_size] for start in range(0, len(order), batch_size)]


def epoch(n, batch_size, rng):
    return cut(rng.permutation(n), batch_size)


def mixed_inside(n, batch_size, rng):
    return [rng.permutation(rows) for rows in museum_epoch(n, batch_size, rng)]


def short_buffer(n, batch_size, rng):
    half = n // 2
    return cut(np.concatenate([rng.permutation(half), half + rng.permutation(n - half)]), batch_size)


def foreign(n, batch_size, rng):
    return epoch(n, batch_size, np.random.default_rng())


def small_first(n, batch_size, rng):
    order, rest = rng.permutation(n), n % batch_size
    return [order[:rest], *cut(order[rest:], batch_size)]


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
    nb05.rate_for_floor: [rate, lambda F, lam, sigma, batch_size: 2 / (lam + sigma**2 / (batch_size * lam * F))],
    nb05.museum_epoch: [epoch, datasets.batches, lambda n, B, rng: [list(rows) for rows in epoch(n, B, rng)]],
    nb05.noise_scale: [scale, lambda a, c, b, B: np.divide(*[part.mean() for part in batch_noise.scale_parts(a, c, b, B)[::-1]])],
    nb05.scaled_rate: [scaling(1, 0.5), lambda rule, lr, old, new: lr * {"adam": math.sqrt}.get(rule, float)(new / old)],
}

WRONG = [
    (nb05.rate_for_floor, floored(lambda F, lam, sigma, B: 2 * B * lam * F / sigma**2), "small rates only"),
    (nb05.rate_for_floor, floored(lambda F, lam, sigma, B: 2 * B * lam * F / (sigma + B * lam**2 * F)), "square of sigma"),
    (nb05.rate_for_floor, floored(lambda F, lam, sigma, B: rate(F, lam=lam, sigma=sigma, batch_size=1)), "size is missing"),
    (nb05.rate_for_floor, floored(lambda F, lam, sigma, B: rate(F, lam=lam, sigma=sigma, batch_size=1 / B)), "wrong side"),
    (nb05.rate_for_floor, floored(lambda F, lam, sigma, B: rate(F, lam=lam, sigma=sigma, batch_size=B) / 2), "factor 2"),
    (nb05.rate_for_floor, floored(lambda F, lam, sigma, B: 2 * B * lam * F / (sigma**2 - B * lam**2 * F)), "sign"),
    (nb05.rate_for_floor, batch_noise.sgd_floor, "the rate for the floor is wanted"),
    (nb05.rate_for_floor, floored(lambda F, lam, sigma, B: 5.0), "a rate that settles at nowhere"),
    (nb05.rate_for_floor, floored(lambda F, lam, sigma, B: 0.5), "a rate that settles at 0.45"),
    (nb05.museum_epoch, lambda n, B, rng: epoch(n, B, rng)[0].tolist(), "flat arrays of whole numbers"),
    (nb05.museum_epoch, lambda n, B, rng: [rows / 1 for rows in epoch(n, B, rng)], "flat arrays of whole numbers"),
    (nb05.museum_epoch, lambda n, B, rng: epoch(n, B, rng)[:-1], "the last, smaller batch is lost"),
    (nb05.museum_epoch, lambda n, B, rng: cut(rng.integers(n, size=n), B), "come twice"),
    (nb05.museum_epoch, lambda n, B, rng: cut(rng.permutation(n)[:-1], B), "every index from 0 to 49"),
    (nb05.museum_epoch, lambda n, B, rng: [rng.permutation(n)], "six batches of 8"),
    (nb05.museum_epoch, small_first, "six batches of 8"),
    (nb05.museum_epoch, lambda n, B, rng: epoch(n, B, np.random.default_rng(0)), "same order"),
    (nb05.museum_epoch, lambda n, B, rng: cut(np.arange(n), B), "same order"),
    (nb05.museum_epoch, lambda n, B, rng: list(map(rng.permutation, cut(np.arange(n), B))), "same examples share a batch"),
    (nb05.museum_epoch, mixed_inside, "same examples share a batch"),
    (nb05.museum_epoch, short_buffer, "never meet"),
    (nb05.museum_epoch, foreign, "does not come from rng"),
    (nb05.noise_scale, lambda a, c, b, B: 1 / scale(a, c, b, B), "upside down"),
    (nb05.noise_scale, lambda a, c, b, B: parts(a, c, b, B)[1] / squared(c), "noise of its own"),
    (nb05.noise_scale, lambda a, c, b, B: parts(a, c, b, B)[1], "divide by |G|^2"),
    (nb05.noise_scale, lambda a, c, b, B: scale(a, c, b, B) * (1 / b - 1 / B) / (B - b), "has become B - b"),
    (nb05.noise_scale, lambda a, c, b, B: b * squared(a) / parts(a, c, b, B)[0], "set free"),
    (nb05.noise_scale, changed_places, "changed places"),
    (nb05.noise_scale, by_pairs, "divide last"),
    (nb05.noise_scale, averaged, "before they were squared"),
    (nb05.noise_scale, lambda a, c, b, B: batch_noise.scale_parts(a, c, b, B)[0], "an array of shape (30,)"),
    (nb05.noise_scale, lambda a, c, b, B: 7.0, "batches of 4 and 32 the noise scale is not 7"),
    (nb05.scaled_rate, lambda *args, **settings: np.nan, "for sgd"),
    (nb05.scaled_rate, scaling(1, 1), "linear is too much"),
    (nb05.scaled_rate, scaling(0.5, 0.5), "scale linearly"),
    (nb05.scaled_rate, scaling(-1, -0.5), "upside down"),
    (nb05.scaled_rate, scaling(0, 0), "has not changed"),
    (nb05.scaled_rate, lambda rule, lr, old, new: scaling(1, 0.5)(rule, 1.0, old=old, new=new), "old rate is missing"),
    (nb05.scaled_rate, lambda rule, lr, old, new: lr * new, "the ratio of the two"),
    (nb05.scaled_rate, lambda rule, lr, old, new: lr * 2, "for sgd, from batches of 64 at 0.1 to batches of 576"),
]
