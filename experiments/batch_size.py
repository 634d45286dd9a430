"""How many SGD steps does a small network need to a validation loss of 0.2 on MNIST, for batches of
16 to 4096?

    python -m experiments.batch_size     about five minutes; a second call goes on

Each batch size gets its own rate: the best of a ladder with steps of sqrt(2), by the median of
three seeds, climbed until neither of its neighbours is better. Five fresh seeds are then counted.
Notebook 08 reads the result and runs a part of it again.
"""
import functools
import math
import statistics

import numpy as np

from course_lib.data import results_path
from course_lib.experiments.harness import climb
from course_lib.networks import mlp
from course_lib.training import steps_to_target
from experiments import saved

RESULT = results_path("batch_size")
SETTINGS = {
    "command": "python -m experiments.batch_size",
    "sizes": [784, 32, 10],
    "target": 0.2,
    "start": {"16": -5, "64": -3, "256": -2, "1024": -1, "4096": -1},  # first rung k, lr = 2^(k/2)
    "tuning_seeds": [0, 1, 2],
    "fresh_seeds": [10, 11, 12, 13, 14],
}


@functools.cache
def data():
    """Return the real images."""
    return saved.real_mnist()


def run(batch_size, k, seed):
    """Return the steps of one run, infinity where it takes three times as long as expected."""
    rng = np.random.default_rng(seed)
    net = mlp(SETTINGS["sizes"], rng=rng)
    pair, valid = (data().X_train, data().y_train), (data().X_valid, data().y_valid)
    max_steps = 3 * (120 + 12_000 // batch_size)
    steps = steps_to_target(net, pair, valid, lr=rate(k), batch_size=batch_size,
                            target=SETTINGS["target"], max_steps=max_steps, rng=rng)
    return {"steps": steps}


def rate(k):
    """Return the learning rate of a rung."""
    return 2 ** (k / 2)


def tune(steps_of, start):
    """Return the best rung and the steps of each rung tried; steps_of: rung -> list over seeds."""
    tried = {}

    def score(k):
        tried[k] = steps_of(k)
        return statistics.median(tried[k])

    best, _ = climb(score, start, lambda k: (k - 1, k + 1))
    return best, tried


def row(complete, batch_size, start):
    """Return what is saved of a batch size; complete: the runner of its jobs."""
    def steps_of(k, seeds):
        jobs = [{"batch_size": batch_size, "k": k, "seed": seed} for seed in SETTINGS[seeds]]
        return [result["steps"] for result in complete(jobs)]

    best, tried = tune(lambda k: steps_of(k, "tuning_seeds"), start)
    steps = steps_of(best, "fresh_seeds")
    tuning = {f"{rate(k):.3g}": [s if math.isfinite(s) else None for s in tried[k]]
              for k in sorted(tried)}
    return {"batch_size": batch_size, "lr": rate(best), "steps": steps, "tuning": tuning}


def main(path=RESULT):
    """Make what the saved result lacks."""
    with saved.alone(path):
        if not saved.is_complete(path, SETTINGS):
            complete = saved.runner(path, SETTINGS, run)
            rows = [row(complete, int(size), start) for size, start in SETTINGS["start"].items()]
            saved.finish(path, SETTINGS | {"rows": rows})


if __name__ == "__main__":
    main()
