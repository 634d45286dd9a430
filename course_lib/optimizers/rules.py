"""One pure function for each update rule, in the letters of its paper.

    w, state = adam(w, g, state, lr=0.001)        # state is {} before the first step

Shared conventions: `w` and its gradient `g` have one shape, `()`, `(n,)` or `(runs, n)`; nothing
given is changed; `eps` is added outside the square root, except by Adadelta; heavy ball is v =
beta*v + g, w = w - lr*v. A hyper-parameter is a number, or an array that broadcasts against `w` (a
column `(runs, 1)` gives every run its own).

Notebooks: 00, 05, 10, 11, 13, 14, 15, 16, 19, 23, 27, 29, 32, 34.
"""
import numpy as np

from course_lib.optimizers.calling import blockwise as blockwise
from course_lib.optimizers.calling import rule


@rule
def sgd(w, g, state, *, lr):
    """Gradient descent: step against the gradient (Cauchy 1847; sampled: Robbins & Monro 1951,
    10.1214/aoms/1177729586).
    """
    w = w - lr * g
    return w, {}


@rule
def momentum(w, g, state, *, lr, beta=0.9):
    """Heavy ball: sgd, with a velocity that sums past gradients (Polyak 1964,
    10.1016/0041-5553(64)90137-5).
    """
    v = beta * state.get("v", 0.0) + g
    w = w - lr * v
    return w, {"v": v}


@rule
def nesterov(w, g, state, *, lr, beta=0.9):
    """Nesterov's momentum: heavy ball that looks one step ahead (Nesterov 1983; in the form of
    Sutskever 2013).

    `g` is the gradient at `w`, as in Keras and PyTorch; `w` itself is then the look-ahead point of
    the original.
    """
    v = beta * state.get("v", 0.0) + g
    w = w - lr * (g + beta * v)
    return w, {"v": v}


@rule
def adagrad(w, g, state, *, lr, eps=1e-8):
    """AdaGrad: divide each coordinate by the root of its summed squared gradients (Duchi, Hazan &
    Singer 2011, JMLR 12).
    """
    v = state.get("v", 0.0) + g * g
    w = w - lr * g / (np.sqrt(v) + eps)
    return w, {"v": v}


@rule
def rmsprop(w, g, state, *, lr, rho=0.9, eps=1e-8, centered=False):
    """RMSprop: AdaGrad with a sum that forgets, a moving average of g squared (Tieleman & Hinton
    2012, Coursera lecture 6e).

    centered=True divides by the standard deviation of g instead (Graves 2013, arXiv 1308.0850).
    """
    v = rho * state.get("v", 0.0) + (1 - rho) * g * g
    if not centered:
        w = w - lr * g / (np.sqrt(v) + eps)
        return w, {"v": v}
    m = rho * state.get("m", 0.0) + (1 - rho) * g
    variance = np.maximum(v - m * m, 0.0)  # rounding may leave it just below zero
    w = w - lr * g / (np.sqrt(variance) + eps)
    return w, {"v": v, "m": m}


@rule
def adadelta(w, g, state, *, lr, rho=0.95, eps=1e-6):
    """Adadelta: RMSprop whose step has the unit of w, by an average of past steps squared (Zeiler
    2012, arXiv 1212.5701).

    lr = 1 is the paper's rule. eps stands inside both roots, as in the paper: it is what starts the
    first step.
    """
    v = rho * state.get("v", 0.0) + (1 - rho) * g * g
    u = state.get("u", 0.0)
    delta = np.sqrt((u + eps) / (v + eps)) * g
    u = rho * u + (1 - rho) * delta * delta
    w = w - lr * delta
    return w, {"v": v, "u": u}


