"""The checks of notebook 02: right answers pass, stubs are not attempted, known mistakes are named.
"""
import math

import numpy as np

from course_lib.checks import nb02, nb02_escape
from course_lib.landscapes.random_matrices import semicircle_share, symmetric, wilson

R = 2 * math.sqrt(6)


def counting(hit, interval=lambda p, n: wilson(round(p * n), n), draw=symmetric):
    def positive_share(k, n, rng):
        p = hit(np.linalg.eigvalsh(draw(k, n, rng))).mean()
        return p, *interval(p, n)

    return positive_share


def positive(eigenvalues):
    return (eigenvalues > 0).all(axis=1)


def with_diagonal(k, n, rng):
    p = (np.diagonal(symmetric(k, n, rng), axis1=1, axis2=2) > 0).all(axis=1).mean()
    return p, *wilson(round(p * n), n)


def coins(k, n, rng):
    return 0.5**k, *wilson(round(0.5**k * n), n)


def as_count(k, n, rng):
    hits = positive(np.linalg.eigvalsh(symmetric(k, n, rng))).sum()
    return hits, *wilson(hits, n)


def wald(p, n):
    error = 1.96 * math.sqrt(p * (1 - p) / n)
    return p - error, p + error


def too_high(p, n):
    middle, half = p + 1.96**2 / (2 * n), 1.96 * math.sqrt(p * (1 - p) / n + 1.96**2 / (4 * n**2))
    return middle - half, middle + half


def own_generator(k, n, rng):
    return counting(positive)(k, n, np.random.default_rng(k))


def all_variance_one(k, n, rng):
    G = np.triu(rng.standard_normal((n, k, k)))
    return G + np.triu(G, 1).swapaxes(1, 2)


def index_share(u, factor=3.0, radius=R):
    return semicircle_share(factor * np.asarray(u), radius)


def unclipped(u):
    t = 3 * np.asarray(u) / R
    return 0.5 + (t * np.sqrt(1 - t**2) + np.arcsin(t)) / np.pi


def escape(lam, lr, offset, distance=1.0, whole=math.ceil, log=math.log, gain=None):
    if abs(offset) >= distance:
        return 0
    if offset == 0 or lam >= 0:
        return math.inf
    return whole(log(distance / abs(offset)) / (gain(-lr * lam) if gain else math.log(1 - lr * lam)))


def careless(wrong, value):
    """Answer `value` where `wrong` says so, else rightly."""
    return lambda lam, lr, offset, distance=1.0: (
        value if wrong(lam, offset, distance) else escape(lam, lr, offset, distance))


def linear(lam, lr, offset, distance=1.0):
    return math.ceil((distance - abs(offset)) / (-lr * lam * abs(offset)))


def kicked(fun, w, *, lr, n_steps, radius, g_tol, wait, rng, kick=None, small=None, first=-math.inf, stale=False):
    kick = kick or (lambda n, rng: (lambda xi: xi / np.linalg.norm(xi))(rng.standard_normal(n)))
    path, last = [np.array(w, dtype=float)], first
    for t in range(1, n_steps + 1):
        w, g = path[-1], fun(path[-1])[1]
        if (np.linalg.norm(g) <= g_tol if small is None else small) and t - last >= wait:
            w, last = w + radius * kick(w.size, rng), t
            g = g if stale else fun(w)[1]
        path.append(w - lr * g)
    return np.array(path)


def changed(**changes):
    return lambda fun, w, **settings: kicked(fun, w, **(settings | changes))


def in_place(fun, w, **settings):
    path = kicked(fun, w, **settings)
    w += 1
    return path


def always_down(n, rng):
    return np.eye(n)[0]


def one_sided(n, rng):
    xi = rng.random(n)
    return xi / np.linalg.norm(xi)


def no_descent(fun, w, **settings):
    path = kicked(fun, w, **settings)
    return path[:2].repeat([1, len(path) - 1], axis=0) if (path[0] == 0).all() else path


def twice_after_kick(fun, w, **settings):
    path = kicked(fun, w, **settings)
    return path * 1.5 if (path[0] == 0).all() else path


RIGHT = {
    nb02.positive_share: [counting(positive), counting(lambda e: e.min(axis=1) > 0),
                          counting(positive, lambda p, n: wilson(round(p * n), n, z=1.959964))],
    nb02.index_share: [index_share, lambda u: index_share(u)],
    nb02_escape.escape_step: [escape],
    nb02_escape.perturbed_gd: [kicked, lambda fun, w, **kw: kicked(fun, w, **kw).tolist()],
}

