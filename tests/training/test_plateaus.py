"""Plateaus: the saddle is critical, its eigenvalue the predicted one, and the other two are far from
any critical point.
"""
import numpy as np
import pytest

from course_lib.data.datasets import embedded_digits, split
from course_lib.landscapes.sharpness import extremes
from course_lib.training import plateaus


@pytest.fixture(scope="module")
def splits():
    return split(embedded_digits())


def test_the_saddle_is_critical_and_bends_down_as_predicted(splits):
    task = plateaus.saddle_task(splits)
    loss, g = task.fun(task.saddle)
    (low, _), _ = extremes(task.fun, task.saddle, rng=np.random.default_rng(0))
    assert np.linalg.norm(g) < 1e-12 and loss == pytest.approx(task.plateau)
    assert low == pytest.approx(-task.sigma, rel=1e-3)


def test_distance_forgets_a_number_added_to_all_logits(splits):
    task = plateaus.saddle_task(splits)
    moved = task.saddle + np.r_[np.zeros(task.saddle.size - 10), np.full(10, 0.7)]
    centred = moved - np.r_[np.zeros(moved.size - 10), np.full(10, 0.7 + np.log(
        task.frequencies).mean())]
    assert plateaus.distance(task, centred) < 1e-12
    aside = centred + np.r_[0.3, np.zeros(moved.size - 1)]
    assert plateaus.distance(task, aside) == pytest.approx(0.3)


def test_a_farther_start_leaves_earlier(splits):
    task = plateaus.saddle_task(splits)
    left = [np.argmax(plateaus.descend(task, s, n_steps=400).loss < task.plateau - 0.01)
            for s in (1e-6, 1e-3)]
    assert 0 < left[1] < left[0]


@pytest.mark.parametrize("kind", ["too slow", "noise"])
def test_the_rate_changes_after_fifteen_epochs_only(splits, kind):
    one, ten = (plateaus.flat_run(splits, kind, factor) for factor in (1, 10))
    np.testing.assert_array_equal(one.loss[:15], ten.loss[:15])
    assert one.loss[16] != ten.loss[16]
