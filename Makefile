# Every target sets up what it needs, once. `make help` lists them.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

# python3 gets the environment .venv; another interpreter gets one of its own, such as .venv-python3.12.
PYTHON := python3
VENV := .venv$(if $(filter-out python3,$(PYTHON)),-$(notdir $(PYTHON)))
BIN := $(VENV)/bin

# Empty files that mark what an environment contains; make renews it when a declaration changes.
RUNTIME := $(VENV)/.runtime
DEVELOPMENT := $(VENV)/.development
DECLARATIONS := pyproject.toml constraints.txt

PIP_INSTALL := $(BIN)/python -m pip --disable-pip-version-check install --quiet \
	--constraint constraints.txt --build-constraint constraints.txt

# Airflow has so many dependencies that it gets an environment of its own.
AIRFLOW := $(VENV)-airflow
AIRFLOW_SOURCES := cleanroomsml_client/airflow tests/airflow docs/examples/airflow

# pyright uses the packages of the first python on PATH.
PYRIGHT := PATH="$(abspath $(BIN)):$$PATH" pyright

# A worker process per core, at most 4, because each needs seconds to start. With ARGS="-n 0" all tests run in one
# process, in which a debugger works. A worker gets neighbouring tests, so that they share expensive fixtures.
PARALLEL := --numprocesses logical --maxprocesses 4 --dist worksteal
# What runs pytest; `make coverage` replaces it.
RUN := $(BIN)/python
PYTEST = $(RUN) -m pytest $(PARALLEL)

##@ Try it

.PHONY: demo
demo: $(RUNTIME) ## Run the whole lookalike path on the local service
	@$(BIN)/python docs/examples/lookalike.py $(ARGS)

.PHONY: example-custom-model
example-custom-model: $(RUNTIME) ## Run the whole custom-model path on the local service
	@$(BIN)/python docs/examples/custom_model.py $(ARGS)

##@ Develop

.PHONY: test
test: $(DEVELOPMENT) ## Run all tests, on all cores
	$(PYTEST) $(ARGS)

.PHONY: test-quick
test-quick: $(DEVELOPMENT) ## Run the tests without those marked slow; takes less than a minute
	$(PYTEST) -m "not slow" $(ARGS)

.PHONY: test-next
test-next: ## Run all tests with the newest pre-releases of all dependencies
	$(PYTHON) -m venv --clear .venv-next
	.venv-next/bin/python -m pip --disable-pip-version-check install --quiet --upgrade pip
	.venv-next/bin/python -m pip install --quiet --pre --editable . --group test
	.venv-next/bin/python -m pytest $(PARALLEL) $(ARGS)

.PHONY: test-airflow
test-airflow: $(AIRFLOW)/.installed ## Test cleanroomsml_client.airflow beside the newest Airflow, in an environment of its own
	$(AIRFLOW)/bin/python -m pip check
	$(AIRFLOW)/bin/mypy $(shell find $(AIRFLOW_SOURCES) -name '*.py')
	PATH="$(abspath $(AIRFLOW)/bin):$$PATH" pyright --project tests/airflow/pyrightconfig.json
	PATH="$(abspath $(AIRFLOW)/bin):$$PATH" python .ci/verify_types.py --airflow
	$(AIRFLOW)/bin/coverage run --rcfile=tests/airflow/coverage.toml -m pytest -W default tests/airflow $(ARGS)
	$(AIRFLOW)/bin/coverage report --rcfile=tests/airflow/coverage.toml

.PHONY: verify-aws
verify-aws: $(DEVELOPMENT) ## Compare your AWS account with what this project assumes; reads only
	@$(BIN)/python -m tests.verify_aws $(ARGS)

.PHONY: lint
lint: $(DEVELOPMENT) ## Check style and format
	$(BIN)/ruff check
	$(BIN)/ruff format --check

.PHONY: format
format: $(DEVELOPMENT) ## Fix style and format as far as a tool can
	$(BIN)/ruff check --fix-only
	$(BIN)/ruff format

.PHONY: types
types: $(DEVELOPMENT) ## Check types: mypy, pyright, and that the public ones are complete
	$(BIN)/mypy
	$(PYRIGHT)
	PATH="$(abspath $(BIN)):$$PATH" python .ci/verify_types.py

.PHONY: coverage
coverage: $(DEVELOPMENT) ## Run the tests and require every branch to be reached
	$(BIN)/coverage erase
	@$(MAKE) --no-print-directory test RUN="$(BIN)/coverage run"
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

