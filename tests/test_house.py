"""The package as a whole: light to import, no star imports, no module that grew too long, sources
that can be shown.
"""
import re
import subprocess
import sys
from pathlib import Path

import pytest

import course_lib
from course_lib import optimizers
from course_lib.notebook import show_source

MODULES = sorted(Path(course_lib.__file__).parent.rglob("*.py"))
HEAVY = [
    "tensorflow",
    "keras",
    "sklearn",
    "scipy",
    "matplotlib",
    "torch",
    "tqdm",
    "threadpoolctl",
    "IPython",
]


def test_importing_the_library_loads_nothing_heavy():
    names = [
        ".".join(("course_lib", *m.relative_to(MODULES[0].parent).with_suffix("").parts))
        for m in MODULES
        if not m.name.startswith(("__", "plotting", "panel"))
    ]
    code = f"import sys\nfor n in {names}: __import__(n)\nprint([m for m in {HEAVY} if m in sys.modules])"
    assert (
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout.strip()
        == "[]"
    )


@pytest.mark.parametrize("module", MODULES, ids=lambda m: m.name)
def test_modules_are_short_and_say_what_they_are(module):
    text = module.read_text(encoding="utf-8")
    assert text.startswith('"""'), "a module opens with what it is"
    assert "import *" not in text
    assert module.parent.name == "checks" or len(text.splitlines()) <= 250


def test_show_source_prints_the_rule_itself(capsys):
    show_source(optimizers.adam)
    said = capsys.readouterr().out
    assert (
        said.startswith("# course_lib/optimizers/rules.py\n")
        and "m_hat = m / (1 - beta1**t)" in said
    )
    assert not re.search(r"\s\n$", said)
    with pytest.raises(
        TypeError, match="takes a function, class or module written in Python, got 3"
    ):
        show_source(3)
