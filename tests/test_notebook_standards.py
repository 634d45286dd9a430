"""Every notebook keeps the standards of one lecture or is on the list of those that do not yet, and
every rule sees its fault.
"""
import tomllib
from dataclasses import replace

import nbformat
import notebook_cells as cells
import notebook_prose as prose
import notebook_standards as standards
import numbers_backed as numbers
import pytest
from notebook_rules import Book

from tools.notebooks import build as notebook_build
from tools.notebooks import minutes
from tools.notebooks import source as ns
from tools.notebooks import standards as command

SOURCES = notebook_build.sources(notebook_build.FOLDER)
PENDING = tomllib.loads(command.PENDING.read_text(encoding="utf-8"))["names"]


def verdict(name, breaches, pending):
    """Return what is wrong with a notebook's breaches, given the list, or ''."""
    if name in pending:
        return "" if breaches else f"{name} keeps every standard: take it off the list"
    return "\n".join(breaches)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_notebook_keeps_the_standards_or_is_on_the_list(path):
    _, executed = command.book(path)
    if executed or path.stem not in PENDING:  # what is not built is the business of same_as_source
        assert not (fault := verdict(path.stem, command.breaches(path), PENDING)), fault


def test_lists_name_notebooks_that_are_there():
    named = {*PENDING, *numbers.allowed()}
    assert sorted(named - {path.stem for path in SOURCES}) == [] and sorted({*PENDING}) == PENDING
    assert all(reason.strip() for reasons in numbers.allowed().values() for reason in reasons.values())


@pytest.mark.parametrize("breaches, pending, said", [
    ([], [], ""),
    (["long"], ["01_good"], ""),
    (["long"], [], "long"),
    ([], ["01_good"], "01_good keeps every standard: take it off the list"),
])
def test_the_list_only_gets_shorter(breaches, pending, said):
    assert verdict("01_good", breaches, pending) == said


# Every rule sees its fault: a good notebook, and one planted fault at a time

FIGURE = '''\
# %% tags=["figure"] mystnb={"image": {"alt": "A line that rises from 0 to 3.16, drawn in black."}}
fig, ax = plt.subplots()
ax.set_title(f"Ends at {end}")
plt.show()

# %% [markdown]
# *Reading the figure:* it rises.

'''
EXERCISE = '''\
# %% [markdown]
# ### Exercise 01.1 · Halve
#
# Of 77 things, take half.

# %% tags=["exercise"]
def half(x):
    ### BEGIN SOLUTION
    assert x > 0
    return x / 2
    ### END SOLUTION

# %%
check.half(half)

'''
FOLD = '''\
# <details>
# <summary>Why this is true</summary>
#
# ### Proof
#
# **Predict** $\\int_0^1 x\\,dx = 0.123$.
#
# </details>
'''
GOOD = '''\
# %% [markdown]
# # Make a good notebook
#
# **Minutes:** 45

# %% tags=["setup"]
import math
import numpy as np
import matplotlib.pyplot as plt
from course_lib import check, look, show_source
plt.style.use("course_lib.course")

# %% [markdown]
# ## Where does it end?
#
# It is known since 1847 (notebooks 04 and 12). **Predict** the end.

# %%
end = math.sqrt(10)
print(f"end {end:.4f}, share {1 / 8}")

# %% tags=["guard"]
root = 3.1623
assert abs(end - root) < 1e-4
assert 512 == 2**9

# %% [markdown]
# It ends at $3.16$, so at $x \\approx 3.2$, after 12.5 % of 512 steps. A paper,
# [a title](https://doi.org/10.1016/0041-5553(64)90137-5), says 77.7. Read `99.99` there.
#
FOLD
FIGURESEXERCISES# %% [markdown]
# FILLER
#
# ## Summary
#
# Good.
#
# ## Questions to ask oneself
#
# Suppose 7777 steps.
#
# ## Go deeper
#
# - Somebody, [A title](https://arxiv.org/abs/1412.6980), volume 345.
'''.replace("FOLD\n", FOLD + "\n").replace("FIGURES", FIGURE * 4).replace("EXERCISES", EXERCISE * 3)
GOOD = GOOD.replace("FILLER", "These are words that somebody reads.\n# " * 250)


