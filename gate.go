package main

import (
	"io"
	"net/http"
	"strings"
	"sync/atomic"

	"github.com/wallboard/wallboard/static"
	"github.com/wallboard/wallboard/views"
)

// gate stands before the site until what is stored was counted again: until then every
// number would be too low, and nothing can be stored. It says so to vendors, which come
// again, and to whoever asks whether the program is ready.
type gate struct {
	// Static after construction.
	site http.Handler

	open atomic.Bool
}

// startingProblem is the answer of before to machines, startingText that to people.
const (
	startingProblem = `{"type":"about:blank","title":"Starting","status":503,"detail":"Stored events are being counted; try again soon."}
`
	startingText = "Stored events are being counted. This page comes by itself as soon as they are."
)

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if g.open.Load() || strings.HasPrefix(r.URL.Path, static.Prefix) {
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
	h.Set("Retry-After", "2")
	if r.Method == http.MethodGet && strings.Contains(r.Header.Get("Accept"), "text/html") {
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Refresh", "2") // a screen that was switched on with the server waits for it
		w.WriteHeader(http.StatusServiceUnavailable)
		views.ErrorPage(views.Assets{Style: static.URL("board.css"), Pages: static.URL("pages.css")}, "Starting", startingText).Render(r.Context(), w)
		return
	}
	h.Set("Content-Type", "application/problem+json")
	w.WriteHeader(http.StatusServiceUnavailable)
	io.WriteString(w, startingProblem)
}
