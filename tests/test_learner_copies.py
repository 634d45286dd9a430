"""The learner's copies in my/: what is written, and that an update loses nothing and doubles
nothing.
"""
import ast
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import learner_copies
import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from learner import cells, folder, merging, newest, pairing

ROOT = Path(__file__).resolve().parents[1]
COURSE = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
STUB = "def gd(fun, w):\n    ..."
ANSWER = "def gd(fun, w):\n    return w - fun(w)"


# Notebooks made by hand


def cell(kind, source, *tags, name=None):
    """A cell whose id is made from its contents, as the build does it, or is `name`."""
    made = hashlib.sha256(repr((kind, source, tags)).encode()).hexdigest()[:12]
    own = {"outputs": [], "execution_count": None} if kind == "code" else {}
    return {"cell_type": kind, "id": name or made, "source": source,
            "metadata": {"tags": list(tags)} if tags else {}, **own}


def md(source, *tags, name=None):
    return cell("markdown", source, *tags, name=name)


def code(source, *tags, name=None):
    return cell("code", source, *tags, name=name)


def ran(cell, said="1\n", count=1):
    """The cell after it has run."""
    return {**cell, "execution_count": count,
            "outputs": [{"output_type": "stream", "name": "stdout", "text": said}]}


def edited(cell, source):
    """The cell with another source and the same id, as JupyterLab leaves it."""
    return {**cell, "source": source}


def book(*parts):
    return {"cells": list(parts), "metadata": {}}


def merged(base, mine, theirs, *, exact=True):
    """The merged cells, having seen that they are valid and that a second time changes nothing."""
    base, mine, theirs = (None if b is None else book(*b) for b in (base, mine, theirs))
    result, done = merging.merge(base, mine, theirs)
    valid(cells.as_text(result))
    again, _ = merging.merge(theirs, result, theirs)
    assert sorted(sources(again["cells"])) == sorted(sources(result["cells"]))
    assert again == result or not exact, "merging once more changes something"
    return result["cells"], done


def valid(text):
    """Check that a file's contents are a notebook of format 4.5 with ids that are used once."""
    notebook = json.loads(text)
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    ids = [c["id"] for c in notebook["cells"]]
    assert len(set(ids)) == len(ids)
    nbformat.validate(notebook)  # which would repair an id that is there twice


def sources(found):
    return [c["source"] for c in found]


TITLE, TEXT, RUN = md("# Descend"), md("Take a step of length one."), code("lr = 0.1\nprint(lr)")
EXERCISE, CHECK = code(STUB, "exercise"), code("check.gd(gd)")
FOLD = md(f"<details>\n{ANSWER}\n</details>", "solution")
BASE = [TITLE, TEXT, RUN, EXERCISE, CHECK, FOLD]
MINE = [TITLE, TEXT, ran(RUN), ran(edited(EXERCISE, ANSWER), ""), ran(CHECK, "correct\n"), FOLD]


# What an update does to a cell


def test_a_copy_that_nobody_edited_becomes_the_new_version():
    new = [md("# Descend faster"), RUN, md("Inserted."), EXERCISE, CHECK]
    found, _ = merged(BASE, BASE, new)
    assert found == new


def test_an_unedited_copy_keeps_what_its_cells_printed_unless_they_changed():
    new = [TITLE, TEXT, RUN, code("print(2)"), EXERCISE, CHECK, FOLD]
    found, _ = merged(BASE, [ran(c) if c["cell_type"] == "code" else c for c in BASE], new)
    assert sources(found) == sources(new)
    assert [bool(c.get("outputs")) for c in found] == [
        False, False, True, False, True, True, False]


@pytest.mark.parametrize("name", [None, RUN["id"]], ids=["with a new id", "with the old id"])
def test_the_courses_edit_of_a_cell_arrives_and_the_answer_beside_it_stays(name):
    new = [TITLE, TEXT, code("lr = 0.2\nprint(lr)", name=name), EXERCISE, CHECK, FOLD]
    found, done = merged(BASE, MINE, new)
    assert sources(found) == [*sources(new)[:3], ANSWER, *sources(new)[4:]]
    assert found[2]["outputs"] == [] and found[4]["outputs"], "old output under a new cell"
    assert (done["updated"], done["kept"], done["conflicts"]) == (1, 1, 0)


def test_a_changed_cell_stays_with_its_outputs_where_the_course_did_not_change_it():
    mine = [TITLE, edited(TEXT, "My note."), ran(edited(RUN, "lr = 3"), "3\n"), *BASE[3:]]
    found, done = merged(BASE, mine, [*BASE, md("The end.")])
    assert sources(found) == ["# Descend", "My note.", "lr = 3", *sources(BASE[3:]), "The end."]
    assert found[2]["outputs"][0]["text"] == "3\n"
    assert found[1]["id"] == TEXT["id"], "the next update must find it"
    assert (done["kept"], done["added"]) == (2, 1)


