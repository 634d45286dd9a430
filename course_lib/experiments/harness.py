"""A harness gives every optimizer the same terms: trials drawn from a declared space, and a sweep
that survives a kill. A space names for each hyper-parameter how it is drawn, from a quasi-random
point u in (0, 1):

    ("log", low, high)            value = low (high/low)^u        equal chances for equal ratios
    ("linear", low, high)         value = low + (high - low) u
    ("one minus log", low, high)  value = 1 - low (high/low)^u    for beta, rho, beta1, beta2

Notebooks: 28.
"""
import json
import math
from pathlib import Path

import numpy as np

from course_lib.arguments import whole
from course_lib.experiments import runs_file
from course_lib.files import write_whole
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
                f"{name} takes (kind, low, high) with low < high, kind one of {', '.join(KINDS)}, "
                f"and low above 0 for a logarithm, got {(kind, low, high)}"
            )
    u = qmc.Halton(len(space), rng=rng).random(whole("n", n))
    columns = [
        KINDS[kind](u[:, k], low, high) for k, (kind, low, high) in enumerate(space.values())
    ]
    return [{name: float(f"{value:.4g}") for name, value in zip(space, row, strict=True)}
            for row in zip(*columns, strict=True)]


def tune(score, space, *, n_trials=32, n_finalists=4, seeds=(0, 1, 2), rng):
    """Return the chosen setting: of n_trials, the n_finalists with the lowest score on the first
    seed run on all seeds, and the lowest mean wins.

    score: (hyper, seed) -> number, low is good; infinity is allowed, and NaN counts as infinity.
    Raises ValueError if no trial has a finite score on all seeds.
    """
    trials = draw_trials(space, n_trials, rng=rng)
    first = {k: _or_worst(score(hyper, seeds[0])) for k, hyper in enumerate(trials)}
    finalists = sorted(first, key=first.get)[: whole("n_finalists", n_finalists)]
    total = {
        k: first[k] + sum(_or_worst(score(trials[k], seed)) for seed in seeds[1:])
        for k in finalists
    }
    best = min(total, key=total.get)
    if not math.isfinite(total[best]):
        raise ValueError("no trial has a finite score on all seeds: draw more, or change the space")
    return trials[best]


def climb(score, start, neighbours):
    """Return the first point that no neighbour beats, going from `start` to the best neighbour each
    time, and the scores of all points tried, as a dict.

    score: point -> number, or a tuple of numbers; low is good, NaN counts as infinity, and it is
        asked once a point. A point stays where it is if a neighbour is only as good.
    neighbours: point -> its neighbours; a ladder that ends gives fewer at its ends.
    Raises ValueError if the last point has no finite score: there was nothing to climb to.

    >>> here, scores = climb(lambda k: (k - 3) ** 2, 0, lambda k: (k - 1, k + 1))
    >>> here, sorted(scores)
    (3, [-1, 0, 1, 2, 3, 4])
    """
    scores, here = {}, start

    def rated(point):
        if point not in scores:
            scores[point] = _or_worst(score(point))
        return scores[point]

    while True:
        best = min([here, *neighbours(here)], key=rated)
        if best == here:
            break
        here = best
    if not np.all(np.isfinite(scores[here])):
        raise ValueError(f"no point around {start} has a finite score: start elsewhere")
    return here, scores


def _or_worst(score):
    """Return a score in which NaN is infinity."""
    if isinstance(score, tuple):
        return tuple(map(_or_worst, score))
    return math.inf if math.isnan(score) else score


def sweep(path, settings, jobs, run, *, n_jobs=1, progress=True):
    """Return run(**job) for every job, in their order, and keep each result in the file `path` as
    soon as it is there.

    A second call, after a kill or with more jobs, computes only what the file lacks. While one
    sweep has the file, another one waits; it then finds the results of the first.
    settings: a dict of whatever else decides the results; it is written into the first line.
    jobs: dicts of plain values.
    run: returns a dict of numbers, texts, and lists of them (infinity and NaN are kept as null and
        come back as infinity).
    n_jobs: processes.
    Raises ValueError if the file was made with other settings, is damaged before its last line, or
        is no file of a sweep; TypeError for a job or setting that is no plain value; OSError if
        the disk takes no more. The file then keeps every result that it had.
    """
    path, keys = Path(path), [runs_file.key_of(job) for job in jobs]
    header = runs_file.line_of({"settings": runs_file.plain(settings)})
    n_jobs = whole("n_jobs", n_jobs)
    with runs_file.alone(path):
        done = runs_file.open_runs(path, header)
        todo = {key: job for key, job in zip(keys, jobs, strict=True) if key not in done}
        bar = progress_bar(progress and todo, len(set(keys)), "run", len(set(keys)) - len(todo))
        with path.open("ab", buffering=0) as file, bar as advance:
            for key, result in _run_all(run, list(todo.items()), n_jobs):
                entry = {"job": json.loads(key), "result": _plain(result)}
                runs_file.append(file, path, runs_file.line_of(entry))
                done[key] = json.loads(runs_file.line_of(entry))["result"]
                advance()
        rows = ({"job": json.loads(key), "result": done[key]} for key in sorted(done))
        write_whole(path, header + "".join(map(runs_file.line_of, rows)))  # always in one order
    return [_numbers(done[key]) for key in keys]


def _run_all(run, todo, n_jobs):
    """Yield (key, result) as the results come in; with one process, in this one."""
    if n_jobs == 1:
        for key, job in todo:
            yield key, run(**job)
        return
    from joblib import Parallel, delayed

    yield from Parallel(n_jobs=n_jobs, return_as="generator_unordered")(
        delayed(_run_one)(run, *pair) for pair in todo
    )


def _run_one(run, key, job):
    return key, run(**job)


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
