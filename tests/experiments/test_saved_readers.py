"""Readers of the saved runs: what they pick out of the files, and the bounds that they compute."""
import numpy as np
import pytest
from scipy import stats

from course_lib.data import load_results
from course_lib.experiments import saved_mnist, saved_workloads


def test_the_fresh_mnist_runs_are_the_five_seeds_of_the_chosen_setting():
    for step in saved_mnist.rules():
        runs = saved_mnist.fresh(step)
        assert [run["seed"] for run in runs] == load_results("mnist_runs")["final_seeds"]
        assert {(run["lr"], run["weight_decay"]) for run in runs} == {saved_mnist.chosen(step)}
        assert [int(row.sum()) for row in saved_mnist.right(step)] == [r["test_right"] for r in runs]


def test_bounds_are_those_of_scipy_for_six_comparisons():
    d = np.array([0.1, 0.3, 0.2, 0.5, -0.1])
    low, high = stats.t.interval(1 - 0.05 / 6, 4, d.mean(), stats.sem(d))
    assert saved_mnist.seed_bound(d) == pytest.approx((high - low) / 2)
    many = np.tile(d, 2000)
    low, high = stats.norm.interval(1 - 0.05 / 6, many.mean(), stats.sem(many, ddof=0))
    assert saved_mnist.image_bound(many) == pytest.approx((high - low) / 2)


def test_words_need_the_larger_bound():
    assert saved_mnist.word(0.3, 0.2, 0.25) == "behind"
    assert saved_mnist.word(0.3, 0.2, 0.35) == saved_mnist.word(0.3, 0.35) == "a tie"
    assert saved_mnist.word(-0.3, 0.2) == "ahead"


def test_the_signed_gap_is_confidence_less_accuracy():
    for step in ("adam", "adagrad"):
        for run, (signed, unsigned) in zip(
                saved_mnist.fresh(step), saved_mnist.calibration(step), strict=True):
            images, confidence, _, hits = np.array(run["bins"]).T
            assert images.sum() == 10_000 and hits.sum() == run["test_right"]
            assert signed == pytest.approx(100 * (confidence.sum() - hits.sum()) / 10_000)
            assert abs(signed) <= unsigned + 1e-9


def test_calibration_is_compared_on_the_error_without_signs():
    ours, theirs = (saved_mnist.calibration(step)[:, 1] for step in ("adagrad", "adam"))
    d, bound = saved_mnist.calibration_more("adagrad", "adam")
    assert d == pytest.approx(ours.mean() - theirs.mean())
    low, high = stats.t.interval(1 - 0.05 / 6, 4, d, stats.sem(ours - theirs))
    assert bound == pytest.approx((high - low) / 2)


def test_the_ladder_is_the_median_over_three_seeds():
    rates, scores = saved_workloads.ladder("regression", "sgd")
    raw = load_results("workloads")["results"]["regression"]["sgd"]["ladder"]["final"]
    assert len(rates) == len(scores) == len(raw) / 3
    assert scores[4] == np.median(raw[12:15]) and np.isinf(scores[-1])
