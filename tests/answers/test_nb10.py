"""The checks of notebook 10: right answers pass, stubs are not attempted, known mistakes are named.
"""
import numpy as np
import pytest

from course_lib.checks import nb10, nb10_gradient_checks
from course_lib.networks import gradient_check, losses


def dense(dX=lambda X, W, D: D @ W.T, dW=lambda X, W, D: X.T @ D, db=lambda X, W, D: D.sum(axis=0)):
    return lambda X, W, D: (dX(X, W, D), dW(X, W, D), db(X, W, D))


def dense_by_loops(X, W, D):
    dX, dW, db = np.zeros(X.shape), np.zeros(W.shape), np.zeros(W.shape[1])
    for i, row in enumerate(D):
        dX[i] = W @ row
        dW += np.outer(X[i], row)
        db += row
    return [dX, dW, db]


def dense_in_place(X, W, D):
    D /= len(D)
    return D @ W.T, X.T @ D, D.sum(axis=0)


def sig(x):
    return 1 / (1 + np.exp(-x))


def sigmoid_in_place(A, D):
    D *= A * (1 - A)
    return D


def shifted(logits, axis=1):
    return logits - logits.max(axis=axis, keepdims=axis is not None)


def cross(loss=lambda log_p, y: -log_p[np.arange(len(y)), y].mean(),
          grad=lambda p, hot: (p - hot) / len(p), *, shift=shifted, axis=1):
    def function(logits, y):
        s = shift(logits)
        log_p = s - np.log(np.exp(s).sum(axis=axis, keepdims=True))
        return loss(log_p, y), grad(np.exp(log_p), np.eye(logits.shape[1])[y])
    return function


def log_of_p(logits, y):
    e = np.exp(shifted(logits))
    p = e / e.sum(axis=1, keepdims=True)
    return -np.log(p[np.arange(len(y)), y]).mean(), (p - np.eye(p.shape[1])[y]) / len(y)


def cross_in_place(logits, y):
    logits -= logits.max(axis=1, keepdims=True)
    return cross()(logits, y)


def with_scipy(logits, y):
    from scipy.special import logsumexp, softmax
    loss = np.mean(logsumexp(logits, axis=1) - np.take_along_axis(logits, y[:, None], axis=1)[:, 0])
    return [loss, (softmax(logits, axis=1) - (y[:, None] == np.arange(logits.shape[1]))) / len(y)]


length = np.linalg.norm


def relative_by_hand(a, n):
    above, below = sum((a - n) ** 2) ** 0.5, max(sum(a * a), sum(n * n)) ** 0.5
    return 0.0 if below == 0 else above / below


def answer(**changes):
    return nb10.CULPRITS | changes


