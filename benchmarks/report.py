"""Turn the numbers of results.json into the page RESULTS.md."""


def digits(x):
    """Return x with two significant digits, or three from 100 on, and never in powers of ten.

    >>> digits(0.0123), digits(3.14159), digits(1234.5)
    ('0.012', '3.1', '1230')
    """
    rounded = float(f"{x:.{3 if x >= 100 else 2}g}")
    return f"{rounded:.0f}" if rounded >= 10 else f"{rounded:.10f}".rstrip("0").rstrip(".")


def times(rows, unit=1.0, name="s"):
    """Yield a table of medians and ratios, fastest first."""
    yield f"| | median, {name} | ratio | middle half of the rounds |"
    yield "|---|---|---|---|"
    for label, row in sorted(rows.items(), key=lambda item: item[1]["seconds"]):
        middle, lower, upper = (digits(x) for x in row["ratio"])
        yield f"| {label} | {digits(row['seconds'] * unit)} | {middle} | {lower} – {upper} |"


def _epoch(rows):
    yield "## One epoch of MNIST\n"
    yield (
        "784-128-128-10, 55 000 images, batches of 128, Adam. Ratio: to the time of course_lib in "
        "the same round.\n"
    )
    yield from times(rows)


def _step(rows):
    yield "## One optimizer step\n"
    yield (
        "Float32. Ratios: divided by the time of the row whose ratio is 1, in the same round: "
        "course_lib as `train`\n"
        "applies the rule or, in older measurements, block-wise. *Copying alone* moves as many "
        "bytes as the step must\n"
        "at the least, on one thread. The compiled rule is given each gradient as a NumPy array, "
        "which has to be copied."
    )
    for label, part in rows.items():
        name, n = label.split(", ")
        yield f"\n**{name}, {float(n):,.0f} weights**\n"
        yield from times(part, 1e3, "ms")


def _landscape(rows):
    yield "## 10 000 runs of 500 steps on a landscape\n"
    yield from times(rows)


def _memory(rows):
    yield "## Peak memory of two epochs\n"
    yield "| | whole process, MB | beyond the data, which all load alike, MB |"
    yield "|---|---|---|"
    for label, row in sorted(rows.items(), key=lambda item: item[1]["peak"]):
        beyond = digits(row["training"]) if row["training"] > 1 else "below 1"
        yield f"| {label} | {digits(row['peak'])} | {beyond} |"


def _growth(rows):
    yield "## How cost grows\n"
    yield (
        "Two hidden layers of the width given, 100 batches of 128; time divided by that of "
        "course_lib.\n"
    )
    yield from _grid(rows["width"], "width")
    yield "\nOne step of Adam; time divided by that of course_lib, as `train` applies the rule.\n"
    yield from _grid(rows["size"], "weights")


def _grid(table, unit):
    labels = list(next(iter(table.values())))
    yield f"| | {' | '.join(f'{int(column):,} {unit}' for column in table)} |"
    yield "|---" * (len(table) + 1) + "|"
    for label in labels:
        ratios = (digits(column[label]["ratio"][0]) for column in table.values())
        yield f"| {label} | {' | '.join(ratios)} |"


def _sweep(rows):
    (_, one), (label, many) = rows.items()
    cores = int(label.split()[0])
    yield "## A sweep\n"
    yield (
        f"Eight training runs take {digits(one['seconds'])} s in one process and "
        f"{digits(many['seconds'])} s in {label}:\n"
        f"{1 / (cores * many['ratio'][0]):.0%} of what {cores} times one core would do."
    )


def _course(rows):
    yield "## The whole course\n"
    yield "| | s |"
    yield "|---|---|"
    for label, seconds in rows.items():
        yield f"| {label} | {digits(seconds)} |"


def _tests(rows):
    for label, seconds in rows.items():
        yield f"`{label}` takes {digits(seconds)} s."


PARTS = {
    "epoch": _epoch,
    "step": _step,
    "landscape": _landscape,
    "memory": _memory,
    "growth": _growth,
    "sweep": _sweep,
    "course": _course,
    "tests": _tests,
}


def page(results):
    """Return the page, as Markdown."""
    machine = results["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    lines = [
        "# Side-by-side timings",
        "",
        "Made by `make bench`, which writes this page; what is compared and how is in the modules "
        "beside it. Each",
        "row was measured in one process, the contestants in turn, one after the other, round by "
        "round: the median of",
        f"{machine['rounds']} rounds (7 for the landscape) after one that does not count. Ratios "
        "travel from machine",
        "to machine better than seconds do.",
        "",
        f"{machine['processor']}, {machine['cores']} cores, {machine['system']}, Python "
        f"{machine['python']},",
        f"{versions}.",
        "course_lib and the bare matrix products use one core for small products and all for "
        "large ones; the others",
        "use as many threads as they like, unless a row says otherwise.",
        "",
    ]
    for name, part in PARTS.items():
        if name in results:
            lines += [*part(results[name]), ""]
    return "\n".join(lines)
