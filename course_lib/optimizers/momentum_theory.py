"""What momentum does on 0.5 lam w^2, as worked out in notebooks 10 and 11. With a = lr*lam, two
factors z matter:

heavy ball    z^2 - (1 + beta - a) z + beta = 0
              it converges for a < 2 (1 + beta)
Nesterov      z^2 - (1 - a)(1 + beta) z + (1 - a) beta = 0
              it converges for a < (2 + 2 beta)/(1 + 2 beta)

Other libraries and papers write momentum otherwise than `optimizers.momentum`; the last five
functions are theirs:

    course      v = beta v + g                  w = w - lr v
    Keras       u = beta u - lr g               w = w + u       u = -lr v while lr stays the same
    average     m = beta m + (1 - beta) g       w = w - lr m    m = (1 - beta) v
    dampened    b = beta b + (1 - dampening) g  w = w - lr b    but the first b is g
    look-ahead  v = beta v + g(w - lr beta v)   w = w - lr v    nesterov's w is w - lr beta v here
    accelerated look-ahead with beta = (t - 1)/(t + 2), which needs no mu

Notebooks: 10, 11, 12.
"""
import math

import numpy as np

from course_lib.arguments import array, not_negative, whole
from course_lib.optimizers.rules import momentum


def spectral_radius(lr_lam, beta):
    """Return the larger |z| of heavy ball, the factor per step in the long run (Polyak 1964,
    10.1016/0041-5553(64)90137-5).

    lr_lam: learning rate times curvature.
    beta: the momentum; both broadcast.

    >>> float(spectral_radius(lr_lam=0.1, beta=0.81))
    0.9
    """
    lr_lam, beta = array("lr_lam", lr_lam, float), array("beta", beta, float)
    return _larger_root(1 + beta - lr_lam, beta)


def nesterov_radius(lr_lam, beta):
    """Return the larger |z| of Nesterov's momentum, the factor per step in the long run; both
    broadcast.
    """
    lr_lam, beta = array("lr_lam", lr_lam, float), array("beta", beta, float)
    return _larger_root((1 - lr_lam) * (1 + beta), (1 - lr_lam) * beta)


def best_heavy_ball(mu, L):
    """Return (lr, beta, factor per step), the best for quadratics with curvatures from mu to L
    (Polyak 1964).

    >>> [round(x, 3) for x in best_heavy_ball(mu=1.0, L=25.0)]
    [0.111, 0.444, 0.667]
    """
    mu, L = _curvatures(mu, L)
    r = (math.sqrt(L) - math.sqrt(mu)) / (math.sqrt(L) + math.sqrt(mu))
    return (1 + r)**2 / L, r**2, r


def usual_nesterov(mu, L):
    """Return (lr, beta, factor per step on quadratics) of the usual choice for strongly convex
    functions (Nesterov 2018, 10.1007/978-3-319-91578-4, section 2.2).

    >>> [round(x, 3) for x in usual_nesterov(mu=1.0, L=25.0)]
    [0.04, 0.667, 0.8]
    """
    mu, L = _curvatures(mu, L)
    r = (math.sqrt(L) - math.sqrt(mu)) / (math.sqrt(L) + math.sqrt(mu))
    return 1 / L, r, 1 - math.sqrt(mu / L)


def momentum_floor(lr, lam, beta, sigma=1.0):
    """Return the variance of w in the long run, with noise of deviation sigma added to each
    gradient.

    Heavy ball's Lyapunov equation, solved; infinite where the run does not settle. Arguments
    broadcast.

    >>> momentum_floor(lr=0.1, lam=1.0, beta=np.array([0.0, 0.9])).round(5).tolist()
    [0.05263, 0.51351]
    """
    lr, lam, beta = array("lr", lr, float), array("lam", lam, float), array("beta", beta, float)
    room = 2 * (1 + beta) - lr * lam
    with np.errstate(divide="ignore", invalid="ignore"):
        floor = lr * np.square(sigma) * (1 + beta) / (lam * (1 - beta) * room)
    return np.where((lr * lam > 0) & (room > 0), floor, np.inf)


def hover(lr, lam, beta, *, sigma=1.0, runs=2000, n_steps=1200, seed=0):
    """Return the variance of w, measured, in the second half of noisy runs of heavy ball from 0;
    `momentum_floor` predicts it. lr, lam, beta broadcast.

    runs: at once; with 2 000 the variance is right within a few per cent, if 1/(lr lam), the time
        to settle, is far below n_steps.
    """
    rng, state, squares = np.random.default_rng(seed), {}, []
    w = np.zeros((whole("runs", runs), *np.broadcast(lr, lam, beta).shape))
    for _ in range(whole("n_steps", n_steps, least=2)):
        g = lam * w + sigma * rng.normal(size=w.shape)
        w, state = momentum(w, g, state, lr=lr, beta=beta)
        squares.append((w * w).mean(axis=0))
    return np.mean(squares[n_steps // 2:], axis=0)


def keras_momentum(w, g, state, *, lr, beta):
    """Take the step of keras.optimizers.SGD(momentum=beta), whose velocity holds the learning rate.
    """
    u = beta * state.get("u", 0.0) - lr * g
    return w + u, {"u": u}


def average_momentum(w, g, state, *, lr, beta):
    """Step along an exponential moving average of the gradients that starts at zero, as Adam's m
    does.
    """
    m = beta * state.get("m", 0.0) + (1 - beta) * g
    return w - lr * m, {"m": m}


def dampened_momentum(w, g, state, *, lr, beta, dampening):
    """Take the step of torch.optim.SGD(momentum=beta, dampening=...), which spares the first
    gradient.
    """
    b = beta * state["b"] + (1 - dampening) * g if "b" in state else g
    return w - lr * b, {"b": b}


def lookahead_nesterov(fun, w, v, *, lr, beta):
    """Take one step of Nesterov's momentum in its original form, and return (w, v).

    fun: w -> (loss, grad), asked at the look-ahead point.
    v: the velocity, zero before the first step.
    """
    _, g = fun(w - lr * beta * v)
    v = beta * v + g
    return w - lr * v, v


def accelerated(fun, w, *, lr, n_steps):
    """Return the points w, (n_steps + 1, n), of Nesterov's method with a momentum that grows, for
    convex functions (Su, Boyd & Candès 2016, arXiv 1503.01243): above the minimum by at most
    2 R^2 / (lr (t + 1)^2) for lr up to 1/L, where R is the distance of the start.

    >>> accelerated(lambda w: (0.5 * (w * w).sum(-1), w), [1.0], lr=0.5, n_steps=2)[:, 0].tolist()
    [1.0, 0.5, 0.25]
    """
    y = np.array(array("w", w), dtype=float)
    points = [y]
    for t in range(1, whole("n_steps", n_steps, least=0) + 1):
        points.append(y - lr * fun(y)[1])
        y = points[-1] + (t - 1) / (t + 2) * (points[-1] - points[-2])
    return np.array(points)


def _larger_root(total, product):
    """Return max |z| of z^2 - total z + product = 0."""
    inside = total**2 - 4 * product
    real = (abs(total) + np.sqrt(np.maximum(inside, 0))) / 2
    return np.where(inside >= 0, real, np.sqrt(np.maximum(product, 0)))


def _curvatures(mu, L):
    mu, L = not_negative("mu", mu), not_negative("L", L)
    if not 0 < mu <= L:
        raise ValueError(f"the curvatures must satisfy 0 < mu <= L, got mu = {mu} and L = {L}")
    return mu, L
