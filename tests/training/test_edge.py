"""The edge of stability: where quadratics blow up, which matrix is measured, what a run records."""
import numpy as np
import pytest

from course_lib.optimizers import minimize
from course_lib.optimizers.rules import rule_called
from course_lib.training import edge


@pytest.fixture
def task():
    rng = np.random.default_rng(0)
    return rng.standard_normal((40, 6)), np.eye(10)[rng.integers(0, 10, 40)]


def grows(step, q, **hyper):
    """Return whether a rule with a frozen P grows on a curvature of q / lr, at lr = 1."""
    run = minimize(lambda w: (0.5 * q * w @ w, q * w), [1.0], step, lr=1.0, n_steps=4000,
                   keep_path=False, tol=None, **hyper)
    return run.diverged_at is not None or abs(run.final[0]) > 10


def averaged(w, g, state, *, lr, beta1):
    """Adam with P = 1."""
    m = beta1 * state.get("m", 0.0) + (1 - beta1) * g
    return w - lr * m, {"m": m}


@pytest.mark.parametrize("beta", [0.0, 0.5, 0.9])
def test_a_quadratic_blows_up_just_beyond_the_edge_and_not_before(beta):
    cases = {"sgd": ("sgd", {}), "momentum": ("momentum", {"beta": beta}),
             "adam": (averaged, {"beta1": beta})}
    for name, (step, hyper) in cases.items():
        q = edge.edge(name, beta)
        assert grows(step, 1.01 * q, **hyper) and not grows(step, 0.99 * q, **hyper)
    assert edge.edge("rmsprop", beta) == 2


@pytest.mark.parametrize("t", [3, 40])
@pytest.mark.parametrize(("step", "hyper"), [
    ("rmsprop", {"rho": 0.95}), ("adam", {"beta1": 0.7, "beta2": 0.95})])
def test_p_divides_the_average_of_gradients_in_the_rule_s_step(step, hyper, t):
    rng, rule = np.random.default_rng(0), rule_called(step)
    w, state, m = rng.standard_normal(5), {}, 0.0
    beta1 = hyper.get("beta1", 0.0)
    for _ in range(t):
        g, before = rng.standard_normal(5), w
        m = beta1 * m + (1 - beta1) * g
        w, state = rule(w, g, state, lr=0.1, **hyper)
    np.testing.assert_allclose(before - w, 0.1 * m / edge.preconditioner(step, state, **hyper),
                               rtol=1e-6)


def test_sharpness_is_the_largest_eigenvalue_of_the_preconditioned_matrix():
    rng = np.random.default_rng(0)
    A = rng.standard_normal((12, 12))
    H, P = A + A.T, rng.uniform(0.5, 3, 12)
    ours = edge.sharpness(lambda u: H @ u, 12, rng=rng, P=P)
    assert ours == pytest.approx(np.linalg.eigvals(H / P[:, None]).real.max(), rel=1e-6)


def test_a_run_is_that_of_minimize_with_its_sharpness_measured(task):
    net = edge.network(task, 0, widths=(4,))
    start, fun = net.theta.copy(), net.objective(*task)
    run = edge.follow(task, "sgd", 0.4, seed=0, n_steps=20, every=10, net=net)
    plain = minimize(net.objective(*task), start, "sgd", lr=0.4, n_steps=20)
    np.testing.assert_allclose(run.loss, plain.loss, rtol=1e-12)
    np.testing.assert_array_equal(net.theta, plain.final)
    assert run.t.tolist() == [10, 20]
    for t, measured in zip(run.t, run.edge, strict=True):
        w = plain.w[t]
        H = np.array([(fun(w + e)[1] - fun(w - e)[1]) / 2e-5 for e in 1e-5 * np.eye(w.size)])
        assert measured == pytest.approx(0.4 * np.linalg.eigvalsh((H + H.T) / 2)[-1], rel=2e-3)


def test_a_run_that_diverges_ends_there(task):
    with np.errstate(all="ignore"):
        run = edge.follow(task, "sgd", 1e200, seed=0, n_steps=20, every=10)
    assert len(run.loss) < 21 and np.isfinite(run.loss).all()


def test_the_task_is_centred_and_its_columns_are_uncorrelated():
    class Splits:
        X_train = np.random.default_rng(0).random((30, 12)).astype(np.float32)
        y_train = np.arange(30) % 10

    X, Y = edge.small_task(Splits, n=20, k=5)
    assert X.shape == (20, 5) and Y.argmax(axis=1).tolist() == Splits.y_train[:20].tolist()
    C = X.T @ X
    np.testing.assert_allclose(X.mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(C, np.diag(np.diag(C)), atol=1e-5)
    assert (np.diff(np.diag(C)) < 0).all()
    everything = Splits.X_train[:20].astype(float)
    assert np.diag(C)[0] == pytest.approx(
        20 * np.linalg.eigvalsh(np.cov(everything.T, bias=True))[-1], rel=1e-5)


def test_the_mean_is_over_the_measurements_from_a_step_on():
    assert edge.settled_at([10, 20, 30], [9.0, 2.0, 4.0], since=20) == 3.0


def test_unknown_rules_and_betas_are_named():
    with pytest.raises(ValueError, match="step must be one of sgd"):
        edge.edge("lion")
    with pytest.raises(ValueError, match="beta"):
        edge.edge("adam", 1.0)
