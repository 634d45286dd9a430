"""MNIST's way into the course: every fault gives one clear line, and leaves nothing broken behind.

A small stand-in with its own table of hashes replaces MNIST, a server on this machine replaces the
network.
"""
import hashlib
import http.server
import os
import pickle
import shutil
import socket
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from course_lib.data import datasets, download, mnist_file

REAL = Path(os.environ.get("COURSE_MNIST") or datasets._cache_folder() / "mnist.npz")
RNG = np.random.default_rng(0)
SMALL = {
    "x_train": RNG.integers(0, 256, (60, 28, 28), dtype=np.uint8),
    "y_train": RNG.integers(0, 10, 60, dtype=np.uint8),
    "x_test": RNG.integers(0, 256, (10, 28, 28), dtype=np.uint8),
    "y_test": RNG.integers(0, 10, 10, dtype=np.uint8),
}
EXPECTED = {name: (array.shape, hashlib.sha256(array).hexdigest()) for name, array in SMALL.items()}


class Trap:
    """An object that leaves a file behind when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (Path(self.path),)


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A folder with a good `mnist.npz`; cache, temporary files and table of hashes are the test's
    own.
    """
    for name in ("COURSE_MNIST", "COURSE_MNIST_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    (tmp_path / "temp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temp"))
    monkeypatch.setattr(mnist_file, "EXPECTED", EXPECTED)
    monkeypatch.setattr(download, "TIMEOUT", 1.0)
    monkeypatch.setattr(download, "LIMIT", 20.0)
    np.savez_compressed(tmp_path / "mnist.npz", **SMALL)
    return tmp_path


class Server(http.server.ThreadingHTTPServer):
    """Serves good data, or fails as the path says until it is `repaired`; `hits` counts requests.
    """

    def __init__(self, data):
        super().__init__(("127.0.0.1", 0), Handler)
        self.data, self.hits, self.repaired, self.closing = data, 0, False, threading.Event()

    def url(self, behaviour):
        return f"http://127.0.0.1:{self.server_port}/{behaviour}/mnist.npz"


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        behaviour = "good" if self.server.repaired else self.path.split("/")[1]
        self.server.hits += 1
        if behaviour == "missing":
            return self.send_error(404)
        if behaviour == "hang":
            return self.server.closing.wait(10)
        data = b"<html>Please log in</html>" if behaviour == "garbage" else self.server.data
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if behaviour == "slow":
            self.server.closing.wait(0.5)
        if behaviour == "truncated":
            data = data[:1000]
        if behaviour == "drip":
            while not self.server.closing.wait(0.1):
                self.wfile.write(b"x")
        self.wfile.write(data)

    def log_message(self, *args):
        pass


@pytest.fixture
def server(home):
    with Server((home / "mnist.npz").read_bytes()) as running:
        running.handle_error = lambda *args: None  # a reader that was killed closes its end
        threading.Thread(target=running.serve_forever, args=[0.02], daemon=True).start()
        yield running
        running.closing.set()
        running.shutdown()


@pytest.fixture
def dead_address():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{unused.getsockname()[1]}"


def left_behind(home):
    """Names in the cache, apart from the lock; temporary files must be gone."""
    assert not list((home / "temp").iterdir())
    return sorted(path.name for path in (home / "cache").iterdir() if path.name != "mnist.lock")


def is_small(images):
    pairs = zip(
        [images.X_train, images.y_train, images.X_test, images.y_test], SMALL.values(), strict=True
    )
    return images.name == "mnist" and all(np.array_equal(got, made) for got, made in pairs)


# --- a file that the user names ---


def damaged(kind, path):
    """Write a faulty mnist.npz of the given kind to `path`, where a good one lies."""
    good = path.read_bytes()
    if kind == "missing":
        path.unlink()
    elif kind == "folder":
        path.unlink()
        path.mkdir()
    elif kind == "empty":
        path.write_bytes(b"")
    elif kind == "text":
        path.write_text("<html>not found</html>")
    elif kind == "truncated":
        path.write_bytes(good[:-1000])
    elif kind == "corrupted":
        path.write_bytes(
            good[:20000] + bytes(byte ^ 255 for byte in good[20000:20100]) + good[20100:]
        )
    elif kind == "pickle":
        path.write_bytes(pickle.dumps(Trap(path.parent / "sprung")))
    elif kind == "pickled array":
        np.savez(path, **SMALL | {"y_test": np.array([Trap(path.parent / "sprung")], dtype=object)})
    elif kind == "npy":
        with open(path, "wb") as file:
            np.save(file, SMALL["x_train"])
    elif kind == "array missing":
        np.savez(path, **{name: SMALL[name] for name in ("x_train", "y_train", "x_test")})
    elif kind == "wrong shape":
        np.savez(path, **SMALL | {"x_train": SMALL["x_train"].reshape(60, 784)})
    elif kind == "wrong type":
        np.savez(path, **SMALL | {"y_train": SMALL["y_train"].astype(np.int64)})
    elif kind == "wrong pixel":
        x_test = SMALL["x_test"].copy()
        x_test[3, 14, 14] ^= 1
        np.savez(path, **SMALL | {"x_test": x_test})


FAULTS = {
    "missing": "there is no such file",
    "folder": "it is a folder",
    "empty": "not an .npz archive",
    "text": "not an .npz archive",
    "truncated": "not an .npz archive",
    "corrupted": "",
    "pickle": "not an .npz archive",
    "pickled array": "Object arrays cannot be loaded",
    "npy": "not an .npz archive",
    "array missing": "it has no array y_test",
    "wrong shape": "its x_train is uint8 (60, 784) instead of uint8 (60, 28, 28)",
    "wrong type": "its y_train is int64 (60,) instead of uint8 (60,)",
    "wrong pixel": "its x_test differs from the published one",
}


@pytest.mark.parametrize("kind", FAULTS)
def test_a_bad_file_that_the_user_names_is_an_error_in_one_sentence(home, monkeypatch, kind):
    path = home / "mnist.npz"
    damaged(kind, path)
    monkeypatch.setenv("COURSE_MNIST", str(path))
    with pytest.raises(FileNotFoundError if kind == "missing" else ValueError) as caught:
        datasets.load_mnist()
    message = str(caught.value)
    assert message.startswith(f"COURSE_MNIST names {path}, but ") and FAULTS[kind] in message
    assert (
        "; accepted is the path of an mnist.npz with the published uint8 arrays x_train (60, "
        in message
    )
    assert "\n" not in message and ". " not in message and ", but ;" not in message
    assert not (home / "sprung").exists() and not (home / "cache").exists()


def test_any_container_with_the_right_arrays_is_accepted(home, monkeypatch):
    monkeypatch.setenv("COURSE_MNIST", str(home / "mnist.npz"))
    assert is_small(datasets.load_mnist())
    other = {name: np.asfortranarray(SMALL[name]) for name in reversed(SMALL)}
    np.savez(home / "mnist.npz", extra=np.zeros(3), **other)
    assert is_small(datasets.load_mnist())


def test_the_home_folder_may_be_written_as_a_tilde(home, monkeypatch):
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    monkeypatch.setenv("COURSE_MNIST", "~/mnist.npz")
    assert is_small(datasets.load_mnist())


@pytest.mark.skipif(
    not REAL.is_file(), reason="the real MNIST is neither in $COURSE_MNIST nor in the cache"
)
def test_the_real_mnist():
    images = datasets.Images(*mnist_file.read(REAL), name="mnist")
    assert images.y_train[:5].tolist() == [5, 0, 4, 1, 9] and images.y_test[:5].tolist() == [
        7,
        2,
        1,
        0,
        4,
    ]
    splits = datasets.split(images)
    assert [len(y) for y in (splits.y_train, splits.y_valid, splits.y_test)] == [
        55_000,
        5_000,
        10_000,
    ]


# --- the cache ---


def test_a_good_cache_needs_no_network_and_no_writing(home, monkeypatch, capsys):
    (home / "cache").mkdir()
    shutil.move(home / "mnist.npz", home / "cache")
    monkeypatch.setattr(download, "fetch", None)
    assert is_small(datasets.load_mnist())
    assert left_behind(home) == ["mnist.npz"] and not (home / "cache" / "mnist.lock").exists()
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "kind", ["empty", "truncated", "corrupted", "pickled array", "wrong pixel"]
)
def test_a_bad_cache_is_reported_and_replaced(home, server, monkeypatch, capsys, kind):
    (home / "cache").mkdir()
    path = shutil.move(home / "mnist.npz", home / "cache")
    damaged(kind, Path(path))
    monkeypatch.setenv("COURSE_MNIST_URL", server.url("good"))
    assert is_small(datasets.load_mnist())
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith(f"The cached file {path} is not MNIST (") and FAULTS[kind] in line
    assert (
        left_behind(home) == ["mnist.npz"] and is_small(datasets.load_mnist()) and server.hits == 1
    )
    assert capsys.readouterr().out == "" and not (home / "sprung").exists()


