"""Build the notebooks from notebooks/src, bring back edits made in JupyterLab, write solved notebooks.

    python tools/notebooks.py build [--all] [--force] [NN ...]     build what changed
    python tools/notebooks.py sync [NN ...]                        bring notebooks/NN_*.ipynb back into src
    python tools/notebooks.py solved [NN ...] -o folder            write solved notebooks, not executed
"""
import sys

from notebook_build import main

sys.exit(main(sys.argv[1:]))
