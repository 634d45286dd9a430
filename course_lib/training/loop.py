"""`train` runs an update rule on a network's mini-batches and returns a `record.History`.

    every epoch: shuffle the examples, cut them into batches, and for each batch, t = 1, 2, ...
        loss, g = net.loss_and_grad(X[rows], y[rows])
        g = g + gradient of penalty(theta)             if a penalty is given
        g = g min(1, clip_norm / |g|)                  if clip_norm is given
        theta, state = step(theta, g, state, lr=lr(t))
        after_step(net, lr(t))                         if given: decay, pruning, a reason to stop

A step is finished when the rule has moved every slice of theta and after_step has returned; the
stop button (KeyboardInterrupt) undoes the one that is under way.

Notebooks: 09, 10, 14, 16, 17, 18, 20, 21, 22, 24, 26.
"""
import math
from types import SimpleNamespace

import numpy as np

from course_lib.arguments import generator, not_negative, whole
from course_lib.data.datasets import batches
from course_lib.machine import all_cores, keep_freed_memory
from course_lib.optimizers.calling import blockwise
from course_lib.optimizers.clipping import by_norm
from course_lib.optimizers.rules import rule_called
from course_lib.optimizers.schedules import constant
from course_lib.progress_bar import progress_bar
from course_lib.training.record import Record


def train(
    net, data, step, *, lr, epochs, batch_size, rng, valid=None, clip_norm=None, patience=None,
    penalty=None, after_step=None, allow_dead=False, slices=True, progress=True, **hyper
):
    """Train `net` in place on mini-batches and return the `History`. The stop button leaves the
    network at its last finished step, and the history up to there is returned.

    data, valid: (X, y).
    step: an update rule or its name.
    lr: a number, or a schedule t -> number.
    epochs, batch_size: whole numbers; the last batch of an epoch holds what is left over.
    rng: a NumPy Generator, which shuffles anew every epoch.
    clip_norm: a longer gradient is shortened to this length (Pascanu et al. 2013, arXiv 1211.5063).
    patience: stop after this many epochs in a row without a new lowest validation loss, and in any
        case go back to the epoch with the lowest (Prechelt 1998, 10.1007/3-540-49430-8_3).
    penalty: theta -> (value, gradient), as `penalties.l2`.
    after_step: called as after_step(net, lr) when theta has moved; the run ends if it returns True.
    allow_dead: train even a network that passes no gradient back.
    slices: apply the rule to a large theta slice by slice (`calling.blockwise`), which is faster;
        False for a rule that looks at all weights together.
    progress: show a bar, unless the environment variable TQDM_DISABLE is 1; the stop button then
        ends this run only, as said above. A run with progress=False is taken for part of a larger
        program, which the stop button ends as well: KeyboardInterrupt is raised.
    hyper: further hyper-parameters of the rule.
    Raises ValueError for data that do not fit the network, a dead network, an unknown rule, or a
        setting out of range; TypeError for a setting of another type, and for a hyper-parameter
        that the rule does not know.
    """
    run = SimpleNamespace(
        data=_pair(net, "data", data),
        valid=None if valid is None else _pair(net, "valid", valid),
        epochs=whole("epochs", epochs),
        batch_size=whole("batch_size", batch_size),
        clip_norm=None if clip_norm is None else not_negative("clip_norm", clip_norm),
        patience=_patience(patience, valid),
        step=(blockwise if slices else _whole)(rule_called(step)),
        lr=lr if callable(lr) else constant(lr),
        rng=generator(rng),
        penalty=_penalty(penalty, net.theta),
        after_step=_function("after_step", after_step, "(net, lr) -> whether to stop"),
        hyper=hyper,
    )
    net.check_batches(len(run.data[0]), run.batch_size)
    keep_freed_memory()
    n_steps, record = run.epochs * math.ceil(len(run.data[0]) / run.batch_size), Record(net)
    quiet = np.errstate(over="ignore", invalid="ignore")  # divergence is recorded, not warned about
    try:
        with all_cores(), quiet, progress_bar(progress, n_steps) as advance:
            if not allow_dead:
                _refuse_dead(net, run.data[0][:1000])
            _epochs(net, run, record, advance)
    except KeyboardInterrupt:
        record.interrupt()
        if not progress:
            raise
        print(record.where(n_steps))
    if record.best is not None:
        net.restore(record.best)
    return record.history()