def test_a_bad_cache_without_network_is_deleted(home, monkeypatch, capsys, dead_address):
    (home / "cache").mkdir()
    (home / "cache" / "mnist.npz").write_text("damaged")
    monkeypatch.setenv("COURSE_MNIST_URL", dead_address)
    assert datasets.load_mnist().name == "digits"
    assert len(capsys.readouterr().out.splitlines()) == 2
    assert left_behind(home) == ["download-failed.txt"]


def test_a_cache_folder_that_cannot_be_made(home, server, monkeypatch, capsys):
    (home / "file").write_text("in the way")
    monkeypatch.setenv("COURSE_CACHE", str(home / "file" / "cache"))
    monkeypatch.setenv("COURSE_MNIST_URL", server.url("good"))
    assert is_small(datasets.load_mnist())
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith(f"MNIST could not be kept in {home / 'file' / 'cache'} (")
    assert (home / "file").read_text() == "in the way"


@pytest.mark.parametrize("step", ["shutil.copyfile", "os.replace"])
def test_a_full_disk_leaves_no_part_of_a_file(home, server, monkeypatch, capsys, step):
    def fail(source, target):
        (Path(target) if step == "shutil.copyfile" else Path(source)).write_bytes(
            b"the first bytes"
        )
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(step, fail)
    monkeypatch.setenv("COURSE_MNIST_URL", server.url("good"))
    assert is_small(datasets.load_mnist())
    (line,) = capsys.readouterr().out.splitlines()
    assert "(No space left on device)" in line and "COURSE_CACHE" in line
    assert left_behind(home) == []


