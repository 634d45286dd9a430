"""How the tests are spread over processes, and the lines that tests add to the summary."""
import pytest


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
