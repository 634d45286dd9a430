"""MNIST's way into the course: every fault gives one clear line, and leaves nothing broken behind.

A small stand-in with its own table of hashes replaces MNIST, a server on this machine replaces the
network.
"""
import hashlib
import http.server
import importlib.util
import os
import pickle
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock

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
    monkeypatch.setattr(download, "SILENCE", 1.0)
    monkeypatch.setattr(download, "CHUNK", 500)
    monkeypatch.setattr(download, "RETRIES", 1)
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
        if behaviour == "falters":  # breaks off, does not answer, works
            behaviour = {1: "cut", 2: "hang"}.get(self.server.hits, "good")
        if behaviour == "missing":
            self.send_error(404)
        elif behaviour == "hang":
            self.server.closing.wait(10)
        elif behaviour in ("moved", "circle"):
            self.send_response(302)
            self.send_header("Location", self.path.replace("moved", "good"))
            self.end_headers()
        else:
            self.send(behaviour, BODIES.get(behaviour, self.server.data))

    def send(self, behaviour, data):
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if behaviour in ("cut", "stall"):
            self.wfile.write(data[:len(data) // 2])
            self.server.closing.wait(10 if behaviour == "stall" else 0)
        elif behaviour == "drip":  # takes three times as long as silence may last
            for start in range(0, len(data), len(data) // 30):
                self.wfile.write(data[start:start + len(data) // 30])
                self.server.closing.wait(0.1)
        else:
            self.wfile.write(data)

    def log_message(self, *args):
        pass


BODIES = {"portal": b"\n<!DOCTYPE html>Please log in", "garbage": b"not MNIST"}


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


def test_a_relative_path_that_leads_nowhere_says_where_it_was_looked_for(home, monkeypatch):
    monkeypatch.chdir(home)
    monkeypatch.setenv("COURSE_MNIST", "data/mnist.npz")
    path = home / "data" / "mnist.npz"
    sentence = f"COURSE_MNIST names data/mnist.npz, which was looked for as {path}, but there is no"
    with pytest.raises(FileNotFoundError, match=re.escape(sentence)):
        datasets.load_mnist()


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
    assert images.y_train[:5].tolist() == [5, 0, 4, 1, 9]
    assert images.y_test[:5].tolist() == [7, 2, 1, 0, 4]
    splits = datasets.split(images)
    sizes = [len(y) for y in (splits.y_train, splits.y_valid, splits.y_test)]
    assert sizes == [55_000, 5_000, 10_000]


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


@pytest.mark.parametrize("step", ["os.fsync", "os.replace"])
def test_a_full_disk_leaves_no_part_of_a_file(home, server, monkeypatch, capsys, step):
    def fail(*given):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(step, fail)
    monkeypatch.setenv("COURSE_MNIST_URL", server.url("good"))
    assert is_small(datasets.load_mnist())
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith(f"MNIST could not be kept in {home / 'cache'} (No space left on device)")
    assert "COURSE_CACHE" in line and left_behind(home) == []


def test_a_cache_that_may_only_be_read(home, server, monkeypatch, capsys):
    def fail(folder, *given):
        raise PermissionError(13, "Permission denied", str(folder))

    (home / "cache").mkdir()
    monkeypatch.setattr(mnist_file, "FileLock", fail)
    monkeypatch.setattr(datasets, "write_whole", fail)
    monkeypatch.setenv("COURSE_MNIST_URL", server.url("good"))
    assert is_small(datasets.load_mnist())
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith(f"MNIST could not be kept in {home / 'cache'} (Permission denied), so")


# --- the network ---

NETWORK = {  # behaviour: what is said, after the address or alone; how often the server is asked
    "missing": ("answered 404 Not Found: set COURSE_MNIST_URL to the address of another copy)", 1),
    "hang": ("did not answer for 1 seconds: check the network)", 1),
    "circle": ("leads in circles: set COURSE_MNIST_URL to the address of another copy)", 31),
    "portal": ("brought a web page: log in to this network in a browser, or set COURSE_", 1),
    "garbage": ("is not MNIST: it is not an .npz archive, or not all of one)", 1),
    "cut": ("(the connection broke off 2 times: try a better network)", 2),
    "stall": ("(the connection broke off 2 times: try a better network)", 2),
}


@pytest.mark.parametrize("behaviour", NETWORK)
def test_a_bad_network_means_the_digits_and_is_not_asked_again(
    home, server, monkeypatch, capsys, behaviour
):
    monkeypatch.setenv("COURSE_MNIST_URL", server.url(behaviour))
    sentence, hits = NETWORK[behaviour]
    assert datasets.load_mnist().name == "digits"
    (line,) = capsys.readouterr().out.splitlines()
    said = sentence if sentence.startswith("(") else f"({server.url(behaviour)} {sentence}"
    assert line.startswith(f"MNIST could not be downloaded {said}")
    assert server.hits == hits and left_behind(home) == ["download-failed.txt"]
    assert datasets.load_mnist().name == "digits"
    assert capsys.readouterr().out == line + "\n" and server.hits == hits


@pytest.mark.parametrize("chunk", [500, 10**6])
def test_a_slow_line_finishes_as_only_silence_counts(home, server, monkeypatch, capsys, chunk):
    monkeypatch.setattr(download, "CHUNK", chunk)
    monkeypatch.setenv("COURSE_MNIST_URL", server.url("drip"))
    started = time.monotonic()
    assert is_small(datasets.load_mnist())
    assert time.monotonic() - started > 2 * download.SILENCE
    assert server.hits == 1 and capsys.readouterr().out == ""


@pytest.mark.parametrize(("behaviour", "hits"), [("falters", 3), ("moved", 2)])
def test_what_is_tried_again_or_sent_elsewhere_arrives(
    home, server, monkeypatch, capsys, behaviour, hits
):
    monkeypatch.setattr(download, "RETRIES", 2)
    monkeypatch.setenv("COURSE_MNIST_URL", server.url(behaviour))
    assert is_small(datasets.load_mnist()) and server.hits == hits
    assert left_behind(home) == ["mnist.npz"] and capsys.readouterr().out == ""


@pytest.mark.parametrize("wanted", [True, False])
def test_a_bar_counts_the_chunks_unless_bars_are_switched_off(
    home, server, monkeypatch, capfd, wanted
):
    steps = -(-len(server.data) // download.CHUNK)
    monkeypatch.setattr(download, "STEPS", steps)
    monkeypatch.setenv("TQDM_DISABLE", "0" if wanted else "1")
    monkeypatch.setenv("COURSE_MNIST_URL", server.url("good"))
    assert is_small(datasets.load_mnist())
    said = capfd.readouterr()
    assert said.out == "" and (f"| {steps}/{steps} [" in said.err) == wanted
    assert wanted or said.err == ""


def test_the_address_without_a_mirror_is_the_one_in_keras():
    keras = Path(importlib.util.find_spec("keras").origin).parent
    source = (keras / "src" / "datasets" / "mnist.py").read_text(encoding="utf-8")
    assert download.ADDRESS.removesuffix("mnist.npz") in source and download.SHA256 in source
    assert 'origin=f"{origin_folder}mnist.npz"' in source


def test_without_a_mirror_the_file_must_be_the_published_one(home, server, monkeypatch, capsys):
    monkeypatch.setattr(download, "ADDRESS", server.url("good"))
    assert datasets.load_mnist().name == "digits"
    (line,) = capsys.readouterr().out.splitlines()
    assert "(what arrived is not the published file: set COURSE_MNIST_URL to the address" in line
    assert left_behind(home) == ["download-failed.txt"] and server.hits == 2
    (home / "cache" / "download-failed.txt").unlink()
    monkeypatch.setattr(download, "SHA256", hashlib.sha256(server.data).hexdigest())
    assert is_small(datasets.load_mnist()) and left_behind(home) == ["mnist.npz"]


def test_no_room_for_the_download(home, server, monkeypatch, capsys):
    def fail(path):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pooch.core.temporary_file", fail)
    monkeypatch.setenv("COURSE_MNIST_URL", server.url("good"))
    assert datasets.load_mnist().name == "digits"
    (line,) = capsys.readouterr().out.splitlines()
    assert f"(No space left on device in {home / 'temp'}" in line and "make room there" in line


def test_an_interrupted_download_leaves_nothing_and_is_not_a_failure(home, server, monkeypatch):
    def stop(shown, total, unit):
        raise KeyboardInterrupt

    monkeypatch.setenv("COURSE_MNIST_URL", server.url("good"))
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(download, "progress_bar", stop)
        datasets.load_mnist()
    assert left_behind(home) == []
    assert is_small(datasets.load_mnist())


def test_nothing_answers(home, monkeypatch, capsys, dead_address):
    monkeypatch.setenv("COURSE_MNIST_URL", dead_address + "/mnist.npz")
    assert datasets.load_mnist().name == "digits"
    said = capsys.readouterr().out
    assert f"({dead_address}/mnist.npz cannot be reached: check the network)" in said
    assert left_behind(home) == ["download-failed.txt"]


def test_a_connection_that_is_not_secure(home, server, monkeypatch, capsys):
    address = server.url("good").replace("http:", "https:")  # where nobody speaks TLS
    monkeypatch.setenv("COURSE_MNIST_URL", address)
    assert datasets.load_mnist().name == "digits"
    assert f"(the connection to {address} is not secure: log in" in capsys.readouterr().out


@pytest.mark.parametrize(("address", "said"), [
    ("mnist", "(COURSE_MNIST_URL must begin with http:// or https://, got 'mnist')"),
    ("file:///mnist.npz", "(COURSE_MNIST_URL must begin with http:// or https://, got 'file:///"),
    ("http://", "(Invalid URL 'http://': No host supplied: check the address http:// and the"),
])
def test_a_mirror_that_is_no_address(home, monkeypatch, capsys, address, said):
    monkeypatch.setenv("COURSE_MNIST_URL", address)
    assert datasets.load_mnist().name == "digits"
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith(f"MNIST could not be downloaded {said}")


@pytest.mark.parametrize(("proxy", "said"), [
    ("dead", "(the proxy cannot be reached: check http_proxy and https_proxy)"),
    ("http:///", "(the proxy has no proper address: check http_proxy and https_proxy)"),
    ("socks5://127.0.0.1:9", "(Missing dependencies for SOCKS support: check the address"),
    ("odd://127.0.0.1:9", "variables that name a proxy)"),
])
def test_a_proxy_that_does_not_work_is_named(home, monkeypatch, capsys, dead_address, proxy, said):
    monkeypatch.setenv("http_proxy", dead_address if proxy == "dead" else proxy)
    monkeypatch.setenv("COURSE_MNIST_URL", "http://nowhere.invalid/mnist.npz")
    assert datasets.load_mnist().name == "digits"
    (line,) = capsys.readouterr().out.splitlines()
    assert said in line


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


LISTENS = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # tests may run where a shell ignores it
"""
LOADER = """
import sys
from course_lib.data import datasets, download, mnist_file
mnist_file.EXPECTED, mnist_file.PATIENCE = eval(sys.argv[1]), 0.5
datasets.embedded_digits = lambda: datasets.Images(*"Xytt", name="digits")  # without scikit-learn
print(datasets.load_mnist().name)
loaded = {name.split(".")[0] for name in sys.modules}
assert not loaded & {"keras", "tensorflow"}
"""


@pytest.mark.parametrize(("behaviour", "name", "kept"), [
    ("drip", "mnist", "mnist.npz"), ("missing", "digits", "download-failed.txt"),
])
def test_two_processes_loading_at_once_download_once(
    home, server, monkeypatch, behaviour, name, kept
):
    monkeypatch.setenv("COURSE_MNIST_URL", server.url(behaviour))
    command = [sys.executable, "-c", LOADER, repr(EXPECTED)]
    children = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = [child.communicate(timeout=60)[0].splitlines() for child in children]
    assert [lines[-1] for lines in said] == [name, name]
    assert [child.returncode for child in children] == [0, 0]
    assert server.hits == 1 and left_behind(home) == [kept]
    if name == "mnist":
        waited = ["Another process is downloading MNIST; this one waits for it.", "mnist"]
        assert sorted(said) == [waited, ["mnist"]]
        assert is_small(datasets.load_mnist()) and server.hits == 1


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal")
def test_waiting_for_another_process_can_be_interrupted(home, server, monkeypatch):
    monkeypatch.setenv("COURSE_MNIST_URL", server.url("good"))
    (home / "cache").mkdir()
    with FileLock(home / "cache" / "mnist.lock"):
        child = subprocess.Popen([sys.executable, "-u", "-c", LISTENS + LOADER, repr(EXPECTED)],
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert child.stdout.readline().startswith("Another process is downloading MNIST")
        child.send_signal(signal.SIGINT)
        assert "KeyboardInterrupt" in child.communicate(timeout=20)[1]
    assert server.hits == 0


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


def test_enlarging_the_digits_keeps_the_mean_grey():
    from sklearn.datasets import load_digits

    images = datasets.embedded_digits()
    inside = np.concatenate([images.X_train, images.X_test])[:, 4:24, 4:24] / 255
    assert inside.mean() == pytest.approx(load_digits().images.mean() / 16, rel=5e-4)


@pytest.mark.parametrize("kind", [datasets.Images, datasets.Splits])
def test_the_arrays_of_a_data_set_cannot_be_exchanged_and_sets_can_be_compared(kind):
    one = kind(*[np.zeros(3)] * (len(kind.__dataclass_fields__) - 1), name="mnist")
    with pytest.raises(AttributeError):
        one.X_train = np.ones(3)
    assert one == one and one != kind(**vars(one))  # as objects: arrays have no single truth


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
