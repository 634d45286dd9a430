"""Slices, twins, lines and curves: what they must leave alone, and what they must change."""
import numpy as np
import pytest

from course_lib.networks.losses import mse
from course_lib.networks.network import mlp
from course_lib.training import valleys


@pytest.fixture
def net():
    rng = np.random.default_rng(0)
    net = mlp([5, 7, 3], rng=rng, loss=mse, dtype=np.float64)
    net.theta = rng.standard_normal(net.theta.size)
    return net


def test_a_filter_normalised_direction_has_the_columns_lengths_and_no_biases(net):
    kept = net.theta.copy()
    d = valleys.filter_normalised(net, kept, np.random.default_rng(1))
    np.testing.assert_array_equal(net.theta, kept)
    lengths = [np.linalg.norm(layer.W, axis=0) for layer in net.layers[::2]]
    net.theta = d
    for layer, length in zip(net.layers[::2], lengths, strict=True):
        np.testing.assert_allclose(np.linalg.norm(layer.W, axis=0), length)
        assert not layer.b.any()
    plain = valleys.plain_direction(net, kept, np.random.default_rng(1))
    assert np.linalg.norm(plain) == pytest.approx(np.linalg.norm(kept)) and (plain != kept).all()


@pytest.mark.parametrize("a", [0.2, 10.0])
def test_a_twin_is_the_same_function_elsewhere_and_has_the_same_normalised_slice(net, a):
    X, Y = np.random.default_rng(2).standard_normal((2, 30, 5))
    fun, here = net.objective(X, Y[:, :3]), net.theta.copy()
    kept = here.copy()
    there = valleys.twin(net, here, a)
    np.testing.assert_array_equal(here, kept)
    assert fun(there)[0] == pytest.approx(fun(here)[0], rel=1e-12)
    assert np.linalg.norm(there - here) > 1
    slices = []
    for w in (here, there):
        d = valleys.filter_normalised(net, w, np.random.default_rng(3))
        slices.append(valleys.losses(fun, w + np.linspace(-1, 1, 5)[:, None] * d))
    np.testing.assert_allclose(slices[0], slices[1], rtol=1e-9)
    net.theta = there
    np.testing.assert_allclose(net.layers[0].W, a * here[:35].reshape(5, 7))


def test_line_and_curve_begin_and_end_where_they_should():
    rng = np.random.default_rng(0)
    w_a, c, w_b = rng.standard_normal((3, 4))
    s = [0.0, 0.5, 1.0]
    np.testing.assert_allclose(valleys.line(w_a, w_b, s), [w_a, (w_a + w_b) / 2, w_b])
    np.testing.assert_allclose(valleys.bezier(w_a, c, w_b, s), [w_a, (w_a + 2 * c + w_b) / 4, w_b])
    np.testing.assert_allclose(valleys.bezier(w_a, (w_a + w_b) / 2, w_b, [0.3]),
                               valleys.line(w_a, w_b, [0.3]))


def ring(w):
    """A circular valley: (|w|^2 - 1)^2."""
    r = w @ w - 1
    return r**2, 4 * r * w


def test_the_trained_curve_goes_round_the_hill():
    w_a, w_b = np.array([1.0, 0.1]), np.array([-1.0, 0.1])
    c = valleys.trained_bend(ring, w_a, w_b, rng=np.random.default_rng(0), n_steps=2000)
    s = np.linspace(0, 1, 41)
    straight = valleys.losses(ring, valleys.line(w_a, w_b, s))
    curved = valleys.losses(ring, valleys.bezier(w_a, c, w_b, s))
    assert valleys.barrier(straight) > 0.9 and valleys.barrier(curved) < 0.1
    mean = [np.mean(valleys.losses(ring, valleys.bezier(w_a, point, w_b, s)))
            for point in (c, 1.2 * c, 0.8 * c)]
    assert mean[0] == min(mean)  # the mean loss is what it lowers


def test_the_trained_bend_leaves_the_ends_alone():
    w_a, w_b = np.array([1.0, 0.1]), np.array([-1.0, 0.1])
    valleys.trained_bend(ring, w_a, w_b, rng=np.random.default_rng(0), n_steps=3)
    assert w_a.tolist() == [1.0, 0.1] and w_b.tolist() == [-1.0, 0.1]


def test_a_barrier_is_counted_from_the_higher_end():
    assert valleys.barrier(np.array([1.0, 5.0, 2.0])) == 3.0
    assert valleys.barrier(np.array([1.0, 0.5, 2.0])) == 0.0
