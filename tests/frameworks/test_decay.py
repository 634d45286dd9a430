"""What decay.py says of weight decay is read here from the sources of the libraries that are
installed, and seen in steps.
"""
import ast
import importlib.util
import inspect
import json
import re
import subprocess
import sys
import textwrap

import numpy as np
import pytest

from course_lib.frameworks.decay import DECAYS, MANY, MEANINGS, decay_table
from course_lib.frameworks.tensorflow_quietly import import_tensorflow
from course_lib.frameworks.torch_process import torch_version


def meanings(library):
    """{optimizer: meaning} as decay.py has it."""
    return {name: meaning for meaning, names in DECAYS[library].items() for name in names}


def test_every_optimizer_has_one_meaning_and_every_meaning_a_sentence():
    for library, rows in DECAYS.items():
        assert sum(map(len, rows.values())) == len(meanings(library)), library
        assert rows.keys() <= MEANINGS.keys()
    assert {meaning for rows in DECAYS.values() for meaning in rows} == MEANINGS.keys()


def test_the_table_names_all_but_long_lists():
    text = decay_table()
    for rows in DECAYS.values():
        for names in rows.values():
            assert len(names) > MANY or all(f"`{name}`" in text for name in names)
    assert "| Keras |" in text and "the 21 others" in text


# Keras

def keras_classes():
    import_tensorflow()
    import keras

    bases = {"Optimizer", "LossScaleOptimizer", "MultiOptimizer"}
    return {name: cls for name, cls in vars(keras.optimizers).items()
            if inspect.isclass(cls) and issubclass(cls, keras.optimizers.Optimizer)
            and name not in bases}


def statements(function):
    """The assignments to variables in a function's source, as text."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    return [ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Call)
            and getattr(node.func, "attr", "").startswith("assign")]


def keras_meaning(cls):
    """Read from the sources of a Keras class what its weight decay does."""
    for base in cls.__mro__:
        step = vars(base).get("update_step")
        if step is not None and "weight_decay" in inspect.getsource(step):
            return "in update_step"
    found = statements(cls._apply_weight_decay)
    forms = ("variable.assign(variable - variable * wd * lr)",
             "variable.assign_sub(variable * wd * lr)")  # the base class, and TensorFlow's
    return "shrinks" if len(found) == 1 and found[0] in forms else found


def test_keras_sources_say_what_we_say():
    found = {name: keras_meaning(cls) for name, cls in keras_classes().items()}
    assert found == {name: "shrinks" for name in meanings("keras")}


def test_a_changed_source_of_keras_is_seen():
    adam = keras_classes()["Adam"]

    class Coupled(adam):
        def update_step(self, gradient, variable, learning_rate):
            super().update_step(gradient + self.weight_decay * variable, variable, learning_rate)

    class Rateless(adam):
        def _apply_weight_decay(self, variables):
            for variable in variables:
                variable.assign(variable - variable * self.weight_decay)

    assert keras_meaning(Coupled) == "in update_step" and keras_meaning(Rateless) != "shrinks"


def one_step(name, g, weight_decay):
    """Where a weight at 1 goes in the second of two steps with the same gradient."""
    import keras

    optimizer = keras_classes()[name](0.125, weight_decay=weight_decay)
    variable = keras.Variable(np.ones((2, 2), np.float32))
    for _ in range(2):
        before = variable.numpy()[0, 0]
        optimizer.apply([keras.ops.full((2, 2), g)], [variable])
    return before, variable.numpy()[0, 0]


@pytest.mark.parametrize("name", meanings("keras"))
def test_who_keeps_the_whole_share(name):
    """With gradient zero only the decay is left."""
    before, after = one_step(name, 0.0, 0.5)
    whole = before != 0 and after / before == pytest.approx(1 - 1 / 16, rel=1e-6)
    assert whole == (meanings("keras")[name] == "shrinks")


@pytest.mark.parametrize("name", DECAYS["keras"]["shrinks first"])
def test_who_keeps_a_part_of_it(name):
    with_decay, without = one_step(name, 1.0, 0.5)[1], one_step(name, 1.0, None)[1]
    assert without - 2 / 16 < with_decay < without


# scikit-learn

def test_scikit_learn_divides_its_penalty_by_the_batch():
    from sklearn.neural_network import MLPClassifier
    from sklearn.neural_network._multilayer_perceptron import BaseMultilayerPerceptron

    source = inspect.getsource(BaseMultilayerPerceptron._compute_loss_grad)
    lines = [line.strip() for line in source.splitlines()]
    first = lines.index("coef_grads[layer] += self.alpha * self.coefs_[layer]")
    assert re.fullmatch(r"coef_grads\[layer\] /= (sw_sum|n_samples)", lines[first + 1])
    X, y = np.zeros((8, 1)), np.tile([0, 1], 4)  # no inputs: the weights' gradients are the penalty
    ends = {}
    for batch in (4, 8):
        for alpha in (0.0, 1.0):
            net = MLPClassifier((1,), activation="identity", solver="sgd", momentum=0.0,
                                learning_rate_init=0.125, alpha=alpha, batch_size=batch, max_iter=1,
                                random_state=0)
            with pytest.warns(Warning):
                ends[batch, alpha] = net.fit(X, y).coefs_[0][0, 0]
    assert ends[8, 1.0] / ends[8, 0.0] == pytest.approx(1 - 0.125 / 8)
    assert ends[4, 1.0] / ends[4, 0.0] == pytest.approx((1 - 0.125 / 4) ** 2)  # two batches


def test_sgd_classifier_shrinks_by_rate_times_alpha():
    """For plain SGD a penalty in the gradient is a shrinking of w; scikit-learn does it first."""
    from sklearn.linear_model import SGDClassifier

    def fitted(alpha):
        sgd = SGDClassifier(loss="log_loss", penalty="l2", alpha=alpha, learning_rate="constant",
                            eta0=0.125, shuffle=False, fit_intercept=False)
        sgd.partial_fit([[1.0]], [1], classes=[0, 1])
        w = sgd.coef_[0, 0]
        sgd.partial_fit([[0.0]], [1])  # no input: what changes now is the penalty
        return w, sgd.coef_[0, 0]

    before, after = fitted(0.5)
    assert after / before == pytest.approx(1 - 0.125 * 0.5)


# PyTorch, in a process of its own: see torch_process

PROBE = r"""
import inspect, json, re, sys, torch
found = {}
for name, cls in vars(torch.optim).items():
    if not (inspect.isclass(cls) and issubclass(cls, torch.optim.Optimizer)) or name == "Optimizer":
        continue
    given = inspect.signature(cls).parameters
    if "weight_decay" not in given:
        found[name] = "none"
        continue
    homes = {base.__init__.__module__ for base in cls.__mro__[:-1]} - {"torch.optim.optimizer"}
    source = "".join(inspect.getsource(sys.modules[home]) for home in homes)
    shrinks = bool(re.search(r"param\.mul_\(1 - lr \* weight_decay", source))
    adds = bool(re.search(r"grad(\.add)?\w*\(param, alpha=weight_decay\)", source))
    if shrinks and adds:
        made = cls([torch.ones(2, 2, requires_grad=True)], weight_decay=0.5)
        shrinks, adds = [(flag, not flag) for flag in [made.defaults["decoupled_weight_decay"]]][0]
    found[name] = {(True, False): "shrinks", (False, True): "penalty"}.get((shrinks, adds), "?")
