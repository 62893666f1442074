# Everything by name: `make help` lists it. cargo, node, python3, make and apt are all that must be there.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL: # Cargo and the tests each use every core already.

CACHE := $(HOME)/.cache/switchboard
VENV := $(CACHE)/venv
TOOLS := $(CACHE)/tools
BENCH := $(CACHE)/bench
EMULATOR := $(CACHE)/emulator

# CI starts from a fresh clone each time, so what it compiles outlives the clone.
ifeq ($(CI),true)
export CARGO_TARGET_DIR ?= $(CACHE)/target
else
export CARGO_TARGET_DIR ?= $(CURDIR)/target
endif
export SAM_CLI_TELEMETRY := 0
export AWS_DEFAULT_REGION ?= us-east-1

# As .cargo/config.toml says for what is deployed.
RELEASE_FLAGS := -C force-unwind-tables=no
FUNCTIONS := $(notdir $(wildcard functions/*))
TEMPLATE := infra/template.yaml
CARGO_DENY := 0.20.2
CARGO_FUZZ := 0.13.2
ROOT := $(if $(filter 0,$(shell id -u)),,sudo)

help: ## What can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

# ── Run ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

run: build ## The whole system on http://127.0.0.1:8787, with a demo sign-in
	@exec $(CARGO_TARGET_DIR)/debug/local

build: web/dist/index.html ## The web app, every function and the local host
	@cargo build --locked --workspace --bins

# The lock file that npm writes into node_modules says what it has installed.
web/node_modules/.package-lock.json: web/package-lock.json
	@cd web && npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

web/dist/index.html: web/node_modules/.package-lock.json $(shell find web/src web/public web/index.html web/vite.config.ts -type f 2>/dev/null)
	@cd web && npm run --silent build
	@touch $@

# ── Test ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

test: tools check-format lint deny build test-rust check-generated test-web test-browser test-infra ## Everything that CI checks

check-format: ## rustfmt has nothing to say
	@cargo fmt --all --check

lint: ## clippy has nothing to say
	@cargo clippy --locked --workspace --all-targets --quiet -- -D warnings

test-rust: build ## Unit, property, storage and conformance tests, and the template's promises
	@cargo test --locked --workspace --no-fail-fast

deny: $(TOOLS)/bin/cargo-deny ## The arrows between crates, licences and sources (deny.toml)
	@$(TOOLS)/bin/cargo-deny check -A unused-wrapper bans licenses sources

check-generated: build web/node_modules/.package-lock.json ## docs/openapi.json and the web app's schemas say what the code says
	@$(CARGO_TARGET_DIR)/debug/openapi --check
	@cd web && npm run --silent generate:check

generate: build web/node_modules/.package-lock.json ## Writes docs/openapi.json and the web app's schemas anew
	@$(CARGO_TARGET_DIR)/debug/openapi > docs/openapi.json.new && mv docs/openapi.json.new docs/openapi.json
	@cd web && npm run --silent generate

test-web: web/node_modules/.package-lock.json ## The web app: lint, types, unit tests
	@cd web && npm run --silent check

test-browser: build chromium ## The web app in headless Chromium, against the local host
	@cd web && npm run --silent e2e

test-infra: $(VENV)/.ready ## cfn-lint and SAM accept the template; tests/tests/template.rs holds its promises
	@$(VENV)/bin/cfn-lint $(TEMPLATE)
	@$(VENV)/bin/sam validate --lint --template-file $(TEMPLATE)

SCENES ?=
test-emulator: $(EMULATOR)/.ready ## The same template and scenes on ministack, a second opinion: SCENES="road:: media::" (docs/EMULATOR.md)
	@cargo build --locked --workspace --bins
	@$(EMULATOR)/bin/python tests/emulator/run --bin $(CARGO_TARGET_DIR)/debug $(SCENES:%=--scene %) -- \
	  cargo test --locked --workspace --test scenes

$(EMULATOR)/.ready: infra/tools/emulator.txt
	@python3 -m venv $(EMULATOR) || { $(ROOT) apt-get update -qq && $(ROOT) apt-get install -y -qq python3-venv && python3 -m venv $(EMULATOR); }
	@$(EMULATOR)/bin/pip install --quiet --disable-pip-version-check -r $<
	@touch $@

PROFILE ?= low
load: build ## A busy day against a running system: PROFILE=low, medium or high, more in ARGS (docs/LOAD.md)
	@$(CARGO_TARGET_DIR)/debug/load --profile $(PROFILE) $(ARGS)

SEEDS ?= 2000
ACTIONS ?= 60
simulate: ## The functions under so many seeds, with faults at every call: SEEDS=2000, ACTIONS=60 (docs/SIMULATION.md)
	@cargo build --locked --profile simulation -p house -p simulation --bins
	@$(CARGO_TARGET_DIR)/simulation/simulate --seeds $(SEEDS) --actions $(ACTIONS) > /dev/null # What the functions print are figures for an alarm.

FUZZ ?= $(basename $(notdir $(wildcard fuzz/fuzz_targets/*.rs)))
FOR ?= 60
fuzz: $(TOOLS)/bin/cargo-fuzz ## libFuzzer on what comes in from outside: FUZZ="url cursor", FOR=60 seconds each (docs/FUZZ.md)
	@rustup toolchain list | grep -q '^nightly' || rustup toolchain install nightly --profile minimal
	@for target in $(FUZZ); do \
	  found=$(CACHE)/fuzz/$$target; mkdir -p $$found; seeds=fuzz/corpus/$$target; \
	  if [ $$target = envelope ]; then seeds="$$seeds shared/channel-whatsapp/fixtures"; fi; \
	  PATH="$(TOOLS)/bin:$$PATH" CARGO_PROFILE_DEV_OPT_LEVEL=2 cargo +nightly fuzz run --fuzz-dir fuzz --dev --sanitizer none \
	    --features libfuzzer $$target $$found $$seeds -- -max_total_time=$(FOR) -timeout=20 -verbosity=0 -print_final_stats=1; \
	done

bench: $(BENCH)/.ready ## P1–P8: the intake and each function's start beside Node and Python; what a message costs (docs/COST.md)
	@RUSTFLAGS="$(RELEASE_FLAGS)" cargo build --locked --release --bins -p bench-empty $(FUNCTIONS:%=-p %)
	@$(BENCH)/venv/bin/python bench/run --bin $(CARGO_TARGET_DIR)/release --peers $(BENCH)
	@cargo test --locked -p house -p table --test storage units -- --nocapture

# The peers: an SDK bundled for Node, boto3, and certificates for the stand-in of AWS.
$(BENCH)/.ready: $(wildcard bench/peers/*)
	@mkdir -p $(BENCH)
	@cp bench/peers/package.json bench/peers/package-lock.json $(BENCH)
	@cd $(BENCH) && npm ci --no-audit --no-fund --silent
	@NODE_PATH=$(BENCH)/node_modules $(BENCH)/node_modules/.bin/esbuild bench/peers/webhook.mjs --bundle --minify --platform=node \
	  --target=node20 --format=esm --log-level=error --outfile=$(BENCH)/webhook.mjs \
	  --banner:js="import{createRequire}from'module';const require=createRequire(import.meta.url);"
	@python3 -m venv $(BENCH)/venv || { $(ROOT) apt-get update -qq && $(ROOT) apt-get install -y -qq python3-venv && python3 -m venv $(BENCH)/venv; }
	@$(BENCH)/venv/bin/pip install --quiet --disable-pip-version-check -r bench/peers/requirements.txt
	@touch $@

# ── Deploy ───────────────────────────────────────────────────────────────────────────────────────────────────────────

build-sam: $(VENV)/.ready ## Every function for arm64, as `sam deploy` takes it, in .aws-sam/
	@rustup target list --installed | grep -q aarch64-unknown-linux-gnu || rustup target add aarch64-unknown-linux-gnu
	@PATH="$(VENV)/bin:$$PATH" sam build
	@for f in $(CURDIR)/.aws-sam/build/*/bootstrap; do printf '%10d bytes  %s\n' "$$(stat -c %s "$$f")" "$${f#$(CURDIR)/}"; done

# ── Tools ────────────────────────────────────────────────────────────────────────────────────────────────────────────

tools: $(VENV)/.ready $(TOOLS)/bin/cargo-deny chromium web/node_modules/.package-lock.json ## What the tests need, installed once

$(VENV)/.ready: infra/tools/requirements.txt
	@python3 -m venv $(VENV) || { $(ROOT) apt-get update -qq && $(ROOT) apt-get install -y -qq python3-venv && python3 -m venv $(VENV); }
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check -r $<
	@touch $@

$(TOOLS)/bin/cargo-deny:
	@cargo install --locked --quiet --version $(CARGO_DENY) --root $(TOOLS) --target-dir $(TOOLS)/build cargo-deny
	@rm -rf $(TOOLS)/build

$(TOOLS)/bin/cargo-fuzz:
	@cargo install --locked --quiet --version $(CARGO_FUZZ) --root $(TOOLS) --target-dir $(TOOLS)/build cargo-fuzz
	@rm -rf $(TOOLS)/build

chromium:
	@command -v chromium >/dev/null || { $(ROOT) apt-get update -qq && $(ROOT) apt-get install -y -qq --no-install-recommends chromium; }

clean-data: ## Forgets what the local system has stored
	@rm -rf .switchboard

.PHONY: help run build test check-format lint test-rust deny check-generated generate load simulate fuzz test-web test-browser test-infra \
  test-emulator bench build-sam tools chromium clean-data
