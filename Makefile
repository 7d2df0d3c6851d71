# Every target builds what it needs first; a second time it finds that nothing changed.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

VENV := .venv
BIN := $(VENV)/bin
RUN := $(VENV)/.installed-run
DEV := $(VENV)/.installed-dev
LOCAL = $(BIN)/python -m marketplace.cli.local
PYTHON ?=
ARGS ?=
# Hundreds of processes read the same modules: what one has compiled is kept for the others.
unexport PYTHONDONTWRITEBYTECODE

##@ Run

run: $(RUN) ## Run the whole product here, with the data of the last time (PORT=8000)
	@$(LOCAL) run

fresh: $(RUN) ## Delete the local data and run again
	@$(LOCAL) fresh

seed: $(RUN) ## Fill the local database with the demo market, if it is empty
	@$(LOCAL) with $(BIN)/python -m workers seed

##@ Test

test: $(DEV) ## Run every test, two files at a time (ARGS="tests/rules" for some)
	@$(BIN)/python -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

test-fast: $(DEV) ## Run the tests that need no server
	@$(BIN)/python -m pytest -q tests/rules tests/architecture $(ARGS)

test-mutation: $(DEV) ## Change the code of money in small ways, and count what tests notice (AREA=ledger/rules)
	@$(BIN)/python -m tests.mutation $(AREA) $(ARGS)

test-crash: $(DEV) ## Kill workers and servers at every point, 20 times each (some 15 minutes)
	@CRASH_REPETITIONS=20 $(BIN)/python -m pytest -q tests/crash $(ARGS)

test-nightly: $(DEV) ## Run the long form of tests with invented histories: 2,000 of 50 events of money
	@MONEY_MACHINE=nightly $(BIN)/python -m pytest -q tests/services/money_machine $(ARGS)

test-disturbed: $(DEV) ## Import a million rows, and cut files for minutes, while the market is ranked and planned
	@DISTURBANCES=nightly $(BIN)/python -m pytest -q tests/races/test_large_import.py tests/races/test_torn_columns.py $(ARGS)

cover: $(DEV) ## Run every test and show which lines were not reached
	@$(BIN)/python -m pytest -q --cov --cov-report=term-missing:skip-covered --cov-fail-under=95 $(ARGS)

bench: $(DEV) ## Run every benchmark, or those in ONLY="…", and keep the figures in docs/benchmarks.md
	@$(BIN)/python -m benchmarks $(ONLY)

##@ Check

check: lint types arch check-migrations test ## Do everything that has to pass before a change lands

lint: $(DEV) ## Look for mistakes and for style
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

fix: $(DEV) ## Repair what can be repaired, and format
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

types: $(DEV) ## Check the types
	@$(BIN)/mypy

arch: $(DEV) ## Check who imports whom
	@$(BIN)/lint-imports

##@ Database

migrate: $(RUN) ## Bring the database to the newest migration
	@$(LOCAL) with $(BIN)/alembic upgrade head

revision: $(DEV) ## Write a migration from the models (m="what changes")
	@test -n "$(m)" || { echo 'Say what changes: make revision m="add due dates"' >&2; exit 1; }
	@$(LOCAL) with $(BIN)/alembic revision --autogenerate -m "$(m)"

check-migrations: $(DEV) ## Migrate up, down and up again, and compare with the models
	@$(LOCAL) check-migrations

dbshell: $(RUN) ## Open the database's console
	@$(LOCAL) psql

ledger-check: $(RUN) ## Check every invariant of the ledger
	@$(LOCAL) with $(BIN)/flask --app wsgi ledger check

##@ Environment

lock: ## Choose the newest versions of all packages (needs uv)
	@command -v uv >/dev/null || { echo "make lock needs uv." >&2; exit 1; }
	uv pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-strip-extras \
	  --no-header --no-annotate --no-emit-index-url pyproject.toml -o requirements.lock
	uv pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-strip-extras \
	  --no-header --no-annotate --no-emit-index-url --group dev -c requirements.lock \
	  pyproject.toml -o requirements-dev.lock

# A virtual environment of uv where there is uv, else of the newest Python from 3.11 to 3.14.
$(BIN)/python:
	@fits='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))'; \
	chosen="$(PYTHON)"; \
	if [ -z "$$chosen" ]; then \
	  for candidate in python3.14 python3.13 python3.12 python3.11 python3 python; do \
	    if command -v $$candidate >/dev/null 2>&1 && $$candidate -c "$$fits" >/dev/null 2>&1; then \
	      chosen=$$candidate; break; \
	    fi; \
	  done; \
	elif ! "$$chosen" -c "$$fits" >/dev/null 2>&1; then \
	  echo "Fairview needs Python 3.11 to 3.14, and $$chosen is not: choose another with make PYTHON=…" >&2; exit 1; \
	fi; \
	if command -v uv >/dev/null 2>&1; then \
	  echo "Making $(VENV) with uv"; \
	  uv venv -q --clear --python "$${chosen:-3.11}" $(VENV); \
	elif [ -z "$$chosen" ]; then \
	  echo "Fairview needs Python 3.11 to 3.14, and none is on the path: install one, or name it with make PYTHON=…" >&2; exit 1; \
	else \
	  echo "Making $(VENV) with $$chosen"; \
	  "$$chosen" -m venv --clear $(VENV) || { \
	    rm -rf $(VENV); \
	    echo "$$chosen could not make $(VENV): install its venv module (python3-venv on Debian and Ubuntu), or uv." >&2; exit 1; \
	  }; \
	fi

$(RUN): requirements.lock | $(BIN)/python
	@$(call install,requirements.lock)
	@touch $@

$(DEV): requirements-dev.lock | $(BIN)/python
	@$(call install,requirements-dev.lock)
	@touch $@ $(RUN)

define install
echo "Installing the packages of $(1)"; \
if command -v uv >/dev/null 2>&1; then \
  uv pip install --python $(BIN)/python --require-hashes -r $(1); \
else \
  $(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip >/dev/null; \
  $(BIN)/python -m pip install --disable-pip-version-check --require-hashes -r $(1); \
fi
endef

help:
	@awk 'BEGIN {FS = ":.*## "} \
	  /^##@ / {printf "\n%s\n", substr($$0, 5)} \
	  /^[a-z-]+:.*## / {printf "  %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: help run fresh seed test test-fast test-crash test-mutation test-nightly test-disturbed cover bench check lint fix types arch migrate revision \
	check-migrations dbshell ledger-check lock
