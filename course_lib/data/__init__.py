"""MNIST, verified and cached, with embedded digits where it cannot be had, and the saved results of
the experiments. Nothing here needs TensorFlow.
"""
from .datasets import Images, Splits, batches, embedded_digits, load_mnist, split
from .results import load_results, results_path

__all__ = [
    "Images",
    "Splits",
    "batches",
    "embedded_digits",
    "load_mnist",
    "load_results",
    "results_path",
    "split",
]
