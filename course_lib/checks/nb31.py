"""Checks of notebook 31, watch the edge of stability: backpropagation differentiated, the edge of
an averaged gradient, the twin of a ReLU network, the gradient of a curve.

Each table of known answers begins with the right one, whose fault is None.

Notebooks: 31.
"""
import numpy as np

from course_lib.checks.answers import agrees, first_match, unchanged
from course_lib.checks.engine import exercise
from course_lib.checks.values import number, numbers


def _pair(answer, shapes):
    """Return an answer as a tuple of arrays of these shapes, or None."""
    if not isinstance(answer, (tuple, list)) or len(answer) != len(shapes):
        return None
    arrays = tuple(numbers(part) for part in answer)
    fits = all(a is not None and a.shape == s for a, s in zip(arrays, shapes, strict=True))
    return arrays if fits else None


@exercise("31.1", "Backpropagation, differentiated", hints=(
    "dW = X^T D is a product, and both factors change: what does the product rule say?",
    "rdW = rX^T D + X^T rD, and rdX = rD W^T + D V^T",
    "return rX.T @ D + X.T @ rD, rD @ W.T + D @ V.T"))
def dense_changes(mine):
    """The product rule for dW = X^T D and dX = D W^T."""
    rng = np.random.default_rng(31)
    X, rX, D, rD = (rng.standard_normal(shape) for shape in ((5, 3), (5, 3), (5, 2), (5, 2)))
    W, V = rng.standard_normal((3, 2)), rng.standard_normal((3, 2))
    answer, fault = unchanged(mine, X, W, D, rX, V, rD, names="arrays")
    if fault:
        return fault
    given = _pair(answer, ((3, 2), (5, 3)))
    if given is None:
        return "two arrays are wanted, rdW of the shape of W and rdX of the shape of X"
    first, second = rX.T @ D + X.T @ rD, rD @ W.T + D @ V.T
    for k, (name, right, known) in enumerate((
        ("rdW", first, (
            ("only one factor of dW = X^T D changes there: X moves too", X.T @ rD),
            ("only one factor of dW = X^T D changes there: D moves too", rX.T @ D),
            ("that is X^T D itself, not how fast it changes", X.T @ D),
            ("both factors are replaced at once in rdW: the product rule has a sum", rX.T @ rD),
            ("rdW has a difference where the product rule has a sum", X.T @ rD - rX.T @ D),
            ("rdW has a difference where the product rule has a sum", rX.T @ D - X.T @ rD))),
        ("rdX", second, (
            ("only one factor of dX = D W^T changes there: W moves too", rD @ W.T),
            ("only one factor of dX = D W^T changes there: D moves too", D @ V.T),
            ("that is D W^T itself, not how fast it changes", D @ W.T),
            ("both factors are replaced at once in rdX: the product rule has a sum", rD @ V.T),
            ("rdX has a difference where the product rule has a sum", rD @ W.T - D @ V.T),
            ("rdX has a difference where the product rule has a sum", D @ V.T - rD @ W.T))))):
        fault = first_match(given[k], ((None, right), *known), f"{name} is not what the product "
                            "rule gives", rtol=1e-8)
        if fault is not None:
            return fault
    return None


@exercise("31.2", "The edge of an averaged gradient", hints=(
    "one step is a 2 x 2 matrix on (w, m): when do its powers grow?",
    "with q = lr h: m' = beta1 m + (1 - beta1) q w and w' = w - m'; bisect for the largest q at "
    "which both eigenvalues have size at most 1",
    "M = np.array([[1 - (1 - beta1) * q, -beta1], [(1 - beta1) * q, beta1]]); "
    "stable = abs(np.linalg.eigvals(M)).max() <= 1 + 1e-9"))
def averaged_edge(mine):
    """The largest stable lr h is 2 (1 + beta1) / (1 - beta1)."""
    for beta1 in (0.5, 0.0, 0.25, 0.8, 0.9):
        answer = number(mine(beta1))
        if answer is None:
            return "one number is wanted, the largest stable lr h"
        right = 2 * (1 + beta1) / (1 - beta1)
        known = (
            (None, right),
            ("that is the edge of heavy ball, whose gradients are not multiplied by 1 - beta1",
             2 * (1 + beta1)),
            ("that is the edge without any average", 2.0),
            ("that divides the plain edge by 1 - beta1: the average also remembers, look at the "
             "eigenvalues", 2 / (1 - beta1)),
            ("that is where the recursion begins to turn back and forth, not where it grows",
             (1 - np.sqrt(beta1)) ** 2 / (1 - beta1)),
            ("that is where the eigenvalues become real again, not where one leaves -1",
             (1 + np.sqrt(beta1)) ** 2 / (1 - beta1)),
            ("that is the reciprocal", 1 / right),
        )
        fault = first_match(answer, known, f"for beta1 = {beta1:g} the largest stable lr h is not "
                            f"{answer:.4g}: compare with more digits, and a wide enough range",
                            rtol=2e-3)
        if fault is not None:
            return fault
    return None


