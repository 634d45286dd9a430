"""Threads that change one array of weights without waiting for each other (Niu et al. 2011, arXiv
1106.5730).

A step on a sparse example reads and writes the weights of its own features only. An update is lost
when another thread writes the same weight between the reading and the writing.

Notebooks: 33.
"""
import sys
import threading

import numpy as np

from course_lib.arguments import whole

ROWS, PRESENT = 3000, 4  # examples, and features of each


def task(n_weights, seed):
    """Return (features, values, y, hidden) of a least-squares task without noise: ROWS examples
    with PRESENT of n_weights features each; y is values @ hidden[features].
    """
    rng = np.random.default_rng(seed)
    features = np.array([rng.choice(whole("n_weights", n_weights, least=PRESENT), PRESENT, False)
                         for _ in range(ROWS)])
    values, hidden = rng.standard_normal((ROWS, PRESENT)), rng.standard_normal(n_weights)
    return features, values, (values * hidden[features]).sum(axis=1), hidden


def race(n_weights, *, threads, seed, lr=0.1, epochs=20):
    """Let threads train one array of weights at once; return {"lost", "distance"}: the share of
    updates that are lost, and how far the weights end from the hidden ones, as a share of their
    length.

    Each thread takes its own examples. A counter beside each weight is raised with it, in the same
    careless way; what is missing in the end was lost.
    """
    features, values, y, hidden = task(n_weights, seed)
    w, counts = np.zeros(n_weights), np.zeros(n_weights, int)

    start = threading.Barrier(whole("threads", threads))

    def work(rows):
        start.wait()
        for _ in range(epochs):
            for i in rows:
                own = features[i]
                w[own] -= lr * (values[i] @ w[own] - y[i]) * values[i]
                counts[own] += 1

    parts = np.array_split(np.random.default_rng(seed).permutation(ROWS), threads)
    _at_once([threading.Thread(target=work, args=(rows,)) for rows in parts])
    lost = 1 - counts.sum() / (epochs * ROWS * PRESENT)
    return {"lost": float(lost),
            "distance": float(np.linalg.norm(w - hidden) / np.linalg.norm(hidden))}


def _at_once(threads):
    """Run threads to their end, with Python changing between them as often as it can."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(usual)
