"""What came back: as numbers, or None where it is text, a ragged list, a dict, a complex number or
anything else that no examiner can compare; and in words.

Notebooks: none directly.
"""
import types

import numpy as np

PLAIN = {type(None): "nothing", str: "text", complex: "a complex number",
         types.GeneratorType: "a generator", types.FunctionType: "a function",
         bool: "True or False"}


def number(answer):
    """Return the answer as a float, or None if it is not one real number.

    >>> number(np.float32(0.5)), number([0.5]), number("0.5"), number(1 + 2j)
    (0.5, None, None, None)
    """
    array = numbers(answer)
    return None if array is None or array.ndim else float(array)


def numbers(answer):
    """Return the answer as an array of floats, or None if it does not hold real numbers.

    >>> numbers([1, 2]).tolist(), numbers([1, [2, 3]]), numbers({}), numbers(None)
    ([1.0, 2.0], None, None, None)
    """
    try:
        array = np.asarray(answer)
    except (ValueError, TypeError):
        return None
    return array.astype(float) if array.dtype.kind in "biuf" else None


def kind_of(answer):
    """Return words for what an answer is, for a sentence that says what is wrong with it.

    >>> kind_of(None), kind_of("abc"), kind_of([1, [2, 3]]), kind_of(np.ones((2, 3)))
    ('nothing', 'text', 'a list of 2 with parts of different lengths', 'an array of shape (2, 3)')
    >>> kind_of(1 + 2j), kind_of(i for i in "ab"), kind_of((1, 2)), kind_of(3.0)
    ('a complex number', 'a generator', 'a tuple of 2', 'the number 3.0')
    """
    if isinstance(answer, (list, tuple, dict, set)):
        name = f"a {type(answer).__name__} of {len(answer)}"
        ragged = isinstance(answer, (list, tuple)) and _is_ragged(answer)
        return f"{name} with parts of different lengths" if ragged else name
    if isinstance(answer, np.ndarray):
        return f"an array of shape {answer.shape}"
    if isinstance(answer, (int, float, np.number)) and not isinstance(answer, (bool, complex)):
        return f"the number {answer!s:.20}"
    return PLAIN.get(type(answer)) or f"a {type(answer).__name__}"


def _is_ragged(answer):
    try:
        np.asarray(answer)
    except ValueError:
        return True
    return False
