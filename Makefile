# Input: Python 3.11 or newer, git. Output: a virtual environment in .venv, and what the target says.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test lint own advisories man clean

demo: $(BIN)/provenance
	$(BIN)/python -m corpus demo

test: $(BIN)/provenance
	$(BIN)/python -m pytest -n auto

lint: $(BIN)/provenance
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/bandit --quiet --recursive --configfile pyproject.toml provenance

own: $(BIN)/provenance
	$(BIN)/python -m corpus own

advisories: $(BIN)/provenance
	$(BIN)/python -m corpus advisories

man: $(BIN)/provenance
	$(BIN)/python docs/man_pages.py build/man

$(BIN)/provenance: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@

clean:
	rm -rf .venv
