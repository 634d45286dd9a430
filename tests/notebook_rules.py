"""What a committed notebook must be: each rule yields a sentence for each breach, saying what to
do.
"""
import ast
import re
from dataclasses import dataclass
from itertools import zip_longest

import nbformat
from syntax_tree import in_library, tree

from tools.notebooks.run import MACHINE_PATH, machine_path, texts, wrong_output
from tools.notebooks.source import (
    check_name,
    is_fold,
    learner,
    learner_notebook,
    read,
    skeleton,
    tags,
    words_for,
)

MAX_PNG, MAX_NOTEBOOK = 100_000, 600_000  # bytes
MUSEUM = "course_lib.checks.museum"
OPENING = ("you will do", "you will learn", "you (?:will )?need", "minutes")
SECTIONS = ("summary", "questions", "go deeper")


@dataclass(frozen=True)
class Book:
    """A notebook beside its source, and what it shares with the others."""

    name: str  # as in 01_classify_critical_points
    source: str
    notebook: nbformat.NotebookNode
    course: tuple  # the names of all notebooks, in order
    setup: str  # the first code cell of every notebook


def walk(book, kind):
    """Yield (words that name the cell, the cell before or None, the cell, the cell after or None).
    """
    cells = [None, *book.notebook.cells, None]
    for n, (before, cell, after) in enumerate(zip(cells, cells[1:], cells[2:], strict=False), 1):
        if cell is not None and cell.cell_type == kind:
            yield f"{words_for(cell)}, number {n},", before, cell, after


def is_prose(cell):
    """Return whether the cell is markdown that the author wrote."""
    return cell is not None and cell.cell_type == "markdown" and not is_fold(cell)


def same_as_source(book):
    """The cells, with their tags, alt texts and ids, are those that the source generates."""
    mine, metadata = skeleton(book.notebook)
    fresh, fresh_metadata = skeleton(learner_notebook(book.source))
    for n, (a, b) in enumerate(zip_longest(mine, fresh, fillvalue={}), 1):
        if a != b:
            keys = [
                key for key in ("cell_type", "source", "metadata", "id") if a.get(key) != b.get(key)
            ]
            yield (f"cell number {n} differs from its source in {', '.join(keys)}: "
                   "`build` where the source is right, `sync` where the notebook is")
            return
    if metadata != fresh_metadata:
        yield "the notebook's metadata are not those that the build writes: `build` it"


def executed_once(book):
    """Every code cell ran, in order, in a fresh kernel, without errors, stderr or paths of a
    machine.
    """
    cells = [cell for _, _, cell, _ in walk(book, "code")]
    if [cell.execution_count for cell in cells] != list(range(1, len(cells) + 1)):
        yield "the execution counts are not 1, 2, 3, ...: `build --all` runs it in a fresh kernel"
    for where, _, cell, _ in walk(book, "code"):
        if fault := wrong_output(cell) or machine_path(cell):
            yield f"{where} {fault}"


def no_machine_paths(book):
    """No cell's text names a folder of somebody's machine."""
    for n, cell in enumerate(book.notebook.cells, 1):
        if found := MACHINE_PATH.search(cell.source):
            yield f"{words_for(cell)}, number {n}, names {found[0]}: write a path that every reader has"


def no_final_semicolon(book):
    """nbval ignores a final semicolon and then sees an output that is not in the file."""
    for where, _, cell, _ in walk(book, "code"):
        if cell.source.rstrip().endswith(";"):
            yield f"{where} ends in ';': write `_ = ...`, or end with plt.show()"


def small(book):
    """Images and notebooks stay small."""
    for where, _, cell, _ in walk(book, "code"):
        for out in cell.outputs:
            size = len(out.get("data", {}).get("image/png", "")) * 3 // 4
            if size > MAX_PNG:
                yield f"{where} draws a PNG of {size} bytes, more than {MAX_PNG}: draw less, or smaller"
    size = len(nbformat.writes(book.notebook).encode())
    if size > MAX_NOTEBOOK:
        yield f"the notebook has {size} bytes, more than {MAX_NOTEBOOK}: shrink its figures and outputs"


def follower(book, cell):
    """Return the next cell of a learner's copy, which has no guards, or None."""
    rest = book.notebook.cells[book.notebook.cells.index(cell) + 1:]
    return next((after for after in rest if "guard" not in tags(after)), None)


def described_figures(book):
    """Who cannot see a figure is told what is in it; a guard may stand between the two."""
    for where, _, cell, _ in walk(book, "code"):
        drawn = any(
            kind.startswith("image/") for out in cell.outputs for kind in out.get("data", {})
        )
        if drawn != ("figure" in tags(cell)):
            what = (
                "draws an image: tag it figure" if drawn else "is tagged figure but draws no image"
            )
            yield f"{where} {what}"
        alt = cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")
        if drawn and len(alt) < 40:
            yield f"{where} has an alt text of {len(alt)} letters: describe the figure in at least 40"
        after = follower(book, cell)
        if drawn and not (is_prose(after) and "*Reading the figure:*" in after.source):
            yield f"{where} must be followed by a markdown cell with *Reading the figure:* and what it shows"


