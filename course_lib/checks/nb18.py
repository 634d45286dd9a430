"""Checks of notebook 18, backpropagate: a layer's way back, and a loss that does not overflow.

Each table of known answers begins with the right one, whose fault is None.

Notebooks: 18.
"""
import functools

import numpy as np

from course_lib.checks.answers import agrees, first_match, unchanged
from course_lib.checks.engine import exercise
from course_lib.networks.losses import softmax_cross_entropy as cross_entropy

_same = functools.partial(agrees, rtol=1e-9, atol=1e-12)
_fault = functools.partial(first_match, rtol=1e-9, atol=1e-12)


@exercise("18.1", "The way back through a dense layer", hints=(
    "write the shapes beside the three answers: each gradient has the shape of what it belongs to",
    "dX = D W^T (n, n_in), dW = X^T D (n_in, n_out), db = the sum of the rows of D (n_out,)",
    "return D @ W.T, X.T @ D, D.sum(axis=0)"))
def dense_backward(mine):
    """dX, dW and db of Z = X W + b."""
    rng = np.random.default_rng(0)
    for n, n_in, n_out in ((4, 4, 4),
                           (5, 3, 2)):  # square first: there a wrong transpose does not crash
        X, W, D = (rng.standard_normal(shape) for shape in ((n, n_in), (n_in, n_out), (n, n_out)))
        answer, fault = unchanged(mine, X, W, D, names="X, W or D")
        if fault:
            return fault
        if not isinstance(answer, (tuple, list)) or len(answer) != 3:
            return "three gradients should come back: dX, dW, db, in this order"
        dX, dW, db = answer
        good = D @ W.T, X.T @ D, D.sum(axis=0)
        if all(_same(a, b) for a, b in zip(answer, good, strict=True)):
            continue
        if any(_same(a, b) for a,
               b in ((dX, good[1]), (dX, good[2]), (dW, good[0]), (dW, good[2]), (db, good[0]))):
            return "these are the right gradients in another order: dX, dW, db was asked for"
        return _fault(dX, (
            (None, good[0]),
            ("dX: W is not transposed: the way back leads from outputs to inputs",
             D @ W if n_in == n_out else 0),
            ("dX lies on its side: W @ D.T is its transpose, and D @ W.T has the shape of X",
             good[0].T),
            ("dX: the weights are missing: dX sums over the outputs, each times its weight", D),
            ("dX: it is not averaged over the examples: row i of X touches only row i of Z",
             good[0] / n),
        ), "dX is not right: entry (i, j) sums W_jk D_ik over the outputs k") or _fault(dW, (
            (None, good[1]),
            ("dW is transposed: it must have the shape of W", good[1].T),
            ("dW is averaged over the examples: the loss has divided by n already, so D holds that "
             "factor", good[1] / n),
            ("dW: X is not transposed: the sum must run over the examples",
             X @ D if n == n_in else 0),
            ("dW: the output Z is used in place of the input X",
             (X @ W).T @ D if n_in == n_out else 0),
        ), "dW is not right: entry (j, k) sums X_ij D_ik over the examples i") or _fault(db, (
            (None, good[2]),
            ("db is averaged over the examples: each example used b once, and the contributions "
             "add up", good[2] / n),
            ("db sums over the outputs: it must sum over the examples, one entry for each output",
             D.sum(axis=1)),
            ("db has two axes: b is a vector (n_out,)", good[2][None]),
            ("db is still one row for each example: b was used by all of them, so add the rows up",
             D),
            ("db is one number for all outputs: sum over the examples only", D.sum()),
        ), "db is not right: entry k sums D_ik over the examples i")
    return None


def _sigmoid(z):
    return 1 / (1 + np.exp(-z))


@exercise("18.2", "The way back through a sigmoid", hints=(
    "the slope of the sigmoid can be written with its output alone, and A is the output",
    "A = 1 / (1 + e^-Z) has the slope A (1 - A); the chain rule multiplies it with D, element by "
    "element",
    "return D * A * (1 - A)"))
def sigmoid_backward(mine):
    """D times A (1 - A)."""
    rng = np.random.default_rng(1)
    Z, D = rng.standard_normal((2, 4, 4))
    A = _sigmoid(Z)
    answer, fault = unchanged(mine, A, D, names="A or D")
    if fault:
        return fault
    return _fault(answer, (
        (None, D * A * (1 - A)),
        ("A is taken for the input and sent through the sigmoid again: A is the output already",
         D * _sigmoid(A) * (1 - _sigmoid(A))),
        ("that is the slope alone: what comes from above, D, must be multiplied with it",
         A * (1 - A)),
        ("that is the slope of tanh, 1 - A^2", D * (1 - A * A)),
        ("the factor 1 - A is missing", D * A),
        ("the factor A is missing", D * (1 - A)),
        ("D times A minus A^2: the minus sign binds less than the product, so write D * (A - A**2)",
         D * A - A**2),
        ("it is divided by n: D holds that factor already", D * A * (1 - A) / len(A)),
        ("the sign is wrong: the sigmoid rises, so its slope is positive", -D * A * (1 - A)),
        ("a matrix product mixes the units: an activation acts on each element alone",
         D @ (A * (1 - A))),
        ("D is divided by the slope: the chain rule multiplies", D / (A * (1 - A))),
        ("a kink rule as for ReLU is used, but the sigmoid has no kink", D * (A > 0)),
    ), "that is not D times the slope of the sigmoid, element by element")


