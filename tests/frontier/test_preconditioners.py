"""Shampoo and SOAP: their first steps, and what they are in special cases."""
import numpy as np
import pytest
from scipy.linalg import fractional_matrix_power
from scipy.linalg import polar as scipys_polar

from course_lib.frontier import preconditioners as p
from course_lib.optimizers import adagrad, adam

SHAPES = ((5, 3), (3, 5), (4, 4))


def stream(shape, n=6):
    return np.random.default_rng(3).standard_normal((n, *shape))


def in_basis(*basis):
    return lambda w, g, state, **hyper: p.adam_in_basis(w, g, state, *basis, **hyper)


def walk(step, shape, gradients, **hyper):
    w, state, points = np.zeros(shape), {}, []
    for g in gradients:
        w, state = step(w, g, state, **hyper)
        points.append(w)
    return np.array(points), state


def test_shampoo_s_first_step_is_the_polar_factor():
    for shape in SHAPES:
        G = stream(shape)[:1]
        path, _ = walk(p.shampoo, shape, G, lr=0.5, eps=0.0)
        np.testing.assert_allclose(path[0], -0.5 * scipys_polar(G[0])[0], atol=1e-12)


def test_shampoo_is_its_formula_with_scipy_s_powers():
    for shape in SHAPES:
        gradients = stream(shape)
        w = np.zeros(shape)
        path, _ = walk(p.shampoo, shape, gradients, lr=0.5, eps=0.1)
        for t, g in enumerate(gradients, start=1):
            past = gradients[:t]
            L = 0.1 * np.eye(shape[0]) + sum(h @ h.T for h in past)
            R = 0.1 * np.eye(shape[1]) + sum(h.T @ h for h in past)
            left = fractional_matrix_power(L, -0.25)
            w = w - 0.5 * left @ g @ fractional_matrix_power(R, -0.25)
            np.testing.assert_allclose(path[t - 1], w, rtol=1e-8, atol=1e-10)


def test_shampoo_on_one_row_of_one_number_is_adagrad():
    gradients = stream((1, 1))
    ours, _ = walk(p.shampoo, (1, 1), gradients, lr=0.5, eps=0.0)
    np.testing.assert_allclose(ours, walk(adagrad, (1, 1), gradients, lr=0.5, eps=0.0)[0],
                               rtol=1e-12)


def test_soap_with_the_identity_as_basis_is_adam_bit_for_bit():
    hyper = {"lr": 0.1, "beta1": 0.8, "beta2": 0.95}
    for shape in SHAPES:
        gradients = stream(shape)
        eyes = [np.eye(n) for n in shape]
        path, _ = walk(in_basis(*eyes), shape, gradients, **hyper)
        np.testing.assert_array_equal(path, walk(adam, shape, gradients, **hyper)[0])


def test_soap_is_adam_in_the_eigenbasis_of_its_averages():
    hyper = {"lr": 0.1, "beta1": 0.8, "beta2": 0.9, "eps": 1e-6}
    for shape in ((4, 4), (3, 3)):  # of other shapes the first bases are not unique
        gradients = stream(shape, 8)
        path, state = walk(p.soap, shape, gradients, every=3, **hyper)
        w, v, m = np.zeros(shape), 0.0, 0.0
        for t, g in enumerate(gradients, start=1):
            refreshed = 3 * ((t - 1) // 3) + 1
            ages = [(0.1 * 0.9 ** (refreshed - s), gradients[s - 1])
                    for s in range(1, refreshed + 1)]
            QL = np.linalg.eigh(sum(a * h @ h.T for a, h in ages))[1]
            QR = np.linalg.eigh(sum(a * h.T @ h for a, h in ages))[1]
            m = 0.8 * m + 0.2 * g
            v = 0.9 * v + 0.1 * (QL.T @ g @ QR) ** 2
            step = (QL.T @ m @ QR) / (1 - 0.8**t) / (np.sqrt(v / (1 - 0.9**t)) + 1e-6)
            w = w - 0.1 * QL @ step @ QR.T
            np.testing.assert_allclose(path[t - 1], w, atol=1e-7)
        assert state["t"] == 8


def test_the_first_step_of_soap_is_the_polar_factor_too():
    for shape in SHAPES:
        G = stream(shape)[:1]
        path, _ = walk(p.soap, shape, G, lr=0.5, eps=1e-9)
        np.testing.assert_allclose(path[0], -0.5 * scipys_polar(G[0])[0], atol=1e-5)


def test_a_step_turns_with_its_gradient():
    G, turn = stream((4, 4))[0], np.linalg.qr(stream((4, 4))[1])[0]
    for step in (p.shampoo, p.soap):
        plain = step(np.zeros((4, 4)), G, {}, lr=1.0)[0]
        turned = step(np.zeros((4, 4)), turn @ G, {}, lr=1.0)[0]
        np.testing.assert_allclose(turned, turn @ plain, atol=1e-5)
    assert np.abs(adam(np.zeros((4, 4)), turn @ G, {}, lr=1.0)[0]
                  - turn @ adam(np.zeros((4, 4)), G, {}, lr=1.0)[0]).max() > 0.1


def test_an_inverse_root_is_scipy_s_and_a_zero_stays_zero():
    A = np.cov(stream((5, 20))[0])
    np.testing.assert_allclose(p.inverse_root(A, 4), fractional_matrix_power(A, -0.25), rtol=1e-8)
    low = np.outer([1.0, 2.0, 2.0], [1.0, 2.0, 2.0])
    np.testing.assert_allclose(p.inverse_root(low, 2), low / 27, atol=1e-12)


def test_every_must_be_a_whole_number():
    with pytest.raises(ValueError, match="every must be a whole number of at least 1"):
        p.soap(np.eye(2), np.eye(2), {}, lr=0.1, every=2.5)
