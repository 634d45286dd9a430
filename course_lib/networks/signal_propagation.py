"""How large is a signal after l layers, and how large is the gradient that comes back? Wide random
networks obey two maps.

    gain       sigma^2 = n_in var(w)         He 2, Glorot 1 where n_in = n_out, normal n_in std^2
    forward    q_1 = sigma^2 mean(x^2),      q_(l+1) = sigma^2 E[f(sqrt(q_l) z)^2]
    backward   d_l = d_(l+1) chi(q_l),       chi(q)  = sigma^2 E[f'(sqrt(q) z)^2]

z is a standard normal number, f the activation, q_l the second moment of what enters it in layer l,
d_l that of the gradient with respect to the same numbers (Poole et al. 2016, arXiv 1606.05340;
Schoenholz et al. 2017, arXiv 1611.01232). Layers are square and biases zero. At width n a network's
log q strays from the map: `spread` says by how much.

Notebooks: 18, 20, 21.
"""
import functools
import itertools
import math

import numpy as np

from course_lib.arguments import array, checked, not_negative, one_thread, whole
from course_lib.networks.activations import ACTIVATIONS, Activation
from course_lib.networks.initializers import he
from course_lib.networks.layers import Dense, Residual
from course_lib.networks.network import Network
from course_lib.networks.normalization import BatchNorm, LayerNorm

NORMS = {None: None, "batch": BatchNorm, "layer": LayerNorm}


@functools.cache
def _nodes():
    """Return places z and weights for averages over the standard normal; each side of 0 by itself:
    f may have a kink.
    """
    x, weight = np.polynomial.legendre.leggauss(300)
    z = 6.5 * (x + 1)
    z, weight = np.r_[-z, z], 6.5 * np.r_[weight, weight]
    return z, weight * np.exp(-z * z / 2) / math.sqrt(2 * math.pi)


def average(fun):
    """Return E[fun(z)] for a standard normal z, by quadrature; fun takes an array and may have a
    kink at 0.

    >>> round(average(lambda z: np.maximum(z, 0)), 6), round(1 / math.sqrt(2 * math.pi), 6)
    (0.398942, 0.398942)
    """
    z, weight = _nodes()
    return float(weight @ fun(z))


@checked(name=lambda _, name: _known(name), q=not_negative, gain=not_negative)
def moment_map(name, q, *, gain):
    """Return the next second moment, gain * E[f(sqrt(q) z)^2], of the activation `name` (Poole et
    al. 2016, eq. 3).
    """
    f, _ = ACTIVATIONS[name]
    return gain * average(lambda z: f(math.sqrt(q) * z) ** 2)


def slope_factor(name, q, *, gain):
    """Return chi = gain * E[f'(sqrt(q) z)^2]: what a layer does to the gradient's second moment
    (Schoenholz et al. 2017).
    """
    gain, q, (f, slope) = _gain(name, gain), not_negative("q", q), ACTIVATIONS[name]
    return gain * average(lambda z: slope(math.sqrt(q) * z, f(math.sqrt(q) * z)).astype(float) ** 2)


def forward_moments(name, *, gain, depth, x2=1.0):
    """Return q_1 ... q_depth, (depth,), for inputs with mean square x2. ValueError for a name or
    number out of range.
    """
    q = [_gain(name, gain) * not_negative("x2", x2)]
    while len(q) < whole("depth", depth):
        q.append(moment_map(name, q[-1], gain=gain))
    return np.array(q)


def backward_moments(name, q, *, gain):
    """Return d_1 ... d_depth, (depth,), for the forward moments q, with d_depth = 1."""
    chi = [slope_factor(name, each, gain=gain) for each in array("q", q)[:-1]]
    return np.cumprod([1.0, *chi[::-1]])[::-1]


