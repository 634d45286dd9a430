"""Checks of notebook 25, train MNIST in Keras: an input pipeline, a callback, one image.

Each table of known answers begins with the right one, whose fault is None.

Notebooks: 25.
"""
from types import SimpleNamespace

import numpy as np

from course_lib.checks import museum
from course_lib.checks.answers import first_match
from course_lib.checks.engine import exercise
from course_lib.frameworks.tensorflow_quietly import import_keras

N_TRAIN, N_TEST, N_VALID = 10, 6, 3


def _numbered_images():
    """Return images whose label tells their number, in which no two pixels of a file agree by
    chance.
    """
    rng = np.random.default_rng(0)
    X_train, X_test = (rng.integers(1, 256, (n, 28, 28), dtype=np.uint8) for n in (N_TRAIN, N_TEST))
    X_train[:, 0, 0], X_test[:, 0, 0] = 255, 255
    labels = np.arange(N_TRAIN + N_TEST, dtype=np.uint8)  # so that 10 and up are in the test file
    return SimpleNamespace(X_train=X_train, y_train=labels[:N_TRAIN], X_test=X_test,
                           y_test=labels[N_TRAIN:])


@exercise("25.1", "An input pipeline", exhibit=museum.museum_pipeline, seconds=120.0, hints=(
    "ask three questions of each pair: which shape, which type of number, and from which file?",
    "X.reshape(len(X), -1) makes rows; .astype(np.float32) / 255 keeps float32; validation is cut "
    "from the training images",
    "X[:cut] and X[cut:] with cut = len(images.X_train) - n_valid, for images and labels; the test "
    "images are left whole"))
def museum_pipeline(mine):
    """Rows of float32 in [0, 1]; validation is the end of the training file, the test file is kept
    whole.
    """
    images = _numbered_images()
    answer = mine(images, N_VALID)
    if not isinstance(answer, (tuple, list)) or [len(part) for part in answer] != [2, 2, 2]:
        return "three pairs should come back: training, validation, test, each of images and labels"
    labels = [np.asarray(y) for _, y in answer]
    if any(y.ndim == 2 and y.shape[1] == 10 for y in labels):
        return "the labels are one-hot rows: here they stay whole numbers, as in the file"
    if any(y.ndim != 1 for y in labels):
        return f"labels are one number an image, got an array of shape {labels[0].shape}"
    labels = [y.tolist() for y in labels]
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
        return (
            "the validation images are test images: whoever decides by them has trained on them, "
            "by hand"
        )
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
        return (
            f"the pixels are {X.dtype}, where float32 was asked for: whole numbers divided by 255 "
            "become float64"
        )
    right = source.reshape(n, 784) / 255
    known = (
        (None, right),
        ("the pixels still go up to 255: divide them by 255", right * 255),
        ("the pixels were divided by 255 twice", right / 255),
        ("the pixels were rounded before they became float32: convert first, then divide",
         np.floor(right)),
        ("the pixels are divided by 256: white is 255, and should become 1", right * 255 / 256),
        ("rows and columns of the images are exchanged",
         source.transpose(0, 2, 1).reshape(n, 784) / 255),
        ("every image is divided by its own length (normalize does that): divide all by 255",
         right / np.linalg.norm(right, axis=1, keepdims=True)),
        ("the pixels are scaled to -1 ... 1, where 0 ... 1 was asked for", 2 * right - 1),
        ("the pixels are scaled to -1 ... 1, where 0 ... 1 was asked for",
         right * 255 / 127.5 - 1),
        ("the pixels are standardised, where division by 255 was asked for",
         (right - right.mean()) / right.std()),
    )
    for fault, value in known:
        if np.allclose(X, value, rtol=1e-5, atol=1e-6):
            return fault
    return "the pixels are not those of the images that the labels belong to, divided by 255"


@exercise("25.2", "Record the learning rate", seconds=120.0, hints=(
    "a schedule depends on how many steps are done; has the step been counted when "
    "on_train_batch_end is called?",
    "on_train_batch_begin(self, batch, logs=None) comes before every step; "
    "self.model.optimizer.learning_rate is its rate",
    "inside it: rates.append(float(self.model.optimizer.learning_rate)); then return an instance "
    "of the class"))
