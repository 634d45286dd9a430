"""The same rules in Keras, PyTorch, optax and scikit-learn: what they share, and the number that
separates them. TensorFlow is imported only by the functions that use it.
"""
from .compiling import compiled
from .facts import FACTS
from .keras_bridge import keras_optimizer, small_cnn, twin
from .schedule_free import averaged, schedule_free_adamw
from .tensorflow_quietly import import_keras, import_tensorflow

__all__ = [
    "FACTS",
    "averaged",
    "compiled",
    "import_keras",
    "import_tensorflow",
    "keras_optimizer",
    "schedule_free_adamw",
    "small_cnn",
    "twin",
]
