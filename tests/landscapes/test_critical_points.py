"""Differences against exact derivatives, with the error that theory allows; every verdict of
`classify`; `find`.
"""
import numpy as np
import pytest

from course_lib import landscapes
from course_lib.landscapes.critical_points import (
    EPS,
    classify,
    find,
    gradient,
    hessian,
    ways_down,
)
from course_lib.landscapes.functions import Landscape


def f(w):
    return np.exp(w[0]) * np.sin(w[1]) + w[0] * w[1] * w[2]


W = np.array([0.3, 0.7, -1.2])
E, S, C = np.exp(0.3), np.sin(0.7), np.cos(0.7)
GRADIENT = np.array([E * S + 0.7 * -1.2, E * C + 0.3 * -1.2, 0.3 * 0.7])
HESSIAN = np.array([[E * S, E * C - 1.2, 0.7], [E * C - 1.2, -E * S, 0.3], [0.7, 0.3, 0.0]])


def test_differences_are_as_close_as_their_step_allows():
    assert np.abs(gradient(f, W) - GRADIENT).max() < 20 * EPS ** (2 / 3)
    assert np.abs(hessian(f, W) - HESSIAN).max() < 20 * EPS ** (1 / 2)


def test_the_error_falls_with_the_square_of_the_step():
    errors = [np.abs(gradient(f, W, h) - GRADIENT).max() for h in (1e-1, 1e-2)]
    assert 90 < errors[0] / errors[1] < 110
    errors = [np.abs(hessian(f, W, h) - HESSIAN).max() for h in (1e-1, 1e-2)]
    assert 90 < errors[0] / errors[1] < 110


@pytest.mark.parametrize(
    ("eigenvalues", "kind"),
    [
        ([1, 2], "minimum"),
        ([-1, -2], "maximum"),
        ([-1, 2], "saddle"),
        ([0, 2], "inconclusive"),
        ([0, -2], "inconclusive"),
        ([0, 0], "inconclusive"),
        ([1e-9, 1], "inconclusive"),
        ([-1e-9, 1], "inconclusive"),
        ([1e-3, 1], "minimum"),
        ([-1e-3, 1], "saddle"),
        ([-1, 0, 1], "saddle"),
        ([3], "minimum"),
        ([1e-9, 2e-9], "minimum"),
    ],
)
def test_every_kind_of_point_is_named_whatever_the_axes(eigenvalues, kind):
    n = len(eigenvalues)
    Q, _ = np.linalg.qr(np.random.default_rng(n).standard_normal((n, n)))
    assert classify(np.zeros(n), (Q * eigenvalues) @ Q.T) == kind


def test_a_point_with_a_gradient_is_not_critical():
    assert classify(np.array([1e-5, 0.0]), np.eye(2)) == "not critical"
    assert classify(np.array([1e-5, 0.0]), np.eye(2), g_tol=1e-4) == "minimum"


def test_eleven_two_is_not_a_critical_point_of_the_quintic():
    landscape, w = landscapes.QUINTIC, np.array([11.0, 2.0])
    assert landscape.grad(w).tolist() == [5 * 11**4 - 8, 8 - 44]
    assert classify(landscape.grad(w), landscape.hess(w)) == "not critical"


@pytest.mark.parametrize(
    ("landscape", "expected"),
    [
        (landscapes.QUINTIC, [("saddle", (0, 0)), ("minimum", (0.8 ** (1 / 3), 0.8 ** (1 / 3)))]),
        (landscapes.SADDLE, [("saddle", (0, 0))]),
        (landscapes.MONKEY_SADDLE, [("inconclusive", (0, 0))]),
        (landscapes.QUARTIC, [("inconclusive", (0, 0))]),
        (landscapes.CUBIC, [("inconclusive", (0,))]),
        (landscapes.ROSENBROCK, [("minimum", (1, 1))]),
        (landscapes.BEALE, [("saddle", (0, 1)), ("minimum", (3, 0.5))]),
        (
            landscapes.X_COS,
            [("minimum", (-0.27385269,)), ("maximum", (0.27385269,)), ("minimum", (1.09040822,))],
        ),
    ],
    ids=lambda x: getattr(x, "name", ""),
)
def test_find_meets_every_critical_point_of_the_window(landscape, expected):
    found = find(landscape)
    assert [classify(landscape.grad(w), landscape.hess(w)) for w in found] == [
        kind for kind, _ in expected
    ]
    np.testing.assert_allclose(found, [w for _, w in expected], atol=1e-8)


