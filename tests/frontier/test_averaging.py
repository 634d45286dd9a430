"""Averages of weights against sums without state, Keras and PyTorch."""
import json
import subprocess
import sys

import numpy as np
import pytest

from course_lib.frameworks.tensorflow_quietly import import_tensorflow
from course_lib.frameworks.torch_process import torch_version
from course_lib.frontier import averaging as a
from course_lib.optimizers import momentum, sgd

RNG = np.random.default_rng(0)
START = RNG.standard_normal(3)
GRADIENTS = RNG.standard_normal((7, 3))
RATE = 0.25


def walk(step, **hyper):
    w, state, points, averages = START, {}, [], []
    for g in GRADIENTS:
        w, state = step(w, g, state, lr=RATE, **hyper)
        points.append(w)
        averages.append(a.average_of(w, state))
    return np.array(points), np.array(averages)


def test_the_run_itself_does_not_change():
    plain = walk(momentum, beta=0.5)[0]
    for step in (a.with_ema(momentum), a.with_swa(momentum, 3, 2)):
        np.testing.assert_array_equal(walk(step, beta=0.5)[0], plain)


def test_ema_is_the_weighted_sum():
    points, averages = walk(a.with_ema(sgd, 0.75))
    for t in range(1, 8):
        total = 0.75 ** (t - 1) * points[0] + sum(0.25 * 0.75 ** (t - s) * points[s - 1]
                                                  for s in range(2, t + 1))
        np.testing.assert_allclose(averages[t - 1], total, rtol=1e-12)


def test_swa_is_the_mean_of_the_chosen_steps():
    points, averages = walk(a.with_swa(sgd, 3, 2))
    np.testing.assert_array_equal(averages[:2], points[:2])
    for t in range(3, 8):
        chosen = [points[s - 1] for s in range(3, t + 1, 2)]
        np.testing.assert_allclose(averages[t - 1], np.mean(chosen, axis=0), rtol=1e-12)


def test_before_the_first_step_the_average_is_the_weights():
    np.testing.assert_array_equal(a.average_of(START, {}), START)


def test_averaging_is_worth_it_on_a_noisy_parabola():
    rng, w, state = np.random.default_rng(0), np.array([1.0]), {}
    step, ends = a.with_ema(sgd, 0.99), []
    for t in range(4000):
        w, state = step(w, w + rng.standard_normal(1), state, lr=0.3)
        if t >= 500:
            ends.append((w[0], a.average_of(w, state)[0]))
    last, averaged = np.var(ends, axis=0)
    assert last == pytest.approx(0.3 / 1.7, rel=0.1) and averaged < last / 10


def test_keras_ema_is_ours():
    import_tensorflow()
    import keras

    optimizer = keras.optimizers.SGD(RATE, use_ema=True, ema_momentum=0.75)
    variable = keras.Variable(START, dtype="float64")
    for g in GRADIENTS:
        optimizer.apply([keras.ops.convert_to_tensor(g, dtype="float64")], [variable])
    _, averages = walk(a.with_ema(sgd, 0.75))
    theirs = optimizer._model_variables_moving_average[0].numpy()
    np.testing.assert_allclose(theirs, averages[-1], rtol=1e-6)


TORCH = """
import json, sys, torch
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
points = json.load(sys.stdin)
model = torch.nn.Linear(3, 1, bias=False).double()
kinds = {"swa": AveragedModel(model),
         "ema": AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(0.75))}
for w in points:
    with torch.no_grad():
        model.weight[:] = torch.tensor(w, dtype=torch.float64)
    for average in kinds.values():
        average.update_parameters(model)
print(json.dumps({k: v.module.weight[0].tolist() for k, v in kinds.items()}))
"""


@pytest.mark.skipif(torch_version() is None, reason="PyTorch is not installed")
def test_pytorch_averages_are_ours():
    points, means = walk(a.with_swa(sgd, 1))
    done = subprocess.run([sys.executable, "-c", TORCH], capture_output=True, text=True, check=True,
                          input=json.dumps(points.tolist()))
    theirs = json.loads(done.stdout)
    np.testing.assert_allclose(means[-1], theirs["swa"], rtol=1e-12)
    np.testing.assert_allclose(walk(a.with_ema(sgd, 0.75))[1][-1], theirs["ema"], rtol=1e-12)


def test_settings_out_of_range_are_named():
    with pytest.raises(ValueError, match="decay must be in"):
        a.with_ema(sgd, 1.0)
    with pytest.raises(ValueError, match="start must be a whole number"):
        a.with_swa(sgd, 0)
