"""The checks of notebook 23: right answers pass, stubs are not attempted, known mistakes are named.
"""
import math

import numpy as np

from course_lib.checks import nb23, nb23_in_practice
from course_lib.networks import layers, penalties


def soft_by_cases(w, amount):
    return np.array([x - amount if x > amount else x + amount if x < -amount else 0.0 for x in w])


def shrink(step, w, g, state, *, lr, strength, decoupled):
    new, state = step(w, g + (not decoupled) * strength * w, state, lr=lr)
    return (new - (lr * strength) * w if decoupled else new), state


def shrink_by(penalised, decayed, keep=True):
    def run(step, w, g, state, *, lr, strength, decoupled):
        if decoupled:
            new, state = step(w, g, state if keep else {}, lr=lr)
            return decayed(w, new, lr, strength), state
        return step(w, penalised(w, g, lr, strength), state if keep else {}, lr=lr)
    return run


def l2(w, g, lr, strength):
    return strength * w + g


def less(w, new, lr, strength):
    return new - strength * lr * w


def in_place(step, w, g, state, *, lr, **rest):
    w -= lr * g
    return w, state


def drop(factor=lambda p: 1 / (1 - p), keep=lambda u, p: u >= p, shape=lambda X: X.shape, later=lambda X, p: X):
    def run(X, p, rng, training):
        return X * keep(rng.random(shape(X)), p) * factor(p) if training else later(X, p)
    return run


def own_seed(X, p, rng, training):
    return drop()(X, p, np.random.default_rng(7), training)


def drop_in_place(X, p, rng, training):
    X *= drop()(np.ones_like(X), p, rng, training)
    return X


def backwards(watched, patience):
    for run in range(1, len(watched) + 1):
        best = int(np.argmin(watched[:run])) + 1
        if run - best >= patience:
            break
    return run, best


def counting(watched, patience):
    lowest, best, bad = math.inf, 0, 0
    for k, loss in enumerate(watched):
        if loss < lowest:
            lowest, best, bad = loss, k + 1, 0
        else:
            bad += 1
            if bad == patience:
                return [k + 1, best]
    return [len(watched), best]


def stop(better=lambda x, low: x < low, late=0, reset=True, last=False, zero=0):
    def run(watched, patience):
        lowest, best, bad, epoch = math.inf, 0, 0, 0
        for loss in watched:
            epoch += 1
            if better(loss, lowest):
                lowest, best, bad = loss, epoch, 0 if reset else bad
            else:
                bad += 1
            if bad >= patience + late:
                break
        return epoch - zero, (epoch if last else best) - zero
    return run


def rises(watched, patience):
    bad = 0
    for k in range(1, len(watched)):
        bad = bad + 1 if watched[k] >= watched[k - 1] else 0
        if bad == patience:
            return k + 1, int(np.argmin(watched[:k + 1])) + 1
    return len(watched), int(np.argmin(watched)) + 1


def with_loops(X_train, X_new):
    out = X_train.copy(), X_new.copy()
    for j in range(X_train.shape[1]):
        mean, std = np.mean(X_train[:, j]), np.std(X_train[:, j])
        for Z in out:
            Z[:, j] = (Z[:, j] - mean) / (std or 1)
    return out


def scaled(mean, std):
    return lambda A, B: tuple((Z - mean(A, B)) / std(A, B) for Z in (A, B))


def safe(std):
    return np.where(std == 0, 1, std)


def train_mean(A, B):
    return A.mean(axis=0)


def train_std(A, B):
    return safe(A.std(axis=0))


def both(A, B):
    return np.vstack([A, B])


def scale_in_place(A, B):
    mean, std = train_mean(A, B), train_std(A, B)
    A -= mean
    A /= std
    return A, (B - mean) / std


