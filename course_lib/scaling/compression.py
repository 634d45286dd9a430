"""Gradients in fewer bytes, and the memory that makes up for what was left out.

    top_k       the k entries that are largest in size; the others 0
    signs       the sign of each entry, times their mean size
    memory      send c = C(g + r), keep r <- g + r - c, so that nothing is lost for good

Notebooks: 33.
"""
import numpy as np

from course_lib.arguments import array, whole


def top_k(g, k):
    """Return g (n,) with all but the k entries of largest size set to 0.

    >>> top_k([3.0, -1.0, 0.5, -4.0], 2).tolist()
    [3.0, 0.0, 0.0, -4.0]
    """
    g = array("g", g, float)
    if whole("k", k) > g.size:
        raise ValueError(f"k must be at most the {g.size} entries of g, got {k}")
    kept = np.argsort(-np.abs(g), kind="stable")[:k]
    sent = np.zeros_like(g)
    sent[kept] = g[kept]
    return sent


def signs(g):
    """Return the signs of g (n,), times the mean of |g| (Karimireddy et al. 2019, arXiv
    1901.09847).

    >>> signs([3.0, -1.0]).tolist()
    [2.0, -2.0]
    """
    g = array("g", g, float)
    return np.sign(g) * np.abs(g).mean()


def with_memory(compress):
    """Return a function g -> what is sent of g and of all that was left out before; it keeps the
    rest (Seide et al. 2014, 10.21437/Interspeech.2014-274).

    compress: g -> what would be sent of g alone.
    """
    rest = 0.0

    def send(g):
        nonlocal rest
        wanted = g + rest
        sent = compress(wanted)
        rest = wanted - sent
        return sent

    return send
