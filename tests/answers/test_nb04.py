"""The checks of notebook 04: right answers pass, stubs are not attempted, known mistakes are named.
"""
import math

import numpy as np

from course_lib.checks import nb04, nb04_turn


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


def simulated(lam, lr, offset, distance=1.0):
    y, t = abs(offset), 0
    if y < distance and (y == 0 or lam >= 0):
        return math.inf
    while y < distance:
        y, t = (1 - lr * lam) * y, t + 1
    return t


def endless(lam, lr, offset, distance=1.0):
    y, t = offset, 0
    while abs(y) < distance:
        y, t = (1 - lr * lam) * y, t + 1
    return t


def uniform_in_a_cube(n, rng):
    xi = rng.uniform(-1, 1, n)
    return xi / np.linalg.norm(xi)


def along_an_axis(n, rng):
    return np.eye(n)[rng.integers(n)] * rng.choice([-1, 1])


def turning(at=lambda w, Q: w @ Q, back=lambda g, Q: g @ Q.T):
    """The right answer to 04.3, in parts that a mistake may replace."""
    def turned(fun, Q):
        def new(w):
            loss, g = fun(at(w, Q))
            return loss, back(g, Q)
        return new
    return turned


def by_axes(fun, Q):
    def new(w):
        loss, g = fun(np.einsum("ij,...i->...j", Q, w))
        return loss, np.einsum("ij,...j->...i", Q, g)
    return new


RIGHT = {
    nb04_turn.turned: [turning(), by_axes],
    nb04.escape_step: [escape, simulated],
    nb04.perturbed_gd: [kicked, lambda fun, w, **kw: kicked(fun, w, **kw).tolist()],
}

WRONG = [
    (nb04.escape_step, lambda *a, **kw: escape(*a, **kw, whole=float), "not a whole step"),
    (nb04.escape_step, lambda *a, **kw: escape(*a, **kw, whole=math.floor), "rounded down"),
    (nb04.escape_step, lambda *a, **kw: escape(*a, **kw, whole=round), "to the nearest"),
    (nb04.escape_step, lambda *a, **kw: escape(*a, **kw, whole=lambda x: math.ceil(x) + 1), "one step too many"),
    (nb04.escape_step, lambda *a, **kw: escape(*a, **kw, gain=lambda x: x), "approximates ln(1 + x)"),
    (nb04.escape_step, lambda lam, lr, y, distance=1.0: escape(lam, lr, y), "the distance plays no part"),
    (nb04.escape_step, lambda *a, **kw: escape(*a, **kw, log=math.log10), "different bases"),
    (nb04.escape_step, lambda *a, **kw: escape(*a, **kw, gain=lambda x: math.log(2)), "double"),
    (nb04.escape_step, linear, "linear growth"),
    (nb04.escape_step, lambda *a, **kw: 9, "for lam = -2, lr = 0.1, offset 0.01 and distance 1 the step is not 9"),
    (nb04.escape_step, careless(lambda lam, y, d: y == 0, 0), "exactly zero"),
    (nb04.escape_step, careless(lambda lam, y, d: lam > 0 and abs(y) < d, 3), "drawn in"),
    (nb04.escape_step, careless(lambda lam, y, d: lam == 0 and abs(y) < d, 3), "lam is zero"),
    (nb04.escape_step, careless(lambda lam, y, d: abs(y) > d, -6), "at step 0"),
    (nb04.escape_step, lambda *a, **kw: escape(*a, **kw, whole=lambda x: math.floor(x) + 1), "reached exactly"),
    (nb04.escape_step, endless, "does the loop always end?"),
    (nb04.perturbed_gd, changed(kick=lambda n, rng: rng.choice([-1, 1], n) / math.sqrt(n)), "corners of a cube"),
    (nb04.perturbed_gd, changed(kick=along_an_axis), "along the axes"),
    (nb04.perturbed_gd, changed(kick=uniform_in_a_cube), "some directions are more frequent"),
    (nb04_turn.turned, turning(at=lambda w, Q: w), "nothing is turned"),
    (nb04_turn.turned, turning(at=lambda w, Q: w @ Q.T), "turned the other way"),
    (nb04_turn.turned, turning(back=lambda g, Q: g), "that of the old landscape"),
    (nb04_turn.turned, turning(back=lambda g, Q: g @ Q), "turned by Q^T"),
    (nb04_turn.turned, turning(back=lambda g, Q: 2 * g), "is not that of the turned landscape"),
    (nb04_turn.turned, turning(at=lambda w, Q: 2 * w), "is not that of z"),
    (nb04_turn.turned, turning(at=lambda w, Q: Q.T @ w, back=lambda g, Q: Q @ g), "not for points of shape"),
    (nb04_turn.turned, lambda fun, Q: fun(np.ones(3)), "a function of w is wanted"),
    (nb04_turn.turned, lambda fun, Q: lambda w: fun(w @ Q)[0], "must return (loss, grad)"),
    (nb04_turn.turned, lambda fun, Q: lambda w: (fun(w @ Q)[0], 1.0), "a gradient of shape ()"),
    (nb04.perturbed_gd, in_place, "changed the start"),
    (nb04.perturbed_gd, lambda fun, w, **kw: kicked(fun, w, **kw)[1:], "of shape (21, 2), not (20, 2)"),
    (nb04.perturbed_gd, changed(small=True), "only where the gradient is small"),
    (nb04.perturbed_gd, changed(small=False), "never kicked"),
    (nb04.perturbed_gd, changed(wait=0), "in every step"),
    (nb04.perturbed_gd, changed(first=0), "first kick comes late"),
    (nb04.perturbed_gd, changed(wait=1000), "only one kick"),
    (nb04.perturbed_gd, changed(wait=6), "come 5 steps apart, not 6"),
    (nb04.perturbed_gd, changed(kick=lambda n, rng: rng.standard_normal(n)), "not the length"),
    (nb04.perturbed_gd, changed(kick=always_down), "along one line"),
    (nb04.perturbed_gd, changed(kick=one_sided), "favour one side"),
    (nb04.perturbed_gd, lambda fun, w, **kw: kicked(fun, w, **(kw | {"rng": np.random.default_rng()})), "passed in"),
    (nb04.perturbed_gd, changed(stale=True), "ask fun again"),
    (nb04.perturbed_gd, twice_after_kick, "leads elsewhere"),
    (nb04.perturbed_gd, no_descent, "does not leave"),
]