RIGHT = {
    nb10.dense_backward: [dense(), dense_by_loops],
    nb10.sigmoid_backward: [lambda A, D: D * (A - A**2), lambda A, D: np.multiply(A * (1 - A), D)],
    nb10.softmax_cross_entropy: [losses.softmax_cross_entropy, cross(), with_scipy],
    nb10_gradient_checks.relative_error: [gradient_check.relative_error, relative_by_hand],
    nb10_gradient_checks.found: [answer(), dict(reversed(answer().items()))],
}
WRONG = [
    (nb10.dense_backward, dense_in_place, "changed the X, W or D"),
    (nb10.dense_backward, lambda X, W, D: D @ W.T, "three gradients"),
    (nb10.dense_backward, lambda X, W, D: (X.T @ D, D.sum(axis=0), D @ W.T), "another order"),
    (nb10.dense_backward, dense(dX=lambda X, W, D: D @ W if W.shape[0] == W.shape[1] else D @ W.T), "W is not transposed"),
    (nb10.dense_backward, dense(dX=lambda X, W, D: D @ W), "W is not transposed"),
    (nb10.dense_backward, dense(dX=lambda X, W, D: D), "the weights are missing"),
    (nb10.dense_backward, dense(dX=lambda X, W, D: D @ W.T / len(X)), "dX: it is not averaged"),
    (nb10.dense_backward, dense(dX=lambda X, W, D: X), "dX is not right"),
    (nb10.dense_backward, dense(dW=lambda X, W, D: D.T @ X), "dW is transposed"),
    (nb10.dense_backward, dense(dW=lambda X, W, D: X.T @ D / len(X)), "dW is averaged"),
    (nb10.dense_backward, dense(dW=lambda X, W, D: X @ D), "X is not transposed"),
    (nb10.dense_backward, dense(dW=lambda X, W, D: (X @ W).T @ D), "output Z"),
    (nb10.dense_backward, dense(dW=lambda X, W, D: W), "dW is not right"),
    (nb10.dense_backward, dense(db=lambda X, W, D: D.mean(axis=0)), "db is averaged"),
    (nb10.dense_backward, dense(db=lambda X, W, D: D.sum(axis=1)), "sums over the outputs"),
    (nb10.dense_backward, dense(db=lambda X, W, D: D.sum(axis=0, keepdims=True)), "two axes"),
    (nb10.dense_backward, dense(db=lambda X, W, D: D), "one row for each example"),
    (nb10.dense_backward, dense(db=lambda X, W, D: D.sum()), "one number"),
    (nb10.dense_backward, dense(db=lambda X, W, D: D[0]), "db is not right"),
    (nb10.sigmoid_backward, sigmoid_in_place, "changed the A or D"),
    (nb10.sigmoid_backward, lambda A, D: D * sig(A) * (1 - sig(A)), "input"),
    (nb10.sigmoid_backward, lambda A, D: A * (1 - A), "slope alone"),
    (nb10.sigmoid_backward, lambda A, D: D * (1 - A**2), "tanh"),
    (nb10.sigmoid_backward, lambda A, D: D * A, "factor 1 - A"),
    (nb10.sigmoid_backward, lambda A, D: D * (1 - A), "factor A is"),
    (nb10.sigmoid_backward, lambda A, D: D * A * (A - 1), "sign"),
    (nb10.sigmoid_backward, lambda A, D: D @ (A * (1 - A)), "matrix product"),
    (nb10.sigmoid_backward, lambda A, D: D / (A * (1 - A)), "divided"),
    (nb10.sigmoid_backward, lambda A, D: D * (A > 0), "kink"),
    (nb10.sigmoid_backward, lambda A, D: 2 * D, "not D times the slope"),
    (nb10.softmax_cross_entropy, cross_in_place, "changed the logits"),
    (nb10.softmax_cross_entropy, lambda logits, y: cross()(logits, y)[0], "two things"),
    (nb10.softmax_cross_entropy, cross(lambda lp, y: -lp[np.arange(len(y)), y].sum()), "the sum over the examples"),
    (nb10.softmax_cross_entropy, cross(lambda lp, y: lp[np.arange(len(y)), y].mean()), "loss has the wrong sign"),
    (nb10.softmax_cross_entropy, cross(lambda lp, y: -lp[np.arange(len(y)), y].sum() / lp.size), "over the classes too"),
    (nb10.softmax_cross_entropy, cross(shift=lambda z: shifted(z, 0), axis=0), "down the columns"),
    (nb10.softmax_cross_entropy, cross(lambda lp, y: -lp[np.arange(len(y)), y]), "take their mean"),
    (nb10.softmax_cross_entropy, cross(lambda lp, y: -lp.sum(axis=1).mean()), "all classes"),
    (nb10.softmax_cross_entropy, cross(lambda lp, y: 1 - np.exp(lp[np.arange(len(y)), y]).mean()), "logarithm is missing"),
    (nb10.softmax_cross_entropy, cross(lambda lp, y: 0.0), "the loss is not"),
    (nb10.softmax_cross_entropy, cross(grad=lambda p, hot: p - hot), "not divided by n"),
    (nb10.softmax_cross_entropy, cross(grad=lambda p, hot: (p - hot) / p.size), "number of classes"),
    (nb10.softmax_cross_entropy, cross(grad=lambda p, hot: p / len(p)), "p alone: the label"),
    (nb10.softmax_cross_entropy, cross(grad=lambda p, hot: p), "p alone, and not"),
    (nb10.softmax_cross_entropy, cross(grad=lambda p, hot: (hot - p) / len(p)), "gradient has the wrong sign"),
    (nb10.softmax_cross_entropy, cross(grad=lambda p, hot: (p - hot) * p * (1 - p) / len(p)), "once more"),
    (nb10.softmax_cross_entropy, cross(grad=lambda p, hot: -hot / p / len(p)), "for the probabilities"),
    (nb10.softmax_cross_entropy, cross(grad=lambda p, hot: hot), "gradient is not (p"),
    (nb10.softmax_cross_entropy, cross(shift=lambda z: z), "overflows"),
    (nb10.softmax_cross_entropy, cross(shift=lambda z: shifted(z, None)), "largest logit of the batch"),
    (nb10.softmax_cross_entropy, log_of_p, "logarithm of a p"),
    (nb10_gradient_checks.relative_error, lambda a, n: np.abs(a - n) / np.abs(a), "array came back"),
    (nb10_gradient_checks.relative_error, lambda a, n: length(a - n), "absolute error"),
    (nb10_gradient_checks.relative_error, lambda a, n: length(a - n) / (length(a) + length(n)), "sum of the lengths"),
    (nb10_gradient_checks.relative_error, lambda a, n: length(a - n) / length(a), "|a| only"),
    (nb10_gradient_checks.relative_error, lambda a, n: length(a - n) / length(n), "|n| only"),
    (nb10_gradient_checks.relative_error, lambda a, n: length(a - n) / min(length(a), length(n)), "smaller length"),
    (nb10_gradient_checks.relative_error, lambda a, n: abs(length(a) - length(n)) / max(length(a), length(n)), "compares the lengths"),
    (nb10_gradient_checks.relative_error, lambda a, n: (length(a - n) / max(length(a), length(n))) ** 2, "squared"),
    (nb10_gradient_checks.relative_error, lambda a, n: np.max(np.abs(a - n) / np.maximum(abs(a), abs(n))), "worst entry"),
    (nb10_gradient_checks.relative_error, lambda a, n: np.mean(np.abs(a - n) / np.maximum(abs(a), abs(n))), "mean of the entries"),
    (nb10_gradient_checks.relative_error, lambda a, n: length(a - n) / (max(length(a), length(n)) + 1e-8), "small constant"),
    (nb10_gradient_checks.relative_error, lambda a, n: length(a - n) / max(length(a), length(n)), "not 0/0"),
    (nb10_gradient_checks.found, "db1", "a dict with the four keys"),
    (nb10_gradient_checks.found, {"A": "db1"}, "a dict with the four keys"),
    (nb10_gradient_checks.found, answer(A="bias"), "'bias' is no line"),
    (nb10_gradient_checks.found, answer(B=["D2"]), "is no line"),
    (nb10_gradient_checks.found, answer(A="none"), "suspect A is not innocent"),
    (nb10_gradient_checks.found, answer(D="D1"), "suspect D was accused by differences alone"),
    (nb10_gradient_checks.found, answer(A="D1"), "suspect A: a wrong D1 would spoil dW1"),
    (nb10_gradient_checks.found, answer(B="dW1"), "suspect B: a wrong dW1 does not explain why dW2"),
    (nb10_gradient_checks.found, answer(B="D3"), "suspect B: a wrong D3 would spoil dW3"),
    (nb10_gradient_checks.found, answer(C="D2"), "suspect C: a wrong D2 does not explain why dW3"),
    (nb10_gradient_checks.found, answer(A="db3"), "suspect A: a wrong db3 would spoil db3"),
]


