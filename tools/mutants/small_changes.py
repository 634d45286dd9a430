"""Small changes to a module, one at a time, each of which the module's tests should notice."""
import ast
import itertools
import re
from typing import NamedTuple

COMPARISONS = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "==", "in": "not in",
               "not in": "in", "is": "is not", "is not": "is"}
ARITHMETIC = {"+": "-", "-": "+", "*": "/", "/": "*", "**": "*", "//": "/", "%": "*", "@": "+"}
CALLS = {"min": "max", "max": "min", "any": "all", "all": "any", "floor": "ceil", "ceil": "floor",
         "sum": "mean", "mean": "sum", "argmin": "argmax", "argmax": "argmin"}
BRANCHES = ast.If | ast.IfExp | ast.While


class Change(NamedTuple):
    """Characters start to stop of a source become `after`; `name` tells it from others."""

    start: int
    stop: int
    after: str
    name: str


def small_changes(source):
    """Return the changes of a module's source, in the order in which they stand."""
    tree = ast.parse(source)
    lines = [0]
    for line in source.splitlines(keepends=True):
        lines.append(lines[-1] + len(line))

    def place(line, column):
        text = source[lines[line - 1]:lines[line]]
        return lines[line - 1] + len(text.encode()[:column].decode())

    def span(node):
        return place(node.lineno, node.col_offset), place(node.end_lineno, node.end_col_offset)

    found = sorted({edit for node in ast.walk(tree) for edit in edits(node, source, span)})
    return [Change(start, stop, after, name(source, lines, start, stop, after))
            for start, stop, after in found]


def name(source, lines, start, stop, after):
    """Return what tells a change from others as long as its line stays: the line, which character
    of it, what stands there, and what takes its place.
    """
    begin = max(place for place in lines if place <= start)
    line = source[begin:].split("\n", 1)[0]
    column = start - begin - (len(line) - len(line.lstrip()))
    before = " ".join(source[start:stop].split())
    return f"{line.strip()} [{column}] {before or 'nothing'} -> {after.strip() or 'nothing'}"


def edits(node, source, span):
    """Yield (start, stop, after) for each small change at one node of the syntax tree."""
    if isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
        for left, right in itertools.pairwise(sides):
            yield from between(left, right, source, span, COMPARISONS)
    elif isinstance(node, ast.BinOp):
        yield from between(node.left, node.right, source, span, ARITHMETIC)
    elif isinstance(node, ast.BoolOp):
        for left, right in itertools.pairwise(node.values):
            yield from between(left, right, source, span, {"and": "or", "or": "and"})
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub):
        yield span(node)[0], span(node.operand)[0], ""
    elif isinstance(node, ast.Constant):
        yield from other_constant(node, span)
    elif isinstance(node, BRANCHES) and not isinstance(node.test, ast.Compare):
        start, stop = span(node.test)
        yield start, stop, f"not ({source[start:stop]})"
    elif isinstance(node, ast.Call):
        yield from other_call(node, source, span)
    elif isinstance(node, ast.AugAssign) or (
            isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)):
        yield *span(node), "pass"


def between(left, right, source, span, others):
    """Yield the change of the operator that stands between two nodes."""
    start, stop = span(left)[1], span(right)[0]
    words = "|".join(re.escape(sign) for sign in sorted(others, key=len, reverse=True))
    gap = re.sub(r"#.*", lambda comment: " " * len(comment[0]), source[start:stop])
    sign = re.search(words, gap)
    if sign:
        yield start + sign.start(), start + sign.end(), others[sign[0]]


def other_constant(node, span):
    """Yield the change of a number or a truth value; texts and None stay as they are."""
    if isinstance(node.value, bool):
        yield *span(node), str(not node.value)
    elif isinstance(node.value, int):
        yield *span(node), str(node.value + 1)
    elif isinstance(node.value, float):
        yield *span(node), repr(node.value * 2 + 1.0 * (node.value == 0))


def other_call(node, source, span):
    """Yield the change of a function for its opposite, and of `x.copy()` for x."""
    start, stop = span(node.func)
    word = source[start:stop].rsplit(".", 1)[-1]
    if word in CALLS:
        yield stop - len(word), stop, CALLS[word]
    if word == "copy" and not node.args and isinstance(node.func, ast.Attribute):
        yield span(node.func.value)[1], span(node)[1], ""
