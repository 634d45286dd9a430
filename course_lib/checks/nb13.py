"""Checks of notebook 13, train MNIST from scratch.

The examples are numbered: every row of X carries its number, so that a check can see which images
went where.
"""
import math

import numpy as np

from course_lib.checks.engine import exercise


def _fault(answer, known, otherwise):
    """Return the fault of the first known value that `answer` equals; the right value's fault is
    None.
    """
    for fault, value in known.items():
        if math.isclose(answer, value, rel_tol=1e-6, abs_tol=1e-9):
            return fault
    return otherwise


def _numbered(n):
    """Return n examples whose two columns and label all tell their number."""
    y = np.arange(n)
    return np.stack([y, y], axis=1).astype(float), y


@exercise("13.1", "Hold out validation images", hints=(
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
                return "a pair holds images with all their columns, and then labels: cut along the first axis"
            if len(images) != len(labels) or (images[:, 0] != labels).any():
                return "images and labels no longer belong together: cut both at one place"
        if fault := _fault_of_split(list(answer[0][1]), list(answer[1][1]), n, n_valid):
            return fault
    return None


def _fault_of_split(train, valid, n, n_valid):
    if set(train) & set(valid):
        return "some images are in both parts: a network is then examined on what it has learnt by heart"
    if len(train) == n_valid and len(valid) == n - n_valid:
        return "the parts are swapped, or n_valid was taken as the number of training images"
    if len(valid) != n_valid:
        return f"{n_valid} images were to be held out, got {len(valid)}"
    if len(train) + len(valid) != n:
        return "an image is in neither part: the first part ends where the second begins"
    if valid == list(range(n_valid)):
        return "the first images were held out, where the last ones were asked for"
    if train + valid != list(range(n)):
        return "the images were reordered: keep the order of the file, and everyone holds out the same ones"
    return None


@exercise("13.2", "Accuracy from logits", hints=(
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
        fault = _fault(float(answer), {
            None: right,
            "that is how many are right, not which fraction: divide by the number of images": n * right,
            "that is in percent: this course keeps fractions, and multiplies by 100 in print": 100 * right,
            "that is the fraction of wrong answers, the error rate": 1 - right,
            "it looks down the columns, but a row belongs to an image: take the largest entry of each row":
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


@exercise("13.3", "One epoch of mini-batches", hints=(
    "shuffle the numbers 0 ... n-1 once, cut the shuffled list into pieces, and take one step for each piece",
    "mean loss = sum over the batches of (batch loss * batch length) / n; the last batch holds what is left",
    "order = rng.permutation(n); for start in range(0, n, batch_size): order[start:start + batch_size]"))
def run_epoch(mine):
    """Every example once, in random batches, one step a batch; the mean loss over examples, and the
    state.
    """
    n, rng, orders = 10, np.random.default_rng(1), []
    for _ in range(3):
        net, (X, y) = _Recorder(), _numbered(n)
        answer = mine(net, X, y, _counting_step, {"t": 5}, lr=0.1, batch_size=4, rng=rng)
        if (X[:, 0] != np.arange(n)).any() or (y != np.arange(n)).any():
            return "it reordered the arrays that it was given: shuffle row numbers, and pick rows with them"
        shown = [number for rows in net.seen for number in rows]
        fault = _fault_of_batches(net, shown) or _fault_of_steps(net, answer)
        if fault := fault or _fault_of_loss(net, answer[0]):
            return fault
        orders.append(shown)
    if all(sorted(order[-2:]) == [8, 9] for order in orders):
        return "every epoch has the same batches, shuffled within: shuffle first, then cut"
    if orders[0] == orders[1] == orders[2]:
        return "every epoch has the same order: draw it from the given rng, not from a new generator"
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
        return "all gradients were taken at the same theta: a step follows each batch, before the next"
    if answer[1].get("t") in (1, 3, 5, 6):
        return "the rule's memory got lost: hand the state on from each step to the next"
    if answer[1].get("t") != 8 or not np.allclose(net.theta, -0.3):
        return "three batches should make three steps, each of them with rate lr"
    return None


def _fault_of_loss(net, answer):
    lengths, losses = [len(rows) for rows in net.seen], [np.mean(np.square(rows)) for rows in net.seen]
    return _fault(float(answer), {
        None: np.dot(lengths, losses) / 10,
        "in a plain mean over batches an example of the last, smaller batch counts twice: weight by length":
            np.mean(losses),
        "that is the loss of the last batch only": losses[-1],
        "that is the sum of the batches' losses: weight each by its length, and divide by n": np.sum(losses),
        "that is the sum over the examples: divide by their number": np.dot(lengths, losses),
    }, "the first number returned is not the mean loss over all examples")


TABLES = (  # rates, losses, what is to be said
    ([0.01, 0.03, 0.1, 0.3], [0.5, 0.2, 0.1, 0.4], 0.1),
    ([0.001, 0.01, 0.1], [0.3, 0.2, math.nan], 0.01),
    ([0.01, 0.03, 0.1, 0.3], [0.9, 0.5, 0.3, 0.2], "higher"),
    ([0.01, 0.03, 0.1], [0.1, 0.2, 0.3], "lower"),
    ([0.1, 1.0, 10.0], [0.4, math.nan, math.inf], "lower"),
    ([0.1, 0.2, 0.4], [math.nan, math.nan, math.nan], "lower"),
)


@exercise("13.4", "Choose a learning rate", hints=(
    "find the smallest loss that is a number; then ask whether rates on both sides of it were tried",
    "k = position of the smallest finite loss; the first k says lower, the last higher, the others rates[k]",
    "np.where(np.isfinite(losses), losses, np.inf) makes argmin safe; compare k with 0 and len(rates) - 1"))
def choose_rate(mine):
    """The rate with the smallest finite loss, or 'lower' or 'higher' where it stands at an edge."""
    for rates, losses, wanted in TABLES:
        said = mine(np.array(rates), np.array(losses))
        if said is None or np.ndim(said) != 0:
            return "either one rate, or 'lower', or 'higher' should come back"
        if said != wanted:
            fault = _fault_of_word if isinstance(said, str) else _fault_of_rate
            return fault(said, rates, losses, wanted)
    return None


def _fault_of_rate(said, rates, losses, wanted):
    k = int(np.argmin(np.where(np.isfinite(losses), losses, np.inf)))
    if said == losses[k]:
        return "that is the smallest loss; the rate that reached it is wanted"
    if said in rates and math.isnan(losses[rates.index(said)]) and np.isfinite(losses).any():
        return "it chose a run that diverged: argmin stops at the first NaN and takes it for the smallest"
    if said == k:
        return "that is the position in the table; the rate that stands there is wanted"
    if said == rates[int(np.nanargmax(losses))]:
        return "that is the rate with the largest loss"
    if said == rates[k]:
        return f"that rate stands at the edge of what was tried; a better one may lie beyond: say '{wanted}'"
    return "the loss at that rate is not the smallest"


def _fault_of_word(said, rates, losses, wanted):
    if said not in ("lower", "higher"):
        return f"{said!r} is neither a rate, nor 'lower', nor 'higher'"
    if not np.isfinite(losses).any():
        return "if all runs diverged, a higher rate will not cure it"
    if isinstance(wanted, str):
        return f"that is the wrong edge: here the best rate is the {'first' if wanted == 'lower' else 'last'}"
    if not np.isfinite(losses).all():
        return "a diverged run is a measurement too: a rate above the best was tried, so this is no edge"
    return f"the best rate has neighbours on both sides, so it is the answer, not '{said}'"


@exercise("13.5", "Standard error of an accuracy", hints=(
    "one image is a coin that shows 'right' with probability p; what is a toss's variance, and a mean's?",
    "variance of one toss p(1 - p), of the mean of n tosses p(1 - p)/n; the standard error is its root",
    "math.sqrt(p * (1 - p) / n)"))
def standard_error(mine):
    """sqrt(p (1 - p) / n), a fraction like p."""
    for p, n in ((0.98, 1000), (0.9, 400), (1.0, 50)):
        answer, right, spread = mine(p, n), math.sqrt(p * (1 - p) / n), math.sqrt(p * (1 - p))
        if answer is None or isinstance(answer, str) or np.ndim(answer) != 0:
            return f"one number was expected, got {answer!r}"
        fault = _fault(float(answer), {
            None: right,
            "that is the variance: take its root, so that it has the unit of an accuracy": right**2,
            "that is the spread of one toss: a mean of n varies less, by the root of n": spread,
            "p was multiplied by itself: the other factor is the probability of an error": p / math.sqrt(n),
            "the factor 1 - p is missing: whoever is nearly always right varies little": math.sqrt(p / n),
            "the factor p is missing: both outcomes have a part in the variance": math.sqrt((1 - p) / n),
            "that is 1/sqrt(n), which does not know how good the network is": 1 / math.sqrt(n),
            "that is the worst case, p = 1/2, for every network": 0.5 / math.sqrt(n),
            "n belongs under the root: four times the images halve the error": spread / n,
            "that is in percent: leave it a fraction, like p": 100 * right,
            "that is half a 95 % interval; the standard error itself is wanted": 1.96 * right,
            "that is two standard errors; one is wanted": 2 * right,
            "n - 1 corrects for an estimated mean; here p gives mean and variance": spread / math.sqrt(n - 1),
        }, "that is not the standard deviation of a mean of n coins")
        if fault:
            return fault
    return None
