"""Penalties and constraints: gradients against differences, minimisers against a grid, arrays
changed in place or not.
"""
import math

import numpy as np
import pytest

from course_lib.landscapes.critical_points import gradient
from course_lib.networks.penalties import (
    clip_weights,
    decay,
    l1,
    l2,
    lasso,
    max_norm,
    prune,
    soft_threshold,
)
from course_lib.optimizers.rules import adamw, sgd

w0 = np.array([1.5, -2.0, 0.25, -0.125])


@pytest.mark.parametrize("penalty, value", [(l2, 0.15 * 6.328125), (l1, 0.3 * 3.875)])
def test_value_by_hand_and_gradient_by_differences(penalty, value):
    measured, g = penalty(w0, strength=0.3)
    assert measured == pytest.approx(value, rel=1e-14)
    np.testing.assert_allclose(
        g, gradient(lambda w: float(penalty(w, strength=0.3)[0]), w0), rtol=1e-7
    )


@pytest.mark.parametrize("penalty", [l1, l2])
def test_strength_may_differ_from_weight_to_weight_and_precision_is_kept(penalty):
    strength = np.array([0.5, 0, 0, 0.5], np.float32)
    value, g = penalty(w0.astype(np.float32), strength=strength)
    assert g.dtype == value.dtype == np.float32 and np.flatnonzero(g).tolist() == [0, 3]
    assert penalty(w0.astype(np.float32), strength=np.float64(0.5))[1].dtype == np.float32


def test_l1_has_slope_zero_at_zero():
    assert l1(np.zeros(2), strength=1.0)[1].tolist() == [0, 0]


def test_soft_threshold_minimises_what_it_claims_to():
    x = np.linspace(-4, 4, 80_001)
    for w in (3.0, 0.7, 0.2, 0.0, -0.2, -0.71, -2.5):
        best = x[np.argmin((x - w) ** 2 / 2 + 0.7 * np.abs(x))]
        assert soft_threshold(np.array([w]), 0.7)[0] == pytest.approx(best, abs=1e-4)
    w = w0.astype(np.float32)
    assert (
        soft_threshold(w, 1.0).tolist() == [0.5, -1, 0, 0]
        and soft_threshold(w, 1.0).dtype == np.float32
    )
    assert w.tolist() == w0.tolist()


def test_decay_is_what_adamw_does_without_a_gradient_and_l2_is_for_sgd():
    w = w0.copy()
    assert decay(w, lr=0.1, weight_decay=0.5) is w
    np.testing.assert_allclose(
        w, adamw(w0, np.zeros(4), {}, lr=0.1, weight_decay=0.5)[0], rtol=1e-15
    )
    np.testing.assert_allclose(w, sgd(w0, l2(w0, strength=0.5)[1], {}, lr=0.1)[0], rtol=1e-15)


def test_max_norm_shortens_long_columns_only():
    W = np.array([[3.0, 0.3, 0.0], [4.0, 0.4, 0.0]])
    assert max_norm(W, 1.0) is W
    np.testing.assert_allclose(W, [[0.6, 0.3, 0], [0.8, 0.4, 0]], rtol=1e-15)
    assert max_norm(np.ones((2, 2), np.float32), 1.0).dtype == np.float32
    assert not max_norm(np.array([[0.0, 2.0]]), 0.0).any()


@pytest.mark.parametrize(
    "use",
    [
        lambda bad: l1(w0, strength=bad),
        lambda bad: l2(w0, strength=np.full(4, bad)),
        lambda bad: soft_threshold(w0, bad),
        lambda bad: max_norm(np.ones((2, 2)), bad),
        lambda bad: decay(w0, lr=0.1, weight_decay=bad),
        lambda bad: clip_weights(w0.copy(), bad),
        lambda bad: lasso(np.eye(4), w0, strength=bad),
    ],
)
@pytest.mark.parametrize("bad", [-1.0, math.nan, math.inf])
def test_what_is_no_strength_is_refused(use, bad):
    with pytest.raises(ValueError, match="must be finite and not negative, got"):
        use(bad)