def spread(name, q, *, gain, width):
    """Return the standard deviations of log q_depth and log d_1 over random networks of a finite
    width, to first order.

    q: the forward moments (depth,). Layer l adds (E[f^4] / E[f^2]^2 - 1) / width to the variance of
    log q_(l+1), and layers above pass that on, times the slope of the map in log q, squared. On the
    way back it adds 3 E[f'^4] / E[f'^2]^2 - 1 over width, and strays of q move chi. For ReLU both
    sums are 5 / width a layer (Hanin & Nica 2019, arXiv 1812.05994).
    """
    gain, width, (f, slope) = _gain(name, gain), whole("width", width), ACTIVATIONS[name]
    layers = []
    for each in array("q", q)[:-1]:
        s = math.sqrt(each)

        def even(g, s=s):  # the fourth moment over the square of the second
            return average(lambda z: g(s * z) ** 4) / average(lambda z: g(s * z) ** 2) ** 2

        def bent(fun, each=each, h=1e-3):  # d log fun / d log q
            above, below = (fun(name, each * math.exp(s), gain=gain) for s in (h, -h))
            return math.log(above / below) / (2 * h)

        noise, noise_back = even(f) - 1, 3 * even(lambda x: slope(x, f(x)).astype(float)) - 1
        layers.append((noise / width, noise_back / width, bent(moment_map), bent(slope_factor)))
    ahead = back = carried = 0.0
    for noise, _, up, _ in layers:
        ahead = noise + up**2 * ahead
    for noise, noise_back, up, chi in reversed(layers):
        back += noise_back + noise * carried**2
        carried = chi + up * carried  # what a stray of log q_l does to log d_1
    # 2 / width: the last layer's own mean over its units.
    return math.sqrt(ahead + 2 / width), math.sqrt(back)


def _known(name):
    if not isinstance(name, str) or name not in ACTIVATIONS:
        raise ValueError(f"unknown activation {name!r}; known are {', '.join(ACTIVATIONS)}")
    return name


def _gain(name, gain):
    _known(name)
    return not_negative("gain", gain)


def measure(net, X, D):
    """Return the second moments of signal and gradient behind each dense layer or residual block,
    and those of dW.

    X: inputs (n, n_in).
    D: the gradient sent back from the top, (n, n_out). Batch statistics are those of X, as in
        training.
    Returns q, d and the mean square of dW (NaN for a residual block), from the bottom to the top.
    """
    q, d, dW = [], [], []
    with one_thread():
        for layer in net.layers:
            X = layer.forward(X, training=True)
            if isinstance(layer, (Dense, Residual)):
                q.append(np.mean(X * X))
        for layer in reversed(net.layers):
            if isinstance(layer, (Dense, Residual)):
                d.append(np.mean(D * D))
            D = layer.backward(D)
            if isinstance(layer, (Dense, Residual)):
                dW.append(np.mean(layer.dW * layer.dW) if isinstance(layer, Dense) else math.nan)
    return np.array(q), np.array(d[::-1]), np.array(dW[::-1])


def tower(sizes, *, rng, activation="relu", init=he, norm=None, residual=False, dtype=np.float32):
    """Return a deep `Network` like `network.mlp`, with normalisation before each activation and
    detours around layers.

    sizes: row lengths.
    norm: None, "batch" or "layer".
    residual: every hidden layer after the first becomes the block x + dense(activation(norm(x)));
        hidden layers must then be equally wide. ValueError for anything else.
    """
    if np.ndim(sizes) != 1 or len(sizes) < 2:
        raise ValueError(f"sizes needs at least two entries, input and output, got {sizes!r}")
    if norm not in NORMS:
        raise ValueError(f"norm must be None, 'batch' or 'layer', got {norm!r}")

    def bend(n):
        return [*([NORMS[norm](n)] if norm else []), Activation(activation)]

    layers = [Dense(sizes[0], sizes[1])]
    for n_in, n_out in itertools.pairwise(sizes[1:-1]):
        chain = [*bend(n_in), Dense(n_in, n_out)]
        layers += [Residual(chain)] if residual else chain
    return Network(
        [*layers, *bend(sizes[-2]), Dense(sizes[-2], sizes[-1])], rng=rng, init=init, dtype=dtype
    )


def random_pass(width, depth, *, rng, n_examples=20, **settings):
    """Return `measure` of a new square tower, in float64, for standard normal X and D; settings:
    those of `tower`.
    """
    sizes = [whole("width", width)] * (whole("depth", depth) + 1)
    net = tower(sizes, rng=rng, dtype=np.float64, **settings)
    X, D = rng.standard_normal((2, n_examples, width))
    return measure(net, X, D)
