"""From a notebook's source (jupytext percent text) to its learner's or solved cells. No files, no
kernels.

An exercise cell is tagged `exercise` and holds `### BEGIN SOLUTION` ... `### END SOLUTION`; the
learner gets a stub instead. Its check cell follows, and right under that goes the folded solution,
with the text of an optional markdown cell tagged `solution`. Ids are made from contents, so that a
later edit shows.
"""
import ast
import hashlib
import json
import re
from collections import Counter

import jupytext
import nbformat

KEPT = (
    "tags",
    "mystnb",
    "slideshow",
)  # the cell metadata that the course uses; all else is JupyterLab's
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
REGION = re.compile(
    r"^(?P<indent>[ \t]*)### BEGIN SOLUTION\n(?P<solution>.*?)^[ \t]*### END SOLUTION"
    r"(?:\n[ \t]*### BEGIN STUB\n(?P<stub>.*?)^[ \t]*### END STUB)?[ \t]*$",
    re.MULTILINE | re.DOTALL,
)
MARKER = re.compile(r"^[ \t]*### (?:BEGIN|END) (?:SOLUTION|STUB)", re.MULTILINE)
CHECK = re.compile(r"check\.(\w+)\(")


class SourceError(ValueError):
    """A source, or a notebook beside its source, that cannot be used: one sentence."""


def read(text):
    """Return the cells of a source."""
    return jupytext.reads(text, fmt="py:percent").cells


def write(cells):
    """Return the text of a source with these cells, laid out as `read` found them."""
    layout = {"main_language": "python", "notebook_metadata_filter": "-all",
              "cell_metadata_filter": ",".join(KEPT) + ",-all"}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"jupytext": layout})
    return jupytext.writes(notebook, fmt="py:percent")


def tags(cell):
    """Return the cell's tags."""
    return cell.metadata.get("tags", [])


def kept(cell):
    """Return the part of the cell's metadata that the source states."""
    return {key: cell.metadata[key] for key in KEPT if key in cell.metadata}


def check_name(cell):
    """Return the name of the check that the cell begins with, or None."""
    match = CHECK.match(cell.source) if cell.cell_type == "code" else None
    return match[1] if match else None


def is_fold(cell):
    """Return whether the cell is a folded solution, which the build makes and no source holds."""
    return "solution" in tags(cell) and cell.source.startswith("<details>")


def words_for(cell):
    """Return words that say which cell is meant."""
    return f"cell {next(iter(cell.source.splitlines()), '')!r}"


def new_cell(cell_type, source, metadata):
    """Return a markdown or code cell."""
    make = {"markdown": nbformat.v4.new_markdown_cell, "code": nbformat.v4.new_code_cell}
    if cell_type not in make:
        raise SourceError(f"the course has markdown and code cells only, not {cell_type} ones")
    return make[cell_type](source, metadata=metadata)


def stub(region):
    """Return what the learner gets for a match of REGION."""
    if (
        region["stub"] is not None
    ):  # a museum piece: the published lines, which the source holds as comments
        return re.sub(r"^([ \t]*)# ?", r"\1", region["stub"], flags=re.MULTILINE).rstrip()
    if region["indent"]:
        return region["indent"] + "..."
    lines = ast.parse(region["solution"]).body
    if not lines or not all(
        isinstance(s, ast.Assign) and isinstance(s.targets[0], ast.Name) for s in lines
    ):
        raise SourceError(
            "a solution outside a function may only hold lines of the form name = expression"
        )
    return "\n".join(f"{s.targets[0].id} = ..." for s in lines)


def is_hollow(function):
    """Return whether a function's body, after its docstring, is only `...`."""
    body = function.body[ast.get_docstring(function) is not None:]
    return (
        len(body) == 1
        and isinstance(body[0], ast.Expr)
        and getattr(body[0].value, "value", None) is ...
    )


