"""A computation, written down as a list of numbers and where each came from, is enough to find
every derivative. Each node holds its value and an edge to every input, with the local slope of the
node with respect to that input.

    forward    value = op(inputs)                       slope of an edge = d value / d input
    backward   d[out] = 1;  then from the last node to the first:  d[input] += slope * d[node]

A graph is a plain list that only grows, and a node is its place in it. Inputs stand before what is
made of them, so the list read backwards is an order in which d[node] is complete before it is
passed on. A node that is used twice collects two terms: gradients add up. (Wengert 1964,
10.1145/355586.364791; backward: Linnainmaa 1976, 10.1007/BF01931367.)

>>> graph = []
>>> w, x = put(graph, 3.0), put(graph, 5.0)
>>> out = add(graph, multiply(graph, w, x), w)
>>> graph[out][0], gradients(graph, out)[w]  # w x + w, and x + 1
(18.0, 6.0)

Notebooks: 18.
"""
import math

import numpy as np


def put(graph, value, *edges):
    """Append a node with edges (input, slope) to nodes that are in the graph already; return its
    place.
    """
    graph.append((float(value), edges))
    return len(graph) - 1


def add(graph, *nodes):
    """Append the sum of some nodes; each slope is 1."""
    return put(graph, sum(graph[node][0] for node in nodes), *((node, 1.0) for node in nodes))


def multiply(graph, a, b):
    """Append a b; the slope of each factor is the other one."""
    return put(graph, graph[a][0] * graph[b][0], (a, graph[b][0]), (b, graph[a][0]))


def tanh(graph, a):
    """Append tanh a; the slope is 1 - tanh^2 a."""
    value = math.tanh(graph[a][0])
    return put(graph, value, (a, 1 - value * value))


def gradients(graph, out):
    """Return d out / d node for every node of the graph, as a list."""
    d = [0.0] * len(graph)
    d[out] = 1.0
    for node in range(out, -1, -1):
        for source, slope in graph[node][1]:
            d[source] += slope * d[node]
    return d


def place(graph, array):
    """Append every entry of an array; return their nodes, an integer array of the same shape."""
    return np.reshape([put(graph, value) for value in np.ravel(array)], np.shape(array))


def dense(graph, A, W, b):
    """Append A W + b for nodes A (n, n_in), W (n_in, n_out), b (n_out,); return its nodes, (n,
    n_out).
    """
    return np.array([[add(graph, b[k], *(multiply(graph, a, W[j, k]) for j, a in enumerate(row)))
                      for k in range(len(b))] for row in A])


def squared_error(graph, Z, y):
    """Append the mean of (z - y)^2 over all nodes Z and numbers y of the same shape; return its
    node.
    """
    errors = [add(graph, z, put(graph, -target))
              for z, target in zip(np.ravel(Z), np.ravel(y), strict=True)]
    total = add(graph, *(multiply(graph, e, e) for e in errors))
    return multiply(graph, total, put(graph, 1 / len(errors)))


def draw(ax, graph, places, d):
    """Draw a small graph: `places` is {name: (node, x, y)}; values in black, local slopes on
    arrows, `d` below in green.
    """
    at = {node: (x, y) for node, x, y in places.values()}
    middle = {"ha": "center", "va": "center"}
    frame = {"boxstyle": "round,pad=0.35", "facecolor": "white", "edgecolor": "0.4"}
    for name, (node, x, y) in places.items():
        ax.text(x, y, f"${name}$ = {graph[node][0]:g}\n", **middle, linespacing=1.5, fontsize=14,
                zorder=3, bbox=frame)
        ax.text(x, y - 0.13, f"$d$ = {d[node]:g}", **middle, fontsize=14, color="#00714f", zorder=4)
        for source, slope in graph[node][1]:
            arrow = {"arrowstyle": "-|>", "color": "0.35", "shrinkA": 30, "shrinkB": 42}
            ax.annotate("", (x, y), at[source], arrowprops=arrow)
            ax.text(*np.mean([(x, y), at[source]], axis=0), f"{slope:g}", **middle, fontsize=12.5,
                    bbox={"color": "white", "pad": 1.5})
    ax.axis("off")


def draw_layer(ax, n_in, n_out, *, unit, backwards=False):
    """Draw the arrows of a dense layer, dark where they meet in one unit: forwards in output
    `unit`, backwards in input `unit`.
    """
    heights = [np.linspace(1, -1, n) * (n - 1) / 2 for n in (n_in, n_out)]
    names = ("\\partial a", "\\delta") if backwards else ("a", "z")
    for j, k in np.ndindex(n_in, n_out):
        chosen = unit == (j if backwards else k)
        ends = [(0, heights[0][j]), (2, heights[1][k])]
        start, stop = reversed(ends) if backwards else ends
        arrow = {"arrowstyle": "-|>", "shrinkA": 20, "shrinkB": 20, "lw": 2 if chosen else 1,
                 "color": ("#00714f" if backwards else "black") if chosen else "0.8"}
        ax.annotate("", stop, start, arrowprops=arrow, zorder=2 if chosen else 1)
        if chosen:
            at = np.average(ends, axis=0, weights=(0.62, 0.38))
            ax.text(*at, f"$W_{{{j + 1}{k + 1}}}$", ha="center", va="center", fontsize=12,
                    bbox={"color": "white", "pad": 1})
    for side, (x, name) in enumerate(zip((0, 2), names, strict=True)):
        for number, y in enumerate(heights[side], start=1):
            ax.text(x, y, f"${name}_{number}$", ha="center", va="center", fontsize=14,
                    bbox={"boxstyle": "circle,pad=0.35", "facecolor": "white", "edgecolor": "0.4"})
    ax.set(xlim=(-0.4, 2.4), ylim=(-max(n_in, n_out) / 2, max(n_in, n_out) / 2))
    ax.axis("off")
