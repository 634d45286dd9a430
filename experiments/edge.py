"""Where does the sharpness settle? Runs on all of 500 MNIST images, reduced to 64 principal
components, with a small tanh network and squared error.

    python -m experiments.edge     some minutes; a second call goes on where the first stopped

Every 25 steps the largest eigenvalue of the Hessian is measured, preconditioned where the rule is.
Notebook 31 reads the result and runs a part of it again.
"""
import functools

from course_lib.data import results_path
from course_lib.training import edge
from experiments import saved

RESULT = results_path("edge")
SETTINGS = {
    "command": "python -m experiments.edge",
    "n_images": 500,
    "n_components": 64,
    "widths": list(edge.WIDTHS),
    "n_steps": 2000,
    "every": 25,
    "seeds": [0, 1, 2],
    "runs": {  # name -> rule, rate, hyper-parameters
        "sgd 1.5": ["sgd", 1.5, {}],
        "sgd 2": ["sgd", 2.0, {}],
        "sgd 3": ["sgd", 3.0, {}],
        "rmsprop": ["rmsprop", 3e-4, {"rho": 0.99}],
        "adam 0.5": ["adam", 5e-4, {"beta1": 0.5, "beta2": 0.99}],
        "adam 0.9": ["adam", 1e-3, {"beta1": 0.9, "beta2": 0.99}],
    },
}


@functools.cache
def task():
    """Return the images and targets."""
    return edge.small_task(saved.real_mnist(), SETTINGS["n_images"], SETTINGS["n_components"])


def run(name, seed):
    """Return lr times the sharpness at each measurement, the loss there, and the number of steps
    up since the measurement before.
    """
    step, lr, hyper = SETTINGS["runs"][name]
    every = SETTINGS["every"]
    seen = edge.follow(task(), step, lr, seed=seed, n_steps=SETTINGS["n_steps"], every=every,
                       **hyper)
    ups = (seen.loss[1:] > seen.loss[:-1]).reshape(-1, every).sum(axis=1)
    return {"edge": [round(float(x), 4) for x in seen.edge],
            "loss": [float(f"{x:.4g}") for x in seen.loss[every::every]],
            "ups": ups.tolist()}


def summary(complete):
    """Return the rows of all runs."""
    jobs = [{"name": name, "seed": seed} for name in SETTINGS["runs"] for seed in SETTINGS["seeds"]]
    return {"rows": [job | result for job, result in zip(jobs, complete(jobs), strict=True)]}


def main(path=RESULT):
    """Make what the saved result lacks."""
    saved.make(path, SETTINGS, run, summary)


if __name__ == "__main__":
    main()
