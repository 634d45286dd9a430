"""The learner's copies in my/: made from notebooks/, and brought up to date without losing an
answer.

cells.py      a notebook as it is read, compared and written
pairing.py    which cell of one version is which cell of another
merging.py    three versions of a notebook become one
carrying.py   an exercise moves to another notebook, and its answer with it
folder.py     the files in my/
newest.py     git pull, in one sentence
"""
