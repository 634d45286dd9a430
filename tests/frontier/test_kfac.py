"""Gauss-Newton and K-FAC of one layer, against derivatives by differences and large matrices."""
import numpy as np
import pytest

from course_lib.frontier import kfac
from course_lib.networks.losses import softmax_cross_entropy

RNG = np.random.default_rng(0)
X, W, Y = RNG.standard_normal((7, 3)), RNG.standard_normal((3, 4)), RNG.integers(0, 4, 7)
DAMPING = 0.01


def gradient(flat, X=X, Y=Y):
    """The gradient of the mean loss of softmax regression, flattened."""
    _, D = softmax_cross_entropy(X @ flat.reshape(3, 4), Y)
    return (X.T @ D).ravel()


def hessian(X=X, Y=Y):
    """The Hessian by the complex step's poor cousin, central differences."""
    h, w = 1e-5, W.ravel()
    rows = [(gradient(w + h * e, X, Y) - gradient(w - h * e, X, Y)) / (2 * h) for e in np.eye(12)]
    return np.array(rows)


def test_gauss_newton_of_a_linear_model_is_the_hessian():
    GN = kfac.gauss_newton(X, kfac.softmax_curvature(X @ W))
    np.testing.assert_allclose(GN, hessian(), atol=1e-8)


def test_one_example_is_a_kronecker_product_exactly():
    H = kfac.softmax_curvature(X[:1] @ W)
    A, S = kfac.factors(X[:1], H)
    np.testing.assert_allclose(np.kron(A, S), hessian(X[:1], Y[:1]), atol=1e-8)
    np.testing.assert_allclose(np.kron(A, S), kfac.gauss_newton(X[:1], H), atol=1e-14)


def test_many_examples_are_not_unless_one_factor_is_the_same_for_all():
    H = kfac.softmax_curvature(X @ W)
    GN, K = kfac.gauss_newton(X, H), np.kron(*kfac.factors(X, H))
    assert np.linalg.norm(GN - K) > 0.05 * np.linalg.norm(GN)
    same = np.repeat(H[:1], len(X), axis=0)
    np.testing.assert_allclose(kfac.gauss_newton(X, same), np.kron(*kfac.factors(X, same)),
                               atol=1e-14)


def test_the_direction_solves_the_large_damped_system():
    H = kfac.softmax_curvature(X @ W)
    A, S = kfac.factors(X, H)
    G = gradient(W.ravel()).reshape(3, 4)
    ratio = np.sqrt((np.trace(A) / 3) / (np.trace(S) / 4))
    left = A + ratio * np.sqrt(DAMPING) * np.eye(3)
    right = S + np.sqrt(DAMPING) / ratio * np.eye(4)
    d = kfac.kfac_direction(G, A, S, DAMPING)
    np.testing.assert_allclose(np.kron(left, right) @ d.ravel(), -G.ravel(), atol=1e-12)


def test_with_little_damping_one_step_solves_least_squares():
    target, eye = X @ RNG.standard_normal((3, 4)), np.repeat(np.eye(4)[None], 7, axis=0)
    factors = kfac.factors(X, eye)
    step = kfac.kfac_rule(lambda w: factors, 1e-12)
    G = X.T @ (X @ W - target) / 7
    w, state = step(W, G, {}, lr=1.0)
    np.testing.assert_allclose(X @ w, target, atol=1e-4)
    half, _ = step(W, G, {}, lr=0.5)
    np.testing.assert_allclose(half, (W + w) / 2, atol=1e-10)
    assert state == {}


def test_shapes_that_do_not_fit_are_named():
    with pytest.raises(ValueError, match="one an example"):
        kfac.factors(X, np.eye(4))
    with pytest.raises(ValueError, match="damping must be finite and positive"):
        kfac.kfac_direction(W, np.eye(3), np.eye(4), 0.0)
