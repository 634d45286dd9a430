"""The oracle: references that share no code with the update rules, and proof that wrong rules do
not get past them.

Three references: closed formulas in which no state is carried from step to step; PyTorch's numbers,
stored in pytorch.json (`python tests/oracle/test_oracle.py`, with PyTorch, stores them anew; a test
compares); Keras, run here. `faults` says what is wrong with a rule: nothing for ours, something for
every wrong version in mutants.toml.
"""
import copy
import inspect
import json
import math
import tomllib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.optimizers.calling import rule
from course_lib.optimizers.rules import STEPS, blockwise

HERE = Path(__file__).parent
STORED = HERE / "pytorch.json"
EPS, N_STEPS = 1e-3, 12
W0 = np.array([1.0, -2.0, 0.5, 3.0, -1.5, 0.25])
ROWS = [0, 1, 6, 11]  # the steps (from 0) that are stored
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


def lr(t):
    """A rate that changes on the way: a rule that keeps the rate inside its state is found out."""
    return 0.0625 if t <= 6 else 0.25


ADAM = {"lr": lr, "beta1": 0.7, "beta2": 0.9, "eps": EPS}
CASES = {  # case: (rule, hyper-parameters, none of them a default)
    "sgd": ("sgd", {"lr": lr}),
    "momentum": ("momentum", {"lr": lr, "beta": 0.75}),
    "nesterov": ("nesterov", {"lr": lr, "beta": 0.75}),
    "adagrad": ("adagrad", {"lr": lr, "eps": EPS}),
    "rmsprop": ("rmsprop", {"lr": lr, "rho": 0.8, "eps": EPS}),
    "rmsprop centered": ("rmsprop", {"lr": lr, "rho": 0.8, "eps": EPS, "centered": True}),
    "adadelta": ("adadelta", {"lr": lr, "rho": 0.8, "eps": EPS}),
    "adam": ("adam", ADAM),
    "amsgrad": ("amsgrad", ADAM),
    "adamax": ("adamax", ADAM),
    "nadam": ("nadam", ADAM | {"momentum_decay": 0.05}),
    "adamw": ("adamw", ADAM | {"weight_decay": 0.3}),
    "lion": ("lion", {"lr": lr, "beta1": 0.7, "beta2": 0.9, "weight_decay": 0.3}),
}


def gradients():
    """(12, 6): ordinary; zero, then not; a drop of a thousand times; flips of sign; always zero; of
    size eps.
    """
    t, i = np.arange(1, N_STEPS + 1)[:, None], np.arange(6)
    G = ((37 * t * (i + 3) + 11 * i) % 101 - 50.25) / 32  # exact, irregular, never zero
    G[:5, 1] = 0.0
    G[6:, 2] *= 1e-3
    G[:, 3] = np.abs(G[:, 3]) * (-1.0) ** np.arange(N_STEPS)
    G[:, 4] = 0.0
    G[:, 5] *= EPS
    return G


def run(step, G, w=W0, state=None, first=1, **hyper):
    """Feed the gradients G (T, ...) to a rule; return the path and the last state. Hyper-parameters
    may depend on t.
    """
    w, state, path = (
        w.copy(),
        {} if state is None else state,
        [],
    )  # a rule that writes into w must not spoil the next run
    for t, g in enumerate(G.copy(), start=first):
        w, state = step(
            w,
            g,
            state,
            **{name: value(t) if callable(value) else value for name, value in hyper.items()},
        )
        path.append(w)
    return np.array(path), state


def weighted_sum(G, decay):
    """sum_s decay^(t-s) G_s for every t, written as the sum it is and not as the recursion under
    test.
    """
    return np.array([sum(decay ** (t - s) * G[s] for s in range(t + 1)) for t in range(len(G))])


def adadelta_steps(G, rho, eps):
    deltas = np.zeros_like(G)
    for t in range(len(G)):
        u = (1 - rho) * sum(rho ** (t - 1 - s) * deltas[s] ** 2 for s in range(t))
        v = (1 - rho) * sum(rho ** (t - s) * G[s] ** 2 for s in range(t + 1))
        deltas[t] = ((u + eps) / (v + eps)) ** 0.5 * G[t]
    return deltas


