"""The comparison against hand numbers, SciPy's tests and bootstrap, and brute force."""
import itertools

import numpy as np
import pytest
from scipy import stats

from course_lib.experiments.comparison import (
    best_of,
    holm,
    paired_interval,
    performance_profile,
    sign_flip_p,
    t_interval,
    t_test_p,
    tie_p,
    words,
)


def test_the_interval_is_scipys_percentile_bootstrap():
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=12), rng.normal(size=12) + 0.4
    mean, low, high = paired_interval(a, b, rng=np.random.default_rng(1), n_boot=40_000, level=0.9)
    ours = stats.bootstrap(
        (a - b,),
        np.mean,
        n_resamples=40_000,
        method="percentile",
        confidence_level=0.9,
        rng=np.random.default_rng(2),
    ).confidence_interval
    assert mean == pytest.approx(np.mean(a - b)) and np.allclose([low, high], ours, atol=0.01)


def test_what_all_rules_share_on_a_seed_cancels():
    rng = np.random.default_rng(0)
    shared, a = 100 * rng.normal(size=8), rng.normal(size=8)
    one = paired_interval(a, np.zeros(8), rng=np.random.default_rng(1))
    assert np.allclose(one, paired_interval(a + shared, shared, rng=np.random.default_rng(1)))
    other = paired_interval(shared, a + shared, rng=np.random.default_rng(1))
    assert other[0] == pytest.approx(-one[0]) and np.allclose(
        np.sort(-np.array(other[1:])), one[1:], atol=0.05
    )


def test_the_interval_of_n_seeds_is_as_short_as_theory_says():
    rng, n, covered = np.random.default_rng(5), 8, 0
    for _ in range(1500):
        _, low, high = paired_interval(rng.normal(size=n), np.zeros(n), rng=rng, n_boot=600)
        covered += low <= 0 <= high
    expected = 1 - 2 * stats.t.sf(
        1.96 * np.sqrt((n - 1) / n), n - 1
    )  # the bootstrap's s divides by n
    assert expected == pytest.approx(0.89, abs=0.005) and covered / 1500 == pytest.approx(
        expected, abs=0.025
    )


@pytest.mark.parametrize("n", [2, 5, 9])
def test_sign_flips_are_scipys_paired_permutation_test(n):
    rng = np.random.default_rng(n)
    a, b = rng.normal(size=n) + 0.5, rng.normal(size=n)
    theirs = stats.permutation_test(
        (a, b),
        lambda x, y, axis: np.mean(x - y, axis=axis),
        vectorized=True,
        permutation_type="samples",
        n_resamples=np.inf,
    ).pvalue
    assert sign_flip_p(a, b) == pytest.approx(theirs) == sign_flip_p(b, a)


def test_sign_flips_by_hand():
    assert sign_flip_p([1, 1, 1, 1, 1], [2, 3, 4, 5, 6]) == 2 / 32  # five seeds never give less
    assert sign_flip_p([1, 2], [1, 2]) == 1
    assert (
        sign_flip_p([0.1, 0.2, 0.3], [0, 0, 0.6]) == 1
    )  # 0.1 + 0.2 - 0.3 rounds to something else than 0


def test_holm_by_hand_and_by_its_definition():
    assert np.allclose(holm([0.01, 0.04, 0.03]), [0.03, 0.06, 0.06])
    assert np.allclose(holm([0.04, 0.001, 0.6, 0.02]), [0.08, 0.004, 0.6, 0.06])
    assert np.allclose(holm([0.5, 0.5]), [1, 1]) and holm([]).shape == (0,)
    rng = np.random.default_rng(0)
    for _ in range(
        50
    ):  # Holm is the closed test with Bonferroni's: the largest over all sets that hold i
        p = rng.random(5) ** 3
        sets = [s for size in range(1, 6) for s in itertools.combinations(range(5), size)]
        closed = [max(min(1, len(s) * min(p[list(s)])) for s in sets if i in s) for i in range(5)]
        assert np.allclose(holm(p), closed)


def test_best_of_is_what_all_subsets_say():
    rng = np.random.default_rng(0)
    scores = np.append(rng.random(6), np.inf)
    for k, quantile in itertools.product(range(1, 8), (0.25, 0.5, 0.75)):
        best = np.sort([min(subset) for subset in itertools.combinations(scores, k)])
        assert (
            best_of(scores, k, quantile=quantile)
            == best[int(np.ceil(quantile * len(best) - 1e-9)) - 1]
        )
    assert best_of([4, 1, 3, 2], 2) == 1  # with chance 1/2 exactly
    assert best_of([np.inf, np.inf, 1.0], 1) == np.inf and best_of([np.inf, 2.0], 2) == 2


