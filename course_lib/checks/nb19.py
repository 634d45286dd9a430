"""Checks of notebook 19, check gradients: a measure of agreement, and four networks to examine.

Each table of known answers begins with the right one, whose fault is None. `suspect` builds the
four networks of the last exercise; whoever reads on here reads the solution.

Notebooks: 19.
"""
import functools

import numpy as np

from course_lib.checks.answers import first_match, unchanged
from course_lib.checks.engine import exercise
from course_lib.networks.activations import Activation
from course_lib.networks.layers import Dense
from course_lib.networks.losses import softmax_cross_entropy as cross_entropy
from course_lib.networks.network import Network

_fault = functools.partial(first_match, rtol=1e-9, atol=1e-12)


@exercise("19.1", "Relative error", hints=(
    "how far apart are the two arrays, in units of the longer one?",
    "|a - n| / max(|a|, |n|), where |a| = np.linalg.norm(a); two arrays of zeros agree",
    "size = max(np.linalg.norm(a), np.linalg.norm(n)), and then np.linalg.norm(a - n) / size if "
    "size > 0 else 0.0"))
def relative_error(mine):
    """|a - n| / max(|a|, |n|) in Euclidean lengths, and 0 for two arrays of zeros."""
    rng = np.random.default_rng(3)
    a = rng.standard_normal(5)
    pairs = [(3 * a + 0.1, a), (a, 2 * a - 0.3), (a, -a), (a, np.zeros(5)), (1e-9 * a, 2e-9 * a)]
    answer = [mine(a.copy(), n.copy()) for a, n in pairs]
    if any(np.ndim(value) for value in answer):
        return "one number was asked for, and an array came back: use the lengths of the two arrays"
    length = np.linalg.norm
    fault = _fault(np.array(answer, dtype=float),
                   [(fault, np.array([rule(a, n) for a, n in pairs])) for fault, rule in (
        (None, lambda a, n: length(a - n) / max(length(a), length(n))),
        ("that is the absolute error: it calls every small gradient right",
         lambda a, n: length(a - n)),
        ("it divides by the sum of the lengths: the formula has the larger one",
         lambda a, n: length(a - n) / (length(a) + length(n))),
        ("it divides by |a| only: with a = 0 and n not 0 that is infinite",
         lambda a, n: length(a - n) / length(a)),
        ("it divides by |n| only: with n = 0 and a not 0 that is infinite",
         lambda a, n: length(a - n) / length(n)),
        ("it divides by the smaller length: the formula has the larger one",
         lambda a, n: length(a - n) / min(length(a), length(n))),
        ("it compares the lengths: two gradients of one length can point in opposite directions",
         lambda a, n: abs(length(a) - length(n)) / max(length(a), length(n))),
        ("lengths are squared: take the root, or 1e-14 will look like 1e-28",
         lambda a, n: length(a - n)**2 / max(length(a), length(n))**2),
        ("it is the worst entry's own relative error: an entry that should be 0 then raises an "
         "alarm",
         lambda a, n: np.max(np.abs(a - n) / np.maximum(np.abs(a), np.abs(n)))),
        ("it is the mean of the entries' own relative errors: an entry that should be 0 counts as "
         "much as all others",
         lambda a, n: np.mean(np.abs(a - n) / np.maximum(np.abs(a), np.abs(n)))),
    )], "that is not |a - n| / max(|a|, |n|); tried with a small constant below the line? Then "
        "tiny gradients look right",
        atol=0)
    if fault:
        return fault
    zero = mine(np.zeros(3), np.zeros(3))
    return (
        None
        if zero == 0
        else "two arrays of zeros agree, so their relative error is 0, and not 0/0"
    )


def _stepped(read=np.imag, *, step=1j, sign=1.0, share=1.0, only=True, h=None):
    """Return a gradient by steps of `step` h, with one of its features changed."""
    def mine(f, w, given):
        size = given if h is None else h
        n, moved = np.empty(w.size), np.array(w, dtype=complex)
        for i in range(w.size):
            moved[i] += step * size
            n[i] = share * sign * read(f(moved)) / size
            if only:
                moved[i] = w[i]
        return n

    return mine


def _differences(f, w, h):
    shift = h * np.eye(w.size)
    return np.array([(f(w + e) - f(w - e)).real / (2 * h) for e in shift])


STEPS = (
    (None, _stepped()),
    ("earlier coordinates keep their imaginary step: set each back before the next one moves",
     _stepped(only=False)),
    ("that is the real part of f: the slope is in the imaginary part", _stepped(np.real)),
    ("the length of the complex number is taken: the slope is in its imaginary part",
     _stepped(np.abs)),
    ("it is not divided by h", lambda f, w, h: h * _stepped()(f, w, h)),
    ("it is divided by 2 h, as a central difference is: there is only one step here",
     _stepped(share=0.5)),
    ("the sign is wrong: step by + i h", _stepped(step=-1j)),
    ("h is not used: a number of your own stands in its place", _stepped(h=1e-20)),
    ("that is a central difference: the step should go along i", _differences),
)


