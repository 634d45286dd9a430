"""The README's table of notebooks says what is there: every notebook, its exercises, its minutes,
files that exist.
"""
import re
from pathlib import Path

import pytest
import yaml

from course_lib import checks
from course_lib.checks.engine import EXERCISES
from course_lib.data import load_results

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
ROWS = [
    [part.strip() for part in line.strip("|").split("|")]
    for line in README.splitlines()
    if re.match(r"\| \[\d\d ", line)
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


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "course_lib/README.md"])
def test_relative_links_lead_somewhere(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)]+)\)", text) if "://" not in link]
    assert [link for link in links if not ((ROOT / page).parent / link).exists()] == []


def hours(rows):
    return sum(int(row[4]) for row in rows) / 60


def test_the_first_lines_say_how_many_notebooks_and_hours_there_are():
    notebooks, total, fast, fast_hours = re.search(
        r"(\d+) notebooks, (\d+) hours with all exercises; the fast path of (\w+) takes (\d+) hours", README).groups()
    path = re.search(r"take the fast path:\s+([\d, ]+)\.", README)[1].split(", ")
    assert int(notebooks) == len(ROWS) and {"fourteen": 14}[fast] == len(path)
    assert int(total) == round(hours(ROWS))
    assert int(fast_hours) == round(hours([row for row in ROWS if row[0][1:3] in path]))


def commands(page):
    """Return the targets and files that the commands in a page name."""
    text = (ROOT / page).read_text(encoding="utf-8")
    code = "\n".join(re.findall(r"`([^`\n]+)`", text) + re.findall(r"```\n(.*?)```", text, flags=re.S))
    return (set(re.findall(r"\bmake +([a-z][a-z-]+)", code)),
            set(re.findall(r"\b(?:tests|experiments|tools|course_lib|notebooks|figures|benchmarks)/[\w./-]*\w\b", code)))


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_commands_and_files_that_a_page_names_are_there(page):
    targets = set(re.search(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(), flags=re.M)[1].split())
    named, files = commands(page)
    assert named and named <= targets
    placeholders = ("NN", "name")
    missing = [file for file in files if not any(p in file for p in placeholders) and not (ROOT / file).exists()]
    assert not missing


def test_every_old_module_of_the_changelog_has_a_new_one_that_is_there():
    table = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").split("Renamed functions")[0]
    rows = [line.split("|")[2] for line in table.splitlines() if line.startswith("| `")]
    new = {name for row in rows for name in re.findall(r"`(\w+\.\w+)`", row)}
    assert len(new) >= 15
    assert [name for name in new if not (ROOT / "course_lib" / (name.replace(".", "/") + ".py")).exists()] == []


def test_the_form_for_a_wrong_statement_asks_for_what_one_needs_to_check_it():
    form = yaml.safe_load((ROOT / ".github/ISSUE_TEMPLATE/statement_is_wrong.yml").read_text(encoding="utf-8"))
    asked = {part["id"]: part for part in form["body"]}
    assert form["name"] == "A statement is wrong" and set(asked) == {"notebook", "sentence", "truth", "source"}
    for part in asked.values():
        assert part["type"] in ("input", "textarea") and part["attributes"]["label"]
    assert [key for key, part in asked.items() if part["validations"]["required"]] == ["notebook", "sentence", "truth"]


def test_checks_are_loaded():
    assert {key[:2] for key in EXERCISES} == {
        path.name[:2] for path in NOTEBOOKS
    } and checks.show_progress


def test_the_readme_counts_the_claims_of_the_ledger():
    assert int(re.search(r"So far (\d+) comparisons stand in a ledger", README)[1]) == len(load_results("evidence")["rows"])
