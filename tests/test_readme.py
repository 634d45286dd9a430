"""The README's table of notebooks says what is there: every notebook, its exercises, its minutes,
files that exist.
"""
import re
from pathlib import Path

import pytest

from course_lib import checks
from course_lib.checks.engine import EXERCISES

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
ROWS = [
    [part.strip() for part in line.strip("|").split("|")]
    for line in README.splitlines()
    if line.startswith("| [")
]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))


def test_every_notebook_has_its_row_in_order():
    linked = [re.search(r"\((notebooks/[^)]*)\)", row[0])[1] for row in ROWS]
    assert linked == [f"notebooks/{path.name}" for path in NOTEBOOKS]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][1:3])
def test_a_row_counts_exercises_and_minutes_as_its_notebook_does(row):
    number = row[0][1:3]
    (path,) = (ROOT / "notebooks" / "src").glob(f"{number}_*.py")
    assert int(row[3]) == sum(key.startswith(number) for key in EXERCISES)
    assert int(row[4]) == int(re.search(r"Minutes:\*\* (\d+)", path.read_text(encoding="utf-8"))[1])


def test_relative_links_lead_somewhere():
    links = [link for link in re.findall(r"\]\(([^)]+)\)", README) if "://" not in link]
    assert links and [link for link in links if not (ROOT / link).exists()] == []


def test_checks_are_loaded():
    assert {key[:2] for key in EXERCISES} == {
        path.name[:2] for path in NOTEBOOKS
    } and checks.show_progress
