"""The map of the course in notebook 00: its parts as rows, its notebooks as boxes, read from the
README's table and fast path.
"""
import itertools
import re
from pathlib import Path

import matplotlib.pyplot as plt

README = Path(__file__).parent.parent / "README.md"
PARTS = {  # first notebook of a part -> its title
    0: "Start",
    1: "Landscapes: where can one end up?",
    5: "Descent: how fast, and is it certain?",
    8: "Noise: gradients from samples",
    10: "Memory: momentum",
    13: "Adaptive rates and schedules",
    18: "Networks",
    24: "MNIST, frameworks, judgement",
    31: "Frontier",
}
DARK, LIGHT = "#3d4f5c", "#e6ebee"


def notebooks():
    """Return [(number, title)] from the README's table, a star in the title where it has one."""
    text = README.read_text(encoding="utf-8")
    return [(int(n), title) for n, title in re.findall(r"^\| \[(\d\d) ([^\]]+)\]", text, re.M)]


def fast_path():
    """Return the numbers of the notebooks on the fast path."""
    text = README.read_text(encoding="utf-8")
    listed = re.search(r"take the fast path:\s+([\d,\s]+)\.", text)[1]
    return {int(n) for n in listed.split(",")}


def lines_of(title, width=11):
    """Return a title in lines of about `width` letters."""
    lines = [""]
    for word in title.split():
        fits = not lines[-1] or len(lines[-1]) + len(word) < width
        lines = [*lines[:-1], f"{lines[-1]} {word}".strip()] if fits else [*lines, word]
    return "\n".join(lines)


def draw_map():
    """Return the figure."""
    fast, starts = fast_path(), [*PARTS, 10**3]
    fig, ax = plt.subplots(figsize=(9.4, 1.47 * len(PARTS)))
    for row, (first, end) in enumerate(itertools.pairwise(starts)):
        ax.text(0, -row + 0.36, f"{row + 1} · {PARTS[first]}", fontsize=13, fontweight="bold")
        members = [(n, title) for n, title in notebooks() if first <= n < end]
        for column, (n, title) in enumerate(members):
            box = {"facecolor": DARK if n in fast else LIGHT, "edgecolor": DARK}
            ax.add_patch(plt.Rectangle((column, -row - 0.4), 0.95, 0.7, **box))
            words = f"{n:02d}\n{lines_of(title)}"
            style = {"fontsize": 11.5, "linespacing": 1.1, "ha": "center", "va": "center"}
            ax.text(column + 0.47, -row - 0.05, words, color="white" if n in fast else "black",
                    **style)
    ax.set(xlim=(-0.05, 7.05), ylim=(-len(PARTS) + 0.5, 0.65))
    ax.axis("off")
    return fig
