"""Checks of notebook 33, scale out: the gradient of many workers, the largest rate for late
gradients, error feedback.

Each table of known answers begins with the right one, whose fault is None.

Notebooks: 33.
"""
import numpy as np

from course_lib.checks.answers import agrees, first_match, unchanged
from course_lib.checks.engine import exercise
from course_lib.checks.values import number, numbers


@exercise("33.1", "Put the gradient together", hints=(
    "a mean over all rows: how much does a worker with twice the rows count?",
    "multiply each gradient by its number of rows, add, and divide by the number of all rows",
    "return sizes @ gradients / sizes.sum()"))
def average(mine):
    """sum of sizes[i] * gradients[i], divided by the sum of the sizes."""
    rng = np.random.default_rng(33)
    for sizes in (np.array([32, 32, 5]), np.array([7, 1]), np.array([4, 4, 4, 4])):
        gradients = rng.standard_normal((len(sizes), 6))
        answer, fault = unchanged(mine, gradients, sizes, names="arrays")
        if fault:
            return fault
        given = numbers(answer)
        if given is None or given.shape != (6,):
            return "one gradient is wanted, an array (n,)"
        total = sizes @ gradients
        known = (
            (None, total / sizes.sum()),
            ("every worker counts alike there: one with few rows must count less",
             gradients.mean(axis=0)),
            ("that is the sum over all rows: the mean is wanted", total),
            ("that divides by the number of workers, not of rows", total / len(sizes)),
            ("that adds the workers' means: a step would be longer with more workers",
             gradients.sum(axis=0)),
            ("the weights are turned round: a worker with more rows counts more",
             (1 / sizes) @ gradients / (1 / sizes).sum()),
        )
        fault = first_match(given, known, "that is not the gradient of the mean over all rows",
                            rtol=1e-9)
        if fault is not None:
            return fault
    return None


@exercise("33.2", "The largest rate for late gradients", hints=(
    "put w_t = z^t into the recursion: for which a has the polynomial a root outside the circle?",
    "the roots of z^(delay+1) - z^delay + a must have size at most 1: bisect in a",
    "np.roots([1, -1] + [0] * (delay - 1) + [a]) for a delay of 1 or more; or 2 sin(pi / (4 delay "
    "+ 2))"))
def largest_rate(mine):
    """2 sin(pi / (4 delay + 2))."""
    for delay in (2, 0, 1, 5, 10):
        answer = number(mine(delay))
        if answer is None:
            return "one number is wanted, the largest stable lr * curvature"
        right = 2 * np.sin(np.pi / (4 * delay + 2))
        known = [
            (None, right),
            ("that is the edge without a delay", 2.0),
            ("the delay is one too short: 0 means that the gradient is taken at w_t",
             2 * np.sin(np.pi / (4 * delay - 2)) if delay else np.nan),
            ("the delay is one too long: 0 means that the gradient is taken at w_t",
             2 * np.sin(np.pi / (4 * delay + 6))),
            ("that divides the plain edge by delay + 1: a guess, run it to see", 2 / (delay + 1)),
            ("that is the limit for long delays, not yet the value", np.pi / (2 * delay)
             if delay else np.nan),
            ("that is where w begins to swing, not where it grows",
             delay**delay / (delay + 1) ** (delay + 1)),
        ]
        fault = first_match(answer, [pair for pair in known if not np.isnan(pair[1])],
                            f"for a delay of {delay} the largest stable rate is not {answer:.4g}: "
                            "bisect further, or run longer", rtol=5e-3)
        if fault is not None:
            return fault
    return None


@exercise("33.3", "Error feedback", hints=(
    "what was not sent is added to the next gradient before its largest entries are chosen",
    "wanted = g + kept; send its k entries of largest size; keep wanted - sent",
    "largest = np.argsort(-abs(wanted))[:k]; sent = np.zeros_like(wanted); "
    "sent[largest] = wanted[largest]; return sent, wanted - sent"))
def send(mine):
    """The k largest of g + kept, and the rest."""
    rng = np.random.default_rng(33)
    for k, n in ((2, 6), (1, 4), (5, 5)):
        g, kept = rng.standard_normal(n), 2 * rng.standard_normal(n)
        answer, fault = unchanged(mine, g, kept, k, names="arrays")
        if fault:
            return fault
        if not isinstance(answer, (tuple, list)) or len(answer) != 2:
            return "two arrays are wanted, what is sent and what is kept"
        sent, rest = (numbers(part) for part in answer)
        if sent is None or rest is None or sent.shape != g.shape or rest.shape != g.shape:
            return "two arrays are wanted, both like g: zeros stand where nothing is sent"
        fault = _fault_of(sent, rest, g, kept, k)
        if fault is not None:
            return fault
    return None


def _fault_of(sent, rest, g, kept, k):
    def top(v, by):
        chosen = np.zeros_like(v)
        where = np.argsort(-by)[:k]
        chosen[where] = v[where]
        return chosen

    wanted = g + kept
    known = (
        (None, top(wanted, abs(wanted))),
        ("what was kept takes no part in what is sent", top(g, abs(g))),
        ("the entries are chosen by g alone: choose them by g + kept", top(wanted, abs(g))),
        ("the largest in size are wanted, negative ones too", top(wanted, wanted)),
        ("the smallest entries are sent", top(wanted, -abs(wanted))),
        ("only g is sent at the chosen places: send what was kept there too",
         top(g, abs(wanted))),
        ("all of g + kept is sent", wanted),
    )
    fault = first_match(sent, known, "what is sent is not the k largest entries of g + kept",
                        rtol=1e-9)
    if fault is not None or agrees(rest, wanted - sent, rtol=1e-9):
        return fault
    return first_match(rest, (
        ("what was kept before is lost: keep g + kept - sent", g - sent),
        ("the sign of what is kept is turned round", sent - wanted),
        ("all of g + kept is kept, although a part was sent", wanted),
        ("the old rest is kept unchanged", kept),
    ), "what is kept is not g + kept - sent", rtol=1e-9)
