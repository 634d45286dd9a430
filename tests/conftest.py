"""How the tests are spread over processes, and the lines that tests add to the summary."""
import functools
from pathlib import Path

import pytest

SLOW = ("load_mnist", "tensorflow", "keras")  # words of a notebook that takes long


@functools.cache
def weight(name):
    """Return 0 for a notebook that takes long, 1 for another one, 2 for no notebook."""
    source = Path(__file__).parents[1] / "notebooks" / "src" / f"{name}.py"
    if not source.exists():
        return 2
    return 0 if any(word in source.read_text(encoding="utf-8") for word in SLOW) else 1


def order(item):
    """Return the weight of a test; its notebook is its file, or its parameter in test_solved.py."""
    solved = "test_solved.py" in item.nodeid and getattr(item, "callspec", None)
    return weight(item.callspec.id.split("-")[0] if solved else item.path.stem)


def pytest_collection_modifyitems(items):
    """Begin with what takes longest, so that no process is left alone with it at the end."""
    items.sort(key=order)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Give each solved notebook and each answer to an exercise to whichever process is free; keep
    other modules together.
    """
    from xdist.scheduler import LoadScopeScheduling

    class Scheduler(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            alone = "test_solved.py::" in nodeid or "test_checks.py::" in nodeid
            return nodeid if alone else super()._split_scope(nodeid)

    return Scheduler(config, log)


def pytest_terminal_summary(terminalreporter):
    """Print the score of the oracle, if it ran."""
    for report in [
        *terminalreporter.stats.get("passed", []),
        *terminalreporter.stats.get("failed", []),
    ]:
        for name, value in report.user_properties:
            if name == "oracle":
                terminalreporter.write_line(value)
