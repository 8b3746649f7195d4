package web

import (
	"io"
	"maps"
	"net/http"
	"strings"

	"github.com/wallboard/wallboard/internal/source"
)

// maxBody bounds a delivery.
const maxBody = 1 << 20

// hook takes one delivery. The body is read once, in full, before anything looks at it.
func (s *Server) hook(w http.ResponseWriter, r *http.Request) error {
	if e := r.Header.Get("Content-Encoding"); e != "" && !strings.EqualFold(e, "identity") {
		return &problem{status: http.StatusUnsupportedMediaType, title: "Unsupported content encoding", field: "Content-Encoding", detail: "Send the body as it is, uncompressed."}
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
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
	maps.Copy(w.Header(), res.Header)
	w.WriteHeader(res.Status)
	_, err = w.Write(res.Body)
	if res.Status == http.StatusNoContent {
		return nil
	}
	return err
}
