"""Build notebooks from their sources where something changed, sync them back, or write solved ones.
"""
import argparse
import functools
import hashlib
import json
import sys
from pathlib import Path

import nbformat

from course_lib.files import write_whole
from tools.notebooks.run import BuildError, execute, inspect, machine_path, slim
from tools.notebooks.source import (
    SourceError,
    built_from,
    digest,
    learner_notebook,
    skeleton,
    solved_notebook,
)
from tools.notebooks.standards import report, write_pending
from tools.notebooks.sync import bring_back

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "notebooks"
LIBRARY = ROOT / "course_lib"
LOCK = ROOT / "requirements.lock"


def sources(folder, wanted=()):
    """Return the paths of the sources whose names begin with one of `wanted`, or of all if that is
    empty.
    """
    paths = sorted((folder / "src").glob("[0-9][0-9]_*.py"))
    for start in wanted:
        if not any(path.stem.startswith(start) for path in paths):
            raise BuildError(
                f"no notebook begins with {start!r}; there are {[path.stem for path in paths]}"
            )
    return [path for path in paths if not wanted or path.stem.startswith(tuple(wanted))]


def target(path):
    """Return the path of the notebook that is built from this source."""
    return path.parents[1] / f"{path.stem}.ipynb"


def record_path(path):
    """Return the path of the record of builds."""
    return path.parents[2] / ".build" / "notebooks.json"


def as_text(notebook):
    """Return the notebook's file contents."""
    return nbformat.writes(notebook, version=4) + "\n"


@functools.cache
def mnist_name():
    """Return 'mnist', or 'digits' where the real images are not there."""
    from course_lib.data.datasets import load_mnist
    return load_mnist().name


def state(path):
    """Return the digest of all that a notebook's outputs come from: its source, course_lib with its
    style, facts and saved results, and the lock that says which versions run it.
    """
    library = [p for p in LIBRARY.rglob("*") if p.suffix in {".py", ".mplstyle", ".toml", ".json"}]
    parts = [path, *sorted(library), *(p for p in [LOCK] if p.exists())]
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.name.encode() + part.read_bytes())
    return digest.hexdigest()[:16]


def read_record(path):
    """Return for each notebook built here the state that it was built from."""
    file = record_path(path)
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


def read_notebook(path):
    """Return the notebook in this file, or None if there is no readable one."""
    try:
        return nbformat.read(path, as_version=4)
    except (FileNotFoundError, nbformat.reader.NotJSONError):
        return None


def build(path, *, everything=False, force=False):
    """Build one source's notebook where it is not up to date; return what was done."""
    text, now, record = path.read_text(encoding="utf-8"), state(path), read_record(path)
    fresh, old = learner_notebook(text), read_notebook(target(path))
    same = old is not None and skeleton(old) == skeleton(fresh)
    up_to_date = same and not everything and record.get(path.stem, now) == now
    if not up_to_date:
        if old is not None and not same and digest(old.cells) != built_from(old) and not force:
            raise BuildError("the notebook was edited: `sync` brings the edits into the source, "
                             "`build --force` drops them")
        if "load_mnist" in text and mnist_name() != "mnist":
            raise BuildError(
                "it needs the real MNIST images: set COURSE_MNIST to an mnist.npz with them"
            )
        execute(fresh, target(path).parent)
        inspect(fresh, machine_path)
        slim(fresh)
        write_whole(target(path), as_text(fresh))
    write_whole(record_path(path), json.dumps(record | {path.stem: now}, indent=1))
    return "up to date" if up_to_date else "built"


def sync(path):
    """Bring one notebook's edits back into its source; return what was done."""
    notebook, text = read_notebook(target(path)), path.read_text(encoding="utf-8")
    if notebook is None:
        raise BuildError("there is no notebook to bring back: build it first")
    before = as_text(notebook)
    new, refused = bring_back(text, notebook)
    if as_text(notebook) != before:
        write_whole(path, new)
        write_whole(target(path), as_text(notebook))
    done = "nothing to bring back" if new == text else "brought back into the source"
    return "\n  not taken: ".join([done, *refused])


def solved(path, out):
    """Write one solved notebook into the folder `out`; return what was done."""
    write_whole(out / target(path).name, as_text(solved_notebook(path.read_text(encoding="utf-8"))))
    return f"written to {out}"


def standards(path):
    """Count what one notebook holds beside the standards of one lecture; return that and its
    breaches.
    """
    return report(path)


def main(arguments, folder=FOLDER):
    """Run one command on the wanted notebooks, print a sentence for each, and return the exit code.
    """
    parser = argparse.ArgumentParser(description="Build, sync, solve or measure the notebooks.")
    commands = parser.add_subparsers(required=True)
    for action in (build, sync, solved, standards):
        command = commands.add_parser(action.__name__, help=action.__doc__.split(";")[0])
        command.add_argument(
            "wanted", nargs="*", metavar="NN", help="which notebooks (default: all)"
        )
        command.set_defaults(action=action)
        if action is build:
            command.add_argument(
                "--all", action="store_true", dest="everything", help="rebuild all"
            )
            command.add_argument(
                "--force", action="store_true", help="drop edits made in the notebooks"
            )
        if action is standards:
            command.add_argument(
                "--pending", action="store_true", help="take off the list those that break no rule"
            )
        if action is solved:
            command.add_argument(
                "-o", dest="out", type=Path, required=True, help="the folder to write to"
            )
    given = vars(parser.parse_args(arguments))
    action, wanted, failed = given.pop("action"), given.pop("wanted"), False
    try:
        paths = sources(folder, wanted)
    except BuildError as error:
        parser.error(str(error))
    if given.pop("pending", False):
        print(write_pending(sources(folder)))
        return 0
    for path in paths:
        try:
            print(f"{path.stem}: {action(path, **given)}", flush=True)
        except (BuildError, SourceError) as error:
            print(f"{path.stem}: {error}", file=sys.stderr, flush=True)
            failed = True
    return int(failed)
