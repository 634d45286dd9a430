"""The tool that changes the library in small ways, and what its saved scores say."""
import ast
import importlib
import subprocess
import sys

import pytest

from tools.mutants.scores import digest, equivalents, modules, saved
from tools.mutants.small_changes import small_changes
from tools.mutants.trial import ROOT, Workbench, own_tests

SOURCE = '''"""Three and 4."""
def f(x, *, strict=True):
    y = x[1:].copy() ** 2  # not < this
    if x and not y:
        y += max(-x, 0.5)
    log(y)
    return 1 < y <= 3 or "2 + 2"
'''


def test_each_change_of_a_source_is_one_that_parses_and_says_something_else():
    tree = ast.dump(ast.parse(SOURCE))
    others = [SOURCE[:c.start] + c.after + SOURCE[c.stop:] for c in small_changes(SOURCE)]
    dumps = [ast.dump(ast.parse(other)) for other in others]
    assert tree not in dumps and len(set(dumps)) == len(dumps)


def test_the_changes_are_those_of_signs_numbers_branches_and_calls():
    names = [change.name.split("] ")[1] for change in small_changes(SOURCE)]
    assert names == [
        "True -> False", "1 -> 2", ".copy() -> nothing", "** -> *", "2 -> 3",
        "x and not y -> not (x and not y)", "and -> or", "not -> nothing",
        "y += max(-x, 0.5) -> pass", "max -> min", "- -> nothing", "0.5 -> 1.0", "log(y) -> pass",
        "1 -> 2", "< -> <=", "<= -> <", "3 -> 4", "or -> and",
    ]


def test_a_change_keeps_its_name_when_lines_are_put_before_it():
    later = {change.name for change in small_changes("import os\n\n" + SOURCE)}
    assert later == {change.name for change in small_changes(SOURCE)}


def test_a_module_s_own_tests_are_those_of_its_name_or_those_that_import_it():
    files, _ = own_tests("optimizers/clipping.py")
    assert files == ["tests/optimizers/test_clipping.py", "course_lib/optimizers/clipping.py"]
    assert "tests/networks/test_layers.py" in own_tests("networks/normalization.py")[0]
    assert own_tests("checks/nb10_forms.py") == (
        ["tests/answers/test_nb10.py", "tests/checks/test_checks.py"], "10.")


TRIAL = """
from tools.mutants.small_changes import small_changes
from tools.mutants.trial import Workbench
bench = Workbench("optimizers/clipping.py")
changes = {change.name: change for change in small_changes(bench.source)}
same = next(c for name, c in changes.items() if name.endswith("[48] 1.0 -> 2.0"))
other = next(c for name, c in changes.items() if "> -> >=" in name)
print(bench.notices(same), bench.notices(other), bench.file.read_text(encoding="utf-8") == bench.source)
bench.close()
print(bench.folder.exists())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="the tool forks its process")
def test_a_trial_tells_a_change_that_is_noticed_from_one_that_is_not():
    done = subprocess.run([sys.executable, "-c", TRIAL], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.split() == ["False", "True", "True", "False"], done.stderr


def test_a_workbench_refuses_a_process_that_has_the_library_already():
    importlib.import_module("course_lib")
    with pytest.raises(RuntimeError, match="has not imported course_lib"):
        Workbench("optimizers/clipping.py")


@pytest.mark.parametrize("module", sorted(saved()))
def test_a_saved_score_speaks_of_changes_that_the_tool_makes(module):
    entry = saved()[module]
    assert module in modules()
    if entry["source"] != digest(module):
        pytest.skip(f"{module} has changed since: `make mutants ARGS={module}` renews its score")
    source = (ROOT / "course_lib" / module).read_text(encoding="utf-8")
    names = {change.name for change in small_changes(source)}
    assert entry["of"] == len(small_changes(source)) >= entry["tried"]
    assert set(entry["survived"]) <= names


def test_what_makes_no_difference_has_a_reason_and_still_stands_in_its_module():
    for module, name in equivalents():
        source = (ROOT / "course_lib" / module).read_text(encoding="utf-8")
        assert name in {change.name for change in small_changes(source)}, f"{module}: {name}"
