"""Answers follow their exercises into other notebooks, when the course splits or renames them."""
from learner.cells import exercises, give_ids, text, without_outputs
from learner.merging import resolve
from learner.pairing import pair


def carry(sources, targets):
    """Put answers into the notebooks to which the course has moved their exercises, where those are
    not answered yet.
    """
    homes = {name: plan for plan in targets for name in exercises(plan.theirs["cells"])}
    for source in sources:
        for name, (before, answer) in answers(source).items():
            home = homes.get(name)
            if home and carry_one(home, name, before, answer):
                home.carried.setdefault(source.name, []).append(name)


def answers(plan):
    """Return a dict from the names of the exercises that are answered in a copy to the cell before
    and after the answer.
    """
    if plan.base is None:
        return {}
    old, new = plan.base["cells"], plan.mine["cells"]
    pairs, found = pair(old, new), {}
    for name, cell in exercises(old).items():
        answer = new[pairs[old.index(cell)]] if old.index(cell) in pairs else cell
        if text(answer) != text(cell):
            found[name] = (cell, answer)
    return found


def carry_one(home, name, before, answer):
    """Put one answer into its new notebook; return whether its exercise was still untouched."""
    theirs, cells = home.theirs["cells"], home.result["cells"]
    stub = exercises(theirs)[name]
    place = pair(theirs, cells).get(theirs.index(stub))
    if place is None or text(cells[place]) != text(stub) or text(answer) == text(stub):
        return False
    group, _ = resolve(before, without_outputs(answer), stub)
    merged = [{**cell} for cell in [*cells[:place], *group, *cells[place + 1:]]]
    give_ids(merged)
    home.result = {**home.result, "cells": merged}
    return True
