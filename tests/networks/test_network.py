"""The network: gradient against differences, complex step, TensorFlow; one flat theta; faults
named.
"""
import copy
import itertools
import math
import pickle

import numpy as np
import pytest

from course_lib.frameworks.tensorflow_quietly import import_tensorflow
from course_lib.landscapes.critical_points import gradient
from course_lib.networks.activations import Activation
from course_lib.networks.initializers import glorot, normal, zeros
from course_lib.networks.layers import Dense, Dropout, Residual
from course_lib.networks.losses import mse
from course_lib.networks.network import Network, mlp
from course_lib.networks.normalization import BatchNorm, LayerNorm
from course_lib.optimizers import descent

SIZES = [5, 4, 4, 3]


def small(dtype=np.float64, seed=0):
    """A small network with no bias at zero, and a batch for it."""
    rng = np.random.default_rng(seed)
    net = mlp(SIZES, rng=rng, dtype=dtype)
    net.theta = rng.standard_normal(net.theta.size)
    return net, rng.standard_normal((7, 5)), rng.integers(0, 3, 7)


def regression(dtype=np.float64):
    """The same with a squared error."""
    rng = np.random.default_rng(1)
    net = Network([Dense(5, 4), Activation("relu"), Dense(4, 2)], rng=rng, loss=mse, dtype=dtype)
    return net, rng.standard_normal((7, 5)), rng.standard_normal((7, 2))


def modern(dtype=np.float64):
    """One of everything: normalisation, a residual block, dropout that drops nothing, smooth
    activations.
    """
    rng = np.random.default_rng(2)
    block = Residual([LayerNorm(6), Dense(6, 5), Activation("gelu"), Dense(5, 6)])
    layers = [
        Dense(5, 6),
        BatchNorm(6),
        Activation("silu"),
        block,
        Dropout(0.0, rng=rng),
        Activation("elu"),
        Dense(6, 3),
    ]
    net = Network(layers, rng=rng, dtype=dtype)
    return net, rng.standard_normal((7, 5)), rng.integers(0, 3, 7)


@pytest.mark.parametrize("make", [small, regression, modern])
def test_gradient_agrees_with_central_differences(make):
    net, X, y = make()
    fun = net.objective(X, y)
    theta = net.theta.copy()
    expected = gradient(lambda w: float(fun(w)[0]), theta)
    np.testing.assert_allclose(fun(theta)[1], expected, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("make", [small, regression, modern])
def test_gradient_agrees_with_the_complex_step(make):
    net, X, y = make()
    net_complex, _, _ = make(dtype=np.complex128)
    theta = net.theta.copy()
    _, grad = net.loss_and_grad(X, y)
    for k in range(theta.size):
        nudged = theta.astype(complex)
        nudged[k] += 1e-30j
        net_complex.theta = nudged
        outputs = net_complex.logits(X, training=True)
        assert net_complex.loss_function(outputs, y)[0].imag / 1e-30 == pytest.approx(
            grad[k], rel=1e-11, abs=1e-15
        )


def test_loss_and_gradient_agree_with_tensorflow():
    tf = import_tensorflow()
    net, X, y = small()
    weights = [tf.Variable(array) for layer in net.layers[::2] for array in (layer.W, layer.b)]
    W1, b1, W2, b2, W3, b3 = weights
    with tf.GradientTape() as tape:
        A = tf.nn.relu(tf.nn.relu(X @ W1 + b1) @ W2 + b2) @ W3 + b3
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=A))
    expected = np.concatenate([g.numpy().ravel() for g in tape.gradient(loss, weights)])
    mine, grad = net.loss_and_grad(X, y)
    assert mine == pytest.approx(float(loss), rel=1e-13)
    np.testing.assert_allclose(grad, expected, rtol=1e-11, atol=1e-15)


@pytest.mark.parametrize("X_dtype", [np.float32, np.float64, np.uint8])
def test_every_intermediate_stays_float32(X_dtype):
    net, X, y = small(np.float32)
    seen = []

    def watched(method):
        def call(A, *training):
            seen.extend([A, method(A, *training)])
            return seen[-1]
        return call

    for layer in net.layers:
        layer.forward, layer.backward = watched(layer.forward), watched(layer.backward)
    loss, grad = net.loss_and_grad(np.abs(X).astype(X_dtype), y)
    assert len(seen) == 2 * (
        2 * len(net.layers) - 1
    )  # the first layer does not send a gradient further back
    assert {array.dtype for array in [*seen, loss, grad, net.theta]} == {np.dtype(np.float32)}


