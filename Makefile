# The contributor's whole interface. Every target sets up what it needs.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin
READY := .venv/.ready
BENCH := .bench-venv/.ready
BENCH_SCREENING := .bench-venv-screening/.ready
FUZZ := .fuzz-venv/.ready
FUZZ_SECONDS ?= 60

.PHONY: help demo run test check format pictures bench bench-kcs bench-screening bench-console fuzz clean

help:
	@echo 'make demo       set up and run the main job on simulated trade'
	@echo 'make run        set up and start the console, with the demo in it'
	@echo 'make test       set up and run the tests'
	@echo 'make check      style, types, floors of the house'
	@echo 'make pictures   take the pictures of every screen of the console again'
	@echo 'make format     let ruff lay out the code'
	@echo 'make bench      speed and quality, as ratios against named peers'
	@echo 'make fuzz       hostile input for every reader, FUZZ_SECONDS (60) each'
	@echo 'make bench-kcs  the Korean customs data set alone'
	@echo 'make bench-screening  who is on a list: the score beside its peers'
	@echo 'make bench-console  decisions a second over HTTP, and the queue page at millions of lines'

$(READY): requirements-dev.lock pyproject.toml scripts/system-packages
	@test -n '$(PYTHON)' || { echo 'Tidegate needs Python 3.11 or later; set PYTHON=/path/to/python3.' >&2; exit 2; }
	@scripts/system-packages
	@echo 'Setting up .venv (Python packages from the hashed lock) ...'
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(BENCH): bench/requirements.lock pyproject.toml
	@echo 'Setting up .bench-venv (the peers) ...'
	@$(PYTHON) -m venv .bench-venv
	@.bench-venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r bench/requirements.lock
	@touch $@

$(FUZZ): fuzz/requirements.lock
	@test -n '$(PYTHON)' || { echo 'Tidegate needs Python 3.11 or later; set PYTHON=/path/to/python3.' >&2; exit 2; }
	@echo 'Setting up .fuzz-venv (the fuzzer) ...'
	@$(PYTHON) -m venv .fuzz-venv
	@.fuzz-venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes --only-binary atheris \
		-r fuzz/requirements.lock || { \
		echo "make fuzz is SKIPPED: NOTHING was fuzzed. atheris or a dependency has no wheel for $$($(PYTHON) -V)." >&2; \
		rm -rf .fuzz-venv; mkdir .fuzz-venv; }
	@touch $@

# Looked at by eye before they are committed.
pictures: $(READY)
	@scripts/system-packages chromium
	@$(BIN)/python scripts/console_pictures.py

fuzz: $(FUZZ)
	@if test -x .fuzz-venv/bin/python; then PYTHONPATH=src .fuzz-venv/bin/python fuzz/readers.py --seconds $(FUZZ_SECONDS); \
	else echo "make fuzz is SKIPPED: NOTHING was fuzzed. Remove .fuzz-venv to try again." >&2; fi

bench: $(READY) $(BENCH)
	@PYTHONPATH=src .bench-venv/bin/python bench/matching.py
	@$(BIN)/python bench/simulate.py
	@PYTHONPATH=src .bench-venv/bin/python bench/intake.py
	@PYTHONPATH=src .bench-venv/bin/python bench/messages.py
	@PYTHONPATH=src .bench-venv/bin/python bench/messages_edifact.py
	@PYTHONPATH=src .bench-venv/bin/python bench/parcels.py
	@$(BIN)/python bench/indicators.py
	@$(BIN)/python bench/selection.py
	@$(BIN)/python bench/assess.py
	@$(MAKE) --no-print-directory bench-kcs
	@$(BIN)/python bench/backtest.py --first 301

bench-kcs: $(READY)
	@OMP_NUM_THREADS=1 $(BIN)/python bench/kcs.py

bench-console: $(READY)
	@$(BIN)/python -W ignore bench/console.py

$(BENCH_SCREENING): bench/requirements-screening.lock pyproject.toml
	@test -n '$(PYTHON)' || { echo 'Tidegate needs Python 3.11 or later; set PYTHON=/path/to/python3.' >&2; exit 2; }
	@echo 'Setting up .bench-venv-screening (nomenklatura; PyICU is built, which needs a C++ compiler and ICU) ...'
	@$(PYTHON) -m venv .bench-venv-screening
	@.bench-venv-screening/bin/python -m pip install -q --disable-pip-version-check --require-hashes \
		-r bench/requirements-screening.lock || { \
		echo 'nomenklatura CANNOT BE INSTALLED here: logic-v2 is NOT compared, all else is.' >&2; \
		.bench-venv-screening/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock; }
	@touch $@

bench-screening: $(READY) $(BENCH_SCREENING)
	@PYTHONPATH=src OMP_NUM_THREADS=1 .bench-venv-screening/bin/python bench/screening.py

demo: $(READY)
	@$(BIN)/tidegate demo demo

run: $(READY)
	@$(BIN)/tidegate serve node --demo

# Debian's Chromium, for the browser tests: installed where allowed, named loudly where not.
test: $(READY)
	@scripts/system-packages chromium
	@$(BIN)/python -m pytest -n 2

check: $(READY)
	@$(BIN)/ruff check --output-format concise .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(READY)
	@$(BIN)/ruff check --fix --output-format concise .
	@$(BIN)/ruff format .

clean:
	rm -rf .venv .bench-venv .bench-venv-screening .fuzz-venv fuzz/found demo node
