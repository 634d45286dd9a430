"""Turn a function that examines an answer into a check: one verdict a call, a hint that grows with
each wrong try.

An examiner takes the learner's answer and returns None if it is right, else one sentence naming the
misconception. A check prints one verdict, never raises, and never prints the answer.

Notebooks: 00.
"""
import ast
import dis
import functools
import inspect
import textwrap
from typing import NamedTuple

import numpy as np

from course_lib.checks import progress

EXERCISES = {}  # exercise id -> its check
_NO_EFFECT = {"RESUME", "NOP", "LOAD_CONST", "RETURN_CONST", "RETURN_VALUE"}


class Verdict(NamedTuple):
    """status: 'correct', 'not attempted' or 'wrong'; message: what is wrong, or ''."""

    status: str
    message: str = ""


def exercise(exercise_id, title, *, hints, exhibit=None):
    """Decorate an examiner into the check of exercise `exercise_id` ('03.1').

    hints: nudge, formula, line.
    exhibit: for a museum piece, the faulty function that the learner is given to repair.
    """
    def decorate(examine):
        @functools.wraps(examine)
        def check(mine):
            print(_speak(check, judge(check, mine)))

        check.id, check.title, check.hints, check.exhibit = (
            exercise_id,
            title,
            tuple(hints),
            exhibit,
        )
        if exercise_id in EXERCISES or len(check.hints) != 3:
            raise ValueError(f"exercise {exercise_id} must have an id of its own and three hints")
        EXERCISES[exercise_id] = check
        return check

    return decorate


def judge(check, mine):
    """Return the Verdict of a check on an answer; prints nothing and leaves the progress file
    alone.
    """
    if not _attempted(mine, check.exhibit):
        return Verdict("not attempted")
    try:
        with np.errstate(all="ignore"):
            fault = check.__wrapped__(mine)
    except Exception as error:  # whatever the learner's code raises is a verdict, not a crash
        reason = " ".join(str(error).split()) or "no message"
        fault = f"it stopped with {type(error).__name__}: {reason}"
    return Verdict("correct") if fault is None else Verdict("wrong", fault)


def _attempted(mine, exhibit):
    if mine is ...:
        return False
    code = getattr(mine, "__code__", None)
    if code is None:
        return True
    if exhibit is not None:
        return _body(mine) != _body(exhibit)
    instructions = list(dis.get_instructions(code))
    returned = [i.argval for i in instructions if i.opname in ("LOAD_CONST", "RETURN_CONST")]
    return not ({i.opname for i in instructions} <= _NO_EFFECT and returned == [None])


def _body(function):
    """Return the statements of a function without its docstring, in a form that can be compared;
    None without source.
    """
    try:
        definition = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    except (OSError, TypeError, SyntaxError):
        return None
    statements = definition.body if isinstance(definition, ast.FunctionDef) else [definition]
    documented = isinstance(definition,
                            ast.FunctionDef) and ast.get_docstring(definition) is not None
    return [ast.dump(statement) for statement in statements[documented:]]


def _speak(check, verdict):
    name = f"{check.id} {check.title}"
    if verdict.status == "not attempted":
        return f"{name}: not attempted yet"
    record = progress.record(check.id, correct=verdict.status == "correct")
    if verdict.status == "correct":
        return f"{name}: correct"
    tier = min(max(record["tries"], 1), 3)
    more = " The solution is folded under this cell." if record["tries"] > 3 else ""
    return f"{name}: not yet: {verdict.message}.\nHint {tier} of 3: {check.hints[tier - 1]}{more}"
