"""Build the notebooks from notebooks/src, bring back edits made in JupyterLab, write solved
notebooks.

    python -m tools.notebooks build [--all] [--force] [NN ...]   build what changed
    python -m tools.notebooks sync [NN ...]                      bring notebooks back into their sources
    python -m tools.notebooks solved [NN ...] -o folder          write solved notebooks, not executed
"""
import sys

from tools.notebooks.build import main

sys.exit(main(sys.argv[1:]))
