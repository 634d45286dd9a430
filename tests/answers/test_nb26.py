"""The checks of notebook 26: right answers pass, stubs are not attempted, known mistakes are named.
"""
import numpy as np

from course_lib.checks import nb26, nb26_in_fit
from course_lib.frameworks.tensorflow_quietly import import_tensorflow


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


def exchanged(model, optimizer, loss_fn, X, y):
    return tape_step()(model, optimizer, lambda y, logits: loss_fn(logits, y), X, y)


def softmax_first(model, optimizer, loss_fn, X, y):
    tf = import_tensorflow()
    return tape_step()(model, optimizer, lambda y, logits: loss_fn(y, tf.nn.softmax(logits)), X, y)


def new_optimizer(model, optimizer, loss_fn, X, y):
    import keras

    return tape_step()(model, keras.optimizers.SGD(0.25, momentum=0.5), loss_fn, X, y)


def reporting(length=None, *, training=True, apply=True, give=None):
    """Return an answer to 26.3; length: of a list of gradients; give: makes the dict."""
    import tensorflow as tf

    def step(model, data):
        X, y = data
        with tf.GradientTape() as tape:
            loss = model.loss(y, model(X, training=training))
        gradients = tape.gradient(loss, model.trainable_weights)
        if apply:
            model.optimizer.apply(gradients, model.trainable_weights)
        found = (length or by_squares)(gradients)
        return {"loss": loss, "grad_norm": found} if give is None else give(loss, found)
    return step


def by_squares(gradients):
    import tensorflow as tf

    return tf.sqrt(sum(tf.reduce_sum(g * g) for g in gradients))


def g_norm(g):
    import tensorflow as tf

    return tf.norm(g)


def tuple_of_lengths(gradients):
    return [g_norm(g) for g in gradients]


def norms(combine):
    return lambda gradients: combine([g_norm(g) for g in gradients])


def mean_square(gradients):
    return by_squares(gradients) / sum(float(np.prod(g.shape)) for g in gradients) ** 0.5


RIGHT = {
    nb26_in_fit.reporting_step: [
        reporting(),
        reporting(lambda gradients: g_norm(tuple_of_lengths(gradients))),
    ],
    nb26.course_eps: [
        lambda epsilon, t, beta2: epsilon * (1 - beta2**t) ** -0.5,
        lambda epsilon, t, beta2: epsilon / np.sqrt(1 - np.power(beta2, t)),
    ],
    nb26.train_step: [tape_step(), graph_step],
}
WRONG = [
    (nb26.course_eps, lambda epsilon, t, beta2: "1", "one number was expected"),
    (nb26.course_eps, lambda epsilon, t, beta2: epsilon * (1 - beta2**t) ** 0.5, "other direction"),
    (nb26.course_eps, lambda epsilon, t, beta2: epsilon / (1 - beta2**t), "not beside v"),
    (nb26.course_eps, lambda epsilon, t, beta2: epsilon * (1 - beta2**t), "direction is the other one"),
    (nb26.course_eps, lambda epsilon, t, beta2: epsilon, "equal constants"),
    (nb26.course_eps, lambda epsilon, t, beta2: epsilon / (1 - beta2) ** 0.5, "first step at all times"),
    (nb26.course_eps, lambda epsilon, t, beta2: epsilon / (1 - beta2 ** (t - 1) or 1e-300) ** 0.5, "step before"),
    (nb26.course_eps, lambda epsilon, t, beta2: (1 - beta2**t) ** -0.5, "only the factor"),
    (nb26.course_eps, lambda epsilon, t, beta2: epsilon / (1 - 0.9**t) ** 0.5, "the constant is not"),
    (nb26.train_step, tape_step(inside=False), "gradients are None"),
    (nb26.train_step, tape_step(training=False), "evaluation mode"),
    (nb26.train_step, tape_step(apply=False), "no weight has moved"),
    (nb26.train_step, tape_step(sign=-1), "uphill"),
    (nb26.train_step, tape_step(times=2), "taken twice"),
    (nb26.train_step, other_rate, "not those of the optimizer"),
    (nb26.train_step, tape_step(give="nothing"), "is a return missing"),
    (nb26.train_step, tape_step(give="list"), "one number"),
    (nb26.train_step, tape_step(give="gradient"), "one number"),
    (nb26.train_step, tape_step(give="later"), "loss after the step"),
    (nb26.train_step, tape_step(give="twice"), "not the loss before the step"),
    (nb26.train_step, exchanged, "labels first"),
    (nb26.train_step, softmax_first, "applies its own"),
    (nb26.train_step, new_optimizer, "new optimizer"),
    (nb26_in_fit.reporting_step, reporting(apply=False), "no weight has moved"),
    (nb26_in_fit.reporting_step, reporting(training=False), "evaluation mode"),
    (nb26_in_fit.reporting_step, reporting(norms(sum)), "were added"),
    (nb26_in_fit.reporting_step, reporting(lambda gs: by_squares(gs) ** 2), "root is missing"),
    (nb26_in_fit.reporting_step, reporting(norms(lambda n: sum(n) / len(n))), "mean of the single"),
    (nb26_in_fit.reporting_step, reporting(norms(lambda n: n[0])), "first variable alone"),
    (nb26_in_fit.reporting_step, reporting(mean_square), "root mean square"),
    (nb26_in_fit.reporting_step, reporting(lambda gs: np.linalg.norm(gs[0].numpy())), "graph"),
    (nb26_in_fit.reporting_step, reporting(give=lambda loss, n: {"loss": loss}), "a dict with"),
    (nb26_in_fit.reporting_step, reporting(give=lambda loss, n: {"loss": 2 * loss, "grad_norm": n}),
     "not that of the batch"),
    (nb26_in_fit.reporting_step, reporting(norms(lambda n: n[0] * 0 + 5)), "not the length"),
]
