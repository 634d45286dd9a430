"""The house look: colours tell apart for every kind of colour vision, on white; drawing puts down
what it should.
"""
import itertools

import matplotlib.pyplot as plt
import numpy as np
import pytest

from course_lib import landscapes
from course_lib.optimizers.descent import minimize
from course_lib.plotting import LOOKS, OTHER, contours, look, path, surface

COLOURS = {name: style[0] for name, style in {**LOOKS, "others": OTHER}.items()}

# Machado, Oliveira & Fernandes 2009, severity 1, acting on linear RGB (10.1109/TVCG.2009.113).
VISION = {
    "normal": np.eye(3),
    "protan": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deutan": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritan": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}


def linear_rgb(colour):
    c = np.array([int(colour[i:i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def lab(rgb):
    """CIELAB of linear sRGB, white point D65."""
    xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    ) @ np.clip(rgb, 0, 1)
    f = np.cbrt(xyz / [0.9505, 1.0, 1.089])
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("name", COLOURS)
def test_contrast_on_white_is_at_least_three(name):
    luminance = linear_rgb(COLOURS[name]) @ [0.2126, 0.7152, 0.0722]
    assert 1.05 / (luminance + 0.05) >= 3.0


@pytest.mark.parametrize("vision", VISION)
def test_two_optimizers_differ_in_colour_or_in_marker_and_line(vision):
    """A distance of 12 in CIELAB is clear on a line; a closer pair must differ in marker and in
    line style as well.
    """
    for (a, style_a), (b, style_b) in itertools.combinations({**LOOKS, "others": OTHER}.items(), 2):
        seen = [lab(VISION[vision] @ linear_rgb(style[0])) for style in (style_a, style_b)]
        distance = np.linalg.norm(seen[0] - seen[1])
        assert distance > 12 or (style_a[1] != style_b[1] and style_a[2] != style_b[2]), (
            a,
            b,
            distance,
        )


def test_every_optimizer_has_its_own_marker_and_colour():
    styles = [*LOOKS.values(), OTHER]
    assert len({s[0] for s in styles}) == len({s[1] for s in styles}) == len(styles)


def test_look_can_be_changed_and_falls_back():
    assert look("adam", label="Adam", linewidth=1)["label"] == "Adam"
    assert look("a method without a colour")["color"] == OTHER[0]
    assert look("adam", label="Adam") is not look("adam")


def test_contours_path_and_surface_draw_on_the_given_axes():
    fig, ax = plt.subplots()
    contours(ax, landscapes.ROSENBROCK, log=True)
    run = minimize(landscapes.ROSENBROCK, [-1.0, 1.0], "adam", lr=0.05, n_steps=30)
    path(ax, run.w, "adam")
    np.testing.assert_array_equal(ax.lines[0].get_xydata(), run.w)
    assert ax.lines[0].get_color() == LOOKS["adam"][0]
    assert ax.get_xlim() == landscapes.ROSENBROCK.window[0] and ax.get_xlabel() and ax.get_ylabel()
    fig3, ax3 = plt.subplots(subplot_kw={"projection": "3d"})
    surface(ax3, landscapes.SADDLE)
    assert len(ax3.collections) == 1
    plt.close(fig)
    plt.close(fig3)


def test_contours_refuse_other_dimensions():
    _, ax = plt.subplots()
    with pytest.raises(ValueError, match="landscapes of 2 variables, got x cos"):
        contours(ax, landscapes.X_COS)
    plt.close("all")
