"""SAM: a step by hand, the cycle it ends in, and what it is without the way up."""
import numpy as np
import pytest

from course_lib.frontier import sharpness_aware as s
from course_lib.optimizers import sgd

RNG = np.random.default_rng(0)
A = RNG.standard_normal((4, 4))
H = A @ A.T + np.eye(4)


def bowl(w):
    return 0.5 * w @ H @ w, H @ w


def test_a_step_takes_the_gradient_uphill_and_starts_where_it_was():
    w = RNG.standard_normal(4)
    g = H @ w
    there = H @ (w + 0.3 * g / np.linalg.norm(g))
    np.testing.assert_allclose(s.sam_step(bowl, w, lr=0.05, rho=0.3), w - 0.05 * there, rtol=1e-10)


def test_two_calls_are_one_step_and_the_state_is_empty_after_it():
    w = RNG.standard_normal(4)
    up, state = s.sam(w, H @ w, {}, lr=0.05, rho=0.3)
    assert bowl(up)[0] > bowl(w)[0] and np.linalg.norm(up - w) == pytest.approx(0.3)
    back, state = s.sam(up, H @ up, state, lr=0.05, rho=0.3)
    assert state == {}
    np.testing.assert_array_equal(back, s.sam_step(bowl, w, lr=0.05, rho=0.3))


def test_without_the_way_up_it_is_gradient_descent():
    w = RNG.standard_normal(4)
    np.testing.assert_array_equal(s.sam_step(bowl, w, lr=0.05, rho=0.0),
                                  sgd(w, H @ w, {}, lr=0.05)[0])


def test_on_a_parabola_it_ends_in_the_cycle_that_the_formula_names():
    for lr, h, rho in ((0.5, 1.0, 0.2), (0.1, 4.0, 0.05), (0.9, 2.0, 0.3)):
        w = np.array([1.0])
        for _ in range(400):
            w = s.sam_step(lambda w, h=h: (0.5 * h * w @ w, h * w), w, lr=lr, rho=rho)
        after = s.sam_step(lambda w, h=h: (0.5 * h * w @ w, h * w), w, lr=lr, rho=rho)
        assert abs(w[0]) == pytest.approx(lr * h * rho / (2 - lr * h), rel=1e-6)
        assert after[0] == pytest.approx(-w[0], rel=1e-6)
        assert s.cycle(lr, h, rho) == pytest.approx(abs(w[0]), rel=1e-6)


def test_beyond_the_edge_of_plain_descent_there_is_no_cycle():
    with pytest.raises(ValueError, match="must be below 2"):
        s.cycle(1.0, 2.0, 0.1)
