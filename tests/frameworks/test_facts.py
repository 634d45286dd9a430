"""What the pages say is what the libraries do: defaults, arguments and steps of Keras, PyTorch and
the stored numbers.
"""
import inspect
import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from course_lib.data import load_results, results_path
from course_lib.frameworks.facts import FACTS, FRAMEWORKS
from course_lib.frameworks.paths import (
    DECAY,
    EPS,
    GRADIENTS,
    HYPER,
    SETTINGS,
    START,
    coupled,
    course_path,
    decoupled,
    distance,
    drive_keras,
    keras_path,
    lr,
    path_of,
)
from course_lib.frameworks.table import apart, distances, folded, page, write_numbers
from course_lib.frameworks.tensorflow_quietly import import_tensorflow
from course_lib.frameworks.torch_process import torch_paths, torch_version
from course_lib.optimizers.rules import STEPS

ROOT = Path(__file__).parents[2]
STORED = load_results("three_frameworks")
ADAM = {name: HYPER[name] for name in ("beta1", "beta2", "eps")}
TINY = 1e-30
needs_torch = pytest.mark.skipif(torch_version() is None, reason="PyTorch is not installed")


def test_there_is_a_page_for_every_rule_of_the_course():
    assert FACTS.keys() == STEPS.keys()
    assert all(tuple(facts.frameworks) == FRAMEWORKS for facts in FACTS.values())
    assert [name for name, facts in FACTS.items() if facts.frameworks["torch"] is None] == ["lion"]


def defaults_are_those_of(entry, function):
    """Whether all that the page says of a function's arguments is so."""
    parameters = inspect.signature(function).parameters
    return {name: parameters[name].default for name in entry.defaults} == entry.defaults and all(
        name in parameters for name in (*entry.letters, *entry.fixed))


@pytest.mark.parametrize("name", FACTS)
def test_arguments_and_defaults_are_those_of_keras(name):
    import_tensorflow()
    import keras
    entry = FACTS[name].frameworks["keras"]
    assert (
        defaults_are_those_of(entry, getattr(keras.optimizers, entry.make))
        and "learning_rate" in entry.defaults
    )


PROBE = """
import inspect, torch
from course_lib.frameworks.facts import FACTS
for name, facts in FACTS.items():
    if entry := facts.frameworks["torch"]:
        given = inspect.signature(getattr(torch.optim, entry.make)).parameters
        if {key: given[key].default for key in entry.defaults} != entry.defaults:
            print(name, "has other defaults")
        if {*entry.letters, *entry.fixed} - set(given):
            print(name, "has other arguments")
print("Lion" if hasattr(torch.optim, "Lion") else "no Lion")
"""


@pytest.mark.torch
@needs_torch
def test_arguments_and_defaults_are_those_of_pytorch():
    """In a process of its own: see torch_process."""
    done = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True)
    assert done.stdout == "no Lion\n", done.stdout + done.stderr


@pytest.mark.torch
@needs_torch
def test_the_stored_paths_are_those_of_pytorch():
    assert STORED["torch"]["version"] == torch_version()
    jobs = [(name, setting, {}) for name in FACTS for setting in SETTINGS]
    for (name, setting, _), live in zip(jobs, torch_paths(jobs), strict=True):
        stored = STORED["torch"]["paths"][name][setting]
        assert (stored is None) == (live is None) == (name == "lion")
        assert live is None or distance(stored, live) < 1e-13, (name, setting)


@pytest.mark.torch
@needs_torch
def test_settings_that_bring_pytorch_to_keras():
    nadam, adamax = torch_paths(
        [("nadam", "same", {"momentum_decay": 1.0}), ("adamax", "same", {"eps": TINY})]
    )
    assert distance(nadam, keras_path("nadam", "same")) < 1e-8
    assert distance(adamax, keras_path("adamax", "same", epsilon=TINY)) < 1e-12


def test_a_failing_process_is_reported_in_its_own_words():
    with pytest.raises(
        RuntimeError,
        match=r"^PyTorch's process failed: (KeyError: 'adma'|ModuleNotFoundError: .*'torch')$",
    ):
        torch_paths([("adma", "same", {})])


