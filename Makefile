# Each target sets itself up in .venv from a Python (3.11 or newer) and a package index, once.
#
#   PYTHON  the Python to make the environment with   make test PYTHON=python3.13 VENV=.venv/3.13
#   VENV    where the environment is
#   ARGS    handed on                                 make test ARGS="-k waitlist"
#   STORY   which story the demo tells; ? lists them  make demo STORY=cqi-taster

PYTHON ?= python3
VENV ?= .venv
ARGS ?=
STORY ?=

PY := $(VENV)/bin/python
PIP := $(PY) -m pip --quiet --disable-pip-version-check --no-input install --no-warn-script-location -c constraints.txt
CLUSTER := ./plugins/innovationhub-postgresql
PLUGINS := $(patsubst %/pyproject.toml,./%,$(wildcard plugins/*/pyproject.toml))
METADATA := pyproject.toml constraints.txt $(wildcard plugins/*/pyproject.toml)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help setup demo demo-messages demo-discovery test cluster-test check bench bench-postgresql soak format constraints clean FORCE

help: ## what there is to make
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1 | \2/p' Makefile | column -t -s '|' 2>/dev/null \
		|| sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1   \2/p' Makefile

ifeq ($(STORY),)
demo: $(VENV)/.demo-stamp ## a hub at work, in your terminal (STORY=cqi-taster; STORY=? lists the stories)
	@$(PY) -m innovationhub demo $(ARGS)
else
demo: $(VENV)/.stories-stamp
	@$(PY) -m examples.stories '$(STORY)'
endif

demo-messages: $(VENV)/.messages-stamp ## messages as they arrive, and a calendar that follows
	@$(PY) -m innovationhub demo-messages $(ARGS)

demo-discovery: $(VENV)/.discovery-stamp ## the last seat, wanted in Discovery and here at one moment
	@$(PY) examples/discovery.py

test: $(VENV)/.dev-stamp ## the tests (ARGS="-k waitlist")
	$(PY) -m pytest -n auto $(ARGS)

cluster-test: $(VENV)/.cluster-stamp ## leaders of three PostgreSQL nodes killed under load: some minutes
	$(PY) -m pytest -s -o faulthandler_timeout=0 $(CLUSTER)/tests/on_postgresql/over_patroni.py $(ARGS)

check: $(VENV)/.dev-stamp ## format, lint, types, the rules of the house
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	$(PY) -m pytest -q tests/house

bench: $(VENV)/.bench-stamp ## the benchmarks, as ratios
	$(PY) -m benchmarks $(ARGS)

bench-postgresql: $(VENV)/.dev-stamp ## the same in PostgreSQL, on a server of its own
	PYTHONPATH=plugins/innovationhub-postgresql/tests $(PY) -m on_postgresql.benchmark $(ARGS)

soak: $(VENV)/.dev-stamp ## minutes of everything at once while processes are killed (SOAK_MINUTES=3)
	$(PY) -m benchmarks.soak

format: $(VENV)/.dev-stamp ## put the code in form
	$(PY) -m ruff format .
	$(PY) -m ruff check --fix-only --quiet .

setup: $(VENV)/.dev-stamp ## only set up .venv for development

clean: ## remove .venv and everything that was made
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- the environment -------------------------------------------------------------------------------------

# Packages installed in place are known by the path of this directory: when it has moved, they are installed anew.
ifneq ($(shell cat '$(VENV)/.venv-stamp' 2>/dev/null),$(CURDIR))
$(VENV)/.venv-stamp: FORCE
endif

$(VENV)/.venv-stamp:
	@command -v "$(PYTHON)" >/dev/null || { \
		echo "There is no '$(PYTHON)' here: install Python 3.11 or newer, or name yours: make PYTHON=/path/to/python" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "innovationhub needs Python 3.11 or newer, and '$(PYTHON)' is $$("$(PYTHON)" -V 2>&1); name another: make PYTHON=python3.12" >&2; exit 1; }
	@"$(PYTHON)" -c 'import venv, ensurepip' 2>/dev/null || { \
		echo "'$(PYTHON)' cannot make virtual environments: install its venv package (on Debian and Ubuntu: apt install python3-venv)" >&2; exit 1; }
	@echo "Setting up $(VENV), once"
	@"$(PYTHON)" -m venv $(VENV)
	@$(PIP) --no-compile hatchling editables
	@printf '%s\n' "$(CURDIR)" >$@

$(VENV)/.demo-stamp: $(VENV)/.venv-stamp $(METADATA)
	@$(PIP) --no-compile --no-build-isolation -e '.[cli]'
	@touch $@

# docopt, which Notify's client asks for, comes as source only, and from Python 3.12 on nothing brings setuptools.
$(VENV)/.messages-stamp: $(VENV)/.demo-stamp
	@$(PIP) --no-compile --no-build-isolation -e './plugins/innovationhub-smtp[demo]'
	@touch $@

# What the stories of the fund, the community, the calendar and Discovery need besides.
STORYTELLERS := community fund icalendar
$(VENV)/.stories-stamp: $(VENV)/.demo-stamp
	@$(PIP) --no-compile --no-build-isolation -e '.[cli,messages,testing]' \
		$(foreach plugin,$(STORYTELLERS),-e './plugins/innovationhub-$(plugin)')
	@touch $@

# The reference LMS is part of the kit for tests.
$(VENV)/.discovery-stamp: $(VENV)/.demo-stamp
	@$(PIP) --no-compile --no-build-isolation -e '.[cli,testing]'
	@touch $@

$(VENV)/.dev-stamp: $(VENV)/.venv-stamp $(METADATA)
	@$(PIP) --no-compile setuptools
	@$(PIP) --no-build-isolation -e '.[cli,testing,test,dev]' $(foreach plugin,$(PLUGINS),-e '$(plugin)[test]')
	@touch $@ $(VENV)/.demo-stamp

$(VENV)/.cluster-stamp: $(VENV)/.dev-stamp
	@$(PIP) --no-build-isolation -e '$(CLUSTER)[cluster]'
	@touch $@

# What only the benchmarks compare with.
$(VENV)/.bench-stamp: $(VENV)/.dev-stamp
	@$(PIP) --no-build-isolation -e '.[bench]'
	@touch $@

# --- the versions ----------------------------------------------------------------------------------------

# With the oldest Python we support, so that every version pinned still runs there; tzdata and colorama are
# wanted on Windows only, and pinned for it.
constraints: ## choose the versions in constraints.txt anew
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || { \
		echo "The versions are chosen with the oldest Python we support: make constraints PYTHON=python3.11" >&2; exit 1; }
	@fresh=$$(mktemp -d) && trap 'rm -rf "$$fresh"' EXIT && "$(PYTHON)" -m venv "$$fresh" \
		&& "$$fresh/bin/python" -m pip --quiet --disable-pip-version-check install '.[cli,testing,test,dev,bench,build]' $(foreach plugin,$(PLUGINS),'$(plugin)[test]') '$(CLUSTER)[cluster]' tzdata colorama \
		&& { echo '# The versions this project is built and tested with. Made by `make constraints`, not by hand.'; \
			"$$fresh/bin/python" -m pip --disable-pip-version-check freeze --exclude innovationhub $(foreach plugin,$(PLUGINS),--exclude $(notdir $(plugin))) | LC_ALL=C sort -f; } >"$$fresh/pins" \
		&& cp "$$fresh/pins" constraints.txt
	@echo "constraints.txt: $$(grep -c == constraints.txt) versions"
