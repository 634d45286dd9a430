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


@pytest.fixture
def two_rules(monkeypatch):
    """A saved file made by hand: rules a and b, two rates each, and five fresh runs of one."""
    def run(step, lr, seed, valid_right, **more):
        return {"step": step, "lr": lr, "weight_decay": None, "seed": seed, "sizes": [1, 2],
                "pixels": "unit", "constant": False, "diverged_at": None,
                "valid_right": valid_right, "valid_loss": [9.0, 1 - valid_right / 5000], **more}

    runs = [run("a", 0.1, 0, 4000), run("a", 0.1, 1, 4500), run("a", 0.2, 0, 4900),
            run("a", 0.2, 1, 0, diverged_at=7), run("b", 0.3, 0, 4600), run("b", 0.3, 1, 4800),
            run("b", 0.3, 0, 5000, pixels="other"), run("b", 0.4, 0, 4990, constant=True)]
    for k in range(5):
        wrong_a, wrong_b = range(10 + k), range(20)
        runs.append(run("a", 0.1, 10 + k, 4400, test_right=9990 - k, test_loss=0.5 + 0.01 * k,
                        missed=" ".join(map(str, wrong_a))))
        runs.append(run("b", 0.3, 10 + k, 4700 + k, test_right=9980, test_loss=0.4,
                        missed=" ".join(map(str, wrong_b))))
    saved = {"sizes": [1, 2], "start": {"a": 0, "b": 0}, "tuning_seeds": [0, 1],
             "final_seeds": [10, 11, 12, 13, 14], "runs": runs}
    monkeypatch.setattr(saved_mnist, "_saved", lambda: saved)


def test_a_tuning_table_by_hand(two_rules):
    table = saved_mnist.tuning("a")
    assert table[0.1, None] == pytest.approx((0.15, 0.15))
    assert table[0.2, None] == (np.inf, np.inf)
    assert list(saved_mnist.tuning("b")) == [(0.3, None)]
    assert saved_mnist.tuning("b")[0.3, None] == pytest.approx((0.06, 0.06))
    assert saved_mnist.chosen("a") == (0.1, None)


def test_comparisons_by_hand(two_rules):
    assert saved_mnist.best_rule() == "b" and saved_mnist.opened() == 10
    more, by_seeds, by_images = saved_mnist.errors_more("a", "b")
    differences = 0.01 * np.array([-10, -9, -8, -7, -6])  # points: 10 + k wrong of 10 000, less 20
    assert more == pytest.approx(-0.08)
    assert by_seeds == pytest.approx(saved_mnist.seed_bound(differences))
    each = np.zeros(10_000)
    each[10:20] = -100 * np.array([5, 5, 5, 5, 5, 5, 5, 5, 5, 5]) / 5
    for k in range(5):
        each[10:10 + k] += 100 / 5
    assert by_images == pytest.approx(saved_mnist.image_bound(each))
    loss, bound, d = saved_mnist.loss_more("a", "b")
    assert loss == pytest.approx(0.12) and np.allclose(d, [0.1, 0.11, 0.12, 0.13, 0.14])
    assert bound == pytest.approx(saved_mnist.seed_bound(d))


def test_differences_on_workloads_are_shares_of_adam_s_mean():
    found = saved_workloads.differences()
    assert {step for _, step in found} == set(saved_workloads.RULES) - {"adam"}
    raw = load_results("workloads_fresh")["results"]["logistic"]
    sgd, adam = (np.array(raw[step]["lowest"]["final"]) for step in ("sgd", "adam"))
    np.testing.assert_allclose(found["logistic", "sgd"], (sgd - adam) / adam.mean(), rtol=1e-12)


def test_the_winner_s_first_score_is_that_of_its_trial():
    first, again = saved_workloads.winner_again("logistic", "momentum")
    assert first == saved_workloads.trials("logistic", "momentum").min() and len(again) == 2
