"""The saved results of the experiments: a file each, made by the script of the same name in the
folder experiments/.

Notebooks: 09, 21, 22, 25, 27, 28, 31, 32, 33, 34.
"""
import json
from pathlib import Path

FOLDER = Path(__file__).parent


def results_path(name):
    """Return the path of the saved result `name`, such as 'mnist_runs', whether or not it is there
    yet.
    """
    return FOLDER / f"{name}.json"


def load_results(name):
    """Return the saved result `name` as the dict that its script wrote.

    Raises ValueError if there is none of that name.

    >>> load_results("batch_size")["target"]
    0.2
    """
    path = results_path(name)
    if not path.exists():
        known = ", ".join(sorted(p.stem for p in FOLDER.glob("*.json")))
        raise ValueError(f"there is no saved result {name!r}; there are {known}")
    return json.loads(path.read_text(encoding="utf-8"))
