"""A claim put on trial in a notebook: judged as the ledger judges, and nothing written, whatever the
claim does.
"""
import itertools
import time

import numpy as np
import pytest
from scipy import stats

from course_lib.data import load_results, results_path
from course_lib.experiments import claim, ledger, trial
from course_lib.experiments.comparison import t_interval
from course_lib.optimizers import momentum, nesterov, sgd
from experiments.claims import trial as claims
from experiments.claims import tuning

SPREAD = np.linspace(-1, 1, 20)


def made(values, **changes):
    settings = {"unit": "points", "side": "below", "n": len(values), "first_seed": 100} | changes

    @claim("34", "a is lower than b", **settings)
    def difference(seed, **tuned):
        value = values[seed - 100]
        return value(**tuned) if callable(value) else value

    return difference


@pytest.mark.parametrize(("shift", "changes", "word"), [
    (-1, {}, "holds"), (1, {}, "fails"), (1, {"side": "above"}, "holds"), (-0.2, {}, "undecided"),
    (-0.2, {"margin": 0.5}, "tie"), (2, {"side": "tie", "margin": 0.5}, "fails"),
])
def test_a_trial_is_judged_as_the_ledger_judges(shift, changes, word):
    measure = made(SPREAD + shift, **changes)
    row = ledger.judged([ledger.row(measure.claim, SPREAD + shift, {})])[0]
    found = trial.tried(measure)
    assert found["verdict"] == row["verdict"] == word
    for key in ("mean", "low", "high", "p", "share", "p_holm"):
        assert found[key] == pytest.approx(row[key], rel=1e-3, abs=1e-12)


def test_the_tuned_settings_reach_every_seed_and_are_told():
    measure = made([lambda lr: lr] * 12, tuned=lambda: {"lr": 0.5})
    found = trial.tried(measure)
    assert found["values"] == [0.5] * 12 and found["tuned"] == {"lr": 0.5}


def test_every_seed_is_run_once():
    seen = []

    @claim("34", "a is lower", unit="points", side="below", n=15, first_seed=7)
    def noted(seed):
        seen.append(seed)
        return seed

    trial.tried(noted)
    assert seen == list(range(7, 22))


def raising():
    raise OSError("no such place")


def leaving():
    raise SystemExit


def talking():
    raise ValueError("two\nlines")


def nothing():
    raise RuntimeError


@pytest.mark.parametrize(("value", "said"), [
    (None, "difference gave None on seed 100"), (np.nan, "gave nan on seed 100"),
    (np.inf, "a claim needs one finite number"), ("text", "gave 'text'"), ([1.0, 2.0], "gave [1.0, 2.0]"),
    (1j, "gave 1j"), (raising, "no such place"), (nothing, "RuntimeError"), (leaving, "SystemExit"), (talking, "two lines"),
])
def test_what_gives_no_number_gives_no_verdict(value, said, capsys):
    trial.show_trial(made([value] * 12))
    out = capsys.readouterr().out
    assert out.startswith("no verdict: ") and said in out and out.count("\n") == 1


def test_what_is_no_claim_is_named(capsys):
    trial.show_trial(sgd)
    assert capsys.readouterr().out == (
        "no verdict: measure must be a function under @claim, got sgd without it\n")
    trial.show_trial(...)
    assert "got ellipsis without it" in capsys.readouterr().out


def test_a_part_of_the_seeds_gives_no_verdict(capsys):
    trial.show_trial(made([lambda: time.sleep(0.02) or 1.0] * 40), seconds=0.1)
    assert "of 40 seeds: make the runs shorter" in capsys.readouterr().out
    assert trial.tried(made([lambda: time.sleep(0.002) or 1.0] * 12), seconds=5)["n"] == 12
    late = made([1.0] * 11 + [lambda: time.sleep(0.3) or 1.0])
    assert trial.tried(late, seconds=0.2)["n"] == 12  # all seeds are there: that is a verdict


