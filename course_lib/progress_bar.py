"""A bar that shows how far long work has come, and stays out of outputs that are compared.

Notebooks: none directly.
"""
import contextlib
import os


@contextlib.contextmanager
def progress_bar(shown, total, unit="step", done=0):
    """Give the function to call after every step; `done` of the total were there before.

    No bar is shown where the environment variable TQDM_DISABLE is 1; tqdm itself may have read it
    long ago, or not at all.
    """
    if not shown or os.environ.get("TQDM_DISABLE", "0") not in ("", "0"):
        yield lambda: None
        return
    from tqdm.auto import tqdm

    with tqdm(total=total, initial=done, unit=unit, disable=False) as bar:
        yield bar.update
