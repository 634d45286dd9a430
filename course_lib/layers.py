"""A layer turns a batch X, one example a row, into its output. On the way back it receives D, the gradient
of the loss with respect to that output, writes the gradients of its own parameters and returns the gradient
with respect to X.

    Dense    forward  Z = X W + b        backward  dW = X^T D,  db = sum of the rows of D,  dX = D W^T
    Relu     forward  A = max(X, 0)      backward  dX = D where X > 0, 0 elsewhere

A layer is any object with `n_in` and `n_out` (row lengths, None: any), `forward(X)`, `backward(D)`, and
`shapes`, a dict from a parameter's name to its shape. For a parameter "W" the network sets `layer.W` and
`layer.dW`: windows into its flat `theta` and `grad`, to be written into (`layer.dW[...] =`, `out=layer.dW`)
and never replaced.
"""
import numpy as np

from .arguments import count


class Dense:
    """A fully connected layer: every output is a weighted sum of all inputs, plus a bias.

    n_in, n_out: row lengths of input and output. Parameters: W (n_in, n_out), b (n_out,).
    Raises ValueError unless both are whole numbers of at least 1.
    """

    def __init__(self, n_in, n_out):
        self.n_in, self.n_out = count("n_in", n_in), count("n_out", n_out)
        self.shapes = {"W": (self.n_in, self.n_out), "b": (self.n_out,)}

    def forward(self, X):
        """Return X W + b, (n, n_out), for X (n, n_in); X is kept for the way back."""
        self.X = X
        Z = X @ self.W
        Z += self.b
        return Z

    def parameter_gradients(self, D):
        """Write dW and db for D (n, n_out): all that a network's first layer has to do on the way back."""
        np.matmul(self.X.T, D, out=self.dW)
        np.sum(D, axis=0, out=self.db)

    def backward(self, D):
        """Write dW and db, and return the gradient with respect to X, (n, n_in)."""
        self.parameter_gradients(D)
        return D @ self.W.T


class Relu:
    """The rectifier max(x, 0), element by element (Nair & Hinton 2010, ICML); its slope at 0 counts as 0."""

    def __init__(self):
        self.n_in = self.n_out = None
        self.shapes = {}

    def forward(self, X):
        """Return max(X, 0), of the shape of X; it is kept for the way back."""
        self.A = np.maximum(X, 0)
        return self.A

    def backward(self, D):
        """Return D where the input was positive, 0 elsewhere."""
        return D * (self.A > 0)
