"""Small runs in Keras that notebooks 25 and 29 look at, and two ways to draw what came out.

    one_epoch       the same network, with and without a softmax at its end, and with and without
                    from_logits=True in its loss
    through_buffer  one epoch over a file sorted by label, by way of a shuffle buffer
    five_epochs     a run whose callbacks may interrupt it

Notebooks: 25, 29.
"""
import warnings

import numpy as np

from course_lib.frameworks.tensorflow_quietly import import_keras
from course_lib.plotting import look


def dense_net(last=None):
    """Return the Keras model 784-128-128-10, always with the same first weights.

    last: the activation of the last layer; None leaves logits.
    """
    keras = import_keras()
    keras.utils.set_random_seed(0)
    return keras.Sequential([
        keras.layers.Input((784,)),
        keras.layers.Dense(128, activation="relu"),
        keras.layers.Dense(128, activation="relu"),
        keras.layers.Dense(10, activation=last)])


def undeclared_net():
    """Return the same layers as `dense_net` without an Input: their sizes follow the first data."""
    keras = import_keras()
    return keras.Sequential([
        keras.layers.Dense(128, activation="relu"),
        keras.layers.Dense(128, activation="relu"),
        keras.layers.Dense(10)])


def one_epoch(data, last, from_logits, n=10_000):
    """Return (training loss, validation accuracy, whether Keras warned about logits) after one
    epoch of Adam.

    data: Splits. last: the activation of the last layer. from_logits: what the loss is told.
    n: the number of training images.
    """
    keras, model = import_keras(), dense_net(last)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=from_logits)
    model.compile(keras.optimizers.Adam(0.001), loss, metrics=["accuracy"])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UserWarning)
        told = model.fit(data.X_train[:n], data.y_train[:n], batch_size=128, verbose=0,
                         validation_data=(data.X_valid, data.y_valid)).history
    warned = any("from_logits" in str(warning.message) for warning in caught)
    return told["loss"][0], told["val_accuracy"][0], warned


def through_buffer(data, buffer, n=11_000):
    """Return (digits in a batch, validation accuracy, how often each digit was answered) after one
    epoch over the first n training images, sorted by label and shuffled by a buffer.
    """
    import tensorflow as tf

    keras, model = import_keras(), dense_net()
    rows = np.argsort(data.y_train[:n], kind="stable")
    stream = tf.data.Dataset.from_tensor_slices((data.X_train[rows], data.y_train[rows]))
    stream = stream.shuffle(buffer, seed=0).batch(128).prefetch(tf.data.AUTOTUNE)
    digits = np.mean([len(np.unique(y)) for _, y in stream.as_numpy_iterator()])
    model.compile(keras.optimizers.Adam(0.001),
                  keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.fit(stream, shuffle=False, verbose=0)
    answers = model.predict(data.X_valid, verbose=0).argmax(axis=1)
    return digits, np.mean(answers == data.y_valid), np.bincount(answers, minlength=10)


def five_epochs(data, *callbacks, n=5000):
    """Return (model, History) of five epochs of Adam on the first n training images, in the order
    of the file; callbacks as for `fit`.
    """
    keras, model = import_keras(), dense_net()
    model.compile(keras.optimizers.Adam(0.001),
                  keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    told = model.fit(data.X_train[:n], data.y_train[:n], batch_size=128, epochs=5, shuffle=False,
                     callbacks=list(callbacks), verbose=0)
    return model, told


def shape_or_error(model, X):
    """Return the shape of the outputs of a model for X, or the name of the error that it raises."""
    try:
        return tuple(model(X).shape)
    except ValueError as error:
        return type(error).__name__


def fit_curves(ax, told, key, *, factor=1):
    """Draw what `fit` reported, training solid and validation dashed, against the epoch.

    told: a dict of lists, as History.history. key: 'loss' or 'accuracy'. factor: 100 for per cent.
    """
    epochs = np.arange(1, 1 + len(told[key]))
    values = factor * np.array(told[key]), factor * np.array(told[f"val_{key}"])
    ax.plot(epochs, values[0], **look("adam", label="training, as fit reports it"))
    ax.plot(epochs, values[1], **look("adam", linestyle="--", label="validation"))
    ax.set(xlabel="epoch", ylabel=key)


def show_misread(X, y, p):
    """Draw the first eight images (n, 28, 28) whose label y is not the most probable answer by
    p (n, 10); return the places of all of them.
    """
    import matplotlib.pyplot as plt

    answers = p.argmax(axis=1)
    wrong = np.flatnonzero(answers != y)
    fig, axes = plt.subplots(2, 4, figsize=(8.4, 5.0))
    for ax in axes.flat:
        ax.axis("off")
    for ax, k in zip(axes.flat, wrong, strict=False):
        ax.imshow(X[k], cmap="Greys")
        ax.set_title(f"{y[k]}, read as {answers[k]}\n({p[k].max():.0%})", fontsize=13)
    fig.suptitle(f"{len(wrong)} of {len(y)} images are misread")
    return wrong


def with_one_nan(data, n=2000):
    """Return (loss of every epoch, training accuracy at the end, NaN weights) of five epochs on n
    images of which one has a pixel that is NaN.
    """
    keras, model = import_keras(), dense_net()
    X = data.X_train[:n].copy()
    X[0, 400] = np.nan
    model.compile(keras.optimizers.SGD(0.1),
                  keras.losses.SparseCategoricalCrossentropy(from_logits=True),
                  metrics=["accuracy"])
    told = model.fit(X, data.y_train[:n], batch_size=50, epochs=5, verbose=0).history
    lost = sum(int(np.isnan(weight).sum()) for weight in model.get_weights())
    return told["loss"], told["accuracy"][-1], lost
