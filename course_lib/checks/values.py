"""What came back, as numbers: None where it is text, a ragged list, a dict, a complex number or
anything else that no examiner can compare.

Notebooks: none directly.
"""
import numpy as np


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
