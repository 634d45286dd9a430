"""Interactive panels for JupyterLab: sliders beside a drawing that follows them. They need ipywidgets and a running kernel.

The factor per step of gradient descent on a quadratic with eigenvalues mu <= L: max(|1 - lr mu|, |1 - lr L|).
"""
import io

import numpy as np

from . import descent, landscapes, plotting
from .arguments import count, rate


def draw_descent(ax, *, kappa, degrees, lr, n_steps=30):
    """Draw gradient descent on a quadratic with eigenvalues 1/kappa and 1, turned by `degrees`; return its predicted factor.

    The start has equal components along both eigenvectors. Raises ValueError for kappa below 1 or a bad lr or n_steps.
    """
    if not 1 <= kappa < np.inf:
        raise ValueError(f"kappa must be finite and at least 1, got {kappa}")
    lr, angle = rate("lr", lr), np.radians(degrees)
    bowl = landscapes.quadratic([1 / kappa, 1.0], angle)
    start = [np.cos(angle) - np.sin(angle), np.sin(angle) + np.cos(angle)]  # eigenvector components (1, 1)
    run = descent.minimize(bowl, start, "sgd", lr=lr, n_steps=count("n_steps", n_steps))
    factor = max(abs(1 - lr / kappa), abs(1 - lr))
    ax.clear()
    plotting.contours(ax, bowl, levels=[0.02, 0.08, 0.18, 0.32, 0.5, 0.72, 1.0])
    plotting.path(ax, run.w, "sgd", markevery=1, markersize=4, linewidth=1.4)
    ends = "diverges" if factor > 1 else "predicted"
    knobs = rf"$\kappa$ = {kappa:.3g}, {degrees:.0f}°, lr {lr:.3g}"
    ax.set_title(f"{knobs}\n{ends}: factor {factor:.3f} a step", fontsize=12)
    ax.set_aspect("equal")
    return factor


def conditioning():
    """Return a panel with sliders for the angle, kappa and lr of `draw_descent`; `panel.ax` is what it draws on."""
    import ipywidgets as widgets
    from matplotlib.figure import Figure

    ax = Figure(figsize=(5, 5)).add_subplot()
    image = widgets.Image(format="png", layout=widgets.Layout(width="480px", align_self="flex-start"))
    sliders = {"degrees": widgets.FloatSlider(40, min=0, max=90, step=5, description="angle (°)"),
               "kappa": widgets.FloatLogSlider(25, min=0, max=3, step=0.05, description="kappa"),
               "lr": widgets.FloatSlider(1.9, min=0.05, max=2.1, step=0.05, description="lr (1/L)")}

    def redraw(change):
        draw_descent(ax, **{name: slider.value for name, slider in sliders.items()})
        png = io.BytesIO()
        ax.figure.savefig(png, format="png")
        image.value = png.getvalue()

    for slider in sliders.values():
        slider.observe(redraw, names="value")
    redraw(None)
    panel = widgets.VBox([*sliders.values(), image])
    panel.ax = ax
    return panel
