# The portal's commands. A fresh machine needs Python 3.11 or later with venv, make and the network.

.DEFAULT_GOAL := help
.PHONY: help run test check docs faults restarts backup restore recovery oracle twins bench imports load secrets audit sbom lock clean
.SILENT:
MAKEFLAGS += --no-print-directory

# The first Python that is new enough; name another with PYTHON=...
PYTHON ?=
NEW_ENOUGH = -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
FIND_PYTHON = for one in $(or $(PYTHON),python3.11 python3.12 python3.13 python3.14 python3); do \
		"$$one" $(NEW_ENOUGH) && found="$$one" && break; \
	done; \
	if [ -z "$$found" ]; then \
		echo "No Python 3.11 or later was found$(if $(PYTHON), at $(PYTHON)). Install one (on Debian or Ubuntu:" \
			"apt-get install python3 python3-venv), or name it: make $@ PYTHON=/path/to/python3.11"; exit 1; \
	fi
TO_RUN = found=; $(FIND_PYTHON); "$$found" -I qsg_portal/install.py requirements.txt || exit 1
TO_WORK = found=; $(FIND_PYTHON); "$$found" -I qsg_portal/install.py requirements.txt requirements-dev.txt || exit 1
PY = .venv/bin/python

help: ## Say what each command does
	echo "The Quality Surveillance Portal. Commands:"
	sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{printf "%-14s %s\n", $$1, $$2}'
	echo
	echo "Told by the environment: PORT (8000), HOST (127.0.0.1), DATA_DIR, DATABASE_URL, DATABASE_OWNER_URL,"
	echo "REDIS_URL, SECRET_KEY, DEMO, PORTAL_URL, ALLOWED_HOSTS, EMAIL_URL, DEFAULT_FROM_EMAIL, OIDC_ISSUER."

run: ## Set everything up and start the portal; Ctrl-C stops it
	$(TO_RUN); exec $(PY) -m qsg_portal

test: ## Run every test, in a real browser too; ARGS says which, and takes away that two processes share the work
	$(TO_WORK); $(PY) -m tests.chromium || exit 1; exec $(PY) -m pytest $(or $(ARGS),-n 2 --dist loadfile --no-loadscope-reorder)

check: ## Linters, types, contracts, migrations, documents, unsafe calls, secrets, locks, the settings of a deployment
	$(TO_WORK); exec $(PY) -m tests.checks

docs: ## Write the generated documents again, from the code
	$(TO_WORK); exec $(PY) manage.py generate_docs

faults: ## Kill, freeze, silence and fill everything around the portal, and print the figures
	$(TO_WORK); exec $(PY) manage.py faults $(ARGS)

restarts: ## Restart the web and the clockwork RESTARTS times (20) under load, and print what was lost
	$(TO_WORK); exec $(PY) manage.py faults --only restarting,rolling --restarts $(or $(RESTARTS),20)

oracle: ## Put generated worlds to the portal and to an independent oracle (WORLDS=500)
	$(TO_WORK); ORACLE_WORLDS=$(or $(WORLDS),500) exec $(PY) -m pytest tests/integration/access/test_oracle_agrees.py -s

twins: ## Ask everything as everybody (or WHO=chair,cqc), in a world with what is hidden and in one without
	$(TO_WORK); TWIN_WORLDS=$(or $(WHO),all) exec $(PY) -m pytest tests/house/test_twin_worlds.py -s

bench: ## Build the national data set and measure the pages (BENCH_CONCERNS=1000000)
	$(TO_WORK); exec $(PY) -m benchmarks

imports: ## Bring in a file of IMPORT_ROWS (50000) practices by the command, and print the seconds and the memory
	$(TO_WORK); exec $(PY) -m benchmarks.imports

load: ## Let LOAD_READERS (50) people read the national data set for LOAD_SECONDS (60), and print what pages took
	$(TO_WORK); exec $(PY) -m benchmarks.load

backup: ## Back up the database and its secrets to TO (./backups); KEEP of them are kept (14)
	$(TO_RUN); exec $(PY) -m qsg_portal.keeping backup "$(or $(TO),backups)" --keep $(or $(KEEP),14)

restore: ## Restore the backup FROM into an empty DATA_DIR or database, and verify it
	$(TO_RUN); [ -n "$(FROM)" ] || { echo "Say which backup: make restore FROM=backups/portal-…"; exit 1; }; \
	exec $(PY) -m qsg_portal.keeping restore "$(FROM)"

recovery: ## Lose a database's disk, recover it from its archive, and print what was lost and how long it took
	$(TO_WORK); exec $(PY) manage.py recovery_drill $(ARGS)

secrets: ## Make the random secrets of a deployment in ./secrets, those that are missing
	mkdir -p secrets && chmod 700 secrets
	for name in secret_key metrics_secret superuser_password owner_password web_password clockwork_password; do \
		[ -s "secrets/$$name" ] || python3 -c 'import secrets; print(secrets.token_urlsafe(50))' > "secrets/$$name"; \
	done
	touch secrets/secret_key_fallbacks secrets/oidc_client_secret # empty unless a key is replaced, or there is single sign-on
	[ -s secrets/email_url ] || echo "Write the mail server's address into secrets/email_url: smtp+tls://user:password@mail.example:587"

audit: ## Ask the network whether a locked package has a known hole, and which are out of date
	$(TO_WORK); $(PY) -m pip_audit --require-hashes --disable-pip --requirement requirements.txt; holes=$$?; \
	$(PY) -m uv pip list --outdated; exit $$holes

sbom: ## Write the bill of materials of what is shipped: sbom.json (CycloneDX)
	$(TO_WORK); exec $(PY) -m cyclonedx_py requirements requirements.txt --pyproject pyproject.toml --output-reproducible \
		--of JSON -o "$(or $(TO),sbom.json)"

lock: ## Lock the packages again, with hashes
	$(TO_WORK); \
	options="--quiet --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-annotate"; \
	$(PY) -m uv pip compile $$options $(ARGS) requirements.in -o requirements.txt && \
	$(PY) -m uv pip compile $$options $(ARGS) requirements-dev.in -o requirements-dev.txt

clean: ## Remove what the commands made here (not the portal's data)
	rm -rf .venv staticfiles htmlcov .coverage .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
