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
from matplotlib.colors import LinearSegmentedColormap
from PIL import Image

from course_lib.files import write_whole
from course_lib.landscapes.functions import BEALE
from course_lib.optimizers.descent import minimize, settled
from course_lib.plotting import look

FOLDER = Path(__file__).parent
RACERS = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam")
TARGET = 1e-3
START, SPREAD = np.array([0.5, 1.2]), 0.1
RATES = np.geomspace(1e-4, 10, 41)
N_STEPS = 1000
WINDOW = ((-2.3, 4.2), (-1.35, 2.1))  # of the maps
TERRACES = np.geomspace(1e-2, 1e3, 11)  # the losses between them


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


def draw_landscape(ax):
    """Draw Beale's function as grey terraces, white where it is low, with its minimum as a star."""
    (x0, x1), (y0, y1) = WINDOW
    x, y = np.linspace(x0, x1, 241), np.linspace(y0, y1, 161)
    loss = BEALE.fun(np.stack(np.meshgrid(x, y), axis=-1))
    grey = LinearSegmentedColormap.from_list("grey", ["#ffffff", "#b4bcc4"])
    ax.contourf(x, y, loss, levels=TERRACES, norm="log", cmap=grey, extend="both")
    ax.contour(x, y, loss, levels=TERRACES, colors="white", linewidths=0.8)
    ax.plot(*BEALE.minima[0], "*", color="0.15", markeredgecolor="white", markersize=18, zorder=5)
    ax.set(xlim=(x0, x1), ylim=(y0, y1), xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
    ax.grid(False)


def draw_run(ax, w, name, now):
    """Draw a path `w` (steps + 1, 2), a dot a step, bold up to step `now`, with its mark there."""
    color, marker = look(name)["color"], look(name)["marker"]
    ax.plot(w[:, 0], w[:, 1], color=color, linewidth=1.2, alpha=0.55)
    ax.plot(w[:now + 1, 0], w[:now + 1, 1], ".-", color=color, linewidth=2.2, markersize=8)
    ax.plot(*w[0], "o", color="white", markeredgecolor="black", markersize=11, markeredgewidth=2)
    ax.plot(*w[now], marker, color=color, markeredgecolor="white", markersize=16, zorder=6)


def draw_race(runs):
    """Return the figure: a map for each rule, in the order of arrival, with its path; the mark is
    where it is when the first arrives.
    """
    steps = {name: int(settled(run.loss, TARGET)) for name, (_, run) in runs.items()}
    order = sorted(steps, key=steps.get)
    now = steps[order[0]]
    fig, axes = plt.subplots(3, 2, figsize=(8.4, 9.0))
    for ax, name in zip(axes.flat, order, strict=True):
        draw_landscape(ax)
        draw_run(ax, runs[name][1].w[:steps[name] + 1], name, now)
        ax.set_title(f"{name}: {steps[name]} steps", fontsize=19, color=look(name)["color"])
    fig.suptitle(f"Where each is at step {now}, when {order[0]} arrives", fontsize=19, x=0.01,
                 ha="left", weight="bold")
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


COLOURS = 128  # of a picture; fewer would mix up adam and rmsprop


def save(fig, name):
    """Write figures/`name` as a PNG, whole or not at all."""
    drawn, small = io.BytesIO(), io.BytesIO()
    fig.savefig(drawn, format="png")
    with Image.open(drawn) as image:
        few_colours = image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
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
