"""Schedule-Free AdamW against hand numbers, optax' stored path and formulas without state; Keras'
class against both.
"""
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest

from course_lib.data import load_results
from course_lib.frameworks.paths import GRADIENTS, START, distance, path_of
from course_lib.frameworks.schedule_free import (
    BETAS,
    averaged,
    diagnose,
    expected_paths,
    keras_free_path,
    limits,
    on_the_bowl,
    repaired,
    schedule_free_adamw,
)
from course_lib.frameworks.tensorflow_quietly import import_tensorflow
from course_lib.frameworks.torch_process import torch_version
from course_lib.optimizers.calling import blockwise
from course_lib.optimizers.rules import adam
from tools.notebooks import source as ns
from tools.notebooks.run import execute

ROOT = Path(__file__).parents[2]
NOTEBOOK = ROOT / "notebooks" / "src" / "27_match_three_frameworks.py"
STORED = load_results("three_frameworks")
needs_torch = pytest.mark.skipif(torch_version() is None, reason="PyTorch is not installed")
RATES = (0.5, 0.25, 0.125, 0.5, 0.0, 0.25)


def walk(G, rates, w=START, **hyper):
    state, path, averages = {}, [], []
    for g, lr in zip(G, rates, strict=True):
        w, state = schedule_free_adamw(w, g, state, lr=lr, **hyper)
        path.append(w)
        averages.append(averaged(w, state))
    return np.array(path), np.array(averages), state


def sums(G, rates, w, *, beta1, beta2, eps):
    """x and y from the sums that define them: no point is carried from step to step."""
    steps = []
    for t in range(1, len(G) + 1):
        v = sum((1 - beta2) * beta2 ** (t - s) * G[s - 1] ** 2 for s in range(1, t + 1)) / (
            1 - beta2**t
        )
        steps.append(rates[t - 1] * G[t - 1] / (np.sqrt(v) + eps))
    z = [w - sum(steps[:t]) for t in range(1, len(G) + 1)]
    x = [np.average(z[:t], axis=0, weights=np.square(rates[:t])) for t in range(1, len(G) + 1)]
    return (1 - beta1) * np.array(z) + beta1 * np.array(x), np.array(x)


def test_two_steps_by_hand():
    """Constant gradient 2 with eps = 0: each step of z is lr, x is the mean of 0.5 and 0, y is z/4
    + 3x/4.
    """
    path, averages, state = walk(
        np.full((2, 1), 2.0), (0.5, 0.5), np.ones(1), beta1=0.75, beta2=0.5, eps=0.0
    )
    assert path.ravel().tolist() == [0.5, 0.1875] and averages.ravel().tolist() == [0.5, 0.25]
    assert state["z"].tolist() == [0.0] and state["v"].tolist() == [3.0] and state["t"] == 2


@pytest.mark.parametrize("beta1", [0.0, 0.3, 0.9])
def test_paths_are_those_of_the_sums(beta1):
    G = np.random.default_rng(0).normal(size=(6, 5))
    hyper = {"beta1": beta1, "beta2": 0.9, "eps": 0.01}
    path, averages, _ = walk(G, RATES, **hyper)
    y, x = sums(G, RATES, START, **hyper)
    np.testing.assert_allclose(path, y, rtol=1e-12)
    np.testing.assert_allclose(averages, x, rtol=1e-12)


def test_path_with_decay_is_the_stored_one_of_optax():
    stored = STORED["optax"]["schedule_free"]
    assert stored["hyper"]["weight_decay"] > 0
    assert distance(path_of(schedule_free_adamw, stored["hyper"]), stored["path"]) < 1e-12


def test_beta1_zero_is_adam_without_momentum():
    hyper = {"beta1": 0.0, "beta2": 0.9, "eps": 0.01}
    assert distance(path_of(schedule_free_adamw, hyper), path_of(adam, hyper)) < 1e-14


def test_a_warm_up_may_start_at_zero():
    path, averages, _ = walk(GRADIENTS, (0.0, 0.1, 0.2, 0.2, 0.2), beta1=0.5)
    assert (
        np.array_equal(path[0], START)
        and np.array_equal(averages[0], START)
        and np.isfinite(path).all()
    )
    assert averaged(START, {}) is START


def test_it_keeps_the_contract_of_a_rule():
    w, g = START.astype(np.float32), GRADIENTS[0].astype(np.float32)
    first, state = schedule_free_adamw(w, g, {}, lr=0.1)
    kept = {name: np.copy(value) for name, value in state.items()}
    second, new = schedule_free_adamw(first, g, state, lr=0.1)
    assert all(np.array_equal(state[name], kept[name]) for name in kept) and np.array_equal(
        w, START.astype(np.float32)
    )
    assert {value.dtype for value in (second, *new.values()) if isinstance(value, np.ndarray)} == {
        np.dtype(np.float32)
    }
    stack, _ = schedule_free_adamw(
        np.stack([START, START]), np.stack([GRADIENTS[0]] * 2), {}, lr=np.array([[0.0], [0.1]])
    )
    alone, _ = schedule_free_adamw(START, GRADIENTS[0], {}, lr=0.1)
    assert np.array_equal(stack[0], START) and stack[1] == pytest.approx(alone)
    with pytest.raises(ValueError, match="beta1 must be"):
        schedule_free_adamw(START, GRADIENTS[0], {}, lr=0.1, beta1=1.0)


