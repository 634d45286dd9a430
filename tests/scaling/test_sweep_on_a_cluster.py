"""The sweep of notebook 28 on a Dask cluster, by one line around it; a killed worker loses nothing."""
import os
import signal
import threading
import time

import joblib
import pytest

from course_lib.experiments.harness import sweep
from course_lib.scaling import processes

distributed = pytest.importorskip("dask.distributed", reason="the extra `scale` is not installed")
FAULT = processes.loopback_fault()
pytestmark = pytest.mark.skipif(FAULT is not None, reason=FAULT or "")
JOBS = [{"lr": 0.1 * k, "seed": seed} for k in range(8) for seed in (0, 1)]


def score(lr, seed):
    time.sleep(0.15)
    return {"final": 3 * lr + seed, "process": os.getpid()}


def test_a_sweep_on_a_cluster_survives_a_killed_worker(tmp_path):
    alone = sweep(tmp_path / "alone.jsonl", {}, JOBS, lambda lr, seed: {"final": 3 * lr + seed},
                  progress=False)
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None,
                                  silence_logs=50) as cluster, distributed.Client(cluster) as client:
        victim = next(iter(client.run(os.getpid).values()))
        threading.Timer(0.5, os.kill, (victim, signal.SIGKILL)).start()
        with joblib.parallel_config(backend="dask"):
            found = sweep(tmp_path / "runs.jsonl", {}, JOBS, score, n_jobs=2, progress=False)
    assert [run["final"] for run in found] == [run["final"] for run in alone]
    assert os.getpid() not in {run["process"] for run in found}
    assert len({run["process"] for run in found}) >= 2
