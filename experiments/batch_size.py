"""How many SGD steps does a small network need to a validation loss of 0.2 on MNIST, for batches of
16 to 4096?

    python -m experiments.batch_size          about five minutes; a second call goes on where the first one stopped

Each batch size gets its own rate: the best of a ladder with steps of sqrt(2), by the median of
three seeds, climbed until both its neighbours are worse. Five fresh seeds are then counted.
Notebook 05 reads the result and runs a part of it again.
"""
import json
import math
import statistics

import numpy as np

from course_lib.data import results_path
from course_lib.networks.network import mlp
from course_lib.training.critical_batch import steps_to_target
from experiments import saved

RESULT = results_path("batch_size")
SETTINGS = {"command": "python -m experiments.batch_size", "sizes": [784, 32, 10], "target": 0.2}
START = {16: -5, 64: -3, 256: -2, 1024: -1, 4096: -1}  # the first rung k tried, lr = 2^(k/2)


def count_steps(data, batch_size, lr, seed):
    """Return the steps of one run, infinity where it takes three times as long as is to be
    expected.
    """
    rng = np.random.default_rng(seed)
    net = mlp(SETTINGS["sizes"], rng=rng)
    return steps_to_target(
        net,
        (data.X_train, data.y_train),
        (data.X_valid, data.y_valid),
        lr=lr,
        batch_size=batch_size,
        target=SETTINGS["target"],
        max_steps=3 * (120 + 12_000 // batch_size),
        rng=rng,
    )


def tune(data, batch_size):
    """Return the steps of seeds 0, 1, 2 for each rate tried, by rung."""
    rung, tried = START[batch_size], {}
    while True:
        for k in (rung - 1, rung, rung + 1):
            if k not in tried:
                tried[k] = [count_steps(data, batch_size, 2 ** (k / 2), seed) for seed in range(3)]
                print(f"  B {batch_size}: lr {2 ** (k / 2):.3f} steps {tried[k]}", flush=True)
        best = min(tried, key=lambda k: statistics.median(tried[k]))
        if best == rung:
            return tried, rung
        rung = best


def main():
    """Fill in the batch sizes that the saved result lacks."""
    data = saved.real_mnist()
    result = (
        json.loads(RESULT.read_text(encoding="utf-8"))
        if RESULT.exists()
        else SETTINGS | {"rows": []}
    )
    for batch_size in sorted(set(START) - {row["batch_size"] for row in result["rows"]}):
        tried, best = tune(data, batch_size)
        steps = [count_steps(data, batch_size, 2 ** (best / 2), seed) for seed in range(10, 15)]
        print(f"B {batch_size}: lr {2 ** (best / 2):.3f}, steps {steps}", flush=True)
        tuning = {
            f"{2 ** (k / 2):.3g}": [s if math.isfinite(s) else None for s in tried[k]]
            for k in sorted(tried)
        }
        result["rows"].append(
            {"batch_size": batch_size, "lr": 2 ** (best / 2), "steps": steps, "tuning": tuning}
        )
        saved.write(RESULT, result)


if __name__ == "__main__":
    main()
