# Everything starts from Python 3.11 or newer, pip and make; the rest is installed into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PY := $(BIN)/python
WORKERS ?= 2

# Qt needs these of the system even without a screen.
QT_PACKAGES := libegl1 libgl1 libxkbcommon0 libfontconfig1 libdbus-1-3 libglib2.0-0

.DEFAULT_GOAL := help
.PHONY: help demo run test check lint types contracts coverage bench soak screenshots bundle lock clean

help: ## Show what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

demo: $(VENV)/app system ## Play a sample practice through one whole evening; open the window where there is a screen
	@$(PY) -m mediyn_desktop demo

run: $(VENV)/app system ## Open the window
	@$(PY) -m mediyn_desktop

test: $(VENV)/dev system ## Run the whole test suite
	@QT_QPA_PLATFORM=offscreen $(PY) -m pytest -n $(WORKERS) --dist worksteal -m "not soak" $(PYTEST_ARGS)

check: lint types contracts ## Lint, types and import contracts

lint: $(VENV)/dev ## Style and common mistakes
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(VENV)/dev ## Strict types over the program
	@$(BIN)/mypy

contracts: $(VENV)/dev ## Who may import whom
	@$(BIN)/lint-imports

# The rooms that decide about money.
COVERED := core codes ledger billing cards claims
coverage: $(VENV)/dev ## Check the coverage floor after `make test PYTEST_ARGS=--cov`
	@for room in $(COVERED); do \
		$(BIN)/coverage report --skip-covered --fail-under=90 --include="src/mediyn_desktop/$$room/*" \
			| tail -n 1 | sed "s/^/$$room /"; \
		$(BIN)/coverage report --fail-under=90 --include="src/mediyn_desktop/$$room/*" >/dev/null || exit 1; \
	done

bench: $(VENV)/dev system ## Print speed ratios against a floor, each in one run
	@for script in bench/bench_*.py; do echo "== $$script"; \
		QT_QPA_PLATFORM=offscreen PYTHONPATH=src:tests:tests/ui $(PY) $$script || exit 1; done

soak: $(VENV)/dev system ## Long random runs: kills, faults, spoiled files
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: \
		-r requirements/fuzz.txt || echo "No fuzzer for this Python; its test is skipped."
	@QT_QPA_PLATFORM=offscreen $(PY) -m pytest -n $(WORKERS) -m soak --timeout=3600

screenshots: $(VENV)/app system ## Draw every screen and form, light and dark, into build/screenshots
	@rm -rf build/sample && mkdir -p build
	@$(PY) -m mediyn_desktop demo --data build/sample --no-window >/dev/null
	@MEDIYN_DEMO=build/sample QT_QPA_PLATFORM=offscreen $(PY) -m mediyn_desktop.ui.screenshots build/screenshots

bundle: $(VENV)/dev system ## Build the one-folder program into dist/mediyn
	@$(BIN)/pyinstaller --noconfirm --log-level WARN build.spec

lock: ## Compile the locked requirements anew (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-emit-find-links --no-strip-extras --no-header --no-annotate --extra build pyproject.toml -o requirements/app.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-emit-find-links --no-strip-extras --no-header --no-annotate --extra build --extra dev pyproject.toml -o requirements/dev.txt
	echo "atheris==3.0.0" | uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-emit-find-links --no-header --no-annotate - -o requirements/fuzz.txt

clean: ## Remove what was built
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage

$(VENV)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; this is $$($(PYTHON) --version)."; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
		{ echo "Python cannot make a virtual environment. On Debian: apt-get install python3-venv"; exit 1; }
	@touch $@

$(VENV)/app: $(VENV)/python requirements/app.txt pyproject.toml
	@echo "Installing what the program needs into $(VENV) ..."
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/app.txt
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/dev: $(VENV)/app requirements/dev.txt
	@echo "Installing what the tests need into $(VENV) ..."
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

# Names what is missing and the command that installs it; installs nothing by itself.
.PHONY: system
system: $(VENV)/app
	@$(PY) -c 'from PySide6 import QtGui, QtWidgets' 2>/dev/null || { \
		echo "Qt needs libraries of the system that are not installed:"; \
		$(PY) -c 'from PySide6 import QtGui, QtWidgets' 2>&1 | tail -n 1; \
		echo "On Debian and Ubuntu: apt-get install -y $(QT_PACKAGES)"; exit 1; }
