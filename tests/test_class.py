"""A class: the assignments for nbgrader hold no solution, every exercise is graded, and the points are
those that the checks give. With nbgrader, if it is installed, the whole way is gone.
"""
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import class_release
import nbformat
import pytest

from tools.notebooks import source as ns
from tools.notebooks.build import FOLDER, sources

SOURCES = sources(FOLDER)
SMALL = next(path for path in SOURCES if path.stem.startswith("15_"))
NBGRADER = shutil.which("nbgrader", path=os.pathsep.join(
    [str(Path(sys.executable).parent), os.environ.get("PATH", "")]))


def text(path):
    return path.read_text(encoding="utf-8")


def marked(notebook, **wanted):
    """The cells whose nbgrader metadata have these values."""
    return [cell for cell in notebook.cells if wanted.items() <= cell.metadata.get("nbgrader", {}).items()]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_every_exercise_is_answered_in_one_cell_and_graded_in_another(path):
    notebook = class_release.assignment(text(path))
    nbformat.validate(notebook)
    exercises = [cell for cell in ns.read(text(path)) if "exercise" in ns.tags(cell)]
    answers, grades = marked(notebook, solution=True), marked(notebook, grade=True)
    assert len(answers) == len(grades) == len(exercises) > 0
    assert [cell.source for cell in answers] == [ns.learner(cell.source) for cell in exercises]
    assert all(cell.metadata.nbgrader.points == 1 and cell.metadata.nbgrader.locked for cell in grades)
    ids = [cell.metadata.nbgrader.grade_id for cell in answers + grades]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_nothing_that_gives_an_answer_away_is_handed_out(path):
    cells = class_release.assignment(text(path)).cells
    shown = "\n".join(cell.source for cell in cells)
    assert "SOLUTION" not in shown and "STUB" not in shown and "<summary>Solution" not in shown
    assert not [cell for cell in cells if {"guard", "solution"} & set(ns.tags(cell)) or cell.get("outputs")]


def test_the_hidden_tests_give_a_point_to_what_the_check_calls_correct():
    notebook = class_release.assignment(text(SMALL))
    tests = [cell.source for cell in marked(notebook, grade=True)]
    solved = [ns.solved(cell.source) for cell in ns.read(text(SMALL)) if "exercise" in ns.tags(cell)]
    start = "import numpy as np\nfrom course_lib import check\n"
    for answers, points in ((solved, len(tests)), ([cell.source for cell in marked(notebook, solution=True)], 0)):
        space, gained = {}, 0
        exec(start + "\n".join(answers), space)
        for test in tests:
            try:
                exec(test, space)
                gained += 1
            except AssertionError as error:
                assert str(error).startswith("not attempted") or str(error).startswith("wrong")
        assert gained == points


def test_a_notebook_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(SystemExit, match="there is no notebook 77"):
        class_release.write(tmp_path, ["15", "77"])
    assert class_release.write(tmp_path, ["15"]) == [SMALL.stem]
    assert (tmp_path / "source" / SMALL.stem / SMALL.name.replace(".py", ".ipynb")).exists()
    compile((tmp_path / "nbgrader_config.py").read_text(encoding="utf-8"), "config", "exec")


# With nbgrader


def nbgrader(folder, *words):
    home = folder / "home"
    home.mkdir(exist_ok=True)
    env = os.environ | {"HOME": str(home), "PYTHONPATH": str(FOLDER.parent), "COURSE_PROGRESS": str(home / "progress.json"),
                        "PATH": f"{Path(NBGRADER).parent}{os.pathsep}{os.environ['PATH']}",
                        "MPLBACKEND": "module://matplotlib_inline.backend_inline"}
    done = subprocess.run([NBGRADER, *words], cwd=folder, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]


def hand_in(folder, student, change):
    """Copy the released notebook as a student's, with change(k, source of answer k)."""
    name = SMALL.stem
    notebook = nbformat.read(folder / "release" / name / f"{name}.ipynb", 4)
    for k, cell in enumerate(marked(notebook, solution=True)):
        cell.source = change(k, cell.source)
    target = folder / "submitted" / student / name / f"{name}.ipynb"
    target.parent.mkdir(parents=True)
    nbformat.write(notebook, target)


POINTS = """
import json
from nbgrader.api import Gradebook
with Gradebook("sqlite:///gradebook.db") as book:
    found = {s.student.id: s.score for s in book.assignment_submissions(%r)}
print(json.dumps(found))
"""


@pytest.mark.skipif(NBGRADER is None, reason="nbgrader is not installed: pip install '.[class]'")
def test_three_students_get_the_points_that_they_deserve(tmp_path):
    class_release.write(tmp_path, ["15"])
    nbgrader(tmp_path, "generate_assignment", SMALL.stem)
    solved = [ns.solved(cell.source) for cell in ns.read(text(SMALL)) if "exercise" in ns.tags(cell)]
    hand_in(tmp_path, "right", lambda k, old: solved[k])
    hand_in(tmp_path, "faulty", lambda k, old: solved[k] if k == 0 else old.replace("...", "return w, {}"))
    hand_in(tmp_path, "untouched", lambda k, old: old)
    nbgrader(tmp_path, "autograde", SMALL.stem)
    python = Path(NBGRADER).with_name("python")
    done = subprocess.run([python, "-c", POINTS % SMALL.stem], cwd=tmp_path, capture_output=True, text=True)
    assert json.loads(done.stdout) == {"right": 3.0, "faulty": 1.0, "untouched": 0.0}, done.stderr