@pytest.mark.parametrize("name", FACTS)
@pytest.mark.parametrize("setting", SETTINGS)
def test_stored_numbers_are_complete(name, setting):
    for framework in ("torch", "optax"):
        path = STORED[framework]["paths"][name][setting]
        with_decay = name in ("adadelta", "adamw", "lion")
        lacking = name == "lion" if framework == "torch" else setting == "decay" and not with_decay
        assert (path is None) == lacking
        assert path is None or np.shape(path) == GRADIENTS.shape


# What the pages say in words, rule by rule, written as rules: on the five gradients these are the
# libraries

def keras_adam(largest=False):
    def step(w, g, state, *, lr, beta1, beta2, eps):
        t = state.get("t", 0) + 1
        m, v = (
            beta1 * state.get("m", 0.0) + (1 - beta1) * g,
            beta2 * state.get("v", 0.0) + (1 - beta2) * g * g,
        )
        top = np.maximum(state.get("top", 0.0), v) if largest else v
        w = w - lr * m / (1 - beta1**t) / (
            np.sqrt(top / (1 - beta2**t)) + eps / np.sqrt(1 - beta2**t)
        )
        return w, {"t": t, "m": m, "v": v, "top": top}
    return step


def inside(rule):
    """AdaGrad or RMSprop with eps inside the root."""
    def step(w, g, state, *, lr, eps, rho=None):
        v = (
            state.get("v", 0.0) + g * g
            if rule == "adagrad"
            else rho * state.get("v", 0.0) + (1 - rho) * g * g
        )
        return w - lr * g / np.sqrt(v + eps), {"v": v}
    return step


def optax_amsgrad(w, g, state, *, lr, beta1, beta2, eps):
    t = state.get("t", 0) + 1
    m, v = (
        beta1 * state.get("m", 0.0) + (1 - beta1) * g,
        beta2 * state.get("v", 0.0) + (1 - beta2) * g * g,
    )
    top = np.maximum(state.get("top", 0.0), v / (1 - beta2**t))
    return w - lr * m / (1 - beta1**t) / (np.sqrt(top) + eps), {"t": t, "m": m, "v": v, "top": top}


def adamax_inside(w, g, state, *, lr, beta1, beta2, eps):
    t = state.get("t", 0) + 1
    m, u = (
        beta1 * state.get("m", 0.0) + (1 - beta1) * g,
        np.maximum(beta2 * state.get("u", 0.0), np.abs(g) + eps),
    )
    return w - lr * m / (1 - beta1**t) / u, {"t": t, "m": m, "u": u}


def nadam_without_warm_up(w, g, state, *, lr, beta1, beta2, eps):
    t = state.get("t", 0) + 1
    m, v = (
        beta1 * state.get("m", 0.0) + (1 - beta1) * g,
        beta2 * state.get("v", 0.0) + (1 - beta2) * g * g,
    )
    mean = beta1 * m / (1 - beta1 ** (t + 1)) + (1 - beta1) * g / (1 - beta1**t)
    return w - lr * mean / (np.sqrt(v / (1 - beta2**t)) + eps), {"t": t, "m": m, "v": v}


WORDS = [
    ("keras", "adam", keras_adam(), ADAM), ("keras", "amsgrad", keras_adam(largest=True), ADAM),
    ("keras", "adamw", keras_adam(), ADAM), ("keras", "adagrad", inside("adagrad"), {"eps": EPS}),
    ("keras", "rmsprop", inside("rmsprop"), {"eps": EPS, "rho": HYPER["rho"]}),
    ("optax", "adagrad", inside("adagrad"), {"eps": EPS}),
    ("optax", "rmsprop", inside("rmsprop"), {"eps": EPS, "rho": HYPER["rho"]}),
    ("optax", "amsgrad", optax_amsgrad, ADAM), ("optax", "nadam", nadam_without_warm_up, ADAM),
    ("optax", "adamax", adamax_inside, ADAM), ("torch", "adamax", adamax_inside, ADAM),
]


