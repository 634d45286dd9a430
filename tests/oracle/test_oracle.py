"""The oracle: references that share no code with the update rules, and proof that wrong rules do
not get past them.

Three references: closed formulas (`closed_forms`), PyTorch's numbers (`pytorch_runs`), and Keras,
run here (`keras_runs`). `faults` holds what can be wrong with a rule: nothing is with ours, and
something is with every wrong version in mutants.toml.
"""
import copy
import functools
import math
import tomllib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import closed_forms, keras_runs, pytorch_runs
from oracle.cases import CASES, EPS, cases_of, gradients, lr, path_of
from oracle.faults import DEFAULTS, PREDICATES, same

from course_lib.optimizers.calling import blockwise, mutant
from course_lib.optimizers.rules import STEPS

MUTANTS = tomllib.loads(Path(__file__).with_name("mutants.toml").read_text())


def test_every_rule_has_its_cases():
    assert STEPS.keys() == DEFAULTS.keys() == {name for name, _ in CASES.values()}


@pytest.mark.parametrize("predicate", PREDICATES)
@pytest.mark.parametrize("case", CASES)
def test_no_fault_is_found_in(case, predicate):
    assert PREDICATES[predicate](STEPS[CASES[case][0]], case) is None


@pytest.mark.parametrize("case", CASES)
def test_paths_are_those_of_keras(case):
    np.testing.assert_allclose(keras_runs.ours(case), keras_runs.theirs(case), rtol=1e-6, atol=1e-9)


@pytest.mark.torch
def test_paths_and_stored_numbers_are_those_of_pytorch():
    pytest.importorskip("torch")
    stored, paths = pytorch_runs.stored(), pytorch_runs.paths()
    assert stored.keys() == paths.keys() == CASES.keys() - {"lion"}
    for case, theirs in paths.items():
        np.testing.assert_allclose(stored[case], theirs[pytorch_runs.ROWS], rtol=1e-13)
        ours, _ = path_of(STEPS[CASES[case][0]], gradients(), **pytorch_runs.hyper_of(case))
        assert pytorch_runs.close(case, ours, theirs), case


def wrong_version(name, what):
    """Return a version from mutants.toml."""
    pairs = MUTANTS[name][what]
    return mutant(STEPS[name], *zip(pairs[::2], pairs[1::2], strict=True))


def fault_of(step, name):
    """Return the first fault that is found in a version of the rule `name`, or None."""
    found = (predicate(step, case) for case in cases_of(name) for predicate in PREDICATES.values())
    return next((fault for fault in found if fault), None)


def test_every_wrong_rule_is_found_out(record_property):
    wrong = [(name, what) for name, changes in MUTANTS.items() for what in changes]
    survivors, crashed = [], []
    with np.errstate(all="ignore"):
        for name, what in wrong:
            try:
                if fault_of(wrong_version(name, what), name) is None:
                    survivors.append(f"{name}: {what}")
            except Exception as error:
                crashed.append(f"{name}: {what}: {error!r}")
    score = f"{len(wrong) - len(survivors)} of {len(wrong)}"
    record_property("oracle", f"oracle: {score} wrong update rules found out")
    assert survivors == [] and crashed == []  # a version that crashes would prove nothing
    assert len(wrong) >= 200


def altered(before=lambda w, g, state: (w, g, state), after=lambda w, state, g: (w, state)):
    """Return momentum with something done before or after its step."""
    momentum = STEPS["momentum"]

    @functools.wraps(momentum)
    def step(w, g, state, **hyper):
        w, g, state = before(w, g, state)
        return after(*momentum(w, g, state, **hyper), g)

    return step


def forgets_unless_it_knows_the_dict():
    known = []
    return altered(lambda w, g, state: (w, g, state if any(state is its for its in known) else {}),
                   lambda w, state, g: (known.append(state), (w, state))[1])


def skips_a_gradient_that_it_saw_just_before():
    seen = [None]

    def before(w, g, state):
        again, seen[0] = np.array_equal(g, seen[0]), g.copy()
        return w, 0 * g if again else g, state

    return altered(before)


ALONE = {  # predicate: a wrong rule that no other predicate finds
    "has_other_defaults": ("adam", wrong_version("adam", "another default")),
    "leaves_the_closed_form": ("lion", wrong_version("lion", "forgets the sign")),
    "leaves_pytorch": ("momentum", wrong_version("momentum", "never forgets")),
    "changes_what_it_was_given": (
        "momentum", wrong_version("momentum", "writes into the state it was given")),
    "returns_what_it_was_given": (
        "momentum", altered(after=lambda w, state, g: (w, state | {"g": g}))),
    "remembers_outside_its_state": ("momentum", skips_a_gradient_that_it_saw_just_before()),
    "does_not_resume": ("momentum", forgets_unless_it_knows_the_dict()),
    "leaves_float32": ("adam", wrong_version("adam", "makes everything float64")),
    "differs_for_a_single_number": (
        "momentum", altered(lambda w, g, state: (w, g if np.ndim(g) else 2 * g, state))),
    "mixes_runs": (
        "momentum",
        altered(lambda w, g, state: (w, g + g.mean(axis=0) if np.ndim(g) == 2 else g, state))),
    "is_not_finite": (
        "rmsprop centered",
        wrong_version("rmsprop", "centered: lets rounding make the variance negative")),
}


