"""Run every claim of experiments/claims on its fresh seeds and write the ledger,
course_lib/data/evidence.json.

    python -m experiments.evidence [--jobs N] [name ...]     a second call runs only what is new

A claim whose protocol has changed must have new seeds: the old ones have been seen. Code that was
only written anew may keep them if it gives the same settings and the same number for every seed.
"""
import argparse
import importlib
import json
import math
import os
import pkgutil
from pathlib import Path

from course_lib.data import load_results, results_path
from course_lib.experiments.claims import claims_in, protocol
from course_lib.experiments.harness import sweep
from course_lib.experiments.ledger import judged, row
from course_lib.files import write_whole
from experiments import claims

COMMAND = "python -m experiments.evidence"
KEPT = (
    Path(__file__).resolve().parents[1] / ".build" / "evidence"
)  # the runs of a claim, until it is complete
DECLARED = ("side", "n", "first_seed", "margin", "family")


def declared():
    """Return {name: Claim} of all modules in experiments/claims."""
    names = sorted(info.name for info in pkgutil.iter_modules(claims.__path__))
    return claims_in([importlib.import_module(f"experiments.claims.{name}") for name in names])


def known_rows():
    """Return {name: row} of the ledger as it is."""
    if not results_path("evidence").exists():
        return {}
    return {r["name"]: r for r in load_results("evidence")["rows"]}


def measure(name, seed, settings):
    """Run one seed of one claim."""
    return {"value": float(f"{declared()[name].measure(seed, **settings):.6g}")}


def up_to_date(made, old):
    """Return whether a claim's row is that of its present protocol."""
    return old is not None and old["protocol"] == protocol(made)


def were_seen(made, old):
    """Return whether a claim would use seeds that its row has used already."""
    return (
        old is not None
        and made.first_seed < old["first_seed"] + old["n"]
        and old["first_seed"] < made.first_seed + made.n
    )


def has_same_numbers(new, old):
    """Return whether two rows have the same settings and the same number for every seed."""
    pairs = list(zip(numbers_of(new), numbers_of(old), strict=False))
    return len(numbers_of(new)) == len(numbers_of(old)) and all(
        math.isclose(a, b, rel_tol=1e-3, abs_tol=1e-4) for a, b in pairs
    )


def numbers_of(r):
    """Return the settings that are numbers, and the values, of a row."""
    settings = [value for value in r["tuned"].values() if isinstance(value, (int, float))]
    return settings + r["values"]


def refuse(made, old):
    """Raise SystemExit: the seeds of a row were seen before its claim became another one."""
    last = old["first_seed"] + old["n"] - 1
    raise SystemExit(
        f"{made.name}: its protocol has changed since the seeds {old['first_seed']} to {last} "
        f"were seen: declare a first_seed above {last}"
    )


def renewed(made, old, n_jobs):
    """Return the row of a claim whose protocol is not that of its old row, or which has none.

    Seeds that the old row has used may be used again only where the declaration is the same and
    every number comes out as before: then the code was merely written anew.
    """
    seen = were_seen(made, old)
    if seen and any(getattr(made, key) != old[key] for key in DECLARED):
        refuse(made, old)
    new = complete(made, n_jobs)
    if not seen:
        return new
    if not has_same_numbers(new, old):
        refuse(made, old)
    return old | {key: new[key] for key in ("tuned", "protocol")}


def complete(made, n_jobs):
    """Run what is missing of a claim and return its row."""
    print(f"{made.notebook} {made.name}", flush=True)
    settings = {} if made.tuned is None else made.tuned()
    digest = protocol(made)
    path = KEPT / f"{made.name}-{digest}.jsonl"
    jobs = [{"name": made.name, "seed": seed, "settings": settings} for seed in made.seeds]
    results = sweep(path, {"claim": made.name, "protocol": digest}, jobs, measure, n_jobs=n_jobs)
    return row(made, [result["value"] for result in results], settings)


def described(made, old):
    """Return the row of a claim that was measured, with the words that it has now."""
    return old | {
        "notebook": made.notebook,
        "statement": made.statement,
        "unit": made.unit,
        "varied": made.varied,
    }


def main(arguments=None):
    """Run the claims named, or all; write the ledger after each of them."""
    parser = argparse.ArgumentParser(description="Run the claims and write the ledger.")
    parser.add_argument("names", nargs="*", help="which claims (default: all)")
    parser.add_argument(
        "--jobs", type=int, default=os.cpu_count(), help="processes (default: all cores)"
    )
    given = parser.parse_args(arguments)
    made, rows = declared(), known_rows()
    if unknown := [name for name in given.names if name not in made]:
        parser.error(f"no claim is called {unknown[0]!r}; there are {', '.join(made)}")
    rows = {name: described(made[name], old) for name, old in rows.items() if name in made}
    for name in given.names or made:
        if not up_to_date(made[name], rows.get(name)):
            rows[name] = renewed(made[name], rows.get(name), given.jobs)
        ordered = judged([rows[name] for name in made if name in rows])
        text = ",\n".join(json.dumps(r) for r in ordered)
        write_whole(
            results_path("evidence"), f'{{"command": "{COMMAND}",\n"rows": [\n{text}\n]}}\n'
        )
    for r in judged([rows[name] for name in made if name in rows]):
        print(
            f"{r['notebook']} {r['verdict']:10} {r['mean']:9.3g} "
            f"[{r['low']:.3g}, {r['high']:.3g}] {r['name']}"
        )


if __name__ == "__main__":
    main()
