"""The ten wrong Adams are wrong, and the two tests say of each what the notebook tells."""
import numpy as np
import pytest

from course_lib.frameworks.wrong_adams import (
    WRONG,
    caught_by_table,
    passes_one_step,
    ten_wrong_adams,
)
from course_lib.optimizers.calling import mutant
from course_lib.optimizers.rules import adam


def test_the_right_adam_passes_both():
    assert passes_one_step(adam) and not caught_by_table(adam)


@pytest.mark.parametrize("name", WRONG)
def test_each_one_leaves_adam_somewhere(name):
    """On gradients of its own, none of the notebook's: the change is no harmless rewriting."""
    wrong, rng = mutant(adam, WRONG[name]), np.random.default_rng(0)
    w, ours, state, our_state = np.zeros(3), np.zeros(3), {}, {}
    with np.errstate(all="ignore"):
        for g in rng.normal(size=(4, 3)) * [1.0, 1e-8, 0.0]:
            w, state = wrong(w, g, state, lr=0.1)
            ours, our_state = adam(ours, g, our_state, lr=0.1)
    assert not np.allclose(w, ours, rtol=1e-6)


def test_what_the_two_tests_say():
    found = ten_wrong_adams()
    assert found.keys() == WRONG.keys() and len(found) == 10
    assert [name for name, (one, _) in found.items() if not one] == [
        "v for v_hat", "m for m_hat", "uphill"]
    assert all(caught for _, caught in found.values())


def test_a_path_with_nan_is_caught():
    with np.errstate(all="ignore"):
        assert caught_by_table(lambda w, g, state, **hyper: (w * np.nan, {}))
