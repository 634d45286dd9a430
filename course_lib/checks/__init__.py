"""The checks of all exercises, one module a notebook: `from course_lib import checks as check`,
then `check.gd(mine)`.
"""
from course_lib.checks import progress as _progress
from course_lib.checks.engine import EXERCISES, hint
from course_lib.checks.nb00 import bowl, descent_step, guessing_loss, path_shape, three_steps
from course_lib.checks.nb01 import kind_of_point, polynomial_points
from course_lib.checks.nb01_differences import central_gradient, central_hessian, museum_hessian
from course_lib.checks.nb02 import index_share, positive_share
from course_lib.checks.nb02_escape import escape_step, perturbed_gd
from course_lib.checks.nb03 import best_lr, can_stop, fitted_rate, gd, largest_stable_lr
from course_lib.checks.nb04 import armijo, newton_step, saddle_free, scaled_condition
from course_lib.checks.nb05 import museum_epoch, noise_scale, rate_for_floor, scaled_rate
from course_lib.checks.nb06 import best_momentum, parting, spectral_radius
from course_lib.checks.nb06_forms import museum_momentum, nesterov_lookahead
from course_lib.checks.nb07 import adadelta, adagrad, rmsprop
from course_lib.checks.nb07_predictions import steps_at_100, unit_powers
from course_lib.checks.nb08 import (
    adamw,
    long_step_gradients,
    museum_adam,
    museum_adam_start,
    uncorrected_ratio,
)
from course_lib.checks.nb09 import distances, museum_decay_gain, warm_cosine
from course_lib.checks.nb09_clipping import clip_global, max_norm
from course_lib.checks.nb10 import dense_backward, sigmoid_backward, softmax_cross_entropy
from course_lib.checks.nb10_gradient_checks import found, relative_error
from course_lib.checks.nb11 import glorot_draw, moment_after, revive
from course_lib.checks.nb11_normalisation import museum_batch_norm, residual_block
from course_lib.checks.nb12 import shrinking_step, soft_threshold
from course_lib.checks.nb12_in_practice import dropout, standardise, stop_early
from course_lib.checks.nb13 import accuracy, hold_out, run_epoch
from course_lib.checks.nb13_choosing import choose_rate, standard_error
from course_lib.checks.nb14 import course_eps, train_step
from course_lib.checks.nb14_data_and_callbacks import museum_pipeline, rate_recorder
from course_lib.checks.nb15 import adaptive_rates, converted_velocity, hidden_bug, schedule_free
from course_lib.checks.nb16 import typical_steps, winning_rates
from course_lib.checks.nb16_statistics import holm, paired_bootstrap, verdict
from course_lib.checks.nb17 import kind_of_plateau, loss_left, update_ratios
from course_lib.checks.nb17_patients import first_five, other_five


def show_progress():
    """Print how many exercises of each notebook are done."""
    _progress.table({key: check.title for key, check in EXERCISES.items()})
