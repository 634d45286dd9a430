"""The checks of notebook 24: right answers pass, stubs are not attempted, known faults get their
sentence.
"""
import math

import numpy as np

from course_lib.checks import nb24, nb24_choosing
from course_lib.data.datasets import batches


def accuracy(logits, y):
    return sum(int(np.argmax(row)) == label for row, label in zip(logits, y, strict=True)) / len(y)


def run_epoch(net, X, y, step, state, *, lr, batch_size, rng):
    total = 0.0
    for rows in batches(len(X), batch_size, rng):
        loss, g = net.loss_and_grad(X[rows], y[rows])
        net.theta, state = step(net.theta, g, state, lr=lr)
        total += loss * len(rows)
    return total / len(X), state


def pick_both(X, y, rows, rng):
    return X[rows], y[rows]


def pick_apart(X, y, rows, rng):
    return X[rows], y[rng.permutation(rows)]


def examples_mean(losses, lengths):
    return losses @ lengths / lengths.sum()


def epoch(cut=batches, pick=pick_both, keep=True, assign=True, mean=examples_mean):
    """Return an epoch with one thing done differently."""
    def mine(net, X, y, step, state, *, lr, batch_size, rng):
        losses, lengths, begin = [], [], state
        for rows in cut(len(X), batch_size, rng):
            loss, g = net.loss_and_grad(*pick(X, y, rows, rng))
            theta, state = step(net.theta, g, state if keep else begin, lr=lr)
            net.theta = theta if assign else net.theta
            losses.append(loss)
            lengths.append(len(rows))
        return mean(np.array(losses), np.array(lengths)), state

    return mine


def twice_the_rate(net, X, y, step, state, *, lr, **rest):
    return run_epoch(net, X, y, step, state, lr=2 * lr, **rest)


def loss_alone(*given, **named):
    return run_epoch(*given, **named)[0]


def file_order(n, batch_size, rng):
    return np.array_split(np.arange(n), range(batch_size, n, batch_size))


