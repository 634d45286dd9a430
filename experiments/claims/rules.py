"""Which rule ends lower on a small regression? Each rule has the setting that
experiments/workloads.py chose for it, from 32 trials on seeds 0 to 2.
"""
import functools

from course_lib.data import load_results
from course_lib.experiments.claims import claim
from course_lib.experiments.workloads import WORKLOADS, run_trial

CARD = WORKLOADS["regression"]
UNIT = "validation loss, Nesterov less Adam"


def chosen():
    """Return the setting of each side, the best of 32 trials in its declared space."""
    rules = load_results("workloads")["results"][CARD.name]
    return {step: rules[step]["chosen"]["lowest"]["hyper"] for step in ("nesterov", "adam")}


@functools.cache
def final(step, seed, hyper):
    """Return the last validation loss of one run; hyper: pairs of name and value."""
    return run_trial(CARD, step, seed=seed, **dict(hyper))["final"]


@claim(
    "28",
    "on a small regression, tuned with 32 trials each, Nesterov's momentum ends lower than Adam",
    unit=UNIT,
    side="below",
    n=24,
    first_seed=3100,
    tuned=chosen,
)
def nesterov_ends_below_adam(seed, nesterov, adam):
    return (final("nesterov", seed, tuple(nesterov.items()))
            - final("adam", seed, tuple(adam.items())))
