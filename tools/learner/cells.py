"""A notebook as a dict: how it is read, compared and written. Standard library only."""
import hashlib
import json
import re
from collections import Counter
from pathlib import Path

KEYS = {  # what a cell holds beside type, id, source and metadata
    "code": {"outputs", "execution_count"},
    "markdown": {"attachments"},
    "raw": {"attachments"},
}
ID = re.compile(r"[\w-]{1,64}", re.ASCII)
CHECK = re.compile(r"\s*check\.(?!hint\b|show_progress\b)(\w+)\(")


class NotebookError(ValueError):
    """A notebook that cannot be used: why, as the end of a sentence."""


def read(path):
    """Return the notebook in the file at `path`, every cell with an id of its own; its key "bare"
    says how many cells had none.

    NotebookError when there is no notebook in it.
    """
    try:
        notebook = json.loads(Path(path).read_text(encoding="utf-8"))
        cells = [tidy(cell) for cell in notebook["cells"]]
        metadata = dict(notebook.get("metadata") or {})
        if notebook["nbformat"] != 4:
            raise NotebookError(f"has the format {notebook['nbformat']}, not 4")
    except OSError as error:
        raise NotebookError(f"could not be read ({error.strerror})") from None
    except NotebookError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise NotebookError("is not a whole notebook") from None
    return {"bare": give_ids(cells), "cells": cells, "metadata": metadata}


def tidy(cell):
    """Return a cell with its source as one text and the keys that its type may have."""
    kind, source = cell["cell_type"], cell["source"]
    own = {key: cell[key] for key in KEYS[kind] if key in cell}
    if kind == "code":
        own = {"outputs": own.get("outputs") or [], "execution_count": own.get("execution_count")}
    source = source if isinstance(source, str) else "".join(source)
    return {"cell_type": kind, "id": cell.get("id"), "metadata": dict(cell.get("metadata") or {}),
            "source": source, **own}


def give_ids(cells, taken=()):
    """Give cells whose id is missing, unusable, or taken by a cell before them a new one; return
    how many they are.
    """
    seen, count = set(taken), 0
    for cell in cells:
        name, number = cell["id"], 0
        if not isinstance(name, str) or not ID.fullmatch(name) or name in seen:
            count += 1
            while (name := derived(text(cell), number)) in seen:
                number += 1
            cell["id"] = name
        seen.add(name)
    return count


def derived(name, what):
    """Return an id made from two things that can be printed, the same whenever they are."""
    return hashlib.sha256(f"{name}/{what}".encode("utf-8", "replace")).hexdigest()[:12]


def copy_of(notebook):
    """Return the learner's copy of a course notebook: no outputs, no cells tagged `guard`."""
    kept = [cell for cell in notebook["cells"] if "guard" not in tags(cell)]
    return {**notebook, "cells": [without_outputs(cell) for cell in kept]}


def without_outputs(cell):
    """Return the cell as it is before it has run."""
    unrun = {"outputs": [], "execution_count": None} if cell["cell_type"] == "code" else {}
    return {**cell, **unrun}


def as_text(notebook):
    """Return the notebook's file contents, laid out as Jupyter does it."""
    cells = [
        {**cell, "source": cell["source"].splitlines(keepends=True)} for cell in notebook["cells"]
    ]
    whole = {"cells": cells, "metadata": notebook["metadata"], "nbformat": 4, "nbformat_minor": 5}
    layout = {"indent": 1, "sort_keys": True, "separators": (",", ": ")}
    written = json.dumps(whole, ensure_ascii=False, **layout)
    try:
        written.encode("utf-8")
    except UnicodeEncodeError:  # half a character, as broken programs leave it
        written = json.dumps(whole, ensure_ascii=True, **layout)
    return written + "\n"


def tags(cell):
    """Return the cell's tags."""
    return cell["metadata"].get("tags") or []


def text(cell):
    """Return the cell's type and its source, without spaces at the ends of lines and blank lines at
    its ends: two cells with the same text count as the same, and anything else is an edit.
    """
    lines = [line.rstrip() for line in cell["source"].split("\n")]
    return cell["cell_type"], "\n".join(lines).strip("\n")


def roles(cells):
    """Return for each cell ("exercise" or "check" or "solution", name of the check), or None."""
    found, name = [None] * len(cells), None
    for n, cell in enumerate(cells):  # a check, and the folded solution under it
        match = CHECK.match(cell["source"]) if cell["cell_type"] == "code" else None
        name = None if "exercise" in tags(cell) else match[1] if match else name
        if name:
            found[n] = ("check", name) if match else None
            found[n] = ("solution", name) if "solution" in tags(cell) else found[n]
    for n in reversed(range(len(cells))):  # an exercise is answered above its check
        if found[n] and found[n][0] == "check":
            name = found[n][1]
        elif "exercise" in tags(cells[n]) and name:
            found[n], name = ("exercise", name), None
    return found


def exercises(cells):
    """Return a dict from the name of a check to the cell that it checks."""
    pairs = zip(roles(cells), cells, strict=True)
    return {role[1]: cell for role, cell in pairs if role and role[0] == "exercise"}


def words(cell):
    """Return how often each word stands in a cell."""
    return Counter(re.findall(r"\w+", cell["source"]))
