"""Change each library module in small ways, and count the changes that its own tests notice.

    python -m tools.mutants [module ...] [--sample N] [--jobs N]

A module is a path in course_lib, such as optimizers/rules.py; without one, all are tried. The
results stand in tests/mutation_scores.json, written after each module, so that a stopped run goes
on where it was. A change that cannot make a difference is named in tests/mutation_equivalents.toml,
with the reason.
"""
import argparse
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context

from tqdm import tqdm

from tools.mutants.scores import digest, equivalents, keep, modules, saved, score


def wanted(names, sample):
    """Return the modules to try: those named, or all without a result as large for this source."""
    unknown = sorted(set(names) - set(modules()))
    if unknown:
        raise SystemExit(f"no such module: {', '.join(unknown)}; a module is a path in course_lib")
    results = saved()

    def missing(module):
        entry = results.get(module, {})
        tried, number = entry.get("tried", -1), entry.get("of", 0)
        return entry.get("source") != digest(module) or tried < min(sample or number, number)

    return names or [module for module in modules() if missing(module)]


def tell(results):
    """Print each module's score and its survivors that nobody has explained."""
    explained, killed, tried = equivalents(), 0, 0
    for module, entry in results.items():
        holes = [name for name in entry["survived"] if (module, name) not in explained]
        same = len(entry["survived"]) - len(holes)
        good = entry["tried"] - len(entry["survived"])
        killed, tried = killed + good, tried + entry["tried"] - same
        stale = "" if digest(module) == entry["source"] else " (of an older source)"
        print(f"{module}: {good} of {entry['tried'] - same} noticed{stale}")
        for name in holes:
            print(f"    survived: {name}")
    print(f"in all: {killed} of {tried} noticed")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("modules", nargs="*", help="paths in course_lib")
    parser.add_argument("--sample", type=int, default=0, help="changes a module; 0: all of them")
    parser.add_argument("--jobs", type=int, default=2, help="modules at a time")
    given = parser.parse_args()
    names = wanted(given.modules, given.sample)
    pool = ProcessPoolExecutor(given.jobs, mp_context=get_context("spawn"), max_tasks_per_child=1)
    with pool, tqdm(total=len(names), unit="module") as bar:
        runs = {pool.submit(score, name, given.sample): name for name in names}
        for run in as_completed(runs):
            if run.exception():
                tqdm.write(f"{runs[run]}: {run.exception()}")
            else:
                keep(runs[run], run.result())
            bar.update()
    tell({module: entry for module, entry in saved().items() if module in (names or modules())})


if __name__ == "__main__":
    main()
