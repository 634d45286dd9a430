"""Which deep networks train on MNIST? 20 layers of 64 units, by activation, initialiser,
normalisation and detour.

    python -m experiments.depth               some minutes; a second call goes on where the first one stopped

Each network gets its own rate: the best of a ladder with steps of sqrt(10), by the mean validation
accuracy of three seeds, climbed until neither of its neighbours is better; a network that learns
nothing there is tried on every rung from 0.001 to 100. Three fresh seeds are then run. Notebook 11
reads the result and runs a part of it again.
"""
import functools
import json
import statistics

import numpy as np

from course_lib.data import results_path
from course_lib.networks import initializers
from course_lib.networks.signal_propagation import tower
from course_lib.training.loop import train
from experiments import saved

RESULT = results_path("depth")
SETTINGS = {
    "command": "python -m experiments.depth",
    "depth": 20,
    "width": 64,
    "n_train": 5000,
    "batch_size": 64,
    "epochs": 4,
    "step": "sgd",
}
INITS = {
    "normal 0.01": functools.partial(initializers.normal, std=0.01),
    "glorot": initializers.glorot,
    "he": initializers.he,
}
PLAIN = [
    (activation, init, None, False) for activation in ("sigmoid", "tanh", "relu") for init in INITS
]
MENDED = [
    ("relu", "he", norm, residual)
    for norm in (None, "layer", "batch")
    for residual in (False, True)
][1:]
LADDER = range(-14, 5)  # rungs k, lr = 10^(k/2): 1e-7 to 100


def accuracy(data, row, lr, seed):
    """Return the validation accuracy of one run; a run that diverged counts as guessing, 0.1."""
    activation, init, norm, residual = row
    sizes = [784, *[SETTINGS["width"]] * SETTINGS["depth"], 10]
    rng = np.random.default_rng(seed)
    net = tower(
        sizes, rng=rng, activation=activation, init=INITS[init], norm=norm, residual=residual
    )
    pair = data.X_train[: SETTINGS["n_train"]], data.y_train[: SETTINGS["n_train"]]
    history = train(
        net,
        pair,
        SETTINGS["step"],
        lr=lr,
        epochs=SETTINGS["epochs"],
        batch_size=SETTINGS["batch_size"],
        rng=rng,
        progress=False,
        allow_dead=True,
    )
    return 0.1 if history.diverged_at is not None else net.accuracy(data.X_valid, data.y_valid)


def tune(data, row):
    """Return the accuracies of seeds 0, 1, 2 for each rung tried, and the best rung; of equals,
    that nearest the start.
    """
    rung = start = -11 if row[3] and row[2] is None else -3  # bare detours make large gradients
    tried = {}

    def best_of(rungs):
        for k in rungs:
            if k in LADDER and k not in tried:
                tried[k] = [accuracy(data, row, 10 ** (k / 2), seed) for seed in range(3)]
        return max(tried, key=lambda k: (statistics.mean(tried[k]), -abs(k - start)))

    while (best := best_of((rung - 1, rung, rung + 1))) != rung:
        rung = best
    if statistics.mean(tried[rung]) < 0.2:
        rung = best_of(range(-6, 5))
    return tried, rung


def main():
    """Fill in the networks that the saved result lacks."""
    data = saved.real_mnist()
    result = (
        json.loads(RESULT.read_text(encoding="utf-8"))
        if RESULT.exists()
        else SETTINGS | {"rows": []}
    )
    done = [tuple(one["network"]) for one in result["rows"]]
    for row in PLAIN + MENDED:
        if row in done:
            continue
        tried, best = tune(data, row)
        fresh = [round(accuracy(data, row, 10 ** (best / 2), seed), 4) for seed in range(10, 13)]
        print(row, f"lr {10 ** (best / 2):.3g}: accuracies {fresh}", flush=True)
        tuning = {f"{10 ** (k / 2):.3g}": [round(a, 4) for a in tried[k]] for k in sorted(tried)}
        result["rows"].append(
            {"network": row, "lr": round(10 ** (best / 2), 6), "accuracy": fresh, "tuning": tuning}
        )
        result["rows"].sort(key=lambda one: (PLAIN + MENDED).index(tuple(one["network"])))
        saved.write(RESULT, result)


if __name__ == "__main__":
    main()