def outputs(cell):
    """Return what the cell of a good notebook prints or draws."""
    if "figure" in ns.tags(cell):
        return [nbformat.v4.new_output("display_data", data={"image/png": "iVBO"})]
    return prints("end 3.1623, share 0.125\n") if "print" in cell.source else []


def prints(text):
    return [nbformat.v4.new_output("stream", text=text, name="stdout")]


def book(source=GOOD):
    """Return a book of this source, as if its notebook had been built."""
    notebook = ns.learner_notebook(source)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = outputs(cell)
    return Book("01_good", source, notebook, (), "")


def source(old, new, times=1):
    """A fault in the source, faithfully built."""
    assert old in GOOD, old
    return lambda: book(GOOD.replace(old, new, times))


def shown(output):
    """A fault in what the printing cell shows."""
    def change():
        faulty = book()
        next(cell for cell in faulty.notebook.cells if "print" in cell.source).outputs = [output]
        return faulty
    return change


def value(text):
    return nbformat.v4.new_output("execute_result", data={"text/plain": text}, execution_count=1)


def allowing():
    """A good notebook with a number on the allow-list that it does not tell."""
    return replace(book(), name="01_allowed")


TITLED = 'f"Ends at {end}"'
GUARD = '# %% tags=["guard"]'
ASKING = "**Predict** the end."
PROMPTS = ["**Predict:** the end.", "**Before you run the next cell:** where?", "**Guess first:** where?",
           "Now **predict** the end.", "**Predict** it.\n\n# %% [markdown]\n# Next.", "**Predict on paper:** where?"]
LONG = "One sentence has the word " + "and " * 40 + "one more."
MANY = "".join(f"\n# ## Part {n}\n#" for n in range(9))
HEAVY = [
    (r"$\int_0^1 x\,dx$", "shows an integral"),
    (r"$\mathbb{E}[\mathbb{E}[x \mid y]]$", "shows a nested conditional expectation"),
    ("### Proof of it", "shows a proof"),
    ("*Proof.* Easy.", "shows a proof"),
    (r"$$a \\ b \\ c \\ d$$", "a formula of 4 rows"),
]
TITLES = [
    'ax.set_title("Momentum always wins in the end here")', 'ax.set_title("Ends at 3")',
    'fig.suptitle("Momentum is fast")', 'ax.set(title="No method helps")',
    'title = "The largest beta that can be"\nax.set_title(title)',
]
PACKED = ["a, b = 1, 2", "a, b = [1, 2]", "a, (b, c) = end, (1, 2)", "a, b = (1, 2) if end else (2, 3)",
          "a, b = a + 1, b + 1", "a, b = {}, [b for c in end]"]
UNTOLD = ["6.28", "$y = 6.28$", "$y \\approx 6.28$", "$-6.28$", "$6.28\\cdot10^{-3}$", "43 %", "1 234 steps",
          "$1\\,234$", "3.17", "3.163", "66", "2.5 million", "| 6.28 |"]
