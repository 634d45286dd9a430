"""The learning-rate range test: raise the rate geometrically, one step at each rate, until the loss
blows up.

    lr_t = lr_low (lr_high / lr_low)^((t-1)/(n_steps-1))        t = 1 ... n_steps

The idea is Smith's (2017, arXiv 1506.01186), who raised the rate linearly over a few epochs and
watched the accuracy; the geometric ramp with the loss came later (fastai, arXiv 2002.04688).

Notebooks: 16.
"""
import numpy as np

from course_lib.arguments import not_negative, whole
from course_lib.data.datasets import batches
from course_lib.optimizers.rules import rule_called


def lr_range(fun, w, step, *, lr_low, lr_high, n_steps, blow_up=4.0, **hyper):
    """Return the rates and the losses of a range test, two arrays of one length (after Smith 2017,
    arXiv 1506.01186, in the geometric form that came later). The loss beside a rate is the one met
    just before the step at that rate.

    fun: w -> (loss, grad); it may look at another mini-batch at each call (`on_batches`).
    w: the start.
    step: an update rule or its name.
    lr_low, lr_high: the first rate and the last.
    n_steps: the largest number of steps.
    blow_up: the test ends with the first loss above `blow_up` times the first one of all; a loss
        that is not finite ends it too, and is left out.
    hyper: further hyper-parameters of the rule.
    Raises ValueError unless 0 < lr_low < lr_high, and for a first loss that is not positive.

    >>> bowl = lambda w: (0.5 * w @ w, w)
    >>> rates, losses = lr_range(bowl, np.array([2.0]), "sgd", lr_low=0.5, lr_high=512.0, n_steps=6)
    >>> rates.round(1).tolist(), losses.round(1).tolist()
    ([0.5, 2.0, 8.0, 32.0], [2.0, 0.5, 0.5, 24.5])
    """
    step, n_steps = rule_called(step), whole("n_steps", n_steps, least=2)
    if not 0 < not_negative("lr_low", lr_low) < not_negative("lr_high", lr_high):
        raise ValueError(f"lr_low must be positive and below lr_high, got {lr_low} and {lr_high}")
    losses, state = [], {}
    rates = np.geomspace(lr_low, lr_high, n_steps)
    quiet = np.errstate(over="ignore", invalid="ignore")  # divergence ends the test, no warning
    with quiet:
        for lr in rates:
            loss, g = fun(w)
            if not losses and not loss > 0:
                raise ValueError("the range test compares with the first loss, which must be "
                                 f"positive, got {loss}")
            if not np.isfinite(loss):
                break
            losses.append(float(loss))
            if loss > blow_up * losses[0]:
                break
            w, state = step(w, g, state, lr=lr, **hyper)
    return rates[:len(losses)], np.array(losses)


def on_batches(net, data, *, batch_size, rng):
    """Return `fun(theta) -> (loss, grad)` that looks at the next mini-batch at every call, one
    shuffled epoch after another. Each call moves the network to the theta it is asked about.

    data: (X, y).
    batch_size, rng: as for `train`.
    Raises ValueError for data that do not fit the network.
    """
    X, y = net.check(*data)
    order = _endless(len(X), whole("batch_size", batch_size), rng)

    def fun(theta):
        rows = next(order)
        net.theta = theta
        loss, grad = net.loss_and_grad(X[rows], y[rows])
        return loss, grad.copy()

    return fun


def _endless(n, batch_size, rng):
    while True:
        yield from batches(n, batch_size, rng)
