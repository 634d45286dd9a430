"""The part of a solved notebook that its exercises touch: them, their checks, the cells that use
what they define, and all that these need. The other cells run in the notebook itself, unsolved.
"""
import ast
import dis
import types

from tools.notebooks.source import tags


def names(code):
    """Return (names that a cell binds, names of earlier cells that it uses, those that it changes).

    A name that is bound in the cell before it is used there does not count as used.
    """
    program = compile(code, "<cell>", "exec")
    bound, used, inner = set(), set(), set()
    for step in dis.get_instructions(program):
        if step.opname == "LOAD_NAME" and step.argval not in bound:
            used.add(step.argval)
        elif step.opname == "STORE_NAME":
            bound.add(step.argval)
        elif isinstance(step.argval, types.CodeType):
            inner |= global_names(step.argval)
    return bound, used | (inner - bound), changed(code)


def global_names(function):
    """Return the names outside itself that a function's code uses."""
    found = set()
    for step in dis.get_instructions(function):
        if step.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            found.add(step.argval)
        elif isinstance(step.argval, types.CodeType):
            found |= global_names(step.argval)
    return found


def changed(code):
    """Return the names whose items or attributes a cell assigns, or on which it calls something for
    its effect: `w[0] = 1`, `runs.append(run)`.
    """
    found = set()
    for node in ast.walk(ast.parse(code)):
        stored = isinstance(node, (ast.Subscript, ast.Attribute)) and isinstance(node.ctx, ast.Store)
        called = isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
        if stored or called:
            target = node if stored else node.value.func
            while isinstance(target, (ast.Subscript, ast.Attribute)):
                target = target.value
            if isinstance(target, ast.Name):
                found.add(target.id)
    return found


def wanted(cells, parts):
    """Return the indices of the setup cell, the exercises, their checks, and the cells that use what
    the exercises define.
    """
    keep = {k for k in parts if "setup" in tags(cells[k])}
    for exercise in (k for k in parts if "exercise" in tags(cells[k])):
        made = parts[exercise][0]
        users = {k for k in parts if k > exercise and made & parts[k][1]}
        keep |= {exercise, exercise + 1} | users
    return keep


def makers(parts, k, name):
    """Return the indices of the cell that last bound `name` before cell k, and of those that changed
    it since.
    """
    before = [j for j in parts if j < k and name in parts[j][0]][-1:]
    return {j for j in parts if before and before[0] <= j < k
            and (j == before[0] or name in parts[j][2])}


def slice_of(cells):
    """Return the code cells that the exercises touch, in order."""
    parts = {k: names(cell.source) for k, cell in enumerate(cells) if cell.cell_type == "code"}
    keep = wanted(cells, parts)
    queue = sorted(keep)
    while queue:
        k = queue.pop()
        new = set().union(*(makers(parts, k, name) for name in parts[k][1])) - keep
        keep |= new
        queue += new
    return [cells[k] for k in sorted(keep)]
