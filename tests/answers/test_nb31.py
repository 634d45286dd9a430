"""The checks of notebook 31: right answers pass, known mistakes are named."""
import numpy as np

from course_lib.checks import nb31


def changes(first=lambda X, D, rX, rD: rX.T @ D + X.T @ rD,
            second=lambda W, D, V, rD: rD @ W.T + D @ V.T):
    def both(X, W, D, rX, V, rD):
        return first(X, D, rX, rD), second(W, D, V, rD)

    return both


def by_differences(X, W, D, rX, V, rD):
    h = 1e-6
    def at(t):
        return (X + t * rX).T @ (D + t * rD), (D + t * rD) @ (W + t * V).T

    return [(a - b) / (2 * h) for a, b in zip(at(h), at(-h), strict=True)]


def in_place(X, W, D, rX, V, rD):
    X += rX
    return changes()(X, W, D, rX, V, rD)


def by_bisection(beta1):
    low, high = 0.0, 1000.0
    for _ in range(60):
        q = (low + high) / 2
        M = [[1 - (1 - beta1) * q, -beta1], [(1 - beta1) * q, beta1]]
        if abs(np.linalg.eigvals(M)).max() <= 1 + 1e-9:
            low = q
        else:
            high = q
    return low


def by_running(beta1):
    low, high = 0.0, 1000.0
    for _ in range(30):
        q, w, m = (low + high) / 2, 1.0, 0.0
        for _ in range(20_000):
            m = beta1 * m + (1 - beta1) * q * w
            w = w - m
            if abs(w) > 1e6:
                break
        low, high = (low, q) if abs(w) > 1e6 else (q, high)
    return low


def twin(first=lambda b1, a: a * b1, W2=lambda W2, a: W2 / a, b2=lambda b2, a: b2):
    return lambda W1, b1, V, c, a: (a * W1, first(b1, a), W2(V, a), b2(c, a))


def grown_in_place(W1, b1, W2, b2, a):
    W1 *= a
    return W1, a * b1, W2 / a, b2


def curve(factor=lambda s: 2 * s * (1 - s), point=None):
    point = point or (lambda a, c, b, s: (1 - s) ** 2 * a + 2 * s * (1 - s) * c + s**2 * b)

    def gradient(fun, w_a, c, w_b, s):
        loss, g = fun(point(w_a, c, w_b, s))
        return loss, factor(s) * g

    return gradient


