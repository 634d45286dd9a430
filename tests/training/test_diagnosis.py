"""The checklist: every broken run is flagged first for its own reason, a healthy network for
nothing; each test alone.
"""
import numpy as np
import pytest

from course_lib.data.datasets import embedded_digits, split
from course_lib.networks.activations import Activation
from course_lib.networks.initializers import glorot, he, normal, zeros
from course_lib.networks.layers import Dense, Dropout, Residual
from course_lib.networks.losses import mse
from course_lib.networks.network import Network, mlp
from course_lib.networks.normalization import BatchNorm, LayerNorm
from course_lib.training import broken_runs as br
from course_lib.training.diagnosis import TESTS, sanity_check

OWN = {
    "wrong loss": "perfect",
    "rate too low": "ratio",
    "validation differs": "prepared",
    "label leak": "leak",
    "labels out of step": "pairs",
    "class imbalance": "classes",
    "unscaled inputs": "inputs",
    "not shuffled": "order",
    "evaluation mode": "modes",
    "rate too high": "ratio",
}
HEALTHY_SORTED = {"not shuffled"}  # its cure shuffles a file that stays sorted


@pytest.fixture(scope="module")
def splits():
    return split(embedded_digits())


def look(net, data, step="adam", lr=0.001, seed=0, **more):
    return sanity_check(
        net, data, step=step, lr=lr, rng=np.random.default_rng(seed), quiet=True, **more
    )


@pytest.mark.parametrize("letter", br.FAULTS)
@pytest.mark.parametrize("seed", range(5))
def test_every_broken_run_is_flagged_first_for_its_own_reason(splits, letter, seed):
    cause, kept, fault = br.FAULTS[letter]
    run = br.healthy(splits, seed, **(kept | fault | {"epochs": 1}))
    findings = look(run.start, run.data, "sgd", run.lr, seed, valid=run.valid)
    assert next(iter(findings)) == OWN[cause]
    if cause.startswith("rate"):
        assert findings["ratio"].endswith(cause.split()[-1] + "?")
    cured = br.cured(letter, splits, seed, epochs=1)
    findings = look(cured.start, cured.data, "sgd", cured.lr, seed, valid=cured.valid)
    assert list(findings) == (["order"] if cause in HEALTHY_SORTED else [])


def networks(seed):
    """Healthy networks for images, by name, with the rule and the rate to train them by."""
    rng = np.random.default_rng(seed)
    yield mlp([784, 64, 64, 10], rng=rng), "sgd", 0.1
    yield mlp([784, 128, 128, 10], rng=rng), "adam", 0.001
    yield mlp([784, 64, 64, 10], rng=rng, activation="tanh", init=glorot), "sgd", 0.1
    yield mlp([784, 64, 64, 10], rng=rng, activation="sigmoid", init=glorot), "sgd", 0.3
    yield mlp([784, 64, 10], rng=rng, activation="gelu"), "adam", 0.001
    yield mlp([784, 10], rng=rng, init=glorot), "sgd", 0.1
    yield mlp([784, *[64] * 6, 10], rng=rng), "sgd", 0.1
    yield (
        Network(
            [
                Dense(784, 64),
                BatchNorm(64),
                Activation("relu"),
                Dense(64, 64),
                BatchNorm(64),
                Activation("relu"),
                Dense(64, 10),
            ],
            rng=rng,
        ),
        "sgd",
        0.1,
    )
    yield Network([Dense(784, 64), Activation("relu"),
                   Residual([LayerNorm(64), Dense(64, 64), Activation("relu"), Dense(64, 64)]),
                   Dropout(0.2, rng=rng), Dense(64, 10)], rng=rng, init=glorot), "adam", 0.001


    yield mlp([784, 10], rng=rng, init=zeros), "sgd", 0.1  # a logistic regression
    yield zero_head([784, 64, 64, 10], rng), "adam", 0.001
    yield zero_head([784, 64, 64, 10], rng), "sgd", 0.1
    yield mlp([784, 512, 512, 10], rng=rng), "adam", 0.001
    yield mlp([784, *[64] * 10, 10], rng=rng), "sgd", 0.1
    yield mlp([784, 64, 64, 10], rng=rng), "lion", 0.0003
    yield mlp([784, 64, 64, 10], rng=rng), "rmsprop", 0.001


