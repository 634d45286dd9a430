"""The check of notebook 01 on the walk round a critical point.

Each table of known answers begins with the right one, whose fault is None.

Notebooks: 01.
"""
import numpy as np

from course_lib.checks.engine import exercise

AT = np.array([0.5, -2.0])  # away from the origin
LOSS = 3.0  # and not zero
RINGS = (  # f around the point, ways down
    (lambda x, y: x * x - y * y, 2),
    (lambda x, y: y * y - x * x, 2),  # the walk begins in a valley
    (lambda x, y: x * x * x - 3 * x * y * y, 3),
    (lambda x, y: y * y + x * x * x, 1),
    (lambda x, y: x * x + y * y, 0),
    (lambda x, y: y * y, 0),  # as low as the middle in two places, lower nowhere
    (lambda x, y: -x * x - y * y, 1),
)


def _around(f, asked=None):
    """Return f as a function of points (..., 2), moved to AT and raised; it adds the points that
    it is asked at to the list `asked`.
    """
    def moved(w):
        w = np.asarray(w, dtype=float)
        if asked is not None:
            asked.extend(w.reshape(-1, 2))
        x, y = np.moveaxis(w - AT, -1, 0)
        return LOSS + f(x, y)

    return moved


def _ring(f):
    """Return the losses, less that of the middle, at 360 points of a circle round AT."""
    angles = np.radians(np.arange(360))
    circle = AT + 0.1 * np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    return _around(f)(circle) - LOSS


def _stretches(here):
    return 1 if here.all() else int((here & ~np.roll(here, 1)).sum())


def _fault_of_places(mine):
    """Return what is wrong with where f is asked, or None."""
    asked = []
    mine(_around(RINGS[0][0], asked), AT.copy(), radius=0.3)
    asked = np.array(asked).reshape(-1, 2)
    if len(asked) < 300:
        return f"f is asked at {len(asked)} points: walk round the circle one degree at a time"
    distance = np.linalg.norm(asked - AT, axis=1)
    if np.isclose(np.linalg.norm(asked, axis=1), 0.3).sum() >= 300:
        return "the circle has its middle at the origin, not at w"
    if np.isclose(distance, 0.1).sum() >= 300:
        return "the radius that was given is not the one that was used"
    if np.isclose(distance, 0.3).sum() < 300:
        return "f is asked at points that are not at the distance `radius` from w"
    return None


def _fault_of_count(given, f, right):
    ring = _ring(f)
    lower = ring < 0
    begins = lower & ~np.roll(lower, 1)
    known = [
        (None, right),
        ("at a maximum the whole circle is lower: it is one stretch, though none begins",
         int(begins.sum())),
        ("it counts the changes between lower and higher: each way down has two ends",
         int((lower != np.roll(lower, 1)).sum())),
        ("it counts points of the circle: count the separate stretches", int(lower.sum())),
        ("the circle closes: the last point is a neighbour of the first, so a stretch may run over "
         "the end", int(lower[0]) + int(begins[1:].sum())),
        ("it counts where a lower point comes first on a walk that is not closed",
         int(begins[1:].sum())),
        ("it compares with 0: lower means lower than f(w)", 0),
        ("as low as the middle is not lower: compare with <", _stretches(ring <= 1e-12)),
        ("it counts where the loss is higher than in the middle", _stretches(ring > 0)),
    ]
    faults = [fault for fault, value in known if value == given]
    if faults:
        return faults[0]
    return f"one of the test functions has {right} ways down at its point, and not {given:g}"


@exercise("01.3", "Count the ways down", hints=(
    "mark each point of the circle as lower or not; a way down begins where a lower point follows "
    "one that is not",
    "the points are w + radius (cos a, sin a) for a = 0, 1, ..., 359 degrees; lower = f(points) < "
    "f(w)",
    "1 if lower.all() else int((lower & ~np.roll(lower, 1)).sum())",
))
def ways_down(mine):
    """A function (f, w, radius) -> number of separate stretches of the circle that are lower."""
    w = AT.copy()
    given = mine(_around(RINGS[0][0]), w, radius=0.1)
    if not np.array_equal(w, AT):
        return "the point w is not the same after the call: w + ... makes a new array"
    if np.shape(given) != ():
        return f"one number is wanted, the count, and not something of shape {np.shape(given)}"
    if fault := _fault_of_places(mine):
        return fault
    for f, right in RINGS:
        given = float(mine(_around(f), AT.copy(), radius=0.1))
        if fault := _fault_of_count(given, f, right):
            return fault
    return None
