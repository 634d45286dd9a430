"""What a network that has only 1 000 training images of MNIST does on new images: by its width, and
by what restrains it.

    python -m experiments.width     a quarter of an hour or more; a second call goes on

Width: Adam until the loss of all training images is at most 0.01, at most 300 epochs. The rate is
chosen with three seeds in two ways. For the loss: the lowest on 2 000 images kept for tuning. To
fit: the same among those rates with which all three seeds reach 0.01; where there is none, the
lowest training loss. Restraint: 64 hidden units, Adam for 60 epochs, and one of the means of
notebook 23. Learning rate and strength are climbed together on a grid until no neighbour is better,
by the tuning images. Five fresh seeds then meet the validation images.
"""
import functools

import numpy as np

from course_lib.arguments import one_thread
from course_lib.data import datasets, results_path
from course_lib.experiments.harness import climb
from course_lib.networks import penalties
from course_lib.networks.activations import Activation
from course_lib.networks.layers import Dense, Dropout
from course_lib.networks.network import Network, mlp
from course_lib.optimizers.rules import adam
from course_lib.training.loop import train
from experiments import saved

RESULT = results_path("width")
SETTINGS = {
    "command": "python -m experiments.width",
    "n": 1000,
    "hidden": 64,
    "epochs": 60,
    "sizes": [2, 4, 8, 16, 32, 64, 128, 256, 512],
    "fit": {"loss": 0.01, "most_epochs": 300},
    "first_rungs": {"none": 0, "L2 in Adam": -5, "weight decay": 0, "dropout": 2,
                    "early stopping": 2, "max-norm": 0, "weight clipping": -3,
                    "gradient clipping": -1, "pruning": 1},
    "tuning_seeds": [0, 1, 2],
    "fresh_seeds": [10, 11, 12, 13, 14],
}
STRENGTHS = {  # rung k -> strength
    "none": lambda k: None,
    "L2 in Adam": lambda k: 10 ** (k / 2),
    "weight decay": lambda k: 10 ** (k / 2),
    "dropout": lambda k: 1 - 2 ** (-max(k, 0) / 2),
    "early stopping": lambda k: 2 ** max(k, 0),
    "max-norm": lambda k: 2.0**k,
    "weight clipping": lambda k: 2.0**k,
    "gradient clipping": lambda k: 2.0**k,
    "pruning": lambda k: 1 - 2.0 ** -max(k, 0),
}


@functools.cache
def images():
    """Return the training images of the experiment, those kept for tuning, and the new ones."""
    data, n = saved.real_mnist(), SETTINGS["n"]
    return (
        (data.X_train[:n], data.y_train[:n]),
        (data.X_train[-2000:], data.y_train[-2000:]),
        (data.X_valid, data.y_valid),
    )


def measure(net, pairs):
    """Return [loss, accuracy, loss, accuracy, ...] on some pairs (X, y), rounded to five digits."""
    return [
        round(float(value), 5) for X, y in pairs for value in (net.loss(X, y), net.accuracy(X, y))
    ]


def fit_width(pair, width, lr, seed):
    """Return a network of one hidden layer, trained until its loss on all images is at most 0.01,
    and its epochs.
    """
    rng = np.random.default_rng(seed)
    net, state, epoch, loss = mlp([784, width, 10], rng=rng), {}, 0, np.inf
    while loss > SETTINGS["fit"]["loss"] and epoch < SETTINGS["fit"]["most_epochs"]:
        for rows in datasets.batches(len(pair[1]), 100, rng):
            g = net.loss_and_grad(pair[0][rows], pair[1][rows])[1]
            net.theta, state = adam(net.theta, g, state, lr=lr)
        loss, epoch = net.loss(*pair), epoch + 1
    return net, epoch


def matrices(net, change):
    """Apply change(W) to every weight matrix of a network."""
    for layer in net.layers:
        if hasattr(layer, "W"):
            change(layer.W)


