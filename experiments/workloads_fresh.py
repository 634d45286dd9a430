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
from dataclasses import replace

from course_lib.data import load_results, results_path
from course_lib.experiments.workloads import WORKLOADS, run_trial
from experiments import saved
from experiments.workloads import columns, job

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


def jobs_of(workload, step, hyper):
    """Return the jobs of one setting, one a seed."""
    return [job(workload, step, hyper, seed) for seed in SETTINGS["seeds"]]


def summary(complete):
    """Return the results of all settings; SystemExit without the real images."""
    saved.real_mnist()
    complete([one for workload, step, _, hyper in cases()
              for one in jobs_of(workload, step, hyper)])
    results = {workload: {} for workload in WORKLOADS}
    for workload, step, aim, hyper in cases():
        runs = complete(jobs_of(workload, step, hyper))
        results[workload].setdefault(step, {})[aim] = columns(runs)
    return {"results": results}


def main():
    """Run what is missing, then write the summary."""
    saved.make(RESULT, SETTINGS, run, summary, n_jobs=saved.jobs_wanted(), indent=None)


if __name__ == "__main__":
    main()
