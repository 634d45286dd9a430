"""Threads on one array: nothing is lost alone, little with many weights, and the weights are found."""
import sys

import numpy as np
import pytest

from course_lib.scaling import hogwild


def test_the_task_is_solved_by_its_hidden_weights_alone():
    features, values, y, hidden = hogwild.task(30, seed=1)
    assert features.shape == values.shape == (hogwild.ROWS, hogwild.PRESENT)
    assert all(len(set(row)) == hogwild.PRESENT for row in features[:50])
    X = np.zeros((hogwild.ROWS, 30))
    np.put_along_axis(X, features, values, axis=1)
    np.testing.assert_allclose(np.linalg.lstsq(X, y)[0], hidden, rtol=1e-8)


def test_one_thread_loses_nothing_and_is_plain_sgd():
    found = hogwild.race(50, threads=1, seed=0)
    features, values, y, hidden = hogwild.task(50, seed=0)
    w = np.zeros(50)
    for _ in range(4):
        for i in np.random.default_rng(0).permutation(hogwild.ROWS):
            x = np.zeros(50)
            x[features[i]] = values[i]
            w -= 0.1 * (x @ w - y[i]) * x
    assert found["lost"] == 0
    assert found["distance"] == pytest.approx(np.linalg.norm(w - hidden) / np.linalg.norm(hidden), rel=1e-6)


@pytest.mark.parametrize("n_weights", [10, 300])
def test_threads_that_do_not_wait_find_the_weights_too(n_weights):
    usual = sys.getswitchinterval()
    found = hogwild.race(n_weights, threads=4, seed=0)
    assert 0 <= found["lost"] < 0.5 and found["distance"] < 0.05
    assert sys.getswitchinterval() == usual


def test_there_are_at_least_as_many_weights_as_features_present():
    with pytest.raises(ValueError, match="n_weights must be a whole number of at least 4, got 3"):
        hogwild.race(3, threads=2, seed=0)
