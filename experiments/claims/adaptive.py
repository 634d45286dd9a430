"""What AdaGrad's rates adapt to: axes, and rare features. Each rule has its own best rate.

On the ravine, of condition 1000, a run has settled when its loss stays below a millionth of 0.5. In
the regression there are 20 features, each present in a share of the examples; every one of 2 000
examples is seen once, and the targets carry noise.
"""
import functools

import numpy as np

from course_lib import landscapes
from course_lib.experiments.claims import claim
from course_lib.optimizers import adagrad, minimize, sgd
from course_lib.optimizers.descent import settled
from experiments.claims.tuning import best_of

KAPPA = 1000.0
N_STEPS = 5000
RATES = {"sgd": np.append(10.0 ** np.arange(-4.5, -2.7, 1 / 16), [1.9e-3, 1.95e-3, 1.99e-3]),
         "adagrad": 10.0 ** np.arange(-2, 2.51, 1 / 8)}
RAVINE_SEEDS = range(24)
RAVINE = "AdaGrad on a ravine"
STEPS = "ln(steps of AdaGrad / steps of descent)"
RARE = np.repeat([1 / 2, 1 / 8, 1 / 32, 1 / 128], 5)
EQUAL = np.full(20, 0.5)
N_EXAMPLES = 2000
DATA_SEEDS = range(20)
REGRESSION_RATES = {"constant": np.geomspace(0.001, 1, 25), "decay": np.geomspace(0.03, 30, 25),
                    "adagrad": np.geomspace(0.01, 10, 25)}
FEATURES = "AdaGrad on rare features"
ERROR = "ln(squared error of AdaGrad / the other's)"


def ravine(angle, seed):
    """Return (landscape, start): turned by `angle`, or by a random one if that is None."""
    rng = np.random.default_rng(seed)
    turned = rng.uniform(0, np.pi / 4) if angle is None else angle
    direction = turned + rng.uniform(0, 2 * np.pi)
    bowl = landscapes.quadratic([1 / KAPPA, 1.0], turned)
    return bowl, np.array([np.cos(direction), np.sin(direction)])


def steps_to_settle(step, rates, angle, seed):
    """Return the steps until the loss stays below 0.5e-6, at each rate; N_STEPS where it does not.

    rates: for descent they are those of curvatures 1 and 1000.
    """
    bowl, w = ravine(angle, seed)
    rates = rates * KAPPA if step == "sgd" else rates
    run = minimize(bowl, np.tile(w, (len(rates), 1)), step, lr=rates[:, None], n_steps=N_STEPS,
                   keep_path=False)
    return np.minimum(settled(run.loss, 0.5e-6), N_STEPS)


def best_on_ravine(step, angle):
    """Return the rate with the fewest steps, by the mean of their logarithm over the tuning seeds.
    """
    steps = [steps_to_settle(step, RATES[step], angle, seed) for seed in RAVINE_SEEDS]
    return best_of(RATES[step], np.log(steps).mean(axis=0), step)


def ravine_rates(angle):
    """Return the settings of a comparison on the ravine."""
    return {"lr_adagrad": best_on_ravine("adagrad", angle), "lr_sgd": best_on_ravine("sgd", angle)}


def steps_ratio(angle, seed, lr_adagrad, lr_sgd):
    """Return ln(steps of AdaGrad / steps of descent)."""
    ada, descent = (steps_to_settle(step, np.array([lr]), angle, seed)[0]
                    for step, lr in (("adagrad", lr_adagrad), ("sgd", lr_sgd)))
    return float(np.log(ada / descent))