def test_clip_weights_cuts_each_weight_by_itself_and_in_place():
    W = np.array([[3.0, 0.3], [-4.0, -0.4]], np.float32)
    assert clip_weights(W, 1.0) is W and W.dtype == np.float32
    np.testing.assert_array_equal(W, np.array([[1, 0.3], [-1, -0.4]], np.float32))


def test_prune_takes_the_smallest_and_as_many_as_it_says():
    rng = np.random.default_rng(0)
    W = rng.normal(size=(7, 9)).astype(np.float32)
    for share, n in ((0.0, 0), (0.01, 0), (0.5, 31), (0.99, 62), (1.0, 63)):
        pruned = W.copy()
        assert prune(pruned, share) is pruned and (pruned == 0).sum() == n
        gone, left = np.abs(W[pruned == 0]), pruned[pruned != 0]
        np.testing.assert_array_equal(left, W[pruned != 0])
        assert n in (0, 63) or gone.max() < np.abs(left).min()
    assert prune(np.array([1.0, -3.0, 2.0]), 0.34).tolist() == [0, -3, 2]
    assert (prune(W.T, 0.5) == 0).sum() == 31  # a view is changed too
    for bad in (-0.1, 1.1, math.nan):
        with pytest.raises(ValueError, match=r"share must be in \[0, 1\], got"):
            prune(W, bad)


def test_lasso_is_that_of_scikit_learn():
    from sklearn.linear_model import Lasso
    rng = np.random.default_rng(1)
    X = rng.normal(size=(50, 12)) @ (np.eye(12) + 0.5)
    y = X[:, :3] @ [2.0, -1.0, 0.5] + rng.normal(size=50)
    for strength in (0.01, 0.1, 1.0):
        theirs = (
            Lasso(alpha=strength, fit_intercept=False, tol=1e-12, max_iter=100_000).fit(X, y).coef_
        )
        mine = lasso(X, y, strength=strength)
        np.testing.assert_allclose(mine, theirs, atol=1e-6)
        assert (mine == 0).tolist() == (theirs == 0).tolist()
        np.testing.assert_allclose(
            lasso(X, y, strength=strength, w=theirs.copy()), theirs, atol=1e-6
        )


def test_lasso_on_orthogonal_columns_is_the_soft_threshold():
    rng = np.random.default_rng(2)
    X = np.linalg.qr(rng.normal(size=(30, 6)))[0] * math.sqrt(30)
    y = rng.normal(size=30)
    plain = X.T @ y / 30
    np.testing.assert_allclose(lasso(X, y, strength=0.1), soft_threshold(plain, 0.1), atol=1e-12)
    assert not lasso(X, y, strength=np.abs(plain).max() * 1.0001).any()
    assert (lasso(X, y, strength=np.abs(plain).max() * 0.9999) != 0).sum() == 1


def test_lasso_says_so_if_it_has_not_settled():
    with pytest.raises(RuntimeError, match="not settled after 3 steps"):
        lasso(np.array([[1.0, 0.9], [0.0, 0.1]]), np.array([1.0, 2.0]), strength=1e-4, n_steps=3)


W = np.array([1.0, -2.0, 3.0])


def test_a_column_of_amounts_gives_a_row_for_each():
    amounts = np.array([[0.0], [0.5], [2.0]])
    rows = [soft_threshold(W, float(amount)) for amount in amounts[:, 0]]
    assert np.array_equal(soft_threshold(W, amounts), rows)


@pytest.mark.parametrize(("penalty", "name"), [
    (lambda a, w=W: l2(w, strength=a), "strength"),
    (lambda a, w=W: l1(w, strength=a), "strength"),
    (lambda a, w=W: soft_threshold(w, a), "amount")])
