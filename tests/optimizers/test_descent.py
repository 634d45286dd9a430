"""`minimize` against paths known in closed form; batches against single runs bit for bit;
divergence as a record.
"""
import warnings

import numpy as np
import pytest

from course_lib import landscapes
from course_lib.optimizers import schedules
from course_lib.optimizers.descent import fewest_steps, minimize, settled
from course_lib.optimizers.rules import STEPS

BOWL = landscapes.quadratic([1.0, 10.0])


def test_gradient_descent_on_a_quadratic_is_a_geometric_sequence():
    run = minimize(BOWL, [3.0, -2.0], "sgd", lr=0.15, n_steps=30)
    factors = (1 - 0.15 * np.array([1.0, 10.0])) ** np.arange(31)[:, None]
    expected = factors * [3.0, -2.0]
    np.testing.assert_allclose(run.w, expected, rtol=1e-12)
    np.testing.assert_allclose(
        run.loss, 0.5 * expected[:, 0] ** 2 + 5 * expected[:, 1] ** 2, rtol=1e-12
    )
    np.testing.assert_allclose(
        run.grad_norm, np.hypot(expected[:, 0], 10 * expected[:, 1]), rtol=1e-12
    )
    assert run.n_steps == 30 and (run.final == run.w[-1]).all() and run.diverged_at is None


def test_a_schedule_is_asked_for_every_step_from_one():
    asked = []

    def schedule(t):
        asked.append(t)
        return 0.5 / t

    run = minimize(lambda w: (0.5 * (w**2).sum(-1), w), [1.0], "sgd", lr=schedule, n_steps=4)
    assert asked == [1, 2, 3, 4]
    np.testing.assert_allclose(
        run.w[:, 0], np.cumprod([1, 0.5, 1 - 0.25, 1 - 0.5 / 3, 1 - 0.125]), rtol=1e-15
    )
    same = minimize(BOWL, [1.0, 1.0], "sgd", lr=schedules.constant(0.1), n_steps=5)
    assert (same.w == minimize(BOWL, [1.0, 1.0], "sgd", lr=0.1, n_steps=5).w).all()


def test_hyper_parameters_and_functions_reach_the_rule():
    by_name = minimize(BOWL, [1.0, 1.0], "momentum", lr=0.05, beta=0.5, n_steps=20)
    w, v = np.array([1.0, 1.0]), 0.0
    for _ in range(20):
        v = 0.5 * v + np.array([1.0, 10.0]) * w
        w = w - 0.05 * v
    np.testing.assert_allclose(by_name.final, w, rtol=1e-12)
    assert (
        minimize(BOWL, [1.0, 1.0], STEPS["momentum"], lr=0.05, beta=0.5, n_steps=20).w == by_name.w
    ).all()
    assert (
        by_name.state["v"]
        == minimize(BOWL, [1, 1], "momentum", lr=0.05, beta=0.5, n_steps=20).state["v"]
    ).all()


@pytest.mark.parametrize("name", STEPS)
@pytest.mark.parametrize(
    "landscape",
    [
        landscapes.ROSENBROCK,
        landscapes.X_COS,
        landscapes.quadratic([1.0, 30.0], 0.6),
        landscapes.quadratic(np.geomspace(1, 30, 20)),
    ],
    ids=lambda x: f"{x.name}{x.n}",
)
def test_run_i_of_a_batch_is_that_run_alone_bit_for_bit(name, landscape):
    rng = np.random.default_rng(0)
    starts = rng.uniform(-1, 1, (7, landscape.n))
    rates = np.geomspace(1e-4, 0.2, 7)[:, None]  # some diverge
    batch = minimize(landscape, starts, name, lr=rates, n_steps=60)
    diverged = 0
    for i in range(7):
        alone = minimize(landscape, starts[i], name, lr=float(rates[i, 0]), n_steps=60)
        last = len(alone.w)
        assert (batch.w[:last, i] == alone.w).all() and (batch.loss[:last, i] == alone.loss).all()
        assert (batch.grad_norm[:last, i] == alone.grad_norm).all()
        assert batch.diverged_at[i] == (-1 if alone.diverged_at is None else alone.diverged_at)
        assert np.isnan(batch.w[last:, i]).all()
        diverged += alone.diverged_at is not None
    assert diverged > 0 or name not in ("sgd", "momentum") or landscape is landscapes.X_COS


