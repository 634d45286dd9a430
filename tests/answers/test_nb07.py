"""The checks of notebook 07: right answers pass, stubs are not attempted, known mistakes are named.
"""
import numpy as np

from course_lib.checks import nb07
from course_lib.optimizers import curvature

solve = np.linalg.solve


def ratio(matrix):
    eigenvalues = np.linalg.eigvalsh(matrix)
    return eigenvalues[-1] / eigenvalues[0]


def scaled(H, power=0.5):
    d = np.diag(H)**power
    return H / np.outer(d, d)


def scaled_in_place(H):
    d = np.sqrt(np.diag(H))
    H /= np.outer(d, d)
    return ratio(H)


def newton_in_place(w, g, H):
    w -= solve(H, g)
    return w


def in_its_gradient(g, H, *, floor=1e-8):
    g[:] = curvature.saddle_free(g, H, floor=floor)
    return g


def spectral(divide):
    """A direction made of the eigenvalues, the eigenvectors, g and the floor."""
    return lambda g, H, *, floor=1e-8: divide(*np.linalg.eigh(H), g, floor)


def sizes(eigenvalues, floor):
    return np.maximum(np.abs(eigenvalues), floor)


def backtrack(passes, shrink=0.5, first=None):
    """An Armijo rule that goes on until passes(new loss, loss, lr, slope, c, g)."""
    def rule(fun, w, d, *, lr=1.0, c=1e-4):
        (loss, g), lr = fun(w), first or lr
        while not passes(fun(w + lr * d)[0], loss, lr, (g * d).sum(), c, g):
            lr = lr * shrink
        return lr

    return rule


def armijo(new, loss, lr, slope, c, g):
    return new <= loss + c * lr * slope


def halved_first(fun, w, d, *, lr=1.0, c=1e-4):
    return backtrack(armijo)(fun, w, d, lr=lr / 2, c=c)


def walking(fun, w, d, *, lr=1.0, c=1e-4):
    loss, g = fun(w)
    w += lr * d
    return lr if fun(w)[0] <= loss + c * lr * (g @ d) else lr / 2


def once(fun, w, d, *, lr=1.0, c=1e-4):
    loss, g = fun(w)
    return lr if armijo(fun(w + lr * d)[0], loss, lr, (g * d).sum(), c, g) else lr / 2


def frozen(fun, w, d, *, lr=1.0, c=1e-4):
    loss, g = fun(w)
    target = loss + c * lr * (g @ d)
    while not fun(w + lr * d)[0] <= target:
        lr /= 2
    return lr


def loss_of_the_first_rate(fun, w, d, *, lr=1.0, c=1e-4):
    (loss, g), new = fun(w), fun(w + lr * d)[0]
    while not new <= loss + c * (g @ d):
        lr /= 2
    return lr


def first_coordinate(fun, w, d, *, lr=1.0, c=1e-4):
    loss, g = fun(w)
    while not fun(w + lr * d)[0] <= loss + c * lr * g[0] * d[0]:
        lr = lr / 2
    return lr


RIGHT = {
    nb07.scaled_condition: [lambda H: ratio(scaled(H)), lambda H: np.linalg.cond(scaled(H)),
                            lambda H: np.ptp(np.log(np.linalg.eigvals(H / np.diag(H)).real)).__rpow__(np.e)],
    nb07.newton_step: [lambda w, g, H: w - solve(H, g), lambda w, g, H: w - np.linalg.inv(H) @ g],
    nb07.saddle_free: [curvature.saddle_free, spectral(lambda lam, Q, g, floor: -(Q / sizes(lam, floor)) @ Q.T @ g)],
    nb07.armijo: [curvature.armijo, backtrack(armijo)],
}

