"""What surrounds an update rule.

    rule        checks its arguments before it runs
    follow      feeds it one gradient after another
    blockwise   applies it to a large vector by slices
    mutant      makes a wrong version of it: a test that lets one pass has a gap

Notebooks: 14, 15, 16, 27.
"""
import functools
import inspect
import reprlib
import textwrap

import numpy as np

from course_lib.arguments import changeable, fraction, not_negative
from course_lib.machine import cores, together

# Bytes of one slice of one array, and how many of them are better taken in one piece: the best of
# powers of two for Adam and momentum, second-level cache 1 MB.
BLOCK, WHOLE = 524_288, 3

# Hyper-parameters in [0, 1); of the others, `centered` is a switch.
FRACTIONS = {"beta", "rho", "beta1", "beta2"}

NO_ARRAYS = (list, tuple, str, type(None))


def _clean(step_name, name, value):
    """Return `value` checked, a NumPy scalar turned into a Python float so that float32 weights
    stay float32.
    """
    said = f"{step_name}: {name}"
    if name == "centered":
        if not isinstance(value, (bool, np.bool_)):
            raise TypeError(f"{said} must be True or False, got {value!r}")
        return bool(value)
    check = fraction if name in FRACTIONS else not_negative
    return check(said, value, arrays=True)


def rule(step):
    """Check the arguments of an update rule before it runs; the rule itself stays the lines of its
    paper.
    """
    hyper_names = [p.name for p in inspect.signature(step).parameters.values()
                   if p.kind is p.KEYWORD_ONLY]

    @functools.wraps(step)
    def checked(w, g, state, **hyper):
        unknown = [name for name in hyper if name not in hyper_names]
        if unknown or "lr" not in hyper:
            fault = f"does not know {unknown[0]!r}" if unknown else "needs lr"
            raise TypeError(
                f"{step.__name__} {fault}; its hyper-parameters are {', '.join(hyper_names)}"
            )
        if isinstance(w, NO_ARRAYS) or isinstance(g, NO_ARRAYS) or not isinstance(state, dict):
            raise TypeError(f"{step.__name__}: w and g must be numbers or arrays and state a dict, "
                            f"got {reprlib.repr(w)}, {reprlib.repr(g)} and {reprlib.repr(state)}")
        if np.shape(w) != np.shape(g):
            raise ValueError(
                f"{step.__name__}: w and g must have one shape, got {np.shape(w)} and {np.shape(g)}"
            )
        hyper = {name: _clean(step.__name__, name, value) for name, value in hyper.items()}
        return step(w, g, state, **hyper)

    return checked


def follow(step, gradients, w, state=None, **hyper):
    """Return the points that a rule visits, (steps + 1, *w.shape), and its last state.

    step: an update rule.
    gradients: one for each step, each of w's shape, or a function of (t, w), t from 1, that gives
        the next one and None at the end.
    w: the start, which is the first point.
    state: where the rule left off, {} by default.
    hyper: its hyper-parameters; `lr` may be a schedule t -> number.

    >>> follow(lambda w, g, state, *, lr: (w - lr * g, state), [1.0, 2.0], 3.0, lr=0.5)
    (array([3. , 2.5, 1.5]), {})
    """
    if not callable(step):
        raise TypeError(f"step must be an update rule such as optimizers.adam, got {step!r}")
    lr = hyper.pop("lr")
    points, state = [w], {} if state is None else state
    gradient = gradients if callable(gradients) else (
        lambda t, w: gradients[t - 1] if t <= len(gradients) else None)
    while (g := gradient(len(points), w)) is not None:
        w, state = step(w, g, state, lr=lr(len(points)) if callable(lr) else lr, **hyper)
        points.append(w)
    return np.array(points), state


def blockwise(step, block=None):
    """Return a version of an element-wise `step` that changes `w` in place: a large one slice by
    slice, and then the state arrays as well.

    The temporaries of a slice stay in the processor's cache, which makes large vectors up to three
    times as fast. Up to WHOLE slices are faster in one piece, since no state has to be copied.
    Inside `machine.all_cores` the cores share the slices, if `step` is under `rule` and so keeps
    nothing to itself. The numbers are those of the plain call, bit for bit.

    `w` and `g` are flat, C-contiguous arrays; hyper-parameters are numbers. block: elements of a
    slice; by default as many as fill BLOCK bytes. TypeError unless w is an array of floats.
    """
    bare = inspect.unwrap(step)

    def step_in_place(w, g, state, **hyper):
        changeable("w", w)
        if np.shape(w) != np.shape(g):
            raise ValueError(f"w and g must have one shape, got {np.shape(w)} and {np.shape(g)}")
        length, whole = (block, 1) if block else (BLOCK // w.itemsize, WHOLE)
        if w.size <= whole * length:
            w[:], state = step(w, g, state, **hyper)
            return w, state
        slices = [slice(start, start + length) for start in range(0, w.size, length)]
        old, rest = _arrays_and_rest(state, w.shape)
        arrays = dict(old)

        def move(apply, here):
            pieces = {name: value[here] for name, value in old.items()}
            w_new, new = apply(w[here], g[here], rest | pieces, **hyper)
            pieces, numbers = _arrays_and_rest(new, w_new.shape)
            for name, value in pieces.items():
                if name not in arrays:
                    arrays[name] = np.empty(w.shape, value.dtype)
                arrays[name][here] = value
            w[here] = w_new
            return numbers

        def move_some():
            for here in waiting:
                move(bare, here)

        numbers = move(step, slices[0])  # has the arguments checked: once is enough
        hyper, waiting = {name: float(value) for name, value in hyper.items()}, iter(slices[1:])
        together([move_some] * (min(cores(), len(slices) - 1) if bare is not step else 1))
        return w, numbers | arrays

    return step_in_place


def _arrays_and_rest(state, shape):
    """Return the entries of a state that have this shape, and the others."""
    arrays = {name: value for name, value in state.items() if np.shape(value) == shape}
    return arrays, {name: value for name, value in state.items() if name not in arrays}


def mutant(step, *changes):
    """Return a copy of the update rule `step`, without its checks, in which pieces of its source
    read otherwise.

    changes: pairs (right, wrong), in turn. Raises ValueError unless each `right` occurs exactly
    once in the source.

    >>> from course_lib.optimizers import sgd
    >>> uphill = mutant(sgd, ("w - lr * g", "w + lr * g"))
    >>> uphill(1.0, 2.0, {}, lr=0.5)
    (2.0, {})
    """
    bare = inspect.unwrap(step)
    lines = textwrap.dedent(inspect.getsource(bare)).splitlines(keepends=True)
    source = "".join(lines[next(k for k, line in enumerate(lines) if line.startswith("def ")):])
    for right, wrong in changes:
        if source.count(right) != 1:
            raise ValueError(
                f"{right!r} must occur once in the source of {bare.__name__}, "
                f"got it {source.count(right)} times"
            )
        source = source.replace(right, wrong)
    exec(source, namespace := {"np": np})
    return namespace[bare.__name__]
