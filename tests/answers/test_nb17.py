"""The checks of notebook 17: right answers pass, stubs are not attempted, known mistakes are named.
"""
import itertools

import numpy as np
import pytest

from course_lib import optimizers
from course_lib.checks import nb17, nb17_patients
from course_lib.checks.engine import judge
from course_lib.training import broken_runs


def twenty(net, X, y, *, n_steps=200, lr=0.01, rows=slice(20), forget=False, rule=optimizers.adam, restore=True,
           report=lambda before, last, after: after / before):
    start, X, y, state = net.theta.copy(), X[rows], y[rows], {}
    before = net.loss(X, y)
    for _ in range(n_steps):
        last, g = net.loss_and_grad(X, y)
        net.theta, state = rule(net.theta, g, {} if forget else state, lr=lr)
    left = report(before, last, net.loss(X, y))
    if restore:
        net.theta = start
    return left


def on_a_copy(net, X, y, *, n_steps, lr):
    import copy

    return twenty(copy.deepcopy(net), X, y, n_steps=n_steps, lr=lr, restore=False)


def changed(**settings):
    return lambda net, X, y, *, n_steps, lr: twenty(net, X, y, **({"n_steps": n_steps, "lr": lr} | settings))


def in_a_loop(before, after):
    ratios = np.zeros(len(before))
    for k in range(len(before)):
        d = (after[k] - before[k]).ravel()
        ratios[k] = (d @ d / (before[k] ** 2).sum()) ** 0.5
    return ratios


def each(entry):
    return lambda before, after: [entry(a, b) for a, b in zip(before, after, strict=True)]


def plateau(grad_norm, low, high, *, radius, tol=0.01, size=lambda low, high: max(-low, high), near=None, bent=None):
    L = size(low, high)
    near = grad_norm <= L * radius if near is None else near(grad_norm, L, radius)
    if not near:
        return "not critical"
    return "saddle" if (low < -tol * L if bent is None else bent(low, L)) else "minimum or flat"


def judging(**settings):
    def verdict(grad_norm, low, high, *, radius, tol=0.01):
        return plateau(grad_norm, low, high, radius=radius, tol=tol, **settings)

    return verdict


def by_distance(grad_norm, low, high, *, radius, tol=0.01):
    sizes = np.abs([low, high])
    with np.errstate(all="ignore"):
        if grad_norm and np.float64(grad_norm) / sizes.max() > radius:
            return "not critical"
    return "minimum or flat" if low >= -tol * sizes.max() else "saddle"


