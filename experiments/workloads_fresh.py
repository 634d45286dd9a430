"""How do the settings that experiments/workloads.py chose do on seeds that nobody has seen?

    python -m experiments.workloads_fresh [--jobs 2]     672 runs, ten minutes on two idle cores

A second call goes on where the first stopped.

The fresh seeds of workloads.json, 100 to 111, had been looked at before its protocol got its last
form: on the two MNIST cards the number of trials was doubled after a first run. So they are not
fresh any more, and notebook 28 judges by the seeds of this file. Declared before the first of its
runs: the seeds; one family of 30 comparisons with Adam, by paired differences of the final score,
Student's t, Holm for differences and for ties; a margin of 5 % of Adam's mean; and looks often
enough to tell times to the target apart.
"""
import argparse
import json
import math
from dataclasses import replace

from course_lib.data import load_results, results_path
from course_lib.experiments.workloads import WORKLOADS, run_trial
from course_lib.files import write_whole
from experiments import saved

RESULT = results_path("workloads_fresh")
SETTINGS = {
    "command": "python -m experiments.workloads_fresh",
    "seeds": list(range(200, 212)),
    "looks": {"mnist_mlp": 10, "algoperf_mnist": 40, "deep_narrow": 5, "logistic": 5,
              "regression": 10},
    "baseline": "adam",
    "margin": 0.05,
    "family": "30 comparisons with Adam: six rules, five workloads",
}


def run(workload, step, hyper, seed):
    """Run one job with the looks of this file; the curve is not kept."""
    card = replace(WORKLOADS[workload], every=SETTINGS["looks"][workload])
    result = run_trial(card, step, seed=seed, **hyper)
    return {"final": float(f"{result['final']:.4g}"), "steps": result["steps"]}


def cases():
    """Yield (workload, rule, aim, setting) of all settings that were chosen."""
    for workload, rules in load_results("workloads")["results"].items():
        for step, entry in rules.items():
            for aim, chosen in entry["chosen"].items():
                yield workload, step, aim, chosen["hyper"]


def finite(values):
    """Return a list in which infinity is None, as JSON has no infinity."""
    return [value if math.isfinite(value) else None for value in values]


def main():
    """Run what is missing, then write the summary."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--jobs", type=int, default=1)
    n_jobs = parser.parse_args().jobs
    with saved.alone(RESULT):
        if saved.is_complete(RESULT, SETTINGS):
            return
        saved.real_mnist()
        complete = saved.runner(RESULT, SETTINGS, run, n_jobs)
        jobs = [{"workload": workload, "step": step, "hyper": hyper, "seed": seed}
                for workload, step, _, hyper in cases() for seed in SETTINGS["seeds"]]
        complete(jobs)
        results = {workload: {} for workload in WORKLOADS}
        for workload, step, aim, hyper in cases():
            runs = complete([{"workload": workload, "step": step, "hyper": hyper, "seed": seed}
                             for seed in SETTINGS["seeds"]])
            results[workload].setdefault(step, {})[aim] = {
                name: finite([one[name] for one in runs]) for name in ("final", "steps")}
        write_whole(RESULT, json.dumps(SETTINGS | {"results": results}) + "\n")
        saved.kept_runs(RESULT).unlink()


if __name__ == "__main__":
    main()