@pytest.mark.parametrize("name", [None, TEXT["id"]], ids=["with a new id", "with the old id"])
def test_a_cell_that_both_changed_is_there_twice_the_learners_first_with_a_note_between(name):
    theirs = md("Take a step of length two.", name=name)
    found, done = merged(BASE, [TITLE, edited(TEXT, "My step of length one."), *BASE[2:]],
                         [TITLE, theirs, *BASE[2:]])
    assert sources(found)[:4] == [
        "# Descend", "My step of length one.", merging.BOTH, theirs["source"]]
    assert sources(found)[4:] == sources(BASE[2:])
    assert done["conflicts"] == 1


@pytest.mark.parametrize("new_stub", [
    STUB.replace("w", "w, n_steps"), "def quite_another(thing):\n    pass\n    ```\n    ...",
], ids=["alike", "found by its check"])
def test_a_changed_exercise_does_not_undo_the_answer(new_stub):
    new = [*BASE[:3], code(new_stub, "exercise"), *BASE[4:]]
    found, done = merged(BASE, MINE, new)
    assert sources(found)[3] == ANSWER and done["conflicts"] == 1
    assert [c["source"] for c in found if c["cell_type"] == "code"] == [
        RUN["source"], ANSWER, CHECK["source"]], "the stub would run after the answer"
    note = found[4]["source"]
    assert note.startswith(merging.BOTH_EXERCISE) and new_stub in note
    assert note.count("\n````") == 2 * ("```" in new_stub), "a fence that the stub cannot close"


def test_both_made_the_same_change():
    new = [TITLE, md("Take a step of length two."), *BASE[2:]]
    found, done = merged(BASE, [TITLE, edited(TEXT, new[1]["source"]), *BASE[2:]], new)
    assert found == new and done["conflicts"] == 0


def test_a_cell_that_the_course_deleted_goes_unless_the_learner_changed_it():
    new = [TITLE, EXERCISE, CHECK, FOLD]
    found, done = merged(BASE, [TITLE, TEXT, edited(RUN, "lr = 7"), *BASE[3:]], new)
    assert sources(found) == ["# Descend", "lr = 7", merging.GONE, *sources(BASE[3:])]
    assert (done["removed"], done["no longer in the course"]) == (1, 1)


def test_a_cell_that_the_learner_deleted_stays_away_unless_the_course_changed_it():
    mine = [TITLE, *BASE[3:]]  # without TEXT and RUN
    new = [TITLE, md("Take a step of length two."), *BASE[2:], md("The end.")]
    found, _ = merged(BASE, mine, new)
    assert sources(found) == ["# Descend", new[1]["source"], *sources(BASE[3:]), "The end."]


def test_the_learners_own_cells_stay_after_the_cell_that_they_followed():
    own = [code(f"scratch_{n} = {n}", name=f"own{n}") for n in range(5)]
    mine = [own[0], TITLE, TEXT, own[1], own[2], RUN, EXERCISE, own[3], CHECK, FOLD, own[4]]
    new = [TITLE, md("New."), TEXT, md("New too."), EXERCISE, CHECK, FOLD]  # RUN is gone
    found, _ = merged(BASE, mine, new)
    assert [c["source"] for c in found if c["id"] != EXERCISE["id"]] == [
        "scratch_0 = 0", "# Descend", "New.", TEXT["source"], "scratch_1 = 1", "scratch_2 = 2",
        "New too.", "scratch_3 = 3", CHECK["source"], FOLD["source"], "scratch_4 = 4"]


def test_the_order_is_the_courses():
    new = [TITLE, EXERCISE, CHECK, FOLD, TEXT, RUN]
    found, _ = merged(BASE, MINE, new)
    assert [c["id"] for c in found] == [c["id"] for c in new]
    assert found[1]["source"] == ANSWER


def test_a_cell_that_moved_and_got_a_tag_is_the_same_cell():
    moved = code(RUN["source"], "figure")  # the tag gives it another id
    new = [TITLE, TEXT, EXERCISE, CHECK, FOLD, md("Another cell."), moved]
    found, done = merged(BASE, [*BASE[:2], edited(RUN, "lr = 7"), *BASE[3:]], new)
    assert sources(found) == [*sources(new[:-1]), "lr = 7"]
    assert cells.tags(found[-1]) == ["figure"] and done["kept"] == 1


@pytest.mark.parametrize("change", [
    lambda c: {**c, "source": c["source"].replace("\n", "  \n") + "\n\n"},
    lambda c: {**c, "metadata": {"scrolled": True, "collapsed": False}},
    lambda c: {**c, "outputs": [], "execution_count": 7} if c["cell_type"] == "code" else c,
], ids=["blanks", "metadata", "execution"])
def test_what_jupyterlab_changes_by_itself_is_no_edit(change):
    new = [md("# Another"), code("lr = 0.2\nprint(lr)"), md("Insert.")]
    found, done = merged(BASE, [change(c) for c in BASE], new)
    assert sources(found) == sources(new)
    assert done["kept"] == done["conflicts"] == 0


