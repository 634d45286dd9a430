"""Checks of notebook 23, dropout, early stopping, standardising.

Each table of known answers begins with the right one, whose fault is None.

Notebooks: 23.
"""
import math

import numpy as np

from course_lib.checks.answers import unchanged
from course_lib.checks.engine import exercise
from course_lib.checks.nb23 import _named


@exercise("23.3", "Inverted dropout", hints=(
    "which share is to stay, and by what must it be divided so that the mean stays too?",
    "kept = rng.random(X.shape) >= p; in training X kept / (1 - p), in evaluation X",
    "return X * (rng.random(X.shape) >= p) / (1 - p) if training else X"))
def dropout(mine):
    """X kept / (1 - p) in training, X in evaluation."""
    X, p = 1.0 + np.random.default_rng(1).random((200, 100)), 0.2
    trained, fault = unchanged(mine, X, p, np.random.default_rng(0), True, names="array")
    if fault:
        return fault
    later = mine(X.copy(), p, np.random.default_rng(0), False)
    if np.shape(trained) != X.shape or np.shape(later) != X.shape:
        return "the answer must have the shape of X, in training and in evaluation"
    share, kept = np.mean(trained == 0), np.asarray(trained)[trained != 0] / X[trained != 0]
    if np.allclose(later, X * (1 - p)):
        return (
            "in evaluation it multiplies by 1 - p, as the old form does: inverted dropout has "
            "rescaled before"
        )
    if not np.allclose(later, X):
        return "in evaluation nothing may happen: X itself is wanted"
    if share == 0:
        return "in training nothing is dropped"
    rows, columns = np.all(trained == 0, axis=1).any(), np.all(trained == 0, axis=0).any()
    if rows or columns:
        return (
            "whole rows or columns are dropped together: every element is drawn by itself, so draw "
            "X.shape numbers"
        )
    if abs(share - (1 - p)) < 0.02:
        return "it keeps the share p and drops the rest: p is the probability to drop"
    if abs(share - p) > 0.02:
        return f"with p = 0.2 a share of {share:.2f} was dropped"
    known = ((1.0, "the kept elements are not rescaled, so the mean falls to 1 - p of what it was"),
             (1 - p, "the kept elements are multiplied by 1 - p: divide by it, or they shrink "
                     "twice"),
             (1 / p, "the kept elements are divided by p: the share that stays is 1 - p"))
    for factor, fault in known:
        if np.allclose(kept, factor):
            return fault
    if not np.allclose(kept, 1 / (1 - p)):
        return "the kept elements must all have the same factor, 1 / (1 - p)"
    if np.array_equal(mine(X, p, np.random.default_rng(1), True), trained):
        return "two generators gave the same mask: draw it from the rng that is given"
    return None


def _patience(watched, patience, *, better=lambda loss, lowest: loss < lowest, slack=0, back=True,
              zero=0):
    best, lowest = 0, math.inf
    for epoch, loss in enumerate(watched, start=1):
        if better(loss, lowest):
            best, lowest = epoch, loss
        if epoch - best >= patience + slack:
            return epoch - zero, (best if back else epoch) - zero
    return len(watched) - zero, (best if back else len(watched)) - zero


def _rises(watched, patience, stuck=0):
    """Stop after `patience` rises in a row, which is something else."""
    for epoch in range(2, len(watched) + 1):
        stuck = stuck + 1 if watched[epoch - 1] >= watched[epoch - 2] else 0
        if stuck >= patience:
            return epoch, int(np.argmin(watched[:epoch])) + 1
    return len(watched), int(np.argmin(watched)) + 1


def _total(watched, patience):
    """Stop after `patience` bad epochs in all."""
    best, lowest, bad = 0, math.inf, 0
    for epoch, loss in enumerate(watched, start=1):
        best, lowest, bad = (epoch, loss, bad) if loss < lowest else (best, lowest, bad + 1)
        if bad >= patience:
            return epoch, best
    return len(watched), best


def _first_fails(watched, patience):
    """Count the first epoch as one without a new lowest loss."""
    best, lowest, bad = 1, watched[0], 0
    for epoch, loss in enumerate(watched, start=1):
        best, lowest, bad = (epoch, loss, 0) if loss < lowest else (best, lowest, bad + 1)
        if bad >= patience:
            return epoch, best
    return len(watched), best


LOSSES = (
    ([5, 4, 3, 3.5, 3.4, 3.3, 3.2, 2, 1], 3), ([3, 2, 2, 2, 2, 1], 3),
    ([3, 2, 2.5, 2.4, 1.9, 2.2, 1.8, 2, 2.1, 2.2, 2.3], 3), ([4, 3, 2, 1], 2), ([1, 2, 3, 4], 1),
    ([2, 1, 1.5, 1.2], 5),
)


