"""What the notebooks say of a claim is what the ledger says: its row is printed, and the text after
it uses the row's verdict word, in bold or italics, and no other.
"""
import functools
import re

import nbformat
import pytest

from course_lib.data import load_results
from tools.notebooks import build as notebook_build
from tools.notebooks import source as ns

ROWS = {r["name"]: r for r in load_results("evidence")["rows"]}
PATHS = sorted(notebook_build.FOLDER.glob("[0-9][0-9]_*.ipynb"))
WORDS = {  # verdict -> how the text says it, in bold or italics
    "holds": r"(?<!\w)\*{1,2}holds?\*{1,2}",
    "tie": r"(?<!\w)\*{1,2}(?:a )?(?:ties?|tied)\*{1,2}",
    "undecided": r"(?<!\w)\*{1,2}undecided\*{1,2}",
    "fails": r"(?<!\w)\*{1,2}fails?\*{1,2}",
}
SHOWN = re.compile(r"show_evidence\(\s*[\"'](\w+)[\"']")


def shown(cell):
    """Return the names of the claims whose rows a code cell prints."""
    if cell.cell_type != "code":
        return []
    looped = re.findall(r"for (\w+) in \(?\[?((?:\s*[\"']\w+[\"'],?)+)", cell.source)
    names = [name for variable, names in looped if f"show_evidence({variable})" in cell.source
             for name in re.findall(r"\w+", names)]
    return names + SHOWN.findall(cell.source)


def wrongly_told(cells, rows):
    """Yield a sentence for each row whose verdict the next text does not tell, or tells wrongly."""
    for cell, *after in (cells[k:] for k in range(len(cells))):
        names = shown(cell)
        if "show_evidence(" in cell.source and cell.cell_type == "code" and not names:
            yield f"{ns.words_for(cell)}: name the claims in the cell itself, so that a test can read them"
        text = next((c.source for c in after if c.cell_type == "markdown"), "").split("\n## ")[0]
        told = {word for word, form in WORDS.items() if re.search(form, text)}
        verdicts = {rows[name]["verdict"] for name in names if name in rows}
        yield from (f"the ledger has no claim {name}" for name in names if name not in rows)
        if names and told != verdicts:
            yield (f"after the rows of {', '.join(names)} the text says {sorted(told)} in bold or italics, "
                   f"the ledger {sorted(verdicts)}")


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_the_text_uses_the_ledger_s_words(path):
    assert list(wrongly_told(nbformat.read(path, as_version=4).cells, ROWS)) == []


@functools.cache
def printed():
    """Return {claim: numbers of the notebooks that print its row}."""
    found = {}
    for path in PATHS:
        for cell in nbformat.read(path, as_version=4).cells:
            for name in shown(cell):
                found.setdefault(name, set()).add(path.name[:2])
    return found


def test_every_row_is_printed_in_the_notebook_that_it_names():
    elsewhere = {name: r["notebook"] for name, r in ROWS.items()
                 if r["notebook"] not in printed().get(name, ())}
    assert elsewhere == {}


def cells(code, text):
    return [nbformat.v4.new_code_cell(code), nbformat.v4.new_markdown_cell(text)]


@pytest.mark.parametrize(("code", "text", "said"), [
    ('show_evidence("a")', "It **holds**.", None),
    ('show_evidence("a")\nshow_evidence("b")', "The first **holds**, the second is **undecided**.", None),
    ('for name in ("a", "b"):\n    show_evidence(name)', "One **holds**, one is **undecided**.", None),
    ('for claim in ("a",\n "b"):\n    show_evidence(claim)', "One *holds*, one is *undecided*.", None),
    ('show_evidence("a")', "It is a **tie**.", "the text says ['tie'] in bold or italics, the ledger ['holds']"),
    ('show_evidence("b")', "It **holds**.", "the ledger ['undecided']"),
    ('show_evidence("a")', "It holds.", "the text says [] in bold or italics"),
    ('show_evidence("a")\nshow_evidence("b")', "Both **hold**.", "['holds', 'undecided']"),
    ('show_evidence("c")', "It **holds**.", "no claim c"),
    ("show_evidence(names[0])", "It **holds**.", "name the claims in the cell itself"),
])
def test_a_wrong_word_is_seen(code, text, said):
    rows = {"a": {"verdict": "holds"}, "b": {"verdict": "undecided"}}
    found = list(wrongly_told(cells(code, text), rows))
    assert (found == []) if said is None else (found and said in found[0])
