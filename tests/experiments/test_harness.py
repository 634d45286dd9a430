"""The harness: trials fill their space, and a sweep that is killed, torn or repeated ends with the
same file.
"""
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from course_lib.experiments import runs_file
from course_lib.experiments.harness import SPACES, climb, draw_trials, sweep, tune
from course_lib.optimizers.rules import STEPS

SETTINGS = {"n_steps": 10, "spaces": SPACES}
JOBS = [{"step": step, "hyper": {"lr": lr}, "seed": seed}
        for step in ("sgd", "adam") for lr in (0.1, 1.0) for seed in (0, 1, 2)]


def run(step, hyper, seed):
    """Stand in for a training run: arithmetic on the job, one result infinite."""
    final = hyper["lr"] * (seed + 1) / len(step)
    return {
        "final": np.inf if seed == 2 and hyper["lr"] == 1.0 else np.float64(final),
        "curve": np.array([1.0, final]),
    }


def logged(folder):
    """Return a run that leaves a file behind for each call, so that calls in other processes are
    counted too.
    """
    def counted(**job):
        name = f"{job['step']}-{job['hyper']['lr']}-{job['seed']}"
        (folder / f"{name}.{len(list(folder.glob(name + '.*')))}").touch()
        return run(**job)
    folder.mkdir()
    return counted


def test_the_spaces_are_those_of_rules_and_their_trials_stay_inside():
    rng = np.random.default_rng(0)
    for step, space in SPACES.items():
        for hyper in draw_trials(space, 64, rng=rng):
            assert list(hyper) == list(space)
            STEPS[step](np.ones(2), np.ones(2), {}, **hyper)  # the rule takes them
            for name, (kind, low, high) in space.items():
                value = 1 - hyper[name] if kind == "one minus log" else hyper[name]
                assert low * 0.99 <= value <= high * 1.01


@pytest.mark.parametrize("kind, low, high, back", [
    ("log", 0.01, 100, lambda x: np.log10(x / 0.01) / 4),
    ("linear", -3, 5, lambda x: (x + 3) / 8),
    ("one minus log", 0.001, 1, lambda x: np.log10((1 - x) / 0.001) / 3),
])
def test_each_kind_spreads_evenly_on_its_own_scale(kind, low, high, back):
    trials = draw_trials({"x": (kind, low, high)}, 16, rng=np.random.default_rng(3))
    bins = np.floor(16 * back(np.array([trial["x"] for trial in trials])) + 1e-3)
    assert sorted(bins) == list(
        range(16)
    )  # 16 points, one in every sixteenth: no independent draw does that


def test_more_trials_continue_the_list_and_a_seed_decides_it():
    def draw(n, seed):
        return draw_trials(SPACES["adam"], n, rng=np.random.default_rng(seed))
    assert draw(20, 0)[:7] == draw(7, 0) and draw(7, 0) != draw(7, 1)


@pytest.mark.parametrize(
    "entry", [("cubic", 1, 2), ("log", 2, 1), ("log", 0, 1), ("one minus log", -1, 1)]
)
def test_a_space_that_cannot_be_drawn_from_is_refused(entry):
    with pytest.raises(ValueError, match=r"lr takes \(kind, low, high\) with low < high"):
        draw_trials({"lr": entry}, 3, rng=np.random.default_rng(0))


def test_tuning_is_a_search_on_one_seed_and_a_final_on_three():
    space, calls = {"x": ("linear", 0, 1)}, []

    def score(hyper, seed):
        calls.append((hyper["x"], seed))
        return (
            hyper["x"]
            if seed == 0
            else 3 * (hyper["x"] - 0.3) ** 2
            if seed == 1
            else np.inf
            if hyper["x"] < 0.05
            else 0
        )

    xs = sorted(hyper["x"] for hyper in draw_trials(space, 16, rng=np.random.default_rng(4)))
    chosen = tune(score, space, n_trials=16, n_finalists=4, rng=np.random.default_rng(4))
    assert len(calls) == 16 + 4 * 2 and {x for x, seed in calls if seed} == set(xs[:4])
    assert xs[0] < 0.05 and chosen == {"x": min(xs[1:4], key=lambda x: x + 3 * (x - 0.3) ** 2)}


def test_results_come_in_the_order_of_the_jobs_and_infinity_survives(tmp_path):
    results = sweep(tmp_path / "a.jsonl", SETTINGS, JOBS, run, progress=False)
    assert results == [
        {"final": float(run(**job)["final"]), "curve": run(**job)["curve"].tolist()} for job in JOBS
    ]
    for line in (tmp_path / "a.jsonl").read_text(encoding="utf-8").splitlines():
        json.loads(line, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))