def test_layers_look_into_one_flat_theta_and_grad():
    net, X, y = small()
    dense = net.layers[2]
    net.theta[...] = 3.0
    assert (dense.W == 3).all() and (dense.b == 3).all()
    dense.b[1] = 8.0
    assert np.flatnonzero(net.theta == 8).tolist() == [5 * 4 + 4 + 4 * 4 + 1]
    net.theta -= 1.0  # also calls the setter
    assert (dense.W == 2).all() and dense.b[1] == 7
    _, grad = net.loss_and_grad(X, y)
    assert grad is net.grad and np.shares_memory(grad, dense.dW)
    assert net.theta.size == sum(n_in * n_out + n_out for n_in, n_out in itertools.pairwise(SIZES))
    parts = [part.ravel() for layer in net.layers[::2] for part in (layer.dW, layer.db)]
    assert np.array_equal(np.concatenate(parts), grad)


def test_assigning_theta_copies_the_values_in():
    net, _, _ = small()
    mine = np.ones(net.theta.size)
    net.theta = mine
    mine[0] = 9
    assert net.theta[0] == net.layers[0].W[0, 0] == 1


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda net: pickle.loads(pickle.dumps(net))],
                         ids=["deepcopy", "pickle"])
def test_a_copy_is_whole_and_independent(duplicate):
    net, X, y = small()
    loss, grad = net.loss_and_grad(X, y)
    grad = grad.copy()
    twin = duplicate(net)
    twin.theta[...] = 0.0
    assert twin.loss(X, y) == pytest.approx(math.log(3))
    assert net.loss(X, y) == loss
    twin.theta = net.theta
    assert np.array_equal(twin.loss_and_grad(X, y)[1], grad)


def test_mean_over_the_batch():
    """Twice the same examples, the same loss and gradient."""
    net, X, y = small()
    loss, grad = net.objective(X, y)(net.theta)
    loss_twice, grad_twice = net.objective(np.vstack([X, X]), np.append(y, y))(net.theta)
    assert loss_twice == pytest.approx(loss, rel=1e-13)
    np.testing.assert_allclose(grad_twice, grad, rtol=1e-11, atol=1e-15)


def test_objective_obeys_the_contract_and_minimize_descends_it():
    net, X, y = small()
    fun = net.objective(X, y)
    theta = net.theta.copy()
    loss, grad = fun(theta)
    kept = grad.copy()
    fun(theta + 1)
    assert np.array_equal(grad, kept) and loss.shape == () and grad.shape == theta.shape
    assert fun(theta)[0] == loss
    run = descent.minimize(fun, theta, "sgd", lr=0.05, n_steps=40)
    assert run.loss[0] == loss and (np.diff(run.loss) < 0).all()
    first = theta - 0.05 * grad
    np.testing.assert_allclose(run.w[1], first, rtol=1e-14)


def test_weights_are_drawn_layer_by_layer_and_biases_start_at_zero():
    net = mlp([3, 2, 2], rng=np.random.default_rng(5), init=glorot, dtype=np.float64)
    rng = np.random.default_rng(5)
    assert np.array_equal(net.layers[0].W, glorot(rng, (3, 2), np.float64))
    assert np.array_equal(net.layers[2].W, glorot(rng, (2, 2), np.float64))
    assert not net.layers[0].b.any() and not net.layers[2].b.any()


def test_the_loss_before_training_is_about_ln_10():
    rng = np.random.default_rng(0)
    X, y = rng.random((200, 784)), rng.integers(0, 10, 200)
    sizes = [784, 128, 128, 10]
    assert mlp(sizes, rng=rng, init=zeros).loss(X, y) == pytest.approx(math.log(10), rel=1e-6)
    assert mlp(sizes, rng=rng, init=normal).loss(X, y) == pytest.approx(math.log(10), abs=0.01)
    # He's logits have the variance 2 E[x^2] = 2/3, which costs half of it times (1 - 1/10), to
    # second order.
    losses = [mlp(sizes, rng=np.random.default_rng(seed)).loss(X, y) for seed in range(20)]
    assert np.mean(losses) == pytest.approx(
        math.log(10) + 0.3, abs=0.1
    )  # 50 seeds: 2.59, spread of one 0.14