def test_indentation_is_an_edit():
    mine = [*BASE[:3], edited(EXERCISE, STUB.replace("    ", "        ")), *BASE[4:]]
    found, done = merged(BASE, mine, [md("# New"), *BASE[1:]])
    assert "        ..." in found[3]["source"] and done["kept"] == 1


@pytest.mark.parametrize("name", [None, TEXT["id"]], ids=["with a new id", "with the old id"])
def test_a_second_change_of_the_course_replaces_the_first_offer(name):
    mine = [TITLE, edited(TEXT, "My step of length one."), *BASE[2:]]
    second = [TITLE, md("Take a step of length two.", name=name), *BASE[2:]]
    third = [TITLE, md("Take a step of length three.", name=name), *BASE[2:]]
    found, _ = merged(BASE, mine, second)
    latest, _ = merged(second, found, third)
    assert sources(latest)[1:5] == [
        "My step of length one.", merging.BOTH, "Take a step of length three.", RUN["source"]]
    changed = [edited(c, "Hm.") if c["source"] == merging.BOTH else c for c in found]
    assert "Hm." in sources(merged(second, changed, third)[0]), "an edited note is the learner's"


def test_the_learner_may_settle_a_conflict_either_way():
    new = [TITLE, md("Take a step of length two."), *BASE[2:]]
    later = [*new, md("The end.")]
    found, _ = merged(BASE, [TITLE, edited(TEXT, "My step."), *BASE[2:]], new)
    own = [c for n, c in enumerate(found) if n not in (2, 3)]
    theirs = [c for n, c in enumerate(found) if n not in (1, 2)]
    assert sources(merged(new, own, later)[0])[:3] == ["# Descend", "My step.", RUN["source"]]
    assert sources(merged(new, theirs, later)[0]) == sources(later)


def test_a_cell_that_comes_back_in_the_course_is_not_there_twice():
    own = code("a_note = 1", name=TEXT["id"])  # an id that the course uses again later
    found, _ = merged([TITLE, RUN], [TITLE, own, RUN], [TITLE, TEXT, RUN])
    assert sorted(sources(found)) == sorted([*sources([TITLE, TEXT, own, RUN]), merging.BOTH])
    found, _ = merged([TITLE, RUN], [TITLE, TEXT, RUN], [TITLE, TEXT, RUN])
    assert sources(found) == sources([TITLE, TEXT, RUN])


def test_a_cell_of_ones_own_is_not_taken_for_a_new_one_of_the_course_that_is_like_it():
    own, new = code("one = two + three  # mine", name="own"), code("one = two + three")
    found, done = merged([TITLE, RUN], [TITLE, own, RUN], [TITLE, new, RUN])
    assert sources(found) == sources([TITLE, own, new, RUN]) and done["conflicts"] == 0


def test_without_the_base_nothing_is_lost():
    new = [TITLE, md("Take a step of length two."), *BASE[2:], md("The end.")]
    found, done = merged(None, [*MINE, code("own = 1")], new)
    assert ANSWER in sources(found) and "own = 1" in sources(found)
    assert "Take a step of length one." in sources(found)
    assert sources(found).count(CHECK["source"]) == 1 and done["conflicts"] == 2


@pytest.mark.parametrize("ids", [None, "twice", "not an id!"])
def test_cells_without_an_id_are_found_by_their_contents(tmp_path, ids):
    bare = [{**c, "id": ids} for c in MINE]
    if ids is None:
        bare = [{key: c[key] for key in c if key != "id"} for c in MINE]
    write(tmp_path / "copy.ipynb", book(*bare))
    mine = cells.read(tmp_path / "copy.ipynb")
    assert mine["bare"] == len(MINE) - (ids == "twice")
    found, _ = merged(BASE, mine["cells"], [*BASE, md("The end.")])
    assert sources(found) == [*sources(MINE), "The end."]
    assert found[2]["outputs"] and found[2]["id"] == RUN["id"]


def test_cells_between_the_same_neighbours_are_paired_by_likeness_and_no_others():
    old = [TITLE, md("one two three four"), md("five six seven"), RUN, md("one two three four five")]
    new = [TITLE, md("five six seven eight"), md("one two three"), RUN, md("quite another text")]
    assert pairing.pair(old, new) == {0: 0, 1: 2, 2: 1, 3: 3}
    assert pairing.pair(old, new, edited=False) == {0: 0, 3: 3}
    moved = [TITLE, RUN, md("one two three"), FOLD]
    assert pairing.pair([TITLE, old[1], RUN, FOLD], moved) == {0: 0, 2: 1, 3: 3}
    other_kinds = [TITLE, code("one two three"), md("one two three", "solution"), RUN]
    assert pairing.pair([TITLE, old[1], RUN], other_kinds) == {0: 0, 2: 3}


