"""Who leaves a saddle first when it is turned by a stated angle, or at random in 10 or 50
dimensions? Each rule at its own best rate, as in saddles.py.

The saddle is 0.5 w^T H w, with one curvature -0.01 and all others 1. A run starts about 1 from it
in the steep directions and 0.001 along the way down, and has left at the first step with a loss of
-0.005 or less.
"""
import functools

import numpy as np

from course_lib.experiments.claims import claim
from experiments.claims import saddles

MARGIN = 0.1  # a tenth of the steps
ANGLES = "a saddle turned by a stated angle"
DIMENSIONS = "a saddle turned at random, adaptive rules against both others"


def axes(d, degrees, rng):
    """Return an orthogonal matrix (d, d): a turn of the plane, or at random for degrees None."""
    if degrees is None:
        return saddles.random_axes(d, rng)
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array([[c, -s], [s, c]])


def turned_saddle(d, degrees, seed):
    """Return (fun, starts) of a turned saddle; starts (N_STARTS, d)."""
    rng = np.random.default_rng(seed)
    Q = axes(d, degrees, rng)
    shape = (saddles.N_STARTS, d - 1)
    steep = rng.normal(size=shape)
    steep *= rng.uniform(0.8, 1.2, (shape[0], 1)) / np.linalg.norm(steep, axis=1, keepdims=True)
    return saddles.placed(Q, saddles.curvatures(d, False), steep, rng)


def rates_of(one, other, d, degrees):
    """Return the settings of a comparison: each rule's own best rate."""
    return saddles.best_rates(one, other, functools.partial(turned_saddle, d, degrees))


def ratio(one, other, d, degrees, seed, lr_one, lr_other):
    """Return ln(steps of one / steps of the other) from the same starts."""
    saddle = functools.partial(turned_saddle, d, degrees)
    return saddles.log_ratio(one, other, saddle, seed, lr_one, lr_other)


def compared(one, other, d, degrees):
    """Return what all claims of this module have in common."""
    stated = degrees is not None
    return {"unit": saddles.UNIT, "n": 40, "first_seed": 2000,
            "family": ANGLES if stated else DIMENSIONS,
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
