"""The explorer: update rules on a landscape that one can drag, turn and stretch, in JupyterLab.

It is one script without dependencies, explorer.js in this folder; the website's first page runs the
same file. It needs no kernel once its cell has run. Its rules equal those of
course_lib.optimizers.rules, and what it predicts is, with a = lr * curvature,

    sgd         |1 - a|                 it diverges for a > 2
    momentum    spectral_radius         it diverges for a > 2 (1 + beta)
    nesterov    nesterov_radius         it diverges for a > (2 + 2 beta)/(1 + 2 beta)

Notebooks: none directly.
"""
import html
import json
from importlib import resources

import numpy as np

from course_lib.arguments import array, fraction, not_negative, whole

RULES = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam")
LANDSCAPES = ("ravine", "beale")
HYPER = {"lr": not_negative, "beta": fraction, "beta2": fraction}
ASLEEP = "The explorer is asleep: run this cell to wake it."


def script():
    """Return the text of explorer.js."""
    return resources.files("course_lib").joinpath("explorer.js").read_text(encoding="utf-8")


def show(landscape="ravine", *, rules=("sgd", "momentum", "adam"), steered="momentum", kappa=100.0,
         angle=30.0, start=None, steps=200, phase=True, hyper=None):
    """Return the explorer, for the last line of a cell.

    landscape: "ravine", a quadratic with curvatures 1/kappa and 1 whose flat direction is turned by
        `angle` degrees, or "beale".
    rules, steered: which rules run at first, and the one that the sliders steer.
    start: (2,), the landscape's own if not given.
    steps: how many are shown.
    phase: whether the phase diagram of momentum is there at first.
    hyper: {rule: {"lr": ..., "beta": ..., "beta2": ...}}; beta is also Adam's beta1, and beta2 also
        RMSprop's rho. A rate that is not given is the one that settles first.
    Raises ValueError for a name that does not exist, or a number out of range.
    """
    from IPython.display import HTML

    if not_negative("kappa", kappa) < 1:
        raise ValueError(f"kappa must be at least 1, got {kappa}")
    if not np.isfinite(array("angle", angle, float)).all() or np.ndim(angle):
        raise ValueError(f"angle must be one finite number of degrees, got {angle}")
    given = {"landscape": _one_of("landscape", landscape, LANDSCAPES),
             "rules": [_one_of("a rule", name, RULES) for name in rules],
             "steered": _one_of("steered", steered, RULES), "kappa": float(kappa),
             "angle": float(angle), "steps": whole("steps", steps), "phase": bool(phase),
             "hyper": _hyper(hyper or {})}
    if start is not None:
        given["start"] = _point(start)
    return HTML(page(given))


def page(given):
    """Return the HTML of an explorer with these first values: a place, and the script that fills
    it.
    """
    values = html.escape(json.dumps(given))
    return (f'<div class="course-explorer" data-explorer="{values}">{ASLEEP}</div>\n'
            f'<script type="module">\n{script()}</script>')


def _one_of(name, value, known):
    if value not in known:
        raise ValueError(f"{name} must be one of {', '.join(known)}, got {value!r}")
    return value


def _hyper(given):
    for rule, values in given.items():
        _one_of("a rule", rule, RULES)
        for name, value in values.items():
            _one_of(f"a setting of {rule}", name, HYPER)
            HYPER[name](f"{name} of {rule}", value)
    return given


def _point(start):
    start = array("start", start, float)
    if start.shape != (2,):
        raise ValueError(f"start must have shape (2,), got {start.shape}")
    return start.tolist()