def test_the_profile_by_hand():
    steps = [[100, 150, np.inf], [400, 200, 200], [np.inf, np.inf, np.inf], [30, np.inf, 31]]
    with np.errstate(all="raise"):  # a workload that nobody solved is no arithmetic
        rho = performance_profile(steps, [1, 1.5, 2, 1e9])
    assert np.allclose(rho, [[0.5, 0.5, 0.75, 0.75], [0.25, 0.5, 0.5, 0.5], [0.25, 0.5, 0.5, 0.5]])


def test_a_single_step_is_a_number_of_steps():
    assert performance_profile([[1, 2]], [1, 2]).tolist() == [[1.0, 1.0], [0.0, 1.0]]


@pytest.mark.parametrize("level", [0, 1, 95])
def test_a_level_is_a_share(level):
    with pytest.raises(ValueError, match=f"level must lie between 0 and 1, got {level}"):
        t_interval([1.0, 2.0], level=level)
    with pytest.raises(ValueError, match=f"level must lie between 0 and 1, got {level}"):
        paired_interval([1, 2], [1, 3], rng=np.random.default_rng(0), level=level)


def test_equal_numbers_are_certain_of_their_mean():
    assert (t_test_p([0.0, 0.0, 0.0]), t_test_p([0.5, 0.5, 0.5])) == (1.0, 0.0)
    d = [0.3, -0.1, 0.4, 0.2]
    assert t_test_p(d) == pytest.approx(stats.ttest_1samp(d, 0).pvalue, rel=1e-12)


@pytest.mark.parametrize(
    "call, message",
    [
        (
            lambda: paired_interval([1, 2], [1], rng=np.random.default_rng(0)),
            "two finite arrays of one length",
        ),
        (
            lambda: paired_interval([1, np.inf], [1, 2], rng=np.random.default_rng(0)),
            "two finite arrays of one length",
        ),
        (lambda: paired_interval([1], [1], rng=np.random.default_rng(0)), "two seeds or more"),
        (lambda: sign_flip_p(np.ones(17), np.zeros(17)), "at most 16 seeds, got 17"),
        (lambda: holm([0.1, 1.2]), "p-values between 0 and 1"),
        (lambda: holm([np.nan]), "p-values between 0 and 1"),
        (lambda: best_of([1, 2], 3), "draws 1 to 2 of 2 scores"),
        (lambda: best_of([1, np.nan], 1), "none NaN"),
        (lambda: performance_profile([[1, 0]], [1]), "positive steps"),
        (lambda: performance_profile([[1, 2]], [0.5]), "tau of at least 1"),
    ],
)
def test_what_cannot_be_compared_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("margin", [0.3, 0.7, 1.2])
def test_a_tie_at_5_per_cent_is_an_interval_inside_the_margin(seed, margin):
    d = np.random.default_rng(seed).normal(0.1, 0.6, size=12)
    _, low, high = t_interval(d)
    assert (tie_p(d, margin) <= 0.05) == (-margin < low and high < margin)


def test_a_tie_of_equal_numbers_is_certain_and_one_outside_is_none():
    assert tie_p([0.0, 0.0, 0.0], 0.1) == 0.0
    assert tie_p([0.2, 0.2, 0.2], 0.1) == 1.0
    assert tie_p([0.2, 0.2, 0.21], 0.1) == 1.0


def test_a_true_difference_at_the_margin_is_rarely_called_a_tie():
    rng = np.random.default_rng(0)
    said = [tie_p(rng.normal(1.0, 1.0, size=8), 1.0) <= 0.05 for _ in range(2000)]
    assert np.mean(said) < 0.035  # 2.5 % in theory; the old rule, a bootstrap interval, had 5.5 %


def test_words_of_a_family_are_corrected_in_both_directions():
    rng = np.random.default_rng(0)
    noise = rng.normal(size=12)
    noise = (noise - noise.mean()) / noise.std(ddof=1)
    d = {"ahead": noise - 2, "behind": noise + 2, "tied": 0.01 * noise, "undecided": noise}
    margins = dict.fromkeys(d, 0.5)
    assert words(d, margins) == {name: name for name in d}
    one = noise + 0.75  # p = 0.025 alone, too weak among four
    assert words({"a": one}, {"a": 0.5}) == {"a": "behind"}
    assert words(d | {"a": one}, margins | {"a": 0.5})["a"] == "undecided"
