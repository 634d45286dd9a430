"""What real processes did: the same steps on two workers, a worker that is killed, a parameter
server and the age of its gradients, and what a sum over two workers takes.

    python -m experiments.scale_out     three minutes; a second call goes on where the first stopped

All processes run on this machine, over loopback. Notebook 33 reads the result and computes a part
of it again.
"""
import statistics
import tempfile
import time

import numpy as np

from course_lib.data import results_path
from course_lib.networks import mlp
from course_lib.scaling import mirrored, parameter_server
from experiments import saved

RESULT = results_path("scale_out")
SETTINGS = {
    "command": "python -m experiments.scale_out",
    "task": mirrored.TASK,
    "every": 5,
    "kill": [1, 13],
    "server_task": parameter_server.TASK,
    "workers": [1, 2, 3],
    "sizes": [1, 1000, 10_000, 100_000, 1_000_000, 4_000_000],
    "repeats": 15,
    "network": [784, 128, 128, 10],
    "batch_size": 64,
}


def run(what, workers=None):
    """Return what one experiment found."""
    if what == "together":
        return mirrored.run()
    if what == "killed":
        with tempfile.TemporaryDirectory() as folder:
            kept = {"every": SETTINGS["every"]}
            broken = mirrored.run(folder, kill=SETTINGS["kill"], **kept)
            broken["error"] = broken["error"].split(":")[0]
            return {"broken": broken, "resumed": mirrored.run(folder, **kept)}
    if what == "fit":
        return {"error": mirrored.run(fit=True)["error"].splitlines()[0]}
    if what == "server":
        return parameter_server.run(workers=workers)
    if what == "example":
        return {"seconds": seconds_an_example()}
    found = mirrored.run(sizes=SETTINGS["sizes"], repeats=SETTINGS["repeats"])
    return {"medians": [statistics.median(row) for row in found["times"]]}


def seconds_an_example():
    """Return the median seconds of a gradient of the network of notebook 24, by examples."""
    rng = np.random.default_rng(0)
    net, size = mlp(SETTINGS["network"], rng=rng), SETTINGS["batch_size"]
    X, y = rng.random((size, 784), dtype=np.float32), rng.integers(10, size=size)
    seconds = []
    for _ in range(200):
        began = time.perf_counter()
        net.loss_and_grad(X, y)
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds) / size


def summary(complete):
    """Return the results by name."""
    names = ("together", "killed", "fit", "sums", "example")
    jobs = [{"what": name} for name in names]
    servers = [{"what": "server", "workers": n} for n in SETTINGS["workers"]]
    *found, together, killed, fit, sums, example = complete(servers + jobs)
    return {"together": together["w"], "killed": killed, "fit": fit["error"],
            "sums": sums["medians"], "example": example["seconds"], "server": found}


def main(path=RESULT):
    """Make what the saved result lacks."""
    saved.make(path, SETTINGS, run, summary)


if __name__ == "__main__":
    main()
