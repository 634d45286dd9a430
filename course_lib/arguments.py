"""Checks of arguments that modules share.

Each returns the value that it was given, or says in one sentence which argument is wrong, what was
given, and what is accepted: TypeError for a value of the wrong type, ValueError for one out of
range.
"""
import contextlib
import math
import numbers

import numpy as np


def not_negative(name, value, *, arrays=False):
    """Return `value` as a Python float, finite and not negative.

    arrays: accept an array as well, which is returned as it is.

    >>> not_negative("lr", -1)
    Traceback (most recent call last):
    ValueError: lr must be finite and not negative, got -1
    >>> not_negative("lr", "0.1")
    Traceback (most recent call last):
    TypeError: lr must be a number, finite and not negative, got '0.1'
    """
    return _real(
        name, value, "finite and not negative", lambda x: (x >= 0) & np.isfinite(x), arrays
    )


def fraction(name, value, *, arrays=False):
    """Return `value` as a Python float in [0, 1); arrays as in `not_negative`.

    >>> fraction("beta", 1.0)
    Traceback (most recent call last):
    ValueError: beta must be in [0, 1), got 1.0
    """
    return _real(name, value, "in [0, 1)", lambda x: (x >= 0) & (x < 1), arrays)


def whole(name, value, least=1):
    """Return `value` as an int of at least `least`.

    >>> whole("n_steps", 2.5)
    Traceback (most recent call last):
    ValueError: n_steps must be a whole number of at least 1, got 2.5
    >>> whole("batch_size", None)
    Traceback (most recent call last):
    TypeError: batch_size must be a whole number of at least 1, got None
    """
    accepted = f"a whole number of at least {least}"
    if not _is_real(value):
        raise TypeError(f"{name} must be {accepted}, got {value!r}")
    if not math.isfinite(value) or value != int(value) or value < least:
        raise ValueError(f"{name} must be {accepted}, got {value}")
    return int(value)


def generator(rng):
    """Return `rng`, which must be a NumPy Generator; TypeError otherwise."""
    if not isinstance(rng, np.random.Generator):
        raise TypeError(
            f"rng must be a NumPy Generator, such as np.random.default_rng(0), got {rng!r}"
        )
    return rng


def finite(X):
    """Return whether an array holds no NaN and no infinity. Its sum tells at once, unless that
    overflows.

    >>> finite(np.array([1.0, np.nan])), finite(np.full(9, 3e38, np.float32))
    (False, True)
    """
    with np.errstate(over="ignore", invalid="ignore"):
        return bool(np.isfinite(X.sum()) or np.isfinite(X).all())


@contextlib.contextmanager
def one_thread():
    """Let NumPy multiply matrices on one thread inside a `with` block: small products run faster
    so.
    """
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1, user_api="blas"):
        yield


def _is_real(value):
    """Return whether this is one real number: a Python or NumPy number, or an array of shape ()."""
    if isinstance(value, np.ndarray):
        return value.ndim == 0 and value.dtype.kind in "iuf"
    return isinstance(value, numbers.Real) and not isinstance(value, (bool, np.bool_))


def _real(name, value, accepted, test, arrays):
    if arrays and isinstance(value, np.ndarray) and value.ndim and value.dtype.kind in "iuf":
        kept = value
    elif _is_real(value):
        kept = float(value)
    else:
        raise TypeError(
            f"{name} must be a number{' or an array of numbers' * arrays}, {accepted}, got {value!r}"
        )
    if not np.all(test(np.asarray(kept))):
        raise ValueError(f"{name} must be {accepted}, got {value}")
    return kept
