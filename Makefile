# make run    builds what is missing and starts the assistant
# make test   everything that CI runs
# make check  the quick part of it: lint, format, types, import contracts, unit tests
# make help   all targets

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

UV_VERSION := 0.13.8
UV := .uv/bin/uv
PYTHON := .venv/bin/python
RASA_PYTHON := .venv-rasa/bin/python
PACKAGES := bot nlu knowledge_base actions channels
ARTEFACTS ?= artefacts

# pip's own settings are taken over by uv, so that a machine with local wheels uses them; elsewhere the CPU build of torch.
ifdef PIP_FIND_LINKS
export UV_FIND_LINKS ?= $(PIP_FIND_LINKS)
else
export UV_TORCH_BACKEND ?= cpu
endif
export RASA_TELEMETRY_ENABLED := false
export HF_HUB_OFFLINE := 1
export TOKENIZERS_PARALLELISM := false
export PYTHONUTF8 := 1

say = printf '\033[1m%s\033[0m\n'

.PHONY: help
help:  ## Show the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-22s %s\n", $$1, $$2}'

# --- environments ---------------------------------------------------------------------------------------------------

$(UV):
	@command -v python3 >/dev/null || { echo "✗ Python is missing. Install Python 3.11 (Debian: apt-get install python3 python3-venv)."; exit 1; }
	@$(say) "Getting uv $(UV_VERSION), which builds the environments"
	@python3 -m venv .uv || { echo "✗ python3 has no venv module (Debian: apt-get install python3-venv)."; rm -rf .uv; exit 1; }
	@.uv/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION) 2>.uv/pip.log \
	  || { tail -n 3 .uv/pip.log; echo "✗ uv could not be downloaded. Check the network (or PIP_INDEX_URL), then run the same command again."; rm -rf .uv; exit 1; }

.venv/.app: requirements/app.txt requirements/encoders.txt pyproject.toml | $(UV)
	@$(say) "Building .venv (Python 3.11: the assistant; about 2 GB)"
	@test -x $(PYTHON) || $(UV) venv --quiet --python 3.11 .venv \
	  || { echo "✗ Python 3.11 was not found and could not be downloaded. Install it, then run the same command again."; exit 1; }
	@$(UV) pip install --python $(PYTHON) --requirement requirements/app.txt --requirement requirements/encoders.txt \
	  || { echo "✗ A download failed. Check the network, then run the same command again: it goes on where it stopped."; exit 1; }
	@$(UV) pip install --quiet --python $(PYTHON) --no-deps --editable .
	@touch $@

.venv/.dev: requirements/dev.txt .venv/.app
	@$(say) "Adding what the tests need to .venv"
	@$(UV) pip install --quiet --python $(PYTHON) --requirement requirements/dev.txt \
	  || { echo "✗ A download failed. Check the network, then run the same command again."; exit 1; }
	@touch $@

.venv/.bench: requirements/bench.txt .venv/.dev
	@$(say) "Adding the engines that search is compared with to .venv"
	@$(UV) pip install --quiet --python $(PYTHON) --requirement requirements/bench.txt \
	  || { echo "✗ A download failed. Check the network, then run the same command again."; exit 1; }
	@touch $@

.venv-rasa/.rasa: requirements/rasa.txt requirements/encoders.txt | $(UV)
	@$(say) "Building .venv-rasa (Python 3.10: the Rasa server; about 2.7 GB)"
	@test -x $(RASA_PYTHON) || $(UV) venv --quiet --python 3.10 .venv-rasa \
	  || { echo "✗ Python 3.10 was not found and could not be downloaded. Install it, then run the same command again."; exit 1; }
	@$(UV) pip install --python $(RASA_PYTHON) --requirement requirements/rasa.txt --requirement requirements/encoders.txt \
	  || { echo "✗ A download failed. Check the network, then run the same command again: it goes on where it stopped."; exit 1; }
	@touch $@

.PHONY: setup
setup: .venv/.app .venv-rasa/.rasa  ## Build both environments

.PHONY: clean-environments
clean-environments:  ## Remove both environments
	rm -rf .uv .venv .venv-rasa

.PHONY: requirements
requirements: $(UV)  ## Compile requirements/*.txt anew from *.in, for the CPU
	@cd requirements && for name in app dev bench milvus rasa; do \
	  python=3.11; test $$name = rasa && python=3.10; \
	  ../$(UV) pip compile --quiet --upgrade --no-emit-index-url --no-emit-find-links --no-header --python-version $$python \
	    --override cpu.in $$name.in -o $$name.txt; sed -i -e 's/+cpu$$//' -e '/--override/d' $$name.txt; done

