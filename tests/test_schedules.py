"""Schedules against Keras and hand-computed values; composition; Python floats; bad input."""
import numpy as np
import pytest

from course_lib.schedules import constant, cosine, warmup


def test_cosine_is_that_of_keras():
    from course_lib.quiet import import_tensorflow
    import_tensorflow()
    import keras
    theirs = keras.optimizers.schedules.CosineDecay(0.4, decay_steps=37, alpha=0.25)
    ours = cosine(0.4, n_steps=37, lr_min=0.1)
    np.testing.assert_allclose([ours(t) for t in range(1, 60)], [float(theirs(t - 1)) for t in range(1, 60)], rtol=1e-6)


def test_cosine_by_hand():
    schedule = cosine(2.0, n_steps=6, lr_min=1.0)  # cos 0, 60, 120, 180 degrees at t = 1, 3, 5, 7
    assert [schedule(t) for t in (1, 3, 5, 7, 700)] == pytest.approx([2.0, 1.75, 1.25, 1.0, 1.0], rel=1e-15)


def test_warmup_climbs_then_hands_over_the_first_step_of_what_it_wraps():
    inner = cosine(1.0, n_steps=10)
    schedule = warmup(inner, n_warmup=5)
    assert [schedule(t) for t in range(1, 6)] == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0])
    assert [schedule(5 + t) for t in range(1, 12)] == [inner(t) for t in range(1, 12)]


def test_warmup_of_a_number_and_of_a_warmup():
    assert [warmup(0.5, n_warmup=2)(t) for t in (1, 2, 3, 9)] == [0.25, 0.5, 0.5, 0.5]
    assert [warmup(warmup(0.8, 2), 2)(t) for t in (1, 2, 3, 4, 5)] == pytest.approx([0.2, 0.4, 0.4, 0.8, 0.8])


@pytest.mark.parametrize("schedule", [constant(np.float64(0.1)), cosine(np.float32(0.1), 5), warmup(np.float64(0.1), 3)])
def test_rates_are_python_floats(schedule):
    assert all(type(schedule(t)) is float for t in (1, 2, 3, 4, 9))


@pytest.mark.parametrize(("make", "message"), [
    (lambda: constant(-1), "lr must be finite and not negative, got -1"),
    (lambda: cosine(float("nan"), 5), "lr must be finite and not negative, got nan"),
    (lambda: cosine(0.1, 0), "n_steps must be a whole number of at least 1, got 0"),
    (lambda: cosine(0.1, 5, lr_min=-0.1), "lr_min must be finite and not negative, got -0.1"),
    (lambda: warmup(0.1, 2.5), "n_warmup must be a whole number of at least 1, got 2.5")])
def test_wrong_input_is_named(make, message):
    with pytest.raises(ValueError, match=message):
        make()
