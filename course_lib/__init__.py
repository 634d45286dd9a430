"""From-scratch optimizers, schedules, networks and their checks, for the course *Optimization for Deep Learning*.

Import the module you need: `from course_lib import optimizers, landscapes, descent`.
"""
