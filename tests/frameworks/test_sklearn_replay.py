"""Two classifiers of scikit-learn, trained again from scratch: the same losses, weights and rates.
"""
import contextlib
import io
import math
import warnings

import numpy as np
import pytest
from sklearn.linear_model import SGDClassifier
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits

from course_lib.data import datasets
from course_lib.frameworks.paths import EPS, GRADIENTS, HYPER, START, distance, keras_path
from course_lib.frameworks.sklearn_replay import (
    adaptive_rate,
    both_mlps,
    mlp_adam_path,
    replay_mlp,
    replay_sgd,
)
from course_lib.optimizers.rules import momentum

DIGITS = datasets.split(datasets.embedded_digits())
X, Y = DIGITS.X_train[:500].astype(float), DIGITS.y_train[:500]


@pytest.fixture(autouse=True)
def quiet_and_on_one_thread():
    with threadpool_limits(1), warnings.catch_warnings(action="ignore"):
        yield


def theirs(*, seed, lr=0.1, tol=1e-3, n_iter_no_change=2, epochs=60, **more):
    return MLPClassifier(
        (16,),
        solver="sgd",
        learning_rate="adaptive",
        learning_rate_init=lr,
        nesterovs_momentum=False,
        alpha=0.0,
        batch_size=50,
        tol=tol,
        n_iter_no_change=n_iter_no_change,
        max_iter=epochs,
        random_state=seed,
        **more,
    )


def ours(*, seed, lr=0.1, tol=1e-3, n_iter_no_change=2, epochs=60, **more):
    return replay_mlp(
        X,
        Y,
        hidden=16,
        lr=lr,
        beta=0.9,
        tol=tol,
        n_iter_no_change=n_iter_no_change,
        batch_size=50,
        epochs=epochs,
        seed=seed,
        **more,
    )


def rates_said(fit, lr):
    """The rate of every epoch, from what scikit-learn prints."""
    with contextlib.redirect_stdout(io.StringIO()) as out:
        fit()
    rates = []
    for line in out.getvalue().splitlines():
        if line.startswith("Iteration"):
            rates.append(lr)
        lr = lr / 5 if "Setting learning rate to" in line else lr
    return rates


