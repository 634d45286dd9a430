"""How far apart three libraries' steps are: one number for each rule, library and setting, and a
page for each rule that says why.

    apart(stored)         (12, 3, 4) distances; stored: load_results("three_frameworks")
    page("adam", stored)  a Markdown table: the paper and the libraries, argument by argument
    folded(stored)        all pages, each in a fold

A distance is the largest difference to the path of this course's rule, in any weight at any of the
five steps, in units of the rate. Keras is measured when it is asked for; PyTorch and optax were
measured when experiments/frameworks.py wrote the saved result.

Notebooks: 27.
"""
import re

import numpy as np

from course_lib.frameworks.facts import FACTS, FRAMEWORKS
from course_lib.frameworks.paths import SETTINGS, course_path, distance, keras_path, lr

MODULES = {"keras": "keras.optimizers", "torch": "torch.optim", "optax": "optax"}
ROWS = {
    "same": "**apart, with equal numbers**",
    "drop": "apart, when the rate drops",
    "decay": "apart, with `weight_decay`",
    "defaults": "apart, with their own defaults",
}
ROUNDING = 1e-11  # in units of the rate


def distances(name, stored):
    """Return {framework: {setting: distance to the course's path in units of the rate, or None
    where there is nothing to compare}}.

    name: a key of facts.FACTS.
    stored: the saved paths of PyTorch and optax.
    """
    table = {framework: {} for framework in FRAMEWORKS}
    for setting in SETTINGS:
        ours = course_path(name, setting)
        paths = {key: stored[key]["paths"][name][setting] for key in ("torch", "optax")}
        for framework, path in (paths | {"keras": keras_path(name, setting)}).items():
            apart = None if path is None else distance(ours, path) / lr(1, setting)
            table[framework][setting] = apart
    return table


def apart(stored):
    """Return the distances of all rules, an array (rules, libraries, settings) in the order of
    FACTS, FRAMEWORKS and SETTINGS; NaN where there is nothing to compare.
    """
    tables = [distances(name, stored) for name in FACTS]
    return np.array([[[table[framework][setting] for setting in SETTINGS]
                      for framework in FRAMEWORKS] for table in tables], dtype=float)


def write_numbers(ax, values):
    """Write the distances (rules, libraries) of one setting into the fields of an image that shows
    them; rounding is 0, and NaN is left out.
    """
    for (row, column), value in np.ndenumerate(values):
        if not np.isnan(value):
            text = "0" if value < 1e-6 else f"{value:.1g}" if value < 0.01 else f"{value:.2g}"
            ax.text(column, row, text, ha="center", va="center", fontsize=9,
                    color="white" if value > 0.1 else "black")


def page(name, stored):
    """Return the page of the optimizer `name`, a key of facts.FACTS (ValueError for another), as a
    Markdown table.
    """
    if name not in FACTS:
        raise ValueError(f"there is no page {name!r}; there are {', '.join(FACTS)}")
    facts, measured = FACTS[name], distances(name, stored)
    rows = [
        [f"**{name}**", "paper", "Keras", "PyTorch", "optax"],
        ["---"] * 5,
        ["called", facts.paper, *_each(facts, _call)],
        ["the step, subtracted from $w$", facts.step, *_each(facts, lambda _, entry: entry.step)],
        ["defaults", facts.defaults, *_each(facts, lambda _, entry: _numbers(entry.defaults))],
        [r"$\varepsilon$", facts.eps, *_each(facts, lambda _, entry: entry.eps)],
        ["`weight_decay`", facts.decay, *_each(facts, lambda _, entry: entry.decay)],
    ]
    for setting in SETTINGS:
        numbers = [_number(measured[framework][setting]) for framework in FRAMEWORKS]
        rows.append([ROWS[setting], "", *numbers])
    return _typeset("\n".join("| " + " | ".join(row) + " |" for row in rows) + "\n")


def folded(stored):
    """Return the pages of all optimizers as Markdown, each in a fold under its name."""
    return "\n".join(
        f"<details>\n<summary>{name}</summary>\n\n{page(name, stored)}\n</details>\n"
        for name in FACTS
    )


def _typeset(text):
    """Return the text with lr upright in formulas, and arXiv numbers and DOIs as links."""
    text = re.sub(r"(?<=[$-])lr(?=[\\$,(])", r"\\mathrm{lr}", text)
    text = re.sub(r"arXiv (\d{4}\.\d{4,5})", r"[arXiv \1](https://arxiv.org/abs/\1)", text)
    return re.sub(r"(10\.1016/[^ |]+)", lambda doi: f"[doi]({_address(doi[1])})", text)


def _address(doi):
    return "https://doi.org/" + doi.replace("(", "%28").replace(")", "%29")


def _each(facts, write):
    return [
        "–" if entry is None else write(framework, entry)
        for framework, entry in facts.frameworks.items()
    ]


def _call(framework, entry):
    chosen = [f"{key}={value}" for key, value in entry.fixed.items()]
    return f"`{MODULES[framework]}.{entry.make}{'(' + ', '.join(chosen) + ')' if chosen else ''}`"


def _numbers(defaults):
    return ", ".join(f"`{key}={value}`" for key, value in defaults.items()) or "–"


def _number(distance):
    """Two digits and the unit; rounding is 0."""
    if distance is None:
        return "–"
    return "0" if distance < ROUNDING else rf"{distance:.2g} $\mathrm{{lr}}$"
