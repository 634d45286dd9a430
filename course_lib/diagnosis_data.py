"""The first half of the checklist in `diagnosis`: tests of the data and of the loss. Each takes a `diagnosis.Case` and
returns None, or a sentence saying what is suspicious.

    inputs    0.05 <= rms <= 5, and mean^2 <= 0.9 rms^2         classes   every output has examples, none 80 % of them
    order     (share of neighbours in the file with one label - chance) / (1 - chance) < 0.5
    leak      for every feature: variance between the classes / variance <= 0.95
    copies    at most 1 % of the validation rows occur in the training data
    perfect   the loss of a perfect answer is 0 (below 1 % of that of guessing)
"""
import numpy as np


def rms(A):
    return float(np.sqrt(np.mean(np.square(A, dtype=float))))


def inputs(case):
    """The scale and the mean of the inputs."""
    size, mean = rms(case.X), float(case.X.mean(dtype=float))
    if not 0.05 <= size <= 5:
        return f"the inputs have a root mean square of {size:.2g}; bring them to about 1"
    if mean**2 > 0.9 * size**2:
        return f"the inputs have mean {mean:.2g} and vary little around it; subtract the mean"
    return None


def classes(case):
    """Which classes there are, and how often."""
    if not case.labels:
        return None
    shares = np.bincount(case.y, minlength=case.n_out) / len(case.y)
    if not shares.all():
        return f"no example of class {np.flatnonzero(shares == 0).tolist()}: are these all the data?"
    if shares.max() > 0.8:
        return f"{shares.max():.0%} of the examples have the label {shares.argmax()}: accuracy will say little"
    return None


def order(case):
    """Whether the examples lie sorted."""
    if not case.labels:
        y = case.y[:, 0] - case.y[:, 0].mean()
        alike, chance = float(y[1:] @ y[:-1] / max(y @ y, 1e-30)), 0.0
    else:
        alike = np.mean(case.y[1:] == case.y[:-1])
        chance = np.sum((np.bincount(case.y) / len(case.y)) ** 2)
    if len(case.y) < 20 or alike - chance < 0.5 * (1 - chance):
        return None
    return f"neighbours in the file are alike ({alike:.2f}, by chance {chance:.2f}): does the loop shuffle?"


def leak(case):
    """Whether the label tells a feature, so that the feature may tell the label: the correlation ratio (Pearson 1905)."""
    X = case.X - case.X.mean(axis=0, dtype=float)
    total = np.maximum(np.sum(X * X, axis=0), 1e-30)
    if case.labels:
        member = (case.y[:, None] == np.arange(case.n_out)).astype(float)
        share = np.sum((member.T @ X) ** 2 / np.maximum(member.sum(axis=0), 1)[:, None], axis=0) / total
    else:
        Y = case.y - case.y.mean(axis=0, dtype=float)
        share = np.max((Y.T @ X) ** 2 / np.maximum(np.sum(Y * Y, axis=0), 1e-30)[:, None], axis=0) / total
    if len(X) < 100 or share.max() <= 0.95:
        return None
    told = np.flatnonzero(share > 0.95)
    return f"{len(told)} features follow from the label, the first is number {told[0]}: will they be known later?"


def copies(case):
    """Whether validation rows are in the training data."""
    if case.valid is None:
        return None
    known = {row.tobytes() for row in case.X}
    share = np.mean([row.tobytes() in known for row in case.valid[0]])
    return f"{share:.0%} of the validation examples are also in the training data" if share > 0.01 else None


def perfect(case):
    """The loss of answers without fault, beside that of guessing."""
    y = case.y[:100]
    answer, guess = 100 * np.eye(case.n_out)[y] if case.labels else y.astype(float), np.zeros((len(y), case.n_out))
    best, zero = float(case.loss(answer, y)[0]), float(case.loss(guess, y)[0])
    if best > 0.01 * max(zero, 1e-30):
        return f"a perfect answer has the loss {best:.3g}, not 0: is it the right loss for these outputs?"
    return None
