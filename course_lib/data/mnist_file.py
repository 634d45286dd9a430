"""Read and verify an `mnist.npz`, and lock the cache that several processes share. Any container
will do, as long as its four arrays are byte for byte the published ones; nothing is ever unpickled.

Notebooks: none directly.
"""

import hashlib
import os
import zipfile
from contextlib import ExitStack, contextmanager, suppress

import numpy as np
from filelock import FileLock, Timeout

PATIENCE = 2.0  # seconds to wait for another process in silence

# name in the file: shape, SHA-256 of the array's bytes
EXPECTED = {
    "x_train": (
        (60000, 28, 28), "741c988805d008ac6e4c904b69001ba184c24b2c540a4ef403f4c71b676cf757"),
    "y_train": ((60000,), "1feba77c54802fa5339a11837ea4b2866434b83314ec45192930f1df69120c13"),
    "x_test": ((10000, 28, 28), "6d87418db22cc8025d05968bec9bd5c3932904b23485740db143a061a2c9d161"),
    "y_test": ((10000,), "ddeff807876a9661a1110d45c266c86239a3a1b7d37da0c3716a7a683c852ff5"),
}


def read(path):
    """Return the four arrays, uint8, in the order of EXPECTED.

    Raises FileNotFoundError when there is nothing at `path`, and ValueError when it is anything but
    MNIST; the message is the bare reason, for the caller to put into a sentence.
    """
    if not os.path.exists(path):
        raise FileNotFoundError("there is no such file")
    if os.path.isdir(path):
        raise ValueError("it is a folder")
    try:
        arrays = _load(path)
    except Exception as error:  # a damaged archive fails in a dozen ways, even with a KeyError
        raise ValueError(" ".join(str(error).split()) or type(error).__name__) from None
    for array, (name, (shape, sha256)) in zip(arrays, EXPECTED.items(), strict=True):
        if array.shape != shape or array.dtype != np.uint8:
            raise ValueError(f"its {name} is {array.dtype} {array.shape} instead of uint8 {shape}")
        if hashlib.sha256(np.ascontiguousarray(array)).hexdigest() != sha256:
            raise ValueError(f"its {name} differs from the published one")
    return arrays


def _load(path):
    with open(path, "rb") as file:
        if not zipfile.is_zipfile(file):  # np.load would take it for a pickle, and say so
            raise ValueError("it is not an .npz archive, or not all of one")
        file.seek(0)
        with np.load(file, allow_pickle=False) as archive:
            missing = [name for name in EXPECTED if name not in archive]
            if missing:
                raise ValueError(f"it has no array {missing[0]}")
            return [archive[name] for name in EXPECTED]


@contextmanager
def one_at_a_time(folder):
    """Let one process at a time do the work inside; those that have to wait say so.

    Where no lock can be had the work goes on without: files are only replaced as a whole.
    """
    with ExitStack() as stack:
        with suppress(OSError, NotImplementedError):
            folder.mkdir(parents=True, exist_ok=True)
            lock = FileLock(folder / "mnist.lock")
            try:
                lock.acquire(timeout=PATIENCE)
            except Timeout:
                print("Another process is downloading MNIST; this one waits for it.")
                lock.acquire()
            stack.callback(lock.release)
        yield
