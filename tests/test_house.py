"""The house: light to import, floors that only look down, short modules, a map that is true,
sources that can be shown.
"""
import ast
import importlib
import re
import subprocess
import sys
from pathlib import Path

import library_map
import pytest

import course_lib
from course_lib import optimizers
from course_lib.notebook import show_source

FOLDER = Path(course_lib.__file__).parent
MODULES = sorted(FOLDER.rglob("*.py"))
ROOMS = sorted(path.parent.name for path in FOLDER.glob("*/__init__.py"))
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
    "ipywidgets",
    "pooch",
    "joblib",
]
FLOORS = [  # a room or module imports from its own room and from the lines above it
    {"arguments", "environment", "files", "machine", "progress_bar", "plotting", "notebook"},
    {"landscapes", "networks", "data"},
    {"optimizers"},
    {"frontier"},
    {"training", "frameworks", "panels", "explorer"},
    {"experiments", "scaling"},
    {"checks"},
]
FLOOR = {name: floor for floor, names in enumerate(FLOORS) for name in names}
IN_ROOMS = [path for path in MODULES if path != FOLDER / "__init__.py"]


def imported(path):
    """Yield the room, or module of the ground floor, of each import from course_lib in a file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        assert not isinstance(node, ast.Import) or not any(
            a.name.startswith("course_lib") for a in node.names
        )
        if isinstance(node, ast.ImportFrom) and node.level:
            assert path.name == "__init__.py" and node.level == 1, (
                "outside an __init__, imports name the whole path"
            )
        elif isinstance(node, ast.ImportFrom) and node.module.split(".")[0] == "course_lib":
            for alias in node.names:
                yield f"{node.module}.{alias.name}".split(".")[1]


@pytest.mark.parametrize("path", IN_ROOMS, ids=lambda path: path.relative_to(FOLDER).as_posix())
def test_imports_only_run_downwards(path):
    mine = path.relative_to(FOLDER).with_suffix("").parts[0]
    above = [name for name in imported(path) if name != mine and FLOOR[name] >= FLOOR[mine]]
    assert not above, (
        f"{mine} stands on floor {FLOOR[mine]} and may not import from {', '.join(above)}"
    )


def test_every_room_and_module_has_its_floor():
    assert set(FLOOR) == {path.relative_to(FOLDER).with_suffix("").parts[0] for path in IN_ROOMS}


def test_an_import_that_runs_upwards_is_seen(tmp_path):
    (tmp_path / "rules.py").write_text(
        "from course_lib.training import train\nfrom course_lib import checks\n"
    )
    assert list(imported(tmp_path / "rules.py")) == ["training", "checks"]


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(FOLDER).as_posix())
def test_modules_are_short_and_say_what_they_are(module):
    text = module.read_text(encoding="utf-8")
    assert text.startswith('"""'), "a module opens with what it is"
    assert "import *" not in text
    assert len(text.splitlines()) <= 250
    assert max(map(len, text.splitlines())) <= 100


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_hands_on_its_public_names_and_says_what_it_is_for(room):
    package = importlib.import_module(f"course_lib.{room}")
    handed_on = library_map.handed_on(f"course_lib.{room}")
    assert handed_on and all(hasattr(package, name) for name in handed_on)
    assert room == "checks" or sorted(package.__all__) == sorted(handed_on)
    assert 1 <= len(re.findall(r"[.`](?:\s|$)", package.__doc__)) <= 3
    for name, module in handed_on.items():
        assert not (FOLDER / room / f"{name}.py").exists(), (
            f"{name} is a module and what it hands on"
        )
        defined = importlib.import_module(module)
        assert getattr(defined, name, defined) is getattr(package, name)


def test_a_rule_can_be_had_from_its_room():
    assert optimizers.adam is importlib.import_module("course_lib.optimizers.rules").adam


@pytest.mark.parametrize("module", library_map.modules())
def test_a_module_names_the_notebooks_that_use_it(module):
    doc = ast.get_docstring(ast.parse(library_map.path_of(module).read_text(encoding="utf-8")))
    assert doc.splitlines()[-1] == library_map.said(USERS[module]), (
        "run: python tools/library_map.py"
    )


USERS = library_map.users()


def test_the_map_of_modules_is_true():
    assert (FOLDER / "README.md").read_text(encoding="utf-8") == library_map.page(), (
        "run: python tools/library_map.py"
    )
    assert set(library_map.ROOMS) == {*ROOMS, ""}
    listed = set(re.findall(r"^    (\w+) {2,}", course_lib.__doc__, flags=re.M))
    assert listed == set(ROOMS)


def test_what_a_notebook_uses_is_found():
    source = '''\
# %% tags=["mirrors:course_lib.optimizers.curvature.newton"]
from course_lib import checks as check, landscapes, optimizers, plotting
from course_lib.optimizers import descent, schedules
from course_lib.training.loop import train
from course_lib.data import load_results
print(landscapes.BEALE, optimizers.adam, descent.minimize, load_results("depth"), check.gd)
'''
    assert library_map.used_by(source) == {
        "course_lib.optimizers.curvature",
        "course_lib.landscapes.functions",
        "course_lib.optimizers.rules",
        "course_lib.optimizers.descent",
        "course_lib.data.results",
        "course_lib.checks.nb05",
    }


def test_importing_the_library_loads_nothing_heavy():
    names = [name for name in library_map.modules() if not name.endswith(("plotting", "panels"))]
    code = f"import sys\nfor n in {names}: __import__(n)\n"
    code += f"print([m for m in {HEAVY} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


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
