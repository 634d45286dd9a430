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


def trace(step, gradients=GRADIENTS, **hyper):
    """Return the points (n + 1, 4) of a rule on n gradients, eight awkward ones by default."""
    return follow(step, gradients, START, **hyper)[0]


def misuse(mine, **hyper):
    """Return what is wrong with the form of a rule, or None."""
    w, g, first = START.copy(), GRADIENTS[0].copy(), {}
    answer = mine(w, g, first, **hyper)
    if not (isinstance(answer, tuple) and len(answer) == 2 and isinstance(answer[1], dict)):
        return "a rule returns two things, the new w and the new state, which is a dict"
    if (w != START).any() or (g != GRADIENTS[0]).any():
        return (
            "it changed the w or the g it was given: w -= ... writes into that array, w = w - ... "
            "makes another"
        )
    if not _numbers(answer[0]):
        return "the new w must be an array of real numbers"
    if np.shape(answer[0]) != START.shape:
        return f"four weights went in, and a point of shape {np.shape(answer[0])} came back"
    return _DICT if first else _wrote_into_state(mine, w, g, answer[1], hyper)


_DICT = (
    "it wrote into the dict it was given: return a new one, such as {'v': v} or {**state, 'v': v}"
)


def _wrote_into_state(mine, w, g, state, hyper):
    """Return a sentence if a second call changes the dict of the first, or an array in it."""
    values = dict(state)
    copies = {name: np.copy(value) for name, value in state.items()}
    mine(w, g, state, **hyper)
    if state.keys() != values.keys() or any(state[name] is not values[name] for name in values):
        return _DICT
    if any((np.asarray(state[name]) != copies[name]).any() for name in copies):
        return (
            "it changed the state it was given: v += ... writes into the old array, v = v + ... "
            "makes another"
        )
    return None


def _numbers(value):
    """Return whether a value is an array of real numbers, or can be made one."""
    try:
        return np.asarray(value).dtype.kind in "fiub"
    except ValueError:  # lists of unequal lengths
        return False


def examine(mine, known, otherwise, *, gradients=GRADIENTS, **hyper):
    """Return the fault of the first known rule whose trace is that of `mine`, else `otherwise` and
    where the two paths part.

    gradients: others where the usual ones do not tell two rules apart.
    """
    fault = misuse(mine, **hyper)
    if fault is not None:
        return fault
    points = np.array(trace(mine, gradients, **hyper), dtype=float)
    for fault, step in known:
        theirs = trace(step, gradients, **hyper)
        if np.allclose(points, theirs, rtol=1e-9, atol=1e-12, equal_nan=True):
            return fault
    right = trace(known[0][1], gradients, **hyper)
    return f"{otherwise}; {_parting(points, right, gradients, hyper)}"


def _parting(points, right, gradients, hyper):
    """Return words that say where two paths part."""
    apart = ~np.isclose(points, right, rtol=1e-9, atol=1e-12)
    t, k = np.argwhere(apart)[0]
    past = ", ".join(f"{g:.3g}" for g in gradients[:t, k])
    return (
        f"they part at step {t} in the weight whose gradients so far are {past}: it moves from "
        f"{points[t - 1, k]:.4g} to {points[t, k]:.4g}, and should move to {right[t, k]:.4g} with "
        f"{', '.join(f'{name}={value:g}' for name, value in hyper.items())}"
    )
