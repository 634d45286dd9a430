"""What the saved runs of seven rules on five workloads hold: experiments/workloads.py made the
ladders, trials and finalists, experiments/workloads_fresh.py the runs on seeds that no choice saw.

A run that diverged has the score infinity; so has the time of a run that missed its target.

Notebooks: 28.
"""
import numpy as np

from course_lib.data.results import load_results

WORKLOADS = ("regression", "logistic", "deep_narrow", "algoperf_mnist", "mnist_mlp")
RULES = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw")
OTHERS = tuple(step for step in RULES if step != "adam")


def numbers(values):
    """Return an array in which the file's null is infinity."""
    return np.nan_to_num(np.array(values, dtype=float), nan=np.inf)


def _entry(workload, step):
    return load_results("workloads")["results"][workload][step]


def ladder(workload, step):
    """Return (rates, score at each): the median over seeds 0, 1 and 2, all else at its default."""
    rates = np.array(load_results("workloads")["ladder"])
    scores = numbers(_entry(workload, step)["ladder"]["final"])
    return rates, np.median(scores.reshape(len(rates), -1), axis=1)


def trials(workload, step):
    """Return the scores of all settings that were drawn, on seed 0."""
    return numbers(_entry(workload, step)["trials"]["final"])


def setting(workload, step, k):
    """Return the setting of trial k, a dict."""
    return {name: values[k] for name, values in _entry(workload, step)["trials"]["hyper"].items()}


def winner_again(workload, step):
    """Return the score on seed 0 of the setting that came first there, and those on seeds 1, 2."""
    first, *again = numbers(_entry(workload, step)["finalists"][0]["final"])
    return first, np.array(again)


def fresh(workload, step, aim="lowest", what="final"):
    """Return the scores, or what='steps' to the target, of a chosen setting on the fresh seeds, one
    a seed. Where one setting was chosen, it serves every aim.
    """
    chosen = load_results("workloads_fresh")["results"][workload][step]
    return numbers(chosen.get(aim, chosen["lowest"])[what])


def differences():
    """Return {(workload, rule): score less Adam's, over Adam's mean score}, one a fresh seed."""
    found = {}
    for workload in WORKLOADS:
        adam = fresh(workload, "adam")
        for step in OTHERS:
            found[workload, step] = (fresh(workload, step) - adam) / adam.mean()
    return found