# --- the network ---

NETWORK = {
    "missing": "HTTP Error 404: Not Found",
    "hang": "timed out",
    "drip": "it took longer than 3 seconds",
    "truncated": "retrieval incomplete: got only 1000 out of",
    "garbage": "what arrived is not MNIST: it is not an .npz archive",
}


@pytest.mark.parametrize("behaviour", NETWORK)
def test_a_bad_network_means_the_digits_and_is_not_asked_again(
    home, server, monkeypatch, capsys, behaviour
):
    monkeypatch.setenv("COURSE_MNIST_URL", server.url(behaviour))
    if behaviour == "drip":
        monkeypatch.setattr(download, "LIMIT", 3.0)
    assert datasets.load_mnist().name == "digits"
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("MNIST could not be downloaded (") and NETWORK[behaviour] in line
    assert left_behind(home) == ["download-failed.txt"]
    assert datasets.load_mnist().name == "digits"
    assert capsys.readouterr().out == line + "\n" and server.hits == 1


def test_nothing_answers(home, monkeypatch, capsys, dead_address):
    monkeypatch.setenv("COURSE_MNIST_URL", dead_address + "/mnist.npz")
    assert datasets.load_mnist().name == "digits"
    assert "refused" in capsys.readouterr().out
    assert left_behind(home) == ["download-failed.txt"]


def test_a_mirror_that_is_no_address(home, monkeypatch, capsys):
    monkeypatch.setenv("COURSE_MNIST_URL", "mnist")
    assert datasets.load_mnist().name == "digits"
    assert "unknown url type: 'mnist'" in capsys.readouterr().out


@pytest.mark.parametrize(
    "change", ["note deleted", "note old", "note unreadable", "another mirror"]
)
def test_when_a_failed_download_is_tried_again(home, server, monkeypatch, capsys, change):
    monkeypatch.setenv("COURSE_MNIST_URL", server.url("missing"))
    datasets.load_mnist()
    note = home / "cache" / "download-failed.txt"
    assert f"delete {note}." in capsys.readouterr().out
    server.repaired = True
    if change == "note deleted":
        note.unlink()
    elif change == "note old":
        os.utime(note, (time.time() - 601,) * 2)
    elif change == "note unreadable":
        note.write_bytes(b"\xff\xfe")
    else:
        monkeypatch.setenv("COURSE_MNIST_URL", server.url("good"))
    assert is_small(datasets.load_mnist())
    assert server.hits == 2 and capsys.readouterr().out == ""


