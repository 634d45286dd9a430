"""The files in my/: made where they are missing, and brought up to date."""
from collections import Counter
from contextlib import suppress
from datetime import datetime
from types import SimpleNamespace

from course_lib.files import write_whole
from learner.carrying import carry
from learner.cells import NotebookError, as_text, copy_of, read
from learner.merging import merge

PATTERN = "[0-9][0-9]_*.ipynb"
NEWS = {"updated": "updated", "added": "added", "removed": "removed",
        "kept": "kept as you wrote them",
        "conflicts": "changed by you and by the course, where both versions are kept",
        "no longer in the course": "kept, with a note, although the course has dropped them"}


def mine(root, name=""):
    """Return the path of a learner's copy, or of their folder."""
    return root / "my" / name


def origin(root, name):
    """Return the path of the version that a learner's copy was made from."""
    return root / "my" / ".course" / name


def course(root):
    """Return the names of the course's notebooks, in order."""
    return sorted(path.name for path in (root / "notebooks").glob(PATTERN))


def fresh(root, name):
    """Return the learner's copy of a notebook as the course has it now."""
    return copy_of(read(root / "notebooks" / name))


def write_missing(root):
    """Write the copies that are not there yet; return sentences for the learner."""
    said, written = [], 0
    for name in course(root):
        if mine(root, name).exists():
            continue
        try:
            contents = as_text(fresh(root, name))
        except NotebookError as error:
            said.append(f"notebooks/{name} {error}, so no copy was made of it.")
            continue
        write_whole(origin(root, name), contents)
        write_whole(mine(root, name), contents)
        written += 1
    if written:
        said.append(f"Your own copies ({written} new) are in the folder my: work there.")
    return said


def outdated(root):
    """Return a sentence if the course has newer versions than some copies; else none."""
    count = 0
    for name in course(root):
        with suppress(NotebookError):  # of which `update` tells
            base = read_origin(root, name)
            count += base is not None and not same(base, fresh(root, name))
    return [f"The course has newer versions of {count} of your notebooks: `make update` brings them"
            " into the folder my, and keeps what you wrote."] if count else []


def update(root):
    """Bring the course's new versions into the copies; return sentences for the learner."""
    said = write_missing(root)
    plans = [plan for name in course(root) if (plan := planned(root, name, said))]
    carry([*plans, *plans_of_dropped(root, said)], plans)
    changed = [plan for plan in plans if plan.result is not plan.mine]
    save(root, plans, changed, said)
    return said


def planned(root, name, said):
    """Return what is to become of one copy, or None, with a sentence in `said`, if it cannot be
    used.
    """
    try:
        theirs = fresh(root, name)
    except NotebookError as error:
        said.append(f"notebooks/{name} {error}: my/{name} is left as it is.")
        return None
    try:
        own = read(mine(root, name))
    except NotebookError as error:
        said.append(f"my/{name} {error}: it is left as it is. Give it another name, and the next"
                    " `make lab` makes a new copy.")
        return None
    base = read_origin(root, name)
    plan = SimpleNamespace(name=name, base=base, mine=own, theirs=theirs, result=own, carried={},
                           done=Counter(), renewed=not same(base, theirs))
    if plan.renewed and not merged_already(base, own, theirs):
        plan.result, plan.done = merge(base, own, theirs)
        said += warnings(plan)
    return plan


def merged_already(base, own, theirs):
    """Return whether a copy says that it is made from the new version, and the stored base does
    not: that is so after a kill between the two, or when the base was lost.
    """
    def made_from(notebook):
        course = notebook["metadata"].get("course") if notebook else None
        return course.get("built_from") if isinstance(course, dict) else None

    return made_from(own) == made_from(theirs) != made_from(base)


def warnings(plan):
    """Return a sentence for each thing that makes a merge less sure."""
    said = []
    if plan.base is None:
        said.append(f"my/{plan.name}: the version that it was made from is not known, so every cell"
                    " that differs from the course's was kept beside it.")
    if plan.mine["bare"]:
        said.append(f"my/{plan.name}: {plan.mine['bare']} of its cells had no id of their own, so"
                    " they were found by what is in them.")
    return said


def read_origin(root, name):
    """Return the version that a copy was made from, or None if that is not known."""
    try:
        return read(origin(root, name))
    except NotebookError:
        return None


def same(base, theirs):
    """Return whether the course's notebook is still the one that the copy was made from."""
    return base is not None and as_text(base) == as_text(theirs)


def dropped(root):
    """Return the names of copies whose notebook the course no longer has."""
    there = set(course(root))
    names = sorted(path.name for path in origin(root, "").glob(PATTERN))
    return [name for name in names if name not in there and mine(root, name).exists()]


def plans_of_dropped(root, said):
    """Return the copies whose notebooks the course no longer has, where they can be read; name all
    of them in `said`.
    """
    names, plans = dropped(root), []
    for name in names:
        with suppress(NotebookError):
            plans.append(SimpleNamespace(name=name, base=read(origin(root, name)),
                                         mine=read(mine(root, name))))
    if names:
        said.append("The course no longer has notebooks of these names; yours are left as they are:"
                    f" {', '.join(f'my/{name}' for name in names)}.")
    return plans


def save(root, plans, changed, said):
    """Write the copies that changed, after a backup of them, and the versions that they are made
    from.
    """
    backups = backup_folder(root)
    for plan in changed:
        for path in (mine(root, plan.name), origin(root, plan.name)):
            if path.exists():
                write_whole(backups / path.relative_to(mine(root)), path.read_bytes())
    for plan in changed:
        write_whole(mine(root, plan.name), as_text(plan.result))
        said.append(news(plan))
    for plan in plans:  # last of all, so that a kill before it loses no answer
        if plan.renewed:
            write_whole(origin(root, plan.name), as_text(plan.theirs))
    if changed:
        where = backups.relative_to(root).as_posix()
        said.append(f"As they were before, these copies are in {where}."
                    " If one is open in JupyterLab: File, Reload Notebook from Disk.")
    else:
        said.append("Your copies in the folder my are up to date.")


def backup_folder(root):
    """Return the path of a folder of this date and time that is not there yet."""
    name, number = f"{datetime.now():%Y-%m-%d_%H-%M-%S}", 2
    path = mine(root, "backups") / name
    while path.exists():
        path, number = path.with_name(f"{name}_{number}"), number + 1
    return path


def news(plan):
    """Return a line that says what happened to a copy."""
    counts = [f"{plan.done[key]} {words}" for key, words in NEWS.items() if plan.done[key]]
    parts = [f"of its cells, {', '.join(counts)}"] if counts else []
    parts += [f"your answers to {', '.join(names)} brought over from my/{source}"
              for source, names in plan.carried.items()]
    return f"my/{plan.name}: {'; '.join(parts) or 'only settings changed'}."
