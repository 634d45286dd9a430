"""The checks of notebook 27: right answers pass, stubs are not attempted, known mistakes are named.
"""
import math

import numpy as np

from course_lib.checks import nb27
from course_lib.frameworks.schedule_free import schedule_free_adamw
from course_lib.optimizers.rules import adam, adamw, nadam


def converted(formula):
    return lambda u, *, lr_old, lr_new: formula(u, lr_old, lr_new)


def in_place(u, *, lr_old, lr_new):
    u *= lr_new / lr_old
    return u


def rates_by_loop(losses, *, lr, tol, patience):
    rates, best, failures = [], math.inf, 0
    for loss in losses:
        rates.append(lr)
        failures = failures + 1 if loss > best - tol else 0
        best = min(best, loss)
        if failures == patience:
            lr, failures = lr / 5, 0
    return rates


def rates_by_looking_back(losses, *, lr, tol, patience):
    out, since = np.full(len(losses), float(lr)), 0
    for k in range(len(losses)):
        failed = [losses[j] > min(losses[:j], default=math.inf) - tol for j in range(since, k + 1)]
        if len(failed) >= patience and all(failed[-patience:]):
            out[k + 1:] /= 5.0
            since = k + 1
    return out


def rates_with(*, bad=lambda loss, best, last, tol: loss > best - tol, by=5, wait=0, reset=True, row=True, best_of=min,
               after=False):
    def rule(losses, *, lr, tol, patience):
        rates, best, failures, last = [], math.inf, 0, math.inf
        for loss in losses:
            if not after:
                rates.append(lr)
            failed = bad(loss, best, last, tol)
            failures = failures + 1 if failed else failures * (not row)
            best, last = best_of(best, loss) if best_of is min else best_of(best, loss, failed), loss
            if failures >= patience + wait:
                lr, failures = lr / by, failures * (not reset)
            if after:
                rates.append(lr)
        return rates
    return rule


def buggy(*, clock=lambda t: t + 1, keep_v=True, inside=False, tiny=True, sign=1.0, late=None):
    def step(w, g, state, *, lr, beta1, beta2, eps):
        t = clock(state.get("t", 0))
        m = beta1 * state.get("m", 0.0) + (1 - beta1) * g
        v = beta2 * (state.get("v", 0.0) if keep_v else 0.0) + (1 - beta2) * g * g
        v_hat = v / (1 - beta2**t)
        below = np.sqrt(v_hat + eps) if inside else np.sqrt(v_hat) + eps * tiny
        factor = 2.0 if late and t > late else 1.0
        with np.errstate(all="ignore"):
            return w - sign * factor * lr * m / (1 - beta1**t) / below, {"t": t, "m": m, "v": v}
    return step


def careless(w, g, state, **hyper):
    w -= hyper["lr"] * np.sign(g)
    return w, {}


def writes_into_its_state(w, g, state, **hyper):
    new_w, new = adam(w, g, state, **hyper)
    if "m" in state:
        state["m"] += 1.0
    return new_w, new


def free(*, y=lambda z, x, b: (1 - b) * z + b * x, start=lambda w, z: z, c=lambda t, b: 1 / t, hat=True, out=True,
         alias=False, late=False, climb=1, count=lambda t: t + 1):
    def step(w, g, state, *, lr, beta1, beta2, eps):
        t = count(state.get("t", 0))
        x, z_old = state.get("x", w), state.get("z", w)
        v = beta2 * state.get("v", np.zeros_like(w)) + (1 - beta2) * g**2
        v_hat = v / (1 - beta2**t) if hat else v
        z = start(w, z_old) - climb * lr * g / (v_hat**0.5 + eps if out else (v_hat + eps) ** 0.5)
        if alias:
            x = (w - (1 - beta1) * z) / beta1
        x = x + c(t, beta1) * ((z_old if late else z) - x)
        return y(z, x, beta1), {"t": t, "v": v, "z": z, "x": x}
    return step


def by_the_formula_without_x(w, g, state, *, lr, beta1, beta2, eps):
    t, v = state.get("t", 0) + 1, beta2 * state.get("v", 0.0) + (1 - beta2) * g * g
    z_old = state.get("z", w)
    z = z_old - lr * g / ((v / (1 - beta2**t)) ** 0.5 + eps)
    w = (1 - 1 / t) * w + z / t + (1 - 1 / t) * (1 - beta1) * (z - z_old)
    return w, {"t": t, "v": v, "z": z}


