"""Checks of notebook 24, train MNIST from scratch.

The examples are numbered: every row of X carries its number, so that a check can see which images
went where.

Notebooks: 13.
"""

import numpy as np

from course_lib.checks.answers import first_match
from course_lib.checks.engine import exercise


def _numbered(n):
    """Return n examples whose two columns and label all tell their number."""
    y = np.arange(n)
    return np.stack([y, y], axis=1).astype(float), y


@exercise("24.1", "Hold out validation images", hints=(
    "one position cuts X and y alike: before it lies what is for training, after it the rest",
    "with n images the cut is at n - n_valid, for the images and for the labels",
    "cut = len(X) - n_valid, and then the pairs (X[:cut], y[:cut]) and (X[cut:], y[cut:])"))
def hold_out(mine):
    """Two pairs (X, y): all but the last n_valid examples, and the last n_valid."""
    for n, n_valid in ((10, 3), (7, 1)):
        X, y = _numbered(n)
        answer = mine(X, y, n_valid)
        if not isinstance(answer, (tuple, list)) or [len(part) for part in answer] != [2, 2]:
            return "two pairs should come back, (X_train, y_train) and (X_valid, y_valid)"
        for images, labels in answer:
            if np.ndim(images) != 2 or np.ndim(labels) != 1:
                return (
                    "a pair holds images with all their columns, and then labels: cut along the "
                    "first axis"
                )
            if len(images) != len(labels) or (images[:, 0] != labels).any():
                return "images and labels no longer belong together: cut both at one place"
        if fault := _fault_of_split(list(answer[0][1]), list(answer[1][1]), n, n_valid):
            return fault
    return None


def _fault_of_split(train, valid, n, n_valid):
    if set(train) & set(valid):
        return (
            "some images are in both parts: a network is then examined on what it has learnt by "
            "heart"
        )
    if len(train) == n_valid and len(valid) == n - n_valid:
        return "the parts are swapped, or n_valid was taken as the number of training images"
    if len(valid) != n_valid:
        return f"{n_valid} images were to be held out, got {len(valid)}"
    if len(train) + len(valid) != n:
        return "an image is in neither part: the first part ends where the second begins"
    if valid == list(range(n_valid)):
        return "the first images were held out, where the last ones were asked for"
    if train + valid != list(range(n)):
        return (
            "the images were reordered: keep the order of the file, and everyone holds out the "
            "same ones"
        )
    return None


@exercise("24.2", "Accuracy from logits", hints=(
    "each row of logits holds one image's scores; the network's answer is the place of the largest",
    "accuracy = (number of rows whose largest logit stands in column y) / (number of rows)",
    "compare logits.argmax(axis=1) with y, and take the mean of the comparison"))
def accuracy(mine):
    """The fraction of rows whose largest logit is in the column that y names."""
    rng = np.random.default_rng(0)
    for n, k in ((10, 10), (40, 10)):  # square first: there the wrong axis does not crash
        logits = 3 * rng.standard_normal((n, k))
        y = np.where(rng.random(n) < 0.6, logits.argmax(axis=1), rng.integers(0, k, n))
        answer = mine(logits, y)
        if answer is None or np.ndim(answer) != 0:
            return "one number was expected for the whole batch, not one for each image"
        right = np.mean(logits.argmax(axis=1) == y)
        fault = first_match(float(answer), {
            None: right,
            "that is how many are right, not which fraction: divide by the number of images": n
            * right,
            "that is in percent: this course keeps fractions, and multiplies by 100 in print": 100
            * right,
            "that is the fraction of wrong answers, the error rate": 1 - right,
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


@exercise("24.3", "One epoch of mini-batches", hints=(
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
    n, rng, orders = 10, np.random.default_rng(1), []
    for _ in range(3):
        net, (X, y) = _Recorder(), _numbered(n)
        answer = mine(net, X, y, _counting_step, {"t": 5}, lr=0.1, batch_size=4, rng=rng)
        if (X[:, 0] != np.arange(n)).any() or (y != np.arange(n)).any():
            return (
                "it reordered the arrays that it was given: shuffle row numbers, and pick rows "
                "with them"
            )
        shown = [number for rows in net.seen for number in rows]
        fault = _fault_of_batches(net, shown) or _fault_of_steps(net, answer)
        if fault := fault or _fault_of_loss(net, answer[0]):
            return fault
        orders.append(shown)
    if all(sorted(order[-2:]) == [8, 9] for order in orders):
        return "every epoch has the same batches, shuffled within: shuffle first, then cut"
    if orders[0] == orders[1] == orders[2]:
        return (
            "every epoch has the same order: draw it from the given rng, not from a new generator"
        )
    return None


def _fault_of_batches(net, shown):
    sizes = [len(rows) for rows in net.seen]
    if not sizes:
        return "the network was never asked for a gradient"
    if net.torn:
        return "images and labels were shuffled apart: pick both with the same row numbers"
    if max(sizes) > 4:
        return f"a batch had {max(sizes)} examples, where batch_size was 4"
    if sizes == [4, 4] and len(set(shown)) == 8:
        return "the last, smaller batch is missing: its examples are part of the epoch too"
    if len(set(shown)) < len(shown):
        return "some examples came more than once: an epoch draws without replacement"
    if len(shown) != 10:
        return f"{len(shown)} of 10 examples were used: an epoch uses each of them once"
    if sizes != [4, 4, 2]:
        return f"10 examples in batches of 4 make batches of 4, 4 and 2, not {sizes}"
    if shown == sorted(shown):
        return "the examples came in the order of the file: shuffle them in every epoch"
    return None


def _fault_of_steps(net, answer):
    if not isinstance(answer, (tuple, list)) or len(answer) != 2 or not isinstance(answer[1], dict):
        return "a pair should come back: the mean loss, and the rule's state after the last step"
    if not net.theta.any():
        return "theta never changed: assign what the rule returns to net.theta"
    if not all(theta.any() for theta in net.thetas[1:]):
        return (
            "all gradients were taken at the same theta: a step follows each batch, before the next"
        )
    if answer[1].get("t") in (1, 3, 5, 6):
        return "the rule's memory got lost: hand the state on from each step to the next"
    if answer[1].get("t") != 8 or not np.allclose(net.theta, -0.3):
        return "three batches should make three steps, each of them with rate lr"
    return None


def _fault_of_loss(net, answer):
    lengths, losses = [len(rows) for rows in net.seen], [np.mean(np.square(rows))
                                                         for rows in net.seen]
    return first_match(
        float(answer),
        {
            None: np.dot(lengths, losses) / 10,
            "in a plain mean over batches an example of the last, smaller batch counts twice: "
            "weight "
            "by length": np.mean(losses),
            "that is the loss of the last batch only": losses[-1],
            "that is the sum of the batches' losses: weight each by its length, and divide "
            "by n": np.sum(
                losses
            ),
            "that is the sum over the examples: divide by their number": np.dot(lengths, losses),
        },
        "the first number returned is not the mean loss over all examples",
    )
