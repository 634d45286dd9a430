"""The build of notebooks: stubs and folds, what is rebuilt, and the way back from JupyterLab."""
import base64
import io
import json
import subprocess
import sys

import nbformat
import pytest
from PIL import Image

from tools.notebooks import build as notebook_build
from tools.notebooks import run as notebook_run
from tools.notebooks import source as ns

TINY = '''\
# %% [markdown]
# # Draw a line

# %% tags=["setup"]
import matplotlib.pyplot as plt

# %% [markdown]
# A line.

# %% tags=["figure"] mystnb={"image": {"alt": "A line that rises from zero to one."}}
fig, ax = plt.subplots()
ax.plot([0, 1])
plt.show()

# %% [markdown]
# Double it.

# %% tags=["exercise"]
FACTOR = 2


def double(x):
    """Return twice x."""
    ### BEGIN SOLUTION
    return FACTOR * x
    ### END SOLUTION

# %%
check.double(double)

# %% [markdown] tags=["solution"]
# Halving comes later.

# %% [markdown]
# The end.
'''
FIRST = """
import os, pathlib
progress = pathlib.Path(os.environ["COURSE_PROGRESS"])
print(os.environ["TQDM_DISABLE"], pathlib.Path.cwd().name, progress.exists())

class check:
    def double(f): print("01.1 Double: not attempted yet")
"""


