"""A foreign kernel gets one sentence in its first cell; a setting that hides figures is set right.

The faults are real ones: kernels, environments, files and variables as a learner may have them.
"""
import ast
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from course_lib import environment

ROOT = Path(__file__).resolve().parents[1]
FOREIGN = "from course_lib import check, look, show_source"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture
def kernel(tmp_path, monkeypatch):
    """Run cells in a kernel of this Python under the given variables; return what each shows."""
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))

    def run(*sources, folder=tmp_path, **variables):
        cells = [nbformat.v4.new_code_cell(source) for source in sources]
        book = nbformat.v4.new_notebook(cells=cells)
        client = NotebookClient(book, timeout=120, kernel_name="python3", allow_errors=True,
                                resources={"metadata": {"path": str(folder)}})
        environ = {k: v for k, v in os.environ.items() if k != "MPLBACKEND"}
        client.execute(env=environ | variables)
        return [cell.outputs for cell in book.cells]
    return run


def test_the_floors_are_those_of_pyproject():
    floors = {r.name: next(s.version for s in r.specifier if s.operator == ">=")
              for r in map(Requirement, PROJECT["dependencies"])}
    assert floors == environment.NEEDED


def test_here_all_is_well(capsys):
    environment.look_around.__wrapped__()
    assert capsys.readouterr().out == ""


def test_an_environment_without_the_packages_is_one_sentence_for_the_first_import():
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{FOREIGN}"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True)
    last = done.stderr.splitlines()[-1]
    assert last.startswith("course_lib.environment.WrongKernel: This kernel's Python lacks numpy, ")
    assert "in VS Code the Python of the folder .venv" in last


def test_in_a_notebook_the_sentence_stands_without_a_traceback(kernel):
    hide = "import importlib.util as u\nreal = u.find_spec\n" \
           "u.find_spec = lambda name, *rest: None if name == 'pooch' else real(name, *rest)"
    _, (output,) = kernel(hide, FOREIGN)
    assert output.output_type == "error" and output.ename == "WrongKernel"
    assert output.traceback == [output.evalue]
    assert output.evalue.startswith("This kernel's Python lacks pooch: choose another kernel")


def test_a_file_that_hides_a_package_is_named(kernel, tmp_path):
    (tmp_path / "scipy.py").write_text("")
    ((output,),) = kernel(FOREIGN)
    assert output.traceback == [output.evalue]
    assert output.evalue.startswith("The file scipy.py beside this notebook hides the package scipy")


@pytest.mark.parametrize(("version", "named"), [((3, 10), True), ((3, 11), False), ((3, 14), False)])
def test_an_old_python_is_named(version, named):
    sentence = environment.wrong_python(version)
    assert (sentence is not None) == named
    assert not named or sentence.startswith("This kernel runs Python 3.10, and the course needs")


def test_packages_that_are_too_old_are_one_sentence(monkeypatch, capsys):
    versions = environment.NEEDED | {"numpy": "2.1.3", "matplotlib": "3.9.10", "scipy": "1.15.0rc1"}
    monkeypatch.setattr(environment, "installed", versions.get)
    environment.look_around.__wrapped__()
    said = capsys.readouterr().out
    assert said == ("Older than the course was written for: numpy 2.1.3 (the course: 2.3 or newer), "
                    "matplotlib 3.9.10 (the course: 3.11 or newer); some cells may differ.\n")


@pytest.mark.parametrize("backend", ["Agg", "svg"])
def test_a_backend_that_shows_nothing_is_set_right(kernel, backend):
    setup = f"import matplotlib.pyplot as plt\n{FOREIGN}\nplt.style.use(['default', 'course_lib.course'])"
    first, second = kernel(setup, "plt.plot([0, 1])\nplt.show()", MPLBACKEND=backend)
    assert [out.text.count("\n") for out in first] == [1]
    assert "which shows no figure here: it is set to inline" in first[0].text
    assert [out for out in second if "image/png" in out.get("data", {})], second


def test_with_the_usual_backend_nothing_is_said(kernel):
    first, second = kernel(f"import matplotlib.pyplot as plt\n{FOREIGN}", "plt.plot([0, 1])\nplt.show()")
    assert first == [] and [out for out in second if "image/png" in out.get("data", {})]


