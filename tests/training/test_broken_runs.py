"""Broken runs: each has its symptom with five seeds, its cure removes it, and nothing tells the
cause by name.
"""
import copy
import math
from dataclasses import fields

import numpy as np
import pytest

from course_lib.data.datasets import embedded_digits, split
from course_lib.networks.losses import log_softmax
from course_lib.networks.network import mlp
from course_lib.training import broken_runs as br

SEEDS = range(5)
# what one sees; each is false of the healthy run, and of the cured one
SYMPTOMS = {
    "a": lambda run: run.history.loss.min() > math.log(1 + 9 / math.e) and run.accuracy > 0.4,
    "b": lambda run: run.ratio.max() < 1e-5 and np.ptp(run.history.train_loss) < 0.1,
    "c": lambda run: run.data[0].std() > 2 * run.valid[0].std(),
    "d": lambda run: promise(run) > 0.99 and run.accuracy < promise(run) - 0.05,
    "e": lambda run: run.accuracy < 0.4 and run.history.loss[0] < 4 and run.ratio.max() > 1e-3,
    "f": lambda run: promise(run) > 0.9 and run.accuracy < promise(run) - 0.1,
    "g": lambda run: run.history.loss[0] > 50 and run.accuracy < 0.2,
    "h": lambda run: run.history.loss.min() < 0.1 and run.accuracy < 0.5,
    "i": lambda run: run.net.accuracy(*run.data) < in_training_mode(run) - 0.02,
    "j": lambda run: run.history.loss[0] < 3 and run.history.loss.max() > 50 and run.accuracy < 0.2,
}


def promise(run):
    return run.history.valid_accuracy[-1]


def in_training_mode(run):
    """The accuracy on the training data, in training mode, which leaves the network as it is."""
    net = copy.deepcopy(run.net)
    return np.mean(net.logits(run.data[0], training=True).argmax(axis=1) == run.data[1])


@pytest.fixture(scope="module")
def splits():
    return split(embedded_digits())


def test_there_are_ten_with_ten_causes():
    assert sorted(br.FAULTS) == list(SYMPTOMS) and sorted(
        cause for cause, _, _ in br.FAULTS.values()
    ) == list(br.CAUSES)


@pytest.mark.parametrize("letter", SYMPTOMS)
@pytest.mark.parametrize("seed", SEEDS)
def test_broken_run_has_its_symptom_and_the_cured_one_has_not(splits, letter, seed):
    run, cured = getattr(br, f"run_{letter}")(splits, seed), br.cured(letter, splits, seed)
    assert SYMPTOMS[letter](run)
    assert not SYMPTOMS[letter](cured)
    assert cured.history.diverged_at is None and cured.accuracy > 0.8
    if letter not in "cd":  # these make false promises, not always worse answers
        assert not run.accuracy >= cured.accuracy  # NaN where it diverged


def test_names_do_not_tell_the_cause(splits):
    run = br.run_a(splits, epochs=1)
    names = [field.name for field in fields(run)] + [
        getattr(br, f"run_{letter}").__doc__ for letter in br.FAULTS
    ]
    words = {word for cause in br.CAUSES for word in cause.split()}
    assert not [
        name for name in names if any(word in name.lower().split("_") for word in words - {"rate"})
    ]


def test_one_seed_gives_one_run_and_what_it_records_is_what_happened(splits):
    run, again = br.healthy(splits, 3, epochs=1), br.healthy(splits, 3, epochs=1)
    np.testing.assert_array_equal(run.net.theta, again.net.theta)
    assert run.ratio.shape == run.flow.shape == (len(run.history.loss), 3)
    rng = np.random.default_rng(3)
    rows = rng.permutation(len(splits.y_train))[:2000]
    np.testing.assert_array_equal(run.data[0], splits.X_train[rows])
    mlp([784, 64, 64, 10], rng=rng)  # draws the weights
    first = rng.permutation(len(rows))[:50]
    loss, g = run.start.loss_and_grad(run.data[0][first], run.data[1][first])
    before = [layer.W.copy() for layer in run.start.layers[::2]]
    assert math.isclose(loss, run.history.loss[0], rel_tol=1e-5)
    assert math.isclose(np.linalg.norm(g), run.history.grad_norm[0], rel_tol=1e-5)
    ratio = [0.1 * np.linalg.norm(layer.dW) / np.linalg.norm(W)
             for layer, W in zip(run.start.layers[::2], before, strict=True)]
    np.testing.assert_allclose(run.ratio[0], ratio, rtol=1e-3)
    np.testing.assert_allclose(
        run.flow[0], [np.sqrt(np.mean(layer.dW**2)) for layer in run.start.layers[::2]], rtol=1e-4
    )


def test_twice_softmax_has_the_gradient_of_its_loss_and_the_floor_that_theory_gives():
    rng, h = np.random.default_rng(0), 1e-6
    Z, y = rng.standard_normal((4, 5)), np.array([0, 4, 2, 2])
    _, D = br.softmax_twice(Z, y)
    for k, m in np.ndindex(Z.shape):
        move = np.zeros_like(Z)
        move[k, m] = h
        assert (
            abs(
                (br.softmax_twice(Z + move, y)[0] - br.softmax_twice(Z - move, y)[0]) / (2 * h)
                - D[k, m]
            )
            < 1e-8
        )
    p = np.exp(log_softmax(Z))
    assert math.isclose(br.softmax_twice(Z, y)[0], -np.mean(log_softmax(p)[np.arange(4), y]))
    assert math.isclose(
        br.softmax_twice(1e3 * np.eye(10), np.arange(10))[0], math.log(1 + 9 / math.e)
    )


def test_stamp_lies_in_the_margin_at_the_place_of_the_label():
    X, _ = br.stamped(np.zeros((3, 784)), np.array([0, 9, 4]))
    assert [np.flatnonzero(row).tolist() for row in X] == [
        [k, k + 1, k + 28, k + 29, k + 56, k + 57] for k in (0, 18, 8)
    ]