@pytest.fixture(scope="module", autouse=True)
def library(tmp_path_factory):
    """A library that does not change while the tests run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(notebook_build, "LIBRARY", tmp_path_factory.mktemp("library"))
        yield notebook_build.LIBRARY


@pytest.fixture
def folder(tmp_path):
    """A folder of notebooks with one source, the tiny one."""
    (tmp_path / "notebooks" / "src").mkdir(parents=True)
    (tmp_path / "notebooks" / "src" / "01_tiny.py").write_text(TINY)
    return tmp_path / "notebooks"


@pytest.fixture
def quick(monkeypatch):
    """Builds that start no kernel; returns the list of folders in which a notebook would have run.
    """
    runs = []
    monkeypatch.setattr(notebook_build, "execute", lambda notebook, folder: runs.append(folder))
    return runs


def source_of(folder):
    return folder / "src" / "01_tiny.py"


def set_source(folder, old, new):
    text = source_of(folder).read_text()
    assert text.count(old) == 1
    source_of(folder).write_text(text.replace(old, new))


def edit(folder, change):
    """Let `change` work on the built notebook, as JupyterLab would."""
    path = folder / "01_tiny.ipynb"
    notebook = nbformat.read(path, as_version=4)
    change(notebook)
    nbformat.write(notebook, path)


def run(folder, *arguments):
    return notebook_build.main(list(arguments), folder)


# What the learner gets

EXERCISES = {
    "a function's body": (
        'def f(x):\n    """Doc."""\n    ### BEGIN SOLUTION\n    y = x\n\n    return y\n    ### END SOLUTION',
        'def f(x):\n    """Doc."""\n    ...',
        'def f(x):\n    """Doc."""\n    y = x\n\n    return y',
    ),
    "assignments": (
        "### BEGIN SOLUTION\na = 1  # why\nb = [\n    2,\n]\n### END SOLUTION\nprint(1)",
        "a = ...\nb = ...\nprint(1)",
        "a = 1  # why\nb = [\n    2,\n]\nprint(1)",
    ),
    "two functions": (
        "def f():\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION\n\n\n"
        "def g():\n    ### BEGIN SOLUTION\n    return 2\n    ### END SOLUTION",
        "def f():\n    ...\n\n\ndef g():\n    ...",
        "def f():\n    return 1\n\n\ndef g():\n    return 2",
    ),
    "a museum piece": (
        "def f(x):\n    ### BEGIN SOLUTION\n    return x\n    ### END SOLUTION\n    ### BEGIN STUB\n"
        "    # for i in x:  # all\n    #     y = i\n    #\n    # # forever\n    # return y\n    ### END STUB",
        "def f(x):\n    for i in x:  # all\n        y = i\n    \n    # forever\n    return y",
        "def f(x):\n    return x",
    ),
}


@pytest.mark.parametrize("code, stub, solution", EXERCISES.values(), ids=EXERCISES)
def test_regions_become_stubs_and_solutions(code, stub, solution):
    assert ns.learner(code) == stub
    assert ns.solved(code) == solution


BAD_CELLS = {
    "no region": ("def f():\n    return 1", "needs ### BEGIN SOLUTION"),
    "region not closed": (
        "def f():\n    ### BEGIN SOLUTION\n    return 1",
        "needs ### BEGIN SOLUTION",
    ),
    "stub not closed": (
        "### BEGIN SOLUTION\na = 1\n### END SOLUTION\n### BEGIN STUB",
        "STUB after it needs",
    ),
    "part of a body": (
        "def f():\n    y = 1\n    ### BEGIN SOLUTION\n    return y\n    ### END SOLUTION",
        "the function's whole body",
    ),
    "another empty body": (
        "def g(): ...\ndef f():\n    ### BEGIN SOLUTION\n    1\n    ### END SOLUTION",
        "the function's whole body",
    ),
    "a loop's body": (
        "for i in range(3):\n    ### BEGIN SOLUTION\n    print(i)\n    ### END SOLUTION",
        "the function's whole body",
    ),
    "a loose statement": ("### BEGIN SOLUTION\nprint(1)\n### END SOLUTION", "name = expression"),
    "a pair": ("### BEGIN SOLUTION\na, b = 1, 2\n### END SOLUTION", "name = expression"),
    "nothing": ("### BEGIN SOLUTION\n### END SOLUTION", "name = expression"),
    "not Python": (
        "def f(:\n    ### BEGIN SOLUTION\n    1\n    ### END SOLUTION",
        "invalid syntax",
    ),
}


@pytest.mark.parametrize("code, fragment", BAD_CELLS.values(), ids=BAD_CELLS)
def test_bad_exercise_is_one_sentence_that_names_the_cell(code, fragment):
    with pytest.raises(ns.SourceError) as caught:
        ns.learner_notebook(f'# %% tags=["exercise"]\n{code}\n\n# %%\ncheck.f(f)\n')
    said = str(caught.value)
    assert fragment in said and repr(code.splitlines()[0]) in said and "\n" not in said


BAD_ORDERS = {
    "no check": ("check.double(double)", "print(double(2))", "must be followed by its check"),
    "nothing after": (TINY[TINY.index("# %%\ncheck") :], "", "must be followed by its check"),
    "not tagged": ('# %% tags=["exercise"]', "# %%", "must be tagged exercise"),
    "stray solution": (
        "# %% [markdown]\n# The end.",
        '# %% [markdown] tags=["solution"]\n# The end.',
        "only a markdown cell right after",
    ),
    "raw cell": ("# %% [markdown]\n# The end.", "# %% [raw]\n# The end.", "not raw ones"),
}


@pytest.mark.parametrize("old, new, fragment", BAD_ORDERS.values(), ids=BAD_ORDERS)
def test_cells_out_of_order_are_named(old, new, fragment):
    assert TINY.count(old) == 1
    with pytest.raises(ns.SourceError, match=fragment):
        ns.learner_notebook(TINY.replace(old, new))


def test_solution_is_folded_right_under_the_check():
    cells = ns.learner_notebook(TINY).cells
    place = [cell.source for cell in cells].index("check.double(double)")
    assert cells[place + 1].source == (
        "<details>\n<summary>Solution</summary>\n\n"
        '```python\nFACTOR = 2\n\n\ndef double(x):\n    """Return twice x."""\n    return FACTOR * x\n```\n\n'
        "Halving comes later.\n\n</details>"
    )
    assert cells[place + 2].source == "The end."
    assert "Halving" not in "".join(cell.source for cell in cells if not ns.is_fold(cell))


def test_ids_come_from_contents():
    first, again = ns.learner_notebook(TINY), ns.learner_notebook(TINY)
    other = ns.learner_notebook(
        TINY.replace("A line.", "With a twin.\n\n# %% [markdown]\n# The end.")
    )
    ids = [[cell.id for cell in notebook.cells] for notebook in (first, again, other)]
    assert ids[0] == ids[1]
    assert set(ids[0]) - set(ids[2]) == {ids[0][2]}
    assert len(set(ids[2])) == len(ids[2]) and ids[2] == ns.identify(other.cells)
    tagged = ns.learner_notebook(TINY.replace("rises from zero", "falls from zero"))
    assert [a.id == b.id for a, b in zip(first.cells, tagged.cells, strict=True)].count(False) == 1


def test_metadata_is_the_source_s_and_no_more():
    cells = ns.learner_notebook(TINY).cells
    assert cells[3].metadata == {
        "tags": ["figure"],
        "mystnb": {"image": {"alt": "A line that rises from zero to one."}},
    }
    assert cells[1].metadata == {"tags": ["setup"]}
    assert cells[0].metadata == {}


def test_solved_keeps_all_but_markers(folder, tmp_path):
    assert run(folder, "solved", "01", "-o", str(tmp_path / "out")) == 0
    solved = nbformat.read(tmp_path / "out" / "01_tiny.ipynb", as_version=4)
    code = [cell.source for cell in solved.cells if cell.cell_type == "code"]
    assert (
        code[2]
        == 'FACTOR = 2\n\n\ndef double(x):\n    """Return twice x."""\n    return FACTOR * x'
    )
    assert code[3] == "check.double(double)"
    assert "###" not in "".join(code)


# Building

@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A folder with a real build of the tiny notebook."""
    folder = tmp_path_factory.mktemp("course") / "notebooks"
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "01_tiny.py").write_text(TINY.replace("as plt\n", "as plt\n" + FIRST))
    assert run(folder, "build") == 0
    return folder


