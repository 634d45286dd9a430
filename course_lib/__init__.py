"""From-scratch optimizers, schedules, networks and their checks, for the course *Optimization for
Deep Learning*.

    landscapes    functions with known gradient and Hessian, and what can be asked of them
    optimizers    from a gradient to a step: twelve update rules, schedules, clipping, descent
    frontier      beyond Adam: matrices as matrices, curvature off the path, averages
    networks      layers, activations, losses, first weights, penalties, gradient checks
    data          MNIST, verified and cached; the saved results
    training      the loop, and tools that look at a run
    experiments   fair comparisons: trials, sweeps, intervals
    scaling       many workers: averages, late gradients, fewer messages, real processes
    frameworks    the same rules in Keras, PyTorch, optax and scikit-learn
    checks        one check an exercise

Import the room or the module you need: `from course_lib import optimizers`, `from
course_lib.optimizers import descent`. README.md in this folder has a line for every module.
Every notebook begins with `from course_lib import check, look, show_source`.
"""


def __getattr__(name):
    """Hand on the three names that every notebook uses, imported when they are asked for: `check`
    is the room `checks`, and brings most of the library with it.
    """
    if name in ("check", "look", "show_source"):
        from course_lib.environment import look_around
        look_around()
    if name == "check":
        from course_lib import checks
        return checks
    if name == "look":
        from course_lib.plotting import look
        return look
    if name == "show_source":
        from course_lib.notebook import show_source
        return show_source
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