def test_a_failure_is_remembered_even_without_a_cache_folder(home, server, monkeypatch, capsys):
    (home / "file").write_text("in the way")
    monkeypatch.setenv("COURSE_CACHE", str(home / "file" / "cache"))
    monkeypatch.setenv("COURSE_MNIST_URL", server.url("missing"))
    note = home / "temp" / "optimization-course-download-failed.txt"
    for _ in range(2):
        assert datasets.load_mnist().name == "digits"
        assert f"delete {note}." in capsys.readouterr().out
    assert server.hits == 1


LOADER = """
import sys
from course_lib.data import datasets, mnist_file
mnist_file.EXPECTED = eval(sys.argv[1])
datasets.embedded_digits = lambda: datasets.Images(*"Xytt", name="digits")  # spares scikit-learn's import
print(datasets.load_mnist().name)
"""


@pytest.mark.parametrize(("behaviour", "name", "kept"), [
    ("slow", "mnist", "mnist.npz"), ("missing", "digits", "download-failed.txt"),
])
def test_two_processes_loading_at_once_download_once(
    home, server, monkeypatch, behaviour, name, kept
):
    monkeypatch.setenv("COURSE_MNIST_URL", server.url(behaviour))
    command = [sys.executable, "-c", LOADER, repr(EXPECTED)]
    children = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = [child.communicate(timeout=60)[0].splitlines()[-1] for child in children]
    assert said == [name, name] and [child.returncode for child in children] == [0, 0]
    assert server.hits == 1 and left_behind(home) == [kept]
    if name == "mnist":
        assert is_small(datasets.load_mnist()) and server.hits == 1


KERAS = """
import sys
import keras
import keras.src.datasets.mnist as module
from course_lib.data import download
target, origin = sys.argv[1:]
try:
    download.main(target, "2", "")
except SystemExit as stopped:
    print("first:", stopped)
module.get_file = lambda fname, origin, file_hash: keras.utils.get_file(fname, sys.argv[2])
download.main(target, "2", "")
"""


def test_keras_loader_without_network_and_with(home, server, dead_address, monkeypatch):
    target = home / "keras" / "datasets" / "mnist.npz"
    target.parent.mkdir(parents=True)
    monkeypatch.setenv("KERAS_HOME", str(home / "keras"))
    monkeypatch.setenv("https_proxy", dead_address)
    child = subprocess.run([sys.executable, "-c", KERAS, str(target), server.url("good")],
                           capture_output=True, text=True, timeout=200)
    assert child.returncode == 0, child.stderr
    (line,) = [line for line in child.stdout.splitlines() if line.startswith("first: ")]
    assert "URL fetch failure" in line and "refused" in line
    assert target.read_bytes() == server.data


def test_without_a_mirror_keras_loader_is_asked(home, monkeypatch):
    stand_in = """
        import os, pathlib, types
        def load_data():
            (pathlib.Path(os.environ["KERAS_HOME"]) / "datasets" / "mnist.npz").write_text("a stand-in")
        datasets = types.SimpleNamespace(mnist=types.SimpleNamespace(load_data=load_data))
    """
    (home / "keras.py").write_text(textwrap.dedent(stand_in))
    monkeypatch.setenv("PYTHONPATH", str(home))
    monkeypatch.delenv("KERAS_HOME", raising=False)
    (home / "parent").mkdir()
    assert download.fetch(home / "parent").read_text() == "a stand-in"


@pytest.mark.parametrize(("code", "reason"), [
    ("raise ImportError('no Keras here,\\nsorry')", "no Keras here, sorry"),
    ("import os\nos._exit(7)", "the download ended with code 7"),
    ("import types as t\ndatasets = t.SimpleNamespace(mnist=t.SimpleNamespace(load_data=print))",
     "the download ended with code 0"),
])
def test_a_download_that_fails_gives_its_reason_in_one_line(home, monkeypatch, code, reason):
    (home / "keras.py").write_text(code)
    monkeypatch.setenv("PYTHONPATH", str(home))
    with pytest.raises(OSError) as caught:
        download.fetch(home / "temp")
    assert str(caught.value) == reason


# --- digits, splits, batches ---