def test_building_twice_changes_no_byte(built, capsys):
    path = built / "01_tiny.ipynb"
    before, stamp = path.read_bytes(), path.stat().st_mtime_ns
    assert run(built, "build") == 0
    assert capsys.readouterr().out == "01_tiny: up to date\n"
    assert path.stat().st_mtime_ns == stamp
    assert run(built, "build", "--all") == 0
    assert path.stat().st_mtime_ns != stamp
    assert path.read_bytes() == before
    assert sorted(path.name for path in built.iterdir()) == ["01_tiny.ipynb", "src"]


def test_built_notebook_is_executed_and_normal(built):
    notebook = json.loads((built / "01_tiny.ipynb").read_text())
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == [1, 2, 3, 4]
    assert [list(out["data"]) for out in code[1]["outputs"]] == [["image/png", "text/plain"]]
    assert code[0]["outputs"][0]["text"] == [
        "1 notebooks False\n"
    ]  # no bars, a progress file of its own
    assert code[3]["outputs"][0]["text"] == ["01.1 Double: not attempted yet\n"]
    assert notebook["metadata"].keys() == {"course", "kernelspec", "language_info"}
    assert notebook["metadata"]["language_info"] == {"name": "python"}
    assert all(cell["metadata"].keys() <= {"tags", "mystnb"} for cell in notebook["cells"])


BAD_RUNS = {
    "error": ("print('fine')\n1 / 0", "raises ZeroDivisionError: division by zero"),
    "stderr": ("import sys\nprint('careful', file=sys.stderr)", "writes to stderr: careful"),
    "machine path": (
        "print('in /' + 'home/ada/x')",
        "prints a path of this machine: /" + "home/ada/x",
    ),
    "dead kernel": ("import os\nos._exit(1)", "did not run to the end: Kernel died"),
}


@pytest.mark.parametrize("code, fragment", BAD_RUNS.values(), ids=BAD_RUNS)
def test_failed_build_is_one_sentence_and_keeps_the_old_notebook(folder, capsys, code, fragment):
    (folder / "01_tiny.ipynb").write_text("the old one")
    source_of(folder).write_text(f"# %% [markdown]\n# Text.\n\n# %%\n{code}\n")
    assert run(folder, "build") == 1
    said = capsys.readouterr().err
    assert said.startswith("01_tiny: ") and fragment in said and said.count("\n") == 1
    assert (code.splitlines()[0] in said) == ("did not run" not in said)
    assert (folder / "01_tiny.ipynb").read_text() == "the old one"
    assert sorted(path.name for path in folder.iterdir()) == ["01_tiny.ipynb", "src"]


def test_only_what_changed_is_built(folder, quick, tmp_path, library, monkeypatch):
    monkeypatch.setattr(notebook_build, "LOCK", lock := tmp_path / "requirements.lock")
    lock.write_text("numpy==2")
    (library / "optimizers.py").write_text("lr = 1")

    def builds():
        quick.clear()
        assert run(folder, "build") == 0
        return len(quick)

    assert builds() == 1
    assert builds() == 0
    (tmp_path / ".build" / "notebooks.json").unlink()
    assert builds() == 0  # without a record, equal cells are up to date
    for name in ("optimizers.py", "facts.toml", "results.json", "course.mplstyle"):
        (library / name).write_text("lr = 2")
        assert builds() == 1, f"a changed {name} may change an output"
    assert builds() == 0
    lock.write_text("numpy==3")
    assert builds() == 1
    set_source(folder, "return FACTOR * x", "return x * FACTOR")
    assert builds() == 1
    edit(folder, lambda notebook: notebook.metadata["language_info"].update(version="3.11.7"))
    assert builds() == 1
    assert builds() == 0


