"""The checks of notebook 29: right answers pass, stubs are not attempted, known mistakes are named.
"""
import itertools

import numpy as np
import pytest

from course_lib import optimizers
from course_lib.checks import nb29, nb29_patients
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


TRUTH = {letter: cause for letter, (cause, _, _) in broken_runs.FAULTS.items()}
FIRST, OTHER = ({letter: TRUTH[letter] for letter in part} for part in ("abcde", "fghij"))
norm = np.linalg.norm
RIGHT = {
    nb29_patients.first_five: [FIRST, TRUTH],
    nb29_patients.other_five: [OTHER, dict(reversed(TRUTH.items()))],
    nb29.loss_left: [twenty, on_a_copy],
    nb29.update_ratios: [each(lambda a, b: norm(b - a) / norm(a)), in_a_loop],
}
WRONG = [
    (nb29_patients.first_five, "saturated units", "a dict"),
    (nb29_patients.first_five, {"a": "saturated units"}, "no diagnosis for run b"),
    (nb29_patients.first_five, FIRST | {"c": "inputs"}, "'inputs' is none of"),
    (nb29_patients.first_five, FIRST | {"a": "rate too low"}, "4 of 5 are right. Run a: its rate is 0.1"),
    (nb29_patients.first_five, FIRST | {"a": "labels out of step"}, "far above guessing"),
    (nb29_patients.first_five, FIRST | {"b": "labels out of step"}, "has not moved"),
    (nb29_patients.first_five, FIRST | {"c": "evaluation mode"}, "run.data is high"),
    (nb29_patients.first_five, FIRST | {"c": "not shuffled"}, "mean of what goes in"),
    (nb29_patients.first_five, FIRST | {"d": "class imbalance"}, "about the same"),
    (nb29_patients.first_five, FIRST | {"a": "rate too low", "d": "wrong loss"}, "3 of 5 are right. Run a"),
    (nb29_patients.first_five, FIRST | {"e": "wrong loss"}, "has the loss 0"),
    (nb29_patients.first_five, FIRST | {"e": "not shuffled"}, "beside what they are said to show"),
    (nb29_patients.other_five, FIRST, "no diagnosis for run f"),
    (nb29_patients.other_five, OTHER | {"f": "label leak"}, "as often"),
    (nb29_patients.other_five, OTHER | {"g": "rate too high"}, "before the first step"),
    (nb29_patients.other_five, OTHER | {"h": "label leak"}, "fails there"),
    (nb29_patients.other_five, OTHER | {"i": "validation differs"}, "look further"),
    (nb29_patients.other_five, OTHER | {"i": "wrong loss"}, "training=True"),
    (nb29_patients.other_five, OTHER | {"j": "unscaled inputs"}, "first loss is healthy"),
    (nb29_patients.other_five, None, "a dict"),
    (nb29_patients.other_five, FIRST, "no diagnosis for run f"),
    (nb29.loss_left, lambda net, X, y, **more: [0.5], "one number is wanted"),
    (nb29.loss_left, changed(report=lambda before, last, after: after), "divide it by"),
    (nb29.loss_left, changed(report=lambda before, last, after: before / after), "upside down"),
    (nb29.loss_left, changed(report=lambda before, last, after: 1 - after / before), "the share that was lost"),
    (nb29.loss_left, changed(report=lambda before, last, after: last / before), "before the last step"),
    (nb29.loss_left, changed(rows=slice(None)), "all examples were used"),
    (nb29.loss_left, changed(rows=slice(-20, None)), "the last twenty"),
    (nb29.loss_left, changed(forget=True), "the state is lost"),
    (nb29.loss_left, changed(rule=optimizers.sgd), "plain SGD"),
    (nb29.loss_left, changed(n_steps=200), "n_steps is not obeyed"),
    (nb29.loss_left, changed(lr=0.01), "lr is not obeyed"),
    (nb29.loss_left, changed(restore=False), "came back changed"),
    (nb29.loss_left, lambda net, X, y, **more: 0.5, "another share"),
    (nb29.update_ratios, lambda before, after: norm(after[0] - before[0]) / norm(before[0]), "three numbers"),
    (nb29.update_ratios, each(lambda a, b: norm(b - a) / norm(b)), "not after it"),
    (nb29.update_ratios, each(lambda a, b: (norm(b) - norm(a)) / norm(a)), "compares two lengths"),
    (nb29.update_ratios, each(lambda a, b: abs(norm(b) - norm(a)) / norm(a)), "compares two lengths"),
    (nb29.update_ratios, each(lambda a, b: norm(b - a)), "change alone"),
    (nb29.update_ratios, each(lambda a, b: norm(a) / norm(b - a)), "upside down"),
    (nb29.update_ratios, each(lambda a, b: ((b - a) ** 2).sum() / (a**2).sum()), "root is missing"),
    (nb29.update_ratios, each(lambda a, b: abs((b - a) / a).mean()), "entry by entry"),
    (nb29.update_ratios, each(lambda a, b: norm(b - a, 2) / norm(a, 2)), "singular value"),
    (nb29.update_ratios, each(lambda a, b: abs(b - a).max() / abs(a).max()), "largest entry"),
    (nb29.update_ratios, each(lambda a, b: 0.1), "are not |after"),
]


@pytest.mark.parametrize(("check", "truth"), [(nb29_patients.first_five, FIRST),
                                              (nb29_patients.other_five, OTHER)])
def test_no_wrong_diagnosis_is_told_the_right_one(check, truth):
    for letter, cause in itertools.product(truth, broken_runs.CAUSES):
        if cause != truth[letter]:
            status, message = judge(check, truth | {letter: cause})
            assert status == "wrong" and f"4 of 5 are right. Run {letter}: " in message and truth[letter] not in message


def test_what_speaks_against_a_diagnosis_is_kept_for_pairs_that_exist():
    assert all({true, said} <= set(broken_runs.CAUSES) and true != said for true, said in nb29_patients.AGAINST)
    assert set(nb29_patients.NEXT_TEST) == set(broken_runs.CAUSES)
