"""Say in each module of course_lib which notebooks use it, and write the map of all modules,
course_lib/README.md.

    python tools/library_map.py        after a module or a notebook's imports have changed

A notebook uses a module if its source imports it, or a name that its room hands on, and then reads
that name; or if a cell, tagged mirrors:, shows a function of it.
"""
import ast
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LIBRARY = ROOT / "course_lib"
SOURCES = sorted((ROOT / "notebooks" / "src").glob("[0-9][0-9]_*.py"))
LINE = re.compile(r"\n*Notebooks: [^\n]*\n?\Z")
TITLE = """\
# What is in course_lib

Imports only run downwards: a room may use the rooms below it in this page, never those above.
`from course_lib import optimizers` gives a room, `from course_lib.optimizers import descent` a
module of it. The column *notebooks* names those that use a module directly; `show_source` prints
any function there.
`python tools/library_map.py` writes this page.
"""
ROOMS = (
    "checks",
    "experiments",
    "scaling",
    "frameworks",
    "training",
    "frontier",
    "optimizers",
    "networks",
    "data",
    "landscapes",
    "",
)


def modules(room=None):
    """Return the dotted names of all modules below course_lib, or of one room ('' is the ground
    floor).
    """
    paths = sorted(LIBRARY.rglob("*.py"))
    names = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in paths
        if path.name != "__init__.py"
    ]
    return [
        name for name in names if room is None or name.split(".")[1:-1] == ([room] if room else [])
    ]


def path_of(module):
    """Return the file of a module, given its dotted name."""
    return ROOT / (module.replace(".", "/") + ".py")


def handed_on(package):
    """Return {name: module that defines it} of what a package's __init__ imports."""
    path = ROOT / package.replace(".", "/") / "__init__.py"
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {
        alias.asname or alias.name: f"{package}.{node.module}" if node.level else node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }


def used_by(source):
    """Return the dotted names of the modules that the text of a notebook's source uses."""
    tree = ast.parse(source)
    read = {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }
    known = set(modules())
    found = {name for name in re.findall(r"\bmirrors:([\w.]+)\.\w+", source) if name in known}
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom) or not (node.module or "").startswith("course_lib"):
            continue
        for alias in node.names:
            name, target = alias.asname or alias.name, f"{node.module}.{alias.name}"
            target = "course_lib.checks" if target == "course_lib.check" else target
            if name not in read:
                continue
            if target in known:
                found.add(target)
            elif node.module in known:
                found.add(node.module)
            elif (ROOT / target.replace(".", "/")).is_dir():
                found |= attributes(tree, name, handed_on(target), known, target)
            else:
                found.add(handed_on(node.module)[alias.name])
    return found


def attributes(tree, name, names, known, package):
    """Return the modules behind `name.attribute` wherever it stands in a tree; names: what the room
    hands on.
    """
    read = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == name
    }
    return {names.get(attr, f"{package}.{attr}") for attr in read} & known


def users():
    """Return {module: the numbers of the notebooks that use it}."""
    table = {name: [] for name in modules()}
    for path in SOURCES:
        for module in used_by(path.read_text(encoding="utf-8")):
            table[module].append(path.name[:2])
    return table


def said(numbers):
    """Return the line that ends a module's docstring."""
    return f"Notebooks: {', '.join(numbers) if numbers else 'none directly'}."


def with_line(text, line):
    """Return the text of a module whose docstring ends with `line`."""
    doc = ast.get_docstring(ast.parse(text), clean=False)
    opening = '"""' + doc + '"""'
    if not text.startswith(opening):
        raise ValueError(
            "a module begins with a docstring in three double quotes, without backslashes"
        )
    return f'"""{LINE.sub("", doc.rstrip())}\n\n{line}\n"""' + text[len(opening):]


def summary(module):
    """Return the first sentence of a module's docstring, on one line."""
    doc = ast.get_docstring(ast.parse(path_of(module).read_text(encoding="utf-8")))
    first = re.match(r".*?(?:[.?](?=\s|$)|$)", " ".join(doc.split("\n\n")[0].split()))[0]
    return first.rstrip(".:").replace("|", r"\|")


def page():
    """Return the text of course_lib/README.md."""
    parts, table = [TITLE], users()
    for room in ROOMS:
        init = LIBRARY / room / "__init__.py" if room else None
        title = room or "the ground floor"
        doc = (
            ast.get_docstring(ast.parse(init.read_text(encoding="utf-8")))
            if room
            else "What every room may use."
        )
        rows = [
            f"| [{name.split('.')[-1]}]({'/'.join(name.split('.')[1:])}.py) | {summary(name)} | "
            f"{', '.join(table[name]) or '–'} |"
            for name in modules(room)
        ]
        parts.append(
            "\n".join(
                [
                    f"## {title}\n",
                    " ".join(doc.split()),
                    "",
                    "| module | what it is | notebooks |",
                    "|---|---|---|",
                    *rows,
                ]
            )
            + "\n"
        )
    return "\n".join(parts)


def main():
    """Write the lines and the page."""
    sys.path.insert(0, str(ROOT))
    for module, numbers in users().items():
        path = path_of(module)
        text = path.read_text(encoding="utf-8")
        new = with_line(text, said(numbers))
        if new != text:
            path.write_text(new, encoding="utf-8", newline="\n")
    (LIBRARY / "README.md").write_text(page(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
