"""Curvature methods against solvers of NumPy and SciPy and closed forms; wrong input is named."""
import numpy as np
import pytest
from scipy.optimize._linesearch import scalar_search_armijo
from scipy.sparse.linalg import cg

from course_lib import landscapes
from course_lib.optimizers import curvature
from course_lib.optimizers.descent import minimize

ROSENBROCK = landscapes.ROSENBROCK


def spd(n, kappa, seed=0):
    """A positive definite matrix with eigenvalues from 1 to kappa, turned at random."""
    Q, _ = np.linalg.qr(np.random.default_rng(seed).standard_normal((n, n)))
    return (Q * np.geomspace(1, kappa, n)) @ Q.T


def energy(H, e):
    return np.sqrt(np.einsum("ti,ij,tj->t", e, H, e))


@pytest.mark.parametrize("direction", [curvature.newton, curvature.saddle_free])
def test_a_direction_is_that_of_each_point_alone(direction):
    w = np.random.default_rng(1).uniform(-2, 2, (3, 4, 2))
    g, H = ROSENBROCK.grad(w), ROSENBROCK.hess(w)
    d = direction(g, H)
    assert d.shape == w.shape
    for i, j in np.ndindex(3, 4):
        np.testing.assert_allclose(d[i, j], direction(g[i, j], H[i, j]), rtol=1e-12)


def test_newton_solves_the_system_and_arrives_in_one_step():
    rng = np.random.default_rng(2)
    H, g = rng.standard_normal((6, 6)), rng.standard_normal(6)
    np.testing.assert_allclose((H + H.T) @ curvature.newton(g, H + H.T), -g, rtol=1e-9)
    bowl = landscapes.quadratic([1e-3, 1.0], angle=0.7)
    run = minimize(
        bowl,
        [3.0, -2.0],
        curvature.newton_like_rule(curvature.newton, bowl.hess),
        lr=1.0,
        n_steps=1,
    )
    np.testing.assert_allclose(run.final, 0, atol=1e-12)
    half = minimize(
        bowl,
        [3.0, -2.0],
        curvature.newton_like_rule(curvature.newton, bowl.hess),
        lr=0.5,
        n_steps=1,
    )
    np.testing.assert_allclose(half.final, [1.5, -1.0], atol=1e-12)


def test_saddle_free_divides_by_the_root_of_h_squared():
    rng = np.random.default_rng(3)
    for n in (1, 2, 5):
        H, g = rng.standard_normal((n, n)), rng.standard_normal(n)
        H = H + H.T
        lam, Q = np.linalg.eigh(H @ H)
        np.testing.assert_allclose(
            curvature.saddle_free(g, H), -np.linalg.solve((Q * np.sqrt(lam)) @ Q.T, g), rtol=1e-9
        )
        assert g @ curvature.saddle_free(g, H) < 0
    positive = spd(4, 30)
    np.testing.assert_allclose(
        curvature.saddle_free(g[:4], positive), curvature.newton(g[:4], positive), rtol=1e-9
    )
    np.testing.assert_allclose(
        curvature.saddle_free([1.0, 1.0, 1.0], np.diag([2, 0, -1e-3]), floor=0.1), [-0.5, -10, -10]
    )


@pytest.mark.parametrize("seed", range(20))
def test_armijo_takes_the_first_rate_that_passes(seed):
    rng = np.random.default_rng(seed)
    w, c = rng.uniform(-2, 2, 2), rng.choice([1e-4, 0.1, 0.5])
    loss, g = ROSENBROCK(w)
    d = -g + 0.3 * np.linalg.norm(g) * rng.standard_normal(2) if seed % 2 else -g
    d = d if g @ d < 0 else -d
    s = curvature.armijo(ROSENBROCK, w, d, lr=2.0, c=c)
    tries = 2.0 / 2.0**np.arange(40)
    passing = [ROSENBROCK(w + r * d)[0] <= loss + c * r * (g @ d) for r in tries]
    assert s == tries[np.argmax(passing)]


def test_armijo_agrees_with_scipy_where_the_first_rate_passes():
    w = np.array([-1.2, 1.0])
    loss, g = ROSENBROCK(w)
    for lr in (1e-4, 5e-4, 1e-3):
        theirs, _ = scalar_search_armijo(
            lambda s: ROSENBROCK(w - s * g)[0], loss, -(g @ g), alpha0=lr
        )
        assert curvature.armijo(ROSENBROCK, w, -g, lr=lr) == theirs == lr


def test_armijo_rejects_nan_and_takes_rates_of_the_given_lr():
    def barrier(w):
        return (w - np.log(w)).sum(), 1 - 1 / w

    with np.errstate(all="ignore"):
        assert curvature.armijo(barrier, np.array([2.0]), np.array([-4.0])) == 0.25
    assert (
        curvature.armijo(landscapes.quadratic([1.0]), np.array([1.0]), np.array([-1.0]), lr=1.5)
        == 1.5
    )


