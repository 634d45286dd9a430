"""How update rules are called: a rate for each run, rates from NumPy, slices in place, names, bad
input.

What the rules compute is the business of test_oracle.py.
"""
import math
import threading
import time

import numpy as np
import pytest

from course_lib.machine import all_cores
from course_lib.optimizers.calling import BLOCK, WHOLE, follow, rule
from course_lib.optimizers.rules import STEPS, blockwise, rule_called

W0 = np.array([1.0, -2.0, 0.5, 3.0])


def gradients():
    return np.random.default_rng(7).standard_normal((12, 4))


def run(name, G, w=W0, **hyper):
    """Feed the gradients G (T, n) to a rule; return the path (T, n) and the last state."""
    state, path = {}, []
    for g in G:
        w, state = STEPS[name](w, g, state, **hyper)
        path.append(w)
    return np.array(path), state


def test_three_adam_steps_by_hand():
    """beta1 = beta2 = 1/2, g = 4, 0, -2: m = 2, 1, -1/2 and v = 8, 4, 4; the corrections are 1/2,
    3/4, 7/8.
    """
    w, state, seen = np.array([0.0]), {}, []
    for g in (4.0, 0.0, -2.0):
        w_new, state = STEPS["adam"](w, np.array([g]), state, lr=1.0, beta1=0.5, beta2=0.5, eps=1.0)
        seen.append(float((w - w_new)[0]))
        w = w_new
    expected = [4 / (4 + 1), (4 / 3) / (math.sqrt(16 / 3) + 1), (-4 / 7) / (math.sqrt(32 / 7) + 1)]
    np.testing.assert_allclose(seen, expected, rtol=1e-14)


@pytest.mark.parametrize("name", STEPS)
def test_numpy_scalars_as_rates_do_not_upcast(name):
    _, state = run(
        name, gradients()[:2].astype(np.float32), W0.astype(np.float32), lr=np.float64(0.1)
    )
    w, state = STEPS[name](W0.astype(np.float32), W0.astype(np.float32), state, lr=np.float64(0.1))
    assert {x.dtype for x in (w, *state.values()) if isinstance(x, np.ndarray)} == {
        np.dtype(np.float32)
    }


@pytest.mark.parametrize("name", STEPS)
def test_rows_of_a_batch_are_single_runs_with_their_own_rate(name):
    G = np.stack([gradients(), -2 * gradients()], axis=1)                 # (T, runs, n)
    batch, _ = run(name, G, np.stack([W0, W0]), lr=np.array([[0.5], [0.125]]))
    for i, lr in enumerate((0.5, 0.125)):
        single, _ = run(name, G[:, i], lr=lr)
        assert (batch[:, i] == single).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", STEPS)
def test_blockwise_equals_the_plain_rule_bit_for_bit_and_in_place(name, dtype):
    rng = np.random.default_rng(3)
    w0, G = rng.standard_normal(1003).astype(dtype), rng.standard_normal((6, 1003)).astype(dtype)
    plain, plain_state = run(name, G, w0, lr=0.0625)
    w, state, step = w0.copy(), {}, blockwise(STEPS[name], block=100)
    for g in G:
        previous = state
        returned, state = step(w, g, state, lr=0.0625)
        assert returned is w
        assert all(
            state[key] is previous[key] for key in previous if isinstance(previous[key], np.ndarray)
        )
    assert (w == plain[-1]).all() and w.dtype == dtype
    assert state.keys() == plain_state.keys()
    assert all(np.array_equal(state[key], plain_state[key]) for key in state)


def test_slices_of_arrays_that_do_not_fit_are_refused_and_nothing_has_moved():
    w, g = np.zeros(500), np.ones(400)
    with pytest.raises(ValueError, match=r"w and g must have one shape, got \(500,\) and \(400,\)"):
        blockwise(STEPS["sgd"], block=100)(w, g, {}, lr=0.1)
    with pytest.raises(ValueError, match="beta must be in"):
        blockwise(STEPS["momentum"], block=100)(w, np.ones(500), {}, lr=0.1, beta=2.0)
    assert not w.any()


