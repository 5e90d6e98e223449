# What a person runs; `make` alone explains. Everything is installed into .venv from the pinned requirements.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
CLIENTS := .venv-clients
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help local test test-clients check format bench clean

help: ## show this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

local: $(INSTALLED) ## run the whole pipeline on this machine and show the view's rows
	@$(BIN)/python -m local_cloud up $(ARGS)

test: $(INSTALLED) ## run every test, with branch coverage
	@$(BIN)/python -m pytest -n auto --cov --cov-report=term:skip-covered $(ARGS)

test-clients: $(INSTALLED) $(CLIENTS)/.installed ## run other people's clients against a served cloud
	@$(CLIENTS)/bin/python -m pytest tests/clients -o filterwarnings=default $(ARGS)

check: $(INSTALLED) ## lint, format check, types, SQL
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/pyright
	@$(BIN)/sqlfluff lint sql

format: $(INSTALLED) ## put code and SQL into the house's format
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .
	@$(BIN)/sqlfluff fix sql

bench: $(INSTALLED) ## measure what the speed claims rest on
	@$(BIN)/python -m benchmarks $(ARGS)

clean: ## remove the environment, the embedded cloud's state and the starter data
	rm -rf $(VENV) $(CLIENTS) .local_cloud input_data/starter

$(INSTALLED): requirements.txt requirements-dev.txt constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "Python %d.%d is too old: 3.11 or newer is needed (make PYTHON=python3.12 …)" % sys.version_info[:2])'
	@echo "Setting up $(VENV) (about a minute, once) …"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

$(CLIENTS)/.installed: requirements-clients.txt
	@echo "Setting up $(CLIENTS) (about a minute, once) …"
	@$(PYTHON) -m venv $(CLIENTS)
	@echo '*' > $(CLIENTS)/.gitignore
	@$(CLIENTS)/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-clients.txt
	@touch $@