def test_blockwise_gives_the_same_numbers():
    in_place, plain = START.copy(), START
    slices, state, plain_state = blockwise(schedule_free_adamw, 2), {}, {}
    for g in GRADIENTS:
        in_place, state = slices(in_place, g, state, lr=0.1)
        plain, plain_state = schedule_free_adamw(plain, g, plain_state, lr=0.1)
    assert np.array_equal(in_place, plain) and np.array_equal(state["x"], plain_state["x"])


# Keras' class

def keras():
    import_tensorflow()
    import keras
    return keras


def fake(mix):
    """A Keras optimizer that is right but for the point it puts into its variable: mix(x, z, y)."""
    class Fake(keras().optimizers.Optimizer):
        def __init__(self, learning_rate, beta_1, beta_2, epsilon):
            super().__init__(learning_rate)
            self.hyper, self.state = {"beta1": beta_1, "beta2": beta_2, "eps": epsilon}, {}

        def update_step(self, gradient, variable, learning_rate):
            w, g, lr = variable.numpy(), gradient.numpy(), float(learning_rate)
            y, self.state = schedule_free_adamw(w, g, dict(self.state), lr=lr, **self.hyper)
            self.assign(variable, mix(self.state["x"], self.state["z"], y))

    return Fake


@pytest.mark.parametrize(
    "mix, verdict",
    [
        (lambda x, z, y: y, "right"),
        (lambda x, z, y: x, "aliased"),
        (lambda x, z, y: z, "something else"),
    ],
)
def test_the_diagnosis_tells_right_from_aliased_from_other(mix, verdict):
    assert diagnose(fake(mix)) == verdict


def test_keras_class_is_aliased_or_repaired_and_ours_is_right_over_both():
    """The day this Keras is repaired, the first line still holds, and the notebook says so."""
    assert diagnose(keras().optimizers.ScheduleFreeAdamW) in ("aliased", "right")
    assert diagnose(repaired()) == "right"


def test_the_work_round_is_right_over_a_repaired_keras_too(monkeypatch):
    monkeypatch.setattr(keras().optimizers, "ScheduleFreeAdamW", repaired())
    assert diagnose(repaired()) == "right"
    for beta1 in BETAS:
        assert distance(keras_free_path(repaired(), beta1), expected_paths(beta1)[0]) < 1e-9


@pytest.mark.parametrize(
    "how", [{"jit_compile": False}, {"jit_compile": True}], ids=["graph", "compiled"]
)
def test_in_fit_the_work_round_follows_beta_1(how):
    k, ends = keras(), []
    X, y = (
        np.linspace(-1, 1, 32, dtype=np.float32).reshape(-1, 2),
        np.linspace(0, 3, 16, dtype=np.float32),
    )
    for make, beta_1 in ((repaired(), 0.1), (repaired(), 0.9)):
        model = k.Sequential([k.Input((2,)), k.layers.Dense(1, kernel_initializer="ones")])
        model.compile(optimizer=make(0.1, beta_1=beta_1), loss="mse", **how)
        model.fit(X, y, batch_size=4, epochs=2, shuffle=False, verbose=0)
        ends.append(np.concatenate([w.ravel() for w in model.get_weights()]))
    assert np.abs(ends[0] - ends[1]).max() > 0.01


PROBE = """
import keras, numpy as np
ends = []
for beta_1 in (0.25, 0.75):
    optimizer, w = keras.optimizers.ScheduleFreeAdamW(0.0625, beta_1=beta_1), keras.Variable(np.ones(2))
    for g in (1.0, -0.5, 2.0):
        optimizer.apply([keras.ops.convert_to_tensor(np.full(2, g, "float32"))], [w])
    ends.append(keras.ops.convert_to_numpy(w)[0])
print(keras.backend.backend(), ends[0] == ends[1])
"""


@pytest.mark.torch
@needs_torch
def test_with_pytorch_below_keras_it_is_the_same():
    done = subprocess.run(
        [sys.executable, "-c", PROBE],
        env=os.environ | {"KERAS_BACKEND": "torch"},
        capture_output=True,
        text=True,
    )
    assert done.stdout in ("torch True\n", "torch False\n"), done.stderr
    if diagnose(keras().optimizers.ScheduleFreeAdamW) == "aliased":
        assert done.stdout == "torch True\n"


def said(notebook, words):
    """What the cells whose source contains `words` print."""
    return "".join(
        out.text
        for cell in notebook.cells
        if cell.cell_type == "code" and words in cell.source
        for out in cell.outputs
        if out.output_type == "stream"
    )


def test_the_notebook_says_so_when_keras_is_repaired():
    notebook = ns.learner_notebook(NOTEBOOK.read_text(encoding="utf-8"))
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    setup = next(cell for cell in code if "setup" in ns.tags(cell))
    diagnosis = next(cell for cell in code if "free.diagnose(" in cell.source)
    patch = nbformat.v4.new_code_cell(
        "from course_lib.frameworks import import_keras, schedule_free as free\n"
        "keras = import_keras()\n"
        "keras.optimizers.ScheduleFreeAdamW = free.repaired()"
    )
    notebook.cells = [setup, patch, diagnosis]
    execute(notebook, NOTEBOOK.parents[1])
    assert "Keras' class is right" in said(notebook, "free.diagnose(")


def test_the_limits_of_the_work_round():
    found = limits()
    assert found.pop("constant rate") < 1e-6 < 0.01 < min(found.values())


def test_the_bowl_holds_both_points():
    y, x = on_the_bowl(0.0, n_steps=20)
    z, _ = on_the_bowl(0.0, n_steps=20)
    np.testing.assert_allclose(x, np.cumsum(z) / np.arange(1, 21), rtol=1e-12)
    assert y[0] == x[0] == pytest.approx(0.9, abs=1e-6) and y[-1] != x[-1]
