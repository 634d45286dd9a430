"""The checks of notebook 11: right answers pass, stubs are not attempted, known mistakes are named.
"""
import numpy as np

from course_lib.checks import nb11
from course_lib.optimizers import momentum_theory


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


def cs231n(fun, w, v, *, lr, beta):
    v = beta * v - lr * fun(w + beta * v)[1]
    return w + v, v


def rate_inside(fun, w, v, *, lr, beta):
    v = beta * v + lr * fun(w - beta * v)[1]
    return w - v, v


def clipped(fun, w, v, *, lr, beta):
    v = beta * v + np.clip(fun(w - lr * beta * v)[1], -1, 1)
    return w - lr * v, v


def turned(fun, w, v, *, lr, beta):
    v = fun(w)[1] - beta * v
    return w - lr * v, v


def averaged(fun, w, v, *, lr, beta):
    v = beta * v + (1 - beta) * fun(w - lr * beta * v)[1]
    return w - lr * v, v


def grown(fun, w, *, lr, n_steps, beta=lambda t: (t - 1) / (t + 2), at_y=True):
    y, points = w, [w]
    for t in range(1, n_steps + 1):
        w = y - lr * fun(y if at_y else w)[1]
        y = w + beta(t) * (w - points[-1])
        points.append(w)
    return np.array(points)


def with_beta(beta):
    return lambda *args, **settings: grown(*args, **settings, beta=beta)


def points_y(fun, w, *, lr, n_steps):
    y, points = w, [w]
    for t in range(1, n_steps + 1):
        old, w = w, y - lr * fun(y)[1]
        y = w + (t - 1) / (t + 2) * (w - old)
        points.append(y)
    return points


def overwritten(fun, w, *, lr, n_steps):
    points = grown(fun, w.copy(), lr=lr, n_steps=n_steps)
    w[:] = points[-1]
    return points


RIGHT = {
    nb11.nesterov_lookahead: [lookahead, lambda *args, **kw: list(lookahead(*args, **kw))],
    nb11.parting: [distance, lambda **kw: np.float64(distance(**kw))],
    nb11.accelerated: [grown, lambda *args, **settings: list(grown(*args, **settings)),
                       lambda fun, w, *, lr, n_steps: momentum_theory.accelerated(fun, w, lr=lr, n_steps=n_steps)],
}

WRONG = [
    (nb11.nesterov_lookahead, in_place, "it changed the w or v"),
    (nb11.nesterov_lookahead, lambda *args, **kw: lookahead(*args, **kw)[0], "the pair (w, v)"),
    (nb11.nesterov_lookahead, swapped, "wrong order"),
    (nb11.nesterov_lookahead, asked_at(lambda w, v, lr, beta: w), "that is heavy ball"),
    (nb11.nesterov_lookahead, asked_at(lambda w, v, lr, beta: w + lr * beta * v), "looks back"),
    (nb11.nesterov_lookahead, asked_at(lambda w, v, lr, beta: w - beta * v), "too far away by 1/lr"),
    (nb11.nesterov_lookahead, asked_at(lambda w, v, lr, beta: w - lr * v), "lacks beta"),
    (nb11.nesterov_lookahead, starts_ahead, "takes the old velocity twice"),
    (nb11.nesterov_lookahead, gradient_alone, "moved by the gradient alone"),
    (nb11.nesterov_lookahead, rewritten, "rewritten form"),
    (nb11.nesterov_lookahead, asked_at(lambda w, v, lr, beta: 2 * w), "not that of Nesterov's form"),
    (nb11.parting, lambda **kw: [distance(**kw)], "one number"),
    (nb11.parting, lambda **kw: -distance(**kw), "the sign is wrong"),
    (nb11.parting, lambda **kw: distance(**kw) * (1 - kw["beta"]), "only the first step"),
    (nb11.parting, lambda **kw: distance(**kw) / kw["beta"], "one factor beta"),
    (nb11.parting, lambda **kw: distance(**kw) * (1 - kw["beta"])**2, "summed over the steps"),
    (nb11.parting, lambda **kw: distance(**(kw | {"lr_new": 0.0})), "the new rate plays a part"),
    (nb11.parting, lambda **kw: distance(**(kw | {"g": 1.0})), "proportional to the gradient"),
    (nb11.parting, lambda **kw: 0.5, "they do not part by 0.5"),
    (nb11.nesterov_lookahead, cs231n, "the look-ahead is right, in another convention, v = beta*v - lr*g"),
    (nb11.nesterov_lookahead, rate_inside, "the look-ahead is right, in another convention, v = beta*v + lr*g"),
    (nb11.nesterov_lookahead, clipped, "clipped to [-1, 1]"),
    (nb11.nesterov_lookahead, turned, "the sign of the old velocity is turned"),
    (nb11.nesterov_lookahead, averaged, "the form with an average"),
    (nb11.accelerated, overwritten, "it changed the start"),
    (nb11.accelerated, lambda *args, **settings: grown(*args, **settings)[-1], "all points are wanted"),
    (nb11.accelerated, lambda *args, **settings: grown(*args, **settings)[1:], "the start belongs to them"),
    (nb11.accelerated, lambda *args, **settings: 3.0, "an array of shape (n_steps + 1, n)"),
    (nb11.accelerated, points_y, "those are the points y"),
    (nb11.accelerated, with_beta(lambda t: 0.0), "gradient descent"),
    (nb11.accelerated, lambda *args, **settings: grown(*args, **settings, at_y=False), "take it at y"),
    (nb11.accelerated, with_beta(lambda t: t / (t + 3)), "one too large"),
    (nb11.accelerated, with_beta(lambda t: (t - 2) / (t + 1)), "it began at 0"),
    (nb11.accelerated, with_beta(lambda t: max(0, t - 2) / (t + 1)), "one too small"),
    (nb11.accelerated, with_beta(lambda t: 0.9), "stays the same"),
    (nb11.accelerated, with_beta(lambda t: (1 - t) / (t + 2)), "wrong sign"),
    (nb11.accelerated, with_beta(lambda t: t / (t + 1)), "the first wrong one at step 2"),
]
