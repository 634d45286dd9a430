"""Say how a notebook stands beside the standards of one lecture, whose rules are in
tests/notebook_standards.py.

The notebook in its folder is read if it is the one that its source generates. Otherwise the cells
are made from the source, without outputs; the rules in NEED_OUTPUTS are then left out.
"""
import sys
import tomllib
from pathlib import Path

import nbformat

from course_lib.files import write_whole
from tools.notebooks.minutes import count, stated
from tools.notebooks.source import learner_notebook, skeleton

ROOT = Path(__file__).resolve().parents[2]
PENDING = ROOT / "tests" / "notebook_standards_pending.toml"
NEED_OUTPUTS = ("narrow_output", "numbers_not_truths", "numbers_are_backed")
HEAD = """\
# The notebooks that do not yet keep the rules of tests/notebook_standards.py. This list only gets
# shorter: a notebook that keeps them is taken off, and none is put on again.
# `python -m tools.notebooks standards --pending` takes off those that keep them.
"""


def rules():
    """Return the module of the rules, which the tests share."""
    if str(ROOT / "tests") not in sys.path:
        sys.path.append(str(ROOT / "tests"))
    import notebook_standards
    return notebook_standards


def book(path):
    """Return the Book of a source, and whether its notebook has been executed since it changed."""
    from notebook_rules import Book

    text, file = path.read_text(encoding="utf-8"), path.parents[1] / f"{path.stem}.ipynb"
    notebook = fresh = learner_notebook(text)
    if file.exists():
        built = nbformat.read(file, as_version=4)
        notebook = built if skeleton(built) == skeleton(fresh) else fresh
    return Book(path.stem, text, notebook, (), ""), notebook is not fresh


def breaches(path):
    """Return the sentences of all rules that the notebook of this source breaks."""
    standards = rules().STANDARDS
    mine, executed = book(path)
    used = [rule for rule in standards if executed or rule.__name__ not in NEED_OUTPUTS]
    return [f"{rule.__name__}: {sentence}" for rule in used for sentence in rule(mine)]


def report(path):
    """Return what the notebook counts, and its breaches, a line each."""
    found = breaches(path)
    mine, executed = book(path)
    cells = mine.notebook.cells
    counts = count(cells)
    counted = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in vars(counts).items())
    lines = [f"{counted}; minutes {counts.minutes} (the opening states {stated(cells)})"]
    if not executed:
        left_out = ", ".join(NEED_OUTPUTS)
        lines.append(f"not built since it changed, so {left_out} are left out: `build` it")
    lines += found or ["keeps every standard"]
    return "\n  ".join(lines)


def pending_text(paths, listed=None):
    """Return the list of the sources' notebooks that break a rule, as the file holds it.

    listed: the names that may be on it; None for all.
    """
    able = [path for path in paths if listed is None or path.stem in listed]
    breaking = [path.stem for path in able if breaches(path)]
    return HEAD + "names = [\n" + "".join(f'    "{name}",\n' for name in breaking) + "]\n"


def write_pending(paths, file=PENDING):
    """Take off the list the notebooks that keep every rule, or begin the list where there is none;
    return what was done.
    """
    listed = tomllib.loads(file.read_text(encoding="utf-8"))["names"] if file.exists() else None
    write_whole(file, text := pending_text(paths, listed))
    return f"{len(tomllib.loads(text)['names'])} notebooks are listed in {file.name}"