TRUTH = {letter: cause for letter, (cause, _, _) in broken_runs.FAULTS.items()}
FIRST, OTHER = ({letter: TRUTH[letter] for letter in part} for part in ("abcde", "fghij"))
norm = np.linalg.norm
RIGHT = {
    nb17_patients.first_five: [FIRST, TRUTH],
    nb17_patients.other_five: [OTHER, dict(reversed(TRUTH.items()))],
    nb17.loss_left: [twenty, on_a_copy],
    nb17.update_ratios: [each(lambda a, b: norm(b - a) / norm(a)), in_a_loop],
    nb17.kind_of_plateau: [plateau, by_distance],
}
WRONG = [
    (nb17_patients.first_five, "saturated units", "a dict"),
    (nb17_patients.first_five, {"a": "saturated units"}, "no diagnosis for run b"),
    (nb17_patients.first_five, FIRST | {"c": "inputs"}, "'inputs' is none of"),
    (nb17_patients.first_five, FIRST | {"c": "rate too high"}, "4 of 5 are right. Run c: the loss is large before"),
    (nb17_patients.first_five, FIRST | {"c": "exploding signal"}, "does not grow"),
    (nb17_patients.first_five, FIRST | {"c": "dead units"}, "what killed them"),
    (nb17_patients.first_five, FIRST | {"e": "zero weights"}, "is not zero"),
    (nb17_patients.first_five, FIRST | {"b": "dead units"}, "are not 0"),
    (nb17_patients.first_five, FIRST | {"a": "rate too low", "d": "wrong loss"}, "3 of 5 are right. Run a: its rate is 0.1"),
    (nb17_patients.first_five, FIRST | {"d": "wrong loss"}, "run.fresh"),
    (nb17_patients.other_five, None, "a dict"),
    (nb17_patients.other_five, FIRST, "no diagnosis for run f"),
    (nb17_patients.other_five, OTHER | {"f": "rate too low"}, "its rate is 0.1"),
    (nb17_patients.other_five, OTHER | {"f": "dead units"}, "perfect answer"),
    (nb17_patients.other_five, OTHER | {"g": "unscaled inputs"}, "about 0.3"),
    (nb17_patients.other_five, OTHER | {"h": "label leak"}, "fails there"),
    (nb17_patients.other_five, OTHER | {"i": "dead units"}, "slope 0"),
    (nb17_patients.other_five, OTHER | {"j": "unscaled inputs"}, "first loss is healthy"),
    (nb17.loss_left, lambda net, X, y, **more: [0.5], "one number is wanted"),
    (nb17.loss_left, changed(report=lambda before, last, after: after), "divide it by"),
    (nb17.loss_left, changed(report=lambda before, last, after: before / after), "upside down"),
    (nb17.loss_left, changed(report=lambda before, last, after: 1 - after / before), "the share that was lost"),
    (nb17.loss_left, changed(report=lambda before, last, after: last / before), "before the last step"),
    (nb17.loss_left, changed(rows=slice(None)), "all examples were used"),
    (nb17.loss_left, changed(rows=slice(-20, None)), "the last twenty"),
    (nb17.loss_left, changed(forget=True), "the state is lost"),
    (nb17.loss_left, changed(rule=optimizers.sgd), "plain SGD"),
    (nb17.loss_left, changed(n_steps=200), "n_steps is not obeyed"),
    (nb17.loss_left, changed(lr=0.01), "lr is not obeyed"),
    (nb17.loss_left, changed(restore=False), "came back changed"),
    (nb17.loss_left, lambda net, X, y, **more: 0.5, "another share"),
    (nb17.update_ratios, lambda before, after: norm(after[0] - before[0]) / norm(before[0]), "three numbers"),
    (nb17.update_ratios, each(lambda a, b: norm(b - a) / norm(b)), "not after it"),
    (nb17.update_ratios, each(lambda a, b: (norm(b) - norm(a)) / norm(a)), "compares two lengths"),
    (nb17.update_ratios, each(lambda a, b: abs(norm(b) - norm(a)) / norm(a)), "compares two lengths"),
    (nb17.update_ratios, each(lambda a, b: norm(b - a)), "change alone"),
    (nb17.update_ratios, each(lambda a, b: norm(a) / norm(b - a)), "upside down"),
    (nb17.update_ratios, each(lambda a, b: ((b - a) ** 2).sum() / (a**2).sum()), "root is missing"),
    (nb17.update_ratios, each(lambda a, b: abs((b - a) / a).mean()), "entry by entry"),
    (nb17.update_ratios, each(lambda a, b: norm(b - a, 2) / norm(a, 2)), "singular value"),
    (nb17.update_ratios, each(lambda a, b: abs(b - a).max() / abs(a).max()), "largest entry"),
    (nb17.update_ratios, each(lambda a, b: 0.1), "are not |after"),
    (nb17.kind_of_plateau, lambda *a, **k: "local minimum", "is none of"),
    (nb17.kind_of_plateau, judging(near=lambda g, L, radius: g <= radius), "with the radius itself"),
    (nb17.kind_of_plateau, judging(size=lambda low, high: high), "only the largest"),
    (nb17.kind_of_plateau, judging(near=lambda g, L, radius: g <= 1e-6), "a fixed bound"),
    (nb17.kind_of_plateau, judging(near=lambda g, L, radius: g <= 1e-3), "a fixed bound"),
    (nb17.kind_of_plateau, judging(bent=lambda low, L: low < 0), "every eigenvalue below 0"),
    (nb17.kind_of_plateau, judging(near=lambda g, L, radius: True), "gradient is not looked at"),
    (nb17.kind_of_plateau, judging(bent=lambda low, L: False), "negative eigenvalue is not looked at"),
    (nb17.kind_of_plateau, judging(bent=lambda low, L: low > 0.01 * L), "sign is turned round"),
    (nb17.kind_of_plateau, lambda *a, **k: "saddle", "not the verdict there"),
]


@pytest.mark.parametrize(("check", "truth"), [(nb17_patients.first_five, FIRST), (nb17_patients.other_five, OTHER)])
def test_no_wrong_diagnosis_is_told_the_right_one(check, truth):
    for letter, cause in itertools.product(truth, broken_runs.CAUSES):
        if cause != truth[letter]:
            status, message = judge(check, truth | {letter: cause})
            assert status == "wrong" and f"4 of 5 are right. Run {letter}: " in message and truth[letter] not in message


def test_what_speaks_against_a_diagnosis_is_kept_for_pairs_that_exist():
    assert all({true, said} <= set(broken_runs.CAUSES) and true != said for true, said in nb17_patients.AGAINST)
    assert set(nb17_patients.NEXT_TEST) == set(broken_runs.CAUSES)
