"""What the code cells of a notebook must be: short, narrow, one statement a line, and numbers
printed.
"""
import ast
import re

from notebook_rules import walk

from tools.notebooks.source import MARKER, read, tags, words_for

CELL_LINES, COLUMNS, PRINTED, SETUP_LINES = 20, 88, 96, 8
SETUP_IMPORTS = {"math", "matplotlib.pyplot", "numpy", "course_lib"}
BARE = re.compile(r"(?:^|:\s*)(?:True|False)(?=\W*$|;)")


def learner_cells(book, *without):
    """Yield words that name the cell, and the cell, for code cells without one of these tags."""
    for where, _, cell, _ in walk(book, "code"):
        if not {*without} & {*tags(cell)}:
            yield where, cell


def parsed(cell):
    """Return the nodes of the cell's syntax tree, none where it is not plain Python."""
    try:
        return list(ast.walk(ast.parse(cell.source)))
    except SyntaxError:
        return []


def plain_python(book):
    """Every cell is plain Python, which the other rules can read."""
    for where, cell in learner_cells(book):
        try:
            ast.parse(cell.source)
        except SyntaxError as error:
            yield f"{where} is not plain Python ({error.msg}): write it without magics"


def short_cells(book):
    """A code cell has at most 20 lines."""
    for where, cell in learner_cells(book):
        if (lines := len(cell.source.splitlines())) > CELL_LINES:
            yield f"{where} has {lines} lines, more than {CELL_LINES}: split it, one idea a cell"


def long_lines(book):
    """A line of code has at most 88 columns, solutions included."""
    for cell in read(book.source):
        lines = cell.source.splitlines() if cell.cell_type == "code" else []
        wide = [line.strip() for line in lines if len(line) > COLUMNS and not MARKER.match(line)]
        if wide:
            begins = ", ".join(repr(line[:30]) for line in wide)
            yield (f"{words_for(cell)} has lines of more than {COLUMNS} columns, which begin {begins}: "
                   "wrap them, or prepare a part on a line before")


def one_statement_a_line(book):
    """No line of a cell holds two statements."""
    for where, cell in learner_cells(book):
        lines = [node.lineno for node in parsed(cell) if isinstance(node, ast.stmt)]
        for line in sorted({line for line in lines if lines.count(line) > 1}):
            text = cell.source.splitlines()[line - 1].strip()
            yield f"{where} has two statements in {text[:60]!r}: write each on a line of its own"


def packs(node):
    """Return whether an assignment packs values in a tuple that do not use one another's targets."""
    if not (isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple | ast.List)):
        return False
    sides = [node.value.body, node.value.orelse] if isinstance(node.value, ast.IfExp) else [node.value]
    if not any(isinstance(side, ast.Tuple | ast.List) for side in sides):
        return False
    targets = [ast.unparse(target) for target in node.targets[0].elts]
    values = getattr(node.value, "elts", [])
    return not any(
        ast.unparse(part) in targets[:n] + targets[n + 1:]
        for n, value in enumerate(values) for part in ast.walk(value) if isinstance(part, ast.expr)
    )


def no_packed_tuples(book):
    """A tuple on the left is for what one call returns, or for values that are exchanged. The cells
    tagged mirrors: or exercise are left alone: they show the library's or a published function.
    """
    for where, cell in learner_cells(book, "exercise"):
        mirrors = any(tag.startswith("mirrors:") for tag in tags(cell))
        for node in () if mirrors else filter(packs, parsed(cell)):
            text = ast.unparse(node)
            yield f"{where} packs unrelated values in {text[:60]!r}: give each a line of its own"


def printed_lines(cell):
    """Return the lines of text that the cell shows."""
    outputs = cell.get("outputs", [])
    shown = [out.text for out in outputs if out.output_type == "stream"]
    shown += [out.data["text/plain"] for out in outputs if "text/plain" in out.get("data", {})]
    return [line for text in shown for line in text.splitlines()]


def narrow_output(book):
    """A printed line has at most 96 columns. Sees executed cells only."""
    for where, cell in learner_cells(book):
        for line in printed_lines(cell):
            if len(line) > PRINTED:
                yield (f"{where} prints a line of {len(line)} columns, more than {PRINTED}, "
                       f"{line.strip()[:40]!r}: print less, or on two lines")


def numbers_not_truths(book):
    """A cell prints the number that was promised, not True. Sees executed cells only."""
    for where, cell in learner_cells(book):
        for line in printed_lines(cell):
            if BARE.search(line):
                yield f"{where} prints {line.strip()[-60:]!r}: print the numbers that were compared"


def short_setup(book):
    """The setup cell has at most 8 lines and imports only what every notebook uses."""
    for where, _, cell, _ in walk(book, "code"):
        if "setup" not in tags(cell):
            continue
        if (lines := len(cell.source.splitlines())) > SETUP_LINES:
            yield f"{where} has {lines} lines, more than {SETUP_LINES}: import where it is first needed"
        for node in parsed(cell):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            modules += [node.module] if isinstance(node, ast.ImportFrom) else []
            for module in {*modules} - SETUP_IMPORTS:
                yield f"{where} imports from {module}: import it where it is first needed"


CELL_RULES = (
    plain_python, short_cells, long_lines, one_statement_a_line, no_packed_tuples, narrow_output,
    numbers_not_truths, short_setup,
)