STOPS = (
    (None, _patience),
    ("a loss equal to the lowest counts as new there: it must be lower",
     lambda a, b: _patience(a, b, better=lambda x, y: x <= y)),
    ("it stops one epoch too late: `patience` epochs without a new lowest are enough",
     lambda a, b: _patience(a, b, slack=1)),
    ("it stops one epoch too early: count the epochs after the best one",
     lambda a, b: _patience(a, b, slack=-1)),
    ("it goes back to the last epoch run: the best one is wanted",
     lambda a, b: _patience(a, b, back=False)),
    ("it counts from 0: the first epoch is 1", lambda a, b: _patience(a, b, zero=1)),
    ("the best epoch is counted from 0 and the epochs run from 1: both begin with 1",
     lambda a, b: (_patience(a, b)[0], _patience(a, b)[1] - 1)),
    ("the first epoch counts as a failure: it is the first lowest loss", _first_fails),
    ("it waits for rises in a row: compare with the lowest so far, not with the epoch before",
     _rises),
    ("the bad epochs are counted in all: a new lowest starts the count afresh", _total),
    ("it never stops: all epochs are run", lambda a, b: (len(a), int(np.argmin(a)) + 1)),
    ("the best epoch is looked for among epochs that were never run",
     lambda a, b: (_patience(a, b)[0], int(np.argmin(a)) + 1)),
    ("the two numbers are exchanged", lambda a, b: _patience(a, b)[::-1]),
    ("the lowest loss is returned: the number of its epoch is wanted",
     lambda a, b: (_patience(a, b)[0], min(a[:_patience(a, b)[0]]))),
)


@exercise("23.4", "Patience", hints=(
    "what must be remembered from epoch to epoch, besides the lowest loss?",
    "after each epoch: is it a new lowest? If epoch - best >= patience, stop",
    "for epoch, loss in enumerate(watched, start=1): if loss < lowest: best, lowest = epoch, loss; "
    "if epoch - best >= patience: return epoch, best"))
def stop_early(mine):
    """The first epoch that is `patience` after the best so far, and that best."""
    answers = []
    for watched, patience in LOSSES:
        answer = mine(list(watched), patience)
        if np.shape(answer) != (2,):
            return "two numbers are wanted: epochs run, and the best epoch"
        answers.append(tuple(answer))
    fault = _named(answers, ((fault, [stop(*case) for case in LOSSES]) for fault, stop in STOPS))
    if fault != "":
        return fault
    wrong = next(case for case,
                 answer in zip(LOSSES, answers, strict=True) if tuple(answer) != _patience(*case))
    return f"for the losses {wrong[0]} and patience {wrong[1]} the answer is another"


def _scaled(A, B, mean_of=lambda A, B: A, std_of=None, power=1, axis=0):
    std_of = std_of or mean_of
    mean, std = (getattr(np, f)(of(A, B), axis=axis, keepdims=True) for f,
                 of in (("mean", mean_of), ("std", std_of)))
    std = np.where(std > 0, std, 1) ** power
    return (A - mean) / std, (B - mean) / std


def _own(A, B):
    return _scaled(A, A)[0], _scaled(B, B)[0]


@exercise("23.5", "Standardise", hints=(
    "whose mean is known before the new examples arrive?",
    "(X - mean) / std for both sets, with mean and std of X_train along axis 0, and std 1 where it "
    "would be 0",
    "mean, std = X_train.mean(axis=0), X_train.std(axis=0); std = np.where(std > 0, std, 1)"))
def standardise(mine):
    """Both sets less X_train's mean, over its standard deviation, or over 1 where that is 0."""
    rng = np.random.default_rng(2)
    A, B = (
        rng.normal(size=(30, 3)) * [1, 5, 0.2] + [3, 20, 0],
        rng.normal(size=(8, 3)) * [2, 1, 0.1] + [1, 10, 1],
    )
    answer = mine(A.copy(), B.copy())
    if not (isinstance(answer, (tuple, list)) and len(answer) == 2
            and [np.shape(Z) for Z in answer] == [A.shape, B.shape]):
        return "two arrays are wanted, of the shapes of X_train and X_new"
    ones = (np.ones_like(A), np.ones_like(B))
    fault = _named(answer, (
        (None, _scaled(A, B)),
        ("the new examples got statistics of their own: scale them exactly as the training "
         "examples were", _own(A, B)),
        ("the statistics are those of both sets together: that looks at the new examples",
         _scaled(A, B, lambda A, B: np.r_[A, B])),
        ("the statistics are those of X_new: they must come from X_train",
         _scaled(A, B, lambda A, B: B)),
        ("one mean and one deviation for all columns: each column has its own",
         _scaled(A, B, axis=None)),
        ("it divides by the variance: the standard deviation is its root", _scaled(A, B, power=2)),
        ("the standard deviation divides by n - 1, as pandas' does: this course divides by n, as "
         "np.std does", tuple((Z - A.mean(axis=0)) / A.std(axis=0, ddof=1) for Z in (A, B))),
        ("the mean is not subtracted", tuple(Z / A.std(axis=0) for Z in (A, B))),
        ("nothing is divided by the standard deviation", tuple(Z - A.mean(axis=0) for Z in (A, B))),
        ("only the training examples were scaled", (_scaled(A, B)[0], B)),
        ("each example was scaled by its own statistics: go along axis 0, over the examples",
         tuple((Z - Z.mean(axis=1, keepdims=True)) / Z.std(axis=1, keepdims=True) for Z in (A, B))),
        ("that is scaling to [0, 1] by smallest and largest value",
         tuple((Z - A.min(0)) / (A.max(0) - A.min(0)) for Z in (A, B))),
    ))
    if fault is not None:
        return (
            fault
            or "the columns of X_train have not mean 0 and standard deviation 1, or X_new was "
               "scaled otherwise"
        )
    flat = mine(*(Z.copy() for Z in ones)), mine(ones[0].copy(), 3 * ones[1])
    if not all(np.isfinite(Z).all() for pair in flat for Z in pair):
        return "a column that is constant in X_train became NaN or infinite: divide it by 1"
    if not (np.allclose(flat[0][0], 0) and np.allclose(flat[1][1], 2)):
        return "a column that is constant in X_train should lose its mean and be divided by 1"
    return unchanged(mine, A, B, names="array")[1]
