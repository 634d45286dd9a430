"""Schedules against Keras, PyTorch and hand-computed values; composition; Python floats; bad input.
"""
import numpy as np
import pytest

from course_lib.optimizers.schedules import (
    chain,
    constant,
    cosine,
    exponential,
    inverse_root,
    inverse_time,
    one_cycle,
    polynomial,
    reduce_on_plateau,
    restarts,
    step,
    warmup,
    warmup_stable_decay,
)

T = range(1, 60)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (
            step(0.4, n_steps=7, factor=0.3),
            ("ExponentialDecay", {"decay_steps": 7, "decay_rate": 0.3, "staircase": True}),
        ),
        (
            exponential(0.4, n_steps=7, factor=0.3),
            ("ExponentialDecay", {"decay_steps": 7, "decay_rate": 0.3}),
        ),
        (inverse_time(0.4, n_steps=7), ("InverseTimeDecay", {"decay_steps": 7, "decay_rate": 1.0})),
        (
            polynomial(0.4, n_steps=37, lr_min=0.1, power=1.5),
            ("PolynomialDecay", {"decay_steps": 37, "end_learning_rate": 0.1, "power": 1.5}),
        ),
        (cosine(0.4, n_steps=37, lr_min=0.1), ("CosineDecay", {"decay_steps": 37, "alpha": 0.25})),
        (
            restarts(0.4, n_steps=8, lr_min=0.1),
            ("CosineDecayRestarts", {"first_decay_steps": 8, "t_mul": 1.0, "alpha": 0.25}),
        ),
        (
            restarts(0.4, n_steps=8, lr_min=0.1, growth=2),
            ("CosineDecayRestarts", {"first_decay_steps": 8, "alpha": 0.25}),
        ),
    ],
    ids=[
        "step",
        "exponential",
        "inverse_time",
        "polynomial",
        "cosine",
        "restarts",
        "growing restarts",
    ],
)
def test_schedules_are_those_of_keras(ours, theirs):
    from course_lib.frameworks.tensorflow_quietly import import_tensorflow
    import_tensorflow()
    import keras
    name, arguments = theirs
    schedule = getattr(keras.optimizers.schedules, name)(0.4, **arguments)
    np.testing.assert_allclose([ours(t) for t in T], [float(schedule(t - 1)) for t in T], rtol=2e-6)


@pytest.mark.torch
def test_schedules_are_those_of_pytorch():
    torch = pytest.importorskip("torch")
    schedulers = torch.optim.lr_scheduler
    for ours, make in [
        (step(0.4, 7, 0.3), lambda o: schedulers.StepLR(o, 7, gamma=0.3)),
        (exponential(0.4, 1, 0.9), lambda o: schedulers.ExponentialLR(o, gamma=0.9)),
        (polynomial(0.4, 37, power=1.5), lambda o: schedulers.PolynomialLR(o, 37, power=1.5)),
        (
            restarts(0.4, 8, 0.1, growth=3),
            lambda o: schedulers.CosineAnnealingWarmRestarts(o, 8, 3, eta_min=0.1),
        ),
        (
            one_cycle(0.4, 59, warm=0.4, start=0.1, end=0.001),
            lambda o: schedulers.OneCycleLR(
                o, 0.4, 59, pct_start=0.4, div_factor=10, final_div_factor=100
            ),
        ),
        (one_cycle(0.4, 59), lambda o: schedulers.OneCycleLR(o, 0.4, 59)),
    ]:
        optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.4)
        scheduler, theirs = make(optimizer), []
        for _ in T:
            theirs.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            scheduler.step() if len(theirs) < len(T) else None
        np.testing.assert_allclose([ours(t) for t in T], theirs, rtol=1e-9)


def test_step_and_exponential_agree_where_the_step_falls():
    stairs, smooth = step(0.5, 4, 0.25), exponential(0.5, 4, 0.25)
    assert [stairs(t) for t in (1, 4, 5, 8, 9)] == [0.5, 0.5, 0.125, 0.125, 0.03125]
    assert [smooth(t) for t in (1, 3, 5, 9)] == [0.5, 0.25, 0.125, 0.03125]


def test_polynomial_and_inverse_time_by_hand():
    assert [polynomial(1.0, 4, lr_min=0.5)(t) for t in (1, 2, 3, 5, 99)] == [
        1.0,
        0.875,
        0.75,
        0.5,
        0.5,
    ]
    assert [inverse_time(0.6, 5)(t) for t in (1, 6, 11, 46)] == pytest.approx([0.6, 0.3, 0.2, 0.06])


