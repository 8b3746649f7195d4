package web

import (
	"bytes"
	"net/http"

	"github.com/a-h/templ"
)

// writePage renders to a buffer, then writes.
func writePage(w http.ResponseWriter, r *http.Request, c templ.Component) error {
	return writePageStatus(w, r, c, http.StatusOK)
}

func writePageStatus(w http.ResponseWriter, r *http.Request, c templ.Component, status int) error {
	var b bytes.Buffer
	if err := c.Render(r.Context(), &b); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, err := w.Write(b.Bytes())
	return err
}
