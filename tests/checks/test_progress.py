"""The progress file: nothing lost, whatever happens to it."""
import os
import subprocess
import sys

import pytest

from course_lib.checks import progress


@pytest.fixture(autouse=True)
def path(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.json"))
    return tmp_path / "progress.json"


def test_answers_are_counted(path):
    progress.record("01.1", correct=False)
    progress.record("01.1", correct=False)
    assert progress.record("01.1", correct=True) == {"tries": 2, "done": True}
    progress.record("03.2", correct=False)
    assert progress.load() == {
        "01.1": {"tries": 2, "done": True},
        "03.2": {"tries": 1, "done": False},
    }


@pytest.mark.parametrize(
    "text", ["{not json", '{"01.1": 7}', '{"01.1": {"tries": "many", "done": 1}}', "[1]", ""]
)
def test_an_unreadable_file_is_kept_aside_and_said(path, text, capsys):
    path.write_text(text)
    assert progress.record("01.1", correct=True)["done"]
    assert capsys.readouterr().out.count("\n") == 1
    assert path.with_suffix(".unreadable.json").read_text() == text
    assert progress.load() == {"01.1": {"tries": 0, "done": True}}


def test_a_write_that_fails_leaves_the_old_file(path, monkeypatch, capsys):
    progress.record("01.1", correct=True)
    before = path.read_bytes()

    def no_space(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", no_space)
    assert progress.record("01.2", correct=True)["done"]
    said = capsys.readouterr().out
    assert said.startswith("Progress was not saved: ") and said.count("\n") == 1
    assert "No space left on device" in said and "what was there before is unchanged" in said
    assert path.read_bytes() == before


def test_a_folder_that_cannot_be_made_costs_one_line(monkeypatch, tmp_path, capsys):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "file" / "progress.json"))
    assert progress.record("01.1", correct=True)["done"]
    said = capsys.readouterr().out
    assert said.startswith("Progress was not saved: ") and said.count("\n") == 1


def test_two_notebooks_at_once_lose_nothing(path):
    code = "from course_lib.checks import progress\nfor i in range(40): progress.record(f'{%d:02d}.{i}', correct=True)"
    writers = [subprocess.Popen([sys.executable, "-c", code % n]) for n in (1, 2)]
    assert [w.wait() for w in writers] == [0, 0]
    assert len(progress.load()) == 80
    assert not list(path.parent.glob("*.part"))


def test_the_table_counts_per_notebook(capsys):
    progress.record("01.1", correct=True)
    progress.table({"01.1": "a", "01.2": "b", "03.1": "c"})
    assert (
        capsys.readouterr().out == "notebook 01   1 of 2 done   #.\nnotebook 03   0 of 1 done   .\n"
    )