def nadam_mean(G, beta1, momentum_decay):
    mu = beta1 * (1 - 0.5 * 0.96 ** (np.arange(1, len(G) + 2)[:, None] * momentum_decay))
    product = np.cumprod(mu, axis=0)
    m = (1 - beta1) * weighted_sum(G, beta1)
    return mu[1:] * m / (1 - product[1:]) + (1 - mu[:-1]) * G / (1 - product[:-1])


def closed_form(
    case,
    G,
    *,
    lr,
    beta=None,
    rho=None,
    beta1=None,
    beta2=None,
    eps=None,
    momentum_decay=None,
    centered=False,
    weight_decay=0.0,
):
    """The path (T, n) of a rule from closed formulas in which no state is carried from step to
    step.
    """
    t = np.arange(1, len(G) + 1)[:, None]
    if case in ("adam", "amsgrad", "adamax", "nadam", "adamw"):
        mean = weighted_sum(G, beta1) / weighted_sum(
            np.ones_like(G), beta1
        )  # (1-b)/(1-b^t) is 1/sum of the weights
        raw = (1 - beta2) * weighted_sum(G**2, beta2)
        root = (raw / (1 - beta2**t)) ** 0.5
    steps = {
        "sgd": lambda: G,
        "momentum": lambda: weighted_sum(G, beta),
        "nesterov": lambda: G + beta * weighted_sum(G, beta),
        "adagrad": lambda: G / (np.cumsum(G**2, axis=0) ** 0.5 + eps),
        "rmsprop": lambda: G / (((1 - rho) * weighted_sum(G**2, rho)) ** 0.5 + eps),
        "rmsprop centered": lambda: (
            G
            / (
                ((1 - rho) * weighted_sum(G**2, rho) - ((1 - rho) * weighted_sum(G, rho)) ** 2)
                ** 0.5
                + eps
            )
        ),
        "adadelta": lambda: adadelta_steps(G, rho, eps),
        "adam": lambda: mean / (root + eps),
        "adamw": lambda: mean / (root + eps),
        "amsgrad": lambda: mean / ((np.maximum.accumulate(raw) / (1 - beta2**t)) ** 0.5 + eps),
        "adamax": lambda: (
            mean
            / (np.array([max_over_past(np.abs(G[:k]), beta2) for k in range(1, len(G) + 1)]) + eps)
        ),
        "nadam": lambda: nadam_mean(G, beta1, momentum_decay) / (root + eps),
        "lion": lambda: np.sign(beta1 * past_mean(G, beta2) + (1 - beta1) * G),
    }[case]()
    rates = np.array([lr(k) for k in t[:, 0]])[:, None]
    kept = np.cumprod(1 - rates * weight_decay, axis=0)  # what decay leaves of the start
    return kept * (W0 - np.cumsum(rates * steps / kept, axis=0))


def max_over_past(size, decay):
    return (decay ** np.arange(len(size))[::-1, None] * size).max(axis=0)


def past_mean(G, decay):
    return np.concatenate([np.zeros_like(G[:1]), (1 - decay) * weighted_sum(G, decay)[:-1]])


def close(ours, theirs):
    return np.allclose(ours, theirs, rtol=1e-10, atol=1e-13)


def same(one, other):
    """Whether two states hold equal values under equal names."""
    return one.keys() == other.keys() and all(
        np.array_equal(one[name], other[name]) for name in one
    )


def close_to_pytorch(case, ours, theirs):
    """PyTorch keeps the product of Nadam's mu in float32."""
    return np.allclose(ours, theirs, rtol=1e-7 if case == "nadam" else 1e-10, atol=1e-13)


def torch_hyper(case):
    """PyTorch's Adamax adds eps to |g|, not to u: the two agree where eps is too small to matter.
    """
    return CASES[case][1] | ({"eps": 1e-30} if case == "adamax" else {})


