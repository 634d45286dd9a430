"""A sentence that compares is a claim: a function of a seed that returns one number, 0 where the
two sides are alike.

It is declared in the repository's folder experiments/claims, with the side on which the number
should fall, before it runs. `make evidence` runs it on fresh seeds; `ledger` judges what came out.

Notebooks: 34.
"""
import ast
import functools
import hashlib
import inspect
from dataclasses import dataclass

from course_lib.arguments import not_negative, whole

SIDES = ("below", "above", "tie")


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

    The code is that of its functions and of what they use of the folder experiments, its words
    (comments, docstrings, statement, unit) apart.
    """
    declared = [made.side, made.n, made.first_seed, made.margin, made.family]
    parts = [repr(declared), code_behind(made.measure)]
    if made.tuned is not None:
        bare = getattr(made.tuned, "func", made.tuned)  # of a functools.partial
        parts += [repr(getattr(made.tuned, "args", ())), code_behind(bare)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def code_behind(function):
    """Return the syntax trees of a function and of what it uses of its own module and of those in
    the same folder, as text.
    """
    module = inspect.getmodule(function)
    wanted, queue = {}, [(module, inspect.unwrap(function).__name__)]
    while queue:
        module, name = queue.pop()
        if (module.__name__, name) not in wanted and name in _defined(module):
            bare = _bare(_defined(module)[name])
            wanted[module.__name__, name] = ast.dump(bare)
            queue += _used(bare, module)
    return "\n".join(f"{where[1]}: {wanted[where]}" for where in sorted(wanted))


@functools.cache
def _defined(module):
    """Return {name: node} of what a module defines."""
    tree = ast.parse(inspect.getsource(module))
    return {name: node for node in tree.body for name in _names_of(node)}


def _used(tree, module):
    """Yield (module, name) for each name in a tree that its module defines, or has from another
    module of its package.
    """
    package = module.__name__.split(".")[0]
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            value = getattr(module, node.id, None)
            bare = inspect.unwrap(value) if callable(value) else value
            home = inspect.getmodule(bare) if inspect.isfunction(bare) else None
            ours = home and home.__name__.split(".")[0] == package
            yield (home, bare.__name__) if ours else (module, node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            other = getattr(module, node.value.id, None)
            if inspect.ismodule(other) and other.__name__.split(".")[0] == package:
                yield other, node.attr


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
