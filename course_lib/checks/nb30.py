"""Checks of notebook 30, ask if it is stuck: a product with the Hessian, the low end of its
spectrum, what a plateau is.

Each table of known answers begins with the right one, whose fault is None.

Notebooks: 30.
"""
import numpy as np

from course_lib.checks.answers import agrees, first_match
from course_lib.checks.engine import exercise
from course_lib.checks.values import number, numbers


def _quartic(w):
    """A loss whose Hessian changes with w, so that the step of a difference shows."""
    M = np.array([[2.0, 1.0, 0.0], [1.0, -1.0, 0.5], [0.0, 0.5, 3.0]])
    return 0.5 * w @ M @ w + np.sum(w**4), M @ w + 4 * w**3


def _difference(ahead, behind, divide):
    """Return h times the wanted product: gradients at w + ahead u and w + behind u, divided."""
    def product(w, u, h):
        return (_quartic(w + ahead * h * u)[1] - _quartic(w + behind * h * u)[1]) / (divide * h)

    return product


PRODUCTS = (
    (None, _difference(1, -1, 2)),
    ("it is a forward difference: take one gradient ahead and one behind", _difference(1, 0, 1)),
    ("it is a backward difference: take one gradient ahead and one behind", _difference(0, -1, 1)),
    ("the two gradients are 2 h apart, so divide by 2 h", _difference(1, -1, 1)),
    ("the sign is turned round: the gradient ahead minus the one behind", _difference(-1, 1, 2)),
    ("each move is h long, so the gradients are 2 h apart: here half steps were divided by 2 h",
     _difference(0.5, -0.5, 2)),
    ("the moves are h/2 here: legitimate, but h was to be the length of each move",
     _difference(0.5, -0.5, 1)),
    ("the difference is not divided by 2 h",
     lambda w, u, h: 2 * h * _difference(1, -1, 2)(w, u, h)),
    ("that is a difference of losses times u: the gradients' difference is wanted",
     lambda w, u, h: (_quartic(w + h * u)[0] - _quartic(w - h * u)[0]) / (2 * h) * u),
    ("that is the gradient, not its change along u", lambda w, u, h: _quartic(w)[1]),
)


@exercise("30.1", "The Hessian times a vector", hints=(
    "the Hessian is the derivative of the gradient: how does the gradient change along u?",
    "(g(w + h u) - g(w - h u)) / (2 h), where g is the second value that fun returns",
    "return (fun(w + h * u)[1] - fun(w - h * u)[1]) / (2 * h)"))
def hessian_times(mine):
    """(g(w + h u) - g(w - h u)) / 2h."""
    w = np.array([0.5, -1.0, 2.0])
    for h, u in ((0.1, np.array([0.6, 0.8, 0.0])), (0.02, np.array([0.0, -0.6, 0.8]))):
        answer = numbers(mine(_quartic, w.copy(), u.copy(), h=h))
        if answer is None or answer.shape != u.shape:
            return f"a vector of shape {u.shape} is wanted; something else came back"
        known = [(fault, product(w, u, h)) for fault, product in PRODUCTS]
        if agrees(answer, PRODUCTS[0][1](w, u, 1e-3)):
            return "h is not obeyed"
        fault = first_match(answer, known, "that is not (g(w + h u) - g(w - h u)) / 2h", rtol=1e-7)
        if fault is not None:
            return fault
    return None


SPECTRA = (  # eigenvalues, size
    ([-0.5, 0.2, 0.4, 3.0], 3.1),
    ([1.0, 2.0, 2.5, 4.0], 4.0),
    ([-6.0, -1.0, 0.0, 2.0], 6.5),
    ([-2.0, -1.9, 0.0, 2.0], 2.0),
)


@exercise("30.2", "The low end", hints=(
    "power iteration finds the eigenvalue that is largest in size; what does it find for "
    "A - size * I?",
    "iterate u <- (A u - size u) / |A u - size u|; then u.A u is the smallest eigenvalue of A",
    "in the loop: v = product(u) - size * u; u = v / np.linalg.norm(v); at the end: "
    "return u @ product(u)"))
