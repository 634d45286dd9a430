"""The explorer's script, run by Node, against the library: rules, landscapes, predictions, looks; and
what course_lib.explorer writes around it. The pages are looked at in tests/test_site_browser.py.
"""
import gzip
import html
import json
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import numpy as np
import pytest

from course_lib import explorer, landscapes, optimizers, plotting
from course_lib.optimizers import descent, momentum_theory

ROOT = Path(__file__).resolve().parents[1]
NODE = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None, reason="Node, which runs the explorer's script, is not on PATH")
BUDGET = 11_000  # bytes of the script, compressed
RATES = {"sgd": 0.03, "momentum": 0.013, "nesterov": 0.004, "adagrad": 2.4, "rmsprop": 0.01, "adam": 0.4}
START = [0.37, 1.35]
N_STEPS = 3000


@pytest.fixture(scope="module")
def js(tmp_path_factory):
    """A function: the value of an expression of JavaScript, in which E is the explorer's module."""
    module = tmp_path_factory.mktemp("explorer") / "explorer.mjs"
    module.write_text(explorer.script(), encoding="utf-8")

    def value(expression, **given):
        code = (f"import * as E from {json.dumps(module.as_uri())};\nconst G = {json.dumps(given)};\n"
                f"process.stdout.write(JSON.stringify({expression}));")
        command = [NODE, "--input-type=module", "-"]
        done = subprocess.run(command, input=code, capture_output=True, text=True, encoding="utf-8")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return value


def settings(rule, **changes):
    """The same hyper-parameters by the explorer's names, and by the library's."""
    names = {"beta": "beta1" if rule == "adam" else "beta", "beta2": "rho" if rule == "rmsprop" else "beta2"}
    return changes, {names.get(name, name): value for name, value in changes.items()}


def same_ravine(js):
    """The explorer's quadratic in NumPy, to the last digit."""
    H = js("[[1, 0], [0, 1]].map(([x, y]) => { const g = []; E.ravine({kappa: 40, angle: 25}).fun(x, y, g); return g; })")
    np.testing.assert_allclose(H, landscapes.quadratic([1 / 40, 1], np.radians(25)).hess(np.zeros(2)), rtol=1e-14)

    def fun(w):
        g = (w[..., None, :] * np.array(H)).sum(-1)
        return 0.5 * (w * g).sum(-1), g

    return fun


CASES = [(rule, {"lr": RATES[rule] * share}) for rule in RATES for share in (1, 0.3)]
CASES += [("momentum", {"lr": 0.01, "beta": 0.5}), ("nesterov", {"lr": 0.004, "beta": 0.97}),
          ("rmsprop", {"lr": 0.003, "beta2": 0.99}), ("adam", {"lr": 0.01, "beta": 0.8, "beta2": 0.99})]


@needs_node
@pytest.mark.parametrize("landscape", ["ravine", "beale"])
@pytest.mark.parametrize("rule, changes", CASES)
def test_a_rule_walks_as_the_librarys_does(js, landscape, rule, changes):
    """On the very same gradients, and where Adam is calm: what hovers or explodes magnifies a last digit."""
    mine, theirs = settings(rule, **changes)
    fun = landscapes.BEALE if landscape == "beale" else same_ravine(js)
    wanted = descent.minimize(fun, START, rule, n_steps=N_STEPS, tol=None, **theirs)
    made = js("E.run(E[G.land]({kappa: 40, angle: 25}), G.start, G.rule, {...E.DEFAULTS[G.rule], ...G.hyper}, G.n)",
              land=landscape, start=START, rule=rule, hyper=mine, n=N_STEPS)
    assert made["n"] == N_STEPS and not made["lost"]
    np.testing.assert_allclose(np.transpose([made["x"], made["y"]]), wanted.w, rtol=0, atol=1e-12)
    np.testing.assert_allclose(made["loss"], wanted.loss, rtol=1e-12, atol=1e-12)


@needs_node
@pytest.mark.parametrize("rule, lr", [("sgd", 2.1), ("momentum", 3.9), ("nesterov", 1.5)])
def test_a_run_that_diverges_ends_where_the_librarys_does(js, rule, lr):
    wanted = descent.minimize(landscapes.quadratic([0.01, 1.0]), START, rule, lr=lr, n_steps=2000)
    made = js("E.run(E.ravine({kappa: 100, angle: 0}), G.start, G.rule, {...E.DEFAULTS[G.rule], lr: G.lr}, 2000)",
              start=START, rule=rule, lr=lr)
    assert made["lost"] and made["n"] == wanted.diverged_at - 1 > 10
    assert js("E.settled(G.made, 1e99) === Infinity", made=made)


