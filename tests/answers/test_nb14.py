"""The checks of notebook 14: right answers pass, stubs are not attempted, known mistakes are named.
"""
from types import SimpleNamespace

import numpy as np

from course_lib.checks import museum, nb14, nb14_data_and_callbacks
from course_lib.checks.engine import judge
from course_lib.frameworks.tensorflow_quietly import import_tensorflow


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


def tape_step(*, training=True, inside=True, sign=1, times=1, apply=True, give="loss"):
    def step(model, optimizer, loss_fn, X, y):
        tf = import_tensorflow()
        for _ in range(times):
            with tf.GradientTape() as tape:
                loss = loss_fn(y, model(X, training=training)) if inside else None
            loss = loss if inside else loss_fn(y, model(X, training=training))
            g = tape.gradient(loss, model.trainable_weights)
            if apply:
                optimizer.apply([sign * part for part in g], model.trainable_weights)
        return {"loss": loss, "nothing": None, "list": [loss], "later": loss_fn(y, model(X, training=training)),
                "gradient": g[0], "twice": 2 * loss}[give]
    return step


def graph_step(model, optimizer, loss_fn, X, y):
    tf = import_tensorflow()

    @tf.function
    def inner(X, y):
        return tape_step()(model, optimizer, loss_fn, X, y)

    return float(inner(X, y))


def other_rate(model, optimizer, loss_fn, X, y):
    loss = tape_step()(model, optimizer, loss_fn, X, y)
    model.trainable_weights[0].assign_add(0.1 * np.ones((4, 3), np.float32))
    return loss


def callback(moments, value=lambda model: float(model.optimizer.learning_rate)):
    """Return an answer to 14.4 that records `value` at each of these moments."""
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


