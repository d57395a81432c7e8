# Everything a developer does here is one word. `make` alone lists them.

PYTHON ?= python3
LISTEN ?= 127.0.0.1:9191
DATA   ?= ./data
# How long `make fuzz` spends on each target.
FUZZTIME ?= 10s

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
EXAMPLES := hello my_plugin_go refresh_all_go my_plugin refresh_all

export PYTHON FUZZTIME

.DEFAULT_GOAL := help
.PHONY: help run build test lint fmt bench fuzz corpus generate clean

help: ## list what make can do
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## start the host with example plugins and channels on http://127.0.0.1:9191 (Ctrl-C ends it)
	@mkdir -p $(DATA)/plugins
	@for name in $(EXAMPLES); do \
		[ -e $(DATA)/plugins/$$name ] || cp -R examples/$$name $(DATA)/plugins/; \
	done
	@bin/pluggarr python setup --data $(DATA) || echo "Going on without: plugins that import Django will say so."
	@bin/pluggarr sample --data $(DATA) --host-wait 1m & exec bin/pluggarr serve --listen $(LISTEN) --data $(DATA)

build: ## make bin/pluggarr
	go build -trimpath -ldflags '-X main.version=$(VERSION)' -o bin/pluggarr ./host/cmd/pluggarr

test: ## run every test: Go, Python and the page; the last line is "N passed, N failed"
	@.ci/test

lint: ## run the linters
	@.ci/lint

fmt: ## format Go and Python
	@.ci/fmt

bench: ## run the benchmarks
	@.ci/modules | while read -r module; do \
		(cd $$module && go test -run '^$$' -bench . -benchmem ./... </dev/null) || exit 1; \
	done

fuzz: ## run each fuzz target for FUZZTIME
	@.ci/fuzz

corpus: build ## say which plugins in the folder PLUGINS run here: make corpus PLUGINS=~/plugins
	@[ -n "$(PLUGINS)" ] || { echo "name a folder of plugins: make corpus PLUGINS=DIR" >&2; exit 2; }
	@bin/pluggarr python setup --data $(DATA) || echo "Going on without: plugins that import Django will say so."
	@bin/pluggarr try $(PLUGINS) --data $(DATA)

generate: ## write the generated files anew
	go generate ./...

clean: ## remove what building and testing left (not ./data)
	rm -rf bin .cache
