"""Steepest steps: the largest sum of G * D is the dual norm, no other D of length 1 has a larger."""
import numpy as np
import pytest
from scipy.linalg import polar as scipys_polar

from course_lib.frontier import norms
from course_lib.optimizers import lion, sgd

RNG = np.random.default_rng(0)
MATRICES = [RNG.standard_normal(shape) for shape in ((5, 5), (7, 3), (3, 7), (1, 4), (4, 1))]


def test_the_steepest_step_reaches_the_dual_norm_to_twelve_digits():
    for G in MATRICES:
        for norm in norms.NORMS:
            D = norms.steepest(G, norm)
            assert norms.length(D, norm) == pytest.approx(1, rel=1e-12)
            assert (G * D).sum() == pytest.approx(norms.dual_norm(G, norm), rel=1e-12)


def test_no_other_step_of_length_one_is_steeper():
    rng = np.random.default_rng(1)
    for G in MATRICES:
        for norm in norms.NORMS:
            best = norms.dual_norm(G, norm)
            for scale in (0.01, 0.3, 10):
                D = norms.steepest(G, norm) + scale * rng.standard_normal(G.shape)
                assert (G * D).sum() / norms.length(D, norm) < best * (1 + 1e-12)


def test_dual_norms_are_those_of_numpy():
    G = np.array([[3.0, -4.0], [0.0, 0.0]])
    assert [norms.dual_norm(G, norm) for norm in ("frobenius", "largest", "spectral")] == [5, 7, 5]
    assert norms.dual_norm(np.diag([3.0, -4.0]), "spectral") == pytest.approx(7)


def test_the_polar_factor_is_scipy_s_and_zeros_stay_zero():
    for G in MATRICES:
        np.testing.assert_allclose(norms.polar(G), scipys_polar(G)[0], atol=1e-12)
    a, b = RNG.standard_normal((2, 6)), RNG.standard_normal(5)
    for low in (np.outer(a[0], b), np.outer(a[1], b)):
        whole = np.linalg.norm(low)
        np.testing.assert_allclose(norms.polar(low), low / whole, atol=1e-12)
    assert not norms.polar(np.zeros((3, 2))).any()
    assert not norms.steepest(np.zeros((3, 2)), "spectral").any()


def test_sign_descent_is_lion_without_memory():
    w, G = RNG.standard_normal((2, 4, 3))
    ours, _ = norms.sign_descent(w, G, {}, lr=0.1)
    np.testing.assert_array_equal(ours, lion(w, G, {}, lr=0.1, beta1=0.0)[0])
    np.testing.assert_allclose(w - ours, 0.1 * norms.steepest(G, "largest"), rtol=1e-12)


def test_spectral_descent_steps_along_the_polar_factor():
    w, G = RNG.standard_normal((2, 4, 3))
    ours, _ = norms.spectral_descent(w, G, {}, lr=0.1)
    np.testing.assert_allclose(ours, sgd(w, scipys_polar(G)[0], {}, lr=0.1)[0], rtol=1e-10)


def test_an_unknown_norm_is_named():
    with pytest.raises(ValueError, match="norm must be one of frobenius, largest, spectral, got 'l2'"):
        norms.steepest(np.eye(2), "l2")