def test_a_diverging_run_stops_with_a_record_and_without_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run = minimize(
            BOWL, [1.0, 1.0], "sgd", lr=0.3, n_steps=1000
        )  # factor -2 on the second axis
        quartic = minimize(landscapes.QUARTIC, [10.0, 0.0], "sgd", lr=1.0, n_steps=1000)
    assert run.diverged_at == 27 and run.n_steps == 26  # 2^27 is the first power beyond 1e8
    assert np.isfinite(run.w).all() and np.isfinite(run.loss).all()
    assert quartic.diverged_at == 2  # 10, about -4e3, 2.5e11


def test_a_batch_goes_on_when_one_of_its_runs_diverges():
    run = minimize(BOWL, [[1.0, 1.0], [1.0, 1.0]], "sgd", lr=np.array([[0.3], [0.1]]), n_steps=40)
    assert run.diverged_at.tolist() == [27, -1]
    assert np.isnan(run.w[27:, 0]).all() and run.n_steps == 40
    np.testing.assert_allclose(run.final[1], [0.9**40, 0.0], rtol=1e-12, atol=1e-12)


def test_it_stops_at_the_first_gradient_within_the_tolerance():
    run = minimize(landscapes.quadratic([1.0]), [1.0], "sgd", lr=0.5, n_steps=100, tol=0.01)
    assert run.n_steps == 7 and run.grad_norm[-1] <= 0.01 < run.grad_norm[-2]  # 2^-7 = 0.0078
    assert minimize(BOWL, [0.0, 0.0], "adam", lr=0.1, n_steps=5).n_steps == 0
    assert minimize(BOWL, [0.0, 0.0], "adam", lr=0.1, n_steps=5, tol=None).n_steps == 5


def test_the_path_need_not_be_kept():
    kept = minimize(BOWL, [1.0, 1.0], "adam", lr=0.1, n_steps=9)
    last = minimize(BOWL, [1.0, 1.0], "adam", lr=0.1, n_steps=9, keep_path=False)
    assert (
        last.w.shape == (1, 2)
        and (last.final == kept.final).all()
        and (last.loss == kept.loss).all()
    )


def test_the_start_is_not_changed():
    start = np.array([1.0, 1.0])
    minimize(BOWL, start, "sgd", lr=0.1, n_steps=3)
    assert start.tolist() == [1.0, 1.0]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"w": [1.0, np.nan]}, "the start must be finite, got NaN"),
        ({"w": 1.0}, r"the start must have shape \(n,\) or \(runs, n\), got \(\)"),
        ({"w": [1.0, 2.0, 3.0]}, r"quadratic takes points of shape \(\.\.\., 2\), got \(3,\)"),
        ({"lr": -0.1}, "sgd: lr must be finite and not negative, got -0.1"),
        ({"n_steps": 2.5}, "n_steps must be a whole number"),
        ({"n_steps": -1}, "n_steps must be a whole number of at least 0, got -1"),
        ({"step": "sdg"}, "no update rule is called 'sdg'"),
        (
            {"fun": lambda w: (1.0, w[:1])},
            r"fun must return \(loss, grad\) of shapes \(\) and \(2,\), got \(\) and \(1,\)",
        ),
    ],
)
def test_wrong_input_is_named(arguments, message):
    given = {"fun": BOWL, "w": [1.0, 1.0], "step": "sgd", "lr": 0.1, "n_steps": 3} | arguments
    with pytest.raises(ValueError, match=message):
        minimize(**given)


def test_a_mistyped_hyper_parameter_is_a_type_error():
    with pytest.raises(TypeError, match="momentum does not know 'betta'"):
        minimize(BOWL, [1.0, 1.0], "momentum", lr=0.1, betta=0.5, n_steps=3)


