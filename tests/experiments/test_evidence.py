"""The ledger: its rows are those of the declared claims, its words follow from its numbers, and one
seed of each claim is run again.
"""
import importlib
import inspect
import json
import sys
import types

import numpy as np
import pytest
from scipy import stats

from course_lib.data import load_mnist, load_results
from course_lib.experiments import ledger
from course_lib.experiments.claims import claim, claims_in, protocol
from course_lib.experiments.comparison import t_interval, t_test_p
from course_lib.experiments.ledger import judged, row, verdict
from experiments import evidence as script

CLAIMS = script.declared()
ROWS = {r["name"]: r for r in load_results("evidence")["rows"]}


def made(values, **changes):
    """Return a claim that measures the given values, one a seed."""
    settings = {"unit": "points", "side": "below", "n": len(values), "first_seed": 0} | changes

    @claim("01", "a is lower than b", **settings)
    def difference(seed):
        return values[seed - settings["first_seed"]]

    return difference.claim


def judge(values, **changes):
    return judged([row(made(values, **changes), values, {})])[0]


SPREAD = np.linspace(-1, 1, 20)


@pytest.mark.parametrize(("values", "changes", "word"), [
    (SPREAD - 1, {}, "holds"),
    (SPREAD + 1, {}, "fails"),
    (SPREAD + 1, {"side": "above"}, "holds"),
    (SPREAD - 0.2, {}, "undecided"),
    (SPREAD - 0.2, {"margin": 0.4}, "undecided"),
    (SPREAD - 0.2, {"margin": 0.5}, "tie"),
    (SPREAD / 100 - 0.2, {"margin": 0.5}, "tie"),  # a difference that does not matter, however sure
    (SPREAD, {"side": "tie", "margin": 0.5}, "tie"),
    (SPREAD, {"side": "tie", "margin": 0.1}, "undecided"),
    (SPREAD + 2, {"side": "tie", "margin": 0.5}, "fails"),
])
def test_the_word_follows_from_the_interval(values, changes, word):
    assert judge(values, **changes)["verdict"] == word


def test_a_family_is_corrected_as_a_whole():
    values = SPREAD - 0.3  # p = 0.038 alone
    alone = judge(values)
    assert alone["verdict"] == "holds" and 0.025 < alone["p"] < 0.05
    others = [
        row(made(SPREAD), SPREAD, {}) | {"name": f"other {k}", "family": "all"} for k in range(3)
    ]
    in_family = judged([row(made(values, family="all"), values, {}), *others])[0]
    assert in_family["verdict"] == "undecided" and in_family["p_holm"] == pytest.approx(
        4 * alone["p"], rel=1e-3
    )


@pytest.mark.parametrize("n", [5, 40])
def test_student_s_interval_and_p_are_scipy_s(n):
    d = np.random.default_rng(n).normal(0.3, 1, n)
    theirs = stats.ttest_1samp(d, 0)
    low, high = theirs.confidence_interval(0.9)
    assert t_interval(d, level=0.9) == pytest.approx((d.mean(), low, high), rel=1e-12)
    assert t_test_p(d) == pytest.approx(theirs.pvalue, rel=1e-9)
    assert t_test_p(np.zeros(n)) == 1.0 and t_test_p(np.ones(n)) == 0.0


@pytest.mark.parametrize(("changes", "said"), [
    ({"n": 11}, "at least 12"),
    ({"side": "lower"}, "side must be one of below, above, tie"),
    ({"side": "tie"}, "a tie needs a positive margin"),
    ({"margin": -1.0}, "margin must be finite and not negative"),
])
def test_a_claim_is_declared_whole(changes, said):
    with pytest.raises(ValueError, match=said):
        made(SPREAD, **changes)


def test_a_number_that_is_not_finite_names_claim_and_seed():
    values = np.where(np.arange(20) == 3, np.inf, 0.0)
    with pytest.raises(ValueError, match="difference gave inf on seed 103"):
        row(made(values, first_seed=100), values, {})


SOURCE = '''
from course_lib.experiments.claims import claim
SCALE = {scale}
def helper(seed):
    """{doc}"""
    return SCALE * seed
def stranger(seed):
    return {stranger}
UNIT = "{unit}"
@claim("01", "{words}", unit=UNIT, side="below", n={n})
def difference(seed):
    return helper(seed)
'''