def faults(step):
    """Yield what is wrong with an update rule, in words; nothing if it is right."""
    name, G, stored = step.__name__, gradients(), json.loads(STORED.read_text())
    parameters = inspect.signature(step).parameters.values()
    if {
        p.name: p.default for p in parameters if p.kind is p.KEYWORD_ONLY and p.name != "lr"
    } != DEFAULTS[name]:
        yield "the defaults are others"
    for case, hyper in [
        (case, hyper) for case, (its_rule, hyper) in CASES.items() if its_rule == name
    ]:
        for scale in (1.0, EPS, 1e4):
            if not close(run(step, scale * G, **hyper)[0], closed_form(case, scale * G, **hyper)):
                yield f"{case} is not the closed form for gradients times {scale}"
        if case in stored and not close_to_pytorch(
            case, run(step, G, **torch_hyper(case))[0][ROWS], stored[case]
        ):
            yield f"{case} is not PyTorch's"
        whole, _ = run(step, G, **hyper)
        half, state = run(step, G[:5], **hyper)
        w, g = half[-1].copy(), G[5].copy()
        before = copy.deepcopy(state)
        once, new = step(w, g, state, **hyper | {"lr": 0.1})
        again, _ = step(w, g, copy.deepcopy(before), **hyper | {"lr": 0.1})
        results = [once, *new.values()]
        if not (
            np.array_equal(w, half[-1])
            and np.array_equal(g, G[5])
            and same(state, before)
            and np.array_equal(once, again)
            and not any(
                np.shares_memory(ours, given)
                for ours in results
                for given in (w, g, *state.values())
            )
        ):
            yield f"{case} changes what it was given"
        if not np.array_equal(run(step, G[5:], half[-1], before, first=6, **hyper)[0], whole[5:]):
            yield f"{case} does not resume from its state"
        path, state = run(step, G.astype(np.float32), W0.astype(np.float32), **hyper)
        if {x.dtype for x in (path, *state.values()) if isinstance(x, np.ndarray)} != {
            np.dtype(np.float32)
        }:
            yield f"{case} leaves float32"
        if not np.array_equal(run(step, G[:, 3], W0[3], **hyper)[0], whole[:, 3]):
            yield f"{case} is another rule for a single number"
        stack = run(step, np.stack([G[:, ::-1], G], axis=1), np.stack([W0[::-1], W0]), **hyper)[0]
        if not np.array_equal(stack[:, 1], whole):
            yield f"{case} mixes the runs of a batch"
        if not np.isfinite(
            run(step, np.tile(np.linspace(0.1, 2, 20), (300, 1)), np.ones(20), **hyper)[0]
        ).all():
            yield f"{case} is not finite for a constant gradient"


@pytest.mark.parametrize("name", STEPS)
def test_the_oracle_finds_no_fault(name):
    assert list(faults(STEPS[name])) == []


