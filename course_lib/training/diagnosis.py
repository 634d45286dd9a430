"""A checklist for a training run that is about to begin: tests of data, loss, network and steps.

A fault makes symptoms further down, so the first finding is the one to look into first.

    inputs     0.05 <= rms <= 5, and mean^2 <= 0.9 rms^2
    classes    every output has examples, none 80 % of them
    order      (share of neighbours in the file with one label - chance) / (1 - chance) < 0.5
    leak       for every feature: variance between the classes / variance <= 0.95
    pairs      nearest neighbours have one label more often than by chance
    copies     at most 1 % of the validation rows occur in the training data
    prepared   validation inputs have the mean and the size of the training inputs
    perfect    the loss of a perfect answer is 0 (below 1 % of that of guessing)
    alike      the units of a hidden layer have different weights
    signal     root mean square: last weight layer's input / first's, between 1/30 and 30
    dead       at most half of a layer's units have the slope 0 for all examples
    saturated  at most half of the slopes of tanh or sigmoid are below 5 % of the largest
    first      first loss: half of that of guessing, up to that + 2 (labels) or times 10 (targets)
    gradient   root mean square of a layer's dW: 1e-4 of the largest, at once or after a step
    twenty     200 steps of Adam bring the loss of twenty examples below a tenth
    modes      outputs in training mode and in evaluation mode differ by at most half their size
    ratio      |dW| / |W| of the planned rule and rate, largest of ten steps: 1e-5 to 0.5

Notebooks: 29.
"""
import copy
import functools

import numpy as np

from course_lib.arguments import generator, not_negative, one_thread, whole
from course_lib.optimizers.rules import rule_called
from course_lib.training.checklist_data import (
    classes,
    copies,
    inputs,
    leak,
    order,
    pairs,
    prepared,
)
from course_lib.training.checklist_network import (
    alike,
    by_heart,
    dead,
    first,
    gradient,
    modes,
    perfect,
    ratio,
    saturated,
    signal,
    twenty,
)

TESTS = {test.__name__: test for test in (
    inputs, classes, order, leak, pairs, copies, prepared, perfect,
    alike, signal, dead, saturated, first, gradient, twenty, modes, ratio)}


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

    @functools.cached_property
    def _learnt(self):
        return by_heart(self)

    def by_heart(self):
        """Return (network, losses, examples) of twenty examples learnt by heart; done once."""
        return self._learnt

    def some(self, n):
        """Return n random examples."""
        rows = self.rng.permutation(len(self.X))[:n]
        return self.X[rows], self.y[rows]

    def loss_of_guessing(self, y):
        """Return the loss of the answer 0 to everything: ln k for k classes."""
        return float(self.loss(np.zeros((len(y), self.n_out)), y)[0])
