"""Checks of notebook 00: warm-ups on the conventions of the course.

Notebooks: 00.
"""
import math
import numbers

import numpy as np

from course_lib.checks.answers import first_match
from course_lib.checks.engine import exercise


def _is_number(mine):
    """Return whether an answer is one real number: of Python, NumPy or the fractions module."""
    if isinstance(mine, numbers.Real):
        return not isinstance(mine, (bool, np.bool_))
    return np.size(mine) == 1 and np.asarray(mine).dtype.kind in "iuf"


def _named(mine, faults):
    """Return the fault whose value `mine` has, or None. faults: pairs (value, sentence)."""
    pairs = ((fault, value) for value, fault in faults)
    return first_match(np.asarray(mine).item(), pairs, rtol=2e-3, atol=0)


def _three_steps_by_the_loss():
    w = 1.0
    for _ in range(3):
        w = w - 0.15 * 5 * w**2
    return w


@exercise("00.1", "Three steps by hand", hints=(
    "Take the derivative of the loss first, and then one step at a time.",
    "One step multiplies w by the same factor, 1 - lr * curvature, wherever w is.",
    "Line: `w = w - 0.15 * (10 * w)`, three times, from `w = 1`."))
def three_steps(mine):
    """The point that gradient descent reaches from w = 1 on 5 w^2 in three steps of rate 0.15."""
    if not _is_number(mine):
        return "one number is asked for, the point after the third step"
    mine = float(np.asarray(mine).item())
    if np.isclose(mine, -0.125, rtol=1e-6, atol=0):
        return None
    return _named(mine, (
        (1.0, "this is the start, before any step"),
        (-0.5, "this is where one step leads; three are asked for"),
        (0.25, "this is where two steps lead; three are asked for"),
        (0.0625, "this is where four steps lead; three are asked for"),
        (0.125, "the size is right but not the side: count how often the steps jump across the "
                "minimum"),
        (15.625, "the steps go uphill: the gradient points up, so its multiple is subtracted"),
        (-3.5, "all three steps used the gradient of the start; each needs the gradient where it "
               "begins"),
        (0.85**3, "the gradient was taken as w, but the loss is 5 w^2"),
        (0.25**3, "the gradient was taken as 5 w; the derivative of w^2 brings down a 2"),
        (5 * 0.125**2, "this is the loss at the right point; the point itself is asked for"),
        (_three_steps_by_the_loss(), "the step was taken with the loss 5 w^2 in place of its "
                                     "gradient 10 w"),
        (-0.13, "this is rounded; the number has three decimals"),
        (-0.12, "this is rounded; the number has three decimals"),
    )) or "this is not where three steps lead"


@exercise("00.2", "The contract", hints=(
    "Write the loss of one point first, then its two partial derivatives, then think of many "
    "points at once.",
    "The loss is half of w1^2 + 10 w2^2, and the coordinates are `w[..., 0]` and `w[..., 1]`.",
    "Line: `H = np.array([1.0, 10.0])`, then `0.5 * (H * w**2).sum(axis=-1)` and `H * w` make the "
    "pair."))
def bowl(mine):
    """A function that returns (loss, grad) of (w1^2 + 10 w2^2) / 2 for one point or many."""
    w = np.array([2.0, -1.0])
    given = w.copy()
    pair = mine(given)
    if not isinstance(pair, tuple) or len(pair) != 2:
        return "the contract asks for a pair, first the loss, then the gradient"
    if not np.array_equal(given, w):
        return "it changes the point it was given; whoever called still needs that point"
    loss, g = pair
    if np.shape(loss) == (2,) and np.shape(g) == ():
        return "the pair is the wrong way round: the loss comes first"
    if np.shape(loss) != () or np.shape(g) != (2,):
        return ("one point has a loss of shape () and a gradient of shape (2,), "
                f"not {np.shape(loss)} and {np.shape(g)}")
    return _wrong_loss(loss) or _wrong_gradient(g) or _wrong_batch(mine)


def _wrong_loss(loss):
    if np.isclose(loss, 7.0):
        return None
    return _named(loss, (
        (14.0, "the loss is twice too large: the half in front is missing"),
        (2.5, "both coordinates have the same curvature here; the second should have 10"),
        (52.0, "the 10 was squared along with the coordinate"),
        (-3.0, "the second term is subtracted; this is a saddle and not a bowl"),
    )) or "the loss of a point is wrong"


def _wrong_gradient(g):
    right = np.array([2.0, -10.0])
    if np.allclose(g, right):
        return None
    for factor, fault in ((2, "twice too long: the half of the loss cancels the 2 of the "
                              "derivative"),
                          (0.5, "half as long as it should be: the derivative of w^2 is 2 w"),
                          (-1, "pointing downhill; it points uphill, and the update rule subtracts "
                               "it")):
        if np.allclose(g, factor * right):
            return f"the gradient is {fault}"
    if np.allclose(g, [2.0, -1.0]):
        return (
            "the gradient is that of a round bowl: the curvature 10 of the second coordinate is "
            "missing"
        )
    return "the loss is right, but the gradient is not its derivative"


