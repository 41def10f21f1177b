# Two commands for a stranger: `make demo` and `make test`. Each sets up all it needs.
FROM = 0
COUNT = 1000
MINUTES = 30
SEED = 1
SECONDS = 60
TARGET =
MVN = JAVA_HOME="$$(scripts/find-jdk)" MAVEN_OPTS="--sun-misc-unsafe-memory-access=allow $$(scripts/checks/keep)" mvn --batch-mode --no-transfer-progress

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

.PHONY: demo
demo: build ## build a small VPC on this computer, run pods in it, draw it, take it down (root)
	@bin/vpc-cni lab demo

.PHONY: demo-cluster
demo-cluster: build ## the same on a real Kubernetes, which is built first if it is not there (root)
	@scripts/setup cluster
	@scripts/demo-cluster

.PHONY: build
build: setup ## leave bin/vpc-cni runnable and a node's files under dist/node
	@$(MVN) --quiet package -DskipTests -Dspotless.check.skip=true
	@echo "build: bin/vpc-cni runs; a node's files are under dist/node"

.PHONY: test
test: ## format check, compile with warnings as errors, every test, the architecture's rules (root)
	@scripts/setup tests
	@$(MVN) -T 2 verify

.PHONY: test-vlan
test-vlan: setup ## the tests that need VLAN devices, in a kernel of their own (User-Mode Linux; root)
	@scripts/test-vlan

.PHONY: test-cluster
test-cluster: ## the tests on a real Kubernetes, which is built first if it is not there (root)
	@scripts/setup cluster
	@scripts/kubernetes/build
	@$(MVN) verify -pl acceptance -am -Dvpccni.without= -Dvpccni.forks=1 -Dtest='dev.vpccni.acceptance.cluster.**' \
		-Dsurefire.failIfNoSpecifiedTests=false

.PHONY: test-chart
test-chart: ## lint and render the Helm chart, and compare with what is kept (helm and kubeconform are built once)
	@scripts/test-chart

.PHONY: image
image: build ## make the container image under dist/image, an OCI layout, without an engine
	@scripts/image

.PHONY: image-arm64
image-arm64: build ## the same for arm64, under dist/image-arm64, with a cross-compiler and an emulator
	@VPC_CNI_IMAGE_ARCH=arm64 scripts/image

.PHONY: test-image
test-image: build ## make the image twice, compare, and run what is in it (VPC_CNI_IMAGE_ARCH=arm64: by an emulator)
	@scripts/test-image

.PHONY: bench
bench: build ## print what ADD, DEL and the daemon cost, beside the floor (root)
	@scripts/bench

.PHONY: simulate
simulate: setup ## live COUNT lives from seed FROM on, all of it in simulated time (FROM=7 COUNT=1 tells one)
	@scripts/simulate $(FROM) $(COUNT)

.PHONY: soak
soak: build ## two nodes for MINUTES=30 with kills, outages and hostile callers by SEED=1; all must hold (root)
	@scripts/bench soak $(MINUTES) $(SEED)

.PHONY: mutants
mutants: setup ## change the code in small ways; write docs/mutants.md, which of it no test notices
	@scripts/mutants

.PHONY: fuzz
fuzz: setup ## look for inputs that break a reader, each for SECONDS=60, or only TARGET=CniFuzzTest#arguments
	@scripts/fuzz $(SECONDS) '$(TARGET)'

.PHONY: format
format: setup ## format the sources
	@$(MVN) --quiet spotless:apply

.PHONY: clean
clean: ## remove all that was built
	@rm -rf dist target */target

.PHONY: setup
setup:
	@scripts/setup