def zero_head(sizes, rng):
    """A network whose last layer starts at zero, which is a usual trick."""
    net = mlp(sizes, rng=rng)
    net.layers[-1].W[...] = 0
    return net


@pytest.mark.parametrize("seed", range(5))
def test_healthy_networks_are_flagged_for_nothing(splits, seed):
    data, valid = (splits.X_train, splits.y_train), (splits.X_valid, splits.y_valid)
    assert [look(net, data, step, lr, seed, valid=valid) for net, step, lr in networks(seed)] == [
        {}
    ] * 16


def regression(seed, n=500):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, 6))
    return X, np.sin(X[:, :1]) + X[:, 1:2] * X[:, 2:3] + 0.1 * rng.standard_normal((n, 1))


def regressor(seed, activation="tanh", **more):
    return Network(
        [Dense(6, 32), Activation(activation), Dense(32, 1)],
        rng=np.random.default_rng(seed),
        loss=mse,
        **more,
    )


@pytest.mark.parametrize("seed", range(3))
def test_healthy_regression_is_flagged_for_nothing(seed):
    assert look(regressor(seed, init=glorot), regression(seed), "sgd", 0.05, seed) == {}
    assert look(regressor(seed, "relu"), regression(seed), lr=0.003, seed=seed) == {}


def test_regression_faults():
    X, y = regression(0)
    by_target = np.argsort(y[:, 0])
    assert "order" in look(regressor(0), (X[by_target], y[by_target]))
    assert "leak" in look(regressor(0), (np.c_[X[:, :5], 3 * y + 1], y))
    assert "inputs" in look(regressor(0), (X + 50, y))
    assert "inputs" in look(
        regressor(0), (0.1 * X + 3, y)
    )  # a healthy size, but hardly any variation
    assert "first" in look(regressor(0), (X, 1e-3 * y))


def planted(name, X, y):
    """Return a network, data, and settings in which one test must find something."""
    rng = np.random.default_rng(0)
    net = mlp([784, 32, 10], rng=rng)
    many = X[:600], y[:600]
    if name == "inputs":
        return net, (X / 100, y), {}
    if name == "classes":
        return net, (X[y < 9], y[y < 9]), {}
    if name == "order":
        return net, (X[np.argsort(y)], np.sort(y)), {}
    if name == "leak":
        return (
            net,
            (np.c_[X[:, :-1], y / 9], y),
            {},
        )  # a single pixel that is as bright as the label is large
    if name == "pairs":
        return net, (X[:600], np.roll(y[:600], 1)), {}
    if name == "prepared":
        return net, (X[:600], y[:600]), {"valid": (X[600:700] / 2, y[600:700])}
    if name == "modes":
        stale = Network([Dense(784, 32), BatchNorm(32, beta=0.99999), Activation("relu"),
                         Dense(32, 10)], rng=rng)
        return stale, many, {}
    if name == "copies":
        return net, many, {"valid": (X[560:760], y[560:760])}
    if name == "perfect":
        net.loss_function = br.softmax_twice
        return net, many, {}
    if name == "alike":
        net.layers[0].W[...] = 0.3
        return net, many, {}
    if name == "signal":
        return mlp([784, *[32] * 10, 10], rng=rng, init=lambda *args: 2 * he(*args)), many, {}
    if name == "dead":
        net.layers[0].b[...] = -20
        return net, many, {}
    if name == "saturated":
        return (
            mlp(
                [784, 32, 10],
                rng=rng,
                activation="sigmoid",
                init=lambda *args: normal(*args, std=3),
            ),
            many,
            {},
        )
    if name == "first":
        net.layers[2].b[0] = 30
        return net, many, {}
    if name == "gradient":
        return mlp([784, *[32] * 10, 10], rng=rng, activation="sigmoid", init=glorot), many, {}
    if name == "twenty":
        net.layers[0].backward = net.layers[0].parameter_gradients = lambda D: None
        net.layers[2].backward = lambda D: D @ net.layers[2].W.T  # writes no gradient of its own
        return net, many, {}
    return net, many, {"lr": 1e-9}


