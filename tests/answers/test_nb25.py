"""The checks of notebook 25: right answers pass, stubs are not attempted, known mistakes are named.
"""
from types import SimpleNamespace

import numpy as np

from course_lib.checks import museum, nb25
from course_lib.checks.engine import judge
from course_lib.frameworks.tensorflow_quietly import import_keras, import_tensorflow


def rows(X):
    return np.divide(X.reshape(len(X), 784), 255, dtype=np.float32)


def sets(images, n_valid, *, train=None, valid=None, test=None, prepare=rows):
    """Return three pairs cut as the slices say; valid and test may name another file by a pair
    (file, slice).
    """
    X, y = np.concatenate([images.X_train, images.X_test]), np.concatenate([images.y_train, images.y_test])
    n = len(images.y_train)
    places = np.arange(len(y))
    cut = [places[: n - n_valid], places[n - n_valid:n], places[n:]]
    cut = [places[other] if other is not None else mine for mine, other in zip(cut, (train, valid, test), strict=True)]
    return tuple((prepare(X[at]), y[at]) for at in cut)


def pipeline(**changes):
    return lambda images, n_valid: sets(images, n_valid, **changes)


def torn(images, n_valid):
    (X, y), valid, test = sets(images, n_valid)
    return (X[::-1], y), valid, test


def callback(moments, value=lambda model: float(model.optimizer.learning_rate)):
    """Return an answer to 25.2 that records `value` at each of these moments."""
    def answer(rates):
        keras = import_tensorflow().keras

        class Mine(keras.callbacks.Callback):
            pass

        for moment in moments:
            setattr(Mine, moment, lambda self, *args, **kwargs: rates.append(value(self.model)))
        return Mine()
    return answer


def by_lambda(rates):
    keras = import_tensorflow().keras

    class Mine(keras.callbacks.LambdaCallback):
        pass

    mine = Mine(on_train_batch_begin=lambda batch, logs: rates.append(float(mine.model.optimizer.learning_rate.numpy())))
    return mine


def own_list(rates):
    return callback(["on_train_batch_begin"])([])


def read_once(rates):
    first = []
    return callback(["on_train_batch_begin"], lambda model: first[0] if first else
                    first.append(float(model.optimizer.learning_rate)) or first[0])(rates)


def digit(prepare=lambda image: image.reshape(1, 28, 28, 1).astype(np.float32) / 255,
          give=lambda p, logits: (int(p.argmax()), float(p.max()))):
    """Return an answer to 25.3; give: what comes back of probabilities and logits."""
    def answer(model, image):
        logits = model.predict(prepare(image), verbose=0)[0].astype(float)
        p = np.exp(logits) / np.exp(logits).sum()
        return give(p, logits)
    return answer


def by_keras(model, image):
    keras = import_keras()
    p = keras.ops.softmax(model(image[None, :, :, None] / 255.0))[0]
    return int(keras.ops.argmax(p)), float(keras.ops.max(p))


def one_hot(images, n_valid):
    return tuple((X, np.eye(10)[y % 10]) for X, y in sets(images, n_valid))


def by_length(X):
    X = rows(X)
    return X / np.linalg.norm(X, axis=1, keepdims=True)