def restrain(pair, watched, name, strength, lr, seed):
    """Return a network of 64 hidden units, trained with one of STRENGTHS.

    watched: the images that stop it early.
    """
    rng = np.random.default_rng(seed)
    hidden = [Dropout(strength, rng=rng)] if name == "dropout" else []
    net = Network(
        [
            Dense(784, SETTINGS["hidden"]),
            Activation("relu"),
            *hidden,
            Dense(SETTINGS["hidden"], 10),
        ],
        rng=rng,
    )
    change = {"weight decay": lambda W, lr: penalties.decay(W, lr=lr, weight_decay=strength),
              "max-norm": lambda W, lr: penalties.max_norm(W, strength),
              "weight clipping": lambda W, lr: penalties.clip_weights(W, strength)}.get(name)
    options = {}
    if change:
        options["after_step"] = lambda net, lr: matrices(net, lambda W: change(W, lr))
    if name == "L2 in Adam":
        options["penalty"] = lambda theta: penalties.l2(
            theta, strength=np.float32(strength) * net.is_matrix
        )
    if name == "gradient clipping":
        options["clip_norm"] = strength
    if name == "early stopping":
        options |= {"valid": watched, "patience": strength}
    train(
        net,
        pair,
        "adam",
        lr=lr,
        epochs=SETTINGS["epochs"],
        batch_size=100,
        rng=rng,
        progress=False,
        **options,
    )
    if name == "pruning":
        matrices(net, lambda W: penalties.prune(W, strength))
    return net


def rate(k):
    """Return the learning rate of a rung: 0.001, and a step is a factor of the root of ten."""
    return 0.001 * 10 ** (k / 2)


def run(what, k, seed, strength=None):
    """Run one job: a width (an int) at rung k, or a restraint (its name) at rungs k and strength.

    Returns "measures" on the training and the tuning images, for a fresh seed on the new ones too,
    each (loss, accuracy), and the "epochs" that a width took.
    """
    pair, tuning, new = images()
    pairs = [pair, tuning, new] if seed in SETTINGS["fresh_seeds"] else [pair, tuning]
    with one_thread():
        if isinstance(what, int):
            net, epochs = fit_width(pair, what, rate(k), seed)
        else:
            value = STRENGTHS[what](strength)
            net, epochs = restrain(pair, tuning, what, value, rate(k), seed), 0
        return {"measures": measure(net, pairs), "epochs": epochs}


def on_seeds(complete, seeds, **job):
    """Return the results of a job on some seeds: the measures (seeds, 4 or 6), and the epochs."""
    results = complete([{"seed": seed} | job for seed in SETTINGS[seeds]])
    return [result["measures"] for result in results], [result["epochs"] for result in results]


def width_rows(complete, width):
    """Return a width's two rows, each with a rate and five fresh seeds: [training loss, accuracy,
    new loss, accuracy].
    """
    def to_fit(k):
        measures, _ = on_seeds(complete, "tuning_seeds", what=width, k=k)
        training, _, tuning, _ = np.mean(measures, axis=0)
        fits = max(one[0] for one in measures) <= SETTINGS["fit"]["loss"]
        return 0.0 if fits else float(training), float(tuning)

    rows = []
    for goal, score in (("fit", to_fit), ("loss", lambda k: to_fit(k)[1])):
        k, _ = climb(score, 0, lambda k: (k + 1, k - 1))
        measures, epochs = on_seeds(complete, "fresh_seeds", what=width, k=k)
        runs = [one[:2] + one[4:] for one in measures]
        rows.append(
            {"width": width, "tuned_for": goal, "lr": rate(k), "epochs": epochs, "runs": runs}
        )
    return rows


def restraint_rows(complete, name):
    """Return a restraint's two rows: tuned for the accuracy, and tuned for the loss, on the tuning
    images.
    """
    def tuned(point):
        k, strength = point
        measures, _ = on_seeds(complete, "tuning_seeds", what=name, k=k, strength=strength)
        return np.mean(measures, axis=0)[2:4]

    def neighbours(point):
        k, strength = point
        beside = [(k + 1, strength), (k - 1, strength), (k, strength + 1), (k, strength - 1)]
        return beside[: 2 if name == "none" else 4]

    rows, start = [], (1, SETTINGS["first_rungs"][name])
    for goal, score in (("accuracy", lambda p: -tuned(p)[1]), ("loss", lambda p: tuned(p)[0])):
        (k, strength), _ = climb(score, start, neighbours)
        measures, _ = on_seeds(complete, "fresh_seeds", what=name, k=k, strength=strength)
        rows.append({"name": name, "tuned_for": goal, "lr": rate(k),
                     "strength": STRENGTHS[name](strength),
                     "runs": [one[:2] + one[4:] for one in measures]})
    return rows


def summary(complete):
    """Return the rows of all widths and of all restraints."""
    means = [row for name in STRENGTHS for row in restraint_rows(complete, name)]
    widths = [row for width in SETTINGS["sizes"] for row in width_rows(complete, width)]
    return {"widths": widths, "means": means}


def main(path=RESULT):
    """Make what the saved result lacks."""
    saved.make(path, SETTINGS, run, summary)


if __name__ == "__main__":
    main()
