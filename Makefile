# Each target does its own set-up: a fresh machine needs Python 3.11 or newer and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# They are compiled with the installation.
KERNELS := setup.py $(wildcard src/gyeol/kernels/*.h src/gyeol/kernels/*.cc)

.PHONY: quickstart test bench fuzz sanitize lint clean

quickstart: $(VENV)/.installed
	$(BIN)/gyeol train digits --out runs/quickstart

test: $(VENV)/.installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m pytest -n auto --dist worksteal

# gyeol beside its peers, which get environments of their own; written to docs/performance.md.
# BENCH=--quick takes a few minutes, BENCH="--threads 2" two cores.
bench: $(VENV)/.installed
	$(BIN)/python -m benchmarks --keep $(BENCH)

# The C++ kernels under the sanitizers of the compiler, for each instruction set of this machine.
sanitize: $(VENV)/.installed-test
	$(BIN)/python -m pytest -m sanitizers tests/kernels

# A minute of coverage-guided fuzzing of the loader; it says so where atheris is not there.
fuzz: $(VENV)/.installed-test
	$(BIN)/python -m benchmarks.reliability fuzzing --count 60

lint: $(VENV)/.installed-test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

$(VENV)/.installed: pyproject.toml $(KERNELS)
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	touch $@

$(VENV)/.installed-test: pyproject.toml $(KERNELS)
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[test]"
	touch $@ $(VENV)/.installed

clean:
	rm -rf $(VENV) build dist *.egg-info src/*.egg-info .pytest_cache .ruff_cache .hypothesis
