.DEFAULT_GOAL := help
PYTHON ?= python3
PY := .venv/bin/python
# Compiled files go to __pycache__, which git ignores; without them every start of a program takes three times as long.
unexport PYTHONDONTWRITEBYTECODE
# Tests wait for disks and browsers a third of their time.
WORKERS ?= $(shell $(PYTHON) -c 'import os; n = os.cpu_count() or 1; print(n + (n + 1) // 2)')

.PHONY: help
help: ## Show the commands
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.venv/.runtime: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; this is " + sys.version.split()[0] + ". Try: make run PYTHON=python3.12")'
	@echo "Setting up Python packages (this is done once) …"
	@$(PYTHON) scripts/packages.py requirements.txt
	@touch $@

.venv/.dev: .venv/.runtime requirements-dev.txt
	@echo "Setting up the tools for tests and checks …"
	@$(PYTHON) scripts/packages.py requirements-dev.txt
	@touch $@

.PHONY: run dev sandbox build migrate stripe-setup doctor
run: .venv/.runtime ## Start the app and the Stripe sandbox: PORT=3000 SANDBOX_PORT=4242
	@$(PY) scripts/run.py

dev: .venv/.runtime ## The same, rebuilding and restarting whenever a file is saved
	@$(PY) scripts/run.py --reload

sandbox: .venv/.runtime ## Start the Stripe sandbox alone and open its screens: SANDBOX_PORT=4242
	@$(PY) -m stripe_sandbox $(SANDBOX_PORT:%=--port %) --db data/sandbox.db --open

build: .venv/.runtime ## Build the front end, if anything changed
	@$(PY) -m scripts.build

migrate: .venv/.runtime ## Bring the database to the schema of this code
	@$(PY) -m saas_app migrate

stripe-setup: .venv/.runtime ## Make the Stripe account of STRIPE_SECRET_KEY ready; a second run changes nothing
	@$(PY) -m saas_app stripe-setup

doctor: .venv/.runtime ## Say how this installation stands
	@$(PY) -m saas_app doctor

.PHONY: test test-long check fix words bench pictures
test test-long check bench pictures: export APP_LANGUAGE = en
test: .venv/.dev ## Run the tests: T=tests/billing for some of them
	@$(PY) -m scripts.build
	@$(PY) -m pytest -n $(WORKERS) $(T)

test-long: .venv/.dev ## Run the long settings of the proofs, which take half an hour: T=tests/proofs/test_killed.py
	@$(PY) -m scripts.build
	@$(PY) -m pytest -n 2 -m long $(T)

check: .venv/.dev ## Format, lint, types, floors, weight of the pages: changes nothing
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/pyright
	@.venv/bin/lint-imports
	@$(PY) -m scripts.build
	@$(PY) -m scripts.budgets

fix: .venv/.dev ## Format, and mend what can be mended
	@.venv/bin/ruff check --fix . ; .venv/bin/ruff format .

words: .venv/.runtime ## Gather the texts for translators: L=es to begin a language
	@$(PY) -m scripts.words $(L)

bench: .venv/.dev ## Measure the product, the sandbox with 10,000 customers, and a peer beside, on this machine
	@$(PY) -m scripts.build
	@$(PY) -m tests.bench.landing
	@$(PY) -m tests.bench.start
	@$(PY) -m tests.bench.memory
	@$(PY) -m tests.bench.lighthouse
	@$(PY) -m tests.bench.identity
	@$(PY) -m tests.bench.webhooks
	@$(PY) -m tests.bench.push
	@$(PY) -m tests.bench.tabs
	@$(PY) -m tests.bench.sandbox
	@$(PY) -m tests.bench.reconcile
	@$(PY) -m tests.bench.peers

pictures: .venv/.dev ## Photograph every page in every state into build/pictures: ONLY="billing login"
	@$(PY) -m scripts.build
	@$(PY) -m tests.pictures $(if $(ONLY),--only $(ONLY))

# A release that was tried where it was made keeps its data and its .env there.
BUILT = build/release/.web $(filter-out build/release build/release/data,$(wildcard build/* build/release/*))

.PHONY: release clean
release: .venv/.runtime ## Put everything a server needs into build/release
	@$(PY) -m scripts.release

clean: ## Remove what was built and installed; what people did (data/) stays
	rm -rf .venv .web .states $(BUILT) .pytest_cache .ruff_cache .import_linter_cache .hypothesis
