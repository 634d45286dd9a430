"""What the checks share: the first known answer that agrees, and arguments that were left alone."""
import numpy as np
import pytest

from course_lib.checks.answers import agrees, first_match, unchanged

TABLE = [(None, 2.0), ("the sign", -2.0), ("also the sign", -2.0)]


@pytest.mark.parametrize(("answer", "fault"), [
    (2.0, None), (2, None), (np.float32(2.0), None), (-2.0, "the sign"), (3.0, "other"),
    ([2.0], "other"), (np.array([2.0]), "other"), (2.0 + 1e-9, None), (2.0 + 1e-4, "other"), (np.nan, "other"),
])
def test_the_first_known_value_decides(answer, fault):
    assert first_match(answer, TABLE, "other") == fault
    assert first_match(answer, dict(TABLE[:2]), "other") == fault


def test_tolerances_are_those_that_are_asked_for():
    assert first_match(2.01, TABLE, "other") == "other"
    assert first_match(2.01, TABLE, "other", rtol=0.01) is None
    assert first_match(1e-9, [(None, 0.0)], "other") == "other"
    assert first_match(1e-9, [(None, 0.0)], "other", atol=1e-8) is None


def test_shapes_are_compared_before_values():
    value = np.ones((3, 2))
    assert agrees(np.ones((3, 2)), value)
    assert not agrees(np.ones(2), value) and not agrees(1.0, value) and not agrees(np.ones((2, 3)), value)
    assert agrees([np.nan, 1.0], np.array([np.nan, 1.0])) and not agrees([0.0, 1.0], np.array([np.nan, 1.0]))


def test_a_tuple_agrees_part_by_part():
    value = (np.ones(3), np.zeros((2, 2)))
    assert agrees([[1, 1, 1], np.zeros((2, 2))], value) and agrees(value, value)
    assert not agrees((np.ones(3),), value) and not agrees((np.zeros((2, 2)), np.ones(3)), value)
    assert not agrees(1.0, value)


def in_place(w, *rest):
    w *= 2
    return w


def in_list(arrays):
    arrays[1][0] = 9.0


def shortened(arrays):
    arrays.pop()


def in_state(state):
    state["v"] += 1.0


def new_key(state):
    state["t"] = 1


@pytest.mark.parametrize(("mine", "given"), [
    (in_place, (np.ones(2),)), (in_list, ([np.ones(2), np.ones(1)],)), (shortened, ([np.ones(2), np.ones(1)],)),
    (in_state, ({"v": np.zeros(2)},)), (new_key, ({"v": np.zeros(2)},)), (lambda a, b: in_place(b), (1.0, np.ones(2)))])
def test_what_was_changed_is_seen_and_the_original_is_not_touched(mine, given):
    kept = repr(given)
    _, fault = unchanged(mine, *given, names="v or w")
    assert fault.startswith("it changed the v or w it was given") and "\n" not in fault
    assert repr(given) == kept


@pytest.mark.parametrize("given", [
    (np.array([1.0, np.nan]),), (3,), ([np.ones(2)], {"v": np.ones(1)}), (lambda w: w, "text", None),
    (np.random.default_rng(0),)])
def test_what_was_left_alone_is_no_fault_and_the_answer_comes_back(given):
    answer, fault = unchanged(lambda *args, lr: (len(args), lr), *given, names="w", lr=0.1)
    assert (answer, fault) == ((len(given), 0.1), None)