def test_restarts_begin_at_the_top_each_time_and_grow():
    schedule = restarts(
        1.0, n_steps=2, lr_min=0.5, growth=3
    )  # cycles of 2, 6, 18 steps begin at t = 1, 3, 9, 27
    assert [t for t in range(1, 28) if schedule(t) == 1.0] == [1, 3, 9, 27]
    assert [schedule(t) for t in (2, 6, 18)] == pytest.approx([0.75, 0.75, 0.75])
    same = restarts(1.0, n_steps=4)
    once = [cosine(1.0, 4)(t) for t in range(1, 5)]
    assert [same(t) for t in range(1, 5)] == [same(t + 4 * 1000) for t in range(1, 5)] == once


def test_one_cycle_by_hand():
    schedule = one_cycle(2.0, n_steps=9, warm=5 / 9, start=0.5, end=0.25)  # peak at t = 5
    assert [schedule(t) for t in (1, 3, 5, 7, 9, 10, 99)] == pytest.approx(
        [1.0, 1.5, 2.0, 1.25, 0.5, 0.5, 0.5]
    )


def test_chain_hands_each_schedule_its_own_first_step():
    inner = cosine(0.3, n_steps=5)
    schedule = chain(warmup(0.3, 4), 4, chain(0.3, 3, inner))
    assert [schedule(t) for t in range(1, 8)] == pytest.approx(
        [0.075, 0.15, 0.225, 0.3, 0.3, 0.3, 0.3]
    )
    assert [schedule(7 + t) for t in range(1, 9)] == [inner(t) for t in range(1, 9)]


def test_cosine_by_hand():
    schedule = cosine(2.0, n_steps=6, lr_min=1.0)  # cos 0, 60, 120, 180 degrees at t = 1, 3, 5, 7
    assert [schedule(t) for t in (1, 3, 5, 7, 700)] == pytest.approx(
        [2.0, 1.75, 1.25, 1.0, 1.0], rel=1e-15
    )


def test_warmup_climbs_then_hands_over_the_first_step_of_what_it_wraps():
    inner = cosine(1.0, n_steps=10)
    schedule = warmup(inner, n_warmup=5)
    assert [schedule(t) for t in range(1, 6)] == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0])
    assert [schedule(5 + t) for t in range(1, 12)] == [inner(t) for t in range(1, 12)]


def test_warmup_of_a_number_and_of_a_warmup():
    assert [warmup(0.5, n_warmup=2)(t) for t in (1, 2, 3, 9)] == [0.25, 0.5, 0.5, 0.5]
    assert [warmup(warmup(0.8, 2), 2)(t) for t in (1, 2, 3, 4, 5)] == pytest.approx(
        [0.2, 0.4, 0.4, 0.8, 0.8]
    )


