"""Every check, by the tables in tests/answers/test_nbNN.py: right answers pass, stubs are not attempted,
each known mistake is named.

RIGHT maps a check to its right answers (or lists the pairs), WRONG lists (check, answer, words of
the sentence it must get).
"""
import importlib.util
from pathlib import Path

import pytest

from course_lib.checks.engine import EXERCISES, judge


def tables(path):
    """Return RIGHT and WRONG of a module, as lists of tuples."""
    spec = importlib.util.spec_from_file_location(f"tables_of_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    pairs = (
        module.RIGHT.items()
        if isinstance(module.RIGHT, dict)
        else [(check, [answer]) for check, answer in module.RIGHT]
    )
    return [(check, answer) for check, answers in pairs for answer in answers], module.WRONG


FOUND = [tables(path) for path in sorted((Path(__file__).parents[1] / "answers").glob("test_nb*.py"))]
RIGHT = [row for right, _ in FOUND for row in right]
WRONG = [row for _, wrong in FOUND for row in wrong]


def stub(*args, **kwargs):
    """What an exercise cell holds before anybody has written into it."""
    ...


def named(value):
    """Return an exercise's id and title, or the fragment of a sentence, as the name of a test."""
    return (
        f"{value.id} {value.title}"
        if hasattr(value, "hints")
        else value
        if isinstance(value, str)
        else None
    )


@pytest.mark.parametrize(("check", "mine"), RIGHT, ids=named)
def test_right_answers_pass(check, mine):
    assert judge(check, mine) == ("correct", "")


@pytest.mark.parametrize("check", EXERCISES.values(), ids=named)
def test_what_was_not_touched_is_not_attempted(check):
    assert judge(check, ...).status == judge(check, check.exhibit or stub).status == "not attempted"


@pytest.mark.parametrize(("check", "mine", "fragment"), WRONG, ids=named)
def test_each_known_mistake_gets_its_own_sentence(check, mine, fragment):
    status, message = judge(check, mine)
    assert (
        status == "wrong"
        and fragment in message
        and "\n" not in message
        and not message.endswith(".")
    )


def test_every_check_has_right_and_wrong_answers():
    assert (
        set(EXERCISES.values()) == {check for check, _ in RIGHT} == {check for check, _, _ in WRONG}
    )
