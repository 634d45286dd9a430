"""The checks of notebook 16: right answers pass, stubs are not attempted, each known mistake gets
its sentence.
"""
import math

import numpy as np

from course_lib.checks import nb16, nb16_plateau
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


def plateau(losses, *, lr, patience, factor):
    lowest, since, rates = math.inf, 0, []
    for loss in losses:
        rates.append(lr)
        if loss < lowest:
            lowest, since = loss, 0
        else:
            since += 1
        if since == patience:
            lr, since = lr * factor, 0
    return rates


def library_plateau(losses, *, lr, patience, factor):
    schedule, tell = schedules.reduce_on_plateau(lr, patience, factor)
    rates = []
    for t, loss in enumerate(losses, 1):
        rates.append(schedule(t))
        tell(loss)
    return np.array(rates)


def plateau_by(better=lambda loss, past: loss < min(past, default=math.inf), *, fall=lambda lr, f: lr * f,
               due=lambda since, patience: since == patience, restart=True, late=False):
    """Return a plateau rule with its parts changed; late: the rate is noted after the loss."""
    def rates_of(losses, *, lr, patience, factor):
        rates, since = [], 0
        for k, loss in enumerate(losses):
            if not late:
                rates.append(lr)
            since = 0 if better(loss, losses[:k]) else since + 1
            if due(since, patience):
                lr, since = fall(lr, factor), 0 if restart else since
            if late:
                rates.append(lr)
        return rates
    return rates_of


def from_the_first(losses, *, lr, patience, factor):
    return [rate if rate == lr else lr * factor for rate in plateau(losses, lr=lr, patience=patience, factor=factor)]