def test_line_search_makes_newton_safe_and_keeps_its_last_steps():
    rule = curvature.line_search(ROSENBROCK, curvature.newton, ROSENBROCK.hess)
    run = minimize(ROSENBROCK, [-1.2, 1.0], rule, lr=1.0, n_steps=50, tol=1e-10)
    assert (np.diff(run.loss) < 0).all() and run.grad_norm[-1] <= 1e-10
    assert (
        len(run.state["rates"]) == run.n_steps
        and run.state["rates"][-3:] == [1.0] * 3
        and min(run.state["rates"]) < 1
    )
    full = curvature.newton_like_rule(curvature.newton, ROSENBROCK.hess)
    assert (np.diff(minimize(ROSENBROCK, [-1.2, 1.0], full, lr=1.0, n_steps=5).loss) > 0).any()


def test_chebyshev_has_the_error_of_its_polynomial():
    kappa, n_steps = 50.0, 25
    lam = np.linspace(1, kappa, 7)
    bowl = landscapes.quadratic(lam)
    path = curvature.chebyshev(bowl.grad, np.ones(7), mu=1.0, L=kappa, n_steps=n_steps)
    x, x0 = (kappa + 1 - 2 * lam) / (kappa - 1), (kappa + 1) / (kappa - 1)
    for t in range(n_steps + 1):
        T = np.polynomial.chebyshev.Chebyshev.basis(t)
        np.testing.assert_allclose(path[t], T(x) / T(x0), rtol=1e-6, atol=1e-12)


def test_chebyshev_with_one_eigenvalue_arrives_at_once():
    path = curvature.chebyshev(lambda w: 3.0 * (w - 2.0), np.array([7.0]), mu=3.0, L=3.0, n_steps=3)
    np.testing.assert_allclose(path[:, 0], [7, 2, 2, 2], rtol=1e-12)


@pytest.mark.parametrize(("n", "kappa"), [(5, 10.0), (40, 1e3)])
def test_conjugate_gradient_follows_scipy_step_by_step(n, kappa):
    H = spd(n, kappa)
    b, start = np.random.default_rng(7).standard_normal((2, n))
    theirs = [start]
    cg(H, b, x0=start, rtol=0, atol=0, maxiter=n // 2, callback=lambda w: theirs.append(w.copy()))
    mine = curvature.conjugate_gradient(H, b, start, n_steps=n // 2)
    np.testing.assert_allclose(mine, theirs, rtol=1e-6, atol=1e-9)


def test_conjugate_gradient_is_done_after_as_many_steps_as_there_are_eigenvalues():
    lam = np.repeat([1.0, 7.0, 50.0], 4)
    b, start = np.random.default_rng(8).standard_normal((2, 12))
    path = curvature.conjugate_gradient(np.diag(lam), b, start, n_steps=100, tol=1e-8)
    assert len(path) == 4
    np.testing.assert_allclose(path[-1], b / lam, atol=1e-9)


def test_conjugate_gradient_stays_below_chebyshevs_bound_and_every_other_method():
    H, kappa = spd(60, 200.0), 200.0
    start = np.random.default_rng(9).standard_normal(60)
    e = energy(H, curvature.conjugate_gradient(H, np.zeros(60), start, n_steps=40))
    q, t = (np.sqrt(kappa) - 1) / (np.sqrt(kappa) + 1), np.arange(41)
    assert (e / e[0] <= 2 / (q**t + q**-t) * (1 + 1e-9)).all()
    other = energy(H, curvature.chebyshev(lambda w: H @ w, start, mu=1.0, L=kappa, n_steps=40))
    assert (e <= other * (1 + 1e-9)).all()


def test_nothing_given_is_changed():
    H, b, w = spd(3, 5.0), np.ones(3), np.zeros(3)
    given = [x.copy() for x in (H, b, w)]
    curvature.conjugate_gradient(H, b, w, n_steps=2)
    curvature.chebyshev(lambda w: H @ w - b, w, mu=1, L=5, n_steps=2)
    curvature.saddle_free(b, H)
    assert all((x == y).all() for x, y in zip((H, b, w), given, strict=True))


def uphill():
    curvature.armijo(landscapes.quadratic([1.0]), np.ones(1), np.ones(1))


def not_finite():
    curvature.armijo(lambda w: (np.nan, w), np.ones(1), -np.ones(1))


def test_armijo_ends_even_where_the_gradient_is_false():
    s = curvature.armijo(lambda w: ((w * w).sum(), -2 * w), np.ones(1), np.ones(1))
    assert 0 < s < 1e-10


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: curvature.newton(np.ones(2), np.ones((2, 2))),
            "an H that can be inverted, got one with an eigenvalue 0",
        ),
        (lambda: curvature.newton(np.ones(3), np.eye(2)), r"got shapes \(3,\) and \(2, 2\)"),
        (lambda: curvature.newton(1.0, 1.0), r"a gradient \(\.\.\., n\) needs a Hessian"),
        (
            lambda: curvature.saddle_free(np.ones(1), np.array([[np.nan]])),
            "needs a finite H, got",
        ),
        (
            lambda: curvature.saddle_free(np.ones(1), np.eye(1), floor=0),
            "floor must be finite and positive, got 0",
        ),
        (uphill, r"g.d < 0 \(downhill\) and c in \(0, 1\), got loss 0.5, g.d = 1"),
        (
            lambda: curvature.armijo(landscapes.quadratic([1.0]), np.ones(1), -np.ones(1), c=1),
            "and c = 1",
        ),
        (not_finite, "needs a finite loss, .* got loss nan"),
        (
            lambda: curvature.chebyshev(None, [1.0], mu=2, L=1, n_steps=3),
            "0 < mu <= L must hold, both finite, got mu = 2.0, L = 1.0",
        ),
        (lambda: curvature.chebyshev(None, [1.0], mu=0, L=1, n_steps=3), "got mu = 0"),
        (
            lambda: curvature.conjugate_gradient(np.eye(2), np.ones(3), np.ones(3), n_steps=1),
            r"got \(2, 2\), \(3,\) and \(3,\)",
        ),
        (
            lambda: curvature.conjugate_gradient(np.eye(2), np.ones(2), [1.0, np.nan], n_steps=1),
            "b and w must be finite",
        ),
        (
            lambda: curvature.conjugate_gradient(-np.eye(2), np.ones(2), np.zeros(2), n_steps=1),
            "needs a positive definite H",
        ),
        (
            lambda: curvature.conjugate_gradient(np.eye(2), np.ones(2), np.zeros(2), n_steps=0.5),
            "n_steps must be a whole",
        ),
    ],
)
def test_wrong_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_one_entry_that_is_not_finite_is_enough_to_refuse_a_hessian():
    for bad in (np.nan, np.inf):
        H = np.eye(2)
        H[0, 1] = H[1, 0] = bad
        with pytest.raises(ValueError, match="saddle_free needs a finite H"):
            curvature.saddle_free(np.ones(2), H)


