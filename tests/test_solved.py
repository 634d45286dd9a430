"""What the exercises of a notebook touch runs when they are solved, and every check says correct;
notebooks on MNIST also run on the embedded digits.
"""
import nbformat
import pytest
from solved_slice import names, slice_of

from tools.notebooks import build as notebook_build
from tools.notebooks import source as ns
from tools.notebooks.run import execute

SOURCES = notebook_build.sources(notebook_build.FOLDER)
ON_MNIST = [path for path in SOURCES if "load_mnist" in path.read_text(encoding="utf-8")]


def dissenting(notebook):
    """Return a sentence for every exercise whose check said anything but correct in an executed
    notebook.
    """
    pairs = zip(notebook.cells, notebook.cells[1:], strict=False)
    checks = [cell for before, cell in pairs if "exercise" in ns.tags(before)]
    verdicts = [(cell.source, said(cell)) for cell in checks]
    return [f"{check} prints {text!r} of the solution" for check, text in verdicts
            if not text.endswith(": correct") or "\n" in text]


def said(cell):
    """Return what a check printed, or displayed in colour, as plain text without the last line end.
    """
    shown = [out.data["text/plain"] for out in cell.outputs if "text/plain" in out.get("data", {})]
    printed = [out.text for out in cell.outputs if out.output_type == "stream"]
    return "".join(shown + printed).rstrip("\n")


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_every_check_says_correct_of_the_solution(path):
    notebook = ns.solved_notebook(path.read_text(encoding="utf-8"))
    notebook.cells = slice_of(notebook.cells)
    execute(notebook, notebook_build.FOLDER)
    assert not dissenting(notebook), "\n".join(dissenting(notebook))


@pytest.mark.parametrize("path", ON_MNIST, ids=lambda path: path.stem)
def test_learner_without_network_can_run_it_on_the_embedded_digits(path):
    notebook = ns.learner_notebook(path.read_text(encoding="utf-8"))
    execute(notebook, notebook_build.FOLDER, COURSE_MNIST="embedded")


@pytest.mark.parametrize("text, fine", [
    ("01.1 X: correct\n", True),
    ("01.1 X: not attempted yet\n", False),
    ("01.1 X: not yet: it is 2.\nHint 1 of 3: more.\n", False),
    ("", False),
])
@pytest.mark.parametrize("coloured", [False, True])
def test_anything_but_correct_is_reported(text, fine, coloured):
    source = (
        '# %% tags=["exercise"]\n### BEGIN SOLUTION\nx = 1\n### END SOLUTION\n\n# %%\ncheck.x(x)\n'
    )
    notebook = ns.solved_notebook(source)
    notebook.cells[1].outputs = [
        nbformat.v4.new_output("display_data", {"text/plain": text, "text/html": f"<b>{text}</b>"})
        if coloured else nbformat.v4.new_output("stream", text=text)
    ]
    assert bool(dissenting(notebook)) != fine


CELLS = {  # name -> code, in the order of a notebook
    "setup": "import numpy as np",
    "old": "w = 0",
    "start": "w = np.zeros(2)",
    "change": "w[0] = 1",
    "effect": "runs = []",
    "append": "runs.append(w)",
    "stranger": "heavy = np.ones(9)",
    "exercise": "def f(x):\n    return x + w",
    "check": "check.f(f)",
    "user": "result = f(runs[0])",
    "later": "print(result)",
}


def sliced(**changes):
    cells = [nbformat.v4.new_code_cell(code) for code in (CELLS | changes).values()]
    for cell, name in zip(cells, CELLS, strict=True):
        cell.metadata["tags"] = [name]
        cell.metadata["name"] = name
    return {cell.metadata["name"] for cell in slice_of(cells)}


def test_a_slice_holds_what_the_exercise_needs_and_what_uses_it():
    assert sliced() == set(CELLS) - {"old", "stranger", "later"}


@pytest.mark.parametrize(("changes", "comes", "goes"), [
    ({"user": "result = 1"}, set(), {"user", "effect", "append"}),
    ({"exercise": "def f(x):\n    return x"}, set(), set()),
    ({"exercise": "def f(x):\n    return x + heavy[0] + w"}, {"stranger"}, set()),
    ({"start": "w += 0"}, {"old"}, set()),
])
def test_a_slice_follows_the_names(changes, comes, goes):
    assert sliced(**changes) == (sliced() | comes) - goes


def test_names_are_those_of_the_cell_and_not_of_its_functions():
    code = "a = b\nc = a\ndef f(x):\n    y = x + d + c\n    return y\ne.append(a)\nh[0].g = 1"
    bound, used, changed = names(code)
    assert bound == {"a", "c", "f"} and used == {"b", "d", "e", "h"} and changed == {"e", "h"}