RIGHT = {
    nb31.dense_changes: [changes()],
    nb31.averaged_edge: [by_bisection, by_running, lambda beta1: 2 * (1 + beta1) / (1 - beta1)],
    nb31.twin: [twin(), lambda W1, b1, W2, b2, a: [W1 * a, b1 * a, W2 * (1 / a), b2.copy()]],
    nb31.curve_gradient: [
        curve(), curve(point=lambda a, c, b, s: (1 - s) * ((1 - s) * a + s * c)
                       + s * ((1 - s) * c + s * b))],
}
WRONG = [
    (nb31.dense_changes, changes(first=lambda X, D, rX, rD: X.T @ rD), "X moves too"),
    (nb31.dense_changes, changes(first=lambda X, D, rX, rD: rX.T @ D), "D moves too"),
    (nb31.dense_changes, changes(first=lambda X, D, rX, rD: X.T @ D), "X^T D itself"),
    (nb31.dense_changes, changes(first=lambda X, D, rX, rD: rX.T @ rD), "both factors"),
    (nb31.dense_changes, changes(first=lambda X, D, rX, rD: X.T @ rD - rX.T @ D), "difference"),
    (nb31.dense_changes, changes(first=lambda X, D, rX, rD: rX.T @ D - X.T @ rD), "difference"),
    (nb31.dense_changes, changes(first=lambda X, D, rX, rD: X.T @ D * 7), "rdW is not"),
    (nb31.dense_changes, changes(second=lambda W, D, V, rD: rD @ W.T), "W moves too"),
    (nb31.dense_changes, changes(second=lambda W, D, V, rD: D @ V.T), "D moves too"),
    (nb31.dense_changes, changes(second=lambda W, D, V, rD: D @ W.T), "D W^T itself"),
    (nb31.dense_changes, changes(second=lambda W, D, V, rD: rD @ V.T), "in rdX"),
    (nb31.dense_changes, changes(second=lambda W, D, V, rD: rD @ W.T - D @ V.T), "rdX has"),
    (nb31.dense_changes, changes(second=lambda W, D, V, rD: D @ V.T - rD @ W.T), "rdX has"),
    (nb31.dense_changes, lambda X, W, D, rX, V, rD: rX.T @ D, "two arrays"),
    (nb31.dense_changes, changes(second=lambda W, D, V, rD: W), "two arrays"),
    (nb31.dense_changes, in_place, "it changed the arrays"),
    (nb31.averaged_edge, lambda beta1: 2 * (1 + beta1), "heavy ball"),
    (nb31.averaged_edge, lambda beta1: 2.0, "without any average"),
    (nb31.averaged_edge, lambda beta1: 2 / (1 - beta1), "also remembers"),
    (nb31.averaged_edge, lambda beta1: (1 - beta1**0.5) ** 2 / (1 - beta1), "back and forth"),
    (nb31.averaged_edge, lambda beta1: (1 + beta1**0.5) ** 2 / (1 - beta1), "real again"),
    (nb31.averaged_edge, lambda beta1: (1 - beta1) / 2 / (1 + beta1), "reciprocal"),
    (nb31.averaged_edge, lambda beta1: min(by_bisection(beta1), 15), "wide enough"),
    (nb31.averaged_edge, lambda beta1: 6.0, "is not 6"),
    (nb31.averaged_edge, lambda beta1: [6.0], "one number"),
    (nb31.twin, twin(first=lambda b1, a: b1), "b1 stays behind"),
    (nb31.twin, twin(b2=lambda b2, a: b2 / a), "leave it"),
    (nb31.twin, twin(b2=lambda b2, a: a * b2), "leave it"),
    (nb31.twin, twin(W2=lambda W2, a: a * W2), "divide W2"),
    (nb31.twin, twin(W2=lambda W2, a: W2), "divide W2"),
    (nb31.twin, lambda W1, b1, W2, b2, a: (W1 / a, b1 / a, W2 * a, b2), "wrong end"),
    (nb31.twin, lambda W1, b1, W2, b2, a: (W1, b1, W2, b2), "nothing is rescaled"),
    (nb31.twin, lambda W1, b1, W2, b2, a: (2 * W1, b1, W2, b2), "another function"),
    (nb31.twin, lambda W1, b1, W2, b2, a: (a * W1, W2 / a), "four arrays"),
    (nb31.twin, grown_in_place, "it changed the weights"),
    (nb31.curve_gradient, curve(factor=lambda s: 1), "the gradient at the point"),
    (nb31.curve_gradient, curve(factor=lambda s: s * (1 - s)), "factor 2 of the middle"),
    (nb31.curve_gradient, curve(factor=lambda s: 1 / (2 * s * (1 - s))), "multiplies"),
    (nb31.curve_gradient, curve(factor=lambda s: (1 - s) ** 2), "of w_a, not of c"),
    (nb31.curve_gradient, curve(factor=lambda s: s**2), "of w_b, not of c"),
    (nb31.curve_gradient, curve(factor=lambda s: -2 * s * (1 - s)), "sign is turned"),
    (nb31.curve_gradient, curve(factor=lambda s: 5), "gradient is not"),
    (nb31.curve_gradient, curve(point=lambda a, c, b, s: s**2 * a + 2 * s * (1 - s) * c
                                + (1 - s) ** 2 * b), "must be at w_a"),
    (nb31.curve_gradient, curve(point=lambda a, c, b, s: (1 - s) * a + s * b), "straight line"),
    (nb31.curve_gradient, curve(point=lambda a, c, b, s: (1 - s) ** 2 * a + s * (1 - s) * c
                                + s**2 * b), "has a factor 2"),
    (nb31.curve_gradient, curve(point=lambda a, c, b, s: c), "not that at the point"),
    (nb31.curve_gradient, lambda fun, a, c, b, s: fun(c)[1], "a loss, one number"),
]
