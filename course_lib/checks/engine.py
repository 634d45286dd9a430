"""Turn a function that examines an answer into a check: one verdict a call, a hint that grows with
each wrong try.

An examiner takes the learner's answer and returns None if it is right, else one sentence naming the
misconception. A check prints one verdict and never raises; only its third hint is the line itself.
An answer that never ends, calls itself without end, asks for too much memory or leaves Python is a
wrong answer like any other.

Notebooks: none directly.
"""
import ast
import dis
import functools
import inspect
import textwrap
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np

from course_lib.checks import progress
from course_lib.checks.limits import TimeUp, within
from course_lib.checks.values import kind_of
from course_lib.checks.verdicts import show

EXERCISES = {}  # exercise id -> its check
_NO_EFFECT = {"RESUME", "NOP", "LOAD_CONST", "RETURN_CONST", "RETURN_VALUE"}


class Verdict(NamedTuple):
    """status: 'correct', 'not attempted' or 'wrong'; message: what is wrong, or ''."""

    status: str
    message: str = ""


TIME = (
    20.0  # seconds for an answer; the longest right one takes about two, and a machine may be busy
)


def exercise(exercise_id, title, *, hints, exhibit=None, returns=True, seconds=TIME):
    """Decorate an examiner into the check of exercise `exercise_id` ('03.1').

    hints: nudge, formula, line.
    exhibit: for a museum piece, the faulty function that the learner is given to repair.
    returns: whether the learner's function returns something.
    seconds: how long an answer may take.
    """
    def decorate(examine):
        @functools.wraps(examine)
        def check(mine):
            verdict = judge(check, mine)
            show(verdict.status, _speak(check, verdict))

        check.id, check.title, check.hints = exercise_id, title, tuple(hints)
        check.exhibit, check.returns, check.seconds = exhibit, returns, seconds
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
    watched, seen = _watched(mine)
    fault = _fault(check, watched, seen)
    if fault is not None and check.returns and seen.answers == {type(None)}:
        fault = "nothing came back: is a return missing?"
    return Verdict("correct") if fault is None else Verdict("wrong", _on_one_line(fault))


def _on_one_line(sentence):
    """Return a sentence without the line ends and the length that a learner's value may bring."""
    return textwrap.shorten(sentence, 400, placeholder=" …")


def _watched(mine):
    """Return a function that does as `mine`, and what is seen of it: the types of its answers, the
    last answer, and the exception that it raised itself.
    """
    if not inspect.isfunction(mine):
        return mine, SimpleNamespace(answers=set(), last=mine, raised=None)
    seen = SimpleNamespace(answers=set(), last=None, raised=None)

    @functools.wraps(mine)
    def watched(*args, **kwargs):
        try:
            seen.last = mine(*args, **kwargs)
        except Exception as error:
            seen.raised = error
            raise
        seen.answers.add(type(seen.last))
        return seen.last

    return watched, seen


def _fault(check, mine, seen):
    """Return what the examiner says, or what became of the learner's code. Nothing is raised but a
    KeyboardInterrupt, which is the learner's own.
    """
    try:
        with np.errstate(all="ignore"), within(check.seconds):
            return check.__wrapped__(mine)
    except TimeUp:
        return f"it is still running after {check.seconds:g} seconds: does the loop always end?"
    except RecursionError:
        return "it calls itself again and again: where does that end?"
    except MemoryError:
        return "it asks for more memory than there is: how large is the largest array?"
    except (SystemExit, GeneratorExit) as error:
        return (
            f"it ended Python with {type(error).__name__}: a function hands its result back by "
            "return"
        )
    except Exception as error:  # whatever the learner's code does is a verdict, not a crash
        return _of_exception(error, mine, seen)


def _of_exception(error, mine, seen):
    """Return a sentence for an exception: the learner's code raised it, or the examiner could not
    use what the learner gave.
    """
    if error is seen.raised or inspect.isclass(mine):
        return f"it stopped with {type(error).__name__}: {str(error) or 'no message'}"
    if "is not callable" in str(error) and not callable(mine):
        return f"a function is asked for, and this is {kind_of(mine)}"
    return f"what came back is {kind_of(seen.last)}, and not what the exercise asks for"


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
    record = progress.record(check.__name__, correct=verdict.status == "correct")
    if verdict.status == "correct":
        return f"{name}: correct"
    spoken = _hint(check, min(max(record["tries"], 1), 3))
    if record["tries"] > 3:
        spoken = spoken.rstrip(".") + ". The solution is folded under this cell."
    end = "" if verdict.message.endswith("?") else "."
    return f"{name}: not yet: {verdict.message}{end}\n{spoken}"


def _hint(check, number):
    return f"Hint {number} of 3: {check.hints[number - 1]}"


def hint(check, number=None):
    """Print a hint of a check without a wrong try.

    check: such as `check.gd`, not called.
    number: 1, the nudge, 2, the formula, or 3, the line; by default the one that the next wrong
        try would bring.
    Raises TypeError for what is no check, ValueError for another number.
    """
    if not any(check is known for known in EXERCISES.values()):
        raise TypeError(f"hint takes a check, such as check.gd, without calling it, got {check!r}")
    tries = progress.load().get(check.__name__, progress.EMPTY)["tries"]
    number = min(tries + 1, 3) if number is None else number
    if number not in (1, 2, 3):
        raise ValueError(f"number must be 1, 2 or 3, got {number!r}")
    print(f"{check.id} {check.title}\n{_hint(check, number)}")
