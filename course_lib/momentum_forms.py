"""Momentum as other libraries and papers write it, to compare with the course's form, `optimizers.momentum`.

    course      v = beta v + g                  w = w - lr v
    Keras       u = beta u - lr g               w = w + u             u = -lr v while lr stays the same
    average     m = beta m + (1 - beta) g       w = w - lr m          m = (1 - beta) v
    dampened    b = beta b + (1 - dampening) g  w = w - lr b          but the first b is g
    look-ahead  v = beta v + g(w - lr beta v)   w = w - lr v          optimizers.nesterov holds w - lr beta v

`w`, `g` and `state` are as in `optimizers`; nothing given is changed.
"""


def keras_momentum(w, g, state, *, lr, beta):
    """Take the step of keras.optimizers.SGD(momentum=beta), whose velocity holds the learning rate."""
    u = beta * state.get("u", 0.0) - lr * g
    return w + u, {"u": u}


def average_momentum(w, g, state, *, lr, beta):
    """Step along an exponential moving average of the gradients that starts at zero, as Adam's m does."""
    m = beta * state.get("m", 0.0) + (1 - beta) * g
    return w - lr * m, {"m": m}


def dampened_momentum(w, g, state, *, lr, beta, dampening):
    """Take the step of torch.optim.SGD(momentum=beta, dampening=...), which spares the first gradient."""
    b = beta * state["b"] + (1 - dampening) * g if "b" in state else g
    return w - lr * b, {"b": b}


def lookahead_nesterov(fun, w, v, *, lr, beta):
    """Take one step of Nesterov's momentum in its original form, and return (w, v).

    fun: w -> (loss, grad), asked at the look-ahead point; v: the velocity, zero before the first step.
    """
    _, g = fun(w - lr * beta * v)
    v = beta * v + g
    return w - lr * v, v
