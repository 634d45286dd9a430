"""Every exhibit really has the fault that its docstring names."""
import numpy as np
import pytest

from course_lib import critical_points
from course_lib.museum import museum_hessian

W = np.array([1.5, -0.5])
SLOPE, SECOND, THIRD = np.array([4.75, 6.5]), np.array([8.0, 2.0]), np.array([6.0, 0.0])  # at W, by axis


def f(w):
    """A cubic with these derivatives along the axes at W, and the mixed derivative 5."""
    return w[0]**3 - 0.5 * w[0]**2 + 5 * w[0] * w[1] + w[1]**2 + 2 * w[0]


def test_the_cubic_is_what_the_tests_below_take_it_for():
    np.testing.assert_allclose(critical_points.gradient(f, W), SLOPE, rtol=1e-8)
    np.testing.assert_allclose(critical_points.hessian(f, W), [[8, 5], [5, 2]], rtol=1e-6)


@pytest.mark.parametrize("h", [2.0**-3, 2.0**-10])
def test_every_row_is_minus_slope_over_h_minus_half_the_second_derivative(h):
    row = -SLOPE / h - SECOND / 2 - h * THIRD / 6  # Taylor's formula, which ends here for a cubic
    np.testing.assert_allclose(museum_hessian(f, W, h), [row, row], rtol=1e-9)


def test_with_its_own_step_the_slope_over_h_hides_all_else():
    np.testing.assert_allclose(museum_hessian(f, W), [-SLOPE / 1e-5] * 2, rtol=1e-4)


def test_it_is_blind_to_the_mixed_derivative():
    def twisted(w):
        return f(w) + 100 * (w[0] - W[0]) * (w[1] - W[1])  # nothing changes along the axes

    np.testing.assert_allclose(museum_hessian(twisted, W), museum_hessian(f, W), rtol=1e-9)
    assert critical_points.hessian(twisted, W)[0, 1] > 100


def test_it_reports_the_bottom_of_a_bowl_as_bent_down():
    np.testing.assert_allclose(museum_hessian(lambda w: w @ w, np.zeros(2)), -np.ones((2, 2)), rtol=1e-9)


def test_it_leaves_its_point_alone():
    w = W.copy()
    museum_hessian(f, w)
    assert np.array_equal(w, W)