@needs_node
def test_a_landscape_has_the_librarys_loss_gradient_and_curvatures(js):
    points = np.random.default_rng(0).uniform(-2, 2, (50, 2))
    cases = {"beale": landscapes.BEALE, "ravine": landscapes.quadratic([1 / 7, 1], np.radians(-50))}
    for name, fun in cases.items():
        made = js("G.points.map(([x, y]) => { const g = [0, 0]; "
                  "return [E[G.name]({kappa: 7, angle: -50}).fun(x, y, g), ...g]; })", points=points.tolist(), name=name)
        loss, grad = fun(points)
        np.testing.assert_allclose(made, np.column_stack([loss, grad]), rtol=1e-12, atol=1e-12)
        told = js("E[G.name]({kappa: 7, angle: -50})", name=name)
        assert told["minimum"] == fun.minima[0].tolist()
        np.testing.assert_allclose([told["mu"], told["L"]], np.linalg.eigvalsh(fun.hess(fun.minima[0])), rtol=1e-12)


@needs_node
def test_predicted_factors_and_edges_are_those_of_the_course(js):
    a, beta = (grid.ravel() for grid in np.meshgrid(np.linspace(0, 4.2, 43), np.linspace(0, 0.99, 34)))
    theory = {"sgd": abs(1 - a), "momentum": momentum_theory.spectral_radius(a, beta),
              "nesterov": momentum_theory.nesterov_radius(a, beta)}
    assert set(theory) == set(js("Object.keys(E.RADIUS)")) == set(js("Object.keys(E.EDGE)"))
    for rule, wanted in theory.items():
        made = js("G.a.map((a, k) => E.RADIUS[G.rule](a, G.beta[k]))", a=a.tolist(), beta=beta.tolist(), rule=rule)
        np.testing.assert_allclose(made, wanted, rtol=1e-12)
        edges = np.array(js("G.beta.map((beta) => E.EDGE[G.rule](beta))", beta=beta.tolist(), rule=rule))
        stable = np.array(made) < 1 + 1e-9
        assert stable[a < edges - 1e-6].all() and not stable[a > edges + 1e-6].any()
    best = js("E.polyak({mu: 2, L: 30})")
    assert (best["lr"], best["beta"]) == pytest.approx(momentum_theory.best_heavy_ball(2, 30)[:2], rel=1e-12)
    both = js("E.factor('momentum', {lr: 0.15, beta: 0.7}, {mu: 1, L: 10})")
    assert both == pytest.approx(np.sqrt(0.7)) and js("E.factor('adam', {lr: 1}, {mu: 1, L: 2}) ?? 0") == 0


@needs_node
@pytest.mark.parametrize("rule", RATES)
def test_the_best_rate_is_the_one_that_settles_first(js, rule):
    rates = np.geomspace(1e-4, 10, 41)
    lr, (steps,) = descent.fewest_steps(landscapes.BEALE, [START], rule, target=1e-3, rates=rates, n_steps=1000)
    found = js("E.bestRate(E.beale(), G.start, G.rule, E.DEFAULTS[G.rule])", start=START, rule=rule)
    assert found == pytest.approx(lr, rel=1e-12)
    made = js("E.settled(E.run(E.beale(), G.start, G.rule, {...E.DEFAULTS[G.rule], lr: G.lr}, 1000), 1e-3)",
              start=START, rule=rule, lr=lr)
    assert made == steps < 1000


@needs_node
@pytest.mark.parametrize("losses, step", [([9, 0.1, 9, 0.2, 0.1], 3), ([0.5, 0.2], 0), ([0.5, 2], None)])
def test_when_a_loss_is_settled(js, losses, step):
    assert js("E.settled({loss: G.losses, n: G.losses.length - 1}, 1)", losses=losses) == step  # JSON: null is infinity
    assert descent.settled(np.array(losses, dtype=float), 1) == (np.inf if step is None else step)


