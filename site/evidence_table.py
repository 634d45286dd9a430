"""The ledger of claims as a table of the website."""
import json
import re
from collections import Counter

from notebook_files import ROOT

LEDGER = ROOT / "course_lib" / "data" / "evidence.json"
CLAIMS = ROOT / "experiments" / "claims"
ORDER = ("holds", "tie", "undecided", "fails")
SIDES = {"below": "below 0", "above": "above 0", "tie": "within the margin"}


def rows():
    """Return the rows of the ledger, in the order of the notebooks."""
    found = json.loads(LEDGER.read_text(encoding="utf-8"))["rows"]
    return sorted(found, key=lambda r: (r["notebook"], r["family"], r["name"]))


def modules():
    """Return {name of a claim: the module that declares it}."""
    found = {}
    for path in sorted(CLAIMS.glob("[a-z]*.py")):
        for name in re.findall(r"^def (\w+)\(", path.read_text(encoding="utf-8"), re.M):
            found.setdefault(name, f"experiments.claims.{path.stem}")
    return found


def counted():
    """Return how many rows have each verdict, as a sentence."""
    found = Counter(r["verdict"] for r in rows())
    words = [f"{found[word]} **{word}**" for word in ORDER if found[word]]
    return f"{len(rows())} claims: {', '.join(words)}."


def table(pages):
    """Return all rows as a Markdown table; pages: {number of a notebook: its page}."""
    where = modules()
    lines = ["| claim | verdict | mean and 95 % interval | n | varied | notebook | source |",
             "|---|---|---|---|---|---|---|"]
    lines += [_line(r, _linked(r["notebook"], pages), where[r["name"]]) for r in rows()]
    return ":::{table}\n:class: evidence\n\n" + "\n".join(lines) + "\n\n:::"


def _line(r, page, module):
    interval = f"{r['mean']:.3g} [{r['low']:.3g}, {r['high']:.3g}]<br>{r['unit']}"
    stated = SIDES[r["side"]]
    if r["side"] == "tie":
        stated += f" of {r['margin']:g}"
    elif r["margin"]:
        stated += f", margin {r['margin']:g}"
    fields = [
        _capital(r["statement"]),
        f"**{r['verdict']}**",
        f"{interval}<br>stated: {stated}",
        f"{r['n']}",
        r["varied"],
        page,
    ]
    escaped = [field.replace("|", "\\|") for field in fields]
    return f"| {' | '.join(escaped)} | {{py:obj}}`code <{module}.{r['name']}>` |"


def _linked(number, pages):
    """Return the link to a notebook; its number alone, if the notebook is not there yet."""
    return f"[{number}]({pages[number]})" if number in pages else number


def _capital(text):
    return text[0].upper() + text[1:]
