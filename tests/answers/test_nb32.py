"""The checks of notebook 32: right answers pass, known mistakes are named."""
import numpy as np

from course_lib.checks import museum, nb32
from course_lib.frontier import newton_schulz, sam_step
from course_lib.frontier import norms as n

RIGHT_STEPS = {norm: (lambda G, norm=norm: n.steepest(G, norm)) for norm in n.NORMS}


def steps(**changes):
    return lambda G, norm: (RIGHT_STEPS | changes)[norm](G)


def one_by_one(G, norm):
    if norm == "frobenius":
        return G / np.sqrt((G**2).sum())
    if norm == "largest":
        return np.where(G > 0, 1, -1)
    U, _, Vt = np.linalg.svd(G)
    k = min(G.shape)
    return (U[:, :k] @ Vt[:k]).tolist()


def halved(G, norm):
    G /= 2
    return n.steepest(G, norm)


def iterate(G, a, b, c, n_steps, start=np.linalg.norm, power=None, extra=0):
    X = G / start(G)
    for _ in range(n_steps + extra):
        A = X @ X.T
        X = a * X + (b * A + c * A @ A) @ X if power is None else power(X, a, b, c)
    return X


def turned(G, a, b, c, n_steps):
    return newton_schulz(G.T, (a, b, c), n_steps).T


def in_place(G, a, b, c, n_steps):
    G /= np.linalg.norm(G)
    return iterate(G, a, b, c, n_steps)


def muon(scale=lambda m, n: max(1, n / m) ** 0.5, blend=True, sign=-1):
    def step(w, g, state, *, lr, beta):
        m = beta * state.get("m", 0.0) + g
        u = g + beta * m if blend else m
        return w + sign * lr * scale(*w.shape) * newton_schulz(u), {"m": m}

    return step


def average(w, g, state, *, lr, beta):
    m = beta * state.get("m", 0.0) + (1 - beta) * g
    scale = np.sqrt(max(1.0, w.shape[1] / w.shape[0]))
    return w - lr * scale * newton_schulz((1 - beta) * g + beta * m), {"m": m}


def into_w(w, g, state, *, lr, beta):
    w -= lr
    return muon()(w, g, state, lr=lr, beta=beta)


def sam(way=lambda g: g / np.linalg.norm(g), last=lambda w, up, g, there, lr: w - lr * there):
    def step(fun, w, lr, rho):
        g = fun(w)[1]
        up = w + rho * way(g)
        return last(w, up, g, fun(up)[1], lr)

    return step


def moved_in_place(fun, w, lr, rho):
    w -= lr * fun(w)[1]
    return w


