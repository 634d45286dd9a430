"""The evidence ledger: a sentence that compares is a claim, and a claim has a row that says what
was measured.

A claim is a function of a seed that returns one number, 0 where the two sides are alike. It is
declared in experiments/claims with the side on which the number should fall, run on fresh seeds by
`make evidence`, and judged:

    holds       the 95 % interval of the mean lies on the stated side of 0, and Holm's correction
                for the family leaves p at 5 % or less
    tie         the interval lies inside the margin, which was declared before the run
    fails       the interval lies on the other side (for a stated tie: outside the margin)
    undecided   none of these
"""
import ast
import functools
import hashlib
import inspect
import textwrap
from dataclasses import dataclass

import numpy as np

from course_lib.arguments import not_negative, whole
from course_lib.data.results import load_results
from course_lib.experiments.comparison import holm, t_interval, t_test_p

SIDES = ("below", "above", "tie")
LEVEL = 0.95


@dataclass(frozen=True)
class Claim:
    """What is declared before anything runs.

    name: of its function. notebook: "16". statement: the sentence, without a verdict word.
    unit: of the number, in words. side: where it should fall: "below" 0, "above" 0, or a "tie".
    n: how many seeds, first_seed, first_seed + 1, ...
    margin: a difference of at most this size does not matter; 0 means that no tie can be found.
    family: claims that are corrected together, by Holm; varied: what changes with the seed.
    measure: (seed, **settings) -> number.
    tuned: () -> settings, a dict: each side tuned for itself, on seeds that the claim does not
        use; None where nothing is tuned.
    """

    name: str
    notebook: str
    statement: str
    unit: str
    side: str
    n: int
    first_seed: int
    margin: float
    family: str
    varied: str
    measure: object
    tuned: object

    @property
    def seeds(self):
        """The seeds, in order."""
        return range(self.first_seed, self.first_seed + self.n)


def claim(
    notebook,
    statement,
    *,
    unit,
    side,
    n,
    first_seed=1000,
    margin=0.0,
    family=None,
    varied="seed",
    tuned=None,
):
    """Decorate the function that measures a claim; it gets the attribute `claim`, a `Claim`.

    The arguments are those of `Claim`; family is the claim's own name if none is given.
    Raises ValueError for fewer than 12 seeds, an unknown side, or a tie without a margin.
    """
    if side not in SIDES:
        raise ValueError(f"side must be one of {', '.join(SIDES)}, got {side!r}")
    if side == "tie" and not margin > 0:
        raise ValueError(f"a tie needs a positive margin, declared before the run, got {margin}")
    settings = {
        "n": whole("n", n, least=12),
        "first_seed": whole("first_seed", first_seed, least=0),
        "margin": not_negative("margin", margin),
    }

    def decorate(measure):
        name = measure.__name__
        measure.claim = Claim(
            name,
            notebook,
            statement,
            unit,
            side,
            **settings,
            family=family or name,
            varied=varied,
            measure=measure,
            tuned=tuned,
        )
        return measure

    return decorate


def claims_in(modules):
    """Return {name: Claim} of all claims in some modules; ValueError if a name occurs twice."""
    found = {}
    for module in modules:
        for value in vars(module).values():
            made = getattr(value, "claim", None)
            if isinstance(made, Claim) and found.setdefault(made.name, made) is not made:
                raise ValueError(f"two claims are called {made.name}: give each a name of its own")
    return found


def protocol(made):
    """Return a digest of what decides a claim's numbers: its declaration and the code behind it.

    The code is that of its functions and of what they use of their own module, comments and
    docstrings apart.
    """
    declared = [made.side, made.n, made.first_seed, made.margin, made.family]
    parts = [repr(declared), code_behind(made.measure)]
    if made.tuned is not None:
        bare = getattr(made.tuned, "func", made.tuned)  # of a functools.partial
        parts += [repr(getattr(made.tuned, "args", ())), code_behind(bare)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def code_behind(function):
    """Return the syntax trees of a function and of what it uses of its own module, as text."""
    module = ast.parse(inspect.getsource(inspect.getmodule(function)))
    defined = {name: node for node in module.body for name in _names_of(node)}
    wanted, queue = {}, [inspect.unwrap(function).__name__]
    while queue:
        name = queue.pop()
        if name in defined and name not in wanted:
            wanted[name] = ast.dump(_bare(defined[name]))
            queue += [node.id for node in ast.walk(defined[name]) if isinstance(node, ast.Name)]
    return "\n".join(f"{name}: {wanted[name]}" for name in sorted(wanted))


def _names_of(node):
    if isinstance(node, ast.FunctionDef):
        return [node.name]
    if isinstance(node, ast.Assign):
        return [target.id for target in node.targets if isinstance(target, ast.Name)]
    return []


def _bare(node):
    """Return a node without docstring and without the decorator that declares the claim's words."""
    if not isinstance(node, ast.FunctionDef):
        return node
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    return ast.FunctionDef(name=node.name, args=node.args, body=body, decorator_list=[])


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
    r = evidence(name)
    print(textwrap.fill(f"{r['statement']}: {r['verdict']}", 96))
    side = f"within {r['margin']:g}" if r["side"] == "tie" else f"{r['side']} 0"
    print(f"  mean {r['mean']:.3g}, 95 % interval {r['low']:.3g} to {r['high']:.3g} ({r['unit']})")
    print(f"  {r['n']} times ({r['varied']}), {r['share']:.0%} of them {side}")
