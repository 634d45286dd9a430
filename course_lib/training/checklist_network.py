"""The checklist's tests of loss, network and steps. Each takes a `diagnosis.Case` and returns a
sentence, or None where it finds nothing.

Notebooks: none directly.
"""
import numpy as np

from course_lib.data.datasets import batches
from course_lib.networks.layers import leaves
from course_lib.optimizers.rules import adam
from course_lib.training.checklist_data import rms

LARGEST_SLOPE = {"tanh": 1.0, "sigmoid": 0.25}


def dense(net):
    """Return the layers of a network that have a weight matrix."""
    return [layer for layer in leaves(net.layers) if "W" in layer.shapes]


def perfect(case):
    """The loss of answers without fault, beside that of guessing."""
    y = case.y[:100]
    answer = 100 * np.eye(case.n_out)[y] if case.labels else y.astype(float)
    best, guess = float(case.loss(answer, y)[0]), case.loss_of_guessing(y)
    if best > 0.01 * max(guess, 1e-30):
        return (f"a perfect answer has the loss {best:.3g}, not 0: "
                "is it the right loss for these outputs?")


def alike(case):
    """Hidden layers whose units all have the same weights. In the last layer the labels tell the
    units apart, and zero weights are common there.
    """
    twins = [k for k, layer in enumerate(dense(case.net())[:-1], start=1)
             if layer.n_out > 1 and not np.ptp(layer.W, axis=1).any()]
    if twins:
        return f"all units of weight layer {twins} have the same weights: they will stay alike"


def signal(case):
    """How the signal grows or dies from the first to the last layer of weights."""
    net = case.net()
    net.logits(case.some(200)[0], training=True)
    sizes = [rms(layer.X) for layer in dense(net)]
    if len(sizes) < 2 or 1 / 30 < sizes[-1] / max(sizes[0], 1e-30) < 30 or sizes[-1] == 0:
        return None
    growth = (sizes[-1] / sizes[0]) ** (1 / (len(sizes) - 1))
    return f"from layer to layer the signal is multiplied by {growth:.2g}: look at the initialiser"


def dead(case):
    """Units that pass no gradient back; those of tanh and sigmoid are saturated instead."""
    net = case.net()
    shares = net.dead_units(case.some(1000)[0])
    names = [layer.name for layer in net.layers if hasattr(layer, "dead")]
    worst = max((share for share, name in zip(shares, names, strict=True)
                 if name not in LARGEST_SLOPE), default=0)
    if worst > 0.5:
        return f"{worst:.0%} of the units of a layer have the slope 0 for all examples"


def saturated(case):
    """Slopes of tanh and sigmoid that are nearly 0."""
    net = case.net()
    net.logits(case.some(200)[0], training=True)
    worst = max((np.mean(layer.slope(layer.X, layer.A) < 0.05 * LARGEST_SLOPE[layer.name])
                 for layer in net.layers if getattr(layer, "name", "") in LARGEST_SLOPE), default=0)
    if worst > 0.5:
        return (f"in one layer {worst:.0%} of all slopes are below 5 % of the largest: "
                "weights or inputs too large")


def first(case):
    """The first loss, beside that of guessing."""
    X, y = case.some(1000)
    loss = float(case.net().loss_and_grad(X, y)[0])
    guess = case.loss_of_guessing(y)
    if not guess / 2 <= loss <= (guess + 2 if case.labels else 10 * guess):
        return f"the first loss is {loss:.3g}, that of guessing {guess:.3g}"


def gradient(case):
    """Whether the gradient of some layer is tiny beside that of another, before and after one step;
    behind a last layer of zeros it is 0 at first.
    """
    net, state, (X, y) = case.net(), {}, case.some(200)
    for _ in range(2):
        _, g = net.loss_and_grad(X, y)
        sizes = [rms(layer.dW) for layer in dense(net)]
        smallest, largest = min(sizes), max(sizes)
        if smallest >= 1e-4 * largest:
            return None
        net.theta, state = case.step(net.theta, g, state, lr=case.lr)
    return (f"the gradient of weight layer {np.argmin(sizes) + 1} is {smallest / largest:.0e} "
            "times that of the largest: it vanishes")


def by_heart(case):
    """Return a network after 200 steps of Adam on twenty examples, its losses, and the examples."""
    net, (X, y), state, losses = case.net(), case.some(20), {}, []
    for _ in range(200):
        loss, g = net.loss_and_grad(X, y)
        losses.append(float(loss))
        net.theta, state = adam(net.theta, g, state, lr=0.01)
    return net, losses, (X, y)


def twenty(case):
    """Whether twenty examples can be learnt by heart."""
    _, losses, _ = case.by_heart()
    left = min(losses) / losses[0] if losses[0] else 0.0
    if not left < 0.1:
        return f"after 200 steps of Adam on 20 examples {left:.0%} of the loss is left"


def modes(case):
    """Whether training mode and evaluation mode give the same answers, dropout averaged out, once
    batch normalisation's averages had time to settle.
    """
    net, _, (X, _) = case.by_heart()
    evaluated = net.logits(X)
    trained = np.mean([net.logits(X, training=True) for _ in range(30)], axis=0)
    apart = rms(evaluated - trained) / max(rms(trained), 1e-30)
    if apart > 0.5:
        return (f"training mode and evaluation mode give outputs {apart:.0%} apart after 200 "
                "steps: look at batch normalisation's running averages")


def ratio(case):
    """The lengths of the planned steps, beside the weights they change."""
    net, state, ratios = case.net(), {}, []
    layers = [layer for layer in dense(net) if layer.W.any()]
    for rows in list(batches(len(case.X), case.batch_size, case.rng))[:10]:
        before = [layer.W.copy() for layer in layers]
        _, g = net.loss_and_grad(case.X[rows], case.y[rows])
        net.theta, state = case.step(net.theta, g, state, lr=case.lr)
        ratios += [np.linalg.norm(layer.W - W) / np.linalg.norm(W)
                   for layer, W in zip(layers, before, strict=True)]
    longest = float(np.max(ratios, initial=0))
    if layers and not 1e-5 <= longest <= 0.5:
        return (f"a step changes the weights by {longest:.1e} of their length: "
                f"is lr = {case.lr:g} too {'low' if longest < 1e-5 else 'high'}?")
