"""Popular claims that no other notebook puts to the test: what defaults, one shared rate, warm-up
and decoupled decay do, and whether gradient descent finds the global minimum.

The networks are those of the other claims. XOR is the four points of the exclusive or, learned by
one hidden layer of ReLU units, by gradient descent on the squared error.
"""
import functools
import math

import numpy as np

from course_lib.experiments.claims import claim
from course_lib.optimizers import minimize
from experiments.claims import adam, batches, restraints, small_network
from experiments.claims.tuning import best_of

LOSS = "validation loss, first less second"

# Adam at its default rate.

DEFAULT = 0.001
DEFAULTS = "Adam at its default rate"


def rate_on_network():
    """Return the settings of the claim on the network: Adam's own best rate."""
    return {"lr": small_network.best_rate("adam", adam.NETWORK_RATES["adam"])}


def rate_on_ravine():
    """Return the settings of the claim on the ravine: Adam's own best rate."""
    return {"lr": adam.best_on_ravine("adam")}


@claim("34", "on a small network for MNIST, Adam at its default rate of 0.001 ends as low as at "
             "its own best rate", unit=LOSS, side="tie", n=20, first_seed=9000, margin=0.005,
       family=DEFAULTS, varied="weights and batches", tuned=rate_on_network)
def default_adam_on_the_network(seed, lr):
    return (small_network.final_loss("adam", DEFAULT, seed)
            - small_network.final_loss("adam", lr, seed))


@claim("34", "on a ravine of condition 100 at a random angle, Adam at its default rate of 0.001 "
             "needs as many steps as at its own best rate", side="tie", n=40,
       unit="ln(steps at 0.001 / steps at the best)", first_seed=9000, margin=0.05,
       family=DEFAULTS, varied="angle and start", tuned=rate_on_ravine)
def default_adam_on_the_ravine(seed, lr):
    default, best = (adam.steps_to_settle("adam", np.array([rate]), seed)[0]
                     for rate in (DEFAULT, lr))
    return math.log(default / best)


# Momentum at a rate that both share, and at its own.

MOMENTUM = "momentum at one rate and at its own"
SHARED = (0.003, 0.03)


@claim("34", "on a small network for MNIST, at one shared rate between 0.003 and 0.03, momentum "
             "0.9 ends lower than plain gradient descent", unit=LOSS, side="below", n=20,
       first_seed=9000, margin=0.005, family=MOMENTUM, varied="rate, weights and batches")
def momentum_at_a_shared_rate(seed):
    lr = math.exp(np.random.default_rng(seed).uniform(*np.log(SHARED)))
    return (small_network.final_loss("momentum", lr, seed)
            - small_network.final_loss("sgd", lr, seed))


def own_rates():
    """Return the settings of the fair comparison: the best rate of each."""
    return {f"lr_{step}": small_network.best_rate(step, adam.NETWORK_RATES[step])
            for step in ("momentum", "sgd")}


@claim("34", "on a small network for MNIST, each at its own best rate, momentum 0.9 ends lower "
             "than plain gradient descent", unit=LOSS, side="below", n=20, first_seed=9000,
       margin=0.005, family=MOMENTUM, varied="weights and batches", tuned=own_rates)
def momentum_at_its_own_rate(seed, lr_momentum, lr_sgd):
    return (small_network.final_loss("momentum", lr_momentum, seed)
            - small_network.final_loss("sgd", lr_sgd, seed))


# Warm-up at a rate that is too high without it.

def large_rate():
    """Return the settings of the claim: the best rate of large batches without warm-up."""
    return {"lr": batches.final_rate(batches.LARGE)}


@claim("34", "in batches of 1024, at twice the best rate of runs without it, a warm-up over a "
             "third of the run ends lower", unit="ln(validation loss with warm-up / without)",
       side="below", n=20, first_seed=9000, margin=0.05, varied="weights and batches",
       tuned=large_rate)
def warm_up_at_twice_the_rate(seed, lr):
    warm, bare = (batches.final_loss(batches.LARGE, 2 * lr, seed, share) for share in (1 / 3, 0.0))
    return math.log(warm / bare)


