"""Which of seven update rules trains 784-128-128-10 best on MNIST, each with a rate tuned on
validation images?

    python -m experiments.mnist           about fifteen minutes; a second call goes on
    python -m experiments.mnist --time    only measures the times again, on an idle machine

Tuning: a grid of rates 1, 2, 5, 10, ... for each rule (for AdamW: times a grid of decays), two
seeds, extended until the best is at no edge, neither by accuracy nor by loss. Then five fresh
seeds, the same for all, and the 10 000 test images. Then SGD and Adam on other pixels and in other
networks. Notebook 24 reads the result and runs a sample of it again.
"""
import functools
import itertools
import json
import math
import platform
import sys
import time

import numpy as np

from course_lib.data import results_path
from course_lib.files import write_whole
from course_lib.networks import losses
from course_lib.networks.network import mlp
from course_lib.optimizers import schedules
from course_lib.training.loop import train
from experiments import saved

RESULT = results_path("mnist_runs")
LADDER = [float(f"{digit}e{k}") for k in range(-9, 4) for digit in (1, 2, 5)]
PIXELS = {
    "unit": lambda X, fit: X,
    "raw": lambda X, fit: 255 * X,
    "standard": lambda X, fit: (X - fit.mean()) / fit.std(),
}
SETTINGS = {
    "command": "python -m experiments.mnist",
    "sizes": [784, 128, 128, 10],
    "batch_size": 128,
    "epochs": 5,
    "schedule": "cosine to zero",
    "tuning_seeds": [0, 1],
    "final_seeds": [10, 11, 12, 13, 14],
    "plain": {"step": "adam", "lr": 0.001, "epochs": 5},  # a constant rate, nothing tuned
    "start": {  # the first rates tried; other hyper-parameters stay at the library's defaults
        "sgd": [0.2, 0.5, 1.0],
        "momentum": [0.05, 0.1, 0.2],
        "nesterov": [0.05, 0.1, 0.2],
        "adagrad": [0.02, 0.05, 0.1],
        "rmsprop": [0.001, 0.002, 0.005],
        "adam": [0.002, 0.005, 0.01],
        "adamw": [0.002, 0.005, 0.01],
    },
    "decays": [0.1, 0.2, 0.5],  # AdamW's first weight decays
    "variants": {  # for other pixels: the tuned rate times (their mean square / ours)^power
        "power": {"sgd": -1.0, "adam": -0.5},
        "pixels": ["raw", "standard"],
        "sizes": [[784, 32, 10], [784, 256, 10]],
        "tuning_seeds": [0],
        "final_seeds": [10, 11, 12],
    },
}


def write(result, path):
    """Write the result whole or not at all, one run a line."""
    parts = [f'"{key}": {json.dumps(value)}' for key, value in result.items() if key != "runs"]
    runs = ",\n".join(json.dumps(run) for run in result["runs"])
    write_whole(path, "{\n" + ",\n".join([*parts, f'"runs": [\n{runs}\n]']) + "\n}\n")


def rounded(values):
    """Return numbers as floats with five significant digits, which is what the file keeps."""
    return [float(f"{value:.5g}") for value in values]


def fit(data, spec, settings):
    """Train one network as `spec` says and return it with its history."""
    fit_on = data.X_train
    X_train, X_valid = (PIXELS[spec["pixels"]](X, fit_on) for X in (data.X_train, data.X_valid))
    rng = np.random.default_rng(spec["seed"])
    net = mlp(spec["sizes"], rng=rng)
    n_steps = spec["epochs"] * math.ceil(len(X_train) / settings["batch_size"])
    lr = spec["lr"] if spec["constant"] else schedules.cosine(spec["lr"], n_steps)
    hyper = {} if spec["weight_decay"] is None else {"weight_decay": spec["weight_decay"]}
    return net, train(
        net,
        (X_train, data.y_train),
        spec["step"],
        lr=lr,
        epochs=spec["epochs"],
        batch_size=settings["batch_size"],
        rng=rng,
        valid=(X_valid, data.y_valid),
        progress=False,
        **hyper,
    )


