"""MNIST, verified and cached, and what a training loop needs of it: a split and shuffled batches.

Where `load_mnist` looks, in this order:

1. `$COURSE_MNIST`: the path of an `mnist.npz`, or the word `embedded` for the digits inside
scikit-learn; 2. the cache: the folder `$COURSE_CACHE`, or else the place where the system keeps
caches; 3. the network: `$COURSE_MNIST_URL`, the address of a classroom's copy, or else the file
that Keras' loader takes; 4. the embedded digits. A failed download is not repeated for ten minutes,
unless the note that the printed line names is deleted.

Notebooks: 00, 08, 09, 10, 14, 16, 17, 18, 20, 21, 22, 23, 24, 25, 26, 27, 29, 30, 31, 32.
"""

import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import platformdirs

from course_lib.arguments import generator, whole
from course_lib.data import download, mnist_file
from course_lib.files import write_whole

N_VALID = {"mnist": 5000, "digits": 200}  # images set aside for tuning


@dataclass(frozen=True, eq=False)
class Images:
    """Grey images, uint8 (n, 28, 28), background 0, and labels, uint8 (n,); `name` is 'mnist' or
    'digits'.
    """

    X_train: np.ndarray
    y_train: np.ndarray
    X_test: np.ndarray
    y_test: np.ndarray
    name: str


@dataclass(frozen=True, eq=False)
class Splits:
    """What a network takes: images as float32 (n, 784) in [0, 1], and labels as int64 (n,)."""

    X_train: np.ndarray
    y_train: np.ndarray
    X_valid: np.ndarray
    y_valid: np.ndarray
    X_test: np.ndarray
    y_test: np.ndarray
    name: str


def load_mnist():
    """Return MNIST, 60 000 and 10 000 images; where it cannot be had, say so and return the
    embedded digits.

    Raises FileNotFoundError or ValueError when what `$COURSE_MNIST` names is missing or is not
    MNIST.
    """
    chosen = os.environ.get("COURSE_MNIST", "")
    if chosen == "embedded":
        return embedded_digits()
    if chosen:
        return _read_chosen(chosen)
    cache = _cache_folder() / "mnist.npz"
    with suppress(FileNotFoundError, ValueError):
        return _read(cache)
    with mnist_file.one_at_a_time(cache.parent):
        return _renew(cache)


def embedded_digits():
    """Return scikit-learn's 1 797 digits as if they were MNIST: 1 497 for training, 300 for
    testing.

    The 8 x 8 images are enlarged to 20 x 20 inside a margin of 4; which image goes where never
    changes.
    """
    from scipy.ndimage import zoom
    from sklearn.datasets import load_digits

    digits = load_digits()
    X = zoom(digits.images, (1, 2.5, 2.5), order=1, mode="nearest", grid_mode=True)
    X = np.pad(np.rint(X * 255 / 16).astype(np.uint8), ((0, 0), (4, 4), (4, 4)))
    y = digits.target.astype(np.uint8)
    order = np.random.default_rng(0).permutation(len(y))  # neighbours come from one writer
    train, test = order[:-300], order[-300:]
    return Images(X[train], y[train], X[test], y[test], name="digits")


def split(images, n_valid=None):
    """Return Splits: the last `n_valid` training images (MNIST: 5 000, digits: 200) become
    validation data.

    Raises TypeError when `images` is not Images, ValueError when `n_valid` leaves nothing to train
    on.
    """
    if not isinstance(images, Images):
        raise TypeError(
            f"images must be Images, as load_mnist() returns them, got {type(images).__name__}"
        )
    n = len(images.y_train)
    n_valid = whole("n_valid", N_VALID[images.name] if n_valid is None else n_valid)
    if n_valid >= n:
        raise ValueError(
            f"n_valid must leave something of the {n} images to train on, got {n_valid}"
        )
    n_train = n - n_valid
    X, y = _as_network_input(images.X_train), images.y_train.astype(np.int64)
    return Splits(X[:n_train], y[:n_train], X[n_train:], y[n_train:],
                  _as_network_input(images.X_test), images.y_test.astype(np.int64), images.name)


def batches(n, batch_size, rng):
    """Return an iterator over the index arrays of one epoch: all of 0 .. n-1 once, shuffled by
    `rng`.

    The last batch holds what is left over. Raises ValueError unless both are whole numbers from 1,
    TypeError for another `rng`.

    >>> [len(batch) for batch in batches(10, 4, np.random.default_rng(0))]
    [4, 4, 2]
    """
    n, batch_size = whole("n", n), whole("batch_size", batch_size)
    order = generator(rng).permutation(n)
    return (order[start:start + batch_size] for start in range(0, n, batch_size))


def _as_network_input(X):
    return np.divide(X.reshape(len(X), -1), 255, dtype=np.float32)


def _read(path):
    return Images(*mnist_file.read(path), name="mnist")


def _read_chosen(chosen):
    path = Path(chosen).expanduser()
    try:
        return _read(path)
    except (FileNotFoundError, ValueError) as error:
        where = "" if path.is_absolute() else f", which was looked for as {path.resolve()}"
        arrays = ", ".join(f"{name} {shape}" for name, (shape, _) in mnist_file.EXPECTED.items())
        raise type(error)(
            f"COURSE_MNIST names {chosen}{where}, but {error}; accepted is the path of an mnist.npz"
            f" with the published uint8 arrays {arrays}, or the word embedded"
        ) from None


def _cache_folder():
    folder = os.environ.get("COURSE_CACHE")
    folder = folder or platformdirs.user_cache_dir("optimization-course", appauthor=False)
    return Path(folder).expanduser()


def _renew(cache):
    try:
        return _read(cache)  # another process may have been faster
    except FileNotFoundError:
        pass
    except ValueError as error:
        print(f"The cached file {cache} is not MNIST ({error}), so it is not used.")
        with suppress(OSError):
            cache.unlink()
    mirror = os.environ.get("COURSE_MNIST_URL", "")
    failure = download.recall(cache.parent, mirror)
    if failure is None:
        try:
            return _download(cache, mirror)
        except OSError as error:
            failure = error, download.remember(cache.parent, mirror, error)
    reason, note = failure
    print(
        f"MNIST could not be downloaded ({reason}), so these are scikit-learn's 1 797 digits; to"
        f" try again, wait ten minutes or delete {note}."
    )
    return embedded_digits()


def _download(cache, mirror):
    with tempfile.TemporaryDirectory() as folder:
        path = download.fetch(folder, mirror)
        try:
            images = _read(path)
        except ValueError as error:
            raise OSError(f"{mirror} is not MNIST: {error}") from None
        try:
            write_whole(cache, path.read_bytes())
        except OSError as error:
            print(
                f"MNIST could not be kept in {cache.parent} ({os.strerror(error.errno)}), so the"
                " next call downloads it again; COURSE_CACHE may name another folder."
            )
    return images
