"""Checks of notebook 32, go beyond Adam: steepest steps, Newton-Schulz, Muon's scale, a step of
sharpness-aware minimization.

Each table of known answers begins with the right one, whose fault is None.

Notebooks: 32.
"""
import numpy as np

from course_lib.checks import museum
from course_lib.checks.answers import first_match, unchanged
from course_lib.checks.engine import exercise
from course_lib.checks.update_rules import UPHILL
from course_lib.checks.values import numbers
from course_lib.frontier import norms, orthogonal


def _matrices(seed, *shapes):
    rng = np.random.default_rng(seed)
    return [rng.standard_normal(shape) for shape in shapes]


def _fault(answer, right, known, otherwise, rtol=1e-5, atol=1e-7):
    """Return the fault of the first known answer of the right shape; others of `known` are left
    out.
    """
    given = numbers(answer)
    if given is None or given.shape != right.shape:
        shape = None if given is None else given.shape
        return f"an array of shape {right.shape} is wanted, got {shape or 'something else'}"
    table = [(None, right), *((said, np.asarray(value)) for said, value in known)]
    return first_match(given, table, otherwise, rtol=rtol, atol=atol)


def _known_steps(G, norm):
    U, S, Vt = np.linalg.svd(G, full_matrices=False)
    largest, whole = np.abs(G).max(), np.linalg.norm(G)
    uphill = "the sign is turned: the sum of G * D shall be as large as possible"
    only = "that only rescales G to length 1: another D of length 1 has a larger sum of G * D"
    if norm == "frobenius":
        return ((uphill, -G / whole), ("the length is the root of the sum of all squares, not the "
                                       "largest singular value", G / S[0]),
                ("the squared length divides G", G / whole**2),
                ("that is the largest entry's D", np.sign(G)), ("that is the spectral D", U @ Vt))
    if norm == "largest":
        single = np.where(np.abs(G) == largest, np.sign(G), 0.0)
        return ((uphill, -np.sign(G)), (only, G / largest), (only, G / whole),
                ("only the largest entry moves: all others may be as large, and would help too",
                 single), ("that is the spectral D", U @ Vt))
    return ((uphill, -U @ Vt), (only, G / S[0]), (only, G / whole),
            ("that is the largest entry's D", np.sign(G)),
            ("only the first singular value counts there: all others may be 1 too, and would help",
             np.outer(U[:, 0], Vt[0])),
            ("NumPy's svd returns V transposed already", U @ Vt.T if G.shape[0] == G.shape[1]
             else np.zeros(0)),
            ("that is G itself, put together again", (U * S) @ Vt),
            ("Newton-Schulz comes close to U V^T, and is not it", orthogonal.newton_schulz(G)))


@exercise("32.1", "The steepest step", hints=(
    "In which D may every entry, or every singular value, be as large as allowed, with the sign "
    "that helps?",
    "frobenius: G / |G|; largest: sign(G); spectral: U V^T, from U, S, Vt = np.linalg.svd(G, "
    "full_matrices=False)",
    'return {"frobenius": G / np.linalg.norm(G), "largest": np.sign(G), "spectral": U @ Vt}[norm]'))
def steepest(mine):
    """The D of length 1 with the largest sum of G * D, in three norms."""
    for norm in norms.NORMS:
        for G in _matrices(32, (4, 4), (5, 3), (2, 6)):
            answer, fault = unchanged(mine, G, norm, names="matrix")
            fault = fault or _fault(answer, norms.steepest(G, norm), _known_steps(G, norm),
                                    "its sum of G * D is not the largest, or its length is not 1")
            if fault is not None:
                return f"{norm}: {fault}"
    return None


def _iterate(G, a, b, c, n_steps, start=np.linalg.norm, entries=False):
    X = G / start(G)
    for _ in range(n_steps):
        A = X @ X.T
        X = a * X + b * X**3 + c * X**5 if entries else a * X + (b * A + c * A @ A) @ X
    return X


@exercise("32.2", "Newton-Schulz", hints=(
    "Divide first. Then: how can X be raised to the third power so that only its singular values "
    "are?",
    "A = X X^T; each step makes a X + (b A + c A A) X of X",
    "X = G / np.linalg.norm(G); then n_steps times: A = X @ X.T; "
    "X = a * X + (b * A + c * A @ A) @ X"))
def newton_schulz(mine):
    """U p(...p(S / |G|)...) V^T."""
    for (a, b, c), n_steps in ((orthogonal.QUINTIC, 1), (orthogonal.QUINTIC, 5),
                               ((1.5, -0.5, 0.0), 3), ((2.0, -1.5, 0.5), 2)):
        for G in _matrices(33, (4, 4), (3, 5), (5, 3)):
            answer, fault = unchanged(mine, G, a, b, c, n_steps, names="matrix")
            spectral = _iterate(G, a, b, c, n_steps, lambda G: np.linalg.norm(G, 2))
            known = (
                ("G is not divided by its length: its singular values lie beyond 1, where the "
                 "polynomial explodes", _iterate(G, a, b, c, n_steps, lambda G: 1.0)),
                ("that divides by the largest singular value, which is what one cannot afford to "
                 "compute: divide by the Frobenius norm", spectral),
                ("b and c have changed places", _iterate(G, a, c, b, n_steps)),
                ("powers of the entries are not powers of the singular values: multiply matrices",
                 _iterate(G, a, b, c, n_steps, entries=True)),
                ("that is one step too many", _iterate(G, a, b, c, n_steps + 1)),
                ("that is one step too few", _iterate(G, a, b, c, n_steps - 1)),
                ("that is U V^T itself: the polynomial only comes near it", norms.polar(G)),
            )
            fault = fault or _fault(answer, _iterate(G, a, b, c, n_steps), known,
                                    "the singular values are not those that the polynomial makes")
            if fault is not None:
                return fault
    return None


