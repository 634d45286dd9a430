"""The sweep of notebook 24: its saved file is complete and consistent, its search and bins are
right, it can be resumed.
"""
import json
import math
from types import SimpleNamespace

import numpy as np
import pytest

from course_lib.data import datasets
from experiments import mnist as sweep
from experiments import saved as saved_results

LEAN = {"final_seeds": [10], "tuning_seeds": [0]}
TINY = (
    sweep.SETTINGS
    | LEAN
    | {
        "sizes": [784, 16, 10],
        "epochs": 2,
        "start": {"sgd": [0.1, 0.2, 0.5], "adam": [0.005, 0.01, 0.02]},
        "variants": LEAN
        | {"power": {"sgd": -1.0}, "pixels": ["standard"], "sizes": [[784, 8, 10]]},
    }
)


@pytest.fixture(scope="module")
def saved():
    return json.loads(sweep.RESULT.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def digits():
    return datasets.split(datasets.embedded_digits())


@pytest.fixture(scope="module")
def tiny(digits, tmp_path_factory):
    folder = tmp_path_factory.mktemp("sweep")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(saved_results, "KEPT", folder / "kept")
        path = folder / "data" / "runs.json"
        return path, sweep.sweep(digits, path, TINY)


@pytest.fixture(autouse=True)
def kept(tmp_path, monkeypatch):
    monkeypatch.setattr(saved_results, "KEPT", tmp_path / "kept")


def of(saved, **wanted):
    return [run for run in saved["runs"] if all(run[key] == value for key, value in wanted.items())]


def home(saved, step, seeds):
    runs = of(saved, step=step, sizes=saved["sizes"], pixels="unit", constant=False)
    return [run for run in runs if run["seed"] in seeds]


# The saved file

def test_tuning_and_final_seeds_are_not_the_same(saved):
    assert not set(saved["tuning_seeds"]) & set(saved["final_seeds"])


def test_saved_file_is_small():
    assert sweep.RESULT.stat().st_size < 200_000


def test_every_choice_follows_from_the_saved_runs_and_is_at_no_edge(saved):
    assert len(saved["chosen"]) == 7 + 2 * 4
    for choice in saved["chosen"]:
        place = {"sizes": saved["sizes"], "pixels": "unit", "constant": False} | choice
        lr, decay = place.pop("lr"), place.pop("weight_decay")
        seeds = (saved["variants"] if {"pixels", "sizes"} & set(choice) else saved)["tuning_seeds"]
        table = {}
        for run in of(saved, **place):
            if run["seed"] in seeds:
                table.setdefault((run["lr"], run["weight_decay"]), []).append(run)
        assert all(len(runs) == len(seeds) for runs in table.values())
        both = sweep.best_of({setting: sweep.scores(runs) for setting, runs in table.items()})
        assert both[0] == (lr, decay)
        for axis in (0, 1):
            tried = {setting[axis] for setting in table}
            assert tried == {None} or all(
                min(tried) < setting[axis] < max(tried) for setting in both
            )
            rungs = [sweep.LADDER.index(value) for value in sorted(tried - {None})]
            assert all(np.diff(rungs) == 1)


@pytest.mark.parametrize("step", sweep.SETTINGS["start"])
def test_every_rule_has_five_examined_runs_with_its_chosen_setting(saved, step):
    runs, (choice, *_) = (
        home(saved, step, saved["final_seeds"]),
        of({"runs": saved["chosen"]}, step=step),
    )
    assert [run["seed"] for run in runs] == saved["final_seeds"]
    assert all(
        (run["lr"], run["weight_decay"]) == (choice["lr"], choice["weight_decay"]) for run in runs
    )
    assert all(run["steps"] == 5 * 430 and run["diverged_at"] is None for run in runs)


def test_tuning_never_looked_at_the_test_images(saved):
    seeds = {run["seed"] for run in saved["runs"] if "test_right" in run}
    assert seeds == set(saved["final_seeds"])


def test_details_of_a_run_agree_with_each_other(saved):
    examined = [run for run in saved["runs"] if "missed" in run]
    assert len(examined) == 5 * 8
    for run in examined:
        missed = [int(k) for k in run["missed"].split()]
        assert (
            missed == sorted(set(missed))
            and len(missed) == len(run["answers"]) == 10_000 - run["test_right"]
        )
        assert not any(
            answer == label for answer, label in zip(run["answers"], run["labels"], strict=True)
        )
        images, claimed, variance, right = np.sum(run["bins"], axis=0)
        assert (
            images == 10_000
            and right == run["test_right"]
            and variance < min(claimed, images - claimed)
        )


def test_labels_are_those_of_the_test_images(saved):
    images = datasets.load_mnist()
    if images.name != "mnist":
        pytest.skip("needs the real MNIST")
    for run in saved["runs"]:
        if "missed" in run:
            assert run["labels"] == "".join(
                str(images.y_test[int(k)]) for k in run["missed"].split()
            )


def test_goals_are_reached(saved):
    plain = of(saved, constant=True)
    assert len(plain) == 5 and all(run["test_right"] >= 9700 for run in plain)
    right = {
        step: [run["test_right"] for run in home(saved, step, saved["final_seeds"])]
        for step in saved["start"]
    }
    assert max(np.mean(values) for values in right.values()) >= 9800


def test_times_are_ratios_to_sgd(saved):
    assert set(saved["time_ratios"]) == set(saved["start"]) and set(
        saved["time_ratios"]["sgd"]
    ) == {1.0}


# The search

@pytest.mark.parametrize("values, best, wider", [
    ([0.1, 0.2, 0.5], {0.2}, [0.1, 0.2, 0.5]),
    ([0.1, 0.2, 0.5], {0.1}, [0.05, 0.1, 0.2, 0.5]),
    ([0.1, 0.2, 0.5], {0.5, 0.2}, [0.1, 0.2, 0.5, 1.0]),
    ([0.1, 0.2, 0.5], {0.1, 0.5}, [0.05, 0.1, 0.2, 0.5, 1.0]),
    ([None], {None}, [None]),
])
def test_grid_grows_where_the_best_is_at_its_edge(values, best, wider):
    assert sweep.extended(values, best) == wider


def test_search_without_an_end_is_given_up():
    with pytest.raises(ValueError, match="start elsewhere"):
        sweep.extended(sweep.LADDER[:13], {sweep.LADDER[0]})


def test_tune_follows_accuracy_and_loss_on_both_axes():
    def run(step, lr, seed, *, weight_decay):
        far = math.log(lr / 0.05) ** 2 + math.log(weight_decay / 2.0) ** 2
        return {"diverged_at": 7 if lr > 0.6 else None, "valid_right": 1000 - far,
                "valid_loss": [9.0, math.log(lr / 0.01) ** 2 + math.log(weight_decay) ** 2 + seed]}

    table = sweep.tune(run, "adamw", [0.2, 0.5, 1.0], [0.2, 0.5], (0, 1))
    assert sweep.best_of(table)[0] == (0.05, 2.0) and sweep.best_of(table)[1] == (0.01, 1.0)
    assert {lr for lr, _ in table} == {0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0}
    assert table[1.0, 0.2] == (-math.inf, -math.inf) and table[0.05, 2.0][0] == 2000


def test_most_images_right_wins_and_the_loss_breaks_ties():
    table = {"a": (10, -3.0), "b": (11, -5.0), "c": (11, -4.0), "d": (9, -1.0)}
    assert sweep.best_of(table) == ("c", "d")


@pytest.mark.parametrize(
    "lr, rungs", [(0.056, [0.02, 0.05, 0.1]), (0.5, [0.2, 0.5, 1.0]), (7.7e-6, [5e-6, 1e-5, 2e-5])]
)
def test_around_a_predicted_rate(lr, rungs):
    assert sweep.around(lr) == rungs


# A run

def test_examine_counts_what_a_fixed_table_of_logits_says():
    p = np.array([[0.55, 0.45], [0.3, 0.7], [1.0 - 1e-9, 1e-9], [0.42, 0.58]])
    net = SimpleNamespace(logits=lambda X: np.log(p))
    seen = sweep.examine(net, None, np.array([0, 0, 0, 1]))
    assert (seen["test_right"], seen["missed"], seen["answers"], seen["labels"]) == (
        3,
        "1",
        "1",
        "0",
    )
    assert seen["test_loss"] == pytest.approx(-np.log([0.55, 0.3, 1, 0.58]).mean(), rel=1e-4)
    assert seen["bins"][5] == pytest.approx([2, 1.13, 0.55 * 0.45 + 0.58 * 0.42, 2], rel=1e-4)
    assert seen["bins"][7] == pytest.approx([1, 0.7, 0.21, 0], abs=1e-4)
    assert seen["bins"][9][0] == 1 and np.sum(seen["bins"], axis=0)[0] == 4


@pytest.mark.parametrize("name, mean, spread", [("raw", 255, 255), ("unit", 1, 1)])
def test_pixels_are_scaled(name, mean, spread, digits):
    X = sweep.PIXELS[name](digits.X_valid, digits.X_train)
    assert X.mean() == pytest.approx(mean * digits.X_valid.mean(), rel=1e-4)
    assert (
        X.std() == pytest.approx(spread * digits.X_valid.std(), rel=1e-4) and X.dtype == np.float32
    )


def test_pixels_are_standardised_with_the_training_images(digits):
    X = sweep.PIXELS["standard"](digits.X_train, digits.X_train)
    assert (
        X.mean() == pytest.approx(0, abs=1e-3)
        and X.std() == pytest.approx(1, rel=1e-3)
        and X.dtype == np.float32
    )
    assert sweep.PIXELS["standard"](digits.X_valid, digits.X_train).mean() != pytest.approx(
        0, abs=1e-5
    )


# The whole, small

def test_tiny_sweep_is_complete(tiny):
    path, result = tiny
    assert json.loads(path.read_text(encoding="utf-8")) == json.loads(json.dumps(result))
    assert [choice["step"] for choice in result["chosen"]] == ["sgd", "adam", "sgd", "sgd"]
    assert len(of(result, constant=True)) == 1 and list(path.parent.iterdir()) == [path]
    finals = of(result, seed=10, constant=False, sizes=[784, 16, 10], pixels="unit")
    assert [run["step"] for run in finals] == ["sgd", "adam"] and all(
        "bins" in run for run in finals
    )
    assert all(len(values) == 5 for values in result["time_ratios"].values())


def test_interrupted_sweep_goes_on_and_makes_the_same_runs(tiny, digits, tmp_path, monkeypatch):
    made, fit = [], sweep.fit

    def stopping(data, spec, settings):
        if len(made) == 7:
            raise KeyboardInterrupt
        made.append(spec)
        return fit(data, spec, settings)

    monkeypatch.setattr(sweep, "measure_times", lambda data, settings: tiny[1]["time_ratios"])
    monkeypatch.setattr(sweep, "fit", stopping)
    with pytest.raises(KeyboardInterrupt):
        sweep.sweep(digits, tmp_path / "runs.json", TINY)
    assert not (tmp_path / "runs.json").exists() and len(made) == 7
    made.append("the one that was interrupted")
    assert sweep.sweep(digits, tmp_path / "runs.json", TINY) == tiny[1]
    assert len(made) == 1 + len(tiny[1]["runs"])  # none was made twice
    assert not list((tmp_path / "kept").glob("*.jsonl"))


def test_times_alone_can_be_measured_again(tiny, digits, tmp_path, monkeypatch):
    path = tmp_path / "runs.json"
    path.write_bytes(tiny[0].read_bytes())
    monkeypatch.setattr(sweep, "fit", None)  # no run is made
    monkeypatch.setattr(sweep, "measure_times", lambda data, settings: {"sgd": [1.0]})
    assert sweep.sweep(digits, path, TINY, only_times=True)["time_ratios"] == {"sgd": [1.0]}


def test_other_settings_are_not_mixed_in(tiny, digits):
    with pytest.raises(SystemExit, match="made with another 'epochs'"):
        sweep.sweep(digits, tiny[0], TINY | {"epochs": 3})


def test_interrupted_write_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "runs.json"
    sweep.write({"a": 1, "runs": [{"lr": 0.1}]}, path)
    old = path.read_bytes()
    assert json.loads(old) == {"a": 1, "runs": [{"lr": 0.1}]}

    def stopped(source, target):
        raise KeyboardInterrupt

    monkeypatch.setattr("os.replace", stopped)
    with pytest.raises(KeyboardInterrupt):
        sweep.write({"a": 2, "runs": []}, path)
    assert path.read_bytes() == old