@pytest.mark.parametrize("framework, name, step, hyper", WORDS)
def test_where_a_page_tells_of_a_difference_it_is_this_one(framework, name, step, hyper):
    path = (
        keras_path(name, "same")
        if framework == "keras"
        else STORED[framework]["paths"][name]["same"]
    )
    assert distance(path_of(step, hyper), path) < 1e-12
    assert distance(course_path(name, "same"), path) > 1e-4


def test_where_a_page_tells_of_none_there_is_none():
    told = {(framework, name) for framework, name, _, _ in WORDS} | {
        ("keras", "nadam"),
        ("torch", "nadam"),
    }
    for name in FACTS:
        for framework in FRAMEWORKS:
            if (framework, name) not in told and FACTS[name].frameworks[framework]:
                path = (
                    keras_path(name, "same")
                    if framework == "keras"
                    else STORED[framework]["paths"][name]["same"]
                )
                assert distance(course_path(name, "same"), path) < 1e-12, (framework, name)
    nadam = path_of(STEPS["nadam"], ADAM | {"momentum_decay": 1.0})
    assert distance(keras_path("nadam", "same"), nadam) < 1e-8
    assert distance(keras_path("nadam", "same"), course_path("nadam", "same")) > 1e-3
    assert distance(STORED["torch"]["paths"]["nadam"]["same"], course_path("nadam", "same")) < 1e-8


def decay_of(name, step, hyper):
    """The path with weight decay in the sense of PyTorch: L2, but for AdamW."""
    return (
        path_of(coupled(step, DECAY), hyper)
        if name != "adamw"
        else path_of(step, hyper | {"weight_decay": DECAY})
    )


@pytest.mark.parametrize("name", sorted(FACTS.keys() - {"lion", "adamax"}))
def test_weight_decay_is_an_l2_penalty_in_pytorch_and_shrinks_in_keras(name):
    hyper = {
        key: HYPER[key]
        for key in inspect.signature(STEPS[name]).parameters
        if key in HYPER and key != "weight_decay"
    }
    assert (
        distance(STORED["torch"]["paths"][name]["decay"], decay_of(name, STEPS[name], hyper)) < 1e-8
    )
    if name not in (
        "adam",
        "amsgrad",
        "adamw",
        "adagrad",
        "rmsprop",
        "nadam",
    ):  # the step itself is Keras' too
        assert (
            distance(keras_path(name, "decay"), path_of(decoupled(STEPS[name], DECAY), hyper))
            < 1e-12
        )


def test_in_keras_every_optimizer_shrinks_the_weights_by_the_same_share():
    import_tensorflow()
    import keras
    for make in {facts.frameworks["keras"].make for facts in FACTS.values()}:
        optimizer = getattr(keras.optimizers, make)(0.125, weight_decay=0.5)
        end = drive_keras(optimizer, np.ones(1), lambda t, w: np.zeros(1), 3)[-1, 0]
        assert end == pytest.approx((1 - 1 / 16) ** 3, rel=1e-12)


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_which_velocity_holds_the_rate(framework):
    for name in ("momentum", "nesterov"):
        path = (
            keras_path(name, "drop")
            if framework == "keras"
            else STORED[framework]["paths"][name]["drop"]
        )
        assert (distance(course_path(name, "drop"), path) > 0.1) == (framework == "keras")


def test_rates_drop_in_one_setting_only():
    assert [lr(t, "drop") for t in (1, 3, 4)] == [1 / 16, 1 / 16, 1 / 64]
    assert {lr(t, setting) for t in range(1, 6) for setting in set(SETTINGS) - {"drop"}} == {1 / 16}


def test_own_defaults_are_used_where_the_setting_says_so():
    hyper = {"beta1": 0.9, "beta2": 0.999, "eps": 1e-7}
    assert (
        distance(keras_path("adam", "defaults"), path_of(keras_adam(), hyper)) < 1e-5
    )  # 1 - 0.999 in float32
    assert distance(course_path("adam", "defaults"), path_of(STEPS["adam"])) == 0
    v, w = 0.1 + GRADIENTS[0] ** 2, START
    assert keras_path("adagrad", "defaults")[0] == pytest.approx(
        w - GRADIENTS[0] / 16 / np.sqrt(v + 1e-7), abs=1e-8
    )


