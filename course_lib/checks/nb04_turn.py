"""The check of notebook 04 on turned landscapes.

Each table of known answers begins with the right one, whose fault is None.

Notebooks: 04.
"""
import numpy as np

from course_lib.checks.answers import first_match
from course_lib.checks.engine import exercise

Q = np.linalg.qr(np.random.default_rng(4).normal(size=(3, 3)))[0]
CURVES = np.array([1.0, 4.0, -2.0])
POINT = np.array([0.3, -1.2, 0.7])


def _bent(z):
    """A landscape of three variables that no rotation leaves as it is."""
    z = np.asarray(z, dtype=float)
    loss = (0.5 * CURVES * z**2 + z**3 / 3).sum(axis=-1)
    return loss, CURVES * z + z**2


def _fault_at(given, w):
    """Return what is wrong with (loss, grad) at the points w, or None."""
    loss, grad = _bent(w @ Q)
    back, slope = _bent(w @ Q.T)
    if not isinstance(given, tuple) or len(given) != 2:
        return "the new function must return (loss, grad), as `fun` does"
    if np.shape(given[0]) != loss.shape or np.shape(given[1]) != grad.shape:
        return (f"points of shape {w.shape} get a loss of shape {np.shape(given[0])} and a "
                f"gradient of shape {np.shape(given[1])}")
    if fault := first_match(given[0], [
        (None, loss),
        ("the landscape is turned the other way: at Q z the loss is that of z, so ask `fun` at "
         "Q^T w", back),
        ("nothing is turned: `fun` is asked at w itself", _bent(w)[0]),
    ], "the loss at Q z is not that of z"):
        return fault
    return first_match(given[1], [
        (None, grad @ Q.T),
        ("the gradient is that of the old landscape: turn it back by the chain rule", grad),
        ("the gradient is turned by Q^T: the chain rule gives Q g", grad @ Q),
        ("the gradient is that at another point", slope @ Q),
    ], "the loss is right, but the gradient is not that of the turned landscape")


@exercise("04.3", "Turn any landscape", hints=(
    "which point of the old landscape lies at w in the new one? The chain rule then gives the "
    "gradient",
    "loss(w) = f(Q^T w), and its gradient is Q g(Q^T w)",
    "for points in rows: loss, g = fun(w @ Q), then (loss, g @ Q.T)",
))
def turned(mine):
    """A function (fun, Q) -> function w -> (loss, grad) of the landscape turned by Q."""
    fun = mine(_bent, Q.copy())
    if not callable(fun):
        return f"a function of w is wanted, and not {type(fun).__name__}"
    if fault := _fault_at(fun(POINT.copy()), POINT):
        return fault
    many = np.random.default_rng(0).normal(size=(4, 2, 3))
    try:
        given = fun(many.copy())
    except ValueError:
        return "it works for one point, and not for points of shape (4, 2, 3): write w @ Q"
    if fault := _fault_at(given, many):
        return f"right for one point, but for points of shape (4, 2, 3): {fault}"
    return None
