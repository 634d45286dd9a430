# `make` alone lists what there is. Every target sets the course up first; once that is done it costs a moment.

PYTHON ?= python3
LAB_FLAGS ?=
ARGS ?=

VENV_PYTHON := .venv/bin/python
ifeq ($(OS),Windows_NT)
VENV_PYTHON := .venv/Scripts/python.exe
endif

# JupyterLab refuses to run as root (in a container, say) unless told that it may
AS_ROOT := $(if $(filter 0,$(shell id -u)),--allow-root)

.PHONY: help setup lab test test-torch bench notebooks sync figures lint lock clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-11s %s\n", $$1, $$2}' Makefile

setup:
	@$(PYTHON) tools/setup_env.py

lab: setup  ## open the course in JupyterLab (LAB_FLAGS="--no-browser --port=8890")
	$(VENV_PYTHON) -m jupyterlab $(AS_ROOT) --ServerApp.root_dir=. \
	  --LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb $(LAB_FLAGS)

test: setup  ## run every test, two processes at a time (ARGS="-k name" chooses)
	$(VENV_PYTHON) -m pytest -n 2 $(ARGS)

test-torch: setup  ## install PyTorch (CPU), then run the tests that need it
	@$(PYTHON) tools/setup_env.py torch
	$(VENV_PYTHON) -m pytest -m torch tests $(ARGS)

bench: setup  ## install PyTorch, then time the course against others, side by side (ARGS="epoch memory" chooses)
	@$(PYTHON) tools/setup_env.py torch
	$(VENV_PYTHON) benchmarks/bench.py $(ARGS)

notebooks: setup  ## build and execute the notebooks whose source or library has changed
	$(VENV_PYTHON) -m tools.notebooks build $(ARGS)

sync: setup  ## bring edits made in JupyterLab back into notebooks/src
	$(VENV_PYTHON) -m tools.notebooks sync $(ARGS)

figures: setup  ## draw the README's figures
	$(VENV_PYTHON) figures/figures.py

lint: setup  ## check the code's style
	$(VENV_PYTHON) -m ruff check

lock: setup  ## resolve pyproject.toml's dependencies into requirements.lock
	.boot/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  $(ARGS) pyproject.toml -o requirements.lock

clean:  ## remove everything that the other targets made, never notebooks or a learner's progress
	rm -rf .venv .boot .build .pytest_cache .ruff_cache .hypothesis *.egg-info
	find . -name __pycache__ -prune -exec rm -rf {} +
