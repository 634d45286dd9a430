"""Reads references.bib, which keeps one field a line, and lists what it holds."""
import re
from pathlib import Path

from notebook_files import cited

FILE = Path(__file__).with_name("references.bib")
ENTRY = re.compile(r"^@(\w+)\{([^,\s]+),\n(.*?)^\}$", re.M | re.S)
FIELD = re.compile(r"^\s+(\w+) = \{(.*)\},?$", re.M)


def entries(text=None):
    """Return [{"key", "author", "title", "year", "doi" or "eprint", ...}] of a BibTeX file's text,
    references.bib by default; ValueError for text that is neither an entry nor blank.
    """
    text = FILE.read_text(encoding="utf-8") if text is None else text
    left = ENTRY.sub("", text).strip()
    if left:
        raise ValueError(f"references.bib: cannot read {left.splitlines()[0]!r}")
    return [{"key": key, **_fields(body)} for _, key, body in ENTRY.findall(text)]


def _fields(body):
    return {name: value.replace("{", "").replace("}", "") for name, value in FIELD.findall(body)}


def identifier(entry):
    """Return what an entry's link is known by: its DOI in lower case, or its arXiv number."""
    return entry["doi"].lower() if "doi" in entry else entry["eprint"]


def address(entry):
    """Return the address of an entry."""
    if "doi" in entry:
        return f"https://doi.org/{entry['doi']}"
    return f"https://arxiv.org/abs/{entry['eprint']}"


def authors(entry):
    """Return the authors as one reads them."""
    names = entry["author"].split(" and ")
    return ", ".join(names[:-1]) + (" and " if len(names) > 1 else "") + names[-1]


def listed(pages):
    """Return the bibliography as a Markdown list; pages: {number of a notebook: its page}."""
    used = cited()
    lines = []
    for entry in entries():
        where = ", ".join(f"[{n}]({pages[n]})" for n in used.get(identifier(entry), []))
        note = f", {entry['note']}" if "note" in entry else ""
        lines.append(f"- {authors(entry)}, [*{entry['title']}*](<{address(entry)}>){note}"
                     f" ({entry['year']}). Notebooks: {where}.")
    return "\n".join(lines)