def test_nothing_is_computed_twice_and_more_jobs_are_added(tmp_path):
    counted, path = logged(tmp_path / "log"), tmp_path / "a.jsonl"
    sweep(path, SETTINGS, JOBS[3:8] + JOBS[3:5], counted, progress=False)
    assert len(list((tmp_path / "log").iterdir())) == 5
    results = sweep(path, SETTINGS, JOBS, counted, progress=False)
    assert len(list((tmp_path / "log").iterdir())) == len(JOBS)
    whole = tmp_path / "b.jsonl"
    assert results == sweep(whole, SETTINGS, JOBS, run, progress=False)
    assert path.read_bytes() == whole.read_bytes()
    assert (
        sweep(path, SETTINGS, JOBS[:2], counted, progress=False) == results[:2]
    )  # the others stay in the file
    assert path.read_bytes() == whole.read_bytes() and not list(tmp_path.glob("*.part"))


def test_a_result_is_in_the_file_before_the_next_run_begins(tmp_path):
    path, seen = tmp_path / "a.jsonl", []

    def looking(**job):
        seen.append(len(path.read_bytes().splitlines()) - 1)
        return run(**job)

    sweep(path, SETTINGS, JOBS, looking, progress=False)
    assert seen == list(range(len(JOBS)))


def test_the_number_of_processes_changes_nothing(tmp_path):
    files = [tmp_path / f"{n_jobs}.jsonl" for n_jobs in (1, 2)]
    results = [
        sweep(file, SETTINGS, JOBS, run, n_jobs=n, progress=False)
        for n, file in zip((1, 2), files, strict=True)
    ]
    assert results[0] == results[1] and files[0].read_bytes() == files[1].read_bytes()


def test_an_exception_in_a_run_keeps_what_is_done(tmp_path):
    path = tmp_path / "a.jsonl"

    def failing(**job):
        if job == JOBS[4]:
            raise RuntimeError("out of luck")
        return run(**job)

    with pytest.raises(RuntimeError, match="out of luck"):
        sweep(path, SETTINGS, JOBS, failing, progress=False)
    counted = logged(tmp_path / "log")
    sweep(path, SETTINGS, JOBS, counted, progress=False)
    assert len(list((tmp_path / "log").iterdir())) == len(JOBS) - 4


@pytest.mark.parametrize("cut", [1, 2, 30])
def test_a_torn_last_line_is_done_again(tmp_path, capsys, cut):
    path, counted = tmp_path / "a.jsonl", logged(tmp_path / "log")
    sweep(path, SETTINGS, JOBS, run, progress=False)
    whole = path.read_bytes()
    path.write_bytes(whole[:-cut])
    sweep(path, SETTINGS, JOBS, counted, progress=False)
    assert path.read_bytes() == whole and len(list((tmp_path / "log").iterdir())) == 1
    assert (
        capsys.readouterr().out == "The last line of a.jsonl was cut off: that run is done again.\n"
    )


def test_a_second_failure_after_a_torn_line_damages_nothing(tmp_path):
    path = tmp_path / "a.jsonl"
    sweep(path, SETTINGS, JOBS[:4], run, progress=False)
    path.write_bytes(path.read_bytes()[:-30])

    def failing(**job):
        if job == JOBS[6]:
            raise RuntimeError("again")
        return run(**job)

    with pytest.raises(RuntimeError, match="again"):
        sweep(path, SETTINGS, JOBS, failing, progress=False)
    assert len([json.loads(line) for line in path.read_bytes().splitlines()]) == 1 + 6
    sweep(path, SETTINGS, JOBS, run, progress=False)


def test_damage_elsewhere_and_other_settings_are_refused_and_the_file_is_left_alone(tmp_path):
    path = tmp_path / "a.jsonl"
    sweep(path, SETTINGS, JOBS, run, progress=False)
    whole = path.read_bytes()
    with pytest.raises(ValueError, match=r"a.jsonl was made with other settings"):
        sweep(path, SETTINGS | {"n_steps": 11}, JOBS, run, progress=False)
    assert path.read_bytes() == whole
    lines = whole.splitlines(keepends=True)
    damaged = b"".join([*lines[:3], lines[3][:20] + b"\n", *lines[4:]])
    path.write_bytes(damaged)
    with pytest.raises(ValueError, match=r"a.jsonl is damaged before its last line"):
        sweep(path, SETTINGS, JOBS, run, progress=False)
    assert path.read_bytes() == damaged


