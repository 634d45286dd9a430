"""`minimize` runs an update rule on a function, from one start or from thousands at once; `Run` is
what it leaves. `fewest_steps` gives a rule the best of many rates.

    w_t, state = step(w_{t-1}, grad(w_{t-1}), state, lr=lr(t))        t = 1 ... n_steps

Notebooks: 00, 03, 04, 05, 06, 07, 08, 10, 11, 12, 13, 14, 15, 16, 17, 22, 31, 32, 33.
"""
import reprlib
from dataclasses import dataclass

import numpy as np

from course_lib.arguments import array, not_negative, whole
from course_lib.optimizers.rules import rule_called

TOO_FAR = 1e8  # a coordinate beyond this counts as divergence


@dataclass(frozen=True)
class Run:
    """What a run leaves behind; index 0 of every record is the start.

    w: path, (steps+1, n) or (steps+1, runs, n), or only its last point, (1, ...), if the path was
        not kept.
    loss, grad_norm: (steps+1,) or (steps+1, runs).
    state: the rule's state after the last step.
    diverged_at: None or the step number; for a batch an integer array (runs,), -1 where a run did
        not diverge. A diverged single run ends at its last finite record; in a batch its later
        records are NaN.
    """

    w: np.ndarray
    loss: np.ndarray
    grad_norm: np.ndarray
    diverged_at: object
    state: dict

    @property
    def n_steps(self):
        """Number of steps recorded."""
        return len(self.loss) - 1

    @property
    def final(self):
        """The last point, (n,) or (runs, n)."""
        return self.w[-1]


def minimize(fun, w, step, *, lr, n_steps, tol=0.0, keep_path=True, **hyper):
    """Run `n_steps` steps of `step` on `fun` from `w`.

    fun: w -> (loss, grad), vectorised over leading axes if `w` is (runs, n).
    w: (n,) or (runs, n), made float64.
    step: an update rule or its name.
    lr: a number, a schedule t -> number, or a column (runs, 1).
    tol: stop once every gradient norm is at or below it; None never stops, for sampled gradients
        that may be zero.
    keep_path: False keeps only the last point.
    hyper: further hyper-parameters.
    Raises ValueError for a start that is not finite or a `fun` whose gradient has another shape
        than `w`.

    >>> run = minimize(lambda w: (0.5 * (w**2).sum(-1), w), [1.0], "sgd", lr=0.5, n_steps=3)
    >>> run.w[:, 0].tolist()
    [1.0, 0.5, 0.25, 0.125]
    """
    step, tol = rule_called(step), tol if tol is None else not_negative("tol", tol)
    schedule = lr if callable(lr) else lambda t: lr
    w = _start(w)
    loss, g = _checked(fun, w)
    norm = _norm(g)
    path, losses, norms = [w], [loss], [norm]
    state, diverged = {}, np.full(w.shape[:-1], -1)
    with np.errstate(over="ignore", invalid="ignore"):
        for t in range(1, whole("n_steps", n_steps, least=0) + 1):
            if np.all((tol is not None and norm <= tol) | (diverged >= 0)):
                break
            w_next, state = step(w, g, state, lr=schedule(t), **hyper)
            loss, g = fun(w_next)
            norm = _norm(g)
            lost = ~(
                np.isfinite(loss) & np.isfinite(norm) & (np.abs(w_next).max(axis=-1) <= TOO_FAR)
            )
            diverged = np.where(lost & (diverged < 0), t, diverged)
            if lost.ndim == 0 and lost:
                break
            w = np.where(lost[..., None], np.nan, w_next)
            if not keep_path:
                path.clear()
            path.append(w)
            losses.append(np.where(lost, np.nan, loss))
            norms.append(np.where(lost, np.nan, norm))
    diverged_at = diverged if diverged.ndim else (int(diverged) if diverged >= 0 else None)
    return Run(np.array(path), np.array(losses), np.array(norms), diverged_at, state)


def settled(loss, target):
    """Return the first step from which a loss stays at or below `target`; infinity if it does not,
    or is NaN at the end.

    loss: (steps+1,) or (steps+1, runs), as in `Run`.
    target: a number or (runs,).
    Returns a float or (runs,).

    >>> float(settled(np.array([9.0, 0.1, 9.0, 0.2, 0.1]), target=1.0))
    3.0
    """
    above = ~(array("loss", loss) <= array("target", target))
    after = np.where(above.any(axis=0), len(above) - above[::-1].argmax(axis=0), 0)
    return np.where(above[-1], np.inf, after)


def fewest_steps(fun, starts, step, *, target, rates=None, n_steps=1500, **hyper):
    """Return (lr, steps): the rate at which the slowest start settles first, and each start's steps
    at that rate.

    starts: (k, n).
    target: each loss has to stay at or below it, as in `settled`.
    rates: the rates that are tried, by default 65 from 0.001 to 10, evenly on a logarithmic scale.
    n_steps, hyper: as in `minimize`.
    Returns a float and an array (k,), infinite where a start never settles. ValueError for starts
        or rates of another shape.

    >>> bowl = lambda w: (0.5 * (w**2).sum(-1), w)
    >>> lr, steps = fewest_steps(bowl, [[1.0], [3.0]], "sgd", target=0.0, rates=[0.5, 1.0])
    >>> lr, steps.tolist()
    (1.0, [1.0, 1.0])
    """
    starts = array("starts", starts, float)
    rates = np.geomspace(1e-3, 10, 65) if rates is None else array("rates", rates, float)
    if starts.ndim != 2 or rates.ndim != 1 or not (starts.size and rates.size):
        raise ValueError("starts must have shape (k, n) and rates (m,), neither empty, "
                         f"got {starts.shape} and {rates.shape}")
    k = len(starts)
    run = minimize(fun, np.tile(starts, (len(rates), 1)), step, lr=np.repeat(rates, k)[:, None],
                   n_steps=n_steps, tol=None, keep_path=False, **hyper)
    steps = settled(run.loss, target).reshape(-1, k)
    best = steps.max(axis=1).argmin()
    return float(rates[best]), steps[best]


def _start(w):
    w = np.array(array("the start", w))
    if w.dtype.kind == "c":
        raise TypeError("the start must hold real numbers, got complex ones")
    w = w.astype(float)
    if w.ndim not in (1, 2) or w.size == 0:
        raise ValueError(f"the start must have shape (n,) or (runs, n), got {w.shape}")
    if not np.isfinite(w).all():
        raise ValueError("the start must be finite, got NaN or infinity in it")
    return w


def _checked(fun, w):
    if not callable(fun):
        raise TypeError(f"fun must be a function w -> (loss, grad), got {fun!r}")
    returned = fun(w)
    if not isinstance(returned, tuple) or len(returned) != 2:
        raise TypeError(f"fun must return (loss, grad), got {reprlib.repr(returned)}")
    loss, g = returned
    if isinstance(g, list):
        raise TypeError(f"fun must return its gradient as an array, got {reprlib.repr(g)}")
    if np.shape(loss) != w.shape[:-1] or np.shape(g) != w.shape:
        raise ValueError(f"fun must return (loss, grad) of shapes {w.shape[:-1]} and {w.shape}, "
                         f"got {np.shape(loss)} and {np.shape(g)}")
    return loss, g


def _norm(g):
    return np.sqrt((g * g).sum(axis=-1))
