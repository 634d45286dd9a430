"""Asynchronous training with a real parameter server: TensorFlow's ParameterServerStrategy.

    server    holds the weights and a counter of steps
    worker    reads weights and counter, computes a gradient, and applies it to the weights as they
              are by then
    staleness of a step   how many steps of others the server took in between

`python -m course_lib.scaling.parameter_server JSON` is one process; `run` starts them all on this
machine.

Notebooks: none directly.
"""
import json
import os
import tempfile
import time
from pathlib import Path

import numpy as np

from course_lib.files import write_whole
from course_lib.scaling import processes

MODULE = "course_lib.scaling.parameter_server"
TASK = {"columns": 400, "seed": 0, "n_steps": 200, "lr": 0.2, "batch_size": 512, "rounds": 40,
        "workers": 2}


def true_weights(columns, seed):
    """Return the weights (columns,) of length about 1 that the task hides, float32."""
    rng = np.random.default_rng(seed)
    return rng.standard_normal(columns, dtype=np.float32) / columns**0.5


def run(seconds=180, **job):
    """Run TASK, with the changes in `job`, on one chief, one server and its workers.

    The task is least squares on examples that a worker draws anew for each step.
    job: any of TASK's names; rounds: products of matrices that make a step last longer.
    Returns a dict: staleness, a list with one number a step; distance, of the weights from the true
        ones, at the start and at the end; seconds, without start-up.
    Raises RuntimeError with what the chief said last, if it fails.
    """
    job = TASK | job
    names = ["chief", "ps", *["worker"] * job["workers"]]
    hosts = processes.addresses(len(names))
    cluster = {kind: [host for name, host in zip(names, hosts, strict=True) if name == kind]
               for kind in ("chief", "ps", "worker")}
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "found.json"
        jobs = [job | {"cluster": cluster, "kind": name, "out": str(out),
                       "index": cluster[name].index(host)}
                for name, host in zip(names, hosts, strict=True)]
        with processes.started(MODULE, jobs, folder) as running:
            processes.wait_for(running[:1], seconds, folder)
        if not out.exists():
            said = processes.last_line(Path(folder) / "0.txt")
            raise RuntimeError(f"the chief failed: {said}")
        return json.loads(out.read_text(encoding="utf-8"))


def coordinate(job, tf):
    """Be the chief: hand out the steps, wait for all, and return what was found."""
    resolver = tf.distribute.cluster_resolver.TFConfigClusterResolver()
    strategy = tf.distribute.ParameterServerStrategy(resolver)
    coordinator = tf.distribute.coordinator.ClusterCoordinator(strategy)
    hidden = true_weights(job["columns"], job["seed"])
    with strategy.scope():
        w = tf.Variable(tf.zeros(job["columns"]))
        counter = tf.Variable(0, dtype=tf.int64)

    @tf.function
    def step():
        before = counter.read_value()
        w_read = w.read_value()
        slow = tf.ones([400, 400]) * (w_read[0] + tf.cast(before, tf.float32))
        for _ in tf.range(job["rounds"]):
            slow = tf.tanh(slow @ slow)
        X = tf.random.normal([job["batch_size"], job["columns"]])
        error = tf.linalg.matvec(X, w_read - hidden)
        g = tf.linalg.matvec(X, error, transpose_a=True) / job["batch_size"]
        g += 0 * slow[0, 0]  # so that the gradient waits for the products
        w.assign_sub(job["lr"] * g)
        with tf.control_dependencies([g]):
            return counter.assign_add(1, read_value=True) - before - 1

    def distance():
        return float(np.linalg.norm(w.read_value() - hidden))

    [coordinator.schedule(step) for _ in range(4)]
    coordinator.join()  # both workers have built the step's graph
    w.assign(tf.zeros(job["columns"]))
    first, began = distance(), time.perf_counter()
    stale = [coordinator.schedule(step) for _ in range(job["n_steps"])]
    coordinator.join()
    seconds = time.perf_counter() - began
    return {"staleness": [int(value.fetch()) for value in stale],
            "distance": [first, distance()], "seconds": seconds}


def main():
    """Be one process of the cluster; the chief writes what it found."""
    job = processes.job_of_this_program()
    os.environ["TF_CONFIG"] = json.dumps({
        "cluster": job["cluster"], "task": {"type": job["kind"], "index": job["index"]}})
    from course_lib.frameworks.tensorflow_quietly import import_tensorflow

    tf = import_tensorflow()
    if job["kind"] == "chief":
        write_whole(job["out"], json.dumps(coordinate(job, tf)))
        os._exit(0)  # the parent ends the others
    tf.distribute.Server(tf.train.ClusterSpec(job["cluster"]), job_name=job["kind"],
                         task_index=job["index"], protocol="grpc").join()


if __name__ == "__main__":
    main()
