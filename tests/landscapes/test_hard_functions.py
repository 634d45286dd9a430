"""The hard functions belong to the classes they claim, and are as hard as they claim."""
from fractions import Fraction

import numpy as np
import pytest

from course_lib.landscapes import critical_points
from course_lib.landscapes.functions import chain, two_slopes
from course_lib.optimizers import descent
from course_lib.optimizers.momentum_theory import best_heavy_ball


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