def test_predict_and_accuracy():
    net = Network([Dense(2, 2)], rng=np.random.default_rng(0))
    net.layers[0].W[...] = np.eye(2)
    X = np.array([[1, 0], [0, 1], [3, 2], [1, 5]])
    assert net.predict(X).tolist() == [0, 1, 0, 1]
    assert net.accuracy(X, np.array([0, 1, 1, 1])) == 0.75


def test_mlp_puts_a_relu_between_each_two():
    net = mlp([6, 5, 4, 3], rng=np.random.default_rng(0))
    assert [type(layer) for layer in net.layers] == [Dense, Activation, Dense, Activation, Dense]
    assert [layer.shapes["W"] for layer in net.layers[::2]] == [(6, 5), (5, 4), (4, 3)]
    assert net.theta.dtype == np.float32 and (net.n_in, net.n_out) == (6, 3)


USED = Dense(3, 3)
Network([USED], rng=np.random.default_rng(0))
TWICE = Activation("relu")


@pytest.mark.parametrize(
    "layers, message",
    [
        (
            [Dense(4, 3), Activation("relu"), Dense(2, 2)],
            "layer 3 takes rows of 2, but is given rows of 3",
        ),
        ([Activation("relu")], "at least one layer with weights"),
        ([], "at least one layer with weights"),
        ([USED], "a layer has one place in one network"),
        ([Residual([USED])], "a layer has one place in one network"),
        ([Dense(3, 4), Residual([Dense(5, 5)])], "layer 2 takes rows of 5, but is given rows of 4"),
        ([Dense(3, 3), TWICE, Dense(3, 3), TWICE], "a layer has one place in one network"),
    ],
    ids=["gap", "weightless", "empty", "used", "used in a block", "gap before a block", "twice"],
)
def test_layers_that_make_no_network(layers, message):
    with pytest.raises(ValueError, match=message):
        Network(layers, rng=np.random.default_rng(0))


def test_a_gap_is_seen_across_layers_of_any_width():
    net = Network(
        [Activation("relu"), Dense(4, 3), Activation("relu")], rng=np.random.default_rng(0)
    )
    assert (net.n_in, net.n_out) == (4, 3)


@pytest.mark.parametrize("X, message", [
    (np.zeros((3, 4)), r"X must have shape \(n, 5\), one flat example a row, got \(3, 4\)"),
    (np.zeros(5), r"got \(5,\)"),
    (np.zeros((3, 5, 5)), r"got \(3, 5, 5\)"),
    (np.zeros((0, 5)), r"got \(0, 5\)"),
    (np.full((3, 5), np.nan), "X must be finite"),
    (np.array([[0, 0, 0, 0, np.inf]] * 3), "X must be finite"),
])
def test_inputs_that_do_not_fit_are_refused_in_one_sentence(X, message):
    net, _, _ = small()
    y = np.zeros(len(X), int)
    for use in (
        net.logits,
        net.predict,
        lambda X: net.loss(X, y),
        lambda X: net.loss_and_grad(X, y),
        lambda X: net.accuracy(X, y),
        lambda X: net.objective(X, y),
        lambda X: net.check(X, y),
    ):
        with pytest.raises(ValueError, match=message) as caught:
            use(X)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("y", [[0, 1, 3], [0, -1, 2], [0, 1], [0.0, 1.0, 2.0], [[0], [1], [2]]])
def test_labels_that_do_not_fit_are_refused(y):
    net, X, _ = small()
    for use in (net.loss, net.loss_and_grad, net.accuracy, net.objective, net.check):
        with pytest.raises(ValueError, match=r"labels"):
            use(X[:3], np.array(y))


def test_other_faults_are_named():
    net, _, _ = small()
    with pytest.raises(ValueError, match=r"theta has shape \(59,\), got values of shape \(3,\)"):
        net.theta = np.zeros(3)
    with pytest.raises(ValueError, match="theta has shape"):
        net.theta = 0.0
    with pytest.raises(AttributeError):
        net.grad = np.zeros(59)
    with pytest.raises(
        TypeError, match=r"rng must be a NumPy Generator, such as np.random.default_rng\(0\), got 7"
    ):
        mlp([2, 2], rng=7)


