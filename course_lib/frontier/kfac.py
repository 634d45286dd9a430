"""The idea of K-FAC, for one dense layer Z = X W: the Gauss-Newton matrix of W, and its
approximation by a Kronecker product (Martens & Grosse 2015, arXiv 1503.05671).

    H_i   curvature of example i's loss in its row z_i of Z; for softmax with cross-entropy, where
          the layer is the last, diag(p) - p p^T
    GN    mean over i of  (x_i x_i^T) kron H_i       exact; (m n, m n), W flattened row by row
    K-FAC (mean of x_i x_i^T) kron (mean of H_i)     the same for one example, or where the two
                                                     factors do not depend on one another
    solve (A kron S)^(-1) vec(G) = vec(A^(-1) G S^(-1)): two small matrices, never the large one

Notebooks: 32.
"""
import numpy as np

from course_lib.arguments import array, positive


def softmax_curvature(logits):
    """Return diag(p) - p p^T for each row of logits (k, n), an array (k, n, n)."""
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = p / p.sum(axis=1, keepdims=True)
    return p[:, :, None] * (np.eye(p.shape[1]) - p[:, None, :])


def gauss_newton(X, H):
    """Return the exact Gauss-Newton matrix (m n, m n) of a layer's weights (m, n), flattened.

    X: the layer's inputs, (k, m). H: (k, n, n), the curvature in each of its outputs.
    """
    X, H = _examples(X, H)
    size = X.shape[1] * H.shape[1]
    return np.einsum("ka,kb,kij->aibj", X, X, H).reshape(size, size) / len(X)


def factors(X, H):
    """Return K-FAC's two factors, A (m, m) and S (n, n); arguments as in `gauss_newton`."""
    X, H = _examples(X, H)
    return X.T @ X / len(X), H.mean(axis=0)


def kfac_direction(G, A, S, damping):
    """Return -(A + a I)^(-1) G (S + s I)^(-1), a s = damping, for a gradient G (m, n).

    a and s split the damping by the mean eigenvalues of the factors, as in section 6.3 of the
    paper.
    """
    m, n = np.shape(G)
    ratio = np.sqrt((np.trace(A) / m) / (np.trace(S) / n))
    root = np.sqrt(positive("damping", damping))
    left = np.linalg.solve(A + ratio * root * np.eye(m), G)
    return -np.linalg.solve(S + root / ratio * np.eye(n), left.T).T


def kfac_rule(curvature, damping):
    """Return the update rule w + lr d with K-FAC's direction d.

    curvature: w (m, n) -> (A, S), as `factors` returns them.
    """
    def step(w, g, state, *, lr):
        return w + lr * kfac_direction(g, *curvature(w), damping), {}

    return step


def _examples(X, H):
    X, H = array("X", X, float), array("H", H, float)
    if X.ndim != 2 or H.ndim != 3 or len(X) != len(H) or H.shape[1] != H.shape[2]:
        raise ValueError("inputs X (k, m) need curvatures H (k, n, n), one an example, "
                         f"got {X.shape} and {H.shape}")
    return X, H
