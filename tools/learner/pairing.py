"""Which cell of one version of a notebook is which cell of another one."""
from collections import Counter, defaultdict, deque

from learner.cells import roles, tags, text, words

ALIKE = 0.5  # share of common words from which on two cells are two versions of one


def pair(old, new, *, edited=True):
    """Return a dict from positions in `old` to positions in `new` of the same cell, for lists of
    cells.

    Cells are the same if their id is; else if their contents are; else, where `edited` is true, if
    they belong to the same check, or stand between the same neighbours, have the same type and tags
    and about the same words. The build makes ids from contents, so an edit may change both.
    """
    pairs = {}
    match(pairs, [cell["id"] for cell in old], [cell["id"] for cell in new])
    match(pairs, [text(cell) for cell in old], [text(cell) for cell in new])
    if edited:
        match(pairs, once(roles(old)), once(roles(new)))
        match_alike(pairs, old, new)
    return pairs


def match(pairs, old_keys, new_keys):
    """Pair what is not paired yet and has the same key, in order; None is no key."""
    waiting, taken = defaultdict(deque), set(pairs.values())
    for n, key in enumerate(new_keys):
        if n not in taken and key is not None:
            waiting[key].append(n)
    for n, key in enumerate(old_keys):
        if n not in pairs and waiting.get(key):
            pairs[n] = waiting[key].popleft()


def once(keys):
    """Return the keys, with None for those that are there more than once."""
    counts = Counter(keys)
    return [key if counts[key] == 1 else None for key in keys]


def match_alike(pairs, old, new):
    """Pair what is not paired yet, stands between the same neighbours and is alike, most alike
    first.
    """
    gaps = defaultdict(list)
    for n, gap in unpaired(len(new), {n: n for n in pairs.values()}):
        gaps[gap].append(n)
    found = []
    for n, gap in unpaired(len(old), pairs):
        found += [(-alike(old[n], new[k]), n, k) for k in gaps[gap]]
    taken = set()
    for likeness, n, k in sorted(found):
        if -likeness >= ALIKE and n not in pairs and k not in taken:
            pairs[n] = k
            taken.add(k)


def unpaired(count, pairs):
    """Yield each position that is not paired, with its gap: the partners of the paired ones before
    and after it.
    """
    after, following = None, {}
    for n in reversed(range(count)):
        following[n] = after
        after = pairs.get(n, after)
    before = None
    for n in range(count):
        if n not in pairs:
            yield n, (before, following[n])
        before = pairs.get(n, before)


def alike(one, other):
    """Return the share of words that two cells have in common; 0 for cells of different kinds."""
    if one["cell_type"] != other["cell_type"] or tags(one) != tags(other):
        return 0.0
    ours, theirs = words(one), words(other)
    total = ours.total() + theirs.total()
    return 2 * (ours & theirs).total() / total if total else 0.0
