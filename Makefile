# Scene Search. `make help` lists the targets.
#
# Two environments: .venv runs the engine (and, with its extras, training, tests and lint) on
# any Python from 3.10; .venv-qgis sees the system's QGIS and holds pytest, nothing else,
# because the QGIS side must work without NumPy or anything the engine installs.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
.NOTPARALLEL:

PYTHON := .venv/bin/python
QGIS_PYTHON := .venv-qgis/bin/python
PLUGINS := $(CURDIR)/build/dev/python/plugins
PROFILE := $(CURDIR)/build/profile
XVFB := xvfb-run -a -s "-screen 0 1600x1000x24 -nolisten tcp"

# What every QGIS process of a checkout gets: the plugin from here, the engine from .venv, and
# a profile of its own, so that the developer's QGIS is left as it is.
QGIS_ENV := QGIS_PLUGINPATH="$(PLUGINS)" QGIS_CUSTOM_CONFIG_PATH="$(PROFILE)" \
	SCENE_SEARCH_ENGINE_PYTHON="$(CURDIR)/$(PYTHON)"
HEADLESS := QT_QPA_PLATFORM=offscreen XDG_RUNTIME_DIR="$${XDG_RUNTIME_DIR:-$(CURDIR)/build/runtime}"

# make demo IMAGERY=folder ENCODER=encoder-package
IMAGERY ?=
ENCODER ?=

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

# --- environments -------------------------------------------------------------------------

.PHONY: engine test-env qgis dev-plugin
engine: .venv/.engine ## the engine's environment, with .venv/bin/scene-search
test-env: .venv/.extras .venv-qgis/.ready ## what tests, lint, training and benchmarks need

.venv/.engine: pyproject.toml setup.py .ci/find_python.sh
	@test -x $(PYTHON) || "$$(sh .ci/find_python.sh)" -m venv .venv
	$(PYTHON) -m pip install -qq --disable-pip-version-check -e .
	@touch $@

.venv/.extras: .venv/.engine
	$(PYTHON) -m pip install -qq --disable-pip-version-check -e '.[train,dev,parquet,bench]'
	@touch $@

.venv-qgis/.ready: | qgis
	/usr/bin/python3 -m venv --system-site-packages .venv-qgis
	$(QGIS_PYTHON) -m pip install -qq --disable-pip-version-check pytest pytest-timeout
	@touch $@

qgis: ## install QGIS 3.34 or newer and Xvfb, if missing (Debian, Ubuntu)
	@sh .ci/install_qgis.sh

dev-plugin: ## a plugin folder that QGIS loads from this checkout
	@python3=$$(command -v python3 || echo $(PYTHON)); $$python3 .ci/link_plugin.py "$(PLUGINS)/scene_search"
	@mkdir -p -m 700 build/runtime

# --- using it -----------------------------------------------------------------------------

.PHONY: demo run enable
enable: qgis engine dev-plugin
	@grep -qs '^scene_search=true' "$(PROFILE)/profiles/default/QGIS/QGIS3.ini" || \
		$(QGIS_ENV) $(HEADLESS) qgis_process plugins enable scene_search

demo: enable ## sample imagery, an index, searches and a map through real QGIS, in demo/
	@$(QGIS_ENV) $(HEADLESS) $(PYTHON) tests/demo/run_demo.py demo \
		$(if $(IMAGERY),--imagery "$(IMAGERY)") $(if $(ENCODER),--encoder "$(ENCODER)")

run: enable ## open QGIS with the plugin (and the demo's project, once there is one)
	@$(QGIS_ENV) qgis $(wildcard demo/demo.qgz)

# --- checking it --------------------------------------------------------------------------

.PHONY: test lint
test: test-env dev-plugin ## every test, with QGIS's on a virtual screen
	@status=0; \
	$(PYTHON) -m pytest tests/engine tests/training tests/demo tests/benchmarks || status=$$?; \
	$(QGIS_ENV) XDG_RUNTIME_DIR="$(CURDIR)/build/runtime" PYTHONPATH="$(PLUGINS)" \
		$(XVFB) $(QGIS_PYTHON) -m pytest --timeout 180 tests/qgis tests/ui || status=$$?; \
	exit $$status

lint: .venv/.extras dev-plugin ## style, types, the import contract, the plugin site's checks
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy
	$(PYTHON) .ci/collect_strings.py --check
	.venv/bin/lint-imports --no-cache --config .ci/import_contract.ini
	@$(MAKE) zip
	$(PYTHON) .ci/check_zip.py dist

# --- making it ----------------------------------------------------------------------------

.PHONY: zip models bench bench-retrieval strings clean
zip: ## the plugin as QGIS installs it, in dist/
	@python3=$$(command -v python3 || echo $(PYTHON)); $$python3 .ci/build_zip.py dist

models: .venv/.extras ## train the default encoder and the four systems: make models SCENE_SEARCH_DATA=folder
	$(PYTHON) -m scene_search.training models --data "$(or $(SCENE_SEARCH_DATA),../shared/data)" \
		--output build/models
	$(PYTHON) -m scene_search.training two-parts --package build/models/default \
		--data "$(or $(SCENE_SEARCH_DATA),../shared/data)" --output models/default
	$(PYTHON) -m scene_search.training packages --data "$(or $(SCENE_SEARCH_DATA),../shared/data)"

bench: .venv/.extras ## measure indexing and searching on this machine
	$(PYTHON) benchmarks/run.py

bench-retrieval: .venv/.extras ## measure trained systems on the papers' benchmarks
	$(PYTHON) -m benchmarks.retrieval.run --data "$(or $(SCENE_SEARCH_DATA),../shared/data)"
	$(PYTHON) -m benchmarks.retrieval.unseen --data "$(or $(SCENE_SEARCH_DATA),../shared/data)"

strings: ## collect the translatable strings into resources/i18n/scene_search.ts
	@python3=$$(command -v python3 || echo $(PYTHON)); $$python3 .ci/collect_strings.py

clean: ## remove what was built (the environments stay)
	rm -rf build dist demo .mypy_cache .ruff_cache .pytest_cache .hypothesis