def digest(tmp_path, monkeypatch, **changes):
    settings = {"scale": 2, "doc": "Help.", "stranger": 1, "words": "a is lower", "n": 20,
                "unit": "points"} | changes
    name = f"claims_{tmp_path.name}_{len(list(tmp_path.iterdir()))}"
    (tmp_path / f"{name}.py").write_text(SOURCE.format(**settings))
    monkeypatch.syspath_prepend(tmp_path)
    return protocol(__import__(name).difference.claim)


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"scale": 3}, False),
        ({"n": 21}, False),
        ({"doc": "Otherwise."}, True),
        ({"stranger": 2}, True),
        ({"words": "b is higher"}, True),
        ({"unit": "steps"}, True),
    ],
)
def test_the_protocol_is_the_code_behind_a_claim(tmp_path, monkeypatch, change, same):
    assert (digest(tmp_path, monkeypatch) == digest(tmp_path, monkeypatch, **change)) == same


HELPER = """
import functools
LIMIT = {limit}
@functools.cache
def doubled(x):
    return LIMIT * x
def stranger():
    return {stranger}
"""
USER = """
import {package}.helper
from {package}.helper import doubled
from {package} import helper
from course_lib.experiments.claims import claim
@claim("01", "a is lower", unit="points", side="below", n=20)
def by_name(seed):
    return doubled(seed)
@claim("01", "a is lower", unit="points", side="below", n=20)
def by_module(seed):
    return helper.doubled(seed)
"""


def digests(tmp_path, monkeypatch, limit=2, stranger=1):
    package = f"package_{len(list(tmp_path.iterdir()))}"
    (tmp_path / package).mkdir()
    (tmp_path / package / "__init__.py").write_text("")
    (tmp_path / package / "helper.py").write_text(HELPER.format(limit=limit, stranger=stranger))
    (tmp_path / package / "user.py").write_text(USER.format(package=package))
    monkeypatch.syspath_prepend(tmp_path)
    user = importlib.import_module(f"{package}.user")
    return [protocol(made.claim) for made in (user.by_name, user.by_module)]


def test_the_code_behind_a_claim_is_followed_into_the_other_modules_of_its_folder(tmp_path, monkeypatch):
    before = digests(tmp_path, monkeypatch)
    assert digests(tmp_path, monkeypatch, stranger=5) == before
    assert all(a != b for a, b in zip(digests(tmp_path, monkeypatch, limit=3), before, strict=True))


OLD = row(made(SPREAD), SPREAD, {}) | {"protocol": "of other code"}


def renew(monkeypatch, values=SPREAD, old=OLD, **changes):
    monkeypatch.setattr(script, "complete", lambda made, n_jobs: row(made, values, {}))
    return script.renewed(made(SPREAD, **changes), old, 1)


def test_a_claim_that_has_its_row_is_up_to_date():
    assert script.up_to_date(made(SPREAD), row(made(SPREAD), SPREAD, {}))
    assert not script.up_to_date(made(SPREAD), None) and not script.up_to_date(made(SPREAD), OLD)


@pytest.mark.parametrize("values", [SPREAD + 1e-3, SPREAD[::-1], -SPREAD])
def test_other_numbers_on_seeds_that_were_seen_are_refused(monkeypatch, values):
    with pytest.raises(SystemExit, match="seeds 0 to 19 were seen: declare a first_seed above 19"):
        renew(monkeypatch, values)


@pytest.mark.parametrize("changes", [{"first_seed": 19}, {"margin": 0.1}, {"side": "above"}, {"n": 19}])
def test_another_declaration_on_seeds_that_were_seen_is_refused_before_it_runs(monkeypatch, changes):
    monkeypatch.setattr(script, "complete", lambda made, n_jobs: 1 / 0)
    with pytest.raises(SystemExit, match="declare a first_seed above 19"):
        script.renewed(made(SPREAD, **changes), OLD, 1)


def test_code_that_was_only_written_anew_keeps_its_seeds(monkeypatch):
    kept = renew(monkeypatch, SPREAD + 1e-6)
    assert kept["values"] == SPREAD.tolist() and kept["protocol"] == protocol(made(SPREAD))
    assert renew(monkeypatch, SPREAD + 1, first_seed=20)["values"] == (SPREAD + 1).tolist()
    assert renew(monkeypatch, SPREAD + 1, old=None)["values"] == (SPREAD + 1).tolist()


def test_a_setting_that_changed_is_refused(monkeypatch):
    old = OLD | {"tuned": {"lr": 0.1}}
    monkeypatch.setattr(script, "complete", lambda made, n_jobs: row(made, SPREAD, {"rate": 0.2}))
    with pytest.raises(SystemExit, match="declare a first_seed"):
        script.renewed(made(SPREAD), old, 1)


