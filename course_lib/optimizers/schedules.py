"""A schedule is a function from the step number t = 1, 2, ... to a learning rate, a Python float;
schedules compose.

constant       lr
step           lr factor^floor((t-1)/n_steps)         falls at once, every n_steps
exponential    lr factor^((t-1)/n_steps)              the same fall, smoothly
inverse_time   lr / (1 + (t-1)/n_steps)               lr/2 after n_steps, lr/3 after 2 n_steps
polynomial     lr_min + (lr - lr_min) (1 - (t-1)/n_steps)^power   and lr_min after n_steps
cosine         lr_min + (lr - lr_min) (1 + cos(pi (t-1)/n_steps)) / 2, and lr_min after n_steps
restarts       cosine, begun again after n_steps, then after growth n_steps, growth^2 n_steps, ...
one_cycle      half a cosine up to lr, half a cosine down, far below where it began
inverse_root   lr min(t/n_warmup, sqrt(n_warmup/t)): up along a line, down as 1/sqrt(t), no end
warmup_stable_decay   up along a line, constant, down along a line to 0 after n_steps steps
warmup         s(1) t/n_warmup for n_warmup steps, then s(t - n_warmup) of the schedule s it wraps
chain          first(t) for n_steps steps, then then(t - n_steps)
reduce_on_plateau   a schedule that is told the loss, and falls when that stops falling

`lr` is the highest rate of each. warmup and chain take a number in place of a constant schedule.

Notebooks: 16, 24.
"""
import math

from course_lib.arguments import not_negative, whole


def constant(lr):
    """The same learning rate at every step.

    >>> constant(0.1)(t=1000)
    0.1
    """
    lr = not_negative("lr", lr)
    return lambda t: lr


