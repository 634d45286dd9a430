"""All saved results: made with the settings of their scripts, which refuse others, and whose
choices can be replayed.
"""
import importlib
import json
import math
import subprocess
import sys
from pathlib import Path

import pytest

from course_lib.data import load_results
from course_lib.data.results import FOLDER
from experiments import batch_size, depth, frameworks, saved

SCRIPTS = {"mnist_runs": "mnist", "three_frameworks": "frameworks"}  # the others bear their name
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))


def settings_of(name):
    """Return what the script of a result says that it is made with."""
    script = importlib.import_module(f"experiments.{SCRIPTS.get(name, name)}")
    if name == "evidence":
        return {"command": script.COMMAND}
    return script.SETTINGS


@pytest.mark.parametrize("name", NAMES)
def test_saved_settings_are_the_script_s(name):
    settings, found = json.loads(json.dumps(settings_of(name))), load_results(name)
    assert {key: found[key] for key in settings} == settings
    assert found["command"] == f"python -m experiments.{SCRIPTS.get(name, name)}"


def test_the_frameworks_were_given_these_hyper_parameters():
    stored = load_results("three_frameworks")
    assert stored["optax"]["schedule_free"]["hyper"] == frameworks.SCHEDULE_FREE


@pytest.mark.parametrize("name", [n for n in NAMES if n not in ("three_frameworks", "evidence")])
def test_a_result_with_other_settings_is_refused_and_a_finished_one_left_alone(
    name, tmp_path, capsys
):
    path, settings = tmp_path / "result.json", settings_of(name)
    assert not saved.is_complete(path, settings)
    path.write_text(json.dumps(load_results(name)), encoding="utf-8")
    assert saved.is_complete(path, settings)
    assert capsys.readouterr().out.startswith("result.json is complete")
    key = list(settings)[1]
    with pytest.raises(SystemExit, match=f"result.json was made with another {key!r}"):
        saved.is_complete(path, settings | {key: "other"})


@pytest.mark.parametrize(
    "row", load_results("batch_size")["rows"], ids=lambda row: row["batch_size"]
)
def test_the_chosen_rate_of_a_batch_size_follows_from_its_table(row):
    def steps_of(k):
        steps = row["tuning"][f"{batch_size.rate(k):.3g}"]
        return [math.inf if s is None else s for s in steps]

    best, tried = batch_size.tune(steps_of, batch_size.SETTINGS["start"][str(row["batch_size"])])
    assert batch_size.rate(best) == row["lr"]
    assert {f"{batch_size.rate(k):.3g}" for k in tried} == set(row["tuning"])


@pytest.mark.parametrize(
    "row", load_results("depth")["rows"], ids=lambda row: "-".join(map(str, row["network"]))
)
def test_the_chosen_rate_of_a_deep_network_follows_from_its_table(row):
    best, tried = depth.tune(lambda k: row["tuning"][f"{depth.rate(k):.3g}"], row["network"])
    assert round(depth.rate(best), 6) == row["lr"]
    assert {f"{depth.rate(k):.3g}" for k in tried} == set(row["tuning"])


def test_an_experiment_goes_on_where_it_was_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(saved, "KEPT", tmp_path / "kept")
    monkeypatch.setitem(batch_size.SETTINGS, "start", {"16": 0, "64": 1})
    calls = []

    def run(batch_size, k, seed):
        if len(calls) == 12:
            raise KeyboardInterrupt
        calls.append((batch_size, k, seed))
        return {"steps": 100.0 * (1 + (k - 2) ** 2) + seed}

    monkeypatch.setattr(batch_size, "run", run)
    path = tmp_path / "batch_size.json"
    with pytest.raises(KeyboardInterrupt):
        batch_size.main(path)
    assert not path.exists()
    calls.append(None)
    batch_size.main(path)
    made = calls[:12] + calls[13:]
    assert len(made) == len(set(made))  # no run was made twice
    rows = json.loads(path.read_text(encoding="utf-8"))["rows"]
    assert [row["lr"] for row in rows] == [2.0, 2.0]
    assert not list((tmp_path / "kept").glob("*.jsonl"))


TWICE = """
import sys, time
from pathlib import Path
from experiments import batch_size, saved

saved.KEPT = Path({kept!r})
batch_size.SETTINGS["start"] = {{"16": 0, "64": 1}}

def run(batch_size, k, seed):
    with Path({log!r}).open("a") as log:
        log.write("run\\n")
    time.sleep(0.03)
    return {{"steps": 100.0 * (1 + (k - 2) ** 2) + seed}}

batch_size.run = run
batch_size.main(Path({path!r}))
"""


def test_two_copies_of_a_script_do_nothing_twice(tmp_path):
    log, path = tmp_path / "log", tmp_path / "batch_size.json"
    code = TWICE.format(kept=str(tmp_path / "kept"), log=str(log), path=str(path))
    root = Path(batch_size.__file__).parents[1]
    both = [subprocess.Popen([sys.executable, "-c", code], cwd=root) for _ in range(2)]
    assert [process.wait(timeout=120) for process in both] == [0, 0]
    tuning, fresh = (len(batch_size.SETTINGS[name]) for name in ("tuning_seeds", "fresh_seeds"))
    assert len(log.read_text().splitlines()) == (5 + 4) * tuning + 2 * fresh
    assert [row["lr"] for row in json.loads(path.read_text())["rows"]] == [2.0, 2.0]


def test_a_result_is_made_whole_from_its_jobs(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(saved, "KEPT", tmp_path / "kept")
    path, ran = tmp_path / "result.json", []

    def run(k):
        ran.append(k)
        return {"square": k * k}

    def summary(complete):
        return {"rows": complete([{"k": 2}, {"k": 3}])}

    for _ in range(2):
        saved.make(path, {"command": "none"}, run, summary)
    assert json.loads(path.read_text()) == {"command": "none", "rows": [{"square": 4}, {"square": 9}]}
    assert ran == [2, 3] and not saved.kept_runs(path).exists()
    assert "is complete" in capsys.readouterr().out


def replayed(name, result_of):
    """Return what a script makes of the runs that its saved result holds, by result_of(**job)."""
    script = importlib.import_module(f"experiments.{name}")
    return script.summary(lambda jobs: [result_of(**job) for job in jobs])


def test_the_summary_of_the_fresh_runs_is_that_of_their_scores(monkeypatch):
    stored = load_results("workloads_fresh")
    chosen = load_results("workloads")["results"]
    monkeypatch.setattr(saved, "real_mnist", lambda: None)

    def result_of(workload, step, hyper, seed):
        aim = next(aim for aim, entry in chosen[workload][step]["chosen"].items()
                   if entry["hyper"] == hyper)
        place = stored["seeds"].index(seed)
        values = {key: column[place] for key, column in stored["results"][workload][step][aim].items()}
        return {key: math.inf if value is None else value for key, value in values.items()}

    assert replayed("workloads_fresh", result_of)["results"] == stored["results"]


@pytest.mark.parametrize(("name", "rows"), [("edge", "rows"), ("keras_cnn", "runs")])
def test_the_summary_of_a_list_of_runs_is_that_list(name, rows):
    stored = load_results(name)

    def result_of(**job):
        row, = [r for r in stored[rows] if job.items() <= r.items()]
        return {key: value for key, value in row.items() if key not in job}

    assert replayed(name, result_of)[rows] == stored[rows]
