"""Workloads: the cards, and one trial against the course's own training loop."""
import json
import os
from dataclasses import asdict, replace

import numpy as np
import pytest

from course_lib import optimizers
from course_lib.data import datasets, load_results, results_path
from course_lib.experiments import workloads
from course_lib.experiments.workloads import DATA, WORKLOADS, first_step_at, network, run_trial
from course_lib.training.loop import train
from experiments import workloads as script
from experiments import workloads_fresh

SHORT = {
    name: replace(card, n_steps=40, every=20)
    for name, card in WORKLOADS.items()
    if "mnist" not in name
}
on_mnist = pytest.mark.skipif(
    not os.environ.get("COURSE_MNIST", "").endswith(".npz"), reason="needs the real MNIST"
)


@pytest.mark.parametrize("name", SHORT)
@pytest.mark.parametrize("step", ["sgd", "momentum", "adam"])
def test_a_trial_is_what_train_does(name, step):
    card = SHORT[name]  # 40 steps are two epochs of 1 000 examples in batches of 50
    X, y, X_valid, y_valid = DATA[card.data]()
    rng = np.random.default_rng(7)
    net = network(card, rng)
    valid = (X, y) if card.measure == "training loss" else (X_valid, y_valid)
    history = train(
        net, (X, y), step, lr=0.01, epochs=2, batch_size=50, rng=rng, valid=valid, progress=False
    )
    result = run_trial(card, step, seed=7, lr=0.01)
    assert (
        np.allclose(result["curve"], history.valid_loss, rtol=1e-12)
        and result["final"] == result["curve"][-1]
    )
    as_function = run_trial(card, optimizers.STEPS[step], seed=7, lr=0.01)
    assert np.allclose(as_function["curve"], result["curve"], rtol=1e-12)


def test_the_error_is_the_fraction_of_wrong_answers():
    card = replace(SHORT["deep_narrow"], measure="validation error")
    X, y, X_valid, y_valid = DATA[card.data]()
    rng = np.random.default_rng(3)
    net = network(card, rng)
    train(net, (X, y), "adam", lr=0.01, epochs=2, batch_size=50, rng=rng, progress=False)
    wrong = np.mean(net.predict(X_valid) != y_valid)
    assert run_trial(card, "adam", seed=3, lr=0.01)["final"] == pytest.approx(wrong)


def test_a_seed_gives_every_rule_the_same_start_and_batches():
    def first(step):
        seen = []

        def spy(w, g, state, **hyper):
            seen.append((w.copy(), g.copy()))
            return step(w, g, state, **hyper)

        run_trial(replace(SHORT["logistic"], n_steps=20), spy, seed=1, lr=0.0)
        return seen

    runs = (
        first(optimizers.sgd),
        first(optimizers.adam),
    )  # lr = 0: nothing moves, so every gradient must agree
    assert all(
        np.array_equal(a, b) for pair in zip(*runs, strict=True) for a, b in zip(*pair, strict=True)
    )


def test_a_strangers_rule_keeps_what_it_was_given():
    kept = []

    def hoarder(w, g, state, *, lr):
        kept.append((g, g.copy()))
        w -= lr * g  # in place: its own business
        return w, state

    own = run_trial(SHORT["regression"], hoarder, seed=0, lr=0.05)
    assert all(np.array_equal(g, copy) for g, copy in kept)
    assert own == run_trial(SHORT["regression"], "sgd", seed=0, lr=0.05)


def test_a_run_that_diverges_is_infinitely_bad_and_late():
    result = run_trial(WORKLOADS["regression"], "sgd", seed=0, lr=3.0)
    assert result["final"] == np.inf == result["steps"] and len(result["curve"]) < 40


def test_the_target_is_reached_at_the_first_look_that_is_low_enough():
    card = replace(SHORT["regression"], target=0.5)
    assert first_step_at(card, [0.9, 0.5, 0.7, 0.1]) == 40
    assert first_step_at(card, [0.4]) == 20 and first_step_at(
        card, [0.6, np.nan]
    ) == np.inf == first_step_at(card, [])


def test_the_last_epoch_is_cut_where_the_budget_ends():
    card = replace(SHORT["logistic"], n_steps=30, every=10)
    assert len(run_trial(card, "sgd", seed=0, lr=0.1)["curve"]) == 3


def test_friedmans_function_has_the_size_that_is_told():
    X, y, X_valid, y_valid = DATA["Friedman's function, 1 000 / 2 000"]()
    assert X.shape == (1000, 10) and y_valid.shape == (2000, 1)
    truth = (10 * np.sin(np.pi * X_valid[:, 0] * X_valid[:, 1]) + 20 * (X_valid[:, 2] - 0.5) ** 2
             + 10 * X_valid[:, 3] + 5 * X_valid[:, 4])
    assert np.var(truth / 5) == pytest.approx(1, abs=0.1) and abs(y.mean()) < 0.05
    assert np.mean((y_valid[:, 0] - (truth - 14.4) / 5) ** 2) == pytest.approx(
        1 / 25, rel=0.1
    )  # the noise


