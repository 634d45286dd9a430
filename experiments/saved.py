"""What the experiments share: the real images, and how a saved result is begun, kept and finished.

While an experiment runs, its runs lie in .build/sweeps/NAME.jsonl, which `harness.sweep` writes;
when all are there, the summary goes to course_lib/data/NAME.json, and that file goes away.
"""
import argparse
import json
from pathlib import Path

from course_lib import data
from course_lib.experiments import runs_file
from course_lib.experiments.harness import sweep
from course_lib.files import write_whole

KEPT = Path(__file__).resolve().parents[1] / ".build" / "sweeps"


def real_mnist():
    """Return MNIST, split; SystemExit with one sentence where only the embedded digits are there.
    """
    images = data.load_mnist()
    if images.name != "mnist":
        raise SystemExit(
            "this needs the real MNIST images: set COURSE_MNIST to an mnist.npz with them"
        )
    return data.split(images)


def is_complete(path, settings):
    """Return whether a result is there already; SystemExit if it was made with other settings."""
    if not path.exists():
        return False
    found = json.loads(path.read_text(encoding="utf-8"))
    wanted = json.loads(json.dumps(settings))
    if different := [key for key, value in wanted.items() if found.get(key) != value]:
        raise SystemExit(
            f"{path.name} was made with another {different[0]!r}: move it away to begin anew"
        )
    print(f"{path.name} is complete; move it away to make it anew.")
    return True


def alone(path):
    """Hold a result while its script makes it: a second copy of the script waits, then finds it."""
    return runs_file.alone(KEPT / path.stem)


def runner(path, settings, run, n_jobs=1):
    """Return a function: a list of jobs -> their results, which are kept until `finish`."""
    return lambda jobs: sweep(kept_runs(path), settings, jobs, run, n_jobs=n_jobs)


def kept_runs(path):
    """Return the file that keeps the runs of a result until it is complete."""
    return KEPT / f"{path.stem}.jsonl"


def finish(path, result, indent=1):
    """Write a result, its numbers one a line unless indent is None, and give up the file that kept
    its runs.
    """
    write_whole(path, json.dumps(result, indent=indent) + "\n")
    kept_runs(path).unlink(missing_ok=True)


def make(path, settings, run, summarise, *, n_jobs=1, indent=1):
    """Make what a saved result lacks: what a script does from its first line to its last.

    run: (**job) -> one result, a dict.
    summarise: (complete) -> what the file holds beside the settings, a dict; complete is a function
        from a list of jobs to their results, as `runner` returns it.
    """
    with alone(path):
        if not is_complete(path, settings):
            complete = runner(path, settings, run, n_jobs)
            finish(path, settings | summarise(complete), indent)


def jobs_wanted():
    """Return how many processes the command line asks for, by --jobs; 1 if it does not."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--jobs", type=int, default=1)
    return parser.parse_args().jobs
