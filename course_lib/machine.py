"""How a long run uses the machine: its cores, and its memory.

BLAS can multiply on all cores by itself, but its threads wait for each other without sleeping.
Where another program keeps a core busy, some products then take more than ten times as long as on
one thread, and their last bits depend on how many threads there are. Here BLAS keeps to one thread,
and large work is cut into parts that threads of Python share, which sleep while they wait. The
parts are computed as they are in the whole, so no bit changes.

Notebooks: none directly.
"""
import contextlib
import contextvars
from concurrent.futures import ThreadPoolExecutor

import numpy as np

_SHARED = contextvars.ContextVar("(threads beside this one, how many cores)", default=(None, 1))


@contextlib.contextmanager
def all_cores(n=None):
    """Let large work share n cores inside a `with` block; by default as many as BLAS could have
    used, so that OPENBLAS_NUM_THREADS=1, or a sweep on all cores, keeps each process to one.
    """
    from threadpoolctl import threadpool_limits

    n = _blas_threads() if n is None else n
    threads = ThreadPoolExecutor(max(n - 1, 1))  # starts none before there is work
    with threadpool_limits(1, user_api="blas"), threads:
        before = _SHARED.set((threads, n))
        try:
            yield
        finally:
            _SHARED.reset(before)


def _blas_threads():
    from threadpoolctl import threadpool_info

    found = [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]
    return max(found, default=1)


def cores():
    """Return how many cores may share one piece of work here: 1 outside `all_cores`."""
    return _SHARED.get()[1]


def together(calls):
    """Call functions without arguments, the first one here, the others on threads of `all_cores`;
    what one of them raises is raised here once all have ended.
    """
    threads = _SHARED.get()[0]
    waiting = []
    for call in calls[1:]:
        context = contextvars.copy_context()  # np.errstate holds in there as well
        context.run(_SHARED.set, (None, 1))   # and a part is not cut again
        waiting.append(threads.submit(context.run, call))
    try:
        calls[0]()
    finally:
        for done in waiting:
            done.result()


def keep_freed_memory():
    """Make the C library of Linux keep the memory of arrays that are freed, up to 32 MB each, for
    the next ones; elsewhere nothing happens.

    At first it hands them back to the system, and every new array of some 100 kB then waits for
    fresh pages: a step of Adam on 118 282 weights takes six times as long. It stops doing so for
    sizes that it has seen freed, and an array that nobody writes to costs nothing.
    """
    np.empty(2**25 - 2**14, np.uint8)