@pytest.mark.parametrize(("change", "fault", "message"), [
    ({"dtype": np.int64}, ValueError, "dtype must be np.float32 or np.float64, .*, got int64"),
    ({"dtype": np.float16}, ValueError, "dtype must be np.float32 .*, got float16"),
    ({"dtype": None}, ValueError, "dtype must be np.float32 .*, got None"),
    ({"dtype": "single precision"}, ValueError, "dtype must be .*, got 'single precision'"),
    ({"sizes": [4]}, ValueError, r"at least two entries, input and output, got \[4\]"),
    ({"sizes": 4}, ValueError, "at least two entries, input and output, got 4"),
    ({"sizes": [4, "a"]}, TypeError, "n_out must be a whole number of at least 1, got 'a'"),
    ({"init": "he"}, TypeError, "init must be a function, got 'he'"),
    ({"loss": "mse"}, TypeError, "loss must be a function, got 'mse'")])
def test_wrong_settings_of_mlp_are_named(change, fault, message):
    with pytest.raises(fault, match=message) as caught:
        mlp(**{"sizes": [2, 2], "rng": np.random.default_rng(0)} | change)
    assert "\n" not in str(caught.value)


def test_what_is_no_layer_is_named():
    rng = np.random.default_rng(0)
    with pytest.raises(TypeError, match=r"a layer needs n_in, .*, got 'relu' without n_in"):
        Network([Dense(2, 2), "relu"], rng=rng)
    with pytest.raises(TypeError, match="layers must be a list of layers, got <"):
        Network(Dense(2, 2), rng=rng)


def test_mlp_takes_a_loss():
    net = mlp([3, 2], rng=np.random.default_rng(0), loss=mse)
    X, y = np.ones((4, 3)), np.zeros((4, 2))
    assert net.loss(X, y) == mse(net.logits(X), y)[0]


@pytest.mark.parametrize("X", [[["a"] * 5], [[None] * 5], None, "a", [[1.0], [1.0, 2.0]]])
def test_inputs_that_hold_no_numbers_are_named(X):
    net, _, _ = small()
    with pytest.raises(TypeError, match="X must hold numbers") as caught:
        net.logits(X)
    assert "\n" not in str(caught.value)
    with pytest.raises(TypeError, match="theta must hold numbers"):
        net.theta = X


@pytest.mark.parametrize("name", ["W", "b", "dW", "db"])
def test_a_replaced_array_is_refused_and_the_layer_stays_tied_to_theta(name):
    net, X, y = small()
    layer, theta = net.layers[2], net.theta.copy()
    for use in (lambda: net.loss_and_grad(X, y), lambda: net.logits(X), net.snapshot):
        setattr(layer, name, np.ones_like(getattr(layer, name)))
        said = rf"{name} of Dense was replaced .* layer.{name}\[...\]"
        with pytest.raises(ValueError, match=said):
            use()
        assert np.array_equal(net.theta, theta)
        use()
    getattr(layer, name)[...] = 7.0
    flat = net.grad if name[0] == "d" else net.theta
    assert np.sum(flat == 7.0) == getattr(layer, name).size


def test_a_way_back_that_replaces_its_gradient_is_refused():
    class Careless(Dense):
        def parameter_gradients(self, D):
            self.dW, self.db[...] = self.X.T @ D, D.sum(axis=0)

    net = Network([Dense(5, 4), Careless(4, 3)], rng=np.random.default_rng(0))
    _, X, y = small()
    with pytest.raises(ValueError, match="dW of Careless was replaced"):
        net.loss_and_grad(X, y)


@pytest.mark.parametrize(("n", "batch_size", "smallest"), [(101, 50, 1), (1, 50, 1), (7, 1, 1)])
def test_batches_too_small_for_a_layer_are_refused(n, batch_size, smallest):
    net, _, _ = modern()
    with pytest.raises(ValueError, match=rf"BatchNorm needs batches of at least 2 .* of {smallest} "
                                         rf"\(n = {n}, batch_size = {batch_size}\)"):
        net.check_batches(n, batch_size)
    small()[0].check_batches(n, batch_size)


@pytest.mark.parametrize(("n", "batch_size"), [(100, 50), (102, 50), (2, 50), (50, 2)])
def test_batches_of_two_are_large_enough(n, batch_size):
    modern()[0].check_batches(n, batch_size)


