"""What keeps weights small: penalties are added to the loss, constraints change the weights after a
step.

    l2              (strength/2) sum w^2     gradient strength w: shrinks all in proportion
    l1              strength sum |w|         gradient strength sign(w): by the same amount
    soft_threshold  sign(w) max(|w| - a, 0)  minimises (x - w)^2/2 + a |x|: small weights become 0
    decay           w (1 - lr weight_decay)  decoupled from the gradient and from its scaling
    max_norm        column w_j shortened to the length `limit` where it is longer
    clip_weights    max(-limit, min(limit, w)), every weight by itself: not gradient clipping
    prune           the share of weights that are nearest to 0 set to 0
    lasso           w = soft_threshold(w - lr X^T (X w - y)/n, lr strength), again and again,
                    with lr = 1/largest curvature

`strength` is a number, or an array of w's shape: `strength * net.is_matrix` leaves the biases
alone. (Keras' L2 has no 1/2.)

Notebooks: 17.
"""
import math

import numpy as np

from course_lib.arguments import array, changeable, finite, fraction, not_negative, whole


def _fitting(w, strength):
    """Return w as an array and the strength, a number or an array of w's shape."""
    w, strength = array("w", w), not_negative("strength", strength, arrays=True)
    if np.ndim(strength) and strength.shape != w.shape:
        raise ValueError(
            f"strength must be a number or have w's shape {w.shape}, got shape {strength.shape}"
        )
    return w, strength


def l2(w, *, strength):
    """Return (strength/2) sum w^2 and its gradient (Hoerl & Kennard 1970,
    10.1080/00401706.1970.10488634).
    """
    w, strength = _fitting(w, strength)
    g = strength * w
    return 0.5 * np.sum(g * w), g


def l1(w, *, strength):
    """Return strength sum |w| and its gradient, 0 where w is 0 (Tibshirani 1996,
    10.1111/j.2517-6161.1996.tb02080.x).
    """
    w, strength = _fitting(w, strength)
    g = strength * np.sign(w)
    return np.sum(g * w), g


def soft_threshold(w, amount):
    """Return w moved towards 0 by `amount` and never across it (Donoho 1995, 10.1109/18.382009).

    amount: a number, or an array that broadcasts against w: a column gives one row for each.

    >>> soft_threshold(np.array([3.0, -0.5, -2.0]), 1.0).tolist()
    [2.0, -0.0, -1.0]
    """
    w, amount = array("w", w), not_negative("amount", amount, arrays=True)
    try:
        return np.sign(w) * np.maximum(np.abs(w) - amount, 0)
    except ValueError:
        raise ValueError(
            f"amount must be a number or broadcast against w, got shapes {np.shape(amount)} and "
            f"{w.shape}"
        ) from None


def decay(w, *, lr, weight_decay):
    """Multiply w by 1 - lr weight_decay, in place, and return it (Loshchilov & Hutter 2019, arXiv
    1711.05101).
    """
    changeable("w", w)
    w *= 1 - not_negative("lr", lr) * not_negative("weight_decay", weight_decay)
    return w


def max_norm(W, limit):
    """Shorten each column of W (n_in, n_out), a unit's incoming weights, to the length `limit`, in
    place, and return W (Srebro & Shraibman 2005, 10.1007/11503415_37; Srivastava et al. 2014, JMLR
    15:1929). ValueError if limit is negative.
    """
    changeable("W", W)
    limit, tiny = not_negative("limit", limit), np.finfo(W.dtype).tiny
    with np.errstate(over="ignore"):
        length = np.sqrt(np.sum(W * W, axis=0))
    if not finite(length):  # the squares have overflowed
        largest = np.maximum(np.abs(W).max(axis=0), tiny)
        length = largest * np.sqrt(np.sum((W / largest) ** 2, axis=0))
    W *= limit / np.maximum(length, max(limit, tiny))
    return W


def clip_weights(w, limit):
    """Cut every weight to [-limit, limit], in place, and return w (Arjovsky et al. 2017, arXiv
    1701.07875, for a critic).
    """
    changeable("w", w)
    limit = not_negative("limit", limit)
    return np.clip(w, -limit, limit, out=w)


def prune(w, share):
    """Set the `share` of the weights with the smallest |w| to 0, in place, and return w (Han et al.
    2015, arXiv 1506.02626).

    share: in [0, 1]; of w.size weights, floor(share w.size) are chosen. ValueError for another
    share.
    """
    changeable("w", w)
    n = math.floor(fraction("share", share, one=True) * w.size)
    if n:
        w[np.unravel_index(np.argpartition(np.abs(w), n - 1, axis=None)[:n], w.shape)] = 0
    return w


def lasso(X, y, *, strength, w=None, tolerance=1e-9, n_steps=100_000):
    """Return the w that minimises |X w - y|^2/(2n) + strength sum |w|, by proximal gradient steps
    (Beck & Teboulle 2009, 10.1137/080716542).

    X (n, p), y (n,). w: where to start, 0 if not given. It stops when no weight moves by more than
    `tolerance`; RuntimeError if that has not happened after n_steps.
    """
    X, y, w = _regression(X, y, w)
    strength, tolerance = not_negative("strength", strength), not_negative("tolerance", tolerance)
    lr = len(X) / np.linalg.norm(X, 2) ** 2
    for _ in range(whole("n_steps", n_steps)):
        before = w
        w = soft_threshold(w - lr * (X.T @ (X @ w - y)) / len(X), lr * strength)
        if np.max(np.abs(w - before)) <= tolerance:
            return w
    raise RuntimeError(f"lasso has not settled after {n_steps} steps; raise n_steps or tolerance")


def _regression(X, y, w):
    """Return X (n, p), y (n,) and the start w (p,) as arrays; ValueError if they do not fit."""
    X, y = array("X", X), array("y", y)
    if X.ndim != 2 or y.shape != X.shape[:1]:
        raise ValueError(f"X must be (n, p) and y (n,), got shapes {X.shape} and {y.shape}")
    w = np.zeros(X.shape[1]) if w is None else array("w", w)
    if w.shape != X.shape[1:]:
        raise ValueError(f"w must have X's row length, {X.shape[1:]}, got shape {w.shape}")
    if not (finite(X) and finite(y) and finite(w)):
        raise ValueError("X, y and w must be finite, got NaN or infinity in them")
    if not X.any():
        raise ValueError("X must hold a number that is not 0, got none")
    return X, y, w
