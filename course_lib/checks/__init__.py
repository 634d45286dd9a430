"""The checks of all exercises, one module a notebook: `from course_lib import checks as check`,
then `check.gd(mine)`.
"""
from course_lib.checks import progress as _progress
from course_lib.checks.engine import EXERCISES, hint
from course_lib.checks.nb00 import bowl, descent_step, guessing_loss, three_steps
from course_lib.checks.nb01 import kind_of_point, polynomial_points
from course_lib.checks.nb01_walk import ways_down
from course_lib.checks.nb02 import central_gradient, central_hessian, museum_hessian
from course_lib.checks.nb02_complex import complex_hessian
from course_lib.checks.nb03 import index_share, positive_share
from course_lib.checks.nb03_spacing import spacing_ratio_of
from course_lib.checks.nb04 import escape_step, perturbed_gd
from course_lib.checks.nb04_turn import turned
from course_lib.checks.nb05 import best_lr, gd, largest_stable_lr
from course_lib.checks.nb06 import basin_shares, can_stop, fitted_rate
from course_lib.checks.nb07 import armijo, newton_step, saddle_free, scaled_condition
from course_lib.checks.nb08 import minibatch_sgd, museum_epoch, rate_for_floor
from course_lib.checks.nb09 import accumulate, noise_scale, scaled_rate
from course_lib.checks.nb10 import best_momentum, spectral_radius
from course_lib.checks.nb10_forms import museum_momentum
from course_lib.checks.nb11 import accelerated, nesterov_lookahead, parting
from course_lib.checks.nb12 import conjugate_gradient, heavy_ball_polynomial, steps_to_target
from course_lib.checks.nb13 import adagrad, rmsprop
from course_lib.checks.nb13_predictions import steps_at_100
from course_lib.checks.nb14 import (
    adamw,
    long_step_gradients,
    museum_adam,
    museum_adam_start,
)
from course_lib.checks.nb15 import adadelta, lion, unit_powers
from course_lib.checks.nb16 import distances, museum_decay_gain, warm_cosine
from course_lib.checks.nb16_plateau import plateau_rates
from course_lib.checks.nb17 import clip_global, max_norm, with_clipping
from course_lib.checks.nb18 import dense_backward, sigmoid_backward, softmax_cross_entropy
from course_lib.checks.nb18_network import train_two_layer, two_layer
from course_lib.checks.nb19 import complex_gradient, found, relative_error
from course_lib.checks.nb20 import glorot_draw, moment_after, revive
from course_lib.checks.nb21 import layer_norm, museum_batch_norm, residual_block
from course_lib.checks.nb22 import bias_variance, double_descent, gap
from course_lib.checks.nb23 import shrinking_step, soft_threshold
from course_lib.checks.nb23_in_practice import dropout, standardise, stop_early
from course_lib.checks.nb24 import accuracy, run_epoch
from course_lib.checks.nb24_choosing import choose_rate, standard_error
from course_lib.checks.nb25 import museum_pipeline, rate_recorder, read_digit
from course_lib.checks.nb26 import course_eps, train_step
from course_lib.checks.nb26_in_fit import reporting_step
from course_lib.checks.nb27 import adaptive_rates, converted_velocity, hidden_bug, schedule_free
from course_lib.checks.nb28 import typical_steps
from course_lib.checks.nb28_statistics import holm, paired_interval, verdict
from course_lib.checks.nb29 import loss_left, update_ratios
from course_lib.checks.nb29_patients import first_five, other_five
from course_lib.checks.nb30 import hessian_times, kind_of_plateau, low_end
from course_lib.checks.nb31 import averaged_edge, curve_gradient, dense_changes, twin
from course_lib.checks.nb32 import museum_muon, newton_schulz, sam_step, steepest
from course_lib.checks.nb33 import average, largest_rate, send
from course_lib.checks.nb34 import my_claim, objections, seeds_needed, stops_at


def show_progress():
    """Print how many exercises of each notebook are done."""
    _progress.table({key: check.__name__ for key, check in EXERCISES.items()})
