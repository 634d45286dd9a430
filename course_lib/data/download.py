"""Fetch MNIST's file, patiently: a slow line may take as long as it needs, only silence ends it.
What broke off is tried again. A failure is noted in a file, so that a notebook and its tests do not
each wait for the same dead network.

Notebooks: none directly.
"""

import tempfile
import time
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import SimpleNamespace

from course_lib.progress_bar import progress_bar

# the copy that Keras' own loader downloads, and the SHA-256 that it expects
ADDRESS = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz"
SHA256 = "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"
CONNECT = 5.0  # seconds to wait for each of the server's machines
SILENCE = 30.0  # seconds without a byte; there is no limit on the whole
CHUNK = 10_000  # bytes to a step of the progress bar
STEPS = 1150  # in MNIST's file
RETRIES = 3  # for a download that broke off
RETRY_AFTER = 600.0  # seconds for which a failure is remembered

ANOTHER = "set COURSE_MNIST_URL to the address of another copy"
# what requests raises, by name: what happened, and what to do
REASONS = {
    "HTTPError": "{url} answered {answer}: " + ANOTHER,
    "TooManyRedirects": "{url} leads in circles: " + ANOTHER,
    "InvalidProxyURL": "the proxy has no proper address: check http_proxy and https_proxy",
    "ProxyError": "the proxy cannot be reached: check http_proxy and https_proxy",
    "SSLError": "the connection to {url} is not secure: log in to this network in a browser, or"
                " check the computer's clock",
    "Timeout": "{url} did not answer for {silence:g} seconds: check the network",
    "ConnectionError": "{url} cannot be reached: check the network",
    "RequestException": "{error}: check the address {url} and the variables that name a proxy",
}


def fetch(folder, mirror=""):
    """Download `mnist.npz` into `folder` and return its path; the arrays in it are not verified.

    mirror: the full address of a copy; empty means ADDRESS, whose file must have SHA256.
    Raises OSError, its message the bare reason and what to do about it.
    """
    import pooch
    from requests import RequestException

    url, sha256 = (mirror, None) if mirror else (ADDRESS, SHA256)
    if not url.startswith(("http://", "https://")):
        raise OSError(f"COURSE_MNIST_URL must begin with http:// or https://, got {url!r}")
    pooch.get_logger().setLevel("WARNING")  # else it announces itself in the notebook
    source = pooch.create(folder, "", registry={"mnist.npz": sha256}, urls={"mnist.npz": url},
                          retry_if_failed=RETRIES)
    try:
        return Path(source.fetch("mnist.npz", downloader=partial(_attempt, [])))
    except RequestException:
        reason = f"the connection broke off {RETRIES + 1} times: try a better network"
    except ValueError:
        reason = f"what arrived is not the published file: {ANOTHER}"
    except OSError as error:
        if error.errno is None:
            raise
        reason = f"{error.strerror} in {folder}: make room there, or let TMPDIR name another folder"
    raise OSError(reason)


def _attempt(begun, url, file, _):
    """Download once. `begun` is empty until a byte has come; only then may pooch try again, which
    it does after a RequestException.
    """
    from pooch import HTTPDownloader
    from requests import RequestException

    with progress_bar(True, STEPS, unit="x10 kB") as advance:
        bar = SimpleNamespace(
            update=lambda n: n == CHUNK and advance(), reset=lambda: None, close=lambda: None
        )
        try:
            HTTPDownloader(bar, CHUNK, timeout=(CONNECT, SILENCE))(url, file, None)
        except RequestException as error:
            if begun or Path(file).stat().st_size:
                begun.append(True)
                raise
            raise OSError(_reason(error, url)) from None
    with open(file, "rb") as arrived:
        if arrived.read(100).lstrip().startswith(b"<"):
            raise OSError(
                f"{url} brought a web page: log in to this network in a browser, or {ANOTHER}"
            )


def _reason(error, url):
    name = next(kind.__name__ for kind in type(error).__mro__ if kind.__name__ in REASONS)
    answer = f"{error.response.status_code} {error.response.reason}" if name == "HTTPError" else ""
    told = " ".join(str(error).split()).rstrip(".")
    return REASONS[name].format(url=url, answer=answer, silence=SILENCE, error=told)


def remember(folder, mirror, reason):
    """Note a failed download in `folder`, or else among the temporary files; return the note's
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
