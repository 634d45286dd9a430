"""The grid, the arrivals and the image of basins of attraction."""
import numpy as np
import pytest
from matplotlib.figure import Figure

from course_lib import landscapes
from course_lib.landscapes import basins
from course_lib.optimizers.descent import minimize


def test_the_grid_covers_the_window_row_by_row():
    points = basins.grid(((-1.0, 1.0), (0.0, 4.0)), 3)
    assert points.tolist() == [
        [-1, 0],
        [0, 0],
        [1, 0],
        [-1, 2],
        [0, 2],
        [1, 2],
        [-1, 4],
        [0, 4],
        [1, 4],
    ]
    symmetric = basins.grid(((-2.2, 2.2), (-2.2, 2.2)), 100)
    assert (symmetric == -symmetric[::-1]).all()


def test_the_camel_has_its_derivatives_and_minima():
    w = np.random.default_rng(0).uniform(-2, 2, (50, 2))
    for i in range(2):
        h = 1e-5 * np.eye(2)[i]
        slope = (landscapes.CAMEL.fun(w + h) - landscapes.CAMEL.fun(w - h)) / 2e-5
        bend = (landscapes.CAMEL.grad(w + h) - landscapes.CAMEL.grad(w - h)) / 2e-5
        np.testing.assert_allclose(landscapes.CAMEL.grad(w)[:, i], slope, atol=1e-7)
        np.testing.assert_allclose(landscapes.CAMEL.hess(w)[:, i], bend, atol=1e-6)
    for minimum in landscapes.CAMEL.minima:
        assert np.abs(landscapes.CAMEL.grad(minimum)).max() < 1e-8
        assert (np.linalg.eigvalsh(landscapes.CAMEL.hess(minimum)) > 0).all()


@pytest.mark.parametrize(
    ("landscape", "minima", "all_points"), [(landscapes.CAMEL, 3, 5), (landscapes.HIMMELBLAU, 4, 9)]
)
def test_critical_points_come_minima_first(landscape, minima, all_points):
    points, n_minima = basins.critical(landscape)
    assert (n_minima, len(points)) == (minima, all_points)
    lowest = np.linalg.eigvalsh(landscape.hess(points))[:, 0]
    assert (lowest[:minima] > 0).all() and (lowest[minima:] < 0).all()


def test_an_end_far_from_all_points_or_nan_arrives_nowhere():
    points = np.array([[9.0, 9.0], [0.0, 1.0]])
    ends = np.array([[0.0, 1.004], [9.0, 9.0], [0.0, 1.006], [np.nan, 1.0]])
    assert basins.arrival(ends, points, tol=0.005).tolist() == [1, 0, -1, -1]


def test_ten_thousand_runs_arrive_where_they_would_alone():
    points, n_minima = basins.critical(landscapes.HIMMELBLAU)
    starts = basins.grid(landscapes.HIMMELBLAU.window, 100)
    run = minimize(landscapes.HIMMELBLAU, starts, "adam", lr=0.1, n_steps=500, keep_path=False)
    index = basins.arrival(run.final, points, tol=0.05)
    assert ((index >= 0) & (index < n_minima)).all()
    for i in (0, 137, 5050, 9999):
        alone = minimize(landscapes.HIMMELBLAU, starts[i], "adam", lr=0.1, n_steps=500)
        assert (alone.final == run.final[i]).all()
        assert np.linalg.norm(alone.final - points, axis=1).argmin() == index[i]


def test_the_image_shows_each_arrival_in_its_place():
    ax = Figure().add_subplot()
    index = np.array([0, 1, 3, -1])
    basins.draw(
        ax,
        index,
        np.array([[0.0, 0.0], [1.0, 1.0], [0.5, 0.5], [0.2, 0.2]]),
        n_minima=2,
        window=((0, 1), (0, 1)),
    )
    image = ax.images[0]
    assert image.get_array().tolist() == [[0, 1], [2, -1]] and image.origin == "lower"
    colours = image.cmap(image.norm(image.get_array().data))
    assert colours[1, 0].tolist() != colours[0, 0].tolist() != colours[0, 1].tolist()
    assert colours[1, 1].tolist() == [1, 1, 1, 1]  # white: nowhere
    assert [line.get_marker() for line in ax.lines] == ["o", "o", "x", "x"]


@pytest.mark.parametrize(("call", "message"), [
    (lambda: basins.grid(((0, 1), (0, 1)), 1), "n must be a whole number of at least 2, got 1"),
    (lambda: basins.arrival(np.ones((3, 2)), np.ones((2, 3))), r"got \(3, 2\) and \(2, 3\)")])
def test_wrong_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
