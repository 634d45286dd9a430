"""`History` is what a training run leaves behind; a `Record` is what `train` writes it from.

An interruption may come between any two lines of Python. A step is therefore finished when its row
has been appended, which happens at once or not at all; before that, a copy of theta is at hand.

Notebooks: none directly.
"""
import time
from dataclasses import dataclass

import numpy as np

from course_lib.networks.layers import leaves


@dataclass(frozen=True, eq=False)
class History:
    """What a training run leaves behind.

    loss, lr, grad_norm: arrays, one entry a step; loss, without penalty, and |g|, with it and
        before clipping, at the weights that the step started from.
    train_loss: array, one entry a finished epoch, the mean over its examples, each at the weights
        it met on the way.
    valid_loss, valid_accuracy: arrays, one entry a finished epoch, at its end; both empty without
        `valid`, and valid_accuracy also where y holds no class labels.
    diverged_at: None, or the last step, if its loss, gradient or result was not finite.
    stopped_early: whether `patience` or `after_step` ended the run.
    interrupted: whether the stop button ended it.
    seconds: wall time.
    """

    loss: np.ndarray
    lr: np.ndarray
    grad_norm: np.ndarray
    train_loss: np.ndarray
    valid_loss: np.ndarray
    valid_accuracy: np.ndarray
    diverged_at: int | None
    stopped_early: bool
    interrupted: bool
    seconds: float


class Record:
    """The rows of a run as they come in, the rule's state, the snapshot of the best epoch, and why
    the run is over: None, "diverged", "stopped" or "interrupted".
    """

    def __init__(self, net):
        self.net, self.steps, self.epochs = net, [], []
        self.state, self.best, self.why_over = {}, None, None
        self._theta, self._step_under_way = np.empty_like(net.theta), None
        self._with_buffers = [layer for layer in leaves(net.layers) if hasattr(layer, "buffers")]
        self._began = time.perf_counter()

    def begin_step(self):
        """Keep theta and the running averages as they are before the step."""
        self._theta[:] = self.net.theta
        self._buffers = [{name: getattr(layer, name) for name in layer.buffers}
                         for layer in self._with_buffers]
        self._step_under_way = len(self.steps)

    def end_step(self, loss, lr, norm, why_over):
        """Enter a finished step."""
        self.steps.append((loss, lr, norm))
        self.why_over = why_over

    def interrupt(self):
        """End the run at the last finished step, and undo the one that is under way, if any."""
        if self._step_under_way == len(self.steps):
            self.net.theta = self._theta
            for layer, kept in zip(self._with_buffers, self._buffers, strict=True):
                vars(layer).update(kept)
        self.why_over = "interrupted"

    def be_patient(self, patience):
        """Keep the network of the best epoch; end the run when that is `patience` epochs ago."""
        age = len(self.epochs) - 1 - np.argmin([valid_loss for _, valid_loss, _ in self.epochs])
        if age == 0:
            self.best = self.net.snapshot()
        elif age >= patience:
            self.why_over = "stopped"

    def where(self, n_steps):
        """Return a sentence that says where an interrupted run of `n_steps` stands."""
        place = "there" if self.best is None else "at its best epoch"
        return (f"Stopped by you after step {len(self.steps)} of {n_steps}: "
                f"the network stands {place}, and the history up to there is returned.")

    def history(self):
        """Return the History."""
        return History(
            *_columns(self.steps), *_columns(self.epochs),
            diverged_at=len(self.steps) if self.why_over == "diverged" else None,
            stopped_early=self.why_over == "stopped",
            interrupted=self.why_over == "interrupted",
            seconds=time.perf_counter() - self._began,
        )


def _columns(rows):
    """Return the three columns of a list of rows, as arrays without the entries that are None."""
    return [np.array([row[k] for row in rows if row[k] is not None]) for k in range(3)]
