"""Draw the figures of the README and the map of notebook 00: `make figures` writes each into
figures/ and prints the numbers it shows.

The race: six update rules on Beale's function. Each rule has its own learning rate, the one whose
slowest run over 20 starts settles first; the run drawn begins at a fresh start that took no part in
the choice. The cost: what `make bench` measured last, read from benchmarks/results.json; drawing it
measures nothing.
"""
import io
import json
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from course_map import draw_map
from PIL import Image

from course_lib.files import write_whole
from course_lib.landscapes.functions import BEALE
from course_lib.optimizers.descent import minimize, settled
from course_lib.plotting import contours, look, path

FOLDER = Path(__file__).parent
RACERS = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam")
TARGET = 1e-3
START, SPREAD = np.array([0.5, 1.2]), 0.1
RATES = np.geomspace(1e-4, 10, 41)
N_STEPS = 1000


def tune(name, starts):
    """Return (rate, steps): the rate of RATES whose slowest run over `starts` (k, 2) settles first,
    and that run's steps.
    """
    w, lr = np.repeat(starts, len(RATES), axis=0), np.tile(RATES, len(starts))[:, None]
    run = minimize(BEALE, w, name, lr=lr, n_steps=N_STEPS, keep_path=False)
    slowest = settled(run.loss, TARGET).reshape(len(starts), len(RATES)).max(axis=0)
    return float(RATES[slowest.argmin()]), float(slowest.min())


def race():
    """Return {name: (rate, Run)} of the race, from one fresh start."""
    rng = np.random.default_rng(0)
    starts = START + SPREAD * rng.standard_normal((21, 2))
    rates = {name: tune(name, starts[:20])[0] for name in RACERS}
    return {
        name: (lr, minimize(BEALE, starts[20], name, lr=lr, n_steps=N_STEPS))
        for name, lr in rates.items()
    }


def draw_race(runs):
    """Return the figure: paths on the left, loss against step on the right."""
    fig, (left, right) = plt.subplots(1, 2, figsize=(12, 4.8), width_ratios=[1.15, 1])
    contours(left, BEALE, window=((-2.3, 4.2), (-1.2, 1.9)), log=True, levels=22)
    steps = {name: int(settled(run.loss, TARGET)) for name, (_, run) in runs.items()}
    order = sorted(steps, key=steps.get)
    for name in sorted(runs, key=steps.get, reverse=True):
        run = runs[name][1]
        path(left, run.w[:steps[name] + 1], name, linewidth=2, markersize=6)
    left.plot(*BEALE.minima[0], "*", color="0.25", markersize=15)
    for name in order:
        lr, run = runs[name]
        shown = run.loss[:steps[name] + 1]
        right.loglog(
            np.arange(1, len(shown) + 1),
            shown,
            **look(name, label=f"{name}, {steps[name]} steps (lr {lr:.2g})"),
        )
    right.axhline(TARGET, color="0.6", linewidth=1)
    right.set(xlabel="step + 1", ylabel="loss", ylim=(1e-8, None))
    right.legend(title="settled below 0.001 after", alignment="left", loc="lower left")
    left.set_title("One start, each rule at its own best rate")
    right.set_title(
        f"{order[0]} settles in {steps[order[0]]} steps, {order[-1]} in {steps[order[-1]]}"
    )
    return fig


CURVES = {  # colour, marker, line; green is this course
    "course_lib": ("#009e73", "o", "-"), "course_lib, compiled": ("#009e73", "v", "-."),
    "course_lib, plain": ("#009e73", "s", ":"), "Keras fit, as it comes": ("#000000", "^", "--"),
    "PyTorch eager": ("0.45", "D", "-."), "PyTorch, default, 1 thread": ("0.45", "D", "-."),
    "matrix products alone": ("0.7", None, "-"), "copying alone": ("0.7", None, "-"),
}


def draw_cost(growth):
    """Return the figure: a batch against the width on the left, a step of Adam against its weights
    on the right.
    """
    fig, axes = plt.subplots(1, 2, figsize=(12, 4.8))
    for ax, table, unit in ((axes[0], growth["width"], 1e3 / 100), (axes[1], growth["size"], 1e3)):
        x = [int(column) for column in table]
        for name, (color, marker, line) in CURVES.items():
            if all(name in column for column in table.values()):
                y = [unit * column[name]["seconds"] for column in table.values()]
                ax.loglog(
                    x, y, color=color, marker=marker, linestyle=line, label=name, markersize=8
                )
        ax.legend()
    widest, largest = list(growth["width"].values())[-1], list(growth["size"].values())[-1]
    share, widths = (
        widest["matrix products alone"]["ratio"][0],
        [int(width) for width in growth["width"]],
    )
    axes[0].set(
        xlabel="units in each of two hidden layers",
        ylabel="ms per batch of 128",
        xticks=widths,
        title=f"{widths[-1]} units: {share:.0%} matrix products",
    )
    axes[0].xaxis.set(major_formatter="{x:g}", minor_locator=plt.NullLocator())
    axes[1].set(
        xlabel="weights",
        ylabel="ms per step of Adam",
        title=f"10⁷ weights: {largest['course_lib, plain']['ratio'][0]:.1f} times as fast as "
              "in one piece",
    )
    return fig


def save(fig, name):
    """Write figures/`name` as a PNG, whole or not at all."""
    drawn, small = io.BytesIO(), io.BytesIO()
    fig.savefig(drawn, format="png")
    with Image.open(drawn) as image:
        few_colours = image.convert("RGB").quantize(64, dither=Image.Dither.NONE)
    few_colours.save(small, format="png", optimize=True)
    write_whole(FOLDER / name, small.getvalue())
    plt.close(fig)


def main():
    """Draw every figure."""
    plt.style.use(["default", "course_lib.course"])
    save(draw_map(), "map.png")
    runs = race()
    save(draw_race(runs), "race.png")
    results = json.loads(
        (FOLDER.parent / "benchmarks" / "results.json").read_text(encoding="utf-8")
    )
    save(draw_cost(results["growth"]), "cost.png")
    for name, (lr, run) in runs.items():
        print(
            f"{name:9} lr {lr:.2g}: settled below {TARGET} after {settled(run.loss, TARGET):.0f} "
            "steps"
        )


if __name__ == "__main__":
    main()