def common_setup(book):
    """The first code cell is the same in all notebooks."""
    first = next((cell for _, _, cell, _ in walk(book, "code")), None)
    if first is None or first.source != book.setup or "setup" not in tags(first):
        yield "the first code cell must be tagged setup and be the same as in the first notebook"


def prose_first(book):
    """A reader is told what a cell is for before meeting it; a guard may follow what it guards."""
    for where, before, cell, _ in walk(book, "code"):
        check = check_name(cell) and before is not None and "exercise" in tags(before)
        guard = "guard" in tags(cell) and before is not None
        if not check and not guard and not is_prose(before):
            yield f"{where} has no markdown cell before it: say what it is for"


def checked_exercises(book):
    """Every exercise is followed by its check, which says that nobody has tried yet."""
    for where, before, cell, after in walk(book, "code"):
        exercise = before is not None and "exercise" in tags(before)
        if "exercise" in tags(cell) and (after is None or not check_name(after)):
            yield f"{where} is an exercise without a check: let a cell beginning check.name( follow it"
        if check_name(cell) and not exercise and "demo" not in tags(cell):
            yield f"{where} is a check without an exercise before it: tag it demo if that is meant"
        if check_name(cell) and exercise:
            said = "".join(texts(cell))
            if not said.endswith(": not attempted yet\n") or said.count("\n") != 1:
                yield f"{where} prints {said!r} for an untouched stub instead of 'not attempted yet'"


def true_mirrors(book):
    """A cell tagged mirrors:module.function shows that very function."""
    for where, _, cell, _ in walk(book, "code"):
        for tag in tags(cell):
            if tag.startswith("mirrors:"):
                module, _, name = tag.removeprefix("mirrors:").rpartition(".")
                mine, theirs = tree(cell.source, name), in_library(module, name)
                if theirs is None or mine != theirs:
                    yield f"{where} is not {module}.{name} as the library has it: make the two the same"


def true_exhibits(book):
    """The learner of a museum exercise gets the function of course_lib.checks.museum."""
    for cell in read(book.source):
        if "exercise" in tags(cell) and "### BEGIN STUB" in cell.source:
            stub = learner(cell.source)
            names = [
                node.name for node in ast.parse(stub).body if isinstance(node, ast.FunctionDef)
            ]
            if not names or any(tree(stub, name) != in_library(MUSEUM, name) for name in names):
                yield f"{words_for(cell)}: its STUB is not the function in {MUSEUM}: make the two the same"


def known_links(book):
    """Links to notebooks lead to notebooks of the course."""
    for where, _, cell, _ in walk(book, "markdown"):
        for link in re.findall(r"\]\(([^)#\s]*)\.ipynb[^)]*\)", cell.source):
            if link not in book.course:
                yield f"{where} links to {link}.ipynb, which is not in the README's table of notebooks"


def whole_structure(book):
    """A notebook opens, sums up, asks, leads further, and hands over to the next one."""
    cells, names = book.notebook.cells, list(book.course)
    opening = "\n".join(cell.source for cell in cells[:3] if cell.cell_type == "markdown")
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    if not re.match(r"# \S", opening):
        yield "the notebook must begin with its title, a line that begins with '# '"
    for phrase in OPENING:
        if not re.search(phrase, opening, re.IGNORECASE):
            yield f"the opening lacks {phrase!r}: state what one will do, learn, needs, and the minutes"
    parts = re.split(rf"^##+ ({'|'.join(SECTIONS)})\b.*$", text, flags=re.MULTILINE | re.IGNORECASE)
    if tuple(part.lower() for part in parts[1::2]) != SECTIONS:
        yield f"the notebook must end with the headings {', '.join(SECTIONS)}, in this order, each once"
        return
    if not 3 <= parts[4].count("<details>") <= 5:
        yield f"there are {parts[4].count('<details>')} questions with a folded answer; have 3 to 5"
    if not re.search("arxiv|doi", parts[6], re.IGNORECASE):
        yield "Go deeper names no paper by arXiv number or DOI"
    following = names[names.index(book.name) + 1:][:1] if book.name in names else []
    if following and f"]({following[0]}.ipynb)" not in parts[6]:
        yield f"the end must link to the next notebook: [{following[0][:2]}: ...]({following[0]}.ipynb)"


def open_folds(book):
    """Markdown inside <details> is only rendered between blank lines."""
    for where, _, cell, _ in walk(book, "markdown"):
        if cell.source.count("<details>") != cell.source.count("</details>"):
            yield f"{where} has a <details> that is not closed in the same cell"
        if re.search(r"</summary>[ \t]*\n?[ \t]*[^\s]|[^\n]\n?</details>", cell.source):
            yield f"{where} needs a blank line after </summary> and one before </details>"


RULES = (
    same_as_source, executed_once, no_machine_paths, no_final_semicolon, small, described_figures,
    common_setup, prose_first, checked_exercises, true_mirrors, true_exhibits, known_links,
    whole_structure, open_folds,
)


def course_names(readme):
    """Return the names of all notebooks, planned ones too, from the table in the README."""
    rows = [line for line in readme.splitlines() if line.startswith("|")]
    return tuple(sorted({name for row in rows for name in re.findall(r"\b\d\d_[a-z0-9_]+\b", row)}))
