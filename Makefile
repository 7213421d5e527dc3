# Every command of the project. A bare Debian 12 with Python 3.11, its venv module and make is enough.
ifndef PYTHON
PYTHON := $(shell for name in python3.11 python3; do $$name -c '' 2>/dev/null && break; done; echo $$name)
endif
HOST ?= 127.0.0.1
PORT ?= 8000
RESET ?=
DATABASE_URL ?= postgres://postgres@127.0.0.1:5432/postgres
REDIS_URL ?= redis://127.0.0.1:6379/0
ONLY ?=

BIN := .venv/bin
# Django's command line where no database is looked at, whatever a .env may say.
MANAGE := DJANGO_TEST=1 DATABASE_URL= REDIS_URL= SQLITE_FILE=:memory: $(BIN)/python manage.py
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
CATALOGUE := locale/zh_Hans/LC_MESSAGES/django
SERVICES = DATABASE_URL='$(DATABASE_URL)' REDIS_URL='$(REDIS_URL)'
PYTEST := $(BIN)/python -m pytest -n 2

.PHONY: help demo test test-services test-browser browser bench lock messages format fit-to-start python
.NOTPARALLEL:
.DELETE_ON_ERROR:

help:
	@echo 'make demo            the portal with a demo world on http://$(HOST):$(PORT)/ (PORT=, RESET=1)'
	@echo 'make test            lint, import contracts, migrations, translations, the suite on SQLite'
	@echo 'make test-services   the suite on PostgreSQL and Redis with real workers (DATABASE_URL=, REDIS_URL=)'
	@echo 'make test-browser    the main flows in Chromium; make browser installs it'
	@echo 'make bench           every figure claimed for speed and memory, measured (ONLY="lists search", DATABASE_URL=, REDIS_URL=)'
	@echo 'make lock            write the locked dependencies anew'
	@echo 'make messages        bring the translations up to date with the sources'
	@echo 'make format          format the Python sources'

# --- what is installed and made once, and again only when what it comes from changes

python:
	@command -v $(PYTHON) >/dev/null || { echo 'Python 3.11 is missing; on Debian: apt-get install python3 python3-venv.' >&2; exit 1; }

$(BIN)/installed: requirements.lock | python
	@$(PYTHON) -I consortium/preflight.py install
	@$(BIN)/python -c 'import pip' 2>/dev/null || { echo 'Making the virtual environment in .venv'; $(PYTHON) -m venv --clear .venv; }
	@echo 'Installing what requirements.lock names'
	@$(PIP) --require-hashes -r requirements.lock
	@touch $@

$(BIN)/installed-dev: requirements-dev.lock $(BIN)/installed
	@echo 'Installing what requirements-dev.lock names'
	@$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@

# The system's npm where there is one, else the one that came with the virtual environment, which is told to
# trust whom the system trusts, as pip is by its own settings.
node_modules/installed: package-lock.json | $(BIN)/installed
	@echo "Fetching the pages' libraries that package-lock.json names"
	@mkdir -p var/npm
	@PATH="$$PATH:$(CURDIR)/$(BIN)" npm_config_cache="$(CURDIR)/var/npm" npm_config_update_notifier=false \
	    NODE_USE_SYSTEM_CA=1 npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
	@touch $@

static/vendor/icons.svg: node_modules/installed consortium/management/commands/vendor_assets.py consortium/icons.py
	@$(MANAGE) vendor_assets
	@touch $@

$(CATALOGUE).mo: $(CATALOGUE).po | $(BIN)/installed
	@$(BIN)/python -c 'from consortium import translations; translations.compile_catalogue()'

# --- running

fit-to-start: | python
	@HOST='$(HOST)' PORT='$(PORT)' $(PYTHON) -I consortium/preflight.py start

demo: fit-to-start $(BIN)/installed static/vendor/icons.svg $(CATALOGUE).mo
	@HOST='$(HOST)' PORT='$(PORT)' RESET='$(RESET)' DEMO=1 exec $(BIN)/python -m consortium.supervisor

# --- checking

test: $(BIN)/installed-dev static/vendor/icons.svg $(CATALOGUE).mo
	@mkdir -p var
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet . || { echo 'Some files are not formatted; run: make format' >&2; exit 1; }
	@$(BIN)/lint-imports --no-cache >var/lint-imports.txt 2>&1 || { cat var/lint-imports.txt >&2; exit 1; }
	@$(MANAGE) makemigrations --check --dry-run >var/migrations.txt || { cat var/migrations.txt >&2; exit 1; }
	@$(MANAGE) messages --check
	@$(PYTEST) --dist worksteal

test-services: $(BIN)/installed-dev static/vendor/icons.svg $(CATALOGUE).mo
	@$(SERVICES) $(BIN)/python -m tests.services.ready
	@$(SERVICES) $(PYTEST) --dist loadfile --override-ini norecursedirs='browser node_modules var .*'

test-browser: $(BIN)/installed-dev static/vendor/icons.svg $(CATALOGUE).mo
	@$(BIN)/python -m tests.browser.ready 2>/dev/null || $(MAKE) --no-print-directory browser
	@$(BIN)/python -m tests.browser.ready
	@$(BIN)/python -m pytest tests/browser

browser:
	@test "$$(id -u)" = 0 || { echo 'Installing Chromium and the Noto CJK fonts needs root: sudo make browser.' >&2; exit 1; }
	@command -v apt-get >/dev/null || { echo 'This is no Debian; install chromium and the Noto Sans CJK fonts by hand.' >&2; exit 1; }
	apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends chromium fonts-noto-cjk fontconfig

bench: $(BIN)/installed-dev static/vendor/icons.svg $(CATALOGUE).mo
	@$(SERVICES) $(BIN)/python -m bench $(ONLY)

# --- keeping up

lock: $(BIN)/installed
	@test -x $(BIN)/uv || $(PIP) uv
	@for name in requirements requirements-dev; do $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
	    --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header --output-file $$name.lock $$name.txt; done

messages: $(BIN)/installed
	@$(MANAGE) messages

format: $(BIN)/installed-dev
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .
