"""write_whole: whoever reads the file sees the old contents or the new ones, whatever goes wrong on the way."""
import os
import signal
import stat
import subprocess
import sys
import threading

import pytest

from course_lib.files import write_whole

POSIX = pytest.mark.skipif(not hasattr(os, "killpg"), reason="needs a POSIX system")


def test_text_and_bytes_are_written_and_the_folder_is_made(tmp_path):
    path = tmp_path / "new" / "newer" / "a.txt"
    write_whole(path, "é\nlast line")
    assert path.read_bytes() == "é\nlast line".encode()
    write_whole(str(path), b"\x00\r\n")
    assert path.read_bytes() == b"\x00\r\n" and list(path.parent.iterdir()) == [path]


@POSIX
def test_a_new_file_can_be_read_by_whom_the_system_says_and_an_old_one_keeps_its_permissions(tmp_path):
    path, usual = tmp_path / "a", tmp_path / "b"
    usual.write_text("x")
    write_whole(path, "x")
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE(usual.stat().st_mode)
    path.chmod(0o640)
    write_whole(path, "y")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


@pytest.mark.parametrize("broken", ["fsync", "replace", "chmod"])
def test_a_failure_names_the_path_and_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch, broken):
    path = tmp_path / "a.json"
    write_whole(path, "old")

    def fails(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, broken, fails)
    with pytest.raises(OSError, match=r"a.json could not be written \(No space left on device\)") as raised:
        write_whole(path, "new")
    monkeypatch.undo()
    assert raised.value.errno == 28
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]


FULL = """
import resource, signal, sys
from course_lib.files import write_whole
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    write_whole(sys.argv[1], "n" * 5000)
except OSError as error:
    print(error)
"""


@POSIX
def test_a_disk_that_takes_only_a_part_leaves_the_old_file(tmp_path):
    path = tmp_path / "a.txt"
    write_whole(path, "old")
    done = subprocess.run([sys.executable, "-c", FULL, path], capture_output=True, text=True, check=True)
    assert f"{path} could not be written" in done.stdout and done.stdout.count("\n") == 1
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]


@POSIX
@pytest.mark.parametrize("when", ["fsync", "replace"])
def test_a_kill_between_any_two_writes_leaves_a_whole_file(tmp_path, when):
    path = tmp_path / "a.txt"
    write_whole(path, "old")
    code = f"""
import os, signal
from course_lib.files import write_whole
os.{when} = lambda *args: os.kill(os.getpid(), signal.SIGKILL)
write_whole({str(path)!r}, "new")
"""
    done = subprocess.run([sys.executable, "-c", code], check=False)
    assert done.returncode == -signal.SIGKILL and path.read_text() == "old"
    write_whole(path, "new")  # what the kill left behind is in nobody's way
    assert path.read_text() == "new"


def test_many_writers_at_once_leave_one_of_their_texts(tmp_path):
    path = tmp_path / "a.txt"
    texts = [str(k) * 20_000 for k in range(8)]
    writers = [threading.Thread(target=lambda text=text: [write_whole(path, text) for _ in range(5)])
               for text in texts]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert path.read_text() in texts and list(tmp_path.iterdir()) == [path]
