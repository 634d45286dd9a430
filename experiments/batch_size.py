"""How many SGD steps does a small network need to a validation loss of 0.2 on MNIST, for batches of
16 to 4096?

    python -m experiments.batch_size     about ten minutes; a second call goes on

Each batch size gets its own rate: a ladder with steps of sqrt(2) is climbed, by the mean of six
seeds, until neither neighbour is better; of the rates within 5 % of the best, the lowest is taken,
which stands furthest from the edge of stability. A rate at which one of the six does not arrive is
out. Sixteen fresh seeds are then counted. Notebook 09 reads the result and runs a part of it again.
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
    # the first rung k of each batch size, lr = 2^(k/2)
    "start": {"16": -5, "32": -4, "64": -3, "128": -2, "256": -2, "1024": -1, "4096": -1},
    "tuning_seeds": list(range(6)),
    "fresh_seeds": list(range(200, 216)),
    "slack": 1.05,
}


@functools.cache
def data():
    """Return the real images."""
    return saved.real_mnist()


def run(batch_size, k, seed):
    """Return the steps of one run, infinity where it takes six times as long as expected."""
    rng = np.random.default_rng(seed)
    net = mlp(SETTINGS["sizes"], rng=rng)
    pair, valid = (data().X_train, data().y_train), (data().X_valid, data().y_valid)
    max_steps = 6 * (120 + 12_000 // batch_size)
    steps = steps_to_target(net, pair, valid, lr=rate(k), batch_size=batch_size,
                            target=SETTINGS["target"], max_steps=max_steps, rng=rng)
    return {"steps": steps}


def rate(k):
    """Return the learning rate of a rung."""
    return 2 ** (k / 2)


def tune(steps_of, start):
    """Return the rung to take and the steps of each rung tried; steps_of: rung -> list over seeds.
    """
    tried = {}

    def score(k):
        tried[k] = steps_of(k)
        return statistics.fmean(tried[k])

    best, scores = climb(score, start, lambda k: (k - 1, k + 1))
    return min(k for k in scores if scores[k] <= SETTINGS["slack"] * scores[best]), tried


def row(complete, batch_size, start):
    """Return what is saved of a batch size; complete: the runner of its jobs."""
    def steps_of(k, seeds):
        jobs = [{"batch_size": batch_size, "k": k, "seed": seed} for seed in SETTINGS[seeds]]
        return [result["steps"] for result in complete(jobs)]

    k, tried = tune(lambda k: steps_of(k, "tuning_seeds"), start)
    steps = [step if math.isfinite(step) else None for step in steps_of(k, "fresh_seeds")]
    tuning = {f"{rate(k):.3g}": [s if math.isfinite(s) else None for s in tried[k]]
              for k in sorted(tried)}
    return {"batch_size": batch_size, "lr": rate(k), "steps": steps, "tuning": tuning}


def summary(complete):
    """Return the rows of all batch sizes."""
    starts = SETTINGS["start"].items()
    return {"rows": [row(complete, int(size), start) for size, start in starts]}


def main(path=RESULT):
    """Make what the saved result lacks."""
    saved.make(path, SETTINGS, run, summary)


if __name__ == "__main__":
    main()
