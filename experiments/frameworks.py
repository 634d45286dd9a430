"""Which paths do PyTorch's and optax's optimizers take on the five gradients of
course_lib/frameworks/paths.py?

    pip install torch==2.13.0 optax==0.2.8    in an environment of its own
    python -m experiments.frameworks    a library that is not there keeps its numbers

Notebook 27 reads the result; `make test-torch` compares PyTorch's part with the PyTorch that it
installs.
"""
import importlib.util
import json
import re

import numpy as np

from course_lib.data import results_path
from course_lib.files import write_whole
from course_lib.frameworks.facts import FACTS
from course_lib.frameworks.paths import GRADIENTS, START, arguments, lr
from course_lib.frameworks.paths import SETTINGS as SITUATIONS
from course_lib.frameworks.torch_process import torch_path

RESULT = results_path("three_frameworks")
SETTINGS = {"command": "python -m experiments.frameworks"}
SCHEDULE_FREE = {"beta1": 0.75, "beta2": 0.9375, "eps": 2.0**-10, "weight_decay": 0.25}


def optax_steps(optimizer):
    """Return the path (5, 5) of an optax optimizer on the five gradients."""
    import jax.numpy as jnp
    import optax

    w, path = jnp.array(START), []
    state = optimizer.init(w)
    for g in GRADIENTS:
        updates, state = optimizer.update(jnp.array(g), state, w)
        w = optax.apply_updates(w, updates)
        path.append(np.array(w))
    return np.array(path)


def optax_path(name, setting):
    """Return the path of optax' optimizer; None for a weight decay that it does not have."""
    import optax

    entry = FACTS[name].frameworks["optax"]
    given = arguments(entry, setting)
    if setting == "decay" and not {"weight_decay"} & (entry.letters.keys() | entry.defaults.keys()):
        return None
    if setting != "defaults" and "initial_accumulator_value" in entry.defaults:
        given["initial_accumulator_value"] = 0.0
    return optax_steps(
        getattr(optax, entry.make)(lambda count: lr_as_array(count, setting), **given)
    )


def lr_as_array(count, setting):
    """Return the rate for a step number of optax, which counts from 0 and may be traced."""
    import jax.numpy as jnp

    return jnp.array([lr(t, setting) for t in range(1, len(GRADIENTS) + 2)])[count]


def torch_results():
    """Return what is stored of PyTorch."""
    import torch

    return {"version": torch.__version__.split("+")[0], "paths": paths(torch_path)}


def optax_results():
    """Return what is stored of optax, with its Schedule-Free AdamW."""
    import jax
    import optax
    from optax import contrib

    jax.config.update("jax_enable_x64", True)
    letters = {"b1": "beta1", "b2": "beta2", "eps": "eps", "weight_decay": "weight_decay"}
    free = contrib.schedule_free_adamw(
        lr(1, "same"), **{a: SCHEDULE_FREE[b] for a, b in letters.items()}
    )
    return {"version": optax.__version__, "paths": paths(optax_path),
            "schedule_free": {"hyper": SCHEDULE_FREE, "path": optax_steps(free).tolist()}}


def paths(path_of):
    """Return {rule: {setting: path as lists, or None}}."""
    table = {name: {setting: path_of(name, setting) for setting in SITUATIONS} for name in FACTS}
    return {
        name: {s: None if path is None else path.tolist() for s, path in row.items()}
        for name, row in table.items()
    }


def write(result):
    """Write the result whole or not at all, a path a line."""
    text = re.sub(r"(?<=[\[\],\d])\s+(?=[\[\]\d-])", "", json.dumps(result, indent=1))
    write_whole(RESULT, text.replace(",", ", ").replace(", \n", ",\n") + "\n")


def main():
    """Record what is installed."""
    result = json.loads(RESULT.read_text(encoding="utf-8")) if RESULT.exists() else {}
    result |= SETTINGS
    for name, record in (("torch", torch_results), ("optax", optax_results)):
        if importlib.util.find_spec(name):
            result[name] = record()
            print(f"{name} {result[name]['version']}: recorded")
        else:
            print(f"{name} is not installed: its numbers stay as they were")
    write(result)


if __name__ == "__main__":
    main()