def test_an_exercise_is_known_by_its_check_whatever_stands_between():
    found = cells.roles([EXERCISE, code("scratch"), code("check.hint(check.gd)"), CHECK, FOLD, TEXT])
    assert found == [("exercise", "gd"), None, None, ("check", "gd"), ("solution", "gd"), None]


# No edit is ever lost: any notebook, any edits of both sides


WORDS = st.lists(st.sampled_from(["step", "rate", "loss", "path", "cold", "warm"]), max_size=6)
TAGS = st.sampled_from([(), (), ("figure",), ("exercise",), ("solution",)])
MOVES = st.lists(st.tuples(st.sampled_from(["edit", "edit", "delete", "insert", "move", "twin"]),
                           st.integers(0, 30), st.integers(0, 30)), max_size=8)


@st.composite
def notebooks(draw):
    """A built notebook: contents from few words, so that twins and near twins are common."""
    made = []
    for words, tags, check in draw(st.lists(st.tuples(WORDS, TAGS, st.booleans()), max_size=8)):
        made.append(cell("markdown" if "solution" in tags else "code", " ".join(words), *tags))
        if "exercise" in tags or check:
            made.append(code(f"check.{words[0] if words else 'gd'}(f)"))
    cells.give_ids(made)
    return made


def after(moves, parts, who):
    """The cells after edits; the learner's keep ids, the course's have new ones but every third."""
    parts = list(parts)
    for n, (what, where, to) in enumerate(moves):
        at = where % len(parts) if parts else 0
        if what == "insert" or not parts:
            parts.insert(at, code(f"{who} inserts {n}", name=f"{who}{n}"))
        elif what == "delete":
            del parts[at]
        elif what == "move":
            parts.insert(to % len(parts), parts.pop(at))
        elif what == "twin":
            parts.insert(at, {**parts[at], "id": f"{who}{n}"})
        else:
            keeps = who == "learner" or n % 3 == 0
            name = parts[at]["id"] if keeps else f"{who}{n}"
            parts[at] = {**parts[at], "id": name, "source": f"{parts[at]['source']} {who}{n}"}
    return parts


@settings(max_examples=300, deadline=None)
@given(notebooks(), MOVES, MOVES, st.booleans())
def test_an_update_loses_no_edit_and_doubles_none(base, my_moves, their_moves, known):
    mine, theirs = after(my_moves, base, "learner"), after(their_moves, base, "course")
    found, _ = merged(base if known else None, mine, theirs, exact=False)
    got = sources(found)
    for source in sources(mine):
        if "learner" in source:
            assert got.count(source) == sources(mine).count(source)
    notes = "\n".join(got)
    old = sources(base)
    for source in sources(theirs):
        assert source in notes or source in old, "a change of the course is missing"
    assert len(got) <= len(mine) + 2 * len(theirs) + len(mine)


@settings(max_examples=100, deadline=None)
@given(notebooks(), MOVES)
def test_an_unedited_copy_becomes_exactly_the_new_version(base, their_moves):
    theirs = after(their_moves, base, "course")
    assert merged(base, base, theirs)[0] == theirs


@settings(max_examples=100, deadline=None)
@given(notebooks(), MOVES)
def test_where_the_course_changed_nothing_every_cell_stays(base, my_moves):
    mine = after(my_moves, base, "learner")
    found, _ = merged(base, mine, base, exact=False)
    assert sorted(sources(found)) == sorted(sources(mine))


# The files in my/


def write(path, notebook):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, **notebook}), encoding="utf-8")


def stored(path):
    return cells.read(path)["cells"]


def everything(root):
    """What every file under a folder holds."""
    return {path.relative_to(root).as_posix(): path.read_bytes()
            for path in root.rglob("*") if path.is_file() and ".git" not in path.parts}


@pytest.fixture
def root(tmp_path):
    """A course of two notebooks, executed, with a guard cell."""
    guard = ran(code("assert lr == 0.1", "guard"))
    write(tmp_path / "notebooks/00_start.ipynb", book(*map(ran, [code("a = 1"), code("b = 2")])))
    write(tmp_path / "notebooks/01_descend.ipynb", book(*[
        ran(c) if c["cell_type"] == "code" else c for c in [*BASE[:3], guard, *BASE[3:]]]))
    write(tmp_path / "notebooks/conftest.ipynb", book())
    return tmp_path


@pytest.fixture
def answered(root):
    """The course, with copies, of which 01 is answered."""
    folder.write_missing(root)
    write(root / "my/01_descend.ipynb", book(*MINE))
    return root


def change(root, name, *parts):
    write(root / "notebooks" / name, book(*parts))


def test_copies_have_no_outputs_and_no_guards_and_all_else(root):
    before = everything(root)
    said = folder.write_missing(root)
    assert said == ["Your own copies (2 new) are in the folder my: work there."]
    assert stored(root / "my/01_descend.ipynb") == BASE
    assert sorted(set(everything(root)) - set(before)) == [
        "my/.course/00_start.ipynb", "my/.course/01_descend.ipynb", "my/00_start.ipynb",
        "my/01_descend.ipynb"]
    assert {name: data for name, data in everything(root).items() if name in before} == before


