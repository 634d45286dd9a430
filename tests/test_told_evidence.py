"""What the notebooks say of a claim is what the ledger says: its row is printed, and the text after
it uses the row's verdict word, in bold or italics, and no other. A row is printed in the notebook that
its claim names; another one may print it too, and then links to that notebook in the same text.
"""
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


def without_source(cells, number, rows):
    """Yield a sentence for each row of another notebook whose next text does not link to that one."""
    for k, cell in enumerate(cells):
        text = next((c.source for c in cells[k + 1:] if c.cell_type == "markdown"), "").split("\n## ")[0]
        for name in shown(cell):
            home = rows[name]["notebook"] if name in rows else number
            if home != number and f"]({home}_" not in text:
                yield f"the row of {name} was measured in notebook {home}: link to it in the text after it"


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_row_of_another_notebook_is_linked_to_it(path):
    cells = nbformat.read(path, as_version=4).cells
    assert list(without_source(cells, path.name[:2], ROWS)) == []


def printed(books):
    """Return {claim: numbers of the notebooks that print its row}; books: {number: cells}."""
    found = {}
    for number, cells in books.items():
        for cell in cells:
            for name in shown(cell):
                found.setdefault(name, set()).add(number)
    return found


def not_at_home(books, rows):
    """Return {claim: its notebook} of the rows that their own notebook does not print."""
    found = printed(books)
    return {name: r["notebook"] for name, r in rows.items() if r["notebook"] not in found.get(name, ())}


def test_every_row_is_printed_in_the_notebook_that_it_names():
    books = {path.name[:2]: nbformat.read(path, as_version=4).cells for path in PATHS}
    assert not_at_home(books, ROWS) == {}


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


LINKED = "It **holds** ([notebook 09](09_choose.ipynb))."


def test_a_second_printing_is_allowed_and_held_to_the_same_rules():
    rows = {"a": {"verdict": "holds", "notebook": "09"}}
    first, second = cells('show_evidence("a")', "It **holds**."), cells('show_evidence("a")', LINKED)
    assert not_at_home({"09": first, "34": second}, rows) == {}
    assert not_at_home({"34": second}, rows) == {"a": "09"}
    assert [*wrongly_told(second, rows), *without_source(second, "34", rows)] == []
    assert [*without_source(first, "09", rows)] == []
    told_wrongly = cells('show_evidence("a")', LINKED.replace("holds", "fails"))
    assert "the ledger ['holds']" in next(wrongly_told(told_wrongly, rows))


@pytest.mark.parametrize("text", ["It **holds**.", "It **holds** ([8](08_sample.ipynb)).", "It **holds**.\n## Next\n[9](09_choose.ipynb)"])
def test_a_second_printing_without_its_source_is_seen(text):
    rows = {"a": {"verdict": "holds", "notebook": "09"}}
    found = list(without_source(cells('show_evidence("a")', text), "34", rows))
    assert found == ["the row of a was measured in notebook 09: link to it in the text after it"]
