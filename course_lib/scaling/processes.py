"""Start Python programs that work together over loopback, and end them for certain.

    the parent     gives each program one argument, JSON, and waits for those that it chooses
    each program   ends when the parent does: it watches its standard input, a pipe of the parent's
    all of them    are killed when the time is up, and when the parent leaves `started`, however it
                   leaves

Notebooks: none directly.
"""
import json
import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

from course_lib.arguments import whole

FOLDER = Path(__file__).resolve().parents[2]


def loopback_fault():
    """Return None if a port can be bound on this machine, else one sentence."""
    try:
        free_ports(1)
    except OSError as error:
        return f"no port can be bound on 127.0.0.1 ({error})"
    return None


def free_ports(n):
    """Return n port numbers on 127.0.0.1 that were free just now."""
    with ExitStack() as stack:
        held = [stack.enter_context(socket.socket()) for _ in range(whole("n", n))]
        for one in held:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in held]


def addresses(n):
    """Return n addresses on this machine, as TF_CONFIG takes them."""
    return [f"127.0.0.1:{port}" for port in free_ports(n)]


@contextmanager
def started(module, jobs, log):
    """Start `python -m module JSON` once a job; hand on the processes, and kill all at the end.

    jobs: a list of dicts of plain values.
    log: a folder; what job k writes goes to the file log/k.txt.
    """
    with ExitStack() as stack:
        running = []
        for k, job in enumerate(jobs):
            file = stack.enter_context(open(Path(log) / f"{k}.txt", "wb"))
            process = subprocess.Popen(
                [sys.executable, "-m", module, json.dumps(job)], stdin=subprocess.PIPE,
                stdout=file, stderr=subprocess.STDOUT, cwd=FOLDER,
                env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "2", "PYTHONUNBUFFERED": "1"})
            stack.callback(_end, process)
            running.append(process)
        yield running


def _end(process):
    process.kill()
    process.stdin.close()
    process.wait()


def wait_for(processes, seconds, log=None):
    """Wait until all of these have ended; return their exit codes.

    Raises TimeoutError with the last line of the log if one of them is still running after so many
    seconds.
    """
    end = time.monotonic() + seconds
    for k, process in enumerate(processes):
        try:
            process.wait(max(0.01, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            said = "" if log is None else f"; it said last: {last_line(Path(log) / f'{k}.txt')}"
            raise TimeoutError(f"process {k} still runs after {seconds:g} seconds{said}") from None
    return [process.returncode for process in processes]


def last_line(path):
    """Return the last line of a log that is not empty, or ''."""
    lines = Path(path).read_text(encoding="utf-8", errors="replace").splitlines()
    return next((line for line in reversed(lines) if line.strip()), "")


def job_of_this_program():
    """Return the job of this process, given as JSON in its first argument, and make the process end
    when its parent does.
    """
    threading.Thread(target=_end_with_parent, daemon=True).start()
    return json.loads(sys.argv[1])


def _end_with_parent():
    while os.read(0, 1024):  # the parent writes nothing: this returns when its end is closed
        pass
    os._exit(1)