def regression(shares, kind, rates, seed):
    """Return the mean squared error of the weights after one pass, at each rate.

    kind: "constant" and "decay" are descent, the second with lr / sqrt(t); or "adagrad".
    """
    rng = np.random.default_rng(seed)
    true = rng.choice([-1.0, 1.0], 20)
    X = (rng.random((N_EXAMPLES, 20)) < shares).astype(float)
    X[:, 0] = 1.0
    y = X @ true + 0.5 * rng.normal(size=N_EXAMPLES)
    rule, w, state = (adagrad if kind == "adagrad" else sgd), np.zeros((len(rates), 20)), {}
    with np.errstate(over="ignore", invalid="ignore"):  # the largest rates may diverge
        for t in range(N_EXAMPLES):
            lr = rates[:, None] / (np.sqrt(t + 1) if kind == "decay" else 1.0)
            w, state = rule(w, (w @ X[t] - y[t])[:, None] * X[t], state, lr=lr)
        error = ((w - true)**2).mean(axis=1)
    return np.where(np.isfinite(error), error, np.inf)


def best_for_features(shares, kind):
    """Return the rate with the lowest error, by the median over the tuning data."""
    rates = REGRESSION_RATES[kind]
    errors = [regression(shares, kind, rates, seed) for seed in DATA_SEEDS]
    return best_of(rates, np.median(errors, axis=0), kind)


def feature_rates(shares, other):
    """Return the settings of a comparison on the regression."""
    return {"lr_adagrad": best_for_features(shares, "adagrad"),
            "lr_other": best_for_features(shares, other)}


def error_ratio(shares, other, seed, lr_adagrad, lr_other):
    """Return ln(AdaGrad's error / the other's)."""
    ada, theirs = (regression(shares, kind, np.array([lr]), seed)[0]
                   for kind, lr in (("adagrad", lr_adagrad), (other, lr_other)))
    return float(np.log(ada / theirs))


@claim("13", "on a ravine of condition 1000 turned by 45 degrees, AdaGrad needs more steps than "
             "gradient descent",
       unit=STEPS, side="above", n=40, first_seed=5100, margin=0.05, family=RAVINE,
       varied="start", tuned=functools.partial(ravine_rates, np.pi / 4))
def turned_adagrad_is_slower(seed, lr_adagrad, lr_sgd):
    return steps_ratio(np.pi / 4, seed, lr_adagrad, lr_sgd)


@claim("13", "on a ravine of condition 1000 turned by a random angle below 45 degrees, AdaGrad "
             "needs fewer steps than gradient descent",
       unit=STEPS, side="below", n=40, first_seed=5100, margin=0.05, family=RAVINE,
       varied="angle and start", tuned=functools.partial(ravine_rates, None))
def adagrad_at_a_random_angle(seed, lr_adagrad, lr_sgd):
    return steps_ratio(None, seed, lr_adagrad, lr_sgd)


@claim("13", "with rare and frequent features, AdaGrad ends with a smaller error than gradient "
             "descent at one constant rate",
       unit=ERROR, side="below", n=40, first_seed=5100, margin=0.05, family=FEATURES,
       varied="data", tuned=functools.partial(feature_rates, RARE, "constant"))
def adagrad_on_rare_features(seed, lr_adagrad, lr_other):
    return error_ratio(RARE, "constant", seed, lr_adagrad, lr_other)


@claim("13", "with rare and frequent features, AdaGrad ends with a smaller error than gradient "
             "descent whose one rate falls like 1 / sqrt(t)",
       unit=ERROR, side="below", n=40, first_seed=5100, margin=0.05, family=FEATURES,
       varied="data", tuned=functools.partial(feature_rates, RARE, "decay"))
def adagrad_against_decay_on_rare_features(seed, lr_adagrad, lr_other):
    return error_ratio(RARE, "decay", seed, lr_adagrad, lr_other)


@claim("13", "with equally frequent features, AdaGrad ends with the same error as gradient descent "
             "whose one rate falls like 1 / sqrt(t)",
       unit=ERROR, side="tie", n=40, first_seed=5100, margin=0.05, family=FEATURES,
       varied="data", tuned=functools.partial(feature_rates, EQUAL, "decay"))
def adagrad_against_decay_on_equal_features(seed, lr_adagrad, lr_other):
    return error_ratio(EQUAL, "decay", seed, lr_adagrad, lr_other)
