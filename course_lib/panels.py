"""Interactive panels for JupyterLab: sliders beside a drawing that follows them.

They need ipywidgets and a running kernel. `panel` makes one of any drawing; the others are the
course's own.

    conditioning     gradient descent on a quadratic with eigenvalues mu <= L:
                     max(|1 - lr mu|, |1 - lr L|) a step
    momentum_panel   heavy ball: max over lam in {mu, L} of spectral_radius(lr*lam, beta) a step

Notebooks: 05, 10.
"""
import io

import numpy as np

from course_lib import landscapes, plotting
from course_lib.arguments import not_negative, whole
from course_lib.optimizers import descent
from course_lib.optimizers.momentum_theory import best_heavy_ball, spectral_radius

LEVELS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0)
START = (1.0, 1.0)
WINDOW = ((-1.6, 1.6), (-2.4, 2.4))


def panel(draw, sliders, *, figsize, width, still=None):
    """Return a widget: the sliders, and under them the picture of their values.

    draw: (figure, name=value, ...) draws on an empty figure of `figsize` inches.
    sliders: name -> ipywidgets slider.
    width: of the picture on the page, as CSS writes it.
    still: (figure) draws, once, what no slider changes; `draw` then gets that figure and returns
        the artists that it added. So even a slow picture follows a slider while it is dragged.
    """
    import ipywidgets as widgets

    image = widgets.Image(format="png", layout=widgets.Layout(width=width, align_self="flex-start"))
    paint = _over(still, draw, figsize) if still else _anew(draw, figsize)

    def redraw(change=None):
        image.value = paint({name: slider.value for name, slider in sliders.items()})

    for slider in sliders.values():
        slider.observe(redraw, names="value")
    redraw()
    return widgets.VBox([*sliders.values(), image])


def _empty(figsize):
    import matplotlib.pyplot as plt
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=figsize, dpi=plt.rcParams["figure.dpi"])
    return figure, FigureCanvasAgg(figure)


def _anew(draw, figsize):
    """Return a function from the sliders' values to a PNG that is drawn from nothing."""
    def paint(values):
        figure, _ = _empty(figsize)
        draw(figure, **values)
        png = io.BytesIO()
        figure.savefig(png, format="png")
        return png.getvalue()

    return paint


def _over(still, draw, figsize):
    """Return a function from the sliders' values to a PNG: what moves, over what stands still."""
    from PIL import Image

    figure, canvas = _empty(figsize)
    still(figure)
    canvas.draw()
    figure.set_layout_engine("none")  # nothing moves aside for what is added
    background = canvas.copy_from_bbox(figure.bbox)

    def paint(values):
        canvas.restore_region(background)
        for artist in draw(figure, **values):
            figure.draw_artist(artist)
            artist.remove()
        png = io.BytesIO()
        Image.fromarray(np.asarray(canvas.buffer_rgba())).save(png, "png", compress_level=1)
        return png.getvalue()

    return paint


def draw_descent(ax, *, kappa, degrees, lr, n_steps=30):
    """Draw gradient descent on a quadratic with eigenvalues 1/kappa and 1, turned by `degrees`;
    return its predicted factor.

    The start has equal components along both eigenvectors. Raises ValueError for kappa below 1 or a
    bad lr or n_steps.
    """
    if not 1 <= kappa < np.inf:
        raise ValueError(f"kappa must be finite and at least 1, got {kappa}")
    lr, angle = not_negative("lr", lr), np.radians(degrees)
    bowl = landscapes.quadratic([1 / kappa, 1.0], angle)
    # Eigenvector components (1, 1).
    start = [np.cos(angle) - np.sin(angle), np.sin(angle) + np.cos(angle)]
    run = descent.minimize(bowl, start, "sgd", lr=lr, n_steps=whole("n_steps", n_steps))
    factor = max(abs(1 - lr / kappa), abs(1 - lr))
    plotting.contours(ax, bowl, levels=[0.02, 0.08, 0.18, 0.32, 0.5, 0.72, 1.0])
    plotting.path(ax, run.w, "sgd", markevery=1, markersize=4, linewidth=1.4)
    ends = "diverges: factor" if factor > 1 else "predicted factor"
    knobs = rf"$\kappa$ = {kappa:.3g}, {degrees:.0f}°, lr {lr:.3g}"
    ax.set_title(f"{knobs}\n{ends} {factor:.3f}", fontsize=12)
    ax.set_aspect("equal")
    return factor


