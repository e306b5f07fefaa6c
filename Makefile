# The recipes that people, hooks and CI type. `make help` lists them.
SHELL := /bin/sh
.DEFAULT_GOAL := help
BIN := .venv/bin
PATHS := src tests scripts benchmarks deploy conftest.py hatch_build.py

# `make run` needs less than development does; where the larger environment stands already, it serves as well.
DEV := .venv/.installed-dev
TRAIN := .venv/.installed-train
RUN_ENV := $(if $(wildcard $(DEV)),$(DEV),$(TRAIN))

RUN_OPTIONS = $(if $(DATA),--data "$(DATA)") $(if $(CURRENCY),--currency "$(CURRENCY)") \
	$(if $(MILEAGE_UNIT),--mileage-unit "$(MILEAGE_UNIT)") \
	$(if $(PORT),--port "$(PORT)") $(if $(MLFLOW_PORT),--mlflow-port "$(MLFLOW_PORT)")

# Of the package itself, what is compiled when it is installed.
COMPILED := hatch_build.py src/car_price_prediction/package/_trees.c

.venv/.installed-%: requirements/%.lock pyproject.toml $(COMPILED)
	@scripts/environment.sh $*

.PHONY: run
run: $(RUN_ENV) ## Train where there is no model yet, start the API, the page and MLflow. DATA=, CURRENCY=, MILEAGE_UNIT=, PORT=, MLFLOW_PORT=
	@set -a; [ ! -f .env ] || . ./.env; exec $(BIN)/car-price run $(RUN_OPTIONS)

COMPOSE ?= $(if $(shell docker compose version 2>/dev/null),docker compose,docker-compose)
# Wherever DATA lies, the container sees its folder as data/.
UP_DATA = $(if $(DATA),DATA_FOLDER="$(abspath $(dir $(DATA)))" DATA="data/$(notdir $(DATA))") \
	$(if $(CURRENCY),CURRENCY="$(CURRENCY)") $(if $(MILEAGE_UNIT),MILEAGE_UNIT="$(MILEAGE_UNIT)")
BACKUP ?= backups/$(shell date +%Y-%m-%dT%H%M%S).tar.gz
# The service that may read and write every folder; nothing else of it runs.
AS_PREPARE = $(COMPOSE) run --rm --no-deps -T --entrypoint

.PHONY: up
up: ## The same in containers: build, start, train where there is no model yet. DATA=, CURRENCY=, MILEAGE_UNIT=
	$(UP_DATA) $(COMPOSE) up -d --build

SCALE = $(if $(REPLICAS),REPLICAS=$(REPLICAS) REPLICA_PORTS=5000-$(shell expr 4999 + $(REPLICAS))) \
	$(COMPOSE) -f docker-compose.yml -f docker-compose.scale.yml

.PHONY: scale-up
scale-up: ## The same with replicas of the API behind a load balancer on port 8000. REPLICAS=3
	$(UP_DATA) $(SCALE) up -d --build

.PHONY: scale-down
scale-down: ## Remove the containers of `make scale-up`; models, runs and logs stay
	$(SCALE) down

.PHONY: rollout
rollout: ## Replace the replicas one by one by what is here now, no request lost; back by itself where one is not well
	$(SCALE) build car-price-api
	COMPOSE="env $(SCALE)" deploy/rollout.sh

.PHONY: stop
stop: ## Stop the containers until the next `make up`
	$(COMPOSE) stop

.PHONY: down
down: ## Remove the containers; models, runs and logs stay
	$(COMPOSE) down

.PHONY: verify
verify: ## Is the deployment as it should be? A table, and exit 1 where something is wrong
	@$(COMPOSE) exec -T car-price-api car-price doctor --url http://127.0.0.1:5000

.PHONY: logs
logs: ## Show what the containers say, from now on
	$(COMPOSE) logs -f --tail 100