@pytest.mark.parametrize("name", TESTS)
def test_every_test_finds_its_planted_fault(splits, name):
    net, data, more = planted(name, splits.X_train, splits.y_train)
    assert name in look(net, data, **more)


def test_saturated_units_are_not_called_dead_and_a_sigmoid_is_measured_by_its_own_largest_slope(
    splits,
):
    data, rng = (splits.X_train[:600], splits.y_train[:600]), np.random.default_rng(0)
    net = mlp([784, 32, 10], rng=rng, activation="sigmoid", init=glorot)
    net.layers[0].b[...] = 200  # the slope is 0 in single precision
    assert "saturated" in look(net, data) and "dead" not in look(net, data)
    net.layers[0].b[...] = -3.2  # slopes around 0.04 of at most 0.25
    assert "saturated" not in look(net, data)


def test_a_signal_that_dies_is_found_too(splits):
    net = mlp(
        [784, *[32] * 6, 10], rng=np.random.default_rng(0), init=lambda *args: 0.3 * he(*args)
    )
    assert "signal" in look(net, (splits.X_train[:600], splits.y_train[:600]))


def test_unequal_classes_are_no_sorted_file_but_may_be_too_unequal():
    rng = np.random.default_rng(0)
    X, net = rng.standard_normal((400, 8)), mlp([8, 16, 2], rng=rng)
    assert look(net, (X, (X[:, 0] + X[:, 1] > 1.0).astype(int))) == {}
    assert list(look(net, (X, (X[:, 0] > 1.2).astype(int)))) == ["classes"]


def test_network_and_data_stay_as_they_were(splits, capsys):
    net = Network(
        [Dense(784, 32), BatchNorm(32), Activation("relu"), Dense(32, 10)],
        rng=np.random.default_rng(0),
    )
    X, y = splits.X_train[:300], splits.y_train[:300]
    theta, buffers, before = net.theta.copy(), net.snapshot()[1], X.copy()
    assert sanity_check(net, (X, y), step="adam", lr=0.001, rng=np.random.default_rng(0)) == {}
    np.testing.assert_array_equal(net.theta, theta)
    np.testing.assert_array_equal(X, before)
    assert net.snapshot()[1] == buffers
    assert capsys.readouterr().out == f"nothing suspicious in {len(TESTS)} tests\n"


def test_findings_are_printed_in_order(splits, capsys):
    findings = sanity_check(
        mlp([784, 16, 10], rng=np.random.default_rng(0)),
        (200 * splits.X_train, splits.y_train),
        step="sgd",
        lr=1.0,
        rng=np.random.default_rng(0),
    )
    assert next(iter(findings)) == "inputs" and "ratio" in findings
    assert capsys.readouterr().out.splitlines() == [
        f"{name}: {said}" for name, said in findings.items()
    ]


def test_what_does_not_fit_is_refused(splits):
    net = mlp([784, 16, 10], rng=np.random.default_rng(0))
    with pytest.raises(ValueError, match="X must have shape"):
        look(net, (splits.X_train[:, :5], splits.y_train))
    with pytest.raises(ValueError, match="between 0 and 9"):
        look(net, (splits.X_train, splits.y_train + 1))
    with pytest.raises(ValueError, match="lr must be finite"):
        look(net, (splits.X_train, splits.y_train), lr=-1)
