"""The scalar graph: hand-worked derivatives, gradients that add up, and the vectorised network's
numbers.
"""
import math

import matplotlib.pyplot as plt
import numpy as np
import pytest

from course_lib.networks import scalar_graph as sg
from course_lib.networks.activations import Activation
from course_lib.networks.layers import Dense
from course_lib.networks.losses import mse
from course_lib.networks.network import Network


def test_reused_node_collects_both_paths():
    graph = []
    x, w, b = (sg.put(graph, value) for value in (3, 2, -4))
    f = sg.multiply(graph, sg.add(graph, sg.multiply(graph, w, x), b), w)
    d = sg.gradients(graph, f)
    assert graph[f][0] == 4
    assert [d[node] for node in (x, w, b, f)] == [4, 8, 2, 1]


def test_square_as_a_product_with_itself():
    graph = []
    a = sg.put(graph, 5.0)
    assert sg.gradients(graph, sg.multiply(graph, a, a))[a] == 10


def test_sum_of_a_node_with_itself_and_others():
    graph = []
    a, b = sg.put(graph, 1.0), sg.put(graph, 2.0)
    total = sg.add(graph, a, b, a)
    assert graph[total][0] == 4
    assert sg.gradients(graph, total)[:2] == [2, 1]


def test_tanh_and_its_slope():
    graph = []
    a = sg.put(graph, 0.7)
    out = sg.tanh(graph, a)
    assert graph[out][0] == math.tanh(0.7)
    assert sg.gradients(graph, out)[a] == pytest.approx(1 / math.cosh(0.7) ** 2, rel=1e-14)


def test_what_comes_after_the_output_has_no_gradient():
    graph = []
    a = sg.put(graph, 2.0)
    out = sg.multiply(graph, a, a)
    sg.multiply(graph, out, a)
    assert sg.gradients(graph, out) == [4, 1, 0]


def test_inputs_that_are_not_in_the_graph_are_refused():
    with pytest.raises(IndexError):
        sg.add([], 0)


@pytest.mark.parametrize("n", [1, 4])
def test_agrees_with_the_vectorised_network(n):
    rng = np.random.default_rng(n)
    X, y = rng.normal(size=(n, 3)), rng.normal(size=(n, 2))
    net = Network([Dense(3, 5), Activation("tanh"), Dense(5, 2)], rng=rng, loss=mse, dtype=float)
    net.theta = rng.normal(size=net.theta.size)  # biases too
    loss, grad = net.loss_and_grad(X, y)
    graph = []
    nodes = [sg.place(graph, part) for layer in net.layers[::2] for part in (layer.W, layer.b)]
    Z = sg.dense(graph, sg.place(graph, X), nodes[0], nodes[1])
    A = [[sg.tanh(graph, z) for z in row] for row in Z]
    out = sg.squared_error(graph, sg.dense(graph, A, nodes[2], nodes[3]), y)
    d = np.array(sg.gradients(graph, out))
    assert graph[out][0] == pytest.approx(loss, rel=1e-13)
    np.testing.assert_allclose(
        d[np.concatenate([part.ravel() for part in nodes])], grad, rtol=1e-11, atol=1e-14
    )


def test_place_keeps_shape_and_order():
    graph = [(7.0, ())]
    nodes = sg.place(graph, [[1.0, 2.0], [3.0, 4.0]])
    assert nodes.tolist() == [[1, 2], [3, 4]] and [graph[k][0] for k in (1, 2, 3, 4)] == [
        1,
        2,
        3,
        4,
    ]


def test_drawing_shows_values_slopes_and_derivatives():
    import matplotlib
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    graph = []
    a, b = sg.put(graph, 3), sg.put(graph, 5)
    u = sg.multiply(graph, a, b)
    out = sg.add(graph, u, a)
    fig, ax = plt.subplots()
    sg.draw(
        ax,
        graph,
        {"a": (a, 0, 0), "b": (b, 0, 1), "u": (u, 1, 1), "f": (out, 2, 0)},
        sg.gradients(graph, out),
    )
    texts = [text.get_text().strip() for text in ax.texts]
    plt.close(fig)
    assert [
        texts.count(text) for text in ("$a$ = 3", "$d$ = 6", "$u$ = 15", "$f$ = 18", "5", "3")
    ] == [1] * 6
    assert texts.count("1") == texts.count("$d$ = 1") == 2


@pytest.mark.parametrize(("backwards", "dark"), [(False, {"W_{12}", "W_{22}", "W_{32}"}),
                                                 (True, {"W_{21}", "W_{22}"})])
def test_a_layer_is_drawn_with_the_arrows_of_one_unit_dark(backwards, dark):
    fig, ax = plt.subplots()
    sg.draw_layer(ax, 3, 2, unit=1, backwards=backwards)
    labels = [text.get_text().strip("$") for text in ax.texts if text.get_text()]
    assert {label for label in labels if label.startswith("W")} == dark
    assert sum(text.arrow_patch is not None for text in ax.texts if hasattr(text, "arrow_patch")) == 6
    assert len(labels) == len(dark) + 5
    plt.close(fig)