def test_a_copy_is_never_overwritten_and_a_deleted_one_is_written_anew(root):
    folder.write_missing(root)
    (root / "my/00_start.ipynb").write_text("anything at all")
    (root / "my/01_descend.ipynb").unlink()
    assert len(folder.write_missing(root)) == 1
    assert (root / "my/00_start.ipynb").read_text() == "anything at all"
    assert stored(root / "my/01_descend.ipynb") == BASE
    assert folder.write_missing(root) == []


def test_newer_versions_are_pointed_out(answered):
    assert folder.outdated(answered) == []
    change(answered, "00_start.ipynb", code("a = 3"))
    assert folder.outdated(answered)[0].startswith(
        "The course has newer versions of 1 of your notebooks: `make update`")


def test_an_update_writes_the_new_version_a_backup_and_one_line_a_notebook(answered):
    old = everything(answered / "my")
    change(answered, "01_descend.ipynb", TITLE, TEXT, code("lr = 0.2\nprint(lr)"), *BASE[3:])
    said = folder.update(answered)
    assert said[0] == "my/01_descend.ipynb: of its cells, 1 updated, 1 kept as you wrote them."
    assert said[1].startswith("As they were before, these copies are in my/backups/2")
    assert len(said) == 2
    new = everything(answered / "my")
    (backup,) = (answered / "my/backups").iterdir()
    assert everything(backup) == {
        name: old[name] for name in ("01_descend.ipynb", ".course/01_descend.ipynb")}
    assert new["00_start.ipynb"] == old["00_start.ipynb"]
    assert ANSWER in sources(stored(answered / "my/01_descend.ipynb"))
    assert folder.update(answered) == ["Your copies in the folder my are up to date."]
    assert everything(answered / "my") == new


def test_two_updates_in_one_second_have_two_backups(answered):
    for n in (3, 4, 5):
        change(answered, "00_start.ipynb", code(f"a = {n}"), code("b = 2"))
        folder.update(answered)
    assert len(list((answered / "my/backups").iterdir())) == 3


@pytest.mark.parametrize("contents", [b"", b"{", b"[]", b'{"cells": 3}', b"\xff\xfe",
                                      b'{"nbformat": 4, "metadata": [3], "cells": []}',
                                      b'{"nbformat": 3, "worksheets": []}',
                                      b'{"nbformat": 4, "cells": [{"cell_type": "cinema"}]}'])
@pytest.mark.parametrize("whose", ["my", "notebooks"])
def test_a_file_that_is_no_notebook_is_left_alone_in_one_sentence(answered, whose, contents):
    change(answered, "00_start.ipynb", code("a = 3"), code("b = 2"))
    (answered / whose / "01_descend.ipynb").write_bytes(contents)
    before = (answered / "my/01_descend.ipynb").read_bytes()
    said = folder.update(answered)
    (sentence,) = [line for line in said if line.startswith(f"{whose}/01")]
    assert "left as it is" in sentence and "\n" not in sentence
    assert (answered / "my/01_descend.ipynb").read_bytes() == before
    assert stored(answered / "my/00_start.ipynb")[0]["source"] == "a = 3", "the others go on"
    (answered / "my/01_descend.ipynb").unlink()
    if whose == "notebooks":
        assert folder.write_missing(answered)[0].endswith("no copy was made of it.")


def test_an_unknown_base_is_one_sentence_and_loses_nothing(answered):
    (answered / "my/.course/01_descend.ipynb").unlink()
    said = folder.update(answered)
    assert said[0].startswith("my/01_descend.ipynb: the version that it was made from is not known")
    assert ANSWER in sources(stored(answered / "my/01_descend.ipynb"))
    assert folder.update(answered) == ["Your copies in the folder my are up to date."]


def test_a_kill_before_the_base_is_written_changes_nothing_later(answered, monkeypatch):
    def built(*parts):
        return {**book(*parts), "metadata": {"course": {"built_from": f"{len(parts)} cells"}}}

    write(answered / "notebooks/01_descend.ipynb", built(*BASE, md("Take a step of length two.")))
    folder.update(answered)
    mine = stored(answered / "my/01_descend.ipynb")
    write(answered / "my/01_descend.ipynb", built(*mine[:-1], edited(mine[-1], "Take my step of length two.")))
    write(answered / "notebooks/01_descend.ipynb", built(*BASE[:-1], md("Take a step of length three.")))
    base = (answered / "my/.course/01_descend.ipynb").read_bytes()
    folder.update(answered)
    done = (answered / "my/01_descend.ipynb").read_bytes()
    (answered / "my/.course/01_descend.ipynb").write_bytes(base)
    assert folder.update(answered) == ["Your copies in the folder my are up to date."]
    assert (answered / "my/01_descend.ipynb").read_bytes() == done
    (answered / "my/.course/01_descend.ipynb").unlink()
    assert folder.update(answered) == ["Your copies in the folder my are up to date."]


