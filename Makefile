# Two commands do everything on a fresh machine with Python 3.11+ and git: `make demo`, `make test`.
SHELL := /bin/sh
MESH ?= agora-demo
WEEKS ?= 13
PYTHON ?= python3
UV = $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)
RUN := $(UV) run --no-sync
TESTS ?= tests

.PHONY: help demo test check lint types walls bench clean setup
.DEFAULT_GOAL := help

help: ## List what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

demo: setup ## Build the demo mesh into agora-demo (MESH=folder, WEEKS=53 for all) and show it
	@$(RUN) agora demo $(MESH) --weeks $(WEEKS)

test: setup ## Run every test
	@$(RUN) pytest -n 2 --dist loadfile $(TESTS)

check: setup lint types walls ## Lint, types, walls, and every test with coverage
	@rm -f .coverage .coverage.*
	@$(RUN) pytest -n 2 --dist loadfile --cov --cov-report=term $(TESTS)

lint: setup ## Style, unused code, undeclared dependencies
	@$(RUN) ruff check .
	@$(RUN) ruff format --check .
	@$(RUN) vulture
	@$(RUN) deptry src

types: setup ## Types, strictly
	@$(RUN) mypy

walls: setup ## The walls between the rooms
	@$(RUN) lint-imports --no-logo

bench: setup ## Measure: prints ratios, judges nothing
	@for file in benchmarks/*.py; do echo "== $$file"; $(RUN) python $$file || exit 1; done

setup: .venv/.made

.venv/.made: pyproject.toml uv.lock
	@command -v uv >/dev/null 2>&1 || test -x .uv/bin/uv || { echo "fetching uv"; \
	  $(PYTHON) -m venv .uv && .uv/bin/pip install --quiet uv; } || { \
	  echo "Python's venv module is missing: on Debian, apt-get install python3-venv"; exit 1; }
	@UV_BIN=$$(command -v uv || echo .uv/bin/uv); $$UV_BIN sync --frozen --quiet && touch .venv/.made

clean: ## Remove what was made here (the demo mesh included)
	@rm -rf .venv .uv .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage* $(MESH)