SLOW = """
import sys, time
sys.path.insert(0, {tests!r})
from pathlib import Path
from test_harness import JOBS, SETTINGS, run
from course_lib.experiments.harness import sweep

def slow(**job):
    with Path({log!r}).open("a") as log:
        log.write(f"{{job['step']}} {{job['hyper']['lr']}} {{job['seed']}}\\n")
    time.sleep(0.25)
    return run(**job)

if __name__ == "__main__":
    sweep({path!r}, SETTINGS, JOBS, slow, n_jobs={n_jobs}, progress=False)
"""


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="this system has no process groups")
@pytest.mark.parametrize("n_jobs", [1, 2])
def test_a_killed_sweep_goes_on_where_it_stopped(tmp_path, n_jobs):
    path, log, script = tmp_path / "a.jsonl", tmp_path / "log", tmp_path / "slow.py"
    code = SLOW.format(
        tests=str(Path(__file__).parent), log=str(log), path=str(path), n_jobs=n_jobs
    )
    script.write_text(code, encoding="utf-8")
    process = subprocess.Popen([sys.executable, str(script)], start_new_session=True)
    deadline = time.monotonic() + 60
    while (
        not (path.exists() and len(path.read_bytes().splitlines()) >= 5)
        and time.monotonic() < deadline
    ):
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    kept = [json.loads(line)["job"] for line in path.read_bytes().splitlines()[1:]]
    assert 4 <= len(kept) < len(JOBS)
    before = log.read_text(encoding="utf-8").splitlines()
    subprocess.run([sys.executable, str(script)], check=True, timeout=120)
    after = log.read_text(encoding="utf-8").splitlines()[len(before):]
    assert sorted(after) == sorted(
        f"{job['step']} {job['hyper']['lr']} {job['seed']}" for job in JOBS if job not in kept
    )
    assert len(before) <= len(kept) + n_jobs  # all that was lost is what was under way
    sweep(tmp_path / "whole.jsonl", SETTINGS, JOBS, run, progress=False)
    assert path.read_bytes() == (tmp_path / "whole.jsonl").read_bytes()


WAITING = """
import sys, time
sys.path.insert(0, {tests!r})
from pathlib import Path
from test_harness import JOBS, SETTINGS, run
from course_lib.experiments.harness import sweep

def slow(**job):
    with Path({log!r}).open("a") as log:
        log.write("run\\n")
    time.sleep(0.1)
    return run(**job)

sweep({path!r}, SETTINGS, JOBS, slow, progress=False)
"""


