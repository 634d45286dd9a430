"""Gradients and Hessians against independent differences, minima against what makes a minimum, and
the contract's shapes.
"""
import numpy as np
import pytest

from course_lib import landscapes
from course_lib.landscapes.functions import Landscape, huber, quadratic

FIXED = [value for value in vars(landscapes).values() if isinstance(value, Landscape)]
ALL = [*FIXED, quadratic([1.0, 30.0], angle=0.6), quadratic([0.5, 2.0, 7.0]), huber(2.0, 0.3)]
named = pytest.mark.parametrize("landscape", ALL, ids=lambda x: x.name.replace(" ", ""))


def points(landscape, count=40):
    low, high = np.array(landscape.window).T
    return np.random.default_rng(5).uniform(low, high, (count, landscape.n))


@named
def test_gradient_is_the_derivative_of_the_value(landscape):
    w, h = points(landscape), 1e-5
    for i in range(landscape.n):
        step = h * np.eye(landscape.n)[i]
        slope = (landscape.fun(w + step) - landscape.fun(w - step)) / (2 * h)
        np.testing.assert_allclose(landscape.grad(w)[..., i], slope, rtol=2e-6, atol=2e-6)


@named
def test_hessian_is_the_derivative_of_the_gradient(landscape):
    w, h = points(landscape), 1e-5
    for i in range(landscape.n):
        step = h * np.eye(landscape.n)[i]
        slope = (landscape.grad(w + step) - landscape.grad(w - step)) / (2 * h)
        np.testing.assert_allclose(landscape.hess(w)[..., i], slope, rtol=2e-6, atol=5e-5)


@named
def test_minima_are_critical_and_lower_than_their_surroundings(landscape):
    rng = np.random.default_rng(1)
    for minimum in landscape.minima:
        assert np.linalg.norm(landscape.grad(minimum)) < 1e-8
        around = minimum + 1e-2 * rng.standard_normal((200, landscape.n))
        assert (landscape.fun(around) > landscape.fun(minimum)).all()
        low, high = np.array(landscape.window).T
        assert ((low < minimum) & (minimum < high)).all()


@named
def test_any_number_of_points_at_once_gives_the_same_bits(landscape):
    w = points(landscape, 12)
    loss, grad = landscape(w.reshape(3, 4, landscape.n))
    assert loss.shape == (3, 4) and grad.shape == (3, 4, landscape.n)
    assert landscape.hess(w.reshape(3, 4, -1)).shape == (3, 4, landscape.n, landscape.n)
    for i, one in enumerate(w):
        loss_one, grad_one = landscape(one)
        assert (
            loss_one == loss.reshape(-1)[i] and (grad_one == grad.reshape(-1, landscape.n)[i]).all()
        )


@pytest.mark.parametrize(
    ("landscape", "w", "value"),
    [
        (landscapes.ROSENBROCK, (-1.0, 2.0), 104.0),
        (landscapes.HIMMELBLAU, (1.0, 1.0), 106.0),
        (landscapes.BEALE, (1.0, 0.0), 0.25 + 1.5625 + 2.640625),
        (landscapes.SADDLE, (3.0, 2.0), 5.0),
        (landscapes.MONKEY_SADDLE, (1.0, 2.0), -11.0),
        (landscapes.QUARTIC, (2.0, 3.0), 25.0),
        (landscapes.QUINTIC, (2.0, 1.0), 26.0),
        (landscapes.CUBIC, (2.0,), 8.0),
        (landscapes.X_COS, (1.0,), -1.0),
        (huber(2.0, 0.5), (0.25,), 0.0625),
        (huber(2.0, 0.5), (-1.5,), 1.25),
        (quadratic([2.0, 6.0]), (1.0, 1.0), 4.0),
        (quadratic([2.0, 6.0], angle=np.pi / 2), (1.0, 0.0), 3.0),
    ],
    ids=lambda x: getattr(x, "name", str(x)),
)
def test_values_worked_out_by_hand(landscape, w, value):
    assert float(landscape.fun(np.array(w))) == pytest.approx(value, rel=1e-14)


def test_a_turned_quadratic_keeps_its_eigenvalues():
    H = quadratic([1.0, 50.0], angle=0.7).hess(np.zeros(2))
    np.testing.assert_allclose(np.linalg.eigvalsh(H), [1.0, 50.0], rtol=1e-13)
    np.testing.assert_allclose(
        H @ [np.cos(0.7), np.sin(0.7)], [np.cos(0.7), np.sin(0.7)], rtol=1e-12
    )


def test_wrong_input_is_named():
    with pytest.raises(
        ValueError, match=r"Rosenbrock takes points of shape \(\.\.\., 2\), got \(3,\)"
    ):
        landscapes.ROSENBROCK(np.zeros(3))
    with pytest.raises(ValueError, match=r"x\^3 takes points of shape \(\.\.\., 1\), got \(\)"):
        landscapes.CUBIC(0.5)
    with pytest.raises(ValueError, match="vector of finite numbers, got"):
        quadratic([1.0, float("nan")])
    with pytest.raises(ValueError, match="turns a quadratic of 2 variables, got 3 eigenvalues"):
        quadratic([1, 2, 3], angle=0.1)
    with pytest.raises(ValueError, match=r"must be positive, got 1\.0 and -1"):
        huber(1.0, -1)