def test_a_full_disk_leaves_the_copy_as_it_was(answered, monkeypatch):
    change(answered, "01_descend.ipynb", *BASE, md("The end."))
    before = everything(answered / "my")

    def full(path, data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folder, "write_whole", full)
    with pytest.raises(OSError, match="No space left"):
        folder.update(answered)
    assert everything(answered / "my") == before


def test_half_a_character_is_written_all_the_same():
    text = cells.as_text(book(md("\ud83d")))
    assert json.loads(text)["cells"][0]["source"] == ["\ud83d"] and text.encode("utf-8")


# Exercises that move to another notebook


SECOND = [code("best = ...", "exercise"), code("check.best(best)"), md("<details>", "solution")]


@pytest.fixture
def two_answers(root):
    """A learner who has answered both exercises of 01_descend."""
    change(root, "01_descend.ipynb", *BASE, *SECOND)
    folder.write_missing(root)
    write(root / "my/01_descend.ipynb", book(*MINE, ran(edited(SECOND[0], "best = 0.5")), *SECOND[1:]))
    return root


def test_a_renamed_notebook_hands_on_its_answers(two_answers):
    old = (two_answers / "my/01_descend.ipynb").read_bytes()
    (two_answers / "notebooks/01_descend.ipynb").unlink()
    change(two_answers, "03_descend_the_gradient.ipynb", md("# Anew"), EXERCISE, CHECK, *SECOND)
    said = folder.update(two_answers)
    assert said[1] == ("The course no longer has notebooks of these names; yours are left as they are:"
                       " my/01_descend.ipynb.")
    assert said[2] == ("my/03_descend_the_gradient.ipynb: your answers to gd, best brought over from"
                       " my/01_descend.ipynb.")
    assert (two_answers / "my/01_descend.ipynb").read_bytes() == old
    new = stored(two_answers / "my/03_descend_the_gradient.ipynb")
    assert sources(new)[1] == ANSWER and sources(new)[3] == "best = 0.5"
    assert new[3]["outputs"] == [] and new[3]["execution_count"] is None
    assert new[3]["id"] == SECOND[0]["id"]
    assert folder.update(two_answers)[1:] == ["Your copies in the folder my are up to date."]


def test_a_split_notebook_hands_on_the_answers_of_its_second_part(two_answers):
    change(two_answers, "01_descend.ipynb", *BASE)
    change(two_answers, "02_find_the_rate.ipynb", md("# The rate"), *SECOND)
    said = folder.update(two_answers)
    assert "my/02_find_the_rate.ipynb: your answers to best brought over from my/01_descend.ipynb." in said
    assert "best = 0.5" in sources(stored(two_answers / "my/02_find_the_rate.ipynb"))
    first = sources(stored(two_answers / "my/01_descend.ipynb"))
    assert ANSWER in first and first[-2:] == ["best = 0.5", merging.GONE]
    assert folder.update(two_answers) == ["Your copies in the folder my are up to date."]


@pytest.mark.parametrize("writes", range(10))
def test_a_kill_at_any_moment_loses_no_answer(two_answers, monkeypatch, writes):
    change(two_answers, "01_descend.ipynb", *BASE, md("The end."))
    change(two_answers, "02_find_the_rate.ipynb", md("# The rate"), *SECOND)
    left = list(range(writes))

    def killed(path, data):
        if not left:
            raise KeyboardInterrupt
        left.pop()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())

    with monkeypatch.context() as patch:
        patch.setattr(folder, "write_whole", killed)
        with pytest.raises(KeyboardInterrupt):
            folder.update(two_answers)
            raise KeyboardInterrupt  # more writes than there are: no kill at all
    folder.update(two_answers)
    first = sources(stored(two_answers / "my/01_descend.ipynb"))
    assert ANSWER in first and first.count("best = 0.5") == first.count(merging.GONE) == 1
    assert first.count("The end.") == 1
    assert sources(stored(two_answers / "my/02_find_the_rate.ipynb"))[1] == "best = 0.5"
    assert folder.update(two_answers) == ["Your copies in the folder my are up to date."]


def test_an_answer_that_is_there_already_is_not_replaced(two_answers):
    change(two_answers, "02_find_the_rate.ipynb", md("# The rate"), *SECOND)
    folder.write_missing(two_answers)
    write(two_answers / "my/02_find_the_rate.ipynb",
          book(md("# The rate"), edited(SECOND[0], "best = 7"), *SECOND[1:]))
    change(two_answers, "01_descend.ipynb", *BASE)
    folder.update(two_answers)
    assert "best = 7" in sources(stored(two_answers / "my/02_find_the_rate.ipynb"))
    assert "best = 0.5" not in sources(stored(two_answers / "my/02_find_the_rate.ipynb"))


