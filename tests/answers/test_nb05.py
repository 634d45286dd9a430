"""The checks of notebook 05: right answers pass, stubs are not attempted, known mistakes are named.
"""
import math

import numpy as np

from course_lib.checks import nb05


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


def early(fun, w, *, lr, n_steps):
    path = [w]
    for _ in range(n_steps):
        step = lr * fun(path[-1])[1]
        if np.abs(step).max() <= 1e-4:
            break
        path.append(path[-1] - step)
    return np.array(path)


RIGHT = {
    nb05.gd: [descend, lambda fun, w, **kw: descend(fun, w, **kw).tolist()],
    nb05.largest_stable_lr: [lambda H: 2 / np.linalg.eigvalsh(H)[-1], lambda H: 2 / np.linalg.norm(H, 2)],
    nb05.best_lr: [lambda mu, L: (2 / (L + mu), (L - mu) / (L + mu)),
                   lambda mu, L: np.array([2 / (L + mu), (L / mu - 1) / (L / mu + 1)])],
}

WRONG = [
    (nb05.gd, in_place, "changed the start"),
    (nb05.gd, lambda fun, w, **kw: descend(fun, w, **kw)[-1], "only one point"),
    (nb05.gd, lambda fun, w, **kw: descend(fun, w, **kw)[1:], "one point too few"),
    (nb05.gd, lambda fun, w, **kw: descend(fun, w, **kw).T, "of shape (8, 3), not (3, 8)"),
    (nb05.gd, aliased, "all points of the path are the same"),
    (nb05.gd, moving(lambda loss, g, lr: lr * g), "uphill"),
    (nb05.gd, frozen, "gradient of the start"),
    (nb05.gd, moving(lambda loss, g, lr: -lr * g / np.linalg.norm(g)), "every step has length lr"),
    (nb05.gd, moving(lambda loss, g, lr: -lr * loss), "subtracts the loss"),
    (nb05.gd, moving(lambda loss, g, lr: -g), "not those of gradient descent"),
    (nb05.gd, seven_steps, "stops by itself"),
    (nb05.gd, early, "stops by itself"),
    (nb05.gd, lambda fun, w, **kw: descend(fun, w, **kw)[int(kw["n_steps"] == 0):], "no steps at all"),
    (nb05.gd, own_rate, "another lr"),
    (nb05.largest_stable_lr, lambda H: 1 / np.linalg.eigvalsh(H)[-1], "best guaranteed decrease"),
    (nb05.largest_stable_lr, lambda H: 2 / np.linalg.eigvalsh(H)[0], "flattest direction"),
    (nb05.largest_stable_lr, lambda H: np.linalg.eigvalsh(H)[-1], "a curvature, not a rate"),
    (nb05.largest_stable_lr, lambda H: 2 / np.diag(H).max(), "diagonal of H"),
    (nb05.largest_stable_lr, lambda H: 2 / np.trace(H), "trace"),
    (nb05.largest_stable_lr, lambda H: 2 / np.linalg.norm(H), "sum of squares"),
    (nb05.largest_stable_lr, lambda H: 2 / np.linalg.eigvalsh(H)[[0, -1]].sum(), "another famous rate"),
    (nb05.largest_stable_lr, lambda H: 2 / np.linalg.eigvalsh(H), "one number is wanted"),
    (nb05.largest_stable_lr, lambda H: 0.123, "for H = [[4.0, -1.0, 0.0], [-1.0, 3.0, -1.0], [0.0, -1.0, 2.0]] the"),
    (nb05.best_lr, lambda mu, L: 2 / (L + mu), "two numbers"),
    (nb05.best_lr, lambda mu, L: ((L - mu) / (L + mu), 2 / (L + mu)), "wrong order"),
    (nb05.best_lr, lambda mu, L: (1 / L, 1 - mu / L), "steepest direction alone"),
    (nb05.best_lr, lambda mu, L: (2 / L, 1.0), "boundary of divergence"),
    (nb05.best_lr, lambda mu, L: (1 / (L + mu), 0.5), "half of what"),
    (nb05.best_lr, lambda mu, L: (1 / mu, 0.0), "flattest direction alone"),
    (nb05.best_lr, lambda mu, L: (2 / (L - mu), 0.5), "do not meet at lr = 0.222"),
    (nb05.best_lr, lambda mu, L: (2 / (L + mu), (L + mu) / (L - mu)), "upside down"),
    (nb05.best_lr, lambda mu, L: (2 / (L + mu), 1 - mu / L), "belongs to lr = 1/L"),
    (nb05.best_lr, lambda mu, L: (2 / (L + mu), 1 - 2 / (1 + math.sqrt(L / mu))), "momentum"),
    (nb05.best_lr, lambda mu, L: (2 / (L + mu), ((L - mu) / (L + mu))**2), "the factor of the loss"),
    (nb05.best_lr, lambda mu, L: (2 / (L + mu), 0.5), "not multiplied by 0.5"),
]