def test_digits_leave_the_test_images_alone():
    X, y, X_valid, y_valid = DATA["embedded digits, 1 000 / 497"]()
    assert (len(X), len(y), len(X_valid), len(y_valid)) == (1000, 1000, 497, 497)
    test = {row.tobytes() for row in datasets.split(datasets.embedded_digits()).X_test}
    assert not test & {row.tobytes() for row in np.concatenate([X, X_valid])}


def test_cards_can_be_written_beside_the_results():
    assert len(WORKLOADS) >= 5
    for name, card in WORKLOADS.items():
        assert card.name == name and json.loads(json.dumps(asdict(card)))["target"] == card.target
        assert network(card, np.random.default_rng(0)).theta.dtype == card.dtype


def test_the_algoperf_card_is_algoperfs():
    card = WORKLOADS["algoperf_mnist"]
    assert (
        card.sizes == (784, 128, 10)
        and card.activation == "sigmoid"
        and card.measure == "validation error"
    )
    assert card.target == 0.03 and "50 000 / 10 000" in card.data


@on_mnist
def test_the_mnist_cards_cut_the_training_file_as_they_say():
    X, y, X_valid, y_valid = DATA[WORKLOADS["algoperf_mnist"].data]()
    assert (
        X.shape == (50_000, 784)
        and X_valid.shape == (10_000, 784)
        and len(y) + len(y_valid) == 60_000
    )
    assert X.dtype == np.float32 and abs(X.mean()) < 0.01 and abs(X.std() - 1) < 0.01
    plain = DATA[WORKLOADS["mnist_mlp"].data]()[0]
    assert plain.shape == (55_000, 784) and plain.min() == 0 and plain.max() == 1


def test_without_mnist_its_cards_say_so(monkeypatch):
    monkeypatch.setenv("COURSE_MNIST", "embedded")
    workloads._arrays.cache_clear()
    with pytest.raises(ValueError, match="needs the real MNIST"):
        run_trial(WORKLOADS["mnist_mlp"], "sgd", seed=0, lr=0.1)


@pytest.mark.parametrize("change", [{"data": "elsewhere"}, {"measure": "beauty"}, {"every": 7}])
def test_a_card_that_cannot_be_run_is_refused(change):
    with pytest.raises(ValueError, match="a card takes data among"):
        replace(WORKLOADS["logistic"], **change)


def test_the_saved_sweep_was_made_with_these_cards_spaces_and_plans():
    path = results_path("workloads")
    saved = json.loads(path.read_text(encoding="utf-8"))
    assert path.stat().st_size < 300_000
    for workload, rules in saved["results"].items():
        plan = saved["plan"][workload]
        for step, entry in rules.items():
            jobs = script.trial_jobs(workload, step)
            for name, values in entry["trials"]["hyper"].items():
                assert values == [job["hyper"][name] for job in jobs]
            assert set(entry["chosen"]) == set(plan["aims"])
            for chosen in entry["chosen"].values():
                assert len(chosen["final"]) == len(chosen["steps"]) == len(plan["fresh_seeds"])


def test_the_sweep_chooses_by_the_mean_and_by_the_median():
    settings = [{"lr": 1.0}, {"lr": 2.0}, {"lr": 3.0}]
    results = [
        [
            {"final": 0.1, "steps": 20.0},
            {"final": 0.9, "steps": 20.0},
            {"final": 0.9, "steps": np.inf},
        ],
        [
            {"final": 0.3, "steps": 60.0},
            {"final": 0.4, "steps": 40.0},
            {"final": 0.3, "steps": 50.0},
        ],
        [
            {"final": 0.2, "steps": 30.0},
            {"final": 0.2, "steps": np.inf},
            {"final": np.inf, "steps": np.inf},
        ],
    ]
    assert [
        script.choose(aim, settings, results)["lr"] for aim in ("lowest", "soonest", "lr only")
    ] == [2.0, 1.0, 2.0]
    trials = [({"hyper": hyper}, some[0]) for hyper, some in zip(settings, results, strict=True)]
    plan = {"finalists": 1, "aims": ["lowest", "soonest"]}
    assert script.finalists(plan, trials) == [{"lr": 1.0}]
    assert script.finalists(plan | {"finalists": 2}, trials) == [{"lr": 1.0}, {"lr": 3.0}]


def test_the_fresh_runs_are_on_seeds_that_no_choice_has_seen_and_can_be_made_again():
    fresh, plan = load_results("workloads_fresh"), load_results("workloads")["plan"]
    seen = {seed for one in plan.values() for seed in one["ladder_seeds"] + one["fresh_seeds"]}
    assert not (seen | {0, 1, 2}) & set(fresh["seeds"]) and len(fresh["seeds"]) >= 12
    workloads = load_results("workloads")["results"]
    for workload, step in (("regression", "nesterov"), ("logistic", "adam")):
        hyper = workloads[workload][step]["chosen"]["lowest"]["hyper"]
        again = workloads_fresh.run(workload, step, hyper, fresh["seeds"][3])
        kept = fresh["results"][workload][step]["lowest"]
        assert again["final"] == pytest.approx(kept["final"][3], rel=0.01)
        assert again["steps"] == pytest.approx(kept["steps"][3], abs=20)
