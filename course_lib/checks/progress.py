"""The learner's progress file: which exercises were tried, how often, and which are done.

It lives where the system keeps user data, or at the path in $COURSE_PROGRESS. It is written
atomically and under a lock, so that two notebooks at once lose nothing; a file that cannot be read
is moved aside and kept. Exercises are kept by the name of their check, which stays when notebooks
are numbered anew; a file of the first edition, which kept their numbers, is carried over.

Notebooks: none directly.
"""
import json
import os
from pathlib import Path

from course_lib.files import write_whole

EMPTY = {"tries": 0, "done": False}
EDITION = 2
FIRST_EDITION = {  # notebook of the first edition -> the checks of its exercises, in order
    "00": "three_steps bowl descent_step path_shape guessing_loss",
    "01": "polynomial_points kind_of_point central_gradient central_hessian museum_hessian",
    "02": "positive_share index_share escape_step perturbed_gd",
    "03": "gd largest_stable_lr fitted_rate best_lr can_stop",
    "04": "scaled_condition newton_step saddle_free armijo",
    "05": "rate_for_floor museum_epoch noise_scale scaled_rate",
    "06": "museum_momentum spectral_radius best_momentum nesterov_lookahead parting",
    "07": "adagrad rmsprop steps_at_100 unit_powers adadelta",
    "08": "uncorrected_ratio museum_adam_start museum_adam long_step_gradients adamw",
    "09": "warm_cosine distances museum_decay_gain clip_global max_norm",
    "10": "dense_backward sigmoid_backward softmax_cross_entropy relative_error found",
    "11": "glorot_draw moment_after revive museum_batch_norm residual_block",
    "12": "soft_threshold shrinking_step dropout stop_early standardise",
    "13": "hold_out accuracy run_epoch choose_rate standard_error",
    "14": "museum_pipeline course_eps train_step rate_recorder",
    "15": "converted_velocity adaptive_rates hidden_bug schedule_free",
    "16": "winning_rates paired_bootstrap holm typical_steps verdict",
    "17": "first_five other_five loss_left update_ratios kind_of_plateau",
}
NEW_NAME = {
    f"{notebook}.{k}": name
    for notebook, names in FIRST_EDITION.items()
    for k, name in enumerate(names.split(), 1)
}


def progress_path():
    """Return the path of the progress file."""
    if "COURSE_PROGRESS" in os.environ:
        return Path(os.environ["COURSE_PROGRESS"])
    from platformdirs import user_data_path
    return user_data_path("optimization-course") / "progress.json"


def _records(text):
    """Return {check name: record} of a file's text; ValueError, KeyError, TypeError or
    AttributeError for anything else.
    """
    content = json.loads(text)
    if "edition" in content:
        records = content["exercises"]
    else:
        records = {NEW_NAME.get(key, key): record for key, record in content.items()}
    return {name: EMPTY | {"tries": int(r["tries"]), "done": bool(r["done"])}
            for name, r in records.items()}


def load():
    """Return {check name: {"tries": wrong answers so far, "done": bool}}; an unreadable file is
    set aside, in one line.
    """
    path = progress_path()
    try:
        return _records(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        print(f"Progress cannot be read: {error.strerror}.")
        return {}
    except (ValueError, KeyError, TypeError, AttributeError):
        aside = path.with_suffix(".unreadable.json")
        os.replace(path, aside)
        print(f"The progress file could not be understood; it was kept as {aside.name} and a new "
              "one begun.")
        return {}


def record(name, *, correct):
    """Note one answer to the exercise of a check and return its record; a file that cannot be
    written costs one line, no verdict.
    """
    from filelock import FileLock
    path = progress_path()
    entry = {"tries": int(not correct), "done": correct}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_suffix(".lock"), timeout=5):
            records = load()
            before = records.get(name, EMPTY)
            entry = {"tries": before["tries"] + (not correct), "done": before["done"] or correct}
            content = {"edition": EDITION, "exercises": records | {name: entry}}
            write_whole(path, json.dumps(content, indent=1))
    except OSError as error:  # FileLock's Timeout is an OSError too
        print(f"Progress was not saved: {error.strerror or 'another program holds the file'}.")
    return entry


def table(exercises):
    """Print one line a notebook: exercises done of exercises there. exercises: {id: check name},
    an id such as '03.1'.
    """
    records = load()
    notebooks = sorted({key.split(".")[0] for key in exercises})
    for notebook in notebooks:
        names = [name for key, name in exercises.items() if key.split(".")[0] == notebook]
        done = sum(records.get(name, EMPTY)["done"] for name in names)
        bar = "#" * done + "." * (len(names) - done)
        print(f"notebook {notebook}   {done} of {len(names)} done   {bar}")
