# make lab        engine, images, binary; starts a lab (LAB=…) and opens its shell
# make test       all tests, engine tests included, and every scenario's proofs
# make check      linters, then make test
# make generate   what follows from the code: schemas, and tables in docs/
# make bench      speed and memory, as a table
# make fuzz       hostile input for whatever reads what a learner made, for FUZZ seconds

LAB     ?= git-merge-conflict
SEEDS   ?= 2
FUZZ    ?= 60
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)

# The race detector needs a C compiler, which Endstate itself does not.
# Every process that it has looked at waits for others at its end, by default a second.
RACE := $(if $(shell command -v gcc),-race,)
export GORACE ?= atexit_sleep_ms=50

STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOFUMPT     := mvdan.cc/gofumpt@v0.12.0
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.9.0

.PHONY: build generate lab engine images test compiled unit fuzz prove check lint vulnerabilities bench clean

build:
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w -X main.version=$(VERSION)' -o bin/endstate ./cmd/endstate

engine: build
	@scripts/engine

images: engine
	bin/endstate images build

lab: engine
	bin/endstate start $(LAB)

# Images come over the network, tests out of the compiler: neither waits for the other.
test: engine
	$(MAKE) -j 2 images compiled
	go test $(RACE) -tags engine -p 2 -parallel 3 -timeout 40m ./...
	$(MAKE) fuzz
	$(MAKE) prove

# Writes what follows from the code: schemas, and tables in docs/.
generate:
	go generate ./...

compiled:
	go test $(RACE) -tags engine -run '^$$' ./... >/dev/null

# The tests that need no engine.
unit:
	go test $(RACE) ./...

fuzz:
	scripts/fuzz $(FUZZ)

# One seed that is always the same and one that never is.
prove: images
	bin/endstate lint
	bin/endstate prove --seed 1 --seeds 1 --parallel 3
	bin/endstate prove --seeds 1 --parallel 3

check: lint test

lint: vulnerabilities
	@test -z "$$(go run $(GOFUMPT) -l cmd internal labs scenarios | tee /dev/stderr)"
	go vet ./...
	go vet -tags engine ./...
	go run $(STATICCHECK) -tags engine ./...

# Without its database nothing can be said, and that is said.
vulnerabilities:
	@GOBIN=$(CURDIR)/bin go install $(GOVULNCHECK)
	@bin/govulncheck ./... || { \
	  test $$? -ne 3 && echo 'NOT CHECKED for known vulnerabilities, see above.' >&2; }

bench: images
	scripts/bench
	@echo 'What the store of attempts costs a check, and looking back at 10,000 attempts:'
	go test ./internal/cli ./cmd/endstate -run '^$$' -bench 'Check|LookBack' -benchtime 20x

clean: build
	-bin/endstate stop --all
	rm -rf bin