def test_the_embedded_digits_look_like_mnist(home, monkeypatch):
    monkeypatch.setenv("COURSE_MNIST", "embedded")
    images, again = datasets.load_mnist(), datasets.load_mnist()
    assert images.name == "digits" and not (home / "cache").exists()
    assert (images.X_train.shape, images.X_test.shape) == ((1497, 28, 28), (300, 28, 28))
    assert all(
        a.dtype == np.uint8 for a in (images.X_train, images.y_train, images.X_test, images.y_test)
    )
    assert np.array_equal(images.X_train, again.X_train) and np.array_equal(
        images.y_test, again.y_test
    )
    assert images.X_train.min() == 0 and images.X_train.max() == 255
    inside = images.X_train[:, 4:24, 4:24]
    assert inside.sum() == images.X_train.sum() and (inside.max(axis=0) > 0).mean() > 0.9
    everything = np.concatenate([images.X_train, images.X_test]).reshape(1797, 784)
    assert len(np.unique(everything, axis=0)) == 1797, "an image is in both parts"
    assert np.bincount(images.y_test).min() >= 20 and len(np.bincount(images.y_train)) == 10


def test_every_digit_kept_its_label():
    splits = datasets.split(datasets.embedded_digits())
    squares = (splits.X_train**2).sum(axis=1)
    nearest = (squares - 2 * splits.X_test @ splits.X_train.T).argmin(axis=1)
    assert (splits.y_train[nearest] == splits.y_test).mean() > 0.95  # measured: 0.98


def test_split():
    images = datasets.Images(*SMALL.values(), name="mnist")
    splits = datasets.split(images, n_valid=20)
    for X, source in [
        (splits.X_train, SMALL["x_train"][:40]),
        (splits.X_valid, SMALL["x_train"][40:]),
        (splits.X_test, SMALL["x_test"]),
    ]:
        assert (
            X.shape == (len(source), 784)
            and X.dtype == np.float32
            and X.min() == 0
            and X.max() == 1
        )
        assert np.array_equal(np.rint(X * 255).reshape(source.shape), source)
    assert np.array_equal(np.concatenate([splits.y_train, splits.y_valid]), SMALL["y_train"])
    assert np.array_equal(splits.y_test, SMALL["y_test"])
    assert splits.y_train.dtype == splits.y_valid.dtype == splits.y_test.dtype == np.int64
    assert len(datasets.split(datasets.embedded_digits()).y_valid) == 200


@pytest.mark.parametrize(
    ("images", "n_valid", "error", "message"),
    [
        ((1, 2), None, TypeError, "images must be Images, as load_mnist() returns them, got tuple"),
        (
            datasets.Images(*SMALL.values(), name="mnist"),
            60,
            ValueError,
            "leave something of the 60 images",
        ),
        (datasets.Images(*SMALL.values(), name="mnist"), None, ValueError, "got 5000"),
        (datasets.Images(*SMALL.values(), name="mnist"), 0, ValueError, "at least 1, got 0"),
        (
            datasets.Images(*SMALL.values(), name="mnist"),
            0.1,
            ValueError,
            "whole number of at least 1, got 0.1",
        ),
    ],
)
def test_split_refuses(images, n_valid, error, message):
    with pytest.raises(error) as caught:
        datasets.split(images, n_valid)
    assert message in str(caught.value)


@pytest.mark.parametrize(("n", "batch_size", "sizes"), [
    (10, 4, [4, 4, 2]), (8, 4, [4, 4]), (3, 5, [3]), (1, 1, [1]),
])
def test_batches_hold_every_index_once(n, batch_size, sizes):
    epoch = list(datasets.batches(n, batch_size, np.random.default_rng(0)))
    assert [len(batch) for batch in epoch] == sizes
    assert sorted(np.concatenate(epoch)) == list(range(n))


def test_batches_are_shuffled_anew_and_repeat_with_the_seed():
    rng = np.random.default_rng(0)
    first, second = (np.concatenate(list(datasets.batches(100, 32, rng))) for _ in range(2))
    again = np.concatenate(list(datasets.batches(100, 32, np.random.default_rng(0))))
    assert np.array_equal(first, again) and not np.array_equal(first, second)
    assert not np.array_equal(first, np.arange(100))


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (
            (0, 4, np.random.default_rng(0)),
            ValueError,
            "n must be a whole number of at least 1, got 0",
        ),
        (
            (9, 2.5, np.random.default_rng(0)),
            ValueError,
            "batch_size must be a whole number of at least 1",
        ),
        (
            (10, 4, 0),
            TypeError,
            "rng must be a NumPy Generator, such as np.random.default_rng(0), got 0",
        ),
    ],
)
def test_batches_refuse_at_the_call(arguments, error, message):
    with pytest.raises(error) as caught:
        datasets.batches(*arguments)
    assert str(caught.value).startswith(message)
