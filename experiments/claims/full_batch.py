"""A small smooth problem with all examples in every gradient: softmax regression on 500 embedded
digits, with a quadratic penalty. How many gradients does it take to come near the minimum?

L-BFGS has nothing tuned; each step begins at length 1 and is halved as Armijo's rule wants, and
every point at which the loss is computed is counted. Nesterov's momentum has its rate and beta
tuned on other seeds, which draw other digits.
"""
import functools
import itertools

import numpy as np

from course_lib import optimizers
from course_lib.arguments import one_thread
from course_lib.data import datasets
from course_lib.experiments.claims import claim
from course_lib.frontier import searching_lbfgs
from course_lib.networks import mlp
from course_lib.optimizers.curvature import armijo

PENALTY = 1e-3
NEAR = 1e-4  # of the way from the start to the minimum, this share may be left
MOST = 2000
RATES = np.geomspace(0.05, 1.6, 6)
BETAS = (0.8, 0.9, 0.95, 0.98, 0.99)
TUNING_SEEDS = range(3)


@functools.cache
def problem(seed):
    """Return the objective on 500 random digits, its start, and the loss to be reached."""
    from scipy.optimize import minimize

    digits = datasets.split(datasets.embedded_digits(), 497)
    rng = np.random.default_rng(seed)
    rows = rng.permutation(len(digits.X_train))[:500]
    net = mlp([digits.X_train.shape[1], 10], rng=rng, dtype=np.float64)
    plain = net.objective(digits.X_train[rows], digits.y_train[rows])

    def fun(w):
        loss, g = plain(w)
        return loss + PENALTY / 2 * w @ w, g + PENALTY * w

    start = net.theta.copy()
    best = minimize(fun, start, jac=True, method="L-BFGS-B",
                    options={"maxiter": 5000, "maxfun": 10_000, "ftol": 1e-14, "gtol": 1e-7}).fun
    return fun, start, best + NEAR * (fun(start)[0] - best)


def gradients(step, seed, **hyper):
    """Return the number of points at which a run computes the loss, until one is near enough; MOST
    if none is. step: a function of the objective that returns a rule.
    """
    fun, w, near = problem(seed)
    known, count = {}, 0

    def counted(w):
        nonlocal count
        key = w.tobytes()
        if key not in known:
            known.clear()
            known[key] = fun(w)
            count += 1
        return known[key]

    rule, state = step(counted), {}
    with one_thread(), np.errstate(all="ignore"):
        while count < MOST:
            loss, g = counted(w)
            if loss <= near or not np.isfinite(loss):
                break
            w, state = rule(w, g, state, **hyper)
    return count if loss <= near else MOST


def lbfgs(fun):
    """Return L-BFGS with Armijo's search; the very first step begins at length 1."""
    def search(w, d, t):
        return armijo(fun, w, d, lr=1 / np.linalg.norm(d) if t == 1 else 1.0)

    return searching_lbfgs(search)


def nesterov(fun):
    """Return Nesterov's momentum."""
    return optimizers.nesterov


def tuned():
    """Return the rate and beta of Nesterov's momentum with the fewest gradients."""
    grid = list(itertools.product(RATES, BETAS))
    counts = [np.mean([gradients(nesterov, seed, lr=lr, beta=beta) for seed in TUNING_SEEDS])
              for lr, beta in grid]
    lr, beta = grid[int(np.argmin(counts))]
    if lr in (RATES[0], RATES[-1]) or beta in (BETAS[0], BETAS[-1]):
        raise ValueError(f"the best setting lies at the edge of the grid: lr {lr}, beta {beta}")
    return {"lr": float(f"{lr:.6g}"), "beta": beta}


@claim("32", "on full-batch softmax regression, L-BFGS needs fewer gradients than tuned Nesterov",
       unit="ln(gradients of L-BFGS / gradients of Nesterov)", side="below", n=20, first_seed=3500,
       varied="digits and start", tuned=tuned)
def lbfgs_needs_fewer_gradients(seed, lr, beta):
    return float(np.log(gradients(lbfgs, seed, lr=1.0)
                        / gradients(nesterov, seed, lr=lr, beta=beta)))
