# make lab        get everything ready, start a lab (LAB=…) and open its shell
# make web        get everything ready, and open the labs in a browser
# make test       run all tests, including the engine tests and every scenario's proofs
# make check      run the linters, then make test
# make generate   generate the schemas and the tables in docs/ from the code
# make bench      measure speed and memory, and print a table
# make bench-serve  measure a class of LEARNERS at once in the browser
# make cluster    bring up a Kubernetes cluster of two nodes for tests, and print its kubeconfig (make cluster-down)
# make cluster-test  test labs on that cluster, and play the proofs of SCENARIOS there
# make deb        make a Debian package in bin/
# make server-image  make the container image endstate/server
# make chart      check the Helm chart, and render it into bin/chart.yaml
# make fuzz       fuzz everything that reads learners' data, for FUZZ seconds

LAB     ?= git-merge-conflict
LEARNERS ?= 30
FUZZ    ?= 60
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)

# The race detector needs a C compiler; Endstate itself does not. By default, the detector
# makes every process sleep for a second when it exits.
RACE := $(if $(shell command -v gcc),-race,)
export GORACE ?= atexit_sleep_ms=50

# Without tables for debuggers, a program of tests is linked in less than half the time. Traces of
# panics and races are the same.
LINK := -ldflags=-w

STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOFUMPT     := mvdan.cc/gofumpt@v0.12.0
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.9.0
HELM        := helm.sh/helm/v3/cmd/helm@v3.21.4
NFPM        := github.com/goreleaser/nfpm/v2/cmd/nfpm@v2.43.4

ASSETS := internal/web/assets

.PHONY: build generate lab web engine npm tools picture images test compiled unit fuzz prove check lint vulnerabilities cluster cluster-down cluster-test bench bench-serve deb server-image chart clean

