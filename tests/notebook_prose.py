"""What the prose of a notebook must be: references that can be clicked, short sentences, and
mathematics beyond a first course in folds.
"""
import re

from notebook_rules import walk

from tools.notebooks.minutes import CODE, DISPLAY, FENCE, plain, prose, visible

LONGEST, ROWS = 45, 3  # words in a sentence, rows of a displayed formula
ADDRESS = re.compile(
    r"\[[^\]]*\]\(https://(?:arxiv\.org/abs|doi\.org)/(?:[^\s()]|\([^\s()]*\))+\)"
    r"|<https://(?:arxiv\.org/abs|doi\.org)/[^>\s]+>"
)
IDENTIFIER = re.compile(
    r"\barXiv[:\s]*\d{4}\.\d{4,5}|\b[a-z-]+/\d{7}\b|\b(?:0[7-9]|[12]\d)(?:0[1-9]|1[0-2])\.\d{4,5}\b"
    r"|\b10\.\d{4,9}/[^\s,;]+|\b(?:dx\.)?(?:doi|arxiv)\.org/[^\s,;)]+",
    re.IGNORECASE,
)
MATRIX = re.compile(r"\\begin\{([a-z]*matrix|cases|array)\}.*?\\end\{\1\}", re.DOTALL)
ADVANCED = (
    (re.compile(r"\\i+nt(?![a-zA-Z])|\\oint"), "an integral"),
    (re.compile(r"\\mathbb\{?E\}?[^$]*\\mathbb\{?E\}?[^$]*\\mid"), "a nested conditional expectation"),
    (re.compile(r"^#+ .*\bproofs?\b|^[*_]*Proof\b[*_.:]", re.IGNORECASE | re.MULTILINE), "a proof"),
)
MARK = re.compile(r"^\s*(?:[-*>]|\d+\.)\s+|^\s*>+|[*_]{1,3}", re.MULTILINE)
END = re.compile(r"(?<=[.!?])[*_)\"”]*\s+(?=[A-Z0-9(\"“`*_])")


def section(text, heading):
    """Return the part of a text under a heading of the second level, or ''."""
    found = re.search(rf"^## +{heading}\b[^\n]*\n(.*?)(?=^## |\Z)", text,
                      re.IGNORECASE | re.DOTALL | re.MULTILINE)
    return found[1] if found else ""


def without_section(text, heading):
    """Return a text without the part under this heading."""
    return text.replace(section(text, heading), "") if section(text, heading) else text


def clickable_references(book):
    """An arXiv number or a DOI is a link to arxiv.org/abs or doi.org, in folds too."""
    for where, _, cell, _ in walk(book, "markdown"):
        text = CODE.sub("", FENCE.sub("", ADDRESS.sub("", cell.source)))
        if found := [match[0].rstrip(".") for match in IDENTIFIER.finditer(text)]:
            yield (f"{where} names without a link {', '.join(found)}: write "
                   "[title](https://arxiv.org/abs/NUMBER) or [title](https://doi.org/DOI)")


def linked_reading(book):
    """Every entry of Go deeper has a link."""
    text = section(prose(book.notebook.cells), "go deeper")
    entries = [entry.split("\n\n")[0] for entry in re.split(r"^[-*] ", text, flags=re.MULTILINE)[1:]]
    bare = [entry for entry in entries if not re.search(r"\]\(https?://|<https?://", entry)]
    if bare:
        names = ", ".join(repr(" ".join(entry.split())[:30]) for entry in bare)
        yield f"Go deeper has no link in {names}: link the title to where it is"


def sentences(text):
    """Return the sentences of a markdown text: no headings, tables, code or formulas; a formula within
    a line is a word, a displayed one ends its sentence.
    """
    text = CODE.sub("Code", plain(visible(text), inline="Formula", display="\n\n"))
    text = re.sub(r"^(?:#|\|).*$", "\n", text, flags=re.MULTILINE)
    blocks = re.split(r"\n\s*\n|\n(?=\s*(?:[-*>]|\d+\.) )", text)
    return [s for block in blocks for s in END.split(" ".join(MARK.sub("", block).split()))]


def short_sentences(book):
    """A sentence outside folds has at most 45 words. The titles in Go deeper are no sentences."""
    text = without_section(prose(book.notebook.cells), "go deeper")
    for sentence in sentences(text):
        size = sum(bool(re.search(r"\w", word)) for word in sentence.split())
        if size > LONGEST:
            yield f"a sentence has {size} words, more than {LONGEST}: divide the one that begins {sentence[:50]!r}"


def folded_mathematics(book):
    """Mathematics beyond a first course stands in a fold. Sees integrals, conditional expectations
    within expectations, what is called a proof, and displayed formulas of more than 3 rows (a matrix is
    one row). Does not see a long argument in words, nor matrix calculus.
    """
    for where, _, cell, _ in walk(book, "markdown"):
        text = CODE.sub("", FENCE.sub("", visible(cell.source)))
        for pattern, what in ADVANCED:
            if pattern.search(text):
                yield f"{where} shows {what}: fold it under Why this is true, and say the result outside"
        for formula in DISPLAY.findall(text):
            rows = 1 + MATRIX.sub("", formula).count(r"\\")
            if rows > ROWS:
                yield f"{where} displays a formula of {rows} rows, more than {ROWS}: fold it, or keep its result"


PROSE_RULES = (clickable_references, linked_reading, short_sentences, folded_mathematics)
