"""The interactive panels: their sliders are moved, and what was drawn is compared with theory."""
import hashlib

import numpy as np
import pytest
from matplotlib.figure import Figure

from course_lib import landscapes, panels
from course_lib.optimizers import descent
from course_lib.optimizers.momentum_theory import best_heavy_ball


@pytest.fixture
def axes(monkeypatch):
    """The axes on which `draw_descent` has drawn, the last one last; it draws as ever."""
    seen, real = [], panels.draw_descent

    def draw_descent(ax, **settings):
        seen.append(ax)
        return real(ax, **settings)

    monkeypatch.setattr(panels, "draw_descent", draw_descent)
    return seen


def drawn(ax):
    """The path on these axes."""
    return ax.lines[0].get_xydata()


def sliders(panel):
    return {child.description.split()[0]: child for child in panel.children[:3]}


def test_the_panel_draws_the_run_that_its_sliders_say(axes):
    panel = panels.conditioning()
    knobs, image = sliders(panel), panel.children[3]
    knobs["kappa"].value, knobs["angle"].value, knobs["lr"].value = 10.0, 30.0, 1.5
    angle = np.radians(30)
    Q = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    expected = np.array([1 - 1.5 / 10, 1 - 1.5])**np.arange(31)[:, None] @ Q.T
    np.testing.assert_allclose(drawn(axes[-1]), expected, atol=1e-12)
    assert "factor 0.850" in axes[-1].get_title() and "= 10" in axes[-1].get_title()
    assert bytes(image.value).startswith(b"\x89PNG") and len(axes[-1].lines) == 2


def test_each_slider_changes_the_image_and_the_angle_changes_no_factor(axes):
    panel = panels.conditioning()
    image, factor = panel.children[3], axes[-1].get_title().split("factor")[1]
    for name, value in (("angle", 75.0), ("kappa", 100.0), ("lr", 0.5)):
        before = bytes(image.value)
        sliders(panel)[name].value = value
        assert bytes(image.value) != before, name
        if name == "angle":
            assert axes[-1].get_title().split("factor")[1] == factor


def test_it_says_when_the_run_diverges(axes):
    panel = panels.conditioning()
    sliders(panel)["lr"].value = 2.1
    assert "diverges: factor 1.100" in axes[-1].get_title()
    assert np.linalg.norm(drawn(axes[-1])[30]) > 10


def test_two_panels_do_not_disturb_each_other(axes):
    one, two = panels.conditioning(), panels.conditioning()
    first, second = (bytes(panel.children[3].value) for panel in (one, two))
    assert first == second
    sliders(one)["lr"].value = 0.3
    assert bytes(two.children[3].value) == second and bytes(one.children[3].value) != first
    assert len(axes) == 3 and not np.array_equal(drawn(axes[0]), drawn(axes[2]))


def test_the_returned_factor_is_that_of_the_slower_component():
    ax = Figure().add_subplot()
    assert panels.draw_descent(ax, kappa=4, degrees=20, lr=1.6) == pytest.approx(0.6)
    assert panels.draw_descent(ax, kappa=100, degrees=0, lr=1.0) == pytest.approx(0.99)


@pytest.mark.parametrize(("knobs", "message"), [
    ({"kappa": 0.5}, "kappa must be finite and at least 1, got 0.5"),
    ({"lr": -1}, "lr must be finite and not negative, got -1"),
    ({"n_steps": 0}, "n_steps must be a whole number of at least 1, got 0")])
def test_wrong_input_is_named(knobs, message):
    with pytest.raises(ValueError, match=message):
        panels.draw_descent(Figure().add_subplot(), **{"kappa": 4, "degrees": 0, "lr": 1.0} | knobs)


def test_fill_draws_the_chosen_point_the_path_and_the_predicted_slope():
    figure = Figure(figsize=(9, 4))
    run = panels.fill(figure, 0.15, 0.8, mu=1.0, L=10.0)
    bowl = landscapes.quadratic([1.0, 10.0])
    expected = descent.minimize(bowl, [1.0, 1.0], "momentum", lr=0.15, beta=0.8, n_steps=60)
    diagram, path, loss = figure.axes
    np.testing.assert_array_equal(run.w, expected.w)
    np.testing.assert_array_equal(path.lines[0].get_xydata(), expected.w)
    np.testing.assert_array_equal(loss.lines[0].get_ydata(), expected.loss)
    # The loss falls by the factor squared.
    np.testing.assert_allclose(loss.lines[1].get_ydata(), 5.5 * 0.8 ** np.arange(61))
    np.testing.assert_allclose(diagram.lines[0].get_xydata()[0], best_heavy_ball(1.0, 10.0)[:2])
    np.testing.assert_allclose(diagram.lines[1].get_xydata()[0], [0.15, 0.8])
    assert "predicted 0.894 per step" in figure.texts[-1].get_text()


def test_fill_says_where_it_diverges():
    figure = Figure()
    run = panels.fill(figure, 0.4, 0.9, mu=1.0, L=10.0, n_steps=500)
    assert "to diverge" in figure.texts[-1].get_text() and run.diverged_at is not None


def test_moving_a_slider_hands_its_value_to_the_picture(monkeypatch):
    seen, staged, real, real_stage = [], [], panels.act, panels.stage

    def act(figure, lr, beta, **curvatures):
        seen.append((lr, beta))
        return real(figure, lr, beta, **curvatures)

    def stage(*given):
        staged.append(given[1:])
        return real_stage(*given)

    monkeypatch.setattr(panels, "act", act)
    monkeypatch.setattr(panels, "stage", stage)
    lr, beta, image = panels.momentum_panel(mu=1.0, L=4.0).children
    assert lr.continuous_update and beta.continuous_update  # it follows the drag
    np.testing.assert_allclose(seen[-1], best_heavy_ball(1.0, 4.0)[:2], atol=0.005)
    pictures = {hashlib.sha256(image.value).hexdigest()}
    for slider, value in ((lr, 0.25), (beta, 0.5)):
        slider.value = value
        pictures.add(hashlib.sha256(image.value).hexdigest())
    np.testing.assert_allclose(seen[-1], (0.25, 0.5))
    assert len(pictures) == len(seen) == 3 and bytes(image.value).startswith(b"\x89PNG")
    assert staged == [(1.0, 4.0)]  # what stands still is drawn once


def test_nothing_of_the_last_picture_is_left_in_the_next_one():
    lr, beta, image = panels.momentum_panel(mu=1.0, L=4.0).children
    first = lr.value, beta.value, bytes(image.value)
    lr.value, beta.value = 0.25, 0.5
    assert bytes(image.value) != first[2]
    lr.value, beta.value = first[:2]
    assert bytes(image.value) == first[2]


def test_curvatures_in_the_wrong_order_are_named():
    with pytest.raises(ValueError, match="0 < mu <= L, got mu = 5"):
        panels.momentum_panel(mu=5.0, L=1.0)


def test_any_drawing_becomes_a_panel():
    """The sliders' values arrive by name, on an empty figure."""
    import ipywidgets as widgets

    seen = []

    def draw(figure, a, b):
        seen.append((len(figure.axes), figure.get_size_inches().tolist(), a, b))

    knobs = {"a": widgets.FloatSlider(1.0, min=0, max=2), "b": widgets.IntSlider(3)}
    panel = panels.panel(draw, knobs, figsize=(3, 2), width="300px")
    knobs["b"].value = 5
    assert seen == [(0, [3.0, 2.0], 1.0, 3), (0, [3.0, 2.0], 1.0, 5)]
    assert panel.children[-1].layout.width == "300px" and panel.children[:2] == (*knobs.values(),)
