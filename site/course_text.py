"""The text that the website's pages take from the course: whatever stands in a page as

    <!-- course:name -->

is replaced by what the function `name` of PAGES returns.
"""
import os
import re

import bibliography
import evidence_table
import notebook_files as nb
import timeline as history
from notebook_files import ROOT

SITE = ROOT / "site"
MADE = ROOT / ".build" / "site-pages"
MARK = re.compile(r"^<!-- course:(\w+) -->$", re.M)
TERM = re.compile(r"^(?!:)(\S[^\n]*)\n: ", re.M)
RELATIVE = re.compile(r"(?<=\]\()(?![a-z]+:|[#<])([^)\s#]+)")
LIBRARY = ("optimizers", "frontier", "landscapes", "networks", "data", "training", "experiments",
           "scaling", "frameworks", "checks")


def pages():
    """Return {number of a notebook: its file, as a page of this folder names it}."""
    return {nb.number(path): _from_site(path) for path in nb.FILES}


def _from_site(path):
    return os.path.relpath(path, SITE).replace(os.sep, "/")


def outside():
    """Return {page: file} of all pages whose files are not in this folder."""
    found = {f"notebooks/{path.stem}": path for path in nb.FILES}
    found |= {f"api/{path.stem}": path for path in sorted(MADE.glob("*.rst"))}
    return found | {"changelog": ROOT / "CHANGELOG.md"}


# ---- the functions that fill a page


def contents():
    """Return one hidden list of pages a part, which makes the sidebar."""
    blocks = []
    for title, paths in nb.parts():
        listed = "\n".join(f"/notebooks/{path.stem}" for path in paths)
        blocks.append(f"```{{toctree}}\n:hidden:\n:caption: {title}\n\n{listed}\n```")
    return "\n\n".join(blocks)


def parts():
    """Return the parts with their notebooks and questions, as Markdown."""
    fast = nb.fast_path()
    blocks = []
    for title, paths in nb.parts():
        lines = [f"- [{nb.title(path)}]({_from_site(path)}){_fast(path, fast)}  \n"
                 f"  {nb.question(path)}" for path in paths]
        blocks.append(f"### {title}\n\n" + "\n".join(lines))
    return "\n\n".join(blocks)


def _fast(path, fast):
    return " `fast path`{.fast}" if int(nb.number(path)) in fast else ""


def size():
    """Return how many notebooks there are, and how long they take."""
    hours = sum(map(nb.minutes, nb.FILES)) / 60
    fast = [path for path in nb.FILES if int(nb.number(path)) in nb.fast_path()]
    fast_hours = sum(map(nb.minutes, fast)) / 60
    return (f"{len(nb.FILES)} notebooks take about {hours:.0f} hours with all exercises; "
            f"the fast path of {len(fast)} takes {fast_hours:.0f}.")


def lessons():
    """Return a table of the parts for those who plan a class."""
    lines = ["| part | notebooks | hours |", "|---|---|---|"]
    for title, paths in nb.parts():
        links = ", ".join(f"[{nb.number(path)}]({_from_site(path)})" for path in paths)
        lines.append(f"| {title} | {links} | {sum(map(nb.minutes, paths)) / 60:.1f} |")
    return "\n".join(lines)


def teach():
    """Return the README's advice to teachers."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    section = re.search(r"^## Teach with it\n(.*?)(?=^## )", text, re.M | re.S)[1]
    return RELATIVE.sub(lambda m: _from_site(ROOT / m[1]), section.strip())


def race():
    """Return the README's first figure with its caption."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    figure = r"^!\[([^\]]+)\]\((\S+)\)\n\n\*(.*?)\*$"
    alt, file, caption = re.search(figure, text, re.M | re.S).groups()
    caption = re.sub(r"\s*Drawn by \[.*", "", caption, flags=re.S).replace("\n", " ")
    options = f":alt: {alt}\n:figclass: hero"
    return f":::{{figure}} {_from_site(ROOT / file)}\n{options}\n\n{caption}\n:::"


def notation():
    """Return the table of symbols of notebook 00."""
    text = "\n\n".join(nb.markdown(nb.FILES[0]))
    return re.search(r"^\| code \| formula \| meaning \|\n(?:\|.*\n?)+", text, re.M)[0]


def verdicts():
    """Return how many claims have each verdict."""
    return evidence_table.counted()


def evidence():
    """Return the ledger as a table."""
    return evidence_table.table(pages())


def references():
    """Return the bibliography."""
    return bibliography.listed(pages())


def timeline():
    """Return the timeline as a Markdown table."""
    return history.table(pages())


PAGES = {f.__name__: f for f in (contents, parts, size, lessons, teach, race, notation, verdicts,
                                 evidence, references, timeline)}


def filled(text):
    """Return a page's text with every mark replaced."""
    return MARK.sub(lambda m: PAGES[m[1]](), text)


# ---- the glossary


def glossary_terms():
    """Return the terms of the glossary."""
    return TERM.findall((SITE / "glossary.md").read_text(encoding="utf-8"))


def label(term):
    """Return the name of the place where a term is used first."""
    return "term-" + re.sub(r"[^a-z0-9]+", "-", term.lower()).strip("-")


def with_first_uses(text):
    """Return the glossary's text; after each term's explanation stands a link to its first use."""
    def linked(match):
        term = match[1]
        return f"{match[0]}[{nb.number(nb.first_use(term)[0])}](#{label(term)}) · "
    return TERM.sub(linked, text)


def first_used_in(path):
    """Return {index of a markdown cell: terms that this notebook uses first there}."""
    found = {}
    for term in glossary_terms():
        where, index = nb.first_use(term)
        if where == path:
            found.setdefault(index, []).append(term)
    return found


# ---- the pages of the library


def write_api_pages():
    """Write one page a room of course_lib, one for its ground floor, and one for the claims."""
    MADE.mkdir(parents=True, exist_ok=True)
    rooms = {room: sorted((ROOT / "course_lib" / room).glob("*.py")) for room in LIBRARY}
    rooms["ground"] = sorted((ROOT / "course_lib").glob("*.py"))
    rooms["claims"] = sorted((ROOT / "experiments" / "claims").glob("*.py"))
    for room, files in rooms.items():
        names = sorted(map(_dotted, files), key=lambda name: name.count("."))
        _write(MADE / f"{room}.rst", _api_page(room, names))


def _dotted(path):
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def _api_page(room, names):
    title = {"ground": "course_lib", "claims": "The claims"}.get(room, room)
    blocks = [f"{title}\n{'=' * len(title)}"]
    for name in names:
        members = "\n   :members:\n   :undoc-members:"
        if name in (f"course_lib.{room}", "course_lib", "experiments.claims"):
            members = ""  # a room hands on what its modules hold
        else:
            blocks.append(f"{name}\n{'-' * len(name)}")
        blocks.append(f".. automodule:: {name}{members}")
    return "\n\n".join(blocks) + "\n"


def _write(path, text):
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")
