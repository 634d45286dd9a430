"""How accurate is notebook 25's small CNN on MNIST, over five seeds?

    python -m experiments.keras_cnn     about three minutes; a second call goes on

Six epochs of Adam, batches of 128, a rate that falls from 0.003 to 0 along half a cosine, chosen
after a few trial runs. Notebook 25 trains the first of these seeds and reads the others.
"""
import functools

from course_lib.data import results_path
from course_lib.frameworks import import_tensorflow, small_cnn
from experiments import saved

RESULT = results_path("keras_cnn")
SETTINGS = {
    "command": "python -m experiments.keras_cnn",
    "epochs": 6,
    "batch_size": 128,
    "lr": 0.003,
    "seeds": [0, 1, 2, 3, 4],
}


@functools.cache
def data():
    """Return the real images."""
    return saved.real_mnist()


def run(seed):
    """Return validation accuracy after every epoch, and test accuracy at the end, of one run."""
    keras = import_tensorflow().keras
    keras.utils.set_random_seed(seed)
    images = data()
    X_train, X_valid, X_test = (
        X.reshape(-1, 28, 28, 1) for X in (images.X_train, images.X_valid, images.X_test)
    )
    n_steps = SETTINGS["epochs"] * -(-len(X_train) // SETTINGS["batch_size"])
    model = small_cnn()
    model.compile(
        keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(SETTINGS["lr"], n_steps)),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    history = model.fit(
        X_train, images.y_train, batch_size=SETTINGS["batch_size"], epochs=SETTINGS["epochs"],
        verbose=0, validation_data=(X_valid, images.y_valid), validation_batch_size=1000,
    )
    test = model.evaluate(X_test, images.y_test, batch_size=1000, verbose=0)[1]
    valid = [round(value, 4) for value in history.history["val_accuracy"]]
    return {"valid": valid, "test": round(test, 4)}


def summary(complete):
    """Return the runs of all seeds."""
    jobs = [{"seed": seed} for seed in SETTINGS["seeds"]]
    return {"runs": [job | result for job, result in zip(jobs, complete(jobs), strict=True)]}


def main(path=RESULT):
    """Make what the saved result lacks."""
    saved.make(path, SETTINGS, run, summary)


if __name__ == "__main__":
    main()