WRONG = [
    (nb07.scaled_condition, scaled_in_place, "changed the matrix"),
    (nb07.scaled_condition, ratio, "before any scaling"),
    (nb07.scaled_condition, lambda H: 1 / ratio(scaled(H)), "upside down"),
    (nb07.scaled_condition, lambda H: ratio(scaled(H, 1.0)), "the root of it"),
    (nb07.scaled_condition, lambda H: ratio(H / np.diag(H)[:, None]), "D^(-1) H, which is not symmetric"),
    (nb07.scaled_condition, lambda H: ratio(H / np.diag(H)), "H D^(-1), which is not symmetric"),
    (nb07.scaled_condition, lambda H: np.linalg.cond(H / np.diag(H)[:, None]), "singular values"),
    (nb07.scaled_condition, lambda H: np.diag(H).max() / np.diag(H).min(), "diagonal entries"),
    (nb07.scaled_condition, lambda H: np.linalg.eigvalsh(scaled(H)), "one number is wanted"),
    (nb07.scaled_condition, lambda H: 7.0, "is not 7"),
    (nb07.newton_step, newton_in_place, "changed the point"),
    (nb07.newton_step, lambda w, g, H: w - g / H, "divide by a matrix means"),
    (nb07.newton_step, lambda w, g, H: w + solve(H, g), "walks the other way"),
    (nb07.newton_step, lambda w, g, H: -solve(H, g), "that is the step, where"),
    (nb07.newton_step, lambda w, g, H: solve(H, g), "of the wrong sign"),
    (nb07.newton_step, lambda w, g, H: w - H @ g, "multiplies by H"),
    (nb07.newton_step, lambda w, g, H: w - g / np.diag(H), "diagonal of H alone"),
    (nb07.newton_step, lambda w, g, H: w - g / H.sum(axis=1), "row sums"),
    (nb07.newton_step, lambda w, g, H: w + curvature.saddle_free(g, H), "the next exercise"),
    (nb07.newton_step, lambda w, g, H: w - g, "is not zero at that point"),
    (nb07.saddle_free, in_its_gradient, "changed the gradient"),
    (nb07.saddle_free, lambda g, H, *, floor=1e-8: g / H, "a direction of shape (3,)"),
    (nb07.saddle_free, lambda g, H, *, floor=1e-8: -curvature.saddle_free(g, H), "uphill"),
    (nb07.saddle_free, lambda g, H, *, floor=1e-8: curvature.newton(g, H), "drawn to the saddle"),
    (nb07.saddle_free, lambda g, H, *, floor=1e-8: -solve(np.abs(H), g), "every entry of H"),
    (nb07.saddle_free, spectral(lambda lam, Q, g, floor: -Q.T @ (Q @ g / sizes(lam, floor))), "exchanged"),
    (nb07.saddle_free, spectral(lambda lam, Q, g, floor: -(Q.T @ g) / sizes(lam, floor)), "Q is missing"),
    (nb07.saddle_free, spectral(lambda lam, Q, g, floor: -Q @ (g / sizes(lam, floor))), "transpose of Q is missing"),
    (nb07.saddle_free, spectral(lambda lam, Q, g, floor: -Q @ (Q.T @ g * sizes(lam, floor))), "multiplies by"),
    (nb07.saddle_free, spectral(lambda lam, Q, g, floor: -Q @ (Q.T @ g / np.maximum(lam, floor))), "cuts the"),
    (nb07.saddle_free, lambda g, H, *, floor=1e-8: -abs(solve(H, g)), "size of the finished step"),
    (nb07.saddle_free, lambda g, H, *, floor=1e-8: -g, "that is not -|H|^(-1) g"),
    (nb07.saddle_free, spectral(lambda lam, Q, g, floor: -Q @ (Q.T @ g / abs(lam))), "the floor plays no part"),
    (nb07.saddle_free, spectral(lambda lam, Q, g, floor: -Q @ (Q.T @ g / (abs(lam) + (floor > 1e-3) * floor))), "added"),
    (nb07.saddle_free, spectral(lambda lam, Q, g, floor: -Q @ (Q.T @ g * (abs(lam) > floor) / sizes(lam, floor))),
     "dropped"),
    (nb07.saddle_free, lambda g, H, *, floor=1e-8: curvature.saddle_free(g, H), "not with eigenvalues below the floor"),
    (nb07.armijo, backtrack(lambda *all: False), "no rate passes"),
    (nb07.armijo, backtrack(armijo, shrink=1.0), "still going after 400"),
    (nb07.armijo, frozen, "with the lr that is being tried"),
    (nb07.armijo, backtrack(lambda new, loss, lr, slope, c, g: new <= loss + c * slope), "the lr that is being tried"),
    (nb07.armijo, loss_of_the_first_rate, "does the loop always end"),
    (nb07.armijo, lambda fun, w, d, *, lr=1.0, c=1e-4: w + lr * d, "one number"),
    (nb07.armijo, walking, "changed the point"),
    (nb07.armijo, halved_first, "good at once"),
    (nb07.armijo, backtrack(armijo, first=1.0), "the lr that was given"),
    (nb07.armijo, backtrack(lambda new, loss, lr, slope, c, g: new <= loss), "any decrease"),
    (nb07.armijo, backtrack(lambda new, loss, lr, slope, c, g: new <= loss + 1e-4 * lr * slope), "c = 0.9"),
    (nb07.armijo, once, "the rates to try are"),
    (nb07.armijo, lambda fun, w, d, *, lr=1.0, c=1e-4: (backtrack(armijo) if c > 1e-4 else once)(fun, w, d, lr=lr, c=c),
     "halves once"),
    (nb07.armijo, backtrack(armijo, shrink=0.25), "the rates to try are"),
    (nb07.armijo, backtrack(lambda new, loss, lr, slope, c, g: new <= loss - c * lr * (g * g).sum()), "g.d, not minus"),
    (nb07.armijo, backtrack(lambda new, loss, lr, slope, c, g: not new > loss + c * lr * slope), "accepts a NaN"),
    (nb07.armijo, first_coordinate, "wrong in the plane"),
]
