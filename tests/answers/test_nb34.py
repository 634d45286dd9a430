"""The checks of notebook 34: right answers pass, known mistakes are named."""
import functools
import math

import numpy as np
from scipy.stats import t as student

from course_lib.checks import nb34
from course_lib.experiments import claim, comparison


def stop(*, least=None, shift=0, last=1, finding=lambda low, high: low > 0 or high < 0,
         interval=lambda d: comparison.t_interval(d)[1:]):
    """Return an answer to 34.1 with one feature changed."""
    def answer(d, start):
        for n in range(start if least is None else least, len(d) + last):
            if finding(*interval(d[:n])):
                return n + shift
        return None

    return answer


def once(d, least):
    return len(d) if stop()(d, len(d)) else None


def plain(quantile, ddof):
    def interval(d):
        reach = quantile(len(d)) * d.std(ddof=ddof) / math.sqrt(len(d))
        return d.mean() - reach, d.mean() + reach

    return interval


def exact(n):
    return student.ppf(0.975, n - 1)


def overwriting(d, least):
    d -= 1
    return stop()(d + 1, least)


def seeds(*, quantile=exact, power=0.5, width=1, shift=0):
    def answer(s, reach):
        n = 2
        while quantile(n) * s / n**power > width * reach:
            n += 1
        return n + shift

    return answer


def reading(*, few=12, without=None, fresh="any", extra=None, margin=None):
    """Return an answer to 34.3 with one feature changed."""
    def answer(report):
        tuning, reported = set(report["tuning seeds"]), set(report["seeds reported"])
        seen = {"any": tuning & reported, "all": tuning <= reported}[fresh]
        found = {
            "tuned unequally": len(set(report["rates tried"])) > 1,
            "best at an edge": report["best at an edge"],
            "too few seeds": len(reported) < few,
            "seeds not fresh": bool(seen),
            "no margin": report["margin"] is None or (margin == "zero" and not report["margin"]),
            "nothing varied": not report["varied"],
        }
        return {name for name, there in found.items() if there and name != without} | (extra or set())

    return answer


def tuned(rates=2):
    return {"lr_a": 0.1, "lr_b": 0.2} if rates == 2 else [0.1, 0.2]


@functools.cache
def score(lr, seed):
    rng = np.random.default_rng(seed)
    w = rng.normal(size=5)
    for _ in range(20):
        w = w - lr * (w + rng.normal(size=5))
    return float(w @ w)


DECLARED = {"statement": "a ends lower than b", "unit": "loss", "side": "below", "n": 20,
            "first_seed": 5000, "margin": 0.01, "tuned": tuned}


def own(measure=lambda seed, lr_a, lr_b: score(lr_a, seed) - score(lr_b, seed), **changes):
    """Return an answer to 34.4 with one feature changed."""
    settings = DECLARED | changes

    def difference(seed, **rates):
        return measure(seed, **rates)

    statement = settings.pop("statement")
    return claim("34", statement, **settings)(difference)


def undeclared(seed, lr_a=0.1, lr_b=0.2):
    return score(lr_a, seed) - score(lr_b, seed)


def unseeded(seed, lr_a, lr_b):
    return float(np.random.default_rng().normal())


def slow(seed, lr_a, lr_b):
    import time

    time.sleep(0.1)
    return score(lr_a, seed)


RIGHT = {
    nb34.stops_at: [stop(), stop(interval=plain(exact, 1))],
    nb34.seeds_needed: [seeds(), lambda s, reach: next(
        n for n in range(2, 10_000) if exact(n) * s / math.sqrt(n) <= reach)],
    nb34.objections: [reading(), lambda report: sorted(reading()(report))],
    nb34.my_claim: [own(), own(side="tie"), own(lambda seed, lr_a, lr_b: np.float32(seed))],
}
WRONG = [
    (nb34.stops_at, stop(shift=-1), "counts from 0"),
    (nb34.stops_at, once, "looks once"),
    (nb34.stops_at, stop(least=2), "begin with `least`"),
    (nb34.stops_at, stop(last=0), "goes up to len(d)"),
    (nb34.stops_at, stop(finding=lambda low, high: low > 0), "below 0 is a finding"),
    (nb34.stops_at, stop(finding=lambda low, high: high < 0), "above 0 is a finding"),
    (nb34.stops_at, stop(finding=lambda low, high: low <= 0 <= high), "0 lies inside"),
    (nb34.stops_at, stop(interval=plain(lambda n: 1.96, 1)), "normal 1.96"),
    (nb34.stops_at, stop(interval=plain(exact, 0)), "ddof=1"),
    (nb34.stops_at, lambda d, least: least, "first leaves 0 out at"),
    (nb34.stops_at, lambda d, least: "never", "or None"),
    (nb34.stops_at, overwriting, "it changed the differences"),
    (nb34.seeds_needed, seeds(shift=-1), "one seed fewer"),
    (nb34.seeds_needed, seeds(shift=1), "smallest n"),
    (nb34.seeds_needed, seeds(quantile=lambda n: 1.96), "normal 1.96"),
    (nb34.seeds_needed, lambda s, reach: (1.96 * s / reach) ** 2, "n is whole"),
    (nb34.seeds_needed, seeds(power=1), "not s / n"),
    (nb34.seeds_needed, seeds(width=0.5), "half of it"),
    (nb34.seeds_needed, lambda s, reach: math.ceil((s / reach) ** 2), "quantile is missing"),
    (nb34.seeds_needed, seeds(quantile=lambda n: student.ppf(0.95, n - 1)), "5 % at each end"),
    (nb34.seeds_needed, seeds(quantile=lambda n: exact(n + 1)), "n - 1 degrees"),
    (nb34.seeds_needed, lambda s, reach: 20, "smallest n"),
    (nb34.seeds_needed, lambda s, reach: [20], "one whole number"),
    (nb34.objections, reading(few=20), "does not deserve the objection 'too few seeds'"),
    (nb34.objections, reading(few=11), "needs the objection 'too few seeds'"),
    (nb34.objections, reading(fresh="all"), "needs the objection 'seeds not fresh'"),
    (nb34.objections, reading(margin="zero"), "does not deserve the objection 'no margin'"),
    (nb34.objections, reading(extra={"no margin"}), "does not deserve"),
    (nb34.objections, lambda report: set(), "needs the objection"),
    (nb34.objections, lambda report: "no margin", "a set of objections"),
    (nb34.objections, lambda report: {"too slow"}, "none of the six"),
    *[(nb34.objections, reading(without=name), f"needs the objection '{name}'")
      for name in nb34.OBJECTIONS],
    (nb34.my_claim, undeclared, "not declared"),
    (nb34.my_claim, own(tuned=None), "nothing is tuned"),
    (nb34.my_claim, own(tuned=lambda: tuned(1)), "must return a dict"),
    (nb34.my_claim, own(unseeded), "another number the second time"),
    (nb34.my_claim, own(lambda seed, lr_a, lr_b: lr_a - lr_b), "twenty seeds are one"),
    (nb34.my_claim, own(lambda seed, lr_a, lr_b: math.inf), "one finite number"),
    (nb34.my_claim, own(lambda seed, lr_a, lr_b: [1.0]), "one finite number"),
    (nb34.my_claim, own(slow, n=5000), "make the runs shorter"),
    (nb34.my_claim, own(margin=0.0), "no margin is declared"),
    (nb34.my_claim, own(lambda seed, lr: lr), "it stopped with TypeError"),
]
