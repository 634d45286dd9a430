"""The phase diagram of heavy ball on a quadratic with curvatures mu and L: drag (lr, beta), see the path.

    factor per step = max over lam in {mu, L} of spectral_radius(lr*lam, beta)
"""
import io

import ipywidgets
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from . import descent, landscapes, plotting
from .momentum_theory import best_heavy_ball, spectral_radius

LEVELS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0)
START = (1.0, 1.0)
WINDOW = ((-1.6, 1.6), (-2.4, 2.4))


def factor(lr, beta, mu, L):
    """Return the factor per step of heavy ball in the long run, over both curvatures; arguments broadcast."""
    return np.maximum(spectral_radius(lr * mu, beta), spectral_radius(lr * L, beta))


def fill(figure, lr, beta, *, mu, L, n_steps=60):
    """Draw on `figure` the diagram with the point (lr, beta), its path and its loss; return the run."""
    left, middle, right = figure.subplots(1, 3, width_ratios=[1.2, 1, 1])
    _diagram(left, lr, beta, mu, L)
    bowl = landscapes.quadratic([mu, L])
    run = descent.minimize(bowl, START, "momentum", lr=lr, beta=beta, n_steps=n_steps)
    plotting.contours(middle, bowl, window=WINDOW, levels=10)
    plotting.path(middle, run.w, "momentum", markevery=1, markersize=4, linewidth=1.2)
    middle.set_title("the path")
    right.semilogy(run.loss, **plotting.look("momentum", marker=None))
    q = float(factor(lr, beta, mu, L))
    right.semilogy(run.loss[0] * q**(2.0 * np.arange(n_steps + 1)), color="0.6", linestyle="--")
    right.set(xlabel="step $t$", ylabel="loss", ylim=(1e-12, 1e3), title="the loss")
    right.legend(["measured", "predicted"], loc="lower left")
    verdict = "to diverge" if q > 1 else f"{q:.3f} per step"
    figure.suptitle(f"lr {lr:.3f}, beta {beta:.3f}: predicted {verdict}", x=0.01, ha="left", weight="bold")
    return run


def momentum_panel(*, mu=1.0, L=10.0):
    """Return a widget: sliders for lr and beta, and the picture that `fill` draws of them.

    mu, L: the curvatures; ValueError unless 0 < mu <= L.
    """
    lr, beta, _ = best_heavy_ball(mu, L)
    wide = {"layout": ipywidgets.Layout(width="95%"), "continuous_update": False}
    lr_slider = ipywidgets.FloatSlider(lr, min=0.005 / L, max=4.0 / L, step=0.005 / L, description="lr",
                                       readout_format=".3f", **wide)
    beta_slider = ipywidgets.FloatSlider(beta, min=0.0, max=0.99, step=0.005, description="beta",
                                         readout_format=".3f", **wide)
    image = ipywidgets.Image(format="png", layout=ipywidgets.Layout(width="1000px", align_self="flex-start"))

    def redraw(change=None):
        figure = Figure(figsize=(11, 3.9), dpi=plt.rcParams["figure.dpi"])
        fill(figure, lr_slider.value, beta_slider.value, mu=mu, L=L)
        png = io.BytesIO()
        figure.savefig(png, format="png")
        image.value = png.getvalue()

    for slider in (lr_slider, beta_slider):
        slider.observe(redraw, names="value")
    redraw()
    return ipywidgets.VBox([lr_slider, beta_slider, image])


def _diagram(ax, lr, beta, mu, L):
    rates, betas = np.linspace(1e-3, 4.0, 161) / L, np.linspace(0.0, 0.999, 121)
    q = factor(rates, betas[:, None], mu, L)
    ax.contourf(rates, betas, q, levels=[0.0, *LEVELS], cmap="Greys_r", vmin=0.2, vmax=1.05)
    ax.clabel(ax.contour(rates, betas, q, levels=LEVELS, colors="black", linewidths=0.8), fontsize=9)
    best_lr, best_beta, _ = best_heavy_ball(mu, L)
    ax.plot(best_lr, best_beta, "*", color="white", markeredgecolor="black", markersize=15)
    ax.plot(lr, beta, **plotting.look("momentum", markevery=1, markersize=10))
    ax.set(xlabel="learning rate", ylabel="beta", title="factor; star: the best")
    ax.grid(False)
