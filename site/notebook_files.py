"""What the website reads from the executed notebooks: titles, questions, links, words in bold."""
import functools
import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FILES = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
PROMPT = re.compile(r"\*\*(Predict|Before you run)")
LINK = re.compile(r"https?://(?:dx\.)?(doi\.org|arxiv\.org)/((?:[^\s()\[\]<>\"]|\([^\s()]*\))+)")


@functools.cache
def cells(path):
    """Return the cells of a notebook."""
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


@functools.cache
def markdown(path):
    """Return the text of each markdown cell of a notebook, in order."""
    return ["".join(c["source"]) for c in cells(path) if c["cell_type"] == "markdown"]


def number(path):
    """Return the number of a notebook, as in "14"."""
    return path.name[:2]


def title(path):
    """Return the heading of a notebook without its number and its subtitle."""
    return re.match(r"# (?:\d\d · )?([^\n]+)", markdown(path)[0])[1]


def question(path):
    """Return the question that a notebook answers, or ""."""
    found = re.search(r"^\*([^*]+)\*", markdown(path)[0], re.M)
    return found[1].replace("\n", " ") if found else ""


def minutes(path):
    """Return the minutes that a notebook names."""
    return int(re.search(r"\*\*Minutes:\*\* (\d+)", markdown(path)[0])[1])


def parts():
    """Return [(title of the part, its notebooks)], from the map of the course."""
    starts = _course_map().PARTS
    found = {first: [] for first in starts}
    for path in FILES:
        found[max(first for first in starts if first <= int(number(path)))].append(path)
    return [(starts[first], members) for first, members in found.items()]


def fast_path():
    """Return the numbers of the notebooks on the fast path, from the README."""
    return _course_map().fast_path()


def _course_map():
    sys.path.insert(0, str(ROOT / "figures"))
    try:
        import course_map
    finally:
        sys.path.pop(0)
    return course_map


@functools.cache
def cited():
    """Return {identifier: numbers of the notebooks that link to it}: DOIs, and arXiv numbers."""
    found = {}
    for path in FILES:
        for text in markdown(path):
            for host, rest in LINK.findall(text):
                found.setdefault(identifier(host, rest), set()).add(number(path))
    return {name: sorted(found[name]) for name in sorted(found)}


def identifier(host, rest):
    """Return the DOI, in lower case, or the arXiv number without its version, of a link's parts."""
    rest = rest.rstrip(".,;:*_")
    if host == "doi.org":
        return rest.lower()
    return re.sub(r"^(abs|pdf)/|(\.pdf)$|v\d+$", "", rest)


@functools.cache
def first_use(term):
    """Return (notebook, index of the markdown cell) where a term first stands in bold, or else
    where it first stands at all; ValueError if no notebook has it.
    """
    words = r"[\s-]+".join(re.escape(word) for word in term.split())
    for pattern in (rf"\*\*{words}s?[.:]?\*\*", rf"\b{words}"):
        for path in FILES:
            for index, text in enumerate(markdown(path)):
                if re.search(pattern, text, re.I):
                    return path, index
    raise ValueError(f"the glossary explains {term!r}, which is in no notebook")