RIGHT = {
    nb27.converted_velocity: [converted(lambda u, old, new: u * new / old),
                              converted(lambda u, old, new: -new * (-u / old))],
    nb27.adaptive_rates: [rates_by_loop, rates_by_looking_back],
    nb27.hidden_bug: [buggy(clock=lambda t: 1), buggy(keep_v=False), buggy(inside=True), buggy(tiny=False),
                      lambda w, g, state, **more: adamw(w, g, state, weight_decay=1e-6, **more)],
    nb27.schedule_free: [schedule_free_adamw, free(), by_the_formula_without_x],
}
WRONG = [
    (nb27.converted_velocity, converted(lambda u, old, new: u), "nothing is converted"),
    (nb27.converted_velocity, converted(lambda u, old, new: u * old / new), "upside down"),
    (nb27.converted_velocity, converted(lambda u, old, new: -u / old), "the course's v"),
    (nb27.converted_velocity, converted(lambda u, old, new: -u * new / old), "sign is wrong"),
    (nb27.converted_velocity, converted(lambda u, old, new: u * new), "take that out"),
    (nb27.converted_velocity, converted(lambda u, old, new: -u * new), "take that out"),
    (nb27.converted_velocity, converted(lambda u, old, new: u / old), "go in again"),
    (nb27.converted_velocity, converted(lambda u, old, new: u * (new - old)), "not subtracted"),
    (nb27.converted_velocity, converted(lambda u, old, new: u + u * (new - old)), "not subtracted"),
    (nb27.converted_velocity, in_place, "changed the array"),
    (nb27.converted_velocity, converted(lambda u, old, new: new / old), "came back"),
    (nb27.converted_velocity, converted(lambda u, old, new: u * new**2), "is not"),
    (nb27.adaptive_rates, rates_with(after=True), "rates after each epoch"),
    (nb27.adaptive_rates, rates_with(by=10), "another number than 5"),
    (nb27.adaptive_rates, rates_with(by=2), "another number than 5"),
    (nb27.adaptive_rates, rates_with(wait=1), "too patient"),
    (nb27.adaptive_rates, rates_with(bad=lambda loss, best, last, tol: loss > best), "tol plays no part"),
    (nb27.adaptive_rates, rates_with(bad=lambda loss, best, last, tol: loss >= best), "tol plays no part"),
    (nb27.adaptive_rates, rates_with(bad=lambda loss, best, last, tol: loss > last - tol), "the epoch before"),
    (nb27.adaptive_rates, rates_with(bad=lambda loss, best, last, tol: loss > best + tol), "wrong side"),
    (nb27.adaptive_rates, rates_with(reset=False), "does not start again"),
    (nb27.adaptive_rates, rates_with(row=False), "in a row"),
    (nb27.adaptive_rates, rates_with(best_of=lambda best, loss, failed: best if failed else loss), "ReduceLROnPlateau"),
    (nb27.adaptive_rates, lambda losses, *, lr, tol, patience: [lr for _ in losses], "never drops"),
    (nb27.adaptive_rates, lambda losses, *, lr, tol, patience: lr, "as many rates"),
    (nb27.adaptive_rates, lambda losses, *, lr, tol, patience: [lr / 3 for _ in losses], "of epoch 1 is not"),
    (nb27.hidden_bug, adam, "that is Adam"),
    (nb27.hidden_bug, buggy(sign=-1.0), "one-step test already finds it"),
    (nb27.hidden_bug, buggy(clock=lambda t: t + 2), "one-step test already finds it"),
    (nb27.hidden_bug, careless, "changed the w"),
    (nb27.hidden_bug, writes_into_its_state, "changed the state"),
    (nb27.hidden_bug, lambda w, g, state, **hyper: w, "returns two things"),
    (nb27.hidden_bug, buggy(late=5), "too well hidden"),
    (nb27.hidden_bug, lambda w, g: (w, {}), "TypeError"),
    (nb27.schedule_free, free(y=lambda z, x, b: b * z + (1 - b) * x), "changed places"),
    (nb27.schedule_free, free(late=True), "averages the old z"),
    (nb27.schedule_free, free(alias=True), "after it was changed"),
    (nb27.schedule_free, free(y=lambda z, x, b: z), "y is z itself"),
    (nb27.schedule_free, free(start=lambda w, z: w), "starts at y"),
    (nb27.schedule_free, free(c=lambda t, b: 1 / (t + 1)), "1/(t + 1)"),
    (nb27.schedule_free, free(c=lambda t, b: 1 if t == 1 else 1 - b), "must count alike"),
    (nb27.schedule_free, free(count=lambda t: 1), "t never counts"),
    (nb27.schedule_free, free(hat=False), "not corrected"),
    (nb27.schedule_free, free(out=False), "inside the root"),
    (nb27.schedule_free, free(climb=-1), "uphill"),
    (nb27.schedule_free, lambda w, g, state, *, lr, beta1, beta2, eps: nadam(w, g, state, lr=lr),
     "not those of Schedule-Free"),
]
