"""A claim put on trial where it stands, as in a notebook: run on its seeds, and judged by the
ledger's rule, alone in its family. Nothing is written, and the ledger stays as it is. With it come
the small experiments of notebook 34.

Notebooks: 34.
"""
import math
import textwrap
import time

import numpy as np

from course_lib.arguments import positive, whole
from course_lib.experiments.claims import Claim
from course_lib.experiments.comparison import t_interval, t_test_p
from course_lib.experiments.ledger import evidence, judged, on_side, show_row
from course_lib.networks import mlp
from course_lib.networks.losses import mse
from course_lib.training import train

DOCKET = {  # the claims of notebook 34, by letter
    "A": "default_adam_on_the_network",
    "B": "momentum_at_a_shared_rate",
    "C": "nesterov_ends_above_heavy_ball",
    "D": "four_times_the_best_rate_keeps_the_loss",
    "E": "warm_up_at_twice_the_rate",
    "F": "one_cycle_ends_below_cosine",
    "G": "adam_leaves_before_heavy_ball_in_ten_dimensions",
    "H": "amsgrad_ends_as_low_as_adam",
    "I": "decoupled_ends_below_l2",
    "J": "standardised_is_worse_with_adam",
    "K": "early_stopping_raises_the_accuracy",
    "L": "wide_beats_narrow",
    "M": "bare_skips_hurt",
    "N": "two_units_find_the_minimum",
}


def tried(measure, *, seconds=60):
    """Run a claim and return its row: what `ledger.judged` needs, and the verdict.

    measure: a function under the decorator `claim`, called once for each of its seeds.
    seconds: time for all of it; it is looked at between two seeds.
    Raises TypeError for a function that is no claim, ValueError for a seed without a finite number,
    or when the time is over: a part of the seeds, chosen by the clock, gives no verdict.
    """
    made, end = getattr(measure, "claim", None), time.monotonic() + positive("seconds", seconds)
    if not isinstance(made, Claim):
        name = getattr(measure, "__name__", type(measure).__name__)
        raise TypeError(f"measure must be a function under @claim, got {name} without it")
    settings = made.tuned() if made.tuned is not None else {}
    values = []
    for seed in made.seeds:
        values.append(_finite(made, seed, made.measure(seed, **settings)))
        if time.monotonic() > end and len(values) < made.n:
            raise ValueError(f"the time was over after {len(values)} of {made.n} seeds: make the "
                             "runs shorter; a part of the seeds gives no verdict")
    mean, low, high = t_interval(values)
    declared = {key: getattr(made, key)
                for key in ("name", "statement", "unit", "side", "n", "margin", "family", "varied")}
    share = float(on_side(np.array(values), made.side, made.margin).mean())
    return judged([declared | {"tuned": settings, "values": values, "mean": mean, "low": low,
                               "high": high, "p": t_test_p(values), "share": share}])[0]


def show_trial(measure, *, seconds=60):
    """Print what `tried` found of a claim, or in one sentence why there is no verdict."""
    try:
        show_row(tried(measure, seconds=seconds))
    except (Exception, SystemExit) as error:  # whatever a learner's claim does is told, no more
        said = " ".join(str(error).split()) or type(error).__name__
        print(f"no verdict: {said}")


def _finite(made, seed, value):
    """Return a number that was measured as a float."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"{made.name} gave {value!r:.40} on seed {seed}: a claim needs one finite "
                         "number for each seed")
    return number


def draw_rows(ax, rows):
    """Draw rows of the ledger from top to bottom, each as its interval divided by its own half
    width, with the declared side on the right. An interval without width is drawn at 0 if its mean
    is 0, and very far out if not.
    """
    side = np.array([-1 if r["side"] == "below" else 1 for r in rows])
    half = np.array([max((r["high"] - r["low"]) / 2, 1e-9) for r in rows])
    centre = side * np.array([r["mean"] for r in rows]) / half
    ax.errorbar(centre, -np.arange(len(rows)), xerr=1, fmt="o", color="black", markersize=3)
    ax.axvline(0, color="0.6")
    ax.set_xscale("symlog", linthresh=1)
    ax.set_xlabel("mean, in half widths of its interval; the declared side is on the right")


def running_intervals(d, least=5):
    """Return (n, mean, reach): after n = least, least + 1, ... differences, the mean of those seen
    and how far their 95 % t interval reaches to each side.

    d: (experiments, seeds). mean, reach: (experiments, seeds - least + 1).
    """
    from scipy.stats import t as student

    n = np.arange(whole("least", least, least=2), d.shape[1] + 1)
    mean = d.cumsum(axis=1)[:, least - 1:] / n
    squares = (d**2).cumsum(axis=1)[:, least - 1:] - n * mean**2
    spread = np.sqrt(np.maximum(squares, 0) / (n - 1))
    return n, mean, student.ppf(0.975, n - 1) * spread / np.sqrt(n)


def show_docket():
    """Print the letters and statements of the docket, without their verdicts."""
    for letter, name in DOCKET.items():
        print(textwrap.fill(f"{letter}. {evidence(name)['statement']}", 92))


def bowl_loss(step, lr, seed):
    """Return the loss of an update rule after 100 steps on a bowl with noisy gradients."""
    rng = np.random.default_rng(seed)
    h = np.geomspace(0.01, 1, 10)
    w, state = rng.normal(size=10), {}
    for _ in range(100):
        g = h * w + 0.1 * rng.normal(size=10)
        w, state = step(w, g, state, lr=lr)
    return 0.5 * np.sum(h * w * w)


def bowl_rate(step):
    """Return the rate of the lowest mean `bowl_loss` over the seeds 0 to 19."""
    grid = np.geomspace(0.001, 2, 12)
    return min(grid, key=lambda lr: np.mean([bowl_loss(step, lr, seed) for seed in range(20)]))


def xor_run(units, seed):
    """Return the `History` of 1 500 steps of gradient descent on XOR: one hidden layer of ReLU
    units, the mean squared error, rate 0.1.
    """
    X = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]])
    Y = np.array([[0.0], [1], [1], [0]])
    rng = np.random.default_rng(seed)
    net = mlp([2, units, 1], rng=rng, loss=mse, dtype=np.float64)
    return train(net, (X, Y), "sgd", lr=0.1, epochs=1500, batch_size=4, rng=rng, allow_dead=True,
                 progress=False)
