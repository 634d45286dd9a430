"""L-BFGS against conjugate gradient, SciPy's BFGS matrix, and PyTorch."""
import json
import subprocess
import sys

import numpy as np
import pytest
from scipy.optimize import LbfgsInvHessProduct
from scipy.sparse.linalg import cg

from course_lib.frameworks.torch_process import torch_version
from course_lib.frontier import quasi_newton as q
from course_lib.landscapes import ROSENBROCK
from course_lib.optimizers import minimize
from course_lib.optimizers.curvature import armijo, conjugate_gradient

N = 12
RNG = np.random.default_rng(0)
ROOT = np.linalg.qr(RNG.standard_normal((N, N)))[0]
H = ROOT @ np.diag(np.geomspace(1, 20, N)) @ ROOT.T
B = RNG.standard_normal(N)
START = RNG.standard_normal(N)


def bowl(w):
    return 0.5 * w @ H @ w - B @ w, H @ w - B


def exact_path(memory, n_steps):
    return q.exact_lbfgs(H, B, START, n_steps=n_steps, memory=memory)


def scipys_cg():
    points = []
    cg(H, B, x0=START, maxiter=6, rtol=1e-30, callback=lambda w: points.append(w.copy()))
    return np.array([START, *points])


def test_with_exact_steps_it_is_conjugate_gradient_to_machine_precision():
    reference = conjugate_gradient(H, B, START, n_steps=6)
    np.testing.assert_allclose(reference, scipys_cg(), atol=1e-13)
    for memory in (1, 2, 6):
        np.testing.assert_allclose(exact_path(memory, 6), reference, atol=1e-13)


def test_it_ends_after_as_many_steps_as_there_are_eigenvalues():
    assert np.abs(exact_path(3, N)[-1] - np.linalg.solve(H, B)).max() < 1e-6


def test_the_direction_is_scipy_s_inverse_hessian_times_the_gradient():
    rng = np.random.default_rng(1)
    s, g = rng.standard_normal((3, N)), rng.standard_normal(N)
    y = s @ H
    size = (s[-1] @ y[-1]) / (y[-1] @ y[-1])
    y = size * y  # SciPy begins with the identity: so does ours, where s.y / y.y is 1
    theirs = LbfgsInvHessProduct(s, y)
    np.testing.assert_allclose(q.direction(g, list(zip(s, y, strict=True))), -(theirs @ g),
                               rtol=1e-10)


def test_in_other_units_the_direction_is_the_same_step():
    rng = np.random.default_rng(1)
    s, g = rng.standard_normal((3, N)), rng.standard_normal(N)
    plain = q.direction(g, [(a, H @ a) for a in s])
    np.testing.assert_allclose(q.direction(1000 * g, [(a, 1000 * H @ a) for a in s]), plain,
                               rtol=1e-10)


def test_without_pairs_it_goes_down_the_gradient_and_the_first_step_is_short():
    g = np.array([3.0, -4.0])
    np.testing.assert_array_equal(q.direction(g, []), -g)
    w, _ = q.lbfgs(np.zeros(2), g, {}, lr=0.7)
    np.testing.assert_allclose(w, -0.7 * g / 7)
    w, _ = q.lbfgs(np.zeros(2), g / 100, {}, lr=0.7)
    np.testing.assert_allclose(w, -0.7 * g / 100)


def test_only_the_last_pairs_are_kept_and_none_of_negative_curvature():
    w, state = START, {}
    for _ in range(9):
        w, state = q.lbfgs(w, bowl(w)[1], state, lr=1.0, memory=4)
    assert len(state["pairs"]) == 4
    bent = {"w": np.zeros(2), "g": np.array([1.0, 0.0]), "pairs": ()}
    assert q.remembered(np.array([1.0, 0.0]), np.array([0.5, 0.0]), bent, 4) == ()
    assert len(q.remembered(np.array([1.0, 0.0]), np.array([1.5, 0.0]), bent, 4)) == 1


def test_with_armijo_s_search_it_finds_the_end_of_a_curved_valley():
    def search(w, d, t):
        return armijo(ROSENBROCK, w, d)

    run = minimize(ROSENBROCK, [-1.5, 2.0], q.searching_lbfgs(search), lr=1.0, n_steps=100,
                   tol=1e-10)
    np.testing.assert_allclose(run.final, [1, 1], atol=1e-8)
    assert run.n_steps < 60


TORCH = """
import json, sys, torch
H, b, start = (torch.tensor(part, dtype=torch.float64) for part in json.load(sys.stdin))
w = start.clone().requires_grad_(True)
optimizer = torch.optim.LBFGS([w], lr=0.5, max_iter=1, history_size=3, tolerance_grad=0,
                              tolerance_change=0)
points = []
def closure():
    optimizer.zero_grad()
    loss = 0.5 * w @ H @ w - b @ w
    loss.backward()
    return loss
for _ in range(8):
    optimizer.step(closure)
    points.append(w.detach().tolist())
print(json.dumps(points))
"""


@pytest.mark.skipif(torch_version() is None, reason="PyTorch is not installed")
def test_pytorch_takes_the_same_path_without_a_search():
    done = subprocess.run([sys.executable, "-c", TORCH], capture_output=True, text=True, check=True,
                          input=json.dumps([H.tolist(), B.tolist(), START.tolist()]))
    ours = minimize(bowl, START, q.lbfgs, lr=0.5, n_steps=8, memory=3).w[1:]
    np.testing.assert_allclose(ours, json.loads(done.stdout), atol=1e-12)
