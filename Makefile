# One virtual environment of the standard library in .venv, filled from the locks in requirements/.
# Nothing else is needed than make, Python 3.11 or newer, and the package index the first time.
# Another Python: make ask PYTHON=python3.12

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/stamps
PIP    := $(BIN)/python -m pip --disable-pip-version-check
LOCKED := $(PIP) install --quiet --no-deps --no-build-isolation --require-hashes

# Where no bytecode is written, each process compiles every module anew, and rewrites every assertion.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: fetch help ask serve picture articles build test test-slow test-exhaustive test-nightly test-load test-servers test-browser test-protege test-apart test-mutants check lint types contracts docs reference site bench bench-answers bench-batch bench-cohort bench-hooks bench-endpoint bench-starts bench-growth codes editor wheel release lock format clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

ask: $(STAMP)/bytecode ## answer the first question, setting up what it needs
	@$(BIN)/kg ask --has "multiple myeloma" --lab alp=high --lab ggt=normal

serve: $(STAMP)/bytecode ## ask in a browser, at http://127.0.0.1:8000
	@$(BIN)/kg serve

articles: $(STAMP)/bytecode ## write the Turtle that the files of articles make
	@$(BIN)/kg source write

build: $(STAMP)/bytecode ## build the graph from ontology/ and queries/
	@$(BIN)/kg build

# A file stays with one worker, which sets up once what its tests share. Files come in the order of
# tests/conftest.py, the longest first: xdist would begin with those that have the most tests.
ON_ALL_CORES := -n auto --dist loadfile --no-loadscope-reorder
# What needs more than the environment, or goes on for minutes, has a target of its own.
APART := exhaustive or nightly or load or servers or browser or protege

test: build $(STAMP)/test ## run the tests, on all cores; others with MARKS="browser"
	@$(BIN)/python -m pytest $(ON_ALL_CORES) $(if $(MARKS),-m "$(MARKS)")

test-slow: build $(STAMP)/test ## run the tests that take longer than a second
	@$(BIN)/python -m pytest $(ON_ALL_CORES) -m "slow and not ($(APART))"

test-exhaustive: build $(STAMP)/test ## run the tests that go through every statement, or KG_SHARE=3/10 of them
	@$(BIN)/python -m pytest $(ON_ALL_CORES) -m exhaustive

test-load: $(STAMP)/test ## run the tests that put load on a running server, for minutes
	@$(BIN)/python -m pytest -m load

test-nightly: build $(STAMP)/test ## run what CI takes a share of, and thousands of cases, for an hour
	@$(BIN)/python -m pytest $(ON_ALL_CORES) -m "nightly or exhaustive"

fetch: $(STAMP)/test ## fetch the programs of others that test-servers and test-protege run
	@$(BIN)/python tests/other_stores/fetch.py
	@$(BIN)/python tests/other_clients/fetch.py
	@$(BIN)/python tests/agents/fetch.py
	@$(BIN)/python tests/other_readers/fetch.py
	@$(BIN)/python tests/other_checkers/fetch.py
	@$(BIN)/python tests/other_engines/fetch.py
	@$(BIN)/python tests/robot/fetch.py
	@$(BIN)/python tests/hl7/fetch.py
	@$(BIN)/python tests/protege/fetch.py
	@$(BIN)/python tests/wheelhouse.py

test-servers: fetch ## run the tests with Virtuoso, Fuseki, Comunica, MCP clients, readers, HL7's validator, Spark, a wheelhouse
	@$(BIN)/python -m pytest $(ON_ALL_CORES) -m "servers and not nightly"

test-browser: $(STAMP)/browser ## run the tests that open pages in Chromium, where there is one
	@$(BIN)/python editor/pack.py || [ $$? -eq 3 ]
	@$(BIN)/python -m pytest $(ON_ALL_CORES) -m browser

test-protege: $(STAMP)/test ## run the tests that drive the Protégé desktop, on a screen in memory
	@$(BIN)/python tests/protege/fetch.py
	@$(BIN)/python -m pytest -m protege