# What pages of endstate serve load. Without npm, this says so, and the program is built without them.
$(ASSETS)/dist/lab.js: $(wildcard $(ASSETS)/src/*) $(ASSETS)/package.json $(ASSETS)/package-lock.json
	@scripts/assets

# What hosts on a cluster run under, as a part of endstate.
SUPERVISOR := internal/supervisor/program/dist/supervisor
$(SUPERVISOR): $(wildcard cmd/supervisor/*.go internal/supervisor/*.go internal/supervisor/wire/*.go labs/*.go) go.mod
	@GOOS=linux CGO_ENABLED=0 go build -trimpath -ldflags '-s -w -buildid=' -o $@ ./cmd/supervisor

build: $(ASSETS)/dist/lab.js $(SUPERVISOR)
	GOGC=400 CGO_ENABLED=0 go build -trimpath -ldflags '-s -w -X main.version=$(VERSION)' -o bin/endstate ./cmd/endstate

engine: build
	@scripts/engine

# Make the picture of the browser in README.md.
picture: build
	scripts/picture

# Make sure of npm, with which build makes what pages load.
npm:
	@command -v npm >/dev/null || scripts/browser

# Make sure of what the tests need beside an engine: a browser, PostgreSQL, and a server for SSH.
# apt-get can't run twice at once, so one comes after the other.
tools:
	@scripts/browser
	@scripts/postgres
	@scripts/sshd

images: engine
	bin/endstate images build

lab: engine
	@echo 'The same labs in a browser: bin/endstate serve'
	bin/endstate start $(LAB)

web: engine
	bin/endstate serve

# Building images and installing tools need the network, and building tests needs the processors, so
# do all at once.
test: npm engine
	$(MAKE) -j 3 images compiled tools
	go test $(RACE) $(LINK) -tags engine -p 2 -parallel 3 -timeout 40m ./...
	$(MAKE) fuzz
	$(MAKE) prove

# Generate the schemas and the tables in docs/.
generate:
	go generate ./...

# Compile the tests without linking them: what is linked is not cached, and go test would link again.
# A compiler that seldom collects garbage needs a fifth less processor time.
compiled:
	GOGC=400 go list $(RACE) -tags engine -test -export ./... >/dev/null

# Run the tests that need no engine.
unit:
	go test $(RACE) $(LINK) ./...

fuzz:
	scripts/fuzz $(FUZZ)

# Prove one fixed seed, and a random one.
prove: images
	bin/endstate lint
	bin/endstate prove --seed 1 --seeds 1 --parallel 5
	bin/endstate prove --seeds 1 --parallel 5

check: lint test

lint: vulnerabilities
	@test -z "$$(go run $(GOFUMPT) -l cmd internal labs scenarios | tee /dev/stderr)"
	go vet ./...
	go vet -tags engine ./...
	go run $(STATICCHECK) -tags engine ./...

# If the vulnerability database can't be reached, say so and continue.
vulnerabilities:
	@GOBIN=$(CURDIR)/bin go install $(GOVULNCHECK)
	@bin/govulncheck ./... || { \
	  test $$? -ne 3 && echo 'NOT CHECKED for known vulnerabilities, see above.' >&2; }

bench: images
	scripts/bench
	@echo 'What the store of attempts adds to a check, and how long looking back at 10,000 attempts takes:'
	go test ./internal/cli ./cmd/endstate -run '^$$' -bench 'Check|LookBack' -benchtime 20x
	$(MAKE) bench-serve

# A class that works at once in the browser, key to echo beside the engine's own exec, and terminals that
# print without end. It fails if anybody is refused, a byte is lost, or the server needs too much memory.
bench-serve: images
	ENDSTATE_LEARNERS=$(LEARNERS) go test -tags engine ./internal/web -run '^Test(ClassAtOnce|Floods)$$' -count 1 -timeout 20m -v

# A real cluster on this machine for tests, see docs/cluster.md. It needs root.
cluster:
	@scripts/cluster/up

cluster-down:
	@scripts/cluster/down

# Test the engine for Kubernetes on that cluster, and play the proofs of SCENARIOS there; empty: of all.
cluster-test: images
	scripts/cluster/test $(SCENARIOS)

# A Debian package of the program with a systemd service.
deb: build
	ARCH=$$(go env GOARCH) VERSION=$(if $(filter v%,$(VERSION)),$(VERSION:v%=%),0.0.0~$(VERSION)) \
	  go run $(NFPM) package --config deploy/nfpm.yaml --packager deb --target bin/

# A container image of Endstate itself, on the base of the images of labs.
server-image: images
	tar --create --directory deploy/image Dockerfile --directory $(CURDIR)/bin endstate | docker build --tag endstate/server \
	  --build-arg BASE=$$(docker images endstate/base --format '{{.Repository}}:{{.Tag}}' | head -n 1) -

# Check the Helm chart with what it can be given, and render it. helm is a program of its own, not in go.mod.
CHART := deploy/helm/endstate
GIVEN := --set registry.address=registry.example.org/labs,hosts={labs.example.org}
RENDER := go run $(HELM) template endstate $(CHART) --namespace endstate --kube-version 1.34 $(GIVEN)
chart:
	@mkdir -p bin
	go run $(HELM) lint --strict $(CHART) $(GIVEN) --set tls.secretName=tls
	go run $(HELM) lint --strict $(CHART) $(GIVEN) --set proxies={10.42.0.0/16},ingress.enabled=true,replicas=2,store.secretName=store,persistence.accessMode=ReadWriteMany
	@$(RENDER) 2>&1 | grep -q 'must not travel unencrypted' # neither TLS nor a proxy is refused
	@$(RENDER) --set tls.secretName=tls,replicas=2 2>&1 | grep -q 'need PostgreSQL' # and so are two servers on one file
	@$(RENDER) --set tls.secretName=tls,registry.address=labs 2>&1 | grep -q 'does not match pattern' # and a registry without a host
	$(RENDER) --set tls.secretName=tls >bin/chart.yaml

clean: build
	-bin/endstate stop --all
	rm -rf bin
