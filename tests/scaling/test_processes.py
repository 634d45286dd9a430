"""Real processes over loopback: they compute what NumPy computes, survive a kill by a checkpoint, and
none is left behind.
"""
import json
import subprocess
import sys
import time

import numpy as np
import pytest

from course_lib.data import load_results
from course_lib.optimizers import minimize
from course_lib.scaling import mirrored, parameter_server, processes

pytest.importorskip("tensorflow", reason="TensorFlow is not installed")
FAULT = processes.loopback_fault()
pytestmark = pytest.mark.skipif(FAULT is not None, reason=FAULT or "")


def large_batch():
    """The same 20 steps by NumPy, all rows in one batch."""
    X, y = mirrored.data(256, 20, seed=0)
    return minimize(lambda w: (0.0, X.T @ (X @ w - y) / 256), np.zeros(20), "momentum", lr=0.2,
                    beta=0.9, n_steps=20).w[1:]


def test_two_workers_make_the_steps_of_one_large_batch():
    found = mirrored.run()
    assert found["codes"] == [0, 0] and found["error"] is None
    np.testing.assert_allclose(found["w"], large_batch(), rtol=1e-12)


def test_a_killed_worker_stops_the_other_and_a_checkpoint_takes_both_back(tmp_path):
    broken = mirrored.run(tmp_path, kill=(1, 7), every=5)
    assert broken["codes"] == [1, -9] and len(broken["w"]) == 7 and "Unavailable" in broken["error"]
    again = mirrored.run(tmp_path, every=5)
    assert again["first"] == 5 and again["error"] is None
    assert np.array_equal(broken["w"][5:], again["w"][:2])
    np.testing.assert_allclose(again["w"], large_batch()[5:], rtol=1e-12)


def test_a_parameter_server_takes_late_gradients_and_arrives():
    found = parameter_server.run(n_steps=60)
    assert len(found["staleness"]) == 60 and min(found["staleness"]) == 0
    assert 0.3 < np.mean(found["staleness"]) < 2 and found["distance"][1] < 1e-2 * found["distance"][0]


def test_the_saved_run_is_that_of_the_large_batch():
    saved = load_results("scale_out")
    np.testing.assert_allclose(saved["together"], large_batch(), rtol=1e-12)
    resumed = saved["killed"]["resumed"]
    np.testing.assert_allclose(resumed["w"], large_batch()[resumed["first"]:], rtol=1e-12)


SLEEPER = """
import sys, time
sys.path.insert(0, {here!r})
from course_lib.scaling import processes
print(processes.job_of_this_program()["k"], flush=True)
time.sleep(600)
"""


@pytest.fixture
def sleeper(tmp_path, monkeypatch):
    """The name of a module whose program sleeps; PYTHONPATH leads to it."""
    (tmp_path / "sleeper.py").write_text(SLEEPER.format(here=str(processes.FOLDER)), encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return "sleeper"


def test_no_program_outlives_the_block_that_started_it(sleeper, tmp_path):
    with pytest.raises(ZeroDivisionError), processes.started(
            sleeper, [{"k": 1}, {"k": 2}], tmp_path) as running:
        raise ZeroDivisionError
    assert [process.poll() is not None for process in running] == [True, True]


def test_time_that_is_up_is_told_with_the_last_line(sleeper, tmp_path):
    with processes.started(sleeper, [{"k": 41}], tmp_path) as running:
        for _ in range(600):
            if processes.last_line(tmp_path / "0.txt"):
                break
            time.sleep(0.05)
        with pytest.raises(TimeoutError, match=r"process 0 still runs after 0\.1 seconds.*: 41"):
            processes.wait_for(running, 0.1, tmp_path)


def test_programs_end_when_their_parent_is_killed(sleeper, tmp_path):
    code = (f"import sys; sys.path.insert(0, {str(processes.FOLDER)!r})\n"
            "from course_lib.scaling import processes\nimport time\n"
            f"with processes.started({sleeper!r}, [{{'k': 1}}], {str(tmp_path)!r}) as p:\n"
            "    print(p[0].pid, flush=True)\n    time.sleep(600)\n")
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    pid = int(parent.stdout.readline())
    for _ in range(600):
        if processes.last_line(tmp_path / "0.txt") == "1":
            break
        time.sleep(0.05)
    parent.kill()
    parent.wait()
    for _ in range(400):
        if not alive(pid):
            return
        time.sleep(0.05)
    pytest.fail("the program outlived its parent")


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            return file.read().split()[2] != "Z"
    except OSError:
        return False


def test_ports_differ():
    ports = processes.free_ports(20)
    assert len(set(ports)) == 20 and all(1024 <= port < 65536 for port in ports)
    json.dumps(processes.addresses(2))
