# Needs make and Python 3.11 or newer, and nothing else. PYTHON names another interpreter, PORT another port.
PYTHON ?= python3
PORT ?= 8080
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help demo test quick check bench golden licences sbom audit torture

help: ## what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: $(READY) ## serve invented cases on this machine
	@$(BIN)/klarbild demo --port $(PORT)

test: $(READY) ## run every test that this machine can run
	@$(BIN)/python -m pytest -n auto --dist worksteal

quick: $(READY) ## run the tests that take no browser, no other process and no patience
	@$(BIN)/python -m pytest -n auto --dist worksteal -m "not slow"

check: $(READY) ## lint, types, import contracts, dialogs and catalogs
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/klarbild check

bench: $(READY) ## run the benchmarks beside their reference servers
	@$(BIN)/python -m tests.benchmarks

torture: $(READY) ## kill, cut, drop, race and soak at full count; prints one table (PARTS="kill=100 power" for some)
	@$(BIN)/python -m tests.torture $(PARTS)

golden: $(READY) ## write the golden files anew; review the difference like code
	@$(BIN)/python -m tests.journeys.golden
	@$(BIN)/python -m tests.exports.golden

licences: $(READY) ## write docs/licences.md anew from what is installed
	@$(BIN)/python -m tests.supply.licences

sbom: $(READY) ## write the bill of materials (CycloneDX JSON) of what runs in production
	@$(BIN)/python -m tests.supply.sbom build/klarbild.cdx.json

audit: $(READY) ## ask for known faults of what is locked; fails too if nobody could be asked
	@$(BIN)/python -m tests.supply.audit

# The stamp is newer than what it was made from, so a second run installs nothing.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed; name one with make PYTHON=...")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --only-binary :all: --requirement requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
