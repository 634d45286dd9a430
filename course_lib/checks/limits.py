"""Limits within which a learner's code is examined: nothing it does hangs or ends the kernel.

    with within(seconds):     TimeUp is raised in the block once the time is over, again and again
        ...                   until the block is left: `except: pass` in a loop does not keep it

Where the system has an alarm, it also ends what waits, such as time.sleep. Elsewhere, and outside
the main thread, it ends Python code between two of its instructions. On Linux a block may take
4 GiB more memory than there was; a larger array then raises MemoryError, as it should.

Notebooks: none directly.
"""
import contextlib
import ctypes
import signal
import threading

MEMORY = 4 * 2**30  # bytes


class TimeUp(BaseException):
    """The time is over; no Exception, so that a learner's `except Exception` does not catch it."""


@contextlib.contextmanager
def within(seconds):
    """Raise TimeUp in the block when it has run for so many seconds."""
    alarmed = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    with _memory_limit(), _alarm(seconds) if alarmed else _watchdog(seconds):
        yield


@contextlib.contextmanager
def _alarm(seconds):
    """Use the system's alarm, which rings every tenth of a second once it has rung."""
    over = False

    def ring(*_):
        if not over:
            raise TimeUp

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, 0.1)
    try:
        yield
    finally:
        over = True
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def _watchdog(seconds):
    """Let another thread raise TimeUp in this one."""
    here, over, lock = ctypes.c_ulong(threading.get_ident()), threading.Event(), threading.Lock()

    def watch():
        wait = seconds
        while not over.wait(wait):
            with lock:
                if not over.is_set():
                    ctypes.pythonapi.PyThreadState_SetAsyncExc(here, ctypes.py_object(TimeUp))
            wait = 0.1

    threading.Thread(target=watch, daemon=True).start()
    try:
        yield
    finally:
        with lock:
            over.set()
            ctypes.pythonapi.PyThreadState_SetAsyncExc(here, None)  # one may be on its way


@contextlib.contextmanager
def _memory_limit():
    """Let the process take MEMORY bytes more than now, where the system can say so."""
    try:
        import resource

        with open("/proc/self/statm", encoding="ascii") as file:
            now = int(file.read().split()[0]) * resource.getpagesize()
        soft, hard = resource.getrlimit(resource.RLIMIT_AS)
        known = [limit for limit in (soft, hard) if limit != resource.RLIM_INFINITY]
        resource.setrlimit(resource.RLIMIT_AS, (min([now + MEMORY, *known]), hard))
    except (ImportError, OSError, ValueError):
        yield
        return
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
