"""Depth, width and the choice among exact fits: small networks, each side at its own best rate.

Deep networks: those of experiments/depth.py, at the rates that it tuned. Wide ones: those of
experiments/width.py, tuned for the loss. Both files' own fresh seeds are not used here.
"""
import functools

import numpy as np

from course_lib.data import load_results
from course_lib.experiments.claims import claim
from course_lib.networks.random_features import draw_examples, least_squares
from course_lib.optimizers import minimize
from experiments import depth, width

DEEP = "twenty layers on MNIST"
N, D, NOISE = 40, 120, 0.05
ADAM_RATES = (0.0003, 0.001, 0.003)
DEEP_UNIT = "validation accuracy, first less second"


def relu(norm=None, skip=False):
    """Return the description of a ReLU network with He's start."""
    return ("relu", "he", norm, skip)


def rungs(one, other):
    """Return the settings of a comparison: the rung of each network's tuned rate."""
    rates = {tuple(row["network"]): row["lr"] for row in load_results("depth")["rows"]}
    return {"k_one": round(2 * np.log10(rates[one])), "k_other": round(2 * np.log10(rates[other]))}


def difference(one, other, seed, k_one, k_other):
    """Return the accuracy of one deep network less that of another, from the same seed."""
    accuracies = [depth.run(list(network), k, seed)["accuracy"]
                  for network, k in ((one, k_one), (other, k_other))]
    return accuracies[0] - accuracies[1]


def deep(statement, one, other, side="above", margin=0.02):
    """Return the decorator of a claim that one deep network is more accurate than another."""
    return claim("21", f"after four epochs with 20 layers, {statement}", unit=DEEP_UNIT, side=side,
                 n=12, first_seed=3000, margin=margin, family=DEEP, varied="weights and batches",
                 tuned=functools.partial(rungs, one, other))


@deep("layer normalisation with skip connections is more accurate than without them",
      relu("layer", True), relu("layer"))
def skips_help_layer_norm(seed, **rungs):
    return difference(relu("layer", True), relu("layer"), seed, **rungs)


@deep("batch normalisation with skip connections is more accurate than without them",
      relu("batch", True), relu("batch"))
def skips_help_batch_norm(seed, **rungs):
    return difference(relu("batch", True), relu("batch"), seed, **rungs)


@deep("skip connections without normalisation are less accurate than a plain ReLU network",
      relu(None, True), relu(), side="below")
def bare_skips_hurt(seed, **rungs):
    return difference(relu(None, True), relu(), seed, **rungs)


def rates_of_widths():
    """Return the rates that experiments/width.py tuned for the loss."""
    rows = {row["width"]: row["lr"] for row in load_results("width")["widths"]
            if row["tuned_for"] == "loss"}
    return {"lr_wide": rows[512], "lr_narrow": rows[32]}


@claim("22", "trained to the same training loss, 512 hidden units have a lower loss on new images "
       "than 32", unit="loss on new images, 512 units less 32", side="below", n=12,
       first_seed=3000, margin=0.01, varied="weights and batches", tuned=rates_of_widths)
def wide_beats_narrow(seed, lr_wide, lr_narrow):
    pair, _, new = width.images()
    wide = width.fit_width(pair, 512, lr_wide, seed)[0].loss(*new)
    return float(wide - width.fit_width(pair, 32, lr_narrow, seed)[0].loss(*new))


@claim("22", "started at zero, Adam ends at an exact fit with a larger risk than the shortest one",
       unit="mean risk at three rates less that of the shortest", side="above",
       n=20, first_seed=3000, varied="examples")
def adam_leaves_the_shortest(seed):
    rng = np.random.default_rng(seed)
    w = np.sqrt(1 / np.arange(1, D + 1) / np.sum(1 / np.arange(1, D + 1)))
    X, y = draw_examples(N, w, noise=NOISE, rng=rng)

    def fun(v):
        error = v @ X.T - y
        return (error * error).mean(axis=-1) / 2, error @ X / N

    v = np.zeros((len(ADAM_RATES), D))
    run = minimize(fun, v, "adam", lr=np.array(ADAM_RATES)[:, None], n_steps=6000, keep_path=False)
    risks = ((run.w - w) ** 2).sum(axis=-1)
    return float(np.mean(risks) - np.sum((least_squares(X, y) - w) ** 2))