def test_two_sweeps_on_one_file_lose_nothing_and_do_nothing_twice(tmp_path):
    path, log, script = tmp_path / "a.jsonl", tmp_path / "log", tmp_path / "waiting.py"
    code = WAITING.format(tests=str(Path(__file__).parent), log=str(log), path=str(path))
    script.write_text(code, encoding="utf-8")
    both = [subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True)
            for _ in range(2)]
    said = [process.communicate(timeout=120)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert sorted(said) == ["", "Another sweep has a.jsonl: this one waits until it is done.\n"]
    assert len(log.read_text(encoding="utf-8").splitlines()) == len(JOBS)
    sweep(tmp_path / "whole.jsonl", SETTINGS, JOBS, run, progress=False)
    assert path.read_bytes() == (tmp_path / "whole.jsonl").read_bytes()


def test_a_file_is_locked_inside_alone_and_free_after_it_even_after_an_error(tmp_path):
    from filelock import FileLock, Timeout

    path = tmp_path / "new" / "runs.jsonl"
    other = FileLock(path.with_name("runs.jsonl.lock"), thread_local=False)
    with pytest.raises(ZeroDivisionError), runs_file.alone(path):
        with pytest.raises(Timeout):
            other.acquire(timeout=0)
        raise ZeroDivisionError
    other.acquire(timeout=0)
    other.release()


def test_who_waits_for_a_file_says_so_and_then_has_it(tmp_path, capfd):
    from filelock import FileLock

    path = tmp_path / "runs.jsonl"
    first = FileLock(path.with_name("runs.jsonl.lock"), thread_local=False)
    first.acquire()
    order = []

    def second():
        with runs_file.alone(path):
            order.append("second")

    thread = threading.Thread(target=second)
    thread.start()
    for _ in range(200):
        if "Another sweep has runs.jsonl: this one waits" in capfd.readouterr().out:
            break
        time.sleep(0.05)
    else:
        pytest.fail("it did not say that it waits")
    order.append("first")
    first.release()
    thread.join(20)
    assert order == ["first", "second"] and not thread.is_alive()


@pytest.mark.parametrize("line", ["3", '{"job": {"step": "sgd"}}', '{"job": 1, "result": {}}', "[]",
                                  '{"job": {}, "result": 2}', '{"settings": {}}'])
def test_a_line_that_no_sweep_wrote_is_refused(tmp_path, line):
    path = tmp_path / "a.jsonl"
    sweep(path, SETTINGS, JOBS[:2], run, progress=False)
    strange = path.read_text(encoding="utf-8") + line + "\n"
    path.write_text(strange, encoding="utf-8")
    with pytest.raises(ValueError, match="has a line that no sweep wrote"):
        sweep(path, SETTINGS, JOBS, run, progress=False)
    assert path.read_text(encoding="utf-8") == strange


@pytest.mark.parametrize("text", ["a shopping list\n", '{"lr": 0.1}\n', "milk"])
def test_a_file_that_is_none_of_a_sweep_is_left_alone(tmp_path, text):
    path = tmp_path / "a.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"a.txt (is damaged|has a line that no sweep wrote)"):
        sweep(path, SETTINGS, JOBS, run, progress=False)
    assert path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("kept", [0, 1, 40])
def test_an_empty_file_and_a_torn_first_line_are_begun_anew(tmp_path, kept):
    path, whole = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    sweep(whole, SETTINGS, JOBS, run, progress=False)
    path.write_bytes(whole.read_bytes()[:kept])
    sweep(path, SETTINGS, JOBS, run, progress=False)
    assert path.read_bytes() == whole.read_bytes()


def test_a_missing_folder_is_made(tmp_path):
    path = tmp_path / "new" / "newer" / "a.jsonl"
    assert len(sweep(path, SETTINGS, JOBS[:2], run, progress=False)) == 2 and path.exists()


def test_numpy_numbers_in_jobs_and_settings_are_those_of_python(tmp_path):
    path, seeds = tmp_path / "a.jsonl", np.arange(2)
    odd = [{"step": "sgd", "hyper": {"lr": np.float64(0.1)}, "seed": seed} for seed in seeds]
    results = sweep(path, {"n": np.int64(3), "rates": np.array([0.5])}, odd, run, progress=False)
    plain = [{"step": "sgd", "hyper": {"lr": 0.1}, "seed": seed} for seed in (0, 1)]
    again = sweep(path, {"n": 3, "rates": [0.5]}, plain, lambda **job: 1 / 0, progress=False)
    assert again == results  # nothing was computed: the jobs are the same


@pytest.mark.parametrize("value", [{1, 2}, object(), 1j, np.nan, np.inf])
def test_a_job_that_is_not_plain_is_named_before_anything_runs(tmp_path, value):
    with pytest.raises(TypeError, match="jobs and settings hold finite numbers, texts, None"):
        sweep(tmp_path / "a.jsonl", SETTINGS, [{"lr": value}], lambda lr: 1 / 0)
    with pytest.raises(TypeError, match="jobs and settings hold"):
        sweep(tmp_path / "a.jsonl", {"lr": value}, [], run)
    assert not list(tmp_path.iterdir())


FULL = """
import resource, sys
sys.path.insert(0, {tests!r})
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
from test_harness import JOBS, SETTINGS, run
from course_lib.experiments.harness import sweep
sweep({path!r}, SETTINGS, JOBS[:4], run, progress=False)
size = len(open({path!r}, "rb").read())
resource.setrlimit(resource.RLIMIT_FSIZE, (size + 150, size + 150))
try:
    sweep({path!r}, SETTINGS, JOBS, run, progress=False)
except OSError as error:
    print(error)
"""


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="no limit on the size of a file here")
def test_a_full_disk_is_told_in_one_sentence_and_whole_lines_stay(tmp_path):
    path = tmp_path / "a.jsonl"
    code = FULL.format(tests=str(Path(__file__).parent), path=str(path))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.count("\n") == 1 and f"{path} took no more results" in done.stdout
    kept = path.read_bytes().split(b"\n")[:-1]
    assert len(kept) >= 1 + 4 and all(json.loads(line) for line in kept)
    counted = logged(tmp_path / "log")
    sweep(path, SETTINGS, JOBS, counted, progress=False)
    sweep(tmp_path / "whole.jsonl", SETTINGS, JOBS, run, progress=False)
    assert path.read_bytes() == (tmp_path / "whole.jsonl").read_bytes()
    assert len(list((tmp_path / "log").iterdir())) == len(JOBS) - (len(kept) - 1)


