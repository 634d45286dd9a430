"""What clipping buys and costs. A noisy parabola, 0.5 w^2 from w = 10 in 1 000 steps, each side
with its own best constant rate (and limit); and the small network for MNIST.

heavy    noise of Student's t with 1.5 degrees of freedom: symmetric, of infinite variance
skewed   noise +1 with probability 0.9 and -9 with probability 0.1: mean 0, and rare long gradients
"""
import functools

import numpy as np

from course_lib.experiments.claims import claim
from experiments.claims import small_network
from experiments.claims.tuning import best_of

N_STEPS = 1000
RUNS = 40  # runs of one seed; their median decides
RATES = np.geomspace(1e-4, 1, 17)
LIMITS = np.geomspace(0.1, 100, 10)
TUNING_SEEDS = range(8)
PARABOLA = "clipping on a noisy parabola"
NETWORK_RATES = 0.1 * 2.0 ** (np.arange(8) / 2)
NETWORK_LIMIT = 1.0  # a usual one
NETWORK = "clipping on MNIST"
UNIT = "ln(median of |w|, clipped / not clipped)"
LOSS = "validation loss, with clipping less without"


def noise(kind, rng, shape):
    """Return noise of mean 0."""
    if kind == "heavy":
        return rng.standard_t(1.5, shape)
    return np.where(rng.random(shape) < 0.9, 1.0, -9.0)


def final_distance(kind, lr, limit, seed):
    """Return the median of |w| at the end; lr and limit broadcast, (settings,)."""
    rng = np.random.default_rng(seed)
    w = np.full((RUNS, np.size(lr)), 10.0)
    for _ in range(N_STEPS):
        g = w + noise(kind, rng, (RUNS, 1))
        w = w - lr * np.clip(g, -limit, limit)
    return np.median(np.abs(w), axis=0)


def scores(kind, lr, limit):
    """Return the mean of ln(final distance) over the tuning seeds; lr and limit broadcast."""
    return np.mean([np.log(final_distance(kind, lr, limit, seed)) for seed in TUNING_SEEDS], axis=0)


def settings_of(kind):
    """Return the best rate without clipping, and the best rate and limit with it."""
    lr, limit = (grid.ravel() for grid in np.meshgrid(RATES, LIMITS, indexing="ij"))
    both = scores(kind, lr, limit).reshape(len(RATES), len(LIMITS))
    return {"lr_free": best_of(RATES, scores(kind, RATES, np.inf), "descent"),
            "lr_clipped": best_of(RATES, both.min(axis=1), "clipped descent"),
            "limit": best_of(LIMITS, both.min(axis=0), "clipped descent, as a limit,")}


def fixed_limit(kind, limit):
    """Return the best rate without clipping, and the best one with this limit."""
    return {"lr_free": best_of(RATES, scores(kind, RATES, np.inf), "descent"),
            "lr_clipped": best_of(RATES, scores(kind, RATES, limit), "clipped descent"),
            "limit": limit}


def ratio(kind, seed, lr_free, lr_clipped, limit):
    """Return ln(|w| with clipping / |w| without)."""
    clipped = final_distance(kind, lr_clipped, limit, seed)[0]
    free = final_distance(kind, lr_free, np.inf, seed)[0]
    return float(np.log(clipped / free))


def network_settings():
    """Return the best rate without clipping, and the best one with it."""
    return {"lr_free": small_network.best_rate("sgd", NETWORK_RATES),
            "lr_clipped": small_network.best_rate("sgd", NETWORK_RATES, clip_norm=NETWORK_LIMIT)}


@claim("17", "with noise of infinite variance, clipped descent ends nearer to the minimum than "
             "descent without clipping",
       unit=UNIT, side="below", n=40, first_seed=7000, margin=0.05, family=PARABOLA, varied="noise",
       tuned=functools.partial(settings_of, "heavy"))
def clipping_helps_against_heavy_tails(seed, lr_free, lr_clipped, limit):
    return ratio("heavy", seed, lr_free, lr_clipped, limit)


@claim("17", "with skewed noise, descent clipped at 2 ends farther from the minimum than descent "
             "without clipping",
       unit=UNIT, side="above", n=40, first_seed=7000, margin=0.05, family=PARABOLA, varied="noise",
       tuned=functools.partial(fixed_limit, "skewed", 2.0))
def clipping_hurts_with_skewed_noise(seed, lr_free, lr_clipped, limit):
    return ratio("skewed", seed, lr_free, lr_clipped, limit)


@claim("17", "on a small network for MNIST, gradient descent clipped at a norm of 1 ends as low as "
             "without clipping",
       unit=LOSS, side="tie", n=20, first_seed=7200, margin=0.005, family=NETWORK,
       varied="weights and batches", tuned=network_settings)
def clipped_network_ends_as_low(seed, lr_free, lr_clipped):
    return (small_network.final_loss("sgd", lr_clipped, seed, clip_norm=NETWORK_LIMIT)
            - small_network.final_loss("sgd", lr_free, seed))