@rule
def adam(w, g, state, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """Adam: RMSprop with a moving average of g, both corrected for starting at zero (Kingma & Ba
    2015, arXiv 1412.6980).
    """
    t = state.get("t", 0) + 1
    m = beta1 * state.get("m", 0.0) + (1 - beta1) * g
    v = beta2 * state.get("v", 0.0) + (1 - beta2) * g * g
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    w = w - lr * m_hat / (np.sqrt(v_hat) + eps)
    return w, {"t": t, "m": m, "v": v}


@rule
def amsgrad(w, g, state, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """AMSGrad: Adam whose v never falls (Reddi, Kale & Kumar 2018, arXiv 1904.09237).

    The paper corrects nothing for the start at zero. Here, as in PyTorch and Keras, v_max is the
    largest uncorrected v, and it is corrected afterwards.
    """
    t = state.get("t", 0) + 1
    m = beta1 * state.get("m", 0.0) + (1 - beta1) * g
    v = beta2 * state.get("v", 0.0) + (1 - beta2) * g * g
    v_max = np.maximum(state.get("v_max", 0.0), v)
    m_hat = m / (1 - beta1**t)
    v_hat = v_max / (1 - beta2**t)
    w = w - lr * m_hat / (np.sqrt(v_hat) + eps)
    return w, {"t": t, "m": m, "v": v, "v_max": v_max}


@rule
def adamax(w, g, state, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """Adamax: Adam with a decaying largest |g| in place of the root of v (Kingma & Ba 2015, arXiv
    1412.6980, section 7.1).

    The paper has no eps, and 0/0 where every gradient was 0; eps is added to u, as in Keras
    (PyTorch: to |g|).
    """
    t = state.get("t", 0) + 1
    m = beta1 * state.get("m", 0.0) + (1 - beta1) * g
    u = np.maximum(beta2 * state.get("u", 0.0), np.abs(g))
    m_hat = m / (1 - beta1**t)
    w = w - lr * m_hat / (u + eps)
    return w, {"t": t, "m": m, "u": u}


@rule
def nadam(w, g, state, *, lr, beta1=0.9, beta2=0.999, eps=1e-8, momentum_decay=0.004):
    """Nadam: Adam with Nesterov's look-ahead and a beta1 that warms up from half its value (Dozat
    2016, ICLR workshop).

    mu is the beta1 of step t. momentum_decay = 0.004 is PyTorch's; 1, a warm-up over at once, is
    Keras'.
    """
    t = state.get("t", 0) + 1
    mu = beta1 * (1 - 0.5 * 0.96 ** (t * momentum_decay))
    mu_next = beta1 * (1 - 0.5 * 0.96 ** ((t + 1) * momentum_decay))
    mu_product = state.get("mu_product", 1.0) * mu
    m = beta1 * state.get("m", 0.0) + (1 - beta1) * g
    v = beta2 * state.get("v", 0.0) + (1 - beta2) * g * g
    m_hat = mu_next * m / (1 - mu_product * mu_next) + (1 - mu) * g / (1 - mu_product)
    v_hat = v / (1 - beta2**t)
    w = w - lr * m_hat / (np.sqrt(v_hat) + eps)
    return w, {"t": t, "mu_product": mu_product, "m": m, "v": v}


@rule
def adamw(w, g, state, *, lr, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    """AdamW: Adam, and weights that shrink by a share lr * weight_decay (Loshchilov & Hutter 2019,
    arXiv 1711.05101).
    """
    t = state.get("t", 0) + 1
    m = beta1 * state.get("m", 0.0) + (1 - beta1) * g
    v = beta2 * state.get("v", 0.0) + (1 - beta2) * g * g
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    w = w - lr * (m_hat / (np.sqrt(v_hat) + eps) + weight_decay * w)
    return w, {"t": t, "m": m, "v": v}


@rule
def lion(w, g, state, *, lr, beta1=0.9, beta2=0.99, weight_decay=0.0):
    """Lion: the sign of a momentum, so every coordinate moves by lr; AdamW's decay (Chen et al.
    2023, arXiv 2302.06675).
    """
    m = state.get("m", 0.0)
    c = beta1 * m + (1 - beta1) * g
    w = w - lr * (np.sign(c) + weight_decay * w)
    m = beta2 * m + (1 - beta2) * g
    return w, {"m": m}


STEPS = {step.__name__: step for step in (
    sgd, momentum, nesterov, adagrad, rmsprop, adadelta, adam, amsgrad, adamax, nadam, adamw, lion)}


def rule_called(step):
    """Return the update rule for a name in STEPS; a function is returned as it is.

    >>> rule_called("adma")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ValueError: no update rule is called 'adma'; there are sgd, momentum, ..., adamw, lion
    """
    if callable(step):
        return step
    if not isinstance(step, str) or step not in STEPS:
        raise ValueError(f"no update rule is called {step!r}; there are {', '.join(STEPS)}")
    return STEPS[step]
