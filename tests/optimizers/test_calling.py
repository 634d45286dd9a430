"""Wrong versions of rules: what is replaced is replaced, the rest is as it was."""
import numpy as np
import pytest

from course_lib.checks.nb27 import caught_by_table, passes_one_step
from course_lib.frameworks.paths import HYPER, distance, path_of
from course_lib.optimizers.calling import mutant
from course_lib.optimizers.rules import adam, momentum

ADAM = {name: HYPER[name] for name in ("beta1", "beta2", "eps")}


def test_the_piece_is_replaced_and_the_rest_is_the_rule():
    same = mutant(adam, ("eps=1e-8", "eps=1e-8"))
    assert np.array_equal(path_of(same, ADAM), path_of(adam, ADAM))
    uphill = mutant(momentum, ("w - lr * v", "w + lr * v"))
    assert (
        uphill(1.0, 2.0, {}, lr=0.5, beta=0.9) == (2.0, {"v": 2.0})
        and momentum(1.0, 2.0, {}, lr=0.5)[0] == 0.0
    )


@pytest.mark.parametrize("piece, times", [("nowhere", 0), ("beta1", 4)])
def test_a_piece_must_occur_once(piece, times):
    with pytest.raises(
        ValueError, match=f"'{piece}' must occur once in the source of adam, got it {times} times"
    ):
        mutant(adam, (piece, "x"))


def test_the_two_tests_of_the_lab():
    assert passes_one_step(adam) and not caught_by_table(adam)
    late = mutant(adam, ('state.get("t", 0) + 1', "1"))
    assert (
        passes_one_step(late)
        and caught_by_table(late)
        and distance(path_of(late, ADAM), path_of(adam, ADAM)) > 0.01
    )
    assert not passes_one_step(mutant(adam, ("w = w - lr", "w = w + lr")))
    with np.errstate(all="ignore"):
        assert caught_by_table(
            mutant(adam, ("np.sqrt(v_hat) + eps", "np.sqrt(v_hat)"))
        )  # 0/0 is not near anything
