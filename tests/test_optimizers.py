"""Every update rule against independent references, many steps, non-default hyper-parameters, awkward gradients."""
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.optimizers import STEPS, blockwise, named

HYPER = {
    "sgd": {"lr": 0.0625},
    "momentum": {"lr": 0.0625, "beta": 0.75},
    "nesterov": {"lr": 0.0625, "beta": 0.75},
    "adagrad": {"lr": 0.0625, "eps": 1e-3},
    "rmsprop": {"lr": 0.0625, "rho": 0.8, "eps": 1e-3},
    "adam": {"lr": 0.0625, "beta1": 0.7, "beta2": 0.9, "eps": 1e-3},
}
HAS_EPS = [name for name, hyper in HYPER.items() if "eps" in hyper]
W0 = np.array([1.0, -2.0, 0.5, 3.0])


def gradients(scale=1.0):
    """Twelve gradients of four coordinates: ordinary, always zero then not, a drop of a thousand times, flips of sign."""
    rng = np.random.default_rng(7)
    G = rng.standard_normal((12, 4))
    G[:5, 1] = 0.0
    G[6:, 2] *= 1e-3
    G[:, 3] = np.abs(G[:, 3]) * (-1.0) ** np.arange(12)
    return scale * G


def run(name, G, w=W0, state=None, **hyper):
    """Feed the gradients G (T, n) to a rule; return the path (T, n) and the last state."""
    state, path = {} if state is None else state, []
    for g in G:
        w, state = STEPS[name](w, g, state, **hyper)
        path.append(w)
    return np.array(path), state


def weighted_sum(G, decay):
    """sum_s decay^(t-s) G_s for every t, written as the sum it is and not as the recursion under test."""
    return np.array([sum(decay ** (t - s) * G[s] for s in range(t + 1)) for t in range(len(G))])


def closed_form(name, G, *, lr, beta=None, rho=None, beta1=None, beta2=None, eps=None):
    """The path of a rule from closed formulas in which no state is carried from step to step."""
    t = np.arange(1, len(G) + 1)[:, None]
    if name == "sgd":
        steps = G
    elif name == "momentum":
        steps = weighted_sum(G, beta)
    elif name == "nesterov":
        steps = G + beta * weighted_sum(G, beta)
    elif name == "adagrad":
        steps = G / (np.cumsum(G**2, axis=0) ** 0.5 + eps)
    elif name == "rmsprop":
        steps = G / (((1 - rho) * weighted_sum(G**2, rho)) ** 0.5 + eps)
    elif name == "adam":
        mean = weighted_sum(G, beta1) / weighted_sum(np.ones_like(G), beta1)       # (1-b)/(1-b^t) is 1/sum of the weights
        square = weighted_sum(G**2, beta2) / weighted_sum(np.ones_like(G), beta2)
        steps = mean / (square**0.5 + eps)
    assert len(steps) == len(t)
    return W0 - lr * np.cumsum(steps, axis=0)


