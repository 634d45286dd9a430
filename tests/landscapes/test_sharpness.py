"""Sharpness: products with known Hessians, both ends of a spectrum beside LAPACK and Lanczos, a
network's curvature.
"""
import numpy as np
import pytest

from course_lib import landscapes
from course_lib.landscapes.sharpness import extremes, hvp, lanczos, power_iteration, sharpness
from course_lib.networks.network import mlp


def quadratic(eigenvalues, seed=0):
    """Return fun and H of a quadratic with these eigenvalues in random directions."""
    n = len(eigenvalues)
    Q = np.linalg.qr(np.random.default_rng(seed).standard_normal((n, n)))[0]
    H = Q @ np.diag(eigenvalues) @ Q.T
    return (lambda w: (0.5 * w @ H @ w, H @ w)), H


def small_network():
    rng = np.random.default_rng(3)
    net = mlp([5, 4, 3], rng=rng, activation="tanh", dtype=np.float64)
    fun = net.objective(rng.standard_normal((40, 5)), rng.integers(0, 3, 40))
    theta = net.theta.copy()
    H = np.array(
        [(fun(theta + s)[1] - fun(theta - s)[1]) / 2e-6 for s in 1e-6 * np.eye(theta.size)]
    )
    return fun, theta, (H + H.T) / 2


@pytest.mark.parametrize("length", [1e-3, 1.0, 1e3])
def test_product_is_that_of_a_known_hessian_whatever_the_length_of_u(length):
    rosenbrock = landscapes.ROSENBROCK
    w, u = np.array([0.4, -1.3]), length * np.array([0.6, 0.8])
    np.testing.assert_allclose(hvp(rosenbrock, w, u), rosenbrock.hess(w) @ u, rtol=1e-6)
    assert not hvp(rosenbrock, w, 0 * u).any()


def test_product_is_central():
    def fun(w):  # a forward difference would be off by h/2
        return np.sum(w**3) / 6, w**2 / 2

    w = np.array([2.0, -1.0])
    np.testing.assert_allclose(hvp(fun, w, np.array([1.0, 0.0]), h=0.1), [2.0, 0.0], atol=1e-12)


def test_product_of_a_network_agrees_with_its_full_hessian_and_keeps_no_view_of_the_gradient():
    fun, theta, H = small_network()
    u = np.random.default_rng(0).standard_normal(theta.size)
    np.testing.assert_allclose(hvp(fun, theta, u), H @ u, atol=1e-6)
    shared = np.zeros(2)

    def same_array(w):
        shared[:] = 3 * w
        return 0.0, shared

    np.testing.assert_allclose(
        hvp(same_array, np.ones(2), np.array([1.0, 0.0])), [3.0, 0.0], rtol=1e-6
    )


def test_precision_of_float32_stays():
    fun = lambda w: (0.5 * w @ w, w)  # noqa: E731
    product = hvp(fun, np.ones(3, np.float32), np.array([1, 0, 0], np.float32))
    assert product.dtype == np.float32
    np.testing.assert_allclose(product, [1, 0, 0], atol=1e-3)


def test_power_iteration_finds_the_eigenvalue_that_is_largest_in_size_with_its_sign():
    H = quadratic([-5.0, 3.0, 1.0, 0.1])[1]
    eigenvalue, u = power_iteration(lambda v: H @ v, 4, rng=np.random.default_rng(0), tol=1e-8)
    assert abs(eigenvalue + 5) < 1e-8
    np.testing.assert_allclose(H @ u, -5 * u, atol=1e-6)
    assert power_iteration(lambda v: 0 * v, 4, rng=np.random.default_rng(0))[0] == 0


@pytest.mark.parametrize("eigenvalues", [
    [-2.0, -1.0, 0.5, 2.0],         # a pair of one size: plain power iteration would not settle
    [-0.3, 0.0, 1.0, 7.0],
    [-7.0, 0.0, 1.0, 2.0],
    [1.0, 2.0, 3.0, 9.0],           # a minimum: the low end is positive
    [-9.0, -3.0, -2.0, -1.0],
    [-2.0, -2.0, 2.0, 2.0, 0.0],    # each end twice
])
def test_both_ends_of_a_known_spectrum(eigenvalues):
    fun, H = quadratic(eigenvalues)
    (low, high), (u_low, u_high) = extremes(
        fun, np.ones(len(eigenvalues)), rng=np.random.default_rng(1), n_steps=3000
    )
    scale = np.abs(eigenvalues).max()
    assert (
        abs(low - min(eigenvalues)) < 1e-3 * scale and abs(high - max(eigenvalues)) < 1e-3 * scale
    )
    np.testing.assert_allclose(H @ u_low, low * u_low, atol=2e-3 * scale)
    np.testing.assert_allclose(H @ u_high, high * u_high, atol=2e-3 * scale)


def test_network_beside_lapack_and_lanczos():
    from scipy.sparse.linalg import LinearOperator, eigsh

    fun, theta, H = small_network()
    operator = LinearOperator(H.shape, matvec=lambda u: hvp(fun, theta, u.ravel()), dtype=float)
    lanczos = [
        eigsh(operator, k=1, which=end, return_eigenvectors=False, tol=1e-6)[0]
        for end in ("SA", "LA")
    ]
    exact = np.linalg.eigvalsh(H)[[0, -1]]
    ends, _ = extremes(fun, theta, rng=np.random.default_rng(0), n_steps=3000)
    np.testing.assert_allclose(lanczos, exact, rtol=1e-4)
    np.testing.assert_allclose(ends, exact, rtol=2e-3)
    assert abs(sharpness(fun, theta, rng=np.random.default_rng(5)) / exact[1] - 1) < 2e-3


