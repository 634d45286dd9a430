"""The checker: three verdicts, one line each, hints that grow, nothing raised, nothing given away.
"""
import pytest

from course_lib import checks
from course_lib.checks import engine, progress


@pytest.fixture
def doubled(monkeypatch, tmp_path):
    monkeypatch.setattr(engine, "EXERCISES", {})
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "deep" / "progress.json"))

    @engine.exercise("99.1", "Double a number", hints=("a nudge", "a formula", "a line"))
    def doubled(mine):
        return None if mine(3) == 6 else "it squares" if mine(3) == 9 else "it does not double"

    return doubled


def stub(x):
    """A docstring does not count as an attempt."""
    ...


def test_a_stub_is_not_attempted(doubled, capsys):
    for mine in (..., stub, lambda x: None):
        doubled(mine)
        assert capsys.readouterr().out == "99.1 Double a number: not attempted yet\n"
    assert progress.load() == {}


def test_a_right_answer_is_correct_and_recorded(doubled, capsys):
    doubled(lambda x: 2 * x)
    assert capsys.readouterr().out == "99.1 Double a number: correct\n"
    assert progress.load() == {"doubled": {"tries": 0, "done": True}}


def test_hints_grow_with_wrong_tries_and_end_at_the_solution(doubled, capsys):
    spoken = []
    for _ in range(4):
        doubled(lambda x: x * x)
        spoken.append(capsys.readouterr().out)
    assert spoken[0] == "99.1 Double a number: not yet: it squares.\nHint 1 of 3: a nudge\n"
    assert spoken[1].endswith("Hint 2 of 3: a formula\n") and spoken[2].endswith(
        "Hint 3 of 3: a line\n"
    )
    assert spoken[3].endswith("Hint 3 of 3: a line. The solution is folded under this cell.\n")


def test_done_stays_done(doubled, capsys):
    doubled(lambda x: 2 * x)
    doubled(lambda x: x)
    assert progress.load()["doubled"] == {"tries": 1, "done": True}


@pytest.mark.parametrize("mine", [lambda: 1, lambda x: 1 / 0, 7, None, "text", lambda x: [][1]])
def test_a_check_never_raises(doubled, capsys, mine):
    doubled(mine)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("99.1 Double a number: not yet: ") and len(lines) == 2


def test_an_error_is_told_with_its_words(doubled):
    verdict = engine.judge(doubled, lambda x: int("pear\ntree"))
    assert verdict == (
        "wrong",
        "it stopped with ValueError: invalid literal for int() with base 10: 'pear\\ntree'",
    )


def test_an_exhibit_left_as_it_was_is_not_attempted(monkeypatch):
    monkeypatch.setattr(engine, "EXERCISES", {})

    def broken(x):
        return x * x

    @engine.exercise("99.2", "Repair", hints=("a", "b", "c"), exhibit=broken)
    def repair(mine):
        return None if mine(3) == 6 else "still broken"

    def copied(x):
        """The learner's copy."""
        return x * x

    def repaired(x):
        return x + x

    assert engine.judge(repair, copied).status == "not attempted"
    assert engine.judge(repair, repaired).status == "correct"
    assert engine.judge(repair, lambda x: x * x * 1).status == "wrong"


def test_two_exercises_cannot_share_an_id(doubled):
    with pytest.raises(
        ValueError, match=r"exercise 99\.1 must have an id of its own and three hints"
    ):
        engine.exercise("99.1", "Again", hints=("a", "b", "c"))(lambda mine: None)


def test_every_check_of_the_course_has_three_full_hints():
    assert engine.EXERCISES
    for key, check in engine.EXERCISES.items():
        assert len(set(check.hints)) == 3 and all(len(hint) > 15 for hint in check.hints), key
        assert check in vars(checks).values(), f"{key} is not reachable as check.{check.__name__}"


def test_a_hint_can_be_had_without_a_wrong_try(doubled, capsys):
    said = {1: "a nudge", 2: "a formula", 3: "a line"}
    for number, words in said.items():
        engine.hint(doubled, number)
        assert capsys.readouterr().out == f"99.1 Double a number\nHint {number} of 3: {words}\n"
    assert progress.load() == {}  # nothing was tried
    for words in ("a nudge", "a formula", "a line", "a line"):
        engine.hint(doubled)
        assert capsys.readouterr().out.endswith(f": {words}\n")
        doubled(lambda x: x)
        capsys.readouterr()


@pytest.mark.parametrize(("wrong", "error", "said"), [
    ((print,), TypeError, "hint takes a check, such as check.gd, without calling it"),
    (("99.1",), TypeError, "hint takes a check"), ((None,), TypeError, "hint takes a check")])
def test_what_is_no_check_has_no_hint(doubled, wrong, error, said):
    with pytest.raises(error, match=said):
        engine.hint(*wrong)
    for number in (0, 4, "1", 1.5):
        with pytest.raises(ValueError, match="number must be 1, 2 or 3"):
            engine.hint(doubled, number)


def test_a_question_is_not_followed_by_a_full_stop(doubled, capsys):
    doubled(lambda x: print(end=""))
    assert capsys.readouterr().out.splitlines()[0].endswith("nothing came back: is a return missing?")


@pytest.mark.parametrize(("mine", "said"), [
    (lambda x: "six", "what came back is text, and not what the exercise asks for"),
    (lambda x: [1, [2, 3]], "what came back is a list of 2 with parts of different lengths, and not"),
    (lambda x: (i for i in "ab"), "what came back is a generator, and not"),
    (lambda x: 1 / 0, "it stopped with ZeroDivisionError: division by zero"),
    (lambda: 6, "it stopped with TypeError"),
    (7, "a function is asked for, and this is the number 7"),
    ("text", "a function is asked for, and this is text"),
])
def test_what_the_examiner_cannot_use_is_not_told_as_a_crash_of_the_learner_s_code(monkeypatch, mine, said):
    monkeypatch.setattr(engine, "EXERCISES", {})

    @engine.exercise("99.4", "Double", hints=("a", "b", "c"))
    def doubled(mine):
        return None if float(mine(3)) == 6 else "it does not double"

    assert said in engine.judge(doubled, mine).message
