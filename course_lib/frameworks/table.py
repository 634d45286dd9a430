"""One page for an optimizer, as a Markdown table: what the paper and three libraries say, and how
far apart their steps are.

    page("adam", stored)      stored: load_results("three_frameworks")

The texts are those of `facts`; the distances are measured by `paths`: Keras' when the page is made,
PyTorch's and optax' when experiments/frameworks.py wrote the saved result.

Notebooks: 15.
"""
from course_lib.frameworks.facts import FACTS, FRAMEWORKS
from course_lib.frameworks.paths import SETTINGS, course_path, distance, keras_path

MODULES = {"keras": "keras.optimizers", "torch": "torch.optim", "optax": "optax"}
ROWS = {
    "same": "**apart, with equal numbers**",
    "drop": "apart, when the rate drops",
    "decay": "apart, with `weight_decay`",
    "defaults": "apart, with their own defaults",
}


def page(name, stored):
    """Return the page of the optimizer `name`, a key of facts.FACTS (ValueError for
    another).
    """
    if name not in FACTS:
        raise ValueError(f"there is no page {name!r}; there are {', '.join(FACTS)}")
    facts, measured = FACTS[name], distances(name, stored)
    rows = [
        [f"**{name}**", "paper", "Keras", "PyTorch", "optax"],
        ["---"] * 5,
        ["called", facts.paper, *_each(facts, _call)],
        ["taken from $w$", facts.step, *_each(facts, lambda framework, entry: entry.step)],
        [
            "defaults",
            facts.defaults,
            *_each(facts, lambda framework, entry: _numbers(entry.defaults)),
        ],
        [r"$\varepsilon$", facts.eps, *_each(facts, lambda framework, entry: entry.eps)],
        ["`weight_decay`", facts.decay, *_each(facts, lambda framework, entry: entry.decay)],
    ]
    for setting in SETTINGS:
        rows.append(
            [
                ROWS[setting],
                "",
                *(_number(measured[framework][setting]) for framework in FRAMEWORKS),
            ]
        )
    return "\n".join("| " + " | ".join(row) + " |" for row in rows) + "\n"


def distances(name, stored):
    """Return {framework: {setting: distance to the course's path, or None where there is nothing to
    compare}}.
    """
    table = {framework: {} for framework in FRAMEWORKS}
    for setting in SETTINGS:
        ours = course_path(name, setting)
        paths = {
            framework: stored[framework]["paths"][name][setting] for framework in ("torch", "optax")
        }
        for framework, path in (paths | {"keras": keras_path(name, setting)}).items():
            table[framework][setting] = None if path is None else distance(ours, path)
    return table


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
    """Two digits; rounding, below 1e-12, is 0."""
    return "–" if distance is None else "0" if distance < 1e-12 else f"{distance:.2g}"
