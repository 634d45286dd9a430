"""The runs of notebooks 25 and 26, small: both libraries on one path, a shuffle buffer, a NaN, five
ways to one step.
"""
import numpy as np
import pytest

from course_lib.data.datasets import embedded_digits, split
from course_lib.experiments import fit_apart
from course_lib.frameworks import keras_bridge, keras_runs
from course_lib.frameworks.tensorflow_quietly import import_keras


@pytest.fixture(scope="module")
def digits():
    return split(embedded_digits())


def test_the_plan_uses_every_image_once_before_any_twice():
    plan = fit_apart.plan(100, 5, 30, seed=1)
    assert plan.shape == (5, 30) and sorted(plan.ravel()[:100]) == list(range(100))
    assert len(set(plan.ravel()[100:])) == 50


def test_both_libraries_take_one_path_in_double_precision(digits):
    keras, plan = import_keras(), fit_apart.plan(len(digits.X_train), 4, 32)
    with keras_bridge.precision("float64"):
        right = fit_apart.side_by_side("momentum", keras.optimizers.SGD(0.0625, momentum=0.875),
                                       digits, plan, lr=0.0625, beta=0.875)
        wrong = fit_apart.side_by_side("momentum", keras.optimizers.SGD(0.0625, momentum=0.875),
                                       digits, plan, lr=0.0625, beta=0.75)
        late = fit_apart.side_by_side("sgd", keras.optimizers.SGD(0.0625), digits, plan,
                                      lr=lambda t: 0.0625 if t < 4 else 0.125)
    assert right.gap.max() < 1e-12 and np.abs(right.loss[:, 0] - right.loss[:, 1]).max() < 1e-9
    assert wrong.gap[0] < 1e-12 < 1e-4 < wrong.gap[1]
    assert late.gap[2] < 1e-12 < 1e-5 < late.gap[3]


def test_five_ways_end_at_one_place(digits):
    plan = fit_apart.plan(len(digits.X_train), 6, 32)
    ends = []
    for model, work in fit_apart.five_ways(digits, plan).values():
        work()
        ends.append(keras_bridge.theta(model))
    assert max(np.abs(end - ends[0]).max() for end in ends) < 0.001  # one step's length
    assert np.abs(ends[0] - fit_apart.start("float32").theta).max() > 0.001


def test_a_sorted_file_stays_nearly_sorted_under_a_small_buffer(digits):
    small, _, counts = keras_runs.through_buffer(digits, 10, n=600)
    full, _, _ = keras_runs.through_buffer(digits, 600, n=600)
    assert small < 4 < 9 < full and counts.sum() == len(digits.y_valid)


def test_scores_without_from_logits_learn_less_and_a_softmax_too_many_is_named(digits):
    right, double = (keras_runs.one_epoch(digits, last, True, n=1200) for last in (None, "softmax"))
    forgotten = keras_runs.one_epoch(digits, None, False, n=1200)
    assert not right[2] and not forgotten[2] and double[2]
    assert forgotten[0] > right[0] + 0.3 and abs(double[0] - right[0]) < 1e-6


def test_a_nan_pixel_leaves_a_finite_loss(digits):
    losses, accuracy, lost = keras_runs.with_one_nan(digits, n=400)
    assert np.isfinite(losses).all() and losses[-1] > 2.2 and accuracy < 0.3 and lost > 0


def test_an_undeclared_net_takes_rows_for_examples():
    net, X = keras_runs.undeclared_net(), np.zeros((5, 28, 28), np.float32)
    assert keras_runs.shape_or_error(net, X) == (5, 28, 10)
    assert keras_runs.shape_or_error(keras_runs.dense_net(), X) == "ValueError"


def test_the_misread_images_are_those():
    p = np.eye(10)[[3, 1, 2, 2]]
    assert keras_runs.show_misread(np.zeros((4, 28, 28)), np.array([3, 0, 2, 7]), p).tolist() == [1, 3]
