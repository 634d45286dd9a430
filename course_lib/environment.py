"""Say in one sentence what is wrong with the Python, the packages or the settings that a notebook
runs on.

A kernel that cannot run the course ends the first cell with that sentence and no traceback; what
only changes what one sees is printed, or set right.

Notebooks: none directly.
"""
import functools
import os
import sys
from importlib import metadata
from importlib.util import find_spec

# the runtime packages and the oldest versions of them that pyproject.toml allows
NEEDED = {"numpy": "2.3", "matplotlib": "3.11", "scipy": "1.15", "scikit-learn": "1.7",
          "joblib": "1.4", "threadpoolctl": "3.6", "tqdm": "4.67", "filelock": "3.18",
          "platformdirs": "4.3", "pooch": "1.8.2"}
MODULES = {"scikit-learn": "sklearn"}  # where a package's module has another name
SHOWN = ("inline", "ipympl", "nbagg", "widget")  # words in matplotlib's names for a notebook
INSTEAD = ("choose another kernel: in JupyterLab one that `make lab` opened, in VS Code the Python"
           " of the folder .venv")


class WrongKernel(ImportError):
    """A Python that cannot run the course; a notebook shows the sentence alone."""

    def _render_traceback_(self):  # IPython asks for this in place of a traceback
        return [str(self)]


@functools.cache
def look_around():
    """Print a sentence for each thing that changes what the course prints or shows.

    Raises WrongKernel where a package is missing, hidden by a file, or the Python is too old.
    """
    fault = wrong_python() or hidden() or missing()
    if fault:
        raise WrongKernel(fault)
    in_notebook = "ipykernel" in sys.modules
    for sentence in (too_old(), in_notebook and no_asserts(), in_notebook and show_figures()):
        if sentence:
            print(sentence)


def wrong_python(version=sys.version_info):
    """Return a sentence if this Python is older than 3.11, else None."""
    if tuple(version[:2]) < (3, 11):
        return (f"This kernel runs Python {version[0]}.{version[1]}, and the course needs 3.11 or"
                f" newer: {INSTEAD}.")


def hidden(folder=None):
    """Return a sentence if a file in the folder that the kernel runs in has the name of a package
    that the course needs, else None.
    """
    for name in map(module_of, NEEDED):
        path = os.path.join(folder or os.getcwd(), name + ".py")
        if os.path.exists(path):
            return (f"The file {name}.py beside this notebook hides the package {name}: give the"
                    " file another name and restart the kernel.")


def missing():
    """Return a sentence that names the packages that are not installed, or None."""
    names = [name for name in NEEDED if find_spec(module_of(name)) is None]
    if names:
        return f"This kernel's Python lacks {', '.join(names)}: {INSTEAD}."


def too_old():
    """Return a sentence that names the packages older than the course asks for, or None."""
    found = {name: installed(name) for name in NEEDED}
    old = [f"{name} {found[name]} (the course: {floor} or newer)" for name, floor in NEEDED.items()
           if found[name] and numbers(found[name]) < numbers(floor)]
    if old:
        return f"Older than the course was written for: {', '.join(old)}; some cells may differ."


def no_asserts(optimize=sys.flags.optimize):
    """Return a sentence if Python leaves out every `assert`, else None."""
    if optimize:
        return ("This Python was started with -O or PYTHONOPTIMIZE and skips every `assert`: unset"
                " it and start Jupyter again.")


def show_figures():
    """Make figures appear in the notebook if matplotlib would not show them there; return a
    sentence if that was so, else None.
    """
    import matplotlib
    from IPython import get_ipython

    backend = matplotlib.get_backend()
    if get_ipython() is None or any(word in backend.lower() for word in SHOWN):
        return None
    get_ipython().run_line_magic("matplotlib", "inline")
    return f"matplotlib was set to {backend!r}, which shows no figure here: it is set to inline."


def module_of(name):
    """Return the name by which a package is imported."""
    return MODULES.get(name, name)


def installed(name):
    """Return the version of an installed package, or None if it does not say."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def numbers(version):
    """Return the leading whole numbers of a version.

    >>> numbers("2.13.0rc1+cpu")
    (2, 13)
    """
    found = []
    for part in version.split("."):
        if not part.isdigit():
            break
        found.append(int(part))
    return tuple(found)