def step(lr, n_steps, factor=0.1):
    """Multiply the rate by `factor` every `n_steps` steps, at once.

    >>> [step(1.0, n_steps=2, factor=0.5)(t) for t in (1, 2, 3, 4, 5)]
    [1.0, 1.0, 0.5, 0.5, 0.25]
    """
    lr, factor = not_negative("lr", lr), not_negative("factor", factor)
    n_steps = whole("n_steps", n_steps)
    return lambda t: lr * factor ** ((t - 1) // n_steps)


def exponential(lr, n_steps, factor=0.1):
    """Multiply the rate by `factor` over every `n_steps` steps, a little at each; a factor above 1
    makes it grow.

    >>> [exponential(1.0, n_steps=2, factor=4.0)(t) for t in (1, 2, 3, 5)]
    [1.0, 2.0, 4.0, 16.0]
    """
    lr, factor = not_negative("lr", lr), not_negative("factor", factor)
    n_steps = whole("n_steps", n_steps)
    return lambda t: lr * factor ** ((t - 1) / n_steps)


def inverse_time(lr, n_steps):
    """Fall as 1/t: half the rate after `n_steps`, a third after 2 n_steps (Robbins & Monro 1951,
    10.1214/aoms/1177729586).

    >>> [inverse_time(1.0, n_steps=4)(t) for t in (1, 5, 13)]
    [1.0, 0.5, 0.25]
    """
    lr, n_steps = not_negative("lr", lr), whole("n_steps", n_steps)
    return lambda t: lr / (1 + (t - 1) / n_steps)


def polynomial(lr, n_steps, lr_min=0.0, power=1.0):
    """Fall from `lr` at t = 1 to `lr_min` after `n_steps` steps along (1 - progress)^power; power 1
    is a straight line.

    >>> [polynomial(1.0, n_steps=4, power=2)(t) for t in (1, 3, 5, 50)]
    [1.0, 0.25, 0.0, 0.0]
    """
    lr, lr_min = not_negative("lr", lr), not_negative("lr_min", lr_min)
    n_steps, power = whole("n_steps", n_steps), not_negative("power", power)
    return lambda t: lr_min + (lr - lr_min) * (1 - min(t - 1, n_steps) / n_steps) ** power


def cosine(lr, n_steps, lr_min=0.0):
    """Half a cosine from `lr` at t = 1 to `lr_min` after `n_steps` steps (Loshchilov & Hutter 2017,
    arXiv 1608.03983).

    >>> [round(cosine(1.0, n_steps=4)(t), 3) for t in (1, 3, 5, 50)]
    [1.0, 0.5, 0.0, 0.0]
    """
    lr, lr_min = not_negative("lr", lr), not_negative("lr_min", lr_min)
    n_steps = whole("n_steps", n_steps)

    def schedule(t):
        progress = min(t - 1, n_steps) / n_steps
        return lr_min + (lr - lr_min) * (1 + math.cos(math.pi * progress)) / 2

    return schedule


def restarts(lr, n_steps, lr_min=0.0, growth=1):
    """Cosine begun again whenever it ends, each time `growth` times as long: SGDR (Loshchilov &
    Hutter 2017, arXiv 1608.03983).

    >>> [round(restarts(1.0, n_steps=2, growth=2)(t), 3) for t in (1, 2, 3, 5, 7)]
    [1.0, 0.5, 1.0, 0.5, 1.0]
    """
    n_steps, growth = whole("n_steps", n_steps), whole("growth", growth)
    first = cosine(lr, n_steps, lr_min)

    def schedule(t):
        if growth == 1:
            return first((t - 1) % n_steps + 1)
        length = n_steps
        while t > length:
            t, length = t - length, length * growth
        return cosine(lr, length, lr_min)(t)

    return schedule


def one_cycle(lr, n_steps, warm=0.3, start=1 / 25, end=1 / 250_000):
    """Up from start*lr to `lr` in the share `warm` of `n_steps`, down to end*lr at t = n_steps
    (Smith & Topin 2018, arXiv 1708.07120), both along half a cosine and with PyTorch's proportions;
    momentum stays as it is.

    >>> [round(one_cycle(1.0, n_steps=11, warm=6/11)(t), 3) for t in (1, 6, 11, 50)]
    [0.04, 1.0, 0.0, 0.0]
    """
    lr, n_steps = not_negative("lr", lr), whole("n_steps", n_steps)
    start, end = not_negative("start", start), not_negative("end", end)
    peak = not_negative("warm", warm) * n_steps  # the step of the highest rate, need not be whole
    if not 1 < peak < n_steps:
        raise ValueError(f"warm * n_steps must lie between 1 and n_steps = {n_steps}, got {peak:g}")

    def schedule(t):
        if t <= peak:
            low, progress = start, (t - 1) / (peak - 1)
        else:
            low, progress = end, 1 - (min(t, n_steps) - peak) / (n_steps - peak)
        return lr * (low + (1 - low) * (1 - math.cos(math.pi * progress)) / 2)

    return schedule


def inverse_root(lr, n_warmup):
    """Climb linearly to `lr` in `n_warmup` steps, then fall as 1/sqrt(t), with no end planned
    (Vaswani et al. 2017, arXiv 1706.03762).

    >>> [inverse_root(1.0, n_warmup=4)(t) for t in (1, 4, 16, 64)]
    [0.25, 1.0, 0.5, 0.25]
    """
    lr, n_warmup = not_negative("lr", lr), whole("n_warmup", n_warmup)
    return lambda t: lr * min(t / n_warmup, math.sqrt(n_warmup / t))


def warmup_stable_decay(lr, n_steps, warm=0.1, decay=0.2):
    """Climb linearly to `lr` in the share `warm` of `n_steps`, stay, and fall linearly to 0 in the
    last share `decay` (Hu et al. 2024, arXiv 2404.06395).

    Raises ValueError for shares that leave no step for the climb or the fall, or add up to more
    than 1.

    >>> [warmup_stable_decay(1.0, n_steps=10, warm=0.2, decay=0.4)(t) for t in (1, 2, 6, 7, 9, 11)]
    [0.5, 1.0, 1.0, 1.0, 0.5, 0.0]
    """
    lr, n_steps = not_negative("lr", lr), whole("n_steps", n_steps)
    up = round(not_negative("warm", warm) * n_steps)
    down = round(not_negative("decay", decay) * n_steps)
    if up < 1 or down < 1 or up + down > n_steps:
        raise ValueError(
            f"warm and decay must each leave a step of {n_steps} and add up to at most 1, got "
            f"{warm} and {decay}"
        )
    fall, stay = polynomial(lr, down), n_steps - up - down
    return warmup(chain(lr, stay, fall) if stay else fall, up)


def reduce_on_plateau(lr, patience, factor=0.1):
    """Return (schedule, tell): tell(loss) once an epoch; when the loss has not been lower than the
    lowest before for `patience` epochs in a row, the schedule's rate is multiplied by `factor`, and
    the count begins anew.

    >>> schedule, tell = reduce_on_plateau(1.0, patience=2, factor=0.5)
    >>> [tell(loss) or schedule(t) for t, loss in enumerate([3.0, 2.0, 2.0, 2.5, 1.0], 1)]
    [1.0, 1.0, 1.0, 0.5, 0.5]
    """
    now = {"lr": not_negative("lr", lr), "lowest": math.inf, "waited": 0}
    factor, patience = not_negative("factor", factor), whole("patience", patience)

    def tell(loss):
        better = loss < now["lowest"]
        now["waited"] = 0 if better else now["waited"] + 1
        now["lowest"] = min(loss, now["lowest"])
        if now["waited"] == patience:
            now.update(lr=now["lr"] * factor, waited=0)

    return lambda t: now["lr"], tell


def warmup(schedule, n_warmup):
    """Climb linearly to `schedule(1)` in `n_warmup` steps, then follow `schedule` from its first
    step (Goyal et al. 2017, arXiv 1706.02677).

    >>> [warmup(0.8, n_warmup=4)(t) for t in (1, 2, 4, 5)]
    [0.2, 0.4, 0.8, 0.8]
    """
    schedule, n_warmup = _schedule(schedule), whole("n_warmup", n_warmup)
    return lambda t: schedule(1) * t / n_warmup if t <= n_warmup else schedule(t - n_warmup)


def chain(first, n_steps, then):
    """Follow `first` for `n_steps` steps, then `then` from its own first step.

    >>> [chain(0.5, 2, chain(0.25, 1, 0.125))(t) for t in (1, 2, 3, 4, 5)]
    [0.5, 0.5, 0.25, 0.125, 0.125]
    """
    first, then, n_steps = _schedule(first), _schedule(then), whole("n_steps", n_steps)
    return lambda t: first(t) if t <= n_steps else then(t - n_steps)


def _schedule(schedule):
    return schedule if callable(schedule) else constant(schedule)
