"""`train` runs an update rule on a network's mini-batches; `History` is what it leaves behind.

    every epoch: shuffle the examples, cut them into batches, and for each batch, t = 1, 2, ...
        loss, g = net.loss_and_grad(X[rows], y[rows])
        g = g + gradient of penalty(theta)                 if a penalty is given
        g = g min(1, clip_norm / |g|)                      if clip_norm is given
        theta, state = step(theta, g, state, lr=lr(t))
        after_step(net, lr(t))                             if given: decay, constraints, pruning, a reason to stop
"""
import contextlib
import math
import os
import time
from dataclasses import dataclass, field

import numpy as np

from course_lib.arguments import not_negative, whole
from course_lib.data.datasets import batches
from course_lib.optimizers.clipping import by_norm
from course_lib.optimizers.rules import blockwise, rule_called
from course_lib.optimizers.schedules import constant


@dataclass(eq=False)
class History:
    """What a training run leaves behind; every list is an array once the run is over.

    loss, lr, grad_norm: one entry a step; loss, without penalty, and |g|, with it and before
        clipping, at the weights that the step started from.
    train_loss: one entry a finished epoch, the mean over its examples, each at the weights it met
        on the way.
    valid_loss, valid_accuracy: one entry a finished epoch, at its end; both empty without `valid`,
        and valid_accuracy also where y holds no class labels.
    diverged_at: None, or the last step, if its loss, gradient or result was not finite.
    stopped_early: whether `patience` or `after_step` ended the run.
    seconds: wall time.
    """

    loss: list = field(default_factory=list)
    lr: list = field(default_factory=list)
    grad_norm: list = field(default_factory=list)
    train_loss: list = field(default_factory=list)
    valid_loss: list = field(default_factory=list)
    valid_accuracy: list = field(default_factory=list)
    diverged_at: int | None = None
    stopped_early: bool = False
    seconds: float = 0.0


def train(
    net,
    data,
    step,
    *,
    lr,
    epochs,
    batch_size,
    rng,
    valid=None,
    clip_norm=None,
    patience=None,
    penalty=None,
    after_step=None,
    allow_dead=False,
    slices=True,
    progress=True,
    **hyper,
):
    """Train `net` in place on mini-batches and return the `History`.

    data, valid: (X, y).
    step: an update rule or its name.
    lr: a number or a schedule t -> number.
    rng: shuffles anew every epoch; the last, smaller batch is kept.
    clip_norm: a longer gradient is shortened to this length (Pascanu et al. 2013, arXiv 1211.5063).
    patience: stop after this many epochs in a row without a new lowest validation loss (Prechelt
        1998, 10.1007/3-540-49430-8_3); however the run ends, the network is then set back to the
        epoch with the lowest.
    penalty: theta -> (value, gradient), as `penalties.l2`.
    after_step: called as after_step(net, lr) when theta has moved; the run ends if it returns True.
    allow_dead: train even a network that passes no gradient back.
    slices: apply the rule slice by slice (`optimizers.blockwise`), which is faster; False for a
        rule that looks at all weights together.
    progress: show a bar, unless the environment variable TQDM_DISABLE is 1.
    hyper: further hyper-parameters.
    Raises ValueError for data that do not fit the network, a dead network, an unknown rule, or a
        setting out of range; TypeError for a hyper-parameter that the rule does not know.
    """
    from threadpoolctl import (
        threadpool_limits,
    )  # small matrix products run faster on one BLAS thread

    X, y = _pair(net, "data", data)
    valid = None if valid is None else _pair(net, "valid", valid)
    epochs, batch_size = whole("epochs", epochs), whole("batch_size", batch_size)
    clip_norm = None if clip_norm is None else not_negative("clip_norm", clip_norm)
    patience = None if patience is None else whole("patience", patience)
    if patience and valid is None:
        raise ValueError("patience watches the validation loss: it needs valid=(X, y), got None")
    step, schedule = (
        blockwise(rule_called(step)) if slices else _whole(rule_called(step)),
        lr if callable(lr) else constant(lr),
    )

    history, state, best = History(), {}, None
    n_steps = epochs * math.ceil(len(X) / batch_size)
    quiet = np.errstate(over="ignore", invalid="ignore")  # divergence is recorded, not warned about
    began = time.perf_counter()
    with threadpool_limits(1, user_api="blas"), quiet, progress_bar(progress, n_steps) as advance:
        if not allow_dead:
            _refuse_dead(net, X[:1000])
        for _ in range(epochs):
            total = 0.0
            for rows in batches(len(X), batch_size, rng):
                g = _evaluate(net, X[rows], y[rows], penalty, schedule, history)
                if history.diverged_at is not None:
                    break
                if clip_norm is not None:
                    g = by_norm(g, clip_norm)
                _, state = step(net.theta, g, state, lr=history.lr[-1], **hyper)
                total += history.loss[-1] * len(rows)
                advance()
                if after_step is not None and after_step(net, history.lr[-1]):
                    history.stopped_early = True
                    break
            else:  # the epoch was not cut short
                _close_epoch(net, total / len(X), valid, history)
                if patience is not None and history.diverged_at is None:
                    age = len(history.valid_loss) - 1 - np.argmin(history.valid_loss)
                    best = net.snapshot() if age == 0 else best
                    history.stopped_early = bool(age >= patience)
            if history.stopped_early or history.diverged_at is not None:
                break
    history.seconds = time.perf_counter() - began
    if best is not None:
        net.restore(best)
    for name, record in vars(history).items():
        if isinstance(record, list):
            setattr(history, name, np.array(record))
    return history


