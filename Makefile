# Canonry. Needs Python 3.11 to 3.13, make and a C toolchain. `make` lists the targets.
# Settings: PYTHON=python3.12, TORCH=any, TORCH_INDEX=URL (see setup_env.py), PYTEST_ARGS="-k publish".

PYTHON ?= $(firstword $(foreach p,python3 python3.13 python3.12 python3.11,$(shell \
	$(p) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' >/dev/null 2>&1 && echo $(p))))
BIN := .venv/bin
STAMP := .venv/.stamp
EXAMPLE := examples/brightwater

# Nothing is fetched from a model hub and nothing reports home.
export HF_HUB_OFFLINE := 1
export HF_HUB_DISABLE_TELEMETRY := 1
export TRANSFORMERS_OFFLINE := 1
export TOKENIZERS_PARALLELISM := false
export GX_ANALYTICS_ENABLED := false
export DAGSTER_DISABLE_TELEMETRY := 1
export DO_NOT_TRACK := 1
export MAKE_GOAL := $(firstword $(MAKECMDGOALS))

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup run night2 dev test check bench docs clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(STAMP) ## make or renew .venv with everything pinned; does nothing when it is up to date

$(STAMP): pyproject.toml constraints.txt setup_env.py
	@test -n "$(PYTHON)" || { echo "No Python 3.11 to 3.13 found; name one: make setup PYTHON=/path/to/python3.12" >&2; exit 1; }
	@$(PYTHON) setup_env.py
	@touch $@

run: setup ## run the nightly job on the example company; say where store and report are
	@$(BIN)/canonry run -c $(EXAMPLE)/canonry.yaml
	@$(BIN)/canonry report -c $(EXAMPLE)/canonry.yaml -o $(EXAMPLE)/report.html
	@echo "store:  $(EXAMPLE)/store"
	@echo "report: $(EXAMPLE)/report.html"

night2: setup ## run a first and a second night on a copy of the example; show what changed and what was kept
	@$(BIN)/python examples/night2.py

dev: setup ## open Dagster's web page on the checkout; its instance is .dagster
	@mkdir -p .dagster
	@ln -sf ../dagster.yaml .dagster/dagster.yaml
	DAGSTER_HOME="$(CURDIR)/.dagster" PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/dagster dev

test: setup ## run the whole suite, on two workers
	@$(BIN)/python -m pytest -n 2 --dist worksteal $(PYTEST_ARGS)

check: setup ## check format, lint, types and import contracts
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: setup ## run every script in benchmarks/
	@set -e; for script in benchmarks/*.py; do echo "== $$script"; $(BIN)/python "$$script"; done

docs: setup ## write the reference in docs/ anew from the code
	@$(BIN)/python docs/generate.py

clean: ## remove .venv, Dagster's instance, caches and the example's output
	rm -rf .venv .dagster .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage .coverage.* dist
	rm -rf $(EXAMPLE)/store $(EXAMPLE)/journal $(EXAMPLE)/.canonry $(EXAMPLE)/report.html
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
