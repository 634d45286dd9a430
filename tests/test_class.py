"""A class: the assignments for nbgrader hold no solution, every exercise is graded, and the points are
those that the checks give. With nbgrader, if it is installed, the whole way is gone.
"""
import json
import os
import re
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


def wrong(answer):
    """An answer that a check calls wrong, for each exercise of SMALL."""
    return answer.replace("...", "return w, {}") if "def " in answer else answer.replace("...", "{}")


@pytest.mark.parametrize("student, statuses", [
    ("right", ["correct", "correct", "correct"]),
    ("faulty", ["correct", "wrong", "wrong"]),
    ("untouched", ["not attempted", "not attempted", "not attempted"]),
])
def test_the_hidden_tests_give_a_point_to_what_the_check_calls_correct(student, statuses):
    notebook = class_release.assignment(text(SMALL))
    gaps = [cell.source for cell in marked(notebook, solution=True)]
    space = {}
    exec("import numpy as np\nfrom course_lib import check\n" + "\n".join(answers_of(student, gaps)), space)
    for test, status in zip(marked(notebook, grade=True), statuses, strict=True):
        if status == "correct":
            exec(test.source, space)
        else:
            with pytest.raises(AssertionError, match=f"^{status}: "):
                exec(test.source, space)


def answers_of(student, gaps):
    """The answers of SMALL that a student hands in, from the gaps."""
    solved = [ns.solved(cell.source) for cell in ns.read(text(SMALL)) if "exercise" in ns.tags(cell)]
    faulty = solved[:1] + [wrong(gap) for gap in gaps[1:]]
    return {"right": solved, "faulty": faulty, "untouched": gaps}[student]


def test_links_and_pictures_hold_where_each_notebook_has_a_folder(tmp_path):
    names, found = class_release.write(tmp_path), 0
    for name in names:
        folder = tmp_path / "source" / name
        cells = nbformat.read(folder / f"{name}.ipynb", 4).cells
        prose = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
        for link in re.findall(r"\]\(([^)#]+\.(?:ipynb|png))", prose):
            assert (folder / link).is_file(), f"{name}: {link}"
            found += 1
    assert found > 100


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


def hand_in(folder, student):
    """Copy the released notebook as a student's, with the student's answers."""
    notebook = nbformat.read(folder / "release" / SMALL.stem / f"{SMALL.stem}.ipynb", 4)
    cells = marked(notebook, solution=True)
    for cell, answer in zip(cells, answers_of(student, [cell.source for cell in cells]), strict=True):
        cell.source = answer
    target = folder / "submitted" / student / SMALL.stem / f"{SMALL.stem}.ipynb"
    target.parent.mkdir(parents=True)
    nbformat.write(notebook, target)


def assert_released_as_learners_see_it(folder):
    notebook = nbformat.read(folder / "release" / SMALL.stem / f"{SMALL.stem}.ipynb", 4)
    gaps = [ns.learner(cell.source) for cell in ns.read(text(SMALL)) if "exercise" in ns.tags(cell)]
    assert [cell.source for cell in marked(notebook, solution=True)] == gaps
    assert not [cell for cell in notebook.cells if "judge" in cell.source or "HIDDEN" in cell.source]


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
    assert_released_as_learners_see_it(tmp_path)
    for student in ("right", "faulty", "untouched"):
        hand_in(tmp_path, student)
    nbgrader(tmp_path, "autograde", SMALL.stem)
    python = Path(NBGRADER).with_name("python")
    done = subprocess.run([python, "-c", POINTS % SMALL.stem], cwd=tmp_path, capture_output=True, text=True)
    assert json.loads(done.stdout) == {"right": 3.0, "faulty": 1.0, "untouched": 0.0}, done.stderr
    assert not (tmp_path / "home" / "progress.json").exists(), "tries of students count as the teacher's"
    kept = tmp_path / "autograded" / "faulty" / SMALL.stem / "progress.json"
    assert {record["tries"] for record in json.loads(kept.read_text(encoding="utf-8"))["exercises"].values()} == {0, 1}
