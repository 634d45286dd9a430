"""Checks of arguments that modules share.

Each returns the value that it was given, or says in one sentence which argument is wrong, what was
given, and what is accepted: TypeError for a value of the wrong type, ValueError for one out of
range.

Notebooks: none directly.
"""
import contextlib
import functools
import inspect
import math
import numbers
import reprlib

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
    return _real(name, value, "finite and not negative", math.inf, arrays)


def positive(name, value):
    """Return `value` as a Python float, finite and above 0."""
    if _is_real(value) and value == 0:
        raise ValueError(f"{name} must be finite and positive, got {value}")
    return _real(name, value, "finite and positive", math.inf, False)


def fraction(name, value, *, arrays=False, one=False):
    """Return `value` as a Python float in [0, 1), or in [0, 1] with one=True; arrays as in
    `not_negative`.

    >>> fraction("beta", 1.0)
    Traceback (most recent call last):
    ValueError: beta must be in [0, 1), got 1.0
    """
    if one:
        return _real(name, value, "in [0, 1]", math.nextafter(1, 2), arrays)
    return _real(name, value, "in [0, 1)", 1, arrays)


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


def array(name, value, dtype=None):
    """Return `value`, numbers in an array or in lists, as an array, of `dtype` if that is given.

    >>> array("X", [1.0, None])
    Traceback (most recent call last):
    TypeError: X must hold numbers in an array or in lists of equal length, got [1.0, None]
    """
    try:
        kept = np.asarray(value)
    except ValueError:  # lists of unequal length
        kept = np.array(None)
    if kept.dtype.kind not in "biufc":
        given = f"an array of {value.dtype}" if kept is value else reprlib.repr(value)
        raise TypeError(
            f"{name} must hold numbers in an array or in lists of equal length, got {given}"
        )
    return kept if dtype is None else kept.astype(dtype, copy=False)


def changeable(name, w):
    """Return `w`, which is to be changed in place; TypeError unless it is an array of floats,
    ValueError if it is read-only.
    """
    if not isinstance(w, np.ndarray) or w.dtype.kind not in "fc":
        given = f"an array of {w.dtype}" if isinstance(w, np.ndarray) else reprlib.repr(w)
        raise TypeError(f"{name} must be an array of floats, to be changed in place, got {given}")
    if not w.flags.writeable:
        raise ValueError(f"{name} must be an array that can be changed, got a read-only one")
    return w


def precision(dtype):
    """Return the dtype of a network; ValueError unless it is float32, float64 or complex128."""
    try:
        name = np.dtype(dtype).name if dtype is not None else None
    except TypeError:
        name = None
    if name not in ("float32", "float64", "complex128"):
        raise ValueError("dtype must be np.float32 or np.float64, or np.complex128 for a complex "
                         f"step, got {name or repr(dtype)}")
    return np.dtype(dtype)


def finite(X):
    """Return whether an array holds no NaN and no infinity. Its sum tells at once, unless that
    overflows.

    >>> finite(np.array([1.0, np.nan])), finite(np.full(9, 3e38, np.float32))
    (False, True)
    """
    with np.errstate(over="ignore", invalid="ignore"):
        return bool(np.isfinite(X.sum()) or np.isfinite(X).all())


def checked(**tests):
    """Decorate a function so that arguments are checked before its own lines, which a notebook may
    show, run.

    tests: argument's name = a function (name, value) that returns the value to use, or raises.

    >>> halved = checked(lr=not_negative)(lambda lr: lr / 2)
    >>> halved(lr=-1)
    Traceback (most recent call last):
    ValueError: lr must be finite and not negative, got -1
    """
    def decorate(function):
        signature = inspect.signature(function)

        @functools.wraps(function)
        def with_checks(*args, **kwargs):
            bound = signature.bind(*args, **kwargs)
            for name in tests.keys() & bound.arguments.keys():
                bound.arguments[name] = tests[name](name, bound.arguments[name])
            return function(*bound.args, **bound.kwargs)

        return with_checks

    return decorate


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


def _real(name, value, accepted, end, arrays):
    """Return `value` if it lies in [0, end)."""
    if arrays and isinstance(value, np.ndarray) and value.ndim and value.dtype.kind in "iuf":
        kept = value
    elif _is_real(value):
        kept = float(value)
    else:
        kind = "a number or an array of numbers" if arrays else "a number"
        raise TypeError(f"{name} must be {kind}, {accepted}, got {value!r}")
    inside = 0 <= kept < end if isinstance(kept, float) else np.all((kept >= 0) & (kept < end))
    if not inside:
        raise ValueError(f"{name} must be {accepted}, got {value}")
    return kept