def _pair(net, name, data):
    if not isinstance(data, (tuple, list)) or len(data) != 2:
        raise ValueError(f"{name} must be a pair (X, y), got {type(data).__name__}")
    return net.check(*data)


def _whole(step):
    """Return a version of a rule that changes `w` in place, as `blockwise` does; the rule itself
    sees copies.
    """
    def step_in_place(w, g, state, **hyper):
        w[:], state = step(w.copy(), g.copy(), state, **hyper)
        return w, state

    return step_in_place


def _refuse_dead(net, X):
    """Raise ValueError if some layer of activations has the slope 0 everywhere: nothing below it
    would ever learn.
    """
    for place, fraction in enumerate(net.dead_units(X), start=1):
        if fraction == 1:
            raise ValueError(
                f"the network is dead: all units of activation layer {place} have the slope 0 for all of the "
                f"first {len(X)} examples, so nothing below learns; draw other weights, or set allow_dead=True"
            )


def _evaluate(net, X, y, penalty, schedule, history):
    """Record loss, gradient norm and learning rate of the next step and return the gradient."""
    loss, g = net.loss_and_grad(X, y)
    if penalty is not None:
        g += penalty(net.theta)[1]
    history.loss.append(float(loss))
    history.grad_norm.append(math.sqrt(np.dot(g, g)))
    history.lr.append(schedule(len(history.loss)))
    if not math.isfinite(history.loss[-1] + history.grad_norm[-1]):
        history.diverged_at = len(history.loss)
    return g


def _close_epoch(net, train_loss, valid, history):
    """Record the losses of a finished epoch; the last step of the epoch may have been one too far.
    """
    history.train_loss.append(train_loss)
    finite = math.isfinite(np.dot(net.theta, net.theta))
    if valid is not None:
        X, y = valid
        history.valid_loss.append(float(net.loss(X, y)))
        finite = finite and math.isfinite(history.valid_loss[-1])
        if y.ndim == 1:
            history.valid_accuracy.append(net.accuracy(X, y))
    if not finite:
        history.diverged_at = len(history.loss)


@contextlib.contextmanager
def progress_bar(shown, total, unit="step", done=0):
    """Give the function to call after every step; `done` of the total were there before.

    No bar is shown where the environment variable TQDM_DISABLE is 1; tqdm itself may have read it
    long ago, or not at all.
    """
    if not shown or os.environ.get("TQDM_DISABLE", "0") not in ("", "0"):
        yield lambda: None
        return
    from tqdm.auto import tqdm

    with tqdm(total=total, initial=done, unit=unit, disable=False) as bar:
        yield bar.update
