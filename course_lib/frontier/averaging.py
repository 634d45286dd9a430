"""Averages of weights: the run goes on as before, and another point is evaluated.

    EMA   a = decay*a + (1 - decay)*w        forgets; starts as the weights after the first step
    SWA   a = mean of w at the steps `start`, `start` + `every`, ...     (Izmailov et al. 2018,
          arXiv 1803.05407)

Averaging the path of a method is Polyak's and Ruppert's idea (Polyak & Juditsky 1992,
10.1137/0330046). Here it wraps any rule; `average_of` reads the average. Keras' use_ema and
PyTorch's AveragedModel, updated after every step, give the same averages.

Notebooks: none directly.
"""
from course_lib.arguments import fraction, whole


def with_ema(step, decay=0.99):
    """Return the update rule `step` with an exponential moving average of its weights kept.

    step: any rule. decay: in [0, 1); the average looks back over about 1/(1 - decay) steps.
    """
    decay = fraction("decay", decay)

    def averaging(w, g, state, **hyper):
        moved, inner = step(w, g, state.get("inner", {}), **hyper)
        average = decay * state.get("average", moved) + (1 - decay) * moved
        return moved, {"inner": inner, "average": average}

    return averaging


def with_swa(step, start, every=1):
    """Return the update rule `step` with the plain mean of its weights at the steps start, start +
    every, ... kept; before step `start` there is no average, and the weights themselves count.
    """
    start, every = whole("start", start), whole("every", every)

    def averaging(w, g, state, **hyper):
        t, n = state.get("t", 0) + 1, state.get("n", 0)
        moved, inner = step(w, g, state.get("inner", {}), **hyper)
        kept = {"inner": inner, "t": t, "n": n, "average": state.get("average", moved)}
        if t < start:
            kept["average"] = moved
        elif (t - start) % every == 0:
            old = moved if n == 0 else state["average"]
            kept |= {"n": n + 1, "average": old + (moved - old) / (n + 1)}
        return moved, kept

    return averaging


def average_of(w, state):
    """Return the average in the state of `with_ema` or `with_swa`; before the first step, w."""
    return state.get("average", w)
