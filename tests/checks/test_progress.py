"""The progress file: nothing lost, whatever happens to it."""
import json
import os
import subprocess
import sys

import pytest

from course_lib.checks import progress
from course_lib.checks.engine import EXERCISES


@pytest.fixture(autouse=True)
def path(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.json"))
    return tmp_path / "progress.json"


def test_answers_are_counted(path):
    progress.record("gd", correct=False)
    progress.record("gd", correct=False)
    assert progress.record("gd", correct=True) == {"tries": 2, "done": True}
    progress.record("adam", correct=False)
    assert progress.load() == {
        "gd": {"tries": 2, "done": True},
        "adam": {"tries": 1, "done": False},
    }


def test_a_file_of_the_first_edition_is_carried_over(path):
    path.write_text('{"08.5": {"tries": 2, "done": true}, "01.3": {"tries": 1, "done": false}}')
    expected = {"adamw": {"tries": 2, "done": True}, "central_gradient": {"tries": 1, "done": False}}
    assert progress.load() == expected
    progress.record("adamw", correct=False)
    assert progress.load() == expected | {"adamw": {"tries": 3, "done": True}}
    assert json.loads(path.read_text())["edition"] == progress.EDITION


def test_every_exercise_of_the_first_edition_has_a_check():
    names = {check.__name__ for check in EXERCISES.values()}
    retired = {
        "path_shape", "hold_out", "winning_rates", "paired_bootstrap", "uncorrected_ratio",
    }
    assert len(progress.NEW_NAME) == 85 and set(progress.NEW_NAME.values()) - names == retired


@pytest.mark.parametrize(
    "text",
    ["{not json", '{"gd": 7}', '{"gd": {"tries": "many", "done": 1}}', "[1]", "",
     '{"edition": 2}', '{"edition": 2, "exercises": [1]}'],
)
def test_an_unreadable_file_is_kept_aside_and_said(path, text, capsys):
    path.write_text(text)
    assert progress.record("gd", correct=True)["done"]
    assert capsys.readouterr().out.count("\n") == 1
    assert path.with_suffix(".unreadable.json").read_text() == text
    assert progress.load() == {"gd": {"tries": 0, "done": True}}


def test_a_write_that_fails_leaves_the_old_file(path, monkeypatch, capsys):
    progress.record("gd", correct=True)
    before = path.read_bytes()

    def no_space(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", no_space)
    assert progress.record("adam", correct=True)["done"]
    said = capsys.readouterr().out
    assert said.startswith("Progress was not saved: ") and said.count("\n") == 1
    assert "No space left on device" in said and "what was there before is unchanged" in said
    assert path.read_bytes() == before


def test_a_folder_that_cannot_be_made_costs_one_line(monkeypatch, tmp_path, capsys):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "file" / "progress.json"))
    assert progress.record("gd", correct=True)["done"]
    said = capsys.readouterr().out
    assert said.startswith("Progress was not saved: ") and said.count("\n") == 1


def test_two_notebooks_at_once_lose_nothing(path):
    code = "from course_lib.checks import progress\nfor i in range(40): progress.record(f'{%d:02d}.{i}', correct=True)"
    writers = [subprocess.Popen([sys.executable, "-c", code % n]) for n in (1, 2)]
    assert [w.wait() for w in writers] == [0, 0]
    assert len(progress.load()) == 80
    assert not list(path.parent.glob("*.part"))


def test_the_table_counts_per_notebook(capsys):
    progress.record("gd", correct=True)
    progress.table({"01.1": "gd", "01.2": "b", "03.1": "c"})
    assert (
        capsys.readouterr().out == "notebook 01   1 of 2 done   #.\nnotebook 03   0 of 1 done   .\n"
    )
