# Every door to the project from a shell. `make run` and `make test` need python3 (>= 3.11, with venv), make and git.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DONE := $(VENV)/done
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.NOTPARALLEL:
.PHONY: help run test check bench assurance lock setup setup-dev browser clean audit-dependencies

help: ## what can be asked of make
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: setup ## set up, load the demo once, serve on HONGYAN_PORT (8000)
	@$(BIN)/hongyan migrate --no-input --verbosity 0
	@$(BIN)/hongyan demo --once
	@exec $(BIN)/hongyan serve

test: setup-dev browser check ## every gate, then every test on SQLite and on PostgreSQL
	@$(BIN)/python scripts/tests.py

check: setup-dev ## the gates only: lint, format, types, layers, migrations
	@$(BIN)/python scripts/check.py

bench: setup-dev ## ratios to their floors, written to bench/results.json
	@$(BIN)/python -m bench

assurance: setup-dev browser ## the long campaigns and their one table (ONLY=kills,keys SCALE=0.1)
	@$(BIN)/python scripts/assurance.py $(if $(ONLY),--only $(ONLY)) $(if $(SCALE),--scale $(SCALE))

lock: setup-dev ## rebuild the hashed locks (UPGRADE=1 takes newer versions)
	@$(BIN)/python scripts/lock.py $(if $(UPGRADE),--upgrade)

audit-dependencies: setup-dev ## ask the index what is known against every pin; fails on what it cannot learn
	@$(BIN)/python scripts/audit_dependencies.py

setup: $(DONE)/runtime $(DONE)/vendor $(DONE)/maps ## everything `make run` needs
setup-dev: setup $(DONE)/dev ## everything `make test` needs, but the browser

browser: $(DONE)/dev ## find Chromium, or install Debian's
	@$(BIN)/python scripts/browser.py

clean: ## forget what set-up made; data/ stays
	rm -rf $(VENV) node_modules src/hongyan/web/static/vendor src/hongyan/web/static/maps

$(DONE)/venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.11")'
	@echo "Setting up: Python environment …"
	@$(PYTHON) -m venv $(VENV)
	@mkdir -p $(DONE) && touch $@

$(DONE)/runtime: $(DONE)/venv requirements.lock pyproject.toml
	@echo "Setting up: Python packages …"
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(DONE)/dev: $(DONE)/runtime requirements-dev.lock
	@echo "Setting up: tools for tests …"
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

$(DONE)/vendor: $(DONE)/runtime package-lock.json scripts/vendor.py requirements-node.lock
	@echo "Setting up: files for the browser …"
	@$(BIN)/python scripts/vendor.py
	@touch $@

$(DONE)/maps: $(DONE)/runtime $(wildcard src/hongyan/geography/maps.py)
	@echo "Setting up: maps …"
	@HONGYAN_DATA=$(VENV)/data $(BIN)/hongyan maps
	@touch $@
