"""Wrong versions of what the room `frontier` holds: each must turn some test of its module red."""
import functools
import importlib.util
import inspect
import textwrap
from pathlib import Path

import pytest

from course_lib.frontier import (
    averaging,
    kfac,
    layers,
    norms,
    orthogonal,
    preconditioners,
    quasi_newton,
    sharpness_aware,
)

HERE = Path(__file__).parent
OTHERS = ("keras", "pytorch", "optax")  # other tests must see the fault without these libraries
FAULTS = [
    (norms, "polar", "> RANK", "> 0"),
    (norms, "steepest", "[1](G)", "[1](G.T).T * 0.5"),
    (norms, "sign_descent", "lr * np.sign(g)", "lr * g"),
    (norms, "spectral_descent", "\"spectral\"", "\"frobenius\""),
    (norms, "length", "[0]", "[2]"),
    (orthogonal, "newton_schulz", "np.linalg.norm(X)", "np.linalg.norm(X, 2)"),
    (orthogonal, "newton_schulz", "c * A @ A", "c * A"),
    (orthogonal, "newton_schulz", "return X.T if", "return X if"),
    (orthogonal, "newton_schulz", "b * A + c", "c * A + b"),
    (orthogonal, "polynomial", "c * s**5", "c * s**4"),
    (orthogonal, "muon", "u = g + beta * m", "u = g + m"),
    (orthogonal, "muon", "scale * newton_schulz(u)", "newton_schulz(scale * u)"),
    (orthogonal, "muon", "w = w - lr", "w = w + lr"),
    (preconditioners, "inverse_root", "-1 / p", "1 / p"),
    (preconditioners, "inverse_root", "(Q * powers) @ Q.T", "(Q.T * powers) @ Q"),
    (preconditioners, "inverse_root", "len(A) * np.finfo(A.dtype).eps", "0.0"),
    (preconditioners, "shampoo", "inverse_root(L, 4)", "inverse_root(L, 2)"),
    (preconditioners, "shampoo", "+ g @ g.T", "* 0.9 + g @ g.T"),
    (preconditioners, "shampoo", "eps * np.eye(n", "0 * np.eye(n"),
    (preconditioners, "soap", "(t - 1) % whole", "t % whole"),
    (preconditioners, "soap", "(1 - beta2) * g.T @ g", "g.T @ g * 0"),
    (preconditioners, "adam_in_basis", "(QL.T @ m @ QR)", "m"),
    (preconditioners, "adam_in_basis", "QL @ step @ QR.T", "QL.T @ step @ QR"),
    (preconditioners, "adam_in_basis", "(1 - beta2**t)", "1"),
    (kfac, "softmax_curvature", "np.eye(p.shape[1]) - p", "np.eye(p.shape[1]) + p"),
    (kfac, "gauss_newton", "->aibj", "->iajb"),
    (kfac, "factors", "X.T @ X / len(X)", "X.T @ X"),
    (kfac, "kfac_direction", "root / ratio", "root * ratio"),
    (kfac, "kfac_direction", "return -", "return "),
    (kfac, "kfac_rule", "w + lr *", "w +"),
    (quasi_newton, "direction", "zip(pairs, reversed(kept)", "zip(pairs, kept"),
    (quasi_newton, "direction", "in reversed(pairs)", "in pairs"),
    (quasi_newton, "direction", "/ (y @ y) * q", "/ (s @ s) * q"),
    (quasi_newton, "direction", "(a - (y @ q)", "(a + (y @ q)"),
    (quasi_newton, "direction", "return -q", "return q"),
    (quasi_newton, "remembered", "pairs[-whole", "pairs[:whole"),
    (quasi_newton, "remembered", "y @ s > FLAT", "y @ s > -9"),
    (quasi_newton, "lbfgs", "1 / np.abs(g).sum()", "1 / np.abs(g).max()"),
    (quasi_newton, "lbfgs", "first * lr", "lr"),
    (quasi_newton, "exact_search", "(b - H @ w)", "-(b - H @ w)"),
    (sharpness_aware, "sam", "+ rho * g", "- rho * g"),
    (sharpness_aware, "sam", "state[\"back\"] - lr * g", "w - lr * g"),
    (sharpness_aware, "sam", "/ (np.linalg.norm(g) + TINY)", ""),
    (sharpness_aware, "sam_step", "range(2)", "range(4)"),
    (sharpness_aware, "cycle", "/ (2 - a)", "/ (2 + a)"),
    (averaging, "with_ema", "(1 - decay) * moved", "(1 - decay) * w"),
    (averaging, "with_ema", "state.get(\"average\", moved)", "state.get(\"average\", w)"),
    (averaging, "with_ema", "return moved", "return average"),
    (averaging, "with_swa", "(moved - old) / (n + 1)", "(moved - old) / (n + 2)"),
    (averaging, "with_swa", "(t - start) % every", "t % every"),
    (averaging, "with_swa", "t < start", "t <= start"),
    (layers, "by_layer", "matrix if chosen(k, shape) else vector", "matrix"),
    (layers, "by_layer", "state.get(k, {})", "{}"),
    (layers, "by_layer", "new[here] = moved", "new[here] = w[here] = moved"),
    (layers, "shapes_of", "leaves(net.layers)", "leaves(net.layers[::-1])"),
]


def planted(monkeypatch, module, name, right, wrong):
    """Put a version of a function into its module in which one piece reads otherwise."""
    source = textwrap.dedent(inspect.getsource(inspect.unwrap(getattr(module, name))))
    source = source[source.index("def "):]
    assert source.count(right) == 1, f"{right!r} must occur once in {name}"
    monkeypatch.setattr(module, name, None)  # so that the right one comes back afterwards
    exec(source.replace(right, wrong), vars(module))


@functools.cache
def functions_for(module):
    """Return the test functions of a module's file that need no other library."""
    path = HERE / f"test_{module.__name__.rsplit('.', 1)[1]}.py"
    spec = importlib.util.spec_from_file_location(f"for_planted_{path.stem}", path)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return [test for name, test in vars(loaded).items()
            if name.startswith("test_") and not any(word in name for word in OTHERS)]


@pytest.mark.parametrize(("module", "name", "right", "wrong"), FAULTS)
def test_a_planted_fault_is_seen(monkeypatch, module, name, right, wrong):
    planted(monkeypatch, module, name, right, wrong)
    for test in functions_for(module):
        try:
            test()
        except Exception:
            return
    pytest.fail("no test sees it")


@pytest.mark.parametrize("module", sorted({fault[0] for fault in FAULTS}, key=str))
def test_without_a_fault_none_is_seen(module):
    for test in functions_for(module):
        test()
