"""What the saved MNIST runs of experiments/mnist.py hold, and what may be said of them: each rule
tuned on validation images, then five fresh seeds, judged on test images.

    bounds of a paired difference, for six comparisons with one rule (Bonferroni, 1 - 0.05/6)
        over seeds      t(4) s / sqrt(5),  s the standard deviation of the five differences
        over images     z s_i / sqrt(10 000),  s_i that of the images' differences
    signed gap          mean confidence - fraction right: above 0 overconfident
    calibration error   mean |confidence - fraction right| of 10 bins, weighted by their images

Notebooks: 24.
"""
import numpy as np

from course_lib.data.results import load_results
from course_lib.experiments.comparison import t_interval

N_TEST, N_VALID = 10_000, 5_000


def _saved():
    return load_results("mnist_runs")


def main_runs():
    """Return the runs of the main network, scaled pixels and a falling rate, as dicts."""
    saved = _saved()
    return [run for run in saved["runs"] if run["sizes"] == saved["sizes"]
            and run["pixels"] == "unit" and not run["constant"]]


def rules():
    """Return the names of the seven rules."""
    return list(_saved()["start"])


def tuning(step):
    """Return {(rate, weight decay or None): (validation error, validation loss)}, means of seeds 0
    and 1; infinity where a run diverged.
    """
    table = {}
    for run in main_runs():
        if run["step"] == step and run["seed"] in _saved()["tuning_seeds"]:
            score = (1 - run["valid_right"] / N_VALID, run["valid_loss"][-1])
            score = (np.inf, np.inf) if run["diverged_at"] else score
            table.setdefault((run["lr"], run["weight_decay"]), []).append(score)
    return {key: tuple(np.mean(scores, axis=0)) for key, scores in table.items()}


def chosen(step, by=0):
    """Return the (rate, weight decay) with the lowest validation error; by=1: lowest loss."""
    table = tuning(step)
    return min(table, key=lambda key: (table[key][by], table[key][1]))


def fresh(step):
    """Return the five runs of the chosen setting, on seeds 10 to 14."""
    return [run for run in main_runs()
            if run["step"] == step and run["seed"] in _saved()["final_seeds"]]


def opened():
    """Return how many networks of the file were ever asked about the test images."""
    return sum("test_right" in run for run in _saved()["runs"])


def right(step):
    """Return which test images each of the five networks got right, bool (5, 10 000)."""
    number = np.arange(N_TEST).astype(str)
    return np.array([~np.isin(number, run["missed"].split()) for run in fresh(step)])


def best_rule():
    """Return the rule with the most validation images right over the fresh seeds."""
    return max(rules(), key=lambda step: sum(run["valid_right"] for run in fresh(step)))


def seed_bound(d):
    """Return the bound over seeds of the mean of five paired differences d."""
    mean, _, high = t_interval(d, level=1 - 0.05 / 6)
    return high - mean


def image_bound(d):
    """Return the bound over images of the mean of 10 000 differences d."""
    from scipy.stats import norm

    return float(norm.ppf(1 - 0.025 / 6) * np.std(d) / np.sqrt(len(d)))


def errors_more(step, than):
    """Return (points of test error more than those of another rule, bound over seeds, bound over
    images).
    """
    d = 100 * (right(than) - right(step).astype(float))
    return d.mean(), seed_bound(d.mean(axis=1)), image_bound(d.mean(axis=0))


def loss_more(step, than):
    """Return (test loss more than another rule's, bound over seeds, the five differences)."""
    d = np.array([a["test_loss"] - b["test_loss"]
                  for a, b in zip(fresh(step), fresh(than), strict=True)])
    return d.mean(), seed_bound(d), d


def calibration_more(step, than):
    """Return (points of calibration error more than another rule's, bound over seeds)."""
    d = (calibration(step) - calibration(than))[:, 1]
    return d.mean(), seed_bound(d)


def word(difference, *bounds):
    """Return 'a tie' unless the difference is larger than every bound, else 'behind' or 'ahead'."""
    if abs(difference) <= max(bounds):
        return "a tie"
    return "behind" if difference > 0 else "ahead"


def calibration(step):
    """Return (signed gap, calibration error) of each of the five networks, in points, (5, 2)."""
    found = []
    for run in fresh(step):
        images, confidence, _, hits = np.array(run["bins"]).T
        gap = confidence - hits
        found.append((100 * gap.sum() / images.sum(), 100 * np.abs(gap).sum() / images.sum()))
    return np.array(found)