RIGHT = {
    nb32.steepest: [steps(), one_by_one],
    nb32.newton_schulz: [iterate, turned],
    nb32.museum_muon: [muon(), average],
    nb32.sam_step: [sam(), lambda fun, w, lr, rho: sam_step(fun, w, lr=lr, rho=rho)],
}
WRONG = [
    (nb32.steepest, steps(frobenius=lambda G: -G / np.linalg.norm(G)), "sign is turned"),
    (nb32.steepest, steps(frobenius=lambda G: G / np.linalg.norm(G, 2)), "root of the sum"),
    (nb32.steepest, steps(frobenius=lambda G: G / (G**2).sum()), "squared length"),
    (nb32.steepest, steps(frobenius=np.sign), "largest entry's D"),
    (nb32.steepest, steps(frobenius=n.polar), "spectral D"),
    (nb32.steepest, steps(frobenius=lambda G: G), "frobenius: its sum"),
    (nb32.steepest, steps(largest=lambda G: -np.sign(G)), "sign is turned"),
    (nb32.steepest, steps(largest=lambda G: G / np.abs(G).max()), "only rescales"),
    (nb32.steepest, steps(largest=lambda G: G / np.linalg.norm(G)), "only rescales"),
    (nb32.steepest, steps(largest=lambda G: (np.abs(G) == np.abs(G).max()) * np.sign(G)),
     "only the largest entry moves"),
    (nb32.steepest, steps(largest=n.polar), "spectral D"),
    (nb32.steepest, steps(spectral=lambda G: -n.polar(G)), "sign is turned"),
    (nb32.steepest, steps(spectral=lambda G: G / np.linalg.norm(G, 2)), "only rescales"),
    (nb32.steepest, steps(spectral=lambda G: G / np.linalg.norm(G)), "only rescales"),
    (nb32.steepest, steps(spectral=np.sign), "largest entry's D"),
    (nb32.steepest, steps(spectral=lambda G: np.linalg.svd(G)[0][:, :1]
                          @ np.linalg.svd(G)[2][:1]), "only the first singular value"),
    (nb32.steepest, steps(spectral=lambda G: np.linalg.svd(G)[0] @ np.linalg.svd(G)[2].T),
     "V transposed already"),
    (nb32.steepest, steps(spectral=lambda G: G * 1.0), "G itself"),
    (nb32.steepest, steps(spectral=newton_schulz), "Newton-Schulz comes close"),
    (nb32.steepest, steps(spectral=lambda G: G[0]), "an array of shape (4, 4)"),
    (nb32.steepest, halved, "it changed the matrix"),
    (nb32.newton_schulz, lambda G, a, b, c, k: iterate(G, a, b, c, k, lambda G: 1), "beyond 1"),
    (nb32.newton_schulz, lambda G, a, b, c, k: iterate(G, a, b, c, k, lambda G: np.linalg.norm(G, 2)),
     "cannot afford"),
    (nb32.newton_schulz, lambda G, a, b, c, k: iterate(G, a, c, b, k), "changed places"),
    (nb32.newton_schulz, lambda G, a, b, c, k: iterate(
        G, a, b, c, k, power=lambda X, a, b, c: a * X + b * X**3 + c * X**5), "of the entries"),
    (nb32.newton_schulz, lambda G, a, b, c, k: iterate(G, a, b, c, k, extra=1), "too many"),
    (nb32.newton_schulz, lambda G, a, b, c, k: iterate(G, a, b, c, k, extra=-1), "too few"),
    (nb32.newton_schulz, lambda G, a, b, c, k: n.polar(G), "U V^T itself"),
    (nb32.newton_schulz, lambda G, a, b, c, k: iterate(G, a, b, 0.0, k), "are not those"),
    (nb32.newton_schulz, lambda G, a, b, c, k: newton_schulz(G, (a, b, c), k).T, "are not those"),
    (nb32.newton_schulz, lambda G, a, b, c, k: G[0], "of shape"),
    (nb32.newton_schulz, in_place, "it changed the matrix"),
    (nb32.museum_muon, muon(lambda m, n: max(1, m / n) ** 0.5), "still that of weights"),
    (nb32.museum_muon, muon(lambda m, n: max(1, n / m)), "root of the scale"),
    (nb32.museum_muon, muon(lambda m, n: 1.0), "no scale now"),
    (nb32.museum_muon, muon(lambda m, n: (n / m) ** 0.5), "where the layer narrows"),
    (nb32.museum_muon, muon(lambda m, n: 0.2 * max(m, n) ** 0.5), "the other convention"),
    (nb32.museum_muon, muon(lambda m, n: max(n / m, m / n) ** 0.5), "larger side"),
    (nb32.museum_muon, muon(blend=False), "no longer blended"),
    (nb32.museum_muon, muon(sign=1), "uphill"),
    (nb32.museum_muon, muon(lambda m, n: 7.0), "not the original's"),
    (nb32.museum_muon, lambda w, g, state, *, lr, beta: w, "two things"),
    (nb32.museum_muon, into_w, "it changed the arrays"),
    (nb32.museum_muon, lambda w, g, state, *, lr, beta: (w[0], {}), "came back"),
    (nb32.sam_step, sam(last=lambda w, up, g, there, lr: up - lr * there), "must start from w"),
    (nb32.sam_step, sam(way=lambda g: g), "must have the length rho"),
    (nb32.sam_step, sam(last=lambda w, up, g, there, lr: w - lr * g), "plain gradient descent"),
    (nb32.sam_step, sam(way=lambda g: -g / np.linalg.norm(g)), "looks downhill"),
    (nb32.sam_step, sam(way=lambda g: g / (g @ g)), "squared length"),
    (nb32.sam_step, sam(last=lambda w, up, g, there, lr: w - lr * there / np.linalg.norm(there)),
     "keeps its length"),
    (nb32.sam_step, sam(way=np.sign), "signs of g"),
    (nb32.sam_step, sam(last=lambda w, up, g, there, lr: w + lr * there), "uphill"),
    (nb32.sam_step, sam(last=lambda w, up, g, there, lr: w - lr * (g + there)), "both gradients"),
    (nb32.sam_step, sam(last=lambda w, up, g, there, lr: w), "that is not"),
    (nb32.sam_step, sam(last=lambda w, up, g, there, lr: 3.0), "an array of shape (3,)"),
    (nb32.sam_step, moved_in_place, "it changed the weights"),
]


def test_the_museum_s_muon_has_the_scale_of_the_transposed_layer():
    for shape in ((2, 8), (8, 2), (3, 3)):
        g = np.random.default_rng(0).standard_normal(shape)
        fault = museum.museum_muon(np.zeros(shape), g, {}, lr=1.0)[0]
        right = muon()(np.zeros(shape), g, {}, lr=1.0, beta=0.95)[0]
        ratio = np.linalg.norm(fault) / np.linalg.norm(right)
        assert ratio == np.sqrt(shape[0] / shape[1]) or np.isclose(ratio, (shape[0] / shape[1]) ** 0.5)
