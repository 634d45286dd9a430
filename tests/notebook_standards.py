"""What makes a notebook one lecture: its measure, and no answer before its question.

Each rule yields a sentence for each breach, as those of notebook_rules do; STANDARDS has them all,
with those of notebook_cells, notebook_prose and numbers_backed. All is counted outside folds and
without solutions, as tools/notebooks/minutes.py says; only lines too long are seen in solutions too.
"""
import ast
import io
import re
import symtable
import tokenize

from notebook_cells import CELL_RULES, learner_cells, parsed
from notebook_prose import PROSE_RULES
from notebook_rules import walk
from numbers_backed import numbers_are_backed

from tools.notebooks.minutes import UNCOUNTED, count, prompts, stated
from tools.notebooks.source import tags, words_for

MOST = {"words": 2200, "code_lines": 140, "sections": 9, "predictions": 8, "exercises": 5}
LEAST = {"exercises": 3, "figures": 4}
MINUTES = (45, 75)
TITLES = {"set_title", "suptitle", "title"}
FINDING = re.compile(
    r"\d|\b(?:is|are|was|were|has|have|does|do|can|cannot|must|may|will|not|no|never|only|than|wins?|loses?|"
    r"beats?|helps?|hurts?|grows?|falls?|rises?|stays?|needs?|same|equal|best|worst|\w+(?:est|less))\b",
    re.IGNORECASE,
)


def words(field):
    """Return the words for a field of Counts."""
    return "words of prose" if field == "words" else field.replace("code_lines", "lines of code")


def one_lecture(book):
    """A notebook has the measure of one lecture."""
    counts = count(book.notebook.cells)
    for what, most in MOST.items():
        if getattr(counts, what) > most:
            yield f"{words(what)}: {getattr(counts, what)}, more than {most}: cut some"
    for what, least in LEAST.items():
        if getattr(counts, what) < least:
            yield f"{words(what)}: {getattr(counts, what)}, fewer than {least}: add some"
    if not MINUTES[0] <= counts.minutes <= MINUTES[1]:
        yield f"minutes: {counts.minutes}, not {MINUTES[0]} to {MINUTES[1]}: cut or add"


def true_minutes(book):
    """The header states the minutes that the counts make."""
    minutes, said = count(book.notebook.cells).minutes, stated(book.notebook.cells)
    if said != minutes:
        yield f"the opening states {said} minutes, the counts make {minutes}: write **Minutes:** {minutes}"


def asked(book):
    """Yield words that name the cell, and the cell, for the code cell that comes next after a prompt."""
    open_prompt = False
    for n, cell in enumerate(book.notebook.cells, 1):
        if cell.cell_type == "markdown":
            open_prompt = open_prompt or prompts(cell.source) > 0
        elif cell.cell_type == "code":
            if open_prompt:
                yield f"{words_for(cell)}, number {n},", cell
            open_prompt = False


def literal_titles(cell):
    """Return the titles of figures that stand in the cell as they are shown."""
    nodes = parsed(cell)
    named = {
        node.targets[0].id: node.value for node in nodes
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    given = []
    for call in (node for node in nodes if isinstance(node, ast.Call)):
        if getattr(call.func, "attr", None) in TITLES:
            given += call.args[:1]
        given += [keyword.value for keyword in call.keywords if keyword.arg in TITLES]
    given = [named.get(value.id, value) if isinstance(value, ast.Name) else value for value in given]
    return [value.value for value in given
            if isinstance(value, ast.Constant) and isinstance(value.value, str)]


def neutral(title):
    """Return whether a title is too short and too plain to state a finding."""
    return len(title.split()) <= 4 and not FINDING.search(title)


def comments(cell):
    """Return the comments in the cell's code."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(cell.source).readline))
    except (tokenize.TokenError, SyntaxError):
        return []
    return [token.string for token in tokens if token.type == tokenize.COMMENT]


def no_spoilers(book):
    """The cell after a prompt gives no answer: no title that states it, no assert, no number in a
    comment. Does not see answers in printed text or legends, titles that a loop hands on, or a
    short title with a verb that FINDING lacks.
    """
    for where, cell in asked(book):
        for title in literal_titles(cell):
            if not neutral(title):
                yield (f"{where} follows a prompt and is titled {title!r}: compute the title from the "
                       "data, or name the quantity in at most four words without verb or number")
        if any(isinstance(node, ast.Assert) for node in parsed(cell)):
            yield f"{where} follows a prompt and asserts: move the assert to a later cell tagged guard"
        for comment in comments(cell):
            if re.search(r"(?<![\w.])\d", comment):
                yield f"{where} follows a prompt and has a number in {comment!r}: say it in words"


def asserts_in_guards(book):
    """Only cells tagged guard assert; learners' copies leave them out."""
    for where, cell in learner_cells(book, "guard"):
        lines = [node.lineno for node in parsed(cell) if isinstance(node, ast.Assert)]
        if lines:
            yield f"{where} asserts in its line {lines[0]}: move it to a cell tagged guard after it"


def shared_names(code):
    """Return the names that a cell's code binds and those that it reads, of the notebook's own."""
    top = symtable.symtable(code, "cell", "exec")
    bound = {s.get_name() for s in top.get_symbols() if s.is_assigned() or s.is_imported()}
    tables, read_names = [top], set()
    while tables:
        table = tables.pop()
        tables += table.get_children()
        read_names |= {s.get_name() for s in table.get_symbols()
                       if s.is_referenced() and (table is top or s.is_global())}
    return bound, read_names


def quiet_guards(book):
    """A guard asserts, prints nothing, and no other cell needs it, as learners' copies lack it.
    Sees what it prints once it is executed.
    """
    lent = {}
    for where, _, cell, _ in walk(book, "code"):
        if not parsed(cell):
            continue
        bound, read_names = shared_names(cell.source)
        if "guard" in tags(cell):
            if not any(isinstance(node, ast.Assert) for node in parsed(cell)):
                yield f"{where} is tagged guard but asserts nothing: assert in it, or take the tag off"
            if cell.get("outputs"):
                yield f"{where} is tagged guard but shows something: let it only assert"
            lent |= dict.fromkeys(bound, words_for(cell))
            continue
        for name in sorted((read_names - bound) & lent.keys()):
            yield f"{where} reads {name!r}, which the guard {lent[name]} binds: bind it in a cell that stays"
        for name in bound:
            lent.pop(name, None)


def early_figure(book):
    """A figure is within the first three code cells, setup and guards not counted."""
    first = [cell for _, cell in learner_cells(book, *UNCOUNTED)][:3]
    if not any("figure" in tags(cell) for cell in first):
        yield "none of the first three code cells after setup is a figure: begin with a picture"


STANDARDS = (
    one_lecture, true_minutes, early_figure, no_spoilers, asserts_in_guards, quiet_guards,
    *CELL_RULES, *PROSE_RULES, numbers_are_backed,
)
