# make build     installs Octavo into .venv/ when needed and builds content/ into _site/
# make serve     shows content/ in a browser, and every edit as it is saved
# make test      runs the whole test suite, slow tests too; `make test TESTS=tests/cli` runs a part of it
# make check     format, lint, types, tests, the checks of our own site and its tutorials: what CI runs
# make golden    rewrites the files of expected output from what Octavo makes now
# make publish   verifies the tutorials, builds the site strictly and pushes it to the branch gh-pages
# make clean     removes what the other commands made, except .venv/

PYTHON ?= python3
TESTS ?=
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
# The stamps lie in .venv/, so that they go with it.
INSTALLED := .venv/.octavo-installed
INSTALLED_DEV := .venv/.octavo-installed-dev

.PHONY: build serve test check golden publish clean

build: $(INSTALLED)
	$(BIN)/octavo build

serve: $(INSTALLED)
	$(BIN)/octavo serve

test: $(INSTALLED_DEV)
	$(BIN)/python -m pytest -n auto --dist worksteal $(TESTS)

check: $(INSTALLED_DEV)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/octavo check --strict
	$(BIN)/octavo test --trust
	$(BIN)/python -m pytest -n auto --dist worksteal -m 'not slow'

golden: $(INSTALLED_DEV)
	OCTAVO_GOLDEN=overwrite $(BIN)/python -m pytest tests/golden tests/cli/test_commands.py

publish: $(INSTALLED)
	$(BIN)/octavo test --trust
	$(BIN)/octavo build --strict --require-proof
	$(BIN)/ghp-import --no-jekyll --push _site

clean:
	rm -rf _site .octavo/cache build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find content generator tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

$(INSTALLED): pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(PIP) install --quiet --constraint constraints.txt --editable .
	@touch $@

$(INSTALLED_DEV): $(INSTALLED)
	$(PIP) install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $@
