"""Build the notebooks from notebooks/src, bring back edits made in JupyterLab, write solved
notebooks, say how they stand beside the standards of one lecture.

    python -m tools.notebooks build [--all] [--force] [NN ...]   build what changed
    python -m tools.notebooks sync [NN ...]                      bring edits back into the sources
    python -m tools.notebooks solved [NN ...] -o folder          write solved ones, not executed
    python -m tools.notebooks standards [--pending] [NN ...]     count, and name every breach
"""
import sys

from tools.notebooks.build import main

sys.exit(main(sys.argv[1:]))