def test_an_exercise_that_moved_and_changed_keeps_the_answer_and_shows_the_new_stub(two_answers):
    (two_answers / "notebooks/01_descend.ipynb").unlink()
    change(two_answers, "02_rate.ipynb", code("best, worst = ..., ...", "exercise"), *SECOND[1:])
    folder.update(two_answers)
    answer, note, *_ = sources(stored(two_answers / "my/02_rate.ipynb"))
    assert answer == "best = 0.5"
    assert note.startswith(merging.BOTH_EXERCISE) and "best, worst = ..., ..." in note
    assert folder.update(two_answers)[1:] == ["Your copies in the folder my are up to date."]
    path = two_answers / "my/02_rate.ipynb"
    valid(path.read_text(encoding="utf-8"))
    note = stored(path)[1]  # the learner resets the exercise and leaves the note
    write(path, book(code("best, worst = ..., ...", "exercise"), edited(note, "Mine."), *SECOND[1:]))
    folder.update(two_answers)
    valid(path.read_text(encoding="utf-8"))
    assert sources(stored(path))[0] == "best = 0.5" and "Mine." in sources(stored(path))


def test_an_untouched_exercise_of_a_renamed_notebook_hands_on_nothing(root):
    folder.write_missing(root)
    (root / "notebooks/01_descend.ipynb").unlink()
    change(root, "02_rate.ipynb", code("def gd(fun):\n    ...", "exercise"), CHECK)
    said = folder.update(root)
    assert sources(stored(root / "my/02_rate.ipynb"))[0] == "def gd(fun):\n    ..."
    assert [line for line in said if "brought over" in line] == []
    (root / "my/01_descend.ipynb").unlink()
    assert folder.update(root) == ["Your copies in the folder my are up to date."]


def test_a_notebook_of_the_learners_own_is_none_of_our_business(answered):
    write(answered / "my/01_descend-Copy1.ipynb", book(*MINE))
    assert folder.update(answered) == ["Your copies in the folder my are up to date."]


# The course's own notebooks


@pytest.mark.parametrize("path", COURSE, ids=lambda path: path.stem[:2])
def test_a_copy_of_a_notebook_of_the_course_is_valid_and_the_same_without_outputs(path):
    text = cells.as_text(cells.copy_of(cells.read(path)))
    valid(text)
    notebook, original = nbformat.reads(text, 4), nbformat.read(path, 4)
    kept = [c for c in original.cells if "guard" not in c.metadata.get("tags", [])]
    for c in kept:
        if c.cell_type == "code":
            c.outputs, c.execution_count = [], None
    assert notebook.cells == kept
    assert notebook.metadata == original.metadata
    assert nbformat.writes(notebook, version=4) + "\n" == text, "JupyterLab lays it out otherwise"


def test_every_exercise_of_the_course_is_found_by_its_check():
    for path in COURSE:
        tagged = [c for c in stored(path) if "exercise" in cells.tags(c)]
        assert list(cells.exercises(stored(path)).values()) == tagged
    names = [name for path in COURSE for name in cells.exercises(stored(path))]
    assert len(names) > 80 and len(set(names)) == len(names), "names tell where an exercise moved"


# git pull, and the commands


