"""One pure function for each update rule, in the letters of its paper.

    w, state = adam(w, g, state, lr=0.001)        # state is {} before the first step

Shared conventions: `w` and its gradient `g` have one shape, `()`, `(n,)` or `(runs, n)`; nothing given is changed; `eps` is
added outside the square root; heavy ball is v = beta*v + g, w = w - lr*v. A hyper-parameter is a number, or an array that
broadcasts against `w` (a column `(runs, 1)` gives every run its own).
"""
import functools
import inspect

import numpy as np

BLOCK = 16_384  # elements: four float32 arrays of this length fit a 256 KB cache

# What each hyper-parameter may be: a sentence for people and a test for machines (NaN fails both comparisons).
_FRACTION = ("in [0, 1)", lambda x: np.all((np.asarray(x) >= 0) & (np.asarray(x) < 1)))
_NOT_NEGATIVE = ("finite and not negative", lambda x: np.all((np.asarray(x) >= 0) & np.isfinite(x)))
_ACCEPTED = {"lr": _NOT_NEGATIVE, "eps": _NOT_NEGATIVE, "beta": _FRACTION, "rho": _FRACTION,
             "beta1": _FRACTION, "beta2": _FRACTION}


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


@rule
def sgd(w, g, state, *, lr):
    """Gradient descent: step against the gradient (Cauchy 1847; with sampled data Robbins & Monro 1951, 10.1214/aoms/1177729586)."""
    w = w - lr * g
    return w, {}


@rule
def momentum(w, g, state, *, lr, beta=0.9):
    """Heavy ball: sgd, with a velocity that sums past gradients (Polyak 1964, 10.1016/0041-5553(64)90137-5)."""
    v = beta * state.get("v", 0.0) + g
    w = w - lr * v
    return w, {"v": v}


@rule
def nesterov(w, g, state, *, lr, beta=0.9):
    """Nesterov's momentum: heavy ball that looks one step ahead (Nesterov 1983; this form Sutskever et al. 2013).

    `g` is the gradient at `w`, as in Keras and PyTorch; `w` itself is then the look-ahead point of the original form.
    """
    v = beta * state.get("v", 0.0) + g
    w = w - lr * (g + beta * v)
    return w, {"v": v}


@rule
def adagrad(w, g, state, *, lr, eps=1e-8):
    """AdaGrad: divide each coordinate by the root of its summed squared gradients (Duchi, Hazan & Singer 2011, JMLR 12)."""
    v = state.get("v", 0.0) + g * g
    w = w - lr * g / (np.sqrt(v) + eps)
    return w, {"v": v}


@rule
def rmsprop(w, g, state, *, lr, rho=0.9, eps=1e-8):
    """RMSprop: AdaGrad with a sum that forgets, a moving average of g squared (Tieleman & Hinton 2012, Coursera lecture 6e)."""
    v = rho * state.get("v", 0.0) + (1 - rho) * g * g
    w = w - lr * g / (np.sqrt(v) + eps)
    return w, {"v": v}


@rule
def adam(w, g, state, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """Adam: RMSprop with a moving average of g, both corrected for starting at zero (Kingma & Ba 2015, arXiv 1412.6980)."""
    t = state.get("t", 0) + 1
    m = beta1 * state.get("m", 0.0) + (1 - beta1) * g
    v = beta2 * state.get("v", 0.0) + (1 - beta2) * g * g
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    w = w - lr * m_hat / (np.sqrt(v_hat) + eps)
    return w, {"t": t, "m": m, "v": v}


STEPS = {step.__name__: step for step in (sgd, momentum, nesterov, adagrad, rmsprop, adam)}


def named(step):
    """Return the update rule for a name in STEPS; a function is returned as it is.

    >>> named("adma")
    Traceback (most recent call last):
    ValueError: no update rule is called 'adma'; there are sgd, momentum, nesterov, adagrad, rmsprop, adam
    """
    if callable(step):
        return step
    if step not in STEPS:
        raise ValueError(f"no update rule is called {step!r}; there are {', '.join(STEPS)}")
    return STEPS[step]


def blockwise(step, block=BLOCK):
    """Return a version of an element-wise `step` that changes `w` and the state arrays in place, slice by slice.

    The temporaries of a slice stay in the processor's cache, which makes large vectors several times faster; the numbers are
    those of the plain call, bit for bit. `w` and `g` are flat, C-contiguous arrays; hyper-parameters are numbers.
    """
    bare = inspect.unwrap(step)

    def step_in_place(w, g, state, **hyper):
        step(w[:0], g[:0], {}, **hyper)  # the checks, once
        hyper = {name: float(value) for name, value in hyper.items()}
        old = {name: value for name, value in state.items() if np.shape(value) == w.shape}
        rest = {name: value for name, value in state.items() if name not in old}
        arrays = dict(old)
        for start in range(0, w.size, block):
            here = slice(start, start + block)
            w_new, new = bare(w[here], g[here], rest | {name: value[here] for name, value in old.items()}, **hyper)
            for name in [name for name, value in new.items() if np.shape(value) == w_new.shape]:
                value = new.pop(name)
                arrays.setdefault(name, np.empty(w.shape, value.dtype))[here] = value
            w[here] = w_new
        return w, new | arrays

    return step_in_place
