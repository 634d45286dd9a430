"""A harness gives every optimizer the same terms: trials drawn from a declared space, and a sweep
that survives a kill. A space names for each hyper-parameter how it is drawn, from a quasi-random
point u in (0, 1):

    ("log", low, high)                value = low (high/low)^u               equal chances for equal ratios
    ("linear", low, high)             value = low + (high - low) u
    ("one minus log", low, high)      value = 1 - low (high/low)^u           for beta, rho, beta1, beta2
"""
import json
import os
from pathlib import Path

import numpy as np

from course_lib.arguments import whole
from course_lib.progress_bar import progress_bar

SPACES = {
    "sgd": {"lr": ("log", 1e-3, 10)},
    "momentum": {"lr": ("log", 1e-3, 10), "beta": ("one minus log", 0.01, 1)},
    "nesterov": {"lr": ("log", 1e-3, 10), "beta": ("one minus log", 0.01, 1)},
    "adagrad": {"lr": ("log", 1e-3, 10)},
    "rmsprop": {"lr": ("log", 1e-4, 1), "rho": ("one minus log", 1e-3, 0.3)},
    "adam": {
        "lr": ("log", 1e-4, 1),
        "beta1": ("one minus log", 0.01, 1),
        "beta2": ("one minus log", 1e-3, 0.3),
    },
    "adamw": {
        "lr": ("log", 1e-4, 1),
        "beta1": ("one minus log", 0.01, 1),
        "weight_decay": ("log", 1e-3, 1),
    },
}
KINDS = {
    "log": lambda u, low, high: low * (high / low) ** u,
    "linear": lambda u, low, high: low + (high - low) * u,
    "one minus log": lambda u, low, high: 1 - low * (high / low) ** u,
}


def draw_trials(space, n, *, rng):
    """Return n settings, dicts from name to value with four digits, at the points of a scrambled
    Halton sequence (Halton 1960, 10.1007/BF01386213): they fill the space more evenly than
    independent draws (Bousquet et al. 2017, arXiv 1706.03200), and more trials continue the same
    list. Raises ValueError for an unknown kind or a bad range.
    """
    from scipy.stats import qmc

    for name, (kind, low, high) in space.items():
        if kind not in KINDS or not low < high or (kind != "linear" and low <= 0):
            raise ValueError(
                f"{name} takes (kind, low, high) with low < high, kind one of {', '.join(KINDS)}, and low "
                f"above 0 for a logarithm, got {(kind, low, high)}"
            )
    u = qmc.Halton(len(space), rng=rng).random(whole("n", n))
    columns = [
        KINDS[kind](u[:, k], low, high) for k, (kind, low, high) in enumerate(space.values())
    ]
    return [{name: float(f"{value:.4g}") for name, value in zip(space, row, strict=True)}
            for row in zip(*columns, strict=True)]


def tune(score, space, *, n_trials=32, n_finalists=4, seeds=(0, 1, 2), rng):
    """Return the chosen setting: of n_trials, the n_finalists with the lowest score on the first
    seed run on all seeds, and the lowest mean wins. score: (hyper, seed) -> number, low is good;
    infinity is allowed.
    """
    trials = draw_trials(space, n_trials, rng=rng)
    first = {k: score(hyper, seeds[0]) for k, hyper in enumerate(trials)}
    finalists = sorted(first, key=first.get)[:whole("n_finalists", n_finalists)]
    total = {k: first[k] + sum(score(trials[k], seed) for seed in seeds[1:]) for k in finalists}
    return trials[min(total, key=total.get)]


def sweep(path, settings, jobs, run, *, n_jobs=1, progress=True):
    """Return run(**job) for every job, in their order, and keep each result in the file `path` as
    soon as it is there.

    A second call, after a kill or with more jobs, computes only what the file lacks.
    settings: a dict of whatever else decides the results; it is written into the first line.
    jobs: dicts of plain values;
    run: returns a dict of numbers and lists of them (infinity and NaN are kept as null and come
        back as infinity).
    n_jobs: processes.
    Raises ValueError if the file was made with other settings, or if a line other than the last is
        damaged.
    """
    path, keys = Path(path), [_key(job) for job in jobs]
    done = _open(path, settings)
    todo = [(key, job) for key, job in zip(keys, jobs, strict=True) if key not in done]
    todo = list(dict(todo).items())  # a job that is named twice runs once
    bar = progress_bar(progress and todo, len(set(keys)), "run", len(set(keys)) - len(todo))
    with path.open("ab", buffering=0) as file, bar as advance:
        for key, result in _run_all(run, todo, n_jobs):
            line = (
                json.dumps({"job": json.loads(key), "result": _plain(result)}, allow_nan=False)
                + "\n"
            )
            file.write(line.encode())
            os.fsync(file.fileno())
            done[key] = json.loads(line)["result"]
            advance()
    _rewrite(path, settings, done)
    return [_numbers(done[key]) for key in keys]


def _key(job):
    return json.dumps(job, sort_keys=True, allow_nan=False)


def _run_all(run, todo, n_jobs):
    """Yield (key, result) as the results come in; with one process, in this one."""
    if whole("n_jobs", n_jobs) == 1:
        for key, job in todo:
            yield key, run(**job)
        return
    from joblib import Parallel, delayed

    yield from Parallel(n_jobs=n_jobs, return_as="generator_unordered")(
        delayed(_run_one)(run, *pair) for pair in todo
    )


def _run_one(run, key, job):
    return key, run(**job)


def _open(path, settings):
    """Return the results in the file by key, after cutting off a last line that a kill left
    unfinished.
    """
    first = _plain(json.loads(json.dumps({"settings": settings})))
    if not path.exists():
        _rewrite(path, settings, {})
    *lines, tail = path.read_bytes().split(b"\n")
    try:
        entries = [json.loads(line) for line in lines]
    except ValueError:
        raise ValueError(
            f"{path.name} is damaged before its last line: repair it, or delete it and start again"
        ) from None
    if not entries or entries[0] != first:
        raise ValueError(
            f"{path.name} was made with other settings: give the sweep a new file, or delete this one"
        )
    if tail:
        print(f"The last line of {path.name} was cut off: that run is done again.")
        os.truncate(path, sum(len(line) + 1 for line in lines))
    return {_key(entry["job"]): entry["result"] for entry in entries[1:]}


def _rewrite(path, settings, done):
    """Write the file anew, in the order of the keys, whole or not at all: how it came about leaves
    no trace.
    """
    rows = [
        {"settings": _plain(settings)},
        *({"job": json.loads(key), "result": done[key]} for key in sorted(done)),
    ]
    write_whole(path, "".join(json.dumps(row, allow_nan=False) + "\n" for row in rows))


def write_whole(path, text):
    """Write a text file whole or not at all: a kill leaves the old file as it was."""
    path.parent.mkdir(exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8", newline="\n")
    os.replace(part, path)


def _plain(value):
    """Turn NumPy values into Python's, and infinity and NaN into None."""
    if isinstance(value, dict):
        return {name: _plain(entry) for name, entry in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [_plain(entry) for entry in value]
    value = value.item() if isinstance(value, np.generic) else value
    return None if isinstance(value, float) and not np.isfinite(value) else value


def _numbers(value):
    """Turn None back into infinity."""
    if isinstance(value, dict):
        return {name: _numbers(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [_numbers(entry) for entry in value]
    return np.inf if value is None else value
