"""Shampoo and SOAP: a preconditioner for the rows and one for the columns of a weight matrix.

    Shampoo   L = L + G G^T,  R = R + G^T G,  W = W - lr * L^(-1/4) G R^(-1/4)
    SOAP      L, R as moving averages; Q_L, Q_R their eigenvectors; Adam on Q_L^T G Q_R, turned back

With one gradient and eps = 0, L = U S^2 U^T and R = V S^2 V^T, so the step is U S^(-1/2) S
S^(-1/2) V^T = U V^T: Shampoo starts as spectral descent, and then remembers.

Notebooks: 32.
"""
import numpy as np

from course_lib.arguments import whole
from course_lib.optimizers.calling import rule


def inverse_root(A, p):
    """Return A^(-1/p) for a symmetric matrix A without negative eigenvalues; where an eigenvalue is
    zero up to rounding, so is its power here.

    >>> inverse_root(np.diag([16.0, 0.0]), 4).tolist()
    [[0.5, 0.0], [0.0, 0.0]]
    """
    eigenvalues, Q = np.linalg.eigh(A)
    kept = eigenvalues > eigenvalues[-1] * len(A) * np.finfo(A.dtype).eps
    powers = np.zeros_like(eigenvalues)
    powers[kept] = eigenvalues[kept] ** (-1 / p)
    return (Q * powers) @ Q.T


@rule
def shampoo(w, g, state, *, lr, eps=1e-6):
    """Shampoo (Gupta, Koren & Singer 2018, arXiv 1802.09568): AdaGrad for matrices. The sums never
    forget, and start at eps times the identity.

    w: a matrix (m, n).
    """
    m, n = w.shape
    L = state.get("L", eps * np.eye(m, dtype=g.dtype)) + g @ g.T
    R = state.get("R", eps * np.eye(n, dtype=g.dtype)) + g.T @ g
    w = w - lr * inverse_root(L, 4) @ g @ inverse_root(R, 4)
    return w, {"L": L, "R": R}


@rule
def soap(w, g, state, *, lr, beta1=0.9, beta2=0.99, eps=1e-8, every=10):
    """SOAP (Vyas et al. 2024, arXiv 2409.11321): Adam in the eigenbasis of Shampoo's matrices.

    w: a matrix (m, n). every: steps between two eigendecompositions, the first at step 1; the
        authors refresh by one power iteration and QR, and take no step at all the first time.
    """
    t = state.get("t", 0) + 1
    L = beta2 * state.get("L", 0.0) + (1 - beta2) * g @ g.T
    R = beta2 * state.get("R", 0.0) + (1 - beta2) * g.T @ g
    QL, QR = state.get("QL"), state.get("QR")
    if (t - 1) % whole("every", every) == 0:
        QL = np.linalg.eigh(L)[1]
        QR = np.linalg.eigh(R)[1]
    w, inner = adam_in_basis(w, g, state, QL, QR, lr=lr, beta1=beta1, beta2=beta2, eps=eps)
    return w, inner | {"L": L, "R": R, "QL": QL, "QR": QR}


def adam_in_basis(w, g, state, QL, QR, *, lr, beta1=0.9, beta2=0.99, eps=1e-8):
    """Take Adam's step on the coordinates Q_L^T G Q_R, and turn it back. m is kept unturned, so
    that it may be turned by new bases; v is not. With identity matrices this is Adam, bit for bit.
    """
    t = state.get("t", 0) + 1
    m = beta1 * state.get("m", 0.0) + (1 - beta1) * g
    turned = QL.T @ g @ QR
    v = beta2 * state.get("v", 0.0) + (1 - beta2) * turned * turned
    m_hat = (QL.T @ m @ QR) / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    step = lr * m_hat / (np.sqrt(v_hat) + eps)
    return w - QL @ step @ QR.T, {"t": t, "m": m, "v": v}
