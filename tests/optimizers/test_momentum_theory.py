"""The formulas of momentum on a quadratic, against eigenvalues, runs and a Lyapunov equation; each
form of momentum against the library it is named after, and against notebook 10's conversions.
"""
import numpy as np
import pytest
from scipy.linalg import solve_discrete_lyapunov

from course_lib import landscapes
from course_lib.optimizers import descent
from course_lib.optimizers.momentum_theory import (
    accelerated,
    average_momentum,
    best_heavy_ball,
    dampened_momentum,
    hover,
    keras_momentum,
    lookahead_nesterov,
    momentum_floor,
    nesterov_radius,
    spectral_radius,
    usual_nesterov,
)
from course_lib.optimizers.rules import momentum, nesterov

GRID = [(a, beta) for a in (0.0, 0.01, 0.4, 1.0, 1.7, 3.0, 4.5) for beta in (0.0, 0.16, 0.5, 0.9)]

G = np.random.default_rng(6).normal(size=(12, 3))
W0 = np.array([1.0, -2.0, 0.5])
RATES = [0.125] * 5 + [0.0125] * 7  # the rate drops after step 5
BETA = 0.75


def iteration(a, beta):
    """The matrix that takes (w_{t-1}, w_{t-2}) to (w_t, w_{t-1})."""
    return np.array([[1 + beta - a, -beta], [1.0, 0.0]])


@pytest.mark.parametrize(("a", "beta"), GRID)
def test_radius_is_the_largest_eigenvalue_of_the_iteration(a, beta):
    ahead = np.array([[(1 - a) * (1 + beta), -(1 - a) * beta], [1.0, 0.0]])
    for radius, matrix in ((spectral_radius, iteration(a, beta)), (nesterov_radius, ahead)):
        expected = abs(np.linalg.eigvals(matrix)).max()
        np.testing.assert_allclose(radius(a, beta), expected, rtol=1e-6, atol=1e-12)


@pytest.mark.parametrize(
    ("radius", "edge"),
    [
        (spectral_radius, lambda b: 2 * (1 + b)),
        (nesterov_radius, lambda b: (2 + 2 * b) / (1 + 2 * b)),
    ],
)
def test_radius_is_one_on_the_edge_of_stability_and_broadcasts(radius, edge):
    beta = np.array([0.0, 0.3, 0.9])
    np.testing.assert_allclose(radius(edge(beta), beta), 1.0, rtol=1e-12)
    assert (radius(0.99 * edge(beta), beta) < 1).all() and (
        radius(1.01 * edge(beta), beta) > 1
    ).all()
    assert radius(edge(beta)[:, None], beta).shape == (3, 3)


@pytest.mark.parametrize("kappa", [1.0, 3.0, 100.0])
def test_no_pair_on_a_fine_grid_beats_the_best_heavy_ball(kappa):
    lr, beta, r = best_heavy_ball(2.0, 2.0 * kappa)
    np.testing.assert_allclose(
        spectral_radius(lr * np.array([2.0, 2.0 * kappa]), beta), r, atol=1e-7
    )
    rates, betas = np.linspace(1e-4, 4 / (2 * kappa), 400), np.linspace(0, 0.999, 400)[:, None]
    worst = np.maximum(
        spectral_radius(2.0 * rates, betas), spectral_radius(2.0 * kappa * rates, betas)
    )
    assert worst.min() >= r - 1e-9 and worst.min() < r + 0.05


@pytest.mark.parametrize("kappa", [1.0, 4.0, 100.0])
def test_usual_nesterov_has_its_factor_as_the_worst_of_all_curvatures(kappa):
    lr, beta, factor = usual_nesterov(3.0, 3.0 * kappa)
    radii = nesterov_radius(lr * np.linspace(3.0, 3.0 * kappa, 1001), beta)
    np.testing.assert_allclose(radii.max(), factor, atol=1e-7)


@pytest.mark.parametrize(
    ("name", "radius"), [("momentum", spectral_radius), ("nesterov", nesterov_radius)]
)
@pytest.mark.parametrize(("a", "beta"), [(0.1, 0.0), (0.02, 0.5), (1.8, 0.1)])
def test_radius_is_the_factor_of_a_run_with_real_roots(name, radius, a, beta):
    run = descent.minimize(landscapes.quadratic([a]), [1.0], name, lr=1.0, beta=beta, n_steps=60)
    np.testing.assert_allclose(abs(run.w[60] / run.w[59]), radius(a, beta), rtol=1e-6)