def test_a_trial_writes_nothing_and_leaves_the_ledger_alone(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    before, rows = results_path("evidence").read_bytes(), load_results("evidence")["rows"]
    trial.show_trial(made(SPREAD - 1, first_seed=100))
    assert results_path("evidence").read_bytes() == before and list(tmp_path.iterdir()) == []
    assert [ledger.evidence(r["name"]) for r in rows] == rows
    assert capsys.readouterr().out.startswith("a is lower than b: holds\n  mean -1, 95 % interval")


def test_the_docket_is_printed_without_a_verdict(capsys):
    trial.show_docket()
    lines = capsys.readouterr().out
    assert list(trial.DOCKET) == list("ABCDEFGHIJKLMN")
    for letter, name in trial.DOCKET.items():
        statement = ledger.evidence(name)["statement"]
        assert f"{letter}. {statement}" in " ".join(lines.split())
    assert not {"holds", "fails", "undecided", "tie"} & set(lines.replace(":", " ").split())


def test_rows_are_drawn_in_half_widths_with_the_declared_side_on_the_right():
    import matplotlib.pyplot as plt

    rows = [{"side": "below", "mean": -3.0, "low": -4.0, "high": -2.0},
            {"side": "above", "mean": -1.0, "low": -1.5, "high": -0.5},
            {"side": "tie", "mean": 0.0, "low": 0.0, "high": 0.0}]
    fig, ax = plt.subplots()
    trial.draw_rows(ax, rows)
    line = ax.containers[0].lines[0]
    assert line.get_xdata().tolist() == [3.0, -2.0, 0.0] and line.get_ydata().tolist() == [0, -1, -2]
    plt.close(fig)


def test_running_intervals_are_those_of_each_beginning():
    d = np.random.default_rng(0).normal(size=(3, 12))
    n, mean, reach = trial.running_intervals(d, least=4)
    assert n.tolist() == list(range(4, 13)) and mean.shape == reach.shape == (3, 9)
    for row, k in itertools.product(range(3), range(9)):
        centre, low, high = t_interval(d[row, :n[k]])
        assert (mean[row, k], 2 * reach[row, k]) == pytest.approx((centre, high - low), rel=1e-9)


def test_the_bowl_loses_its_loss():
    rates = [trial.bowl_loss(sgd, lr, 3) for lr in (0.0, 0.5)]
    h, w = np.geomspace(0.01, 1, 10), np.random.default_rng(3).normal(size=10)
    assert rates[0] == pytest.approx(0.5 * (h * w * w).sum()) and rates[1] < 0.5 * rates[0]


@pytest.mark.parametrize("step", [sgd, momentum, nesterov])
def test_the_best_rate_on_the_bowl_is_better_than_half_and_twice_of_it(step):
    best = trial.bowl_rate(step)
    losses = [np.mean([trial.bowl_loss(step, lr, seed) for seed in range(20)])
              for lr in (best / 2, best, 2 * best)]
    assert np.argmin(losses) == 1 and 0.001 < best < 2


def test_a_run_on_xor_arrives_or_stands_where_the_gradient_is_zero():
    runs = [trial.xor_run(2, seed) for seed in range(4)] + [trial.xor_run(16, 0)]
    assert runs[-1].loss[-1] < 1e-6
    for run in runs:
        assert run.loss[-1] < 1e-6 or (run.loss[-1] > 0.1 and run.grad_norm[-1] < 1e-6)
    assert any(run.loss[-1] > 0.1 for run in runs)


@pytest.mark.parametrize("units", [1, 3])
def test_the_gradient_on_xor_is_that_of_differences(units):
    fun, w = claims.xor(units), np.random.default_rng(units).normal(size=(2, 3, 4 * units + 1))
    loss, grad = fun(w)
    assert loss.shape == (2, 3) and grad.shape == w.shape
    for k in range(w.shape[-1]):
        e = 1e-6 * (np.arange(w.shape[-1]) == k)
        assert grad[..., k] == pytest.approx((fun(w + e)[0] - fun(w - e)[0]) / 2e-6, abs=1e-6)


def test_two_units_can_fit_xor_and_a_start_is_he_s():
    w = np.array([1.0, 1, 1, 1, 0, -1, 1, -2, 0])  # relu(x + y) - 2 relu(x + y - 1)
    assert claims.xor(2)(w)[0] == 0
    starts = np.concatenate([claims.xor_starts(8, seed) for seed in range(40)])
    assert starts[:, :16].std() == pytest.approx(1, rel=0.02)
    assert starts[:, 24:32].std() == pytest.approx(0.5, rel=0.02)
    assert np.all(starts[:, 16:24] == 0) and np.all(starts[:, 32] == 0)


def test_a_run_that_diverges_counts_as_missed():
    assert claims.missed(2, 50.0, 0) == 1.0


def test_the_best_rates_lie_inside_their_grids():
    for name, grid in (("two_units_find_the_minimum", claims.XOR_RATES),
                       ("default_adam_on_the_network", claims.adam.NETWORK_RATES["adam"]),
                       ("default_adam_on_the_ravine", claims.adam.RAVINE_RATES)):
        assert grid[0] < ledger.evidence(name)["tuned"]["lr"] < grid[-1]
    with pytest.raises(ValueError, match="edge of the grid"):
        tuning.best_of([1.0, 2.0], [0.0, 1.0], "x")


def test_the_shared_rates_are_spread_over_their_range(monkeypatch):
    seen = []
    monkeypatch.setattr(claims.small_network, "final_loss",
                        lambda step, lr, seed: seen.append((step, lr)) or 0.0)
    for seed in range(200):
        claims.momentum_at_a_shared_rate(seed)
    rates = dict.fromkeys(lr for _, lr in seen)
    assert len(rates) == 200 and seen[0][1] == seen[1][1]
    uniform = (np.log(list(rates)) - np.log(0.003)) / np.log(10)
    assert stats.kstest(uniform, "uniform").pvalue > 0.01


def test_the_claims_compare_first_less_second(monkeypatch):
    score = {("momentum", 1.0): 1.0, ("sgd", 2.0): 3.0, ("adam", 0.001): 5.0, ("adam", 0.1): 2.0}
    monkeypatch.setattr(claims.small_network, "final_loss", lambda step, lr, seed: score[step, lr])
    assert claims.momentum_at_its_own_rate(0, lr_momentum=1.0, lr_sgd=2.0) == -2.0
    assert claims.default_adam_on_the_network(0, lr=0.1) == 3.0
    monkeypatch.setattr(claims.adam, "steps_to_settle", lambda step, rates, seed: 1 / rates)
    assert claims.default_adam_on_the_ravine(0, lr=0.1) == pytest.approx(np.log(100))
    monkeypatch.setattr(claims.batches, "final_loss",
                        lambda batch_size, lr, seed, warm: {0.0: 2.0, 1 / 3: 1.0}[warm] + lr)
    assert claims.warm_up_at_twice_the_rate(0, lr=0.5) == pytest.approx(np.log(2 / 3))
    monkeypatch.setattr(claims.restraints, "judged",
                        lambda name, goal, lr, strength, seed: {"weight decay": 1.0}.get(name, 4.0))
    assert claims.decoupled_ends_below_l2(0, 1, 1, 1, 1) == -3.0