def _muon_with(scale, Gs, sign=-1.0, blend=True):
    m, w = 0.0, np.zeros(Gs[0].shape)
    for g in Gs:
        m = 0.75 * m + g
        w = w + sign * 0.5 * scale * orthogonal.newton_schulz(g + 0.75 * m if blend else m)
    return w


@exercise("32.3", "From the museum: the scale", exhibit=museum.museum_muon, hints=(
    "Which of the two numbers in w.shape is n_in here, and which one is it in PyTorch?",
    "here w has the shape (n_in, n_out); the scale is the root of max(1, n_out / n_in)",
    "scale = max(1, w.shape[1] / w.shape[0]) ** 0.5"))
def museum_muon(mine):
    """Muon with the original's scale for weights (n_in, n_out)."""
    shapes = ((2, 8), (6, 3), (4, 4))
    streams = [_matrices(34, shape, shape) for shape in shapes]
    ends = []
    for Gs in streams:
        w, state = np.zeros(Gs[0].shape), {}
        for g in Gs:
            answer, fault = unchanged(lambda w, g, s: mine(w, g, s, lr=0.5, beta=0.75), w, g, state,
                                      names="arrays")
            if fault:
                return fault
            if not isinstance(answer, tuple) or len(answer) != 2:
                return "a rule returns two things, the new w and the new state"
            w, state = answer
        if np.shape(w) != Gs[0].shape:
            return f"weights of shape {Gs[0].shape} went in, and {np.shape(w)} came back"
        ends.append(w)

    def with_scale(scale, **how):
        return tuple(_muon_with(scale(*Gs[0].shape), Gs, **how) for Gs in streams)

    def original(m, n):
        return max(1, n / m) ** 0.5

    return first_match(tuple(ends), (
        (None, with_scale(original)),
        ("the scale is still that of weights (n_out, n_in)",
         with_scale(lambda m, n: max(1, m / n) ** 0.5)),
        ("the root of the scale is lost", with_scale(lambda m, n: max(1, n / m))),
        ("there is no scale now", with_scale(lambda m, n: 1.0)),
        ("that is below 1 where the layer narrows: the original has max(1, ...)",
         with_scale(lambda m, n: (n / m) ** 0.5)),
        ("that is the scale of the other convention, with max(n_in, n_out)",
         with_scale(lambda m, n: 0.2 * max(m, n) ** 0.5)),
        ("the larger side over the smaller one: the original scales only layers that widen",
         with_scale(lambda m, n: max(m / n, n / m) ** 0.5)),
        ("the scale is right, but the gradient is no longer blended into the momentum",
         with_scale(original, blend=False)),
        (UPHILL, with_scale(original, sign=1.0)),
    ), "the steps are not the original's: look at a layer that widens and at one that narrows",
        rtol=1e-5, atol=1e-7)


def _curved(w):
    return float(np.sum(w**2 + w**4 / 4) + w[0] * w[1]), (
        2 * w + w**3 + np.array([w[1], w[0], 0.0]))


@exercise("32.4", "A step of SAM", hints=(
    "Two gradients: where is each taken, and from where is the step made?",
    "up = w + rho g/|g|, then w - lr g(up)",
    "g = fun(w)[1]; up = w + rho * g / np.linalg.norm(g); return w - lr * fun(up)[1]"))
def sam_step(mine):
    """w - lr * gradient at w + rho g/|g|."""
    for w, lr, rho in (([1.0, -0.5, 0.8], 0.1, 0.3), ([0.2, 0.1, -3.0], 0.05, 1.0)):
        w = np.array(w)
        answer, fault = unchanged(lambda w, lr=lr, rho=rho: mine(_curved, w, lr, rho), w,
                                  names="weights")
        g = _curved(w)[1]
        unit = g / np.linalg.norm(g)
        up = w + rho * unit
        there = _curved(up)[1]
        known = (
            ("the step starts from the point uphill: it must start from w", up - lr * there),
            ("the way up must have the length rho: divide g by its length",
             w - lr * _curved(w + rho * g)[1]),
            ("that is plain gradient descent: the gradient is taken at w", w - lr * g),
            ("that looks downhill: SAM looks for the worst place nearby, uphill",
             w - lr * _curved(w - rho * unit)[1]),
            ("g is divided by its squared length", w - lr * _curved(w + rho * g / (g @ g))[1]),
            ("the second gradient keeps its length: only the way up is normalised",
             w - lr * there / np.linalg.norm(there)),
            ("the signs of g are taken: the way up is along g itself",
             w - lr * _curved(w + rho * np.sign(g))[1]),
            (UPHILL, w + lr * there),
            ("both gradients are in the step: only the one taken uphill is", w - lr * (g + there)),
        )
        fault = fault or _fault(answer, w - lr * there, known, "that is not w - lr * g(up)")
        if fault is not None:
            return fault
    return None
