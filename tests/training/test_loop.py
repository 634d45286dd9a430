"""Training: equal to a loop and to Keras; every example once an epoch; clipping, patience,
divergence.
"""
import functools
import math
import signal
import threading
import time
import warnings

import numpy as np
import pytest

from course_lib.frameworks.tensorflow_quietly import import_tensorflow
from course_lib.networks import network
from course_lib.networks.initializers import zeros
from course_lib.networks.layers import Dense
from course_lib.networks.losses import mse
from course_lib.networks.network import Network, mlp
from course_lib.networks.normalization import BatchNorm
from course_lib.networks.penalties import decay, l2, max_norm
from course_lib.optimizers.rules import adam, momentum
from course_lib.optimizers.schedules import cosine
from course_lib.training.loop import train

SIZES = [6, 8, 7, 4]


@pytest.fixture(autouse=True)
def no_bar(monkeypatch):
    monkeypatch.setenv("TQDM_DISABLE", "1")


def toy(n=50, seed=0):
    """Inputs (n, 6) and labels (n,) that a small network can learn."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, 6))
    return X, (X @ rng.standard_normal((6, 4))).argmax(axis=1)


def net_of(dtype=np.float64, seed=1):
    return mlp(SIZES, rng=np.random.default_rng(seed), dtype=dtype)


def run(net, data, step="adam", *, lr=0.01, epochs=3, batch_size=16, seed=2, **settings):
    rng = np.random.default_rng(seed)
    return train(net, data, step, lr=lr, epochs=epochs, batch_size=batch_size, rng=rng, **settings)


def test_three_epochs_of_adam_equal_a_loop_written_out():
    X, y = toy()
    net = net_of()
    P = [array.copy() for layer in net.layers[::2] for array in (layer.W, layer.b)]
    history = run(net, (X, y), lr=0.02)

    rng, losses, t = np.random.default_rng(2), [], 0
    M, V = [0 * p for p in P], [0 * p for p in P]
    for _ in range(3):
        order = rng.permutation(50)
        for start in range(0, 50, 16):
            x, labels = X[order[start:start + 16]], y[order[start:start + 16]]
            a1 = np.maximum(x @ P[0] + P[1], 0)
            a2 = np.maximum(a1 @ P[2] + P[3], 0)
            p = np.exp(a2 @ P[4] + P[5])
            p /= p.sum(axis=1, keepdims=True)
            losses.append(-np.log(p[np.arange(len(x)), labels]).mean())
            d3 = (p - np.eye(4)[labels]) / len(x)
            d2 = d3 @ P[4].T * (a2 > 0)
            d1 = d2 @ P[2].T * (a1 > 0)
            G = [x.T @ d1, d1.sum(0), a1.T @ d2, d2.sum(0), a2.T @ d3, d3.sum(0)]
            t += 1
            for k, g in enumerate(G):
                M[k] = 0.9 * M[k] + 0.1 * g
                V[k] = 0.999 * V[k] + 0.001 * g**2
                P[k] = P[k] - 0.02 * (M[k] / (1 - 0.9**t)) / (np.sqrt(V[k] / (1 - 0.999**t)) + 1e-8)

    np.testing.assert_allclose(history.loss, losses, rtol=1e-9)
    np.testing.assert_allclose(
        net.theta, np.concatenate([p.ravel() for p in P]), rtol=1e-7, atol=1e-10
    )


def test_twenty_steps_of_adam_equal_keras_in_float32():
    keras = import_tensorflow().keras
    X, y = toy(n=80)
    X = X.astype(np.float32)
    net = net_of(np.float32)
    model = keras.Sequential(
        [
            keras.Input((6,)),
            keras.layers.Dense(8, "relu"),
            keras.layers.Dense(7, "relu"),
            keras.layers.Dense(4),
        ]
    )
    model.set_weights([array for layer in net.layers[::2] for array in (layer.W, layer.b)])
    # Keras adds epsilon before the bias correction, this course after it: a tiny one makes the two
    # alike.
    model.compile(keras.optimizers.Adam(learning_rate=0.01, epsilon=1e-12),
                  keras.losses.SparseCategoricalCrossentropy(from_logits=True), run_eagerly=False)
    history = run(net, (X, y), epochs=4, eps=1e-12)

    rng = np.random.default_rng(2)
    for _ in range(4):
        for rows in rng.permutation(80).reshape(5, 16):
            model.train_on_batch(X[rows], y[rows])
    assert len(history.loss) == 20
    np.testing.assert_allclose(
        net.theta, np.concatenate([w.ravel() for w in model.get_weights()]), atol=1e-5
    )


def test_the_images_are_looked_over_once_and_not_batch_by_batch(monkeypatch):
    looked, finite = [], network.finite
    monkeypatch.setattr(network, "finite", lambda X: looked.append(len(X)) or finite(X))
    run(net_of(), toy(), epochs=3, batch_size=10)
    assert looked == [50, 50]  # all of them, and the first 1000 for dead units


def test_every_example_once_an_epoch_with_its_label_and_the_last_batch_kept(monkeypatch):
    X, y = np.arange(60.0).reshape(10, 6), np.arange(10) % 4
    net, seen = net_of(), []
    evaluate = net.loss_and_grad

    def watch(X, y, **more):
        seen.append((X[:, 0] / 6, y))
        return evaluate(X, y, **more)

    monkeypatch.setattr(net, "loss_and_grad", watch)
    run(net, (X, y), batch_size=4, epochs=2, lr=0.0)
    assert [len(rows) for rows, _ in seen] == [4, 4, 2] * 2
    orders = [
        np.concatenate([rows for rows, _ in seen[first : first + 3]]).astype(int)
        for first in (0, 3)
    ]
    assert all(sorted(order) == list(range(10)) for order in orders)
    assert not np.array_equal(*orders)
    assert all(np.array_equal(labels, rows.astype(int) % 4) for rows, labels in seen)


def test_the_same_generators_give_the_same_run_and_others_another():
    data = toy()
    thetas = []
    for seed in (2, 2, 3):
        net = net_of(np.float32)
        run(net, data, seed=seed)
        thetas.append(net.theta)
    assert np.array_equal(thetas[0], thetas[1])
    assert not np.allclose(thetas[0], thetas[2])


def test_history_records_every_step_and_epoch():
    X, y = toy()
    net = net_of()
    start, _ = net.loss_and_grad(X, y)
    schedule = cosine(0.1, n_steps=12)
    history = run(net, (X, y), lr=schedule, valid=toy(20, seed=5))
    assert history.loss.shape == history.lr.shape == history.grad_norm.shape == (12,)
    assert history.lr.tolist() == [schedule(t) for t in range(1, 13)]
    weights = [16, 16, 16, 2]
    np.testing.assert_allclose(
        history.train_loss, history.loss.reshape(3, 4) @ weights / 50, rtol=1e-12
    )
    assert history.valid_loss.shape == history.valid_accuracy.shape == (3,)
    assert history.valid_loss[-1] == net.loss(*toy(20, seed=5))
    assert history.valid_accuracy[-1] == net.accuracy(*toy(20, seed=5))
    assert history.diverged_at is None and history.stopped_early is False and history.seconds > 0
    whole = run(net_of(), (X, y), batch_size=100, epochs=1)
    assert whole.loss[0] == pytest.approx(
        start, rel=1e-12
    )  # the loss before the step, not after it
    assert whole.valid_loss.shape == whole.valid_accuracy.shape == (0,)


def test_rule_and_hyper_parameters_reach_the_step():
    """Two full-batch steps of heavy ball: the second repeats beta times the first."""
    X, y = toy()
    by_name, by_function, by_hand = net_of(), net_of(), net_of()
    settings = {"lr": 0.1, "epochs": 2, "batch_size": 50, "beta": 0.5}
    run(by_name, (X, y), "momentum", **settings)
    run(by_function, (X, y), momentum, **settings)
    g1 = by_hand.loss_and_grad(X, y)[1].copy()
    by_hand.theta -= 0.1 * g1
    by_hand.theta -= 0.1 * (by_hand.loss_and_grad(X, y)[1] + 0.5 * g1)
    np.testing.assert_allclose(by_name.theta, by_hand.theta, rtol=1e-12)
    assert np.array_equal(by_name.theta, by_function.theta)


def test_float32_is_kept_by_weights_gradient_and_state():
    seen = set()

    def watched(w, g, state, *, lr):
        w, state = momentum(w, g, state, lr=lr)
        seen.update({w.dtype, g.dtype, state["v"].dtype})
        return w, state

    net = net_of(np.float32)
    run(net, toy(), watched, lr=lambda t: np.float64(0.1), clip_norm=0.1)
    assert seen == {np.dtype(np.float32)} == {net.theta.dtype}


def test_twenty_examples_are_learnt_by_heart():
    rng = np.random.default_rng(0)
    X, y = rng.random((20, 30)), rng.integers(0, 10, 20)
    net = mlp([30, 32, 32, 10], rng=rng)
    history = run(net, (X, y), epochs=150, batch_size=20)
    assert history.train_loss[-1] < 0.01  # seeds 0 to 9: at most 0.0012
    assert net.accuracy(X, y) == 1.0


def test_a_linear_network_with_squared_error_finds_least_squares():
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((40, 3)), rng.standard_normal((40, 2))
    net = Network([Dense(3, 2)], rng=rng, loss=mse, dtype=np.float64)
    history = run(net, (X, y), "momentum", lr=0.1, epochs=500, batch_size=40, valid=(X, y))
    expected = np.linalg.lstsq(np.column_stack([X, np.ones(40)]), y, rcond=None)[0]
    # Heavy ball shrinks the error by sqrt(beta) a step: 0.9^250 = 4e-12.
    np.testing.assert_allclose(np.vstack([net.layers[0].W, net.layers[0].b]), expected, atol=1e-9)
    assert (
        len(history.valid_loss) == 500 and len(history.valid_accuracy) == 0
    )  # no classes, no accuracy


@pytest.mark.parametrize("clip_norm, length", [(0.01, 0.01), (1e6, None), (None, None)])
def test_clipping_shortens_long_gradients_and_leaves_short_ones(clip_norm, length):
    X, y = toy()
    net = net_of()
    start, g = net.theta.copy(), net.loss_and_grad(X, y)[1].copy()
    history = run(net, (X, y), "sgd", lr=1.0, epochs=1, batch_size=50, clip_norm=clip_norm)
    norm = np.linalg.norm(g)
    assert norm > 0.1 and history.grad_norm[0] == pytest.approx(
        norm, rel=1e-12
    )  # recorded as it was
    expected = g if length is None else g * length / norm
    np.testing.assert_allclose(start - net.theta, expected, rtol=1e-10, atol=1e-12)


def there_and_back(w, g, state, *, lr):
    """Three steps down the gradient, then up."""
    t = state.get("t", 0) + 1
    return w - (lr if t <= 3 else -lr) * g, {"t": t}


def test_patience_stops_and_sets_theta_back_to_the_best_epoch():
    data = toy()
    best, stopped, unlimited = net_of(), net_of(), net_of()
    settings = {"lr": 0.1, "batch_size": 50, "valid": data}
    run(best, data, there_and_back, epochs=3, **settings)
    history = run(stopped, data, there_and_back, epochs=20, patience=2, **settings)
    assert history.stopped_early is True
    assert len(history.valid_loss) == 5 and history.valid_loss.argmin() == 2
    assert np.array_equal(stopped.theta, best.theta)
    history = run(unlimited, data, there_and_back, epochs=5, patience=3, **settings)
    assert history.stopped_early is False
    assert np.array_equal(
        unlimited.theta, best.theta
    )  # the best, although the epochs ran out first


def test_patience_lets_an_improving_run_go_on():
    data = toy()
    history = run(net_of(), data, "sgd", lr=0.05, epochs=10, batch_size=50, valid=data, patience=1)
    assert len(history.valid_loss) == 10 and history.stopped_early is False


@pytest.mark.parametrize(
    "epochs, batch_size", [(5, 16), (1, 50)], ids=["on the way", "by the last step"]
)
def test_divergence_is_recorded_without_a_warning(epochs, batch_size):
    net = net_of(np.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        history = run(net, toy(), "sgd", lr=1e30, epochs=epochs, batch_size=batch_size)
    assert history.diverged_at == len(history.loss)
    assert np.isfinite(history.loss[:-1]).all() and len(history.loss) in (
        1,
        2,
        3,
    )  # no step after it
    assert len(history.train_loss) == (
        batch_size == 50
    )  # an epoch that was cut short is not in the record


def test_a_gradient_that_overflows_stops_a_run_whose_loss_is_still_finite():
    net = Network([Dense(1, 1)], rng=np.random.default_rng(0), loss=mse)
    net.theta = [1e15, 0.0]
    history = run(
        net, ([[1e3]], [[0.0]]), "sgd", lr=1.0
    )  # loss 1e36, gradient 2e21, |g|^2 too large
    assert math.isfinite(history.loss[0]) and history.diverged_at == 1
    assert net.theta[0] == np.float32(1e15)  # no step was taken


def test_divergence_seen_only_by_the_validation_set():
    X, y = toy()
    history = run(net_of(np.float32), (X, y), epochs=4, valid=(X * np.float32(1e38), y))
    assert history.diverged_at == 4 and len(history.valid_loss) == 1


def test_patience_brings_a_diverged_run_back_to_its_best_epoch():
    def explode(w, g, state, *, lr):
        t = state.get("t", 0) + 1
        return w - (lr if t <= 2 else 1e300) * g, {"t": t}

    data = toy()
    best, net = net_of(), net_of()
    run(best, data, "sgd", lr=0.1, epochs=2, batch_size=50)
    history = run(net, data, explode, lr=0.1, epochs=9, batch_size=50, valid=data, patience=5)
    assert history.diverged_at == 3
    assert np.array_equal(net.theta, best.theta)


def test_one_blas_thread_inside_and_the_old_number_after():
    from threadpoolctl import threadpool_info

    def threads():
        return [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]

    seen = []

    def watched(w, g, state, *, lr):
        seen.extend(threads())
        return w, {}

    before = threads()
    run(net_of(), toy(), watched, epochs=1)
    assert set(seen) == {1} and threads() == before


@pytest.mark.parametrize(
    "disable, progress, shown",
    [("", True, True), ("0", True, True), ("1", True, False), ("", False, False)],
)
def test_progress_bar(monkeypatch, capsys, disable, progress, shown):
    monkeypatch.setenv("TQDM_DISABLE", disable)
    run(net_of(), toy(), progress=progress)
    out, err = capsys.readouterr()
    assert out == ""
    assert ("12/12" in err) if shown else (err == "")


X, Y = toy()


@pytest.mark.parametrize("data, message", [
    ((X[:0], Y[:0]), r"X must have shape \(n, 6\), one flat example a row, got \(0, 6\)"),
    ((X[:, :5], Y), r"got \(50, 5\)"),
    ((np.where(X > 2, np.nan, X), Y), "X must be finite"),
    ((X, Y + 1), "class labels must lie between 0 and 3, got 1 to 4"),
    ((X, Y[:-1]), r"integer class labels, shape \(50,\), got int64, shape \(49,\)"),
    ((X, Y / 2), "integer class labels"),
    (X, r"must be a pair \(X, y\), got ndarray"),
    ((X, Y, X), r"must be a pair \(X, y\), got tuple"),
])
@pytest.mark.parametrize("where", ["data", "valid"])
def test_data_that_do_not_fit_are_refused_before_the_first_step(where, data, message):
    net = net_of()
    before = net.theta.copy()
    with pytest.raises(ValueError, match=message) as caught:
        run(net, data) if where == "data" else run(net, (X, Y), valid=data)
    assert "\n" not in str(caught.value) and np.array_equal(net.theta, before)


def test_lists_are_as_good_as_arrays_unless_they_hold_no_numbers():
    arrays, lists = net_of(), net_of()
    run(arrays, (X, Y))
    run(lists, [X.tolist(), Y.tolist()])
    assert np.array_equal(lists.theta, arrays.theta)
    for data, name in (([["a"] * 6] * 50, Y), "X"), ((X, ["a"] * 50), "y"), ((None, Y), "X"):
        with pytest.raises(TypeError, match=f"{name} must hold numbers .*, got ") as caught:
            run(net_of(), data)
        assert "\n" not in str(caught.value)


TYPES = [
    ("lr", None, "lr must be a number, finite and not negative, got None"),
    ("lr", "0.1", "lr must be a number, finite and not negative, got '0.1'"),
    ("epochs", None, "epochs must be a whole number of at least 1, got None"),
    ("batch_size", None, "batch_size must be a whole number of at least 1, got None"),
    ("batch_size", "16", "batch_size must be a whole number of at least 1, got '16'"),
    ("clip_norm", "1", "clip_norm must be a number, finite and not negative, got '1'"),
    ("rng", 0, r"rng must be a NumPy Generator, such as np.random.default_rng\(0\), got 0"),
    ("penalty", 0.1, r"penalty must be a function theta -> \(value, gradient\), got 0.1"),
    ("penalty", np.sum, r"penalty must return a pair \(value, gradient\), got float64"),
    ("penalty", np.copy, r"penalty must return a pair \(value, gradient\), got ndarray"),
    ("after_step", True, r"after_step must be a function \(net, lr\) -> .*, got True"),
    ("beta3", 0.9, "adam does not know 'beta3'"),
]
RANGES = [
    ("step", "adma", "'adma'; there are sgd, momentum"),
    ("step", None, "no update rule is called None; there are sgd, momentum"),
    ("lr", -0.1, "lr must be finite and not negative, got -0.1"),
    ("lr", math.nan, "lr must be"),
    ("lr", lambda t: -1.0, "lr must be"),
    ("epochs", 0, "epochs must be a whole number of at least 1, got 0"),
    ("epochs", 2.5, "epochs must be a whole number of at least 1, got 2.5"),
    ("batch_size", 0, "batch_size must be a whole number of at least 1, got 0"),
    ("batch_size", 2.5, "batch_size must be"),
    ("clip_norm", -1, "clip_norm must be finite and not negative, got -1"),
    ("patience", 2, r"patience watches the validation loss: it needs valid=\(X, y\)"),
    ("penalty", lambda theta: (0.0, theta[:-1]),
     r"penalty must return a gradient of theta's shape \(151,\), got shape \(150,\)"),
    ("penalty", lambda theta: (theta, 0.0), r"theta's shape \(151,\), got shape \(\)"),
    ("beta1", 1.0, "beta1 must be in"),
]


@pytest.mark.parametrize(("name", "value", "message"), TYPES)
def test_settings_of_another_type_are_named(name, value, message):
    net = net_of()
    with pytest.raises(TypeError, match=message) as caught:
        run_with(net, {name: value})
    assert "\n" not in str(caught.value) and np.array_equal(net.theta, net_of().theta)


@pytest.mark.parametrize(("name", "value", "message"), RANGES)
def test_settings_out_of_range_are_named(name, value, message):
    net = net_of()
    with pytest.raises(ValueError, match=message) as caught:
        run_with(net, {name: value})
    assert "\n" not in str(caught.value) and np.array_equal(net.theta, net_of().theta)


def test_patience_is_a_whole_number():
    with pytest.raises(ValueError, match="patience must be a whole number of at least 1, got 0"):
        run_with(net_of(), {"patience": 0, "valid": (X, Y)})
    with pytest.raises(TypeError, match="patience must be a whole number of at least 1, got '2'"):
        run_with(net_of(), {"patience": "2", "valid": (X, Y)})


def test_a_last_batch_that_is_too_small_for_a_layer_is_refused_before_the_first_step():
    net, fresh = normalised(), normalised()
    with pytest.raises(ValueError, match=r"at least 2 examples .*, got a batch of 1 \(n = 49"):
        run(net, (X[:49], Y[:49]))
    assert np.array_equal(net.theta, fresh.theta) and np.shape(net.layers[1].mean) == ()
    run(net, (X[:50], Y[:50]))


def run_with(net, changes):
    rng = np.random.default_rng(2)
    settings = {"step": "adam", "lr": 0.01, "epochs": 3, "batch_size": 16, "rng": rng} | changes
    return train(net, (X, Y), **settings)


def test_a_penalty_joins_the_gradient_but_not_the_recorded_loss():
    data, free, held = toy(), net_of(), net_of()
    strength = 0.3 * held.is_matrix
    start = held.theta.copy()
    history = run(
        held, data, "sgd", epochs=1, batch_size=50, penalty=functools.partial(l2, strength=strength)
    )
    other = run(free, data, "sgd", epochs=1, batch_size=50)
    np.testing.assert_allclose(
        free.theta - held.theta, 0.01 * strength * start, rtol=1e-9, atol=1e-15
    )
    assert history.loss[0] == other.loss[0] and history.grad_norm[0] != other.grad_norm[0]


def test_decay_after_the_step_is_adamw_up_to_its_order():
    data, mine, theirs = toy(), net_of(), net_of()
    run(theirs, data, "adamw", lr=lambda t: 0.01 / t, weight_decay=0.3)
    rng, state, t = np.random.default_rng(2), {}, 0
    for _ in range(3):
        order = rng.permutation(50)
        for start in range(0, 50, 16):
            t += 1
            rows = order[start:start + 16]
            g = mine.loss_and_grad(data[0][rows], data[1][rows])[1].copy()
            decay(mine.theta, lr=0.01 / t, weight_decay=0.3)
            mine.theta, state = adam(mine.theta, g, state, lr=0.01 / t)
    np.testing.assert_allclose(mine.theta, theirs.theta, rtol=1e-9)


def test_after_step_sees_the_moved_weights_and_the_rate_of_the_step():
    net, seen = net_of(), []

    def watch(same, lr):
        assert same is net
        for layer in net.layers[::2]:
            max_norm(layer.W, 0.5)
        seen.append((lr, float(net.theta.sum())))

    history = run(net, toy(), "sgd", lr=lambda t: 0.1 / t, after_step=watch)
    assert [lr for lr, _ in seen] == history.lr.tolist() and len({total for _, total in seen}) == 12
    assert all(np.linalg.norm(layer.W, axis=0).max() <= 0.5 + 1e-12 for layer in net.layers[::2])


@pytest.mark.parametrize("last", [2, 4, 7])
def test_after_step_can_end_the_run_and_an_unfinished_epoch_is_not_closed(last):
    calls, net = [], net_of()
    history = run(
        net,
        toy(),
        valid=toy(seed=5),
        after_step=lambda net, lr: calls.append(lr) or len(calls) == last,
    )
    assert history.stopped_early and len(history.loss) == len(calls) == last
    assert (
        len(history.train_loss) == len(history.valid_loss) == (last - 1) // 4
    )  # four batches an epoch
    assert history.diverged_at is None and np.isfinite(net.theta).all()


def test_a_rule_that_looks_at_all_weights_is_applied_whole_and_can_keep_what_it_is_given(
    monkeypatch,
):
    monkeypatch.setattr("course_lib.optimizers.calling.BLOCK", 64)  # 8 weights a slice
    kept = []

    def unit(w, g, state, *, lr):
        kept.append((w, g))
        return w - lr * g / np.sqrt(np.sum(g * g)), {}

    net = net_of()
    start = net.theta.copy()
    history = run(net, toy(), unit, lr=0.1, epochs=1, slices=False)
    assert len(kept) == len(history.loss) == 4 and np.array_equal(kept[0][0], start)
    assert [
        np.linalg.norm(b - a)
        for (a, _), b in zip(kept, [*(w for w, _ in kept[1:]), net.theta], strict=True)
    ] == pytest.approx([0.1] * 4)
    np.testing.assert_allclose([np.linalg.norm(g) for _, g in kept], history.grad_norm)
    sliced = net_of()
    run(sliced, toy(), unit, lr=0.1, epochs=1)
    assert not np.allclose(sliced.theta, net.theta)


def test_patience_brings_back_running_averages_too():
    rng = np.random.default_rng(0)
    net = Network([Dense(6, 8), BatchNorm(8), Dense(8, 4)], rng=rng, dtype=np.float64)
    data, valid = toy(), toy(seed=5)
    history = run(net, data, lr=0.3, epochs=20, valid=valid, patience=2)
    assert history.stopped_early
    assert net.loss(*valid) == pytest.approx(history.valid_loss.min(), rel=1e-12)


def test_a_dead_network_is_refused_in_one_sentence_or_trained_on_request():
    net = mlp(SIZES, rng=np.random.default_rng(0), init=zeros)
    message = r"the network is dead: all units of activation layer 1 .* first 50 examples"
    with pytest.raises(ValueError, match=message) as caught:
        run(net, toy())
    assert "\n" not in str(caught.value) and not net.theta.any()
    run(net, toy(), allow_dead=True)
    assert net.layers[-1].b.any() and not net.layers[0].W.any()
    half_dead = net_of()
    half_dead.layers[0].b[:4] = -1e3
    run(half_dead, toy())


def stop_at(call, what=lambda *_: False):
    """Return a function that does `what`, and is interrupted at its call number `call`."""
    calls = []

    def stop(*args, **hyper):
        said = what(*args, **hyper)
        calls.append(said)
        if len(calls) == call:
            raise KeyboardInterrupt
        return said

    return stop


def halve(net, lr):
    net.theta *= 0.5


def normalised():
    rng = np.random.default_rng(0)
    return Network([Dense(6, 8), BatchNorm(8), Dense(8, 4)], rng=rng, dtype=np.float64)


def plain_step(w, g, state, *, lr):
    return w - lr * g, {}


def assert_it_stands_after(net, history, finished, after_step=None):
    """The run that was cut short equals one that was asked to end after that many steps."""
    twin, steps = normalised(), iter(range(1, 99))

    def until(net, lr):
        if after_step is not None:
            after_step(net, lr)
        return next(steps) == finished

    if finished:
        whole = run(twin, toy(), "sgd", lr=0.1, after_step=until, valid=toy(20, seed=5))
        for name in ("loss", "lr", "grad_norm", "train_loss", "valid_loss", "valid_accuracy"):
            epochs = (finished - 1) // 4  # a run that ends by after_step leaves its epoch open
            steps = slice(None) if name in ("loss", "lr", "grad_norm") else slice(epochs)
            np.testing.assert_array_equal(getattr(history, name), getattr(whole, name)[steps])
    np.testing.assert_array_equal(net.theta, twin.theta)
    for name in ("mean", "var"):
        np.testing.assert_array_equal(getattr(net.layers[1], name), getattr(twin.layers[1], name))


SLICES = math.ceil(normalised().theta.size / 8)  # 8 weights a slice, in the tests below


@pytest.mark.parametrize(("place", "call", "finished"), [
    ("gradient", 1, 0), ("gradient", 7, 6), ("penalty", 8, 6), ("rule", 6 * SLICES + 1, 6),
    ("rule", 6 * SLICES + 3, 6), ("rule", 7 * SLICES, 6), ("after_step", 7, 6),
    ("validation", 2, 8)])
def test_the_stop_button_undoes_the_step_under_way_and_keeps_the_history(
    place, call, finished, monkeypatch, capsys
):
    """One call of the rule a slice; the penalty is called once more, before the first step."""
    monkeypatch.setattr("course_lib.optimizers.calling.BLOCK", 64)
    net, rule, more = normalised(), plain_step, {}
    if place == "gradient":
        net.loss_and_grad = stop_at(call, net.loss_and_grad)
    elif place == "validation":
        net.loss = stop_at(call, net.loss)
    elif place == "rule":
        rule = stop_at(call, plain_step)
    elif place == "penalty":
        more = {"penalty": stop_at(call, lambda theta: (0.0, 0 * theta))}
    else:
        more = {"after_step": stop_at(call, halve)}
    history = run(net, toy(), rule, lr=0.1, valid=toy(20, seed=5), **more)
    assert history.interrupted is True and history.stopped_early is False
    assert history.diverged_at is None and len(history.loss) == finished
    assert capsys.readouterr().out == (
        f"Stopped by you after step {finished} of 12: the network stands there, "
        "and the history up to there is returned.\n")
    assert_it_stands_after(net, history, finished, halve if place == "after_step" else None)


def test_a_run_without_a_bar_is_part_of_a_program_that_the_stop_button_ends(capsys):
    net = normalised()
    with pytest.raises(KeyboardInterrupt):
        run(net, toy(), plain_step, lr=0.1, progress=False, after_step=stop_at(7, halve))
    assert capsys.readouterr().out == ""
    twin = normalised()
    twin_history = run(twin, toy(), plain_step, lr=0.1, after_step=stop_at(7, halve))
    assert len(twin_history.loss) == 6 and np.array_equal(net.theta, twin.theta)


def test_with_patience_an_interrupted_run_goes_back_to_its_best_epoch_too(capsys):
    data, best, net = toy(), net_of(), net_of()
    settings = {"lr": 0.1, "batch_size": 50, "valid": data}
    run(best, data, there_and_back, epochs=3, **settings)
    stopped = settings | {"patience": 9, "after_step": stop_at(6)}
    history = run(net, data, there_and_back, epochs=20, **stopped)
    assert history.interrupted and len(history.loss) == len(history.valid_loss) == 5
    assert np.array_equal(net.theta, best.theta)
    assert "after step 5 of 20: the network stands at its best epoch" in capsys.readouterr().out


@pytest.fixture
def default_handler():
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("delay", [0.01, 0.031, 0.052])
def test_a_real_signal_leaves_a_run_at_a_finished_step(delay, default_handler, capsys):
    """The signal comes from another thread, at any moment: what is left is a run, cut short."""
    timer = threading.Timer(delay, signal.raise_signal, [signal.SIGINT])

    def lr(t):
        if t == 1:
            timer.start()
        return 0.01

    net, twin = normalised(), normalised()
    history = run(net, toy(), "adam", lr=lr, epochs=100_000)
    taken = len(history.loss)
    assert history.interrupted and 0 < taken < 400_000
    assert f"after step {taken} of 400000" in capsys.readouterr().out
    steps = iter(range(1, taken + 1))
    again = run(twin, toy(), "adam", epochs=100_000,
                after_step=lambda net, lr: next(steps) == taken)
    np.testing.assert_array_equal(history.loss, again.loss)
    np.testing.assert_array_equal(net.theta, twin.theta)


def test_a_history_cannot_be_changed_and_knows_how_long_the_run_took():
    began = time.perf_counter()
    history = run(net_of(), toy(), after_step=lambda net, lr: time.sleep(0.01), epochs=1)
    assert 0.04 <= history.seconds <= time.perf_counter() - began
    with pytest.raises(AttributeError):
        history.stopped_early = True
    assert history.interrupted is False
