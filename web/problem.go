package web

import (
	"bytes"
	"errors"
	"net/http"

	"github.com/go-json-experiment/json"

	"github.com/wallboard/wallboard/internal/intake"
	"github.com/wallboard/wallboard/internal/journal"
	"github.com/wallboard/wallboard/internal/source"
	"github.com/wallboard/wallboard/views"
)

// problem is an error with what its reader is told. The cause is for the log alone.
type problem struct {
	status        int
	title, detail string
	field         string
	retryAfter    string
	allow         string
	cause         error
}

func (p *problem) Error() string { return p.title }
func (p *problem) Unwrap() error { return p.cause }

var (
	notFound      = &problem{status: http.StatusNotFound, title: "Not found", field: "path", detail: "There is nothing under this address."}
	onlyReading   = &problem{status: http.StatusMethodNotAllowed, title: "Method not allowed", field: "method", detail: "This address is only read, by GET.", allow: "GET, HEAD"}
	slowBody      = &problem{status: http.StatusServiceUnavailable, title: "Try again later", field: "body", detail: "The body did not come in time.", retryAfter: "2"}
	brokenBody    = &problem{status: http.StatusBadRequest, title: "Malformed", field: "body", detail: "The body is not as long, or not in such parts, as it says."}
	foreignHost   = &problem{status: http.StatusMisdirectedRequest, title: "Another host", field: "Host", detail: "This server does not answer to this host name. Set public_url to the address that you use."}
	noBoard       = &problem{status: http.StatusNotFound, title: "No such board", field: "board", detail: "No board of this name is configured."}
	noUpgrade     = &problem{status: http.StatusUpgradeRequired, title: "A websocket", field: "Upgrade", detail: "This address is a board's live socket."}
	foreignOrigin = &problem{status: http.StatusForbidden, title: "Another site's page", field: "Origin", detail: "A board's socket is for pages of this host."}
	noInteraction = &problem{status: http.StatusNotFound, title: "No such interaction", field: "id", detail: "This source has no interaction of this id."}
)

// handler is a handler that returns what went wrong.
type handler func(http.ResponseWriter, *http.Request) error

// told turns an error into the problem that its reader is told.
func told(err error) *problem {
	var p *problem
	if errors.As(err, &p) {
		return p
	}
	var large *http.MaxBytesError
	p = &problem{status: http.StatusInternalServerError, title: "Something failed", detail: "The server's log says what.", cause: err}
	switch {
	case errors.As(err, &large):
		p.status, p.title, p.field, p.detail = http.StatusRequestEntityTooLarge, "Too large", "body", "A delivery has at most 1 MiB."
	case errors.Is(err, intake.ErrUnknownSource):
		p.status, p.title, p.field, p.detail = http.StatusNotFound, "Unknown source", "source", "No source of this name is configured."
	case errors.Is(err, source.ErrUnauthenticated):
		p.status, p.title, p.field, p.detail = http.StatusUnauthorized, "Unauthenticated", "authentication", err.Error()
	case errors.Is(err, source.ErrMalformed):
		p.status, p.title, p.field, p.detail = http.StatusBadRequest, "Malformed", "body", err.Error()
	case errors.Is(err, source.ErrContentType):
		p.status, p.title, p.field, p.detail = http.StatusUnsupportedMediaType, "Unsupported content type", "Content-Type", err.Error()
	case errors.Is(err, source.ErrMethod):
		p.status, p.title, p.field, p.detail, p.allow = http.StatusMethodNotAllowed, "Method not allowed", "method", "This source sends POST requests only.", "POST"
	case errors.Is(err, intake.ErrOverloaded), errors.Is(err, journal.ErrUnavailable), errors.Is(err, source.ErrUnavailable):
		p.status, p.title, p.detail, p.retryAfter = http.StatusServiceUnavailable, "Try again later", "The delivery was not stored.", "2"
	}
	return p
}

// answer is what page and machine share: it runs h and turns its error into p.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, h handler) *problem {
	err := h(w, r)
	if err == nil {
		return nil
	}
	p := told(err)
	if p.status >= 500 {
		s.o.Logger.Error("request failed", "route", r.Pattern, "status", p.status, "cause", p.cause)
	} else {
		s.o.Logger.Debug("request refused", "route", r.Pattern, "status", p.status)
	}
	for name, v := range map[string]string{"Retry-After": p.retryAfter, "Allow": p.allow} {
		if v != "" {
			w.Header().Set(name, v)
		}
	}
	return p
}

// machine answers errors as problem documents.
func (s *Server) machine(h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p := s.answer(w, r, h)
		if p == nil {
			return
		}
		body, err := json.Marshal(struct {
			Type   string `json:"type"`
			Title  string `json:"title"`
			Status int    `json:"status"`
			Detail string `json:"detail,omitempty"`
			Field  string `json:"field,omitempty"`
		}{"about:blank", p.title, p.status, p.detail, p.field})
		if err != nil {
			s.o.Logger.Error("problem not encoded", "cause", err)
		}
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(p.status)
		w.Write(body)
	})
}

// page answers errors as pages.
func (s *Server) page(h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p := s.answer(w, r, h)
		if p == nil {
			return
		}
		if v, _, err := s.visitor(r); err == nil { // who went astray sees the way to other pages
			r = known(r, v)
		}
		var b bytes.Buffer
		if err := views.ErrorPage(pageAssets(), p.title, p.detail).Render(r.Context(), &b); err != nil {
			s.o.Logger.Error("page not rendered", "cause", err)
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if p.status >= 500 || p == noBoard { // nobody stands at a screen to reload it
			w.Header().Set("Refresh", "10")
		}
		w.WriteHeader(p.status)
		w.Write(b.Bytes())
	})
}

// writeJSON encodes v and writes it.
func writeJSON(w http.ResponseWriter, v any) error {
	b, err := json.Marshal(v, json.Deterministic(true))
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	_, err = w.Write(b)
	return err
}
