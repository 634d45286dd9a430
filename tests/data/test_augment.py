"""Shifted images: the same ink at another place, every shift equally often, and nothing wrapped
round.
"""
import numpy as np
import pytest

from course_lib.data.augment import shifted


def dot(row, column, side=7):
    image = np.zeros((side, side))
    image[row, column] = 1.0
    return image.ravel()


def test_a_dot_goes_to_all_places_within_the_shift_equally_often():
    X = np.tile(dot(3, 3), (9000, 1))
    moved = shifted(X, 1, np.random.default_rng(0)).reshape(-1, 7, 7)
    counts = moved.sum(axis=0)
    assert counts[2:5, 2:5].min() > 850 and counts[2:5, 2:5].sum() == 9000


def test_what_leaves_the_image_does_not_come_back_on_the_other_side():
    moved = shifted(np.tile(dot(0, 0), (500, 1)), 2, np.random.default_rng(1)).reshape(-1, 7, 7)
    assert moved[:, 3:].sum() == moved[:, :, 3:].sum() == 0
    assert 0 < moved.sum() < 500


def test_images_move_as_a_whole_keep_their_dtype_and_are_left_alone():
    X = np.random.default_rng(2).random((5, 49)).astype(np.float32)
    before = X.copy()
    moved = shifted(X, 1, np.random.default_rng(3))
    assert moved.dtype == np.float32 and np.array_equal(X, before)
    inner = moved.reshape(5, 7, 7)[:, 1:-1, 1:-1]
    wide = X.reshape(5, 7, 7)
    found = [any((inner[k] == wide[k, i:i + 5, j:j + 5]).all() for i in range(3) for j in range(3))
             for k in range(5)]
    assert all(found)
    assert (shifted(X, 0, np.random.default_rng(4)) == X).all()


def test_what_comes_in_is_background_on_every_side():
    moved = shifted(np.ones((400, 9)), 2, np.random.default_rng(5)).reshape(-1, 3, 3)
    lines = np.concatenate([moved.sum(axis=1), moved.sum(axis=2)])
    assert set(lines.ravel()) == {0.0, 1.0, 2.0, 3.0}
    for k in (0, 2):  # each side can be empty
        assert (moved[:, k].sum(axis=1) == 0).any() and (moved[:, :, k].sum(axis=1) == 0).any()


@pytest.mark.parametrize("X", [np.zeros((2, 48)), np.zeros(49), np.zeros((2, 7, 7))])
def test_other_shapes_are_refused(X):
    with pytest.raises(ValueError, match="X must hold flat square images"):
        shifted(X, 1, np.random.default_rng(0))
