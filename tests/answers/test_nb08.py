"""The checks of notebook 08: right answers pass, stubs are not attempted, known mistakes are named.
"""
import numpy as np

from course_lib import optimizers
from course_lib.checks import museum, nb08


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
    nb08.uncorrected_ratio: [lambda t, beta1, beta2: (1 - beta1**t) / (1 - beta2**t) ** 0.5],
    nb08.museum_adam_start: [optimizers.adam, adam_by(good)],
    nb08.museum_adam: [optimizers.adam, adam_by(good)],
    nb08.long_step_gradients: [growing, lambda n, beta1, beta2: -growing(n, beta1, beta2),
                               lambda n, beta1, beta2: growing(n, beta1, beta2).tolist(),
                               lambda n, beta1, beta2: growing(n, beta1, beta2) * (np.arange(n) > n - 200)],
    nb08.adamw: [optimizers.adamw, adamw_by(lambda w, new, root, lr, wd: new - lr * wd * w)],
}
ADAM_FAULTS = [
    (in_place, "changed the w"),
    (adam_by(good, count=lambda t: t, start=1), "t stays where it starts"),
    (adam_by(good, hat_v=False), "m is corrected but v is not"),
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
    (nb08.uncorrected_ratio, lambda t, b1, b2: (1 - b2**t) ** 0.5 / (1 - b1**t), "upside down"),
    (nb08.uncorrected_ratio, lambda t, b1, b2: (1 - b1**t) / (1 - b2**t), "root is missing"),
    (nb08.uncorrected_ratio, lambda t, b1, b2: (1 - b2**t) ** -0.5, "m starts at zero too"),
    (nb08.uncorrected_ratio, lambda t, b1, b2: 1 - b1**t, "v starts at zero too"),
    (nb08.uncorrected_ratio, lambda t, b1, b2: (1 - b1) / (1 - b2) ** 0.5, "first step at all times"),
    (nb08.uncorrected_ratio, lambda t, b1, b2: (1 - b2**t) / (1 - b1**t) ** 0.5, "exchanged"),
    (nb08.uncorrected_ratio, lambda t, b1, b2: b1**t / (b2**t) ** 0.5, "the powers themselves"),
    (nb08.uncorrected_ratio, lambda t, b1, b2: 1.0, "is not 1"),
    *((nb08.museum_adam_start, mine, said) for mine, said in ADAM_FAULTS),
    (nb08.museum_adam_start, late_clock, "t starts at 0"),
    (nb08.museum_adam_start, adam_by(good, count=lambda t: t, start=1, hat_v=False), "both faults"),
    *((nb08.museum_adam, mine, said) for mine, said in ADAM_FAULTS),
    (nb08.museum_adam, adam_by(lambda w, lr, top, root, eps: w - lr * top / root + eps), "still added to the weight"),
    (nb08.long_step_gradients, lambda n, b1, b2: np.ones(n + 1), "came back"),
    (nb08.long_step_gradients, lambda n, b1, b2: np.full(n, np.nan), "infinite, NaN"),
    (nb08.long_step_gradients, lambda n, b1, b2: np.full(n, 1e200), "too large"),
    (nb08.long_step_gradients, lambda n, b1, b2: np.ones(n), "all alike"),
    (nb08.long_step_gradients, lambda n, b1, b2: np.r_[np.zeros(n - 1), 1.0], "lone spike"),
    (nb08.long_step_gradients, lambda n, b1, b2: growing(n, b1, b2)[::-1], "not shrink"),
    (nb08.long_step_gradients, lambda n, b1, b2: np.arange(n) > n - 6.0, "is possible"),
    (nb08.adamw, l2, "that is L2"),
    (nb08.adamw, adamw_by(lambda w, new, root, lr, wd: new), "Adam still"),
    (nb08.adamw, adamw_by(lambda w, new, root, lr, wd: new - wd * w), "not multiplied by lr"),
    (nb08.adamw, adamw_by(lambda w, new, root, lr, wd: new - lr * wd * w / root), "divided by the root"),
    (nb08.adamw, adamw_by(lambda w, new, root, lr, wd: new - lr * wd * new), "after the step"),
    (nb08.adamw, adamw_by(lambda w, new, root, lr, wd: new + lr * wd * w), "the weights grow"),
    (nb08.adamw, adamw_by(lambda w, new, root, lr, wd: new - lr * wd * np.sign(w)), "sign of w"),
    (nb08.adamw, lambda w, g, state, *, lr, **hyper: (w - lr * g, {}), "not those of AdamW"),
]


def test_the_exhibits_are_those_of_the_museum():
    assert nb08.museum_adam.exhibit is museum.museum_adam
    assert nb08.museum_adam_start.exhibit is museum.museum_adam_start
