"""The update rule that is read, compiled: TensorFlow's compiler, XLA, fuses its lines into few
loops over the weights, so that a large vector is read and written once a step.

    step = compiled(adam)
    w, state = step(w, g, state, lr=0.001)        # as adam itself, up to rounding

The function is not written anew. A copy of it, whose name `np` stands for TensorFlow's NumPy
interface, is traced once for every shape, precision and set of names in the state.

Notebooks: none directly.
"""
import inspect
import operator
import types

import numpy as np

from course_lib.frameworks.tensorflow_quietly import import_tensorflow


def compiled(step):
    """Return the update rule `step`, compiled: called as the rule is, with one number for each
    hyper-parameter. TypeError unless step is a function written in Python.

    A hyper-parameter may change from step to step, as a schedule changes lr, without a new trace.
    Numbers in the state come back as Python numbers, arrays as TensorFlow's: give them to the next
    step as they are, and look at them with np.asarray; neither copies. Nothing that is given is
    changed. Rounding differs from the plain call's: after ten steps by at most 8 units in the last
    place of an array's largest entry, since XLA joins operations.

    >>> from course_lib.optimizers import sgd
    >>> w, state = compiled(sgd)(np.ones(3), np.ones(3), {}, lr=0.5)
    >>> np.asarray(w).tolist(), state
    ([0.5, 0.5, 0.5], {})
    """
    if not isinstance(inspect.unwrap(step), types.FunctionType):
        raise TypeError(f"step must be an update rule written in Python, got {step!r}")
    tf = import_tensorflow()
    bare = _with_numpy_of(tf, inspect.unwrap(step))

    @tf.function(jit_compile=True, autograph=False)
    def traced(w, g, arrays, numbers, hyper, switches):
        numbers, hyper = ({name: _Number(tf, value) for name, value in part.items()}
                          for part in (numbers, hyper))
        w, state = bare(w, g, arrays | numbers, **hyper, **dict(switches))
        return w, {name: _result(tf, value) for name, value in state.items()}

    def compiled_step(w, g, state, **hyper):
        step(np.zeros(0), np.zeros(0), {}, **hyper)  # checks the hyper-parameters
        if np.shape(w) != np.shape(g) or not np.ndim(w):
            raise ValueError("w and g must have one shape, with one axis at the least, "
                             f"got {np.shape(w)} and {np.shape(g)}")
        numbers = {name: tf.constant(value, tf.float64) for name, value in state.items()
                   if isinstance(value, (int, float))}
        arrays = {name: tf.convert_to_tensor(value) for name, value in state.items()
                  if name not in numbers}
        switches = tuple((name, value) for name, value in hyper.items() if isinstance(value, bool))
        hyper = {name: tf.constant(hyper[name], tf.float64)
                 for name in hyper.keys() - dict(switches)}
        w, new = traced(tf.convert_to_tensor(w), tf.convert_to_tensor(g), arrays, numbers, hyper,
                        switches)
        return w, {name: _out(value, state.get(name)) for name, value in new.items()}

    return compiled_step


def _with_numpy_of(tf, function):
    """Return a copy of a function in which `np` is TensorFlow's NumPy interface."""
    copy = types.FunctionType(
        function.__code__, function.__globals__ | {"np": tf.experimental.numpy},
        function.__name__, function.__defaults__, function.__closure__,
    )
    copy.__kwdefaults__ = function.__kwdefaults__
    return copy


def _result(tf, value):
    """Return a tensor; a Python float would come back in single precision."""
    value = getattr(value, "value", value)
    return tf.constant(value, tf.float64) if isinstance(value, float) else value


def _out(value, before):
    """Return an array as it is, a number as Python's: an int where it was one before."""
    if value.shape.rank:
        return value
    value = value.numpy().item()
    return value if before is None else type(before)(value)


class _Number:
    """A number while a rule is traced: double precision among numbers, and beside an array of the
    array's precision, as Python's numbers are for NumPy.
    """

    def __init__(self, tf, value):
        self.tf, self.value = tf, tf.cast(value, tf.float64)

    def apply(self, function, other):
        """Return function(self, other)."""
        if isinstance(other, (int, float, _Number)):
            return _Number(self.tf, function(self.value, getattr(other, "value", other)))
        if other.shape.rank == 0:
            return _Number(self.tf, function(self.value, self.tf.cast(other, self.tf.float64)))
        return function(self.tf.cast(self.value, other.dtype), other)


def _give_operators():
    for name in ("add", "sub", "mul", "truediv", "pow"):
        forward = getattr(operator, name)
        setattr(_Number, f"__{name}__", lambda a, b, f=forward: a.apply(f, b))
        setattr(_Number, f"__r{name}__", lambda a, b, f=forward: a.apply(lambda x, y: f(y, x), b))


_give_operators()
