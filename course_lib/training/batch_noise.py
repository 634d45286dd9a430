"""What it costs to estimate a gradient from a batch of B examples, and how large a batch is worth
having.

    one example's gradient    mean G, the full gradient, and covariance Sigma
    a batch of B              mean G, covariance Sigma/B, times (n-B)/(n-1) without replacement
    the noise floor           E[w^2] -> lr sigma^2 / (B lam (2 - lr lam)), on the parabola lam w^2/2
    the gradient noise scale  tr(Sigma) / |G|^2, a batch size

Notebooks: 08, 09.
"""
import numpy as np

from course_lib.arguments import generator, whole


def sgd_floor(lr, *, lam, sigma, batch_size):
    """Return the E[w^2] at which SGD on the parabola lam w^2/2 settles; arrays broadcast.

    lr: the learning rate.
    lam: the curvature.
    sigma: the standard deviation of one example's gradient.
    batch_size: examples in a batch, drawn with replacement.
    Raises ValueError unless 0 < lr lam < 2: any other rate never settles.

    >>> float(sgd_floor(0.1, lam=1.0, sigma=1.0, batch_size=1))  # near lr/2
    0.0526
    """
    shrink = np.multiply(lr, lam)
    if not np.all((shrink > 0) & (shrink < 2)):
        raise ValueError(f"the noise floor needs 0 < lr * lam < 2, got {shrink}")
    return lr * np.square(sigma) / (batch_size * lam * (2 - shrink))


def linear_model(n, *, rng):
    """Return (full, sampled, floor) of a linear model with 10 weights, fitted to n examples with
    noise of variance 1: the loss above its minimum and the exact gradient, as a function of w; the
    same with the gradient of batches; and where SGD settles.

    full: w -> (loss, grad); w (..., 10).
    sampled: (batch_size, rng) -> such a function, which draws a batch, with replacement, at each
        call; all w of a call share it.
    floor: (lr, batch_size) -> the loss, above its minimum, at which SGD settles near the minimum.
    """
    A = rng.standard_normal((n, 10)) * np.sqrt(np.geomspace(0.05, 1, 10))
    b = A @ np.full(10, 3.0) + rng.standard_normal(whole("n", n))
    H, best = A.T @ A / n, np.linalg.lstsq(A, b)[0]

    def full(w):
        grad = (w - best) @ H
        return 0.5 * ((w - best) * grad).sum(axis=-1), grad

    def sampled(batch_size, rng):
        def fun(w):
            rows = generator(rng).integers(n, size=batch_size)
            return full(w)[0], (w @ A[rows].T - b[rows]) @ A[rows] / batch_size
        return fun

    def floor(lr, batch_size):
        lam, residual = np.linalg.eigvalsh(H), np.mean((A @ best - b) ** 2)
        settled = sgd_floor(lr, lam=lam, sigma=np.sqrt(residual * lam), batch_size=batch_size)
        return float(0.5 * (lam * settled).sum())

    return full, sampled, floor


def scale_parts(g_small, g_big, b_small, b_big):
    """Return estimates (of |G|^2, of tr Sigma) from the gradients of a small and a big batch
    (McCandlish et al. 2018, arXiv 1812.06162, appendix A.1).

    Both are unbiased for examples drawn with replacement, also if one batch is part of the other;
    the first may be negative. Their ratio is biased: average many pairs, and divide last.
    g_small, g_big: (..., n), the mean gradients of b_small and b_big examples.
    Raises ValueError unless 1 <= b_small < b_big.
    """
    b_small, b_big = whole("b_small", b_small), whole("b_big", b_big)
    if b_small >= b_big:
        raise ValueError(f"b_small must be less than b_big, got {b_small} and {b_big}")
    small, big = np.square(g_small).sum(axis=-1), np.square(g_big).sum(axis=-1)
    signal = (b_big * big - b_small * small) / (b_big - b_small)
    noise = (small - big) / (1 / b_small - 1 / b_big)
    return signal, noise


def estimated_scale(net, X, y, *, b_small=64, b_big=1024, pairs=40, rng):
    """Return the gradient noise scale from `pairs` pairs of batches, drawn with replacement by rng;
    `scale_parts` says how.

    net: a Network; its weights stay as they are. X, y: (n, n_in) and (n,).
    """
    def gradient(size):
        rows = generator(rng).integers(len(X), size=size)
        return net.loss_and_grad(X[rows], y[rows])[1].copy()

    parts = [scale_parts(gradient(b_small), gradient(b_big), b_small, b_big)
             for _ in range(whole("pairs", pairs))]
    signal, noise = np.mean(parts, axis=0)
    return float(noise / signal)


def exact_parts(net, X, y):
    """Return (|G|^2, tr Sigma) over all examples, in one pass; `scale_parts` estimates them.

    The gradient of one example with respect to a dense layer's W is the outer product of its input
    x and its delta, so its squared length is |x|^2 |delta|^2, with 1 added to |x|^2 for b.
    net: a Network; all its parameters must lie in dense layers.
    X, y: (n, n_in) and (n,).
    """
    X, y = net.check(X, y)
    _, D = net.loss_function(net.logits(X), y)
    D *= len(X)  # the gradient of each example's own loss, not of the mean
    lengths = np.zeros(len(X))
    for layer in reversed(net.layers):
        if layer.shapes:
            lengths += (np.square(layer.X).sum(axis=1) + 1) * np.square(D).sum(axis=1)
        D = layer.backward(D)
    signal = float(np.square(net.grad / len(X)).sum())
    return signal, float(lengths.mean()) - signal
