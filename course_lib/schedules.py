"""A schedule is a function from the step number t = 1, 2, ... to a learning rate, a Python float; schedules compose.

constant   lr_t = lr
cosine     lr_t = lr_min + (lr - lr_min) (1 + cos(pi (t-1)/n_steps)) / 2, and lr_min after n_steps
warmup     lr_t = s(1) t/n_warmup for the first n_warmup steps, then s(t - n_warmup) of the schedule s it wraps
"""
import math

from .arguments import count, rate


def constant(lr):
    """The same learning rate at every step.

    >>> constant(0.1)(t=1000)
    0.1
    """
    lr = rate("lr", lr)
    return lambda t: lr


def cosine(lr, n_steps, lr_min=0.0):
    """Half a cosine from `lr` at t = 1 to `lr_min` after `n_steps` steps (Loshchilov & Hutter 2017, arXiv 1608.03983).

    >>> [round(cosine(1.0, n_steps=4)(t), 3) for t in (1, 3, 5, 50)]
    [1.0, 0.5, 0.0, 0.0]
    """
    lr, lr_min, n_steps = rate("lr", lr), rate("lr_min", lr_min), count("n_steps", n_steps)

    def schedule(t):
        progress = min(t - 1, n_steps) / n_steps
        return lr_min + (lr - lr_min) * (1 + math.cos(math.pi * progress)) / 2

    return schedule


def warmup(schedule, n_warmup):
    """Climb linearly to `schedule(1)` in `n_warmup` steps, then follow `schedule` from its first step (Goyal et al. 2017,
    arXiv 1706.02677). A number in place of a schedule means a constant one.

    >>> [warmup(0.8, n_warmup=4)(t) for t in (1, 2, 4, 5)]
    [0.2, 0.4, 0.8, 0.8]
    """
    schedule = schedule if callable(schedule) else constant(schedule)
    n_warmup = count("n_warmup", n_warmup)
    return lambda t: schedule(1) * t / n_warmup if t <= n_warmup else schedule(t - n_warmup)
