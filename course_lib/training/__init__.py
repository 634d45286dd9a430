"""Training: the loop, what it records, and tools that look at a run before, while and after it
goes. `train(net, data, "adam", lr=0.001, ...)` returns a `History`.
"""
from .critical_batch import steps_to_target
from .diagnosis import sanity_check
from .loop import train
from .range_test import lr_range
from .record import History

__all__ = [
    "History",
    "lr_range",
    "sanity_check",
    "steps_to_target",
    "train",
]