FAULTS = [
    (standards.one_lecture, source("Good.", "good " * 1200), "words of prose: 2"),
    (standards.one_lecture, source("print(f", "x = 1\n" * 140 + "print(f"), "lines of code: 163, more than 140"),
    (standards.one_lecture, source("Good.", f"Good.\n{MANY}"), "sections: 10, more than 9"),
    (standards.one_lecture, source("Good.", "**Guess:** it. " * 8), "predictions: 9, more than 8"),
    (standards.one_lecture, source(EXERCISE, EXERCISE * 4), "exercises: 6, more than 5"),
    (standards.one_lecture, source(EXERCISE, ""), "exercises: 2, fewer than 3"),
    (standards.one_lecture, source(FIGURE, ""), "figures: 3, fewer than 4"),
    (standards.one_lecture, source("Good.", "good " * 4500), "minutes: 80, not 45 to 75"),
    (standards.one_lecture, source("words that somebody", "", 200), "minutes: 40, not 45 to 75"),
    (standards.true_minutes, source("Minutes:** 45", "Minutes:** 50"), "states 50 minutes, the counts make 45"),
    (standards.true_minutes, source("Minutes:** 45", "Time:** 45"), "states None minutes"),
    (standards.early_figure, source(FIGURE, "# %%\nend\n\n# %%\nend\n\n" + FIGURE), "none of the first"),
    *[(standards.no_spoilers, source("print(f", f"{title}\nprint(f"), "is titled") for title in TITLES],
    (standards.no_spoilers, source("print(f", "assert end > 3\nprint(f"), "follows a prompt and asserts"),
    (standards.no_spoilers, source("print(f", "# it is 3.16\nprint(f"), "has a number in '# it is 3.16'"),
    *[(standards.no_spoilers, source(ASKING + "\n\n# %%", f"{text}\n\n# %%\nassert end\n"), "follows a prompt")
      for text in PROMPTS],
    (standards.asserts_in_guards, source(GUARD, "# %%"), "asserts in its line 2"),
    (standards.quiet_guards, source(GUARD, GUARD + "\nprint(1)"), "but shows something"),
    (standards.quiet_guards, source(TITLED, 'f"Ends at {root}"'), "reads 'root', which the guard"),
    (standards.quiet_guards, source(TITLED, "(lambda: root)()"), "reads 'root', which the guard"),
    (standards.quiet_guards, source("assert abs(end - root) < 1e-4\nassert 512 == 2**9", "pass"), "asserts nothing"),
    (cells.plain_python, source("print(f", "%timeit end\nprint(f"), "is not plain Python"),
    (cells.short_cells, source("print(f", "x = 1\n" * 19 + "print(f"), "has 21 lines, more than 20"),
    (cells.long_lines, source("print(f", "x = " + "1 + " * 21 + "1\nprint(f"), "which begin 'x = 1 + 1"),
    (cells.long_lines, source("return x / 2", "return x / 2  #" + 80 * "-"), "which begin 'return x / 2"),
    (cells.one_statement_a_line, source("print(f", "x = 1; y = 2\nprint(f"), "two statements in 'x = 1; y = 2'"),
    (cells.one_statement_a_line, source("print(f", "if end: x = 1\nprint(f"), "two statements in 'if end: x = 1'"),
    *[(cells.no_packed_tuples, source("print(f", f"{line}\nprint(f"), "packs unrelated values") for line in PACKED],
    (cells.narrow_output, shown(prints("x" * 97)[0]), "prints a line of 97 columns"),
    (cells.narrow_output, shown(value("x" * 97)), "prints a line of 97 columns"),
    (cells.numbers_not_truths, shown(prints("good\nsame: True\n")[0]), "prints 'same: True'"),
    (cells.numbers_not_truths, shown(prints("same: True; gap 0.1\n")[0]), "prints 'same: True; gap 0.1'"),
    (cells.numbers_not_truths, shown(value("False")), "prints 'False'"),
    (cells.short_setup, source("import math\n", "import math\n" * 5), "has 9 lines"),
    (cells.short_setup, source("import math\n", "from course_lib.optimizers import adam\n"), "from course_lib.optim"),
    (cells.short_setup, source("import math\n", "import scipy\n"), "imports from scipy"),
    (prose.clickable_references, source("Good.", "See arXiv 1711.05101."), "without a link arXiv 1711.05101"),
    (prose.clickable_references, source("Good.", "See 1711.05101."), "without a link 1711.05101"),
    (prose.clickable_references, source("Good.", "doi 10.1109/5.726791"), "without a link 10.1109/5.726791"),
    (prose.clickable_references, source("Good.", "https://doi.org/10.1109/5.7"), "without a link doi.org/10.1109/5.7"),
    (prose.clickable_references, source("**Predict** $", "arXiv:1711.05101 $"), "without a link arXiv:1711.05101"),
    (prose.clickable_references, source("https://arxiv.org/abs/", "https://arxiv.org/pdf/"), "without a link"),
    (prose.linked_reading, source("volume 345.", "volume 345.\n# - Else, *A book*."), "no link in 'Else, *A book*.'"),
    (prose.short_sentences, source("Good.", LONG), "has 47 words, more than 45"),
    (prose.short_sentences, source("Good.", f"- {LONG}"), "has 47 words, more than 45"),
    *[(prose.folded_mathematics, source("# Good.", f"# {text}"), said) for text, said in HEAVY],
    *[(numbers.numbers_are_backed, source("# Good.", f"# Good: {text}."), "which no cell prints") for text in UNTOLD],
    (numbers.numbers_are_backed, source("to 3.16, drawn", "to 3.28, drawn"), "alt text of cell 'fig, ax"),
    (numbers.numbers_are_backed, source("A paper,", "It has 6.28, says a paper,"), "tells 6.28"),
    (numbers.numbers_are_backed, allowing, "allows 44.4, which is backed or no longer told"),
]


