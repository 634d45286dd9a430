"""Every committed notebook keeps the rules of tests/notebook_rules.py, and every rule sees its fault."""
import importlib.util
from dataclasses import replace
from types import SimpleNamespace

import nbformat
import notebook_rules as rules
import pytest
from notebook_rules import Book

from tools.notebooks import build as notebook_build
from tools.notebooks import source as ns
from tools.notebooks.sync import bring_back

SOURCES = notebook_build.sources(notebook_build.FOLDER)
NOTEBOOKS = sorted(notebook_build.FOLDER.glob("[0-9][0-9]_*.ipynb"))


def first_code(text):
    return next((cell.source for cell in ns.read(text) if cell.cell_type == "code"), "")


@pytest.fixture(scope="module")
def books():
    """The course's notebooks, by name."""
    course = rules.course_names((notebook_build.ROOT / "README.md").read_text(encoding="utf-8"))
    texts = {path.stem: path.read_text(encoding="utf-8") for path in SOURCES}
    setup = first_code(texts[SOURCES[0].stem])
    return {path.stem: Book(path.stem, texts[path.stem], nbformat.read(path, as_version=4), course, setup)
            for path in NOTEBOOKS if path.stem in texts}


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("name", [path.stem for path in NOTEBOOKS])
def test_notebook_keeps_the_rule(books, name, rule):
    breaches = list(rule(books[name])) if name in books else ["there is no source of it in notebooks/src"]
    assert not breaches, f"{name}: {rule.__doc__}\n" + "\n".join(breaches)


def test_every_source_has_its_notebook_and_the_other_way_round():
    assert [path.stem for path in SOURCES] == [path.stem for path in NOTEBOOKS], "`build` what is missing"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_sync_leaves_all_that_was_not_edited_as_it_was(path):
    text = path.read_text(encoding="utf-8")
    assert ns.write(ns.read(text)) == text, "lay the cells out as jupytext does: one blank line between them"
    assert bring_back(text, ns.learner_notebook(text)) == (text, [])


@pytest.mark.skipif(not SOURCES, reason="no notebooks yet")
def test_every_check_is_used():
    from course_lib import checks  # noqa: F401  registers them
    from course_lib.checks.engine import EXERCISES
    used = {ns.check_name(cell) for path in SOURCES for cell in ns.read(path.read_text(encoding="utf-8"))}
    unused = {check.__name__ for check in EXERCISES.values()} - used
    assert not unused, f"no notebook has an exercise for: {', '.join(sorted(unused))}"


@pytest.mark.parametrize("name, code, compared", [
    ("embedded", "load_mnist()", False),
    ("embedded", "print(1)", True),
    ("missing.npz", "load_mnist()", True),  # the cell will say what is wrong
])
def test_outputs_are_compared_where_the_images_are(monkeypatch, recwarn, name, code, compared):
    monkeypatch.setenv("COURSE_MNIST", name)
    path = notebook_build.FOLDER / "conftest.py"
    spec = importlib.util.spec_from_file_location("conftest_of_notebooks", path)
    spec.loader.exec_module(conftest := importlib.util.module_from_spec(spec))
    parent = SimpleNamespace(nb=nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)]))
    item = SimpleNamespace(cell=None, parent=parent, options={"check": True}, path=path)
    conftest.pytest_collection_modifyitems([item])
    assert item.options["check"] == compared
    assert [str(warning.message)[:22] for warning in recwarn] == ["without the real MNIST"] * (not compared)


# Every rule sees its fault: a good notebook, and one planted fault at a time

MUSEUM = '''\
# %% tags=["exercise"]
def broken(x):
    """Repair it."""
    ### BEGIN SOLUTION
    return x
    ### END SOLUTION
    ### BEGIN STUB
    # return x + 1
    ### END STUB

# %%
check.broken(broken)
'''
QUESTION = "# <details>\n# <summary>Why?</summary>\n#\n# Because.\n#\n# </details>"
GOOD = '''\
# %% [markdown]
# # Make a good notebook
#
# *You will do* this. *You will learn* that. *You need* nothing. *Minutes:* 5.

# %% tags=["setup"]
import math

# %% [markdown]
# Draw.

# %% tags=["figure"] mystnb={"image": {"alt": "A line that rises from zero to one, drawn in black."}}
plt.show()

# %% [markdown]
# *Reading the figure:* it rises.

# %% tags=["mirrors:lib_of_tests.step"]
def step(w, g, state, *, lr):
    return w - lr * g, state

# %% [markdown]
# Halve x.

# %% tags=["exercise"]
def half(x):
    ### BEGIN SOLUTION
    return x / 2
    ### END SOLUTION

# %%
check.half(half)

# %% [markdown]
# Repair this. [00: Start](00_start.ipynb#symbols)

MUSEUM
FILLER# %% [markdown]
# ## Summary
#
# Good.
#
# ## Questions to ask oneself
#
# QUESTION
#
# QUESTION
#
# QUESTION
#
# ## Go deeper
#
# Somebody, arXiv:1412.6980. Next: [02: More](02_more.ipynb)
'''.replace("MUSEUM\n", MUSEUM).replace("# QUESTION", QUESTION).replace(
    "FILLER", "\n".join(f"# %% [markdown]\n# Number {n}.\n\n# %%\nprint({n})\n" for n in range(5)))
