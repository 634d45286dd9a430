"""How notebooks are tested: without bars, with a progress file of their own, without a learner's
copies.

Without the real MNIST, notebooks that load it run, but what they print is not compared.
"""
import os
import tempfile
import warnings

import pytest

collect_ignore_glob = ["my_*"]  # a learner's own copies
os.environ["TQDM_DISABLE"] = "1"
os.environ["COURSE_PROGRESS"] = os.path.join(tempfile.gettempdir(),
                                             f"course-progress-{os.getpid()}.json")


def pytest_collection_modifyitems(items):
    """Without the real MNIST, let nbval run the notebooks on it and compare nothing, and say so."""
    cells = [item for item in items if hasattr(item, "cell")]
    on_mnist = [item for item in cells if "load_mnist" in str(item.parent.nb.cells)]
    if not on_mnist or has_mnist():
        return
    for item in on_mnist:
        item.options["check"] = False
    names = ", ".join(sorted({item.path.name for item in on_mnist}))
    sentence = (
        f"without the real MNIST, {names} ran but its outputs were not compared: set COURSE_MNIST"
    )
    warnings.warn(pytest.PytestWarning(sentence), stacklevel=1)


def has_mnist():
    """Return False if there are only the digits; the cells report a bad $COURSE_MNIST."""
    from course_lib.data.datasets import load_mnist
    try:
        return load_mnist().name == "mnist"
    except (OSError, ValueError):
        return True