def said_of(a_book):
    return [sentence for rule in standards.STANDARDS for sentence in rule(a_book)]


def test_good_notebook_keeps_every_standard():
    assert said_of(book()) == []


@pytest.mark.parametrize("rule, fault, said", FAULTS, ids=lambda value: getattr(value, "__name__", ""))
def test_standard_sees_its_fault(monkeypatch, rule, fault, said):
    monkeypatch.setattr(numbers, "allowed", lambda: {"01_allowed": {"44.4": "measured by hand"}})
    sentences = list(rule(fault()))
    assert any(said in sentence for sentence in sentences), sentences
    assert all("\n" not in sentence for sentence in sentences)


def test_every_standard_has_a_fault():
    assert {rule for rule, _, _ in FAULTS} == set(standards.STANDARDS)


REBOUND = FIGURE.replace("fig,", "root = end\nfig,").replace(TITLED, 'f"{root}"')
FINE = [
    (FIGURE, REBOUND + FIGURE.replace(TITLED, 'f"{root}"')),
    (FIGURE, "# %%\nend\n\n" + FIGURE),
    ("# Good.", f"# {'and ' * 30}so. `fit` {'and ' * 30}so. $x$ {'and ' * 30}so. **The** {'and ' * 30}so."),
    ("# %%\nend =", '# %% tags=["mirrors:library.function"]\na, b = 1, 2\nend ='),
    ("print(f", "x = 1\n" * 18 + "print(f"),
    ("print(f", "x = " + "1 + " * 20 + "1000\nprint(f"),
    ("# Good.", f"# {LONG.replace('and and and', 'and')}"),
    ("print(f", "a, b = math.modf(end)\nprint(f"),
    ("print(f", "a = 1\nb = 2\na, b = b, a + b\nprint(f"),
    ("print(f", "for a, b in zip([1], [2]):\n    print(a, b)\nprint(f"),
    ("print(f", "fig, (left, right) = plt.subplots(1, 2)\nprint(f"),
    ("print(f", 'plt.title("Loss against step")\nprint(f'),
    ("print(f", 'ax.set(title=f"{end} wins in the end")\nprint(f'),
    ("print(f", "# the root of ten\nprint(f"),
    (TITLED, 'f"Ends at {[root for root in [end]]}"'),
    ("# Good.", "# Good in 1996, in notebooks 05, 07 and 12, Exercise 12.34 and Keras 3.13."),
    ("# Good.", "# Good: a 95 % interval, on 27 November, of `6.28`, $a_{12} = 13 b$, half of 512."),
    ("# Good.", "# Good: 0.5 thousand of 3.162 and 3.1623, 0.125, 12.5\u202f%, 100 and 0.1."),
    ("# Good.", "# Good: [A title](https://arxiv.org/abs/1412.6980) says 6.28."),
    ("# Good.", "# $$A = \\begin{pmatrix} a \\\\ b \\\\ c \\\\ d \\\\ e\\end{pmatrix}$$"),
]


@pytest.mark.parametrize("old, new", FINE)
def test_what_is_fine_is_left_alone(old, new):
    assert said_of(source(old, new)()) == []


def test_output_that_is_fine_is_left_alone():
    text = "x" * 96 + "\ndef forward(self, X, training=True):\nend 3.1623, share 0.125: True story\n"
    assert said_of(shown(prints(text)[0])()) == []


def test_counts_are_of_what_a_learner_meets_outside_folds():
    counts = minutes.count(book().notebook.cells)
    assert (counts.code_lines, counts.sections) == (2 + 4 * 3 + 3 * 3, 1)
    assert (counts.predictions, counts.exercises, counts.figures) == (1, 3, 4)
    assert minutes.stated(book().notebook.cells) == 45


