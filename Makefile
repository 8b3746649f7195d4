# make run and make test do everything: set-up, then the job.
TOOL = go tool -modfile=tools/go.mod
# Texts put together with += read better in tests.
FIX = go fix -stringsbuilder=false
# Browsers wait in real time, and a busy machine takes its time too.
LONG = -timeout 30m

.PHONY: run setup test check fmt bench past fire powercut

run:
	@scripts/setup
	go run . demo

setup:
	@scripts/setup --test

test: setup
	go test $(LONG) ./...

# What a change must pass: the linters, and all that make test runs.
check: setup
	@unformatted=$$($(TOOL) gofumpt -l .) || exit 1; \
	  test -z "$$unformatted" || { echo "not formatted, run make fmt:" $$unformatted >&2; exit 1; }
	go tool templ fmt -fail -log-level error views
	go tool templ generate -check -log-level error
	go mod tidy -diff
	$(FIX) -diff ./...
	go vet ./...
	$(TOOL) staticcheck ./...
	go test $(LONG) -race -shuffle=on ./...

fmt:
	$(FIX) ./...
	go tool templ fmt views
	go tool templ generate
	$(TOOL) gofumpt -w .

bench:
	go test -run '^$$' -bench . -benchmem ./...

# Pages over a simulated year of a million interactions, which are made first and kept in PAST, and
# whether all that tells of them agrees.
PAST ?= $(CURDIR)/tmp/past
past:
	mkdir -p $(PAST)
	go test ./web -count=1 -v -run PastAgrees -bench Past -benchtime 7x -timeout 6h -past.interactions 1000000 -past.folder $(PAST)

# A power cut on a real file system in an image, which must be mounted: as root.
powercut:
	go test -tags image ./e2e -count=1 -v -run PowerCutImage

# Ten runs of kill -9 under load; a single one is played again by -fire.seed.
fire:
	go test ./e2e -count=1 -v -run UnderFire -fire.seeds 10
