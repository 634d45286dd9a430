"""The solved notebooks run, and every check says correct; those on MNIST also run on the embedded
digits.
"""
import nbformat
import pytest

from tools.notebooks import build as notebook_build
from tools.notebooks import source as ns
from tools.notebooks.run import execute, texts

SOURCES = notebook_build.sources(notebook_build.FOLDER)
ON_MNIST = [path for path in SOURCES if "load_mnist" in path.read_text(encoding="utf-8")]


def dissenting(notebook):
    """Return a sentence for every exercise whose check said anything but correct in an executed
    notebook.
    """
    pairs = zip(notebook.cells, notebook.cells[1:], strict=False)
    checks = [cell for before, cell in pairs if "exercise" in ns.tags(before)]
    verdicts = [(cell.source, "".join(texts(cell))) for cell in checks]
    return [f"{check} prints {said!r} of the solution" for check, said in verdicts
            if not said.endswith(": correct\n") or said.count("\n") != 1]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_every_check_says_correct_of_the_solution(path):
    notebook = ns.solved_notebook(path.read_text(encoding="utf-8"))
    execute(notebook, notebook_build.FOLDER)
    assert not dissenting(notebook), "\n".join(dissenting(notebook))


@pytest.mark.parametrize("path", ON_MNIST, ids=lambda path: path.stem)
def test_learner_without_network_can_run_it_on_the_embedded_digits(path):
    notebook = ns.learner_notebook(path.read_text(encoding="utf-8"))
    execute(notebook, notebook_build.FOLDER, COURSE_MNIST="embedded")


@pytest.mark.parametrize("said, fine", [
    ("01.1 X: correct\n", True),
    ("01.1 X: not attempted yet\n", False),
    ("01.1 X: not yet: it is 2.\nHint 1 of 3: more.\n", False),
    ("", False),
])
def test_anything_but_correct_is_reported(said, fine):
    source = (
        '# %% tags=["exercise"]\n### BEGIN SOLUTION\nx = 1\n### END SOLUTION\n\n# %%\ncheck.x(x)\n'
    )
    notebook = ns.solved_notebook(source)
    notebook.cells[1].outputs = [nbformat.v4.new_output("stream", text=said)]
    assert bool(dissenting(notebook)) != fine
