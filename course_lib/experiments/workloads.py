"""A workload card says what an optimizer is given and how it is judged: data, model, start, batch,
budget, target. `run_trial` trains once by the card and returns what was measured; a seed fixes the
first weights and every batch.

    curve    the measure after `every`, 2 `every`, ..., `n_steps` steps: smaller is better
    final    its last entry, infinity if the run diverged
    steps    the first step at which the measure was at most `target`, infinity if it never was

Notebooks: 28, 32.
"""
import functools
import itertools
import math
from dataclasses import dataclass

import numpy as np

from course_lib.data import datasets
from course_lib.networks import initializers, losses
from course_lib.networks.network import mlp
from course_lib.training.loop import train

MEASURES = ("validation error", "validation loss", "training loss")


@dataclass(frozen=True)
class Workload:
    """The card: plain values only, so that it can be printed, compared, and written beside the
    results.

    data: a key of DATA.
    sizes: row lengths of the network, activation between each two.
    dtype: its precision.
    n_steps: the budget of a run.
    every: steps between two looks at the measure.
    measure: one of MEASURES.
    """

    name: str
    data: str
    sizes: tuple
    activation: str
    init: str
    loss: str
    dtype: str
    batch_size: int
    n_steps: int
    every: int
    measure: str
    target: float

    def __post_init__(self):
        if self.data not in DATA or self.measure not in MEASURES or self.n_steps % self.every:
            raise ValueError(
                f"a card takes data among {', '.join(DATA)}, a measure among {', '.join(MEASURES)} "
                "and n_steps a multiple of every; "
                f"got {self.data}, {self.measure}, {self.n_steps}, {self.every}"
            )


def _mnist(n_valid, shift=0.0, scale=1.0):
    images = datasets.load_mnist()
    if images.name != "mnist":
        raise ValueError(
            "this workload needs the real MNIST images, and only the embedded digits are here"
        )
    data = datasets.split(images, n_valid)
    X_train, X_valid = (
        (X - np.float32(shift)) / np.float32(scale) for X in (data.X_train, data.X_valid)
    )
    return X_train, data.y_train, X_valid, data.y_valid


def _digits():
    data = datasets.split(datasets.embedded_digits(), 497)
    return data.X_train, data.y_train, data.X_valid, data.y_valid


def _friedman(n=1000, n_valid=2000):
    """Five of ten numbers matter: 10 sin(pi x1 x2) + 20 (x3 - 1/2)^2 + 10 x4 + 5 x5 + noise of
    variance 1 (Friedman 1991, 10.1214/aos/1176347963); y is divided by 5, its standard deviation
    without the noise is near 1.
    """
    rng = np.random.default_rng(0)
    X = rng.random((n + n_valid, 10))
    y = (
        10 * np.sin(np.pi * X[:, 0] * X[:, 1])
        + 20 * (X[:, 2] - 0.5) ** 2
        + 10 * X[:, 3]
        + 5 * X[:, 4]
    )
    y = ((y + rng.normal(size=len(y)) - 14.4) / 5)[:, None]
    return X[:n], y[:n], X[n:], y[n:]


DATA = {
    "MNIST, 55 000 / 5 000": lambda: _mnist(5_000),
    "MNIST standardised, 50 000 / 10 000": lambda: _mnist(10_000, 0.1307, 0.3081),
    "embedded digits, 1 000 / 497": _digits,
    "Friedman's function, 1 000 / 2 000": _friedman,
}
LOSSES = {"cross-entropy": losses.softmax_cross_entropy, "squared error": losses.mse}


@functools.lru_cache(maxsize=2)
def _arrays(data):
    return DATA[data]()


def network(card, rng):
    """Return the untrained network of a card."""
    return mlp(
        card.sizes,
        rng=rng,
        activation=card.activation,
        dtype=np.dtype(card.dtype),
        init=getattr(initializers, card.init),
        loss=LOSSES[card.loss],
    )


def _measure(card, net, X, y, X_valid, y_valid):
    if card.measure == "validation error":
        return 1 - net.accuracy(X_valid, y_valid)
    return float(net.loss(X, y) if card.measure == "training loss" else net.loss(X_valid, y_valid))


def run_trial(card, step, *, seed, **hyper):
    """Train once by the card and return {"curve": list, "final": float, "steps": float}.

    step: the name of a rule, or a function of one (w, g, state, *, lr, ...) that may treat all
        weights together.
    seed: the same seed gives every rule the same first weights and the same batches (paired seeds).
    """
    rng = np.random.default_rng(seed)
    arrays = _arrays(card.data)
    X, y = arrays[:2]
    net, curve, t = network(card, rng), [], itertools.count(1)

    def look(net, _):
        now = next(t)
        if now % card.every == 0:
            curve.append(_measure(card, net, *arrays))
        return now == card.n_steps

    epochs = math.ceil(card.n_steps / math.ceil(len(X) / card.batch_size))
    with np.errstate(all="ignore"):
        history = train(
            net,
            (X, y),
            step,
            epochs=epochs,
            batch_size=card.batch_size,
            rng=rng,
            after_step=look,
            allow_dead=True,
            slices=isinstance(step, str),
            progress=False,
            **hyper,
        )
    final = curve[-1] if history.diverged_at is None and math.isfinite(curve[-1]) else math.inf
    return {"curve": curve, "final": final, "steps": first_step_at(card, curve)}


def first_step_at(card, curve):
    """Return the first step at which the curve was at most the card's target: infinity if it never
    was.
    """
    hits = np.flatnonzero(np.asarray(curve) <= card.target)
    return float(card.every * (hits[0] + 1)) if len(hits) else math.inf


WORKLOADS = {
    card.name: card
    for card in (
        Workload(
            "mnist_mlp",
            "MNIST, 55 000 / 5 000",
            (784, 128, 128, 10),
            "relu",
            "he",
            "cross-entropy",
            "float32",
            batch_size=128,
            n_steps=430,
            every=43,
            measure="validation error",
            target=0.05,
        ),
        Workload(
            "algoperf_mnist",
            "MNIST standardised, 50 000 / 10 000",
            (784, 128, 10),
            "sigmoid",
            "glorot",
            "cross-entropy",
            "float32",
            batch_size=128,
            n_steps=1600,
            every=80,
            measure="validation error",
            target=0.03,
        ),
        Workload(
            "deep_narrow",
            "embedded digits, 1 000 / 497",
            (784, *[16] * 8, 10),
            "tanh",
            "glorot",
            "cross-entropy",
            "float64",
            batch_size=50,
            n_steps=600,
            every=20,
            measure="validation loss",
            target=0.5,
        ),
        Workload(
            "logistic",
            "embedded digits, 1 000 / 497",
            (784, 10),
            "relu",
            "zeros",
            "cross-entropy",
            "float64",
            batch_size=50,
            n_steps=600,
            every=20,
            measure="training loss",
            target=0.1,
        ),
        Workload(
            "regression",
            "Friedman's function, 1 000 / 2 000",
            (10, 32, 1),
            "tanh",
            "glorot",
            "squared error",
            "float64",
            batch_size=50,
            n_steps=1600,
            every=40,
            measure="validation loss",
            target=0.1,
        ),
    )
}
