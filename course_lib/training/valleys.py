"""What a valley looks like, and which pictures of it can be trusted.

    slice      loss at w + s d; in a filter-normalised d, the weights into each unit are as long as
               those in w
    twin       first layer times a, second divided by a: with ReLU the same function of X, elsewhere
    line       (1 - s) w_a + s w_b
    curve      (1 - s)^2 w_a + 2 s (1 - s) c + s^2 w_b: a quadratic Bezier curve; c is trained, so
               that the mean loss along the curve is low
    barrier    largest loss on the way, less the larger of the losses at its two ends

Notebooks: none directly.
"""
import numpy as np

from course_lib.arguments import generator, positive, whole
from course_lib.networks.layers import Dense
from course_lib.optimizers.rules import adam


def filter_normalised(net, rng):
    """Return a random direction (n,) in which every column of every weight matrix has the length
    that it has in `net.theta`; its biases are 0 (Li et al. 2018, arXiv 1712.09913).
    """
    rng, parts = generator(rng), []
    for layer in net.layers:
        if isinstance(layer, Dense):
            d = rng.standard_normal(layer.W.shape)
            d *= np.linalg.norm(layer.W, axis=0) / np.linalg.norm(d, axis=0)
            parts += [d.ravel(), np.zeros(layer.b.size)]
    return np.concatenate(parts)


def plain_direction(net, rng):
    """Return a random direction (n,) as long as `net.theta`, without regard to units."""
    d = generator(rng).standard_normal(net.theta.size)
    return d * np.linalg.norm(net.theta) / np.linalg.norm(d)


def twin(net, a):
    """Return theta (n,) of the ReLU network that computes the same: first weights and biases times
    a, the next weights divided by a (Dinh et al. 2017, arXiv 1703.04933). net is left as it was.
    """
    a, kept = positive("a", a), net.theta.copy()
    first, second = [layer for layer in net.layers if isinstance(layer, Dense)][:2]
    first.W *= a
    first.b *= a
    second.W /= a
    theta = net.theta.copy()
    net.theta = kept
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