@pytest.mark.parametrize(("arguments", "said"), [
    ((np.ones(2), np.ones(3), {}), "one shape"),
    ((np.ones((2, 1)), np.ones((2, 1)), {}), "one shape"),
    ((np.ones(2), np.ones(2), {"h": 0.0}), "h must be finite and positive"),
    ((np.full(2, np.nan), np.ones(2), {"h": 1.0}), "finite gradient"),
])
def test_bad_input_is_named(arguments, said):
    w, u, more = arguments
    with pytest.raises(ValueError, match=said):
        hvp(lambda w: (w @ w, 2 * w), w, u, **more)


def test_one_slope_that_is_not_finite_is_enough_to_refuse_a_product():
    with pytest.raises(ValueError, match="needs a finite gradient"):
        hvp(lambda w: (0.0, np.array([w[0], np.nan])), np.ones(2), np.ones(2))


@pytest.mark.parametrize("size", [0.1, 1.0, 1000.0])
def test_the_step_of_the_difference_is_as_long_as_it_says(size):
    """eps^(1/3) max(1, |w|): shorter and rounding counts, longer and curvature does."""
    asked = []

    def fun(w):
        asked.append(w.copy())
        return 0.0, w

    w = size * np.array([0.6, 0.8])
    hvp(fun, w, np.array([0.0, 3.0]))
    step = np.finfo(float).eps ** (1 / 3) * max(1.0, size)
    np.testing.assert_allclose(asked[0] - w, [0.0, step], rtol=1e-7)
    np.testing.assert_allclose(asked[1] - w, [0.0, -step], rtol=1e-7)


@pytest.mark.parametrize("tol", [1e-2, 1e-4])
def test_power_iteration_stops_at_the_first_residual_below_tol_and_by_default_at_a_ten_thousandth(
        tol):
    H, residuals = np.diag([1.0, -0.95, 0.3]), []

    def product(u):
        Hu = H @ u
        residuals.append(np.linalg.norm(Hu - (u @ Hu) * u) / abs(u @ Hu))
        return Hu

    more = {} if tol == 1e-4 else {"tol": tol}
    power_iteration(product, 3, rng=np.random.default_rng(0), **more)
    assert residuals[-1] <= tol < min(residuals[:-1])


def test_power_iteration_gives_up_after_n_steps_products_a_thousand_by_default():
    calls = []

    def product(u):
        calls.append(1)
        return np.array([u[0], -u[1]])

    power_iteration(product, 2, rng=np.random.default_rng(0), n_steps=7)
    assert len(calls) == 7
    power_iteration(product, 2, rng=np.random.default_rng(0))
    assert len(calls) == 7 + 1000


def diagonal(name, n):
    """Return spectra in which a random start hardly sees one end, of length n."""
    d = {"one outlier above": np.ones(n), "a bulk below 0": np.full(n, -0.2),
         "one outlier below": np.ones(n), "a wide bulk": np.linspace(0, 1, n)}[name]
    d[-1] = {"one outlier above": 1.5, "a bulk below 0": 1.0,
             "one outlier below": -0.1, "a wide bulk": 40.0}[name]
    return d


@pytest.mark.parametrize("n", [30, 2000, 50_000])
@pytest.mark.parametrize("name", ["one outlier above", "a bulk below 0", "one outlier below"])
def test_neither_end_is_lost_whatever_the_start(name, n):
    d = diagonal(name, n)
    for seed in range(6):
        (low, high), _ = extremes(lambda w: (0.5 * d @ (w * w), d * w), np.zeros(n),
                                  rng=np.random.default_rng(seed))
        assert abs(low - d.min()) < 1e-3 and abs(high - d.max()) < 1e-3


@pytest.mark.parametrize("seed", range(3))
def test_ends_of_a_wide_bulk_agree_with_scipy(seed):
    from scipy.sparse.linalg import LinearOperator, eigsh

    d = diagonal("a wide bulk", 2000)
    (low, high), _ = lanczos(lambda u: d * u, 2000, rng=np.random.default_rng(seed))
    operator = LinearOperator((2000, 2000), matvec=lambda u: d * u.ravel(), dtype=float)
    theirs = [eigsh(operator, k=1, which=end, return_eigenvectors=False)[0] for end in ("SA", "LA")]
    assert abs(low - theirs[0]) < 40 * 1e-4 and abs(high / theirs[1] - 1) < 1e-6


@pytest.mark.parametrize("n", [1, 2, 7])
def test_a_small_matrix_is_solved_whole(n):
    d = np.arange(1.0, n + 1) - 3
    (low, high), (u_low, u_high) = lanczos(lambda u: d * u, n, rng=np.random.default_rng(0))
    assert abs(low - d[0]) < 1e-9 and abs(high - d[-1]) < 1e-9
    assert abs(abs(u_low[0]) - 1) < 1e-6 and abs(abs(u_high[-1]) - 1) < 1e-6


def test_no_more_than_n_steps_products():
    calls = []
    d = np.linspace(-1, 1, 500)
    lanczos(lambda u: calls.append(1) or d * u, 500, rng=np.random.default_rng(0), n_steps=9, tol=0)
    assert len(calls) == 9


@pytest.mark.parametrize(("change", "said"), [
    ({"rng": 0}, "rng must be a NumPy Generator"),
    ({"w": "a"}, "w must hold numbers"),
    ({"n_steps": None}, "n_steps must be a whole number"),
    ({"tol": "a"}, "tol must be a number")])
def test_wrong_types_are_named(change, said):
    given = {"fun": lambda w: (w @ w, 2 * w), "w": np.ones(2), "rng": np.random.default_rng(0)}
    with pytest.raises(TypeError, match=said):
        extremes(**given | change)
