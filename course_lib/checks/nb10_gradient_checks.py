"""Checks of notebook 10, gradient checks.

Each table of known answers begins with the right one, whose fault is None.

Notebooks: 10.
"""
import numpy as np

from course_lib.checks.engine import exercise
from course_lib.checks.nb10 import CULPRITS, SPOILS, _fault


@exercise("10.4", "Relative error", hints=(
    "how far apart are the two arrays, in units of the longer one?",
    "|a - n| / max(|a|, |n|), where |a| = np.linalg.norm(a); two arrays of zeros agree",
    "size = max(np.linalg.norm(a), np.linalg.norm(n)), and then np.linalg.norm(a - n) / size if "
    "size > 0 else 0.0"))
def relative_error(mine):
    """|a - n| / max(|a|, |n|) in Euclidean lengths, and 0 for two arrays of zeros."""
    rng = np.random.default_rng(3)
    a = rng.standard_normal(5)
    pairs = [(3 * a + 0.1, a), (a, 2 * a - 0.3), (a, -a), (a, np.zeros(5)), (1e-9 * a, 2e-9 * a)]
    answer = [mine(a.copy(), n.copy()) for a, n in pairs]
    if any(np.ndim(value) for value in answer):
        return "one number was asked for, and an array came back: use the lengths of the two arrays"
    length = np.linalg.norm
    fault = _fault(np.array(answer, dtype=float),
                   [(fault, np.array([rule(a, n) for a, n in pairs])) for fault, rule in (
        (None, lambda a, n: length(a - n) / max(length(a), length(n))),
        ("that is the absolute error: it calls every small gradient right",
         lambda a, n: length(a - n)),
        ("it divides by the sum of the lengths: the formula has the larger one",
         lambda a, n: length(a - n) / (length(a) + length(n))),
        ("it divides by |a| only: with a = 0 and n not 0 that is infinite",
         lambda a, n: length(a - n) / length(a)),
        ("it divides by |n| only: with n = 0 and a not 0 that is infinite",
         lambda a, n: length(a - n) / length(n)),
        ("it divides by the smaller length: the formula has the larger one",
         lambda a, n: length(a - n) / min(length(a), length(n))),
        ("it compares the lengths: two gradients of one length can point in opposite directions",
         lambda a, n: abs(length(a) - length(n)) / max(length(a), length(n))),
        ("lengths are squared: take the root, or 1e-14 will look like 1e-28",
         lambda a, n: length(a - n)**2 / max(length(a), length(n))**2),
        ("it is the worst entry's own relative error: an entry that should be 0 then raises an "
         "alarm",
         lambda a, n: np.max(np.abs(a - n) / np.maximum(np.abs(a), np.abs(n)))),
        ("it is the mean of the entries' own relative errors: an entry that should be 0 counts as "
         "much as all others",
         lambda a, n: np.mean(np.abs(a - n) / np.maximum(np.abs(a), np.abs(n)))),
    )], "that is not |a - n| / max(|a|, |n|); tried with a small constant below the line? Then "
        "tiny gradients look right",
        atol=0)
    if fault:
        return fault
    zero = mine(np.zeros(3), np.zeros(3))
    return (
        None
        if zero == 0
        else "two arrays of zeros agree, so their relative error is 0, and not 0/0"
    )


@exercise("10.5", "Three wrong gradients and an innocent", hints=(
    "which parameters have a wrong gradient? Look for the one line whose fault would spoil exactly "
    "these",
    "a wrong D_k spoils layer k and all below; a wrong dW_k or db_k spoils nothing else; "
    "differences can be wrong too",
    'found = {"A": ..., "B": ..., "C": ..., "D": ...}, each value one of D1 D2 D3 dW1 ... db3, or '
    '"none"'))
def found(mine):
    """For each suspect the name of its faulty line, or "none"."""
    if not isinstance(mine, dict) or set(mine) != set(CULPRITS):
        return "a dict with the four keys A, B, C and D was asked for"
    if unknown := [line
                   for line in mine.values() if not isinstance(line, str) or line not in SPOILS]:
        return (
            f"{unknown[0]!r} is no line of the table: take D1 D2 D3, dW1 dW2 dW3, db1 db2 db3, or "
            "none"
        )
    return next((fault for name in CULPRITS if (fault := _accusation(name, mine[name]))), None)


def _accusation(name, line):
    """Return why `line` is not the culprit of a suspect, or None."""
    spoilt, claimed = SPOILS[CULPRITS[name]], SPOILS[line]
    if spoilt == claimed:
        return None
    if not claimed:
        return f"suspect {name} is not innocent: its gradient differs from the complex step as well"
    if not spoilt:
        return (
            f"suspect {name} was accused by differences alone: ask a method that cannot straddle a "
            "kink as well"
        )
    if claimed - spoilt:
        return (
            f"suspect {name}: a wrong {line} would spoil d{min(claimed - spoilt)}, and that is "
            "right"
        )
    return (
        f"suspect {name}: a wrong {line} does not explain why d{min(spoilt - claimed)} is wrong too"
    )
