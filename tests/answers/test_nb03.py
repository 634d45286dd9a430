"""The checks of notebook 03: right answers pass, stubs are not attempted, known mistakes are named.
"""
import math

import numpy as np

from course_lib.checks import nb03


def descend(fun, w, *, lr, n_steps, move=lambda loss, g, lr: -lr * g):
    path = [np.array(w, dtype=float)]
    for _ in range(n_steps):
        path.append(path[-1] + move(*fun(path[-1]), lr))
    return np.array(path)


def moving(move):
    return lambda fun, w, *, lr, n_steps: descend(fun, w, lr=lr, n_steps=n_steps, move=move)


def in_place(fun, w, *, lr, n_steps):
    path = [w]
    for _ in range(n_steps):
        w -= lr * fun(w)[1]
        path.append(w)
    return path


def aliased(fun, w, *, lr, n_steps):
    return in_place(fun, w.copy(), lr=lr, n_steps=n_steps)


def frozen(fun, w, *, lr, n_steps):
    return [w - t * lr * fun(w)[1] for t in range(n_steps + 1)]


def seven_steps(fun, w, *, lr, n_steps):
    return descend(fun, w, lr=lr, n_steps=7)


def own_rate(fun, w, *, lr, n_steps):
    return descend(fun, w, lr=0.05, n_steps=n_steps)


def slope(errors, first):
    return np.polyfit(np.arange(first, len(errors)), errors[first:], 1)[0]


RIGHT = {
    nb03.gd: [descend, lambda fun, w, **kw: descend(fun, w, **kw).tolist()],
    nb03.largest_stable_lr: [lambda H: 2 / np.linalg.eigvalsh(H)[-1], lambda H: 2 / np.linalg.norm(H, 2)],
    nb03.fitted_rate: [lambda e: math.exp(slope(np.log(e), 100)), lambda e: 10**slope(np.log10(e), 101)],
    nb03.best_lr: [lambda mu, L: (2 / (L + mu), (L - mu) / (L + mu)),
                   lambda mu, L: np.array([2 / (L + mu), (L / mu - 1) / (L / mu + 1)])],
    nb03.can_stop: [lambda g, *, mu, gap: (g * g).sum() <= 2 * mu * gap,
                    lambda g, *, mu, gap: bool(np.linalg.norm(g) <= math.sqrt(2 * mu * gap))],
}

