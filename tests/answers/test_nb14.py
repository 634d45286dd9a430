"""The checks of notebook 14: right answers pass, stubs are not attempted, known mistakes are named.
"""
import numpy as np

from course_lib import optimizers
from course_lib.checks import museum, nb14


def adam_by(move, *, count=lambda t: t + 1, hat_m=True, hat_v=True, start=0):
    def step(w, g, state, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
        t = count(state.get("t", start))
        m = beta1 * state.get("m", 0.0) + (1 - beta1) * g
        v = beta2 * state.get("v", 0.0) + (1 - beta2) * g**2
        top = m / (1 - beta1**t) if hat_m else m
        root = np.sqrt(v / (1 - beta2**t) if hat_v else v)
        return move(w, lr, top, root, eps), {"t": t, "m": m, "v": v}
    return step


def good(w, lr, top, root, eps):
    return w - lr * top / (eps + root)


def late_clock(w, g, state, *, lr, beta1, beta2, eps):
    t = state.get("t", 0)
    m = beta1 * state.get("m", 0.0) + (1 - beta1) * g
    v = beta2 * state.get("v", 0.0) + (1 - beta2) * g * g
    top, below = m / np.float64(1 - beta1**t), v / np.float64(1 - beta2**t)
    return w - lr * top / (np.sqrt(below) + eps), {"t": t + 1, "m": m, "v": v}


def not_stored(w, g, state, *, lr, beta1, beta2, eps):
    return adam_by(good)(w, g, {**state, "t": 1}, lr=lr, beta1=beta1, beta2=beta2, eps=eps)


def divided(v_share, root=np.sqrt):
    def step(w, g, state, *, lr, beta1, beta2, eps):
        t = state.get("t", 0) + 1
        m = beta1 * state.get("m", 0.0) + (1 - beta1) * g
        v = beta2 * state.get("v", 0.0) + (1 - beta2) * g**2
        return w - lr * m / (1 - beta1**t) / (root(v / v_share(beta2, t)) + eps), {"t": t, "m": m, "v": v}
    return step


def matrix_slow(w, g, state, *, lr, beta1, beta2, eps):
    m, v = state.get("m"), state.get("v")
    m = g if m is None else beta1 * m + (1 - beta1) * g
    v = g**2 if v is None else beta2 * v + (1 - beta2) * g**2
    return w - lr * m / np.sqrt(v + eps), {"m": m, "v": v}


def keras(w, g, state, *, lr, beta1, beta2, eps, weight_decay=0.0):
    t = state.get("t", 0) + 1
    m = beta1 * state.get("m", 0.0) + (1 - beta1) * g
    v = beta2 * state.get("v", 0.0) + (1 - beta2) * g**2
    alpha = lr * (1 - beta2**t) ** 0.5 / (1 - beta1**t)
    return w - lr * weight_decay * w - alpha * m / (np.sqrt(v) + eps), {"t": t, "m": m, "v": v}


def hats_in_state(w, g, state, *, lr, beta1, beta2, eps):
    t = state.get("t", 0) + 1
    m = (beta1 * state.get("m", 0.0) + (1 - beta1) * g) / (1 - beta1**t)
    v = (beta2 * state.get("v", 0.0) + (1 - beta2) * g**2) / (1 - beta2**t)
    return w - lr * m / (np.sqrt(v) + eps), {"t": t, "m": m, "v": v}


def config_dict(w, g, state, *, lr, beta1, beta2, eps):
    state["t"] = state.get("t", 0) + 1
    state["m"] = beta1 * state.get("m", 0.0) + (1 - beta1) * g
    state["v"] = beta2 * state.get("v", 0.0) + (1 - beta2) * g**2
    m, v = state["m"] / (1 - beta1 ** state["t"]), state["v"] / (1 - beta2 ** state["t"])
    return w - lr * m / (np.sqrt(v) + eps), state


def bert_adam(w, g, state, *, lr, beta1, beta2, eps, weight_decay):
    m = beta1 * state.get("m", 0.0) + (1 - beta1) * g
    v = beta2 * state.get("v", 0.0) + (1 - beta2) * g**2
    return w - lr * (m / (np.sqrt(v) + eps) + weight_decay * w), {"m": m, "v": v}


def step_size_decay(w, g, state, *, lr, beta1, beta2, eps, weight_decay):
    new, state = optimizers.adam(w, g, state, lr=lr, beta1=beta1, beta2=beta2, eps=eps)
    t = state["t"]
    return new - lr * (1 - beta2**t) ** 0.5 / (1 - beta1**t) * weight_decay * w, state


def in_place(w, g, state, *, lr, **hyper):
    w -= lr * g
    return w, {}


def adamw_by(move):
    def step(w, g, state, *, lr, weight_decay, **hyper):
        new, state = optimizers.adam(w, g, state, lr=lr, **hyper)
        root = np.sqrt(state["v"] / (1 - hyper["beta2"] ** state["t"])) + hyper["eps"]
        return move(w, new, root, lr, weight_decay), state
    return step


def l2(w, g, state, *, weight_decay, **hyper):
    return optimizers.adam(w, weight_decay * w + g, state, **hyper)


def growing(n, beta1, beta2):
    return 7 * (beta2 / beta1) ** np.arange(-n, 0)


RIGHT = {
    nb14.museum_adam_start: [optimizers.adam, adam_by(good)],
    nb14.museum_adam: [optimizers.adam, adam_by(good)],
    nb14.long_step_gradients: [growing, lambda n, beta1, beta2: -growing(n, beta1, beta2),
                               lambda n, beta1, beta2: growing(n, beta1, beta2).tolist(),
                               lambda n, beta1, beta2: growing(n, beta1, beta2) * (np.arange(n) > n - 200)],
    nb14.adamw: [optimizers.adamw, adamw_by(lambda w, new, root, lr, wd: new - lr * wd * w)],
}
ADAM_FAULTS = [
    (in_place, "changed the w"),
    (adam_by(good, count=lambda t: t, start=1), "t stays where it starts"),
    (adam_by(good, hat_v=False), "m is corrected but v is not"),
    (not_stored, "never stored"),
    (adam_by(good, count=lambda t: t + 2), "by two a step"),
    (divided(lambda b, t: 1 - b), "as if t were 1"),
    (divided(lambda b, t: 1 - b**2), "the power is t"),
    (divided(lambda b, t: 1 - b**2, lambda v: v), "the power is t, and the root is missing"),
    (divided(lambda b, t: 1 - b**t, lambda v: v), "the root is missing"),
    (matrix_slow, "begin with the first gradient"),
    (keras, "right in another convention"),
    (hats_in_state, "hats are stored"),
    (config_dict, "wrote into the dict"),
    (lambda w, g, s, *, lr, **hyper: optimizers.adam(w, g, s, lr=lr, **{**hyper, "eps": 1e-8}), "the eps that was given"),
    (lambda w, g, s, *, lr, eps, **hyper: optimizers.adam(w, g, s, lr=lr, eps=eps), "the betas that were given"),
    (adam_by(lambda w, lr, top, root, eps: w - lr * top / np.maximum(root, eps)), "avoided in another way"),
    (adam_by(lambda w, lr, top, root, eps: w - lr * np.nan_to_num(top / root)), "avoided in another way"),
    (lambda w, g, s, *, lr, **hyper: (["a", "b", "c", "d"], {}), "real numbers"),
    (lambda w, g, s, *, lr, **hyper: (w + 1j, {}), "real numbers"),
    (lambda w, g, s, *, lr, **hyper: ([[1.0], [1.0, 2.0]], {}), "real numbers"),
    (adam_by(good, hat_m=False), "v is corrected but m is not"),
    (adam_by(good, hat_m=False, hat_v=False), "nothing is corrected"),
    (adam_by(good, start=1), "one too large"),
    (adam_by(lambda w, lr, top, root, eps: w - lr * top / root), "eps is missing"),
    (adam_by(lambda w, lr, top, root, eps: w - lr * top / np.sqrt(root**2 + eps)), "inside the root"),
    (adam_by(lambda w, lr, top, root, eps: w - (lr * top / root + eps)), "now subtracted"),
    (adam_by(lambda w, lr, top, root, eps: w - lr * (top / root + eps)), "added to the quotient"),
    (adam_by(lambda w, lr, top, root, eps: w + lr * top / (root + eps)), "uphill"),
    (lambda w, g, state, *, lr, **hyper: (w - lr * g, {}), "not those of Adam"),
]
WRONG = [
    *((nb14.museum_adam_start, mine, said) for mine, said in ADAM_FAULTS),
    (nb14.museum_adam_start, late_clock, "t starts at 0"),
    (nb14.museum_adam_start, adam_by(good, count=lambda t: t, start=1, hat_v=False), "both faults"),
    *((nb14.museum_adam, mine, said) for mine, said in ADAM_FAULTS),
    (nb14.museum_adam, adam_by(lambda w, lr, top, root, eps: w - lr * top / root + eps), "still added to the weight"),
    (nb14.long_step_gradients, lambda n, b1, b2: np.ones(n + 1), "came back"),
    (nb14.long_step_gradients, lambda n, b1, b2: np.full(n, np.nan), "infinite, NaN"),
    (nb14.long_step_gradients, lambda n, b1, b2: np.full(n, 1e200), "too large"),
    (nb14.long_step_gradients, lambda n, b1, b2: np.ones(n), "all alike"),
    (nb14.long_step_gradients, lambda n, b1, b2: np.r_[np.zeros(n - 1), 1.0], "lone spike"),
    (nb14.long_step_gradients, lambda n, b1, b2: growing(n, b1, b2)[::-1], "not shrink"),
    (nb14.long_step_gradients, lambda n, b1, b2: np.arange(n) > n - 6.0, "is possible"),
    (nb14.long_step_gradients, lambda n, b1, b2: b1 ** -np.arange(n - n, 1.0 * n) if b1**-n < 1e140 else growing(n, b1, b2),
     "grow by 1 / beta1"),
    (nb14.adamw, l2, "that is L2"),
    (nb14.adamw, bert_adam, "nothing is corrected"),
    (nb14.adamw, keras, "right in another convention"),
    (nb14.adamw, step_size_decay, "the corrected rate"),
    (nb14.adamw, lambda w, g, s, **hyper: optimizers.adamw(w, g, s, **{**hyper, "weight_decay": 0.01}), "0.01 is only"),
    (nb14.adamw, lambda w, g, s, *, lr, weight_decay, **_: optimizers.adamw(w, g, s, lr=lr, weight_decay=weight_decay),
     "pass them on"),
    (nb14.adamw, adamw_by(lambda w, new, root, lr, wd: new), "Adam still"),
    (nb14.adamw, adamw_by(lambda w, new, root, lr, wd: new - wd * w), "not multiplied by lr"),
    (nb14.adamw, adamw_by(lambda w, new, root, lr, wd: new - lr * wd * w / root), "divided by the root"),
    (nb14.adamw, adamw_by(lambda w, new, root, lr, wd: new - lr * wd * new), "after the step"),
    (nb14.adamw, adamw_by(lambda w, new, root, lr, wd: new + lr * wd * w), "the weights grow"),
    (nb14.adamw, adamw_by(lambda w, new, root, lr, wd: new - lr * wd * np.sign(w)), "sign of w"),
    (nb14.adamw, lambda w, g, state, *, lr, **hyper: (w - lr * g, {}), "not those of AdamW"),
]


def test_the_exhibits_are_those_of_the_museum():
    assert nb14.museum_adam.exhibit is museum.museum_adam
    assert nb14.museum_adam_start.exhibit is museum.museum_adam_start
