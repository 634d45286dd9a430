"""Which changes of a module its tests notice, and the file that keeps the answer."""
import hashlib
import json
import random
import tomllib

from tools.mutants.small_changes import small_changes
from tools.mutants.trial import ROOT, Workbench, load_libraries

SCORES = ROOT / "tests" / "mutation_scores.json"
EQUIVALENTS = ROOT / "tests" / "mutation_equivalents.toml"
SEED = 0


def modules():
    """Return the library's modules, as paths in course_lib."""
    files = (ROOT / "course_lib").glob("**/*.py")
    return sorted(file.relative_to(ROOT / "course_lib").as_posix() for file in files
                  if file.name != "__init__.py")


def digest(module):
    """Return a short fingerprint of a module's source."""
    text = (ROOT / "course_lib" / module).read_bytes()
    return hashlib.sha256(text).hexdigest()[:12]


def saved():
    """Return the scores so far: module -> {source, of, tried, survived}."""
    return json.loads(SCORES.read_text(encoding="utf-8")) if SCORES.exists() else {}


def equivalents():
    """Return {(module, change's name)} of the changes that make no difference."""
    listed = tomllib.loads(EQUIVALENTS.read_text(encoding="utf-8"))["equivalent"]
    return {(one["module"], one["change"]) for one in listed}


def chosen(module, sample):
    """Return (number of a module's changes, the changes to try): `sample` of them, or all."""
    source = (ROOT / "course_lib" / module).read_text(encoding="utf-8")
    changes = small_changes(source)
    if sample and sample < len(changes):
        return len(changes), sorted(random.Random(f"{SEED} {module}").sample(changes, sample))
    return len(changes), changes


def score(module, sample):
    """Return a module's entry: which of its changes no test noticed."""
    number, changes = chosen(module, sample)
    entry = {"source": digest(module), "of": number, "tried": len(changes), "survived": []}
    if not changes:
        return entry
    load_libraries()
    bench = Workbench(module)
    try:
        entry["survived"] = [change.name for change in changes if not bench.notices(change)]
    finally:
        bench.close()
    return entry


def keep(module, entry):
    """Write a module's entry into the file, and drop those of modules that are gone."""
    from course_lib.files import write_whole

    results = {**saved(), module: entry}
    known = {name: results[name] for name in modules() if name in results}
    write_whole(SCORES, json.dumps(known, indent=1) + "\n")
