# Everything Heddle needs, from a bare Python 3.11, 3.12 or 3.13 onwards.
# Each set-up step leaves a stamp in the environment and runs again only when its lock changed.

VENV   := .venv
BIN    := $(VENV)/bin
UV     := $(BIN)/uv
INSTALL = $(UV) pip install --python $(BIN)/python --require-hashes

FLOW ?= resources/templates/triage_github_issues.flow.json
ARGS ?=
# Tests of one file stay together: they share servers and windows. Those that judge how long
# others wait come afterwards and alone. Finding none of either sort (5) is no failure.
TOGETHER = -n logical --maxprocesses 4 --dist loadfile
SCREEN = $(or $(DISPLAY),$(WAYLAND_DISPLAY),$(filter Darwin,$(shell uname -s)))

in_range   = $(shell $(1) -c 'import sys; (3, 11) <= sys.version_info < (3, 14) and print(sys.executable)' 2>/dev/null)
candidates = $(foreach name,python3 python3.13 python3.12 python3.11,$(call in_range,$(name)))
version    = $(shell $(1) -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)
as_root    = $(if $(filter-out 0,$(shell id -u)),sudo )env DEBIAN_FRONTEND=noninteractive
apt        = { echo "Installing Debian's $(1)"; $(as_root) apt-get update -qq >/dev/null; \
               $(as_root) apt-get install -qq --yes --no-install-recommends $(1) >/dev/null; }

.DEFAULT_GOAL := help
.PHONY: help run test lint check attack bench lock format clean postgresql redis screenshots qt screen FORCE
.DELETE_ON_ERROR:

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "  PYTHON=…  the interpreter to set up with (3.11 to 3.13)    FLOW=…  the flow to run"
	@echo "  ARGS=…    more words for heddle run or pytest; for bench, what to measure instead of all"

run: $(VENV)/.run $(if $(SCREEN),qt) ## set up, then open the studio (without a screen: run the sample flow)
ifneq ($(SCREEN),)
	$(BIN)/heddle studio $(ARGS)
else
	@echo "There is no screen here, so the sample flow runs without the studio."
	$(BIN)/heddle run $(FLOW) $(ARGS)
endif

test: $(VENV)/.dev postgresql redis qt screen ## set up, then run the tests
	$(BIN)/python -m pytest $(TOGETHER) -m "not alone" $(ARGS) || [ $$? -eq 5 ]
	$(BIN)/python -m pytest -m alone $(ARGS) || [ $$? -eq 5 ]

lint: $(VENV)/.dev ## ruff, mypy --strict and the import contracts
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint test ## everything a change has to pass

attack: $(VENV)/.dev postgresql redis ## throw ten thousand requests at every service (HEDDLE_ATTACKS=…)
	HEDDLE_ATTACKS=$(or $(HEDDLE_ATTACKS),10000) $(BIN)/python -m pytest tests/runtime/services/test_attacks.py \
	  tests/runtime/services/integration/test_attacks.py
	HEDDLE_ATTACKS=1000 $(BIN)/python -m pytest tests/agents/swarm/api_gateway/test_openapi.py

bench: $(VENV)/.dev postgresql qt ## measure us beside our peers, write docs/benchmarks.md
	$(BIN)/python -m tests.benchmarks $(or $(ARGS),--write docs/benchmarks.md)

screenshots: $(VENV)/.dev qt screen ## take the pictures of the README from the running studio
	$(BIN)/python -m tests.screenshots

format: $(VENV)/.dev ## put the code into its canonical shape
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

# Hashes, and no address of any index: where packages come from is the installer's business.
LOCK = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
       --no-header --annotation-style line $(ARGS)
lock: $(VENV)/.tools ## choose the versions anew (ARGS=--upgrade: the newest)
	$(LOCK) --group tools -o locks/tools.txt
	$(LOCK) pyproject.toml -o locks/run.txt
	$(LOCK) pyproject.toml --group dev -c locks/run.txt -o locks/dev.txt

clean: ## forget the environment and every cache
	rm -rf $(VENV) .bench build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Asking for another PYTHON than the environment has makes the environment anew.
ifdef PYTHON
other_python = $(filter-out $(call version,$(PYTHON)),$(call version,$(BIN)/python))
endif

$(VENV)/.tools: locks/tools.txt $(if $(other_python),FORCE)
	$(eval python := $(or $(PYTHON),$(firstword $(candidates))))
	@test -n "$(call in_range,$(python))" || { \
	  echo "Heddle needs Python 3.11, 3.12 or 3.13, and $(or $(PYTHON),python3) is none of them." \
	       "Name one: make PYTHON=/path/to/python3.12" >&2; exit 2; }
	@$(python) -c 'import ensurepip, venv' 2>/dev/null \
	  || $(call apt,python$(call version,$(python))-venv) \
	  || { echo "$(python) cannot make environments: install python3-venv, then run make again." >&2; exit 2; }
	$(python) -m venv $(if $(other_python),--clear) $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r locks/tools.txt
	@touch $@

$(VENV)/.run: $(VENV)/.tools locks/run.txt pyproject.toml
	$(INSTALL) -r locks/run.txt
	$(UV) pip install --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

# With it come, on Node, the client that the authors of the Debug Adapter Protocol test with, and
# peers of our servers. Without these their tests say so themselves, as those of PostgreSQL do.
on_node = rm -rf $(VENV)/$(1) && cp -r locks/$(1) $(VENV)/$(1) && cd $(VENV)/$(1) \
          && NODE_USE_SYSTEM_CA=1 ../bin/npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
$(VENV)/.dev: $(VENV)/.run locks/dev.txt $(wildcard locks/*/package-lock.json)
	$(INSTALL) -r locks/dev.txt
	$(call on_node,debugger)
	($(call on_node,peers)) \
	  || echo "The peers on Node could not be installed here: their tests cannot run." >&2
	@touch $@

# The journal's contract suite runs on a real PostgreSQL. Without one the tests say so
# themselves: they fail on a build machine and are skipped, with the reason, on a desk.
postgresql:
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null \
	  || $(call apt,postgresql) \
	  || echo "PostgreSQL is missing and could not be installed here: its tests cannot run." >&2

# Rates of calls are shared by a real Redis; the same holds without one.
redis:
	@command -v redis-server >/dev/null || $(call apt,redis-server) \
	  || echo "Redis is missing and could not be installed here: its tests cannot run." >&2

# What Qt's wheels expect of the system. Only Debian and its like are known here.
QT_LIBRARIES = libegl1 libgl1 libdbus-1-3 libfontconfig1 libglib2.0-0 libxkbcommon0 \
               libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libxcb-xkb1 \
               libxkbcommon-x11-0 fonts-dejavu-core
qt:
	@command -v apt-get >/dev/null || exit 0; \
	 dpkg -s $(QT_LIBRARIES) >/dev/null 2>&1 || $(call apt,$(QT_LIBRARIES)) \
	  || echo "Some libraries of Qt could not be installed: $(QT_LIBRARIES)" >&2

# A real window needs a screen: one in memory, and what tests move its pointer with.
SCREEN_TOOLS = xvfb xdotool at-spi2-core dbus
screen:
	@command -v apt-get >/dev/null || exit 0; \
	 dpkg -s $(SCREEN_TOOLS) >/dev/null 2>&1 || $(call apt,$(SCREEN_TOOLS)) \
	  || echo "The tests of the real window cannot run without: $(SCREEN_TOOLS)" >&2
