# What a person runs; `make` alone explains. Everything is installed into .venv from the pinned requirements:
# what `make local` needs first, what tests and checks need beside it when they are first asked for.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
INSTALLED_FOR_TESTS := $(VENV)/.installed-for-tests
CLIENTS := .venv-clients
DASHBOARD := .venv-dashboard
CLIENTS_5 := .venv-clients-5
LOADING := .venv-clients-loading
ARGS ?=
# Most modules are never imported, so Python compiles those that are, when they are, where it may keep the result.
PIP_INSTALL := -m pip install --quiet --disable-pip-version-check $(if $(PYTHONDONTWRITEBYTECODE),,--no-compile)

.DEFAULT_GOAL := help
.PHONY: help local dashboard test test-clients test-dashboard pictures check format bench clean

help: ## show this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

local: $(INSTALLED) ## run the whole pipeline on this machine and show the view's rows
	@$(BIN)/python -m local_cloud up $(ARGS)

dashboard: $(INSTALLED) $(DASHBOARD)/.installed ## look at the pipeline in a browser, live
	@$(DASHBOARD)/bin/python -m dashboard $(ARGS)

test: $(INSTALLED_FOR_TESTS) ## run every test, with branch coverage
	@$(BIN)/python -m pytest -n auto --cov --cov-report=term:skip-covered $(ARGS)

test-clients: $(INSTALLED) $(CLIENTS)/.installed $(CLIENTS_5)/.installed $(LOADING)/.installed ## run other people's clients against a served cloud
	@$(CLIENTS)/bin/python -m pytest tests/clients -o filterwarnings=default $(ARGS)

test-dashboard: $(INSTALLED) $(DASHBOARD)/.installed-for-tests ## the dashboard's pages, also in Chromium where there is one
	@$(DASHBOARD)/bin/python -m pytest tests/dashboard -o filterwarnings=default $(ARGS)

pictures: $(INSTALLED) $(DASHBOARD)/.installed-for-tests ## draw the dashboard's pictures in docs/ anew
	@$(DASHBOARD)/bin/python docs/dashboard_pictures.py $(ARGS)

check: $(INSTALLED_FOR_TESTS) ## lint, format check, types, SQL
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/pyright
	@$(BIN)/sqlfluff lint sql

format: $(INSTALLED_FOR_TESTS) ## put code and SQL into the house's format
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .
	@$(BIN)/sqlfluff fix sql

bench: $(INSTALLED) ## measure what the speed claims rest on
	@$(BIN)/python -m benchmarks $(ARGS)

clean: ## remove the environment, the embedded cloud's state and the starter data
	rm -rf $(VENV) $(CLIENTS) $(CLIENTS_5) $(LOADING) $(DASHBOARD) .local_cloud input_data/starter

$(INSTALLED): requirements.txt requirements-local.txt constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "Python %d.%d is too old: 3.11 or newer is needed (make PYTHON=python3.12 …)" % sys.version_info[:2])'
	@echo "Setting up $(VENV), once: 190 MB to download, half a minute to some minutes"
	@$(PYTHON) -m venv $(VENV)
	@echo "  1 of 3: Pulumi and its providers …"
	@$(BIN)/python $(PIP_INSTALL) -c constraints.txt pulumi pulumi-aws pulumi-snowflake
	@echo "  2 of 3: the data generator …"
	@$(BIN)/python $(PIP_INSTALL) -r requirements.txt
	@echo "  3 of 3: the embedded cloud …"
	@$(BIN)/python $(PIP_INSTALL) -r requirements-local.txt
	@touch $@

$(INSTALLED_FOR_TESTS): $(INSTALLED) requirements-dev.txt requirements-dask.txt
	@echo "Adding tests and checks to $(VENV), once: 90 MB to download"
	@echo "  1 of 2: Dask …"
	@$(BIN)/python $(PIP_INSTALL) -r requirements-dask.txt
	@echo "  2 of 2: tests and checks …"
	@$(BIN)/python $(PIP_INSTALL) -r requirements-dev.txt
	@touch $@

$(CLIENTS)/.installed: requirements-clients.txt
	@echo "Setting up $(CLIENTS), once, one to some minutes …"
	@$(PYTHON) -m venv $(CLIENTS)
	@echo '*' > $(CLIENTS)/.gitignore
	@$(CLIENTS)/bin/python $(PIP_INSTALL) -r requirements-clients.txt
	@touch $@

$(DASHBOARD)/.installed: requirements-dashboard.txt
	@echo "Setting up $(DASHBOARD), once: 110 MB to download"
	@$(PYTHON) -m venv $(DASHBOARD)
	@echo '*' > $(DASHBOARD)/.gitignore
	@$(DASHBOARD)/bin/python $(PIP_INSTALL) -r requirements-dashboard.txt
	@touch $@

$(DASHBOARD)/.installed-for-tests: $(DASHBOARD)/.installed requirements-dashboard-tests.txt
	@$(DASHBOARD)/bin/python $(PIP_INSTALL) -r requirements-dashboard-tests.txt
	@touch $@

$(CLIENTS_5)/.installed: requirements-clients-5.txt
	@echo "Setting up $(CLIENTS_5), once, one to some minutes …"
	@$(PYTHON) -m venv $(CLIENTS_5)
	@echo '*' > $(CLIENTS_5)/.gitignore
	@$(CLIENTS_5)/bin/python $(PIP_INSTALL) -r requirements-clients-5.txt
	@touch $@

$(LOADING)/.installed: requirements-clients-loading.txt
	@echo "Setting up $(LOADING), once, one to some minutes …"
	@$(PYTHON) -m venv $(LOADING)
	@echo '*' > $(LOADING)/.gitignore
	@$(LOADING)/bin/python $(PIP_INSTALL) -r requirements-clients-loading.txt
	@touch $@
