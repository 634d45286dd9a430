"""The checks of all exercises, one module a notebook: `from course_lib import checks as check`,
then `check.gd(mine)`.
"""
from course_lib.checks import progress as _progress
from course_lib.checks.engine import EXERCISES
from course_lib.checks.nb00 import bowl, descent_step, guessing_loss, path_shape, three_steps
from course_lib.checks.nb01 import central_gradient, central_hessian, kind_of_point, museum_hessian, polynomial_points
from course_lib.checks.nb02 import escape_step, index_share, perturbed_gd, positive_share
from course_lib.checks.nb03 import best_lr, can_stop, fitted_rate, gd, largest_stable_lr
from course_lib.checks.nb04 import armijo, newton_step, saddle_free, scaled_condition
from course_lib.checks.nb05 import museum_epoch, noise_scale, rate_for_floor, scaled_rate
from course_lib.checks.nb06 import best_momentum, museum_momentum, nesterov_lookahead, parting, spectral_radius
from course_lib.checks.nb07 import adadelta, adagrad, rmsprop, steps_at_100, unit_powers
from course_lib.checks.nb08 import adamw, long_step_gradients, museum_adam, museum_adam_start, uncorrected_ratio
from course_lib.checks.nb09 import clip_global, distances, max_norm, museum_decay_gain, warm_cosine
from course_lib.checks.nb10 import dense_backward, found, relative_error, sigmoid_backward, softmax_cross_entropy
from course_lib.checks.nb11 import glorot_draw, moment_after, museum_batch_norm, residual_block, revive
from course_lib.checks.nb12 import dropout, shrinking_step, soft_threshold, standardise, stop_early
from course_lib.checks.nb13 import accuracy, choose_rate, hold_out, run_epoch, standard_error
from course_lib.checks.nb14 import course_eps, museum_pipeline, rate_recorder, train_step
from course_lib.checks.nb15 import adaptive_rates, converted_velocity, hidden_bug, schedule_free
from course_lib.checks.nb16 import holm, paired_bootstrap, typical_steps, verdict, winning_rates
from course_lib.checks.nb17 import first_five, kind_of_plateau, loss_left, other_five, update_ratios


def show_progress():
    """Print how many exercises of each notebook are done."""
    _progress.table({key: check.title for key, check in EXERCISES.items()})
