"""Schedule-Free AdamW, in the contract of the course: three points in place of a schedule (Defazio et al. 2024, arXiv
2405.15682). The gradient is taken at y, the steps move z, and x, an average of all z, is what one wants in the end.

    v = beta2*v + (1 - beta2)*g^2        g is the gradient at y
    z = z - lr*(g / (sqrt(v / (1 - beta2^t)) + eps) + weight_decay*y)
    c = lr^2 / (sum of all lr^2 so far)  1/t while lr stays the same
    x = (1 - c)*x + c*z
    y = (1 - beta1)*z + beta1*x          beta1 = 0: z itself, Adam without momentum; beta1 = 1: the average itself

The loop carries y as its `w`; z and x wait in the state, and begin where y begins.
"""
import numpy as np

from .rule import rule


@rule
def schedule_free_adamw(w, g, state, *, lr, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0):
    """Schedule-Free AdamW: `w` is y, where gradients are taken; `averaged(w, state)` is x, the point to evaluate.

    The root is corrected as in Adam, eps outside it. The paper has sqrt(1 - beta2^t) inside lr, so in c as well; Keras and
    optax do as is done here.
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
    """Return x, the average that is to be evaluated; before the first step, when the state is empty, w.

    >>> w, state = schedule_free_adamw(np.array([1.0]), np.array([2.0]), {}, lr=0.5, eps=0.0)
    >>> w, state = schedule_free_adamw(w, np.array([2.0]), state, lr=0.5, eps=0.0)
    >>> averaged(w, state).tolist()  # z went to 0.5 and 0.0
    [0.25]
    """
    return state.get("x", w)
