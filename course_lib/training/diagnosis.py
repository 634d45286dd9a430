"""A checklist for a training run that is about to begin: tests of data, loss, network and steps.

A fault makes symptoms further down, so the first finding is the one to look into first.

    inputs     0.05 <= rms <= 5, and mean^2 <= 0.9 rms^2
    classes    every output has examples, none 80 % of them
    order      (share of neighbours in the file with one label - chance) / (1 - chance) < 0.5
    leak       for every feature: variance between the classes / variance <= 0.95
    copies     at most 1 % of the validation rows occur in the training data
    perfect    the loss of a perfect answer is 0 (below 1 % of that of guessing)
    alike      the units of a layer have different weights
    signal     root mean square: last weight layer's input / first's, between 1/30 and 30
    dead       at most half of a layer's units have the slope 0 for all examples
    saturated  at most half of the slopes of tanh or sigmoid are below 5 % of the largest
    first      first loss: half of that of guessing, up to that + 2 (labels) or times 10 (targets)
    gradient   root mean square of a layer's dW: at least 1e-4 of the largest
    twenty     200 steps of Adam bring the loss of twenty examples below a tenth
    ratio      |dW| / |W| of the planned rule and rate, largest of ten steps: 1e-5 to 0.5

Notebooks: 17.
"""
import copy

import numpy as np

from course_lib.arguments import generator, not_negative, one_thread, whole
from course_lib.data.datasets import batches
from course_lib.networks.layers import leaves
from course_lib.optimizers.rules import adam, rule_called

LARGEST_SLOPE = {"tanh": 1.0, "sigmoid": 0.25}


def sanity_check(net, data, *, step, lr, rng, valid=None, batch_size=50, quiet=False):
    """Print what is suspicious about a network that is to be trained, and return it as a dict from
    a test's name to a sentence. A finding is a reason to look, no proof; no finding is none either.

    net: any `Network`, with its loss; it is copied and stays as it is.
    data, valid: (X, y), y labels or targets.
    step, lr: the update rule or its name, and the rate, of the planned run.
    rng: chooses examples.
    batch_size: examples in a batch of the planned run.
    quiet: print nothing.
    Raises ValueError for data that do not fit, or a setting out of range.
    """
    case = Case(net, data, valid, step, lr, rng, batch_size)
    with one_thread(), np.errstate(over="ignore", invalid="ignore"):
        findings = {name: said for name, test in TESTS.items() if (said := test(case)) is not None}
    if not quiet:
        nothing = f"nothing suspicious in {len(TESTS)} tests"
        print("\n".join(f"{name}: {said}" for name, said in findings.items()) or nothing)
    return findings


class Case:
    """What the tests look at: `net()` is a fresh copy; `labels` says whether y holds classes."""

    def __init__(self, net, data, valid, step, lr, rng, batch_size):
        self.X, self.y = net.check(*data)
        self.valid = None if valid is None else net.check(*valid)
        self.net = lambda: copy.deepcopy(net)
        self.step, self.lr = rule_called(step), not_negative("lr", lr)
        self.rng, self.batch_size = generator(rng), whole("batch_size", batch_size)
        net.check_batches(len(self.X), self.batch_size)
        self.labels, self.n_out, self.loss = self.y.ndim == 1, net.n_out, net.loss_function

    def some(self, n):
        """Return n random examples."""
        rows = self.rng.permutation(len(self.X))[:n]
        return self.X[rows], self.y[rows]

    def loss_of_guessing(self, y):
        """Return the loss of the answer 0 to everything: ln k for k classes."""
        return float(self.loss(np.zeros((len(y), self.n_out)), y)[0])


def rms(A):
    """Return the root mean square of an array, a float."""
    return float(np.sqrt(np.mean(np.square(A, dtype=float))))


def inputs(case):
    """The scale and the mean of the inputs."""
    size, mean = rms(case.X), float(case.X.mean(dtype=float))
    if not 0.05 <= size <= 5:
        return f"the inputs have a root mean square of {size:.2g}; bring them to about 1"
    if mean**2 > 0.9 * size**2:
        return f"the inputs have mean {mean:.2g} and vary little around it; subtract the mean"


def classes(case):
    """Which classes there are, and how often."""
    if not case.labels:
        return None
    shares = np.bincount(case.y, minlength=case.n_out) / len(case.y)
    missing = np.flatnonzero(shares == 0).tolist()
    if missing:
        return f"no example of class {missing}: are these all the data?"
    if shares.max() > 0.8:
        return (f"{shares.max():.0%} of the examples have the label {shares.argmax()}: "
                "accuracy will say little")