print(json.dumps(found))
"""


@pytest.mark.torch
@pytest.mark.skipif(torch_version() is None, reason="PyTorch is not installed")
def test_pytorch_sources_say_what_we_say():
    done = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True)
    assert json.loads(done.stdout or "{}") == meanings("torch"), done.stderr


# optax

def optax_meaning(function):
    """Read from the source of an optax optimizer what its weight decay does: where
    add_decayed_weights stands in the chain.
    """
    if not any("weight_decay" in name for name in inspect.signature(function).parameters):
        return "none"
    source = inspect.getsource(function)
    parts = re.findall(r"\btransform\.(\w+)\(|\bfactorized\.(\w+)\(", source.split('"""')[-1])
    chain = [a or b for a, b in parts]
    if "add_decayed_weights" not in chain:
        return "in the momentum"
    at = chain.index("add_decayed_weights")
    before, after = chain[:at], chain[at + 1:]
    if "scale_by_learning_rate" in before:
        return "without the rate"
    if "scale_by_trust_ratio" in after and before:
        return "in the ratio"
    return "shrinks" if before else "penalty"


@pytest.mark.skipif(importlib.util.find_spec("optax") is None, reason="optax is not installed")
def test_optax_sources_say_what_we_say():
    from optax._src import alias

    names = {name for name, value in vars(alias).items() if name in meanings("optax")
             or (inspect.isfunction(value) and value.__module__ == alias.__name__
                 and not name.startswith("_"))}
    same = {"nadam": "adam", "nadamw": "adamw"}
    found = {name: optax_meaning(getattr(alias, same.get(name, name))) for name in names}
    assert found == meanings("optax")
