"""Who leaves a saddle first, when the way down lies along no axis? Random rotations, each rule at
its own best rate.

The saddle is 0.5 w^T H w, with one curvature -0.01 and the others between 0.01 and 1. A run starts
about 1 from it in the steep directions and 0.001 along the way down, and has left at the first step
with a loss of -0.005 or less.
"""
import functools

import numpy as np

from course_lib.experiments.claims import claim
from course_lib.optimizers import minimize
from experiments.claims.tuning import best_of

N_STARTS = 20
N_STEPS = 1000
RATES = np.sort(
    np.append(10.0 ** np.arange(-3, 0.8, 1 / 16), [1.98, 3.75])
)  # just below the edges of descent and heavy ball
TUNING_SEEDS = range(6)
FAMILY = "leaving a saddle"
UNIT = "ln of the ratio of their median steps"


def curvatures(d, spread):
    """Return the d eigenvalues: -0.01, and the others equal to 1, or spread from 1 to 0.01."""
    steep = np.geomspace(1.0, 0.01, d - 1) if spread else np.ones(d - 1)
    return np.append(steep, -0.01)


def random_axes(d, rng):
    """Return an orthogonal matrix (d, d), every direction as likely as any other."""
    Q, R = np.linalg.qr(rng.normal(size=(d, d)))
    return Q * np.sign(np.diag(R))


def placed(Q, eigenvalues, steep, rng):
    """Return (fun, starts) of the saddle with these eigenvalues along the columns of Q.

    steep: the starts' coordinates in the directions that curve up, (N_STARTS, d - 1); the one along
        the way down is drawn.
    """
    H = (Q * eigenvalues) @ Q.T
    down = 1e-3 * rng.choice([-1, 1], N_STARTS) * rng.uniform(0.8, 1.2, N_STARTS)

    def fun(w):
        grad = w @ H
        return 0.5 * (w * grad).sum(axis=-1), grad

    return fun, np.column_stack([steep, down]) @ Q.T


def turned_saddle(d, spread, seed):
    """Return (fun, starts) of a saddle turned at random; starts (N_STARTS, d)."""
    rng = np.random.default_rng(seed)
    Q = random_axes(d, rng)
    steep = rng.normal(size=(N_STARTS, d - 1))
    steep /= np.linalg.norm(steep, axis=1, keepdims=True)
    return placed(Q, curvatures(d, spread), steep, rng)


def steps_to_leave(step, rates, saddle, seed):
    """Return the median number of steps of a rule at each rate, infinity where most runs stay.

    saddle: (seed) -> (fun, starts).
    """
    fun, starts = saddle(seed)
    w = np.tile(starts, (len(rates), 1))
    lr = np.repeat(rates, N_STARTS)[:, None]
    below = minimize(fun, w, step, lr=lr, n_steps=N_STEPS, keep_path=False).loss <= -0.005
    steps = np.where(below.any(axis=0), below.argmax(axis=0), np.inf)
    return np.median(steps.reshape(len(rates), N_STARTS), axis=1)


def best_rate(step, saddle):
    """Return the rate with the fewest steps, by the median over the tuning seeds."""
    steps = [steps_to_leave(step, RATES, saddle, seed) for seed in TUNING_SEEDS]
    return best_of(RATES, np.median(steps, axis=0), step)


def best_rates(one, other, saddle):
    """Return the settings of a comparison: each rule's own best rate."""
    return {"lr_one": best_rate(one, saddle), "lr_other": best_rate(other, saddle)}


def log_ratio(one, other, saddle, seed, lr_one, lr_other):
    """Return ln(steps of one / steps of the other) from the same starts."""
    steps = [steps_to_leave(step, np.array([lr]), saddle, seed)[0]
             for step, lr in ((one, lr_one), (other, lr_other))]
    return float(np.log(steps[0] / steps[1]))


def rates_of(one, other, d, spread):
    """Return the best rates of two rules on saddles turned at random."""
    return best_rates(one, other, functools.partial(turned_saddle, d, spread))


def ratio(one, other, d, spread, seed, lr_one, lr_other):
    """Return what `log_ratio` does for one random rotation."""
    saddle = functools.partial(turned_saddle, d, spread)
    return log_ratio(one, other, saddle, seed, lr_one, lr_other)


@claim(
    "04",
    "turned at random in 10 dimensions, RMSprop leaves a saddle in fewer steps than gradient "
    "descent",
    unit=UNIT,
    side="below",
    n=40,
    first_seed=2000,
    family=FAMILY,
    varied="rotation and starts",
    tuned=functools.partial(rates_of, "rmsprop", "sgd", 10, False),
)
def rmsprop_leaves_before_descent(seed, lr_one, lr_other):
    return ratio("rmsprop", "sgd", 10, False, seed, lr_one, lr_other)


@claim("04", "turned at random in the plane, Adam leaves a saddle in fewer steps than heavy ball",
       unit=UNIT, side="below", n=40, first_seed=2000, family=FAMILY, varied="angle and starts",
       tuned=functools.partial(rates_of, "adam", "momentum", 2, False))
def adam_leaves_before_heavy_ball_in_the_plane(seed, lr_one, lr_other):
    return ratio("adam", "momentum", 2, False, seed, lr_one, lr_other)


@claim(
    "04",
    "turned at random in 10 dimensions with equal curvatures, Adam leaves a saddle in fewer steps "
    "than heavy ball",
    unit=UNIT,
    side="below",
    n=40,
    first_seed=2000,
    family=FAMILY,
    varied="rotation and starts",
    tuned=functools.partial(rates_of, "adam", "momentum", 10, False),
)
def adam_leaves_before_heavy_ball_in_ten_dimensions(seed, lr_one, lr_other):
    return ratio("adam", "momentum", 10, False, seed, lr_one, lr_other)


@claim(
    "04",
    "turned at random in 10 dimensions with curvatures from 1 to 0.01, Adam leaves a saddle in "
    "fewer steps than heavy ball",
    unit=UNIT,
    side="below",
    n=40,
    first_seed=2000,
    family=FAMILY,
    varied="rotation and starts",
    tuned=functools.partial(rates_of, "adam", "momentum", 10, True),
)
def adam_leaves_before_heavy_ball_with_a_spread(seed, lr_one, lr_other):
    return ratio("adam", "momentum", 10, True, seed, lr_one, lr_other)


@claim(
    "04",
    "turned at random in 50 dimensions with equal curvatures, Adam leaves a saddle in fewer steps "
    "than heavy ball",
    unit=UNIT,
    side="below",
    n=40,
    first_seed=2000,
    family=FAMILY,
    varied="rotation and starts",
    tuned=functools.partial(rates_of, "adam", "momentum", 50, False),
)
def adam_leaves_before_heavy_ball_in_fifty_dimensions(seed, lr_one, lr_other):
    return ratio("adam", "momentum", 50, False, seed, lr_one, lr_other)