def test_two_claims_of_one_name_are_told_apart():
    one, other = (
        types.SimpleNamespace(f=types.SimpleNamespace(claim=made(SPREAD))) for _ in range(2)
    )
    with pytest.raises(ValueError, match="two claims are called difference"):
        claims_in([one, other])
    assert list(claims_in([one, one])) == ["difference"]


def test_the_ledger_is_that_of_the_declared_claims():
    assert list(ROWS) and set(ROWS) == set(CLAIMS), "run: make evidence"
    for name, r in ROWS.items():
        assert r["protocol"] == protocol(CLAIMS[name]), f"{name} has changed: run make evidence"
        assert script.described(CLAIMS[name], r) == r and len(r["values"]) == r["n"]


def test_words_and_numbers_of_the_ledger_agree():
    fresh = [row(CLAIMS[name], r["values"], r["tuned"]) for name, r in ROWS.items()]
    assert judged(fresh) == list(ROWS.values())


def on_mnist(made):
    """Return whether the module of a claim, or one of the claims' modules that it uses, loads MNIST.
    """
    module = sys.modules[made.measure.__module__]
    used = [value for value in vars(module).values() if isinstance(value, types.ModuleType)]
    helpers = {getattr(value, "__module__", "") for value in vars(module).values()}
    names = {module.__name__, *(m.__name__ for m in used), *helpers}
    ours = [sys.modules[name] for name in names if str(name).startswith("experiments.claims.")]
    return any("load_mnist" in inspect.getsource(m) for m in ours)


@pytest.mark.parametrize("name", CLAIMS)
def test_one_seed_of_a_claim_gives_the_saved_number(name):
    if on_mnist(CLAIMS[name]) and load_mnist().name != "mnist":
        pytest.skip("needs the real MNIST images")
    r = ROWS[name]
    value = script.measure(name, r["first_seed"], r["tuned"])["value"]
    assert value == pytest.approx(r["values"][0], rel=1e-3, abs=1e-4)


def test_a_run_writes_the_ledger_and_a_second_one_measures_nothing(tmp_path, monkeypatch, capsys):
    calls = []

    @claim("01", "a is lower than b", unit="points", side="below", n=12, first_seed=5)
    def lower(seed):
        calls.append(seed)
        return seed - 100.0

    monkeypatch.setattr(script, "declared", lambda: {"lower": lower.claim})
    monkeypatch.setattr(script, "results_path", lambda name: tmp_path / f"{name}.json")
    monkeypatch.setattr(
        script, "load_results", lambda name: json.loads((tmp_path / f"{name}.json").read_text())
    )
    monkeypatch.setattr(script, "KEPT", tmp_path / "kept")
    script.main(["--jobs", "1"])
    text = (tmp_path / "evidence.json").read_text()
    script.main(["--jobs", "1"])
    assert (tmp_path / "evidence.json").read_text() == text and calls == list(range(5, 17))
    assert json.loads(text)["rows"][0]["verdict"] == "holds"
    assert "01 holds" in capsys.readouterr().out


def test_show_evidence_prints_the_row(monkeypatch, capsys):
    monkeypatch.setattr(ledger, "_ledger", lambda: {"difference": judge(SPREAD - 1)})
    ledger.show_evidence("difference")
    assert capsys.readouterr().out == (
        "a is lower than b: holds\n"
        "  mean -1, 95 % interval -1.29 to -0.709 (points)\n"
        "  20 times (seed), 95% of them below 0\n")
    with pytest.raises(ValueError, match="no claim 'x'; it has difference"):
        ledger.evidence("x")


def test_verdict_needs_the_corrected_p():
    assert verdict(low=-2.0, high=-1.0, side="below", margin=0.0, p_holm=0.051) == "undecided"


@pytest.mark.parametrize("low, high, side, margin, p_holm, word", [
    (-2.0, -1.0, "below", 0.0, 0.05, "holds"),       # 5 per cent, or less
    (-0.5, 0.5, "below", 0.5, 0.9, "tie"),           # the margin belongs to the tie
    (-0.5, 0.51, "below", 0.5, 0.9, "undecided"),
    (0.51, 0.9, "tie", 0.5, 0.001, "fails"),
    (0.5, 0.9, "tie", 0.5, 0.001, "undecided"),
    (-1.0, 0.0, "below", 0.0, 0.01, "undecided"),    # an interval that touches 0
    (0.0, 1.0, "above", 0.0, 0.01, "undecided"),
])
def test_the_word_at_the_edges(low, high, side, margin, p_holm, word):
    found = verdict(low=low, high=high, side=side, margin=margin, p_holm=p_holm)
    assert found == word