def sizes_of_calls(n, dtype):
    seen = []

    def step(w, g, state, *, lr):
        seen.append(w.size)
        return w - lr * g, {}

    blockwise(step)(np.zeros(n, dtype), np.ones(n, dtype), {}, lr=0.5)
    return seen


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_slice_has_the_same_number_of_bytes_in_every_precision(dtype):
    slice_size = BLOCK // np.dtype(dtype).itemsize
    assert sizes_of_calls(5 * slice_size - 7, dtype) == [slice_size] * 4 + [slice_size - 7]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_vector_of_few_slices_is_taken_in_one_piece(dtype):
    whole = WHOLE * BLOCK // np.dtype(dtype).itemsize
    assert sizes_of_calls(whole, dtype) == [whole]
    assert len(sizes_of_calls(whole + 1, dtype)) == WHOLE + 1


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize("name", STEPS)
def test_whatever_the_engine_chooses_the_bits_are_those_of_the_plain_rule(
    name, shared, monkeypatch
):
    """In one piece, in slices, and in slices that the cores share: sizes on both sides of the
    choice.
    """
    monkeypatch.setattr("course_lib.optimizers.calling.BLOCK", 4096)  # 1024 weights a slice
    rng = np.random.default_rng(4)
    for n in (1, 1024 * WHOLE, 1024 * WHOLE + 1, 9 * 1024 + 5):
        w0, G = rng.standard_normal(n, np.float32), rng.standard_normal((4, n), np.float32)
        plain, plain_state = run(name, G, w0, lr=0.0625)
        w, state, step = w0.copy(), {}, blockwise(STEPS[name])
        with all_cores(2 if shared else 1):
            for g in G:
                moved, state = step(w, g, state, lr=0.0625)
                assert moved is w
        assert np.array_equal(w, plain[-1]) and state.keys() == plain_state.keys()
        assert all(np.array_equal(state[key], plain_state[key]) for key in state)


def threads_that_took_a_slice(step, monkeypatch):
    monkeypatch.setattr("course_lib.optimizers.calling.BLOCK", 8)
    w, seen = np.zeros(100), set()

    def watched(w, g, state, *, lr):
        seen.add(threading.get_ident())
        time.sleep(1e-3)
        return w - lr * g, {}

    with all_cores(3):
        blockwise(step(watched))(w, np.ones(100), {}, lr=0.5)
    assert (w == -0.5).all()
    return len(seen)


def test_cores_share_the_slices_of_a_rule_but_not_those_of_any_function(monkeypatch):
    assert threads_that_took_a_slice(rule, monkeypatch) == 3
    assert threads_that_took_a_slice(lambda step: step, monkeypatch) == 1


@pytest.mark.parametrize("name", STEPS)
@pytest.mark.parametrize("value", [-0.1, float("nan"), float("inf")])
def test_bad_rates_are_named(name, value):
    with pytest.raises(
        ValueError, match=f"{name}: lr must be finite and not negative, got {value}"
    ):
        STEPS[name](W0, W0, {}, lr=value)
    with pytest.raises(ValueError, match="lr must be finite"):
        blockwise(STEPS[name])(W0.copy(), W0, {}, lr=value)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("momentum", "beta"),
        ("nesterov", "beta"),
        ("rmsprop", "rho"),
        ("adadelta", "rho"),
        ("adam", "beta1"),
        ("adam", "beta2"),
        ("nadam", "beta1"),
        ("lion", "beta2"),
    ],
)
@pytest.mark.parametrize("value", [1.0, -0.1, float("nan")])
def test_bad_decays_are_named(name, key, value):
    with pytest.raises(ValueError, match=rf"{key} must be in \[0, 1\), got {value}"):
        STEPS[name](W0, W0, {}, lr=0.1, **{key: value})


@pytest.mark.parametrize(
    ("name", "key", "accepted"),
    [
        ("adam", "eps", "finite and not negative"),
        ("adamw", "weight_decay", "finite and not negative"),
        ("nadam", "momentum_decay", "finite and not negative"),
    ],
)
def test_other_bad_settings_are_named(name, key, accepted):
    with pytest.raises(ValueError, match=f"{name}: {key} must be {accepted}, got -0.1"):
        STEPS[name](W0, W0, {}, lr=0.1, **{key: -0.1})


