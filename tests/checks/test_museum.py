"""Every exhibit really has the fault that its docstring names."""
import numpy as np
import pytest

from course_lib import landscapes, optimizers
from course_lib.checks.museum import (
    museum_adam,
    museum_adam_start,
    museum_decay_gain,
    museum_epoch,
    museum_hessian,
    museum_momentum,
    museum_pipeline,
)
from course_lib.data import datasets
from course_lib.landscapes import critical_points
from course_lib.optimizers import descent

W = np.array([1.5, -0.5])
SLOPE, SECOND, THIRD = (
    np.array([4.75, 6.5]),
    np.array([8.0, 2.0]),
    np.array([6.0, 0.0]),
)  # at W, by axis


def f(w):
    """A cubic with these derivatives along the axes at W, and the mixed derivative 5."""
    return w[0]**3 - 0.5 * w[0]**2 + 5 * w[0] * w[1] + w[1]**2 + 2 * w[0]


def test_the_cubic_is_what_the_tests_below_take_it_for():
    np.testing.assert_allclose(critical_points.gradient(f, W), SLOPE, rtol=1e-8)
    np.testing.assert_allclose(critical_points.hessian(f, W), [[8, 5], [5, 2]], rtol=1e-6)


@pytest.mark.parametrize("h", [2.0**-3, 2.0**-10])
def test_every_column_is_minus_slope_over_h_minus_half_the_second_derivative(h):
    column = -SLOPE / h - SECOND / 2 - h * THIRD / 6  # Taylor's formula, which ends here for a cubic
    np.testing.assert_allclose(museum_hessian(f, W, h).T, [column, column], rtol=1e-9)


def test_with_its_own_step_the_slope_over_h_hides_all_else():
    np.testing.assert_allclose(museum_hessian(f, W).T, [-SLOPE / 1e-5] * 2, rtol=1e-4)


def test_it_is_blind_to_the_mixed_derivative():
    def twisted(w):
        return f(w) + 100 * (w[0] - W[0]) * (w[1] - W[1])  # nothing changes along the axes

    np.testing.assert_allclose(museum_hessian(twisted, W), museum_hessian(f, W), rtol=1e-9)
    assert critical_points.hessian(twisted, W)[0, 1] > 100


def test_it_reports_the_bottom_of_a_bowl_as_bent_down():
    np.testing.assert_allclose(
        museum_hessian(lambda w: w @ w, np.zeros(2)), -np.ones((2, 2)), rtol=1e-9
    )


def test_it_leaves_its_point_alone():
    w = W.copy()
    museum_hessian(f, w)
    assert np.array_equal(w, W)


def test_its_momentum_never_stores_a_velocity_and_is_plain_sgd():
    weights, velocities = [np.ones(2), np.array([3.0])], [np.zeros(2), np.zeros(1)]
    for t in range(1, 6):
        museum_momentum(
            weights, [np.array([1.0, -2.0]), np.array([0.5])], velocities, lr=0.1, beta=0.9
        )
        np.testing.assert_allclose(weights[0], 1 - 0.1 * t * np.array([1.0, -2.0]), rtol=1e-12)
        assert not any(v.any() for v in velocities)


def test_its_epoch_moves_whole_batches_and_never_parts_neighbours():
    rng = np.random.default_rng(0)
    epochs = [museum_epoch(10, 4, rng) for _ in range(20)]
    for epoch in epochs:
        assert sorted(rows.tolist() for rows in epoch) == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    assert (
        len({tuple(rows[0] for rows in epoch) for epoch in epochs}) == 6
    )  # every order of the three batches


def test_its_adam_adds_eps_to_the_weight_and_loses_a_weight_without_gradient():
    w, state = np.array([1.0, 1.0]), {}
    mine, mine_state = w, {}
    for _ in range(5):
        with np.errstate(invalid="ignore"):
            w, state = optimizers.adam(w, np.array([2.0, 0.0]), state, lr=0.1, eps=0.0)
            mine, mine_state = museum_adam(mine, np.array([2.0, 0.0]), mine_state, lr=0.1, eps=0.25)
    assert mine[0] == pytest.approx(w[0] + 5 * 0.25, rel=1e-12) and np.isnan(mine[1])


def test_its_other_adam_never_counts_and_takes_the_root_of_v():
    w, state = np.zeros(1), {}
    for t in range(1, 6):
        before, (w, state) = (
            w,
            museum_adam_start(w, np.ones(1), state, lr=1.0, beta1=0.5, beta2=0.75, eps=0.0),
        )
        assert state["t"] == 1
        assert before - w == pytest.approx((1 - 0.5**t) / 0.5 / np.sqrt(1 - 0.75**t), rel=1e-12)


def test_its_decay_gets_the_credit_for_the_larger_rate():
    bowl, t = landscapes.quadratic([1.0, 10.0]), np.arange(1, 101)
    low, decayed = ((0.5 * np.prod(1 - lr)**2 + 5 * np.prod(1 - 10 * lr)**2)
                    for lr in (np.full(100, 0.01), 0.1 / (1 + (t - 1) / 10)))
    gain = museum_decay_gain(bowl, [1.0, 1.0], (0.1, 0.01), 100)
    np.testing.assert_allclose(gain, low / decayed, rtol=1e-9)
    control = descent.minimize(bowl, [1.0, 1.0], "sgd", lr=0.1, n_steps=100).loss[-1]
    assert gain > 10 and control / decayed < 1e-6


def test_its_pipeline_keeps_squares_doubles_them_and_validates_on_test_images():
    rng = np.random.default_rng(0)
    shapes = (7, 28, 28), 7, (5, 28, 28), 5
    images = datasets.Images(
        *(rng.integers(0, 256, shape, dtype=np.uint8) for shape in shapes), "digits"
    )
    (X_train, y_train), (X_valid, y_valid), (X_test, y_test) = museum_pipeline(images, 3)
    assert (
        X_train.shape == (4, 28, 28)
        and X_train.dtype == X_valid.dtype == X_test.dtype == np.float64
    )
    np.testing.assert_array_equal(X_valid * 255, X_test[:3] * 255)
    np.testing.assert_array_equal(X_test * 255, images.X_test)
    assert y_train.tolist() == images.y_train[:4].tolist()
    assert y_valid.tolist() == y_test[:3].tolist() == images.y_test[:3].tolist()
