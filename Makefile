# `make` alone lists what there is. Every target sets the course up first; once that is done it costs a moment.

PYTHON ?= python3
LAB_FLAGS ?=
ARGS ?=

VENV_PYTHON := .venv/bin/python
ifeq ($(OS),Windows_NT)
VENV_PYTHON := .venv/Scripts/python.exe
endif

# the extras that requirements.lock holds beside the runtime; torch is installed by setup_env.py
LOCKED := lab keras dev site scale

.PHONY: help setup lab update test test-torch test-browser test-floors check lint bench notebooks standards sync evidence mutants figures class site lock clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' Makefile

setup:
	@$(PYTHON) tools/setup_env.py

lab: setup  ## open your own copies of the notebooks in JupyterLab (LAB_FLAGS="--no-browser --port=8890")
	@$(VENV_PYTHON) tools/learner_copies.py lab $(LAB_FLAGS)

update:  ## fetch the newest version of the course into your copies, and keep what you wrote
	@$(PYTHON) tools/learner_copies.py update

# Two processes on two cores, so one thread each: BLAS threads that wait for each other slow some cells sevenfold.
test: export OPENBLAS_NUM_THREADS = 1
test: setup  ## run every test, two processes at a time (ARGS="-k name" chooses)
	$(VENV_PYTHON) -m pytest -n 2 $(ARGS)

test-torch: setup  ## install PyTorch (CPU), then run the tests that need it
	@$(PYTHON) tools/setup_env.py torch
	$(VENV_PYTHON) -m pytest -m torch tests $(ARGS)

test-browser: setup  ## install Playwright, then drive JupyterLab and the site in a headless Chromium, which must be on PATH
	.boot/bin/uv pip install --quiet --python $(VENV_PYTHON) -r pyproject.toml --extra browser
	$(VENV_PYTHON) -m pytest tests/test_browser.py tests/test_site_browser.py $(ARGS)

test-floors: setup  ## run the unit tests with the oldest versions that pyproject.toml allows, in .venv-floors
	.boot/bin/uv venv --quiet --seed --clear --python $(VENV_PYTHON) .venv-floors
	.boot/bin/uv pip install --python .venv-floors --resolution lowest-direct -r pyproject.toml \
	  --extra lab --extra keras --extra dev
	.boot/bin/uv pip install --python .venv-floors --no-deps --no-build-isolation -e .
	.venv-floors/bin/python -m pytest -n 2 --ignore=tests/test_solved.py tests course_lib $(ARGS)

check: lint test  ## lint, then test: what a change must pass

lint: setup  ## check the code's style
	$(VENV_PYTHON) -m ruff check

bench: setup  ## install PyTorch, then time the course against others, side by side (ARGS="epoch memory" chooses)
	@$(PYTHON) tools/setup_env.py torch
	$(VENV_PYTHON) benchmarks/bench.py $(ARGS)

notebooks: setup  ## build and execute the notebooks whose source or library has changed
	$(VENV_PYTHON) -m tools.notebooks build $(ARGS)

standards: setup  ## count a notebook's words, lines and minutes, and name what breaks the standards (ARGS=NN)
	$(VENV_PYTHON) -m tools.notebooks standards $(ARGS)

sync: setup  ## bring edits made in JupyterLab back into notebooks/src
	$(VENV_PYTHON) -m tools.notebooks sync $(ARGS)

evidence: setup  ## run the claims that are new, on all cores, and write the ledger (ARGS="name" chooses)
	$(VENV_PYTHON) -m experiments.evidence $(ARGS)

mutants: setup  ## change library modules in small ways and count what their tests notice (ARGS="optimizers/rules.py --sample 25")
	$(VENV_PYTHON) -m tools.mutants $(ARGS)

figures: setup  ## draw the README's figures
	$(VENV_PYTHON) figures/figures.py

class: setup  ## write the exercises of each notebook as an assignment for nbgrader into .build/class (ARGS="14 15" chooses)
	$(VENV_PYTHON) tools/class_release.py $(ARGS)

site: setup  ## build the website into .build/site, from the executed notebooks; MathJax comes from npm, once
	$(VENV_PYTHON) -m sphinx -n -W --keep-going -q -b html -d .build/site-doctrees site .build/site $(ARGS)
	@echo "open .build/site/index.html"

lock: setup  ## resolve pyproject.toml's dependencies into requirements.lock
	.boot/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  $(LOCKED:%=--extra %) $(ARGS) pyproject.toml -o requirements.lock
	.boot/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  --extra lab -c requirements.lock pyproject.toml .binder/requirements.in -o .binder/requirements.txt

clean:  ## remove everything that the other targets made, never notebooks, your copies or your progress
	rm -rf .venv .venv-floors .boot .build .pytest_cache .ruff_cache .hypothesis *.egg-info
	find . -name __pycache__ -prune -exec rm -rf {} +
