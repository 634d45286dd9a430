"""Which step is the steepest? It depends on what is called a short step. Among all D of length at
most 1, the one that lowers the loss fastest, to first order, has the largest sum of G * D; that
sum is the dual norm of G. For G = U S V^T:

    length of a step D        steepest D       dual norm of G
    frobenius  |D|            G / |G|          |G|
    largest    max |D_ij|     sign(G)          sum of |G_ij|
    spectral   largest sigma  U V^T            sum of all sigma, the nuclear norm

Notebooks: 32.
"""
import numpy as np

from course_lib.arguments import array
from course_lib.optimizers.calling import rule

RANK = 1e-12  # singular values below this share of the largest count as zero
TINY = 1e-300


def polar(G):
    """Return U V^T for G = U S V^T (m, n): each singular value becomes 1, and a zero stays 0.

    It is the matrix with orthonormal rows or columns that lies nearest to G, if G has full rank.

    >>> polar(np.diag([3.0, -0.5])).tolist()
    [[1.0, 0.0], [0.0, -1.0]]
    """
    U, S, Vt = np.linalg.svd(G, full_matrices=False)
    kept = S / max(S[0], TINY) > RANK
    return U[:, kept] @ Vt[kept]


def length(D, norm):
    """Return the length of a step D (m, n) in a norm, a key of NORMS."""
    return float(_named(norm)[0](array("D", D)))


def steepest(G, norm):
    """Return the D (m, n) of length 1 in a norm with the largest sum of G * D; 0 where G is 0."""
    G = array("G", G, float)
    return _named(norm)[1](G) if G.any() else np.zeros(G.shape)


def dual_norm(G, norm):
    """Return the largest sum of G * D over all D of length 1 in a norm.

    >>> dual_norm(np.diag([3.0, -4.0]), "frobenius"), dual_norm(np.diag([3.0, -4.0]), "spectral")
    (5.0, 7.0)
    """
    return float(_named(norm)[2](array("G", G)))


NORMS = {
    "frobenius": (np.linalg.norm, lambda G: G / np.linalg.norm(G), np.linalg.norm),
    "largest": (lambda D: np.abs(D).max(), np.sign, lambda G: np.abs(G).sum()),
    "spectral": (lambda D: np.linalg.norm(D, 2), polar, lambda G: np.linalg.norm(G, "nuc")),
}


def _named(norm):
    if norm not in NORMS:
        raise ValueError(f"norm must be one of {', '.join(NORMS)}, got {norm!r}")
    return NORMS[norm]


@rule
def sign_descent(w, g, state, *, lr):
    """Sign descent: every coordinate moves by lr, the steepest step if the largest entry is what
    counts (Bernstein et al. 2018, arXiv 1802.04434). It is Lion without memory.
    """
    w = w - lr * np.sign(g)
    return w, {}


@rule
def spectral_descent(w, g, state, *, lr):
    """Spectral descent: the steepest step if the largest singular value is what counts (Carlson,
    Cevher & Carin 2015, PMLR 38). It is Muon without momentum and with an exact U V^T.

    w: a matrix (m, n).
    """
    w = w - lr * steepest(g, "spectral")
    return w, {}