def exact_errors(name):
    """Return the parameters of a suspect whose gradient differs from the complex step."""
    (net, X, y), (twin, _, _) = nb10.suspect(name), nb10.suspect(name, complex)
    a = gradient_check.by_parameter(net, net.loss_and_grad(X, y)[1])
    n = gradient_check.complex_gradient(gradient_check.training_loss(twin, X, y), twin.theta.real)
    n = gradient_check.by_parameter(net, n)
    return {part: gradient_check.relative_error(a[part], n[part]) for part in a}


@pytest.mark.parametrize("name", nb10.CULPRITS)
def test_a_suspect_has_the_fault_it_is_said_to_have(name):
    errors = exact_errors(name)
    assert {part for part, error in errors.items() if error > 1e-3} == nb10.SPOILS[nb10.CULPRITS[name]]
    assert all(error > 1e-3 or error < 1e-13 for error in errors.values())


def test_differences_find_the_guilty_and_accuse_the_innocent_unless_the_step_is_tiny():
    for name in nb10.CULPRITS:
        errors = gradient_check.check_network(*nb10.suspect(name))
        accused = {part for part, error in errors.items() if error > 1e-4}
        assert accused == nb10.SPOILS[nb10.CULPRITS[name] if name != "D" else "D1"]
    assert max(gradient_check.check_network(*nb10.suspect("D"), h=1e-8).values()) < 1e-6


def test_each_line_spoils_another_set_of_parameters():
    spoilt = [frozenset(parts) for parts in nb10.SPOILS.values()]
    assert len(set(spoilt)) == len(spoilt) == 10


def test_an_unknown_suspect_is_refused():
    with pytest.raises(ValueError, match="the suspects are called A, B, C and D, got 'E'"):
        nb10.suspect("E")
