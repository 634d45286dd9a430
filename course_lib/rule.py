"""What surrounds an update rule: `rule` checks its arguments, `blockwise` applies it to a large vector by slices."""
import functools
import inspect

import numpy as np

BLOCK = 131_072  # bytes of one slice of one array: half a dozen of them fit a second-level cache of 1 MB

# What each hyper-parameter may be: a sentence for people and a test for machines (NaN fails both comparisons).
_FRACTION = ("in [0, 1)", lambda x: np.all((np.asarray(x) >= 0) & (np.asarray(x) < 1)))
_NOT_NEGATIVE = ("finite and not negative", lambda x: np.all((np.asarray(x) >= 0) & np.isfinite(x)))
_SWITCH = ("True or False", lambda x: isinstance(x, (bool, np.bool_)))
_ACCEPTED = {"beta": _FRACTION, "rho": _FRACTION, "beta1": _FRACTION, "beta2": _FRACTION, "lr": _NOT_NEGATIVE,
             "eps": _NOT_NEGATIVE, "weight_decay": _NOT_NEGATIVE, "momentum_decay": _NOT_NEGATIVE, "centered": _SWITCH}


def _clean(step_name, name, value):
    """Return `value` checked, a NumPy scalar turned into a Python float so that float32 weights stay float32."""
    accepted, test = _ACCEPTED[name]
    if not test(value):
        raise ValueError(f"{step_name}: {name} must be {accepted}, got {value}")
    return float(value) if np.ndim(value) == 0 else value


def rule(step):
    """Check the arguments of an update rule before it runs; the rule itself stays the lines of its paper."""
    hyper_names = [p.name for p in inspect.signature(step).parameters.values() if p.kind is p.KEYWORD_ONLY]

    @functools.wraps(step)
    def checked(w, g, state, **hyper):
        unknown = [name for name in hyper if name not in hyper_names]
        if unknown or "lr" not in hyper:
            fault = f"does not know {unknown[0]!r}" if unknown else "needs lr"
            raise TypeError(f"{step.__name__} {fault}; its hyper-parameters are {', '.join(hyper_names)}")
        if np.shape(w) != np.shape(g):
            raise ValueError(f"{step.__name__}: w and g must have one shape, got {np.shape(w)} and {np.shape(g)}")
        hyper = {name: _clean(step.__name__, name, value) for name, value in hyper.items()}
        return step(w, g, state, **hyper)

    return checked


def blockwise(step, block=None):
    """Return a version of an element-wise `step` that changes `w` and the state arrays in place, slice by slice.

    The temporaries of a slice stay in the processor's cache, which makes large vectors several times faster; the numbers are
    those of the plain call, bit for bit. `w` and `g` are flat, C-contiguous arrays; hyper-parameters are numbers.
    block: elements of a slice; by default as many as fill BLOCK bytes.
    """
    bare = inspect.unwrap(step)

    def step_in_place(w, g, state, **hyper):
        if np.shape(w) != np.shape(g):
            raise ValueError(f"w and g must have one shape, got {np.shape(w)} and {np.shape(g)}")
        old = {name: value for name, value in state.items() if np.shape(value) == w.shape}
        rest = {name: value for name, value in state.items() if name not in old}
        arrays, apply, length = dict(old), step, block or BLOCK // w.itemsize
        for start in range(0, w.size, length):
            here = slice(start, start + length)
            w_new, new = apply(w[here], g[here], rest | {name: value[here] for name, value in old.items()}, **hyper)
            if apply is step:  # the first slice had its arguments checked: once is enough
                apply, hyper = bare, {name: float(value) for name, value in hyper.items()}
            for name in [name for name, value in new.items() if np.shape(value) == w_new.shape]:
                value = new.pop(name)
                arrays.setdefault(name, np.empty(w.shape, value.dtype))[here] = value
            w[here] = w_new
        return w, new | arrays

    return step_in_place
