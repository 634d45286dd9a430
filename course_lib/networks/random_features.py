"""Least squares on p random features of n examples: what it costs to fit exactly, and when a larger
model is better again.

    min_norm         w = (X^T X)^-1 X^T y  for p <= n
                     X^T (X X^T)^-1 y  for p >= n, of all w with X w = y the shortest
    ridge            (X^T X + n strength I)^-1 X^T y,
                     the minimiser of |X w - y|^2/(2n) + (strength/2) |w|^2

The model: y = sum w_j x_j + noise, with independent normal features x_j of variance 1. Of these, p
are used. `inside` is the sum of their w_j^2, and `left` the variance that they leave unexplained,
the other w_j^2 and the noise. Mean squares:

    training error   left (1 - p/n)                                        0 from p = n on
    risk             left (1 + p/(n - p - 1))                              p <= n - 2
                     infinite                                              n - 1 <= p <= n + 1
                     left (1 + n/(p - n - 1)) + (1 - n/p) inside           p >= n + 2

Notebooks: 22, 23.
"""
import math

import numpy as np

from course_lib.arguments import array, generator, not_negative, whole


def least_squares(X, Y, *, strength=0.0):
    """Return the coefficients (p,) or (p, k) of ridge regression of Y (n,) or (n, k) on X (n, p),
    without an intercept.

    strength: as in `penalties.l2`, beside a loss averaged over n; 0 gives the solution of least
    norm. Directions whose singular value is below 1e-10 times the largest are left out.
    """
    X, Y = array("X", X), array("Y", Y)
    if X.ndim != 2 or X.size == 0 or Y.shape[:1] != X.shape[:1]:
        raise ValueError(
            f"X must be (n, p), not empty, and Y (n,) or (n, k), got {X.shape} and {Y.shape}"
        )
    U, s, Vt = np.linalg.svd(X, full_matrices=False)
    kept = s > 1e-10 * s[0]
    factor = s[kept] / (s[kept] ** 2 + len(X) * not_negative("strength", strength))
    return Vt[kept].T @ (factor * (Y.T @ U[:, kept])).T


def expected_errors(p, *, n, inside, left):
    """Return (training error, risk) of `least_squares` without ridge, averaged over examples, for p
    features and n examples (Breiman & Freedman 1983, JASA 78:131; Belkin, Hsu & Xu 2020, arXiv
    1903.07571, theorem 1).

    inside, left: as above. ValueError unless p is a whole number from 0, n one from 1, and the
    variances are not negative.

    >>> expected_errors(10, n=40, inside=1.0, left=1.0)
    (0.75, 1.3448275862068966)
    """
    n, p = whole("n", n), whole("p", p, least=0)
    inside, left = not_negative("inside", inside), not_negative("left", left)
    training = left * max(0.0, 1 - p / n)
    if p <= n - 2:
        return training, left * (1 + p / (n - p - 1))
    if p <= n + 1:
        return training, math.inf
    return training, left * (1 + n / (p - n - 1)) + (1 - n / p) * inside


def draw_examples(n, w, *, noise, rng):
    """Return X (n, D), independent normal features, and y (n,) = X w + noise, where `noise` is its
    variance; w (D,).
    """
    n, w = whole("n", n), array("w", w)
    X = generator(rng).normal(size=(n, len(w)))
    return X, X @ w + math.sqrt(not_negative("noise", noise)) * rng.normal(size=n)


def measured_errors(p, *, n, w, noise, n_draws, rng, shuffle=False):
    """Return (n_draws, 2), the training error and the risk of least squares on the first p
    features, of all or, with shuffle=True, of all in a new random order each time; n examples, `w`
    and `noise` as in `draw_examples`.
    """
    w, p, n_draws = array("w", w), whole("p", p), whole("n_draws", n_draws)
    errors = np.zeros((n_draws, 2))
    for k in range(n_draws):
        now = generator(rng).permutation(w) if shuffle else w
        X, y = draw_examples(n, now, noise=noise, rng=rng)
        fit = np.zeros(len(w))
        fit[:p] = least_squares(X[:, :p], y)
        errors[k] = np.mean((X @ fit - y) ** 2), noise + np.sum((fit - now) ** 2)
    return errors


def relu_features(X, p, *, rng):
    """Return a function that maps rows like X's (n, d) to p random ReLU features (Rahimi & Recht
    2007; Belkin et al. 2019, arXiv 1812.11118): max(0, x.v) with v normal, scaled so that a
    feature's mean square on X is about 1.
    """
    X = array("X", X)
    if X.ndim != 2:
        raise ValueError(f"X must have shape (n, d), got {X.shape}")
    scale = np.sqrt(2 / np.mean(np.sum(X * X, axis=1)))
    V = generator(rng).normal(size=(X.shape[1], whole("p", p))) * scale
    return lambda X: np.maximum(X @ V, 0)
