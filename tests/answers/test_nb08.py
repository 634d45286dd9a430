"""The checks of notebook 08: right answers pass, stubs are not attempted, known mistakes are named.
"""
import numpy as np

from course_lib.checks import nb08
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


def rotated(n, batch_size, rng):
    return cut(np.roll(np.arange(n), rng.integers(n)), batch_size)


def rotated_and_turned(n, batch_size, rng):
    order = np.roll(np.arange(n), rng.integers(n))
    return cut(order[::-1] if rng.integers(2) else order, batch_size)


def wrong_remainder(n, batch_size, rng):
    order = rng.permutation(n)
    k = n // batch_size
    k += (k % batch_size != 0)
    return [order[i * batch_size:(i + 1) * batch_size] for i in range(k)]


def foreign(n, batch_size, rng):
    return epoch(n, batch_size, np.random.default_rng())


def small_first(n, batch_size, rng):
    order, rest = rng.permutation(n), n % batch_size
    return [order[:rest]] * (rest > 0) + cut(order[rest:], batch_size)


def drawn_and_dropped(n, batch_size, rng):
    return [rng.choice(n, batch_size) for _ in range(n // batch_size)]


def one_too_many(n, batch_size, rng):
    order = rng.permutation(n)
    return [order[i * batch_size:(i + 1) * batch_size] for i in range(n // batch_size + 1)]


def run(gradient, w, n, *, lr, batch_size, epochs, rng, batches=epoch, step=None):
    """A run by the given batches; returns the points after each step."""
    points = []
    for _ in range(epochs):
        for rows in batches(n, batch_size, rng):
            w = w - lr * gradient(w, rows) * (len(rows) if step == "sum" else 1)
            points.append(w)
    return np.array(points)


def sgd(gradient, w, n, **settings):
    points = run(gradient, w, n, **settings)
    return points[-1], points.mean(axis=0)


def running_mean(gradient, w, n, *, lr, batch_size, epochs, rng):
    average, t, order = np.zeros(len(w)), 0, np.arange(n)
    for _ in range(epochs):
        rng.shuffle(order)
        for rows in cut(order.copy(), batch_size):
            t, w = t + 1, w - lr * gradient(w, rows)
            average = average + (w - average) / t
    return w, average


def ends(choose, **changes):
    def mine(gradient, w, n, **settings):
        points = run(gradient, w, n, **(settings | changes))
        return choose(points, w)
    return mine


def in_place(gradient, w, n, *, lr, batch_size, epochs, rng):
    points = []
    for _ in range(epochs):
        for rows in epoch(n, batch_size, rng):
            w -= lr * gradient(w, rows)
            points.append(w.copy())
    return w, np.mean(points, axis=0)


def frozen(gradient, w, n, *, lr, batch_size, epochs, rng):
    start, points = w, []
    for _ in range(epochs):
        for rows in epoch(n, batch_size, rng):
            w = w - lr * gradient(start, rows)
            points.append(w)
    return w, np.mean(points, axis=0)


def shuffled_once(gradient, w, n, *, lr, batch_size, epochs, rng):
    batches = epoch(n, batch_size, rng)
    return sgd(gradient, w, n, lr=lr, batch_size=batch_size, epochs=epochs, rng=rng,
               batches=lambda *args: batches)


def decaying(gradient, w, n, *, lr, **settings):
    return sgd(gradient, w, n, lr=lr / 2, **settings)


def by_batches(batches):
    return lambda *args, **settings: sgd(*args, **(settings | {"batches": batches}))


RIGHT = {
    nb08.rate_for_floor: [rate, lambda F, lam, sigma, batch_size: 2 / (lam + sigma**2 / (batch_size * lam * F))],
    nb08.museum_epoch: [epoch, datasets.batches, lambda n, B, rng: [list(rows) for rows in epoch(n, B, rng)],
                        lambda n, B, rng: cut(rng.choice(n, n, replace=False), B)],
    nb08.minibatch_sgd: [sgd, running_mean, by_batches(datasets.batches),
                         lambda *args, **settings: np.array(sgd(*args, **settings))],
}

WRONG = [
    (nb08.rate_for_floor, floored(lambda F, lam, sigma, B: 2 * B * lam * F / sigma**2), "small rates only"),
    (nb08.rate_for_floor, floored(lambda F, lam, sigma, B: 2 * B * lam * F / (sigma + B * lam**2 * F)), "square of sigma"),
    (nb08.rate_for_floor, floored(lambda F, lam, sigma, B: rate(F, lam=lam, sigma=sigma, batch_size=1)), "size is missing"),
    (nb08.rate_for_floor, floored(lambda F, lam, sigma, B: rate(F, lam=lam, sigma=sigma, batch_size=1 / B)), "wrong side"),
    (nb08.rate_for_floor, floored(lambda F, lam, sigma, B: rate(F, lam=lam, sigma=sigma, batch_size=B) / 2), "factor 2"),
    (nb08.rate_for_floor, floored(lambda F, lam, sigma, B: 2 * B * lam * F / (sigma**2 - B * lam**2 * F)), "sign"),
    (nb08.rate_for_floor, floored(lambda F, lam, sigma, B: 2 * B * lam * F / (sigma**2 + B * lam * F)), "lost its square"),
    (nb08.rate_for_floor, floored(lambda F, lam, sigma, B: 2 / lam), "largest stable rate"),
    (nb08.rate_for_floor, batch_noise.sgd_floor, "the rate for the floor is wanted"),
    (nb08.rate_for_floor, floored(lambda F, lam, sigma, B: 5.0), "a rate that settles at nowhere"),
    (nb08.rate_for_floor, floored(lambda F, lam, sigma, B: 0.5), "a rate that settles at 0.45"),
    (nb08.rate_for_floor, floored(lambda F, lam, sigma, B: [0.5]), "one number is wanted"),
    (nb08.museum_epoch, lambda n, B, rng: epoch(n, B, rng)[0].tolist(), "flat arrays of whole numbers"),
    (nb08.museum_epoch, lambda n, B, rng: [rows / 1 for rows in epoch(n, B, rng)], "flat arrays of whole numbers"),
    (nb08.museum_epoch, lambda n, B, rng: epoch(n, B, rng)[:-1], "the last, smaller batch is lost"),
    (nb08.museum_epoch, lambda n, B, rng: cut(rng.integers(n, size=n), B), "come twice"),
    (nb08.museum_epoch, drawn_and_dropped, "drawing with replacement"),
    (nb08.museum_epoch, wrong_remainder, "with 12 examples in batches of 4: one of the batches is empty"),
    (nb08.museum_epoch, one_too_many, "with 12 examples in batches of 4: one of the batches is empty"),
    (nb08.museum_epoch, lambda n, B, rng: cut(rng.permutation(n)[:-1], B), "every index from 0 to 49"),
    (nb08.museum_epoch, lambda n, B, rng: [rng.permutation(n)], "make 6 of 8"),
    (nb08.museum_epoch, small_first, "make 6 of 8"),
    (nb08.museum_epoch, lambda n, B, rng: np.array_split(rng.permutation(n), -(-n // B)), "make 6 of 8"),
    (nb08.museum_epoch, lambda n, B, rng: epoch(n, B, np.random.default_rng(0)), "same order"),
    (nb08.museum_epoch, lambda n, B, rng: cut(np.arange(n), B), "same order"),
    (nb08.museum_epoch, lambda n, B, rng: list(map(rng.permutation, cut(np.arange(n), B))), "same examples share a batch"),
    (nb08.museum_epoch, mixed_inside, "same examples share a batch"),
    (nb08.museum_epoch, short_buffer, "never meet"),
    (nb08.museum_epoch, rotated, "never meet"),
    (nb08.museum_epoch, rotated_and_turned, "never meet"),
    (nb08.museum_epoch, foreign, "does not come from rng"),
    (nb08.minibatch_sgd, in_place, "changed the start"),
    (nb08.minibatch_sgd, frozen, "taken at the start"),
    (nb08.minibatch_sgd, shuffled_once, "shuffle anew"),
    (nb08.minibatch_sgd, by_batches(lambda n, B, rng: cut(np.arange(n), B)), "shuffle anew"),
    (nb08.minibatch_sgd, by_batches(lambda n, B, rng: epoch(n, B, rng)[:-1]), "smaller batch of each epoch is lost"),
    (nb08.minibatch_sgd, by_batches(lambda n, B, rng: cut(rng.integers(n, size=n), B)), "drawing with replacement"),
    (nb08.minibatch_sgd, by_batches(lambda n, B, rng: np.array_split(rng.permutation(n), 3)), "make 2 of 4"),
    (nb08.minibatch_sgd, by_batches(lambda n, B, rng: cut(rng.permutation(n), 1)), "asked for 30 gradients"),
    (nb08.minibatch_sgd, by_batches(lambda n, B, rng: epoch(n, B, np.random.default_rng())), "does not come from rng"),
    (nb08.minibatch_sgd, ends(lambda points, w: (points[-1], points.mean(axis=0)), epochs=1), "loop over the epochs"),
    (nb08.minibatch_sgd, ends(lambda points, w: points[-1]), "two points are wanted"),
    (nb08.minibatch_sgd, ends(lambda points, w: (points.mean(axis=0), points[-1])), "wrong order"),
    (nb08.minibatch_sgd, ends(lambda points, w: (points[-1], np.vstack([w, points]).mean(axis=0))), "belongs to no step"),
    (nb08.minibatch_sgd, ends(lambda points, w: (points[-1], np.vstack([w, points[:-1]]).mean(axis=0))), "last point is missing"),
    (nb08.minibatch_sgd, ends(lambda points, w: (points[-1], points[-1])), "came out as the last point"),
    (nb08.minibatch_sgd, ends(lambda points, w: (points[-1], points.sum(axis=0) / 3)), "number of epochs"),
    (nb08.minibatch_sgd, ends(lambda points, w: (points[-1], points.sum(axis=0))), "not divided"),
    (nb08.minibatch_sgd, ends(lambda points, w: (points[-1], points[-3:].mean(axis=0))), "last epoch"),
    (nb08.minibatch_sgd, ends(lambda points, w: (points[-1], points[2::3].mean(axis=0))), "ends of the epochs"),
    (nb08.minibatch_sgd, ends(lambda points, w: (points[-1], points.mean(axis=0)), step="sum"), "a mean already"),
    (nb08.minibatch_sgd, decaying, "the steps are not"),
]
