# The commands of the house. A fresh machine needs only Python >= 3.11 and make.
PYTHON ?= python3
export PATH := $(CURDIR)/.tools/bin:$(PATH)
export UV_PYTHON ?= $(shell $(PYTHON) -c 'import sys; print(sys.executable)')
export UV_PYTHON_DOWNLOADS := never
export PYTHONWARNDEFAULTENCODING :=
UV_RUN := uv run --locked --quiet

.DEFAULT_GOAL := help
.PHONY: help setup run demo servers pictures test chaos check fmt fast gen web bench lint types contracts unit matrix

help: ## List the commands
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 12

setup: ## Make the environment: uv, then everything in uv.lock
	@command -v uv >/dev/null || $(PYTHON) -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --target .tools uv
	@uv sync --locked --quiet

run: setup web ## Start the hub with this machine's logs and metrics
	@$(UV_RUN) debugterm-server dev

demo: setup web ## The same, and beside it a shop that gets into trouble: make demo INCIDENT=pool
	@$(UV_RUN) debugterm-server dev --profile demo --feed "python -m examples.shop $(if $(INCIDENT),--incident $(INCIDENT))"

check: setup ## Format, lint, types, contracts, unit and architecture tests
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target matrix types unit lint contracts

web: setup ## Build the browser client, if something it is made of changed
	@$(UV_RUN) python -m web.tools.build

gen: setup ## Write what is generated from the protocol package: TypeScript, schema, tables
	@$(UV_RUN) python -m web.tools.gen

bench: setup ## Measure the hub with real processes; never part of a check
	@sh bench/peers/fetch.sh || echo "bench: no rivals (npm or apt failed), our own figures only"
	@$(UV_RUN) python -m bench.load

lint:
	@$(UV_RUN) ruff format --check . && $(UV_RUN) ruff check . && $(UV_RUN) codespell && uv lock --check --quiet

types:
	@$(UV_RUN) mypy && $(UV_RUN) mypy tests

contracts:
	@$(UV_RUN) lint-imports --no-cache >/dev/null || $(UV_RUN) lint-imports --no-cache

unit:
	@$(UV_RUN) pytest -q tests/unit tests/architecture

matrix:
	@sh tests/support/matrix.sh

servers: setup
	@sh tests/support/servers.sh

test: check servers ## All checks and all tests, with the real servers
	@$(UV_RUN) pytest -q tests --ignore tests/unit --ignore tests/architecture

chaos: setup servers ## The nightly lane: tests that take minutes or a machine to themselves
	@$(UV_RUN) pytest -q tests -m nightly -s

pictures: setup web ## Take the pictures of the docs from the running product
	@$(UV_RUN) python -m docs.images.take

fmt: setup ## Format and mend what a machine can mend
	@$(UV_RUN) ruff format . && $(UV_RUN) ruff check --fix .
