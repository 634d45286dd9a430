"""Functions with known gradient and Hessian, and what can be asked of them: critical points,
basins, curvature. Use it for everything that has a shape and no training data.
"""
from .functions import (
    BEALE,
    CAMEL,
    CUBIC,
    HIMMELBLAU,
    MONKEY_SADDLE,
    QUARTIC,
    QUINTIC,
    ROSENBROCK,
    SADDLE,
    X_COS,
    Landscape,
    chain,
    huber,
    quadratic,
    two_slopes,
)

__all__ = [
    "BEALE",
    "CAMEL",
    "CUBIC",
    "HIMMELBLAU",
    "MONKEY_SADDLE",
    "QUARTIC",
    "QUINTIC",
    "ROSENBROCK",
    "SADDLE",
    "X_COS",
    "Landscape",
    "chain",
    "huber",
    "quadratic",
    "two_slopes",
]