def test_a_strength_that_does_not_fit_is_named(penalty, name):
    for bad in (np.array([0.1, np.nan, 0.1]), np.array([0.1, -0.1, 0.1]), -1, np.inf):
        with pytest.raises(ValueError, match=f"{name} must be finite and not negative"):
            penalty(bad)
    fitting = r"have w's shape \(3,\)" if name == "strength" else "broadcast against w"
    others = [np.ones((3, 1)), np.ones((1, 3))] if name == "strength" else []
    for bad in (np.ones(2), np.ones(0), *others):
        with pytest.raises(ValueError, match=f"{name} must be a number or {fitting}"):
            penalty(bad)
    for bad in ("0.1", None, True, [0.1, 0.1, 0.1], 1j):
        with pytest.raises(TypeError, match=f"{name} must be a number or an array of numbers"):
            penalty(bad)
    with pytest.raises(TypeError, match="w must hold numbers"):
        penalty(0.1, "a")
    assert np.array_equal(penalty(0.1, W.tolist())[-1], penalty(0.1)[-1])


@pytest.mark.parametrize("change", [
    lambda w: decay(w, lr=0.1, weight_decay=0.1), lambda w: max_norm(w, 1.0),
    lambda w: clip_weights(w, 1.0), lambda w: prune(w, 0.5)])
def test_what_cannot_be_changed_in_place_is_named(change):
    for bad in ([1.0, 2.0], 3.0, None, "a", np.array([1, 2])):
        with pytest.raises(TypeError, match=r"[wW] must be an array of floats, to be changed"):
            change(bad)
    fixed = np.ones(3)
    fixed.flags.writeable = False
    with pytest.raises(ValueError, match="got a read-only one"):
        change(fixed)


@pytest.mark.parametrize(("change", "message"), [
    ({"X": np.zeros((4, 2))}, "X must hold a number that is not 0, got none"),
    ({"X": np.ones(4)}, r"X must be \(n, p\) and y \(n,\), got shapes \(4,\) and \(4,\)"),
    ({"y": np.ones(3)}, r"got shapes \(4, 2\) and \(3,\)"),
    ({"y": np.ones((4, 1))}, r"got shapes \(4, 2\) and \(4, 1\)"),
    ({"y": np.full(4, np.nan)}, "X, y and w must be finite"),
    ({"w": np.ones(3)}, r"w must have X's row length, \(2,\), got shape \(3,\)"),
    ({"strength": -1}, "strength must be finite and not negative, got -1"),
    ({"tolerance": math.nan}, "tolerance must be finite and not negative, got nan"),
    ({"n_steps": 0}, "n_steps must be a whole number")])
def test_lasso_names_the_argument_that_is_wrong(change, message):
    given = {"X": np.eye(4, 2), "y": np.ones(4), "strength": 0.1}
    with pytest.raises(ValueError, match=message):
        lasso(**given | change)


def test_lasso_takes_lists_and_starts_at_zero_until_told_otherwise():
    X, y = [[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]], [1.0, 2.0, 3.0]
    assert np.array_equal(lasso(X, y, strength=0.1), lasso(np.array(X), np.array(y), strength=0.1))


def test_lasso_goes_on_until_no_weight_moves_by_more_than_a_billionth():
    """The columns are nearly parallel, so that the last steps are nearly as long as the limit."""
    X, y = np.array([[1.0, 0.99], [0.0, 0.1]]), np.array([1.0, 2.0])
    w, lr = lasso(X, y, strength=1e-4), 2 / np.linalg.norm(X, 2) ** 2
    moved = soft_threshold(w - lr * X.T @ (X @ w - y) / 2, 1e-4 * lr) - w
    assert 0.9e-9 < np.abs(moved).max() <= 1e-9


def test_max_norm_shortens_columns_whose_squares_would_overflow():
    W = np.full((4, 2), 3e19, np.float32)
    np.testing.assert_allclose(max_norm(W, 1.0), 0.5, rtol=1e-6)
