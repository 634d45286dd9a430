"""The ledger of evidence: what was measured of each claim, and the word that follows from it.

    holds       the 95 % interval of the mean lies on the stated side of 0, and Holm's correction
                for the family leaves p at 5 % or less
    tie         the interval lies inside the margin, which was declared before the run
    fails       the interval lies on the other side (for a stated tie: outside the margin)
    undecided   none of these

Notebooks: 04, 07, 08, 09, 10, 11, 13, 14, 15, 16, 17, 21, 22, 23, 28, 31, 32, 34.
"""
import functools
import textwrap

import numpy as np

from course_lib.data.results import load_results
from course_lib.experiments.claims import protocol
from course_lib.experiments.comparison import holm, t_interval, t_test_p

LEVEL = 0.95


def row(made, values, settings):
    """Return the claim's row of the ledger, without its verdict: what was declared, and what was
    measured.

    values: one number a seed; ValueError for one that is not finite.
    """
    values = np.asarray(values, dtype=float)
    bad = np.flatnonzero(~np.isfinite(values))
    if len(bad):
        raise ValueError(
            f"{made.name} gave {values[bad[0]]} on seed {made.seeds[bad[0]]}: "
            "a claim needs finite numbers"
        )
    mean, low, high = (float(f"{x:.6g}") for x in t_interval(values, level=LEVEL))
    return {
        "name": made.name,
        "notebook": made.notebook,
        "statement": made.statement,
        "unit": made.unit,
        "side": made.side,
        "n": made.n,
        "first_seed": made.first_seed,
        "margin": made.margin,
        "family": made.family,
        "varied": made.varied,
        "tuned": settings,
        "protocol": protocol(made),
        "mean": mean,
        "low": low,
        "high": high,
        "p": float(f"{t_test_p(values):.4g}"),
        "share": float(np.mean(on_side(values, made.side, made.margin))),
        "values": values.tolist(),
    }


def on_side(values, side, margin):
    """Return which values lie on the stated side; for a tie, inside the margin."""
    if side == "tie":
        return np.abs(values) <= margin
    return values < 0 if side == "below" else values > 0


def judged(rows):
    """Return the rows with "p_holm" and "verdict", each family corrected as a whole."""
    adjusted = {}
    for family in {r["family"] for r in rows}:
        members = [r for r in rows if r["family"] == family]
        p = holm([r["p"] for r in members])
        adjusted |= {r["name"]: float(f"{x:.4g}") for r, x in zip(members, p, strict=True)}
    return [
        r
        | {
            "p_holm": adjusted[r["name"]],
            "verdict": verdict(**_decisive(r), p_holm=adjusted[r["name"]]),
        }
        for r in rows
    ]


def _decisive(r):
    return {name: r[name] for name in ("low", "high", "side", "margin")}


def verdict(*, low, high, side, margin, p_holm):
    """Return the word for an interval of the mean.

    >>> verdict(low=-0.3, high=-0.1, side="below", margin=0.0, p_holm=0.001)
    'holds'
    >>> verdict(low=-0.3, high=-0.1, side="above", margin=0.0, p_holm=0.001)
    'fails'
    >>> verdict(low=-0.01, high=0.02, side="below", margin=0.05, p_holm=0.6)
    'tie'
    """
    if -margin <= low and high <= margin and margin > 0:
        return "tie"
    if side == "tie":
        return "fails" if low > margin or high < -margin else "undecided"
    if low <= 0 <= high or p_holm > 1 - LEVEL:
        return "undecided"
    return "holds" if (high < 0) == (side == "below") else "fails"


@functools.cache
def _ledger():
    return {r["name"]: r for r in load_results("evidence")["rows"]}


def evidence(name):
    """Return the ledger's row of a claim; ValueError for an unknown name."""
    if name not in _ledger():
        raise ValueError(f"the ledger has no claim {name!r}; it has {', '.join(_ledger())}")
    return _ledger()[name]


def show_evidence(name):
    """Print a claim, what was measured of it, and its verdict."""
    show_row(evidence(name))


def show_row(r):
    """Print a row of the ledger: statement and verdict, interval, and what was varied."""
    print(textwrap.fill(f"{r['statement']}: {r['verdict']}", 96))
    side = f"within {r['margin']:g}" if r["side"] == "tie" else f"{r['side']} 0"
    print(f"  mean {r['mean']:.3g}, 95 % interval {r['low']:.3g} to {r['high']:.3g} ({r['unit']})")
    print(f"  {r['n']} times ({r['varied']}), {r['share']:.0%} of them {side}")