@pytest.mark.parametrize("predicate", PREDICATES)
def test_each_predicate_finds_what_no_other_does(predicate, monkeypatch):
    """PyTorch's numbers find what the closed form has wrong too."""
    case, step = ALONE[predicate]
    if predicate == "leaves_pytorch":
        monkeypatch.setitem(closed_forms.STEPS, "momentum", lambda G, beta: np.cumsum(G, axis=0))
    with np.errstate(all="ignore"):
        found = [name for name, finds in PREDICATES.items() if finds(step, case)]
    assert found == [predicate]


seeds = st.integers(0, 10**6)
few = settings(max_examples=12, deadline=None, derandomize=True)


def drawn(seed, shape):
    """Random start and six gradients, some of them zero, over many orders of magnitude."""
    rng = np.random.default_rng(seed)
    G = rng.standard_normal((6, *shape)) * 10.0 ** rng.integers(-4, 4, (6, *shape))
    G = G * (rng.random((6, *shape)) < 0.8)
    return rng.standard_normal(shape), G


@pytest.mark.parametrize("case", sorted(CASES.keys() - {"sgd", "momentum", "nesterov", "adadelta"}))
@few
@given(seeds, st.floats(1e-6, 1e6))
def test_adaptive_rules_do_not_see_the_scale_of_the_gradient(case, seed, scale):
    """Adadelta does: it starts from eps, which has a scale."""
    name, hyper = CASES[case]
    w, G = drawn(seed, (5,))
    G += 2e-5  # no zeros: without eps they are 0/0
    hyper = hyper | ({} if name == "lion" else {"eps": 0.0})
    scaled, plain = (path_of(STEPS[name], a * G, w, **hyper)[0] for a in (scale, 1))
    np.testing.assert_allclose(scaled, plain, rtol=1e-6)


@few
@given(seeds)
def test_the_first_step_has_the_length_that_theory_says(seed):
    """rho = 0.8, beta = 0.75; without eps; u is the sign of the gradient."""
    w, G = drawn(seed, (5,))
    g, u = G[0] + 1e-9, np.sign(G[0] + 1e-9)
    mu, mu_next = (0.7 * (1 - 0.5 * 0.96 ** (t * 0.05)) for t in (1, 2))
    expected = {
        "sgd": g,
        "momentum": g,
        "nesterov": 1.75 * g,
        "adagrad": u,
        "rmsprop": u / math.sqrt(0.2),
        "rmsprop centered": u / math.sqrt(0.2 * 0.8),
        "adam": u,
        "amsgrad": u,
        "adamax": u,
        "nadam": (mu_next * 0.3 / (1 - mu * mu_next) + 1) * u,
        "adamw": u + 0.3 * w,
        "lion": u + 0.3 * w,
        "adadelta": g / np.sqrt(1 + 0.2 * g * g / EPS),
    }
    for case, (name, hyper) in CASES.items():
        hyper = hyper | ({"eps": 0.0} if "eps" in hyper and name != "adadelta" else {})
        path, _ = path_of(STEPS[name], g[None], w, **hyper)
        np.testing.assert_allclose(w - path[0], lr(1) * expected[case], rtol=1e-9, atol=1e-12,
                                   err_msg=case)


@pytest.mark.parametrize("case", CASES)
@few
@given(seeds)
def test_a_zero_gradient_moves_nothing_but_for_decay(case, seed):
    name, hyper = CASES[case]
    w, G = drawn(seed, (5,))
    G[:, 2] = 0.0
    path, _ = path_of(STEPS[name], G, w, **hyper | ({"eps": 1e-8} if "eps" in hyper else {}))
    kept = np.cumprod([1 - lr(t) * hyper.get("weight_decay", 0.0) for t in range(1, 7)])
    np.testing.assert_allclose(path[:, 2], kept * w[2], rtol=1e-14)


@pytest.mark.parametrize("case", CASES)
@few
@given(seeds, st.sampled_from([(), (1,), (4,), (3, 2), (1, 1)]), st.integers(1, 5),
       st.sampled_from([np.float32, np.float64]))
def test_any_shape_and_dtype_resumes_anywhere_and_is_many_single_weights(
    case, seed, shape, cut, dtype
):
    name, hyper = CASES[case]
    w, G = drawn(seed, shape)
    w, G = np.asarray(w, dtype=dtype)[()], G.astype(dtype)
    whole, state = path_of(STEPS[name], G, w, **hyper)
    assert whole.shape == (6, *shape) and whole.dtype == dtype
    assert all(np.asarray(value).dtype == dtype for key, value in state.items()
               if key not in ("t", "mu_product"))
    first, middle = path_of(STEPS[name], G[:cut], w, **hyper)
    middle = copy.deepcopy(middle)
    rest, _ = path_of(STEPS[name], G[cut:], first[-1], middle, first=cut + 1, **hyper)
    assert np.array_equal(np.concatenate([first, rest]), whole)
    last = (..., *(-1 for _ in shape))
    assert np.array_equal(path_of(STEPS[name], G[last], w[last[1:]], **hyper)[0], whole[last])


@pytest.mark.parametrize("case", CASES)
@few
@given(seeds, st.integers(1, 40), st.integers(1, 50), st.sampled_from([np.float32, np.float64]))
def test_blockwise_equals_the_plain_rule_bit_for_bit(case, seed, n, block, dtype):
    name, hyper = CASES[case]
    w, G = drawn(seed, (n,))
    w, G = w.astype(dtype), G.astype(dtype)
    plain, state = path_of(STEPS[name], G, w, **hyper)
    in_place, in_place_state = path_of(blockwise(STEPS[name], block), G, w, **hyper)
    assert np.array_equal(in_place[-1], plain[-1]) and same(in_place_state, state)
