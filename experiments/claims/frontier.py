"""Beyond Adam, in notebook 28's harness: what is gained, in as many steps and in as much time?

Everything here was declared before the first run: margins, families, sides, spaces, and the number
of trials, which is the same for every rule. Seeds 0 to 2 choose; the claims use others.

    deep_narrow     notebook 28's card: eight hidden layers of 16 tanh units. Matrix rules get the
                    seven hidden matrices, their neighbour among the classical rules gets the rest,
                    with the same rate. In as much time: the classical rule takes as many more steps
                    as one process, measured before on one core, takes in the same seconds.
    MNIST           784-32-10, batches of 50, 600 gradients; chosen on the validation images, judged
                    on the test images. SAM's two gradients of a step are of one batch, so it takes
                    half as many steps as SGD.
"""
import dataclasses
import functools
import itertools
import math

import numpy as np

from course_lib import optimizers
from course_lib.arguments import one_thread
from course_lib.experiments import harness
from course_lib.experiments.claims import claim
from course_lib.experiments.workloads import WORKLOADS, network, run_trial
from course_lib.frameworks.schedule_free import averaged, schedule_free_adamw
from course_lib.frontier import (
    SCALES,
    average_of,
    by_layer,
    muon,
    sam,
    shampoo,
    shapes_of,
    soap,
    with_ema,
)
from course_lib.networks import mlp
from course_lib.optimizers import schedules
from experiments import saved

CARD = WORKLOADS["deep_narrow"]
N_TRIALS = 24
MARGIN = 0.05  # of the logarithm of a ratio: five per cent
TIMES = {"muon": 2.2, "soap": 2.0}  # seconds a step, those of the classical rule being 1
SPACES = {
    "adamw": harness.SPACES["adamw"],
    "muon": harness.SPACES["adamw"],
    "adam": harness.SPACES["adam"],
    "soap": harness.SPACES["adam"],
    "adagrad": harness.SPACES["adagrad"],
    "shampoo": harness.SPACES["adagrad"],
}
STEPS, MATRICES = "after as many steps", "the hidden matrices"
RATIO = "ln of the ratio of final losses"
ON_CARD = {"unit": RATIO, "side": "below", "n": 24, "first_seed": 3300, "margin": MARGIN,
           "family": "matrix rules on deep_narrow"}


def muon_at(w, g, state, *, lr, beta1, weight_decay):
    """Muon with the letters of AdamW, and the scale made for AdamW's rates."""
    scale = SCALES["moonlight"](*w.shape)
    return muon(w, g, state, lr=lr, beta=beta1, weight_decay=weight_decay, scale=scale)


@functools.cache
def rule(name):
    """Return a rule for the card's network; a matrix rule gets the hidden matrices only."""
    pairs = {"muon": (muon_at, optimizers.adamw), "soap": (soap, optimizers.adam),
             "shampoo": (shampoo, optimizers.adagrad)}
    if name not in pairs:
        return optimizers.STEPS[name]
    shapes = shapes_of(network(CARD, np.random.default_rng(0)))
    hidden = range(2, len(shapes) - 2, 2)
    return by_layer(shapes, *pairs[name], is_matrix=lambda k, shape: k in hidden)


def final(name, seed, hyper, longer=1.0):
    """Return the validation loss at the end of a run on the card, `longer` times its steps."""
    n_steps = CARD.every * round(longer * CARD.n_steps / CARD.every)
    card = dataclasses.replace(CARD, n_steps=n_steps)
    return run_trial(card, rule(name), seed=seed, **hyper)["final"]


@functools.cache
def chosen(name, longer=1.0):
    """Return the best of a rule's trials, for runs of this length."""
    return harness.tune(lambda hyper, seed: final(name, seed, hyper, longer), SPACES[name],
                        n_trials=N_TRIALS, rng=np.random.default_rng(32))


def pair(new, old, longer=1.0):
    """Return a function that tunes both sides; the old rule's runs are `longer` times as long."""
    return lambda: {"new": chosen(new), "old": chosen(old, longer)}


@claim("32", f"on deep_narrow, Muon on {MATRICES} ends lower than AdamW {STEPS}", **ON_CARD,
       tuned=pair("muon", "adamw"))
def muon_below_adamw(seed, new, old):
    return math.log(final("muon", seed, new) / final("adamw", seed, old))


@claim("32", f"on deep_narrow, Muon on {MATRICES} ends lower than AdamW after 2.2 times its steps",
       **ON_CARD, tuned=pair("muon", "adamw", TIMES["muon"]))
def muon_below_adamw_in_time(seed, new, old):
    longer = final("adamw", seed, old, TIMES["muon"])
    return math.log(final("muon", seed, new) / longer)


@claim("32", f"on deep_narrow, SOAP on {MATRICES} ends lower than Adam {STEPS}", **ON_CARD,
       tuned=pair("soap", "adam"))
def soap_below_adam(seed, new, old):
    return math.log(final("soap", seed, new) / final("adam", seed, old))


@claim("32", f"on deep_narrow, SOAP on {MATRICES} ends lower than Adam after twice its steps",
       **ON_CARD, tuned=pair("soap", "adam", TIMES["soap"]))
