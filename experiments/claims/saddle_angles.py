"""Who leaves a saddle first when it is turned by a stated angle, or at random in 10 or 50
dimensions? Each rule at its own best rate.

The saddle is 0.5 w^T H w, with one curvature -0.01 and all others 1. A run starts about 1 from it
in the steep directions and 0.001 along the way down, and has left at the first step with a loss of
-0.005 or less.
"""
import functools

import numpy as np

from course_lib.experiments.claims import claim
from course_lib.optimizers import minimize

N_STARTS = 20
N_STEPS = 1000
RATES = np.sort(
    np.append(10.0 ** np.arange(-3, 0.8, 1 / 16), [1.98, 3.75])
)  # just below the edges of descent and heavy ball
TUNING_SEEDS = range(6)
MARGIN = 0.1  # a tenth of the steps
ANGLES = "a saddle turned by a stated angle"
DIMENSIONS = "a saddle turned at random, adaptive rules against both others"
UNIT = "ln of the ratio of their median steps"


def axes(d, degrees, rng):
    """Return an orthogonal matrix (d, d): a turn of the plane, or at random for degrees None."""
    if degrees is None:
        Q, R = np.linalg.qr(rng.normal(size=(d, d)))
        return Q * np.sign(np.diag(R))
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array([[c, -s], [s, c]])


def turned_saddle(d, degrees, seed):
    """Return (fun, starts) of a turned saddle; starts (N_STARTS, d)."""
    rng = np.random.default_rng(seed)
    Q = axes(d, degrees, rng)
    H = (Q * np.append(np.ones(d - 1), -0.01)) @ Q.T
    steep = rng.normal(size=(N_STARTS, d - 1))
    steep *= rng.uniform(0.8, 1.2, (N_STARTS, 1)) / np.linalg.norm(steep, axis=1, keepdims=True)
    down = 1e-3 * rng.choice([-1, 1], N_STARTS) * rng.uniform(0.8, 1.2, N_STARTS)

    def fun(w):
        grad = w @ H
        return 0.5 * (w * grad).sum(axis=-1), grad

    return fun, np.column_stack([steep, down]) @ Q.T


def steps_to_leave(step, rates, d, degrees, seed):
    """Return the median number of steps of a rule at each rate, infinity where most runs stay."""
    fun, starts = turned_saddle(d, degrees, seed)
    w = np.tile(starts, (len(rates), 1))
    lr = np.repeat(rates, N_STARTS)[:, None]
    below = minimize(fun, w, step, lr=lr, n_steps=N_STEPS, keep_path=False).loss <= -0.005
    steps = np.where(below.any(axis=0), below.argmax(axis=0), np.inf)
    return np.median(steps.reshape(len(rates), N_STARTS), axis=1)


def best_rate(step, d, degrees):
    """Return the rate with the fewest steps, by the median over the tuning seeds."""
    steps = [steps_to_leave(step, RATES, d, degrees, seed) for seed in TUNING_SEEDS]
    best = int(np.median(steps, axis=0).argmin())
    if best in (0, len(RATES) - 1):
        raise ValueError(f"the best rate of {step} lies at the edge of the grid: widen it")
    return float(f"{RATES[best]:.6g}")


def rates_of(one, other, d, degrees):
    """Return the settings of a comparison: each rule's own best rate."""
    return {"lr_one": best_rate(one, d, degrees), "lr_other": best_rate(other, d, degrees)}


def ratio(one, other, d, degrees, seed, lr_one, lr_other):
    """Return ln(steps of one / steps of the other) from the same starts."""
    steps = [steps_to_leave(step, np.array([lr]), d, degrees, seed)[0]
             for step, lr in ((one, lr_one), (other, lr_other))]
    return float(np.log(steps[0] / steps[1]))


def compared(one, other, d, degrees):
    """Return what all claims of this module have in common."""
    stated = degrees is not None
    return {"unit": UNIT, "n": 40, "first_seed": 2000, "family": ANGLES if stated else DIMENSIONS,
            "varied": "starts" if stated else "rotation and starts",
            "tuned": functools.partial(rates_of, one, other, d, degrees)}


@claim("04", "turned by 20 degrees, RMSprop leaves a saddle in fewer steps than heavy ball",
       side="below", **compared("rmsprop", "momentum", 2, 20))
def rmsprop_leaves_before_heavy_ball_at_20(seed, lr_one, lr_other):
    return ratio("rmsprop", "momentum", 2, 20, seed, lr_one, lr_other)


@claim("04", "turned by 20 degrees, Adam leaves a saddle in fewer steps than heavy ball",
       side="below", **compared("adam", "momentum", 2, 20))
def adam_leaves_before_heavy_ball_at_20(seed, lr_one, lr_other):
    return ratio("adam", "momentum", 2, 20, seed, lr_one, lr_other)


@claim("04", "turned by 45 degrees, RMSprop leaves a saddle in as many steps as gradient descent",
       side="tie", margin=MARGIN, **compared("rmsprop", "sgd", 2, 45))
def rmsprop_leaves_with_descent_at_45(seed, lr_one, lr_other):
    return ratio("rmsprop", "sgd", 2, 45, seed, lr_one, lr_other)


@claim("04", "turned by 45 degrees, Adam leaves a saddle in fewer steps than gradient descent",
       side="below", **compared("adam", "sgd", 2, 45))
def adam_leaves_before_descent_at_45(seed, lr_one, lr_other):
    return ratio("adam", "sgd", 2, 45, seed, lr_one, lr_other)


@claim("04", "turned by 45 degrees, Adam leaves a saddle in fewer steps than heavy ball",
       side="below", **compared("adam", "momentum", 2, 45))
def adam_leaves_before_heavy_ball_at_45(seed, lr_one, lr_other):
    return ratio("adam", "momentum", 2, 45, seed, lr_one, lr_other)


@claim("04", "turned at random in 50 dimensions, RMSprop leaves a saddle in fewer steps than "
             "gradient descent", side="below", **compared("rmsprop", "sgd", 50, None))
def rmsprop_leaves_before_descent_in_fifty_dimensions(seed, lr_one, lr_other):
    return ratio("rmsprop", "sgd", 50, None, seed, lr_one, lr_other)


@claim("04", "turned at random in 50 dimensions, Adam leaves a saddle in fewer steps than "
             "gradient descent", side="below", **compared("adam", "sgd", 50, None))
def adam_leaves_before_descent_in_fifty_dimensions(seed, lr_one, lr_other):
    return ratio("adam", "sgd", 50, None, seed, lr_one, lr_other)


@claim("04", "turned at random in 10 dimensions, RMSprop leaves a saddle in fewer steps than "
             "heavy ball", side="below", **compared("rmsprop", "momentum", 10, None))
def rmsprop_leaves_before_heavy_ball_in_ten_dimensions(seed, lr_one, lr_other):
    return ratio("rmsprop", "momentum", 10, None, seed, lr_one, lr_other)
