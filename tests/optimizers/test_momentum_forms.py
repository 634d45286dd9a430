"""Each form of momentum agrees with the library it is named after, and with notebook 06's
conversions.
"""
import numpy as np
import pytest

from course_lib import landscapes
from course_lib.optimizers.momentum_theory import (
    average_momentum,
    dampened_momentum,
    keras_momentum,
    lookahead_nesterov,
)
from course_lib.optimizers.rules import momentum, nesterov

G = np.random.default_rng(6).normal(size=(12, 3))
W0 = np.array([1.0, -2.0, 0.5])
RATES = [0.125] * 5 + [0.0125] * 7  # the rate drops after step 5
BETA = 0.75


def path(step, rates=RATES, **hyper):
    w, state, points = W0, {}, []
    for g, lr in zip(G, rates, strict=True):
        w, state = step(w, g, state, lr=lr, beta=BETA, **hyper)
        points.append(w)
    return np.array(points)


def test_keras_form_is_that_of_keras_also_when_the_rate_drops():
    from course_lib.frameworks.tensorflow_quietly import import_tensorflow
    import_tensorflow()
    import keras

    optimizer, variable = (
        keras.optimizers.SGD(1.0, momentum=BETA),
        keras.Variable(W0, dtype="float64"),
    )
    theirs = []
    for g, lr in zip(G, RATES, strict=True):
        optimizer.learning_rate = lr
        optimizer.apply([keras.ops.convert_to_tensor(g)], [variable])
        theirs.append(variable.value.numpy().copy())
    np.testing.assert_allclose(path(keras_momentum), theirs, rtol=1e-6)  # Keras keeps lr in float32
    assert abs(path(keras_momentum) - path(momentum)).max() > 0.1


@pytest.mark.torch
@pytest.mark.parametrize("dampening", [0.0, 0.3, BETA])
def test_dampened_form_is_that_of_pytorch_also_when_the_rate_drops(dampening):
    torch = pytest.importorskip("torch")
    w = torch.tensor(W0, requires_grad=True)
    optimizer = torch.optim.SGD([w], 1.0, momentum=BETA, dampening=dampening)
    theirs = []
    for g, lr in zip(G, RATES, strict=True):
        optimizer.param_groups[0]["lr"] = lr
        w.grad = torch.tensor(g)
        optimizer.step()
        theirs.append(w.detach().numpy().copy())
    np.testing.assert_allclose(path(dampened_momentum, dampening=dampening), theirs, rtol=1e-12)


def test_conversions_at_a_constant_rate():
    constant = [0.125] * 12
    ours = path(momentum, constant)
    np.testing.assert_allclose(path(keras_momentum, constant), ours, rtol=1e-12)
    np.testing.assert_allclose(path(average_momentum, [0.125 / (1 - BETA)] * 12), ours, rtol=1e-12)
    np.testing.assert_allclose(path(dampened_momentum, dampening=0.0), path(momentum), rtol=1e-12)


def test_average_and_dampened_follow_a_drop_at_once_as_the_course_does():
    rates = [lr / (1 - BETA) for lr in RATES]
    np.testing.assert_allclose(path(average_momentum, rates), path(momentum), rtol=1e-12)


def test_dampened_with_beta_is_the_average_whose_first_gradient_counts_in_full():
    extra = 0.125 * G[0] * np.cumsum(BETA**np.arange(1, 13))[:, None]
    expected = path(average_momentum, [0.125] * 12) - extra
    np.testing.assert_allclose(
        path(dampened_momentum, [0.125] * 12, dampening=BETA), expected, rtol=1e-12
    )


def test_keras_goes_further_by_the_predicted_distance_on_a_slope():
    lr, new, g, paths = 0.1, 0.01, np.array([2.0]), []
    for step in (momentum, keras_momentum):
        w, state = np.zeros(1), {}
        for t in range(600):
            w, state = step(w, g, state, lr=lr if t < 300 else new, beta=BETA)
        paths.append(w)
    np.testing.assert_allclose(
        paths[0] - paths[1], (lr - new) * BETA / (1 - BETA) ** 2 * g, rtol=1e-9
    )


def test_lookahead_form_is_the_rewritten_one_seen_from_the_lookahead_point():
    fun = landscapes.ROSENBROCK
    w, v = np.array([-1.0, 1.5]), np.zeros(2)
    u, state = w, {}
    for _ in range(40):
        w, v = lookahead_nesterov(fun, w, v, lr=1e-3, beta=0.9)
        u, state = nesterov(u, fun.grad(u), state, lr=1e-3, beta=0.9)
        np.testing.assert_allclose(w - 1e-3 * 0.9 * v, u, rtol=1e-9)
    assert abs(w - u).max() > 1e-4


@pytest.mark.parametrize(("step", "more"), [(keras_momentum, {}), (average_momentum, {}),
                                            (dampened_momentum, {"dampening": 0.5})])
def test_nothing_given_is_changed(step, more):
    w, g = W0.copy(), G[0].copy()
    _, state = step(w, g, {}, lr=0.1, beta=0.9, **more)
    kept = {name: value.copy() for name, value in state.items()}
    step(w, g, state, lr=0.1, beta=0.9, **more)
    assert (w == W0).all() and (g == G[0]).all()
    assert all((state[name] == kept[name]).all() for name in kept)
