"""The checks of notebook 22: right answers pass, stubs are not attempted, known mistakes are named.
"""
import math
import statistics

import numpy as np

from course_lib.checks import nb22


def gap_by_hand(train, new):
    error = statistics.variance(train) / len(train) + statistics.variance(new) / len(new)
    return [sum(new) / len(new) - sum(train) / len(train), error**0.5]


def gap(middle=lambda a, b: b.mean() - a.mean(), error=lambda a, b: math.sqrt(a.var() / a.size + b.var() / b.size)):
    return lambda a, b: (middle(a, b), error(a, b))


def gap_in_place(a, b):
    a -= a.mean()
    return 0.0, 1.0


def both(bias=lambda fits, truth: np.mean((fits.mean(axis=0) - truth) ** 2), var=lambda fits, truth: fits.var(axis=0).mean()):
    return lambda fits, truth: (bias(fits, truth), var(fits, truth))


def by_points(fits, truth):
    columns = [(np.mean(column) - t, np.var(column)) for column, t in zip(fits.T, truth, strict=True)]
    return [sum(b * b for b, _ in columns) / len(truth), sum(v for _, v in columns) / len(truth)]


def both_in_place(fits, truth):
    fits -= truth
    return 0.0, 1.0


def curve(solve=lambda A, y: np.linalg.lstsq(A, y, rcond=None)[0], take=lambda X, p: X[:, :p], score=lambda e: np.mean(e**2)):
    def mine(X, y, X_new, y_new, p_values):
        rows = []
        for p in p_values:
            w = solve(take(X, p), y)
            rows.append([score(take(X, p) @ w - y), score(take(X_new, p) @ w - y_new)])
        return rows
    return mine


def basic(A, y):
    """Fit with as many columns as rows and leave the others at 0: one exact fit, but not the shortest."""
    k = min(A.shape)
    return np.append(np.linalg.lstsq(A[:, :k], y, rcond=None)[0], np.zeros(A.shape[1] - k))


def curve_in_place(X, y, X_new, y_new, p_values):
    X *= 2
    return curve()(X, y, X_new, y_new, p_values)


RIGHT = {
    nb22.gap: [gap(), gap_by_hand],
    nb22.bias_variance: [both(), by_points, both(var=lambda f, t: np.mean((f - f.mean(axis=0)) ** 2))],
    nb22.double_descent: [curve(), curve(lambda A, y: np.linalg.pinv(A) @ y),
                          lambda *arguments: np.array(curve()(*arguments))],
}
WRONG = [
    (nb22.gap, gap_in_place, "changed the train or new"),
    (nb22.gap, lambda a, b: b.mean() - a.mean(), "two numbers"),
    (nb22.gap, gap(lambda a, b: a.mean() - b.mean()), "wrong sign"),
    (nb22.gap, gap(lambda a, b: b.mean() / a.mean()), "a ratio"),
    (nb22.gap, gap(lambda a, b: np.median(b) - np.median(a)), "medians"),
    (nb22.gap, gap(lambda a, b: b.sum() - a.sum()), "sums are compared"),
    (nb22.gap, gap(lambda a, b: 0.0), "not the mean of new"),
    (nb22.gap, gap(error=lambda a, b: a.var() / a.size + b.var() / b.size), "root is missing"),
    (nb22.gap, gap(error=lambda a, b: a.std() / a.size**0.5 + b.std() / b.size**0.5), "their squares add up"),
    (nb22.gap, gap(error=lambda a, b: abs(b.var() / b.size - a.var() / a.size) ** 0.5), "are subtracted"),
    (nb22.gap, gap(error=lambda a, b: (a.var() + b.var()) ** 0.5), "spread of a single loss"),
    (nb22.gap, gap(error=lambda a, b: b.std() / b.size**0.5), "one standard error"),
    (nb22.gap, gap(error=lambda a, b: a.std() / a.size**0.5), "one standard error"),
    (nb22.gap, gap(error=lambda a, b: ((a.var() + b.var()) / (a.size + b.size)) ** 0.5), "its own set"),
    (nb22.gap, gap(error=lambda a, b: a.std() / a.size + b.std() / b.size), "deviations are divided"),
    (nb22.gap, gap(error=lambda a, b: 1.0), "standard error is not"),
    (nb22.bias_variance, both_in_place, "changed the fits or truth"),
    (nb22.bias_variance, lambda fits, truth: 1.0, "two numbers"),
    (nb22.bias_variance, both(lambda f, t: np.mean((f - t) ** 2)), "single fits"),
    (nb22.bias_variance, both(lambda f, t: np.mean(f - t) ** 2), "before the square"),
    (nb22.bias_variance, both(lambda f, t: np.mean(f.mean(axis=0) - t)), "not squared"),
    (nb22.bias_variance, both(lambda f, t: np.mean(abs(f.mean(axis=0) - t))), "not squared"),
    (nb22.bias_variance, both(lambda f, t: np.mean((f.mean(axis=1)[:, None] - t) ** 2)), "over the points: average"),
    (nb22.bias_variance, lambda f, t: both()(f, t)[::-1], "exchanged"),
    (nb22.bias_variance, both(lambda f, t: np.mean(f.mean(axis=0) ** 2)), "truth is missing"),
    (nb22.bias_variance, both(lambda f, t: 0.0), "squared bias is not"),
    (nb22.bias_variance, both(var=lambda f, t: f.var()), "together"),
    (nb22.bias_variance, both(var=lambda f, t: f.var(axis=1).mean()), "over the points: it is"),
    (nb22.bias_variance, both(var=lambda f, t: f.std(axis=0).mean()), "deviations are averaged"),
    (nb22.bias_variance, both(var=lambda f, t: np.mean((f - t) ** 2)), "bias in it"),
    (nb22.bias_variance, both(var=lambda f, t: 0.0), "variance is not"),
    (nb22.double_descent, curve_in_place, "changed the arguments"),
    (nb22.double_descent, lambda *arguments: np.transpose(curve()(*arguments)), "on its side"),
    (nb22.double_descent, lambda *arguments: curve()(*arguments)[0], "a table of shape"),
    (nb22.double_descent, curve(lambda A, y: np.full(A.shape[1], np.nan)), "no inverse"),
    (nb22.double_descent, lambda *arguments: np.array(curve()(*arguments))[:, ::-1], "columns are exchanged"),
    (nb22.double_descent, curve(take=lambda X, p: X[:, -p:]), "last p columns"),
    (nb22.double_descent, curve(take=lambda X, p: X), "whatever p is"),
    (nb22.double_descent, curve(score=lambda e: np.mean(e**2) ** 0.5), "root is taken"),
    (nb22.double_descent, curve(score=lambda e: np.sum(e**2)), "are summed"),
    (nb22.double_descent, curve(nb22._ridge), "a ridge is added"),
    (nb22.double_descent, curve(basic), "not the shortest"),
    (nb22.double_descent, curve(lambda A, y: np.zeros(A.shape[1])), "not the mean squared errors"),
]