test-apart: fetch $(STAMP)/browser ## run test-servers, test-browser and test-protege in one go, so that no core waits
	@$(BIN)/python editor/pack.py || [ $$? -eq 3 ]
	@$(BIN)/python -m pytest $(ON_ALL_CORES) -m "(servers or browser or protege) and not nightly"

test-mutants: $(STAMP)/mutation ## change the code in small ways, and see whether the tests notice
	@$(BIN)/python tests/mutation.py

check: lint types contracts docs test test-slow ## everything that CI checks

lint: $(STAMP)/lint ## check style and format
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

format: $(STAMP)/lint ## set the format, and mend what can be mended by itself
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

types: $(STAMP)/lint $(STAMP)/browser ## check types, tests included
	@$(BIN)/mypy

contracts: $(STAMP)/lint ## check that imports point down and each library has its address
	@$(BIN)/lint-imports --no-logo

docs: $(STAMP)/core ## check that the reference pages are what code and queries say
	@$(BIN)/python docs/make_reference.py --check

site: $(STAMP)/core ## write the documentation as a static site, in build/site
	@$(BIN)/python docs/make_site.py

reference: $(STAMP)/core ## write the reference pages
	@$(BIN)/python docs/make_reference.py

bench: $(STAMP)/bytecode ## measure speed and memory
	@$(BIN)/python benchmarks/run.py

picture: build $(STAMP)/browser ## make the picture of the page in the README anew
	@$(BIN)/python tests/picture.py

codes: build $(STAMP)/test ## say how many real codes mean what they should
	@$(BIN)/python tests/golden_codes.py

bench-endpoint: $(STAMP)/core build/bench/stamp ## measure the endpoint beside others, with wrk
	@$(BIN)/python benchmarks/endpoint.py

bench-starts: $(STAMP)/bytecode ## measure the start of the endpoint
	@$(BIN)/python benchmarks/starts.py

bench-growth: $(STAMP)/bytecode ## measure builds and answers with ever more articles
	@$(BIN)/python benchmarks/growth.py

bench-hooks: $(STAMP)/bytecode ## measure CDS Hooks at fifty requests a second
	@$(BIN)/python benchmarks/hooks.py

bench-cohort: $(STAMP)/test ## judge a million made patients
	@$(BIN)/python benchmarks/cohort.py

bench-batch: $(STAMP)/test ## measure the lines of kg ask --batch, whole and short
	@$(BIN)/python benchmarks/batch.py

bench-answers: $(STAMP)/bytecode ## measure answers to cases over HTTP
	@$(BIN)/python benchmarks/answers.py

# 3: it could not be had, and the page keeps its plain form.
editor: $(STAMP)/core ## pack the SPARQL editor, which npm fetches, into kg/pages/editor
	@$(BIN)/python editor/pack.py

# The graph is dated by the commit, so that a release has the same bytes wherever it is made.
BUILT = $${SOURCE_DATE_EPOCH:-$$(git log -1 --format=%ct)}

