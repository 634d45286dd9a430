"""Checks of arguments that modules share: each returns the value given, or says in one sentence what is wrong."""
import math

import numpy as np


def rate(name, value):
    """Return `value` as a Python float, finite and not negative; ValueError otherwise.

    >>> rate("lr", -1)
    Traceback (most recent call last):
    ValueError: lr must be finite and not negative, got -1
    """
    if not (math.isfinite(value) and value >= 0):
        raise ValueError(f"{name} must be finite and not negative, got {value}")
    return float(value)


def count(name, value, least=1):
    """Return `value` as an int of at least `least`; ValueError otherwise.

    >>> count("n_steps", 2.5)
    Traceback (most recent call last):
    ValueError: n_steps must be a whole number of at least 1, got 2.5
    """
    if not math.isfinite(value) or value != int(value) or value < least:
        raise ValueError(f"{name} must be a whole number of at least {least}, got {value}")
    return int(value)


def finite(X):
    """Return whether an array holds no NaN and no infinity. Its sum tells at once, unless that overflows.

    >>> finite(np.array([1.0, np.nan])), finite(np.full(9, 3e38, np.float32))
    (False, True)
    """
    with np.errstate(over="ignore", invalid="ignore"):
        return bool(np.isfinite(X.sum()) or np.isfinite(X).all())