def _pair(net, name, data):
    if not isinstance(data, (tuple, list)) or len(data) != 2:
        raise ValueError(f"{name} must be a pair (X, y), got {type(data).__name__}")
    return net.check(*data)


def _patience(patience, valid):
    if patience is None:
        return None
    if valid is None:
        raise ValueError("patience watches the validation loss: it needs valid=(X, y), got None")
    return whole("patience", patience)


def _function(name, value, accepted):
    if value is not None and not callable(value):
        raise TypeError(f"{name} must be a function {accepted}, got {value!r}")
    return value


def _penalty(penalty, theta):
    """Return the penalty, after one call that shows what it returns."""
    if _function("penalty", penalty, "theta -> (value, gradient)") is None:
        return None
    pair = penalty(theta)
    if not isinstance(pair, (tuple, list)) or len(pair) != 2:
        raise TypeError(f"penalty must return a pair (value, gradient), got {type(pair).__name__}")
    if np.shape(pair[1]) != theta.shape:
        raise ValueError(f"penalty must return a gradient of theta's shape {theta.shape}, "
                         f"got shape {np.shape(pair[1])}")
    return penalty


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
                f"the network is dead: all units of activation layer {place} have the slope 0 for "
                f"all of the first {len(X)} examples, so nothing below learns; draw other weights, "
                "or set allow_dead=True"
            )


def _epochs(net, run, record, advance):
    """Train epoch after epoch until all are done or the record says that the run is over."""
    for _ in range(run.epochs):
        train_loss = _epoch(net, run, record, advance)
        if train_loss is not None:
            _close_epoch(net, run, record, train_loss)
        if record.why_over is not None:
            break


def _epoch(net, run, record, advance):
    """Take the steps of one epoch; return its mean loss, or None if it was cut short."""
    (X, y), total = run.data, 0.0
    for rows in batches(len(X), run.batch_size, run.rng):
        record.begin_step()
        total += _step(net, run, record, X[rows], y[rows]) * len(rows)
        if record.why_over is not None:
            return None
        advance()
    return total / len(X)


def _step(net, run, record, X, y):
    """Take one step, record it, and return the loss before it; a step is not taken where loss or
    gradient are not finite.
    """
    loss, g = net.loss_and_grad(X, y, checked=True)
    if run.penalty is not None:
        g += run.penalty(net.theta)[1]
    loss, norm, lr = float(loss), math.sqrt(np.dot(g, g)), run.lr(len(record.steps) + 1)
    if not math.isfinite(loss + norm):
        record.end_step(loss, lr, norm, why_over="diverged")
        return loss
    if run.clip_norm is not None:
        g = by_norm(g, run.clip_norm)
    _, record.state = run.step(net.theta, g, record.state, lr=lr, **run.hyper)
    over = run.after_step is not None and run.after_step(net, lr)
    record.end_step(loss, lr, norm, why_over="stopped" if over else None)
    return loss


def _close_epoch(net, run, record, train_loss):
    """Record the losses of a finished epoch and say whether it is the last; its last step may have
    been one too far.
    """
    valid_loss = accuracy = None
    finite = math.isfinite(np.dot(net.theta, net.theta))
    if run.valid is not None:
        X, y = run.valid
        valid_loss = float(net.loss(X, y))
        accuracy = net.accuracy(X, y) if y.ndim == 1 else None
        finite = finite and math.isfinite(valid_loss)
    record.epochs.append((train_loss, valid_loss, accuracy))
    if not finite:
        record.why_over = "diverged"
    elif run.patience is not None:
        record.be_patient(run.patience)