@needs_node
def test_the_looks_are_the_courses_and_stand_out_on_light_and_dark_paper(js):
    looks, paper = js("E.LOOKS"), js("E.PAPER")
    assert list(looks) == js("Object.keys(E.RULES)") == js("Object.keys(E.DEFAULTS)") == list(explorer.RULES)
    for name, (light, dark, marker, dashes) in looks.items():
        color, shape, line = plotting.LOOKS[name]
        assert (light, marker, dashes) == (color, shape, [] if line == "-" else list(line[1]))
        assert contrast(dark, paper["dark"]) >= 4.5
        assert contrast(light, paper["light"]) >= 3
    for kind in (0, 1):
        assert len({look[kind] for look in looks.values()}) == len(looks)
    assert len({look[2] for look in looks.values()}) == len(looks)


def contrast(one, other):
    """The contrast of two colours (WCAG 2.2)."""
    def luminance(color):
        part = np.array([int(color[k:k + 2], 16) for k in (1, 3, 5)]) / 255
        linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055)**2.4)
        return linear @ [0.2126, 0.7152, 0.0722]
    low, high = sorted(map(luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)


def test_defaults_are_those_of_the_librarys_rules():
    text = explorer.script()
    assert all(rule in optimizers.STEPS for rule in explorer.RULES)
    assert "momentum: { beta: 0.9 }, nesterov: { beta: 0.9 }" in text and "rmsprop: { beta2: 0.9 }" in text
    assert "adam: { beta: 0.9, beta2: 0.999 }" in text


# ---- what is around the script


def given(shown):
    """The first values in an explorer's HTML."""
    return json.loads(html.unescape(re.search(r'data-explorer="([^"]*)"', shown.data)[1]))


def test_show_hands_its_arguments_to_the_script_and_is_the_same_every_time():
    arguments = {"rules": ("sgd", "adam"), "steered": "adam", "kappa": 30, "angle": 45, "start": (1, -0.5),
                 "steps": 90, "phase": False, "hyper": {"adam": {"lr": 0.1, "beta": 0.5}}}
    shown = explorer.show("beale", **arguments)
    assert shown.data == explorer.show("beale", **arguments).data
    assert given(shown) == json.loads(json.dumps({"landscape": "beale", **arguments}))
    assert shown.data.count("<script") == shown.data.count("</script>") == 1
    assert explorer.script() in shown.data and " id=" not in shown.data.split("<script")[0]
    assert "start" not in given(explorer.show())


@pytest.mark.parametrize("arguments, error, words", [
    ({"landscape": "hill"}, ValueError, "landscape must be one of ravine, beale, got 'hill'"),
    ({"rules": ["sgd", "lion"]}, ValueError, "a rule must be one of sgd, .*, got 'lion'"),
    ({"steered": "lion"}, ValueError, "steered must be one of sgd, .*, got 'lion'"),
    ({"kappa": 0.5}, ValueError, "kappa must be at least 1, got 0.5"),
    ({"kappa": "5"}, TypeError, "kappa must be a number, finite and not negative, got '5'"),
    ({"angle": [1, 2]}, ValueError, r"angle must be one finite number of degrees, got \[1, 2\]"),
    ({"start": [1, 2, 3]}, ValueError, r"start must have shape \(2,\), got \(3,\)"),
    ({"steps": 0}, ValueError, "steps must be a whole number of at least 1, got 0"),
    ({"hyper": {"lion": {}}}, ValueError, "a rule must be one of"),
    ({"hyper": {"adam": {"beta1": 0.9}}}, ValueError, "a setting of adam must be one of lr, beta, beta2, got 'beta1'"),
    ({"hyper": {"adam": {"lr": -1}}}, ValueError, "lr of adam must be finite and not negative, got -1"),
    ({"hyper": {"adam": {"beta": 1.0}}}, ValueError, r"beta of adam must be in \[0, 1\), got 1.0"),
])
def test_wrong_arguments_are_named(arguments, error, words):
    with pytest.raises(error, match=words):
        explorer.show(**arguments)


def test_the_script_is_small_asks_nobody_and_comes_with_the_package():
    text = explorer.script()
    assert len(gzip.compress(text.encode(), mtime=0)) <= BUDGET
    assert not re.search(r"https?:|\bimport\b|fetch\(|</script", text)
    assert max(map(len, text.splitlines())) <= 100
    package = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    assert "explorer.js" in package["package-data"]["course_lib"]