@exercise("19.2", "The complex step", hints=(
    "make a complex copy of w; which part of f(w + i h e_k) holds the slope along coordinate k?",
    "n_k = Im f(w + i h e_k) / h, one coordinate after the other, each set back afterwards",
    "w = np.array(w, dtype=complex); w[k] += 1j * h; n[k] = f(w).imag / h; w[k] = w[k].real"))
def complex_gradient(mine):
    """Im f(w + i h e_k) / h for every k."""
    def f(w):
        return w[0] ** 3 + 2 * w[0] * w[1] ** 2 - np.exp(w[2]) * w[1] + w[2] ** 3

    w = np.array([1.2, -0.7, 0.4])
    answer, fault = unchanged(mine, f, w, 0.1, names="w")
    if fault:
        return fault
    if np.shape(answer) != w.shape:
        return f"a gradient of the shape of w, {w.shape}, was asked for, got {np.shape(answer)}"
    if np.iscomplexobj(answer):
        return "the gradient came back complex: its numbers are real, so take the imaginary part"
    fault = first_match(np.asarray(answer, dtype=float),
                        [(fault, known(f, w, 0.1)) for fault, known in STEPS],
                        "with h = 0.1 that is not Im f(w + i h e_k) / h", rtol=1e-7)
    if fault:
        return fault
    exact = np.array([3 * w[0]**2 + 2 * w[1]**2, 4 * w[0] * w[1] - np.exp(w[2]),
                      3 * w[2]**2 - np.exp(w[2]) * w[1]])
    small = np.asarray(mine(f, w.copy(), 1e-20), dtype=float)
    return None if np.allclose(small, exact, rtol=1e-13) else "with h = 1e-20 it loses digits"


class _MeanBias(Dense):
    def parameter_gradients(self, D):
        super().parameter_gradients(D)
        self.db /= len(D)


class _SlopeOfOutput(Activation):
    def backward(self, D):
        return D * self.slope(self.A, np.tanh(self.A))


def _summed(logits, y):
    loss, D = cross_entropy(logits, y)
    return loss, D * len(y)


def suspect(name, dtype=np.float64):
    """Return (net, X, y): one of four networks "A" to "D" whose gradients may be wrong; dtype:
    float or complex.

    Six inputs, two hidden layers of eight and five units, three classes, 20 examples. ValueError
    for another name.
    """
    if name not in CULPRITS:
        raise ValueError(f"the suspects are called A, B, C and D, got {name!r}")
    rng = np.random.default_rng(10 + ord(name))
    X, y = rng.standard_normal((20, 6)), rng.integers(0, 3, 20)
    bend = "relu" if name == "D" else "tanh"
    layers = [(_MeanBias if name == "A" else Dense)(6, 8), Activation(bend), Dense(8, 5),
              (_SlopeOfOutput if name == "B" else Activation)(bend), Dense(5, 3)]
    net = Network(layers, rng=rng, loss=_summed if name == "C" else cross_entropy, dtype=dtype)
    if name == "D":  # one unit is moved to within 1e-7 of its kink
        net.layers[0].b[2] = 1e-7 - (X @ net.layers[0].W)[4, 2]
    return net, X, y


CULPRITS = {"A": "db1", "B": "D2", "C": "D3", "D": "none"}
SPOILS = {f"D{k}": {f"{p}{j}" for p in "Wb" for j in range(1, k + 1)} for k in (1, 2, 3)}
SPOILS |= {f"d{p}{k}": {f"{p}{k}"} for p in "Wb" for k in (1, 2, 3)} | {"none": set()}


@exercise("19.3", "Three wrong gradients and an innocent", hints=(
    "which parameters have a wrong gradient? Look for the one line whose fault would spoil exactly "
    "these",
    "a wrong D_k spoils layer k and all below; a wrong dW_k or db_k spoils nothing else; "
    "differences can be wrong too",
    'found = {"A": ..., "B": ..., "C": ..., "D": ...}, each value one of D1 D2 D3 dW1 ... db3, or '
    '"none"'))
def found(mine):
    """For each suspect the name of its faulty line, or "none"."""
    if not isinstance(mine, dict) or set(mine) != set(CULPRITS):
        return "a dict with the four keys A, B, C and D was asked for"
    if unknown := [line
                   for line in mine.values() if not isinstance(line, str) or line not in SPOILS]:
        return (
            f"{unknown[0]!r} is no line of the table: take D1 D2 D3, dW1 dW2 dW3, db1 db2 db3, or "
            "none"
        )
    return next((fault for name in CULPRITS if (fault := _accusation(name, mine[name]))), None)


def _accusation(name, line):
    """Return why `line` is not the culprit of a suspect, or None."""
    spoilt, claimed = SPOILS[CULPRITS[name]], SPOILS[line]
    if spoilt == claimed:
        return None
    if not claimed:
        return f"suspect {name} is not innocent: its gradient differs from the complex step as well"
    if not spoilt:
        return (
            f"suspect {name} was accused by differences alone: ask a method that cannot straddle a "
            "kink as well"
        )
    if claimed - spoilt:
        return (
            f"suspect {name}: a wrong {line} would spoil d{min(claimed - spoilt)}, and that is "
            "right"
        )
    return (
        f"suspect {name}: a wrong {line} does not explain why d{min(spoilt - claimed)} is wrong too"
    )
