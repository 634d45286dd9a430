"""Checks of notebook 26, look inside fit: two epsilons, what fit reports, a training step.

TensorFlow is imported only when an answer is examined; the models are tiny.

Notebooks: 26.
"""
import math

import numpy as np

from course_lib.checks.engine import exercise
from course_lib.checks.values import number
from course_lib.frameworks.tensorflow_quietly import import_keras, import_tensorflow


@exercise("26.1", "Two epsilons", seconds=120.0, hints=(
    "in Keras' step, sqrt(v) and epsilon stand in one sum; what must that sum be divided by to "
    "turn v into v_hat?",
    "(sqrt(v) + epsilon) / sqrt(1 - beta2^t) = sqrt(v_hat) + ?",
    "return epsilon / math.sqrt(1 - beta2**t)"))
def course_eps(mine):
    """epsilon / sqrt(1 - beta2^t)."""
    for epsilon, t, beta2 in ((0.01, 1, 0.9375), (1e-7, 3, 0.999), (0.5, 40, 0.96)):
        answer, share = mine(epsilon, t, beta2), 1 - beta2**t
        if number(answer) is None:
            return f"one number was expected, got {answer!r}"
        known = (
            (None, epsilon / math.sqrt(share)),
            ("that is the other direction: what Keras would need to take the step of our Adam",
             epsilon * math.sqrt(share)),
            ("the root is missing: epsilon stands beside the root of v, not beside v",
             epsilon / share),
            ("the root is missing, and the direction is the other one", epsilon * share),
            ("equal constants do not make equal steps: Keras adds its own to the root of the "
             "uncorrected v", epsilon),
            ("that is the factor of the first step at all times: the power of beta2 grows with t",
             epsilon / math.sqrt(1 - beta2)),
            ("that power belongs to the step before: t counts from 1",
             epsilon / math.sqrt(max(1 - beta2 ** (t - 1), 1e-300))),
            ("that is only the factor: it multiplies epsilon", 1 / math.sqrt(share)),
        )
        for fault, value in known:
            if math.isclose(answer, value, rel_tol=1e-6):
                if fault is None:
                    break
                return fault
        else:
            return (
                f"for epsilon = {epsilon:g}, t = {t}, beta2 = {beta2:g} the constant is not "
                f"{float(answer):.3g}"
            )
    return None


class Trial:
    """A tiny model with batch normalisation, always with the same weights, and two batches."""

    def __init__(self):
        keras, rng = import_keras(), np.random.default_rng(0)
        self.model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(3),
                                       keras.layers.BatchNormalization(),
                                       keras.layers.Dense(2)])
        for weight in self.model.trainable_weights:
            weight.assign(rng.normal(size=weight.shape))
        self.optimizer = keras.optimizers.SGD(0.25, momentum=0.5)
        self.optimizer.build(self.model.trainable_variables)
        self.loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        self.batches = [(rng.normal(size=(n, 4)).astype(np.float32), rng.integers(0, 2, n))
                        for n in (8, 5)]

    def steps(self, step):
        """Return what `step` returned for both batches, and the weights after each, (2, n)."""
        returned, weights = [], []
        for X, y in self.batches:
            returned.append(step(self.model, self.optimizer, self.loss_fn, X, y))
            weights.append(np.concatenate([np.ravel(weight)
                                           for weight in self.model.trainable_weights]))
        return returned, np.array(weights)


def _reference(training=True, sign=1, repeat=1, apply=True, after=False):
    def step(model, optimizer, loss_fn, X, y):
        tf = import_tensorflow()
        for _ in range(repeat):
            with tf.GradientTape() as tape:
                loss = loss_fn(y, model(X, training=training))
            gradients = [sign * g for g in tape.gradient(loss, model.trainable_variables)]
            if apply:
                optimizer.apply(gradients, model.trainable_variables)
        return loss_fn(y, model(X, training=training)) if after else loss

    return step


STEPS = (
    ("the forward pass ran in evaluation mode: dropout and batch normalisation need training=True",
     {"training": False}),
    ("no weight has moved: the optimizer must apply the gradients", {"apply": False}),
    ("it walks uphill: the optimizer itself subtracts, so give it the gradient as it is",
     {"sign": -1}),
    ("the step was taken twice: one call is one step", {"repeat": 2}),
)


def _softmax_first(model, optimizer, loss_fn, X, y):
    tf = import_tensorflow()
    with tf.GradientTape() as tape:
        loss = loss_fn(y, tf.nn.softmax(model(X, training=True)))
    optimizer.apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)
    return loss


def _new_optimizer(model, optimizer, loss_fn, X, y):
    fresh = type(optimizer).from_config(optimizer.get_config())
    return _reference()(model, fresh, loss_fn, X, y)


OTHER_STEPS = (
    ("the softmax came before the loss, which applies its own: give it the logits", _softmax_first),
    ("every step has a new optimizer, and its velocity is lost: use the one that is passed in",
     _new_optimizer),
)


@exercise("26.2", "A training step", seconds=120.0, hints=(
    "three things: the loss inside the tape's with block, its gradient from the tape, and the "
    "optimizer",
    "tape.gradient(loss, variables) needs a forward pass that was recorded; then "
    "optimizer.apply(gradients, variables)",
    "with tf.GradientTape() as tape: loss = loss_fn(y, model(X, training=True)), and the rest "
    "after the block"))
def train_step(mine):
    """The loss under the tape in training mode, the gradient of all trainable variables, one
    update.
    """
    try:
        returned, weights = Trial().steps(mine)
    except (ValueError, TypeError, AttributeError) as error:
        if "`output` must have rank" in str(error):
            return "the loss was given the logits first: it takes the labels first, then the logits"
        if "No gradients provided" in str(error) or "NoneType" in str(error):
            return (
                "the gradients are None: the tape saw neither the model nor the loss; both belong "
                "inside its with block"
            )
        raise
    expected, path = Trial().steps(_reference())
    if np.allclose(weights, path, rtol=1e-4, atol=1e-6):
        return _fault_of_return(returned, expected)
    for fault, step in (*((fault, _reference(**change)) for fault, change in STEPS), *OTHER_STEPS):
        if np.allclose(weights, Trial().steps(step)[1], rtol=1e-4, atol=1e-6):
            return fault
    return (
        "the weights after two steps are not those of the optimizer with the gradient of the loss"
    )


def _fault_of_return(returned, expected):
    if any(np.ndim(loss) != 0 or isinstance(loss, (list, tuple)) for loss in returned):
        return "the weights are right; what comes back should be one number, the loss of the batch"
    if np.allclose(np.array(returned, float), np.array(expected, float), rtol=1e-4):
        return None
    later, _ = Trial().steps(_reference(after=True))
    if np.allclose(np.array(returned, float), np.array(later, float), rtol=1e-4):
        return "that is the loss after the step: return the one that the gradient was taken of"
    return "the weights are right, but the number that comes back is not the loss before the step"