def examine(net, X, y):
    """Return what the test images say: how many are right, the mean loss, which are missed, and ten
    bins of confidence.

    missed: their numbers; answers, labels: a digit for each of them. A bin is [images, sum of
    confidences p, sum of p (1 - p), right answers]; bin b holds the confidences from b/10.
    """
    log_p = losses.log_softmax(net.logits(X)).astype(float)
    answers, sure = log_p.argmax(axis=1), np.exp(log_p.max(axis=1))
    right, place = answers == y, np.minimum((10 * sure).astype(int), 9)
    bins = [
        np.bincount(place, weights, 10)
        for weights in (np.ones(len(y)), sure, sure * (1 - sure), right)
    ]
    return {
        "test_right": int(right.sum()),
        "test_loss": rounded([-log_p[np.arange(len(y)), y].mean()])[0],
        "missed": " ".join(map(str, np.flatnonzero(~right))),
        "answers": "".join(map(str, answers[~right])),
        "labels": "".join(map(str, y[~right])),
        "bins": [rounded(row) for row in np.transpose(bins)],
    }


def one_run(data, settings, *, test, **spec):
    """Train one network as `spec` says, and return what is kept of it.

    test: on the test images too. diverged_at is 0 for a run that did not diverge.
    """
    net, history = fit(data, spec, settings)
    result = {"steps": len(history.loss), "diverged_at": history.diverged_at or 0}
    if history.diverged_at is None:
        result |= {
            "valid_right": round(history.valid_accuracy[-1] * len(data.y_valid)),
            "valid_loss": rounded(history.valid_loss),
            "train_loss": rounded(history.train_loss),
        }
        if test:
            seen = examine(net, PIXELS[spec["pixels"]](data.X_test, data.X_train), data.y_test)
            at_home = spec["sizes"] == settings["sizes"] and spec["pixels"] == "unit"
            result |= seen if at_home else {key: seen[key] for key in ("test_right", "test_loss")}
    return result


def runner(data, path, settings):
    """Return the function that makes the run of a spec, or finds it among those that are kept, and
    the result that is to be saved, which gathers the runs.
    """
    versions = {"python": platform.python_version(), "numpy": np.__version__}
    result = settings | {"chosen": [], "made_with": versions, "runs": []}
    complete = saved.runner(path, settings, functools.partial(one_run, data, settings))

    def run(
        step,
        lr,
        seed,
        *,
        weight_decay=None,
        pixels="unit",
        sizes=settings["sizes"],
        epochs=settings["epochs"],
        constant=False,
        test=False,
    ):
        spec = {
            "step": step,
            "lr": lr,
            "weight_decay": weight_decay,
            "pixels": pixels,
            "sizes": sizes,
            "epochs": epochs,
            "constant": constant,
            "seed": seed,
        }
        (kept,) = complete([spec | {"test": test}])
        record = spec | kept | {"diverged_at": kept["diverged_at"] or None}
        if record not in result["runs"]:
            result["runs"].append(record)
        return record

    return run, result


def scores(records):
    """Return (validation images right, minus the last validation loss), sums over seeds; minus
    infinity if one diverged.
    """
    if any(record["diverged_at"] is not None for record in records):
        return -math.inf, -math.inf
    return sum(record["valid_right"] for record in records), -sum(
        record["valid_loss"][-1] for record in records
    )


def best_of(table):
    """Return the setting with most images right, of equals that with the lower loss; and the one
    with the lowest loss.
    """
    return max(table, key=table.get), max(table, key=lambda setting: table[setting][1])


def tune(run, step, rates, decays, seeds, **where):
    """Extend the grid of rates and decays until both best settings are inside it; return all
    scores, by (lr, decay).
    """
    axes = [list(rates), list(decays)]
    while True:
        table = {
            (lr, decay): scores(
                [run(step, lr, seed, weight_decay=decay, **where) for seed in seeds]
            )
            for lr, decay in itertools.product(*axes)
        }
        wider = [
            extended(values, {setting[axis] for setting in best_of(table)})
            for axis, values in enumerate(axes)
        ]
        if wider == axes:
            return table
        axes = wider


def extended(values, best):
    """Return rising values of the ladder with another one at each end that is among the best."""
    if values == [None]:
        return values
    if len(values) > 12:
        raise ValueError(
            f"no best value inside a grid from {values[0]:g} to {values[-1]:g}: start elsewhere"
        )
    low, high = LADDER.index(values[0]), LADDER.index(values[-1])
    return LADDER[low - (values[0] in best):high + 1 + (values[-1] in best)]


