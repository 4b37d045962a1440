# Tallystick. Needs Python 3.11 or newer and make, nothing else; everything lands in .venv.
#
# Written for GNU make 3.81, the one macOS has, and any POSIX shell.

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
UV_VERSION := 0.13.9

# `make PYTHON=/path/to/python3.12` chooses; otherwise the first of these that runs and is new enough.
PYTHON ?=
PYTHON_CANDIDATES := $(if $(PYTHON),$(PYTHON),python3.13 python3.12 python3.11 python3 python)

# What follows the command of `make demo`, as in: make demo ARGS="--workspace /some/where"
ARGS ?=

.DEFAULT_GOAL := help

.PHONY: help
help: ## say what can be asked for
	@echo 'Tallystick 信契: credit with evidence. What `make` can do here:'
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-14s %s\n", $$1, $$2 }'

.PHONY: demo
demo: $(VENV)/runtime.stamp ## a rated sample membership on the screen, with receipts (ARGS="--workspace DIR")
	@$(BIN)/tally demo $(ARGS)

.PHONY: backtest
backtest: $(VENV)/runtime.stamp ## a scheme against 7,027 real, anonymous companies (ARGS="--workspace DIR")
	@$(BIN)/tally backtest --sample $(ARGS)

.PHONY: test
test: $(VENV)/dev.stamp ## run the tests
	@$(BIN)/python -m pytest $(ARGS)

.PHONY: check
check: $(VENV)/dev.stamp ## format, lint, types, boundaries, tests, documents
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest

.PHONY: drill
drill: $(VENV)/dev.stamp ## kill imports, erasures, backups and nodes, then soaks; results in drills.json
	@$(BIN)/python -m tests.drills.run $(ARGS)

.PHONY: accuracy
accuracy: $(VENV)/dev.stamp ## accuracy beside other libraries (ARGS="--peer FILE.parquet ..."; hours)
	@$(BIN)/python benchmarks/accuracy.py $(ARGS)

.PHONY: cometbft
cometbft: ## build CometBFT at its pinned version into build/ (needs Go 1.24 or newer; for `tally network`)
	cd engines/cometbft && CGO_ENABLED=0 go build -trimpath -o ../../build/cometbft github.com/cometbft/cometbft/cmd/cometbft
	@build/cometbft version

.PHONY: format
format: $(VENV)/dev.stamp ## put the code into the house format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.PHONY: lock
lock: .venv-lock/bin/uv ## pin the newest versions of requirements*.in, with digests
	$(LOCK) requirements.in --output-file requirements.lock
	$(LOCK) requirements-dev.in --output-file requirements-dev.lock

.PHONY: clean
clean: ## remove what the tools made (your workspaces stay)
	rm -rf $(VENV) .venv-lock build dist src/*.egg-info
	rm -rf .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

# --- the environment --------------------------------------------------------------------------
# Versions and digests come from the lock files; our own package is then installed from this
# folder with the locked setuptools and without asking the network anything.

INSTALL_SELF := $(PIP) install --no-index --no-deps --no-build-isolation --editable .

$(VENV)/runtime.stamp: requirements.lock pyproject.toml | $(BIN)/python
	@echo 'Installing the pinned libraries into $(VENV) (once; some 320 MB) ...'
	@$(PIP) install --require-hashes --requirement requirements.lock
	@$(INSTALL_SELF)
	@touch $@

$(VENV)/dev.stamp: requirements-dev.lock requirements.lock pyproject.toml | $(BIN)/python
	@echo 'Installing the pinned libraries and check tools into $(VENV) (once; some 430 MB) ...'
	@$(PIP) install --require-hashes --requirement requirements-dev.lock
	@$(INSTALL_SELF)
	@touch $(VENV)/runtime.stamp $@

$(BIN)/python:
	@$(FIND_PYTHON); $(MAKE_VENV)

LOCK := .venv-lock/bin/uv pip compile --quiet --upgrade --universal --generate-hashes \
	--fork-strategy fewest --python-version 3.11 --no-emit-index-url --no-emit-find-links \
	--custom-compile-command "make lock"

.venv-lock/bin/uv:
	@$(FIND_PYTHON); "$$python" -m venv .venv-lock
	@.venv-lock/bin/python -m pip --disable-pip-version-check --quiet install uv==$(UV_VERSION)

# Sets $python, or says in one sentence what is missing.
define FIND_PYTHON
python=''; seen=''; \
for candidate in $(PYTHON_CANDIDATES); do \
	version=$$("$$candidate" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue; \
	if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then python=$$candidate; break; fi; \
	seen="$$seen $$candidate is $$version;"; \
done; \
if [ -z "$$python" ]; then \
	echo "Tallystick needs Python 3.11 or newer and found none ($${seen:-tried $(PYTHON_CANDIDATES)}). Install one, or name it: make PYTHON=/path/to/python3.11" >&2; \
	exit 1; \
fi
endef

# Debian and Ubuntu ship venv without pip unless python3-venv is installed. A pip or uv that is
# there for other reasons serves as well; only without any of them must something be installed.
define MAKE_VENV
echo "Making $(VENV) with $$($$python --version 2>&1) ..."; \
rm -rf $(VENV); \
if "$$python" -c 'import ensurepip, venv' 2>/dev/null && "$$python" -m venv $(VENV); then exit 0; fi; \
rm -rf $(VENV); \
if "$$python" -m pip --version >/dev/null 2>&1 \
	&& "$$python" -m venv --without-pip $(VENV) \
	&& "$$python" -m pip --disable-pip-version-check --quiet --python $(BIN)/python install pip; then exit 0; fi; \
rm -rf $(VENV); \
if uv --version >/dev/null 2>&1 && uv venv --quiet --seed --python "$$python" $(VENV); then exit 0; fi; \
rm -rf $(VENV); \
echo "This Python has no working venv module. On Debian or Ubuntu: apt install python3-venv (any of python3-venv, python3-pip or uv will do), then run make again." >&2; \
exit 1
endef
