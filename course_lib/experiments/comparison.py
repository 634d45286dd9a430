"""What may be concluded from a table of runs: intervals and tests for paired seeds, Holm's
correction for many tests, the best of k trials, and performance profiles, which count a missed
target as infinitely late.

    difference     d_s = a_s - b_s, the same seed s for both; negative: a is lower, so better
    t interval     mean +- t(n - 1, level) s / sqrt(n)
    Holm           p_(1) <= ... <= p_(m); p_(i) becomes the largest min(1, (m-j+1) p_(j)), j <= i
    best of k      P(best of k of n trials > x) = C(n_x, k) / C(n, k),   n_x trials being above x
    profile        rho(tau) = share of workloads with steps <= tau times the fewest of any optimizer

Notebooks: 09, 28, 34.
"""
import itertools
import math

import numpy as np

from course_lib.arguments import not_negative, whole

MOST_SIGNS = 16  # 2^16 = 65 536 sign patterns are counted, not sampled


def _differences(a, b):
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    if a.shape != b.shape or a.ndim != 1 or len(a) < 2 or not np.isfinite(a - b).all():
        raise ValueError(
            "paired scores are two finite arrays of one length, two seeds or more, got "
            f"{a.tolist()} and {b.tolist()}"
        )
    return a - b


def paired_interval(a, b, *, rng, level=0.95, n_boot=10_000):
    """Return (mean, low, high) of the paired differences a - b, by the percentile bootstrap over
    seeds (Efron & Tibshirani 1993, chapter 13). a, b: (seeds,), finite, in the same order of seeds.
    """
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, got {level}")
    d = _differences(a, b)
    means = d[rng.integers(len(d), size=(whole("n_boot", n_boot), len(d)))].mean(axis=1)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(d.mean()), float(low), float(high)


def t_interval(d, *, level=0.95):
    """Return (mean, low, high) of independent numbers, by Student's t (Student 1908,
    10.1093/biomet/6.1.1).

    d: (n,), finite, two or more. Of normal numbers, however few, the interval covers the true mean
        in the share `level` of all samples; the percentile bootstrap of five does in about 82 %.

    >>> [round(x, 3) for x in t_interval([1.0, 2.0, 3.0])]
    [2.0, -0.484, 4.484]
    """
    from scipy.stats import t as student

    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, got {level}")
    d = _sample(d)
    mean = d.mean()
    reach = student.ppf((1 + level) / 2, len(d) - 1) * d.std(ddof=1) / math.sqrt(len(d))
    return float(mean), float(mean - reach), float(mean + reach)


def t_test_p(d):
    """Return the two-sided p-value of "the mean is 0" by Student's t; 1 where all numbers are 0."""
    from scipy.stats import t as student

    d = _sample(d)
    error = d.std(ddof=1) / math.sqrt(len(d))
    if error == 0:
        return 1.0 if d.mean() == 0 else 0.0
    return float(2 * student.sf(abs(d.mean()) / error, len(d) - 1))


def tie_p(d, margin):
    """Return the p-value of "the mean lies outside -margin ... margin": twice the larger of two
    one-sided Student tests (Schuirmann 1987, 10.1007/BF01068419). It is at most 0.05 just where the
    95 % t interval lies inside the margin.
    """
    from scipy.stats import t as student

    d, margin = _sample(d), not_negative("margin", margin)
    error, n = d.std(ddof=1) / math.sqrt(len(d)), len(d)
    if error == 0:
        return 0.0 if abs(d.mean()) < margin else 1.0
    return float(min(1.0, 2 * student.sf((margin - abs(d.mean())) / error, n - 1)))


def words(differences, margins, *, level=0.05):
    """Return what may be said of a whole family of comparisons, {name: word}: 'tied', 'ahead' (a is
    lower), 'behind' or 'undecided', with Holm's correction for ties and for differences.

    differences: {name: a - b (seeds,)}, finite. margins: {name: a difference that does not matter}.
    """
    names = list(differences)
    ties = holm([tie_p(differences[name], margins[name]) for name in names])
    tests = holm([t_test_p(differences[name]) for name in names])
    said = {}
    for name, tie, test in zip(names, ties, tests, strict=True):
        side = "ahead" if np.mean(differences[name]) < 0 else "behind"
        said[name] = "tied" if tie <= level else side if test <= level else "undecided"
    return said


