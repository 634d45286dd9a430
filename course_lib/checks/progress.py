"""The learner's progress file: which exercises were tried, how often, and which are done.

It lives where the system keeps user data, or at the path in $COURSE_PROGRESS. It is written
atomically and under a lock, so that two notebooks at once lose nothing; a file that cannot be read
is moved aside and kept.

Notebooks: 00.
"""
import json
import os
from pathlib import Path

from course_lib.files import write_whole

EMPTY = {"tries": 0, "done": False}


def progress_path():
    """Return the path of the progress file."""
    if "COURSE_PROGRESS" in os.environ:
        return Path(os.environ["COURSE_PROGRESS"])
    from platformdirs import user_data_path
    return user_data_path("optimization-course") / "progress.json"


def load():
    """Return {exercise id: {"tries": wrong answers so far, "done": bool}}; an unreadable file is
    set aside, in one line.
    """
    path = progress_path()
    try:
        records = json.loads(path.read_text(encoding="utf-8"))
        return {key: EMPTY | {"tries": int(r["tries"]), "done": bool(r["done"])}
                for key, r in records.items()}
    except FileNotFoundError:
        return {}
    except OSError as error:
        print(f"Progress cannot be read: {error.strerror}.")
        return {}
    except (ValueError, KeyError, TypeError, AttributeError):
        aside = path.with_suffix(".unreadable.json")
        os.replace(path, aside)
        print(f"The progress file could not be understood; it was kept as {aside.name} and a new "
              "one begun.")
        return {}


def record(exercise_id, *, correct):
    """Note one answer to an exercise and return its record; a file that cannot be written costs one
    line, no verdict.
    """
    from filelock import FileLock
    path = progress_path()
    entry = {"tries": int(not correct), "done": correct}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_suffix(".lock"), timeout=5):
            records = load()
            before = records.get(exercise_id, EMPTY)
            entry = {"tries": before["tries"] + (not correct), "done": before["done"] or correct}
            write_whole(path, json.dumps(records | {exercise_id: entry}, indent=1))
    except OSError as error:  # FileLock's Timeout is an OSError too
        print(f"Progress was not saved: {error.strerror or 'another program holds the file'}.")
    return entry


def table(exercises):
    """Print one line a notebook: exercises done of exercises there. exercises: {id: title}, an id
    such as '03.1'.
    """
    records = load()
    notebooks = sorted({key.split(".")[0] for key in exercises})
    for notebook in notebooks:
        keys = [key for key in exercises if key.split(".")[0] == notebook]
        done = sum(records.get(key, EMPTY)["done"] for key in keys)
        print(f"notebook {notebook}   {done} of {len(keys)} done   " + "#" * done + "."
              * (len(keys) - done))