.PHONY: backup
backup: ## Write models and runs to one file. BACKUP=backups/….tar.gz. MLflow pauses, prices go on
	@mkdir -p "$(dir $(BACKUP))"
	@$(COMPOSE) stop mlflow-server
	@# 1: files were replaced meanwhile, each as a whole, and either is good. What came is looked through all the same.
	@$(AS_PREPARE) tar prepare -C / -czf - app/artifacts mlflow >"$(BACKUP).part"; status=$$?; \
		[ $$status -gt 1 ] || { tar -tzf "$(BACKUP).part" >/dev/null && mv "$(BACKUP).part" "$(BACKUP)"; status=$$?; }; \
		$(COMPOSE) start mlflow-server; exit $$status
	@echo "wrote $(BACKUP)"

.PHONY: restore
restore: ## Put models and runs back as they were in a backup: BACKUP=FILE. Everything pauses
	@tar -tzf "$(BACKUP)" >/dev/null
	@$(COMPOSE) stop
	@$(AS_PREPARE) sh prepare -euc 'find /app/artifacts /mlflow -mindepth 1 -delete; tar -C / -xzf -' <"$(BACKUP)"
	@$(COMPOSE) up -d

.PHONY: test
test: lint ## Lint, types, layers and every test. ARGS= goes to pytest
	$(BIN)/pytest $(ARGS)

.PHONY: e2e
e2e: $(DEV) ## The deployment, built and run on the Docker engine that answers. ARGS= goes to pytest
	$(BIN)/pytest tests/e2e -s $(ARGS)

.PHONY: lint
lint: $(DEV) ## Lint, format, types and layers, without changing anything
	$(BIN)/ruff check $(PATHS)
	$(BIN)/ruff format --check $(PATHS)
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/hadolint Dockerfile deploy/mlflow/Dockerfile

CHARTS := build/charts/.installed

$(CHARTS): $(DEV) requirements/charts.lock
	$(BIN)/uv venv --quiet --allow-existing build/charts
	$(BIN)/uv pip install --quiet --python build/charts --no-deps --require-hashes -r requirements/charts.lock
	touch $@

.PHONY: charts
charts: $(CHARTS) ## Hold the Helm chart against Kubernetes' schemas, three versions of them, and against policies
	build/charts/bin/python scripts/check_chart.py

.PHONY: format
format: $(DEV) ## Sort imports, mend what lint can mend, format
	$(BIN)/ruff check --fix $(PATHS)
	$(BIN)/ruff format $(PATHS)

.PHONY: bench-accuracy
bench-accuracy: $(DEV) ## Train and score on the real listings, where they are. FILES="georgia uk" takes some of them
	$(BIN)/python benchmarks/accuracy.py $(FILES)

.PHONY: bench-pricing
bench-pricing: $(DEV) ## Measure answers in process, with a million comparable listings
	$(BIN)/python benchmarks/pricing.py

.PHONY: bench-batches
bench-batches: $(DEV) ## Measure batches over HTTP and a file on the command line. ARTIFACTS=, ROWS=
	ARTIFACTS="$(ARTIFACTS)" ROWS="$(ROWS)" $(BIN)/python benchmarks/batches.py
.PHONY: bench-serving
bench-serving: $(DEV) ## Measure serving beside others and write docs/serving.md. PEERS=, PEERS_SCRIPTS=, ROUNDS=, SECONDS=
	$(BIN)/python benchmarks/serving.py

.PHONY: bench-scale
bench-scale: $(DEV) ## Measure a running `make scale-up` through the balancer and directly. REPLICA_PORTS=, BALANCER_PORT=
	REPLICA_PORTS="$(REPLICA_PORTS)" BALANCER_PORT="$(BALANCER_PORT)" $(BIN)/python benchmarks/scaled.py

.PHONY: bench-memory
bench-memory: $(DEV) ## Ask and swap models for long, and print the memory of a worker. REQUESTS=, RELOADS=
	$(BIN)/python benchmarks/endurance.py

.PHONY: fuzz
fuzz: $(DEV) ## Every call against its document, and requests that are none, CASES=10000 of each
	CASES=$(or $(CASES),10000) $(BIN)/pytest tests/contract/test_openapi_holds.py tests/contract/test_hard_to_kill.py

