"""Nothing that a learner writes hangs or ends the kernel: limits of time and memory, on every thread."""
import signal
import sys
import threading
import time

import numpy as np
import pytest

from course_lib.checks import engine
from course_lib.checks.limits import TimeUp, within

HERE_AND_ELSEWHERE = pytest.mark.parametrize("way", ["the main thread", "another thread", "no alarm"])


def run(way, block, monkeypatch):
    """Return what `block` returned or raised, run on a thread or without the system's alarm."""
    if way == "no alarm":
        monkeypatch.delattr(signal, "setitimer", raising=False)
    ends = []

    def note():
        try:
            ends.append(block())
        except BaseException as error:
            ends.append(error)

    if way == "another thread":
        thread = threading.Thread(target=note)
        thread.start()
        thread.join(30)
        assert not thread.is_alive()
    else:
        note()
    return ends[0]


def endless():
    while True:
        pass


def stubborn():
    while True:
        try:  # noqa: SIM105
            time.perf_counter()
        except:  # noqa: E722  what a learner might write
            pass


@HERE_AND_ELSEWHERE
@pytest.mark.parametrize("loop", [endless, stubborn, lambda: sum(1 for _ in iter(int, 1)), lambda: [None for _ in iter(int, 1) if 0]])
def test_an_endless_loop_is_ended(monkeypatch, way, loop):
    def block():
        with within(0.3):
            loop()

    began = time.monotonic()
    assert isinstance(run(way, block, monkeypatch), TimeUp)
    assert 0.2 < time.monotonic() - began < 20


@HERE_AND_ELSEWHERE
def test_what_is_done_in_time_is_left_alone_and_nothing_comes_late(monkeypatch, way):
    def block():
        for _ in range(20):
            with within(0.05):
                pass
        time.sleep(0.3)
        return "done"

    assert run(way, block, monkeypatch) == "done"


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no alarm")
def test_what_waits_is_ended_and_the_old_handler_comes_back():
    before = signal.getsignal(signal.SIGALRM)
    with pytest.raises(TimeUp), within(0.2):
        time.sleep(60)
    assert signal.getsignal(signal.SIGALRM) is before


@pytest.mark.skipif(sys.platform != "linux", reason="the limit of memory is Linux' own")
def test_a_huge_array_is_a_memory_error_and_the_limit_goes_away():
    import resource

    before = resource.getrlimit(resource.RLIMIT_AS)
    with pytest.raises(MemoryError), within(20):
        np.ones((40_000, 40_000))
    assert resource.getrlimit(resource.RLIMIT_AS) == before
    with within(20):
        assert np.ones(10_000_000).sum() == 1e7


@pytest.fixture
def doubled(monkeypatch):
    monkeypatch.setattr(engine, "EXERCISES", {})

    @engine.exercise("99.1", "Double a number", hints=("a nudge", "a formula", "a line"), seconds=0.5)
    def doubled(mine):
        return None if float(mine(3)) == 6 else "it does not double"

    return doubled


def endless_recursion(x):
    return endless_recursion(x)


def leaves(x):
    sys.exit(x)


def swallows(x):
    while True:
        try:
            x = x + 1
        except Exception:
            x = 0


def generator(x):
    yield 2 * x


@pytest.mark.parametrize(("mine", "said"), [
    (lambda x: endless(), "it is still running after 0.5 seconds: does the loop always end?"),
    (swallows, "it is still running after 0.5 seconds"),
    (lambda x: time.sleep(60), "it is still running after 0.5 seconds"),
    (endless_recursion, "it calls itself again and again"),
    (leaves, "it ended Python with SystemExit"),
    (lambda x: np.ones((10**5, 10**5)), "it asks for more memory than there is"),
    (lambda x: print(end=""), "nothing came back: is a return missing?"),
    (generator, "what came back is a generator"),
    (lambda x: [[1], [2, 3]], "with parts of different lengths"),
    (lambda x: "six", "what came back is text"),
    (lambda x: 6j, "what came back is a complex number"),
    (lambda x: {"answer": 6}, "what came back is a dict of 1"),
])
def test_whatever_a_learner_writes_gets_one_sentence(doubled, mine, said):
    verdict = engine.judge(doubled, mine)
    assert verdict.status == "wrong" and said in verdict.message and "\n" not in verdict.message


def test_the_learner_s_own_stop_is_not_swallowed(doubled):
    def stopped(x):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        engine.judge(doubled, stopped)


def test_a_function_that_returns_something_once_is_not_told_that_nothing_came_back(monkeypatch):
    monkeypatch.setattr(engine, "EXERCISES", {})

    @engine.exercise("99.2", "Change a list", hints=("a", "b", "c"), returns=False)
    def in_place(mine):
        given = [1]
        mine(given)
        return None if given == [2] else "the list was not changed"

    @engine.exercise("99.3", "Sometimes None", hints=("a", "b", "c"))
    def sometimes(mine):
        return None if [mine(1), mine(2)] == [None, 2] else "not so"

    assert engine.judge(in_place, lambda x: x.append(3)).message == "the list was not changed"
    assert engine.judge(sometimes, lambda x: None if x == 1 else 5).message == "not so"
    assert engine.judge(sometimes, lambda x: x and None).message == "nothing came back: is a return missing?"


ODD = [None, "text", 7, True, 1j, [], [[1], [2, 3]], {}, float("nan"), b"x", object(),
       np.zeros(0), np.array(["a"]), np.ones((2, 2, 2, 2)), (), lambda *a, **k: None, lambda *a, **k: "text",
       lambda *a, **k: [[1], [2, 3]], lambda *a, **k: 1j, lambda *a, **k: (x for x in a), lambda *a, **k: {},
       lambda *a, **k: a, lambda *a, **k: np.nan, lambda *a, **k: object(), lambda *a, **k: np.ones((2, 2, 2, 2))]
OWN_FAULTS = [lambda: 1, lambda *a, **k: 1 / 0, print, type]  # these raise when they are called


@pytest.mark.parametrize("check", engine.EXERCISES.values(), ids=lambda check: check.id)
def test_no_check_accepts_or_fails_on_an_odd_answer(check):
    for mine in [*ODD, *OWN_FAULTS]:
        verdict = engine.judge(check, mine)
        assert verdict.status != "correct", mine
        assert "\n" not in verdict.message and len(verdict.message) <= 400, (mine, verdict.message)
        if not any(mine is one for one in OWN_FAULTS):
            assert "it stopped with" not in verdict.message, (mine, verdict.message)
