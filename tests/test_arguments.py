"""The shared checks of arguments: what they let through, and one sentence for all the rest."""
import math

import numpy as np
import pytest

from course_lib import arguments as check

NO_NUMBERS = ["1", None, True, np.True_, 1j, [1.0], {}, np.array("a"), np.array([True])]


@pytest.mark.parametrize(("call", "inside", "outside"), [
    (check.not_negative, [0, 2, 1e300, np.float32(0.5), np.array(2)], [-1e-9, math.inf, math.nan]),
    (check.positive, [1e-300, 2], [0, 0.0, -0.0, np.float32(0), -1, math.inf, math.nan]),
    (check.fraction, [0, 0.5, np.nextafter(1, 0)], [1, 1.5, -1e-300, math.nan]),
    (lambda *a: check.fraction(*a, one=True), [0, 1, np.float32(1)], [np.nextafter(1, 2), -1, 2]),
    (check.whole, [1, 3.0, np.int64(7), np.array(2)], [0, -1, 2.5, math.inf, math.nan])])
def test_numbers_inside_become_plain_and_numbers_outside_are_named(call, inside, outside):
    for value in inside:
        kept = call("x", value)
        assert kept == value and type(kept) is (int if call is check.whole else float)
    for value in outside:
        with pytest.raises(ValueError, match=r"^x must be .*, got ") as caught:
            call("x", value)
        assert str(caught.value).endswith(f", got {value}")
    for value in NO_NUMBERS:
        with pytest.raises(TypeError, match=r"^x must be .*, got ") as caught:
            call("x", value)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("call", [check.not_negative, check.fraction])
def test_arrays_are_handed_back_where_they_are_allowed(call):
    kept = np.array([0.0, 0.5], np.float32)
    assert call("x", kept, arrays=True) is kept
    with pytest.raises(TypeError, match="x must be a number, "):
        call("x", kept)
    for bad in (-0.5, math.inf, math.nan):
        with pytest.raises(ValueError, match="x must be"):
            call("x", np.array([0.5, bad]), arrays=True)
    for value in (*NO_NUMBERS, np.array([1j])):
        with pytest.raises(TypeError, match="x must be a number or an array of numbers"):
            call("x", value, arrays=True)


def test_array_takes_numbers_as_they_are_and_makes_no_copy():
    for value in (np.zeros(3, np.float32), np.array([1j]), np.zeros((0, 2)), np.array([True])):
        assert check.array("X", value) is value
    assert check.array("X", [1, 2]).dtype.kind == "i" and check.array("X", 2.5).shape == ()
    assert check.array("X", [1, 2], np.float32).dtype == np.float32
    for value in ("a", None, [None], [[1], [1, 2]], {}, np.array(["a"]), np.array([None])):
        with pytest.raises(TypeError, match="X must hold numbers in an array") as caught:
            check.array("X", value)
        assert "\n" not in str(caught.value)


def test_only_an_array_of_floats_that_is_not_read_only_can_be_changed():
    w = np.ones((2, 2), np.float32)
    assert check.changeable("w", w) is w and check.changeable("w", w.T[0]).base is w
    for value in ([1.0], 1.0, np.float64(1), None, np.array([1])):
        with pytest.raises(TypeError, match="w must be an array of floats, to be changed in place"):
            check.changeable("w", value)
    w.flags.writeable = False
    with pytest.raises(ValueError, match="w must be an array that can be changed, got a read-only"):
        check.changeable("w", w)


def test_finite_sees_one_bad_entry_and_survives_a_sum_that_overflows():
    X = np.full((50, 3), 3e38, np.float32)
    assert check.finite(X)
    for bad in (np.nan, np.inf, -np.inf):
        X[17, 1] = bad
        assert not check.finite(X)
    assert not check.finite(np.array([np.inf, -np.inf]))


def test_a_generator_is_handed_back_and_nothing_else():
    rng = np.random.default_rng(0)
    assert check.generator(rng) is rng
    for bad in (0, None, np.random, np.random.RandomState(0)):
        with pytest.raises(TypeError, match="rng must be a NumPy Generator"):
            check.generator(bad)


def test_one_thread_ends_with_its_block():
    from threadpoolctl import threadpool_info

    def threads():
        return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}

    before = threads()
    with check.one_thread():
        assert threads() == {1}
    assert threads() == before


@pytest.mark.parametrize("dtype", [np.float32, "float64", np.dtype(complex)])
def test_a_network_s_precision_may_be_named_in_any_way(dtype):
    assert check.precision(dtype) == np.dtype(dtype)


@pytest.mark.parametrize("dtype, said", [(None, "got None"), (np.float16, "got float16"),
                                         (int, "got int64"), ("real", "got 'real'")])
def test_another_precision_is_refused(dtype, said):
    with pytest.raises(ValueError, match=f"dtype must be np.float32.*{said}"):
        check.precision(dtype)
