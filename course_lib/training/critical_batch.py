"""How many steps a batch size needs to reach a loss, and the batch size at which larger ones stop
paying.

    steps(B) = s_min (1 + b_crit/B)    half-way down the bend, at B = b_crit, it takes 2 s_min steps

Notebooks: 09, 33.
"""
import itertools
import math

import numpy as np

from course_lib.arguments import whole
from course_lib.training.loop import train


def steps_to_target(net, data, valid, *, lr, batch_size, target, max_steps, rng):
    """Train `net` in place by SGD until its loss on `valid` is at most `target`; return the number
    of steps, a float, infinite if the loss has not come down after max_steps, or is NaN.

    The loss on `valid` is looked at every 128/sqrt(batch_size) steps: 32 for batches of 16, 2 for
    batches of 4096.
    data, valid: (X, y).
    lr, batch_size, rng: as for `train`.
    """
    batch_size, max_steps = whole("batch_size", batch_size), whole("max_steps", max_steps)
    every, losses, t = max(1, round(128 / math.sqrt(batch_size))), [math.inf], itertools.count(1)

    def over(net, _):
        step = next(t)
        if step % every == 0:
            losses.append(float(net.loss(*valid)))
        return losses[-1] <= target or step == max_steps or math.isnan(losses[-1])

    epochs = math.ceil(max_steps / math.ceil(len(data[0]) / batch_size))
    history = train(net, data, "sgd", lr=lr, epochs=epochs, batch_size=batch_size, rng=rng,
                    after_step=over, progress=False)
    return float(len(history.loss)) if losses[-1] <= target else math.inf


def fit(batch_sizes, steps):
    """Return (s_min, b_crit) of the curve steps = s_min (1 + b_crit/B) that is nearest in
    log(steps), by least squares (McCandlish et al. 2018, arXiv 1812.06162, section 2).

    batch_sizes, steps: (k,), k at least 2, positive and finite.
    b_crit is sought between 1 and a million, on a grid with steps of 1 %.

    >>> s_min, b_crit = fit([16, 64, 256], [1100.0, 350.0, 162.5])  # 100 (1 + 160/B)
    >>> round(s_min), round(b_crit)
    (100, 160)
    """
    B, steps = np.asarray(batch_sizes, dtype=float), np.asarray(steps, dtype=float)
    pairs = B.shape == steps.shape and B.ndim == 1 and len(B) >= 2
    if not pairs or not (np.isfinite(B) & np.isfinite(steps) & (B > 0) & (steps > 0)).all():
        raise ValueError(
            f"fit takes two or more positive finite pairs, got batch sizes {B} and steps {steps}"
        )
    b_crit = np.geomspace(1, 1e6, 1390)
    apart = np.log(steps) - np.log1p(b_crit[:, None] / B)
    best = apart.var(axis=1).argmin()
    return float(np.exp(apart[best].mean())), float(b_crit[best])