@pytest.mark.parametrize("value", ["1", "2"])
def test_a_python_that_skips_asserts_is_named(kernel, value):
    ((output,),) = kernel(FOREIGN, PYTHONOPTIMIZE=value)
    assert output.text.startswith("This Python was started with -O or PYTHONOPTIMIZE")
    assert output.text.count("\n") == 1


@pytest.mark.parametrize("variables", [
    {"PYTHONWARNINGS": "error"}, {"PYTHONHASHSEED": "0"}, {"PYTHONHASHSEED": "12345"},
    {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, {"PYTHONIOENCODING": "ascii"},
    {"HOME": os.devnull + "/none"}, {"COURSE_PROGRESS": os.devnull + "/none/progress.json"},
], ids=lambda variables: " ".join(variables))
def test_other_settings_change_nothing_or_cost_a_line(tmp_path, variables):
    """The setup cell and a check, in a folder with spaces and other alphabets: a right answer is
    right, nothing is a traceback.
    """
    folder = "a course курс 课程"
    (tmp_path / folder).mkdir()
    code = (f"import matplotlib; matplotlib.use('Agg'); import matplotlib.pyplot as plt\n{FOREIGN}\n"
            "plt.style.use(['default', 'course_lib.course'])\n"
            "from course_lib.optimizers import adam\nplt.plot([0, 1], **look('adam'))\n"
            "import numpy as np\n"
            "def gd(fun, w, *, lr, n_steps):\n"
            "    path = [w]\n"
            "    for _ in range(n_steps):\n"
            "        path.append(path[-1] - lr * fun(path[-1])[1])\n"
            "    return np.array(path)\n"
            "check.gd(gd)")
    environ = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")} | variables
    environ.setdefault("COURSE_PROGRESS", str(tmp_path / "progress.json"))
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path / folder, env=environ,
                          capture_output=True, text=True, encoding="utf-8", errors="replace")
    assert done.returncode == 0, done.stderr
    said = [line for line in done.stdout.splitlines() if not line.startswith("Progress was not saved")]
    assert len(said) == 1 and said[0].endswith(": correct") and "Traceback" not in done.stderr


def unnamed(text):
    """Return the line numbers of calls that open a text file and name no encoding."""
    calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    return [call.lineno for call in calls if opens_text(call)
            and "encoding" not in {keyword.arg for keyword in call.keywords}]


def opens_text(call):
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    binary = any(isinstance(a, ast.Constant) and re.fullmatch(r"[rwax]\+?b\+?", str(a.value))
                 for a in call.args)
    named = name in ("read_text", "write_text") or ast.unparse(call.func) == "open"
    return named and not binary


def test_a_file_opened_without_its_encoding_is_seen():
    assert unnamed("open('a')\nopen('a', 'rb')\nb.read_text()\nopen('a', encoding='utf-8')") == [1, 3]


def test_every_file_is_opened_with_its_encoding():
    """Where the system's encoding is not UTF-8, a bare open() reads something else."""
    paths = [path for folder in ("course_lib", "tools", "experiments")
             for path in sorted((ROOT / folder).rglob("*.py"))]
    found = [f"{path.relative_to(ROOT)}:{line}" for path in paths
             for line in unnamed(path.read_text(encoding="utf-8"))]
    assert found == []


def test_a_container_is_set_up_as_a_learners_computer_is():
    """Codespaces and VS Code read this file; the commands and the Python in it must be the course's."""
    file = ROOT / ".devcontainer" / "devcontainer.json"
    container = json.loads(file.read_text(encoding="utf-8"))
    python, version = container["image"].split(":")
    assert python == "python" and f"{version}.5" in SpecifierSet(PROJECT["requires-python"])
    first, second = (command.split() for command in container["postCreateCommand"].split(" && "))
    assert first[1] == "tools/setup_env.py" and (ROOT / first[1]).is_file()
    assert second[1:] == ["tools/learner_copies.py"] and (ROOT / second[1]).is_file()
    settings = container["customizations"]["vscode"]["settings"]
    chosen = settings["python.defaultInterpreterPath"]
    assert chosen == "${containerWorkspaceFolder}/" + second[0] == "${containerWorkspaceFolder}/.venv/bin/python"
