"""Checks of notebook 29, broken runs.

Each table of known answers begins with the right one, whose fault is None.

Notebooks: 29.
"""
from course_lib.checks.engine import exercise
from course_lib.training import broken_runs

# The next test to make, for each true cause; none of them names it.
NEXT_TEST = {
    "wrong loss": "the accuracy rises and the loss stays high: which loss would a perfect answer "
                  "have?",
    "rate too low": "the loss hardly moves: how long are the steps beside the weights (run.ratio)?",
    "validation differs": "compare the accuracies on run.data and on run.valid, then the mean of "
                          "what goes in",
    "label leak": "compare the accuracy on run.valid with that on run.fresh, then look at some "
                  "images of run.data",
    "labels out of step": "first loss and steps are healthy, and little is learnt: look at some "
                          "images of run.data beside what they are said to show",
    "class imbalance": "compare the accuracy on run.valid with that on run.fresh, then count "
                       "run.data[1]",
    "unscaled inputs": "the first loss belongs to a network that has not moved yet: follow the "
                       "numbers that go in",
    "not shuffled": "look at the loss of single batches, and at the order of run.data[1]",
    "evaluation mode": "its loss is low: is run.net.accuracy(*run.data) as good? Then compare "
                       "run.net.logits(X) with run.net.logits(X, training=True)",
    "rate too high": "the first loss is healthy, so look at what the first steps do: run.ratio",
}
BEFORE = "the loss is large before the first step, and no rate can have done that"
GOOD_START = "its first loss is healthy, so nothing is too large before the first step"
SAME_RATE = "its rate is 0.1, like that of the healthy run"
ON_ITS_OWN = "the accuracy on run.data is as low as that on run.valid, so look further"
# What speaks against a plausible wrong diagnosis: (true cause, what was said) -> evidence.
AGAINST = {
    ("unscaled inputs", "rate too high"): BEFORE,
    ("rate too high", "unscaled inputs"): GOOD_START,
    ("labels out of step", "rate too low"): SAME_RATE,
    ("labels out of step", "rate too high"): SAME_RATE,
    ("wrong loss", "rate too low"): SAME_RATE,
    ("evaluation mode", "rate too low"): SAME_RATE,
    ("rate too low", "labels out of step"): "its steps (run.ratio) are thousands of times shorter "
                                            "than the healthy run's: it has not moved",
    ("labels out of step", "wrong loss"): "a perfect answer has the loss 0 in this run",
    ("wrong loss", "labels out of step"): "its accuracy on run.valid is far above guessing",
    ("label leak", "class imbalance"): "np.bincount(run.data[1]) is about the same for all digits",
    ("class imbalance", "label leak"): "no pixel follows from the label: is every digit there as "
                                       "often?",
    ("evaluation mode", "validation differs"): ON_ITS_OWN,
    ("evaluation mode", "label leak"): "a leak would shine on run.valid, and this run fails there",
    ("validation differs", "evaluation mode"): "the accuracy on run.data is high in evaluation",
    ("validation differs", "label leak"): "a leak would shine on run.valid, and this run does "
                                          "better on run.data",
    ("not shuffled", "label leak"): "a leak would shine on run.valid, and this run fails there",
    ("not shuffled", "validation differs"): ON_ITS_OWN,
    ("label leak", "not shuffled"): "a sorted file does not give nearly perfect validation answers",
    ("class imbalance", "not shuffled"): "neighbours in run.data are mixed as in a shuffled file",
}


def _diagnoses(mine, letters):
    if not isinstance(mine, dict):
        return "a dict from letters to causes is wanted, such as {'a': 'label leak', ...}"
    missing = [letter for letter in letters if letter not in mine]
    if missing:
        return f"there is no diagnosis for run {missing[0]}"
    unknown = [mine[letter] for letter in letters if mine[letter] not in broken_runs.CAUSES]
    if unknown:
        return f"{unknown[0]!r} is none of broken_runs.CAUSES"
    truth = {letter: broken_runs.FAULTS[letter][0] for letter in letters}
    wrong = [letter for letter in letters if mine[letter] != truth[letter]]
    if not wrong:
        return None
    cause, said = truth[wrong[0]], mine[wrong[0]]
    evidence = AGAINST.get((cause, said), NEXT_TEST[cause])
    return f"{len(letters) - len(wrong)} of {len(letters)} are right. Run {wrong[0]}: {evidence}"


@exercise("29.1", "Diagnose runs a to e", hints=(
    "for every run ask in this order: what goes in, and with which label? is the first loss right? "
    "how long are the steps?",
    "first loss near ln 10; steps of 1e-5 to 0.5 of the weights; accuracy on run.data, run.valid "
    "and run.fresh alike",
    "run diagnosis.sanity_check on run.start and run.data with the run's rate, and read the first "
    "finding"))
def first_five(mine):
    """A cause for each of the letters a to e."""
    return _diagnoses(mine, "abcde")


@exercise("29.2", "Diagnose runs f to j", hints=(
    "one shows its fault before the first step, one in single batches; two have a loss that "
    "promises more than the network keeps",
    "what is the first loss? how long are the steps? which labels does a batch hold, which the "
    "file? are both modes alike?",
    "run diagnosis.sanity_check on run.start and run.data with the run's rate, and read the first "
    "finding"))
def other_five(mine):
    """A cause for each of the letters f to j."""
    return _diagnoses(mine, "fghij")
