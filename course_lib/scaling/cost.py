"""What time many workers take: the step of each, the sum over all, and the number of steps.

    ring all-reduce   2 (N-1) messages of 1/N of the bytes      (Patarasuk & Yuan 2009)
                      2 (N-1) (latency + bytes/(N bandwidth))
    one step          examples a worker * seconds an example + all-reduce
    steps             s_min (1 + b_crit/B)                      notebook 09

Notebooks: 33.
"""
import numpy as np


def ring_seconds(workers, n_bytes, *, latency, bandwidth):
    """Return the seconds of a ring all-reduce; arrays broadcast (Patarasuk & Yuan 2009,
    10.1016/j.jpdc.2008.09.002).

    workers: N, from 1; alone, it takes no time.
    n_bytes: of the vector that is summed.
    latency: seconds a message takes, however short it is.
    bandwidth: bytes a second from one worker to the next.

    >>> ring_seconds([1, 2, 1000], 1e6, latency=0.0, bandwidth=1e6).tolist()
    [0.0, 1.0, 1.998]
    """
    N = np.asarray(workers, dtype=float)
    if not (N >= 1).all():
        raise ValueError(f"workers must be at least 1, got {workers}")
    return 2 * (N - 1) * (latency + n_bytes / (N * bandwidth))


def seconds_to_target(workers, *, batch_size, n_bytes, seconds_an_example, latency, bandwidth,
                      s_min, b_crit):
    """Return the seconds until the loss is reached, if each worker takes `batch_size` examples.

    seconds_an_example: what the gradient of one example takes on one worker.
    s_min, b_crit: of the curve of notebook 09, for the batch of all workers together.
    """
    together = np.asarray(workers, dtype=float) * batch_size
    step = batch_size * seconds_an_example + ring_seconds(
        workers, n_bytes, latency=latency, bandwidth=bandwidth)
    return s_min * (1 + b_crit / together) * step