.PHONY: check
check: lint types coverage ## Run every quick check: lint, types, coverage

.PHONY: mutate
mutate: $(DEVELOPMENT) ## Break the engine in small ways and print what no test notices; takes half an hour
	@$(PIP_INSTALL) --group mutate
	@$(BIN)/python .ci/mutate.py $(ARGS)

.PHONY: wheel
wheel: $(DEVELOPMENT) ## Build the sdist and the wheel into dist/ and check them
	rm -rf dist
	PIP_CONSTRAINT=$(CURDIR)/constraints.txt $(BIN)/python -m build
	$(BIN)/twine check --strict dist/*
	$(BIN)/check-wheel-contents dist/*.whl

.PHONY: docs
docs: $(DEVELOPMENT) ## Build the documentation into docs/_build
	$(BIN)/sphinx-build --fresh-env --quiet --fail-on-warning --keep-going docs docs/_build

##@ Measure

.PHONY: bench
bench: $(DEVELOPMENT) ## Measure speed compared with other clients; writes benchmarks/speed.md and docs/explanation/speed.md
	@$(BIN)/python -m benchmarks $(ARGS)

.PHONY: bench-waits
bench-waits: $(DEVELOPMENT) ## Measure what pacing saves; writes benchmarks/waits.md
	@$(BIN)/python -m benchmarks.waits $(ARGS)

.PHONY: bench-overhead
bench-overhead: $(DEVELOPMENT) ## Measure how near we are to what aiobotocore itself takes; writes benchmarks/overhead.md
	@$(BIN)/python -m benchmarks.overhead $(ARGS)

.PHONY: bench-profile
bench-profile: $(DEVELOPMENT) ## Show in which functions a call of ours spends its time
	@$(BIN)/python -m benchmarks.profiling $(ARGS)

##@ Housekeeping

.PHONY: public-api
public-api: $(DEVELOPMENT) ## Write tests/public_api.txt after a change of the public API
	@$(BIN)/python -m tests.support.public_api

.PHONY: release
release: $(DEVELOPMENT) ## Make a release, VERSION=0.3.0: check, build and verify; ARGS=--dry-run keeps nothing
	@$(BIN)/python .ci/release.py $(VERSION) $(ARGS)

.PHONY: clean
clean: ## Remove the environments and all that was built
	rm -rf .venv .venv-* dist docs/_build .coverage .coverage.* .hypothesis .mypy_cache .pytest_cache .ruff_cache

.PHONY: help
help: ## Show this help
	@awk 'BEGIN { FS = ":.*## "; print "make TARGET [PYTHON=python3.12] [ARGS=\"...\"]" } \
		/^##@ / { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  %-22s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "PYTHON names the interpreter (3.11 or newer); ARGS goes to what the target runs:"
	@echo "  make test ARGS=\"-k retry\"       make demo ARGS=--help"
	@echo "  make test ARGS=\"-n 0 --pdb\"     (one process, with a debugger where a test fails)"

$(RUNTIME): $(DECLARATIONS)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or newer is needed, and $(PYTHON) is not that."; \
		echo "Name one that is:  make $(MAKECMDGOALS) PYTHON=python3.12"; \
		exit 1; }
	@echo "Setting up $(VENV) ..."
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip --disable-pip-version-check install --quiet --constraint constraints.txt --upgrade pip
	@$(PIP_INSTALL) --editable .
	@touch $@

$(DEVELOPMENT): $(RUNTIME)
	@echo "Adding the development tools ..."
	@$(PIP_INSTALL) --editable . --group dev
	@touch $@

# Airflow needs an older FastAPI than our tests.
$(AIRFLOW)/.installed: $(DECLARATIONS)
	@echo "Setting up $(AIRFLOW) ..."
	@$(PYTHON) -m venv --clear $(AIRFLOW)
	@grep -v '^fastapi=' constraints.txt > $(AIRFLOW)/constraints.txt
	@$(AIRFLOW)/bin/python -m pip --disable-pip-version-check install --quiet \
		--constraint $(AIRFLOW)/constraints.txt --upgrade pip
	@$(AIRFLOW)/bin/python -m pip --disable-pip-version-check install --quiet \
		--constraint $(AIRFLOW)/constraints.txt --build-constraint $(AIRFLOW)/constraints.txt \
		--editable ".[airflow]" --group airflow
	@touch $@
