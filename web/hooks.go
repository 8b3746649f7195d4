package web

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/wallboard/wallboard/internal/intake"
	"github.com/wallboard/wallboard/internal/source"
)

// Limits of deliveries' bodies.
const (
	maxBody    = 1 << 20
	bodyWithin = 10 * time.Second // to read one; vendors give up sooner
	maxBodies  = 512              // read at once
)

// hook takes one delivery. The body is read once, in full, before anything looks at it.
func (s *Server) hook(w http.ResponseWriter, r *http.Request) error {
	if e := r.Header.Get("Content-Encoding"); e != "" && !strings.EqualFold(e, "identity") {
		return &problem{status: http.StatusUnsupportedMediaType, title: "Unsupported content encoding", field: "Content-Encoding", detail: "Send the body as it is, uncompressed."}
	}
	body, err := s.body(w, r)
	if err != nil {
		s.o.Intake.Refused(r.PathValue("source"), err)
		return err
	}
	d := &source.Delivery{
		Received: s.o.Now(), Method: r.Method, RawQuery: r.URL.RawQuery, Header: r.Header, Body: body,
		Path: strings.TrimPrefix(r.URL.EscapedPath(), "/hooks/"+r.PathValue("source")),
	}
	res, err := s.o.Intake.Handle(r.Context(), r.PathValue("source"), d)
	if err != nil {
		return err
	}
	clear(w.Header()) // what protects a page makes the answer longer than RingCentral takes
	w.Header().Set("Cache-Control", "no-store")
	maps.Copy(w.Header(), res.Header)
	w.WriteHeader(res.Status)
	_, err = w.Write(res.Body)
	if res.Status == http.StatusNoContent {
		return nil
	}
	return err
}

// body reads a request's body. Who sends it too slowly may come again, and who breaks off
// sent something else than was announced.
func (s *Server) body(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	select {
	case s.places <- struct{}{}:
		defer func() { <-s.places }()
	default:
		return nil, intake.ErrOverloaded
	}
	c := http.NewResponseController(w)
	if err := c.SetReadDeadline(time.Now().Add(s.bodyWithin)); err != nil {
		return nil, err
	}
	b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var large *http.MaxBytesError
	switch {
	case err == nil:
		return b, c.SetReadDeadline(time.Time{}) // what comes next has the server's own
	case errors.As(err, &large):
		return nil, fmt.Errorf("%w: %w", intake.ErrTooLarge, err)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, slowBody
	}
	return nil, brokenBody
}
