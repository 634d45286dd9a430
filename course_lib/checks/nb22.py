"""Checks of notebook 22, generalise: a gap with its standard error, bias and variance, a whole
curve of double descent.

Each table of known answers begins with the right one, whose fault is None.

Notebooks: 22.
"""
import math

import numpy as np

from course_lib.checks.answers import agrees, first_match, unchanged
from course_lib.checks.engine import exercise
from course_lib.networks.random_features import least_squares


@exercise("22.1", "The gap and its standard error", hints=(
    "how far can a mean over n losses be from the mean over all images, by chance?",
    "gap = mean(new) - mean(train); the squares of the two standard errors, var / n, add up",
    "return new.mean() - train.mean(), math.sqrt(train.var() / len(train) + new.var() / len(new))"))
def gap(mine):
    """mean(new) - mean(train), and the root of var(train)/n + var(new)/m."""
    rng = np.random.default_rng(0)
    train, new = rng.exponential(0.4, 7), rng.exponential(0.9, 12)
    answer, fault = unchanged(mine, train, new, names="train or new")
    if fault:
        return fault
    if not isinstance(answer, (tuple, list)) or len(answer) != 2 or np.ndim(answer[0]):
        return "two numbers should come back: the gap, and its standard error"
    fault = first_match(answer[0], (
        (None, new.mean() - train.mean()),
        ("the gap has the wrong sign: it is new minus training", train.mean() - new.mean()),
        ("that is a ratio: the gap is a difference", new.mean() / train.mean()),
        ("medians are compared: a loss on all images is a mean", np.median(new) - np.median(train)),
        ("sums are compared: the two sets have different sizes", new.sum() - train.sum()),
    ), "the gap is not the mean of new minus the mean of train")
    a, b = train.var() / len(train), new.var() / len(new)
    one = train.var(ddof=1) / len(train) + new.var(ddof=1) / len(new)
    return fault or first_match(answer[1], (
        (None, math.sqrt(a + b)),
        (None, math.sqrt(one)),  # the unbiased variances are as good
        ("the root is missing: that is the variance of the gap", a + b),
        ("the two standard errors are added: their squares add up", math.sqrt(a) + math.sqrt(b)),
        ("the variances are subtracted: chance in both sets makes the gap less certain, so they "
         "add up", math.sqrt(abs(b - a))),
        ("nothing is divided by the number of images: that is the spread of a single loss",
         math.sqrt(train.var() + new.var())),
        ("one standard error is missing: both means are uncertain", math.sqrt(b)),
        ("one standard error is missing: both means are uncertain", math.sqrt(a)),
        ("each variance must be divided by the size of its own set",
         math.sqrt((train.var() + new.var()) / (len(train) + len(new)))),
        ("standard deviations are divided by n: the variance is, and then the root is taken",
         train.std() / len(train) + new.std() / len(new)),
    ), "the standard error is not the root of var(train)/len(train) + var(new)/len(new)")


@exercise("22.2", "Bias and variance", hints=(
    "first the mean over the fits, at each point; what is left to compare with the truth?",
    "bias^2: mean over points of (mean over fits - truth)^2; variance: mean over points of the "
    "variance over fits",
    "mean = fits.mean(axis=0); return np.mean((mean - truth)**2), np.mean(fits.var(axis=0))"))
def bias_variance(mine):
    """The squared bias and the variance of fits (n_fits, n_points), averaged over the points."""
    rng = np.random.default_rng(1)
    truth = rng.normal(size=6)
    fits = truth + 0.3 + rng.normal(size=(5, 6)) * [1, 2, 0.5, 1, 0.1, 3]
    answer, fault = unchanged(mine, fits, truth, names="fits or truth")
    if fault:
        return fault
    if not isinstance(answer, (tuple, list)) or len(answer) != 2 or np.ndim(answer[0]):
        return "two numbers should come back: the squared bias and the variance"
    error, mean = fits - truth, fits.mean(axis=0)
    fault = first_match(answer[0], (
        (None, np.mean((mean - truth) ** 2)),
        ("that is the mean squared error of the single fits: average the fits first, at each "
         "point", np.mean(error**2)),
        ("the mean over the points is taken before the square: a bias up at one point would undo "
         "one down at another", np.mean(error) ** 2),
        ("the bias is not squared", np.mean(mean - truth)),
        ("the bias is not squared", np.mean(np.abs(mean - truth))),
        ("the fits are averaged over the points: average over the fits, axis 0",
         np.mean((fits.mean(axis=1)[:, None] - truth) ** 2)),
        ("bias and variance are exchanged", np.mean(fits.var(axis=0))),
        ("the truth is missing", np.mean(mean**2)),
    ), "the squared bias is not the mean over the points of (mean fit - truth)^2")
    return fault or first_match(answer[1], (
        (None, np.mean(fits.var(axis=0))),
        (None, np.mean(fits.var(axis=0, ddof=1))),
        ("the variance is taken over points and fits together: at each point over the fits",
         fits.var()),
        ("the variance is taken over the points: it is that over the fits, axis 0",
         np.mean(fits.var(axis=1))),
        ("standard deviations are averaged: average the variances", np.mean(fits.std(axis=0))),
        ("that is the whole mean squared error, the squared bias in it", np.mean(error**2)),
    ), "the variance is not the mean over the points of the variance over the fits")


