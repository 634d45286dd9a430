"""Muon: momentum whose singular values are all made about 1, without an SVD (Jordan et al. 2024,
kellerjordan.github.io/posts/muon; at scale: Liu et al. 2025, arXiv 2502.16982).

    m = beta*m + g
    u = g + beta*m                                 Nesterov's form
    w = w - lr*(scale*O(u) + weight_decay*w)       O: five Newton-Schulz steps, about U V^T

One Newton-Schulz step acts on each singular value alone, by p(s) = a s + b s^3 + c s^5. With
Muon's coefficients five steps bring most of (0, 1] to about 0.7 ... 1.2, but never exactly to 1.

The average of Keller Jordan and of PyTorch, m = beta*m + (1 - beta)*g and u = (1 - beta)*g +
beta*m, is 1 - beta times the u here, which O does not see. optax corrects both terms of u as Adam
does, g by 1 - beta^t and m by 1 - beta^(t+1): its first step is the same, later ones are not.

PyTorch and Keller Jordan multiply in bfloat16, so that their steps agree with these only to about
two digits. Keras' agree to rounding; its default scale is SCALES["moonlight"], with which Keras
3.15.1 on TensorFlow refuses float64.

Notebooks: 32.
"""
import numpy as np

from course_lib.arguments import array, whole
from course_lib.optimizers.calling import rule

QUINTIC = (3.4445, -4.7750, 2.0315)  # Muon's a, b, c: a steep start, no rest at 1
CUBIC = (1.5, -0.5, 0.0)  # the classical choice: a slow start, and it converges to 1
EPS = 1e-7

SCALES = {  # of a layer's weights (n_in, n_out); PyTorch keeps them as (n_out, n_in)
    "none": lambda n_in, n_out: 1.0,
    "jordan": lambda n_in, n_out: max(1.0, n_out / n_in) ** 0.5,
    "moonlight": lambda n_in, n_out: 0.2 * max(n_in, n_out) ** 0.5,
}


def polynomial(s, coefficients=QUINTIC, n_steps=5):
    """Return what n_steps Newton-Schulz steps make of a singular value s, any shape.

    >>> polynomial(np.array([0.0, 1.0]), CUBIC).tolist()
    [0.0, 1.0]
    """
    a, b, c = coefficients
    for _ in range(whole("n_steps", n_steps, least=0)):
        s = a * s + b * s**3 + c * s**5
    return s


def newton_schulz(G, coefficients=QUINTIC, n_steps=5):
    """Return U p(...p(S / |G|)...) V^T for G = U S V^T (m, n), by products of matrices alone
    (Bjorck & Bowie 1971, SIAM Journal on Numerical Analysis 8).

    Dividing by the Frobenius norm brings every singular value into [0, 1]. The short side is
    multiplied with itself: a matrix with more rows than columns is turned first.
    """
    G = array("G", G)
    if G.ndim != 2:
        raise ValueError(f"newton_schulz takes a matrix (m, n), got shape {G.shape}")
    a, b, c = coefficients
    X = G.T if G.shape[0] > G.shape[1] else G
    X = X / (np.linalg.norm(X) + EPS)
    for _ in range(whole("n_steps", n_steps, least=0)):
        A = X @ X.T
        X = a * X + (b * A + c * A @ A) @ X
    return X.T if G.shape[0] > G.shape[1] else X


@rule
def muon(w, g, state, *, lr, beta=0.95, scale=1.0, weight_decay=0.0):
    """Muon (Jordan et al. 2024): heavy ball in Nesterov's form, orthogonalised.

    w: a matrix (n_in, n_out). scale: a number, such as SCALES["moonlight"](n_in, n_out).
    """
    m = beta * state.get("m", 0.0) + g
    u = g + beta * m
    w = w - lr * (scale * newton_schulz(u) + weight_decay * w)
    return w, {"m": m}
