"""The checklist's tests of data. Each takes a `diagnosis.Case` and returns a sentence, or None
where it finds nothing.

Notebooks: none directly.
"""
import numpy as np


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
        return (f"an example and the next one in the file are alike in {alike:.0%} of cases, by "
                f"chance in {chance:.0%}: the file is sorted, so see that the loop shuffles it")


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
        return (f"{len(leaks)} inputs can be computed from the label, the first is number "
                f"{leaks[0]}: take them out unless they are known when the network is used")


def copies(case):
    """Whether validation rows are in the training data."""
    if case.valid is None:
        return None
    known = {row.tobytes() for row in case.X}
    share = np.mean([row.tobytes() in known for row in case.valid[0]])
    if share > 0.01:
        return f"{share:.0%} of the validation examples are also in the training data"


def pairs(case):
    """Whether images and labels belong together: an example and its nearest neighbour should agree
    more often than chance.
    """
    if not case.labels or len(case.X) < 200:
        return None
    X, y = case.some(1000)
    X = X.astype(float)
    squares = np.sum(X * X, axis=1)
    far = squares[:, None] + squares - 2 * X @ X.T
    np.fill_diagonal(far, np.inf)
    agree = np.mean(y[far.argmin(axis=1)] == y)
    chance = np.sum((np.bincount(y) / len(y)) ** 2)
    if agree < chance + 4 * np.sqrt(chance * (1 - chance) / len(y)):
        return (f"an example and the most similar one have the same label in {agree:.0%} of cases, "
                f"by chance in {chance:.0%}: look whether inputs and labels are in step")


def prepared(case):
    """Whether the validation inputs have the scale of the training inputs."""
    if case.valid is None:
        return None
    (mean, size), (other, other_size) = (
        (float(X.mean(dtype=float)), rms(X)) for X in (case.X, case.valid[0]))
    if abs(other - mean) > 0.2 * size or not 0.8 <= other_size / max(size, 1e-30) <= 1.25:
        return (f"validation inputs have mean {other:.2g} and root mean square {other_size:.2g}, "
                f"training inputs {mean:.2g} and {size:.2g}: prepare both alike")
