"""Three versions of a notebook become one: the course's old one, the learner's copy of it, the
course's new one.
"""
import re
from collections import Counter, defaultdict

from learner.cells import derived, give_ids, tags, text, without_outputs
from learner.pairing import pair

BOTH = (
    "**You and the course have both changed this cell.** Your version is above, the course's new"
    " one is below. Keep what you want of them, then delete the rest and this note."
)
BOTH_EXERCISE = (
    "**The course has changed this exercise since you answered it.** Your answer is above; it was"
    " kept. The new version is below, and is not run. Delete this note when you have seen it."
)
GONE = (
    "**The course no longer has the cell above.** It was kept because you have changed it."
    " Delete it, and this note, if you do not need it."
)


def merge(base, mine, theirs):
    """Return the learner's notebook brought up to date, and a Counter of what was done.

    base: the version that the learner's copy was made from, or None if that is not known: whatever
    is in both and differs is then kept twice, with a note.
    """
    old = base["cells"] if base else []
    cells, done = merge_cells(old, mine["cells"], theirs["cells"], known=base is not None)
    own = {key: value for key, value in mine["metadata"].items()
           if not base or key not in base["metadata"]}
    return {"cells": cells, "metadata": own | theirs["metadata"]}, done


def merge_cells(base, mine, theirs, *, known):
    """Return the merged cells, in the order of `theirs`, and a Counter of what was done."""
    to_mine, to_theirs = pair(base, mine), pair(base, theirs)
    of_mine, of_theirs = turned(to_mine), turned(to_theirs)
    partner = {to_mine[b]: t for b, t in to_theirs.items() if b in to_mine}  # mine to theirs
    partner |= pair_rest(mine, of_mine, theirs, of_theirs, edited=not known)
    back, done, groups, replaced = turned(partner), Counter(), [], []
    for t, cell in enumerate(theirs):
        before = base[of_theirs[t]] if t in of_theirs else None
        group, word = resolve(before, mine[back[t]] if t in back else None, cell)
        groups.append(group)
        done[word] += 1
        if word == "conflicts":
            replaced += [*group[1:], *(offer(before) if before else [])]
    own = left_over(base, of_mine, mine, partner, replaced, done)
    return arrange(groups, own, {cell["id"] for cell in theirs}), done


def turned(pairs):
    """Return the dict from values to keys."""
    return {value: key for key, value in pairs.items()}


def pair_rest(mine, of_mine, theirs, of_theirs, *, edited):
    """Pair the learner's and the course's cells that the base does not have."""
    ours = [n for n in range(len(mine)) if n not in of_mine]
    new = [n for n in range(len(theirs)) if n not in of_theirs]
    found = pair([mine[n] for n in ours], [theirs[n] for n in new], edited=edited)
    return {ours[n]: new[k] for n, k in found.items()}


def resolve(base, mine, theirs):
    """Return the cells that take the place of one cell of the course, and a word for what was done.

    base and mine are None where that version has no such cell.
    """
    if mine is None:
        if base and text(base) == text(theirs):
            return [], "same"  # the learner has deleted it
        return [theirs], "updated" if base else "added"
    if text(mine) == text(theirs):
        ran = {key: mine[key] for key in ("outputs", "execution_count") if key in mine}
        return [{**theirs, **ran}], "same"
    if base and text(mine) == text(base):
        return [theirs], "updated"
    kept = {**mine, "id": theirs["id"], "metadata": mine["metadata"] | theirs["metadata"]}
    if base and text(base) == text(theirs):
        return [kept], "kept"
    return [kept, *offer(theirs)], "conflicts"


def offer(cell):
    """Return what follows a learner's cell where the course has changed it too: a note, and the
    course's cell.

    An exercise's new stub is shown in the note: run as a cell, it would undo the answer.
    """
    if "exercise" not in tags(cell):
        other = {**without_outputs(cell), "id": derived(cell["id"], "new version")}
        return [note(cell, BOTH), other]
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", cell["source"])), default=0))
    return [note(cell, f"{BOTH_EXERCISE}\n\n{fence}python\n{cell['source']}\n{fence}")]


def note(cell, words):
    """Return a markdown cell about a cell of the course."""
    return {"cell_type": "markdown", "id": derived(cell["id"], words), "metadata": {},
            "source": words}


def left_over(base, of_mine, mine, partner, replaced, done):
    """Return a dict from positions in the course's notebook (-1 for its beginning) to the
    learner's cells to put after that one: new ones, and changed ones that the course has deleted.
    """
    own, anchor = defaultdict(list), -1
    known = {(cell["id"], text(cell)) for cell in replaced}
    for n, cell in enumerate(mine):
        if n in partner:
            anchor = partner[n]
        elif n not in of_mine:
            own[anchor] += [] if (cell["id"], text(cell)) in known else [cell]
        elif text(cell) == text(base[of_mine[n]]):
            done["removed"] += 1
        else:
            gone = note(cell, GONE)
            own[anchor] += [cell, gone]
            known.add((gone["id"], text(gone)))
            done["no longer in the course"] += 1
    return own


def arrange(groups, own, taken):
    """Return all cells in order, with ids of their own: the course's cells have the course's."""
    cells, others = [], []
    for n, group in enumerate([[], *groups], -1):
        rest = [{**cell} for cell in [*group[1:], *own[n]]]
        cells += [*group[:1], *rest]
        others += rest
    give_ids(others, taken)
    return cells
