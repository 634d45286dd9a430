"""Show a verdict: in colour where a notebook is the reader, in plain lines everywhere else.

Colour only repeats what the words say. An exercise that was not attempted stays plain, so that a
committed notebook holds no colours.

Notebooks: none directly.
"""
import html
import sys

COLOURS = {  # status -> colour of the bar, a sign
    "correct": ("#00795a", "\u2713"),
    "wrong": ("#b3560f", "\u2717"),
}


def show(status, text):
    """Print `text`, or display it with a coloured bar if this is a notebook's kernel.

    status: 'correct', 'not attempted' or 'wrong'.
    """
    if status not in COLOURS or not in_notebook():
        print(text)
        return
    from IPython.display import display
    display({"text/plain": text, "text/html": as_html(status, text)}, raw=True)


def in_notebook():
    """Return whether this process is the kernel of a notebook."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return hasattr(shell, "kernel")


def as_html(status, text):
    """Return `text` as HTML: the first line bold, a bar in the colour of the verdict beside all."""
    colour, sign = COLOURS[status]
    first, *rest = html.escape(text).splitlines()
    lines = "<br>".join([f"<b style='color: {colour}'>{sign}</b> <b>{first}</b>", *rest])
    return f"<div style='border-left: 4px solid {colour}; padding-left: 0.7em'>{lines}</div>"
