"""Checks of notebook 26, look inside fit: a step of one's own, which fit runs.

TensorFlow is imported only when an answer is examined; the models are tiny.

Notebooks: 26.
"""
import numpy as np

from course_lib.checks.engine import exercise
from course_lib.checks.nb26 import STEPS, Trial
from course_lib.frameworks.tensorflow_quietly import import_keras, import_tensorflow


def _fit_with(step):
    """Return what `fit` reports for one epoch of two batches, and the weights after it."""
    trial = Trial()
    keras = import_keras()

    class Own(keras.Sequential):
        train_step = step

    model = Own(trial.model.layers)
    model.compile(keras.optimizers.SGD(0.25, momentum=0.5), loss=trial.loss_fn)
    X, y = (np.concatenate(part) for part in zip(*trial.batches, strict=True))
    told = model.fit(X, y, batch_size=8, shuffle=False, verbose=0).history
    return told, np.concatenate([np.ravel(weight) for weight in model.trainable_weights])


def _reporting(length=None, training=True, apply=True):
    tf = import_tensorflow()

    def step(model, data):
        X, y = data
        with tf.GradientTape() as tape:
            loss = model.loss(y, model(X, training=training))
        gradients = tape.gradient(loss, model.trainable_variables)
        if apply:
            model.optimizer.apply(gradients, model.trainable_variables)
        return {"loss": loss, "grad_norm": (length or tf.linalg.global_norm)(gradients)}

    return step


def _lengths(combine):
    """Return a function that combines the lengths of the single gradients."""
    tf = import_tensorflow()

    def length(gradients):
        return combine(tf.stack([tf.norm(g) for g in gradients]))

    return length


def _norm_faults():
    tf = import_tensorflow()
    return (
        ("the lengths of the single gradients were added: add their squares, then take the root",
         _lengths(tf.reduce_sum)),
        ("the root is missing: that is the sum of squares",
         _lengths(lambda n: tf.reduce_sum(n**2))),
        ("that is the mean of the single lengths: add squares, then take the root",
         _lengths(tf.reduce_mean)),
        ("that is the length for the first variable alone", _lengths(lambda n: n[0])),
        ("that is the largest of the single lengths", _lengths(tf.reduce_max)),
        ("that is a root mean square: the length is not divided by the number of entries",
         lambda gs: tf.linalg.global_norm(gs) / tf.sqrt(sum(tf.size(g, tf.float32) for g in gs))),
    )


@exercise("26.3", "Let fit report the gradient", seconds=120.0, hints=(
    "it is the step of 26.2 with model.loss and model.optimizer; what is the length of several "
    "arrays taken together?",
    "grad_norm is the root of the sum of all squares, over all gradients; the dict has the keys "
    '"loss" and "grad_norm"',
    'return {"loss": loss, "grad_norm": tf.linalg.global_norm(gradients)}'))
def reporting_step(mine):
    """One step inside fit; the loss and the length of the whole gradient come back in a dict."""
    try:
        told, weights = _fit_with(mine)
    except Exception as error:
        words = str(error)
        if "NumPy" in words or "numpy" in words:
            return "fit runs the step as a graph, without numbers yet: use tf's functions"
        if "No gradients provided" in words:
            return "the gradients are None: model and loss both belong inside the tape's with block"
        raise
    if set(told) != {"loss", "grad_norm"}:
        return f'a dict with "loss" and "grad_norm" is wanted, fit was told {sorted(told)}'
    right, path = _fit_with(_reporting())
    if not np.allclose(weights, path, rtol=1e-4, atol=1e-6):
        for fault, change in (
                ("no weight has moved: the optimizer must apply the gradients", {"apply": False}),
                (STEPS[0][0], {"training": False})):
            if np.allclose(weights, _fit_with(_reporting(**change))[1], rtol=1e-4, atol=1e-6):
                return fault
        return "the weights after two steps are not those of model.optimizer with this gradient"
    if not np.allclose(told["loss"], right["loss"], rtol=1e-4):
        return "the weights are right, but the loss is not that of the batch before the step"
    if np.allclose(told["grad_norm"], right["grad_norm"], rtol=1e-4):
        return None
    for fault, length in _norm_faults():
        if np.allclose(told["grad_norm"], _fit_with(_reporting(length))[0]["grad_norm"], rtol=1e-4):
            return fault
    return "step and loss are right, but grad_norm is not the length of the whole gradient"
