"""The checks of notebook 06: right answers pass, stubs are not attempted, known mistakes are named.
"""
import math

import numpy as np

from course_lib.checks import nb06
from course_lib.optimizers import minimize


def slope(errors, first):
    return np.polyfit(np.arange(first, len(errors)), errors[first:], 1)[0]


def ends(fun, starts, *, lr, n_steps, tol=1e-3):
    return minimize(fun, starts, "sgd", lr=lr, n_steps=n_steps).final


def near(fun, starts, minima, **settings):
    gap = ends(fun, starts, **settings)[:, None] - minima
    return np.linalg.norm(gap, axis=-1) <= settings["tol"]


def one_by_one(fun, starts, minima, *, lr, n_steps, tol=1e-3):
    counts = np.zeros(len(minima))
    for w in starts:
        for _ in range(n_steps):
            w = w - lr * fun(w)[1]
        for k, w_min in enumerate(minima):
            counts[k] += math.dist(w, w_min) <= tol
    return (counts / len(starts)).tolist()


def nearest(points, minima):
    index = np.linalg.norm(points[:, None] - minima, axis=-1).argmin(axis=1)
    return np.bincount(index, minlength=len(minima)) / len(points)


def coordinates(fun, starts, minima, *, tol, **settings):
    gap = np.abs(ends(fun, starts, **settings)[:, None] - minima)
    return (gap <= tol).any(axis=-1).mean(axis=0)


def overwrites(fun, starts, minima, **settings):
    starts[:] = ends(fun, starts, **settings)
    return nearest(starts, minima)


RIGHT = {
    nb06.fitted_rate: [lambda e: math.exp(slope(np.log(e), 100)), lambda e: 10**slope(np.log10(e), 101)],
    nb06.can_stop: [lambda g, *, mu, gap: (g * g).sum() <= 2 * mu * gap,
                    lambda g, *, mu, gap: bool(np.linalg.norm(g) <= math.sqrt(2 * mu * gap))],
    nb06.basin_shares: [lambda *a, **kw: near(*a, **kw).mean(axis=0), one_by_one],
}

WRONG = [
    (nb06.fitted_rate, lambda e: slope(np.log(e), 100), "the slope of the line"),
    (nb06.fitted_rate, lambda e: math.exp(slope(np.log10(e), 100)), "base 10 went in"),
    (nb06.fitted_rate, lambda e: 10**slope(np.log(e), 100), "base e went in"),
    (nb06.fitted_rate, lambda e: math.exp(slope(np.log(e), 0)), "whole record"),
    (nb06.fitted_rate, lambda e: slope(e, 100), "the errors themselves"),
    (nb06.fitted_rate, lambda e: e[-1] / e[-2], "last two records"),
    (nb06.fitted_rate, lambda e: (e[-1] / e[0])**(1 / 200), "counts the transient in"),
    (nb06.fitted_rate, lambda e: 0.5, "multiplied by 0.9 in each step was said to be multiplied by 0.5"),
    (nb06.can_stop, lambda g, *, mu, gap: (g * g).sum(), "one True or False"),
    (nb06.can_stop, lambda g, *, mu, gap: (g * g).sum() <= 2 * gap, "on the wrong side"),
    (nb06.can_stop, lambda g, *, mu, gap: (g * g).sum() <= mu * gap, "the 2 in its place"),
    (nb06.can_stop, lambda g, *, mu, gap: np.linalg.norm(g) <= 2 * mu * gap, "is the length squared"),
    (nb06.can_stop, lambda g, *, mu, gap: abs(g).sum()**2 <= 2 * mu * gap, "not their sizes"),
    (nb06.can_stop, lambda g, *, mu, gap: bool(abs(g).max()**2 <= 2 * mu * gap), "single coordinates"),
    (nb06.can_stop, lambda g, *, mu, gap: g.sum()**2 <= 2 * mu * gap, "opposite sign"),
    (nb06.can_stop, lambda g, *, mu, gap: (g * g).sum() <= gap, "mu plays no part"),
    (nb06.can_stop, lambda g, *, mu, gap: (g * g).sum() <= 2 * mu * gap + 1e-12, "however small"),
    (nb06.can_stop, lambda g, *, mu, gap: (g * g).sum() / (2 * mu) <= gap, "dividing by mu"),
    (nb06.can_stop, lambda g, *, mu, gap: not (g * g).sum() > 2 * mu * gap, "NaN"),
    (nb06.fitted_rate, lambda e: [0.9, 0.1], "one number is wanted"),
    (nb06.basin_shares, overwrites, "changed the starts"),
    (nb06.basin_shares, lambda *a, **kw: near(*a, **kw), "want 2 shares"),
    (nb06.basin_shares, lambda *a, **kw: near(*a, **kw).sum(axis=0), "counts"),
    (nb06.basin_shares, lambda f, s, m, **kw: nearest(ends(f, s, **kw), m), "ends nowhere: is tol used"),
    (nb06.basin_shares, lambda f, s, m, **kw: nearest(s, m), "the starts were given"),
    (nb06.basin_shares, lambda *a, **kw: near(*a, **kw).sum(axis=0) / near(*a, **kw).sum(), "count among the starts"),
    (nb06.basin_shares, coordinates, "one coordinate alone"),
    (nb06.basin_shares, lambda *a, **kw: near(*a, **kw | {"n_steps": 1}).mean(axis=0), "the ones that were given"),
]