def soap_below_adam_in_time(seed, new, old):
    return math.log(final("soap", seed, new) / final("adam", seed, old, TIMES["soap"]))


@claim("32", f"on deep_narrow, Shampoo on {MATRICES} ends lower than AdaGrad {STEPS}", **ON_CARD,
       tuned=pair("shampoo", "adagrad"))
def shampoo_below_adagrad(seed, new, old):
    return math.log(final("shampoo", seed, new) / final("adagrad", seed, old))


RATE = {"lr": ("log", 1e-3, 10)}
SMALL_RATE = {"lr": ("log", 1e-4, 1)}
METHODS = {  # images, rule, how its weights are read, space, schedule
    "sgd, few": (1000, optimizers.sgd, None, RATE, None),
    "sam, few": (1000, sam, None, RATE | {"rho": ("log", 0.01, 1)}, None),
    "sgd": (5000, optimizers.sgd, None, RATE, None),
    "ema": (5000, with_ema(optimizers.sgd), average_of, RATE, None),
    "adam": (5000, optimizers.adam, None, SMALL_RATE, None),
    "adam, cosine": (5000, optimizers.adam, None, SMALL_RATE, schedules.cosine),
    "schedule-free": (5000, schedule_free_adamw, averaged, SMALL_RATE, None),
}
N_GRADIENTS = 600
BATCH = 50
ON_MNIST = {"unit": "ln of the ratio of test losses", "n": 20,
            "first_seed": 3400, "family": "averages and SAM on MNIST", "margin": 0.02}


@functools.cache
def mnist():
    """Return the splits of the real images."""
    return saved.real_mnist()


def batches(n, rng, uses):
    """Yield index arrays, epoch after epoch, each of them `uses` times running."""
    while True:
        yield from np.repeat(rng.permutation(n).reshape(-1, BATCH), uses, axis=0)


def trained(method, seed, hyper):
    """Return the network after N_GRADIENTS gradients, with the weights that the method reads."""
    n, step, read, _, schedule = METHODS[method]
    rng = np.random.default_rng(seed)
    net, (X, y) = mlp([784, 32, 10], rng=rng), (mnist().X_train[:n], mnist().y_train[:n])
    others = {name: value for name, value in hyper.items() if name != "lr"}
    rate = schedule(hyper["lr"], N_GRADIENTS) if schedule else lambda t: hyper["lr"]
    w, state = net.theta.copy(), {}
    stream = batches(n, rng, uses=2 if step is sam else 1)
    with one_thread(), np.errstate(all="ignore"):
        for t, rows in enumerate(itertools.islice(stream, N_GRADIENTS), start=1):
            net.theta = w
            g = net.loss_and_grad(X[rows], y[rows])[1].copy()
            w, state = step(w, g, state, lr=rate(t), **others)
    net.theta = read(w, state) if read else w
    return net


def loss_on(images, method, seed, hyper):
    """Return the loss of a trained network on the validation or the test images."""
    X, y = getattr(mnist(), f"X_{images}"), getattr(mnist(), f"y_{images}")
    loss = float(trained(method, seed, hyper).loss(X, y))
    return loss if math.isfinite(loss) else math.inf


@functools.cache
def best(method):
    """Return the best of a method's trials, by the validation images."""
    return harness.tune(lambda hyper, seed: loss_on("valid", method, seed, hyper),
                        METHODS[method][3], n_trials=N_TRIALS, rng=np.random.default_rng(32))


def both(new, old):
    """Return a function that tunes both sides."""
    return lambda: {"new": best(new), "old": best(old)}


def ratio(new, old, seed, hypers):
    """Return the logarithm of new loss / old loss on the test images."""
    losses = [loss_on("test", method, seed, hyper)
              for method, hyper in zip((new, old), hypers, strict=True)]
    return math.log(losses[0] / losses[1])


@claim("32", "on 1 000 MNIST images, SAM ends lower on new images than SGD after as many gradients",
       side="below", **ON_MNIST, tuned=both("sam, few", "sgd, few"))
def sam_below_sgd(seed, new, old):
    return ratio("sam, few", "sgd, few", seed, (new, old))


@claim("32", "at constant rates, an average of SGD's weights ends lower than its last weights",
       side="below", **ON_MNIST | {"first_seed": 3420}, tuned=both("ema", "sgd"))
def ema_below_last(seed, new, old):
    return ratio("ema", "sgd", seed, (new, old))


@claim("32", "at a constant rate, Schedule-Free AdamW, read at x, ends lower than Adam",
       side="below", **ON_MNIST, tuned=both("schedule-free", "adam"))
def schedule_free_below_adam(seed, new, old):
    return ratio("schedule-free", "adam", seed, (new, old))


@claim("32", "Schedule-Free AdamW, read at x, ends level with Adam under cosine decay",
       side="tie", **ON_MNIST, tuned=both("schedule-free", "adam, cosine"))
def schedule_free_ties_cosine(seed, new, old):
    return ratio("schedule-free", "adam, cosine", seed, (new, old))
