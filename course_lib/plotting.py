"""The one look of the course: colour, marker and line mean the optimizer, landscapes are grey.

Load the style with plt.style.use("course_lib.course"); `look` styles a curve, `contours` and `path`
draw on a landscape.

Notebooks: 00, 01, 04, 05, 07, 08, 09, 10, 11, 12, 13, 14, 15, 16, 17, 24, 25, 26, 27, 28, 31, 32.
"""
import numpy as np

LOOKS = {
    "sgd": ("#000000", "o", "-"),
    "momentum": ("#1845fb", "s", "-"),
    "nesterov": ("#578dff", "D", (0, (5, 1))),
    "adagrad": ("#c77c00", "^", "-"),
    "rmsprop": ("#c91f16", "v", (0, (5, 1))),
    "adam": ("#882255", "P", "-"),
    "adamw": ("#c849a9", "X", (0, (5, 1))),
}
OTHER = ("#009e73", "*", "-.")


def look(name, **changes):
    """Return the line style of an optimizer as keyword arguments for `ax.plot`; names without one
    share one style.

    >>> look("adam")["color"], look("lion", label="Lion, lr 0.001")["label"]
    ('#882255', 'Lion, lr 0.001')
    """
    color, marker, line = LOOKS.get(name, OTHER)
    return {"color": color, "marker": marker, "linestyle": line, "label": name,
            "markevery": 0.15} | changes


def contours(ax, landscape, *, window=None, levels=16, log=False):
    """Draw the level lines of a two-variable landscape in grey on `ax`.

    window: ((x_low, x_high), (y_low, y_high)), the landscape's own if not given.
    log: space the levels geometrically above the lowest value.
    Raises ValueError unless the landscape has n = 2.
    """
    if landscape.n != 2:
        raise ValueError(
            f"contours draws landscapes of 2 variables, got {landscape.name} with {landscape.n}"
        )
    (x0, x1), (y0, y1) = window or landscape.window
    x, y = np.linspace(x0, x1, 161), np.linspace(y0, y1, 161)
    loss = landscape.fun(np.stack(np.meshgrid(x, y), axis=-1))
    if log:
        lowest = loss.min()
        levels = lowest + np.geomspace(1e-4, 1, levels) * (loss.max() - lowest)
    ax.contour(x, y, loss, levels=levels, colors="0.72", linewidths=0.9)
    ax.set(xlim=(x0, x1), ylim=(y0, y1), xlabel="$w_1$", ylabel="$w_2$")
    ax.grid(False)


def path(ax, w, name, **changes):
    """Draw the points `w` (steps+1, 2) of a run in the look of the optimizer `name`, its start
    ringed.
    """
    ax.plot(w[:, 0], w[:, 1], **look(name, **changes))
    ax.plot(*w[0], "o", color="white", markeredgecolor="black", markersize=9, zorder=5)


def surface(ax, landscape, *, window=None):
    """Draw a two-variable landscape as a grey surface on a 3-D axis."""
    (x0, x1), (y0, y1) = window or landscape.window
    x, y = np.meshgrid(np.linspace(x0, x1, 61), np.linspace(y0, y1, 61))
    loss = landscape.fun(np.stack([x, y], axis=-1))
    ax.plot_surface(x, y, loss, cmap="Greys_r", rstride=2, cstride=2, edgecolor="0.45",
                    linewidth=0.25, alpha=0.9)
    ax.set(xlabel="$w_1$", ylabel="$w_2$", zlabel="loss")
