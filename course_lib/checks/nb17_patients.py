"""Checks of notebook 17, broken runs.

Each table of known answers begins with the right one, whose fault is None.

Notebooks: 17.
"""
from course_lib.checks.engine import exercise
from course_lib.training import broken_runs

# The next test to make, for each true cause; none of them names it.
NEXT_TEST = {
    "saturated units": "which layers move (run.ratio), and which hardly do? Then look at the "
                       "slopes of its units",
    "rate too low": "the loss hardly moves: is there a gradient (run.flow), and how long are the "
                    "steps (run.ratio)?",
    "unscaled inputs": "the first loss belongs to a network that has not moved yet: follow the "
                       "numbers that go in",
    "label leak": "compare the accuracy on run.valid with that on run.fresh, then look at some "
                  "images of run.data",
    "dead units": "some gradients are exactly 0: ask run.start what comes out of each of its "
                  "layers",
    "wrong loss": "the accuracy rises and the loss stays high: which loss would a perfect answer "
                  "have?",
    "exploding signal": "the first loss is measured before any step: follow the size of the signal "
                        "from layer to layer",
    "not shuffled": "look at the loss of single batches, and at the labels in the order of "
                    "run.data",
    "zero weights": "all hidden gradients are exactly 0: look at run.start.theta itself",
    "rate too high": "the first loss is healthy, so look at what the first steps do: run.ratio",
}


BEFORE = "the loss is large before the first step, and no rate can have done that"


GOOD_START = "its first loss is healthy, so nothing is too large before the first step"


SAME_RATE = "its rate is 0.1, like that of the healthy run"


FLOWS = "its gradients (run.flow) are not 0, so something comes back to every layer"


# What speaks against a plausible wrong diagnosis: (true cause, what was said) -> evidence.
AGAINST = {
    ("unscaled inputs", "rate too high"): BEFORE,
    ("exploding signal", "rate too high"): BEFORE,
    ("unscaled inputs", "exploding signal"): "the signal is as large in the last layer as in the "
                                             "first: it does not grow",
    ("exploding signal", "unscaled inputs"): "what goes in has a root mean square of about 0.3; it "
                                             "grows behind that",
    ("rate too high", "exploding signal"): GOOD_START,
    ("rate too high", "unscaled inputs"): GOOD_START,
    ("rate too high", "dead units"): "at the start no more units are off than in the healthy run; "
                                     "what killed them?",
    ("unscaled inputs", "dead units"): "at the start no more units are off than in the healthy "
                                       "run; what killed them?",
    ("dead units", "zero weights"): "run.start.theta is not zero; something else cuts the gradient "
                                    "off",
    ("zero weights", "dead units"): "no unit of it has the slope 0: run.start.dead_units(X) says "
                                    "so",
    ("dead units", "rate too low"): SAME_RATE,
    ("zero weights", "rate too low"): SAME_RATE,
    ("wrong loss", "rate too low"): SAME_RATE,
    ("saturated units", "rate too low"): SAME_RATE,
    ("rate too low", "dead units"): FLOWS,
    ("rate too low", "zero weights"): FLOWS,
    ("saturated units", "dead units"): FLOWS,
    ("saturated units", "zero weights"): FLOWS,
    ("not shuffled", "label leak"): "a leak would shine on run.valid, and this run fails there",
    ("label leak", "not shuffled"): "a sorted file does not give nearly perfect validation answers",
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


@exercise("17.1", "Diagnose runs a to e", hints=(
    "for every run ask in this order: is the first loss right? which layers move? is the gradient "
    "0? what goes in?",
    "first loss near ln 10; steps of 1e-5 to 0.5 of the weights; accuracy on run.valid and on "
    "run.fresh alike",
    "run diagnosis.sanity_check on run.start and run.data with the run's rate, and read the first "
    "finding"))
def first_five(mine):
    """A cause for each of the letters a to e."""
    return _diagnoses(mine, "abcde")


@exercise("17.2", "Diagnose runs f to j", hints=(
    "two show their fault before the first step, one in single batches; one has a loss that says "
    "less than its accuracy",
    "what can the loss at best be? what is the first loss? which labels does one batch hold? which "
    "weights are 0?",
    "run diagnosis.sanity_check on run.start and run.data with the run's rate, and read the first "
    "finding"))
def other_five(mine):
    """A cause for each of the letters f to j."""
    return _diagnoses(mine, "fghij")