LIBRARY = '''
@rule
def step(w: np.ndarray, g, state, *, lr) -> tuple:
    """Gradient descent."""
    return w - lr * g, state  # a comment


def broken(x):
    return x + 1
'''


@pytest.fixture(autouse=True)
def library(tmp_path, monkeypatch):
    (tmp_path / "lib_of_tests.py").write_text(LIBRARY)
    monkeypatch.syspath_prepend(tmp_path)


def outputs(cell):
    """Return what the cell of a good notebook prints or draws."""
    if "figure" in ns.tags(cell):
        return [nbformat.v4.new_output("display_data", data={"image/png": "iVBO"})]
    text = f"01.1 {cell.source}: not attempted yet\n" if ns.check_name(cell) else "1\n"
    return [nbformat.v4.new_output("stream", text=text)]


def book(source=GOOD):
    """Return a book of this source, as if its notebook had been built."""
    notebook = ns.learner_notebook(source)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for count, cell in enumerate(code, 1):
        cell.execution_count, cell.outputs = count, outputs(cell)
    return Book("01_good", source, notebook, ("00_start", "01_good", "02_more"), "import math")


def source(old, new):
    """A fault in the source, faithfully built."""
    assert GOOD.count(old) >= 1, old
    return lambda: book(GOOD.replace(old, new, 1))


def cell(text, **changes):
    """A fault in the first cell of the built notebook whose source contains `text`."""
    def change():
        faulty = book()
        next(cell for cell in faulty.notebook.cells if text in cell.source).update(**changes)
        return faulty
    return change


def prints(text, name="stdout"):
    return [nbformat.v4.new_output("stream", text=text, name=name)]


def shows(kind, data):
    return [nbformat.v4.new_output("display_data", data={kind: data})]


def saved_by_lab():
    faulty = book()
    faulty.notebook.metadata["language_info"]["version"] = "3.11.7"
    return faulty


