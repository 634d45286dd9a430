"""Import TensorFlow without the notices it prints, and without hiding anything else that it has to
say.

They come from compiled code that writes to file descriptor 2, some of it before any setting is
read. So that descriptor points at a file during the import; afterwards every line that is not a
known notice is shown.

Notebooks: 25, 26, 27.
"""

import importlib.util
import os
import platform
import re
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

# as absl writes it, or as TensorFlow does
STAMP = r"(?:{0}\d{{4}} [\d:.]+ +\d+|[\d-]+ [\d:.]+ {0}) \S+:\d+\] "
WRITTEN_FOR = (3, 15)  # the version of Keras whose numbers the notebooks show
SMALL = sys.platform == "win32" or (sys.platform, platform.machine()) == ("linux", "x86_64")
NEEDED = f'"tensorflow{"-cpu" if SMALL else ""}>=2.21,<2.22" "keras>=3.15,<3.16"'
NOT_THERE = (
    f"this needs TensorFlow, which is not installed here: run `%pip install {NEEDED}` in a cell of "
    "its own, which takes 1.5 GB and some minutes, and then this cell again"
)
NOTICE = re.compile(
    "|".join(
        [
            r"\s*",
            r"WARNING: All log messages before absl::InitializeLog\(\) is called are written to "
            r"STDERR",
            STAMP.format("[IW]") + ".*",  # information and warnings
            r"To enable the following instructions: .*",  # the second line of one of these
            STAMP.format("E")
            + r"(?:Unable to register cu\w+ factory|failed call to cuInit).*",  # no graphics card
        ]
    )
)


def import_tensorflow():
    """Import TensorFlow, which takes some seconds the first time, and return the module.

    `TF_CPP_MIN_LOG_LEVEL` becomes 2 (errors only) unless it is set already. Where TensorFlow is not
    installed, ModuleNotFoundError says in one sentence how to install it. If the import fails,
    all that it wrote is shown and its exception goes on. If Python dies in it, what it wrote stays
    in the folder for temporary files, as `tensorflow-import-*.log`.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    if "tensorflow" not in sys.modules and importlib.util.find_spec("tensorflow") is None:
        raise ModuleNotFoundError(NOT_THERE, name="tensorflow")
    log, path = tempfile.mkstemp(prefix="tensorflow-import-", suffix=".log")
    hidden = None
    try:
        with _stderr_to(log):
            import tensorflow

            tensorflow.config.list_physical_devices()  # looks for graphics cards, and says so
        hidden = NOTICE
        return tensorflow
    finally:
        os.close(log)
        for line in Path(path).read_text(encoding="utf-8", errors="replace").splitlines():
            if not (hidden and hidden.fullmatch(line)):
                print(line, file=sys.stderr)
        os.unlink(path)


def import_keras():
    """Import TensorFlow without its notices, then Keras on top of it, and return the module keras.

    Where `KERAS_BACKEND` names another backend it is set to tensorflow, and a Keras older than 3.15
    is named; each in one printed sentence. RuntimeError if Keras runs on another backend already.
    """
    asked = os.environ.get("KERAS_BACKEND", "tensorflow")
    if asked != "tensorflow" and "keras" not in sys.modules:
        print(f"KERAS_BACKEND is {asked!r}: it is set to tensorflow here, for which the cells are "
              "written")
        os.environ["KERAS_BACKEND"] = "tensorflow"
    import_tensorflow()
    import keras

    if keras.backend.backend() != "tensorflow":
        raise RuntimeError(
            f"Keras already runs on {keras.backend.backend()!r}, accepted is 'tensorflow': restart "
            "the kernel and import Keras by import_keras"
        )
    if tuple(map(int, keras.__version__.split(".")[:2])) < WRITTEN_FOR:
        print(f"Keras {keras.__version__} is older than 3.15, for which the cells are written: "
              "some numbers may differ")
    return keras


@contextmanager
def _stderr_to(log):
    try:
        saved = os.dup(2)
    except OSError:  # a process without stderr has nothing to silence
        yield
        return
    os.dup2(log, 2)
    try:
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
