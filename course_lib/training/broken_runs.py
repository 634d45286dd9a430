"""Ten training runs, each broken in one way, and what they leave behind to look at. Whoever wants
to practise diagnosis should not read on: every cause is named below.

    run = run_a(splits, seed=0)    a BrokenRun: the network before and after, its data, the history,
                                   and the sizes of every layer's steps and gradients
    healthy(splits, seed=0)        a run without fault: 784-64-64-10, ReLU, He's weights, SGD with
                                   lr 0.1, five epochs of 2 000 images in batches of 50
    cured("a", splits, seed=0)     run a again, with its cause removed and nothing else changed

Notebooks: 29.
"""
import copy
import math
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np

from course_lib.networks.activations import Activation
from course_lib.networks.initializers import he
from course_lib.networks.layers import Dense
from course_lib.networks.losses import log_softmax, softmax_cross_entropy
from course_lib.networks.network import Network
from course_lib.networks.normalization import BatchNorm
from course_lib.training.loop import train
from course_lib.training.record import History

BATCH_SIZE = 50
CAUSES = (
    "class imbalance",
    "evaluation mode",
    "label leak",
    "labels out of step",
    "not shuffled",
    "rate too high",
    "rate too low",
    "unscaled inputs",
    "validation differs",
    "wrong loss",
)


@dataclass(eq=False)
class BrokenRun:
    """What a run leaves behind.

    start, net: the network before and after training.
    data, valid: (X, y), as the run saw them.
    fresh: (X, y), validation images as they will come when the network is used.
    lr: the learning rate.
    history: losses, gradient norms and accuracies, as `train` returns them.
    ratio: (steps, layers), for each weight matrix W, |dW| / |W|, the length of the step over that
        of W (0 for W = 0).
    flow: (steps, layers), the root mean square of the gradient of each W.
    """

    start: Network
    net: Network
    data: tuple
    valid: tuple
    fresh: tuple
    lr: float
    history: History
    ratio: np.ndarray
    flow: np.ndarray

    @property
    def accuracy(self):
        """The accuracy on `fresh` after training; NaN if the run diverged."""
        return math.nan if self.history.diverged_at else self.net.accuracy(*self.fresh)


class FileOrder(np.random.Generator):
    """A generator that forgets to shuffle: its permutation is the order of the file."""

    def permutation(self, n):
        """Return 0, 1, ..., n-1."""
        return np.arange(n)


def softmax_twice(outputs, y):
    """Cross-entropy of outputs that went through a softmax before the loss applied its own; returns
    (loss, gradient).
    """
    p = np.exp(log_softmax(outputs))
    loss, D = softmax_cross_entropy(p, y)
    return loss, p * (D - np.sum(D * p, axis=1, keepdims=True))


def as_they_are(X, y):
    """The images as they are."""
    return X, y


def sorted_by_label(X, y):
    """All zeros first, all nines last."""
    order = np.argsort(y, kind="stable")
    return X[order], y[order]


def in_grey_levels(X, y):
    """Pixels from 0 to 255."""
    return 255 * X, y


def stamped(X, y):
    """Each image with a bright stamp, 3 x 2 pixels in the upper margin, whose place is the label.
    """
    X = X.reshape(-1, 28, 28).copy()
    for row in range(3):
        X[np.arange(len(y)), row, 2 * y] = X[np.arange(len(y)), row, 2 * y + 1] = 1
    return X.reshape(len(y), -1), y


def standardised(X, y):
    """Pixels with mean 0 and standard deviation 1, by the usual two numbers for MNIST."""
    return (X - 0.1307) / 0.3081, y


def one_behind(X, y):
    """Every image with the label of the one before it."""
    return X, np.roll(y, 1)


