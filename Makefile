# The first two targets are all that a newcomer needs: they make their own virtual environment, with uv if it is there, else pip.
VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= python3
UV := $(shell uv --version >/dev/null 2>&1 && echo uv)

.PHONY: demo test lint format bench bench-quality golden bench-fetch chaos stack stack-stop lock clean help

demo: $(VENV)/.runtime  ## sample feeds through the whole pipeline; ONCE=1 ends when all is processed
	$(BIN)/newsloom demo $(if $(ONCE),--once) $(if $(PORT),--port $(PORT)) $(if $(DATA_DIR),--data-dir $(DATA_DIR))

test: $(VENV)/.dev  ## every test but the long ones, on the real servers; ARGS="-m 'not slow'" for the fast ones
	$(BIN)/python -m pytest -n 2 -m "not long" $(ARGS)

lint: $(VENV)/.dev  ## ruff, mypy --strict, import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.dev  ## what ruff can mend by itself
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.runtime  ## speed, memory and quality, as tables
	$(BIN)/newsloom bench

bench-quality: $(VENV)/.runtime  ## actors and topics against what persons marked, as tables
	$(BIN)/newsloom bench quality $(ARGS)

golden: $(VENV)/.dev  ## accepts what an edit to the gazetteer or the code changes in the golden corpus
	PYTHONPATH=tests $(BIN)/python tests/golden_actors.py

bench-fetch: $(VENV)/.dev  ## a cycle over 10,000 feeds on loopback, with faults and without; ARGS="--feeds 1000"
	$(BIN)/python tests/bench/fetch_cycle.py $(ARGS)

chaos: $(VENV)/.dev  ## fifty kills of every service while articles flow, servers killed and paused, the long tests of a cluster's life
	NEWSLOOM_CHAOS_KILLS=50 $(BIN)/python -m pytest tests/chaos tests/integration tests/unit/deploy $(ARGS)

stack:  ## the real Kafka, Elasticsearch, Prometheus and Alertmanager on this machine, without Docker
	@$(PYTHON) deploy/local/stack.py start $(ARGS)

stack-stop:  ## ends them; their data stay, ARGS=--wipe removes them
	@$(PYTHON) deploy/local/stack.py stop $(ARGS)

lock:  ## pins the dependencies anew, with hashes, for every supported Python
	uv pip compile -q --universal --generate-hashes --python-version 3.11 --no-emit-index-url --no-header \
		pyproject.toml -o requirements.lock
	uv pip compile -q --universal --generate-hashes --python-version 3.11 --no-emit-index-url --no-header \
		--group dev pyproject.toml -o requirements-dev.lock
	printf 'hatchling>=1.27,<2\n' | uv pip compile -q --universal --generate-hashes --python-version 3.11 \
		--no-emit-index-url --no-header - -o deploy/requirements-build.lock

clean:  ## removes the environment and the caches, not the data
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

help:  ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

$(VENV)/.runtime: pyproject.toml requirements.lock
	$(call install,requirements.lock)
	@touch $@

$(VENV)/.dev: pyproject.toml requirements-dev.lock
	$(call install,requirements-dev.lock)
	@touch $@ $(VENV)/.runtime

define install
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || \
		{ echo "Newsloom needs Python 3.11, 3.12 or 3.13; say which with make PYTHON=python3.12"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(if $(UV),uv pip install -q --python $(BIN)/python -r $(1),$(BIN)/python -m pip install -q --disable-pip-version-check -r $(1))
	$(if $(UV),uv pip install -q --python $(BIN)/python --no-deps -e .,$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -e .)
endef