def test_himmelblau_has_four_minima_four_saddles_and_a_maximum():
    landscape = landscapes.HIMMELBLAU
    kinds = [classify(landscape.grad(w), landscape.hess(w)) for w in find(landscape)]
    assert sorted(kinds) == ["maximum"] + ["minimum"] * 4 + ["saddle"] * 4


def test_wrong_input_is_named():
    with pytest.raises(ValueError, match=r"one finite point of shape \(n,\), got shape \(2, 2\)"):
        gradient(f, np.zeros((2, 2)))
    with pytest.raises(ValueError, match="got NaN or infinity in it"):
        hessian(f, [0.0, np.nan, 0.0])
    with pytest.raises(ValueError, match="step h must be finite and positive, got 0"):
        gradient(f, W, h=0)
    with pytest.raises(
        ValueError, match=r"g of shape \(n,\) and H of shape \(n, n\), got \(2,\) and \(3, 3\)"
    ):
        classify(np.zeros(2), np.eye(3))
    with pytest.raises(ValueError, match="must be finite"):
        classify(np.zeros(2), np.array([[1.0, np.nan], [np.nan, 1.0]]))
    with pytest.raises(ValueError, match="must be symmetric"):
        classify(np.zeros(2), np.array([[1.0, 1.0], [0.0, 1.0]]))


def test_newton_may_leave_the_window_by_its_own_width_and_come_back():
    """From both sides alike: a start whose first step leads out of the window on the left, or on
    the right, must not lose the point on the way back.
    """
    asked = []

    def hess(w):
        asked.append(w.copy())
        return np.full((*w.shape, 1), 1e-3)

    flat = Landscape("far", lambda w: w[..., 0], lambda w: np.where(w > 2.5, -1.0, 1.0) + 0 * w,
                     hess, (), ((1.0, 4.0),), n=1)
    find(flat, n_starts=7, n_steps=2)
    assert asked[1].min() == 1 - 3 and asked[1].max() == 4 + 3


@pytest.mark.parametrize(("f", "arcs"), [
    (lambda x, y: x**2 + y**2, 0),
    (lambda x, y: -(x**2) - y**2, 1),
    (lambda x, y: y**2, 0),
    (lambda x, y: y**2 + x**3, 1),
    (lambda x, y: y**2 - x**4, 2),
    (lambda x, y: x**2 - y**2, 2),
    (lambda x, y: y**2 - x**2, 2),  # a valley at the angle where the walk begins
    (lambda x, y: x**3 - 3 * x * y**2, 3),
])
def test_valleys_are_counted_wherever_the_walk_begins(f, arcs):
    center = np.array([3.0, -2.0])
    assert ways_down(lambda w: 7 + f(w[..., 0] - 3, w[..., 1] + 2), center) == arcs


def test_the_radius_decides_what_is_nearby():
    def bowl_in_a_hill(w):
        square = (w * w).sum(axis=-1)
        return square - 4 * square**2

    assert ways_down(bowl_in_a_hill, np.zeros(2)) == 0
    assert ways_down(bowl_in_a_hill, np.zeros(2), radius=0.6) == 1
    with pytest.raises(ValueError, match=r"w must be one point of the plane.*\(3,\)"):
        ways_down(bowl_in_a_hill, np.zeros(3))


def test_wrong_types_are_named():
    for call, said in ((lambda: gradient(f, "a"), "w must hold numbers"),
                       (lambda: gradient(f, W, h=None), "the step h must be a number"),
                       (lambda: classify("a", np.eye(1)), "g must hold numbers"),
                       (lambda: classify([0.0], [[1.0]], tol="a"), "tol must be a number"),
                       (lambda: find(landscapes.SADDLE, n_starts=None), "n_starts must be"),
                       (lambda: find(landscapes.SADDLE, n_steps="9"), "n_steps must be")):
        with pytest.raises(TypeError, match=said):
            call()
