"""Data-parallel training by several processes: TensorFlow's MultiWorkerMirroredStrategy with a loop
of one's own.

    each worker   the gradient of the mean loss over its own rows
    all-reduce    the mean over the workers, which all of them receive
    each worker   the same step from the same weights, so the copies stay equal

`python -m course_lib.scaling.mirrored JSON` is one worker; `run` starts them all on this machine.

Notebooks: 33.
"""
import json
import os
import signal
import tempfile
import time
from pathlib import Path

import numpy as np

from course_lib.files import write_whole
from course_lib.scaling import processes

MODULE = "course_lib.scaling.mirrored"
TASK = {"rows": 256, "columns": 20, "seed": 0, "n_steps": 20, "lr": 0.2, "beta": 0.9, "workers": 2}


def data(rows, columns, seed):
    """Return X (rows, columns) and y (rows,) of a least-squares task, float64."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((rows, columns))
    return X, X @ rng.standard_normal(columns) + rng.standard_normal(rows)


def run(folder=None, seconds=120, kill=None, **job):
    """Run TASK, with the changes in `job`, on workers of their own; return what worker 0 found.

    folder: where checkpoints and logs stay; by default none is kept.
    kill: (worker, step): this worker is killed by itself at the beginning of this step.
    job: any of TASK's names; every: a checkpoint each `every` steps; pause: seconds a step;
        fit: True tries Keras's model.fit instead of the loop; sizes: instead, so many numbers are
        summed over the workers, `repeats` times each.
    Returns a dict: w, the weights after each step it has made; codes, the exit codes; first, the
        step it began with, 0 or that of a checkpoint; error, what stopped it, or None; seconds;
        times, the seconds of each sum, a list for each size.
    """
    if folder is None:
        with tempfile.TemporaryDirectory() as folder:
            return run(folder, seconds, kill, **job)
    job = TASK | job
    hosts = processes.addresses(job["workers"])
    jobs = [job | {"hosts": hosts, "index": k, "folder": str(folder),
                   "die_at": kill[1] if kill and kill[0] == k else None}
            for k in range(len(hosts))]
    out = Path(folder) / "worker0.json"
    for old in (out, *Path(folder).glob("through*")):
        old.unlink(missing_ok=True)
    with processes.started(MODULE, jobs, folder) as workers:
        codes = processes.wait_for(workers, seconds, folder)
    if not out.exists():
        raise RuntimeError(f"worker 0 failed: {processes.last_line(Path(folder) / '0.txt')}")
    return json.loads(out.read_text(encoding="utf-8")) | {"codes": codes}


def strategy_of(job):
    """Return TensorFlow and the strategy of this worker; TF_CONFIG must be set before."""
    os.environ["TF_CONFIG"] = json.dumps({
        "cluster": {"worker": job["hosts"]}, "task": {"type": "worker", "index": job["index"]}})
    from course_lib.frameworks.tensorflow_quietly import import_tensorflow

    tf = import_tensorflow()
    return tf, tf.distribute.MultiWorkerMirroredStrategy()


def train(job, tf, strategy, seen):
    """Make the steps of a worker; append the weights after each step to `seen`."""
    X, y = data(job["rows"], job["columns"], job["seed"])
    mine = slice(job["index"], None, job["workers"])  # every second row, for two workers
    X, y = tf.constant(X[mine]), tf.constant(y[mine])
    with strategy.scope():
        w = tf.Variable(tf.zeros(job["columns"], tf.float64))
        m = tf.Variable(tf.zeros(job["columns"], tf.float64))
        t = tf.Variable(0, dtype=tf.int64)
    checkpoint = tf.train.Checkpoint(w=w, m=m, t=t)
    place = Path(job["folder"]) / f"checkpoints{job['index']}"
    manager = tf.train.CheckpointManager(checkpoint, str(place), max_to_keep=1)
    checkpoint.restore(manager.latest_checkpoint)

    def step():
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((tf.linalg.matvec(X, w) - y) ** 2) / 2
        g = tape.gradient(loss, w)
        g = tf.distribute.get_replica_context().all_reduce("mean", g)
        m.assign(job["beta"] * m + g)
        w.assign_sub(job["lr"] * m)

    together = tf.function(lambda: strategy.run(step))
    first = int(t.numpy())
    for k in range(first, job["n_steps"]):
        if k == job["die_at"]:
            os.kill(os.getpid(), signal.SIGKILL)
        together()
        t.assign(k + 1)
        seen.append(w.numpy().tolist())
        time.sleep(job.get("pause", 0))
        if job.get("every") and (k + 1) % job["every"] == 0:
            manager.save()
    return first


def fit(job, strategy):
    """Call Keras's model.fit on a model that was built under the strategy."""
    import keras

    X, y = data(job["rows"], job["columns"], job["seed"])
    with strategy.scope():
        model = keras.Sequential([keras.layers.Dense(1)])
        model.compile("sgd", "mse")
    model.fit(X, y, batch_size=job["rows"], epochs=1, verbose=0)


def times(job, tf, strategy):
    """Return the seconds of each sum over the workers, a list for each size."""
    def reduce(v):
        return tf.distribute.get_replica_context().all_reduce("sum", tf.identity(v))

    together, seconds = tf.function(lambda v: strategy.run(reduce, args=(v,))), []
    for size in job["sizes"]:
        v, row = tf.ones(size, tf.float32), []
        together(v).numpy()
        for _ in range(job["repeats"]):
            began = time.perf_counter()
            together(v).numpy()
            row.append(time.perf_counter() - began)
        seconds.append(row)
    return seconds


def main():
    """Be one worker; worker 0 writes what it found, and what stopped it, into its folder."""
    job = processes.job_of_this_program()
    tf, strategy = strategy_of(job)
    seen, first, error, seconds, began = [], None, None, None, time.perf_counter()
    try:
        if job.get("fit"):
            fit(job, strategy)
        elif job.get("sizes"):
            seconds = times(job, tf, strategy)
        else:
            first = train(job, tf, strategy, seen)
    except Exception as stopped:  # whatever stops a worker is what we want to hear of
        error = f"{type(stopped).__name__}: {stopped}"
    if job["index"] == 0:
        found = {"w": seen, "first": first, "error": error, "times": seconds,
                 "seconds": time.perf_counter() - began}
        write_whole(Path(job["folder"]) / "worker0.json", json.dumps(found))
    if error is None:
        _wait_for_the_others(job)
    os._exit(error is not None)  # TensorFlow would wait for a worker that may be gone


def _wait_for_the_others(job, seconds=20):
    """Return when all workers are through, so that none is left alone in its last step."""
    (Path(job["folder"]) / f"through{job['index']}").touch()
    end = time.monotonic() + seconds
    while len(list(Path(job["folder"]).glob("through*"))) < job["workers"]:
        if time.monotonic() > end:
            break
        time.sleep(0.02)


if __name__ == "__main__":
    main()
