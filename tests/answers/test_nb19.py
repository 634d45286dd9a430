"""The checks of notebook 19: right answers pass, stubs are not attempted, known mistakes are named.
"""
import numpy as np
import pytest

from course_lib.checks import nb19
from course_lib.networks import gradient_check

length = np.linalg.norm


def relative_by_hand(a, n):
    above, below = sum((a - n) ** 2) ** 0.5, max(sum(a * a), sum(n * n)) ** 0.5
    return 0.0 if below == 0 else above / below


def answer(**changes):
    return nb19.CULPRITS | changes


def complex_by_rows(f, w, h=1e-20):
    return np.array([f(w + 1j * h * e).imag / h for e in np.eye(len(w))])


def complex_in_place(f, w, h=1e-20):
    out = complex_by_rows(f, w, h)
    w += 1
    return out


RIGHT = {
    nb19.complex_gradient: [gradient_check.complex_gradient, complex_by_rows],
    nb19.relative_error: [gradient_check.relative_error, relative_by_hand],
    nb19.found: [answer(), dict(reversed(answer().items()))],
}
WRONG = [
    (nb19.complex_gradient, lambda f, w, h: complex_in_place(f, w, h), "changed the w"),
    (nb19.complex_gradient, lambda f, w, h: 1.0, "shape of w"),
    (nb19.complex_gradient, lambda f, w, h: complex_by_rows(f, w, h) + 0j, "came back complex"),
    (nb19.complex_gradient, nb19._stepped(only=False), "set each back"),
    (nb19.complex_gradient, lambda f, w, h: np.array([f(w + 1j * h * e).real / h for e in np.eye(3)]), "real part of f"),
    (nb19.complex_gradient, lambda f, w, h: np.array([abs(f(w + 1j * h * e)) / h for e in np.eye(3)]), "length of the complex"),
    (nb19.complex_gradient, lambda f, w, h: h * complex_by_rows(f, w, h), "not divided by h"),
    (nb19.complex_gradient, lambda f, w, h: complex_by_rows(f, w, h) / 2, "only one step"),
    (nb19.complex_gradient, lambda f, w, h: complex_by_rows(f, w, -h) * -1, "sign is wrong"),
    (nb19.complex_gradient, lambda f, w, h: complex_by_rows(f, w), "h is not used"),
    (nb19.complex_gradient, nb19._differences, "central difference"),
    (nb19.complex_gradient, lambda f, w, h: w, "that is not Im f"),
    (nb19.complex_gradient, lambda f, w, h: complex_by_rows(f, w, h) if h > 1e-3 else 1.001 * complex_by_rows(f, w, h), "loses digits"),
    (nb19.relative_error, lambda a, n: np.abs(a - n) / np.abs(a), "array came back"),
    (nb19.relative_error, lambda a, n: length(a - n), "absolute error"),
    (nb19.relative_error, lambda a, n: length(a - n) / (length(a) + length(n)), "sum of the lengths"),
    (nb19.relative_error, lambda a, n: length(a - n) / length(a), "|a| only"),
    (nb19.relative_error, lambda a, n: length(a - n) / length(n), "|n| only"),
    (nb19.relative_error, lambda a, n: length(a - n) / min(length(a), length(n)), "smaller length"),
    (nb19.relative_error, lambda a, n: abs(length(a) - length(n)) / max(length(a), length(n)), "compares the lengths"),
    (nb19.relative_error, lambda a, n: (length(a - n) / max(length(a), length(n))) ** 2, "squared"),
    (nb19.relative_error, lambda a, n: np.max(np.abs(a - n) / np.maximum(abs(a), abs(n))), "worst entry"),
    (nb19.relative_error, lambda a, n: np.mean(np.abs(a - n) / np.maximum(abs(a), abs(n))), "mean of the entries"),
    (nb19.relative_error, lambda a, n: length(a - n) / (max(length(a), length(n)) + 1e-8), "small constant"),
    (nb19.relative_error, lambda a, n: length(a - n) / max(length(a), length(n)), "not 0/0"),
    (nb19.found, "db1", "a dict with the four keys"),
    (nb19.found, {"A": "db1"}, "a dict with the four keys"),
    (nb19.found, answer(A="bias"), "'bias' is no line"),
    (nb19.found, answer(B=["D2"]), "is no line"),
    (nb19.found, answer(A="none"), "suspect A is not innocent"),
    (nb19.found, answer(D="D1"), "suspect D was accused by differences alone"),
    (nb19.found, answer(A="D1"), "suspect A: a wrong D1 would spoil dW1"),
    (nb19.found, answer(B="dW1"), "suspect B: a wrong dW1 does not explain why dW2"),
    (nb19.found, answer(B="D3"), "suspect B: a wrong D3 would spoil dW3"),
    (nb19.found, answer(C="D2"), "suspect C: a wrong D2 does not explain why dW3"),
    (nb19.found, answer(A="db3"), "suspect A: a wrong db3 would spoil db3"),
]


def exact_errors(name):
    """Return the parameters of a suspect whose gradient differs from the complex step."""
    (net, X, y), (twin, _, _) = nb19.suspect(name), nb19.suspect(name, complex)
    a = gradient_check.by_parameter(net, net.loss_and_grad(X, y)[1])
    n = gradient_check.complex_gradient(gradient_check.training_loss(twin, X, y), twin.theta.real)
    n = gradient_check.by_parameter(net, n)
    return {part: gradient_check.relative_error(a[part], n[part]) for part in a}


@pytest.mark.parametrize("name", nb19.CULPRITS)
def test_a_suspect_has_the_fault_it_is_said_to_have(name):
    errors = exact_errors(name)
    assert {part for part, error in errors.items() if error > 1e-3} == nb19.SPOILS[nb19.CULPRITS[name]]
    assert all(error > 1e-3 or error < 1e-13 for error in errors.values())


def test_differences_find_the_guilty_and_accuse_the_innocent_unless_the_step_is_tiny():
    for name in nb19.CULPRITS:
        errors = gradient_check.check_network(*nb19.suspect(name))
        accused = {part for part, error in errors.items() if error > 1e-4}
        assert accused == nb19.SPOILS[nb19.CULPRITS[name] if name != "D" else "D1"]
    assert max(gradient_check.check_network(*nb19.suspect("D"), h=1e-8).values()) < 1e-6


def test_each_line_spoils_another_set_of_parameters():
    spoilt = [frozenset(parts) for parts in nb19.SPOILS.values()]
    assert len(set(spoilt)) == len(spoilt) == 10


def test_an_unknown_suspect_is_refused():
    with pytest.raises(ValueError, match="the suspects are called A, B, C and D, got 'E'"):
        nb19.suspect("E")
