"""Newton-Schulz and Muon: singular values one by one, Keras and PyTorch step by step."""
import importlib.util
import json
import subprocess
import sys

import numpy as np
import pytest

from course_lib.frameworks.tensorflow_quietly import import_tensorflow
from course_lib.frameworks.torch_process import torch_version
from course_lib.frontier import norms
from course_lib.frontier import orthogonal as o

SHAPES = ((6, 4), (4, 6), (5, 5))
HYPER = {"lr": 0.125, "beta": 0.75, "weight_decay": 0.25}
needs_torch = pytest.mark.skipif(torch_version() is None, reason="PyTorch is not installed")


def start(shape):
    return np.random.default_rng(sum(shape)).standard_normal(shape)


def gradients(shape, n=4):
    rng = np.random.default_rng(1)
    return [rng.standard_normal(shape) * 10.0 ** -(k % 3) for k in range(n)]


def path(shape, step=None, **hyper):
    step = step or o.muon
    w, state, points = start(shape), {}, []
    for g in gradients(shape):
        w, state = step(w, g, state, **hyper)
        points.append(w)
    return np.array(points)


def test_newton_schulz_acts_on_each_singular_value_by_the_polynomial():
    for shape in SHAPES:
        G = start(shape)
        U, S, Vt = np.linalg.svd(G, full_matrices=False)
        for coefficients in (o.QUINTIC, o.CUBIC):
            for n_steps in (1, 2, 5):
                a, b, c = coefficients
                s = S / np.sqrt((G**2).sum())
                for _ in range(n_steps):
                    s = s * (a + s**2 * (b + c * s**2))
                np.testing.assert_allclose(o.newton_schulz(G, coefficients, n_steps),
                                           (U * s) @ Vt, rtol=1e-5, atol=1e-6)
                np.testing.assert_allclose(
                    o.polynomial(S / np.linalg.norm(S), coefficients, n_steps), s, rtol=1e-10)


def test_five_steps_bring_most_singular_values_near_one():
    s = o.polynomial(np.linspace(0.005, 1, 20_001))
    assert 0.68 < s.min() < 0.69 and 1.15 < s.max() < 1.16
    assert o.polynomial(0.0) == 0


def test_the_classical_cubic_converges_to_the_polar_factor():
    for shape in SHAPES:
        np.testing.assert_allclose(o.newton_schulz(start(shape), o.CUBIC, 40),
                                   norms.polar(start(shape)), atol=1e-10)


def test_a_transposed_gradient_gives_the_transposed_step():
    for shape in SHAPES:
        G = start(shape)
        np.testing.assert_allclose(o.newton_schulz(G.T), o.newton_schulz(G).T, atol=1e-13)


def test_a_step_does_not_see_the_size_of_the_gradients():
    for shape in SHAPES:
        G = start(shape)
        np.testing.assert_allclose(o.newton_schulz(1000 * G), o.newton_schulz(G), atol=1e-6)


def test_scales_are_those_of_their_makers():
    assert o.SCALES["jordan"](100, 400) == 2 and o.SCALES["jordan"](400, 100) == 1
    assert o.SCALES["moonlight"](100, 400) == o.SCALES["moonlight"](400, 100) == 4
    assert o.SCALES["none"](100, 400) == 1


def test_muon_without_memory_is_one_newton_schulz_step():
    G, w = start((6, 4)), np.zeros((6, 4))
    ours = o.muon(w, G, {}, lr=0.5, beta=0.0, scale=3.0)[0]
    np.testing.assert_allclose(ours, -1.5 * o.newton_schulz(G), rtol=1e-12)


def keras_muon_path(shape, dtype, **arguments):
    import_tensorflow()
    import keras

    optimizer = keras.optimizers.Muon(0.125, momentum=0.75, weight_decay=0.25, **arguments)
    variable, points = keras.Variable(start(shape), dtype=dtype), []
    for g in gradients(shape):
        optimizer.apply([keras.ops.convert_to_tensor(g, dtype=dtype)], [variable])
        points.append(variable.numpy().copy())
    return np.array(points)