@pytest.mark.parametrize(
    "settings",
    [
        {"seed": 0},
        {"seed": 1},
        {"seed": 2, "tol": 1e-2, "lr": 0.05},
        {"seed": 3, "n_iter_no_change": 4, "tol": 3e-3},
    ],
)
def test_the_mlp_has_the_same_losses_weights_and_rates(settings):
    model = theirs(**settings, verbose=True)
    said = rates_said(lambda: model.fit(X, Y), settings.get("lr", 0.1))
    losses, rates, net = ours(**settings)
    assert rates == said and len(set(rates)) > 3
    np.testing.assert_allclose(losses, model.loss_curve_, rtol=0, atol=1e-9)
    for layer, W, b in zip(net.layers[::2], model.coefs_, model.intercepts_, strict=True):
        np.testing.assert_allclose(layer.W, W, rtol=0, atol=1e-9)
        np.testing.assert_allclose(layer.b, b, rtol=0, atol=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_after_the_first_drop_the_old_rate_is_still_in_the_velocity(seed):
    (losses, rates, _), (outside, _, _) = ours(seed=seed), ours(seed=seed, step=momentum)
    k = next(k for k in range(1, 60) if rates[k] < rates[k - 1])
    np.testing.assert_allclose(losses[:k], outside[:k], atol=1e-9)
    assert losses[k] > 1.2 * outside[k]


@pytest.mark.parametrize("n_iter_no_change", [2, 5])
def test_the_sgd_classifier_has_the_same_weights_and_epochs(n_iter_no_change):
    y = np.where(Y == 8, 1.0, -1.0)
    model = SGDClassifier(
        loss="log_loss",
        penalty=None,
        learning_rate="adaptive",
        eta0=0.1,
        shuffle=False,
        tol=1e-3,
        n_iter_no_change=n_iter_no_change,
    ).fit(X, y)
    w, intercept, rates = replay_sgd(
        X, y, lr=0.1, tol=1e-3, n_iter_no_change=n_iter_no_change, epochs=1000
    )
    assert len(rates) == model.n_iter_ and len(set(rates)) == 9
    np.testing.assert_allclose(w, model.coef_[0], rtol=0, atol=1e-9)
    assert intercept == pytest.approx(model.intercept_[0], abs=1e-9)


def test_patience_is_three_failures_for_two_and_eleven_for_the_default():
    losses, rates, _ = ours(seed=0, n_iter_no_change=10, epochs=80)
    k = next(k for k in range(1, 80) if rates[k] < rates[k - 1])
    assert all(losses[j] > min(losses[:j]) - 1e-3 for j in range(k - 11, k))
    model = theirs(seed=0, n_iter_no_change=10, epochs=80)
    assert rates_said(lambda: model.set_params(verbose=True).fit(X, Y), 0.1) == rates
    assert MLPClassifier().n_iter_no_change == 10 and SGDClassifier().n_iter_no_change == 5


def test_the_rate_by_hand():
    state, rates = {}, []
    for loss in (1.0, 0.95, 0.86, 0.84, 0.83, 0.9, 0.2, 0.2):
        rate, state = adaptive_rate(loss, state, lr=1.0, tol=0.1, patience=2)
        rates.append(rate)
    assert rates == pytest.approx([1, 1, 0.2, 0.2, 0.04, 0.04, 0.04, 0.04])
    assert state == {"rate": pytest.approx(0.04), "best": 0.2, "failures": 1}
    assert (
        adaptive_rate(1.0, {"rate": 1e-6, "best": 0.5, "failures": 1}, lr=1.0, tol=0.0, patience=2)[
            0
        ]
        == 0.0
    )
    assert adaptive_rate(1.0, {}, lr=1.0, tol=0.1, patience=1) == (
        1.0,
        {"rate": 1.0, "best": 1.0, "failures": 0},
    )
    assert not math.isinf(adaptive_rate(1.0, {}, lr=1.0, tol=0.1, patience=1)[1]["best"])


def test_its_adam_is_keras():
    hyper = {"lr": 1 / 16, "beta1": HYPER["beta1"], "beta2": HYPER["beta2"], "eps": EPS}
    assert distance(mlp_adam_path(GRADIENTS, START, **hyper), keras_path("adam", "same")) < 1e-12
    assert np.array_equal(START, [1.0, -2.0, 0.5, 3.0, 0.25])


def test_its_adam_ignores_adaptive_and_its_alpha_is_an_l2_penalty():
    fits = [
        MLPClassifier((4,), solver="adam", learning_rate=rule, max_iter=2, random_state=0).fit(X, Y)
        for rule in ("constant", "adaptive")
    ]
    assert all(np.array_equal(a, b) for a, b in zip(fits[0].coefs_, fits[1].coefs_, strict=True))
    once = {
        "solver": "sgd",
        "learning_rate_init": 0.5,
        "momentum": 0.0,
        "batch_size": 500,
        "max_iter": 1,
        "random_state": 0,
    }
    plain, penalised = (MLPClassifier((4,), alpha=alpha, **once).fit(X, Y) for alpha in (0.0, 50.0))
    start = MLPClassifier((4,), alpha=0.0, **once | {"learning_rate_init": 1e-300}).fit(X, Y)
    for at, with_it, w in zip(plain.coefs_, penalised.coefs_, start.coefs_, strict=True):
        np.testing.assert_allclose(at - with_it, 0.5 * 50.0 / 500 * w, atol=1e-12)
    assert np.allclose(plain.intercepts_[0], penalised.intercepts_[0])


@pytest.mark.parametrize("n_iter_no_change", [1, 2])
def test_both_are_the_same_run_and_it_waits_for_one_failure_more(n_iter_no_change):
    found = both_mlps(X, Y, n_iter_no_change=n_iter_no_change)
    assert found.apart < 1e-9 and len(found.losses) == len(found.rates)
    assert found.failures == n_iter_no_change + 1
