# make run and make test do everything: set-up, then the job.
TOOL = go tool -modfile=tools/go.mod

.PHONY: run test check fmt setup bench

run:
	@scripts/setup
	go run . demo

setup:
	@scripts/setup --test

test: setup
	go test ./...

# What a change must pass; it includes all that make test runs.
check: setup
	@test -z "$$(gofmt -l . | tee /dev/stderr)" || { echo "run make fmt"; exit 1; }
	@test -z "$$($(TOOL) gofumpt -l . | tee /dev/stderr)" || { echo "run make fmt"; exit 1; }
	go tool templ fmt -fail views
	go vet ./...
	$(TOOL) staticcheck ./...
	go test -race -shuffle=on ./...

fmt:
	go tool templ fmt views
	go tool templ generate
	$(TOOL) gofumpt -w .

bench:
	go test -run '^$$' -bench . ./...