def test_keras_takes_the_same_path_with_each_of_its_scales():
    for shape in SHAPES:
        for rate, scale, dtype, apart in ((0.2, "moonlight", "float32", 3e-5),
                                          (None, "none", "float64", 1e-6)):
            ours = path(shape, scale=o.SCALES[scale](*shape), **HYPER)
            theirs = keras_muon_path(shape, dtype, rms_rate=rate)
            np.testing.assert_allclose(ours, theirs, rtol=0, atol=apart)


def test_keras_with_its_own_scale_takes_no_float64():
    with pytest.raises(Exception, match="expected to be a double tensor but is a float tensor"):
        keras_muon_path((3, 3), "float64")


TORCH = """
import json, sys, torch
shapes, grads, starts, scale = json.load(sys.stdin)
for start, gs in zip(starts, grads):
    w = torch.tensor(start, dtype=torch.float32, requires_grad=True)
    optimizer = torch.optim.Muon([w], lr=0.125, momentum=0.75, weight_decay=0.25,
                                 adjust_lr_fn=scale)
    points = []
    for g in gs:
        w.grad = torch.tensor(g, dtype=torch.float32)
        optimizer.step()
        points.append(w.detach().tolist())
    print(json.dumps(points))
"""


def torch_paths(scale):
    starts = [start(s).T.tolist() for s in SHAPES]
    grads = [[g.T.tolist() for g in gradients(s)] for s in SHAPES]
    done = subprocess.run([sys.executable, "-c", TORCH], capture_output=True, text=True,
                          input=json.dumps([SHAPES, grads, starts, scale]), check=True)
    return [np.array(json.loads(line)).swapaxes(1, 2) for line in done.stdout.splitlines()]


@needs_torch
@pytest.mark.parametrize(("theirs", "ours"), [("original", "jordan"),
                                              ("match_rms_adamw", "moonlight")])
def test_pytorch_takes_the_same_path_of_the_transpose_to_the_digits_of_bfloat16(theirs, ours):
    other = {"jordan": "moonlight", "moonlight": "jordan"}[ours]
    for shape, its in zip(SHAPES, torch_paths(theirs), strict=True):
        mine = path(shape, scale=o.SCALES[ours](*shape), **HYPER)
        wrong = path(shape, scale=o.SCALES[other](*shape), **HYPER)
        assert np.abs(mine - its).max() < 0.04
        assert np.abs(wrong - its).max() > 0.06
    assert np.abs(mine - its).max() > 1e-4  # bfloat16 keeps eight bits


@pytest.mark.skipif(importlib.util.find_spec("optax") is None, reason="optax is not installed")
def test_optax_takes_the_same_first_step_and_later_another_mixture():
    import jax
    import optax

    jax.config.update("jax_enable_x64", True)
    for shape in SHAPES:
        theirs = optax.contrib.muon(0.125, beta=0.75)
        w, points = jax.numpy.array(start(shape)), []
        state = theirs.init(w)
        for g in gradients(shape):
            update, state = theirs.update(jax.numpy.array(g), state, w)
            w = w + update
            points.append(np.array(w))
        ours = path(shape, lr=0.125, beta=0.75, scale=o.SCALES["jordan"](*shape))
        mixed = path(shape, optaxs_muon, scale=o.SCALES["jordan"](*shape))
        np.testing.assert_allclose(points[0], ours[0], atol=1e-6)
        np.testing.assert_allclose(points, mixed, atol=1e-6)
        assert np.abs(points[1] - ours[1]).max() > 1e-3


def optaxs_muon(w, g, state, *, scale, beta=0.75):
    """What the docstring of `orthogonal` says of optax."""
    t = state.get("t", 0) + 1
    m = beta * state.get("m", 0.0) + (1 - beta) * g
    u = beta * m / (1 - beta ** (t + 1)) + (1 - beta) * g / (1 - beta**t)
    return w - 0.125 * scale * o.newton_schulz(u), {"t": t, "m": m}


def test_only_a_matrix_is_orthogonalised():
    with pytest.raises(ValueError, match=r"takes a matrix \(m, n\), got shape \(3,\)"):
        o.newton_schulz(np.ones(3))
