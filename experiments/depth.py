"""Which deep networks train on MNIST? 20 layers of 64 units, by activation, initialiser,
normalisation and detour.

    python -m experiments.depth     some minutes; a second call goes on where the first stopped

Each network gets its own rate: the best of a ladder with steps of sqrt(10), by the mean validation
accuracy of three seeds, climbed until neither of its neighbours is better; a network that learns
nothing there is tried on every rung from 0.001 to 100. Three fresh seeds are then run. Notebook 21
reads the result and runs a part of it again.
"""
import functools
import statistics

import numpy as np

from course_lib.data import results_path
from course_lib.experiments.harness import climb
from course_lib.networks import initializers
from course_lib.networks.signal_propagation import tower
from course_lib.training import train
from experiments import saved

RESULT = results_path("depth")
INITS = {
    "normal 0.01": functools.partial(initializers.normal, std=0.01),
    "glorot": initializers.glorot,
    "he": initializers.he,
}
SETTINGS = {
    "command": "python -m experiments.depth",
    "depth": 20,
    "width": 64,
    "n_train": 5000,
    "batch_size": 64,
    "epochs": 4,
    "step": "sgd",
    "ladder": [-14, 4],  # rungs k, lr = 10^(k/2): 1e-7 to 100
    "start": {"usual": -3, "bare detours": -11},  # bare detours make large gradients
    "too_low": 0.2,  # an accuracy below it, and every rung of "last_resort" is tried
    "last_resort": [-6, 4],
    "tuning_seeds": [0, 1, 2],
    "fresh_seeds": [10, 11, 12],
    "networks": [  # activation, initialiser, normalisation, detours
        *([name, init, None, False] for name in ("sigmoid", "tanh", "relu") for init in INITS),
        ["relu", "he", None, True],
        *(["relu", "he", norm, way] for norm in ("layer", "batch") for way in (False, True)),
    ],
}


@functools.cache
def data():
    """Return the real images."""
    return saved.real_mnist()


def run(network, k, seed):
    """Return the validation accuracy of one run; a run that diverged counts as guessing, 0.1."""
    activation, init, norm, detours = network
    sizes = [784, *[SETTINGS["width"]] * SETTINGS["depth"], 10]
    rng = np.random.default_rng(seed)
    net = tower(
        sizes, rng=rng, activation=activation, init=INITS[init], norm=norm, residual=detours
    )
    n = SETTINGS["n_train"]
    history = train(
        net, (data().X_train[:n], data().y_train[:n]), SETTINGS["step"], lr=rate(k),
        epochs=SETTINGS["epochs"], batch_size=SETTINGS["batch_size"], rng=rng, progress=False,
        allow_dead=True,
    )
    if history.diverged_at is not None:
        return {"accuracy": 0.1}
    return {"accuracy": net.accuracy(data().X_valid, data().y_valid)}


def rate(k):
    """Return the learning rate of a rung."""
    return 10 ** (k / 2)


def rungs(name):
    """Return the rungs that a setting names by its first and its last."""
    first, last = SETTINGS[name]
    return range(first, last + 1)


def tune(accuracies, network):
    """Return the best rung, of equals that nearest the start, and the accuracies of all tried.

    accuracies: rung -> list over the tuning seeds.
    """
    bare = network[3] and network[2] is None
    start = SETTINGS["start"]["bare detours" if bare else "usual"]
    tried = {}

    def score(k):
        if k not in tried:
            tried[k] = accuracies(k)
        return -statistics.mean(tried[k]), abs(k - start)

    best, _ = climb(score, start, lambda k: [j for j in (k - 1, k + 1) if j in rungs("ladder")])
    if statistics.mean(tried[best]) < SETTINGS["too_low"]:
        best = min([*tried, *rungs("last_resort")], key=score)
    return best, tried


def row(complete, network):
    """Return what is saved of a network; complete: the runner of its jobs."""
    def accuracies(k, seeds=SETTINGS["tuning_seeds"]):
        results = complete([{"network": network, "k": k, "seed": seed} for seed in seeds])
        return [result["accuracy"] for result in results]

    best, tried = tune(accuracies, network)
    fresh = [round(a, 4) for a in accuracies(best, SETTINGS["fresh_seeds"])]
    tuning = {f"{rate(k):.3g}": [round(a, 4) for a in tried[k]] for k in sorted(tried)}
    return {"network": network, "lr": round(rate(best), 6), "accuracy": fresh, "tuning": tuning}


def summary(complete):
    """Return the rows of all networks."""
    return {"rows": [row(complete, network) for network in SETTINGS["networks"]]}


def main(path=RESULT):
    """Make what the saved result lacks."""
    saved.make(path, SETTINGS, run, summary)


if __name__ == "__main__":
    main()
