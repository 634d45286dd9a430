"""What do restraints and shifted images change on new images? 1 000 training images
of MNIST, each side tuned for itself on 2 000 others, and judged on the 5 000 validation images.

The restraints and their tuned settings are those of experiments/width.py, whose own fresh seeds
are not used here. Only for early stopping by accuracy is a rate and a patience chosen anew, with
the accuracy watched.
"""
import functools

import numpy as np

from course_lib.arguments import one_thread
from course_lib.data import datasets, load_results
from course_lib.data.augment import shifted
from course_lib.experiments.claims import claim
from course_lib.networks import mlp
from course_lib.optimizers.rules import adam
from experiments import width
from experiments.claims.tuning import best_of

TUNING_SEEDS = range(3)
EPOCHS = 60
SHIFT = 2
RATES = 1e-3 * 10.0 ** (np.arange(-2, 4) / 2)
LOSS = "restraints on MNIST, by the loss"
ACCURACY = "restraints on MNIST, by the accuracy"
SHIFTS = "shifted images on MNIST"
COLUMN = {"loss": 2, "accuracy": 3}
MARGIN = {"loss": 0.01, "accuracy": 0.003}


def settings_of(name, goal):
    """Return the settings of a restraint and of plain training, as experiments/width.py tuned them.
    """
    rows = {row["name"]: row for row in load_results("width")["means"] if row["tuned_for"] == goal}
    return {"lr": rows[name]["lr"], "strength": rows[name]["strength"],
            "plain_lr": rows["none"]["lr"]}


@functools.cache
def judged(name, goal, lr, strength, seed):
    """Return the loss or the accuracy on the validation images after one run."""
    pair, tuning, new = width.images()
    with one_thread():
        net = width.restrain(pair, tuning, name, strength, lr, seed)
    return float(width.measure(net, [pair, new])[COLUMN[goal]])


def against_plain(name, goal, seed, lr, strength, plain_lr):
    """Return what a restraint has on new images less what plain training has, from one start."""
    return judged(name, goal, lr, strength, seed) - judged("none", goal, plain_lr, None, seed)


def restraint(name, goal):
    """Return the decorator of a claim that a restraint beats plain training."""
    return claim(
        "23",
        f"tuned for the {goal}, {name} has a "
        f"{'lower loss' if goal == 'loss' else 'higher accuracy'} on new images than plain "
        "training",
        unit=f"new {goal} less that of plain training",
        side="below" if goal == "loss" else "above", n=12, first_seed=3000, margin=MARGIN[goal],
        family=LOSS if goal == "loss" else ACCURACY, varied="weights and batches",
        tuned=functools.partial(settings_of, name, goal),
    )


@restraint("weight decay", "loss")
def weight_decay_lowers_the_loss(seed, **settings):
    return against_plain("weight decay", "loss", seed, **settings)


@restraint("L2 in Adam", "loss")
def l2_lowers_the_loss(seed, **settings):
    return against_plain("L2 in Adam", "loss", seed, **settings)


@restraint("dropout", "loss")
def dropout_lowers_the_loss(seed, **settings):
    return against_plain("dropout", "loss", seed, **settings)


@restraint("early stopping", "loss")
def early_stopping_lowers_the_loss(seed, **settings):
    return against_plain("early stopping", "loss", seed, **settings)


@restraint("max-norm", "loss")
def max_norm_lowers_the_loss(seed, **settings):
    return against_plain("max-norm", "loss", seed, **settings)


@restraint("weight clipping", "loss")
def weight_clipping_lowers_the_loss(seed, **settings):
    return against_plain("weight clipping", "loss", seed, **settings)


@restraint("weight decay", "accuracy")
def weight_decay_raises_the_accuracy(seed, **settings):
    return against_plain("weight decay", "accuracy", seed, **settings)


@restraint("dropout", "accuracy")
def dropout_raises_the_accuracy(seed, **settings):
    return against_plain("dropout", "accuracy", seed, **settings)