def around(lr):
    """Return the three rungs of the ladder about the one nearest to lr."""
    k = min(range(len(LADDER)), key=lambda k: abs(math.log(LADDER[k] / lr)))
    return LADDER[k - 1:k + 2]


def choose(run, result, step, rates, decays=(None,), **where):
    """Tune a rule, note the choice in the result, and return it."""
    seeds = where.pop("seeds")
    lr, decay = best_of(tune(run, step, rates, decays, seeds, **where))[0]
    choice = {"step": step, "lr": lr, "weight_decay": decay} | where
    if choice not in result["chosen"]:
        result["chosen"].append(choice)
    return choice


def compare(run, result, settings):
    """Make the plain runs, then tune the seven rules and run each with the fresh seeds; return the
    choices by rule.
    """
    plain, chosen = settings["plain"], {}
    for seed in settings["final_seeds"]:
        run(plain["step"], plain["lr"], seed, epochs=plain["epochs"], constant=True, test=True)
    for step, rates in settings["start"].items():
        decays = settings["decays"] if step == "adamw" else (None,)
        chosen[step] = choose(run, result, step, rates, decays, seeds=settings["tuning_seeds"])
    for seed, choice in itertools.product(settings["final_seeds"], chosen.values()):
        run(seed=seed, test=True, **choice)
    return chosen


def vary(run, result, settings, chosen, data):
    """Run the rules of the variants on other pixels and in other networks: the rate kept, and the
    rate tuned again.
    """
    variants = settings["variants"]
    places = [{"sizes": sizes} for sizes in variants["sizes"]] + [
        {"pixels": pixels} for pixels in variants["pixels"]
    ]
    for where, (step, power) in itertools.product(places, variants["power"].items()):
        X = PIXELS[where.get("pixels", "unit")](data.X_train, data.X_train)
        ratio = float(np.mean(np.square(X)) / np.mean(np.square(data.X_train)))
        kept = chosen[step]["lr"]
        tuned = choose(
            run, result, step, around(kept * ratio**power), seeds=variants["tuning_seeds"], **where
        )["lr"]
        for seed, lr in itertools.product(variants["final_seeds"], dict.fromkeys((kept, tuned))):
            run(step, lr, seed, test=True, **where)


def measure_times(data, settings, rounds=5):
    """Return, for every rule, the seconds of one epoch over those of SGD's in the same round; the
    order rotates.
    """
    steps, ratios = list(settings["start"]), {step: [] for step in settings["start"]}
    for k in range(rounds):
        seconds = {}
        for step in steps[k % len(steps):] + steps[:k % len(steps)]:
            rng = np.random.default_rng(k)
            net, began = mlp(settings["sizes"], rng=rng), time.perf_counter()
            train(
                net,
                (data.X_train, data.y_train),
                step,
                lr=0.001,
                epochs=1,
                batch_size=settings["batch_size"],
                rng=rng,
                progress=False,
            )
            seconds[step] = time.perf_counter() - began
        for step in steps:
            ratios[step] += rounded([seconds[step] / seconds["sgd"]])
    return ratios


def sweep(data, path=RESULT, settings=SETTINGS, *, only_times=False):
    """Make the result at `path` where it is not there yet, and return it; only_times: measure the
    times of a result that is there anew.
    """
    with saved.alone(path):
        if saved.is_complete(path, settings):
            result = json.loads(path.read_text(encoding="utf-8"))
        else:
            run, result = runner(data, path, settings)
            vary(run, result, settings, compare(run, result, settings), data)
            only_times = True
        if only_times:
            result["time_ratios"] = measure_times(data, settings)
            write(result, path)
            saved.kept_runs(path).unlink(missing_ok=True)
    return result


def main():
    """Make the sweep on the real images."""
    data = saved.real_mnist()
    print(f"{SETTINGS['command']}: Python {platform.python_version()}, NumPy {np.__version__}")
    result = sweep(data, only_times="--time" in sys.argv[1:])
    for choice in result["chosen"]:
        print(choice)


if __name__ == "__main__":
    main()