HOME = "/" + "home/ada"
ERROR = [nbformat.v4.new_output("error", ename="ValueError", evalue="no", traceback=[])]
FAULTS = [
    (rules.same_as_source, cell("Number 3", source="Number 4."), "differs from its source in source"),
    (rules.same_as_source, cell("plt", metadata={"tags": ["figure"]}), "its source in metadata"),
    (rules.same_as_source, cell("print(1)", metadata={"execution": {}}), "its source in metadata"),
    (rules.same_as_source, cell("print(1)", id="abc"), "its source in id"),
    (rules.same_as_source, lambda: replace(book(), source=GOOD + "\n# %%\nx = 1\n"), "differs from"),
    (rules.same_as_source, saved_by_lab, "metadata are not those"),
    (rules.executed_once, cell("print(1)", execution_count=99), "execution counts"),
    (rules.executed_once, cell("print(1)", outputs=prints("careful", "stderr")), "to stderr: careful"),
    (rules.executed_once, cell("print(1)", outputs=prints(f"saved in {HOME}/x")), f"machine: {HOME}/x"),
    (rules.executed_once, cell("print(1)", outputs=shows("text/plain", f"Path('{HOME}')")), "this machine"),
    (rules.executed_once, cell("print(1)", outputs=ERROR), "raises ValueError: no"),
    (rules.no_machine_paths, source("Number 3.", f"See {HOME}/x."), f"names {HOME}/x."),
    (rules.no_final_semicolon, source("print(3)", "print(3);"), "ends in ';'"),
    (rules.small, cell("plt", outputs=shows("image/png", "A" * 140_000)), "a PNG of 105000 bytes"),
    (rules.small, cell("print(1)", outputs=prints("A" * 600_000)), "more than 600000"),
    (rules.described_figures, cell("print(1)", outputs=shows("image/png", "A")), "tag it figure"),
    (rules.described_figures, cell("plt", outputs=[]), "draws no image"),
    (rules.described_figures, source("A line that rises from zero to one, ", ""), "text of 15 letters"),
    (rules.described_figures, source("*Reading the figure:*", "See:"), "must be followed by"),
    (rules.common_setup, source("import math", "import cmath"), "the first code cell"),
    (rules.common_setup, source(' tags=["setup"]', ""), "the first code cell"),
    (rules.prose_first, source("# %% [markdown]\n# Number 3.\n", ""), "'print(3)', number 21, has no"),
    (rules.prose_first, source("# %% [markdown]\n# Number 0.\n", ""), "'print(0)', number 15, has no"),
    (rules.checked_exercises, cell("check.half", outputs=prints("01.1 Half: correct\n")), "instead of"),
    (rules.checked_exercises, cell("check.half", outputs=prints("Hm\n01.1: not attempted yet\n")), "instead"),
    (rules.checked_exercises, cell("check.half", source="half(1)"), "is an exercise without a check"),
    (rules.checked_exercises, source("print(3)", "check.half(3)"), "a check without an exercise"),
    (rules.true_mirrors, source("w - lr * g", "w + lr * g"), "is not lib_of_tests.step"),
    (rules.true_mirrors, source("def step(w", "def steps(w"), "is not lib_of_tests.step"),
    (rules.true_mirrors, source("lib_of_tests.step", "lib_of_tests.stop"), "is not lib_of_tests.stop"),
    (rules.true_exhibits, source("# return x + 1", "# return x + 2"), "its STUB is not the function"),
    (rules.true_exhibits, source("def broken", "def mended"), "its STUB is not the function"),
    (rules.known_links, source("00_start.ipynb", "00_begin.ipynb"), "links to 00_begin.ipynb"),
    (rules.whole_structure, source("# # Make", "# Make"), "must begin with its title"),
    (rules.whole_structure, source("*You will learn* that.", ""), "the opening lacks 'you will learn'"),
    (rules.whole_structure, source("# ## Summary", "# ## In short"), "must end with the headings"),
    (rules.whole_structure, source(QUESTION, "#"), "there are 2 questions"),
    (rules.whole_structure, source("arXiv:1412.6980", "2014"), "names no paper"),
    (rules.whole_structure, source("(02_more.ipynb)", "(00_start.ipynb)"), "the next notebook: [02: ...]"),
    (rules.open_folds, source("Because.\n#\n", "Because.\n"), "needs a blank line"),
    (rules.open_folds, source("</summary>\n#\n", "</summary>\n"), "needs a blank line"),
    (rules.open_folds, source("# </details>", "#"), "not closed"),
]


def test_good_notebook_keeps_every_rule(monkeypatch):
    monkeypatch.setattr(rules, "MUSEUM", "lib_of_tests")
    assert [sentence for rule in rules.RULES for sentence in rule(book())] == []


@pytest.mark.parametrize("rule, fault, said", FAULTS, ids=lambda value: getattr(value, "__name__", ""))
def test_rule_sees_its_fault(monkeypatch, rule, fault, said):
    monkeypatch.setattr(rules, "MUSEUM", "lib_of_tests")
    sentences = list(rule(fault()))
    assert any(said in sentence for sentence in sentences), sentences
    assert all("\n" not in sentence for sentence in sentences)


def test_every_rule_has_a_fault():
    assert {rule for rule, _, _ in FAULTS} == set(rules.RULES)


GUARD = '# %% tags=["guard"]\nassert True\n\n'


@pytest.mark.parametrize("before", ["# %% [markdown]\n# *Reading the figure:*", '# %% [markdown]\n# Number 3.'])
def test_guard_may_follow_a_figure_or_another_cell_of_code(before):
    guarded = source(before, GUARD + before)()
    assert list(rules.described_figures(guarded)) == list(rules.prose_first(guarded)) == []


@pytest.mark.parametrize("after", ["# %%\nprint(3)", '# %% tags=["demo"]\ncheck.half(half)'])
def test_neither_code_nor_a_check_follows_a_guard(after):
    sentences = list(rules.prose_first(source("# %%\nprint(3)", GUARD + after)()))
    assert len(sentences) == 1 and "has no markdown cell before it" in sentences[0]


def test_demo_of_a_check_is_allowed():
    assert not list(rules.checked_exercises(source("# %%\nprint(3)", '# %% tags=["demo"]\ncheck.half(3)')()))


def test_course_names_come_from_the_readme_s_table():
    readme = "See 05_no.\n| question | [00](notebooks/00_start_here.ipynb) |\n| why | `01_classify` | 3 |\n"
    assert rules.course_names(readme) == ("00_start_here", "01_classify")
