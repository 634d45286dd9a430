"""The checks of notebook 06: right answers pass, stubs are not attempted, known mistakes are named.
"""
import math

import numpy as np

from course_lib.checks import nb06, nb06_forms


def repaired(weights, gradients, velocities, *, lr, beta=0.9):
    for w, g, v in zip(weights, gradients, velocities, strict=True):
        v[...] = beta * v + g
        w -= lr * v


def repaired_in_the_list(weights, gradients, velocities, *, lr, beta=0.9):
    for i, (w, g, v) in enumerate(zip(weights, gradients, velocities, strict=True)):
        velocities[i] = beta * v + g
        w -= lr * velocities[i]


def each(change):
    """A museum_momentum that calls change(w, g, v, lr, beta) for every array."""
    def mine(weights, gradients, velocities, *, lr, beta=0.9):
        for w, g, v in zip(weights, gradients, velocities, strict=True):
            change(w, g, v, lr, beta)
    return mine


@each
def rebinds_w(w, g, v, lr, beta):
    v[...] = beta * v + g
    w = w - lr * v


@each
def changes_g(w, g, v, lr, beta):
    g += beta * v
    v[...] = g
    w -= lr * v


@each
def still_unstored(w, g, v, lr, beta):
    w -= lr * (beta * v + g)


@each
def follows_g(w, g, v, lr, beta):
    v[...] = beta * v + g
    w -= lr * g


@each
def never_forgets(w, g, v, lr, beta):
    v += g
    w -= lr * v


@each
def averages(w, g, v, lr, beta):
    v[...] = beta * v + (1 - beta) * g
    w -= lr * v


@each
def moves_first(w, g, v, lr, beta):
    w -= lr * v
    v[...] = beta * v + g


@each
def rate_inside(w, g, v, lr, beta):
    v[...] = beta * v + lr * g
    w -= v


@each
def keras(w, g, v, lr, beta):
    v[...] = beta * v - lr * g
    w += v


@each
def walks_uphill(w, g, v, lr, beta):
    v[...] = beta * v + g
    w += lr * v


def roots(total, product):
    return np.roots([1, -total, product])


def polyak(mu, L):
    r = (math.sqrt(L / mu) - 1) / (math.sqrt(L / mu) + 1)
    return (2 / (math.sqrt(L) + math.sqrt(mu)))**2, r**2


def lookahead(fun, w, v, *, lr, beta, point=lambda w, v, lr, beta: w - lr * beta * v):
    v_new = beta * v + fun(point(w, v, lr, beta))[1]
    return w - lr * v_new, v_new


def asked_at(point):
    return lambda fun, w, v, *, lr, beta: lookahead(fun, w, v, lr=lr, beta=beta, point=point)


def in_place(fun, w, v, *, lr, beta):
    v *= beta
    v += fun(w - lr * v)[1]
    w -= lr * v
    return w, v


def starts_ahead(fun, w, v, *, lr, beta):
    return lookahead(fun, w, v, lr=lr, beta=beta)[0] - lr * beta * v, lookahead(fun, w, v, lr=lr, beta=beta)[1]


def gradient_alone(fun, w, v, *, lr, beta):
    g = fun(w - lr * beta * v)[1]
    return w - lr * g, beta * v + g


def rewritten(fun, w, v, *, lr, beta):
    g = fun(w)[1]
    v = beta * v + g
    return w - lr * (g + beta * v), v


def swapped(fun, w, v, *, lr, beta):
    return lookahead(fun, w, v, lr=lr, beta=beta)[::-1]


def distance(lr_old, lr_new, beta, g):
    return (lr_old - lr_new) * beta / (1 - beta)**2 * g


RIGHT = {
    nb06_forms.museum_momentum: [repaired, repaired_in_the_list],
    nb06.spectral_radius: [lambda a, b: abs(roots(1 + b - a, b)).max(),
                           lambda a, b: max(abs(np.linalg.eigvals([[1 + b - a, -b], [1, 0]])))],
    nb06.best_momentum: [polyak, lambda mu, L: np.array(polyak(mu, L))],
    nb06_forms.nesterov_lookahead: [lookahead, lambda *args, **kw: list(lookahead(*args, **kw))],
    nb06.parting: [distance, lambda **kw: np.float64(distance(**kw))],
}

