"""What can be wrong with an update rule: each predicate takes a rule and a case, and returns a
sentence, or None where nothing is wrong.
"""
import copy
import inspect

import numpy as np
from oracle import closed_forms, pytorch_runs
from oracle.cases import CASES, EPS, W0, gradients, path_of

DEFAULTS = {
    "sgd": {},
    "momentum": {"beta": 0.9},
    "nesterov": {"beta": 0.9},
    "adagrad": {"eps": 1e-8},
    "rmsprop": {"rho": 0.9, "eps": 1e-8, "centered": False},
    "adadelta": {"rho": 0.95, "eps": 1e-6},
    "adam": {"beta1": 0.9, "beta2": 0.999, "eps": 1e-8},
    "amsgrad": {"beta1": 0.9, "beta2": 0.999, "eps": 1e-8},
    "adamax": {"beta1": 0.9, "beta2": 0.999, "eps": 1e-8},
    "nadam": {"beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "momentum_decay": 0.004},
    "adamw": {"beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "weight_decay": 0.01},
    "lion": {"beta1": 0.9, "beta2": 0.99, "weight_decay": 0.0},
}


def same(one, other):
    """Whether two states hold equal values under equal names."""
    return one.keys() == other.keys() and all(
        np.array_equal(one[name], other[name]) for name in one)


def sixth_step(step, case):
    """Return the arguments of the sixth step: w, g, the state, and the hyper-parameters."""
    hyper = CASES[case][1]
    path, state = path_of(step, gradients()[:5], **hyper)
    return path[-1].copy(), gradients()[5], state, hyper | {"lr": 0.1}


def has_other_defaults(step, case):
    parameters = inspect.signature(step).parameters.values()
    hyper = {p.name: p.default for p in parameters if p.kind is p.KEYWORD_ONLY}
    defaults = {name: value for name, value in hyper.items() if name != "lr"}
    if defaults != DEFAULTS[CASES[case][0]]:
        return f"the defaults are {defaults}"


def leaves_the_closed_form(step, case):
    name, hyper = CASES[case]
    for scale in (1.0, EPS, 1e4):
        G = scale * gradients()
        expected = closed_forms.path(name, G, W0, **hyper)
        if not np.allclose(path_of(step, G, **hyper)[0], expected, rtol=1e-10, atol=1e-13):
            return f"it is not the closed form for gradients times {scale}"


def leaves_pytorch(step, case):
    stored = pytorch_runs.stored()
    if case in stored:
        path, _ = path_of(step, gradients(), **pytorch_runs.hyper_of(case))
        if not pytorch_runs.close(case, path[pytorch_runs.ROWS], stored[case]):
            return "it is not PyTorch's rule"


def changes_what_it_was_given(step, case):
    w, g, state, hyper = sixth_step(step, case)
    before = copy.deepcopy((w, g, state))
    step(w, g, state, **hyper)
    if not (np.array_equal(w, before[0]) and np.array_equal(g, before[1])
            and same(state, before[2])):
        return "it writes into w, g or the state that it was given"


def returns_what_it_was_given(step, case):
    w, g, state, hyper = sixth_step(step, case)
    given = [w, g, *copy.copy(state).values()]
    new, new_state = step(w, g, state, **hyper)
    if any(np.shares_memory(mine, its) for mine in (new, *new_state.values()) for its in given):
        return "what it returns shares memory with what it was given"


def remembers_outside_its_state(step, case):
    w, g, state, hyper = sixth_step(step, case)
    once, again = (step(*copy.deepcopy((w, g, state)), **hyper)[0] for _ in range(2))
    if not np.array_equal(once, again):
        return "the same call gives another answer the second time"


def does_not_resume(step, case):
    hyper, G = CASES[case][1], gradients()
    half, state = path_of(step, G[:5], **hyper)
    rest, _ = path_of(step, G[5:], half[-1], copy.deepcopy(state), first=6, **hyper)
    if not np.array_equal(rest, path_of(step, G, **hyper)[0][5:]):
        return "it does not resume from its state"


def leaves_float32(step, case):
    G, w = gradients().astype(np.float32), W0.astype(np.float32)
    path, state = path_of(step, G, w, **CASES[case][1])
    dtypes = {x.dtype for x in (path, *state.values()) if isinstance(x, np.ndarray)}
    if dtypes != {np.dtype(np.float32)}:
        return f"float32 becomes {dtypes}"


def differs_for_a_single_number(step, case):
    hyper, G = CASES[case][1], gradients()
    if not np.array_equal(path_of(step, G[:, 3], W0[3], **hyper)[0],
                          path_of(step, G, **hyper)[0][:, 3]):
        return "it is another rule for a single number"


def mixes_runs(step, case):
    hyper, G = CASES[case][1], gradients()
    batch, _ = path_of(step, np.stack([G[:, ::-1], G], axis=1), np.stack([W0[::-1], W0]), **hyper)
    if not np.array_equal(batch[:, 1], path_of(step, G, **hyper)[0]):
        return "it mixes the runs of a batch"


def is_not_finite(step, case):
    G = np.tile(np.linspace(0.1, 2, 20), (300, 1))
    if not np.isfinite(path_of(step, G, np.ones(20), **CASES[case][1])[0]).all():
        return "it is not finite for a constant gradient"


PREDICATES = {predicate.__name__: predicate for predicate in (
    has_other_defaults, leaves_the_closed_form, leaves_pytorch, changes_what_it_was_given,
    returns_what_it_was_given, remembers_outside_its_state, does_not_resume, leaves_float32,
    differs_for_a_single_number, mixes_runs, is_not_finite)}
