"""What a valley looks like, and which pictures of it can be trusted.

    slice      loss at w + s d; in a filter-normalised d, the weights into each unit are as long as
               those in w
    twin       first layer times a, second divided by a: with ReLU the same function of X, elsewhere
    line       (1 - s) w_a + s w_b
    curve      (1 - s)^2 w_a + 2 s (1 - s) c + s^2 w_b: a quadratic Bezier curve; c is trained, so
               that the mean loss along the curve is low
    barrier    largest loss on the way, less the larger of the losses at its two ends

Notebooks: 31.
"""
import numpy as np

from course_lib.arguments import generator, positive, whole
from course_lib.networks.gradient_check import by_parameter
from course_lib.optimizers.rules import adam


def filter_normalised(net, theta, rng):
    """Return a random direction (n,) in which every column of every weight matrix has the length
    that it has in theta (n,); its biases are 0 (Li et al. 2018, arXiv 1712.09913).

    net: says where in theta the matrices are.
    """
    d = generator(rng).standard_normal(theta.size)
    parts, lengths = by_parameter(net, d), by_parameter(net, theta)
    for name, part in parts.items():  # views of d
        if part.ndim == 1:
            part[:] = 0
        else:
            part *= np.linalg.norm(lengths[name], axis=0) / np.linalg.norm(part, axis=0)
    return d


def plain_direction(net, theta, rng):
    """Return a random direction (n,) as long as theta (n,), without regard to units."""
    d = generator(rng).standard_normal(theta.size)
    return d * np.linalg.norm(theta) / np.linalg.norm(d)


def twin(net, theta, a):
    """Return the weights (n,) of a ReLU network's twin: first weights and biases times a, the next
    weights divided by a (Dinh et al. 2017, arXiv 1703.04933).

    net: says where in theta (n,) the weights are; it needs two layers or more.
    """
    a, theta = positive("a", a), theta.copy()
    parts = by_parameter(net, theta)  # views of theta
    parts["W1"] *= a
    parts["b1"] *= a
    parts["W2"] /= a
    return theta


def losses(fun, points):
    """Return the loss at each of some points, (m,)."""
    return np.array([fun(w)[0] for w in points])


def line(w_a, w_b, s):
    """Return the points (m, n) of the straight line at s (m,)."""
    s = np.asarray(s, float)[:, None]
    return (1 - s) * w_a + s * w_b


def bezier(w_a, c, w_b, s):
    """Return the points (m, n) of the quadratic Bezier curve at s (m,)."""
    s = np.asarray(s, float)[:, None]
    return (1 - s) ** 2 * w_a + 2 * s * (1 - s) * c + s**2 * w_b


def trained_bend(fun, w_a, w_b, *, rng, n_steps=1000, lr=0.01):
    """Return the point c of the curve with a low mean loss: Adam, on the loss at a random s
    (Garipov et al. 2018, arXiv 1802.10026). It starts in the middle of the line.
    """
    c, state, rng = (w_a + w_b) / 2, {}, generator(rng)
    n_steps = whole("n_steps", n_steps)
    for t in range(n_steps):
        s = rng.random()
        g = 2 * s * (1 - s) * fun(bezier(w_a, c, w_b, [s])[0])[1]  # chain rule
        c, state = adam(c, g, state, lr=lr * (1 - t / n_steps))
    return c


def barrier(loss):
    """Return the largest loss on the way, less the larger one at the ends, for loss (m,)."""
    return float(np.max(loss) - max(loss[0], loss[-1]))
