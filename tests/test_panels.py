"""The interactive panel: its sliders are moved, and what it has drawn is compared with theory."""
import numpy as np
import pytest
from matplotlib.figure import Figure

from course_lib import panels


def drawn(panel):
    """The path that the panel shows."""
    return panel.ax.lines[0].get_xydata()


def sliders(panel):
    return {child.description.split()[0]: child for child in panel.children[:3]}


def test_the_panel_draws_the_run_that_its_sliders_say():
    panel = panels.conditioning()
    knobs, image = sliders(panel), panel.children[3]
    knobs["kappa"].value, knobs["angle"].value, knobs["lr"].value = 10.0, 30.0, 1.5
    angle = np.radians(30)
    Q = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    expected = np.array([1 - 1.5 / 10, 1 - 1.5])**np.arange(31)[:, None] @ Q.T
    np.testing.assert_allclose(drawn(panel), expected, atol=1e-12)
    assert "factor 0.850" in panel.ax.get_title() and "= 10" in panel.ax.get_title()
    assert bytes(image.value).startswith(b"\x89PNG") and len(panel.ax.lines) == 2


def test_each_slider_changes_the_image_and_the_angle_changes_no_factor():
    panel = panels.conditioning()
    image, factor = panel.children[3], panel.ax.get_title().split("factor")[1]
    for name, value in (("angle", 75.0), ("kappa", 100.0), ("lr", 0.5)):
        before = bytes(image.value)
        sliders(panel)[name].value = value
        assert bytes(image.value) != before, name
        if name == "angle":
            assert panel.ax.get_title().split("factor")[1] == factor


def test_it_says_when_the_run_diverges():
    panel = panels.conditioning()
    sliders(panel)["lr"].value = 2.1
    assert "diverges: factor 1.100" in panel.ax.get_title()
    assert np.linalg.norm(drawn(panel)[30]) > 10


def test_two_panels_do_not_disturb_each_other():
    one, two = panels.conditioning(), panels.conditioning()
    before = drawn(two).copy()
    sliders(one)["lr"].value = 0.3
    assert (drawn(two) == before).all() and not np.array_equal(drawn(one), before)


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
