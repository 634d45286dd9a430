"""The checks of notebook 33: right answers pass, known mistakes are named."""
import numpy as np

from course_lib.checks import nb33


def weighted(gradients, sizes):
    return sum(n * np.asarray(g) for g, n in zip(gradients, sizes, strict=True)) / sum(sizes)


def in_place(gradients, sizes):
    gradients *= sizes[:, None]
    return gradients.sum(axis=0) / sizes.sum()


def by_running(delay):
    low, high = 0.0, 2.5
    for _ in range(14):
        a = (low + high) / 2
        w = [1.0] * (delay + 1)
        for _ in range(20_000):
            w.append(w[-1] - a * w[-1 - delay])
            if abs(w[-1]) > 10:
                break
        low, high = (low, a) if abs(w[-1]) > 10 else (a, high)
    return low


def sender(chosen=lambda wanted, g: abs(wanted), sent=lambda wanted, g: wanted,
           kept=lambda wanted, out, g, old: wanted - out):
    def send(g, old, k):
        wanted = g + old
        where = np.argsort(-chosen(wanted, g))[:k]
        out = np.zeros_like(g)
        out[where] = sent(wanted, g)[where]
        return out, kept(wanted, out, g, old)

    return send


def kept_in_place(g, kept, k):
    kept += g
    return sender()(kept, 0 * kept, k)


RIGHT = {
    nb33.average: [weighted, lambda g, n: np.average(g, axis=0, weights=n),
                    lambda g, n: (g * n[:, None]).sum(0) / n.sum()],
    nb33.largest_rate: [lambda d: 2 * np.sin(np.pi / (4 * d + 2)), by_running,
                        lambda d: 2 * np.cos(d * np.pi / (2 * d + 1))],
    nb33.send: [sender(), lambda g, kept, k: list(sender()(g, kept, k))],
}

WRONG = [
    (nb33.average, lambda g, n: g.mean(axis=0), "every worker counts alike"),
    (nb33.average, lambda g, n: n @ g, "the sum over all rows"),
    (nb33.average, lambda g, n: n @ g / len(n), "number of workers, not of rows"),
    (nb33.average, lambda g, n: g.sum(axis=0), "adds the workers' means"),
    (nb33.average, lambda g, n: np.average(g, axis=0, weights=1 / n), "turned round"),
    (nb33.average, lambda g, n: float(g[0, 0]), "one gradient is wanted"),
    (nb33.average, in_place, "changed"),
    (nb33.average, lambda g, n: g[0], "not the gradient of the mean"),
    (nb33.largest_rate, lambda d: 2.0, "edge without a delay"),
    (nb33.largest_rate, lambda d: 2 * np.sin(np.pi / (4 * d + 6)), "one too long"),
    (nb33.largest_rate, lambda d: 2 * np.sin(np.pi / (4 * d - 2)) if d else 2.0, "one too short"),
    (nb33.largest_rate, lambda d: 2 / (d + 1), "divides the plain edge"),
    (nb33.largest_rate, lambda d: np.pi / (2 * d) if d else 2.0, "limit for long delays"),
    (nb33.largest_rate, lambda d: d**d / (d + 1) ** (d + 1), "begins to swing"),
    (nb33.largest_rate, lambda d: "2", "one number is wanted"),
    (nb33.largest_rate, lambda d: 1.1 * np.sin(np.pi / (4 * d + 2)) * 2, "largest stable rate is not 0.67"),
    (nb33.send, sender(lambda w, g: abs(g), lambda w, g: g), "takes no part in what is sent"),
    (nb33.send, sender(lambda w, g: abs(g)), "chosen by g alone"),
    (nb33.send, sender(lambda w, g: w), "negative ones too"),
    (nb33.send, sender(lambda w, g: -abs(w)), "the smallest entries"),
    (nb33.send, sender(sent=lambda w, g: g), "only g is sent"),
    (nb33.send, lambda g, kept, k: (g + kept, 0 * g), "all of g + kept is sent"),
    (nb33.send, sender(kept=lambda w, out, g, old: g - out), "what was kept before is lost"),
    (nb33.send, sender(kept=lambda w, out, g, old: out - w), "sign of what is kept"),
    (nb33.send, sender(kept=lambda w, out, g, old: w), "although a part was sent"),
    (nb33.send, sender(kept=lambda w, out, g, old: old), "kept unchanged"),
    (nb33.send, lambda g, kept, k: g, "two arrays are wanted"),
    (nb33.send, lambda g, kept, k: (g[:k], kept), "zeros stand where nothing is sent"),
    (nb33.send, kept_in_place, "changed"),
]
