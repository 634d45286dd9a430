"""Does standardising the inputs change what softmax regression does on new images? Every rate of a
grid is shared by all scalings, and each run stops at the same training loss, so that neither the
rate nor the fit can take the credit.

1 000 images of MNIST, drawn anew for every seed; all of them in each step; start at zero. New
images are scaled with the statistics of the training images.
"""
import functools

import numpy as np

from course_lib.arguments import one_thread
from course_lib.experiments.claims import claim
from course_lib.networks import mlp
from course_lib.optimizers.rules import STEPS
from experiments import saved

FAMILY = "scaled inputs on MNIST"
RATES = {"adam": (0.0024, 0.0048, 0.0096, 0.0192), "sgd": (0.16, 0.32, 0.64)}
TARGET = 0.2
N_STEPS = 3000
UNIT = "mean of ln(new loss / that with raw pixels)"


@functools.cache
def data():
    """Return the real images."""
    return saved.real_mnist()


def scaled(kind, X, new):
    """Return the training images and the new ones, raw, centred or standardised."""
    if kind == "raw":
        return X, new
    mean, std = X.mean(axis=0), X.std(axis=0)
    unit = np.where(std > 0, std, 1) if kind == "standardised" else 1
    return (X - mean) / unit, (new - mean) / unit


def loss_at_target(step, lr, kind, rows):
    """Return the loss on new images at the first step whose training loss is at most TARGET."""
    images = data()
    X, new = scaled(kind, images.X_train[rows], images.X_valid)
    net = mlp([784, 10], rng=np.random.default_rng(0))
    fun, w, state = net.objective(X, images.y_train[rows]), 0 * net.theta, {}
    for _ in range(N_STEPS):
        loss, g = fun(w)
        if loss <= TARGET:
            net.theta = w
            return float(net.loss(new, images.y_valid))
        w, state = STEPS[step](w, g, state, lr=lr)
    raise ValueError(f"{kind} with {step} at lr {lr} has not reached {TARGET} in {N_STEPS} steps")


def against_raw(step, kind, seed):
    """Return the mean over the rates of ln(loss with this scaling / loss with raw pixels)."""
    rows = np.random.default_rng(seed).choice(len(data().X_train), 1000, replace=False)
    with one_thread():
        return float(np.mean([np.log(loss_at_target(step, lr, kind, rows)
                                     / loss_at_target(step, lr, "raw", rows))
                              for lr in RATES[step]]))


@claim("23", "at equal rates and equal training loss, Adam on standardised pixels has a higher "
       "loss on new images than on raw ones", unit=UNIT, side="above", n=12, first_seed=3000,
       margin=0.05, family=FAMILY, varied="training images")
def standardised_is_worse_with_adam(seed):
    return against_raw("adam", "standardised", seed)


@claim("23", "at equal rates and equal training loss, gradient descent on standardised pixels has "
       "a higher loss on new images than on raw ones", unit=UNIT, side="above", n=12,
       first_seed=3000, margin=0.05, family=FAMILY, varied="training images")
def standardised_is_worse_with_sgd(seed):
    return against_raw("sgd", "standardised", seed)


@claim("23", "at equal rates and equal training loss, centring the pixels changes Adam's loss on "
       "new images by no more than 5 %", unit=UNIT, side="tie", n=12, first_seed=3000,
       margin=0.05, family=FAMILY, varied="training images")
def centring_is_neutral_with_adam(seed):
    return against_raw("adam", "centred", seed)