@pytest.mark.parametrize("case", CASES)
def test_paths_are_those_of_keras(case):
    """Keras adds epsilon inside the root for AdaGrad and RMSprop, so these are compared at one too
    small to matter; to the root of the uncorrected v for Adam, which is eps/sqrt(1 - beta2^t) in
    the paper's place. It keeps the rate inside the velocity: momentum is compared at a constant
    rate.
    """
    from course_lib.frameworks.tensorflow_quietly import import_tensorflow
    import_tensorflow()
    import keras
    betas = {"beta_1": 0.7, "beta_2": 0.9}
    constant, tiny, its_eps = (
        {"lr": 0.0625},
        {"eps": 1e-30},
        {"eps": lambda t: EPS / math.sqrt(1 - 0.9**t)},
    )
    name, arguments, changes = {
        "sgd": ("SGD", {}, {}),
        "momentum": ("SGD", {"momentum": 0.75}, constant),
        "nesterov": ("SGD", {"momentum": 0.75, "nesterov": True}, constant),
        "adagrad": ("Adagrad", {"initial_accumulator_value": 0.0, "epsilon": 1e-30}, tiny),
        "rmsprop": ("RMSprop", {"rho": 0.8, "epsilon": 1e-30}, tiny),
        "rmsprop centered": ("RMSprop", {"rho": 0.8, "epsilon": 1e-30, "centered": True}, tiny),
        "adadelta": ("Adadelta", {"rho": 0.8, "epsilon": EPS}, {}),
        "adam": ("Adam", betas | {"epsilon": EPS}, its_eps),
        "amsgrad": ("Adam", betas | {"epsilon": EPS, "amsgrad": True}, its_eps),
        "adamax": ("Adamax", betas | {"epsilon": EPS}, {}),
        "nadam": ("Nadam", betas | {"epsilon": EPS}, {"momentum_decay": 1.0}),
        "adamw": ("AdamW", betas | {"epsilon": EPS, "weight_decay": 0.3}, its_eps),
        "lion": ("Lion", betas | {"weight_decay": 0.3}, {}),
    }[case]
    optimizer = getattr(keras.optimizers, name)(lr(1), **arguments)
    variable, theirs = keras.Variable(W0, dtype="float64"), []
    for t, g in enumerate(gradients(), start=1):
        optimizer.learning_rate = lr(1 if changes is constant else t)
        optimizer.apply([keras.ops.convert_to_tensor(g)], [variable])
        theirs.append(variable.numpy().copy())
    its_rule, hyper = CASES[case]
    ours, _ = run(STEPS[its_rule], gradients(), **hyper | changes)
    np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=1e-9)


def pytorch_paths():
    """Return {case: path (12, 6)} as PyTorch computes them in float64; it has no Lion."""
    import torch
    optim, betas = torch.optim, {"betas": (0.7, 0.9), "eps": EPS}
    makers = {
        "sgd": (optim.SGD, {}),
        "momentum": (optim.SGD, {"momentum": 0.75}),
        "nesterov": (optim.SGD, {"momentum": 0.75, "nesterov": True}),
        "adagrad": (optim.Adagrad, {"eps": EPS}),
        "rmsprop": (optim.RMSprop, {"alpha": 0.8, "eps": EPS}),
        "rmsprop centered": (optim.RMSprop, {"alpha": 0.8, "eps": EPS, "centered": True}),
        "adadelta": (optim.Adadelta, {"rho": 0.8, "eps": EPS}),
        "adam": (optim.Adam, betas),
        "amsgrad": (optim.Adam, betas | {"amsgrad": True}),
        "adamax": (optim.Adamax, betas | {"eps": 1e-30}),
        "nadam": (optim.NAdam, betas | {"momentum_decay": 0.05}),
        "adamw": (optim.AdamW, betas | {"weight_decay": 0.3}),
    }
    paths = {}
    for case, (make, arguments) in makers.items():
        w = torch.tensor(W0, requires_grad=True)
        optimizer, path = make([w], lr=lr(1), **arguments), []
        for t, g in enumerate(gradients(), start=1):
            optimizer.param_groups[0]["lr"] = lr(t)
            w.grad = torch.tensor(g)
            optimizer.step()
            path.append(w.detach().numpy().copy())
        paths[case] = np.array(path)
    return paths


@pytest.mark.torch
def test_paths_and_stored_numbers_are_those_of_pytorch():
    pytest.importorskip("torch")
    stored = json.loads(STORED.read_text())
    paths = pytorch_paths()
    assert stored.keys() == paths.keys() == CASES.keys() - {"lion"}
    for case, path in paths.items():
        np.testing.assert_allclose(stored[case], path[ROWS], rtol=1e-13)
        assert close_to_pytorch(
            case, run(STEPS[CASES[case][0]], gradients(), **torch_hyper(case))[0], path
        ), case


