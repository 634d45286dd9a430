"""The paths of PyTorch's optimizers on the five gradients of `paths`; PyTorch is needed only
if one asks for them.

TensorFlow and PyTorch do not always bear one another in one process (with some builds the second
import ends it), so `torch_paths` asks another one: `python -m course_lib.frameworks.torch_process
'[["adam", "same", {}]]'` prints paths as JSON.

Notebooks: none directly.
"""
import importlib.util
import json
import subprocess
import sys

import numpy as np

from course_lib.frameworks.facts import FACTS
from course_lib.frameworks.paths import GRADIENTS, START, arguments, lr


def torch_path(name, setting, **changes):
    """Return the path of PyTorch's optimizer in float64, or None where it has none; ImportError
    without PyTorch.
    """
    import torch

    entry = FACTS[name].frameworks["torch"]
    if entry is None:
        return None
    w = torch.tensor(START, requires_grad=True)
    optimizer = getattr(torch.optim, entry.make)(
        [w], lr=lr(1, setting), **(arguments(entry, setting) | changes)
    )
    path = []
    for t, g in enumerate(GRADIENTS, start=1):
        optimizer.param_groups[0]["lr"] = lr(t, setting)
        w.grad = torch.tensor(g)
        optimizer.step()
        path.append(w.detach().numpy().copy())
    return np.array(path)


def torch_version():
    """Return the version of the PyTorch that is installed, without importing it, or None."""
    from importlib.metadata import version

    return version("torch").split("+")[0] if importlib.util.find_spec("torch") else None


def torch_paths(jobs):
    """Return the paths (5, 5) for a list of (name, setting, changes), computed in a process of
    their own.

    Raises RuntimeError with the last line that the process said, if it fails.
    """
    command = [
        sys.executable,
        "-m",
        "course_lib.frameworks.torch_process",
        json.dumps([list(job) for job in jobs]),
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(
            f"PyTorch's process failed: {(done.stderr.splitlines() or ['no message'])[-1]}"
        )
    return json.loads(done.stdout)


if __name__ == "__main__":
    answers = [
        torch_path(name, setting, **changes) for name, setting, changes in json.loads(sys.argv[1])
    ]
    print(json.dumps([None if path is None else path.tolist() for path in answers]))
