"""Every number that a notebook tells as a result can be traced: the rule numbers_are_backed.

It reads the prose outside folds and the alt texts, but for Questions, Go deeper and the text of an
exercise, whose numbers are given and not found. It looks at numbers of two or more significant
digits: those in text, a formula that is only a number, and a plain number to the right of = or
\\approx. Years (1800 to 2099), dates, versions, numbers of notebooks, exercises and lists, the level
of an interval (95 % interval), and numbers in code spans are left alone.

A number is backed if a number that is printed by a cell, stands in a cell's code (guards and
solutions too; a product of numbers counts as its value) or in a row of the ledger that the notebook
names rounds to it, as itself, as a percentage or in thousands, millions or billions; if a link to a
paper stands before it in its paragraph; or if tests/numbers_allowed.toml names it with a reason.

What it does not see: a number that happens to equal another one of the notebook, a wrong sign, one
significant digit (3 times, 0.5), numbers in words, numbers in the middle of a formula.
"""
import ast
import functools
import json
import math
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from notebook_prose import ADDRESS
from notebook_rules import walk

from tools.notebooks.minutes import CODE, DISPLAY, FENCE, INLINE, visible
from tools.notebooks.run import texts
from tools.notebooks.source import read, solved, tags

ROOT = Path(__file__).resolve().parents[1]
ALLOWED = ROOT / "tests" / "numbers_allowed.toml"
EVIDENCE = ROOT / "course_lib" / "data" / "evidence.json"
SIDES = ("mean", "low", "high", "share", "n", "margin", "p", "p_holm", "first_seed", "tuned")
GAP = "(?: |\u00a0|\u202f|\\\\,|\\{,\\}|_)"  # between the thousands of a number
NUMBER = re.compile(
    rf"(?<![\w.])(?<![A-Za-z]-)(\d{{1,3}}(?:{GAP}\d{{3}})+(?!\d)|\d+)(\.\d+)?"
    r"(?:e([-+]?\d+)|\s*(?:\\cdot|\\times|×|·)\s*10\^\{?(-?\d+)\}?)?"
    r"(?![\w]|\.\d)(?:(?:\s|\\,)*(\\?%|million|billion|thousand))?"
)
VALUE = re.compile(r"\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")
PLAIN = re.compile(r"(?:^|=)\s*[-+−]?\s*(?=\d)")
AFTER = re.compile(r"\s*(?:$|[.,;:)\]&]|\\q?quad|\\text|\\\\|\\\s|=|\\approx|\\end)")
NOT_RESULTS = re.compile(
    r"^\s*\d+\.\s|\*\*\d+\.\*\*|^#.*$"
    r"|\b(?:notebooks?|exercises?|chapters?|sections?|volumes?|pages?|figures?|tables?|cells?|theorems?|"
    r"lemmas?|parts?|questions?)\s+[\d.]+(?:(?:,| and| to| or|–)+ ?[\d.]+)*"
    r"|\b95\s?%[\s-](?:confidence[\s-]|Student-t[\s-])?interval"
    r"|\bMinutes:\*\*\s*\d+|\[\d\d: [^\]]*\]"
    r"|\b(?:Python|NumPy|Keras|TensorFlow|PyTorch|SciPy|scikit-learn|optax|Matplotlib|version)\s+\d[\d.]*"
    r"|\b\d{1,2} (?:January|February|March|April|May|June|July|August|September|October|November|December)\b",
    re.IGNORECASE | re.MULTILINE,
)
GIVEN = re.compile(r"## +(?:questions|go deeper)", re.IGNORECASE)
EXERCISE = re.compile(r"^### +Exercise", re.MULTILINE)
ARITHMETIC = ast.Constant | ast.BinOp | ast.UnaryOp
SCALES = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "%": 1e-2, "\\%": 1e-2}


@dataclass(frozen=True)
class Number:
    """A number as it is written."""

    text: str
    value: float
    unit: float  # of its last digit
    digits: int  # significant ones
    scales: tuple  # what the word after it multiplies it with, 1 among them


def number(match):
    """Return the Number of a match of NUMBER."""
    whole, fraction = re.sub(GAP, "", match[1]), match[2] or ""
    power = int(match[3] or match[4] or 0)
    zeros = len(whole) - len(whole.rstrip("0")) if not fraction else 0
    unit = 10.0 ** (power + (1 - len(fraction) if fraction else zeros))
    digits = len((whole + fraction[1:]).lstrip("0")) - zeros
    scales = (1.0, SCALES[match[5]]) if match[5] else (1.0,)
    return Number(match[0].strip(), float(whole + fraction) * 10.0**power, unit, digits, scales)


def is_year(found):
    """Return whether the number may be a year."""
    return found.text.isdigit() and 1800 <= found.value <= 2099