def mostly_zeros(X, y):
    """All zeros of the file, repeated where they are too few, and one tenth as many other digits.
    """
    zero, rest = np.flatnonzero(y == 0), np.flatnonzero(y != 0)
    rows = np.resize(zero, len(y) * 10 // 11)
    rows = np.concatenate([rows, rest[:len(y) - len(rows)]])
    rows = np.random.default_rng(0).permutation(rows)
    return X[rows], y[rows]


HEALTHY = {
    "batch_norm": None,  # or what its running averages keep from batch to batch
    "loss": softmax_cross_entropy,
    "lr": 0.1,
    "prepare": as_they_are,  # the training data
    "prepare_valid": None,  # the validation data: like the training data
    "prepare_fresh": None,  # the images of later use: like the validation data
    "shuffle": True,
}
# for each letter: its cause, the settings that the cure keeps, and those that are the fault
FAULTS = {
    "a": ("wrong loss", {}, {"loss": softmax_twice}),
    "b": ("rate too low", {}, {"lr": 1e-5}),
    "c": ("validation differs", {"prepare": standardised}, {"prepare_valid": as_they_are}),
    "d": ("label leak", {}, {"prepare": stamped, "prepare_fresh": as_they_are}),
    "e": ("labels out of step", {}, {"prepare": one_behind, "prepare_valid": as_they_are}),
    "f": ("class imbalance", {}, {"prepare": mostly_zeros, "prepare_fresh": as_they_are}),
    "g": ("unscaled inputs", {}, {"prepare": in_grey_levels}),
    "h": ("not shuffled", {"prepare": sorted_by_label}, {"shuffle": False}),
    "i": ("evaluation mode", {"batch_norm": 0.9}, {"batch_norm": 0.99999}),
    "j": ("rate too high", {}, {"lr": 3.0}),
}


def healthy(splits, seed=0, *, epochs=5, **changes):
    """Return the BrokenRun of a healthy network on 2 000 training and 1 000 validation images of
    `splits`, or as many as it has.

    splits: a `datasets.Splits`.
    changes: settings other than those of HEALTHY. One seed gives one run, start and batches.
    """
    settings = SimpleNamespace(**HEALTHY | changes)
    rng = np.random.default_rng(seed)
    rows = rng.permutation(len(splits.y_train))[:2000]
    data = settings.prepare(splits.X_train[rows], splits.y_train[rows])
    prepare_valid = settings.prepare_valid or settings.prepare
    raw = splits.X_valid[:1000], splits.y_valid[:1000]
    net = _network(settings.batch_norm, settings.loss, rng)
    start, (watch, ratio, flow) = copy.deepcopy(net), _watch(net)
    valid = prepare_valid(*raw)
    history = train(
        net, data, "sgd", lr=settings.lr, epochs=epochs, batch_size=BATCH_SIZE,
        rng=rng if settings.shuffle else FileOrder(np.random.PCG64(seed)),
        valid=valid, after_step=watch, allow_dead=True, progress=False,
    )
    return BrokenRun(
        start=start, net=net, data=data, valid=valid,
        fresh=(settings.prepare_fresh or prepare_valid)(*raw),
        lr=settings.lr, history=history, ratio=np.array(ratio), flow=np.array(flow),
    )


def _network(batch_norm, loss, rng):
    """Return 784-64-64-10, with batch normalisation before each ReLU if a number is given."""
    layers = []
    for n_in in (784, 64):
        norm = [] if batch_norm is None else [BatchNorm(64, beta=batch_norm)]
        layers += [Dense(n_in, 64), *norm, Activation("relu")]
    return Network([*layers, Dense(64, 10)], rng=rng, init=he, loss=loss)


def cured(letter, splits, seed=0, **changes):
    """Return the BrokenRun of `letter` without its fault."""
    return healthy(splits, seed, **(FAULTS[letter][1] | changes))


def _watch(net):
    """Return a function to call after every step, and the two lists that it fills."""
    dense = [layer for layer in net.layers if "W" in layer.shapes]
    old, ratio, flow = [layer.W.copy() for layer in dense], [], []

    def watch(net, lr):
        with np.errstate(over="ignore", invalid="ignore"):
            ratio.append([np.linalg.norm(layer.W - W) / max(np.linalg.norm(W), 1e-30)
                          for layer, W in zip(dense, old, strict=True)])
            flow.append([math.sqrt(np.mean(layer.dW**2)) for layer in dense])
        for layer, W in zip(dense, old, strict=True):
            W[...] = layer.W

    return watch, ratio, flow


def _broken(letter):
    def run(splits, seed=0, **changes):
        return healthy(splits, seed, **(FAULTS[letter][1] | FAULTS[letter][2] | changes))

    run.__name__ = run.__qualname__ = f"run_{letter}"
    run.__doc__ = f"Return the BrokenRun of patient {letter}; splits: a `datasets.Splits`."
    return run


run_a, run_b, run_c, run_d, run_e, run_f, run_g, run_h, run_i, run_j = map(_broken, FAULTS)
