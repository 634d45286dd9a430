"""Penalties and constraints: gradients against differences, minimisers against a grid, arrays changed in place or not."""
import math

import numpy as np
import pytest

from course_lib.critical_points import gradient
from course_lib.optimizers import adamw, sgd
from course_lib.penalties import decay, l1, l2, max_norm, soft_threshold

w0 = np.array([1.5, -2.0, 0.25, -0.125])


@pytest.mark.parametrize("penalty, value", [(l2, 0.15 * 6.328125), (l1, 0.3 * 3.875)])
def test_value_by_hand_and_gradient_by_differences(penalty, value):
    measured, g = penalty(w0, strength=0.3)
    assert measured == pytest.approx(value, rel=1e-14)
    np.testing.assert_allclose(g, gradient(lambda w: float(penalty(w, strength=0.3)[0]), w0), rtol=1e-7)


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
    assert soft_threshold(w, 1.0).tolist() == [0.5, -1, 0, 0] and soft_threshold(w, 1.0).dtype == np.float32
    assert w.tolist() == w0.tolist()


def test_decay_is_what_adamw_does_without_a_gradient_and_l2_is_for_sgd():
    w = w0.copy()
    assert decay(w, lr=0.1, weight_decay=0.5) is w
    np.testing.assert_allclose(w, adamw(w0, np.zeros(4), {}, lr=0.1, weight_decay=0.5)[0], rtol=1e-15)
    np.testing.assert_allclose(w, sgd(w0, l2(w0, strength=0.5)[1], {}, lr=0.1)[0], rtol=1e-15)


def test_max_norm_shortens_long_columns_only():
    W = np.array([[3.0, 0.3, 0.0], [4.0, 0.4, 0.0]])
    assert max_norm(W, 1.0) is W
    np.testing.assert_allclose(W, [[0.6, 0.3, 0], [0.8, 0.4, 0]], rtol=1e-15)
    assert max_norm(np.ones((2, 2), np.float32), 1.0).dtype == np.float32
    assert not max_norm(np.array([[0.0, 2.0]]), 0.0).any()


@pytest.mark.parametrize("use", [
    lambda bad: l1(w0, strength=bad), lambda bad: l2(w0, strength=np.full(4, bad)), lambda bad: soft_threshold(w0, bad),
    lambda bad: max_norm(np.ones((2, 2)), bad), lambda bad: decay(w0, lr=0.1, weight_decay=bad),
])
@pytest.mark.parametrize("bad", [-1.0, math.nan, math.inf])
def test_what_is_no_strength_is_refused(use, bad):
    with pytest.raises(ValueError, match="must be finite and not negative, got"):
        use(bad)