def test_named_notebooks_only(folder, quick, capsys):
    (folder / "src" / "02_other.py").write_text("# %% [markdown]\n# Text.\n")
    assert run(folder, "build", "02") == 0
    assert capsys.readouterr().out == "02_other: built\n"
    with pytest.raises(SystemExit):
        run(folder, "build", "03")
    assert (
        "no notebook begins with '03'; there are ['01_tiny', '02_other']" in capsys.readouterr().err
    )


def test_one_bad_source_does_not_stop_the_others(folder, quick, capsys):
    (folder / "src" / "00_bad.py").write_text('# %% tags=["exercise"]\nx = 1\n')
    assert run(folder, "build") == 1
    said = capsys.readouterr()
    assert said.out == "01_tiny: built\n" and said.err.startswith("00_bad: cell 'x = 1': ")


def test_edited_notebook_is_not_overwritten(folder, quick, capsys):
    run(folder, "build")
    edit(folder, lambda notebook: notebook.cells[2].update(source="A line, edited in JupyterLab."))
    edited = (folder / "01_tiny.ipynb").read_bytes()
    for options in [(), ("--all",)]:
        assert run(folder, "build", *options) == 1
        assert "the notebook was edited: `sync`" in capsys.readouterr().err
        assert (folder / "01_tiny.ipynb").read_bytes() == edited
    assert run(folder, "build", "--force") == 0
    assert b"edited in JupyterLab" not in (folder / "01_tiny.ipynb").read_bytes()


def test_unreadable_notebook_is_built_again(folder, quick):
    (folder / "01_tiny.ipynb").write_text("<<<<<<< a merge conflict")
    assert run(folder, "build") == 0
    assert len(nbformat.read(folder / "01_tiny.ipynb", as_version=4).cells) == 9


def test_notebook_on_mnist_is_built_on_the_real_images_only(folder, quick, monkeypatch, capsys):
    set_source(folder, "# The end.", "# The end of load_mnist.")
    monkeypatch.setattr(notebook_build, "mnist_name", lambda: "digits")
    assert run(folder, "build") == 1
    assert "needs the real MNIST images" in capsys.readouterr().err and not quick
    monkeypatch.setattr(notebook_build, "mnist_name", lambda: "mnist")
    assert run(folder, "build") == 0


# The way back from JupyterLab

def cell_with(notebook, text):
    return next(cell for cell in notebook.cells if text in cell.source)


def replace(text, new):
    """An edit of the one cell that contains `text`."""
    def change(notebook):
        cell = cell_with(notebook, text)
        cell.source = cell.source.replace(text, new)
    return change


def insert(notebook):
    code = nbformat.v4.new_code_cell("x = 1", metadata={"tags": ["figure"], "scrolled": True})
    notebook.cells[4:4] = [nbformat.v4.new_markdown_cell("Inserted."), code]


def move_exercise_up(notebook):
    start = notebook.cells.index(cell_with(notebook, "Double it"))
    moved = notebook.cells[start:start + 4]
    del notebook.cells[start:start + 4]
    for cell in moved:  # cut and pasted cells may get new ids
        cell["id"] = nbformat.v4.new_code_cell().id
    notebook.cells[2:2] = moved


PARTS = TINY.split("\n\n# %%")
EDITS = {
    "nothing": (lambda notebook: None, TINY),
    "outputs and timings": (
        lambda notebook: notebook.cells[1].metadata.update(execution={"a": 1}),
        TINY,
    ),
    "prose": (replace("A line.", "A line $x^2$."), TINY.replace("A line.", "A line $x^2$.")),
    "code": (replace("[0, 1]", "[0, 2]"), TINY.replace("[0, 1]", "[0, 2]")),
    "round the stub": (
        replace("Return twice", "Return 2 *"),
        TINY.replace("Return twice", "Return 2 *"),
    ),
    "before the stub": (
        replace("FACTOR = 2", "FACTOR = 3"),
        TINY.replace("FACTOR = 2", "FACTOR = 3"),
    ),
    "alt text": (
        lambda notebook: notebook.cells[3].metadata["mystnb"]["image"].update(alt="A curve."),
        TINY.replace("A line that rises from zero to one.", "A curve."),
    ),
    "inserted": (
        insert,
        TINY.replace(
            "# %% [markdown]\n# Double it",
            '# %% [markdown]\n# Inserted.\n\n# %% tags=["figure"]\nx = 1\n\n# %% [markdown]\n# Double it',
        ),
    ),
    "empty": (lambda notebook: notebook.cells.append(nbformat.v4.new_code_cell()), TINY),
    "deleted": (
        lambda notebook: notebook.cells.pop(),
        TINY.replace("\n# %% [markdown]\n# The end.\n", ""),
    ),
    "moved": (move_exercise_up, "\n\n# %%".join(PARTS[:2] + PARTS[4:8] + PARTS[2:4] + PARTS[8:])),
}


