"""Wrong versions of a rule, made from the source of the right one: a test that lets one pass has a gap.

    mutant(optimizers.adam, "np.sqrt(v_hat)", "np.sqrt(v)")     Adam that forgets one hat
"""
import inspect
import textwrap

import numpy as np


def mutant(step, right, wrong):
    """Return a copy of the update rule `step`, without its checks, in which the piece `right` of its source reads `wrong`.

    Raises ValueError unless `right` occurs exactly once in the source.

    >>> from course_lib.optimizers import sgd
    >>> uphill = mutant(sgd, "w - lr * g", "w + lr * g")
    >>> uphill(1.0, 2.0, {}, lr=0.5)
    (2.0, {})
    """
    bare = inspect.unwrap(step)
    lines = textwrap.dedent(inspect.getsource(bare)).splitlines(keepends=True)
    source = "".join(lines[next(k for k, line in enumerate(lines) if line.startswith("def ")):])
    if source.count(right) != 1:
        raise ValueError(f"{right!r} must occur once in the source of {bare.__name__}, got it {source.count(right)} times")
    exec(source.replace(right, wrong), namespace := {"np": np})
    return namespace[bare.__name__]