RIGHT = {
    nb23.soft_threshold: [penalties.soft_threshold, soft_by_cases],
    nb23.shrinking_step: [shrink, shrink_by(l2, less)],
    nb23_in_practice.dropout: [drop(), drop(keep=lambda u, p: u < 1 - p),
                   lambda X, p, rng, training: layers.Dropout(p, rng=rng).forward(X, training)],
    nb23_in_practice.stop_early: [backwards, counting],
    nb23_in_practice.standardise: [with_loops, scaled(train_mean, train_std)],
}
WRONG = [
    (nb23.soft_threshold, lambda w, a: np.where(w > 0, w - a, w + a), "across zero"),
    (nb23.soft_threshold, lambda w, a: np.copysign(np.abs(w) - a, w), "outwards again"),
    (nb23.soft_threshold, lambda w, a: w * np.maximum(1 - a / np.abs(w), 0), "0/0"),
    (nb23.soft_threshold, lambda w, a: w - a if w > a else w + a if w < -a else 0.0, "decides for one number"),
    (nb23_in_practice.stop_early, lambda a, b: (stop()(a, b)[0], stop()(a, b)[1] - 1), "counted from 0 and"),
    (nb23_in_practice.stop_early, nb23_in_practice._first_fails, "counts as a failure"),
    (nb23_in_practice.standardise, scaled(train_mean, lambda A, B: safe(A.std(axis=0, ddof=1))), "pandas"),
    (nb23.soft_threshold, lambda w, a: w - a * np.sign(w), "across zero"),
    (nb23.soft_threshold, lambda w, a: w * (np.abs(w) > a), "hard threshold"),
    (nb23.soft_threshold, lambda w, a: w / (1 + a), "L2's shrinkage"),
    (nb23.soft_threshold, lambda w, a: np.maximum(np.abs(w) - a, 0), "the sign is lost"),
    (nb23.soft_threshold, lambda w, a: np.maximum(w - a, 0), "negative weights all become 0"),
    (nb23.soft_threshold, lambda w, a: np.where(np.abs(w) > a, w - a, 0), "away from zero: subtract"),
    (nb23.soft_threshold, lambda w, a: np.clip(w, -a, a), "weight clipping"),
    (nb23.soft_threshold, lambda w, a: w + a * np.sign(w), "moved away"),
    (nb23.soft_threshold, lambda w, a: w * 1.0, "nothing has moved"),
    (nb23.soft_threshold, lambda w, a: penalties.soft_threshold(w, a / 2), "amount/2"),
    (nb23.soft_threshold, lambda w, a: 3 * w, "not the minimisers"),
    (nb23.soft_threshold, lambda w, a: penalties.soft_threshold(w, 0.7), "without a penalty"),
    (nb23.soft_threshold, lambda w, a: np.sum(w), "came back"),
    (nb23.soft_threshold, lambda w, a: np.clip(w, -a, a, out=w), "changed the array"),
    (nb23.shrinking_step, lambda *point, decoupled, **rest: shrink(*point, decoupled=not decoupled, **rest), "exchanged"),
    (nb23.shrinking_step, lambda *point, decoupled, **rest: shrink(*point, decoupled=False, **rest), "changes nothing yet"),
    (nb23.shrinking_step, lambda *point, decoupled, **rest: shrink(*point, decoupled=True, **rest), "decoupled as well"),
    (nb23.shrinking_step, nb23._both, "in the gradient as well"),
    (nb23.shrinking_step, shrink_by(l2, lambda w, new, lr, k: new - k * w), "not multiplied by lr"),
    (nb23.shrinking_step, shrink_by(l2, lambda w, new, lr, k: new * (1 - lr * k)), "share is taken of the new w"),
    (nb23.shrinking_step, shrink_by(lambda w, g, lr, k: g + lr * k * w, less), "got a factor lr"),
    (nb23.shrinking_step, shrink_by(lambda w, g, lr, k: g + 2 * k * w, less), "without a 2"),
    (nb23.shrinking_step, shrink_by(lambda w, g, lr, k: g + k * np.sign(w), less), "gradient of L1"),
    (nb23.shrinking_step, shrink_by(lambda w, g, lr, k: g - k * w, less), "wrong sign"),
    (nb23.shrinking_step, shrink_by(l2, lambda w, new, lr, k: new + lr * k * w), "weights grow"),
    (nb23.shrinking_step, shrink_by(l2, lambda w, new, lr, k: new), "nothing shrinks"),
    (nb23.shrinking_step, shrink_by(l2, less, keep=False), "starts afresh"),
    (nb23.shrinking_step, in_place, "changed the w"),
    (nb23.shrinking_step, lambda step, w, g, state, **rest: w - g, "returns two things"),
    (nb23.shrinking_step, lambda step, w, g, state, **rest: (w - g, {}), "not those of momentum"),
    (nb23_in_practice.dropout, drop(factor=lambda p: 1.0), "not rescaled"),
    (nb23_in_practice.dropout, drop(factor=lambda p: 1.0, later=lambda X, p: X * (1 - p)), "old form"),
    (nb23_in_practice.dropout, drop(factor=lambda p: 1 - p), "multiplied by 1 - p"),
    (nb23_in_practice.dropout, drop(factor=lambda p: 1 / p), "divided by p"),
    (nb23_in_practice.dropout, drop(factor=lambda p: 3.0), "the same factor"),
    (nb23_in_practice.dropout, drop(keep=lambda u, p: u < p), "keeps the share p"),
    (nb23_in_practice.dropout, drop(keep=lambda u, p: u >= 0.5), "was dropped"),
    (nb23_in_practice.dropout, drop(keep=lambda u, p: 1.0), "nothing is dropped"),
    (nb23_in_practice.dropout, drop(shape=lambda X: (len(X), 1)), "dropped together"),
    (nb23_in_practice.dropout, drop(shape=lambda X: X.shape[1]), "dropped together"),
    (nb23_in_practice.dropout, lambda X, p, rng, training: drop()(X, p, rng, True), "in evaluation nothing may happen"),
    (nb23_in_practice.dropout, own_seed, "the rng that is given"),
    (nb23_in_practice.dropout, drop_in_place, "changed the array"),
    (nb23_in_practice.dropout, lambda X, p, rng, training: X.sum(axis=1), "the shape of X"),
    (nb23_in_practice.stop_early, stop(better=lambda x, low: x <= low), "must be lower"),
    (nb23_in_practice.stop_early, stop(late=1), "too late"),
    (nb23_in_practice.stop_early, lambda a, b: nb23_in_practice._patience(a, b, slack=-1), "too early"),
    (nb23_in_practice.stop_early, stop(last=True), "last epoch run"),
    (nb23_in_practice.stop_early, stop(zero=1), "counts from 0"),
    (nb23_in_practice.stop_early, rises, "rises in a row"),
    (nb23_in_practice.stop_early, stop(reset=False), "counted in all"),
    (nb23_in_practice.stop_early, lambda a, b: (len(a), int(np.argmin(a)) + 1), "never stops"),
    (nb23_in_practice.stop_early, lambda a, b: (stop()(a, b)[0], int(np.argmin(a)) + 1), "never run"),
    (nb23_in_practice.stop_early, lambda a, b: stop()(a, b)[::-1], "exchanged"),
    (nb23_in_practice.stop_early, lambda a, b: (stop()(a, b)[0], a[stop()(a, b)[1] - 1]), "lowest loss is returned"),
    (nb23_in_practice.stop_early, lambda a, b: 3, "two numbers"),
    (nb23_in_practice.stop_early, lambda a, b: (1, 1), "is another"),
    (nb23_in_practice.standardise, lambda A, B: tuple((Z - Z.mean(axis=0)) / safe(Z.std(axis=0)) for Z in (A, B)), "of their own"),
    (nb23_in_practice.standardise, scaled(lambda A, B: both(A, B).mean(0), lambda A, B: both(A, B).std(0)), "both sets together"),
    (nb23_in_practice.standardise, scaled(lambda A, B: B.mean(axis=0), lambda A, B: B.std(axis=0)), "those of X_new"),
    (nb23_in_practice.standardise, scaled(lambda A, B: A.mean(), lambda A, B: A.std()), "for all columns"),
    (nb23_in_practice.standardise, scaled(train_mean, lambda A, B: safe(A.var(axis=0))), "variance"),
    (nb23_in_practice.standardise, scaled(lambda A, B: 0, train_std), "mean is not subtracted"),
    (nb23_in_practice.standardise, scaled(train_mean, lambda A, B: 1), "nothing is divided"),
    (nb23_in_practice.standardise, lambda A, B: (scaled(train_mean, train_std)(A, B)[0], B), "only the training"),
    (nb23_in_practice.standardise, lambda A, B: [(Z - Z.mean(1)[:, None]) / Z.std(1)[:, None] for Z in (A, B)], "its own statistics"),
    (nb23_in_practice.standardise, lambda A, B: tuple((Z - A.min(0)) / np.ptp(A, axis=0) for Z in (A, B)), "to [0, 1]"),
    (nb23_in_practice.standardise, scaled(train_mean, lambda A, B: A.std(axis=0)), "NaN or infinite"),
    (nb23_in_practice.standardise, scaled(train_mean, lambda A, B: A.std(axis=0) + 1e-12), "divided by 1"),
    (nb23_in_practice.standardise, lambda A, B: A, "two arrays"),
    (nb23_in_practice.standardise, lambda A, B: (A + 5, B), "have not mean 0"),
    (nb23_in_practice.standardise, scale_in_place, "changed the array"),
]
