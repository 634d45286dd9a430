"""What a network that has only 1 000 training images of MNIST does on new images: by its width, and
by what restrains it.

    python -m experiments.width          a quarter of an hour or more; a second call goes on where the first stopped

Width: Adam until the loss of all training images is at most 0.01, at most 300 epochs. The rate is
chosen with three seeds in two ways. For the loss: the lowest on 2 000 images kept for tuning. To
fit: the same among those rates with which all three seeds reach 0.01; where there is none, the
lowest training loss. Restraint: 64 hidden units, Adam for 60 epochs, and one of the means of
notebook 12. Learning rate and strength are climbed together on a grid until no neighbour is better,
by the tuning images. Five fresh seeds then meet the validation images.
"""
import functools
import json

import numpy as np

from course_lib.data import datasets, results_path
from course_lib.networks import penalties
from course_lib.networks.activations import Activation
from course_lib.networks.layers import Dense, Dropout
from course_lib.networks.network import Network, mlp
from course_lib.optimizers.rules import adam
from course_lib.training.loop import train
from experiments import saved

RESULT = results_path("width")
SETTINGS = {"command": "python -m experiments.width", "n": 1000, "hidden": 64, "epochs": 60}
WIDTHS = (2, 4, 8, 16, 32, 64, 128, 256, 512)
MEANS = {  # name: (rung k -> strength, first rung)
    "none": (lambda k: None, 0),
    "L2 in Adam": (lambda k: 10 ** (k / 2), -5),
    "weight decay": (lambda k: 10 ** (k / 2), 0),
    "dropout": (lambda k: 1 - 2 ** (-max(k, 0) / 2), 2),
    "early stopping": (lambda k: 2 ** max(k, 0), 2),
    "max-norm": (lambda k: 2.0**k, 0),
    "weight clipping": (lambda k: 2.0**k, -3),
    "gradient clipping": (lambda k: 2.0**k, -1),
    "pruning": (lambda k: 1 - 2.0 ** -max(k, 0), 1),
}


def thousand(data):
    """Return the training images of the experiment and those kept for tuning, two pairs."""
    return (data.X_train[:1000], data.y_train[:1000]), (data.X_train[-2000:], data.y_train[-2000:])


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
    while loss > 0.01 and epoch < 300:
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
    """Return a network of 64 hidden units, trained with one of MEANS; `watched`: the images that
    stop it early.
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


def climb(score, start, directions):
    """Return the first point from `start` on, going to the best neighbour, whose neighbours are all
    not better.
    """
    here = start
    while True:
        best = min([here, *(tuple(np.add(here, d).tolist()) for d in directions)], key=score)
        if best == here:
            return here
        here = best


def rung(k):
    """Return the learning rate of a rung: 0.001, and a step is a factor of the root of ten."""
    return 0.001 * 10 ** (k / 2)


def sweep_width(data, width):
    """Return a width's two rows, each with a rate and five fresh seeds: [training loss, accuracy,
    new loss, accuracy].
    """
    pair, tuning = thousand(data)

    @functools.cache
    def tried(k):
        runs = [
            measure(fit_width(pair, width, rung(k[0]), seed)[0], [pair, tuning])
            for seed in range(3)
        ]
        training, _, loss, _ = np.mean(runs, axis=0)
        return 0.0 if max(run[0] for run in runs) <= 0.01 else training, loss

    rows = []
    for goal, score in (("fit", tried), ("loss", lambda k: tried(k)[1])):
        (k,) = climb(score, (0,), [(1,), (-1,)])
        runs = [fit_width(pair, width, rung(k), seed) for seed in range(10, 15)]
        rows.append(
            {
                "width": width,
                "tuned_for": goal,
                "lr": rung(k),
                "epochs": [epochs for _, epochs in runs],
                "runs": [measure(net, [pair, (data.X_valid, data.y_valid)]) for net, _ in runs],
            }
        )
        print(rows[-1], flush=True)
    return rows


def sweep_mean(data, name):
    """Return a restraint's two rows: tuned for the accuracy, and tuned for the loss, on the tuning
    images.
    """
    pair, tuning = thousand(data)
    strength, first = MEANS[name]

    @functools.cache
    def tried(k):
        return np.mean(
            [
                measure(restrain(pair, tuning, name, strength(k[1]), rung(k[0]), seed), [tuning])
                for seed in range(3)
            ],
            axis=0,
        )

    directions = [(1, 0), (-1, 0), (0, 1), (0, -1)][:2 if name == "none" else 4]
    rows = []
    for goal, score in (("accuracy", lambda k: -tried(k)[1]), ("loss", lambda k: tried(k)[0])):
        k = climb(score, (1, first), directions)
        nets = [
            restrain(pair, tuning, name, strength(k[1]), rung(k[0]), seed) for seed in range(10, 15)
        ]
        runs = [measure(net, [pair, (data.X_valid, data.y_valid)]) for net in nets]
        rows.append(
            {
                "name": name,
                "tuned_for": goal,
                "lr": rung(k[0]),
                "strength": strength(k[1]),
                "runs": runs,
            }
        )
        print(
            f"  {name}, for the {goal}: lr {rung(k[0]):.3g}, strength {strength(k[1])}, {np.mean(runs, axis=0).round(4)}",
            flush=True,
        )
    return rows


def main():
    """Fill in what the saved result lacks."""
    from threadpoolctl import threadpool_limits

    data = saved.real_mnist()
    result = (
        json.loads(RESULT.read_text(encoding="utf-8"))
        if RESULT.exists()
        else SETTINGS | {"widths": [], "means": []}
    )
    with threadpool_limits(1, user_api="blas"):
        for name in MEANS:
            if name not in {row["name"] for row in result["means"]}:
                result["means"] += sweep_mean(data, name)
                saved.write(RESULT, result)
        for width in WIDTHS:
            if width not in {row["width"] for row in result["widths"]}:
                result["widths"] += sweep_width(data, width)
                saved.write(RESULT, result)


if __name__ == "__main__":
    main()
