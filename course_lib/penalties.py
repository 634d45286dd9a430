"""What keeps weights small: penalties are added to the loss, constraints change the weights after a step.

    l2              (strength/2) sum w^2     gradient strength w          shrinks every weight in proportion
    l1              strength sum |w|         gradient strength sign(w)    shrinks every weight by the same amount
    soft_threshold  sign(w) max(|w| - a, 0)  the exact minimiser of (x - w)^2/2 + a |x|: small weights become 0
    decay           w (1 - lr weight_decay)  decoupled from the gradient and from the rule that scales it
    max_norm        column w_j shortened to the length `limit` where it is longer

`strength` is a number, or an array of w's shape: `strength * net.is_matrix` leaves the biases alone. (Keras' L2 has no 1/2.)
"""
import numpy as np

from .arguments import rate


def _strength(strength):
    if not (np.all(np.isfinite(strength)) and np.all(np.asarray(strength) >= 0)):
        raise ValueError(f"strength must be finite and not negative, got {strength}")
    return float(strength) if np.ndim(strength) == 0 else strength


def l2(w, *, strength):
    """Return (strength/2) sum w^2 and its gradient (Hoerl & Kennard 1970, 10.1080/00401706.1970.10488634)."""
    g = _strength(strength) * w
    return 0.5 * np.sum(g * w), g


def l1(w, *, strength):
    """Return strength sum |w| and its gradient, 0 where w is 0 (Tibshirani 1996, 10.1111/j.2517-6161.1996.tb02080.x)."""
    g = _strength(strength) * np.sign(w)
    return np.sum(g * w), g


def soft_threshold(w, amount):
    """Return w moved towards 0 by `amount`, a number or an array, and never across it (Donoho 1995, 10.1109/18.382009).

    >>> soft_threshold(np.array([3.0, -0.5, -2.0]), 1.0).tolist()
    [2.0, -0.0, -1.0]
    """
    return np.sign(w) * np.maximum(np.abs(w) - _strength(amount), 0)


def decay(w, *, lr, weight_decay):
    """Multiply w by 1 - lr weight_decay, in place, and return it (Loshchilov & Hutter 2019, arXiv 1711.05101)."""
    w *= 1 - rate("lr", lr) * rate("weight_decay", weight_decay)
    return w


def max_norm(W, limit):
    """Shorten each column of W (n_in, n_out), a unit's incoming weights, to the length `limit`, in place, and return W
    (Srebro & Shraibman 2005, 10.1007/11503415_37; Srivastava et al. 2014, JMLR 15:1929). ValueError if limit is negative.
    """
    length = np.sqrt(np.sum(W * W, axis=0))
    limit = rate("limit", limit)
    W *= limit / np.maximum(length, max(limit, np.finfo(W.dtype).tiny))
    return W