@exercise("31.3", "The twin", hints=(
    "relu(a z) = a relu(z) for a > 0: what must the second layer do to undo it?",
    "W1 and b1 times a, W2 divided by a, b2 as it is",
    "return a * W1, a * b1, W2 / a, b2"))
def twin(mine):
    """(a W1, a b1, W2 / a, b2)."""
    rng = np.random.default_rng(31)
    W1, b1, W2, b2 = (rng.standard_normal(shape) for shape in ((3, 4), (4,), (4, 2), (2,)))
    for a in (3.0, 0.25):
        answer, fault = unchanged(mine, W1, b1, W2, b2, a, names="weights")
        if fault:
            return fault
        given = _pair(answer, (W1.shape, b1.shape, W2.shape, b2.shape))
        if given is None:
            return "four arrays are wanted, W1, b1, W2 and b2 of the twin, in their shapes"
        known = (
            (None, (a * W1, a * b1, W2 / a, b2)),
            ("b1 stays behind: relu gets W1 x + b1, and both must grow", (a * W1, b1, W2 / a, b2)),
            ("b2 is added after W2 has undone the factor: leave it", (a * W1, a * b1, W2 / a,
                                                                     b2 / a)),
            ("b2 is added after W2 has undone the factor: leave it", (a * W1, a * b1, W2 / a,
                                                                     a * b2)),
            ("the second layer must undo the factor: divide W2", (a * W1, a * b1, a * W2, b2)),
            ("the second layer must undo the factor: divide W2", (a * W1, a * b1, W2, b2)),
            ("the factor is at the wrong end: the first layer is multiplied by a",
             (W1 / a, b1 / a, a * W2, b2)),
            ("nothing is rescaled", (W1, b1, W2, b2)),
        )
        fault = first_match(given, known, "the twin computes another function, or its first layer "
                            "is not a times as large", rtol=1e-8)
        if fault is not None:
            return fault
    return None


def _quartic(w):
    M = np.array([[2.0, 1.0, 0.0], [1.0, -1.0, 0.5], [0.0, 0.5, 3.0]])
    return 0.5 * w @ M @ w + np.sum(w**4) / 4, M @ w + w**3


@exercise("31.4", "The gradient of a curve", hints=(
    "the loss depends on c only through the point on the curve: which rule is that?",
    "chain rule: the point moves by 2 s (1 - s) when c moves by 1, so the gradient is g times that",
    "w = (1 - s)**2 * w_a + 2 * s * (1 - s) * c + s**2 * w_b; loss, g = fun(w); "
    "return loss, 2 * s * (1 - s) * g"))
def curve_gradient(mine):
    """(loss, 2 s (1 - s) g) at the point of the Bezier curve."""
    ends = np.array([1.0, -0.5, 0.3]), np.array([-0.4, 0.8, 1.0])
    c = np.array([0.7, 0.2, -0.9])
    for s in (0.2, 0.7, 0.0):
        answer, fault = unchanged(lambda a, c, b, s=s: mine(_quartic, a, c, b, s), ends[0], c,
                                  ends[1], names="points")
        if fault:
            return fault
        given = _pair(answer, ((), (3,)))
        if given is None:
            return "a loss, one number, and a gradient of the shape of c are wanted"
        points = {
            "right": (1 - s) ** 2 * ends[0] + 2 * s * (1 - s) * c + s**2 * ends[1],
            "turned": s**2 * ends[0] + 2 * s * (1 - s) * c + (1 - s) ** 2 * ends[1],
            "line": (1 - s) * ends[0] + s * ends[1],
            "no 2": (1 - s) ** 2 * ends[0] + s * (1 - s) * c + s**2 * ends[1],
        }
        at = {name: _quartic(w) for name, w in points.items()}
        loss, g = at["right"]
        faults = {"turned": "at s = 0 the curve must be at w_a", "line": "that loss is on the "
                  "straight line: c takes no part", "no 2": "the middle term of the curve has a "
                  "factor 2"}
        for name, said in faults.items():
            if agrees(given[0], at[name][0], rtol=1e-8) and not agrees(given[0], loss, rtol=1e-8):
                return said
        if not agrees(given[0], loss, rtol=1e-8):
            return "the loss is not that at the point of the curve"
        known = (
            (None, 2 * s * (1 - s) * g),
            ("that is the gradient at the point: the point moves only by 2 s (1 - s) when c moves "
             "by 1", g),
            ("the factor 2 of the middle term is missing in the gradient", s * (1 - s) * g),
            ("the gradient is divided by the factor: the chain rule multiplies",
             g / (2 * s * (1 - s)) if s else np.full(3, np.inf)),
            ("that is the factor of w_a, not of c", (1 - s) ** 2 * g),
            ("that is the factor of w_b, not of c", s**2 * g),
            ("the sign is turned round: the gradient is wanted, not the way down",
             -2 * s * (1 - s) * g),
        )
        fault = first_match(given[1], known, "the gradient is not 2 s (1 - s) g", rtol=1e-8)
        if fault is not None:
            return fault
    return None