def test_batches_are_checked_inside_blocks_and_by_the_number_a_layer_gives():
    inside = BatchNorm(4)
    net = Network([Residual([Dense(4, 4), inside])], rng=np.random.default_rng(0))
    with pytest.raises(ValueError, match="BatchNorm"):
        net.check_batches(9, 4)
    inside.least_batch = 4
    with pytest.raises(ValueError, match="at least 4 examples in training, got a batch of 3"):
        net.check_batches(11, 4)
    with pytest.raises(TypeError, match="batch_size must be a whole number"):
        net.check_batches(11, None)


def test_parameters_inside_blocks_lie_in_theta_and_start_where_their_layer_says():
    net, _, _ = modern()
    block = net.layers[3].layers
    assert net.theta.size == 5 * 6 + 6 + 2 * 6 + 2 * 6 + 6 * 5 + 5 + 5 * 6 + 6 + 6 * 3 + 3
    for layer, name in ((block[1], "W"), (block[0], "gamma"), (net.layers[1], "b")):
        assert np.shares_memory(getattr(layer, name), net.theta) and np.shares_memory(
            getattr(layer, "d" + name), net.grad
        )
    assert (block[0].gamma == 1).all() and (net.layers[1].gamma == 1).all() and not block[0].b.any()
    assert net.is_matrix.sum() == 5 * 6 + 6 * 5 + 5 * 6 + 6 * 3
    net.theta = np.where(net.is_matrix, 3.0, 5.0)
    assert (block[3].W == 3).all() and (block[3].b == 5).all() and (block[0].gamma == 5).all()


def test_training_and_evaluation_differ_where_they_should():
    rng = np.random.default_rng(0)
    net = Network([Dense(4, 50), Dropout(0.5, rng=rng), Dense(50, 2)], rng=rng)
    X = rng.standard_normal((8, 4))
    assert np.array_equal(net.logits(X), net.logits(X))
    assert not np.array_equal(net.logits(X, training=True), net.logits(X, training=True))
    assert net.loss_and_grad(X, np.zeros(8, int))[0] != net.loss(X, np.zeros(8, int))


@pytest.mark.parametrize("trained", [False, True])
def test_a_snapshot_brings_back_weights_and_running_averages(trained):
    net, X, y = modern(np.float32)
    if trained:
        net.loss_and_grad(X, y)
    before, kept = net.logits(X), net.snapshot()
    for _ in range(3):
        net.loss_and_grad(X + 1, y)
        net.theta += 1
    for _ in range(2):  # restoring must not hand out the snapshot's own arrays
        net.restore(kept)
        assert np.array_equal(net.logits(X), before) and net.logits(X).dtype == np.float32
        net.loss_and_grad(X + 2, y)


def test_a_snapshot_is_whole_where_a_layer_changes_its_buffer_in_place():
    class Counter(Dense):
        buffers = ("seen",)

        def forward(self, X, training=False):
            self.seen[0] += len(X) * training
            return super().forward(X, training)

    layer, (_, X, y) = Counter(5, 3), small()
    layer.seen = np.zeros(1)
    net = Network([layer], rng=np.random.default_rng(0))
    kept = net.snapshot()
    for _ in range(2):
        net.loss_and_grad(X, y)
        assert layer.seen[0] == len(X)
        net.restore(kept)
        assert layer.seen[0] == 0


def test_dead_units_are_counted_layer_by_layer():
    net = mlp([4, 4, 4, 2], rng=np.random.default_rng(0))
    net.layers[0].W[...], net.layers[0].b[...] = np.eye(4), [0, 0, -9, -9]
    net.layers[2].W[...], net.layers[2].b[...] = 0, [1, 1, 1, -1]
    assert net.dead_units(np.ones((3, 4))) == [0.5, 0.25]
    blocked = Network(
        [Dense(2, 2), Residual([Activation("relu"), Dense(2, 2)])],
        rng=np.random.default_rng(0),
        init=zeros,
    )
    assert blocked.dead_units(np.ones((3, 2))) == []


@pytest.mark.parametrize(("X", "said"), [
    (np.full((2, 3), 1e300), "X must fit float32, got a number beyond its range"),
    (np.full((2, 3), np.nan), "X must be finite, got NaN or infinity"),
    (np.ones((2, 3)) * 1j, "X must be real in a network with real weights"),
])
def test_what_the_network_cannot_hold_is_named(X, said):
    net = mlp([3, 2], rng=np.random.default_rng(0))
    with pytest.raises(ValueError, match=said):
        net.logits(X)