def test_a_page_is_a_table_with_what_is_measured():
    rows = page("adam", STORED).splitlines()
    assert (
        all(row.count(" | ") == 4 and row.startswith("| ") and row.endswith(" |") for row in rows)
        and len(rows) == 11
    )
    assert rows[7] == r"| **apart, with equal numbers** |  | 0.3 $\mathrm{lr}$ | 0 | 0 |"
    assert rows[9].endswith(r"| 0.3 $\mathrm{lr}$ | 3.4 $\mathrm{lr}$ | – |")
    assert "`keras.optimizers.Adam(amsgrad=True)`" in page("amsgrad", STORED)
    assert page("lion", STORED).count("| – |") == 9 and page("adam", STORED) == page("adam", STORED)
    with pytest.raises(ValueError, match="there is no page 'adma'; there are sgd, momentum"):
        page("adma", STORED)


def test_pages_have_links_upright_rates_and_one_meaning_of_a_letter():
    text = folded(STORED)
    assert text.count("<details>") == text.count("</details>") == len(FACTS)
    assert "[arXiv 1412.6980](https://arxiv.org/abs/1412.6980)" in text
    assert "(https://doi.org/10.1016/0041-5553%2864%2990137-5)" in text
    assert not re.search(r"(?<![\w{`])lr(?=[\\$(])", text.replace(r"\mathrm{lr}", ""))
    assert all("$u" not in page(name, STORED) for name in ("sgd", "momentum", "nesterov"))


def test_the_map_holds_the_distances_of_the_pages():
    found = apart(STORED)
    assert found.shape == (len(FACTS), len(FRAMEWORKS), len(SETTINGS))
    at = list(FACTS).index("adam"), FRAMEWORKS.index("keras"), SETTINGS.index("same")
    assert found[at] == pytest.approx(0.30, abs=0.005)  # in units of the rate
    assert np.isnan(found[list(FACTS).index("lion"), FRAMEWORKS.index("torch")]).all()


def test_the_numbers_of_the_map_are_written_where_there_are_some():
    from matplotlib.figure import Figure

    ax = Figure().subplots()
    write_numbers(ax, np.array([[0.3, np.nan, 1e-9], [0.0032, 12.4, 1e-5]]))
    assert [text.get_text() for text in ax.texts] == ["0.3", "0", "0.003", "12", "1e-05"]
    assert [text.get_position() for text in ax.texts][:2] == [(0, 0), (2, 0)]


def test_distances_are_measured_and_not_told():
    changed = json.loads(json.dumps(STORED))
    changed["torch"]["paths"]["sgd"]["same"][4][2] += 0.5
    assert distances("sgd", changed)["torch"] == {
        "same": 0.5 / lr(1, "same"),
        "drop": 0.0,
        "decay": 0.0,
        "defaults": 0.0,
    }


def test_recording_writes_what_is_installed_and_keeps_the_rest(tmp_path, monkeypatch, capsys):
    from experiments import frameworks as recorder

    monkeypatch.setattr(recorder, "RESULT", tmp_path / "three_frameworks.json")
    recorder.write(STORED)
    assert recorder.RESULT.read_text(encoding="utf-8") == results_path(
        "three_frameworks"
    ).read_text(encoding="utf-8")
    monkeypatch.setattr(
        recorder.importlib.util, "find_spec", lambda name: "here" if name == "torch" else None
    )
    monkeypatch.setattr(recorder, "torch_results", lambda: {"version": "9", "paths": {}})
    recorder.main()
    written = json.loads(recorder.RESULT.read_text(encoding="utf-8"))
    assert written == STORED | {"torch": {"version": "9", "paths": {}}}
    assert (
        capsys.readouterr().out
        == "torch 9: recorded\noptax is not installed: its numbers stay as they were\n"
    )