def test_armijo_begins_with_the_whole_step():
    asked = []

    def fun(w):
        asked.append(w.copy())
        return 0.5 * w @ w, w

    assert curvature.armijo(fun, np.array([2.0, -4.0]), np.array([-2.0, 4.0])) == 1.0
    assert asked[1].tolist() == [0.0, 0.0]


@pytest.mark.parametrize("lr", [np.nan, np.inf, -1.0])
def test_armijo_refuses_a_rate_from_which_halving_never_ends(lr):
    with pytest.raises(ValueError, match="lr must be finite and not negative"):
        curvature.armijo(landscapes.quadratic([1.0]), np.ones(1), -np.ones(1), lr=lr)


def test_armijo_refuses_shapes_with_which_halving_never_ends():
    for w, d in ((2.5, -np.ones(3)), (np.ones(3), -np.ones((2, 3)))):
        with pytest.raises(ValueError, match="w and d must have one shape, got"):
            curvature.armijo(lambda w: ((w * w).sum(), 2 * w), w, d)


def test_lists_are_taken_as_arrays_and_wrong_types_named():
    path = curvature.conjugate_gradient([[1.0, 0.0], [0.0, 9.0]], [1.0, 9.0], [0, 0], n_steps=2)
    np.testing.assert_allclose(path[-1], [1, 1], rtol=1e-12)
    for call, said in (
            (lambda: curvature.newton("a", np.eye(1)), "g must hold numbers"),
            (lambda: curvature.newton([1.0], None), "H must hold numbers"),
            (lambda: curvature.saddle_free([1.0], [[1.0]], floor="a"), "floor must be a number"),
            (lambda: curvature.conjugate_gradient(np.eye(1), "b", [0.0], n_steps=1), "b must hold"),
            (lambda: curvature.chebyshev(None, None, mu=1, L=2, n_steps=1), "w must hold numbers"),
            (lambda: curvature.chebyshev(None, [1.0], mu="a", L=2, n_steps=1), "mu must be"),
            (lambda: curvature.chebyshev(None, [1.0], mu=1, L=2, n_steps=None), "n_steps must be")):
        with pytest.raises(TypeError, match=said):
            call()
