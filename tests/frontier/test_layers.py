"""A matrix rule on a flat theta: each parameter gets its own rule and its own state."""
import numpy as np

from course_lib.frontier import layers as y
from course_lib.frontier import shampoo
from course_lib.networks import mlp
from course_lib.optimizers import adam, momentum

NET = mlp([4, 3, 2], rng=np.random.default_rng(0), dtype=np.float64)
SHAPES = [(4, 3), (3,), (3, 2), (2,)]
RNG = np.random.default_rng(0)
G = RNG.standard_normal((3, NET.theta.size))


def parts(flat):
    layers = [layer for layer in NET.layers if hasattr(layer, "W")]
    NET.theta = flat
    return [array.copy() for layer in layers for array in (layer.W, layer.b)]


def matrix(w, g, state, *, lr, beta1):
    return shampoo(w, g, state, lr=lr)


def run(step):
    w, state = NET.theta.copy(), {}
    for g in G:
        w, state = step(w, g, state, lr=0.1, beta1=0.5)
    return w


def test_the_shapes_are_those_of_the_network():
    assert y.shapes_of(NET) == SHAPES


def test_the_inputs_of_a_layer_are_what_the_layers_before_make():
    X = RNG.standard_normal((5, 4))
    np.testing.assert_array_equal(y.inputs_of(NET, X, 0), X)
    hidden = np.maximum(X @ NET.layers[0].W + NET.layers[0].b, 0)
    np.testing.assert_allclose(y.inputs_of(NET, X, 2), hidden, rtol=1e-12)


def test_one_rule_for_all_is_the_rule_itself():
    np.testing.assert_array_equal(run(y.by_layer(SHAPES, adam, adam)), run(adam))


def test_each_parameter_goes_its_own_way():
    start = NET.theta.copy()
    together = run(y.by_layer(SHAPES, matrix, adam, is_matrix=lambda k, shape: k == 2))
    expected = []
    for k, part in enumerate(parts(start)):
        w, state = part, {}
        for g in G:
            step = matrix if k == 2 else adam
            w, state = step(w, parts(g)[k], state, lr=0.1, beta1=0.5)
        expected.append(w)
    NET.theta = start
    for mine, its in zip(parts(together), expected, strict=True):
        np.testing.assert_allclose(mine, its, atol=1e-14)
    NET.theta = start


def test_by_default_the_matrices_are_those_with_two_axes():
    start = NET.theta.copy()

    def still(w, g, state, **hyper):
        return w, state

    moved = y.by_layer(SHAPES, momentum, still)(start, G[0], {}, lr=1.0)[0]
    changed = [bool((a != b).all()) for a, b in zip(parts(moved), parts(start), strict=True)]
    NET.theta = start
    assert changed == [True, False, True, False]


def test_nothing_given_is_changed():
    start, g, state = NET.theta.copy(), G[0].copy(), {}
    y.by_layer(SHAPES, matrix, adam)(start, g, state, lr=0.1, beta1=0.5)
    np.testing.assert_array_equal(start, NET.theta)
    np.testing.assert_array_equal(g, G[0])
    assert state == {}