def low_end(mine):
    """Power iteration on A - size I; then the quotient u.A u."""
    for eigenvalues, size in SPECTRA:
        Q = np.linalg.qr(np.random.default_rng(30).standard_normal((4, 4)))[0]
        A = Q @ np.diag(eigenvalues) @ Q.T
        rng, d = np.random.default_rng(1), np.array(eigenvalues)
        answer = number(mine(lambda u, A=A: A @ u, 4, size, rng=rng, n_steps=2000))
        if answer is None:
            return "one number is wanted, the smallest eigenvalue"
        known = (
            (None, d[0]),
            ("that is an eigenvalue of A - size I: size has to be added again", d[0] - size),
            ("that is the largest eigenvalue: subtract size from A, so that the low end is the "
             "largest in size", d[-1]),
            ("that is size minus the eigenvalue: the sign of A - size I was lost", size - d[0]),
            ("that is the eigenvalue largest in size, without its sign", np.abs(d).max()),
            ("that is the eigenvalue largest in size: shift A first", d[np.abs(d).argmax()]),
            ("that is an eigenvalue of A + size I", d[-1] + size),
            ("that is an eigenvalue of A + size I", d[0] + size),
        )
        fault = first_match(float(answer), known, f"for a spectrum from {d[0]:g} to {d[-1]:g} and "
                            f"size {size:g} the low end is not {float(answer):.3g}", rtol=1e-3,
                            atol=1e-3)
        if fault is not None:
            return fault
    return None


PLATEAUS = (  # gradient norm, smallest and largest eigenvalue, radius, verdict
    (0.001, -0.5, 0.5, 0.1, "saddle"),
    (0.2, -0.5, 0.5, 0.1, "not critical"),
    (0.2, 0.0, 4.0, 0.1, "minimum or flat"),
    (0.2, -4.0, 0.1, 0.1, "saddle"),
    (1e-8, -1e-9, 1e-8, 0.1, "not critical"),
    (0.0, 0.5, 2.0, 0.1, "minimum or flat"),
    (0.001, -0.001, 2.0, 0.1, "minimum or flat"),
    (0.001, 0.0, 0.0, 0.1, "not critical"),
    (0.0, 0.0, 0.0, 0.1, "minimum or flat"),
    (0.3, -1.0, 1.0, 0.5, "saddle"),
)


def _by(gradient_small, bent_down):
    def verdict(g, low, high, radius):
        if not gradient_small(g, max(abs(low), abs(high)), high, radius):
            return "not critical"
        return "saddle" if bent_down(low, max(abs(low), abs(high))) else "minimum or flat"

    return [verdict(*row[:4]) for row in PLATEAUS]


@exercise("30.3", "Is it a critical point?", hints=(
    "a gradient has a unit: 1e-8 is large where all curvatures are 1e-9; which distance do the two "
    "give together?",
    "|g| <= L * distance, with L = max(|low|, |high|): if |g| > L * radius, no critical point is "
    "within the radius",
    'after "not critical": low < -tol * L is a saddle, all else is "minimum or flat"'))
def kind_of_plateau(mine):
    """'not critical' if |g| > radius * max(|low|, |high|), else 'saddle' if low < -tol * that, else
    'minimum or flat'.
    """
    said = [mine(g, low, high, radius=radius) for g, low, high, radius, _ in PLATEAUS]
    names = {"not critical", "saddle", "minimum or flat"}
    if not all(isinstance(s, str) and s in names for s in said):
        strange = next(s for s in said if not (isinstance(s, str) and s in names))
        return (
            f"{strange!r} is none of 'not critical', 'saddle' and "
            "'minimum or flat'"
        )
    near, bent = (lambda g, size, high, radius: g <= radius * size), (lambda low, size: low < -0.01
                                                                      * size)
    known = (
        (None, _by(near, bent)),
        ("the gradient is compared with the radius itself: divide it by the curvature first, then "
         "it is a distance",
         _by(lambda g, size, high, radius: g <= radius, bent)),
        ("only the largest eigenvalue is used: the size of the Hessian may come from the negative "
         "end",
         _by(lambda g, size, high, radius: g <= radius * high, bent)),
        ("a fixed bound for the gradient says nothing: its unit is loss per weight, so use the "
         "curvature and the radius",
         _by(lambda g, size, high, radius: g <= 1e-6, bent)),
        ("a fixed bound for the gradient says nothing: its unit is loss per weight, so use the "
         "curvature and the radius",
         _by(lambda g, size, high, radius: g <= 1e-3, bent)),
        ("every eigenvalue below 0 counts as a saddle: within tol times the largest it is 0 up to "
         "errors",
         _by(near, lambda low, size: low < 0)),
        ("the gradient is not looked at: curvature alone does not make a critical point",
         _by(lambda g, size, high, radius: True, bent)),
        ("the negative eigenvalue is not looked at: a small gradient alone does not make a minimum",
         _by(near, lambda low, size: False)),
        ("the sign is turned round: a saddle has an eigenvalue below 0",
         _by(near, lambda low, size: low > 0.01 * size)),
    )
    fault = next((fault for fault, verdicts in known if verdicts == said), "")
    if fault != "":
        return fault
    g, low, high, radius, _ = next(row for row,
                                   s in zip(PLATEAUS, said, strict=True) if row[4] != s)
    return (
        f"|g| = {g:g}, eigenvalues from {low:g} to {high:g}, radius {radius:g}: that is not the "
        "verdict there"
    )
