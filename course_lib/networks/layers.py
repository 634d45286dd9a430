"""A layer turns a batch X, one example a row, into its output. On the way back it receives D, the
gradient of the loss with respect to that output, writes the gradients of its own parameters and
returns the gradient with respect to X.

    Dense      Z = X W + b          dW = X^T D,  db = sum of the rows of D,  dX = D W^T
    Dropout    A = X M / (1 - p)    dX = D M / (1 - p),  M: 1 with probability 1 - p, else 0
    Residual   A = X + F(X)         dX = D + what F's layers send back

A layer is any object with `n_in` and `n_out` (row lengths, None: any), `forward(X,
training=False)`, `backward(D)`, and `shapes`, a dict from a parameter's name to its shape. For a
parameter "W" the network sets `layer.W` and `layer.dW`: views of its flat `theta` and `grad`, to be
written into (`layer.dW[...] =`, `out=layer.dW`) and never replaced. Three attributes are optional:
`starts`, a dict from the name of a vector to the number it starts from instead of 0; `buffers`, the
names of arrays that are kept between batches and are no parameters; `least_batch`, the fewest
examples a training batch may have.

Notebooks: none directly.
"""
import numpy as np

from course_lib.arguments import fraction, generator, whole
from course_lib.networks.products import product

NEEDED = ("n_in", "n_out", "shapes", "forward", "backward")


class Dense:
    """A fully connected layer: every output is a weighted sum of all inputs, plus a bias.

    n_in, n_out: row lengths of input and output. Parameters: W (n_in, n_out), b (n_out,).
    Raises ValueError unless both are whole numbers of at least 1.
    """

    def __init__(self, n_in, n_out):
        self.n_in, self.n_out = whole("n_in", n_in), whole("n_out", n_out)
        self.shapes = {"W": (self.n_in, self.n_out), "b": (self.n_out,)}

    def forward(self, X, training=False):
        """Return X W + b, (n, n_out), for X (n, n_in); X is kept for the way back."""
        self.X = X
        Z = product(X, self.W)
        Z += self.b
        return Z

    def parameter_gradients(self, D):
        """Write dW and db for D (n, n_out): all that a network's first layer has to do on the way
        back.
        """
        product(self.X.T, D, out=self.dW)
        np.add.reduce(D, axis=0, out=self.db)

    def backward(self, D):
        """Write dW and db, and return the gradient with respect to X, (n, n_in)."""
        self.parameter_gradients(D)
        return product(D, self.W.T)


class Dropout:
    """Inverted dropout: in training each element is set to 0 with probability p, and the others are
    divided by 1 - p, which keeps the mean; otherwise nothing happens (Srivastava et al. 2014, JMLR
    15:1929).

    p: the probability to drop, in [0, 1).
    rng: a numpy.random.Generator, which draws a new mask for every batch.
    Raises ValueError or TypeError for anything else.
    """

    def __init__(self, p, *, rng):
        self.n_in = self.n_out = None
        self.shapes = {}
        self.p, self.rng = fraction("p, the probability to drop,", p), generator(rng)

    def forward(self, X, training=False):
        """Return X with elements dropped in training, X itself otherwise."""
        self.mask = None
        if not training:
            return X
        self.mask = (self.rng.random(X.shape, np.float32) >= self.p) * X.real.dtype.type(
            1 / (1 - self.p)
        )
        return X * self.mask

    def backward(self, D):
        """Return D with the same elements dropped as in the last forward pass."""
        return D if self.mask is None else D * self.mask


class Residual:
    """A detour around some layers: X + F(X), where F is the chain of these layers (He et al. 2016,
    arXiv 1512.03385).

    layers: a chain that gives rows as long as those it takes; ValueError otherwise.
    """

    def __init__(self, layers):
        self.layers, self.shapes = list(layers), {}
        self.n_in, self.n_out = ends_of_chain(self.layers)
        if self.n_in != self.n_out:
            raise ValueError("a residual block must give rows as long as it takes, "
                             f"got {self.n_in} in, {self.n_out} out")

    def forward(self, X, training=False):
        """Return X + F(X), of the shape of X."""
        A = X
        for layer in self.layers:
            A = layer.forward(A, training)
        return X + A

    def backward(self, D):
        """Return D plus the gradient that comes back through the layers, which write those of their
        parameters.
        """
        back = D
        for layer in reversed(self.layers):
            back = layer.backward(back)
        return D + back


def leaves(layers):
    """Yield every layer, and in place of a block (a layer with `layers` of its own) those inside
    it.
    """
    for layer in layers:
        yield from leaves(layer.layers) if hasattr(layer, "layers") else [layer]


def ends_of_chain(layers):
    """Return the row lengths that a chain of layers takes and gives (None: any); ValueError if one
    does not fit.
    """
    n_in = width = None
    for place, layer in enumerate(layers, start=1):
        if None not in (width, layer.n_in) and layer.n_in != width:
            raise ValueError(
                f"layer {place} takes rows of {layer.n_in}, but is given rows of {width}"
            )
        n_in = layer.n_in if n_in is None else n_in
        width = layer.n_out or width
    return n_in, width


def checked_ends(layers):
    """Return the row lengths that the chain takes and gives; ValueError if the layers make no
    network.
    """
    if not isinstance(layers, (list, tuple)):
        raise TypeError(f"layers must be a list of layers, got {layers!r}")
    for layer in leaves(layers):
        lacks = [name for name in NEEDED if not hasattr(layer, name)]
        if lacks:
            raise TypeError(f"a layer needs {', '.join(NEEDED)}, got {layer!r} without {lacks[0]}")
    single = list(leaves(layers))
    in_use = any(hasattr(layer, name) for layer in single for name in layer.shapes)
    if in_use or len({id(layer) for layer in single}) < len(single):
        raise ValueError(
            "a layer has one place in one network, got one that is in use: build a new one"
        )
    n_in, n_out = ends_of_chain(layers)
    if n_out is None:
        raise ValueError("a network needs at least one layer with weights, got none")
    return n_in, n_out