def learner(code):
    """Return an exercise's code as the learner gets it."""
    regions = list(REGION.finditer(code))
    result = REGION.sub(stub, code)
    if not regions or MARKER.search(result):
        raise SourceError(
            "an exercise needs ### BEGIN SOLUTION and its END; a ### STUB after it needs both"
        )
    hollow = sum(
        isinstance(f, ast.FunctionDef) and is_hollow(f) for f in ast.walk(ast.parse(result))
    )
    if hollow != sum(bool(r["indent"]) and r["stub"] is None for r in regions):
        raise SourceError(
            "a solution in a function must be the function's whole body after the docstring"
        )
    return result


def solved(code):
    """Return an exercise's code with its solution and without markers."""
    return REGION.sub(lambda region: region["solution"].rstrip(), code)


def fold(code, remarks):
    """Return the markdown of a folded solution: the solved code, then the remarks."""
    parts = ["<details>\n<summary>Solution</summary>", f"```python\n{solved(code)}\n```", remarks]
    return "\n\n".join([part for part in parts if part] + ["</details>"])


def tagged(source, index, tag):
    """Return the cell at this index if there is one and it has this tag, or None."""
    return source[index] if 0 <= index < len(source) and tag in tags(source[index]) else None


def learner_text(source, index):
    """Return the text of a source cell as the learner gets it; SourceError where cells are out of
    order.
    """
    cell = source[index]
    if tagged(source, index, "exercise"):
        if not any(check_name(after) for after in source[index + 1:index + 2]):
            raise SourceError(
                "an exercise must be followed by its check, a code cell beginning check.name("
            )
        return learner(cell.source)
    if MARKER.search(cell.source):
        raise SourceError("a cell with a solution region must be tagged exercise")
    if "solution" in tags(cell) and (
        cell.cell_type == "code" or not tagged(source, index - 2, "exercise")
    ):
        raise SourceError(
            "only a markdown cell right after an exercise's check may be tagged solution"
        )
    return cell.source


def generate(source):
    """Return the learner's cells, each with the index of its source cell (None for a folded
    solution).
    """
    made = []
    for index, cell in enumerate(source):
        try:
            text = learner_text(source, index)
        except (SourceError, SyntaxError) as error:
            raise SourceError(f"{words_for(cell)}: {error}") from None
        if "solution" not in tags(cell):
            made.append((new_cell(cell.cell_type, text, kept(cell)), index))
        if exercise := tagged(source, index - 1, "exercise"):
            remarks = tagged(source, index + 1, "solution")
            folded = fold(exercise.source, remarks.source if remarks else "")
            made.append((new_cell("markdown", folded, {"tags": ["solution"]}), None))
    return made


def identify(cells):
    """Return an id for each cell, made from its contents; twins are numbered."""
    seen, ids = Counter(), []
    for cell in cells:
        text = json.dumps([cell.cell_type, cell.source, kept(cell)], sort_keys=True)
        seen[text] += 1
        ids.append(hashlib.sha256(f"{text}{seen[text]}".encode()).hexdigest()[:12])
    return ids


def digest(cells):
    """Return a short word that changes whenever a cell is edited, added, removed or moved."""
    return hashlib.sha256("".join(identify(cells)).encode()).hexdigest()[:12]


def assemble(cells):
    """Return a notebook of these cells, with ids, the kernel's name and the digest of its cells."""
    for cell, name in zip(cells, identify(cells), strict=True):
        cell["id"] = name
    course = {"built_from": digest(cells)}
    metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}, "course": course}
    return nbformat.v4.new_notebook(cells=cells, metadata=metadata)


def built_from(notebook):
    """Return the digest of what the notebook was built from, or None."""
    return notebook.metadata.get("course", {}).get("built_from")


def skeleton(notebook):
    """Return all of a notebook but its outputs and execution counts."""
    keys = ("id", "cell_type", "source", "metadata")
    return [{key: cell.get(key) for key in keys} for cell in notebook.cells], notebook.metadata


def learner_notebook(text):
    """Return the learner's notebook of a source, not yet executed."""
    return assemble([cell for cell, _ in generate(read(text))])


def solved_notebook(text):
    """Return the notebook with every exercise solved, not yet executed."""
    learner_notebook(text)  # says what is wrong with the source
    return assemble(
        [new_cell(cell.cell_type, solved(cell.source), kept(cell)) for cell in read(text)]
    )
