"""The stop-watch: whose turn it is, what is timed, and ratios within a round, by hand."""
from course_lib.experiments.timing import ratios, side_by_side


def contestants(order, now):
    def work(name, seconds):
        def run():
            order.append(name)
            now[0] += seconds
        return run

    return {"a": work("a", 1.0), "b": work("b", 3.0)}


def test_contestants_take_turns_and_warm_up_without_being_timed():
    order, now = [], [0.0]
    measured = side_by_side(contestants(order, now), rounds=3, warmup=2, clock=lambda: now[0])
    assert measured == {"a": [1.0] * 3, "b": [3.0] * 3}
    assert "".join(order) == "aabb" + "ab" + "ba" + "ab"


def test_repeated_calls_are_timed_together_and_told_as_one():
    order, now = [], [0.0]
    measured = side_by_side(
        contestants(order, now), rounds=2, warmup=0, repeat=4, clock=lambda: now[0]
    )
    assert (
        measured == {"a": [1.0, 1.0], "b": [3.0, 3.0]} and "".join(order) == "aaaabbbb" + "bbbbaaaa"
    )


def test_ratios_are_taken_within_a_round():
    seconds = {
        "ours": [1.0, 10.0, 2.0],
        "theirs": [3.0, 20.0, 8.0],
    }  # the second round met a busy machine
    assert ratios(seconds, "ours") == {"ours": (1.0, 1.0, 1.0), "theirs": (3.0, 2.5, 3.5)}
