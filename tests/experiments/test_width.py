"""The experiment behind notebook 23: two ways to choose a rate, the restraints, the saved file."""
import numpy as np
import pytest

from course_lib.data import load_results
from experiments import width as script
from experiments.width import SETTINGS, STRENGTHS, fit_width, rate, restrain, width_rows


def toy(n=60, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.random((n, 784), np.float32)
    return X, (X[:, :10] @ np.eye(10)).argmax(axis=1)


def test_a_network_is_trained_until_it_fits():
    net, epochs = fit_width(toy(), 32, 0.01, seed=0)
    assert net.loss(*toy()) <= 0.01 and 1 < epochs < 300
    again, _ = fit_width(toy(), 32, 0.01, seed=0)
    assert np.array_equal(net.theta, again.theta)


def test_a_rate_that_fits_goes_before_one_that_is_better_on_tuning_images():
    measured = {0: (0.5, 1.0), 1: (0.01, 2.0), 2: (0.009, 3.0)}  # rung: training loss, tuning loss

    def complete(jobs):
        training, tuning = measured.get(jobs[0]["k"], (0.9, 1.5))
        return [{"measures": [training, 1.0, tuning, 0.5, 0.3, 0.9], "epochs": 7} for _ in jobs]

    def complete_short(jobs):
        fresh = jobs[0]["seed"] in SETTINGS["fresh_seeds"]
        return [one | {"measures": one["measures"][: 6 if fresh else 4]} for one in complete(jobs)]

    fit, loss = width_rows(complete_short, 4)
    assert (fit["tuned_for"], fit["lr"]) == ("fit", rate(1))
    assert (loss["tuned_for"], loss["lr"]) == ("loss", rate(0))
    assert fit["runs"] == [[0.01, 1.0, 0.3, 0.9]] * 5 and fit["epochs"] == [7] * 5


def test_new_images_are_met_by_fresh_seeds_only(monkeypatch):
    monkeypatch.setattr(script, "images", lambda: (toy(), toy(seed=1), toy(seed=2)))
    monkeypatch.setitem(SETTINGS, "fit", {"loss": 9.0, "most_epochs": 1})
    lengths = [len(script.run(4, 0, seed)["measures"]) for seed in (0, 10)]
    assert lengths == [4, 6]


@pytest.mark.parametrize(
    "name, kept",
    [
        ("weight clipping", lambda W, s: np.abs(W).max() <= s),
        ("pruning", lambda W, s: np.mean(W == 0) >= 0.98 * s),
        ("max-norm", lambda W, s: np.linalg.norm(W, axis=0).max() <= s * 1.0001),
    ],
)
def test_a_restraint_holds_at_the_end(name, kept, monkeypatch):
    monkeypatch.setitem(SETTINGS, "epochs", 2)
    strength = {"weight clipping": 0.1, "pruning": 0.75, "max-norm": 0.5}[name]
    net = restrain(toy(), toy(seed=1), name, strength, 0.01, seed=0)
    assert all(kept(layer.W, strength) for layer in net.layers if hasattr(layer, "W"))


@pytest.mark.parametrize("name", STRENGTHS)
def test_every_restraint_changes_the_run(name, monkeypatch):
    monkeypatch.setitem(SETTINGS, "epochs", 12)
    strength = {"early stopping": 1, "gradient clipping": 0.01, "none": None}.get(name, 0.3)
    plain, other = (
        restrain(toy(), toy(seed=1), key, strength, 0.3, seed=0) for key in ("none", name)
    )
    assert np.array_equal(plain.theta, other.theta) == (name == "none")


def test_the_saved_file_has_every_row():
    saved = load_results("width")
    widths, means = (
        {tuple(row[key] for key in keys) for row in saved[part]}
        for part, keys in (("widths", ("width", "tuned_for")), ("means", ("name", "tuned_for")))
    )
    assert widths == {(width, goal) for width in SETTINGS["sizes"] for goal in ("fit", "loss")}
    assert means == {(name, goal) for name in STRENGTHS for goal in ("loss", "accuracy")}
    assert set(STRENGTHS) == set(SETTINGS["first_rungs"])
    assert all(np.shape(row["runs"]) == (5, 4) for row in saved["widths"] + saved["means"])
