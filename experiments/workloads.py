"""How do seven update rules compare on the five workloads of course_lib.workloads, each rule tuned
for itself?

    python -m experiments.workloads [--jobs 2]     2 216 runs, eight minutes on two idle cores

A second call goes on where the first stopped.

For every rule, as PLAN says: a ladder of rates, all else at its default; quasi-random trials in the
rule's declared space, one seed each; the best of them on more seeds; and the chosen settings on
fresh seeds, the same for all rules. Notebook 28 reads the result and runs a part of it again.
"""
import math
from dataclasses import asdict

import numpy as np

from course_lib.data import results_path
from course_lib.experiments.harness import SPACES, draw_trials
from course_lib.experiments.workloads import WORKLOADS, run_trial
from experiments import saved

RESULT = results_path("workloads")
LADDER = [float(f"{10 ** (k / 2):.3g}") for k in range(-8, 3)]  # 0.0001, 0.000316, ..., 10
SMALL = {
    "trials": 32,
    "ladder_seeds": [0, 1, 2],
    "finalists": 4,
    "fresh_seeds": list(range(100, 112)),
    "aims": ["lowest", "soonest"],
}
LARGE = {
    "trials": 16,
    "ladder_seeds": [],
    "finalists": 4,
    "fresh_seeds": list(range(100, 108)),
    "aims": ["lowest"],
}
PLAN = {
    "regression": SMALL | {"aims": ["lr only", "lowest", "soonest"]},
    "logistic": SMALL,
    "algoperf_mnist": LARGE,
    "deep_narrow": SMALL | {"ladder_seeds": [], "aims": ["lowest"]},
    "mnist_mlp": LARGE,
}
SETTINGS = {
    "command": "python -m experiments.workloads",
    "cards": [asdict(card) for card in WORKLOADS.values()],
    "spaces": SPACES,
    "ladder": LADDER,
    "plan": PLAN,
}


def run(workload, step, hyper, seed):
    """Run one job; the curve is not kept."""
    result = run_trial(WORKLOADS[workload], step, seed=seed, **hyper)
    return {"final": float(f"{result['final']:.4g}"), "steps": result["steps"]}


def job(workload, step, hyper, seed):
    return {"workload": workload, "step": step, "hyper": hyper, "seed": seed}


def ladder_jobs(workload, step):
    return [
        job(workload, step, {"lr": lr}, seed)
        for lr in LADDER
        for seed in PLAN[workload]["ladder_seeds"]
    ]


def trial_jobs(workload, step):
    trials = draw_trials(SPACES[step], PLAN[workload]["trials"], rng=np.random.default_rng(0))
    return [job(workload, step, hyper, 0) for hyper in trials]


RANK = {
    "lowest": lambda pair: (pair[1]["final"], pair[1]["steps"]),
    "soonest": lambda pair: (pair[1]["steps"], pair[1]["final"]),
}


def finalists(plan, trials):
    """Return the settings that come first on seed 0, by each aim, without doubles."""
    first = [pair[0]["hyper"] for aim in RANK if aim in plan["aims"]
             for pair in sorted(trials, key=RANK[aim])[:plan["finalists"]]]
    return [hyper for k, hyper in enumerate(first) if hyper not in first[:k]]


def choose(aim, settings, results):
    """Return the setting with the lowest mean final, or the fewest steps by the median, over its
    results on some seeds.
    """
    means = [
        {
            "final": np.mean([r["final"] for r in some]),
            "steps": np.median([r["steps"] for r in some]),
        }
        for some in results
    ]
    return min(zip(settings, means, strict=True), key=RANK["lowest" if aim == "lr only" else aim])[
        0
    ]


def columns(results):
    return {name: [result[name] if math.isfinite(result[name]) else None for result in results]
            for name in ("final", "steps")}


def summarise(workload, complete):
    """Run what is missing of a workload; return its results by rule: ladder, trials, finalists,
    chosen settings.
    """
    plan, summary, seeds = PLAN[workload], {step: {} for step in SPACES}, [0, 1, 2]

    def runs(step, settings, seeds):
        return [
            complete([job(workload, step, hyper, seed) for seed in seeds]) for hyper in settings
        ]

    complete(
        [
            entry
            for step in SPACES
            for entry in ladder_jobs(workload, step) + trial_jobs(workload, step)
        ]
    )
    for (
        step,
        entry,
    ) in (
        summary.items()
    ):  # every stage in one call; after it, the file has what is asked for piece by piece
        trials = trial_jobs(workload, step)
        on_trials = complete(trials)
        entry["ladder"] = columns(complete(ladder_jobs(workload, step)))
        entry["trials"] = {
            "hyper": {name: [one["hyper"][name] for one in trials] for name in SPACES[step]}
        }
        entry["trials"] |= columns(on_trials)
        entry["finalists"] = [
            {"hyper": hyper} for hyper in finalists(plan, [*zip(trials, on_trials, strict=True)])
        ]
    complete([job(workload, step, one["hyper"], seed)
              for step, entry in summary.items() for one in entry["finalists"] for seed in seeds])
    for step, entry in summary.items():
        last = [one["hyper"] for one in entry["finalists"]]
        in_final = runs(step, last, seeds)
        for one, results in zip(entry["finalists"], in_final, strict=True):
            one |= columns(results)
        rungs = [{"lr": lr} for lr in LADDER] if "lr only" in plan["aims"] else []
        pool = {"lr only": (rungs, runs(step, rungs, plan["ladder_seeds"]))}
        entry["chosen"] = {
            aim: {"hyper": choose(aim, *pool.get(aim, (last, in_final)))} for aim in plan["aims"]
        }
    complete([job(workload, step, chosen["hyper"], seed) for step, entry in summary.items()
              for chosen in entry["chosen"].values() for seed in plan["fresh_seeds"]])
    for step, entry in summary.items():
        for chosen in entry["chosen"].values():
            chosen |= columns(runs(step, [chosen["hyper"]], plan["fresh_seeds"])[0])
    return summary


def summary(complete):
    """Return the results of all workloads; SystemExit without the real images."""
    saved.real_mnist()
    return {"results": {workload: summarise(workload, complete) for workload in PLAN}}


def main():
    """Run what is missing, then write the summary."""
    saved.make(RESULT, SETTINGS, run, summary, n_jobs=saved.jobs_wanted(), indent=None)


if __name__ == "__main__":
    main()