RIGHT = {
    nb25.museum_pipeline: [
        pipeline(),
        pipeline(prepare=lambda X: (X.astype("float32") / 255.0).reshape(-1, 28 * 28)),
    ],
    nb25.rate_recorder: [callback(["on_train_batch_begin"]), by_lambda],
    nb25.read_digit: [digit(), by_keras],
}
WRONG = [
    (nb25.museum_pipeline, lambda images, n_valid: sets(images, n_valid)[:2], "three pairs"),
    (nb25.museum_pipeline, pipeline(valid=slice(10, 13)), "validation images are test images"),
    (nb25.museum_pipeline, pipeline(train=slice(0, 16)), "among the training images"),
    (nb25.museum_pipeline, pipeline(test=slice(10, 13)), "not the whole test file"),
    (nb25.museum_pipeline, pipeline(train=slice(0, 10)), "both in training and in validation"),
    (nb25.museum_pipeline, pipeline(valid=slice(8, 10)), "to be held out"),
    (nb25.museum_pipeline, pipeline(train=slice(0, 6)), "in neither part"),
    (nb25.museum_pipeline, pipeline(train=slice(3, 10), valid=slice(0, 3)), "first training images"),
    (nb25.museum_pipeline, pipeline(train=slice(6, None, -1)), "reordered"),
    (nb25.museum_pipeline, pipeline(prepare=lambda X: X.astype(np.float32) / 255), "still 28 by 28"),
    (nb25.museum_pipeline, pipeline(prepare=lambda X: X.reshape(-1, 28).astype(np.float32) / 255), "shape (7, 784)"),
    (nb25.museum_pipeline, pipeline(prepare=lambda X: X.reshape(-1, 784)), "still whole numbers"),
    (nb25.museum_pipeline, pipeline(prepare=lambda X: X.reshape(-1, 784) / 255), "float64"),
    (nb25.museum_pipeline, pipeline(prepare=lambda X: X.reshape(-1, 784).astype(np.float32)), "go up to 255"),
    (nb25.museum_pipeline, pipeline(prepare=lambda X: rows(X) / 255), "255 twice"),
    (nb25.museum_pipeline, pipeline(prepare=lambda X: np.float32(X.reshape(-1, 784) // 255)), "were rounded"),
    (nb25.museum_pipeline, pipeline(prepare=lambda X: np.float32(X.reshape(-1, 784) / 256)), "by 256"),
    (nb25.museum_pipeline, pipeline(prepare=lambda X: rows(X.transpose(0, 2, 1))), "are exchanged"),
    (nb25.museum_pipeline, torn, "not those of the images"),
    (nb25.rate_recorder, lambda rates: import_tensorflow().keras.callbacks.Callback, "a class came back"),
    (nb25.rate_recorder, lambda rates: rates.append, "should come back"),
    (nb25.rate_recorder, callback(["on_train_batch_begin"], lambda model: model.optimizer.learning_rate), "float(...)"),
    (nb25.rate_recorder, own_list, "nothing was recorded"),
    (nb25.rate_recorder, callback(["on_train_batch_end"]), "rate of the next step"),
    (nb25.rate_recorder, callback(["on_epoch_begin"]), "one a step was asked for"),
    (nb25.rate_recorder, callback(["on_epoch_end"]), "one entry an epoch, and"),
    (nb25.rate_recorder, read_once, "read once"),
    (nb25.rate_recorder, callback(["on_train_begin"]), "only one entry"),
    (nb25.rate_recorder, callback(["on_train_batch_begin", "on_test_batch_begin"]), "validation were recorded"),
    (nb25.rate_recorder, callback(["on_train_batch_begin", "on_train_batch_end"]), "recorded twice"),
    (nb25.rate_recorder, callback(["on_train_batch_begin"], lambda model: 0.1), "should give six rates"),
    (nb25.museum_pipeline, one_hot, "one-hot rows"),
    (nb25.museum_pipeline, pipeline(prepare=by_length), "its own length"),
    (nb25.museum_pipeline, pipeline(prepare=lambda X: rows(X) * 2 - 1), "-1 ... 1"),
    (nb25.museum_pipeline,
     pipeline(prepare=lambda X: np.float32(X.reshape(-1, 784) / 127.5 - 1)), "-1 ... 1"),
    (nb25.rate_recorder, callback(["on_train_batch_begin"], lambda model: float(model.optimizer.lr)),
     "calls it optimizer.learning_rate"),
    (nb25.read_digit, digit(prepare=lambda image: image[:, :, None] / 255), "refuses the shape"),
    (nb25.read_digit, digit(prepare=lambda image: image.reshape(1, 28, 28, 1) * 1.0), "up to 255"),
    (nb25.read_digit, digit(prepare=lambda image: image.T.reshape(1, 28, 28, 1) / 255), "turned"),
    (nb25.read_digit, digit(give=lambda p, s: (s.argmax(), s.max())), "a logit"),
    (nb25.read_digit, digit(give=lambda p, s: (s.argmax(), 1 / (1 + np.exp(-s.max())))), "sigmoid"),
    (nb25.read_digit, digit(give=lambda p, s: (s.argmax(), np.exp(s.max()))), "divide by the sum"),
    (nb25.read_digit, digit(give=lambda p, s: (s.argmax(), s.max() / s.sum())), "exponentials"),
    (nb25.read_digit, digit(give=lambda p, s: (s.argmax(), p.min())), "least likely"),
    (nb25.read_digit, digit(give=lambda p, s: s.argmax()), "two things"),
    (nb25.read_digit, digit(give=lambda p, s: (s.argmax(), p)), "two plain numbers"),
    (nb25.read_digit, digit(give=lambda p, s: (3, 0.5)), "not those of the model"),
]


def test_the_museum_piece_itself_is_called_wrong():
    images = SimpleNamespace(**vars(nb25._numbered_images()))
    assert "test images" in judge(nb25.museum_pipeline, lambda _, n: museum.museum_pipeline(images, n)).message
