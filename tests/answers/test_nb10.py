"""The checks of notebook 10: right answers pass, stubs are not attempted, known mistakes are named.
"""
import math

import numpy as np

from course_lib.checks import nb10, nb10_forms


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
def hips(w, g, v, lr, beta):
    v[...] = beta * v - (1 - beta) * g
    w += lr * v


@each
def subtracts(w, g, v, lr, beta):
    v[...] = g - beta * v
    w -= lr * v


@each
def nesterov(w, g, v, lr, beta):
    v[...] = beta * v + g
    w -= lr * (g + beta * v)


@each
def adds_twice(w, g, v, lr, beta):
    v[...] = beta * v + 2 * g
    w -= lr * v


@each
def walks_uphill(w, g, v, lr, beta):
    v[...] = beta * v + g
    w += lr * v


def roots(total, product):
    return np.roots([1, -total, product])


def polyak(mu, L):
    r = (math.sqrt(L / mu) - 1) / (math.sqrt(L / mu) + 1)
    return (2 / (math.sqrt(L) + math.sqrt(mu)))**2, r**2


RIGHT = {
    nb10_forms.museum_momentum: [repaired, repaired_in_the_list],
    nb10.spectral_radius: [lambda a, b: abs(roots(1 + b - a, b)).max(),
                           lambda a, b: max(abs(np.linalg.eigvals([[1 + b - a, -b], [1, 0]])))],
    nb10.best_momentum: [polyak, lambda mu, L: np.array(polyak(mu, L))],
}

WRONG = [
    (nb10_forms.museum_momentum, rebinds_w, "weights never move"),
    (nb10_forms.museum_momentum, changes_g, "changed the gradients"),
    (nb10_forms.museum_momentum, still_unstored, "all velocities are still zero"),
    (nb10_forms.museum_momentum, follows_g, "follow the gradient alone"),
    (nb10_forms.museum_momentum, never_forgets, "forgets nothing"),
    (nb10_forms.museum_momentum, averages, "that is an average"),
    (nb10_forms.museum_momentum, moves_first, "that of the step before"),
    (nb10_forms.museum_momentum, rate_inside, "holds the learning rate"),
    (nb10_forms.museum_momentum, keras, "the sign and the learning rate"),
    (nb10_forms.museum_momentum, walks_uphill, "walks uphill"),
    (nb10_forms.museum_momentum, hips, "an average with the other sign"),
    (nb10_forms.museum_momentum, subtracts, "the old velocity is subtracted"),
    (nb10_forms.museum_momentum, nesterov, "Nesterov's form"),
    (nb10_forms.museum_momentum, adds_twice, "but not as v = beta*v + g"),
    (nb10.spectral_radius, lambda a, b: abs(roots(1 + b - a, b)), "one number is wanted"),
    (nb10.spectral_radius, lambda a, b: roots(1 + b - a, b)[0] + 0j, "a factor is a real number"),
    (nb10.spectral_radius, lambda a, b: abs(1 - a), "without beta"),
    (nb10.spectral_radius, lambda a, b: math.sqrt(b), "only where the roots are complex"),
    (nb10.spectral_radius, lambda a, b: abs(roots(1 + b - a, b)).min(), "dies out first"),
    (nb10.spectral_radius, lambda a, b: roots(1 + b - a, b).real.max(), "may be negative"),
    (nb10.spectral_radius, lambda a, b: abs(roots(1 + b - a, -b)).max(), "wrong sign"),
    (nb10.spectral_radius, lambda a, b: abs(roots(1 - a, b)).max(), "misses beta"),
    (nb10.spectral_radius, lambda a, b: abs(roots(1 + b - (1 - b) * a, b)).max(), "form with an average"),
    (nb10.spectral_radius, lambda a, b: 2.5, "not multiplied by 2.5"),
    (nb10.best_momentum, lambda mu, L: polyak(mu, L)[0], "two numbers"),
    (nb10.best_momentum, lambda mu, L: polyak(mu, L)[::-1], "wrong order"),
    (nb10.best_momentum, lambda mu, L: (2 / (L + mu), polyak(mu, L)[1]), "best one without momentum"),
    (nb10.best_momentum, lambda mu, L: (1 / L, 0.5), "usual one of Nesterov's"),
    (nb10.best_momentum, lambda mu, L: (2 / L, 0.5), "edge of divergence"),
    (nb10.best_momentum, lambda mu, L: ((1 + math.sqrt(polyak(mu, L)[1])) / L, 0.25), "lacks a square"),
    (nb10.best_momentum, lambda mu, L: ((1 + polyak(mu, L)[1])**2 / L, 0.25), "where sqrt(beta) belongs"),
    (nb10.best_momentum, lambda mu, L: (0.123, 0.25), "another lr than 0.123"),
    (nb10.best_momentum, lambda mu, L: (polyak(mu, L)[0], math.sqrt(polyak(mu, L)[1])), "that is sqrt(beta)"),
    (nb10.best_momentum, lambda mu, L: (polyak(mu, L)[0], ((L - mu) / (L + mu))**2), "where their roots belong"),
    (nb10.best_momentum, lambda mu, L: (polyak(mu, L)[0], (L - mu) / (L + mu)), "factor per step of gradient descent"),
    (nb10.best_momentum, lambda mu, L: (polyak(mu, L)[0], 0.9), "beta is not 0.9"),
]
