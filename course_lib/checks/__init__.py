"""The checks of all exercises, one module a notebook: `from course_lib import checks as check`, then `check.gd(mine)`."""
from .. import progress as _progress
from .engine import EXERCISES
from .nb00 import bowl, descent_step, guessing_loss, path_shape, three_steps
from .nb01 import central_gradient, central_hessian, kind_of_point, museum_hessian, polynomial_points
from .nb02 import escape_step, index_share, perturbed_gd, positive_share
from .nb03 import best_lr, can_stop, fitted_rate, gd, largest_stable_lr
from .nb04 import armijo, newton_step, saddle_free, scaled_condition
from .nb05 import museum_epoch, noise_scale, rate_for_floor, scaled_rate
from .nb06 import best_momentum, museum_momentum, nesterov_lookahead, parting, spectral_radius
from .nb07 import adadelta, adagrad, rmsprop, steps_at_100, unit_powers
from .nb08 import adamw, long_step_gradients, museum_adam, museum_adam_start, uncorrected_ratio
from .nb09 import clip_global, distances, max_norm, museum_decay_gain, warm_cosine
from .nb10 import dense_backward, found, relative_error, sigmoid_backward, softmax_cross_entropy
from .nb11 import glorot_draw, moment_after, museum_batch_norm, residual_block, revive
from .nb12 import dropout, shrinking_step, soft_threshold, standardise, stop_early
from .nb13 import accuracy, choose_rate, hold_out, run_epoch, standard_error
from .nb14 import course_eps, museum_pipeline, rate_recorder, train_step
from .nb15 import adaptive_rates, converted_velocity, hidden_bug, schedule_free
from .nb16 import holm, paired_bootstrap, typical_steps, verdict, winning_rates
from .nb17 import first_five, kind_of_plateau, loss_left, other_five, update_ratios


def show_progress():
    """Print how many exercises of each notebook are done."""
    _progress.table({key: check.title for key, check in EXERCISES.items()})