def _curve(X, y, X_new, y_new, p_values, *, fit=least_squares, score=None, columns=None):
    """Return the training and new errors of fits on the first p columns, with one feature changed.
    """
    score = score or (lambda error: np.mean(error**2))
    rows = []
    for p in p_values:
        chosen = slice(0, p) if columns is None else columns(X.shape[1], p)
        w = fit(X[:, chosen], y)
        rows.append((score(X[:, chosen] @ w - y), score(X_new[:, chosen] @ w - y_new)))
    return np.array(rows)


def _ridge(A, y):
    return np.linalg.solve(A.T @ A + 1e-3 * np.eye(A.shape[1]), A.T @ y)


CURVES = (
    (None, {}),
    ("the last p columns are used: take the first p", {"columns": lambda D, p: slice(D - p, D)}),
    ("all columns are used, whatever p is", {"columns": lambda D, p: slice(0, D)}),
    ("the root is taken: the mean squared error was asked for",
     {"score": lambda error: np.sqrt(np.mean(error**2))}),
    ("the squares are summed: their mean was asked for", {"score": lambda e: np.sum(e**2)}),
    ("a ridge is added: it removes the peak that is looked for", {"fit": _ridge}),
)


@exercise("22.3", "Build a curve of double descent", hints=(
    "one call serves for p below n and above n: which w does it return when many fit "
    "exactly?",
    "w = np.linalg.lstsq(X[:, :p], y, rcond=None)[0], the shortest of the best; then two mean "
    "squared errors",
    "for p in p_values: w = np.linalg.pinv(X[:, :p]) @ y; rows.append((np.mean((X[:, :p] @ w - y)"
    "**2), np.mean((X_new[:, :p] @ w - y_new)**2)))"))
def double_descent(mine):
    """The training and the new mean squared error of shortest least squares on the first p columns.
    """
    rng = np.random.default_rng(2)
    w = rng.normal(size=30) / 5
    X, X_new = rng.normal(size=(12, 30)), rng.normal(size=(40, 30))
    y, y_new = X @ w + 0.3 * rng.normal(size=12), X_new @ w + 0.3 * rng.normal(size=40)
    p_values = [2, 6, 18, 30]
    answer, fault = unchanged(mine, X, y, X_new, y_new, p_values, names="arguments")
    if fault:
        return fault
    if np.shape(answer) == (2, len(p_values)):
        return "the table lies on its side: a row for each p, training error first"
    if np.shape(answer) != (len(p_values), 2):
        return f"a table of shape ({len(p_values)}, 2) was asked for, got {np.shape(answer)}"
    answer = np.asarray(answer, dtype=float)
    if not np.isfinite(answer).all():
        return "some errors are NaN or infinite: where p > n, X^T X has no inverse"
    right = _curve(X, y, X_new, y_new, p_values)
    if agrees(answer, right[:, ::-1], rtol=1e-6, atol=1e-9):
        return "the two columns are exchanged: training error first, then the new one"
    known = [(fault, _curve(X, y, X_new, y_new, p_values, **change)) for fault, change in CURVES]
    fault = first_match(answer, known, "", rtol=1e-6, atol=1e-9)
    if fault != "":
        return fault
    if agrees(answer[:2], right[:2], rtol=1e-6, atol=1e-9):
        return "for p > n it is not the shortest of the solutions that fit: lstsq or pinv gives it"
    return "these are not the mean squared errors of least squares on the first p columns"