@pytest.mark.parametrize("text, words", [
    ("Two words, [a link](https://doi.org/10.1/2) and `code`.", 6),
    ("The loss $f(w) = 2 w + 3$ of $n$-th order", 6),
    ("A formula\n\n$$a = b + c$$\n\nends.", 13),
    ("| a | b |\n|---|---|\n| - c | **d** |", 4),
    ("Seen.\n\n<details>\n<summary>Why</summary>\n\nNot seen.\n\n</details>\n\nSeen.", 2),
    ("Seen.\n\n```python\nnot = seen\n```\n", 1),
])
def test_words_are_counted(text, words):
    assert minutes.words(text) == words


@pytest.mark.parametrize("counts, whole", [
    ((1200, 80, 9, 4, 3, 4), 55),  # 10 + 10 + 6 + 21 + 6 = 53
    ((1200, 76, 9, 4, 3, 4), 55),  # 52.5 is rounded up
    ((1200, 72, 9, 4, 3, 4), 50),
])
def test_minutes_follow_from_the_counts(counts, whole):
    assert minutes.Counts(*counts).minutes == whole


def written(tmp_path, notebook=None):
    """Write the good source, and a notebook beside it, into a folder; return the source's path."""
    path = tmp_path / "src" / "01_good.py"
    path.parent.mkdir(exist_ok=True)
    path.write_text(GOOD, encoding="utf-8")
    if notebook:
        nbformat.write(notebook, tmp_path / "01_good.ipynb")
    return path


def test_command_counts_and_names_breaches(tmp_path):
    said = command.report(written(tmp_path, book().notebook))
    assert "sections 1" in said and "minutes 45 (the opening states 45)" in said
    assert said.endswith("keeps every standard")
    (tmp_path / "src" / "01_good.py").write_text(GOOD.replace("Minutes:** 45", "Minutes:** 50"), encoding="utf-8")
    said = command.report(tmp_path / "src" / "01_good.py")
    assert "true_minutes: the opening states 50 minutes" in said and "numbers_are_backed" in said.splitlines()[1]


def test_command_works_without_a_built_notebook(tmp_path):
    path = written(tmp_path)
    assert command.breaches(path) == [] and not command.book(path)[1]


def test_command_begins_the_list_and_then_only_shortens_it(tmp_path):
    path, file = written(tmp_path), tmp_path / "pending.toml"
    path.write_text(GOOD.replace(GUARD, "# %%"), encoding="utf-8")
    assert command.write_pending([path], file) == "1 notebooks are listed in pending.toml"
    assert tomllib.loads(file.read_text())["names"] == ["01_good"]
    path.write_text(GOOD, encoding="utf-8")
    command.write_pending([path], file)
    path.write_text(GOOD.replace(GUARD, "# %%"), encoding="utf-8")
    command.write_pending([path], file)
    assert tomllib.loads(file.read_text())["names"] == []


def test_rules_that_need_outputs_are_named():
    assert {*command.NEED_OUTPUTS} < {rule.__name__ for rule in standards.STANDARDS}


def test_command_line_reports_and_shortens_the_list(tmp_path, capsys, monkeypatch):
    written(tmp_path, book().notebook)
    assert notebook_build.main(["standards", "01"], tmp_path) == 0
    assert capsys.readouterr().out.startswith("01_good: words ")
    monkeypatch.setattr(notebook_build, "write_pending", lambda paths: f"{len(paths)} listed")
    assert notebook_build.main(["standards", "--pending"], tmp_path) == 0
    assert capsys.readouterr().out == "1 listed\n"


def test_what_is_printed_and_what_is_in_the_ledger_back_a_number(monkeypatch):
    telling = source("# Good.", "# Good: 7.89 and 65.4 %.")()
    (said,) = numbers.numbers_are_backed(telling)
    assert "tells 7.89, 65.4 %, which" in said
    next(cell for cell in telling.notebook.cells if "print" in cell.source).outputs = prints("end 7.8931\n")
    (said,) = numbers.numbers_are_backed(telling)
    assert "tells 65.4 %, which" in said
    monkeypatch.setattr(numbers, "evidence", lambda book: [0.6541])
    assert list(numbers.numbers_are_backed(telling)) == []
