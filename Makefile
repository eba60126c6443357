# Two targets matter: `make demo` shows the linter at work, `make test` runs everything that a change must pass.
# Each makes its own virtual environment on its first run; later runs start at once.

PYTHON ?= python3

DEMO := .venv-demo
DEV := .venv
# Another PYTHON asks for another file of this name, and so for a new environment.
MADE_WITH := made-with-$(notdir $(PYTHON))
PIP := python -m pip --quiet --disable-pip-version-check
PACKAGE := $(shell find mosaic_lint -name '*.py') pyproject.toml

.DEFAULT_GOAL := help
.PHONY: help demo test lint types layers docs bench clean

help:
	@echo "make demo    install the linter into $(DEMO) and lint the sample service"
	@echo "make test    install what developers need into $(DEV) and run all checks and tests"
	@echo "make lint    ruff          make types   mypy --strict     make layers  import-linter"
	@echo "make docs    write the index of rules and the generated documentation"
	@echo "make bench   measure what the plugin costs, and write docs/performance.md"
	@echo "make clean   remove the virtual environments and caches"
	@echo "PYTHON=python3.13 takes another Python (now $(PYTHON))"

# What is linted ends with status 1, because there is something to find: here that is success.
demo: $(DEMO)/installed
	@$(DEMO)/bin/mosaic-lint check examples/service; test $$? -eq 1
	@echo
	@echo "These are the faults of a sample service; examples/service/README.md lists them. Try next:"
	@echo "  $(DEMO)/bin/mosaic-lint rule MOS101"
	@echo "  $(DEMO)/bin/mosaic-lint check --select MOS1 --output-format concise examples/service"
	@echo "  (cd examples/service && ../../$(DEMO)/bin/flake8)"
	@echo "  $(DEMO)/bin/mosaic-lint check PATH/TO/YOUR/SERVICE"

# build/ is removed before, because setuptools would pack what an older version left there.
$(DEMO)/installed: $(PACKAGE) $(DEMO)/$(MADE_WITH)
	rm -rf build
	$(DEMO)/bin/$(PIP) install .
	rm -rf build
	@touch $@

$(DEV)/installed: pyproject.toml $(DEV)/$(MADE_WITH)
	$(DEV)/bin/$(PIP) install --editable '.[dev]'
	@touch $@

%/$(MADE_WITH):
	$(PYTHON) -m venv --clear $*
	@touch $@

test: lint types layers
	$(DEV)/bin/python -m pytest

lint: $(DEV)/installed
	$(DEV)/bin/ruff check

types: $(DEV)/installed
	$(DEV)/bin/mypy

layers: $(DEV)/installed
	$(DEV)/bin/lint-imports

docs: $(DEV)/installed
	$(DEV)/bin/python -m tools.gen_index
	$(DEV)/bin/python -m tools.gen_docs

bench: $(DEV)/installed
	$(DEV)/bin/python -m tools.bench --write docs/performance.md

clean:
	rm -rf $(DEMO) $(DEV) build .mypy_cache .ruff_cache .import_linter_cache
