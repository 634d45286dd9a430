"""The paths of the update rules as PyTorch computes them in float64; it has no Lion.

The numbers are stored in pytorch.json, so that they can be compared where PyTorch is missing.
`python tests/oracle/pytorch_runs.py`, with PyTorch, stores them anew.
"""
import json
import sys
from pathlib import Path

import numpy as np

if __name__ == "__main__":  # what pytest's setting `pythonpath` does
    sys.path.insert(0, str(Path(__file__).parents[1]))

from oracle.cases import CASES, EPS, W0, gradients, lr

FILE = Path(__file__).with_name("pytorch.json")
ROWS = [0, 1, 6, 11]  # the steps (from 0) that are stored


def stored():
    """Return {case: points (4, 6)}."""
    return json.loads(FILE.read_text())


def paths():
    """Return {case: points (12, 6)}, computed now."""
    import torch

    optim, moving = torch.optim, {"betas": (0.7, 0.9), "eps": EPS}
    makers = {
        "sgd": (optim.SGD, {}),
        "momentum": (optim.SGD, {"momentum": 0.75}),
        "nesterov": (optim.SGD, {"momentum": 0.75, "nesterov": True}),
        "adagrad": (optim.Adagrad, {"eps": EPS}),
        "rmsprop": (optim.RMSprop, {"alpha": 0.8, "eps": EPS}),
        "rmsprop centered": (optim.RMSprop, {"alpha": 0.8, "eps": EPS, "centered": True}),
        "adadelta": (optim.Adadelta, {"rho": 0.8, "eps": EPS}),
        "adam": (optim.Adam, moving),
        "amsgrad": (optim.Adam, moving | {"amsgrad": True}),
        "adamax": (optim.Adamax, moving | {"eps": 1e-30}),
        "nadam": (optim.NAdam, moving | {"momentum_decay": 0.05}),
        "adamw": (optim.AdamW, moving | {"weight_decay": 0.3}),
    }
    return {case: path(torch, *maker) for case, maker in makers.items()}


def path(torch, make, arguments):
    w, points = torch.tensor(W0, requires_grad=True), []
    optimizer = make([w], lr=lr(1), **arguments)
    for t, g in enumerate(gradients(), start=1):
        optimizer.param_groups[0]["lr"] = lr(t)
        w.grad = torch.tensor(g)
        optimizer.step()
        points.append(w.detach().numpy().copy())
    return np.array(points)


def hyper_of(case):
    """PyTorch's Adamax adds eps to |g|, not to u: the two agree where eps is too small to matter.
    """
    return CASES[case][1] | ({"eps": 1e-30} if case == "adamax" else {})


def close(case, ours, theirs):
    """PyTorch keeps the product of Nadam's mu in float32."""
    return np.allclose(ours, theirs, rtol=1e-7 if case == "nadam" else 1e-10, atol=1e-13)


if __name__ == "__main__":
    rows = (f'"{case}": {json.dumps(points[ROWS].tolist())}' for case, points in paths().items())
    FILE.write_text("{\n" + ",\n".join(rows) + "\n}\n")
