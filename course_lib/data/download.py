"""Fetch MNIST's file in a child process: TensorFlow stays out of the learner's kernel, and a dead
network can be cut off. Keras' own loader knows the address; a mirror is read directly, which spares
TensorFlow's import. A failure is noted in a file, so that a notebook and its tests do not each wait
for the same dead network.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

TIMEOUT = 10.0  # seconds that the network may stay silent
LIMIT = 60.0  # seconds for the whole download, TensorFlow's import included
RETRY_AFTER = 600.0  # seconds for which a failure is remembered


def fetch(folder, mirror=""):
    """Download `mnist.npz` into a folder below `folder` and return its path. Its contents are not
    verified.

    `mirror` is the full address of an `mnist.npz`; empty means Keras' loader. Raises OSError, its
    message the bare reason, when the file is not there after LIMIT seconds at most.
    """
    target = Path(folder) / "datasets" / "mnist.npz"  # where Keras' loader writes below $KERAS_HOME
    target.parent.mkdir()
    command = [sys.executable, "-m", "course_lib.data.download", str(target), str(TIMEOUT), mirror]
    try:
        child = subprocess.run(
            command, env=os.environ | {"KERAS_HOME": str(folder)}, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, errors="replace", timeout=LIMIT,
        )
    except subprocess.TimeoutExpired:
        raise OSError(f"it took longer than {LIMIT:g} seconds") from None
    if child.returncode or not target.is_file():
        lines = child.stderr.strip().splitlines()
        raise OSError(lines[-1] if lines else f"the download ended with code {child.returncode}")
    return target


def main(target, timeout, mirror):
    """Run in the child process: write the file to `target`, or exit with the reason on the last
    line.
    """
    socket.setdefaulttimeout(float(timeout))
    try:
        if mirror:
            urllib.request.urlretrieve(mirror, target)
        else:
            import keras

            keras.datasets.mnist.load_data()
    except Exception as error:  # whatever goes wrong, the parent wants one line
        sys.exit(" ".join(str(error).split()) or type(error).__name__)


def remember(folder, mirror, reason):
    """Note a failed download in `folder`, or else among the temporary files, and return the note's
    path.
    """
    for note in _notes(folder):
        with suppress(OSError):
            note.write_text(f"{mirror}\n{reason}\n", encoding="utf-8")
            break
    return note


def recall(folder, mirror):
    """Return (reason, note) of a failure with the same `mirror` in the last RETRY_AFTER seconds, or
    None.
    """
    for note in _notes(folder):
        with suppress(OSError, ValueError):
            source, reason = note.read_text(encoding="utf-8").splitlines()
            if source == mirror and time.time() - note.stat().st_mtime < RETRY_AFTER:
                return reason, note
    return None


def _notes(folder):
    return [Path(folder) / "download-failed.txt",
            Path(tempfile.gettempdir()) / "optimization-course-download-failed.txt"]


if __name__ == "__main__":
    main(*sys.argv[1:])
