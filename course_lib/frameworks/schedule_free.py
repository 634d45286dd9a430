"""Schedule-Free AdamW, in the contract of the course: three points in place of a schedule (Defazio
et al. 2024, arXiv 2405.15682). The gradient is taken at y, the steps move z, and x, an average of
all z, is what one wants in the end.

    v = beta2*v + (1 - beta2)*g^2        g is the gradient at y
    z = z - lr*(g / (sqrt(v / (1 - beta2^t)) + eps) + weight_decay*y)
    c = lr^2 / (sum of all lr^2 so far)  1/t while lr stays the same
    x = (1 - c)*x + c*z
    y = (1 - beta1)*z + beta1*x          beta1 = 0: z itself, Adam without momentum; 1: the average

The loop carries y as its `w`; z and x wait in the state, and begin where y begins.

Is `keras.optimizers.ScheduleFreeAdamW` what it says it is? `diagnose` tells, and `repaired` is.
With c = 1/t, the point that Keras' variable should hold is

    y = (1 - c)*y_old + c*z + (1 - c)*(1 - beta_1)*(z - z_old)

Keras 3.15.1 reads z_old from a name that on TensorFlow means the variable itself, after it has been
changed. Then z - z_old is zero, beta_1 has left the formula, and the variable holds the plain
average of all z: x, and not y.

Notebooks: 27, 32.
"""
import numpy as np

from course_lib.frameworks.paths import EPS, GRADIENTS, START, distance, drive_keras, lr, path_of
from course_lib.optimizers.calling import rule

BETAS = (0.25, 0.75)  # exact in binary, as everything in `paths`


@rule
def schedule_free_adamw(w, g, state, *, lr, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0):
    """Schedule-Free AdamW: `w` is y, where gradients are taken; `averaged(w, state)` is x, the
    point to evaluate.

    The root is corrected as in Adam, eps outside it. The paper has sqrt(1 - beta2^t) inside lr, so
    in c as well; Keras and optax do as is done here, at a constant rate without decay. At other
    rates Keras keeps c = 1/t, and optax weights by the largest rate so far.
    """
    t = state.get("t", 0) + 1
    v = beta2 * state.get("v", 0.0) + (1 - beta2) * g * g
    z = state.get("z", w) - lr * (g / (np.sqrt(v / (1 - beta2**t)) + eps) + weight_decay * w)
    lr2_sum = state.get("lr2_sum", 0.0) + lr * lr
    c = lr * lr / (lr2_sum + (lr2_sum == 0))  # no 0/0 where a warm-up starts at 0
    x = (1 - c) * state.get("x", w) + c * z
    w = (1 - beta1) * z + beta1 * x
    return w, {"t": t, "v": v, "z": z, "x": x, "lr2_sum": lr2_sum}


def averaged(w, state):
    """Return x, the average that is to be evaluated; before the first step, when the state is
    empty, w.

    >>> w, state = schedule_free_adamw(np.array([1.0]), np.array([2.0]), {}, lr=0.5, eps=0.0)
    >>> w, state = schedule_free_adamw(w, np.array([2.0]), state, lr=0.5, eps=0.0)
    >>> averaged(w, state).tolist()  # z went to 0.5 and 0.0
    [0.25]
    """
    return state.get("x", w)


def keras_free_path(make, beta1):
    """Return the path (5, 5) of a Keras optimizer class on the five gradients."""
    optimizer = make(lr(1, "same"), beta_1=beta1, beta_2=0.9375, epsilon=EPS)
    return drive_keras(optimizer, START, lambda t, w: GRADIENTS[t - 1], len(GRADIENTS))


def expected_paths(beta1):
    """Return the paths of y and of x on the five gradients, from this course's rule."""
    hyper = {"beta1": beta1, "beta2": 0.9375, "eps": EPS}
    x = []

    def noting(w, g, state, **settings):
        w, state = schedule_free_adamw(w, g, state, **settings)
        x.append(averaged(w, state))
        return w, state

    return path_of(noting, hyper), np.array(x)


def diagnose(make):
    """Return 'right' if the class follows y, 'aliased' if it follows x for every beta_1, 'something
    else' otherwise.
    """
    paths = [(keras_free_path(make, beta1), *expected_paths(beta1)) for beta1 in BETAS]
    if all(distance(theirs, y) < 1e-9 for theirs, y, _ in paths):
        return "right"
    if all(distance(theirs, x) < 1e-9 for theirs, _, x in paths):
        return "aliased"
    return "something else"


def repaired():
    """Return a subclass of Keras' class that keeps copies of y and z. At a constant rate, without
    warm-up and weight decay, its variable is y, whether or not Keras' own is; `limits` measures
    what it is otherwise. It evaluates y, where the method's authors evaluate x.
    """
    from course_lib.frameworks.tensorflow_quietly import import_keras

    keras = import_keras()
    ops = keras.ops

    class RepairedScheduleFreeAdamW(keras.optimizers.ScheduleFreeAdamW):
        def update_step(self, gradient, variable, learning_rate):
            z = self._momentums[self._get_variable_index(variable)]
            y_old, z_old = ops.copy(variable), ops.copy(z)
            super().update_step(gradient, variable, learning_rate)
            c = 1 / ops.cast(self.iterations + 1, variable.dtype)
            y = (1 - c) * y_old + c * z + (1 - c) * (1 - self.beta_1) * (z - z_old)
            self.assign(variable, y)

    return RepairedScheduleFreeAdamW


def on_the_bowl(beta1, *, lr=0.1, n_steps=60, weight_decay=0.0):
    """Return the paths of y and of x, (n_steps,) each, of this course's rule on w^2 / 2 from 1.

    lr: a number, or t -> number.
    """
    w, state, path = np.ones(1), {}, []
    for t in range(1, n_steps + 1):
        w, state = schedule_free_adamw(w, w, state, lr=lr(t) if callable(lr) else lr, beta1=beta1,
                                       weight_decay=weight_decay)
        path.append((w[0], averaged(w, state)[0]))
    return np.array(path).T


def limits(n_steps=30):
    """Return {case: largest distance of the repaired Keras class to this course's rule on the bowl}
    at a constant rate, when the rate drops, in a warm-up, and with weight decay.
    """
    make, found = repaired(), {}
    cases = {
        "constant rate": (0.1, {}, {}),
        "rate drops": (lambda t: 0.1 if t <= n_steps // 2 else 0.025, {}, {}),
        "warm-up": (lambda t: 0.1 * min(1, t / 10), {"warmup_steps": 10}, {}),
        "weight decay": (0.1, {"weight_decay": 0.25}, {"weight_decay": 0.25}),
    }
    for name, (rate, theirs, ours) in cases.items():
        drops = rate if name == "rate drops" else None
        path = drive_keras(make(0.1, **theirs), np.ones(1), lambda t, w: w, n_steps, lr=drops)
        mine = on_the_bowl(0.9, lr=rate, n_steps=n_steps, **ours)[0]
        found[name] = float(np.abs(path[:, 0] - mine).max())
    return found
