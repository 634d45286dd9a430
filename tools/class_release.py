"""Write a class's assignments for nbgrader: one for each notebook, a point for each exercise.

    python tools/class_release.py [--to folder] [NN ...]

The folder, .build/class by default, then holds `source/NN_name/NN_name.ipynb` and an
`nbgrader_config.py`. There, `nbgrader generate_assignment NN_name` writes what students get, and
`nbgrader autograde NN_name` grades what they hand in, by the course's own checks. The solutions are
in the course's repository, for everyone to read: this grades a class, it keeps no secret.
"""
import argparse
import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import nbformat  # noqa: E402

from course_lib.files import write_whole  # noqa: E402
from tools.notebooks import source as ns  # noqa: E402
from tools.notebooks.build import FOLDER, sources  # noqa: E402

CONFIG = '''"""nbgrader's settings for the course, written by tools/class_release.py."""
import os

from nbgrader.converters import GenerateAssignment
from nbgrader.preprocessors import ClearSolutions

c = get_config()  # noqa: F821
c.CourseDirectory.course_id = "optimization"
# the sources hold the exercises as students get them: there is no solution to take out
usual = GenerateAssignment.preprocessors.default()
c.GenerateAssignment.preprocessors = [step for step in usual if step is not ClearSolutions]
c.ExecutePreprocessor.timeout = 300
# each student's tries are counted in the folder that is graded, and none among the teacher's own
os.environ["COURSE_PROGRESS"] = "progress.json"
'''
TEST = """# this cell is graded: one point if the check above says "correct"
### BEGIN HIDDEN TESTS
from course_lib.checks.engine import judge
verdict = judge(check.{name}, {answer})
assert verdict.status == "correct", f"{{verdict.status}}: {{verdict.message}}"
### END HIDDEN TESTS"""
LESSON = re.compile(r"\]\((\d\d_\w+)\.ipynb")
PICTURE = re.compile(r"\]\(\.\./([\w/]+/)(\w+\.png)\)")


def assignment(text):
    """Return the notebook of a source as nbgrader's source version."""
    cells, exercise = [], None
    for cell, _ in ns.generate(ns.read(text)):
        if "guard" in ns.tags(cell):
            continue
        cells.append(cell)
        if "exercise" in ns.tags(cell):
            exercise = cell
        elif exercise is not None:
            name = ns.check_name(cell)
            exercise.metadata["nbgrader"] = mark(f"{name}-answer", solution=True)
            cells.append(graded(name, cell.source))
            exercise = None
    cells = [moved(cell) for cell in cells if not ns.is_fold(cell)]
    for cell, id_ in zip(cells, ns.identify(cells), strict=True):
        cell["id"] = id_
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": ns.KERNEL})


def moved(cell):
    """Return the cell with links that hold where each notebook has a folder of its own."""
    if cell.cell_type == "markdown":
        linked = LESSON.sub(r"](../\1/\1.ipynb", cell.source)
        cell.source = PICTURE.sub(r"](\2)", linked)
    return cell


def graded(name, call):
    """Return the cell that grades an exercise, from the call of its check."""
    answer = call.strip().removeprefix(f"check.{name}(").removesuffix(")")
    cell = nbformat.v4.new_code_cell(TEST.format(name=name, answer=answer))
    cell.metadata["nbgrader"] = mark(name, grade=True, locked=True, points=1)
    return cell


def mark(grade_id, **changes):
    """Return nbgrader's metadata of a cell."""
    return {"schema_version": 3, "cell_type": "code", "grade_id": grade_id, "grade": False,
            "solution": False, "locked": False, "task": False} | changes


def write(folder, numbers=()):
    """Write the assignments of the notebooks with these numbers, of all if there are none, and the
    settings; return the names of the assignments.
    """
    chosen = [path for path in sources(FOLDER) if not numbers or path.stem[:2] in numbers]
    if missing := sorted(set(numbers) - {path.stem[:2] for path in chosen}):
        raise SystemExit(f"there is no notebook {', '.join(missing)}")
    for path in chosen:
        text = path.read_text(encoding="utf-8")
        target = Path(folder, "source", path.stem, f"{path.stem}.ipynb")
        write_whole(target, nbformat.writes(assignment(text)) + "\n")
        for place, name in PICTURE.findall(text):
            shutil.copyfile(ROOT / place / name, target.with_name(name))
    write_whole(Path(folder, "nbgrader_config.py"), CONFIG)
    return [path.stem for path in chosen]


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("numbers", nargs="*", metavar="NN", help="numbers of notebooks")
    parser.add_argument("--to", default=ROOT / ".build" / "class", help="the folder to write")
    given = parser.parse_args(arguments)
    names = write(given.to, given.numbers)
    print(f"{len(names)} assignments stand in {Path(given.to, 'source')}; next, in {given.to}: "
          f"nbgrader generate_assignment {names[0]}")


if __name__ == "__main__":
    main(sys.argv[1:])
