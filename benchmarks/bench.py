"""`make bench`: side-by-side timings of this course against Keras, PyTorch and plain NumPy.

    make bench                          every row; on an idle machine about half an hour
    make bench ARGS="epoch memory"      some rows of: epoch, step, landscape, memory, growth,
                                        sweep, course, tests

Results go to benchmarks/results.json, row by row, and benchmarks/RESULTS.md tells them. The numbers
that matter are ratios within one run; seconds belong to one machine. MNIST is used where it is to
be had, else images of noise of the same size.
"""
import argparse
import importlib.metadata
import importlib.util
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import epochs
import numpy as np
import report
import steps
from tqdm import tqdm

from course_lib.experiments.timing import ratios, side_by_side, summary
from course_lib.files import write_whole

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results.json"
SIZES, BATCH = [784, 128, 128, 10], 128
ROUNDS = 9
WIDTHS, STEP_SIZES = (32, 128, 512, 1024), (10**4, 10**5, 10**6, 10**7)
HAS_TORCH = importlib.util.find_spec("torch") is not None


def images(n=55_000):
    """Return n training images and labels: X (n, 784) float32 in [0, 1], y (n,)."""
    from course_lib.data import datasets

    data = datasets.split(datasets.load_mnist())
    if len(data.X_train) < n:  # the embedded digits
        rng = np.random.default_rng(0)
        return rng.random((n, 784), np.float32), rng.integers(0, 10, n)
    return data.X_train[:n], data.y_train[:n]


def epoch_makers():
    """Return {name: make function} of all that train."""
    return {**epochs.NUMPY, **epochs.KERAS, **(epochs.TORCH if HAS_TORCH else {})}


def told(seconds, base):
    """Return what is kept of a measurement: per contestant median seconds and the ratio to `base`
    with its quartiles.
    """
    relative = ratios(seconds, base)
    return {
        name: {"seconds": summary(times)[0], "ratio": relative[name]}
        for name, times in seconds.items()
    }


def epoch():
    """Seconds for one epoch of 55 000 images."""
    X, y = images()
    weights = epochs.start(SIZES)
    runs = {name: make(weights, X, y, BATCH)[0] for name, make in epoch_makers().items()}
    return told(side_by_side(tqdm_each(runs), rounds=ROUNDS), "course_lib")


def step():
    """One step of four rules at 10^5 and 10^7 weights."""
    rows = {}
    for name in steps.HYPER:
        for n in (10**5, 10**7):
            rows[f"{name}, {n}"] = one_step(name, n, ROUNDS)
    return rows


