package main

import (
	"io"
	"net/http"
	"sync/atomic"
)

// gate stands before the site until what is stored was counted again: until then every
// number would be too low, and nothing can be stored. It says so to vendors, which come
// again, and to whoever asks whether the program is ready.
type gate struct {
	// Static after construction.
	site http.Handler

	open atomic.Bool
}

// startingProblem is the answer of before.
const startingProblem = `{"type":"about:blank","title":"Starting","status":503,"detail":"Stored events are being counted; try again soon."}
`

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if g.open.Load() {
		g.site.ServeHTTP(w, r)
		return
	}
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	if r.Method == http.MethodGet && r.URL.Path == "/healthz" {
		h.Set("Content-Type", "text/plain; charset=utf-8")
		io.WriteString(w, "ok\n")
		return
	}
	h.Set("Content-Type", "application/problem+json")
	h.Set("Retry-After", "2")
	w.WriteHeader(http.StatusServiceUnavailable)
	io.WriteString(w, startingProblem)
}
