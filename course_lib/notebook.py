"""Small helpers for reading along in a notebook.

Notebooks: 00, 03, 25, 27, 34.
"""
import inspect
import textwrap


def show_source(function):
    """Print where `function` lives and its source, decorators included; TypeError for what has no
    Python source.
    """
    try:
        bare = inspect.unwrap(function)
        source = textwrap.dedent(inspect.getsource(bare))
    except (TypeError, OSError):
        raise TypeError(
            f"show_source takes a function, class or module written in Python, got {function!r}"
        ) from None
    name = inspect.getmodule(bare).__name__
    print(f"# {name.replace('.', '/')}.py\n{source.rstrip()}")
