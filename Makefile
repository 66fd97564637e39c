# Everything runs from a bare checkout with python3 and make alone.
PYTHON ?= python3
PORT ?= 8000
REQUIRE ?=
VENV := .venv
BIN := $(VENV)/bin
# What touches the database is tested on both. The table of who may go where and most journeys are not: they take longer
# than all the rest, and the pages, the services and the queries behind them are tested on both without them.
BOTH := $(addprefix tests/,architecture/test_migrations.py services queries tasks web cli faults journeys/test_whole_round.py)

.PHONY: help setup run test check bench gallery format lock

help: ## list the targets
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /\t/'

setup: $(VENV)/ready ## build .venv

$(VENV)/ready: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	$(BIN)/registry fonts
	touch $@

$(VENV)/ready-dev: $(VENV)/ready requirements-dev.lock
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.lock
	touch $@

run: $(VENV)/ready ## a complete demo on http://127.0.0.1:$(PORT)
	$(BIN)/registry demo --port $(PORT)

test: $(VENV)/ready-dev ## everything that can run here; REQUIRE=postgres,browser makes a missing part a failure
	REQUIRE=$(REQUIRE) $(BIN)/python -m pytest -n auto tests
	@if $(BIN)/python -c "import sys; from tests.databases import found_postgres; sys.exit(not found_postgres())"; then \
		echo "once more on PostgreSQL: $(BOTH)"; \
		REQUIRE=$(REQUIRE) $(BIN)/python -m pytest -n auto --db=postgres --ignore=tests/web/test_access.py $(BOTH); \
	else \
		echo "not run on PostgreSQL: none found"; \
	fi

check: $(VENV)/ready-dev ## format, lint, types, import contracts, translations
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/registry translations check

bench: $(VENV)/ready-dev ## speed as ratios in one run, against the least work that could do the same
	$(BIN)/python -m benchmarks

gallery: $(VENV)/ready-dev ## pictures of every page with what a machine finds wrong, in the folder OUT=
	$(BIN)/python -m tests.gallery $(if $(OUT),$(OUT),$(error OUT= names the folder, outside the working tree)) $(ARGS)

format: $(VENV)/ready-dev ## put the code in the house format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: ## renew both lock files (needs uv on the path)
	uv pip compile -q pyproject.toml --extra build --extra postgres --generate-hashes --no-header --no-annotate \
		--no-emit-index-url --no-emit-find-links --python-version 3.11 --universal -o requirements.lock
	uv pip compile -q pyproject.toml --extra build --extra dev --generate-hashes --no-header --no-annotate \
		--no-emit-index-url --no-emit-find-links --python-version 3.11 --universal -o requirements-dev.lock
