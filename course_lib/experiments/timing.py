"""Time several ways of doing one thing, side by side: in one process, in turn, round after round. A
machine that is busy for a while slows all of them alike, so that ratios within a round hold where
seconds do not.

    ratio of a to b = median over rounds of (seconds of a) / (seconds of b in the same round)

Notebooks: 26.
"""
import gc
import statistics
import time


def side_by_side(contestants, *, rounds=9, warmup=1, repeat=1, clock=time.perf_counter):
    """Return {name: [seconds of one call, for each round]}; contestants: {name: function without
    arguments}.

    Each function is first called `warmup` times without being timed. The order turns by one place
    from round to round. repeat: calls that are timed together, for functions too short to be timed
    alone.
    """
    for work in contestants.values():
        for _ in range(warmup):
            work()
    seconds, names = {name: [] for name in contestants}, list(contestants)
    for k in range(rounds):
        for name in names[k % len(names):] + names[:k % len(names)]:
            work = contestants[name]
            gc.collect()
            began = clock()
            for _ in range(repeat):
                work()
            seconds[name].append((clock() - began) / repeat)
    return seconds


def ratios(seconds, base):
    """Return {name: (median, lower, upper)}: each time divided by that of `base` in the same round,
    with its quartiles.
    """
    return {
        name: summary([a / b for a, b in zip(times, seconds[base], strict=True)])
        for name, times in seconds.items()
    }


def summary(values):
    """Return (median, lower quartile, upper quartile) of two or more numbers."""
    lower, middle, upper = statistics.quantiles(values, n=4, method="inclusive")
    return middle, lower, upper