def test_settled_counts_the_steps_until_the_loss_stays_low():
    loss = np.array([[9, 9, 0, 9], [0, 9, 0, 9], [9, 0, 0, 9], [0, 0, 0, np.nan]])
    assert settled(loss, target=1).tolist() == [3, 2, 0, np.inf]
    assert settled(loss, target=np.array([9, 0, -1, 9])).tolist() == [0, 2, np.inf, np.inf]
    assert settled(loss[:, 0], target=1) == 3


def bowl(w):
    return 0.5 * (w * w).sum(-1), w


@pytest.mark.parametrize(("change", "fault", "said"), [
    ({"fun": None}, TypeError, r"fun must be a function w -> \(loss, grad\), got None"),
    ({"fun": lambda w: 1.0}, TypeError, r"fun must return \(loss, grad\), got 1.0"),
    ({"fun": lambda w: (1.0, [1.0, 1.0])}, TypeError, "its gradient as an array, got"),
    ({"w": "a"}, TypeError, "the start must hold numbers"),
    ({"w": None}, TypeError, "the start must hold numbers"),
    ({"w": [1j, 2.0]}, TypeError, "the start must hold real numbers, got complex ones"),
    ({"w": []}, ValueError, r"the start must have shape \(n,\) or \(runs, n\), got \(0,\)"),
    ({"step": None}, ValueError, "no update rule is called None"),
    ({"lr": None}, TypeError, "sgd: lr must be a number or an array of numbers, .* got None"),
    ({"lr": "0.1"}, TypeError, "sgd: lr must be a number or an array of numbers, .* got '0.1'"),
    ({"n_steps": None}, TypeError, "n_steps must be a whole number of at least 0, got None"),
    ({"tol": "a"}, TypeError, "tol must be a number, finite and not negative, got 'a'"),
    ({"tol": float("nan")}, ValueError, "tol must be finite and not negative, got nan")])
def test_wrong_types_are_named(change, fault, said):
    given = {"fun": bowl, "w": [1.0, 2.0], "step": "sgd", "lr": 0.1, "n_steps": 2}
    with pytest.raises(fault, match=said) as caught:
        minimize(**given | change)
    assert "\n" not in str(caught.value)


def test_settled_takes_lists():
    assert settled([9.0, 0.1, 9.0, 0.2, 0.1], 1.0) == 3


def steps_one_by_one(fun, start, step, lr, target, n_steps):
    loss = minimize(fun, start, step, lr=lr, n_steps=n_steps, tol=None).loss
    stays = [t for t in range(n_steps + 1) if (loss[t:] <= target).all()]
    return stays[0] if stays and len(loss) == n_steps + 1 else np.inf


@pytest.mark.parametrize("step", ["sgd", "momentum", "adam"])
def test_fewest_steps_are_those_of_the_rate_that_serves_the_slowest_start(step):
    starts, rates = np.array([[1.0, 0.0], [0.1, 1.0], [3.0, -1.0]]), np.array([0.02, 0.1, 0.15, 0.19, 0.5])
    lr, steps = fewest_steps(BOWL, starts, step, target=0.01, rates=rates, n_steps=150)
    table = [[steps_one_by_one(BOWL, w, step, rate, 0.01, 150) for w in starts] for rate in rates]
    best = min(range(5), key=lambda k: max(table[k]))
    assert lr == rates[best] and steps.tolist() == table[best]


def test_fewest_steps_are_infinite_where_a_start_never_settles():
    lr, steps = fewest_steps(BOWL, [[1.0, 0.0], [0.0, 0.0]], "sgd", target=1e-9, rates=[1e-6], n_steps=5)
    assert lr == 1e-6 and steps.tolist() == [np.inf, 0]


@pytest.mark.parametrize(("starts", "rates"), [([1.0, 2.0], [0.1]), ([[1.0, 2.0]], 0.1), (np.zeros((0, 2)), [0.1])])
def test_fewest_steps_want_a_table_of_starts_and_a_list_of_rates(starts, rates):
    with pytest.raises(ValueError, match=r"starts must have shape \(k, n\) and rates \(m,\)"):
        fewest_steps(BOWL, starts, "sgd", target=1.0, rates=rates)
