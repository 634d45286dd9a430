"""What the claims share when each side is tuned for itself. It declares no claim."""
import numpy as np


def best_of(grid, scores, name):
    """Return the entry of a grid whose score is lowest, to six digits.

    grid: in ascending order. scores: one an entry. name: of what is tuned, for the error.
    Raises ValueError where the best one lies at an edge: beyond it there may be a better one.
    """
    best = int(np.argmin(scores))
    if best in (0, len(grid) - 1):
        raise ValueError(f"the best rate of {name} lies at the edge of the grid: widen it")
    return float(f"{grid[best]:.6g}")
