"""Exact products with a network's Hessian: against differences of gradients, the whole Hessian, and
SciPy's Lanczos.
"""
import numpy as np
import pytest
from scipy.sparse.linalg import LinearOperator, eigsh

from course_lib.landscapes.sharpness import hvp, lanczos
from course_lib.networks.activations import Activation
from course_lib.networks.hessian_product import dense_changes, hessian_product
from course_lib.networks.layers import Dense
from course_lib.networks.losses import mse
from course_lib.networks.network import Network, mlp


def small(activation="tanh", sizes=(5, 4, 6, 3), seed=0):
    """Return a network with biases that are not 0, and data."""
    rng = np.random.default_rng(seed)
    net = mlp(list(sizes), rng=rng, activation=activation, loss=mse, dtype=np.float64)
    net.theta = 0.7 * rng.standard_normal(net.theta.size)
    return net, rng.standard_normal((20, sizes[0])), rng.standard_normal((20, sizes[-1]))


@pytest.mark.parametrize("sizes", [(5, 3), (5, 4, 3), (5, 4, 6, 3), (5, 4, 6, 2, 3)])
@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "relu"])
def test_product_agrees_with_differences_of_the_gradient(activation, sizes):
    net, X, Y = small(activation, sizes)
    w, fun = net.theta.copy(), net.objective(X, Y)
    for seed in range(3):
        u = np.random.default_rng(seed).standard_normal(w.size)
        theirs = hvp(fun, w, u, h=1e-6)
        ours = hessian_product(net, X, Y)(w)(u)
        assert np.linalg.norm(ours - theirs) < 1e-7 * np.linalg.norm(theirs)


def test_product_is_exact_where_differences_are_not():
    """Symmetric to rounding: differences lose half of the digits."""
    net, X, Y = small()
    w, product = net.theta.copy(), hessian_product(net, X, Y)(net.theta.copy())
    H = np.array([product(e) for e in np.eye(w.size)])
    assert np.abs(H - H.T).max() < 1e-14 * np.abs(H).max() * w.size
    complex_net = mlp([5, 4, 6, 3], rng=np.random.default_rng(1), activation="tanh", loss=mse,
                      dtype=np.complex128)
    u = np.random.default_rng(2).standard_normal(w.size)
    complex_net.theta = w + 1e-30j * u
    by_complex_step = complex_net.loss_and_grad(X.astype(complex), Y)[1].imag / 1e-30
    np.testing.assert_allclose(product(u), by_complex_step, rtol=1e-11, atol=1e-13)


def test_largest_eigenvalue_is_that_of_scipy():
    net, X, Y = small()
    product = hessian_product(net, X, Y)(net.theta.copy())
    n = net.theta.size
    operator = LinearOperator((n, n), matvec=lambda u: product(u.ravel()), dtype=float)
    theirs = eigsh(operator, k=1, which="LA", return_eigenvectors=False)[0]
    ours = lanczos(product, n, rng=np.random.default_rng(0), tol=1e-9)[0][1]
    assert ours == pytest.approx(theirs, rel=1e-9)


def test_a_product_belongs_to_its_theta_even_when_the_network_moves_on():
    net, X, Y = small()
    at, w = hessian_product(net, X, Y), net.theta.copy()
    u = np.random.default_rng(0).standard_normal(w.size)
    product = at(w)
    before = product(u)
    other = at(2 * w)(u)
    net.loss_and_grad(X[:7], Y[:7])
    np.testing.assert_array_equal(product(u), before)
    assert np.abs(other - before).max() > 1e-3


def test_dense_changes_are_the_derivative_of_the_backward_pass():
    rng = np.random.default_rng(0)
    X, rX, D, rD = (rng.standard_normal(s) for s in ((7, 3), (7, 3), (7, 2), (7, 2)))
    W, V = rng.standard_normal((2, 3, 2))
    h = 1e-5
    ends = [((X + t * rX).T @ (D + t * rD), (D + t * rD) @ (W + t * V).T) for t in (h, -h)]
    for ours, ahead, behind in zip(dense_changes(X, W, D, rX, V, rD), *ends, strict=True):
        np.testing.assert_allclose(ours, (ahead - behind) / (2 * h), atol=1e-8)


def test_what_it_does_not_know_is_refused():
    rng = np.random.default_rng(0)
    net, X, Y = small()
    with pytest.raises(ValueError, match="loss mse"):
        hessian_product(mlp([5, 3], rng=rng), X, np.zeros(20, int))
    with pytest.raises(ValueError, match="got 'gelu'"):
        hessian_product(mlp([5, 4, 3], rng=rng, activation="gelu", loss=mse), X, Y)
    twice = Network([Dense(5, 3), Activation("tanh"), Activation("relu")], rng=rng, loss=mse)
    with pytest.raises(ValueError, match="one activation between"):
        hessian_product(twice, X, Y)
    with pytest.raises(ValueError, match="shape of theta"):
        hessian_product(net, X, Y)(net.theta)(np.ones(3))