RIGHT = {
    nb14_data_and_callbacks.museum_pipeline: [pipeline(), pipeline(prepare=lambda X: (X.astype("float32") / 255.0).reshape(-1, 28 * 28))],
    nb14.course_eps: [lambda epsilon, t, beta2: epsilon * (1 - beta2**t) ** -0.5,
                      lambda epsilon, t, beta2: epsilon / np.sqrt(1 - np.power(beta2, t))],
    nb14.train_step: [tape_step(), graph_step],
    nb14_data_and_callbacks.rate_recorder: [callback(["on_train_batch_begin"]), by_lambda],
}
WRONG = [
    (nb14_data_and_callbacks.museum_pipeline, lambda images, n_valid: sets(images, n_valid)[:2], "three pairs"),
    (nb14_data_and_callbacks.museum_pipeline, pipeline(valid=slice(10, 13)), "validation images are test images"),
    (nb14_data_and_callbacks.museum_pipeline, pipeline(train=slice(0, 16)), "among the training images"),
    (nb14_data_and_callbacks.museum_pipeline, pipeline(test=slice(10, 13)), "not the whole test file"),
    (nb14_data_and_callbacks.museum_pipeline, pipeline(train=slice(0, 10)), "both in training and in validation"),
    (nb14_data_and_callbacks.museum_pipeline, pipeline(valid=slice(8, 10)), "to be held out"),
    (nb14_data_and_callbacks.museum_pipeline, pipeline(train=slice(0, 6)), "in neither part"),
    (nb14_data_and_callbacks.museum_pipeline, pipeline(train=slice(3, 10), valid=slice(0, 3)), "first training images"),
    (nb14_data_and_callbacks.museum_pipeline, pipeline(train=slice(6, None, -1)), "reordered"),
    (nb14_data_and_callbacks.museum_pipeline, pipeline(prepare=lambda X: X.astype(np.float32) / 255), "still 28 by 28"),
    (nb14_data_and_callbacks.museum_pipeline, pipeline(prepare=lambda X: X.reshape(-1, 28).astype(np.float32) / 255), "shape (7, 784)"),
    (nb14_data_and_callbacks.museum_pipeline, pipeline(prepare=lambda X: X.reshape(-1, 784)), "still whole numbers"),
    (nb14_data_and_callbacks.museum_pipeline, pipeline(prepare=lambda X: X.reshape(-1, 784) / 255), "float64"),
    (nb14_data_and_callbacks.museum_pipeline, pipeline(prepare=lambda X: X.reshape(-1, 784).astype(np.float32)), "go up to 255"),
    (nb14_data_and_callbacks.museum_pipeline, pipeline(prepare=lambda X: rows(X) / 255), "255 twice"),
    (nb14_data_and_callbacks.museum_pipeline, pipeline(prepare=lambda X: np.float32(X.reshape(-1, 784) // 255)), "were rounded"),
    (nb14_data_and_callbacks.museum_pipeline, pipeline(prepare=lambda X: np.float32(X.reshape(-1, 784) / 256)), "by 256"),
    (nb14_data_and_callbacks.museum_pipeline, pipeline(prepare=lambda X: rows(X.transpose(0, 2, 1))), "are exchanged"),
    (nb14_data_and_callbacks.museum_pipeline, torn, "not those of the images"),
    (nb14.course_eps, lambda epsilon, t, beta2: "1", "one number was expected"),
    (nb14.course_eps, lambda epsilon, t, beta2: epsilon * (1 - beta2**t) ** 0.5, "other direction"),
    (nb14.course_eps, lambda epsilon, t, beta2: epsilon / (1 - beta2**t), "not beside v"),
    (nb14.course_eps, lambda epsilon, t, beta2: epsilon * (1 - beta2**t), "direction is the other one"),
    (nb14.course_eps, lambda epsilon, t, beta2: epsilon, "equal constants"),
    (nb14.course_eps, lambda epsilon, t, beta2: epsilon / (1 - beta2) ** 0.5, "first step at all times"),
    (nb14.course_eps, lambda epsilon, t, beta2: epsilon / (1 - beta2 ** (t - 1) or 1e-300) ** 0.5, "step before"),
    (nb14.course_eps, lambda epsilon, t, beta2: (1 - beta2**t) ** -0.5, "only the factor"),
    (nb14.course_eps, lambda epsilon, t, beta2: epsilon / (1 - 0.9**t) ** 0.5, "the constant is not"),
    (nb14.train_step, tape_step(inside=False), "gradients are None"),
    (nb14.train_step, tape_step(training=False), "evaluation mode"),
    (nb14.train_step, tape_step(apply=False), "no weight has moved"),
    (nb14.train_step, tape_step(sign=-1), "uphill"),
    (nb14.train_step, tape_step(times=2), "taken twice"),
    (nb14.train_step, other_rate, "not those of the optimizer"),
    (nb14.train_step, tape_step(give="nothing"), "is a return missing"),
    (nb14.train_step, tape_step(give="list"), "one number"),
    (nb14.train_step, tape_step(give="gradient"), "one number"),
    (nb14.train_step, tape_step(give="later"), "loss after the step"),
    (nb14.train_step, tape_step(give="twice"), "not the loss before the step"),
    (nb14_data_and_callbacks.rate_recorder, lambda rates: import_tensorflow().keras.callbacks.Callback, "a class came back"),
    (nb14_data_and_callbacks.rate_recorder, lambda rates: rates.append, "should come back"),
    (nb14_data_and_callbacks.rate_recorder, callback(["on_train_batch_begin"], lambda model: model.optimizer.learning_rate), "float(...)"),
    (nb14_data_and_callbacks.rate_recorder, own_list, "nothing was recorded"),
    (nb14_data_and_callbacks.rate_recorder, callback(["on_train_batch_end"]), "rate of the next step"),
    (nb14_data_and_callbacks.rate_recorder, callback(["on_epoch_begin"]), "one a step was asked for"),
    (nb14_data_and_callbacks.rate_recorder, callback(["on_epoch_end"]), "one entry an epoch, and"),
    (nb14_data_and_callbacks.rate_recorder, read_once, "read once"),
    (nb14_data_and_callbacks.rate_recorder, callback(["on_train_begin"]), "only one entry"),
    (nb14_data_and_callbacks.rate_recorder, callback(["on_train_batch_begin", "on_test_batch_begin"]), "validation were recorded"),
    (nb14_data_and_callbacks.rate_recorder, callback(["on_train_batch_begin", "on_train_batch_end"]), "recorded twice"),
    (nb14_data_and_callbacks.rate_recorder, callback(["on_train_batch_begin"], lambda model: 0.1), "should give six rates"),
]


def test_the_museum_piece_itself_is_called_wrong():
    images = SimpleNamespace(**vars(nb14_data_and_callbacks._numbered_images()))
    assert "test images" in judge(nb14_data_and_callbacks.museum_pipeline, lambda _, n: museum.museum_pipeline(images, n)).message
