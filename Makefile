# Every target explains itself: `make help`.
# PYTHON chooses the interpreter (3.11 or newer); everything is installed into .venv, pinned with hashes.

PYTHON ?= $(shell sh tools/find_python.sh)
VENV := .venv
BIN := $(VENV)/bin
RUN_READY := $(VENV)/.ready-run
DEV_READY := $(VENV)/.ready-dev

.DEFAULT_GOAL := help
.PHONY: help demo serve test lint unit bench soak pages mutate lock clean his-coverage

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

demo: $(RUN_READY) ## Start everything, play the cross-region journey, stay up (ONCE=1: end after it; NODES=3: provinces apart)
	@$(BIN)/yijie demo $(if $(ONCE),--once) $(if $(NODES),--nodes $(NODES))

serve: $(RUN_READY) ## Start the server with the sample nation and stay up
	@$(BIN)/yijie serve --sample

test: lint unit ## Everything CI checks: lint, types, contracts, tests with branch coverage (under 15 minutes)

lint: $(DEV_READY) ## Style, types, import contracts
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports --no-cache

unit: $(DEV_READY) ## The tests with branch coverage
	@command -v chromium >/dev/null || [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null || \
	    { apt-get update -q && apt-get install -y -q --no-install-recommends chromium fonts-noto-cjk; } >/dev/null || true
	@sh tools/run_tests.sh $(TESTS)

bench: $(DEV_READY) ## All benchmarks, each a ratio measured in this run (ONLY=name for one)
	@$(BIN)/python -m bench $(if $(ONLY),--only $(ONLY)) $(if $(QUICK),--quick)

soak: $(DEV_READY) ## The long runs (under 60 minutes; TESTS=… for a part); the report goes to docs/reports/
	@sh tools/run_soak.sh $(TESTS)

mutate: $(DEV_READY) ## Small mistakes put into the benefit engine: do its tests notice? (MINUTES=30; docs/reports/mutation.md)
	@$(BIN)/python tools/mutate.py --minutes $(or $(MINUTES),30)

his-coverage: $(RUN_READY) ## Write docs/his-coverage.md from the code
	@DJANGO_SETTINGS_MODULE=yijie.settings $(BIN)/python -m yijie.interfaces.fsi.coverage

pages: $(DEV_READY) ## Measure every page anew: docs/reports/pages.md
	@YIJIE_PAGE_REPORT=docs/reports/pages.md $(BIN)/python -m pytest -n 0 -p no:randomly tests/interfaces/desk/test_weight.py

lock: $(DEV_READY) ## Pin all dependencies anew with hashes
	@sh tools/lock.sh $(BIN)

clean: ## Remove the environment and caches (data folders stay)
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .coverage* build *.egg-info

$(RUN_READY): requirements/run.txt pyproject.toml
	@sh tools/install.sh "$(PYTHON)" $(VENV) requirements/run.txt && touch $@

$(DEV_READY): requirements/dev.txt pyproject.toml
	@sh tools/install.sh "$(PYTHON)" $(VENV) requirements/dev.txt && touch $@ $(RUN_READY)
