# Lifeline: `make demo` shows it, `make test` proves it. Needs make and Python 3.11 or newer.

VENV := .venv
BIN := $(VENV)/bin
# The first of these that is new enough makes the environment; PYTHON=… says which.
PYTHON ?=
CANDIDATES := $(PYTHON) $(if $(PYTHON),,python3 python3.13 python3.12 python3.11 python3.14)
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
DEMO := $(VENV)/.installed-demo
DEV := $(VENV)/.installed-dev
LOCK := --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --quiet

.DEFAULT_GOAL := help
.PHONY: help demo test compiled lint format unit matrix scenarios soak fuzz bench lock clean

help: ## what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

demo: $(DEMO) ## a street in danger, its uplink cut (KEEP=1 stays up, BROKER=mosquitto|iotcore, INFLUX=1)
	@$(BIN)/simulators demo $(if $(KEEP),--keep) $(if $(BROKER),--broker $(BROKER)) $(if $(INFLUX),--influx)

test: compiled lint unit ## lint and all tests: what has to pass before a change

lint: $(DEV) ## format, style, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	MYPYPATH=bench $(BIN)/mypy bench
	$(BIN)/lint-imports

# Beside the linters, which leave a core free: else each worker of the tests compiles all of them.
compiled: $(DEV)
	@$(BIN)/pytest --collect-only -qq > /dev/null 2>&1 &

unit: $(DEV) ## all tests; what this machine lacks is skipped and named
	$(BIN)/pytest -n 6

matrix: $(DEV) ## every fault on every program, each cell once (about four minutes)
	LIFELINE_MATRIX=all $(BIN)/pytest -n 2 tests/acceptance/test_matrix.py

scenarios: $(DEV) ## every shipped scenario end to end (about two minutes; make test plays four)
	LIFELINE_SCENARIOS=all $(BIN)/pytest -n 4 tests/acceptance/test_scenarios*.py

soak: $(DEV) ## the same for hours: outages of 60 s, ten rounds a cell
	LIFELINE_MATRIX=soak $(BIN)/pytest tests/acceptance/test_matrix.py

fuzz: $(DEV) ## a million broken inputs for every parser (about an hour)
	$(BIN)/python -m tests.fuzz.streams --runs 1000000

format: $(DEV) ## write the code as `make lint` wants it
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(DEV) ## repeatable figures, with this machine's name; an error if one is beyond its bar
	@ls bench/*.py >/dev/null 2>&1 || { echo "bench/ has no programs"; exit 1; }
	@failed=0; for program in bench/*.py; do $(BIN)/python $$program || failed=1; done; exit $$failed

lock: $(DEV) ## bring requirements/*.txt up to date
	$(INSTALL) uv
	$(BIN)/uv pip compile $(LOCK) --all-extras --group dev pyproject.toml requirements/build.in -o requirements/dev.txt
	$(BIN)/uv pip compile $(LOCK) --all-extras -c requirements/dev.txt pyproject.toml requirements/build.in -o requirements/demo.txt
	$(BIN)/uv pip compile $(LOCK) --extra server -c requirements/dev.txt pyproject.toml requirements/build.in -o requirements/server.txt
	$(BIN)/uv pip compile $(LOCK) --extra edge -c requirements/dev.txt pyproject.toml requirements/build.in -o requirements/edge.txt

clean: ## remove the environment and whatever was made
	rm -rf $(VENV) build dist demo-data *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(DEMO): requirements/demo.txt pyproject.toml | $(BIN)/python
	$(INSTALL) --require-hashes -r requirements/demo.txt
	$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

$(DEV): requirements/dev.txt pyproject.toml | $(BIN)/python
	$(INSTALL) --require-hashes -r requirements/dev.txt
	$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@ $(DEMO)

$(BIN)/python:
	@for python in $(CANDIDATES); do \
	    "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
	    "$$python" -c 'import ensurepip, venv' 2>/dev/null || { lacks="$$lacks $$python"; continue; }; \
	    echo "making $(VENV) with $$($$python --version)"; \
	    exec "$$python" -m venv $(VENV); \
	done; \
	if [ -n "$$lacks" ]; then \
	    echo "$${lacks# }: new enough, but without the module venv. On Debian or Ubuntu: apt-get install python3-venv" >&2; \
	else \
	    echo "Lifeline needs Python 3.11 or newer; found none among: $(strip $(CANDIDATES))." >&2; \
	    echo "Install one, or say where it is: make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)" >&2; \
	fi; exit 1