def _wrong_batch(mine):
    W = np.array([[2.0, -1.0], [1.0, 1.0], [0.0, 3.0]])
    loss, g = mine(W.copy())
    if np.shape(loss) == ():
        return "many points got one loss together: sum over the last axis only, one loss a point"
    if np.shape(loss) != (3,):
        return "w[0] is the first of many points; its first coordinate is found on the last axis"
    if np.shape(g) != (3, 2):
        return f"the gradient of 3 points has the shape of w, (3, 2), and not {np.shape(g)}"
    if not (np.allclose(loss, [7.0, 5.5, 45.0]) and np.allclose(g, W * [1.0, 10.0])):
        return "one point is right, but of many points some are wrong"
    return _wrong_table(mine)


def _wrong_table(mine):
    """Three axes: a table of 2 times 3 points."""
    W = np.arange(12.0).reshape(2, 3, 2) - 4
    loss, g = mine(W.copy())
    right = 0.5 * (W[..., 0]**2 + 10 * W[..., 1]**2)
    if np.shape(loss) != (2, 3) or np.shape(g) != (2, 3, 2):
        return ("it is right for one point and for a list of points, but for a table of 2 x 3 "
                f"points the shapes are {np.shape(loss)} and {np.shape(g)}: use the last axis, "
                "w[..., 0]")
    if not (np.allclose(loss, right) and np.allclose(g, W * [1.0, 10.0])):
        return "a list of points is right, but a table of 2 x 3 points is not: use w[..., 0]"
    return None


@exercise("00.3", "An update rule", hints=(
    "Downhill is against the gradient, and the learning rate scales the step.",
    "The new point is w - lr g, in a new array; a rule without memory keeps an empty state.",
    "Line: `return w - lr * g, {}`."))
def descent_step(mine):
    """One step of gradient descent in the form of the course's update rules."""
    w, g = np.array([1.0, 2.0]), np.array([3.0, -4.0])
    given = w.copy(), g.copy()
    pair = mine(*given, {}, lr=0.1)
    if not (np.array_equal(given[0], w) and np.array_equal(given[1], g)):
        return (
            "it changes the arrays it was given (`w -= ...` works in place); a rule makes a new "
            "array"
        )
    if not isinstance(pair, tuple) or len(pair) != 2:
        return "only a point came back; a rule returns the pair of new point and new state"
    w_new, state = pair
    if not isinstance(state, dict):
        return (
            "the state must be a dict, even with nothing to remember, and not "
            f"{type(state).__name__}"
        )
    if np.shape(w_new) != (2,):
        return f"the new point must have the shape of w, (2,), and not {np.shape(w_new)}"
    if not np.allclose(w_new, [0.7, 2.4]):
        return _wrong_step(w_new)
    column = np.array([[0.1], [1.0]])
    moved, _ = mine(np.stack([w, w]), np.stack([g, g]), {}, lr=column)
    if not np.allclose(moved, [[0.7, 2.4], [-2.0, 6.0]]):
        return "one run is right, but two runs with a rate each are not"
    return None


def _wrong_step(w_new):
    for step, fault in (([1.3, 1.6], "the step goes uphill: it follows the gradient, which points "
                                     "up"),
                        ([-2.0, 6.0], "the learning rate is not used: the step is the whole "
                                      "gradient"),
                        ([0.94, 2.08], "the gradient was divided by its length; steeper means "
                                       "longer steps"),
                        ([-0.3, 0.4], "this is the step alone; the rule returns the point that it "
                                      "leads to"),
                        ([1.0, 2.0], "the point did not move")):
        if np.allclose(w_new, step):
            return fault
    return "this is not the point that one step of gradient descent reaches"


@exercise("00.4", "The loss of a guess", hints=(
    "Only the probability given to the right class counts.",
    "The loss of one example is -ln p, with p the probability of the right class.",
    "Line: `guessing_loss = -math.log(1 / 10)`."))
def guessing_loss(mine):
    """The cross-entropy of giving each of ten classes the same probability."""
    if not _is_number(mine):
        return "one number is asked for"
    if abs(mine - math.log(10)) < 0.005:
        return None
    return _named(mine, (
        (-math.log(10), "the sign is wrong: the logarithm of a probability is negative, a loss is "
                        "not"),
        (1.0, "this is the logarithm to base 10; the loss uses the natural one"),
        (math.log2(10), "this is in bits, the logarithm to base 2; the loss uses the natural one"),
        (0.1, "this is the probability of the right class, not its loss"),
        (0.9, "this is how often a guess is wrong, not its loss"),
        (10.0, "this is the number of classes, not the loss"),
        (-math.log(0.9), "this is the logarithm of the probability of the other nine classes"),
        (math.log(10) / 10, "this averages over classes; the loss averages over examples"),
        (-10 * math.log(0.1), "this sums over all ten classes; only the right class counts"),
    )) or "this is not the mean loss of a guess"
