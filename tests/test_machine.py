"""Work is shared by the cores inside a block, ends with it, and fails in one place."""
import platform
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from course_lib.machine import all_cores, cores, together


def blas_threads():
    return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}


def test_cores_are_shared_inside_the_block_only():
    before = blas_threads()
    with all_cores(3):
        assert cores() == 3 and blas_threads() == {1}
        with all_cores(1):
            assert cores() == 1
        assert cores() == 3
    assert cores() == 1 and blas_threads() == before


@pytest.mark.parametrize("n", [1, 2])
def test_as_many_as_blas_could_have_used(n):
    with threadpool_limits(n, user_api="blas"), all_cores():
        assert cores() == n


def test_parts_run_at_once_the_first_of_them_here():
    meeting, seen = threading.Barrier(3, timeout=20), []

    def part():
        meeting.wait()  # passes only where all three wait at once
        seen.append((threading.get_ident(), cores()))

    with all_cores(3):
        together([part] * 3)
    here = threading.get_ident()
    assert len({thread for thread, _ in seen}) == 3
    assert sorted(n for thread, n in seen if thread != here) == [1, 1]  # a part is not cut again
    assert [n for thread, n in seen if thread == here] == [3]


def test_a_part_alone_needs_no_thread():
    seen = []
    together([lambda: seen.append(threading.get_ident())])
    assert seen == [threading.get_ident()]


@pytest.mark.parametrize("place", [0, 1])
def test_what_a_part_raises_is_raised_when_all_have_ended(place):
    ended = []

    def fails():
        raise ZeroDivisionError

    def lasts():
        time.sleep(0.1)
        ended.append(True)

    with all_cores(2), pytest.raises(ZeroDivisionError):
        together([fails, lasts] if place == 0 else [lasts, fails])
    assert ended == [True]


def test_the_warnings_of_a_part_are_those_of_its_caller():
    def overflow():
        np.float32([3e38]) * np.float32(10)

    with all_cores(2):
        with np.errstate(over="raise"), pytest.raises(FloatingPointError):
            together([lambda: None, overflow])
        with np.errstate(over="ignore"):
            together([lambda: None, overflow])


FAULTS = """
import resource, sys
import numpy as np
from course_lib.machine import keep_freed_memory

if sys.argv[1] == "keep":
    keep_freed_memory()
w = np.ones(118_282, np.float32)

def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(20):
        a, b = w + w, w * w
        c = np.sqrt(a) / (b + a)
        del a, b, c
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

faults()
print(faults())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="tells the C library of Linux something")
def test_memory_that_is_kept_needs_no_new_pages():
    told = {
        how: int(subprocess.run([sys.executable, "-c", FAULTS, how], check=True,
                                capture_output=True, text=True).stdout)
        for how in ("keep", "hand back")
    }
    assert told["keep"] <= 20
    assert told["hand back"] > 500 or "glibc" not in platform.libc_ver()
