"""Beyond Adam: rules that see a weight matrix as a matrix, methods that read curvature off the
path, and averages. They have the contract of `optimizers`; `by_layer` puts them on a network.
"""
from .averaging import average_of, with_ema, with_swa
from .kfac import factors, gauss_newton, kfac_direction, softmax_curvature
from .layers import by_layer, inputs_of, shapes_of
from .norms import dual_norm, polar, sign_descent, spectral_descent, steepest
from .orthogonal import CUBIC, SCALES, muon, newton_schulz, polynomial
from .preconditioners import adam_in_basis, inverse_root, shampoo, soap
from .quasi_newton import exact_lbfgs, exact_search, lbfgs, searching_lbfgs
from .sharpness_aware import cycle, sam, sam_step

__all__ = [
    "CUBIC",
    "SCALES",
    "adam_in_basis",
    "average_of",
    "by_layer",
    "cycle",
    "dual_norm",
    "exact_lbfgs",
    "exact_search",
    "factors",
    "gauss_newton",
    "inputs_of",
    "inverse_root",
    "kfac_direction",
    "lbfgs",
    "muon",
    "newton_schulz",
    "polar",
    "polynomial",
    "sam",
    "sam_step",
    "searching_lbfgs",
    "shampoo",
    "shapes_of",
    "sign_descent",
    "soap",
    "softmax_curvature",
    "spectral_descent",
    "steepest",
    "with_ema",
    "with_swa",
]
