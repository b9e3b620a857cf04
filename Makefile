# What each target promises is written in docs/testing.md and README.md.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.requirements

.PHONY: run services test lint format translations drills bench

run: $(STAMP)
	@$(BIN)/python -m launcher run

services: $(STAMP)
	@$(BIN)/python -m launcher services

test: lint
	$(BIN)/python -m pytest -n 2 --dist loadfile

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Brings the catalogues up to date with the code; what is new in them is then translated by hand.
translations: $(STAMP)
	$(BIN)/pybabel -q extract -F babel.cfg -k N_ -k _l -k lazy_gettext --no-location --sort-output --project=unforgotten -o translations/messages.pot .
	$(BIN)/pybabel -q update -i translations/messages.pot -d translations --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --width=120
	@rm translations/messages.pot

drills: $(STAMP)
	$(BIN)/python -m bench.drills

bench: $(STAMP)
	$(BIN)/python -m bench

# uv does not read pip's configuration, so its index is passed on; where uv cannot get at the packages, pip can.
# Compiled once here: some machines forbid Python to keep what it compiles, and then every process would compile
# a thousand modules anew at each start. The stamp comes last, so that an interrupted installation is done again.
$(STAMP): requirements/uv.txt requirements/dev.txt
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed: make PYTHON=..." if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/uv.txt
	index=$${PIP_INDEX_URL:-$$($(BIN)/python -m pip config get global.index-url 2>/dev/null)}; \
	$(BIN)/uv pip sync --no-config --quiet --compile-bytecode --python $(BIN)/python --require-hashes $${index:+--default-index "$$index"} \
		requirements/dev.txt || $(BIN)/python -m pip install --quiet --require-hashes -r requirements/dev.txt
	@touch $@
