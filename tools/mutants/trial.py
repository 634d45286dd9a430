"""Try changes of a module against its own tests, in a copy of the repository.

Every process works in a copy of its own. It loads the libraries once; each trial is a fork of it,
with a time limit, so that a trial costs what the tests cost. Needs a system that can fork.
"""
import ast
import os
import re
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
COPIED = ("course_lib", "tests", "tools", "experiments", "benchmarks", "pyproject.toml")
OPTIONS = ["-q", "-x", "-p", "no:cacheprovider", "-p", "no:nbval", "-p", "no:xdist", "-o",
           "addopts=--import-mode=importlib --doctest-modules --strict-markers"]
LEAST_LIMIT = 20.0  # seconds that a trial may take, at least
OUTSIDE = re.compile(r"tests/(oracle|test_(house|notebook|solved|site|browser|readme|mutants))")


def own_tests(module):
    """Return the test files of a library module, a path in course_lib, and the words that choose
    tests in them. They are those of its name, else those that import it, else those that import a
    module which does; and the module itself, for its doctests.
    """
    path = Path(module)
    if path.parts[0] == "checks" and path.stem.startswith("nb"):
        number = path.stem[:4]
        files = [f"tests/answers/test_{number}.py", "tests/checks/test_checks.py"]
        return [name for name in files if (ROOT / name).exists()], f"{number[2:]}."
    named = sorted((ROOT / "tests").glob(f"**/test_{path.stem}*.py"))
    files = named or tests_that_import({path.stem}) or tests_that_import(users(path.stem))
    names = [file.relative_to(ROOT).as_posix() for file in files]
    return [name for name in names if not OUTSIDE.match(name)] + [f"course_lib/{module}"], ""


def tests_that_import(words):
    """Return the test files that import one of the modules or names."""
    return [file for file in sorted((ROOT / "tests").glob("**/test_*.py"))
            if imported(file) & words]


def users(word):
    """Return the names of the library's modules that import a module or name."""
    return {file.stem for file in (ROOT / "course_lib").glob("**/*.py")
            if word in imported(file) and file.stem != "__init__"}


def imported(file):
    """Return the last words of what a file imports: modules, and the names taken from them."""
    words = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names]
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            words |= {name.rsplit(".", 1)[-1] for name in names}
    return words


class Workbench:
    """A copy of the repository in which one module is changed and tested, again and again."""

    def __init__(self, module):
        if "course_lib" in sys.modules:  # a fork would have the library as it is, not as changed
            raise RuntimeError("a workbench needs a process that has not imported course_lib")
        self.folder = Path(tempfile.mkdtemp(prefix="mutants-"))
        for name in COPIED:
            here = ROOT / name
            if here.is_dir():
                shutil.copytree(here, self.folder / name,
                                ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(here, self.folder / name)
        (self.folder / "notebooks").symlink_to(ROOT / "notebooks")
        self.file = self.folder / "course_lib" / module
        self.source = self.file.read_text(encoding="utf-8")
        files, words = own_tests(module)
        self.arguments = [*OPTIONS, *(["-k", words] if words else []), *files]
        began = time.monotonic()
        if self.passes(600.0) is not True:
            raise RuntimeError(f"the tests of {module} do not pass as they are: {' '.join(files)}")
        self.limit = max(LEAST_LIMIT, 4 * (time.monotonic() - began))

    def notices(self, change):
        """Return whether the module's tests fail, or never end, with the change in place."""
        changed = self.source[:change.start] + change.after + self.source[change.stop:]
        self.file.write_text(changed, encoding="utf-8")
        try:
            return self.passes(self.limit) is not True
        finally:
            self.file.write_text(self.source, encoding="utf-8")

    def passes(self, limit):
        """Return whether the tests pass within `limit` seconds, in a fork of this process."""
        child = os.fork()
        if child == 0:
            self.run_tests()
        end = time.monotonic() + limit
        while time.monotonic() < end:
            done, status = os.waitpid(child, os.WNOHANG)
            if done:
                return status == 0
            time.sleep(0.02)
        os.killpg(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return False

    def run_tests(self):
        """Run pytest in this process, quietly, and end the process with its verdict."""
        os.setpgid(0, 0)
        os.chdir(self.folder)
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        places = [str(self.folder), str(self.folder / "tests"), str(self.folder / "tools")]
        os.environ["PYTHONPATH"] = os.pathsep.join(places)  # for processes that tests start
        os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
        sys.dont_write_bytecode = True
        sys.path[:0] = places
        code = 1
        try:
            import pytest

            code = int(pytest.main(self.arguments))
        finally:
            os._exit(code)

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)


def load_libraries():
    """Import what most tests import, once, before the first fork; nothing of the course."""
    import hypothesis
    import numpy
    import pytest
    import scipy.optimize

    return hypothesis, numpy, pytest, scipy
