"""Networks from scratch: layers with their way back, losses, first weights, penalties, and how to
check a gradient. A network keeps all its weights in one flat array, `theta`.
"""
from .activations import ACTIVATIONS, Activation
from .layers import Dense, Dropout, Residual
from .losses import log_softmax, mse, softmax_cross_entropy
from .network import Network, mlp
from .normalization import BatchNorm, LayerNorm

__all__ = [
    "ACTIVATIONS",
    "Activation",
    "BatchNorm",
    "Dense",
    "Dropout",
    "LayerNorm",
    "Network",
    "Residual",
    "log_softmax",
    "mlp",
    "mse",
    "softmax_cross_entropy",
]
