"""What several workers compute, simulated in one process: averages of gradients, gradients that
come late, and models that are averaged now and then.

    average       G = sum_i n_i g_i / sum_i n_i         the gradient of the whole batch
    stale         w_{t+1} from w_t and g(w_{t-tau})     stable up to lr lam = 2 sin(pi/(4 tau + 2))
    local SGD     k steps alone, then w = mean of the workers' w

Notebooks: 33.
"""
from collections import deque

import numpy as np

from course_lib.arguments import array, whole
from course_lib.optimizers.rules import rule_called


def average(gradients, sizes):
    """Return the gradient of the mean loss over all examples, from each worker's own mean.

    gradients: (workers, n); sizes: (workers,), how many examples each has, positive.
    Raises ValueError for another number of sizes, or one that is not positive.

    >>> average([[1.0, 0.0], [4.0, 3.0]], [2, 1]).tolist()
    [2.0, 1.0]
    """
    gradients, sizes = array("gradients", gradients, float), array("sizes", sizes, float)
    if sizes.shape != gradients.shape[:1] or not (sizes > 0).all():
        raise ValueError(f"sizes must be one positive number a worker, {len(gradients)} of them, "
                         f"got {sizes.tolist()}")
    return sizes @ gradients / sizes.sum()


def largest_stale_rate(delay):
    """Return the largest lr * curvature at which plain descent with gradients of `delay` steps ago
    is stable: 2 sin(pi / (4 delay + 2)).

    >>> float(largest_stale_rate(0)), round(float(largest_stale_rate(1)), 3)
    (2.0, 1.0)
    """
    return 2 * np.sin(np.pi / (4 * whole("delay", delay, least=0) + 2))


def stale_descent(fun, w, step, *, delay, n_steps, lr, **hyper):
    """Return the path (n_steps + 1, ...) of an update rule that is given the gradient of `delay`
    steps ago; in the first steps, that of the start.

    fun, w, step, hyper: as for `optimizers.minimize`, without its records.
    lr: a number, or a column with one rate a run.
    """
    step, w = rule_called(step), array("w", w, float)
    seen = deque([w], maxlen=whole("delay", delay, least=0) + 1)
    path, state = [w], {}
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(whole("n_steps", n_steps, least=0)):
            w, state = step(w, fun(seen[0])[1], state, lr=lr, **hyper)
            seen.append(w)
            path.append(w)
    return np.array(path)


def local_sgd(funs, w, *, lr, period, n_rounds):
    """Return the averaged weights after each round, (n_rounds + 1, n): every worker makes `period`
    steps of plain descent alone, then all take the mean (Stich 2019, arXiv 1805.09767).

    funs: one function w -> (loss, grad) a worker; it may draw a new batch at each call.
    w: (n,), the start.
    """
    w = array("w", w, float)
    path = [w]
    for _ in range(whole("n_rounds", n_rounds, least=0)):
        own = [w] * len(funs)
        for _ in range(whole("period", period)):
            own = [v - lr * fun(v)[1] for fun, v in zip(funs, own, strict=True)]
        w = np.mean(own, axis=0)
        path.append(w)
    return np.array(path)