OVERFLOWS = (
    "it overflows at logits of 1000 and gives NaN or infinity: subtract the largest logit of each "
    "row first"
)
WHOLE_BATCH = (
    "a row far below the largest logit of the batch loses everything: each row needs its own "
    "largest logit"
)
LOG_OF_ZERO = (
    "it takes the logarithm of a p that has become 0: use -log p_y = log sum exp(z) - z_y, after "
    "the shift"
)


@exercise("18.3", "Stable softmax cross-entropy", hints=(
    "exp of what can never overflow? And is log(exp(z)) worth computing?",
    "with s = z - max(z): log p = s - log sum exp(s); loss = -mean(log p_y); D = (p - onehot(y)) / "
    "n",
    "log_p = s - np.log(np.exp(s).sum(axis=1, keepdims=True)); then D = np.exp(log_p); "
    "D[np.arange(n), y] -= 1; D /= n"))
def softmax_cross_entropy(mine):
    """The mean of -log p_y, and (p - onehot(y)) / n, for logits of any size."""
    rng = np.random.default_rng(2)
    logits, y = 2 * rng.standard_normal((6, 4)), np.array([0, 3, 1, 2, 2, 0])
    answer, fault = unchanged(mine, logits, y, names="logits or labels")
    if fault:
        return fault
    if not isinstance(answer, (tuple, list)) or len(answer) != 2:
        return "two things should come back: the loss, and its gradient with respect to the logits"
    return (_fault_of_loss(answer[0], logits, y) or _fault_of_gradient(answer[1], logits, y)
            or _fault_at_extremes(mine))


YES_OR_NO = (
    "that is the loss of k yes-or-no questions (binary cross-entropy), and here one class is right"
)
ADDED = (
    "a constant is added to p before the logarithm: it falsifies every loss, and caps it"
)


def _yes_or_no(log_p, y):
    """Return the binary cross-entropy of every entry."""
    hot = np.eye(log_p.shape[1])[y]
    return -(hot * log_p + (1 - hot) * np.log1p(-np.exp(log_p)))


def _fault_of_loss(loss, logits, y):
    n, k = logits.shape
    right = cross_entropy(logits, y)[0]
    down = np.exp(logits) / np.exp(logits).sum(axis=0)
    log_p = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    return _fault(loss, (
        (None, right),
        ("the loss is the sum over the examples, where the mean was asked for", n * right),
        ("the loss has the wrong sign: log p is negative, and a loss should not be", -right),
        ("the loss is averaged over the classes too: divide by n only", right / k),
        ("the softmax runs down the columns: a row holds the logits of one example",
         -np.log(down[np.arange(n), y]).mean()),
        ("one loss for each example came back: take their mean", -log_p[np.arange(n), y]),
        ("the loss takes log p of all classes, where only that of the label counts",
         -log_p.sum(axis=1).mean()),
        ("the loss is 1 - p_y or the like: the logarithm is missing",
         1 - np.exp(log_p[np.arange(n), y]).mean()),
        ("log_p[:, y] takes the columns of all labels for every row: write log_p[np.arange(n), y]",
         -log_p[:, y].mean()),
        (YES_OR_NO, _yes_or_no(log_p, y).sum() / n),
        (YES_OR_NO, _yes_or_no(log_p, y).mean()),
        *((ADDED, -np.log(np.exp(log_p[np.arange(n), y]) + 10.0**-k).mean()) for k in range(3, 11)),
    ), "the loss is not the mean of -log p_y")


def _fault_of_gradient(D, logits, y):
    n, k = logits.shape
    right = cross_entropy(logits, y)[1]
    p, hot = right * n + np.eye(k)[y], np.eye(k)[y]
    return _fault(D, (
        (None, right),
        ("the gradient is not divided by n: the loss is a mean, so every example has the share 1/n",
         n * right),
        ("the gradient is divided by n and by the number of classes", right / k),
        ("the gradient is p alone: the label's 1 must be subtracted", p / n),
        ("D[:, y] -= 1 subtracts in the columns of all labels: write D[np.arange(n), y] -= 1",
         (p - (np.arange(k) == y[:, None]).any(axis=0)) / n),
        ("D[:, y] -= 1 subtracts in the columns of all labels, and n is missing too",
         p - (np.arange(k) == y[:, None]).any(axis=0)),
        (YES_OR_NO, (p - hot) / (1 - p) / n),
        ("the gradient is p alone, and not divided by n", p),
        ("the gradient has the wrong sign: raising the label's logit lowers the loss", -right),
        ("it goes through the slope p (1 - p) once more: p - onehot(y) is the gradient for the "
         "logits already",
         right * p * (1 - p)),
        ("that is the gradient for the probabilities, -1/p_y: go on to the logits", -hot / p / n),
    ), "the gradient is not (p - onehot(y)) / n")


def _fault_at_extremes(mine):
    low = np.array([[0.0, 1.0, 2.0], [-3000.0, -2999.0, -2998.0]])
    sharp = np.array([[0.0, 1000.0, 0.0], [0.0, -1000.0, 0.0]])
    y = np.array([0, 2])
    small = _agrees(mine, low, y), _agrees(mine, sharp + 2.0, y), _agrees(mine, low + 3000.0, y)
    if all(small):
        return None
    rows = np.array([[1000.0, 1001.0, 1002.0], [-3000.0, -2999.0, -2998.0]])
    if not all(_agrees(mine, row[None], np.array([1])) for row in rows):
        return OVERFLOWS
    return WHOLE_BATCH if not small[0] else LOG_OF_ZERO


def _agrees(mine, logits, y):
    loss, D = mine(logits.copy(), y)
    return all(_same(a, b) for a, b in zip((loss, D), cross_entropy(logits, y), strict=True))