def one_step(name, n, rounds):
    """Return the row of one rule at one size."""
    from course_lib.machine import all_cores, keep_freed_memory

    keep_freed_memory()
    work = tqdm_each(steps.contestants(name, n, HAS_TORCH))
    with all_cores():
        return told(side_by_side(work, rounds=rounds, repeat=max(1, 10**6 // n)), "course_lib")


def landscape():
    """10 000 runs of 500 steps of momentum on Beale's function: all at once, and one by one (20
    runs, times 500).
    """
    from course_lib.landscapes.functions import BEALE
    from course_lib.optimizers.descent import minimize

    starts = np.random.default_rng(0).uniform(-1, 1, (10_000, 2))
    settings = {"lr": 1e-3, "n_steps": 500, "keep_path": False}
    work = {
        "batched": lambda: minimize(BEALE, starts, "momentum", **settings),
        "20 runs in a Python loop": lambda: [
            minimize(BEALE, w, "momentum", **settings) for w in starts[:20]
        ],
    }
    seconds = side_by_side(tqdm_each(work), rounds=7)
    loop = "Python loop, extrapolated from 20 runs"
    return told(
        {
            "batched": seconds["batched"],
            loop: [500 * s for s in seconds["20 runs in a Python loop"]],
        },
        "batched",
    )


def memory():
    """Peak memory of two epochs, each contestant in a process of its own: in all, and beyond the
    data.
    """
    rows = {}
    for name in tqdm([name for name in epoch_makers() if "alone" not in name], unit="process"):
        command = [sys.executable, __file__, "--peak-memory-of", name]
        rows[name] = json.loads(
            subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[
                -1
            ]
        )
    return rows


def peak_memory(name):
    """Print the peak memory of this process in MB, in all and beyond the data: libraries and
    training.
    """
    X, y = images()
    before = resident()
    run, _ = epoch_makers()[name](epochs.start(SIZES), X, y, BATCH)
    run(), run()
    print(json.dumps({"peak": resident(), "training": resident() - before}))


def resident():
    """Return the largest memory this process has held so far, in MB.

    Linux hands `ru_maxrss` on from parent to child, so there it is asked of /proc; macOS counts it
    in bytes.
    """
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text(encoding="utf-8").split("VmHWM:")[1].split()[0]) / 1e3
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def growth():
    """An epoch of 12 800 images against the width of two hidden layers, and a step of Adam against
    the number of weights.
    """
    X, y = images(12_800)
    wanted = [
        "course_lib",
        "matrix products alone",
        "Keras fit, as it comes",
        *(["PyTorch eager"] if HAS_TORCH else []),
    ]
    by_width = {}
    for width in WIDTHS:
        weights = epochs.start([784, width, width, 10])
        runs = {name: epoch_makers()[name](weights, X, y, BATCH)[0] for name in wanted}
        by_width[str(width)] = told(side_by_side(tqdm_each(runs), rounds=ROUNDS), "course_lib")
    return {"width": by_width, "size": {str(n): one_step("adam", n, ROUNDS) for n in STEP_SIZES}}


def sweep():
    """Eight training runs of five epochs, one after the other and in a process for each core, whose
    start does not count.
    """
    from joblib import Parallel, delayed

    X, y = images(12_800)
    cores = os.cpu_count()
    work = {
        label: lambda n=n: Parallel(n_jobs=n)(delayed(one_run)(seed, X, y) for seed in range(8))
        for label, n in (("1 process", 1), (f"{cores} processes", cores))
    }
    return told(side_by_side(tqdm_each(work), rounds=ROUNDS), "1 process")


def one_run(seed, X, y):
    """Train for five epochs from weights of one's own; return the last loss."""
    from course_lib.networks.network import mlp
    from course_lib.training.loop import train

    rng = np.random.default_rng(seed)
    history = train(mlp(SIZES, rng=rng), (X, y), "adam", lr=epochs.LR, epochs=5, batch_size=BATCH,
                    rng=rng, progress=False)
    return history.train_loss[-1]


def course():
    """Seconds of every notebook, and of a cold set-up without any cache, each once."""
    sys.path.insert(0, str(ROOT / "tools"))
    import notebook_build
    from notebook_run import execute
    from notebook_source import learner_notebook

    rows = {}
    for path in tqdm(notebook_build.sources(notebook_build.FOLDER), unit="notebook"):
        notebook = learner_notebook(path.read_text(encoding="utf-8"))
        rows[path.stem] = elapsed(
            lambda notebook=notebook: execute(notebook, notebook_build.FOLDER)
        )
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / "fresh"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(fresh)], check=True)
        cold = os.environ | {"UV_CACHE_DIR": f"{folder}/uv", "PIP_NO_CACHE_DIR": "1"}
        rows["cold set-up"] = elapsed(
            lambda: subprocess.run(
                ["make", "setup"], cwd=fresh, env=cold, check=True, capture_output=True
            )
        )
    return rows


def tests():
    """Seconds of `make test`, once."""
    return {
        "make test": elapsed(
            lambda: subprocess.run(["make", "test"], cwd=ROOT, check=True, capture_output=True)
        )
    }


def elapsed(work):
    """Return the seconds that one call takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def tqdm_each(work):
    """Return the same functions, each call moving a progress bar in the terminal."""
    bar = tqdm(unit="call", leave=False)

    def shown(function):
        def run():
            bar.update()
            function()
        return run

    return {name: shown(function) for name, function in work.items()}


def machine():
    """Return what the seconds depend on: processor, threads, versions."""
    model = platform.processor() or platform.machine()
    if Path("/proc/cpuinfo").exists():
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next(
            (line.split(":")[1].strip() for line in lines if line.startswith("model name")), model
        )
    names = {
        d.metadata["Name"].lower().replace("_", "-"): d.version
        for d in importlib.metadata.distributions()
    }
    found = {
        name: names[name]
        for name in ("numpy", "tensorflow-cpu", "tensorflow", "keras", "torch")
        if name in names
    }
    return {"processor": model, "cores": os.cpu_count(), "system": platform.system(),
            "python": platform.python_version(), "versions": found, "rounds": ROUNDS}


ROWS = {f.__name__: f for f in (epoch, step, landscape, memory, growth, sweep, course, tests)}


def write(results):
    """Write results.json and RESULTS.md, each whole or not at all."""
    texts = {
        RESULTS: json.dumps(results, indent=1) + "\n",
        RESULTS.with_name("RESULTS.md"): report.page(results),
    }
    for path, text in texts.items():
        write_whole(path, text)


def main():
    """Measure the rows asked for and keep the others as they are."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rows", nargs="*", metavar="row", help=", ".join(ROWS))
    parser.add_argument("--peak-memory-of", help=argparse.SUPPRESS)
    told = parser.parse_args()
    if told.peak_memory_of:
        return peak_memory(told.peak_memory_of)
    if unknown := [row for row in told.rows if row not in ROWS]:
        parser.error(f"there is no row {unknown[0]!r}; the rows are {', '.join(ROWS)}")
    results = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    for name in told.rows or ROWS:
        print(f"{name}: {ROWS[name].__doc__}", flush=True)
        results[name] = ROWS[name]()
        results["machine"] = machine()
        write(results)
    print(report.page(results))


if __name__ == "__main__":
    main()