@pytest.mark.parametrize(
    ("lr", "lam", "beta", "sigma"),
    [(0.1, 2.0, 0.0, 1.0), (0.3, 5.0, 0.9, 0.5), (1.5, 0.01, 0.6, 3.0), (0.78, 5.0, 0.96, 1.0)],
)
def test_momentum_floor_solves_the_lyapunov_equation(lr, lam, beta, sigma):
    noise = np.array([[(lr * sigma)**2, 0.0], [0.0, 0.0]])
    covariance = solve_discrete_lyapunov(iteration(lr * lam, beta), noise)
    np.testing.assert_allclose(momentum_floor(lr, lam, beta, sigma), covariance[0, 0], rtol=1e-9)


def test_momentum_floor_is_infinite_where_a_run_does_not_settle():
    assert np.isinf(momentum_floor(np.array([2.9, 3.0, 3.1]), 1.0, 0.5)).tolist() == [
        False,
        True,
        True,
    ]
    assert np.isinf(momentum_floor(0.1, -1.0, 0.9))


@pytest.mark.parametrize("function", [best_heavy_ball, usual_nesterov])
@pytest.mark.parametrize(
    ("mu", "L", "said"),
    [
        (2.0, 1.0, "0 < mu <= L, got mu = 2.0 and L = 1.0"),
        (0.0, 1.0, "0 < mu <= L"),
        (-1.0, 1.0, "mu must be finite"),
        (1.0, np.nan, "L must be finite"),
    ],
)
def test_curvatures_in_the_wrong_order_are_named(function, mu, L, said):
    with pytest.raises(ValueError, match=said):
        function(mu, L)


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

    optimizer = keras.optimizers.SGD(1.0, momentum=BETA)
    variable = keras.Variable(W0, dtype="float64")
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


def test_the_growing_momentum_is_the_look_ahead_form_with_another_beta_each_step():
    bowl = landscapes.quadratic([0.1, 2.0])
    points = accelerated(bowl, [1.0, -3.0], lr=0.4, n_steps=9)
    w, v = np.array([1.0, -3.0]), np.zeros(2)
    for t in range(1, 10):
        w, v = lookahead_nesterov(bowl, w, v, lr=0.4, beta=max(0, t - 2) / (t + 1))
        np.testing.assert_allclose(points[t], w, rtol=1e-12, atol=1e-14)
    assert points.shape == (10, 2) and points[0].tolist() == [1.0, -3.0]


@pytest.mark.parametrize("eigenvalues", [np.geomspace(1e-6, 1, 30), np.ones(3)])
def test_the_growing_momentum_keeps_its_bound(eigenvalues):
    bowl, t = landscapes.quadratic(eigenvalues), np.arange(1, 801)
    points = accelerated(bowl, np.ones(len(eigenvalues)), lr=1.0, n_steps=800)
    assert (bowl(points)[0][1:] <= 2 * len(eigenvalues) / (t + 1) ** 2).all()


def test_the_growing_momentum_leaves_its_start_and_refuses_a_broken_number_of_steps():
    start = np.ones(2)
    accelerated(landscapes.quadratic([1.0, 2.0]), start, lr=0.5, n_steps=3)
    assert start.tolist() == [1.0, 1.0]
    with pytest.raises(ValueError, match="n_steps"):
        accelerated(landscapes.quadratic([1.0, 2.0]), start, lr=0.5, n_steps=2.5)


def test_noisy_runs_hover_at_the_predicted_variance():
    lr, lam, beta = np.array([0.1, 0.02, 1.5]), np.array([1.0, 4.0, 1.0]), np.array([0.0, 0.9, 0.5])
    measured = hover(lr, lam, beta, sigma=2.0)
    np.testing.assert_allclose(measured, momentum_floor(lr, lam, beta, sigma=2.0), rtol=0.08)
    assert np.array_equal(measured, hover(lr, lam, beta, sigma=2.0))


def test_the_way_from_the_start_does_not_count():
    measured = hover(0.02, 1.0, 0.0, runs=4000, n_steps=200)
    assert measured == pytest.approx(float(momentum_floor(0.02, 1.0, 0.0)), rel=0.07)
