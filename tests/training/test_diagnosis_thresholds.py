"""Where each test of the checklist begins to speak: just inside its limit nothing, just outside a
sentence.
"""
import numpy as np
import pytest

from course_lib.networks.activations import Activation
from course_lib.networks.layers import Dense
from course_lib.networks.losses import mse, softmax_cross_entropy
from course_lib.networks.network import Network
from course_lib.networks.normalization import BatchNorm
from course_lib.training.checklist_data import rms
from course_lib.training.diagnosis import TESTS, Case, sanity_check


def network(*layers, loss=softmax_cross_entropy):
    """A network in double precision, all weights and biases 0."""
    net = Network(layers, rng=np.random.default_rng(0), loss=loss, dtype=np.float64)
    net.theta = 0 * net.theta
    for layer in net.layers:
        if hasattr(layer, "gamma"):
            layer.gamma[...] = 1
    return net


def look(name, net, X, y, *, valid=None, step="sgd", lr=0.1, batch_size=1):
    rng = np.random.default_rng(0)
    return TESTS[name](Case(net, (X, y), valid, step, lr, rng, batch_size))


def signs(n, width=2):
    """(n, width) of 1 and -1, as many of one as of the other in every column."""
    return np.where((np.arange(n)[:, None] + np.arange(width)) % 2, 1.0, -1.0)


CLASSIFIER = network(Dense(2, 2))


@pytest.mark.parametrize(("scale", "found"), [(0.049, 1), (0.051, 0), (4.9, 0), (5.1, 1)])
def test_the_root_mean_square_of_inputs(scale, found):
    said = look("inputs", CLASSIFIER, scale * signs(40), np.arange(40) % 2)
    assert bool(said) == found and (not found or f"root mean square of {scale:.2g};" in said)


@pytest.mark.parametrize(("share", "found"), [(0.89, 0), (0.91, 1)])
def test_the_mean_of_inputs(share, found):
    X = np.sqrt(share) + np.sqrt(1 - share) * signs(40)
    assert bool(look("inputs", CLASSIFIER, X, np.arange(40) % 2)) == found


@pytest.mark.parametrize(("often", "found"), [(80, 0), (81, 1)])
def test_the_share_of_one_class(often, found):
    said = look("classes", CLASSIFIER, signs(100), (np.arange(100) < often).astype(int))
    assert said == ("81% of the examples have the label 1: accuracy will say little"
                    if found else None)


