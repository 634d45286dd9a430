"""Benchmarks: every contestant does the same work, the page tells the saved numbers."""
import json
import re
from pathlib import Path

import bench
import epochs
import numpy as np
import pytest
import report
import steps

from course_lib.optimizers.rules import STEPS

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "benchmarks" / "results.json"


def small_task():
    rng = np.random.default_rng(1)
    X, y = rng.random((64, 12), np.float32), rng.integers(0, 4, 64)
    return epochs.start([12, 9, 8, 4]), X, y, 64  # one batch an epoch: its order does not matter


def weights_after(make, n_epochs=6):
    run, read = make(*small_task())
    for _ in range(n_epochs):
        run()
    return np.concatenate([np.asarray(array, float).ravel() for array in read()])


def expected(n_epochs=6):
    """The weights of a single Adam run by the course's own rule; `train` starts Adam anew with
    every epoch's call.
    """
    from course_lib.networks.network import mlp

    weights, X, y, _ = small_task()
    net, state = mlp([12, 9, 8, 4], rng=np.random.default_rng(0), dtype=np.float64), {}
    net.theta = np.concatenate([array.ravel() for array in weights])
    for _ in range(n_epochs):
        net.theta, state = STEPS["adam"](
            net.theta, net.loss_and_grad(X, y)[1].copy(), state, lr=epochs.LR
        )
    return net.theta


TRAINERS = {"textbook": epochs.textbook, **epochs.KERAS}


@pytest.mark.parametrize("name", TRAINERS)
def test_every_contestant_makes_the_same_training_run(name):
    np.testing.assert_allclose(weights_after(TRAINERS[name]), expected(), atol=2e-5)
    assert np.abs(expected() - np.concatenate([a.ravel() for a in small_task()[0]])).max() > 0.004


def test_the_course_makes_it_too():
    np.testing.assert_allclose(
        weights_after(epochs.course, n_epochs=1), expected(n_epochs=1), atol=1e-6
    )


@pytest.mark.torch
@pytest.mark.parametrize("name", epochs.TORCH)
def test_pytorch_makes_the_same_training_run(name):
    pytest.importorskip("torch")
    np.testing.assert_allclose(weights_after(epochs.TORCH[name]), expected(), atol=2e-5)


def test_the_floor_makes_the_products_of_every_batch(monkeypatch):
    seen, product = [], np.matmul
    monkeypatch.setattr(
        epochs.np,
        "matmul",
        lambda a, b, out: seen.append(a.size * b.shape[1]) or product(a, b, out=out),
    )
    weights, X, y, _ = small_task()
    epochs.floor(weights, X, y, 32)[0]()
    forward = 32 * (12 * 9 + 9 * 8 + 8 * 4)
    assert sum(seen) == 2 * (3 * forward - 32 * 12 * 9), (
        "two batches; forward, dW, and dX of all layers but the first"
    )


@pytest.mark.parametrize("name", steps.HYPER)
def test_one_step_of_every_contestant_is_the_same_step(name):
    w, g = steps.arrays(1000)
    ours, _ = STEPS[name](w, g, {}, **steps.HYPER[name])
    run = steps.keras_step(name, 1000)
    assert run()[1] == pytest.approx(ours[0], rel=1e-5)
    assert not np.array_equal(ours, w)


@pytest.mark.parametrize("make", [steps.course, steps.blockwise, steps.compiled])
@pytest.mark.parametrize("name", steps.HYPER)
def test_three_steps_of_each_way_to_call_the_rule_are_the_same_steps(name, make):
    (w, g), state, run = steps.arrays(1000), {}, make(name, 1000)
    for _ in range(3):
        run()
        w, state = STEPS[name](w, g, state, **steps.HYPER[name])
    kept = dict(zip(run.__code__.co_freevars, run.__closure__, strict=True))["kept"].cell_contents
    np.testing.assert_allclose(np.asarray(kept["w"]), w, rtol=1e-5)


@pytest.mark.torch
@pytest.mark.parametrize("variant", [{}, {"foreach": True}, {"fused": True}], ids=str)
@pytest.mark.parametrize("name", steps.HYPER)
def test_one_step_of_pytorch_is_the_same_step(name, variant):
    pytest.importorskip("torch")
    w, g = steps.arrays(1000)
    theirs = steps.torch_step(name, 1000, 1, **variant)().detach().numpy()
    np.testing.assert_allclose(theirs, STEPS[name](w, g, {}, **steps.HYPER[name])[0], rtol=1e-5)


def test_rows_are_kept_when_others_are_measured_anew(tmp_path, monkeypatch):
    monkeypatch.setattr(bench, "RESULTS", tmp_path / "results.json")
    monkeypatch.setattr(
        bench,
        "ROWS",
        {
            "epoch": lambda: {"x": {"seconds": 2.0, "ratio": [1, 1, 1]}},
            "course": lambda: {"make test": 321.0},
        },
    )
    for argument in ("epoch", "course"):
        monkeypatch.setattr("sys.argv", ["bench.py", argument])
        bench.main()
    assert list(json.loads((tmp_path / "results.json").read_text())) == [
        "epoch",
        "machine",
        "course",
    ]
    text = (tmp_path / "RESULTS.md").read_text()
    assert "| x | 2 | 1 | 1 – 1 |" in text and "| make test | 321 |" in text
    assert sorted(path.name for path in tmp_path.iterdir()) == ["RESULTS.md", "results.json"]


def test_an_unknown_row_is_named(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["bench.py", "epok"])
    with pytest.raises(SystemExit):
        bench.main()
    said = capsys.readouterr().err
    assert (
        "there is no row 'epok'; the rows are "
        "epoch, step, landscape, memory, growth, sweep, course, tests"
        in said
    )


def test_the_committed_page_is_made_from_the_committed_numbers():
    results = json.loads(RESULTS.read_text(encoding="utf-8"))
    assert {"machine", "epoch", "step", "growth"} <= set(results) <= {*bench.ROWS, "machine"}
    assert (ROOT / "benchmarks" / "RESULTS.md").read_text(encoding="utf-8") == report.page(results)


def test_the_readme_tells_the_committed_ratios():
    epoch = json.loads(RESULTS.read_text(encoding="utf-8"))["epoch"]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| ([^|]+) \| ([\d.]+) \|$", readme, flags=re.M))
    measured = {name: report.digits(row["ratio"][0]) for name, row in epoch.items()}
    assert len(rows) == 3 and rows.items() <= measured.items()
    assert min(map(float, rows.values())) < 1 < max(map(float, rows.values()))  # a loss and a win
