"""From-scratch optimizers, schedules, networks and their checks, for the course *Optimization for
Deep Learning*.

    landscapes    functions with known gradient and Hessian, and what can be asked of them
    optimizers    from a gradient to a step: twelve update rules, schedules, clipping, descent
    networks      layers, activations, losses, first weights, penalties, gradient checks
    data          MNIST, verified and cached; the saved results
    training      the loop, and tools that look at a run
    experiments   fair comparisons: trials, sweeps, intervals
    frameworks    the same rules in Keras, PyTorch, optax and scikit-learn
    checks        one check an exercise

Import the room or the module you need: `from course_lib import optimizers`, `from
course_lib.optimizers import descent`. README.md in this folder has a line for every module.
"""