@pytest.mark.parametrize("scale", [1.0, 1e-3, 1e4], ids=["ordinary", "size-eps", "large"])
@pytest.mark.parametrize("name", STEPS)
def test_path_is_the_closed_form(name, scale):
    G = gradients(scale)
    path, _ = run(name, G, **HYPER[name])
    np.testing.assert_allclose(path, closed_form(name, G, **HYPER[name]), rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("name", STEPS)
def test_path_is_that_of_keras(name):
    """Keras adds epsilon inside the root for AdaGrad and RMSprop, so the comparison uses one too small to matter."""
    from course_lib.quiet import import_tensorflow
    import_tensorflow()
    import keras
    tiny, lr = 1e-30, 0.0625
    optimizer = {
        "sgd": lambda: keras.optimizers.SGD(lr),
        "momentum": lambda: keras.optimizers.SGD(lr, momentum=0.75),
        "nesterov": lambda: keras.optimizers.SGD(lr, momentum=0.75, nesterov=True),
        "adagrad": lambda: keras.optimizers.Adagrad(lr, initial_accumulator_value=0.0, epsilon=tiny),
        "rmsprop": lambda: keras.optimizers.RMSprop(lr, rho=0.8, epsilon=tiny),
        "adam": lambda: keras.optimizers.Adam(lr, beta_1=0.7, beta_2=0.9, epsilon=tiny),
    }[name]()
    variable = keras.Variable(W0, dtype="float64")
    G = gradients() + 0.01  # no exact zeros: 0/0 at this epsilon is Keras' business
    theirs = []
    for g in G:
        optimizer.apply([keras.ops.convert_to_tensor(g)], [variable])
        theirs.append(np.array(variable))
    ours, _ = run(name, G, **HYPER[name] | ({"eps": tiny} if name in HAS_EPS else {}))
    np.testing.assert_allclose(ours, theirs, rtol=1e-6 if name in ("rmsprop", "adam") else 1e-12)


@pytest.mark.torch
@pytest.mark.parametrize("name", STEPS)
def test_path_is_that_of_pytorch(name):
    torch = pytest.importorskip("torch")
    w = torch.tensor(W0, requires_grad=True)
    lr = 0.0625
    optimizer = {
        "sgd": lambda: torch.optim.SGD([w], lr),
        "momentum": lambda: torch.optim.SGD([w], lr, momentum=0.75),
        "nesterov": lambda: torch.optim.SGD([w], lr, momentum=0.75, nesterov=True),
        "adagrad": lambda: torch.optim.Adagrad([w], lr, eps=1e-3),
        "rmsprop": lambda: torch.optim.RMSprop([w], lr, alpha=0.8, eps=1e-3),
        "adam": lambda: torch.optim.Adam([w], lr, betas=(0.7, 0.9), eps=1e-3),
    }[name]()
    G, theirs = gradients(), []
    for g in G:
        w.grad = torch.tensor(g)
        optimizer.step()
        theirs.append(w.detach().numpy().copy())
    ours, _ = run(name, G, **HYPER[name])
    np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-13)


def test_three_adam_steps_by_hand():
    """beta1 = beta2 = 1/2, g = 4, 0, -2: m = 2, 1, -1/2 and v = 8, 4, 4; the corrections are 1/2, 3/4, 7/8."""
    w, state, seen = np.array([0.0]), {}, []
    for g in (4.0, 0.0, -2.0):
        w_new, state = STEPS["adam"](w, np.array([g]), state, lr=1.0, beta1=0.5, beta2=0.5, eps=1.0)
        seen.append(float((w - w_new)[0]))
        w = w_new
    expected = [4 / (4 + 1), (4 / 3) / (math.sqrt(16 / 3) + 1), (-4 / 7) / (math.sqrt(32 / 7) + 1)]
    np.testing.assert_allclose(seen, expected, rtol=1e-14)


@pytest.mark.parametrize("name", STEPS)
def test_a_zero_gradient_coordinate_never_moves(name):
    hyper = HYPER[name] | ({"eps": 1e-8} if name in HAS_EPS else {})
    path, _ = run(name, gradients() * np.array([1.0, 0.0, 1.0, 1.0]), **hyper)
    assert (path[:, 1] == W0[1]).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", STEPS)
def test_dtype_is_kept_even_with_numpy_scalars_as_rates(name, dtype):
    hyper = {key: np.float64(value) for key, value in HYPER[name].items()}
    path, state = run(name, gradients().astype(dtype), W0.astype(dtype), **hyper)
    assert path.dtype == dtype
    assert all(value.dtype == dtype for value in state.values() if isinstance(value, np.ndarray))


@pytest.mark.parametrize("name", STEPS)
def test_nothing_given_is_changed(name):
    _, state = run(name, gradients(), **HYPER[name])
    w, g = W0.copy(), gradients()[3].copy()
    before = {key: np.copy(value) for key, value in state.items()}
    w_new, state_new = STEPS[name](w, g, state, **HYPER[name])
    assert (w == W0).all() and (g == gradients()[3]).all()
    assert state.keys() == before.keys() and all((state[key] == before[key]).all() for key in state)
    mine = [w_new, *state_new.values()]
    assert not any(np.shares_memory(new, old) for new in mine for old in (w, g, *state.values()))


@pytest.mark.parametrize("name", STEPS)
def test_a_run_resumes_from_its_state(name):
    G = gradients()
    whole, _ = run(name, G, **HYPER[name])
    first, state = run(name, G[:5], **HYPER[name])
    second, _ = run(name, G[5:], first[-1], state, **HYPER[name])
    assert (np.concatenate([first, second]) == whole).all()


