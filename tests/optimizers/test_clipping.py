"""Clipping: by value turns a gradient, by norm does not; TensorFlow's global norm; dtype, batches,
zeros, bad input.
"""
import numpy as np
import pytest

from course_lib.optimizers.clipping import by_norm, by_value

G = np.array([[3.0, -4.0], [0.3, 0.4], [0.0, 0.0], [5e-324, 0.0]])


def test_by_value_cuts_each_coordinate_and_so_turns_the_gradient():
    assert by_value(G[0], 2.0).tolist() == [2.0, -2.0] and by_value(G[0], 10.0).tolist() == [
        3.0,
        -4.0,
    ]
    assert by_value(np.float64(-3.0), 2.0) == -2.0


def test_by_norm_shortens_long_gradients_only_and_keeps_their_direction():
    assert by_norm(G[0], 2.0) == pytest.approx([1.2, -1.6], rel=1e-15)
    assert (
        (by_norm(G[0], 5.0) == G[0]).all()
        and (by_norm(G[1], 2.0) == G[1]).all()
        and (by_norm(G[2], 2.0) == 0).all()
    )
    assert (by_norm(G[3], 1e300) == G[3]).all() and (by_norm(G[:3], 0.0) == 0).all()


def test_every_row_of_a_batch_is_a_gradient_of_its_own():
    rows = G[:3]
    assert (by_norm(rows, 2.0) == [by_norm(g, 2.0) for g in rows]).all()


def test_by_norm_is_tensorflows_global_norm():
    from course_lib.frameworks.tensorflow_quietly import import_tensorflow
    tf = import_tensorflow()
    g = np.random.default_rng(0).standard_normal(50)
    for limit in (0.7, 20.0):
        parts, _ = tf.clip_by_global_norm(
            [tf.constant(g[:20].reshape(4, 5)), tf.constant(g[20:])], limit
        )
        np.testing.assert_allclose(
            by_norm(g, limit), np.concatenate([np.ravel(part) for part in parts]), rtol=1e-14
        )


def test_float32_stays_float32_and_does_not_overflow():
    g = np.array([3e30, -4e30], dtype=np.float32)
    clipped = by_norm(g, 1.0)
    assert clipped.dtype == np.float32 == by_value(g, 1.0).dtype
    np.testing.assert_allclose(clipped, [0.6, -0.8], rtol=1e-6)


@pytest.mark.parametrize("clip", [by_norm, by_value])
def test_the_gradient_given_is_not_changed(clip):
    g = np.array([3.0, -4.0])
    assert not np.shares_memory(clip(g, 1.0), g) and g.tolist() == [3.0, -4.0]
    assert not np.shares_memory(clip(g, 10.0), g)


@pytest.mark.parametrize("clip", [by_norm, by_value])
@pytest.mark.parametrize("limit", [-1.0, float("nan"), float("inf")])
def test_bad_limits_are_named(clip, limit):
    with pytest.raises(ValueError, match=f"limit must be finite and not negative, got {limit}"):
        clip(G[0], limit)


def test_a_gradient_without_coordinates_has_no_norm_to_clip():
    with pytest.raises(ValueError, match=r"shape \(n,\) or \(runs, n\), got \(\)"):
        by_norm(np.float64(3.0), 1.0)


def test_the_smallest_number_is_no_reason_to_divide_by_zero():
    with np.errstate(all="raise"):
        assert (by_norm(np.zeros((2, 3)), 0.0) == 0).all() and (by_norm(G[2], 0.5) == 0).all()
    assert by_norm(np.array([1e-200, 0.0]), 1e-200).tolist() == [1e-200, 0.0]


@pytest.mark.parametrize("clip", [by_norm, by_value])
def test_lists_are_taken_as_arrays_and_wrong_types_named(clip):
    assert np.array_equal(clip([3, 4], 1.0), clip(np.array([3.0, 4.0]), 1.0))
    for bad in ("a", None, [["a"]], [[1.0], [1.0, 2.0]]):
        with pytest.raises(TypeError, match="g must hold numbers"):
            clip(bad, 1.0)
    for bad in ("1", None, True, [1.0]):
        with pytest.raises(TypeError, match="limit must be a number, finite and not negative, got"):
            clip(G[0], bad)
