"""What the checks share: which known answer an answer agrees with, and whether a function left its
arguments alone.

A table of known answers is a dict or a list of pairs (fault, value), the fault a sentence that
names the misconception; the right answer comes first, with the fault None.

Notebooks: none directly.
"""
import copy

import numpy as np


def first_match(answer, known, otherwise=None, *, rtol=1e-6, atol=1e-12):
    """Return the fault of the first known value that `answer` agrees with, else `otherwise`.

    >>> table = [(None, 2.0), ("the sign is wrong", -2.0)]
    >>> first_match(-2.0, table, "not that either")
    'the sign is wrong'
    >>> first_match([2.0], table, "not that either")
    'not that either'
    """
    pairs = known.items() if isinstance(known, dict) else known
    for fault, value in pairs:
        if agrees(answer, value, rtol=rtol, atol=atol):
            return fault
    return otherwise


def agrees(answer, value, *, rtol=1e-6, atol=1e-12):
    """Return whether two answers have one shape and equal numbers, NaN equal to NaN.

    A tuple of arrays agrees with a tuple or list of as many, one by one.
    """
    if isinstance(value, tuple):
        return (
            isinstance(answer, (tuple, list))
            and len(answer) == len(value)
            and all(agrees(a, b, rtol=rtol, atol=atol) for a, b in zip(answer, value, strict=True))
        )
    if np.shape(answer) != np.shape(value):
        return False
    return bool(np.allclose(answer, value, rtol=rtol, atol=atol, equal_nan=True))


def unchanged(mine, *given, names, **settings):
    """Call mine(*given, **settings) on copies; return its answer and None, or a sentence if it
    wrote into one.

    names: what the arguments are called, for the sentence, such as "W or b".
    """
    copies = copy.deepcopy(given)
    answer = mine(*copies, **settings)
    if all(_same_bits(a, b) for a, b in zip(copies, given, strict=True)):
        return answer, None
    return answer, (
        f"it changed the {names} it was given: work on copies (w -= ... writes into the array w, "
        "w = w - ... makes another)"
    )


def _same_bits(a, b):
    """Return whether two values are equal, containers entry by entry and NaN equal to NaN."""
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(_same_bits(a[key], b[key]) for key in a)
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(_same_bits, a, b))
    if isinstance(a, np.ndarray) or np.isscalar(a):
        return np.array_equal(a, b, equal_nan=np.asarray(a).dtype.kind in "fc")
    return True  # a function or a generator: nothing that one would write into
