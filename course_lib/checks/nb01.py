"""The checks of notebook 01: critical points and their kind.

Notebooks: 01.
"""
import numpy as np

from course_lib.checks.engine import exercise

KINDS = ("minimum", "maximum", "saddle", "inconclusive", "not critical")


@exercise("01.1", "Critical points by hand", hints=(
    "put what one equation says about y into the other, bring everything to one side, and factor",
    "both slopes vanish where y = x^3 and x = y^3, so x = x^9; H = [[12x^2, -4], [-4, 12y^2]]",
    "solve x(x^8 - 1) = 0 for all its real roots, take y = x^3, then find the eigenvalues of H at "
    "each",
))
def polynomial_points(mine):
    """A dictionary {(x, y): kind} of the critical points of x^4 + y^4 - 4xy."""
    if not isinstance(mine, dict) or not all(isinstance(p, tuple) and len(p) == 2 for p in mine):
        return "a dictionary {(x, y): 'kind'} is wanted, with a pair of numbers as each key"
    for x, y in mine:
        gx, gy = 4 * x**3 - 4 * y, 4 * y**3 - 4 * x
        if not max(abs(gx), abs(gy)) < 1e-6:
            return (
                f"({x:g}, {y:g}) is not critical: the gradient there is ({gx:g}, {gy:g}), not zero"
            )
    kinds = {(round(x, 6) + 0.0, round(y, 6) + 0.0): kind for (x, y), kind in mine.items()}
    if (0, 0) not in kinds:
        return "a point is missing: dividing an equation by x loses the solution x = 0"
    if len(kinds) < 3:
        return "a point is missing: an even power of x takes the same value at x and at -x"
    if not set(kinds.values()) <= set(KINDS):
        return (
            f"a kind is one of {', '.join(KINDS[:4])}; you gave "
            f"{', '.join(map(str, kinds.values()))}"
        )
    if kinds[0, 0] != "saddle":
        return (
            "the kind at (0, 0) is not right: the diagonal of H is zero there, its eigenvalues are "
            "not"
        )
    if [kinds[p] for p in kinds if p != (0, 0)] != ["minimum", "minimum"]:
        return (
            "a kind away from (0, 0) is not right: find both eigenvalues, and mind what their sign "
            "means"
        )
    return None


SIGN_OF_ZERO = "an eigenvalue of zero was given a sign"
SIGN_OF_ROUNDING = (
    "rounding was given a sign: an eigenvalue of size 1e-12 beside one of size 2 is zero"
)
# (g, H, right answer, options, what a wrong answer means), simple misconceptions first
KIND_CASES = (
    (
        (0, 0),
        np.diag([2, 3]),
        "minimum",
        {},
        "at g = 0, eigenvalues 2 and 3 mean upward in every direction",
    ),
    (
        (0, 0),
        np.diag([-2, -3]),
        "maximum",
        {},
        "at g = 0, eigenvalues -2 and -3 mean downward in all",
    ),
    ((0, 0), np.diag([2, -3]), "saddle", {}, "the eigenvalues 2 and -3 have both signs"),
    (
        (0, 0),
        [[1, 3], [3, 1]],
        "saddle",
        {},
        "the diagonal was read: [[1, 3], [3, 1]] has a positive one, but eigenvalues of both signs",
    ),
    (
        (73197, -36),
        [[26620, -4], [-4, 4]],
        "not critical",
        {},
        "the Hessian was asked at a point whose gradient, (73197, -36), is not zero",
    ),
    (
        (3, -3),
        np.diag([2, 3]),
        "not critical",
        {},
        "the components of g were added: those of (3, -3) cancel, its length is not zero",
    ),
    (
        (-3, 0),
        np.diag([2, 3]),
        "not critical",
        {},
        "a negative slope passed for zero: compare the length of g, not its components",
    ),
    (
        (5e-4, 5e-4),
        np.diag([2, 3]),
        "not critical",
        {},
        "the square of the length was compared with g_tol: take its root",
    ),
    (
        (8e-7, 8e-7),
        np.diag([2, 3]),
        "not critical",
        {},
        "the largest component was compared: each of (8e-7, 8e-7) is below g_tol, the length, "
        "1.1e-6, is not",
    ),
    (
        (1e-9, -1e-9),
        np.diag([2, 3]),
        "minimum",
        {},
        "computed gradients are never exactly zero: compare the length of g with g_tol",
    ),
    (
        (0, 0, 0),
        np.diag([-1, -1, 2]),
        "saddle",
        {},
        "the sign of the determinant decides for two variables only: diag(-1, -1, 2) has a "
        "positive "
        "one",
    ),
    ((0, 0), np.diag([2, 0]), "inconclusive", {}, SIGN_OF_ZERO),
    ((0, 0), np.diag([-2, 0]), "inconclusive", {}, SIGN_OF_ZERO),
    ((0,), [[0]], "inconclusive", {}, "H = 0, as for x^3 and for x^4 at 0, says nothing"),
    ((0, 0), np.diag([2, 1e-12]), "inconclusive", {}, SIGN_OF_ROUNDING),
    ((0, 0), np.diag([2, -1e-12]), "inconclusive", {}, SIGN_OF_ROUNDING),
    (
        (0, 0, 0),
        np.diag([2, 0, -1]),
        "saddle",
        {},
        "a zero eigenvalue beside both signs changes nothing: one direction leads up and another "
        "down",
    ),
    (
        (0, 0),
        np.diag([2e-8, 3e-8]),
        "minimum",
        {},
        "the tolerance is absolute, but f and f/10^8 have points of the same kind: scale it by the "
        "eigenvalues",
    ),
    (
        (0, 0),
        np.diag([-2, 1e-9]),
        "inconclusive",
        {},
        "tol is scaled by the largest eigenvalue; take the largest in size, which may be negative",
    ),
    ((1e-3, 0), np.diag([2, 3]), "minimum", {"g_tol": 1e-2}, "the argument g_tol is ignored"),
    ((0, 0), np.diag([2, 0.01]), "inconclusive", {"tol": 0.1}, "the argument tol is ignored"),
)


@exercise("01.2", "Say what kind of point it is, or that you cannot", hints=(
    "ask in this order: is g zero, are both signs there, is an eigenvalue zero, which sign is left",
    "with lam the eigenvalues of H, count as zero those of size up to tol times the largest size",
    "lam = np.linalg.eigvalsh(H); small = tol * abs(lam).max(); up = (lam > small).any()",
))
def kind_of_point(mine):
    """A function (g, H, g_tol, tol) -> one of the five answers."""
    for g, H, answer, options, meaning in KIND_CASES:
        given = mine(np.array(g, dtype=float), np.array(H, dtype=float), **options)
        if not isinstance(given, str) or given not in KINDS:
            return f"it returned {given!r}; the five answers are {', '.join(map(repr, KINDS))}"
        if given != answer:
            return f"{meaning}; you answered {given!r}"
    return None
