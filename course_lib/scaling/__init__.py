"""Training on more than one machine: what many workers compute, what they tell each other, and how
long that takes.

Two modules start real processes, with TensorFlow in each; the others simulate, with the update
rules of the course.
"""
from course_lib.scaling.compression import signs, top_k, with_memory
from course_lib.scaling.cost import ring_seconds, seconds_to_target
from course_lib.scaling.workers import average, largest_stale_rate, local_sgd, stale_descent

__all__ = ["average", "largest_stale_rate", "local_sgd", "ring_seconds", "seconds_to_target",
           "signs", "stale_descent", "top_k", "with_memory"]