def git(where, *arguments):
    return subprocess.run(["git", *arguments], cwd=where, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def clones(tmp_path, monkeypatch):
    """(the course's clone, the learner's clone) of a bare repository, with copies in my/."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    (tmp_path / "gitconfig").write_text("[user]\nname = A\nemail = a@example.org\n[init]\ndefaultBranch = main\n")
    git(tmp_path, "init", "-q", "--bare", "server")
    git(tmp_path, "clone", "-q", "server", "author")
    author, learner = tmp_path / "author", tmp_path / "a learner"
    shutil.copy(ROOT / ".gitignore", author)
    change(author, "01_descend.ipynb", *BASE)
    publish(author)
    git(tmp_path, "clone", "-q", "server", "a learner")
    folder.write_missing(learner)
    write(learner / "my/01_descend.ipynb", book(*MINE))
    return author, learner


def publish(author):
    git(author, "add", "-A")
    git(author, "commit", "-q", "-m", "New")
    git(author, "push", "-q", "origin", "HEAD")


@pytest.mark.parametrize("which", ["another cell", "the same cell"])
def test_pull_and_update_keep_the_answer_and_the_clone_clean(clones, which):
    author, learner = clones
    assert newest.pull(learner) == "There is no newer version."
    new_stub = code(STUB.replace("w)", "w, n)"), "exercise")
    new = {"another cell": [TITLE, md("Take a step of length two."), *BASE[2:]],
           "the same cell": [*BASE[:3], new_stub, *BASE[4:]]}[which]
    change(author, "01_descend.ipynb", *new)
    publish(author)
    assert newest.pull(learner) == "A newer version was fetched."
    folder.update(learner)
    found = sources(stored(learner / "my/01_descend.ipynb"))
    assert ANSWER in found
    assert any(new[1 if which == "another cell" else 3]["source"] in source for source in found)
    assert git(learner, "status", "--porcelain") == ""


def test_edited_files_of_the_course_are_one_sentence_and_stay(clones):
    author, learner = clones
    change(author, "01_descend.ipynb", *BASE, md("The end."))
    publish(author)
    (learner / "notebooks/01_descend.ipynb").write_text("edited here")
    said = newest.pull(learner)
    assert said.startswith("No new version was fetched: some of the course's own files were edited")
    assert (learner / "notebooks/01_descend.ipynb").read_text() == "edited here"


def test_commits_of_ones_own_are_one_sentence(clones):
    author, learner = clones
    change(author, "01_descend.ipynb", *BASE, md("The end."))
    publish(author)
    (learner / "own.txt").write_text("own")
    git(learner, "add", "own.txt")
    git(learner, "commit", "-q", "-m", "Own")
    assert "this clone has commits of its own. `git pull --rebase`" in newest.pull(learner)


def test_a_server_out_of_reach_is_one_sentence(clones):
    _, learner = clones
    git(learner, "remote", "set-url", "origin", "http://127.0.0.1:9/nowhere.git")
    assert "could not be reached. Check the network" in newest.pull(learner)
    shutil.rmtree(learner.parent / "server")
    git(learner, "remote", "set-url", "origin", str(learner.parent / "server"))
    assert "could not be reached. Check the network" in newest.pull(learner)


def test_a_branch_that_follows_nothing_is_one_sentence(clones):
    _, learner = clones
    git(learner, "checkout", "-q", "-b", "own")
    assert "this clone's branch follows no branch elsewhere" in newest.pull(learner)


def test_no_clone_and_no_git_are_one_sentence_each(clones, monkeypatch, tmp_path):
    _, learner = clones
    assert "this folder is not a git clone" in newest.pull(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "git could not be started" in newest.pull(learner)


def test_what_git_says_otherwise_is_quoted():
    assert newest.reason("hint: so\nfatal: the moon is full.\n") == "git pull says: fatal: the moon is full"
    assert newest.reason("") == "git pull says: nothing"


def test_update_pulls_sets_up_and_hands_over_to_the_new_script(monkeypatch, tmp_path):
    calls = []
    monkeypatch.setattr(newest, "pull", lambda root: calls.append("pull") or "Fetched.")
    monkeypatch.setattr(learner_copies.subprocess, "call",
                        lambda command: calls.append([Path(command[1]).name, *command[2:]]) or 0)
    assert learner_copies.update(tmp_path) == 0
    assert calls == ["pull", ["setup_env.py"], ["learner_copies.py", "merge"]]


def test_update_goes_on_where_the_set_up_fails(monkeypatch, tmp_path):
    calls = []

    def call(command):
        calls.append(command)
        return int("setup_env" in command[1])

    monkeypatch.setattr(newest, "pull", lambda root: "No.")
    monkeypatch.setattr(learner_copies.subprocess, "call", call)
    assert learner_copies.update(tmp_path) == 1
    assert calls[1][0] == sys.executable and calls[1][2] == "merge"


def test_the_script_runs_alone_and_without_the_library_installed(root):
    for name in ("tools/learner_copies.py", "tools/setup_env.py", "course_lib/__init__.py", "course_lib/files.py"):
        (root / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, root / name)
    shutil.copytree(ROOT / "tools/learner", root / "tools/learner")
    command = [sys.executable, "-S", "-E", "tools/learner_copies.py"]  # -S: no installed packages
    first = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    assert first.stdout.startswith("Your own copies (2 new)") and first.stderr == ""
    change(root, "00_start.ipynb", code("a = 3"))
    second = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    assert "`make update`" in second.stdout
    third = subprocess.run([*command, "merge"], cwd=root, capture_output=True, text=True, check=True)
    assert third.stdout.startswith("my/00_start.ipynb: of its cells, 1 updated, 1 removed.")
    wrong = subprocess.run([*command, "upgrade"], cwd=root, capture_output=True, text=True)
    assert wrong.returncode == 1 and wrong.stderr.count("\n") == 1
    lab = subprocess.run([*command, "lab"], cwd=root, capture_output=True, text=True)
    assert lab.returncode == 1 and lab.stderr.startswith("JupyterLab is not in this Python")


@pytest.mark.parametrize("name", ["learner_copies.py", "learner/newest.py", "learner/__init__.py"])
def test_what_runs_before_the_set_up_parses_on_an_old_python(name):
    ast.parse((ROOT / "tools" / name).read_text(encoding="utf-8"), feature_version=(3, 6))


def test_modules_are_short():
    for path in [ROOT / "tools/learner_copies.py", *(ROOT / "tools/learner").glob("*.py")]:
        lines = path.read_text(encoding="utf-8").splitlines()
        assert len(lines) <= 250 and max(map(len, lines)) <= 100
