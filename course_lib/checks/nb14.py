"""Checks of notebook 14, train MNIST in Keras: an input pipeline, two epsilons, a training step, a
callback.

TensorFlow is imported only when an answer is examined; the models are tiny.
"""
import math
from types import SimpleNamespace

import numpy as np

from course_lib.checks import museum
from course_lib.checks.engine import exercise
from course_lib.frameworks.tensorflow_quietly import import_tensorflow

N_TRAIN, N_TEST, N_VALID = 10, 6, 3


def _numbered_images():
    """Return images whose label tells their number, in which no two pixels of a file agree by
    chance.
    """
    rng = np.random.default_rng(0)
    X_train, X_test = (rng.integers(1, 256, (n, 28, 28), dtype=np.uint8) for n in (N_TRAIN, N_TEST))
    X_train[:, 0, 0], X_test[:, 0, 0] = 255, 255
    labels = np.arange(N_TRAIN + N_TEST, dtype=np.uint8)
    return SimpleNamespace(X_train=X_train, y_train=labels[:N_TRAIN], X_test=X_test, y_test=labels[N_TRAIN:])


@exercise("14.1", "An input pipeline", exhibit=museum.museum_pipeline, hints=(
    "ask three questions of each pair: which shape, which type of number, and from which file?",
    "X.reshape(len(X), -1) makes rows; .astype(np.float32) / 255 keeps float32; validation is cut from the training images",
    "X[:cut] and X[cut:] with cut = len(images.X_train) - n_valid, for images and labels; the test images are left whole"))
def museum_pipeline(mine):
    """Rows of float32 in [0, 1]; validation is the end of the training file, the test file is kept
    whole.
    """
    images = _numbered_images()
    answer = mine(images, N_VALID)
    if not isinstance(answer, (tuple, list)) or [len(part) for part in answer] != [2, 2, 2]:
        return "three pairs should come back: training, validation, test, each of images and labels"
    labels = [np.asarray(y).tolist() for _, y in answer]
    fault = _fault_of_sets(labels)
    if fault:
        return fault
    source = np.concatenate([images.X_train, images.X_test])
    for X, y in answer:
        if fault := _fault_of_images(np.asarray(X), source[np.asarray(y)]):
            return fault
    return None


def _fault_of_sets(labels):
    train, valid, test = labels
    whole, held = list(range(N_TRAIN)), list(range(N_TRAIN, N_TRAIN + N_TEST))
    if set(valid) & set(held):
        return "the validation images are test images: whoever decides by them has trained on them, by hand"
    if set(train) & set(held):
        return "test images are among the training images"
    if set(test) != set(held) or len(test) != N_TEST:
        return "the test set is not the whole test file: it has nothing to do with n_valid"
    if set(train) & set(valid):
        return "some images are both in training and in validation"
    if len(valid) != N_VALID:
        return f"{N_VALID} images were to be held out for validation, got {len(valid)}"
    if sorted(train + valid) != whole:
        return "some training images are in neither part"
    if valid == whole[:N_VALID]:
        return "the first training images were held out, where the last ones were asked for"
    if train + valid != whole or test != held:
        return "the images were reordered: keep the order of the file"
    return None


def _fault_of_images(X, source):
    n = len(source)
    if X.shape == source.shape:
        return "the images are still 28 by 28: a network for 784 inputs wants rows"
    if X.shape != (n, 784):
        return f"{n} images should make an array of shape ({n}, 784), got {X.shape}"
    if X.dtype.kind in "ui":
        return f"the pixels are still whole numbers ({X.dtype}): make them float32, then divide"
    if X.dtype != np.float32:
        return f"the pixels are {X.dtype}, where float32 was asked for: whole numbers divided by 255 become float64"
    right = source.reshape(n, 784) / 255
    known = (
        (None, right),
        ("the pixels still go up to 255: divide them by 255", right * 255),
        ("the pixels were divided by 255 twice", right / 255),
        ("the pixels were rounded before they became float32: convert first, then divide", np.floor(right)),
        ("the pixels are divided by 256: white is 255, and should become 1", right * 255 / 256),
        ("rows and columns of the images are exchanged", source.transpose(0, 2, 1).reshape(n, 784) / 255),
    )
    for fault, value in known:
        if np.allclose(X, value, rtol=1e-5, atol=1e-8):
            return fault
    return "the pixels are not those of the images that the labels belong to, divided by 255"


@exercise("14.2", "Two epsilons", hints=(
    "in Keras' step, sqrt(v) and epsilon stand in one sum; what must that sum be divided by to turn v into v_hat?",
    "(sqrt(v) + epsilon) / sqrt(1 - beta2^t) = sqrt(v_hat) + ?",
    "return epsilon / math.sqrt(1 - beta2**t)"))