WRONG = [
    (nb06_forms.museum_momentum, rebinds_w, "weights never move"),
    (nb06_forms.museum_momentum, changes_g, "changed the gradients"),
    (nb06_forms.museum_momentum, still_unstored, "all velocities are still zero"),
    (nb06_forms.museum_momentum, follows_g, "follow the gradient alone"),
    (nb06_forms.museum_momentum, never_forgets, "forgets nothing"),
    (nb06_forms.museum_momentum, averages, "that is an average"),
    (nb06_forms.museum_momentum, moves_first, "that of the step before"),
    (nb06_forms.museum_momentum, rate_inside, "holds the learning rate"),
    (nb06_forms.museum_momentum, keras, "the sign and the learning rate"),
    (nb06_forms.museum_momentum, walks_uphill, "but not as v = beta*v + g"),
    (nb06.spectral_radius, lambda a, b: abs(roots(1 + b - a, b)), "one number is wanted"),
    (nb06.spectral_radius, lambda a, b: roots(1 + b - a, b)[0] + 0j, "a factor is a real number"),
    (nb06.spectral_radius, lambda a, b: abs(1 - a), "without beta"),
    (nb06.spectral_radius, lambda a, b: math.sqrt(b), "only where the roots are complex"),
    (nb06.spectral_radius, lambda a, b: abs(roots(1 + b - a, b)).min(), "dies out first"),
    (nb06.spectral_radius, lambda a, b: roots(1 + b - a, b).real.max(), "may be negative"),
    (nb06.spectral_radius, lambda a, b: abs(roots(1 + b - a, -b)).max(), "wrong sign"),
    (nb06.spectral_radius, lambda a, b: abs(roots(1 - a, b)).max(), "misses beta"),
    (nb06.spectral_radius, lambda a, b: abs(roots(1 + b - (1 - b) * a, b)).max(), "form with an average"),
    (nb06.spectral_radius, lambda a, b: 2.5, "not multiplied by 2.5"),
    (nb06.best_momentum, lambda mu, L: polyak(mu, L)[0], "two numbers"),
    (nb06.best_momentum, lambda mu, L: polyak(mu, L)[::-1], "wrong order"),
    (nb06.best_momentum, lambda mu, L: (2 / (L + mu), polyak(mu, L)[1]), "best one without momentum"),
    (nb06.best_momentum, lambda mu, L: (1 / L, 0.5), "usual one of Nesterov's"),
    (nb06.best_momentum, lambda mu, L: (2 / L, 0.5), "edge of divergence"),
    (nb06.best_momentum, lambda mu, L: ((1 + math.sqrt(polyak(mu, L)[1])) / L, 0.25), "lacks a square"),
    (nb06.best_momentum, lambda mu, L: ((1 + polyak(mu, L)[1])**2 / L, 0.25), "where sqrt(beta) belongs"),
    (nb06.best_momentum, lambda mu, L: (0.123, 0.25), "another lr than 0.123"),
    (nb06.best_momentum, lambda mu, L: (polyak(mu, L)[0], math.sqrt(polyak(mu, L)[1])), "that is sqrt(beta)"),
    (nb06.best_momentum, lambda mu, L: (polyak(mu, L)[0], ((L - mu) / (L + mu))**2), "where their roots belong"),
    (nb06.best_momentum, lambda mu, L: (polyak(mu, L)[0], (L - mu) / (L + mu)), "factor per step of gradient descent"),
    (nb06.best_momentum, lambda mu, L: (polyak(mu, L)[0], 0.9), "beta is not 0.9"),
    (nb06_forms.nesterov_lookahead, in_place, "it changed the w or v"),
    (nb06_forms.nesterov_lookahead, lambda *args, **kw: lookahead(*args, **kw)[0], "the pair (w, v)"),
    (nb06_forms.nesterov_lookahead, swapped, "wrong order"),
    (nb06_forms.nesterov_lookahead, asked_at(lambda w, v, lr, beta: w), "that is heavy ball"),
    (nb06_forms.nesterov_lookahead, asked_at(lambda w, v, lr, beta: w + lr * beta * v), "looks back"),
    (nb06_forms.nesterov_lookahead, asked_at(lambda w, v, lr, beta: w - beta * v), "too far away by 1/lr"),
    (nb06_forms.nesterov_lookahead, asked_at(lambda w, v, lr, beta: w - lr * v), "lacks beta"),
    (nb06_forms.nesterov_lookahead, starts_ahead, "takes the old velocity twice"),
    (nb06_forms.nesterov_lookahead, gradient_alone, "moved by the gradient alone"),
    (nb06_forms.nesterov_lookahead, rewritten, "rewritten form"),
    (nb06_forms.nesterov_lookahead, asked_at(lambda w, v, lr, beta: 2 * w), "not that of Nesterov's form"),
    (nb06.parting, lambda **kw: [distance(**kw)], "one number"),
    (nb06.parting, lambda **kw: -distance(**kw), "the sign is wrong"),
    (nb06.parting, lambda **kw: distance(**kw) * (1 - kw["beta"]), "only the first step"),
    (nb06.parting, lambda **kw: distance(**kw) / kw["beta"], "one factor beta"),
    (nb06.parting, lambda **kw: distance(**kw) * (1 - kw["beta"])**2, "summed over the steps"),
    (nb06.parting, lambda **kw: distance(**(kw | {"lr_new": 0.0})), "the new rate plays a part"),
    (nb06.parting, lambda **kw: distance(**(kw | {"g": 1.0})), "proportional to the gradient"),
    (nb06.parting, lambda **kw: 0.5, "they do not part by 0.5"),
]
