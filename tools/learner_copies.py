"""The learner's own copies of the notebooks: the folder my/, which git does not see.

    python tools/learner_copies.py           # writes the copies that are not there yet
    python tools/learner_copies.py lab       # does that, then opens the first one in JupyterLab
    python tools/learner_copies.py update    # fetches the newest version, keeps what you wrote

`lab` hands further words on to JupyterLab. `update` runs git pull, the set-up, and `merge`, which
brings the new versions into the copies and is a command of its own only because the first two may
replace this file and its Python. This file, setup_env.py and learner/newest.py are read by that
Python, whichever it is; the rest needs the course's own.
"""
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import setup_env
from learner import newest

ROOT = Path(__file__).resolve().parent.parent
COMMANDS = ("lab", "update", "merge")


def tell(sentences):
    """Print sentences, each on a line."""
    for sentence in sentences:
        print(sentence, flush=True)


def write(root=ROOT):
    """Write the copies that are not there yet."""
    from learner import folder
    tell([*folder.write_missing(root), *folder.outdated(root)])


def merge(root=ROOT):
    """Bring the course's present version into the copies."""
    from learner import folder
    tell(folder.update(root))


def lab(flags, root=ROOT):
    """Write missing copies, and become a JupyterLab that shows the first one."""
    if find_spec("jupyterlab") is None:
        sys.exit("JupyterLab is not in this Python: run `make lab`, or python tools/setup_env.py"
                 " and what it prints.")
    import runpy

    from learner import folder
    write(root)
    first = folder.course(root)[0]
    as_root = ["--allow-root"] if getattr(os, "geteuid", lambda: 1)() == 0 else []  # in a container
    sys.argv = ["jupyter-lab", *as_root, f"--ServerApp.root_dir={root}",
                f"--LabApp.default_url=/lab/tree/my/{first}", *flags]
    runpy.run_module("jupyterlab", run_name="__main__")


def update(root=ROOT):
    """Fetch the newest version, set up what it needs, and merge; return the exit code."""
    tell([newest.pull(root)])
    python = getattr(sys, "_base_executable", None) or sys.executable
    failed = subprocess.call([python, str(root / "tools" / "setup_env.py")])
    python = sys.executable if failed else str(setup_env.VENV_PYTHON)
    return subprocess.call([python, __file__, "merge"]) or failed


def main(arguments):
    """Do what was asked; return the exit code."""
    if arguments[:1] == ["lab"]:
        return lab(arguments[1:])
    if arguments not in ([], ["update"], ["merge"]):
        sys.exit("learner_copies.py was given {}; it accepts nothing, or one of the words lab and"
                 " update.".format(" ".join(arguments)))
    return {"update": update, "merge": merge, "": write}[" ".join(arguments)]()


if __name__ == "__main__":
    sys.path.append(str(ROOT))  # for course_lib, in a Python where it is not installed
    try:
        sys.exit(main(sys.argv[1:]))
    except OSError as error:
        sys.exit(f"{error}.")
    except KeyboardInterrupt:
        sys.exit("Interrupted: run the same command again.")