def _sample(d):
    d = np.asarray(d, dtype=float)
    if d.ndim != 1 or len(d) < 2 or not np.isfinite(d).all():
        raise ValueError(f"a sample is two or more finite numbers, got {d.tolist()}")
    return d


def sign_flip_p(a, b):
    """Return the exact two-sided p-value of "a and b could be exchanged" (Fisher 1935): the
    fraction of the 2^n ways to choose the signs of the n differences whose sum is at least as far
    from 0. 2 to 16 seeds, else ValueError.

    >>> sign_flip_p([1.0, 2.0, 3.0], [2.0, 4.0, 6.0])  # all three of one sign: 2 of 8 patterns
    0.25
    """
    d = _differences(a, b)
    if len(d) > MOST_SIGNS:
        raise ValueError(
            f"sign_flip_p counts the patterns of at most {MOST_SIGNS} seeds, got {len(d)}"
        )
    sums = np.abs(np.array(list(itertools.product([1, -1], repeat=len(d)))) @ d)
    return float(np.mean(sums >= abs(d.sum()) * (1 - 1e-12)))


def holm(p):
    """Return the adjusted p-values, in the order given (Holm 1979, Scandinavian Journal of
    Statistics 6): to reject where they are at most alpha keeps the chance of one false rejection or
    more, among all, below alpha.

    >>> holm([0.01, 0.04, 0.03]).tolist()
    [0.03, 0.06, 0.06]
    """
    p = np.asarray(p, dtype=float)
    if p.ndim != 1 or not ((p >= 0) & (p <= 1)).all():
        raise ValueError(f"holm takes p-values between 0 and 1, got {p.tolist()}")
    order = np.argsort(p, kind="stable")
    stepped = np.minimum(1, (len(p) - np.arange(len(p))) * p[order])
    adjusted = np.empty(len(p))
    adjusted[order] = np.maximum.accumulate(stepped)
    return adjusted


def best_of(scores, k, *, quantile=0.5):
    """Return the median (or another quantile) of the lowest of k scores, drawn without replacement
    from `scores`: what a search of k trials would have found (after Dodge et al. 2019, arXiv
    1909.03004, who give the mean). Scores may be infinite. Raises ValueError unless 1 <= k <=
    number of scores.

    >>> best_of([4.0, 1.0, 3.0, 2.0], 2)  # the lowest of two is 1 with chance 1/2
    1.0
    """
    scores = np.sort(np.asarray(scores, dtype=float))
    n, k = len(scores), whole("k", k)
    if k > n or np.isnan(scores).any():
        raise ValueError(f"best_of draws 1 to {n} of {n} scores, none NaN, got k = {k}")
    above = [
        math.comb(n - i - 1, k) / math.comb(n, k) for i in range(n)
    ]  # chance that the best is above scores[i]
    return float(scores[next(i for i in range(n) if 1 - above[i] >= quantile - 1e-12)])


def performance_profile(steps, tau):
    """Return rho, (optimizers, len(tau)): the fraction of workloads solved within tau times the
    fewest steps of any optimizer (Dolan & More 2002, 10.1007/s101070100263). steps: (workloads,
    optimizers), positive, a miss is infinite.

    >>> performance_profile([[100, 200], [300, np.inf]], [1, 2]).tolist()
    [[1.0, 1.0], [0.0, 0.5]]
    """
    steps, tau = np.asarray(steps, dtype=float), np.asarray(tau, dtype=float)
    if steps.ndim != 2 or not (steps > 0).all() or not (tau >= 1).all():
        raise ValueError(
            "performance_profile takes positive steps (workloads, optimizers) and tau of at least "
            f"1, got steps of shape {steps.shape}, tau from {tau.min()}"
        )
    fewest = steps.min(axis=1, keepdims=True)
    ratio = np.where(np.isfinite(steps), steps / np.where(np.isfinite(fewest), fewest, 1), np.inf)
    return np.mean(ratio[:, :, None] <= tau, axis=0)