WRONG = [
    (nb02.positive_share, lambda k, n, rng: 0.1, "three numbers"),
    (nb02.positive_share, as_count, "a count"),
    (nb02.positive_share, coins, "coin rule"),
    (nb02.positive_share, counting(lambda e: positive(e) | positive(-e)), "whichever"),
    (nb02.positive_share, with_diagonal, "the diagonal"),
    (nb02.positive_share, counting(lambda e: (e > 0).any(axis=1)), "any positive eigenvalue"),
    (nb02.positive_share, counting(lambda e: e > 0), "share over all eigenvalues"),
    (nb02.positive_share, counting(positive, draw=all_variance_one), "further from the truth"),
    (nb02.positive_share, counting(positive, lambda p, n: wilson(round(p * n), n)[::-1]), "wrong order"),
    (nb02.positive_share, counting(positive, wald), "impossible"),
    (nb02.positive_share, counting(positive, lambda p, n: wilson(round(p * n), n, z=1.0)), "68 of 100"),
    (nb02.positive_share, counting(positive, too_high), "1 + z^2/n"),
    (nb02.positive_share, counting(positive, lambda p, n: wilson(p, 1)), "spread of a single draw"),
    (nb02.positive_share, counting(positive, lambda p, n: (0.0, 1.0)), "not the ends"),
    (nb02.positive_share, own_generator, "passed in"),
    (nb02.index_share, lambda u: index_share(-np.asarray(u)), "upside down"),
    (nb02.index_share, lambda u: index_share(u, factor=1), "shift is 3u"),
    (nb02.index_share, lambda u: index_share(u, radius=24), "not its square"),
    (nb02.index_share, lambda u: index_share(u, radius=R / 2), "twice that"),
    (nb02.index_share, lambda u: index_share(u, radius=2 * math.sqrt(12)), "variance on the diagonal"),
    (nb02.index_share, lambda u: 2 * np.sqrt(1 - (3 * u / R)**2) / (np.pi * R), "that is the density"),
    (nb02.index_share, lambda u: (1 + 3 * u / R) / 2, "evenly"),
    (nb02.index_share, lambda u: 100 * index_share(u), "percent"),
    (nb02.index_share, lambda u: index_share(u) - 0.5, "1/2 is missing"),
    (nb02.index_share, lambda u: 0.3, "not the area"),
    (nb02.index_share, unclipped, "stays at 0 or 1"),
    (nb02.index_share, lambda u: float(index_share(np.max(u))), "an array of shares"),
    (nb02_escape.escape_step, lambda *a, **kw: escape(*a, **kw, whole=float), "not a whole step"),
    (nb02_escape.escape_step, lambda *a, **kw: escape(*a, **kw, whole=math.floor), "rounded down"),
    (nb02_escape.escape_step, lambda *a, **kw: escape(*a, **kw, whole=round), "to the nearest"),
    (nb02_escape.escape_step, lambda *a, **kw: escape(*a, **kw, whole=lambda x: math.ceil(x) + 1), "one step too many"),
    (nb02_escape.escape_step, lambda *a, **kw: escape(*a, **kw, gain=lambda x: x), "approximates ln(1 + x)"),
    (nb02_escape.escape_step, lambda lam, lr, y, distance=1.0: escape(lam, lr, y), "the distance plays no part"),
    (nb02_escape.escape_step, lambda *a, **kw: escape(*a, **kw, log=math.log10), "different bases"),
    (nb02_escape.escape_step, lambda *a, **kw: escape(*a, **kw, gain=lambda x: math.log(2)), "double"),
    (nb02_escape.escape_step, linear, "linear growth"),
    (nb02_escape.escape_step, lambda *a, **kw: 9, "for lam = -2, lr = 0.1, offset 0.01 and distance 1 the step is not 9"),
    (nb02_escape.escape_step, careless(lambda lam, y, d: y == 0, 0), "exactly zero"),
    (nb02_escape.escape_step, careless(lambda lam, y, d: lam > 0 and abs(y) < d, 3), "drawn in"),
    (nb02_escape.escape_step, careless(lambda lam, y, d: lam == 0 and abs(y) < d, 3), "lam is zero"),
    (nb02_escape.escape_step, careless(lambda lam, y, d: abs(y) > d, -6), "at step 0"),
    (nb02_escape.perturbed_gd, in_place, "changed the start"),
    (nb02_escape.perturbed_gd, lambda fun, w, **kw: kicked(fun, w, **kw)[1:], "of shape (21, 2), not (20, 2)"),
    (nb02_escape.perturbed_gd, changed(small=True), "only where the gradient is small"),
    (nb02_escape.perturbed_gd, changed(small=False), "never kicked"),
    (nb02_escape.perturbed_gd, changed(wait=0), "in every step"),
    (nb02_escape.perturbed_gd, changed(first=0), "first kick comes late"),
    (nb02_escape.perturbed_gd, changed(wait=1000), "only one kick"),
    (nb02_escape.perturbed_gd, changed(wait=6), "come 5 steps apart, not 6"),
    (nb02_escape.perturbed_gd, changed(kick=lambda n, rng: rng.standard_normal(n)), "not the length"),
    (nb02_escape.perturbed_gd, changed(kick=always_down), "along one line"),
    (nb02_escape.perturbed_gd, changed(kick=one_sided), "favour one side"),
    (nb02_escape.perturbed_gd, lambda fun, w, **kw: kicked(fun, w, **(kw | {"rng": np.random.default_rng()})), "passed in"),
    (nb02_escape.perturbed_gd, changed(stale=True), "ask fun again"),
    (nb02_escape.perturbed_gd, twice_after_kick, "leads elsewhere"),
    (nb02_escape.perturbed_gd, no_descent, "does not leave"),
]
