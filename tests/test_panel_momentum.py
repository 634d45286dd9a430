"""The panel of notebook 06: its picture follows its sliders, and shows the run that heavy ball
makes.
"""
import hashlib

import numpy as np
import pytest
from matplotlib.figure import Figure

from course_lib import landscapes, panels
from course_lib.optimizers import descent
from course_lib.optimizers.momentum_theory import best_heavy_ball


def test_fill_draws_the_chosen_point_the_path_and_the_predicted_slope():
    figure = Figure(figsize=(9, 4))
    run = panels.fill(figure, 0.15, 0.8, mu=1.0, L=10.0)
    bowl = landscapes.quadratic([1.0, 10.0])
    expected = descent.minimize(bowl, [1.0, 1.0], "momentum", lr=0.15, beta=0.8, n_steps=60)
    diagram, path, loss = figure.axes
    np.testing.assert_array_equal(run.w, expected.w)
    np.testing.assert_array_equal(path.lines[0].get_xydata(), expected.w)
    np.testing.assert_array_equal(loss.lines[0].get_ydata(), expected.loss)
    np.testing.assert_allclose(
        loss.lines[1].get_ydata(), 5.5 * 0.8 ** np.arange(61)
    )  # factor squared
    np.testing.assert_allclose(diagram.lines[0].get_xydata()[0], best_heavy_ball(1.0, 10.0)[:2])
    np.testing.assert_allclose(diagram.lines[1].get_xydata()[0], [0.15, 0.8])
    assert "predicted 0.894 per step" in figure.get_suptitle()


def test_fill_says_where_it_diverges():
    figure = Figure()
    run = panels.fill(figure, 0.4, 0.9, mu=1.0, L=10.0, n_steps=500)
    assert "to diverge" in figure.get_suptitle() and run.diverged_at is not None


def test_moving_a_slider_hands_its_value_to_the_picture(monkeypatch):
    drawn, real = [], panels.fill

    def fill(figure, lr, beta, **curvatures):
        drawn.append((lr, beta))
        return real(figure, lr, beta, **curvatures)

    monkeypatch.setattr(panel_momentum, "fill", fill)
    lr, beta, image = panels.momentum_panel(mu=1.0, L=4.0).children
    np.testing.assert_allclose(drawn[-1], best_heavy_ball(1.0, 4.0)[:2], atol=0.005)
    pictures = {hashlib.sha256(image.value).hexdigest()}
    for slider, value in ((lr, 0.25), (beta, 0.5)):
        slider.value = value
        pictures.add(hashlib.sha256(image.value).hexdigest())
    np.testing.assert_allclose(drawn[-1], (0.25, 0.5))
    assert len(pictures) == len(drawn) == 3 and bytes(image.value).startswith(b"\x89PNG")


def test_curvatures_in_the_wrong_order_are_named():
    with pytest.raises(ValueError, match="0 < mu <= L, got mu = 5"):
        panels.momentum_panel(mu=5.0, L=1.0)