def watching_accuracy(lr, patience, seed):
    """Return a network that goes back to the epoch with the best accuracy on the tuning images."""
    (X, y), watched, _ = width.images()
    rng = np.random.default_rng(seed)
    net, state, best, at = mlp([784, 64, 10], rng=rng), {}, -1.0, 0
    with one_thread():
        for epoch in range(EPOCHS):
            for rows in datasets.batches(len(X), 100, rng):
                net.theta, state = adam(net.theta, net.loss_and_grad(X[rows], y[rows])[1], state,
                                        lr=lr)
            if (now := net.accuracy(*watched)) > best:
                best, at, kept = now, epoch, net.snapshot()
            if epoch - at >= patience:
                break
    net.restore(kept)
    return net


def patience_and_rate():
    """Return the rate and the patience with the best accuracy on the tuning images."""
    tuning = width.images()[1]

    def score(point):
        nets = [watching_accuracy(*point, seed) for seed in TUNING_SEEDS]
        return np.mean([net.accuracy(*tuning) for net in nets])

    lr, patience = max([(lr, p) for lr in RATES[2:5] for p in (5, 10, 20)], key=score)
    return {"lr": float(lr), "patience": patience,
            "plain_lr": settings_of("none", "accuracy")["lr"]}


@claim("23", "tuned for the accuracy and watching it, early stopping has a higher accuracy on new "
       "images than plain training", unit="new accuracy less that of plain training",
       side="above", n=12, first_seed=3000, margin=0.003, family=ACCURACY,
       varied="weights and batches", tuned=patience_and_rate)
def early_stopping_raises_the_accuracy(seed, lr, patience, plain_lr):
    stopped = watching_accuracy(lr, patience, seed).accuracy(*width.images()[2])
    return stopped - judged("none", "accuracy", plain_lr, None, seed)


def trained(lr, shift, seed):
    """Return a network of 64 hidden units after 60 epochs of Adam, on images moved by up to `shift`
    pixels, anew in every batch.
    """
    X, y = width.images()[0]
    rng = np.random.default_rng(seed)
    net, state = mlp([784, 64, 10], rng=rng), {}
    with one_thread():
        for _ in range(EPOCHS):
            for rows in datasets.batches(len(X), 100, rng):
                batch = shifted(X[rows], shift, rng) if shift else X[rows]
                net.theta, state = adam(net.theta, net.loss_and_grad(batch, y[rows])[1], state,
                                        lr=lr)
    return net


def rate_for(goal, shift):
    """Return the rate that is best on the tuning images; it must not lie at an edge of the grid."""
    tuning = width.images()[1]
    scores = [np.mean([net.loss(*tuning) if goal == "loss" else -net.accuracy(*tuning)
                       for net in (trained(lr, shift, seed) for seed in TUNING_SEEDS)])
              for lr in RATES]
    return best_of(RATES, scores, f"training for the {goal}")


def rates_with_and_without(goal):
    """Return the settings of a comparison: each side's own best rate."""
    return {"lr": rate_for(goal, SHIFT), "plain_lr": rate_for(goal, 0)}


@claim("23", "with images shifted by up to 2 pixels, the accuracy on new images is higher than "
       "without", unit="new accuracy less that without shifts", side="above", n=20,
       first_seed=3000, margin=0.003, family=SHIFTS, varied="weights, batches and shifts",
       tuned=functools.partial(rates_with_and_without, "accuracy"))
def shifts_raise_the_accuracy(seed, lr, plain_lr):
    new = width.images()[2]
    return trained(lr, SHIFT, seed).accuracy(*new) - trained(plain_lr, 0, seed).accuracy(*new)


@claim("23", "with images shifted by up to 2 pixels, the loss on new images is lower than without",
       unit="new loss less that without shifts", side="below", n=20, first_seed=3000,
       margin=0.01, family=SHIFTS, varied="weights, batches and shifts",
       tuned=functools.partial(rates_with_and_without, "loss"))
def shifts_lower_the_loss(seed, lr, plain_lr):
    new = width.images()[2]
    return float(trained(lr, SHIFT, seed).loss(*new) - trained(plain_lr, 0, seed).loss(*new))
