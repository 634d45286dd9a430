"""Check of notebook 16, reduce the rate on a plateau.

The table of known faults begins with the right rule, whose fault is None.

Notebooks: 16.
"""
import numpy as np

from course_lib.checks.answers import first_match
from course_lib.checks.engine import exercise


def _plateau(losses, lr, patience, factor, *, early=False, restart=True, lowest=True, ties=False,
             first=False, cut=lambda lr, factor, start: lr * factor, slack=0, forget=False):
    """Return the rates of the epochs, with one or two features changed."""
    rates, best, waited, now = [], np.inf, 0, lr
    for k, loss in enumerate(losses):
        if not early:
            rates.append(now)
        better = (loss <= best if ties else loss < best) and not (first and k == 0)
        waited = 0 if better else waited + 1
        best = min(best, loss) if lowest else loss
        if waited >= patience + slack and (restart or waited == patience or not better):
            now, waited = cut(now, factor, lr), 0 if restart else waited
            best = np.inf if forget else best
        if early:
            rates.append(now)
    return rates


PLATEAUS = (  # losses, lr, patience, factor
    ([5.0, 4.0, 4.0, 4.5, 3.0, 3.5, 3.2, 3.1, 2.9, 2.8, 2.8, 2.8, 2.8, 2.8], 0.8, 2, 0.5),
    ([3.0, 3.5, 3.6, 3.7, 3.2, 3.1, 3.05, 2.0, 1.0], 1.0, 3, 0.1),
    ([2.0], 0.3, 1, 0.5),
    ([1.0, 2.0, 3.0, 4.0], 0.4, 1, 0.25),
)
PLATEAU_FAULTS = (
    (None, {}),
    ("it falls one epoch early: the rate of an epoch is chosen before its loss is known",
     {"early": True}),
    ("it falls one epoch late: it falls after `patience` epochs in a row without a new lowest loss",
     {"slack": 1}),
    ("after a fall the count must begin anew: the rate now falls in every epoch that follows",
     {"restart": False}),
    ("it compares with the loss of the epoch before: the lowest loss so far is asked for",
     {"lowest": False}),
    ("an equal loss counts as an improvement: it must be lower than the lowest", {"ties": True}),
    ("the first epoch counts as a failure: it is lower than nothing before", {"first": True}),
    ("after a fall it forgets the lowest loss: that stays", {"forget": True}),
    ("the factor is subtracted: the rate is multiplied by it",
     {"cut": lambda lr, factor, start: lr - factor}),
    ("the rate is divided by the factor, so it grows",
     {"cut": lambda lr, factor, start: lr / factor}),
    ("every fall starts from the first rate: it starts from the present one",
     {"cut": lambda lr, factor, start: start * factor}),
    ("the rate never falls", {"slack": 10**6}),
)


@exercise("16.4", "Reduce on a plateau", hints=(
    "keep three things from epoch to epoch: the rate, the lowest loss so far, and how many epochs "
    "have gone by without a lower one",
    "first note the rate of this epoch; then look at its loss: lower than the lowest, the count is "
    "0, else one more; at `patience` the rate falls and the count is 0 again",
    "rates.append(lr); waited = 0 if loss < lowest else waited + 1; lowest = min(lowest, loss); "
    "if waited == patience: lr, waited = lr * factor, 0"))
def plateau_rates(mine):
    """The rate of every epoch, known before its loss."""
    answers = []
    for losses, lr, patience, factor in PLATEAUS:
        rates = mine(list(losses), lr=lr, patience=patience, factor=factor)
        if not isinstance(rates, (list, tuple, np.ndarray)) or len(rates) != len(losses):
            return f"for {len(losses)} losses a list of as many rates is wanted"
        if any(np.ndim(rate) != 0 or not isinstance(rate, (int, float, np.number))
               for rate in rates):
            return "every rate is a number"
        answers.append(np.array(rates, dtype=float))
    known = [(fault, tuple(np.array(_plateau(*case, **changes)) for case in PLATEAUS))
             for fault, changes in PLATEAU_FAULTS]
    fault = first_match(tuple(answers), known, "")
    if fault != "":
        return fault
    right = known[0][1]
    worst = next(k for k in range(len(right)) if not np.allclose(answers[k], right[k]))
    epoch = int(np.argmax(~np.isclose(answers[worst], right[worst])))
    losses, _, patience, factor = PLATEAUS[worst]
    return (
        f"for the losses {losses[:epoch]}, patience {patience} and factor {factor}, the next rate "
        f"is {right[worst][epoch]:g}, and not {answers[worst][epoch]:g}"
    )