wheel: $(STAMP)/core ## build the graph and a wheel that carries it, in dist/
	@SOURCE_DATE_EPOCH=$(BUILT) $(BIN)/kg build --oracle --output build/product
	@$(BIN)/python editor/pack.py || [ $$? -eq 3 ]
	@$(PIP) wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .
	@ls -l dist/*.whl

# docs/decisions/0033-what-a-release-is.md. Nothing is published: look at dist/, tag, and upload.
BEFORE ?= $(shell git tag --list 'v*' --sort=-version:refname --no-contains HEAD | head -1)

release: $(STAMP)/core ## make everything of a release in dist/
	@rm -rf dist build/product
	@$(MAKE) --no-print-directory wheel
	@$(BIN)/python -m hatchling build --target sdist --directory dist
	@KG_CACHE=build/product $(BIN)/kg export --output dist
	@if [ -n "$(BEFORE)" ]; then $(BIN)/kg diff $(BEFORE) build/product --format changelog >dist/knowledge.md || [ $$? -eq 1 ]; fi
	@cd dist && rm -f SHA256SUMS && find . -type f ! -name SHA256SUMS | sed 's,^\./,,' | LC_ALL=C sort | xargs sha256sum >SHA256SUMS
	@cd dist && sha256sum --check --quiet SHA256SUMS && wc -l <SHA256SUMS | sed 's/$$/ files in dist, each with its SHA-256/'

# uv is needed here and nowhere else; it stays in its own environment.
UV_COMPILE = build/lock/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"
CORE_LOCKED = --constraints requirements/core.txt --constraints requirements/build.txt

lock: ## write the locks anew from pyproject.toml, with the newest versions it allows
	@$(PYTHON) -m venv build/lock
	@build/lock/bin/pip --disable-pip-version-check install --quiet uv
	@$(UV_COMPILE) --output-file requirements/core.txt pyproject.toml
	@$(UV_COMPILE) --output-file requirements/build.txt --group build --constraints requirements/core.txt
	@$(UV_COMPILE) --output-file requirements/test.txt --group test $(CORE_LOCKED)
	@$(UV_COMPILE) --output-file requirements/browser.txt --group browser $(CORE_LOCKED) --constraints requirements/test.txt
	@$(UV_COMPILE) --output-file requirements/lint.txt --group lint $(CORE_LOCKED) --constraints requirements/test.txt
	@$(UV_COMPILE) --output-file requirements/mutation.txt --group mutation $(CORE_LOCKED) --constraints requirements/test.txt
	@$(UV_COMPILE) --output-file requirements/readers.txt tests/other_readers/requirements.in
	@$(UV_COMPILE) --output-file requirements/checkers.txt tests/other_checkers/requirements.in
	@$(UV_COMPILE) --output-file requirements/spark.txt tests/other_engines/requirements.in
	@git diff --stat -- requirements

# Servers that ours is compared with; they stay in an environment of their own.
build/bench/stamp:
	@$(PYTHON) -m venv build/bench
	@build/bench/bin/pip --disable-pip-version-check install --quiet rdflib-endpoint==0.6.3 oxigraph==0.5.13 uvicorn
	@touch $@

clean: ## remove everything that make made, the environment too
	rm -rf $(VENV) build dist kg/pages/editor .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find kg tests docs benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp says that a lock is installed; a changed lock installs again.

$(STAMP)/venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "etiograph needs Python 3.11 or newer, and '$(PYTHON)' is $$($(PYTHON) --version 2>/dev/null || echo not there)." ; \
	  echo "Name another one: make $(or $(MAKECMDGOALS),help) PYTHON=python3.12" ; exit 1 ; } >&2
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "'$(PYTHON)' has no module venv. On Debian and Ubuntu: apt-get install python3-venv" ; exit 1 ; } >&2
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV)
	@mkdir -p $(STAMP) && touch $@

# hatchling and setuptools first, from a lock too: then nothing is fetched without its hash.
$(STAMP)/core: $(STAMP)/venv requirements/build.txt requirements/core.txt pyproject.toml hatch_build.py
	@echo "Setting up $(VENV) from the locks (once; about 75 MB) ..." >&2
	@$(LOCKED) -r requirements/build.txt
	@$(LOCKED) -r requirements/core.txt
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

# A module without its bytecode is compiled anew by each process, where none may be written.
$(STAMP)/bytecode: $(STAMP)/core $(shell find kg -name '*.py')
	@$(BIN)/python -m compileall -q kg
	@touch $@

$(STAMP)/test: $(STAMP)/core requirements/test.txt requirements/owlapi-jars.txt
	@echo "Adding what the tests need ..." >&2
	@$(LOCKED) -r requirements/test.txt
	@$(LOCKED) -r requirements/owlapi-jars.txt
	@touch $@

$(STAMP)/browser: $(STAMP)/test requirements/browser.txt
	@echo "Adding what the tests in a browser need ..." >&2
	@$(LOCKED) -r requirements/browser.txt
	@touch $@

$(STAMP)/mutation: $(STAMP)/test requirements/mutation.txt
	@echo "Adding what the mutation run needs ..." >&2
	@$(LOCKED) -r requirements/mutation.txt
	@touch $@

$(STAMP)/lint: $(STAMP)/core requirements/lint.txt
	@echo "Adding what the checks need ..." >&2
	@$(LOCKED) -r requirements/lint.txt
	@touch $@