def test_a_trial_that_gave_nan_does_not_win_by_coming_first():
    space = {"x": ("linear", 0, 1)}
    first = draw_trials(space, 8, rng=np.random.default_rng(0))[0]

    def score(hyper, seed):
        return np.nan if hyper == first else 1 + hyper["x"]

    for n_finalists in (1, 8):
        chosen = tune(score, space, n_trials=8, n_finalists=n_finalists, rng=np.random.default_rng(0))
        assert chosen != first


def test_every_result_is_on_the_disk_before_the_next_run(tmp_path, monkeypatch):
    events, fsync = [], os.fsync
    monkeypatch.setattr(os, "fsync", lambda file: events.append("fsync") or fsync(file))

    def noting(**job):
        events.append("run")
        return run(**job)

    sweep(tmp_path / "a.jsonl", SETTINGS, JOBS[:3], noting, progress=False)
    middle = events[events.index("run"):]
    assert middle[:6] == ["run", "fsync"] * 3 and events[-1] == "fsync"


def test_one_process_means_this_one(tmp_path):
    seen = []

    def here(**job):
        seen.append(os.getpid())
        return run(**job)

    sweep(tmp_path / "a.jsonl", SETTINGS, JOBS[:3], here, n_jobs=1, progress=False)
    assert seen == [os.getpid()] * 3  # a copy in another process would leave this list empty


def test_tuning_never_picks_nan():
    space = {"x": ("linear", 0, 1)}

    def score(hyper, seed):
        return np.nan if hyper["x"] < 0.5 else hyper["x"]

    assert tune(score, space, n_trials=8, rng=np.random.default_rng(0))["x"] >= 0.5
    for worst in (np.nan, np.inf):
        with pytest.raises(ValueError, match="no trial has a finite score"):
            tune(lambda hyper, seed, worst=worst: worst, space, rng=np.random.default_rng(0))


def test_tuning_uses_three_seeds_and_a_final_of_four_unless_told_otherwise():
    calls = []
    score = lambda hyper, seed: calls.append(seed) or hyper["x"]  # noqa: E731
    tune(score, {"x": ("linear", 0, 1)}, rng=np.random.default_rng(0))
    assert calls == [0] * 32 + [1, 2] * 4


def test_a_climb_goes_to_the_best_neighbour_and_asks_each_point_once():
    asked = []

    def score(point):
        asked.append(point)
        x, y = point
        return (x - 3) ** 2 + (y + 1) ** 2

    def beside(point):
        x, y = point
        return [(x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)]

    here, scores = climb(score, (0, 0), beside)
    assert here == (3, -1) and len(asked) == len(set(asked)) == len(scores)
    assert set(beside(here)) <= set(scores)


@pytest.mark.parametrize(("scores", "end"), [
    ([5, 5, 5], 1),  # level ground: it stays
    ([9, 2, np.nan], 1),
    ([1, np.inf, 4], 0),  # a start that diverged is left
    ([(0, 3), (0, 2), (0, 1)], 2),
])
def test_a_climb_on_a_short_ladder(scores, end):
    here, _ = climb(scores.__getitem__, 1, lambda k: [j for j in (k - 1, k + 1) if 0 <= j <= 2])
    assert here == end


@pytest.mark.parametrize("worst", [np.inf, np.nan, (np.inf, 0)])
def test_a_climb_without_a_finite_score_says_so(worst):
    with pytest.raises(ValueError, match="no point around 7 has a finite score"):
        climb(lambda k: worst, 7, lambda k: (k - 1, k + 1))


@pytest.mark.parametrize("disable, shown", [("0", True), ("1", False)])
def test_the_bar_counts_what_was_already_there(tmp_path, monkeypatch, disable, shown):
    bars = []

    class Bar:
        def __init__(self, **settings):
            bars.append(settings | {"updates": 0})
            self.update = lambda: bars[-1].update(updates=bars[-1]["updates"] + 1)

        def __enter__(self):
            return self

        def __exit__(self, *error):
            pass

    monkeypatch.setattr("tqdm.auto.tqdm", Bar)
    monkeypatch.setenv("TQDM_DISABLE", disable)
    sweep(tmp_path / "a.jsonl", SETTINGS, JOBS[:8], run, progress=False)
    sweep(tmp_path / "a.jsonl", SETTINGS, JOBS, run)
    assert bars == (
        [{"total": 12, "initial": 8, "unit": "run", "disable": False, "updates": 4}]
        if shown
        else []
    )