def course_eps(mine):
    """epsilon / sqrt(1 - beta2^t)."""
    for epsilon, t, beta2 in ((0.01, 1, 0.9375), (1e-7, 3, 0.999), (0.5, 40, 0.96)):
        answer, share = mine(epsilon, t, beta2), 1 - beta2**t
        if answer is None or isinstance(answer, str) or np.ndim(answer) != 0:
            return f"one number was expected, got {answer!r}"
        known = (
            (None, epsilon / math.sqrt(share)),
            ("that is the other direction: what Keras would need to take the step of our Adam", epsilon * math.sqrt(share)),
            ("the root is missing: epsilon stands beside the root of v, not beside v", epsilon / share),
            ("the root is missing, and the direction is the other one", epsilon * share),
            ("equal constants do not make equal steps: Keras adds its own to the root of the uncorrected v", epsilon),
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
            return f"for epsilon = {epsilon:g}, t = {t}, beta2 = {beta2:g} the constant is not {float(answer):.3g}"
    return None


class _Trial:
    """A tiny model with batch normalisation, always with the same weights, and two batches."""

    def __init__(self):
        self.tf, rng = import_tensorflow(), np.random.default_rng(0)
        keras = self.tf.keras
        self.model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(3), keras.layers.BatchNormalization(),
                                       keras.layers.Dense(2)])
        for weight in self.model.trainable_weights:
            weight.assign(rng.normal(size=weight.shape))
        self.optimizer = keras.optimizers.SGD(0.25, momentum=0.5)
        self.optimizer.build(self.model.trainable_variables)
        self.loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        self.batches = [(rng.normal(size=(n, 4)).astype(np.float32), rng.integers(0, 2, n)) for n in (8, 5)]

    def steps(self, step):
        """Return what `step` returned for both batches, and the weights after each, (2, n)."""
        returned, weights = [], []
        for X, y in self.batches:
            returned.append(step(self.model, self.optimizer, self.loss_fn, X, y))
            weights.append(np.concatenate([np.ravel(weight) for weight in self.model.trainable_weights]))
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
    ("the forward pass ran in evaluation mode: dropout and batch normalisation need training=True", {"training": False}),
    ("no weight has moved: the optimizer must apply the gradients", {"apply": False}),
    ("it walks uphill: the optimizer itself subtracts, so give it the gradient as it is", {"sign": -1}),
    ("the step was taken twice: one call is one step", {"repeat": 2}),
)


@exercise("14.3", "A training step", hints=(
    "three things: the loss inside the tape's with block, its gradient from the tape, and the optimizer",
    "tape.gradient(loss, variables) needs a forward pass that was recorded; then optimizer.apply(gradients, variables)",
    "with tf.GradientTape() as tape: loss = loss_fn(y, model(X, training=True)), and the rest after the block"))
def train_step(mine):
    """The loss under the tape in training mode, the gradient of all trainable variables, one
    update.
    """
    try:
        returned, weights = _Trial().steps(mine)
    except (ValueError, TypeError, AttributeError) as error:
        if "No gradients provided" in str(error) or "NoneType" in str(error):
            return "the gradients are None: the tape saw neither the model nor the loss; both belong inside its with block"
        raise
    expected, path = _Trial().steps(_reference())
    if np.allclose(weights, path, rtol=1e-4, atol=1e-6):
        return _fault_of_return(returned, expected)
    for fault, change in STEPS:
        if np.allclose(weights, _Trial().steps(_reference(**change))[1], rtol=1e-4, atol=1e-6):
            return fault
    return "the weights after two steps are not those of the optimizer with the gradient of the loss"


def _fault_of_return(returned, expected):
    if any(loss is None for loss in returned):
        return "the weights are right, but nothing comes back: return the loss of the batch"
    if any(np.ndim(loss) != 0 or isinstance(loss, (list, tuple)) for loss in returned):
        return "the weights are right; what comes back should be one number, the loss of the batch"
    if np.allclose(np.array(returned, float), np.array(expected, float), rtol=1e-4):
        return None
    later, _ = _Trial().steps(_reference(after=True))
    if np.allclose(np.array(returned, float), np.array(later, float), rtol=1e-4):
        return "that is the loss after the step: return the one that the gradient was taken of"
    return "the weights are right, but the number that comes back is not the loss before the step"


@exercise("14.4", "Record the learning rate", hints=(
    "a schedule depends on how many steps are done; has the step been counted when on_train_batch_end is called?",
    "on_train_batch_begin(self, batch, logs=None) comes before every step; self.model.optimizer.learning_rate is its rate",
    "inside it: rates.append(float(self.model.optimizer.learning_rate)); then return an instance of the class"))
def rate_recorder(mine):
    """The rate of every step, read before the step."""
    keras, n_steps, rates = import_tensorflow().keras, 6, []
    callback = mine(rates)
    if isinstance(callback, type):
        return "a class came back: call it, so that an object is returned"
    if not isinstance(callback, keras.callbacks.Callback):
        return f"a keras.callbacks.Callback should come back, got {type(callback).__name__}"
    decay = keras.optimizers.schedules.ExponentialDecay(0.5, decay_steps=1, decay_rate=0.5)
    model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(decay), "mse")
    X = np.ones((6, 2), np.float32)
    model.fit(X, X[:, :1], batch_size=2, epochs=2, verbose=0, validation_data=(X, X[:, :1]), callbacks=[callback])
    if any(not isinstance(rate, float) for rate in rates):
        return f"floats are wanted in the list, got {type(rates[0]).__name__}: float(...) makes one"
    s = [0.5 * 0.5**k for k in range(n_steps + 1)]
    known = {
        None: s[:n_steps],
        "nothing was recorded: no method of the callback was called, or it fills another list": [],
        "each is the rate of the next step: at the end of a batch the optimizer has counted it already": s[1:],
        "there is one entry an epoch, where one a step was asked for": [s[0], s[3]],
        "there is one entry an epoch, and it is the rate of the next step": [s[3], s[6]],
        "the rate was read once, at the start: read it at every step": [s[0]] * n_steps,
        "there is only one entry: use a method that is called at every step": [s[0]],
        "steps of the validation were recorded too: on_test_batch_begin is not a training step":
            [*s[:3], *[s[3]] * 3, *s[3:6], *[s[6]] * 3],
        "every step was recorded twice, at its begin and at its end": [rate for k in range(6) for rate in s[k:k + 2]],
    }
    for fault, value in known.items():
        if len(value) == len(rates) and np.allclose(rates, value, rtol=1e-4):
            return fault
    return f"two epochs of three steps should give six rates, beginning with 0.5, 0.25; got {len(rates)} others"
