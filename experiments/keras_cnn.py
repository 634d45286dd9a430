"""How accurate is notebook 14's small CNN on MNIST, over five seeds?

    python -m experiments.keras_cnn          about three minutes; a second call goes on where the first one stopped

Six epochs of Adam, batches of 128, a rate that falls from 0.003 to 0 along half a cosine, chosen
after a few trial runs. Notebook 14 trains the first of these seeds and reads the others.
"""
import json

from course_lib.data import results_path
from course_lib.frameworks.keras_bridge import small_cnn
from course_lib.frameworks.tensorflow_quietly import import_tensorflow
from experiments import saved

RESULT = results_path("keras_cnn")
SETTINGS = {
    "command": "python -m experiments.keras_cnn",
    "epochs": 6,
    "batch_size": 128,
    "lr": 0.003,
}
SEEDS = (0, 1, 2, 3, 4)


def accuracies(data, seed):
    """Return validation accuracy after every epoch, and test accuracy at the end, of one run."""
    keras = import_tensorflow().keras
    keras.utils.set_random_seed(seed)
    X_train, X_valid, X_test = (
        X.reshape(-1, 28, 28, 1) for X in (data.X_train, data.X_valid, data.X_test)
    )
    n_steps = SETTINGS["epochs"] * -(-len(X_train) // SETTINGS["batch_size"])
    model = small_cnn()
    model.compile(
        keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(SETTINGS["lr"], n_steps)),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    history = model.fit(
        X_train,
        data.y_train,
        batch_size=SETTINGS["batch_size"],
        epochs=SETTINGS["epochs"],
        verbose=0,
        validation_data=(X_valid, data.y_valid),
        validation_batch_size=1000,
    )
    test = model.evaluate(X_test, data.y_test, batch_size=1000, verbose=0)[1]
    return [round(value, 4) for value in history.history["val_accuracy"]], round(test, 4)


def main():
    """Fill in the seeds that the saved result lacks."""
    data = saved.real_mnist()
    result = (
        json.loads(RESULT.read_text(encoding="utf-8"))
        if RESULT.exists()
        else SETTINGS | {"runs": []}
    )
    for seed in sorted(set(SEEDS) - {run["seed"] for run in result["runs"]}):
        valid, test = accuracies(data, seed)
        print(f"seed {seed}: validation {valid}, test {test}", flush=True)
        result["runs"].append({"seed": seed, "valid": valid, "test": test})
        saved.write(RESULT, result)


if __name__ == "__main__":
    main()
