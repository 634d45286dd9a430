"""How a learner's update rule is examined: its form, then its path on eight awkward gradients
beside known ones.

A table of known rules is a sequence of (fault, rule); the right rule comes first, with the fault
None.

Notebooks: none directly.
"""
import numpy as np

from course_lib.optimizers.calling import follow

START = np.array([1.0, -2.0, 0.5, 3.0])
# Eight steps: ordinary, large then small, always zero, and alternating gradients.
GRADIENTS = np.array([[(-1.0)**t * 0.3 + 0.5, 50.0 if t < 3 else 0.05, 0.0, (-1.0)**t * 2.0]
                      for t in range(8)])
UPHILL = "it walks uphill: the step goes against the gradient"


def trace(step, **hyper):
    """Return the points (9, 4) of a rule on GRADIENTS."""
    return follow(step, GRADIENTS, START, **hyper)[0]


def misuse(mine, **hyper):
    """Return what is wrong with the form of a rule, or None."""
    w, g = START.copy(), GRADIENTS[0].copy()
    answer = mine(w, g, {}, **hyper)
    if not (isinstance(answer, tuple) and len(answer) == 2 and isinstance(answer[1], dict)):
        return "a rule returns two things, the new w and the new state, which is a dict"
    if (w != START).any() or (g != GRADIENTS[0]).any():
        return (
            "it changed the w or the g it was given: w -= ... writes into that array, w = w - ... "
            "makes another"
        )
    if np.shape(answer[0]) != START.shape:
        return f"four weights went in, and a point of shape {np.shape(answer[0])} came back"
    state = answer[1]
    before = {name: np.copy(value) for name, value in state.items()}
    mine(w, g, state, **hyper)
    if any((np.asarray(state[name]) != value).any() for name, value in before.items()):
        return (
            "it changed the state it was given: v += ... writes into the old array, v = v + ... "
            "makes another"
        )
    return None


def examine(mine, known, otherwise, **hyper):
    """Return the fault of the first known rule whose trace is that of `mine`."""
    fault = misuse(mine, **hyper)
    if fault is not None:
        return fault
    points = np.array(trace(mine, **hyper), dtype=float)
    for fault, step in known:
        if np.allclose(points, trace(step, **hyper), rtol=1e-9, atol=1e-12, equal_nan=True):
            return fault
    return otherwise
