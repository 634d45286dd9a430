"""The check of notebook 02 on the complex step.

Each table of known answers begins with the right one, whose fault is None.

Notebooks: 02.
"""
import numpy as np

from course_lib.checks.answers import first_match, unchanged
from course_lib.checks.engine import exercise

W = np.array([1.5, -0.5, 2.0])
STEPS = {"h": 0.1, "k": 0.2}  # large, so that they show
HESS = np.array([[42.0, 6.0, 12.0], [6.0, 0.0, -3.0], [12.0, -3.0, 16.5]])


def _quartic(w):
    """A quartic with the Hessian HESS at W."""
    cubic = w[0]**3 + 2 * w[0]**2 * w[1] - 3 * w[1] * w[2] + w[2]**3
    return cubic + w[0]**4 + w[0]**2 * w[2]**2


def _hessian(h, k, part=np.imag, back=1.0, moved=_quartic):
    """Return Im (f(w + i h e_a + k e_b) - f(w + i h e_a - k e_b)) / 2hk for all a and b.

    part: what is taken of the values. back: how many k the second point lies behind.
    """
    axes = np.eye(3)
    rows = [[part(moved(W + 1j * h * a + k * b)) - part(moved(W + 1j * h * a - back * k * b))
             for b in axes] for a in axes]
    return np.array(rows) / ((1 + back) * h * k)


def _known():
    """Return the table of known answers for STEPS."""
    h, k = STEPS["h"], STEPS["k"]
    right = _hessian(h, k)
    tiny = _hessian(1e-20, k)
    axes = np.eye(3)
    real = [[(_quartic(W + h * a + k * b) - _quartic(W + h * a - k * b)
              - _quartic(W - h * a + k * b) + _quartic(W - h * a - k * b)) / (4 * h * k)
             for b in axes] for a in axes]
    table = [
        (None, right),
        ("the imaginary part is not divided by h", h * right),
        ("the difference is not divided by 2k", 2 * k * right),
        ("twice too large: the two points lie 2k apart", 2 * right),
        ("a forward difference in the real step: its error shrinks like k, not like k^2",
         _hessian(h, k, back=0.0)),
        ("only the diagonal is filled: entry (a, b) moves a by an imaginary and b by a real step",
         np.diag(np.diag(right))),
        ("only one triangle is filled: entry (a, b) is entry (b, a)", np.triu(right)),
        ("only one triangle is filled: entry (a, b) is entry (b, a)", np.tril(right)),
        ("the step h that was given is not the one that was used", tiny),
        ("the step k that was given is not the one that was used", _hessian(h, 6e-6)),
        ("neither step that was given was used", _hessian(1e-20, 6e-6)),
        ("both steps are real: one of them must be imaginary", np.array(real)),
        ("the real part was taken: the slopes are in the imaginary part",
         _hessian(h, k, part=np.real)),
    ]
    return [(fault, one) for fault, value in table for one in (value, value.T)]


@exercise("02.3", "A Hessian by complex steps", hints=(
    "the complex step gives a slope without subtraction; the Hessian is the central difference of "
    "slopes",
    "entry (a, b) is Im(f(w + i h e_a + k e_b) - f(w + i h e_a - k e_b)) / (2 h k)",
    "for rows a, b of np.eye(w.size): (f(w + 1j*h*a + k*b) - f(w + 1j*h*a - k*b)).imag / "
    "(2 * h * k)",
))
def complex_hessian(mine):
    """A function (f, w, h, k) -> Hessian (n, n): central differences of complex-step slopes."""
    given, fault = unchanged(mine, _quartic, W.copy(), names="point w", **STEPS)
    if fault:
        return fault
    if np.iscomplexobj(given):
        return "second derivatives are real numbers: take the imaginary part, over h"
    if np.shape(given) != (3, 3):
        return f"for a w of three coordinates the result has shape {np.shape(given)}, not (3, 3)"
    if not np.any(given):
        return "the imaginary part got lost: an array of real numbers cannot keep it, use w + 0j"
    fault = first_match(given, _known(), "with h = 0.1 and k = 0.2 the entries are not those of "
                                         "complex slopes, differenced", rtol=1e-7, atol=1e-7)
    if fault:
        return fault
    if not np.allclose(mine(_quartic, W.copy()), HESS, rtol=1e-8, atol=1e-8):
        return "right for large steps, but the defaults cost digits: keep h = 1e-20 and k = 6e-6"
    return None
