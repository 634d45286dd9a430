"""Least squares against NumPy and scikit-learn, the expected errors against hand numbers and Monte
Carlo.
"""
import math

import numpy as np
import pytest

from course_lib.networks.random_features import (
    draw_examples,
    expected_errors,
    least_squares,
    measured_errors,
    relu_features,
)


@pytest.mark.parametrize("shape", [(12, 5), (5, 12), (8, 8)])
@pytest.mark.parametrize("k", [None, 3])
def test_least_norm_is_the_pseudo_inverse(shape, k):
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=shape), rng.normal(size=shape[:1] if k is None else (shape[0], k))
    np.testing.assert_allclose(least_squares(X, Y), np.linalg.pinv(X) @ Y, atol=1e-10)


def test_least_norm_with_repeated_columns_shares_the_weight():
    x = np.array([[1.0], [2.0], [-1.0]])
    np.testing.assert_allclose(
        least_squares(np.hstack([x, x]), 3 * x[:, 0]), [1.5, 1.5], rtol=1e-12
    )


@pytest.mark.parametrize("shape", [(12, 5), (5, 12)])
def test_ridge_is_that_of_scikit_learn(shape):
    from sklearn.linear_model import Ridge
    rng = np.random.default_rng(1)
    X, Y = rng.normal(size=shape), rng.normal(size=(shape[0], 2))
    theirs = Ridge(alpha=0.3 * len(X), fit_intercept=False, tol=1e-12).fit(X, Y).coef_.T
    np.testing.assert_allclose(least_squares(X, Y, strength=0.3), theirs, rtol=1e-8)


def test_expected_errors_by_hand():
    assert expected_errors(0, n=10, inside=0.0, left=2.5) == (2.5, 2.5)  # nothing is fitted
    assert expected_errors(1, n=4, inside=7.0, left=1.0) == (
        0.75,
        1.5,
    )  # 1 - 1/4, and 1 + 1/(4 - 1 - 1)
    assert (
        expected_errors(5, n=4, inside=1.0, left=1.0)[1]
        == expected_errors(3, n=4, inside=1.0, left=1.0)[1]
        == math.inf
    )
    assert (
        expected_errors(2, n=4, inside=1.0, left=1.0)[1] == 3
        and expected_errors(6, n=4, inside=3.0, left=1.0)[1] == 6
    )
    # one example of ten features without noise: it fixes one direction in ten
    assert expected_errors(10, n=1, inside=3.0, left=0.0) == (0, pytest.approx(2.7))


@pytest.mark.parametrize("p", [4, 12, 28, 40, 60])
def test_expected_errors_by_monte_carlo(p):
    n, w = 20, 1 / np.arange(1, 61)
    inside = np.sum(w[:p] ** 2)
    errors = measured_errors(p, n=n, w=w, noise=0.25, n_draws=2000, rng=np.random.default_rng(p))
    expected = expected_errors(p, n=n, inside=inside, left=0.25 + np.sum(w * w) - inside)
    for measured, predicted in zip(np.transpose(errors), expected, strict=True):
        assert measured.mean() == pytest.approx(
            predicted, abs=1e-12 + 4 * measured.std() / math.sqrt(2000)
        )
        assert measured.std() < 20 * predicted + 1e-12  # or the line above would say nothing


def test_features_in_random_order_hold_their_share_on_average():
    w = np.array([3.0, 0, 0, 0])
    errors = measured_errors(
        1, n=10, w=w, noise=0.0, n_draws=400, rng=np.random.default_rng(0), shuffle=True
    )
    exact = errors[:, 1] < 1e-12  # the one that counts was drawn
    assert 0.15 < exact.mean() < 0.35 and errors[~exact, 1].min() >= 9
    assert (
        measured_errors(1, n=10, w=w, noise=0.0, n_draws=9, rng=np.random.default_rng(0)) < 1e-12
    ).all()


def test_examples_have_the_signal_and_noise_asked_for():
    w = np.array([1.0, -2.0, 0.0])
    X, y = draw_examples(4000, w, noise=2.0, rng=np.random.default_rng(0))
    assert X.shape == (4000, 3) and X.std() == pytest.approx(1, rel=0.02)
    assert np.var(y - X @ w) == pytest.approx(2.0, rel=0.1) and np.var(y) == pytest.approx(
        7.0, rel=0.1
    )


def test_relu_features_have_mean_square_one_and_are_the_same_for_all_rows():
    X = np.random.default_rng(0).random((50, 30))
    features = relu_features(X, 4000, rng=np.random.default_rng(1))
    F = features(X)
    assert F.shape == (50, 4000) and F.min() == 0 and np.mean(F * F) == pytest.approx(1, rel=0.05)
    np.testing.assert_allclose(features(X[3:5]), F[3:5], atol=1e-12)
    np.testing.assert_allclose(features(2 * X), 2 * F, atol=1e-12)


@pytest.mark.parametrize("call, said", [
    (lambda: expected_errors(1.5, n=5, inside=1, left=1), "p must be a whole number"),
    (lambda: expected_errors(1, n=0, inside=1, left=1), "n must be"),
    (lambda: expected_errors(1, n=5, inside=-1, left=1), "inside must be"),
    (lambda: expected_errors(1, n=5, inside=1, left=math.nan), "left must be"),
    (lambda: draw_examples(5, np.ones(2), noise=-1, rng=np.random.default_rng(0)), "noise must be"),
    (lambda: least_squares(np.eye(2), np.ones(2), strength=-1), "strength must be"),
    (lambda: relu_features(np.eye(2), 0, rng=np.random.default_rng(0)), "p must be"),
])
def test_bad_input_is_refused(call, said):
    with pytest.raises(ValueError, match=said):
        call()