def rate_recorder(mine):
    """The rate of every step, read before the step."""
    keras, n_steps, rates = import_keras(), 6, []
    callback = mine(rates)
    if isinstance(callback, type):
        return "a class came back: call it, so that an object is returned"
    if not isinstance(callback, keras.callbacks.Callback):
        return f"a keras.callbacks.Callback should come back, got {type(callback).__name__}"
    decay = keras.optimizers.schedules.ExponentialDecay(0.5, decay_steps=1, decay_rate=0.5)
    model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(decay), "mse")
    X = np.ones((6, 2), np.float32)
    try:
        model.fit(X, X[:, :1], batch_size=2, epochs=2, verbose=0, validation_data=(X, X[:, :1]),
                  callbacks=[callback])
    except AttributeError as error:
        if "'lr'" in str(error):
            return "Keras 3 calls it optimizer.learning_rate; .lr is the name of older versions"
        raise
    if any(not isinstance(rate, float) for rate in rates):
        return f"floats are wanted in the list, got {type(rates[0]).__name__}: float(...) makes one"
    s = [0.5 * 0.5**k for k in range(n_steps + 1)]
    known = {
        None: s[:n_steps],
        "nothing was recorded: no method of the callback was called, or it fills another list": [],
        "each is the rate of the next step: at the end of a batch the optimizer has counted it "
        "already": s[1:],
        "there is one entry an epoch, where one a step was asked for": [s[0], s[3]],
        "there is one entry an epoch, and it is the rate of the next step": [s[3], s[6]],
        "the rate was read once, at the start: read it at every step": [s[0]] * n_steps,
        "there is only one entry: use a method that is called at every step": [s[0]],
        "steps of the validation were recorded too: on_test_batch_begin is not a training step":
            [*s[:3], *[s[3]] * 3, *s[3:6], *[s[6]] * 3],
        "every step was recorded twice, at its begin and at its end": [rate for k in range(6)
                                                                       for rate in s[k:k + 2]],
    }
    for fault, value in known.items():
        if len(value) == len(rates) and np.allclose(rates, value, rtol=1e-4):
            return fault
    return (
        "two epochs of three steps should give six rates, beginning with 0.5, 0.25; got "
        f"{len(rates)} others"
    )


def _probability(logits):
    p = np.exp(logits - logits.max())
    return p / p.sum()


@exercise("25.3", "Read one image", seconds=120.0, hints=(
    "three things differ from the training images: the shape, the type, the range; and what comes "
    "out are scores",
    "image.reshape(1, 28, 28, 1).astype(np.float32) / 255 is a batch of one; a softmax makes "
    "probabilities of the ten scores",
    "p = np.exp(logits - logits.max()); p = p / p.sum(); return int(p.argmax()), float(p.max())"))
def read_digit(mine):
    """The digit of one image and its probability, from a model that puts out logits."""
    keras, rng = import_keras(), np.random.default_rng(25)
    model = keras.Sequential([keras.layers.Input((28, 28, 1)), keras.layers.Flatten(),
                              keras.layers.Dense(10)])
    W = rng.normal(size=(784, 10)) / 15
    model.set_weights([W, rng.normal(size=10) / 5])
    for _ in range(3):
        image = rng.integers(0, 256, (28, 28), dtype=np.uint8)
        try:
            answer = mine(model, image.copy())
        except ValueError as error:
            if "shape" in str(error) or "dimension" in str(error) or "rank" in str(error):
                return "the model refuses the shape: it takes a batch, (1, 28, 28, 1) for one image"
            raise
        if fault := _fault_of_reading(answer, model, image):
            return fault
    return None


def _fault_of_reading(answer, model, image):
    if not isinstance(answer, (tuple, list)) or len(answer) != 2:
        return "two things should come back: the digit and its probability"
    digit, p = answer
    if np.ndim(digit) != 0 or np.ndim(p) != 0:
        return "two plain numbers are wanted; the model answers for a batch: take its first row"

    def scores(X):
        return np.asarray(model(X.reshape(1, 28, 28, 1).astype(np.float32)))[0]

    logits, raw = scores(image / 255), scores(image.astype(float))
    p_all, flipped = _probability(logits), _probability(scores(image.T / 255))
    at = int(logits.argmax())
    known = (
        (None, (at, p_all.max())),
        ("the pixels still go up to 255: the network was trained on 0 ... 1",
         (raw.argmax(), _probability(raw).max())),
        ("that is a score, a logit; a softmax over the ten makes a probability of it",
         (at, logits.max())),
        ("that is the sigmoid of one score: the ten digits share one probability, so use a softmax",
         (at, 1 / (1 + np.exp(-logits.max())))),
        ("the image is turned: rows and columns are exchanged", (flipped.argmax(), flipped.max())),
        ("that is exp(score): divide by the sum over the ten", (at, np.exp(logits.max()))),
        ("the scores are not divided by their sum: exponentials come first",
         (at, logits.max() / logits.sum())),
        ("the digit is right; what comes back beside it is the least likely one's probability",
         (at, p_all.min())),
    )
    return first_match((digit, p), known, "digit and probability are not those of the model "
                       "for this image", rtol=1e-4)