WRONG = [
    (nb03.gd, in_place, "changed the start"),
    (nb03.gd, lambda fun, w, **kw: descend(fun, w, **kw)[-1], "only one point"),
    (nb03.gd, lambda fun, w, **kw: descend(fun, w, **kw)[1:], "one point too few"),
    (nb03.gd, lambda fun, w, **kw: descend(fun, w, **kw).T, "of shape (8, 3), not (3, 8)"),
    (nb03.gd, aliased, "all points of the path are the same"),
    (nb03.gd, moving(lambda loss, g, lr: lr * g), "uphill"),
    (nb03.gd, frozen, "gradient of the start"),
    (nb03.gd, moving(lambda loss, g, lr: -lr * g / np.linalg.norm(g)), "every step has length lr"),
    (nb03.gd, moving(lambda loss, g, lr: -lr * loss), "subtracts the loss"),
    (nb03.gd, moving(lambda loss, g, lr: -g), "not those of gradient descent"),
    (nb03.gd, seven_steps, "no steps at all"),
    (nb03.gd, own_rate, "another lr"),
    (nb03.largest_stable_lr, lambda H: 1 / np.linalg.eigvalsh(H)[-1], "best guaranteed decrease"),
    (nb03.largest_stable_lr, lambda H: 2 / np.linalg.eigvalsh(H)[0], "flattest direction"),
    (nb03.largest_stable_lr, lambda H: np.linalg.eigvalsh(H)[-1], "a curvature, not a rate"),
    (nb03.largest_stable_lr, lambda H: 2 / np.diag(H).max(), "diagonal of H"),
    (nb03.largest_stable_lr, lambda H: 2 / np.trace(H), "trace"),
    (nb03.largest_stable_lr, lambda H: 2 / np.linalg.norm(H), "sum of squares"),
    (nb03.largest_stable_lr, lambda H: 0.123, "for H = [[3.07, -3.79], [-3.79, 7.93]] the boundary"),
    (nb03.fitted_rate, lambda e: slope(np.log(e), 100), "the slope of the line"),
    (nb03.fitted_rate, lambda e: math.exp(slope(np.log10(e), 100)), "base 10 went in"),
    (nb03.fitted_rate, lambda e: 10**slope(np.log(e), 100), "base e went in"),
    (nb03.fitted_rate, lambda e: math.exp(slope(np.log(e), 0)), "whole record"),
    (nb03.fitted_rate, lambda e: slope(e, 100), "the errors themselves"),
    (nb03.fitted_rate, lambda e: e[-1] / e[-2], "last two records"),
    (nb03.fitted_rate, lambda e: (e[-1] / e[0])**(1 / 200), "counts the transient in"),
    (nb03.fitted_rate, lambda e: 0.5, "shrinks by 0.9 in each step was said to shrink by 0.5"),
    (nb03.best_lr, lambda mu, L: 2 / (L + mu), "two numbers"),
    (nb03.best_lr, lambda mu, L: ((L - mu) / (L + mu), 2 / (L + mu)), "wrong order"),
    (nb03.best_lr, lambda mu, L: (1 / L, 1 - mu / L), "steepest direction alone"),
    (nb03.best_lr, lambda mu, L: (2 / L, 1.0), "boundary of divergence"),
    (nb03.best_lr, lambda mu, L: (1 / (L + mu), 0.5), "half of what"),
    (nb03.best_lr, lambda mu, L: (1 / mu, 0.0), "flattest direction alone"),
    (nb03.best_lr, lambda mu, L: (2 / (L - mu), 0.5), "do not meet at lr = 0.222"),
    (nb03.best_lr, lambda mu, L: (2 / (L + mu), (L + mu) / (L - mu)), "upside down"),
    (nb03.best_lr, lambda mu, L: (2 / (L + mu), 1 - mu / L), "belongs to lr = 1/L"),
    (nb03.best_lr, lambda mu, L: (2 / (L + mu), 1 - 2 / (1 + math.sqrt(L / mu))), "momentum"),
    (nb03.best_lr, lambda mu, L: (2 / (L + mu), ((L - mu) / (L + mu))**2), "what the loss shrinks by"),
    (nb03.best_lr, lambda mu, L: (2 / (L + mu), 0.5), "does not shrink by 0.5"),
    (nb03.can_stop, lambda g, *, mu, gap: (g * g).sum(), "one True or False"),
    (nb03.can_stop, lambda g, *, mu, gap: (g * g).sum() <= 2 * gap, "on the wrong side"),
    (nb03.can_stop, lambda g, *, mu, gap: (g * g).sum() <= mu * gap, "the 2 in its place"),
    (nb03.can_stop, lambda g, *, mu, gap: np.linalg.norm(g) <= 2 * mu * gap, "is the length squared"),
    (nb03.can_stop, lambda g, *, mu, gap: abs(g).sum()**2 <= 2 * mu * gap, "not their sizes"),
    (nb03.can_stop, lambda g, *, mu, gap: bool(abs(g).max()**2 <= 2 * mu * gap), "single coordinates"),
    (nb03.can_stop, lambda g, *, mu, gap: g.sum()**2 <= 2 * mu * gap, "opposite sign"),
    (nb03.can_stop, lambda g, *, mu, gap: (g * g).sum() <= gap, "mu plays no part"),
    (nb03.can_stop, lambda g, *, mu, gap: (g * g).sum() <= 2 * mu * gap + 1e-12, "however small"),
    (nb03.can_stop, lambda g, *, mu, gap: (g * g).sum() / (2 * mu) <= gap, "dividing by mu"),
    (nb03.can_stop, lambda g, *, mu, gap: not (g * g).sum() > 2 * mu * gap, "NaN"),
]
