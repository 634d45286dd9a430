"""Build the notebooks from notebooks/src, bring back edits made in JupyterLab, write solved
notebooks.

    python -m tools.notebooks build [--all] [--force] [NN ...]   build what changed
    python -m tools.notebooks sync [NN ...]                      bring edits back into the sources
    python -m tools.notebooks solved [NN ...] -o folder          write solved ones, not executed
"""
import sys

from tools.notebooks.build import main

sys.exit(main(sys.argv[1:]))