def lowest_on_the_way(fun, w, rates, n_steps):
    def best(decay):
        return min(descent.minimize(fun, w, "sgd", n_steps=n_steps, lr=schedules.inverse_time(lr, n_steps // 10)
                                    if decay else lr).loss.min() for lr in rates)
    return best(False) / best(True)


def losses(fun, w, rates, n_steps, decay):
    schedule = (lambda lr: schedules.inverse_time(lr, n_steps // 10)) if decay else schedules.constant
    return [descent.minimize(fun, w, "sgd", n_steps=n_steps, lr=schedule(lr)).loss[-1] for lr in rates]


def gain(ratio):
    """Return the experiment with another last line, (constant, decayed) -> number."""
    return lambda fun, w, rates, n_steps: ratio(np.array(losses(fun, w, rates, n_steps, False)),
                                                np.array(losses(fun, w, rates, n_steps, True)))


RIGHT = {
    nb16.warm_cosine: [warm_cosine, way_down(lambda p, t, a, n: half(p))],
    nb16_plateau.plateau_rates: [plateau, library_plateau],
    nb16.distances: [[100.0, 10.0, 50.0, math.inf], (100, 10, 50.05, np.inf)],
    nb16.museum_decay_gain: [gain(lambda c, d: c.min() / d.min()), gain(lambda c, d: float(min(c)) / float(min(d)))],
}

WRONG = [
    (nb16.warm_cosine, lambda t, *, lr, n_warmup, n_steps: lr if t == 1 else None, "one rate, a number"),
    (nb16.warm_cosine, climb(lambda t, a: (t - 1) / a), "t begins at 1"),
    (nb16.warm_cosine, climb(lambda t, a: 1.0), "the climb is missing"),
    (nb16.warm_cosine, lambda t, *, lr, n_warmup, n_steps: lr * half((t - 1) / (n_steps - n_warmup)), "starts with the cos"),
    (nb16.warm_cosine, climb(lambda t, a: t / (a + 1)), "one step late"),
    (nb16.warm_cosine, lambda t, *, lr, n_warmup, n_steps: t / n_warmup, "does not depend on lr"),
    (nb16.warm_cosine, climb(lambda t, a: (t / a)**2), "not a straight line"),
    (nb16.warm_cosine, way_down(lambda p, t, a, n: half((t - 1) / n)), "jumps where"),
    (nb16.warm_cosine, way_down(lambda p, t, a, n: half((t - a) / (n - a))), "one step early"),
    (nb16.warm_cosine, way_down(lambda p, t, a, n: half((t - 1 - a) / n)), "ends too high"),
    (nb16.warm_cosine, way_down(lambda p, t, a, n: (1 + math.cos(p)) / 2), "degrees or a share"),
    (nb16.warm_cosine, way_down(lambda p, t, a, n: half(2 * p)), "a whole wave"),
    (nb16.warm_cosine, way_down(lambda p, t, a, n: 2 * half(p)), "the half is missing"),
    (nb16.warm_cosine, way_down(lambda p, t, a, n: math.cos(math.pi * p)), "negative"),
    (nb16.warm_cosine, way_down(lambda p, t, a, n: 1 - p), "straight line, not a cosine"),
    (nb16.warm_cosine, way_down(lambda p, t, a, n: 1.0), "the cosine is missing"),
    (nb16.warm_cosine, way_down(lambda p, t, a, n: half(p)**2), "not half a cosine"),
    (nb16.warm_cosine, way_down(lambda p, t, a, n: half((t - 1 - a) / (n - a - 1))), "arrives at 0 in the last step"),
    (nb16_plateau.plateau_rates, lambda losses, **given: given["lr"], "a list of as many rates"),
    (nb16_plateau.plateau_rates, lambda losses, **given: [0.1], "a list of as many rates"),
    (nb16_plateau.plateau_rates, lambda losses, **given: ["a"] * len(losses), "is a number"),
    (nb16_plateau.plateau_rates, lambda losses, **given: [None] * len(losses), "is a number"),
    (nb16_plateau.plateau_rates, plateau_by(late=True), "one epoch early"),
    (nb16_plateau.plateau_rates, plateau_by(due=lambda since, patience: since > patience), "one epoch late"),
    (nb16_plateau.plateau_rates, plateau_by(due=lambda since, patience: since >= patience, restart=False), "must begin anew"),
    (nb16_plateau.plateau_rates, plateau_by(lambda loss, past: not past or loss < past[-1]), "the epoch before"),
    (nb16_plateau.plateau_rates, plateau_by(lambda loss, past: loss <= min(past, default=math.inf)), "an equal loss"),
    (nb16_plateau.plateau_rates, plateau_by(lambda loss, past: past and loss < min(past)), "the first epoch"),
    (nb16_plateau.plateau_rates, plateau_by(fall=lambda lr, f: lr - f), "is subtracted"),
    (nb16_plateau.plateau_rates, plateau_by(fall=lambda lr, f: lr / f), "so it grows"),
    (nb16_plateau.plateau_rates, from_the_first, "starts from the first rate"),
    (nb16_plateau.plateau_rates, plateau_by(due=lambda since, patience: False), "never falls"),
    (nb16_plateau.plateau_rates, plateau_by(fall=lambda lr, f: lr * f * f), "the next rate is"),
    (nb16.museum_decay_gain, lowest_on_the_way, "the lowest loss on the way"),
    (nb16.distances, 100.0, "four numbers"),
    (nb16.distances, [0.1, 10, 50, math.inf], "1000"),
    (nb16.distances, [1000, 10, 50, math.inf], "count the rate too"),
    (nb16.distances, [100, math.inf, 50, math.inf], "geometric series"),
    (nb16.distances, [100, 100, 50, math.inf], "sum of the powers"),
    (nb16.distances, [100, 0.101, 50, math.inf], "q is 0.99"),
    (nb16.distances, [100, 10, 100, math.inf], "would be the constant one"),
    (nb16.distances, [100, 10, 0, math.inf], "lifted by 1"),
    (nb16.distances, [100, 10, 63.66, math.inf], "2/pi"),
    (nb16.distances, [100, 10, 50, 1.0], "too slowly"),
    (nb16.distances, [100, 10, 50, 14.4], "as a logarithm"),
    (nb16.distances, [100, 10, 7, math.inf], "cosine: that is not the sum"),
    (nb16.museum_decay_gain, lambda *given: given[2], "one number is wanted"),
    (nb16.museum_decay_gain, gain(lambda c, d: d.min() / c.min()), "upside down"),
    (nb16.museum_decay_gain, gain(lambda c, d: c[0] / d.min()), "still has only the smallest"),
    (nb16.museum_decay_gain, gain(lambda c, d: c[-1] / d.min()), "only the largest"),
    (nb16.museum_decay_gain, gain(lambda c, d: c[d.argmin()] / d.min()), "best rate of one arm"),
    (nb16.museum_decay_gain, gain(lambda c, d: c.min() / d[c.argmin()]), "suits the constant arm"),
    (nb16.museum_decay_gain, gain(lambda c, d: c[0] / d[0]), "neither is at its best"),
    (nb16.museum_decay_gain, gain(lambda c, d: (c / d).max()), "by its own loss"),
    (nb16.museum_decay_gain, gain(lambda c, d: c.min() / d[0]), "decay has a single rate"),
    (nb16.museum_decay_gain, gain(lambda c, d: c.mean() / d.mean()), "a mean over the rates"),
    (nb16.museum_decay_gain, gain(lambda c, d: c.min() - d.min()), "a difference"),
    (nb16.museum_decay_gain, lambda *given: 1.0, "not the best constant arm's"),
]