def order(case):
    """Whether the examples lie sorted."""
    if not case.labels:
        y = case.y[:, 0] - case.y[:, 0].mean()
        alike, chance = float(y[1:] @ y[:-1] / max(y @ y, 1e-30)), 0.0
    else:
        alike = np.mean(case.y[1:] == case.y[:-1])
        chance = np.sum((np.bincount(case.y) / len(case.y)) ** 2)
    if len(case.y) >= 20 and alike - chance >= 0.5 * (1 - chance):
        return (f"neighbours in the file are alike ({alike:.2f}, by chance {chance:.2f}): "
                "does the loop shuffle?")


def leak(case):
    """Features that the label tells, and that may tell the label: correlation ratio (Pearson 1905).
    """
    X = case.X - case.X.mean(axis=0, dtype=float)
    total = np.maximum(np.sum(X * X, axis=0), 1e-30)
    if case.labels:
        Y = (case.y[:, None] == np.arange(case.n_out)).astype(float)
        sizes, combine = np.maximum(Y.sum(axis=0), 1), np.sum
    else:
        Y = case.y - case.y.mean(axis=0, dtype=float)
        sizes, combine = np.maximum(np.sum(Y * Y, axis=0), 1e-30), np.max
    share = combine((Y.T @ X) ** 2 / sizes[:, None], axis=0) / total
    leaks = np.flatnonzero(share > 0.95)
    if len(X) >= 100 and len(leaks):
        return (f"{len(leaks)} features follow from the label, the first is number {leaks[0]}: "
                "will they be known later?")


def copies(case):
    """Whether validation rows are in the training data."""
    if case.valid is None:
        return None
    known = {row.tobytes() for row in case.X}
    share = np.mean([row.tobytes() in known for row in case.valid[0]])
    if share > 0.01:
        return f"{share:.0%} of the validation examples are also in the training data"


def perfect(case):
    """The loss of answers without fault, beside that of guessing."""
    y = case.y[:100]
    answer = 100 * np.eye(case.n_out)[y] if case.labels else y.astype(float)
    best, guess = float(case.loss(answer, y)[0]), case.loss_of_guessing(y)
    if best > 0.01 * max(guess, 1e-30):
        return (f"a perfect answer has the loss {best:.3g}, not 0: "
                "is it the right loss for these outputs?")


def alike(case):
    """Layers whose units all have the same weights."""
    twins = [k for k, layer in enumerate(_dense(case.net()), start=1)
             if layer.n_out > 1 and not np.ptp(layer.W, axis=1).any()]
    if twins:
        return f"all units of weight layer {twins} have the same weights: they will stay alike"


def signal(case):
    """How the signal grows or dies from the first to the last layer of weights."""
    net = case.net()
    net.logits(case.some(200)[0], training=True)
    sizes = [rms(layer.X) for layer in _dense(net)]
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
    """Whether the gradient of some layer is tiny beside that of another."""
    net = case.net()
    net.loss_and_grad(*case.some(200))
    sizes = [rms(layer.dW) for layer in _dense(net)]
    smallest, largest = min(sizes), max(sizes)
    if not smallest >= 1e-4 * largest:
        return (f"the gradient of weight layer {np.argmin(sizes) + 1} is {smallest / largest:.0e} "
                "times that of the largest: it vanishes")


def twenty(case):
    """Whether twenty examples can be learnt by heart."""
    net, (X, y), state, losses = case.net(), case.some(20), {}, []
    for _ in range(200):
        loss, g = net.loss_and_grad(X, y)
        losses.append(float(loss))
        net.theta, state = adam(net.theta, g, state, lr=0.01)
    left = min(losses) / losses[0] if losses[0] else 0.0
    if not left < 0.1:
        return f"after 200 steps of Adam on 20 examples {left:.0%} of the loss is left"


def ratio(case):
    """The lengths of the planned steps, beside the weights they change."""
    net, state, ratios = case.net(), {}, []
    layers = [layer for layer in _dense(net) if layer.W.any()]
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


def _dense(net):
    return [layer for layer in leaves(net.layers) if "W" in layer.shapes]


TESTS = {test.__name__: test for test in (
    inputs, classes, order, leak, copies, perfect,
    alike, signal, dead, saturated, first, gradient, twenty, ratio)}
