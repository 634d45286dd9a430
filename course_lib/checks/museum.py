"""The bug museum: faulty functions after published teaching material, kept for learners to repair.

Use none of them for anything else. Each docstring names the fault; a test proves that the fault is
there.

Notebooks: 02, 08, 10, 14, 16.
"""
import numpy as np

from course_lib import frontier
from course_lib.optimizers import descent, schedules


def museum_hessian(f, w, h=1e-5):
    """Return what was meant to be the Hessian (n, n) of a scalar `f` at `w` (n,), by forward
    differences.

    The fault: no evaluation moves coordinates i and j together (`both` moves j alone), so f(both)
    and f(other) cancel. Left is -(f(w + h e_i) - f(w)) / h^2 = -(df/dw_i)/h - (d2f/dw_i^2)/2 -
    O(h): a slope over h.

    >>> # true: [[0, 1], [1, 0]]
    >>> museum_hessian(lambda w: w[0] * w[1], np.array([2.0, 5.0])).round().tolist()
    [[-500000.0, -500000.0], [-200000.0, -200000.0]]
    """
    H = np.zeros((w.size, w.size))
    for i in range(w.size):
        for j in range(w.size):
            both, one, other = w.copy(), w.copy(), w.copy()
            both[j] += h
            one[i] += h
            other[j] += h
            H[i, j] = (f(both) - f(one) - f(other) + f(w)) / h**2
    return H


def museum_momentum(weights, gradients, velocities, *, lr, beta=0.9):
    """Change a list of weight arrays by what was meant to be a step of heavy ball; `velocities`
    starts as zeros.

    The fault: `v = ...` binds the name v to a new array, and the one in `velocities` stays zero:
    this is plain sgd.

    >>> w, v = np.array([1.0]), np.array([0.0])
    >>> for _ in range(2):
    ...     museum_momentum([w], [np.array([1.0])], [v], lr=0.1)
    >>> w.tolist(), v.tolist()  # heavy ball: 0.71 and 1.9
    ([0.8], [0.0])
    """
    for w, g, v in zip(weights, gradients, velocities, strict=True):
        v = beta * v + g
        w -= lr * v


def museum_epoch(n, batch_size, rng):
    """Return what was meant to be one shuffled epoch of n examples: a list of index arrays.

    The fault: it cuts first and shuffles afterwards, so a batch always holds neighbours of the
    file, and the same ones.

    >>> sorted(batch.tolist() for batch in museum_epoch(5, 2, np.random.default_rng(0)))
    [[0, 1], [2, 3], [4]]
    """
    starts = rng.permutation(np.arange(0, n, batch_size))
    return [np.arange(start, min(start + batch_size, n)) for start in starts]