@pytest.mark.parametrize("labels", [True, False])
@pytest.mark.parametrize(("changes", "found"), [(240, 1), (260, 0)])
def test_neighbours_with_one_label(changes, found, labels):
    """1 001 examples, two classes: of 1 000 pairs, 500 are alike by chance, and 750 are enough."""
    y = (np.arange(1001) * (changes + 1) // 1001) % 2
    net = CLASSIFIER if labels else network(Dense(2, 1), loss=mse)
    assert bool(look("order", net, signs(1001), y if labels else y[:, None].astype(float))) == found


@pytest.mark.parametrize(("n", "found"), [(19, 0), (20, 1)])
def test_too_few_examples_lie_in_no_order(n, found):
    assert bool(look("order", CLASSIFIER, signs(n), (np.arange(n) < n // 2).astype(int))) == found


@pytest.mark.parametrize("labels", [True, False])
@pytest.mark.parametrize(("share", "n", "found"), [(0.96, 100, 1), (0.94, 100, 0), (0.96, 96, 0)])
def test_the_variance_that_the_label_explains(share, n, found, labels):
    y = np.arange(n) // 2 % 2
    X = np.stack([signs(n)[:, 0], (2 * y - 1) + np.sqrt(1 / share - 1) * signs(n)[:, 0]], axis=1)
    net = CLASSIFIER if labels else network(Dense(2, 1), loss=mse)
    said = look("leak", net, X, y if labels else y[:, None].astype(float))
    assert bool(said) == found and (not found or said.startswith("1 inputs can be computed from the label"
                                                                 ", the first is number 1:"))


@pytest.mark.parametrize(("twins", "found"), [(2, 0), (3, 1)])
def test_the_share_of_copies(twins, found):
    X = np.arange(600.0).reshape(300, 2)
    valid = X[:200] + 0.5
    valid[:twins] = X[5:5 + twins]
    y = np.arange(300) % 2
    assert bool(look("copies", CLASSIFIER, X, y, valid=(valid, y[:200]))) == found


@pytest.mark.parametrize(("rest", "found"), [(0.009, 0), (0.011, 1)])
def test_the_loss_of_a_perfect_answer(rest, found):
    net = network(Dense(2, 1), loss=lambda out, y: (mse(out, y)[0] + rest, mse(out, y)[1]))
    assert bool(look("perfect", net, signs(40), signs(40, 1))) == found


@pytest.mark.parametrize(("factor", "found"), [(31, 1), (29, 0), (1 / 29, 0), (1 / 31, 1), (0, 0)])
def test_the_growth_of_the_signal(factor, found):
    net = network(Dense(2, 2), Dense(2, 2), Dense(2, 2))
    net.layers[0].W[...], net.layers[1].W[...] = factor * np.eye(2), np.eye(2)
    said = look("signal", net, signs(40), np.arange(40) % 2)
    growth = f"from layer to layer the signal is multiplied by {factor**0.5:.2g}:"
    assert said is None if not found else said.startswith(growth)


def test_two_layers_have_a_signal_and_one_has_none():
    net = network(Dense(2, 2), Dense(2, 2))
    net.layers[0].W[...] = 31 * np.eye(2)
    assert "multiplied by 31:" in look("signal", net, signs(40), np.arange(40) % 2)
    assert look("signal", CLASSIFIER, signs(40), np.arange(40) % 2) is None


def test_the_signal_is_that_of_training():
    net = network(Dense(2, 2), BatchNorm(2), Dense(2, 2))
    net.layers[0].W[...] = 100 * np.eye(2)
    assert look("signal", net, signs(40), np.arange(40) % 2, batch_size=20) is None


def deep(activation):
    """Two layers of four units, of which every one gives its bias; the second gets it by hand."""
    return network(Dense(2, 4), Activation(activation), Dense(4, 4), Activation(activation),
                   Dense(4, 2))


@pytest.mark.parametrize("layer", [0, 2])
@pytest.mark.parametrize(("units", "found"), [(2, 0), (3, 1)])
def test_the_share_of_dead_units_of_the_worst_layer(units, found, layer):
    net = deep("relu")
    net.layers[0].b[...] = net.layers[2].b[...] = 1
    net.layers[layer].b[:units] = -1
    said = look("dead", net, signs(40), np.arange(40) % 2)
    assert said == ("75% of the units of a layer have the slope 0 for all examples"
                    if found else None)


@pytest.mark.parametrize("layer", [0, 2])
@pytest.mark.parametrize(("activation", "bias", "units", "found"), [
    ("tanh", 2.20, 2, 0), ("tanh", 2.20, 3, 1), ("tanh", 2.15, 4, 0),  # 1 - tanh(2.18)^2 = 0.05
    ("sigmoid", 4.40, 3, 1), ("sigmoid", 4.30, 4, 0)])  # s(4.36) (1 - s(4.36)) = 0.05/4
def test_the_share_of_small_slopes_of_the_worst_layer(activation, bias, units, found, layer):
    net = deep(activation)
    net.layers[layer].b[:units] = bias
    said = look("saturated", net, signs(40), np.arange(40) % 2)
    assert bool(said) == found and (not found or "75% of all slopes" in said)


@pytest.mark.parametrize(("label", "logit", "found"), [
    (1, 2.60, 0), (1, 2.65, 1),  # ln(1 + e^2.62) = ln 2 + 2
    (0, 0.87, 0), (0, 0.90, 1)])  # ln(1 + e^-0.88) = ln 2 / 2
def test_the_first_loss_of_labels(label, logit, found):
    net = network(Dense(2, 2))
    net.layers[0].b[0] = logit
    assert bool(look("first", net, signs(40), np.full(40, label))) == found


@pytest.mark.parametrize(("output", "found"), [(4.15, 0), (4.18, 1), (0.28, 0), (0.31, 1)])
def test_the_first_loss_of_targets(output, found):
    """(output - 1)^2 beside 1: from a half to ten."""
    net = network(Dense(2, 1), loss=mse)
    net.layers[0].b[0] = output
    assert bool(look("first", net, signs(40), np.ones((40, 1)))) == found


@pytest.mark.parametrize(("weights", "place"), [
    ((1, 1.1e-4), None), ((1, 0.9e-4), 1), ((0.9e-4, 1), 2), ((1.1e-4, 1), None)])
def test_the_gradient_of_the_smallest_layer(weights, place):
    """In w2 w1 x, the gradient of each weight has the other as a factor."""
    net = network(Dense(1, 1), Dense(1, 1), loss=mse)
    net.layers[0].W[...], net.layers[1].W[...] = weights
    said = look("gradient", net, signs(40, 1), np.ones((40, 1)) + signs(40, 1), lr=0.0)
    assert (said is None) if place is None else said.startswith(
        f"the gradient of weight layer {place} is 9e-05 times that of the largest")


@pytest.mark.parametrize(("target", "found"), [(2.25, 0), (2.35, 1), (0.0, 0)])
def test_how_far_two_hundred_steps_of_adam_with_a_rate_of_a_hundredth_lead(target, found):
    """A bias alone goes about 1.6 far; a tenth of the loss is left when 0.32 of the way is."""
    sizes = []
    net = network(Dense(2, 1), loss=lambda out, y: sizes.append(len(y)) or mse(out, y))
    assert bool(look("twenty", net, np.zeros((40, 2)), np.full((40, 1), target))) == found
    assert sizes[-200:] == [20] * 200 and sizes[:-200].count(20) == 0


@pytest.mark.parametrize(("lr", "word"), [
    (0.49, ""), (0.51, "high"), (1.1e-5, ""), (0.9e-5, "low")])
@pytest.mark.parametrize("layer", [0, 1])
def test_the_longest_step_beside_its_weights(lr, word, layer):
    net = network(Dense(1, 1), Dense(1, 1), loss=mse)
    net.layers[0].W[...] = net.layers[1].W[...] = 1.0

    def stretch(w, g, state, *, lr):
        w = w.copy()
        w[2 * layer] *= 1 + lr  # W and b of one layer after the other
        return w, state

    said = look("ratio", net, signs(40, 1), signs(40, 1), step=stretch, lr=lr)
    assert said is None if not word else said.endswith(f"is lr = {lr:g} too {word}?")


@pytest.mark.parametrize(("last", "found"), [(10, 1), (11, 0)])
def test_the_ratio_is_that_of_ten_steps(last, found):
    net = network(Dense(1, 1), loss=mse)
    net.layers[0].W[...] = 1.0

    def jump(w, g, state, *, lr):
        t = state.get("t", 0) + 1
        return (3 if t == last else 1.01) * w, {"t": t}

    assert bool(look("ratio", net, signs(40, 1), signs(40, 1), step=jump)) == found


def test_a_network_without_weights_that_count_has_no_ratio():
    assert look("ratio", network(Dense(1, 1), loss=mse), signs(4, 1), signs(4, 1)) is None


def test_a_batch_of_the_planned_run_has_fifty_examples_unless_it_is_said():
    sizes = []
    net = network(Dense(2, 1), loss=lambda out, y: sizes.append(len(y)) or mse(out, y))
    settings = {"step": "sgd", "lr": 0.1, "rng": np.random.default_rng(0), "quiet": True}
    sanity_check(net, (signs(120), signs(120, 1)), **settings)
    assert sizes[-3:] == [50, 50, 20]  # the last test takes the planned steps
    sanity_check(net, (signs(120), signs(120, 1)), batch_size=70, **settings)
    assert sizes[-2:] == [70, 50]


def test_a_last_batch_of_one_is_refused_as_training_would():
    net = network(Dense(2, 2), BatchNorm(2), Dense(2, 2))
    with pytest.raises(ValueError, match="BatchNorm needs batches of at least 2 examples"):
        look("ratio", net, signs(41), np.arange(41) % 2, batch_size=20)


def test_examples_are_drawn_without_repetition_and_with_their_labels():
    X = np.arange(20.0).reshape(10, 2)
    case = Case(CLASSIFIER, (X, np.arange(10) % 2), None, "sgd", 0.1, np.random.default_rng(0), 1)
    rows, y = case.some(7)
    assert len(rows) == len({tuple(row) for row in rows}) == 7
    assert y.tolist() == [int(a) // 2 % 2 for a, _ in rows] != [0, 1, 0, 1, 0, 1, 0]
    assert len(case.some(99)[0]) == 10


def test_the_root_mean_square_is_summed_in_double_precision():
    assert rms(np.full(4, 3e30, np.float32)) == pytest.approx(3e30)


@pytest.mark.parametrize(("changes", "error", "message"), [
    ({"lr": "0.1"}, TypeError, "lr must be a number, finite and not negative, got '0.1'"),
    ({"rng": 0}, TypeError, "rng must be a NumPy Generator"),
    ({"batch_size": None}, TypeError, "batch_size must be a whole number of at least 1, got None"),
    ({"step": "adma"}, ValueError, "no update rule is called 'adma'")])
def test_wrong_settings_are_named(changes, error, message):
    settings = {"step": "sgd", "lr": 0.1, "rng": np.random.default_rng(0)} | changes
    with pytest.raises(error, match=message) as caught:
        sanity_check(CLASSIFIER, (signs(40), np.arange(40) % 2), **settings)
    assert "\n" not in str(caught.value)
