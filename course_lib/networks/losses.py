"""A loss takes a network's outputs for a batch, one example a row, and what they should have been;
it returns the mean loss and its gradient with respect to the outputs, in the outputs' own
precision.

    softmax        p_k = exp(z_k) / sum_j exp(z_j)          z: one row of outputs, the logits
    cross-entropy  loss = mean over rows of -log p_y        gradient (p - onehot(y)) / n
    mse            loss = mean over entries of (z - y)^2    gradient 2 (z - y) / number of entries

Notebooks: 00, 18, 22.
"""
import numpy as np

from course_lib.arguments import array, checked


def check_labels(y, n, n_classes):
    """Return y as an array; ValueError unless it holds n class labels, integers from 0 to n_classes
    - 1.
    """
    y = array("y", y)
    if y.shape != (n,) or y.dtype.kind not in "iu":
        raise ValueError(
            f"y must hold integer class labels, shape ({n},), got {y.dtype}, shape {y.shape}"
        )
    if n and not 0 <= y.min() <= y.max() < n_classes:
        raise ValueError(
            f"class labels must lie between 0 and {n_classes - 1}, got {y.min()} to {y.max()}"
        )
    return y


@checked(logits=array)
def log_softmax(logits):
    """Return log p of the softmax along the last axis; exp of it gives the probabilities.

    The largest logit is subtracted first, which leaves p as it is and keeps exp from overflowing.

    >>> log_softmax(np.array([[10_000.0, 0.0]])).tolist()
    [[0.0, -10000.0]]
    """
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def softmax_cross_entropy(logits, y):
    """Cross-entropy of the logits' softmax, mean over the batch (Bridle 1990,
    10.1007/978-3-642-76153-9_28).

    logits (n, k); y (n,) integer labels from 0 to k - 1. Returns (loss, dlogits), dlogits (n, k).
    Raises ValueError for other shapes, labels that are not integers or lie outside the range.

    >>> loss, dlogits = softmax_cross_entropy(np.zeros((2, 10)), np.array([3, 7]))
    >>> round(float(loss), 4), dlogits[0, 2:5].round(2).tolist()  # ln 10; (p - 1) / n for class 3
    (2.3026, [0.05, -0.45, 0.05])
    """
    logits = array("logits", logits)
    if logits.ndim != 2 or logits.size == 0:
        raise ValueError(
            f"logits must have shape (n, k) with n and k at least 1, got {logits.shape}"
        )
    n, k = logits.shape
    y = check_labels(y, n, k)
    log_p, rows = log_softmax(logits), np.arange(n)
    loss = -np.mean(log_p[rows, y])
    dlogits = np.exp(log_p)
    dlogits[rows, y] -= 1
    dlogits /= n
    return loss, dlogits


def mse(outputs, y):
    """Mean squared error over all entries, the convention of Keras and PyTorch (Gauss 1809 without
    the mean).

    outputs and y of one shape (n, k). Returns (loss, doutputs), doutputs (n, k).
    Raises ValueError if the shapes differ: (n,) against (n, 1) would silently broadcast to (n, n).
    """
    outputs = array("outputs", outputs)
    outputs = outputs if outputs.dtype.kind in "fc" else outputs.astype(float)
    y = array("y", y, outputs.dtype)
    if outputs.shape != y.shape or outputs.size == 0:
        raise ValueError(
            f"outputs and y must share one shape, not empty, got {outputs.shape} and {y.shape}"
        )
    error = outputs - y
    return np.mean(error * error), error * (2 / error.size)