def in_formula(formula):
    """Return the plain numbers of a formula: all of it, or the right side of = or \\approx."""
    inside = formula.strip("$ \n").replace("{,}", "").replace("\\approx", "=")
    found = (NUMBER.match(inside, start.end()) for start in PLAIN.finditer(inside))
    return [number(match) for match in found if match and AFTER.match(inside, match.end())]


def in_text(text):
    """Return the numbers of a paragraph up to the first link to a paper."""
    text = ADDRESS.split(CODE.sub(" code ", text))[0]
    formulas = [formula for pattern in (DISPLAY, INLINE) for formula in pattern.findall(text)]
    text = re.sub(r"\]\([^)\s]*\)", "]", INLINE.sub(" formula ", DISPLAY.sub(" formula ", text)))
    found = [number(match) for match in NUMBER.finditer(NOT_RESULTS.sub(" ", text))]
    return found + [one for formula in formulas for one in in_formula(formula)]


def results(text):
    """Return the numbers of a text that must be backed."""
    paragraphs = re.split(r"\n\s*\n|\n(?=[-*|] ?)", text)
    numbers = [found for paragraph in paragraphs for found in in_text(paragraph)]
    return [found for found in numbers if found.digits >= 2 and not is_year(found)]


def told(book):
    """Yield words that name the place, and its text, for all text that tells results."""
    heading = ""
    for where, _, cell, after in walk(book, "markdown"):
        for part in re.split(r"^(?=## )", FENCE.sub("", visible(cell.source)), flags=re.MULTILINE):
            heading = part if part.startswith("## ") else heading
            if not GIVEN.match(heading):
                task = after is not None and "exercise" in tags(after)
                yield where, EXERCISE.split(part)[0] if task else part
    for where, _, cell, _ in walk(book, "code"):
        yield f"the alt text of {where}", cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")


def values_in(text):
    """Return the numbers in printed text, or in a string of code."""
    text = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text)
    return [float(one) for one in VALUE.findall(text)] + [number(m).value for m in NUMBER.finditer(text)]


def value_of(node):
    """Return the value of an expression that holds only numbers, in a list, or an empty list."""
    try:
        value = eval(compile(ast.Expression(node), "cell", "eval"), {"__builtins__": {}})
        return [abs(float(value))]
    except (ArithmeticError, TypeError, ValueError):
        return []


def constants(code):
    """Return the numbers in a cell's code, and the values of sums and products of numbers."""
    values = []
    for node in ast.walk(ast.parse(code)):
        parts = [part for part in ast.walk(node) if isinstance(part, ast.expr)]
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            values += values_in(node.value)
        elif isinstance(node, ast.expr) and all(isinstance(part, ARITHMETIC) for part in parts):
            values += value_of(node)
    return values


@functools.cache
def ledger():
    """Return the rows of the ledger."""
    return json.loads(EVIDENCE.read_text(encoding="utf-8"))["rows"]


def evidence(book):
    """Return the numbers of the ledger's rows that the notebook's code names."""
    named = [row for row in ledger() if row["name"] in book.source]
    values = [row.get(side) for row in named for side in SIDES]
    flat = [part for value in values for part in (value.values() if isinstance(value, dict) else [value])]
    return [abs(value) for value in flat if type(value) in (int, float)]


def known(book):
    """Return all numbers that may back one of the notebook's."""
    values = evidence(book)
    for _, _, cell, _ in walk(book, "code"):
        values += [value for text in texts(cell) for value in values_in(text)]
    for cell in read(book.source):
        if cell.cell_type == "code":
            values += constants(solved(cell.source))
    return values


def backed(found, values):
    """Return whether one of the values rounds to the number."""
    return any(
        abs(value - found.value * scale) <= 0.5 * found.unit * scale * (1 + 1e-6)
        or math.isclose(value, found.value * scale, rel_tol=1e-9)
        for scale in found.scales for value in values
    )


@functools.cache
def allowed(path=ALLOWED):
    """Return for each notebook the numbers that need no backing, each with its reason."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


def unbacked(book):
    """Yield words that name the place, and its numbers without backing, for each place with some."""
    values = known(book)
    for where, text in told(book):
        bare = [found.text for found in results(text) if not backed(found, values)]
        if bare:
            yield where, list(dict.fromkeys(bare))


def numbers_are_backed(book):
    """A number that is told was printed, or stands in code or in the ledger. Needs executed cells."""
    reasons, used = allowed().get(book.name, {}), set()
    for where, numbers in unbacked(book):
        used |= {*numbers} & reasons.keys()
        if bare := [text for text in numbers if text not in reasons]:
            yield (f"{where} tells {', '.join(bare)}, which no cell prints: print such a number, "
                   "assert it in a guard, or cite its source before it")
    for text in sorted(reasons.keys() - used):
        yield f"numbers_allowed.toml allows {text}, which is backed or no longer told: take it out"
