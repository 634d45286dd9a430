"""Checks of notebook 24, train MNIST from scratch.

The examples are numbered: every row of X carries its number, so that a check can see which images
went where.

Notebooks: 24.
"""

import numpy as np

from course_lib.checks.answers import first_match
from course_lib.checks.engine import exercise
from course_lib.checks.values import number, numbers


def _numbered(n):
    """Return n examples whose two columns and label all tell their number."""
    y = np.arange(n)
    return np.stack([y, y], axis=1).astype(float), y


@exercise("24.1", "Accuracy from logits", hints=(
    "each row of logits holds one image's scores; the network's answer is the place of the largest",
    "accuracy = (number of rows whose largest logit stands in column y) / (number of rows)",
    "compare logits.argmax(axis=1) with y, and take the mean of the comparison"))
def accuracy(mine):
    """The fraction of rows whose largest logit is in the column that y names."""
    rng = np.random.default_rng(4)
    for n, k in ((15, 15), (40, 10)):  # square first: there the wrong axis does not crash
        logits = 1.5 * rng.standard_normal((n, k))
        y = np.where(rng.random(n) < 0.6, logits.argmax(axis=1), rng.integers(0, k, n))
        answer = mine(logits, y)
        each = numbers(answer)
        if each is not None and each.shape == (n,):
            return "one number was expected for the whole batch, not one for each image"
        if number(answer) is None:
            return "one number was expected, the fraction of right answers in the whole batch"
        right = np.mean(logits.argmax(axis=1) == y)
        fault = first_match(float(answer), {
            None: right,
            "that is how many are right, not which fraction: divide by the number of images": n
            * right,
            "that is in percent: this course keeps fractions, and multiplies by 100 in print": 100
            * right,
            "that is the fraction of wrong answers, the error rate": 1 - right,
            "that asks whether the label's probability is above 1/2: the largest logit wins with "
            "less, too": np.mean(_probabilities(logits)[np.arange(n), y] > 0.5),
            "it looks down the columns, but a row belongs to an image: take the largest entry of "
            "each row":
                np.mean(logits.argmax(axis=0)[:n] == y[:k]),
            "it picks the smallest logit of each row; the network's answer is the largest":
                np.mean(logits.argmin(axis=1) == y),
            "it compares every label with one answer for the whole batch: argmax needs an axis":
                np.mean(logits.argmax() == y),
        }, "that is not the fraction of rows whose largest logit stands in column y")
        if fault:
            return fault
    return None


def _probabilities(logits):
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    return p / p.sum(axis=1, keepdims=True)


class _Recorder:
    """Stands in for a network: writes down which examples it is shown, and at which theta."""

    def __init__(self):
        self.theta = np.zeros(2)
        self.seen, self.thetas, self.torn = [], [], False

    def loss_and_grad(self, X, y):
        self.torn = self.torn or (X[:, 0] != y).any()
        self.seen.append(X[:, 0].astype(int).tolist())
        self.thetas.append(self.theta.copy())
        return np.mean(X[:, 0]**2), np.ones(2)


def _counting_step(w, g, state, *, lr):
    return w - lr * g, {"t": state.get("t", 0) + 1}


@exercise("24.2", "One epoch of mini-batches", hints=(
    "shuffle the numbers 0 ... n-1 once, cut the shuffled list into pieces, and take one step for "
    "each piece",
    "mean loss = sum over the batches of (batch loss * batch length) / n; the last batch holds "
    "what is left",
    "order = rng.permutation(n); for start in range(0, n, batch_size): order[start:start + "
    "batch_size]"))
def run_epoch(mine):
    """Every example once, in random batches, one step a batch; the mean loss over examples, and the
    state.
    """
    rng, orders = np.random.default_rng(1), []
    for n, size in ((10, 4), (10, 4), (10, 4), (12, 4), (3, 8), (34, 4)):
        net, (X, y) = _Recorder(), _numbered(n)
        answer = mine(net, X, y, _counting_step, {"t": 5}, lr=0.1, batch_size=size, rng=rng)
        if (X[:, 0] != np.arange(n)).any() or (y != np.arange(n)).any():
            return (
                "it reordered the arrays that it was given: shuffle row numbers, and pick rows "
                "with them"
            )
        shown = [number for rows in net.seen for number in rows]
        fault = _fault_of_batches(net, shown, n, size) or _fault_of_steps(net, answer, n, size)
        if fault := fault or _fault_of_loss(net, answer[0]):
            return fault
        orders.append(shown)
    if all(sorted(order[-2:]) == [8, 9] for order in orders[:3]):
        return "every epoch has the same batches, shuffled within: shuffle first, then cut"
    if orders[0] == orders[1] == orders[2]:
        return (
            "every epoch has the same order: draw it from the given rng, not from a new generator"
        )
    return None


def _fault_of_batches(net, shown, n, size):
    sizes = [len(rows) for rows in net.seen]
    wanted = [size] * (n // size) + [n % size] * (n % size > 0)
    if not sizes:
        return f"for {n} examples in batches of {size} the network was never asked for a gradient"
    if net.torn:
        return "images and labels were shuffled apart: pick both with the same row numbers"
    if net.seen[::2] == net.seen[1::2]:
        return ("every batch is asked for twice: one call of loss_and_grad gives the loss, at the "
                "weights before the step, and the gradient")
    if max(sizes) > size:
        return f"a batch had {max(sizes)} examples, where batch_size was {size}"
    if min(sizes) == 0:
        return f"{n} examples in batches of {size} leave nothing over, and a batch came out empty"
    if sizes == [size] * (n // size) and n % size and len(set(shown)) == n - n % size:
        return "the last, smaller batch is missing: its examples are part of the epoch too"
    if len(set(shown)) < len(shown):
        return "some examples came more than once: an epoch draws without replacement"
    if len(shown) != n:
        return f"{len(shown)} of {n} examples were used: an epoch uses each of them once"
    if sizes != wanted:
        return f"{n} examples in batches of {size} make batches of {wanted}, not {sizes}"
    if shown == sorted(shown) and n > 3:
        return "the examples came in the order of the file: shuffle them in every epoch"
    return None


def _fault_of_steps(net, answer, n, size):
    steps = -(-n // size)
    if not isinstance(answer, (tuple, list)) or len(answer) != 2 or not isinstance(answer[1], dict):
        return "a pair should come back: the mean loss, and the rule's state after the last step"
    if not net.theta.any():
        return "theta never changed: assign what the rule returns to net.theta"
    if not all(theta.any() for theta in net.thetas[1:]):
        return (
            "all gradients were taken at the same theta: a step follows each batch, before the next"
        )
    if steps > 1 and answer[1].get("t") in (1, steps, 5, 6):
        return "the rule's memory got lost: hand the state on from each step to the next"
    if answer[1].get("t") != 5 + steps or not np.allclose(net.theta, -0.1 * steps):
        return f"{steps} batches should make {steps} steps, each of them with rate lr"
    return None


def _fault_of_loss(net, answer):
    lengths = [len(rows) for rows in net.seen]
    losses = [np.mean(np.square(rows)) for rows in net.seen]
    return first_match(float(answer), {
        None: np.dot(lengths, losses) / sum(lengths),
        "in a plain mean over batches an example of the last, smaller batch counts twice: "
        "weight by length": np.mean(losses),
        "that is the loss of the last batch only": losses[-1],
        "that is the sum of the batches' losses: weight each by its length, and divide "
        "by n": np.sum(losses),
        "that is the sum over the examples: divide by their number": np.dot(lengths, losses),
    }, "the first number returned is not the mean loss over all examples")
