"""The sweep behind notebook 12: its climb, its two ways to choose a rate, and the saved file
against the script.
"""
import json

import numpy as np
import pytest
from sweep_width import MEANS, RESULT, SETTINGS, WIDTHS, climb, fit_width, restrain

from experiments import width as sweep_width


def toy(n=60, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.random((n, 784), np.float32)
    return X, (X[:, :10] @ np.eye(10)).argmax(axis=1)


def test_the_climb_ends_where_no_neighbour_is_better():
    seen = []
    here = climb(
        lambda k: seen.append(k) or (k[0] - 3) ** 2 + (k[1] + 1) ** 2,
        (0, 0),
        [(1, 0), (-1, 0), (0, 1), (0, -1)],
    )
    assert here == (3, -1)
    assert {(4, -1), (2, -1), (3, 0), (3, -2)} <= set(seen)
    assert climb(lambda k: 0, (5,), [(1,), (-1,)]) == (5,), "on level ground it stays"


def test_a_network_is_trained_until_it_fits():
    net, epochs = fit_width(toy(), 32, 0.01, seed=0)
    assert net.loss(*toy()) <= 0.01 and 1 < epochs < 300
    again, _ = fit_width(toy(), 32, 0.01, seed=0)
    assert np.array_equal(net.theta, again.theta)


def test_a_rate_that_fits_goes_before_one_that_is_better_on_tuning_images(monkeypatch):
    measured = {
        0: (0.5, 1.0),
        1: (0.01, 2.0),
        2: (0.009, 3.0),
        -1: (0.9, 1.5),
    }  # rung: training loss, tuning loss
    rungs = {sweep_width.rung(k): k for k in measured}
    monkeypatch.setattr(sweep_width, "thousand", lambda data: (None, None))
    monkeypatch.setattr(
        sweep_width, "fit_width", lambda pair, width, lr, seed: (rungs.get(lr, -1), 7)
    )
    monkeypatch.setattr(
        sweep_width, "measure", lambda k, pairs: [measured[k][0], 1.0, measured[k][1], 0.5]
    )
    fit, loss = sweep_width.sweep_width(type("Data", (), {"X_valid": None, "y_valid": None}), 4)
    assert (fit["tuned_for"], rungs[fit["lr"]]) == ("fit", 1) and (
        loss["tuned_for"],
        rungs[loss["lr"]],
    ) == ("loss", 0)


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


@pytest.mark.parametrize("name", MEANS)
def test_every_restraint_changes_the_run(name, monkeypatch):
    monkeypatch.setitem(SETTINGS, "epochs", 12)
    strength = {"early stopping": 1, "gradient clipping": 0.01, "none": None}.get(name, 0.3)
    plain, other = (
        restrain(toy(), toy(seed=1), key, strength, 0.3, seed=0) for key in ("none", name)
    )
    assert np.array_equal(plain.theta, other.theta) == (name == "none")


def test_the_saved_file_is_that_of_the_script():
    saved = json.loads(RESULT.read_text(encoding="utf-8"))
    assert {key: saved[key] for key in SETTINGS} == SETTINGS
    widths, means = (
        {tuple(row[key] for key in keys) for row in saved[part]}
        for part, keys in (("widths", ("width", "tuned_for")), ("means", ("name", "tuned_for")))
    )
    assert widths == {(width, goal) for width in WIDTHS for goal in ("fit", "loss")}
    assert means == {(name, goal) for name in MEANS for goal in ("loss", "accuracy")}
    assert all(np.shape(row["runs"]) == (5, 4) for row in saved["widths"] + saved["means"])
