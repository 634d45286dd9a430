"""Is `keras.optimizers.ScheduleFreeAdamW` what it says it is? One test that tells, and a class that is.

With the letters of schedule_free.py, and c = 1/t, the point that Keras' variable should hold is

    y = (1 - c)*y_old + c*z + (1 - c)*(1 - beta_1)*(z - z_old)

Keras 3.15.1 reads z_old from a name that on TensorFlow means the variable itself, after it has been changed. Then z - z_old
is zero, beta_1 has left the formula, and the variable holds the plain average of all z: x, and not y.
"""
import numpy as np

from .framework_runs import EPS, GRADIENTS, START, distance, drive_keras, follow, lr
from .schedule_free import averaged, schedule_free_adamw

BETAS = (0.25, 0.75)  # exact in binary, as everything in framework_runs


def keras_free_path(make, beta1):
    """Return the path (5, 5) of a Keras optimizer class on the five gradients."""
    optimizer = make(lr(1, "same"), beta_1=beta1, beta_2=0.9375, epsilon=EPS)
    return drive_keras(optimizer, START, lambda t, w: GRADIENTS[t - 1], len(GRADIENTS))


def expected_paths(beta1):
    """Return the paths of y and of x on the five gradients, from this course's rule."""
    hyper, w, state, x = {"beta1": beta1, "beta2": 0.9375, "eps": EPS}, START, {}, []
    for g in GRADIENTS:
        w, state = schedule_free_adamw(w, g, state, lr=lr(1, "same"), **hyper)
        x.append(averaged(w, state))
    return follow(schedule_free_adamw, hyper), np.array(x)


def diagnose(make):
    """Return 'right' if the class follows y, 'aliased' if it follows x for every beta_1, 'something else' otherwise."""
    paths = [(keras_free_path(make, beta1), *expected_paths(beta1)) for beta1 in BETAS]
    if all(distance(theirs, y) < 1e-9 for theirs, y, _ in paths):
        return "right"
    if all(distance(theirs, x) < 1e-9 for theirs, _, x in paths):
        return "aliased"
    return "something else"


def repaired():
    """Return a subclass of Keras' class that keeps copies of y and z, and so is right whether or not Keras is."""
    from .quiet import import_tensorflow
    import_tensorflow()
    import keras
    from keras import ops

    class RepairedScheduleFreeAdamW(keras.optimizers.ScheduleFreeAdamW):
        def update_step(self, gradient, variable, learning_rate):
            z = self._momentums[self._get_variable_index(variable)]
            y_old, z_old = ops.copy(variable), ops.copy(z)
            super().update_step(gradient, variable, learning_rate)
            c = 1 / ops.cast(self.iterations + 1, variable.dtype)
            y = (1 - c) * y_old + c * z + (1 - c) * (1 - self.beta_1) * (z - z_old)
            self.assign(variable, y)

    return RepairedScheduleFreeAdamW