def mutants():
    """Yield (rule, what is wrong, the wrong rule), made from the source of the right one; each
    replacement must fit once.
    """
    for name, changes in tomllib.loads((HERE / "mutants.toml").read_text()).items():
        for wrong, fragments in changes.items():
            source = inspect.getsource(inspect.unwrap(STEPS[name]))
            for old, new in zip(fragments[::2], fragments[1::2], strict=True):
                assert source.count(old) == 1, (
                    f"{name}, {wrong}: {old!r} occurs {source.count(old)} times"
                )
                source = source.replace(old, new)
            namespace = {"np": np, "rule": rule}
            exec(source, namespace)
            yield name, wrong, namespace[name]


def test_every_wrong_rule_is_found_out(record_property):
    total, survivors, crashed = 0, [], []
    with np.errstate(all="ignore"):
        for name, wrong, step in mutants():
            total += 1
            try:
                if next(faults(step), None) is None:
                    survivors.append(f"{name}: {wrong}")
            except Exception as error:
                crashed.append(f"{name}: {wrong}: {error!r}")
    record_property(
        "oracle", f"oracle: {total - len(survivors)} of {total} wrong update rules found out"
    )
    assert survivors == [] and crashed == []  # a version that crashes would prove nothing
    assert total >= 60


seeds = st.integers(0, 10**6)
few = settings(max_examples=12, deadline=None, derandomize=True)


def drawn(seed, shape):
    """Random start and six gradients, some of them zero, over many orders of magnitude."""
    rng = np.random.default_rng(seed)
    G = (
        rng.standard_normal((6, *shape))
        * 10.0 ** rng.integers(-4, 4, (6, *shape))
        * (rng.random((6, *shape)) < 0.8)
    )
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
    np.testing.assert_allclose(
        run(STEPS[name], scale * G, w, **hyper)[0], run(STEPS[name], G, w, **hyper)[0], rtol=1e-6
    )


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
        path, _ = run(STEPS[name], g[None], w, **hyper)
        np.testing.assert_allclose(
            w - path[0], lr(1) * expected[case], rtol=1e-9, atol=1e-12, err_msg=case
        )


@pytest.mark.parametrize("case", CASES)
@few
@given(seeds)
def test_a_zero_gradient_moves_nothing_but_for_decay(case, seed):
    name, hyper = CASES[case]
    w, G = drawn(seed, (5,))
    G[:, 2] = 0.0
    path, _ = run(STEPS[name], G, w, **hyper | ({"eps": 1e-8} if "eps" in hyper else {}))
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
    whole, state = run(STEPS[name], G, w, **hyper)
    assert whole.shape == (6, *shape) and whole.dtype == dtype
    assert all(
        np.asarray(value).dtype == dtype
        for key, value in state.items()
        if key not in ("t", "mu_product")
    )
    first, middle = run(STEPS[name], G[:cut], w, **hyper)
    rest, _ = run(STEPS[name], G[cut:], first[-1], copy.deepcopy(middle), first=cut + 1, **hyper)
    assert np.array_equal(np.concatenate([first, rest]), whole)
    last = (..., *(-1 for _ in shape))
    assert np.array_equal(run(STEPS[name], G[last], w[last[1:]], **hyper)[0], whole[last])


@pytest.mark.parametrize("case", CASES)
@few
@given(seeds, st.integers(1, 40), st.integers(1, 50), st.sampled_from([np.float32, np.float64]))
def test_blockwise_equals_the_plain_rule_bit_for_bit(case, seed, n, block, dtype):
    name, hyper = CASES[case]
    w, G = drawn(seed, (n,))
    w, G = w.astype(dtype), G.astype(dtype)
    plain, state = run(STEPS[name], G, w, **hyper)
    in_place, in_place_state = run(blockwise(STEPS[name], block), G, w, **hyper)
    assert np.array_equal(in_place[-1], plain[-1]) and same(in_place_state, state)


if __name__ == "__main__":
    rows = {case: path[ROWS].tolist() for case, path in pytorch_paths().items()}
    STORED.write_text(
        "{\n" + ",\n".join(f'"{case}": {json.dumps(path)}' for case, path in rows.items()) + "\n}\n"
    )
