"""Gradients and Hessians against independent differences, minima against what makes a minimum, and
the contract's shapes; the two hard functions belong to the classes they claim, and are as hard.
"""
from fractions import Fraction

import numpy as np
import pytest

from course_lib import landscapes
from course_lib.landscapes import critical_points
from course_lib.landscapes.functions import Landscape, chain, huber, quadratic, two_slopes
from course_lib.optimizers import descent
from course_lib.optimizers.momentum_theory import best_heavy_ball

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
    with pytest.raises(ValueError, match="delta must be finite and positive, got -1"):
        huber(1.0, -1)


def test_chain_has_its_gradient_its_minimum_and_its_smoothness():
    fun, n = chain(7, L=3.0), 7
    w = np.random.default_rng(0).normal(size=n)
    np.testing.assert_allclose(
        fun(w)[1], critical_points.gradient(lambda w: fun(w)[0], w), rtol=1e-7
    )
    loss, grad = fun(1 - np.arange(1, n + 1) / (n + 1))
    np.testing.assert_allclose([loss, abs(grad).max()], 0, atol=1e-15)
    H = np.array([fun(e)[1] - fun(0 * e)[1] for e in np.eye(n)])
    eigenvalues = np.linalg.eigvalsh(H)
    assert eigenvalues[0] > 0 and 2.5 < eigenvalues[-1] < 3.0


def test_t_steps_move_t_weights_and_conjugate_gradient_reaches_the_floor():
    n, L, t = 9, 2.0, 4
    run = descent.minimize(chain(n, L), np.zeros(n), "momentum", lr=0.3, beta=0.5, n_steps=t)
    assert [np.count_nonzero(w) for w in run.w] == [0, 1, 2, 3, 4]
    best = np.zeros(n)
    best[:t] = 1 - np.arange(1, t + 1) / (t + 1)  # the lowest point of the first t weights
    np.testing.assert_allclose(
        chain(n, L)(best)[0], L / 8 * (1 / (t + 1) - 1 / (n + 1)), rtol=1e-12
    )
    np.testing.assert_allclose(chain(n, L)(best)[1][:t], 0, atol=1e-15)


@pytest.mark.parametrize("fun, points", [(two_slopes, np.linspace(-3, 4, 12).reshape(3, 4, 1)),
                                         (chain(2), np.linspace(-3, 4, 24).reshape(3, 4, 2))])
def test_many_points_at_once_are_the_points_one_by_one(fun, points):
    loss, grad = fun(points)
    for i in np.ndindex(3, 4):
        np.testing.assert_array_equal(loss[i], fun(points[i])[0])
        np.testing.assert_array_equal(grad[i], fun(points[i])[1])


def test_two_slopes_is_continuous_with_slopes_between_1_and_25():
    x = np.linspace(-3, 4, 7001)
    loss, slope = two_slopes(x[:, None])
    rise = np.diff(slope[:, 0]) / np.diff(x)
    assert rise.min() > 1 - 1e-9 and rise.max() < 25 + 1e-9
    np.testing.assert_allclose(
        np.diff(loss) / np.diff(x), (slope[1:, 0] + slope[:-1, 0]) / 2, atol=0.02
    )


def test_tuned_heavy_ball_cycles_on_it_exactly_and_attracts():
    p, q, s = Fraction(792, 1225), Fraction(-2208, 1225), Fraction(2592, 1225)
    for before, now, after in ((p, q, s), (q, s, p), (s, p, q)):
        slope = 25 * now if now < 1 else 25 * now - 24
        assert after == now - Fraction(1, 9) * slope + Fraction(4, 9) * (now - before)
    lr, beta, _ = best_heavy_ball(1.0, 25.0)
    run = descent.minimize(two_slopes, [3.3], "momentum", lr=lr, beta=beta, n_steps=3000)
    np.testing.assert_allclose(np.sort(run.w[-3:, 0]), [float(q), float(p), float(s)], atol=1e-9)


def test_gradient_descent_and_nesterov_converge_on_it():
    gd = descent.minimize(two_slopes, [3.3], "sgd", lr=2 / 26, n_steps=500)
    nesterov = descent.minimize(two_slopes, [3.3], "nesterov", lr=1 / 25, beta=2 / 3, n_steps=500)
    assert abs(gd.final[0]) < 1e-12 and abs(nesterov.final[0]) < 1e-12


def test_a_chain_needs_links():
    with pytest.raises(ValueError, match="n must be a whole number of at least 1, got 0"):
        chain(0)


def test_wrong_types_are_named_and_lists_taken():
    for call, said in ((lambda: quadratic("a"), "eigenvalues must hold numbers"),
                       (lambda: quadratic([1.0, None]), "eigenvalues must hold numbers"),
                       (lambda: huber("a"), "L must be a number, finite and positive, got 'a'"),
                       (lambda: huber(1.0, None), "delta must be a number"),
                       (lambda: chain("a"), "n must be a whole number")):
        with pytest.raises(TypeError, match=said):
            call()
    for fun, w in ((chain(3), [1.0, 2.0, 3.0]), (two_slopes, [1.5]), (landscapes.BEALE, [1, 2])):
        assert fun(w)[0] == fun(np.array(w))[0] and np.array_equal(fun(w)[1], fun(np.array(w))[1])
    for L in (0, 0.0, np.inf, np.nan):
        with pytest.raises(ValueError, match="L must be finite and positive"):
            huber(L)
