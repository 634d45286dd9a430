"""How long a notebook is: what a learner meets in it outside folds, counted, and the minutes that
this takes.

* A word stands between spaces and has a letter or a digit. A formula within a line counts as one
  word, a displayed formula as ten. A link counts by its text. Fenced code does not count.
* A line of code is a line that is not blank, in a code cell as the learner gets it: a stub, not the
  solution. The cells tagged setup (the same everywhere) and guard (not in learners' copies) do not
  count.
* A section is a heading `## `, but for Summary, Questions and Go deeper.
* A prediction is a prompt in bold: **Predict**, **Before you run**, **Guess**.
* Exercises and figures are the cells with these tags.

The minutes are words / 120 + lines / 8 + 1.5 a prediction + 7 an exercise + 1.5 a figure, rounded
to 5.
"""
import math
import re
from dataclasses import dataclass

from tools.notebooks.source import tags

FOLD = re.compile(r"<details>.*?(?:</details>|\Z)", re.DOTALL)
FENCE = re.compile(r"^```.*?^```[^\n]*$", re.DOTALL | re.MULTILINE)
CODE = re.compile(r"`[^`\n]+`")
DISPLAY = re.compile(r"\$\$.*?\$\$", re.DOTALL)
INLINE = re.compile(r"(?<![\\$])\$(?!\$)[^$]+(?<!\\)\$")
LINK = re.compile(r"!?\[([^\]]*)\]\((?:[^\s()]|\([^\s()]*\))*\)")
PROMPT = re.compile(r"\*\*(?:Predict|Before you run|Guess)\b", re.IGNORECASE)
SECTION = re.compile(r"^## +(?!summary|questions|go deeper)\S.*$", re.IGNORECASE | re.MULTILINE)
STATED = re.compile(r"Minutes:\*{1,2}\s*(\d+)")
UNCOUNTED = {"setup", "guard"}


@dataclass(frozen=True)
class Counts:
    """What a learner meets in a notebook outside folds."""

    words: int
    code_lines: int
    sections: int
    predictions: int
    exercises: int
    figures: int

    @property
    def minutes(self):
        """The minutes that the notebook takes, rounded to 5."""
        exact = self.words / 120 + self.code_lines / 8
        exact += 1.5 * self.predictions + 7 * self.exercises + 1.5 * self.figures
        return 5 * math.floor(exact / 5 + 0.5)


def visible(text):
    """Return markdown without its folds."""
    return FOLD.sub("\n", text)


def plain(text, *, inline=" formula ", display=" formula "):
    """Return markdown without fenced code and addresses, with a word in place of each formula."""
    text = DISPLAY.sub(lambda _: display, FENCE.sub("\n", text))
    return LINK.sub(r"\1", INLINE.sub(lambda _: inline, text))


def words(text):
    """Return the number of words that one sees of a markdown text."""
    text = plain(visible(text), inline="formula", display=" formula" * 10 + " ")
    return sum(bool(re.search(r"\w", word)) for word in text.split())


def prompts(text):
    """Return the number of predictions that a markdown text asks for outside its folds."""
    return len(PROMPT.findall(visible(text)))


def code_lines(cells):
    """Return the number of lines that are not blank in the code cells that count."""
    counted = [c for c in cells if c.cell_type == "code" and not UNCOUNTED & set(tags(c))]
    return sum(bool(line.strip()) for cell in counted for line in cell.source.splitlines())


def prose(cells):
    """Return the markdown of all cells outside folds."""
    return "\n\n".join(visible(c.source) for c in cells if c.cell_type == "markdown")


def count(cells):
    """Return the Counts of a learner's notebook, given its cells."""
    text = prose(cells)
    return Counts(
        words=words(text),
        code_lines=code_lines(cells),
        sections=len(SECTION.findall(text)),
        predictions=prompts(text),
        exercises=sum("exercise" in tags(cell) for cell in cells),
        figures=sum("figure" in tags(cell) for cell in cells),
    )


def stated(cells):
    """Return the minutes that the notebook states in its opening, or None."""
    found = STATED.search(prose(cells[:3]))
    return int(found[1]) if found else None