.PHONY: bench-hardship
bench-hardship: $(DEV) ## Ten times as many clients as a server takes on, then workers killed at random. SECONDS=
	$(BIN)/python benchmarks/hardship.py

.PHONY: bench-growth
bench-growth: $(DEV) ## How training and pricing grow with the listings. ROWS="10000 100000", BUDGET=
	ROWS="$(ROWS)" BUDGET="$(BUDGET)" $(BIN)/python benchmarks/growth.py

.PHONY: bench-metrics
bench-metrics: $(DEV) ## Measure what counting costs a price, and a scrape after a million requests
	$(BIN)/python benchmarks/metrics.py

.PHONY: bench-valuations
bench-valuations: $(DEV) ## Measure what keeping valuations costs the answers; needs a quiet machine. ROUNDS=40, SECONDS=1, URL=
	ROUNDS="$(ROUNDS)" SECONDS="$(SECONDS)" URL="$(URL)" $(BIN)/python benchmarks/keeping.py

.PHONY: bench-shadow
bench-shadow: $(DEV) ## Measure what a challenger in the shadow costs the answers; needs a quiet machine
	$(BIN)/python benchmarks/shadow.py

.PHONY: bench-drift
bench-drift: $(DEV) ## Simulate weeks without a change, and small changes: how often each raises an alarm. WEEKS=1000 SEED=1000
	WEEKS="$(WEEKS)" SEED="$(SEED)" $(BIN)/python benchmarks/drift.py

COMPILE = $(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" $(LOCK_ARGS)
# An image that serves holds none of these. scipy and narwhals: LightGBM's library is called without the Python package
# around it, which alone needs them. Pygments and what renders Markdown: progress bars and tables do without.
NOT_SERVED = $(addprefix --no-emit-package ,scipy narwhals pygments markdown-it-py mdurl)

.PHONY: lock
lock: $(DEV) ## Lock the dependencies anew. LOCK_ARGS=--upgrade takes newer ones
	$(COMPILE) pyproject.toml --extra dev -o requirements/dev.lock
	$(COMPILE) pyproject.toml --extra train -c requirements/dev.lock --no-annotate -o requirements/train.lock
	$(COMPILE) pyproject.toml --extra scale -c requirements/dev.lock --no-annotate -o requirements/scale.lock
	$(COMPILE) pyproject.toml $(NOT_SERVED) -c requirements/dev.lock --no-annotate -o requirements/serve.lock
	$(COMPILE) --group build -c requirements/dev.lock --no-annotate -o requirements/build.lock
	$(COMPILE) --group charts --no-annotate -o requirements/charts.lock

.PHONY: audit
audit: $(DEV) ## Hold every locked package against the databases of known holes; needs the network
	$(BIN)/pip-audit --strict --disable-pip --require-hashes --progress-spinner off $(addprefix -r ,$(wildcard requirements/*.lock))

SBOM = $(BIN)/python -W ignore -m cyclonedx_py requirements --pyproject pyproject.toml --output-reproducible --of JSON

.PHONY: sbom
sbom: $(DEV) ## Write bills of materials of both images, CycloneDX, to build/sbom-*.json
	@mkdir -p build
	$(SBOM) -o build/sbom-serve.json requirements/serve.lock
	$(SBOM) -o build/sbom-train.json requirements/train.lock

.PHONY: docs
docs: $(DEV) ## Build the documentation to build/docs; a broken link fails
	NO_MKDOCS_2_WARNING=true $(BIN)/mkdocs build --strict --quiet --site-dir build/docs

.PHONY: docs-cli
docs-cli: $(DEV) ## Write the made pages anew: docs/cli.md, docs/api-reference.md, docs/settings.md, .env.example
	$(BIN)/python scripts/reference.py

.PHONY: clean
clean: ## Remove caches and build output; the environment, models and data stay
	rm -rf .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis build dist
	find src tests -name __pycache__ -type d -exec rm -rf {} +

.PHONY: clean-venv
clean-venv: clean ## Remove the environment too
	rm -rf .venv

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