def museum_adam(w, g, state, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """Return what was meant to be a step of Adam, and the new state.

    The fault: `/` binds before `+`, so eps is added to the weight and not to the root. Every weight
    drifts upwards by eps a step, and where all gradients so far were zero, the quotient is 0/0.

    >>> with np.errstate(invalid="ignore"):
    ...     # Adam: [0.9, 1.0]
    ...     museum_adam(np.array([1.0, 1.0]), np.array([2.0, 0.0]), {}, lr=0.1)[0].tolist()
    [0.90000001, nan]
    """
    t = state.get("t", 0) + 1
    m = beta1 * state.get("m", 0.0) + (1 - beta1) * g
    v = beta2 * state.get("v", 0.0) + (1 - beta2) * g * g
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    w = w - lr * m_hat / np.sqrt(v_hat) + eps
    return w, {"t": t, "m": m, "v": v}


def museum_adam_start(w, g, state, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """Return what was meant to be a step of Adam, and the new state.

    Two faults: t stays 1, so m_hat stays m / (1 - beta1), ten times too large in the end; and v_hat
    is made but v is used, which makes the first step 1 / sqrt(1 - beta2) times too long.

    >>> # Adam: -1.0
    >>> museum_adam_start(np.array([0.0]), np.array([1.0]), {}, lr=1.0)[0].round(2).tolist()
    [-31.62]
    """
    t = state.get("t", 1)
    m = beta1 * state.get("m", 0.0) + (1 - beta1) * g
    v = beta2 * state.get("v", 0.0) + (1 - beta2) * g * g
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)  # noqa: F841  it belongs to the exhibit that nobody uses it
    w = w - lr * m_hat / (np.sqrt(v) + eps)
    return w, {"t": t, "m": m, "v": v}


def museum_decay_gain(fun, w, rates, n_steps):
    """Return what was meant to be decay's gain: the final loss of sgd at a constant rate over the
    one with decay.

    The fault: decay is tried at all `rates`, the constant rate at the smallest one only, so the
    ratio credits decay for what a larger rate did.

    >>> bowl = lambda w: (0.5 * (w * w).sum(-1), w)
    >>> # a fair control gives 1e-07
    >>> round(float(museum_decay_gain(bowl, [1.0], (0.01, 0.1), 100)), 1)
    19.7
    """
    def final_loss(lr):
        return descent.minimize(fun, w, "sgd", lr=lr, n_steps=n_steps).loss[-1]

    decayed = min(final_loss(schedules.inverse_time(lr, n_steps // 10)) for lr in rates)
    return final_loss(min(rates)) / decayed


def museum_batch_norm(X, gamma, b, state, *, training, beta=0.9, eps=1e-5):
    """Return what was meant to be batch normalisation of X (n_examples, n), and the new running
    averages.

    The fault: `training` is never asked, so in evaluation too the batch is normalised by itself,
    and moves the averages.

    >>> state = {"mean": np.zeros(1), "var": np.ones(1)}
    >>> # should be near 7
    >>> museum_batch_norm(np.array([[7.0]]), 1.0, 0.0, state, training=False)[0].tolist()
    [[0.0]]
    """
    mean, var = X.mean(axis=0), X.var(axis=0)
    state = {"mean": beta * state["mean"] + (1 - beta) * mean,
             "var": beta * state["var"] + (1 - beta) * var}
    return gamma * (X - mean) / np.sqrt(var + eps) + b, state


def museum_pipeline(images, n_valid):
    """Return what was meant to be (images, labels) for training, validation and test of a network
    with 784 inputs.

    Three faults: the images stay 28 by 28; whole numbers over 255 become float64, twice the memory;
    and the validation images are the first of the test file, so that what is decided by them is
    decided on test images.
    """
    X_train, y_train = images.X_train[:-n_valid] / 255, images.y_train[:-n_valid]
    X_valid, y_valid = images.X_test[:n_valid] / 255, images.y_test[:n_valid]
    X_test, y_test = images.X_test / 255, images.y_test
    return (X_train, y_train), (X_valid, y_valid), (X_test, y_test)


def museum_muon(w, g, state, *, lr, beta=0.95):
    """Return what was meant to be a step of Muon on a layer's weights w (n_in, n_out), and the new
    state.

    The fault: the scale is that of the original for PyTorch's weights, (n_out, n_in). For a layer
    of 100 inputs and 400 outputs it is 1 where the original has 2, and the other way round.

    >>> wide = museum_muon(np.zeros((1, 4)), np.ones((1, 4)), {}, lr=1.0)[0]
    >>> tall = museum_muon(np.zeros((4, 1)), np.ones((4, 1)), {}, lr=1.0)[0]
    >>> (tall.T / wide).round(6).tolist()  # the original has 0.5
    [[2.0, 2.0, 2.0, 2.0]]
    """
    m = beta * state.get("m", 0.0) + g
    step = frontier.newton_schulz(g + beta * m)
    scale = max(1, w.shape[0] / w.shape[1]) ** 0.5
    return w - lr * scale * step, {"m": m}