@pytest.mark.parametrize("name", STEPS)
def test_rows_of_a_batch_are_single_runs_with_their_own_rate(name):
    G = np.stack([gradients(), -2 * gradients()], axis=1)                 # (T, runs, n)
    hyper = HYPER[name] | {"lr": np.array([[0.5], [0.125]])}
    batch, _ = run(name, G, np.stack([W0, W0]), **hyper)
    for i, lr in enumerate((0.5, 0.125)):
        single, _ = run(name, G[:, i], **HYPER[name] | {"lr": lr})
        assert (batch[:, i] == single).all()


@pytest.mark.parametrize("name", STEPS)
def test_a_scalar_weight_will_do(name):
    path, _ = run(name, gradients()[:, 0], np.float64(1.0), **HYPER[name])
    full, _ = run(name, gradients(), **HYPER[name])
    np.testing.assert_allclose(path, full[:, 0], rtol=1e-14)


@settings(max_examples=30, deadline=None)
@given(st.floats(1e-6, 1e6), st.sampled_from(["adagrad", "rmsprop", "adam"]))
def test_adaptive_rules_do_not_see_the_scale_of_the_gradient(scale, name):
    hyper = HYPER[name] | {"eps": 0.0}
    plain, _ = run(name, gradients() + 0.01, **hyper)
    scaled, _ = run(name, scale * (gradients() + 0.01), **hyper)
    np.testing.assert_allclose(scaled, plain, rtol=1e-10)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", STEPS)
def test_blockwise_equals_the_plain_rule_bit_for_bit_and_in_place(name, dtype):
    rng = np.random.default_rng(3)
    w0, G = rng.standard_normal(1003).astype(dtype), rng.standard_normal((6, 1003)).astype(dtype)
    plain, plain_state = run(name, G, w0, **HYPER[name])
    w, state, step = w0.copy(), {}, blockwise(STEPS[name], block=100)
    for g in G:
        previous = state
        returned, state = step(w, g, state, **HYPER[name])
        assert returned is w
        assert all(state[key] is previous[key] for key in previous if isinstance(previous[key], np.ndarray))
    assert (w == plain[-1]).all() and w.dtype == dtype
    assert state.keys() == plain_state.keys()
    assert all((state[key] == plain_state[key]).all() for key in ("v", "m") if key in state)
    assert state.get("t") == plain_state.get("t")


@pytest.mark.parametrize("name", STEPS)
@pytest.mark.parametrize("value", [-0.1, float("nan"), float("inf")])
def test_bad_rates_are_named(name, value):
    with pytest.raises(ValueError, match=f"{name}: lr must be finite and not negative, got {value}"):
        STEPS[name](W0, W0, {}, lr=value)
    with pytest.raises(ValueError, match="lr must be finite"):
        blockwise(STEPS[name])(W0.copy(), W0, {}, lr=value)


@pytest.mark.parametrize(("name", "key"), [("momentum", "beta"), ("nesterov", "beta"), ("rmsprop", "rho"),
                                           ("adam", "beta1"), ("adam", "beta2")])
@pytest.mark.parametrize("value", [1.0, -0.1, float("nan")])
def test_bad_decays_are_named(name, key, value):
    with pytest.raises(ValueError, match=rf"{key} must be in \[0, 1\), got {value}"):
        STEPS[name](W0, W0, {}, lr=0.1, **{key: value})


@pytest.mark.parametrize("name", STEPS)
def test_shapes_and_names_are_checked(name):
    with pytest.raises(ValueError, match=rf"{name}: w and g must have one shape, got \(4,\) and \(3,\)"):
        STEPS[name](W0, W0[:3], {}, lr=0.1)
    with pytest.raises(TypeError, match=f"{name} does not know 'betta'; its hyper-parameters are lr"):
        STEPS[name](W0, W0, {}, lr=0.1, betta=0.9)
    with pytest.raises(TypeError, match="needs lr"):
        STEPS[name](W0, W0, {})


def test_steps_are_found_by_name():
    assert named("adam") is STEPS["adam"] and named(STEPS["sgd"]) is STEPS["sgd"]
    with pytest.raises(ValueError, match="no update rule is called 'Adam'; there are sgd, momentum"):
        named("Adam")
