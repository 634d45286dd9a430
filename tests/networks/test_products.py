"""Large products are shared by the cores, and no bit of them changes."""
import warnings

import numpy as np
import pytest

from course_lib.arguments import one_thread
from course_lib.machine import all_cores
from course_lib.networks import products
from course_lib.networks.network import mlp
from course_lib.networks.products import product


def watched(monkeypatch):
    """Return the list of the shapes of right-hand sides that will have been multiplied."""
    seen, multiply = [], np.matmul

    def matmul(A, B, out=None):
        seen.append(B.shape)
        return multiply(A, B, out=out)

    monkeypatch.setattr(products.np, "matmul", matmul)
    return seen


@pytest.mark.parametrize("cores", [2, 3, 7])
@pytest.mark.parametrize(("m", "k", "n"), [
    (128, 784, 512), (128, 1024, 1024), (88, 784, 1000), (512, 300, 777), (1000, 1000, 65)])
def test_the_bits_are_those_of_one_product_on_one_thread(m, k, n, cores, monkeypatch):
    """Forward, for the weights and for the layer below, as `Dense` asks for them."""
    rng = np.random.default_rng(0)
    X, W, D = (rng.standard_normal(shape, np.float32) for shape in ((m, k), (k, n), (m, n)))
    with one_thread():
        expected = [X @ W, X.T @ D, D @ W.T]
    seen = watched(monkeypatch)
    with all_cores(cores):
        dW = np.full((k, n), np.nan, np.float32)
        found = [product(X, W), product(X.T, D, out=dW), product(D, W.T)]
    assert found[1] is dW and len(seen) > 3
    assert all(np.array_equal(a, b) for a, b in zip(found, expected, strict=True))


@pytest.mark.parametrize(("shapes", "cores", "parts"), [
    ([(128, 512), (512, 305)], 2, 1), ([(128, 512), (512, 306)], 2, 2),
    ([(128, 512), (512, 512)], 1, 1), ([(256, 1024), (1024, 1024)], 64, 16),
    ([(10**6, 100), (100, 10)], 4, 1), ([(3, 64, 1024), (1024, 1024)], 2, 1)])
def test_a_part_is_worth_waking_a_thread(shapes, cores, parts, monkeypatch):
    A, B = (np.zeros(shape, np.float32) for shape in shapes)
    seen = watched(monkeypatch)
    with all_cores(cores):
        product(A, B)
    assert len(seen) == parts and sum(columns for _, columns in seen) == B.shape[1]


def test_outside_of_all_cores_nothing_is_cut(monkeypatch):
    seen = watched(monkeypatch)
    product(np.zeros((128, 2048), np.float32), np.zeros((2048, 1024), np.float32))
    assert seen == [(2048, 1024)]


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex128])
def test_every_precision_keeps_its_own(dtype):
    with all_cores(2):
        assert product(np.ones((128, 512), dtype), np.ones((512, 512), dtype)).dtype == dtype


def test_an_overflow_in_a_part_is_as_quiet_as_elsewhere():
    large = np.full((128, 512), 1e30, np.float32), np.full((512, 512), 1e30, np.float32)
    with all_cores(2), warnings.catch_warnings(), np.errstate(over="ignore", invalid="ignore"):
        warnings.simplefilter("error")
        assert np.isinf(product(*large)).all()


def test_a_wide_network_has_the_same_gradient_on_every_number_of_cores():
    rng = np.random.default_rng(0)
    net = mlp([784, 512, 512, 10], rng=rng)
    X, y = rng.random((128, 784), np.float32), rng.integers(0, 10, 128)
    gradients = []
    for cores in (1, 2, 3):
        with all_cores(cores):
            gradients.append(net.loss_and_grad(X, y)[1].copy())
    assert np.array_equal(gradients[0], gradients[1]) and np.array_equal(*gradients[1:])