# Decoupled decay and L2, both in Adam.

def decays():
    """Return the settings of the comparison: rate and strength of each, tuned for the loss."""
    decoupled = restraints.settings_of("weight decay", "loss")
    l2 = restraints.settings_of("L2 in Adam", "loss")
    return {"lr_decoupled": decoupled["lr"], "decay": decoupled["strength"],
            "lr_l2": l2["lr"], "l2": l2["strength"]}


@claim("34", "in Adam, tuned for the loss, decoupled weight decay has a lower loss on new images "
             "than L2", unit="new loss, decoupled less L2", side="below", n=20, first_seed=9000,
       margin=0.01, varied="weights and batches", tuned=decays)
def decoupled_ends_below_l2(seed, lr_decoupled, decay, lr_l2, l2):
    return (restraints.judged("weight decay", "loss", lr_decoupled, decay, seed)
            - restraints.judged("L2 in Adam", "loss", lr_l2, l2, seed))


# The global minimum.

XOR = "the global minimum of XOR"
X, Y = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0.0, 1, 1, 0])
N_STARTS, N_STEPS, ARRIVED = 50, 2000, 0.001
XOR_RATES = 2.0 ** (np.arange(-12, 1) / 2)
TUNING_SEEDS = range(4)


def xor(k):
    """Return fun(w) -> (loss, grad) of k ReLU units on XOR; w (..., 4 k + 1) holds the weights
    (2, k) and biases (k,) of the units, their k output weights, and the output's bias.
    """
    def fun(w):
        W, b = w[..., :2 * k].reshape(*w.shape[:-1], 2, k), w[..., None, 2 * k:3 * k]
        v, c = w[..., None, 3 * k:4 * k], w[..., 4 * k:]
        A = np.maximum(X @ W + b, 0)
        error = (A * v).sum(axis=-1) + c - Y
        e = error[..., None] / 4
        D = e * v * (A > 0)
        parts = [(X.T @ D).reshape(*w.shape[:-1], 2 * k), D.sum(axis=-2), (A * e).sum(axis=-2),
                 e.sum(axis=-2)]
        return 0.5 * (error**2).mean(axis=-1), np.concatenate(parts, axis=-1)

    return fun


def xor_starts(k, seed):
    """Return N_STARTS starts: He's weights, and biases of 0."""
    rng = np.random.default_rng(seed)
    w = np.zeros((N_STARTS, 4 * k + 1))
    w[:, :2 * k] = rng.normal(size=(N_STARTS, 2 * k))
    w[:, 3 * k:4 * k] = rng.normal(scale=math.sqrt(2 / k), size=(N_STARTS, k))
    return w


def xor_losses(k, lr, seed):
    """Return the loss of each start after N_STEPS steps."""
    return minimize(xor(k), xor_starts(k, seed), "sgd", lr=lr, n_steps=N_STEPS, tol=None,
                    keep_path=False).loss[-1]


def xor_rate(k):
    """Return the settings of a claim on XOR: the rate with the lowest mean loss."""
    losses = [np.mean([xor_losses(k, lr, seed) for seed in TUNING_SEEDS]) for lr in XOR_RATES]
    return {"lr": best_of(XOR_RATES, losses, f"{k} units")}


def missed(k, lr, seed):
    """Return the share of starts that do not end at the global minimum, where the loss is 0."""
    return float(np.mean(~(xor_losses(k, lr, seed) < ARRIVED)))


def on_xor(statement, k):
    """Return the decorator of a claim that k units find the minimum of XOR."""
    return claim("34", f"with {statement} hidden units, gradient descent on XOR ends at the global "
                 "minimum, at most 5 % of its starts apart", unit="share of starts that do not",
                 side="tie", n=20, first_seed=9000, margin=0.05, family=XOR, varied="starts",
                 tuned=functools.partial(xor_rate, k))


@on_xor("2", 2)
def two_units_find_the_minimum(seed, lr):
    return missed(2, lr, seed)


@on_xor("16", 16)
def sixteen_units_find_the_minimum(seed, lr):
    return missed(16, lr, seed)
