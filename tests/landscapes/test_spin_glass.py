"""The spherical 3-spin model: derivatives against differences, its variance, critical points that
are critical.
"""
import math

import numpy as np
import pytest

from course_lib.landscapes import critical_points
from course_lib.landscapes import spin_glass as sg
from course_lib.landscapes.random_matrices import semicircle_share


@pytest.fixture(scope="module")
def small():
    return sg.three_spin(6, np.random.default_rng(0)), sg.on_sphere(
        np.random.default_rng(1).standard_normal(6)
    )


def test_flat_derivatives_agree_with_differences(small):
    model, w = small
    _, g = model(w)
    assert np.allclose(critical_points.gradient(model.fun, w), g, atol=1e-7)
    assert np.allclose(critical_points.hessian(model.fun, w), model.hess(w), atol=1e-5)


def test_derivatives_along_the_sphere_agree_with_differences(small):
    model, w = small

    def f(step):
        return model.fun(sg.on_sphere(w + step - (step @ w) * w / 6))

    u, g = sg.along_sphere(model, w)
    assert math.isclose(u, model.fun(w) / 6) and abs(g @ w) < 1e-12
    assert np.allclose(critical_points.gradient(f, np.zeros(6)), g, atol=1e-7)
    measured = np.linalg.eigvalsh(critical_points.hessian(f, np.zeros(6)))
    measured = np.delete(
        measured, np.abs(measured).argmin()
    )  # the radial direction, along which f is constant
    assert np.allclose(np.linalg.eigvalsh(sg.sphere_hessian(model, w)), measured, atol=1e-5)


@pytest.mark.parametrize("sign", [1, -1])
def test_the_tangent_basis_serves_both_ends_of_the_last_axis(small, sign):
    model, _ = small
    w = sg.on_sphere(sign * np.eye(6)[-1])
    H = sg.sphere_hessian(model, w)
    u, _ = sg.along_sphere(model, w)
    expected = model.hess(w)[:-1, :-1] - 3 * u * np.eye(5)
    assert np.allclose(np.linalg.eigvalsh(H), np.linalg.eigvalsh(expected))


def test_batches_are_many_single_points(small):
    model, _ = small
    w = sg.on_sphere(np.random.default_rng(2).standard_normal((3, 6)))
    assert np.allclose((w * w).sum(axis=1), 6)
    for i in range(3):
        assert np.allclose(model.fun(w)[i], model.fun(w[i]))
        assert np.allclose(sg.sphere_hessian(model, w)[i], sg.sphere_hessian(model, w[i]))


def test_energies_have_the_variance_of_the_model():
    draws = [
        sg.three_spin(4, np.random.default_rng(seed)).fun(sg.on_sphere(np.ones(4)))
        for seed in range(2000)
    ]
    assert math.isclose(np.var(draws), 4, rel_tol=0.15)  # the covariance is n (w . w' / n)^3


def test_points_walk_to_their_energies_on_the_sphere():
    model = sg.three_spin(30, np.random.default_rng(0))
    start = sg.on_sphere(np.random.default_rng(1).standard_normal((3, 30)))
    w = sg.move_to_energy(model, start, np.array([-1.0, 0.0, 1.0]))
    assert np.allclose((w * w).sum(axis=1), 30)
    assert np.allclose(sg.along_sphere(model, w)[0], [-1, 0, 1], atol=0.1)


def test_critical_points_are_critical_different_and_follow_the_semicircle():
    model = sg.three_spin(40, np.random.default_rng(0))
    w = sg.on_sphere(np.random.default_rng(1).standard_normal((60, 40)))
    w = sg.find_critical(
        model, sg.move_to_energy(model, np.concatenate([w, w]), np.linspace(-1.4, 1.4, 120))
    )
    u, g = sg.along_sphere(model, w)
    assert len(w) > 60 and (np.linalg.norm(g, axis=1) <= 1e-8).all()
    assert np.allclose(sg.find_critical(model, np.concatenate([w, w])), w)
    share = (np.linalg.eigvalsh(sg.sphere_hessian(model, w)) < 0).mean(axis=1)
    assert np.sqrt(np.mean((share - semicircle_share(3 * u, 2 * math.sqrt(6)))**2)) < 0.03


def test_a_model_needs_two_coordinates():
    with pytest.raises(ValueError, match="n must be a whole number of at least 2"):
        sg.three_spin(1, np.random.default_rng(0))