NUMBER = "a number or an array of numbers, finite and not negative"


@pytest.mark.parametrize("name", STEPS)
@pytest.mark.parametrize(("value", "said"), [
    ("0.1", "'0.1'"), (None, "None"), (True, "True"), (1j, "1j"), ([0.1], r"\[0.1\]"),
    (np.array([True]), r"array\(\[ True\]\)"), (np.array(["a"]), "array"), ({}, "{}")])
def test_rates_of_a_wrong_type_are_named(name, value, said):
    with pytest.raises(TypeError, match=f"{name}: lr must be {NUMBER}, got {said}") as caught:
        STEPS[name](W0, W0, {}, lr=value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("name", "key", "value", "accepted"), [
    ("momentum", "beta", None, r"a number or an array of numbers, in \[0, 1\)"),
    ("adam", "eps", "1e-8", NUMBER),
    ("adamw", "weight_decay", True, NUMBER),
    ("rmsprop", "centered", -0.1, "True or False"),
    ("rmsprop", "centered", "yes", "True or False"),
    ("rmsprop", "centered", 1, "True or False")])
def test_other_settings_of_a_wrong_type_are_named(name, key, value, accepted):
    with pytest.raises(TypeError, match=f"{name}: {key} must be {accepted}, got {value!r}"):
        STEPS[name](W0, W0, {}, lr=0.1, **{key: value})


def test_centering_works_slice_by_slice_too():
    w = W0.copy()
    _, state = blockwise(STEPS["rmsprop"], block=3)(w, gradients()[0], {}, lr=0.1, centered=True)
    plain, plain_state = STEPS["rmsprop"](W0, gradients()[0], {}, lr=0.1, centered=True)
    assert (w == plain).all() and all((state[key] == plain_state[key]).all() for key in ("v", "m"))


@pytest.mark.parametrize("name", STEPS)
def test_shapes_and_names_are_checked(name):
    with pytest.raises(
        ValueError, match=rf"{name}: w and g must have one shape, got \(4,\) and \(3,\)"
    ):
        STEPS[name](W0, W0[:3], {}, lr=0.1)
    with pytest.raises(
        TypeError, match=f"{name} does not know 'betta'; its hyper-parameters are lr"
    ):
        STEPS[name](W0, W0, {}, lr=0.1, betta=0.9)
    with pytest.raises(TypeError, match="needs lr"):
        STEPS[name](W0, W0, {})


def test_steps_are_found_by_name():
    assert rule_called("adam") is STEPS["adam"] and rule_called(STEPS["sgd"]) is STEPS["sgd"]
    with pytest.raises(
        ValueError, match="no update rule is called 'Adam'; there are sgd, momentum"
    ):
        rule_called("Adam")


@pytest.mark.parametrize("name", STEPS)
def test_weights_gradients_and_states_of_a_wrong_type_are_named(name):
    for w, g, state in (([1.0], [1.0], {}), (W0, [1.0] * 4, {}), ("a", "a", {}), (None, W0, {}),
                        (W0, W0, None), (W0, W0, 0.0)):
        with pytest.raises(TypeError, match=f"{name}: w and g must be numbers or arrays and state"):
            STEPS[name](w, g, state, lr=0.1)


def test_slices_need_an_array_of_floats_that_can_be_changed():
    step = blockwise(STEPS["sgd"])
    for w in ([1.0, 2.0], 3.0, np.array([1, 2])):
        with pytest.raises(TypeError, match="w must be an array of floats, to be changed in place"):
            step(w, w, {}, lr=0.1)
    fixed = np.ones(2)
    fixed.flags.writeable = False
    with pytest.raises(ValueError, match="got a read-only one"):
        step(fixed, fixed, {}, lr=0.1)


@pytest.mark.parametrize("value", [None, 3, ["sgd"], {}])
def test_what_is_no_name_of_a_rule_is_named(value):
    with pytest.raises(ValueError, match="no update rule is called"):
        rule_called(value)


def test_follow_names_what_is_no_rule():
    with pytest.raises(TypeError, match=r"step must be an update rule .* got 'adam'"):
        follow("adam", [W0], W0, lr=0.1)