@pytest.mark.parametrize(
    "schedule",
    [
        constant(np.float64(0.1)),
        cosine(np.float32(0.1), 5),
        warmup(np.float64(0.1), 3),
        step(1, 2, np.float32(0.5)),
        exponential(1, 2, 3),
        inverse_time(np.float32(1), 2),
        polynomial(1, 3, 0, np.float64(2)),
        restarts(np.float64(1), 2, growth=2),
        one_cycle(np.float64(1), 8),
        chain(1, 2, np.float64(0.5)),
    ],
)
def test_rates_are_python_floats(schedule):
    assert all(type(schedule(t)) is float for t in (1, 2, 3, 4, 9))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: constant(-1), "lr must be finite and not negative, got -1"),
        (lambda: cosine(float("nan"), 5), "lr must be finite and not negative, got nan"),
        (lambda: cosine(0.1, 0), "n_steps must be a whole number of at least 1, got 0"),
        (lambda: cosine(0.1, 5, lr_min=-0.1), "lr_min must be finite and not negative, got -0.1"),
        (lambda: step(0.1, 0), "n_steps must be a whole number of at least 1, got 0"),
        (lambda: exponential(0.1, 5, factor=-2), "factor must be finite and not negative, got -2"),
        (lambda: inverse_time(0.1, 0), "n_steps must be a whole number"),
        (lambda: polynomial(0.1, 5, power=-1), "power must be finite and not negative, got -1"),
        (
            lambda: restarts(0.1, 5, growth=1.5),
            "growth must be a whole number of at least 1, got 1.5",
        ),
        (lambda: one_cycle(0.1, 3), r"warm \* n_steps must lie between 1 and n_steps = 3, got 0.9"),
        (
            lambda: one_cycle(0.1, 10, warm=1.0),
            r"warm \* n_steps must lie between 1 and n_steps = 10, got 10",
        ),
        (lambda: chain(-1, 5, 0.1), "lr must be finite and not negative, got -1"),
        (lambda: chain(0.1, 0, 0.1), "n_steps must be a whole number of at least 1, got 0"),
        (lambda: warmup(0.1, 2.5), "n_warmup must be a whole number of at least 1, got 2.5"),
    ],
)
def test_wrong_input_is_named(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_one_cycle_has_the_proportions_of_the_paper_as_pytorch_has_them():
    """A start 25 times below the top, reached after 0.3 of the steps, and an end 10 000 times
    below the start.
    """
    schedule = one_cycle(1.0, n_steps=100)
    assert schedule(30) == 1.0 == max(schedule(t) for t in range(1, 101))
    assert 1 / schedule(1) == pytest.approx(25)
    assert schedule(1) / schedule(100) == pytest.approx(10_000)


@pytest.mark.parametrize(("make", "name", "value"), [
    (lambda: constant("0.1"), "lr", "'0.1'"),
    (lambda: cosine(None, 5), "lr", "None"),
    (lambda: cosine(0.1, "5"), "n_steps", "'5'"),
    (lambda: cosine(0.1, True), "n_steps", "True"),
    (lambda: step(0.1, 5, [0.1]), "factor", r"\[0.1\]"),
    (lambda: one_cycle(0.1, 10, warm="a"), "warm", "'a'"),
    (lambda: warmup("cosine", 5), "lr", "'cosine'"),
    (lambda: warmup(0.1, None), "n_warmup", "None"),
    (lambda: chain(0.1, 5, None), "lr", "None")])
def test_wrong_types_are_named(make, name, value):
    with pytest.raises(TypeError, match=f"{name} must be a .* got {value}") as caught:
        make()
    assert "\n" not in str(caught.value)


def test_inverse_root_is_the_rate_of_attention_is_all_you_need():
    d_model, n_warmup = 512, 4000
    ours = inverse_root((d_model * n_warmup) ** -0.5, n_warmup)
    for t in (1, 7, 3999, 4000, 4001, 100_000):
        theirs = d_model**-0.5 * min(t**-0.5, t * n_warmup**-1.5)
        assert ours(t) == pytest.approx(theirs, rel=1e-12)


@pytest.mark.parametrize("n, up, down", [(100, 10, 20), (300, 30, 60), (7, 1, 1), (10, 5, 5)])
def test_warmup_stable_decay_is_a_trapezium(n, up, down):
    rate = warmup_stable_decay(0.8, n, warm=up / n, decay=down / n)
    corners = [0, up, n - down + 1, n + 1]  # the first rate of the fall is still the highest
    heights = [0, 0.8, 0.8, 0]
    t = np.arange(1, n + 2)
    assert np.allclose([rate(int(k)) for k in t], np.interp(t, corners, heights), atol=1e-12)
    assert rate(n + 50) == 0.0


@pytest.mark.parametrize("warm, decay", [(0.0, 0.2), (0.1, 0.001), (0.6, 0.5)])
def test_warmup_stable_decay_needs_room(warm, decay):
    with pytest.raises(ValueError, match="warm and decay must each leave a step of 10"):
        warmup_stable_decay(1.0, 10, warm=warm, decay=decay)


@pytest.mark.parametrize("seed", range(5))
def test_reduce_on_plateau_is_that_of_keras(seed):
    from course_lib.frameworks.tensorflow_quietly import import_tensorflow
    import_tensorflow()
    import keras

    losses = np.random.default_rng(seed).integers(0, 9, 40) * 1.0 + 10.0
    model = keras.Sequential([keras.layers.Input((1,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    model.optimizer.learning_rate = 0.8
    theirs = keras.callbacks.ReduceLROnPlateau(monitor="loss", factor=0.5, patience=3, min_delta=0)
    theirs.set_model(model)
    theirs.on_train_begin()
    schedule, tell = reduce_on_plateau(0.8, patience=3, factor=0.5)
    for epoch, loss in enumerate(losses):
        theirs.on_epoch_end(epoch, {"loss": loss})
        tell(loss)
        assert schedule(epoch) == pytest.approx(float(model.optimizer.learning_rate.numpy()), rel=1e-6)
