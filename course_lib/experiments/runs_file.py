"""The file in which a sweep keeps its runs: a line of settings, then a line for every result, whole
at all times.

    {"settings": {...}}
    {"job": {"step": "adam", "lr": 0.001, "seed": 0}, "result": {"final": 0.21}}

Notebooks: none directly.
"""
import contextlib
import json
import os

import numpy as np

from course_lib.files import write_whole


def line_of(entry):
    """Return an entry as a line of JSON."""
    return json.dumps(entry, allow_nan=False) + "\n"


def key_of(job):
    """Return a job as text that says which one it is."""
    return json.dumps(plain(job), sort_keys=True)


def plain(value):
    """Return a job or settings in plain values, as JSON gives them back; TypeError if one is not.
    """
    try:
        return json.loads(json.dumps(value, default=_from_numpy, allow_nan=False))
    except (TypeError, ValueError) as error:
        raise TypeError(
            "jobs and settings hold finite numbers, texts, None, and lists and dicts of them, got "
            f"{value!r} ({error})"
        ) from None


def _from_numpy(value):
    if isinstance(value, (np.generic, np.ndarray)):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} is not plain")


@contextlib.contextmanager
def alone(path):
    """Hold the lock of a file, so that one sweep at a time has it."""
    from filelock import FileLock, Timeout

    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path.with_name(f"{path.name}.lock"))
    try:
        lock.acquire(timeout=0)
    except Timeout:
        print(f"Another sweep has {path.name}: this one waits until it is done.", flush=True)
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def open_runs(path, header):
    """Return the results in the file by key, after cutting off a last line that a kill left
    unfinished; a file that is missing, or has not even its first line, is begun.
    """
    data = path.read_bytes() if path.exists() else b""
    *lines, tail = data.split(b"\n")
    if not lines and header.encode().startswith(tail):
        write_whole(path, header)
        return {}
    try:
        entries = [json.loads(line) for line in lines]
    except ValueError:
        raise ValueError(
            f"{path.name} is damaged before its last line: repair it, or delete it and start again"
        ) from None
    if not entries or not _is_header(entries[0]) or not all(map(_is_entry, entries[1:])):
        raise ValueError(
            f"{path.name} has a line that no sweep wrote: repair it, or name another file"
        )
    if entries[0] != json.loads(header):
        raise ValueError(
            f"{path.name} was made with other settings: name a new file, or delete this one"
        )
    if tail:
        print(f"The last line of {path.name} was cut off: that run is done again.")
        os.truncate(path, len(data) - len(tail))
    return {key_of(entry["job"]): entry["result"] for entry in entries[1:]}


def append(file, path, line):
    """Add a line to the file and see that it is on the disk."""
    try:
        data = line.encode()
        if file.write(data) < len(data):
            raise OSError(None, "only a part of the line fitted")
        os.fsync(file.fileno())
    except OSError as error:
        raise OSError(
            error.errno,
            f"{path} took no more results ({error.strerror}): make room and call again, all whole "
            "lines are kept",
        ) from None


def _is_header(entry):
    return isinstance(entry, dict) and set(entry) == {"settings"}


def _is_entry(entry):
    return (
        isinstance(entry, dict)
        and set(entry) == {"job", "result"}
        and isinstance(entry["job"], dict)
        and isinstance(entry["result"], dict)
    )