def without_last(n, batch_size, rng):
    return list(batches(n, batch_size, rng))[: n // batch_size]


def with_replacement(n, batch_size, rng):
    return [rng.integers(0, n, size) for size in (4, 4, 2)]


def cut_then_shuffle(n, batch_size, rng):
    return [rng.permutation(rows) for rows in file_order(n, batch_size, rng)]


def that_many_batches(n, batch_size, rng):
    return np.array_split(rng.permutation(n), batch_size)


def own_generator(n, batch_size, rng):
    return batches(n, batch_size, np.random.default_rng(0))


def fresh_state(net, X, y, step, state, *, lr, batch_size, rng):
    return run_epoch(net, X, y, step, {}, lr=lr, batch_size=batch_size, rng=rng)


def shuffle_in_place(net, X, y, step, state, *, lr, batch_size, rng):
    order = rng.permutation(len(X))
    X[:], y[:] = X[order], y[order]
    return run_epoch(net, X, y, step, state, lr=lr, batch_size=batch_size, rng=rng)


def one_step_at_the_end(net, X, y, step, state, *, lr, batch_size, rng):
    for rows in batches(len(X), batch_size, rng):
        loss, g = net.loss_and_grad(X[rows], y[rows])
    net.theta, state = step(net.theta, g, state, lr=lr)
    return loss, state


def choose_rate(rates, losses):
    finite = [k for k, loss in enumerate(losses) if math.isfinite(loss)]
    best = min(finite, key=lambda k: losses[k], default=0)
    return "lower" if best == 0 else "higher" if best == len(rates) - 1 else rates[best]


def lowest(losses):
    return np.argmin(np.where(np.isfinite(losses), losses, np.inf))


def choose(best=lowest, words=("lower", "higher"), give=lambda rates, losses, k: rates[k]):
    """Return a choice with one thing done differently."""
    def mine(rates, losses):
        k = best(losses)
        if k in (0, len(rates) - 1):
            return words[0] if k == 0 else words[1]
        return give(rates, losses, k)

    return mine


def choose_among_finite(rates, losses):
    kept = np.isfinite(losses)
    return choose_rate(rates[kept], losses[kept]) if kept.any() else "lower"


def standard_error(p, n):
    return math.sqrt(p * (1 - p) / n)


def above_half(logits, y):
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return np.mean(p[np.arange(len(y)), y] > 0.5)


def again_after_the_step(net, X, y, step, state, *, lr, batch_size, rng):
    total = 0.0
    for rows in batches(len(X), batch_size, rng):
        _, g = net.loss_and_grad(X[rows], y[rows])
        net.theta, state = step(net.theta, g, state, lr=lr)
        total += net.loss_and_grad(X[rows], y[rows])[0] * len(rows)
    return total / len(X), state


def wrong_remainder(n, b, rng):
    """(n // b) % b where n % b is meant."""
    order, k = rng.permutation(n), n // b
    k += k % b != 0
    return [order[i * b:(i + 1) * b] for i in range(k)]


def never_a_small_one(n, b, rng):
    """Right but for n < b, where there is no batch."""
    return batches(n, b, rng) if n >= b else []


RIGHT = [
    (nb24.accuracy, accuracy),
    (nb24.accuracy, lambda logits, y: np.mean(logits.argmax(axis=-1) == y)),
    (nb24.run_epoch, run_epoch),
    (nb24.run_epoch, epoch()),
    (nb24_choosing.choose_rate, choose_rate),
    (nb24_choosing.choose_rate, choose()),
    (nb24_choosing.standard_error, standard_error),
    (nb24_choosing.standard_error, lambda p, n: np.sqrt(p * (1 - p)) / np.sqrt(n)),
]

WRONG = [
    (nb24.accuracy, above_half, "above 1/2"),
    (nb24.run_epoch, again_after_the_step, "asked for twice"),
    (nb24.run_epoch, epoch(cut=wrong_remainder), "came out empty"),
    (nb24.run_epoch, epoch(cut=never_a_small_one), "was never asked"),
    (nb24.accuracy, lambda logits, y: logits.argmax(axis=1) == y, "one number"),
    (nb24.accuracy, lambda logits, y: (logits.argmax(axis=1) == y).sum(), "how many"),
    (nb24.accuracy, lambda logits, y: 100 * accuracy(logits, y), "percent"),
    (nb24.accuracy, lambda logits, y: 1 - accuracy(logits, y), "error rate"),
    (nb24.accuracy, lambda logits, y: np.mean(logits.argmax(axis=0) == y), "down the columns"),
    (nb24.accuracy, lambda logits, y: np.mean(logits.argmin(axis=1) == y), "smallest"),
    (nb24.accuracy, lambda logits, y: np.mean(logits.argmax() == y), "needs an axis"),
    (nb24.accuracy, lambda logits, y: 0.123, "not the fraction"),
    (nb24.run_epoch, lambda net, X, y, step, state, **rest: (0.0, state), "never asked"),
    (nb24.run_epoch, shuffle_in_place, "it was given"),
    (nb24.run_epoch, epoch(pick=pick_apart), "shuffled apart"),
    (nb24.run_epoch, epoch(cut=lambda n, b, rng: [rng.permutation(n)]), "a batch had 10"),
    (nb24.run_epoch, epoch(cut=without_last), "smaller batch is missing"),
    (nb24.run_epoch, epoch(cut=with_replacement), "without replacement"),
    (nb24.run_epoch, epoch(cut=lambda n, b, rng: without_last(n, b, rng)[:1]), "4 of 10"),
    (nb24.run_epoch, epoch(cut=that_many_batches), "not [3, 3, 2, 2]"),
    (nb24.run_epoch, epoch(cut=file_order), "order of the file"),
    (nb24.run_epoch, epoch(cut=cut_then_shuffle), "shuffle first, then cut"),
    (nb24.run_epoch, epoch(cut=own_generator), "new generator"),
    (nb24.run_epoch, loss_alone, "a pair"),
    (nb24.run_epoch, epoch(assign=False), "never changed"),
    (nb24.run_epoch, one_step_at_the_end, "same theta"),
    (nb24.run_epoch, epoch(keep=False), "memory got lost"),
    (nb24.run_epoch, fresh_state, "memory got lost"),
    (nb24.run_epoch, twice_the_rate, "with rate lr"),
    (nb24.run_epoch, epoch(mean=lambda losses, lengths: losses.mean()), "plain mean"),
    (nb24.run_epoch, epoch(mean=lambda losses, lengths: losses[-1]), "last batch only"),
    (nb24.run_epoch, epoch(mean=lambda losses, lengths: losses.sum()), "batches' losses"),
    (nb24.run_epoch, epoch(mean=lambda losses, lengths: losses @ lengths), "over the examples"),
    (nb24.run_epoch, epoch(mean=lambda losses, lengths: 1.0), "not the mean loss"),
    (nb24_choosing.choose_rate, lambda rates, losses: None or rates, "either one rate"),
    (nb24_choosing.choose_rate, lambda rates, losses: rates[np.nanargmin(losses)], "edge of what was tried"),
    (nb24_choosing.choose_rate, lambda rates, losses: rates[np.argmin(losses)], "argmin stops"),
    (nb24_choosing.choose_rate, choose(best=np.argmin), "diverged run is a measurement"),
    (nb24_choosing.choose_rate, choose(give=lambda rates, losses, k: losses[k]), "that is the smallest loss"),
    (nb24_choosing.choose_rate, choose(give=lambda rates, losses, k: k), "the position"),
    (nb24_choosing.choose_rate, lambda rates, losses: rates[np.nanargmax(losses)], "the largest loss"),
    (nb24_choosing.choose_rate, lambda rates, losses: rates[1], "not the smallest"),
    (nb24_choosing.choose_rate, choose(words=("higher", "lower")), "wrong edge"),
    (nb24_choosing.choose_rate, choose(words=("go down", "go up")), "'go up' is neither"),
    (nb24_choosing.choose_rate, choose_among_finite, "diverged run is a measurement"),
    (nb24_choosing.choose_rate, lambda rates, losses: "higher", "on both sides"),
    (nb24_choosing.choose_rate, lambda r, x: choose_rate(r, x) if np.isfinite(x).any() else "higher", "not cure"),
    (nb24_choosing.standard_error, lambda p, n: print(end=""), "is a return missing"),
    (nb24_choosing.standard_error, lambda p, n: p * (1 - p) / n, "variance"),
    (nb24_choosing.standard_error, lambda p, n: math.sqrt(p * (1 - p)), "one toss"),
    (nb24_choosing.standard_error, lambda p, n: math.sqrt(p * p / n), "by itself"),
    (nb24_choosing.standard_error, lambda p, n: math.sqrt(p / n), "1 - p is missing"),
    (nb24_choosing.standard_error, lambda p, n: math.sqrt((1 - p) / n), "factor p is missing"),
    (nb24_choosing.standard_error, lambda p, n: 1 / math.sqrt(n), "how good"),
    (nb24_choosing.standard_error, lambda p, n: 0.5 / math.sqrt(n), "worst case"),
    (nb24_choosing.standard_error, lambda p, n: math.sqrt(p * (1 - p)) / n, "under the root"),
    (nb24_choosing.standard_error, lambda p, n: 100 * standard_error(p, n), "percent"),
    (nb24_choosing.standard_error, lambda p, n: 1.96 * standard_error(p, n), "95 %"),
    (nb24_choosing.standard_error, lambda p, n: 2 * standard_error(p, n), "two standard errors"),
    (nb24_choosing.standard_error, lambda p, n: standard_error(p, n - 1), "n - 1"),
    (nb24_choosing.standard_error, lambda p, n: 3 / n, "not the standard deviation"),
]


def stub(*given, **named):
    """A learner's stub."""
    ...
