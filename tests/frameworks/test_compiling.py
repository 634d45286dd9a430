"""A compiled rule is the rule itself, up to rounding: state, schedule and switches included."""
import numpy as np
import pytest

from course_lib.frameworks.compiling import compiled
from course_lib.optimizers.calling import mutant
from course_lib.optimizers.rules import STEPS
from course_lib.optimizers.schedules import cosine

STEPS_TAKEN = 10
CASES = {name: (name, {}) for name in STEPS} | {
    "rmsprop, centered": ("rmsprop", {"centered": True}),
    "adam, betas": ("adam", {"beta1": 0.5, "beta2": 0.75, "eps": 1e-3}),
    "nadam, keras": ("nadam", {"momentum_decay": 1.0}),
    "lion, decay": ("lion", {"weight_decay": 0.1}),
}
COMPILED = {name: compiled(step) for name, step in STEPS.items()}


def task(dtype, shape=(1003,)):
    rng = np.random.default_rng(0)
    return rng.standard_normal(shape).astype(dtype), rng.standard_normal(
        (STEPS_TAKEN, *shape)).astype(dtype)


def walk(step, w, G, schedule, **hyper):
    state = {}
    for t, g in enumerate(G, start=1):
        w, state = step(w, g, state, lr=schedule(t), **hyper)
    return w, state


def units(found, expected):
    """Return the largest difference, in units in the last place of the largest entry."""
    found = np.asarray(found)
    assert found.dtype == expected.dtype and found.shape == expected.shape
    return np.abs(found - expected).max() / np.spacing(np.abs(expected).max())


def farthest(step, name, hyper, dtype, shape=(1003,)):
    """Return how far a step's w and state arrays are from the plain rule's, in units."""
    (w, G), schedule = task(dtype, shape), cosine(0.1, STEPS_TAKEN)
    plain, plain_state = walk(STEPS[name], w, G, schedule, **hyper)
    found, state = walk(step, w, G, schedule, **hyper)
    assert state.keys() == plain_state.keys()
    distances = [units(found, plain)]
    for key, value in plain_state.items():
        if np.ndim(value):
            distances.append(units(state[key], value))
        else:
            assert type(state[key]) is type(value)
            assert state[key] == pytest.approx(value, rel=1e-14)
    return max(distances)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("case", CASES)
def test_a_compiled_rule_is_the_rule_within_eight_units_in_the_last_place(case, dtype):
    name, hyper = CASES[case]
    assert farthest(COMPILED[name], name, hyper, dtype) <= 8


@pytest.mark.parametrize(("name", "change"), [
    ("adam", ("1 - beta1**t", "1 - beta1**(t + 1)")), ("adam", ("+ eps", "+ 2 * eps + 1e-6")),
    ("momentum", ("beta * state", "0.9001 * state")), ("nadam", ("(1 - mu) * g", "(1 - mu_next) * g"))])
def test_the_distance_tells_a_wrong_rule(name, change):
    assert farthest(compiled(mutant(STEPS[name], change)), name, {}, np.float32) > 8


def test_runs_side_by_side_are_compiled_too():
    assert farthest(COMPILED["adam"], "adam", {}, np.float32, shape=(3, 50)) <= 8


def test_a_schedule_needs_no_new_trace():
    traces = []

    def step(w, g, state, *, lr):
        if not isinstance(lr, float):  # the call that checks the arguments has Python's
            traces.append(lr)
        return w - lr * g, {"t": state.get("t", 0) + 1}

    w, G = task(np.float32)
    w, state = walk(compiled(step), w, G, cosine(0.1, STEPS_TAKEN))
    assert state == {"t": STEPS_TAKEN} and len(traces) == 2  # without a state, and with one


def test_nothing_that_is_given_is_changed_and_state_may_come_from_the_plain_rule():
    w, G = task(np.float32)
    _, state = STEPS["adam"](w, G[0], {}, lr=0.1)
    kept = w.copy(), G.copy(), {key: np.copy(value) for key, value in state.items()}
    found, _ = COMPILED["adam"](w, G[1], state, lr=0.1)
    assert np.array_equal(w, kept[0]) and np.array_equal(G, kept[1])
    assert all(np.array_equal(state[key], kept[2][key]) for key in state)
    assert units(found, STEPS["adam"](w, G[1], state, lr=0.1)[0]) <= 4


def test_what_does_not_fit_is_refused_as_by_the_rule():
    w = np.ones(3, np.float32)
    with pytest.raises(ValueError, match="adam: lr must be finite and not negative, got -1"):
        COMPILED["adam"](w, w, {}, lr=-1)
    with pytest.raises(TypeError, match="adam does not know 'betta'"):
        COMPILED["adam"](w, w, {}, lr=0.1, betta=0.9)
    with pytest.raises(ValueError, match=r"w and g must have one shape, .* got \(3,\) and \(2,\)"):
        COMPILED["adam"](w, w[:2], {}, lr=0.1)
    with pytest.raises(ValueError, match=r"with one axis at the least, got \(\) and \(\)"):
        COMPILED["adam"](1.0, 1.0, {}, lr=0.1)
    with pytest.raises(TypeError, match="step must be an update rule written in Python, got 'adam'"):
        compiled("adam")
