"""The paths of the update rules from closed formulas: no state is carried from step to step."""
import numpy as np


def weighted_sum(G, decay):
    """sum_s decay^(t-s) G_s for every t, written as the sum it is and not as the recursion under
    test.
    """
    return np.array([sum(decay ** (t - s) * G[s] for s in range(t + 1)) for t in range(len(G))])


def mean(G, decay):
    """The weighted sum over the sum of the weights: (1-b)/(1-b^t) is 1/sum of the weights."""
    return weighted_sum(G, decay) / weighted_sum(np.ones_like(G), decay)


def past_mean(G, decay):
    return np.concatenate([np.zeros_like(G[:1]), (1 - decay) * weighted_sum(G, decay)[:-1]])


def largest(G, decay):
    """The largest |G_s| decay^(t-s) so far, for every t."""
    return np.array([(decay ** np.arange(k)[::-1, None] * np.abs(G[:k])).max(axis=0)
                     for k in range(1, len(G) + 1)])


def rmsprop(G, rho, eps, centered=False):
    v = (1 - rho) * weighted_sum(G**2, rho)
    if centered:
        v = v - ((1 - rho) * weighted_sum(G, rho)) ** 2
    return G / (v**0.5 + eps)


def adadelta(G, rho, eps):
    deltas = np.zeros_like(G)
    for t in range(len(G)):
        u = (1 - rho) * sum(rho ** (t - 1 - s) * deltas[s] ** 2 for s in range(t))
        v = (1 - rho) * sum(rho ** (t - s) * G[s] ** 2 for s in range(t + 1))
        deltas[t] = ((u + eps) / (v + eps)) ** 0.5 * G[t]
    return deltas


def adam(G, beta1, beta2, eps):
    return mean(G, beta1) / (mean(G**2, beta2) ** 0.5 + eps)


def amsgrad(G, beta1, beta2, eps):
    raw = (1 - beta2) * weighted_sum(G**2, beta2)
    correction = 1 - beta2 ** np.arange(1, len(G) + 1)[:, None]
    return mean(G, beta1) / ((np.maximum.accumulate(raw) / correction) ** 0.5 + eps)


def nadam(G, beta1, beta2, eps, momentum_decay):
    mu = beta1 * (1 - 0.5 * 0.96 ** (np.arange(1, len(G) + 2)[:, None] * momentum_decay))
    product = np.cumprod(mu, axis=0)
    m = (1 - beta1) * weighted_sum(G, beta1)
    ahead = mu[1:] * m / (1 - product[1:]) + (1 - mu[:-1]) * G / (1 - product[:-1])
    return ahead / (mean(G**2, beta2) ** 0.5 + eps)


STEPS = {  # rule: (gradients, its hyper-parameters) -> the steps, before the rate and without decay
    "sgd": lambda G: G,
    "momentum": lambda G, beta: weighted_sum(G, beta),
    "nesterov": lambda G, beta: G + beta * weighted_sum(G, beta),
    "adagrad": lambda G, eps: G / (np.cumsum(G**2, axis=0) ** 0.5 + eps),
    "rmsprop": rmsprop,
    "adadelta": adadelta,
    "adam": adam,
    "adamw": adam,
    "amsgrad": amsgrad,
    "adamax": lambda G, beta1, beta2, eps: mean(G, beta1) / (largest(G, beta2) + eps),
    "nadam": nadam,
    "lion": lambda G, beta1, beta2: np.sign(beta1 * past_mean(G, beta2) + (1 - beta1) * G),
}


def path(name, G, w, *, lr, weight_decay=0.0, **hyper):
    """Return the points (T, n) that a rule visits from `w` with the gradients G (T, n)."""
    rates = np.array([lr(t) for t in range(1, len(G) + 1)])[:, None]
    kept = np.cumprod(1 - rates * weight_decay, axis=0)  # what decay leaves of the start
    return kept * (w - np.cumsum(rates * STEPS[name](G, **hyper) / kept, axis=0))
