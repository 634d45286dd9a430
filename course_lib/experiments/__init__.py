"""Fair comparisons: trials drawn alike for every optimizer, sweeps that survive a kill, intervals
and tests. The scripts that use them lie in the folder experiments/ of the repository.
"""
from .claims import claim
from .comparison import best_of, holm, paired_interval, performance_profile, sign_flip_p
from .harness import SPACES, climb, draw_trials, sweep, tune
from .ledger import evidence, show_evidence
from .step_cost import step_costs
from .timing import ratios, side_by_side
from .workloads import WORKLOADS, Workload, run_trial

__all__ = [
    "SPACES",
    "WORKLOADS",
    "Workload",
    "best_of",
    "claim",
    "climb",
    "draw_trials",
    "evidence",
    "holm",
    "paired_interval",
    "performance_profile",
    "ratios",
    "run_trial",
    "show_evidence",
    "side_by_side",
    "sign_flip_p",
    "step_costs",
    "sweep",
    "tune",
]