@pytest.mark.parametrize("change, expected", EDITS.values(), ids=EDITS)
def test_edits_come_back(folder, quick, change, expected):
    run(folder, "build")
    edit(folder, change)
    assert run(folder, "sync") == 0
    assert source_of(folder).read_text() == expected
    assert run(folder, "build") == 0  # what came back can be built over
    notebook = nbformat.read(folder / "01_tiny.ipynb", as_version=4)
    assert ns.skeleton(notebook) == ns.skeleton(ns.learner_notebook(expected))


def test_nothing_is_written_where_nothing_was_edited(folder, quick, capsys):
    run(folder, "build")
    files = [source_of(folder), folder / "01_tiny.ipynb"]
    before = [(file.read_bytes(), file.stat().st_mtime_ns) for file in files]
    assert run(folder, "sync") == 0
    assert capsys.readouterr().out.endswith("01_tiny: nothing to bring back\n")
    assert [(file.read_bytes(), file.stat().st_mtime_ns) for file in files] == before


@pytest.mark.parametrize("text, new, said", [
    ("    ...", "    return 2 * x", "its stub was edited"),
    ("    ...", "    y = x\n    ...", "its stub was edited"),
    ("Halving", "Tripling", "a folded solution was edited"),
])
def test_answers_are_not_written_over_solutions(folder, quick, capsys, text, new, said):
    run(folder, "build")
    edit(folder, replace(text, new))
    assert run(folder, "sync") == 0
    assert said in capsys.readouterr().out
    assert source_of(folder).read_text() == TINY


def test_editing_and_bringing_back_goes_on(folder, quick, capsys):
    run(folder, "build")
    for old, new in [
        ("twice x", "2 x"),
        ("2 x", "x + x"),
    ]:  # the text of the exercise, edited two times
        edit(folder, replace(old, new))
        assert run(folder, "sync") == 0
        assert source_of(folder).read_text() == TINY.replace("twice x", new)


def test_edits_of_both_sides_are_not_mixed(folder, quick, capsys):
    run(folder, "build")
    edit(folder, replace("A line.", "A line from JupyterLab."))
    set_source(folder, "# The end.", "# The very end.")
    files = [source_of(folder), folder / "01_tiny.ipynb"]
    before = [file.read_bytes() for file in files]
    assert run(folder, "sync") == 1
    assert "the source was edited after the notebook was built" in capsys.readouterr().err
    assert [file.read_bytes() for file in files] == before


def test_edits_that_would_not_build_are_refused(folder, quick, capsys):
    run(folder, "build")
    edit(folder, lambda notebook: notebook.cells.remove(cell_with(notebook, "check.double")))
    assert run(folder, "sync") == 1
    assert "must be followed by its check" in capsys.readouterr().err
    assert source_of(folder).read_text() == TINY


def test_nothing_to_bring_back_without_a_notebook(folder, capsys):
    assert run(folder, "sync") == 1
    assert "build it first" in capsys.readouterr().err


def test_command_line_explains_itself():
    command = [sys.executable, "-m", "tools.notebooks", "build", "--help"]
    said = subprocess.run(command, capture_output=True, text=True, check=True,
                          cwd=notebook_build.ROOT).stdout
    assert "--all" in said and "--force" in said


def test_a_panel_leaves_nothing_behind_and_figures_have_few_colours(tmp_path):
    source = (
        "# %%\nimport ipywidgets\n\nipywidgets.IntSlider(3)\n\n# %%\nimport matplotlib.pyplot as plt\n\n"
        '_ = plt.imshow([[0, 1], [2, 3]], cmap="viridis", interpolation="bicubic")\nplt.show()\n'
    )
    notebook = ns.learner_notebook(source)
    notebook_run.execute(notebook, tmp_path)
    assert notebook.cells[0].outputs == [] and "widgets" not in notebook.metadata
    (figure,) = notebook.cells[1].outputs
    before = len(figure.data["image/png"])
    notebook_run.slim(notebook)
    image = Image.open(io.BytesIO(base64.b64decode(figure.data["image/png"])))
    assert image.mode == "P" and len(figure.data["image/png"]) < before
