package web

import (
	"cmp"
	"errors"
	"net/http"

	"github.com/wallboard/wallboard/internal/board"
	"github.com/wallboard/wallboard/views"
)

// previewName is a board's name in its preview; no board of the settings file is called so
// by anybody in their right mind.
const previewName = "preview-of-a-board"

// previewed is the view of a board that is in a form still, with the numbers of now.
func (s *Server) previewed(r *http.Request) (*view, error) {
	q := r.URL.Query()
	d, faults := draftOf(q)
	d.Title, d.Name = cmp.Or(d.Title, d.Name), previewName
	def, err := s.checked(&d, faults)
	if err != nil {
		return nil, err
	}
	v := &view{moment: &moment{seq: 1, at: s.o.Now(), numbers: s.o.Floor.Numbers(def)}}
	v.model = boardView(def, &v.numbers, v.at, make(map[string]board.Alarm))
	v.model.Locale, v.model.Names = def.Locale, string(def.Names)
	v.model.Links = nil
	q.Del("layout")
	v.model.LiveURL, v.model.FrameURL = "", "/editor/preview/frame?"+q.Encode()
	v.model.Epoch, v.model.Seq = s.epoch, v.seq
	v.layout, v.cells = v.model.Layout(), frameCells(&v.model)
	return v, nil
}

// preview is the board that a form describes, for a frame within the editor's page.
func (s *Server) preview(w http.ResponseWriter, r *http.Request) error {
	s.embeddable(w, r, []string{"'self'"})
	v, err := s.previewed(r)
	var faults board.Faults
	switch {
	case errors.As(err, &faults):
		return writePageStatus(w, r, views.PreviewFaults(pageAssets(), faultsView(faults)), http.StatusOK)
	case err != nil:
		return err
	}
	return writePage(w, r, views.BoardPage(v.model))
}

// previewFrame is its next frame: a preview has no socket and asks.
func (s *Server) previewFrame(w http.ResponseWriter, r *http.Request) error {
	v, err := s.previewed(r)
	if err != nil {
		return &problem{status: http.StatusConflict, title: "Not a board", detail: "The form of this preview is not right.", cause: err}
	}
	f, err := s.fullFrame(r.Context(), v, r.URL.Query().Get("layout") != v.layout)
	if err != nil {
		return err
	}
	return writeJSON(w, f)
}
