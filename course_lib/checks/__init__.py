"""The checks of all exercises, one module a notebook: `from course_lib import checks as check`, then `check.gd(mine)`."""
from .. import progress as _progress
from .engine import EXERCISES
from .nb00 import bowl, descent_step, guessing_loss, path_shape, three_steps
from .nb01 import central_gradient, central_hessian, kind_of_point, museum_hessian, polynomial_points
from .nb02 import escape_step, index_share, perturbed_gd, positive_share
from .nb03 import best_lr, can_stop, fitted_rate, gd, largest_stable_lr
from .nb13 import accuracy, choose_rate, hold_out, run_epoch, standard_error


def show_progress():
    """Print how many exercises of each notebook are done."""
    _progress.table({key: check.title for key, check in EXERCISES.items()})