# --- running --------------------------------------------------------------------------------------------------------

.PHONY: run
run: setup  ## Prepare what is missing and start the assistant
	@exec .venv/bin/wenzheng run

.PHONY: doctor
doctor: setup  ## Say what is missing and how to get it
	@.venv/bin/wenzheng doctor

# --- checking -------------------------------------------------------------------------------------------------------

.PHONY: lint types contracts unit unit-slow check
lint: .venv/.dev  ## ruff: rules and format
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .

types: .venv/.dev  ## mypy, strict
	@.venv/bin/mypy

contracts: .venv/.dev  ## import-linter: imports run one way; content files are sound
	@.venv/bin/lint-imports
	@$(PYTHON) -m knowledge_base.content_check

unit: .venv/.dev  ## Unit tests, but for the slow ones
	@.venv/bin/pytest tests/unit -m "not slow" -n auto --dist worksteal

unit-slow: .venv/.dev  ## Unit tests that train, kill processes or wait for them
	@.venv/bin/pytest tests/unit -m slow

check: lint types contracts unit  ## Lint, types, contracts, unit tests: seconds

.PHONY: unit-rasa dialogue integration e2e attack test
unit-rasa: .venv-rasa/.rasa  ## Unit tests of our components of Rasa's pipeline, in Rasa's environment
	@TF_CPP_MIN_LOG_LEVEL=3 PYTHONWARNINGS=ignore $(RASA_PYTHON) -m unittest discover -s tests/rasa

dialogue: setup .venv/.dev unit-rasa  ## Pipeline components, rasa data validate, train, rasa test on the conversation tests
	@.venv/bin/wenzheng train
	@$(PYTHON) -m tests.dialogue

integration: setup .venv/.dev  ## Tests against a running assistant
	@.venv/bin/wenzheng train
	@.venv/bin/pytest tests/integration

e2e: setup .venv/.dev  ## The widget and the console in a real browser; screenshots in artefacts/
	@.venv/bin/wenzheng train
	@ARTEFACTS=$(ARTEFACTS) .venv/bin/pytest tests/e2e

attack: setup .venv/.dev  ## An attacker's and a saboteur's day: what held, as a table (SMALL=1: numbers for CI; ONLY=word)
	@.venv/bin/wenzheng train
	@ARTEFACTS=$(ARTEFACTS) $(PYTHON) -m tests.attack $(if $(SMALL),--small) $(if $(ONLY),--only "$(ONLY)")

test: check unit-slow dialogue bench-dialogue bench-knowledge integration e2e  ## Everything that CI runs
	@$(MAKE) attack SMALL=1

# --- measuring ------------------------------------------------------------------------------------------------------

.PHONY: bench
bench: setup .venv/.dev  ## A turn of the product against bare Rasa, search latency, memory, cold and warm start
	@.venv/bin/wenzheng train
	@$(PYTHON) -m tests.benchmarks.turns

.PHONY: bench-dialogue fit-dialogue fit-details
bench-dialogue: setup .venv/.dev  ## How typed messages of the held-out pens are decided, with floors
	@.venv/bin/wenzheng train
	@$(PYTHON) -m tests.benchmarks.dialogue

.PHONY: bench-knowledge
bench-knowledge: setup .venv/.dev  ## Whether questions of held-out pens find their entry, with floors
	@.venv/bin/wenzheng train
	@$(PYTHON) -m tests.benchmarks.held_out_pens

fit-details: setup .venv/.dev  ## Fit the weights that tell which detail of an entry is asked
	@$(PYTHON) -m tests.benchmarks.fit_details

fit-dialogue: setup .venv/.dev  ## Fit the weights that tell whether the item at hand is meant
	@.venv/bin/wenzheng train
	@$(PYTHON) -m tests.benchmarks.fit_dialogue

.PHONY: bench-search
bench-search: setup .venv/.bench  ## Search at 1 thousand to 1 million texts beside four other engines (SIZES=1000,100000 ENGINES=product,bm25s)
	@.venv/bin/wenzheng train
	@ARTEFACTS=$(ARTEFACTS) $(PYTHON) -m tests.benchmarks.search_scale

.PHONY: bench-language
bench-language: setup .venv/.dev  ## Understanding on real data (WENZHENG_BENCHMARKS=folder); INTENTS=1: also against Rasa's pipeline, minutes
	@.venv/bin/wenzheng train
	@ARTEFACTS=$(ARTEFACTS) $(PYTHON) -m tests.benchmarks.language $(if $(INTENTS),--intents)
