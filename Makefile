# Every task of this project; `make help` lists them. Needs Python 3.11+, git and make, and gets
# the rest itself: uv (pinned, in .venv-tools) makes .venv from uv.lock.

UV_VERSION := 0.13.9
PORT ?= 8000
DEMO_DATA ?= tocsin-demo
JOBS ?= 4
PYTEST_ARGS ?=

# The first Python on the PATH that is new enough; uv is told to use it and to download none.
PYTHON := $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
  "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && command -v "$$python" && break; done)
export UV_PYTHON := $(PYTHON)
export UV_PYTHON_DOWNLOADS := never
export UV_PROJECT_ENVIRONMENT := .venv
unexport VIRTUAL_ENV
# Containers often set it: each of the hundreds of processes that tests start would then compile all of
# Django and Tocsin anew, three seconds each.
unexport PYTHONDONTWRITEBYTECODE

TOOLS := .venv-tools
UV := $(TOOLS)/bin/uv
BIN := .venv/bin
# Who is done early takes over from the other: files with a browser are slow ones.
PYTEST := $(BIN)/pytest -q -n $(JOBS) --dist worksteal
PO := $(shell find src/tocsin -name '*.po')
MO := $(PO:.po=.mo)

.DEFAULT_GOAL := help
.PHONY: help demo test fmt lint types bench docs soak messages clean machine
# Recipes stop at the first command that fails.
.DELETE_ON_ERROR:

help: ## list the tasks
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

demo: .venv/.demo $(MO) ## start a demo campaign on this machine (PORT=8000)
	@$(BIN)/tocsin demo --port $(PORT) --data $(DEMO_DATA)

test: lint types machine ## all tests: lint, types, then pytest on SQLite and on PostgreSQL
	$(PYTEST) -m "not soak" $(PYTEST_ARGS)
	TOCSIN_TEST_DATABASE=postgres $(PYTEST) -m "not soak" $(PYTEST_ARGS)

lint: .venv/.ready ## ruff, the floors of the house, the templates
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports --no-cache
	$(BIN)/djlint --lint --quiet src

types: .venv/.ready ## mypy, strict
	$(BIN)/mypy

fmt: .venv/.ready ## format the code and mend what ruff can mend
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: .venv/.ready $(MO) ## measure this machine against the budgets (ARGS="sign --seconds 10")
	$(BIN)/tocsin bench $(or $(ARGS),sign)

docs: .venv/.docs ## build the documentation into docs/_build; a warning fails it
	$(BIN)/sphinx-build -W --keep-going -q -b html docs docs/_build

soak: .venv/.ready $(MO) machine ## the long runs: hundreds of kills, ten minutes of fuzzing a parser (two hours or so)
	@$(UV) sync --quiet --frozen --inexact --group fuzz
	$(BIN)/pytest -m soak $(PYTEST_ARGS)

messages: .venv/.ready ## collect the words to translate into src/tocsin/locale (LANGUAGES=de begins a new language)
	@$(BIN)/python tests/messages.py $(LANGUAGES)

clean: ## remove what make made, but no data
	rm -rf .venv $(TOOLS) docs/_build dist build $(MO)

# --- set-up ---------------------------------------------------------------------------------

.venv/.demo: $(UV) pyproject.toml uv.lock CHANGELOG.md
	@echo "Making the environment from uv.lock (once) ..."
	@$(UV) sync --quiet --frozen --no-dev --inexact
	@touch $@

.venv/.ready: $(UV) pyproject.toml uv.lock CHANGELOG.md
	@$(UV) sync --quiet --frozen --inexact
	@touch $@ .venv/.demo

.venv/.docs: .venv/.ready
	@$(UV) sync --quiet --frozen --inexact --group docs
	@touch $@

%.mo: %.po | .venv/.demo
	@$(BIN)/pybabel -q compile -i $< -o $@

# venv is a package of its own on Debian: there pip may do, or root installs it, or a uv is there.
NO_UV := Cannot get uv $(UV_VERSION). Type: sudo apt-get update && sudo apt-get install -y python3-venv
IN_VENV = { $(PYTHON) -m venv $(TOOLS) && $(TOOLS)/bin/pip install --quiet uv==$(UV_VERSION); }
$(UV):
	@test -n "$(PYTHON)" || { echo "Tocsin needs Python 3.11 or newer, and found: $$(python3 --version 2>&1)"; exit 1; }
	@rm -rf $(TOOLS)
	@{ $(IN_VENV) \
	  || { rm -rf $(TOOLS) && $(PYTHON) -m pip install --quiet --target $(TOOLS) uv==$(UV_VERSION); } \
	  || { uv --version && mkdir -p $(TOOLS)/bin && ln -sf "$$(command -v uv)" $@; } \
	  || { test "$$(id -u)" = 0 && apt-get -qq update && apt-get -qq install -y python3-venv && $(IN_VENV); } \
	  ; } >/dev/null 2>&1 || { echo "$(NO_UV)"; rm -rf $(TOOLS); exit 1; }

machine: .venv/.ready $(MO)
	@$(BIN)/python tests/machine.py