def conditioning():
    """Return a panel with sliders for the angle, kappa and lr of `draw_descent`."""
    import ipywidgets as widgets

    sliders = {"degrees": widgets.FloatSlider(40, min=0, max=90, step=5, description="angle (°)"),
               "kappa": widgets.FloatLogSlider(25, min=0, max=3, step=0.05, description="kappa"),
               "lr": widgets.FloatSlider(1.9, min=0.05, max=2.1, step=0.05, description="lr (1/L)")}

    def draw(figure, **settings):
        draw_descent(figure.add_subplot(), **settings)

    return panel(draw, sliders, figsize=(5, 5), width="480px")


def factor(lr, beta, mu, L):
    """Return the factor per step of heavy ball in the long run, over both curvatures; arguments
    broadcast.
    """
    return np.maximum(spectral_radius(lr * mu, beta), spectral_radius(lr * L, beta))


def fill(figure, lr, beta, *, mu, L, n_steps=60):
    """Draw on `figure` the diagram with the point (lr, beta), its path and its loss; return the
    run.
    """
    stage(figure, mu, L, n_steps)
    run, _ = act(figure, lr, beta, mu=mu, L=L, n_steps=n_steps)
    return run


def stage(figure, mu, L, n_steps=60):
    """Draw what neither lr nor beta changes: the diagram, the landscape, the axes of the loss."""
    left, middle, right = figure.subplots(1, 3, width_ratios=[1.2, 1, 1])
    figure.suptitle(" ")  # room for the prediction
    _diagram(left, mu, L)
    plotting.contours(middle, landscapes.quadratic([mu, L]), window=WINDOW, levels=10)
    middle.set_title("the path")
    right.set(xlabel="step $t$", ylabel="loss", yscale="log", title="the loss")
    right.set(xlim=(0, n_steps), ylim=(1e-12, 1e3))


def act(figure, lr, beta, *, mu, L, n_steps=60):
    """Draw the point, the path and the loss of (lr, beta) on a figure that `stage` has set; return
    the run and the artists.
    """
    left, middle, right = figure.axes
    before = {line for ax in figure.axes for line in ax.lines}
    left.plot(lr, beta, **plotting.look("momentum", markevery=1, markersize=10))
    bowl = landscapes.quadratic([mu, L])
    run = descent.minimize(bowl, START, "momentum", lr=lr, beta=beta, n_steps=n_steps)
    plotting.path(middle, run.w, "momentum", markevery=1, markersize=4, linewidth=1.2)
    measured, = right.plot(run.loss, **plotting.look("momentum", marker=None))
    q = float(factor(lr, beta, mu, L))
    slope = run.loss[0] * q**(2.0 * np.arange(n_steps + 1))
    predicted, = right.plot(slope, color="0.6", linestyle="--")
    legend = right.legend([measured, predicted], ["measured", "predicted"], loc="lower left")
    verdict = "to diverge" if q > 1 else f"{q:.3f} per step"
    words = f"lr {lr:.3f}, beta {beta:.3f}: predicted {verdict}"
    title = figure.text(0.01, 0.99, words, ha="left", va="top", weight="bold", fontsize="large")
    lines = [line for ax in figure.axes for line in ax.lines if line not in before]
    return run, [*lines, legend, title]


def momentum_panel(*, mu=1.0, L=10.0):
    """Return a panel with sliders for lr and beta, and the picture that `fill` draws of them.

    mu, L: the curvatures; ValueError unless 0 < mu <= L.
    """
    import ipywidgets as widgets

    lr, beta, _ = best_heavy_ball(mu, L)
    wide = {"layout": widgets.Layout(width="95%"), "readout_format": ".3f"}
    sliders = {"lr": widgets.FloatSlider(lr, min=0.005 / L, max=4.0 / L, step=0.005 / L,
                                         description="lr", **wide),
               "beta": widgets.FloatSlider(beta, min=0.0, max=0.99, step=0.005,
                                           description="beta", **wide)}

    def still(figure):
        stage(figure, mu, L)

    def draw(figure, lr, beta):
        return act(figure, lr, beta, mu=mu, L=L)[1]

    return panel(draw, sliders, figsize=(9.6, 3.8), width="920px", still=still)


def _diagram(ax, mu, L):
    rates, betas = np.linspace(1e-3, 4.0, 161) / L, np.linspace(0.0, 0.999, 121)
    q = factor(rates, betas[:, None], mu, L)
    ax.contourf(rates, betas, q, levels=[0.0, *LEVELS], cmap="Greys_r", vmin=0.2, vmax=1.05)
    ax.clabel(
        ax.contour(rates, betas, q, levels=LEVELS, colors="black", linewidths=0.8), fontsize=9
    )
    best_lr, best_beta, _ = best_heavy_ball(mu, L)
    ax.plot(best_lr, best_beta, "*", color="white", markeredgecolor="black", markersize=15)
    ax.set(xlabel="learning rate", ylabel="beta", title="factor; star: the best")
    ax.grid(False)
