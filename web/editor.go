package web

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"slices"

	"github.com/wallboard/wallboard/internal/board"
	"github.com/wallboard/wallboard/static"
	"github.com/wallboard/wallboard/views"
)

// Shelf keeps the boards that people made. Errors that are theirs to mend are board.Faults.
type Shelf interface {
	All(ctx context.Context) ([]board.Kept, error)
	// Check checks a draft; Read those of a text as the settings file has it.
	Check(d board.Draft) (*board.Definition, error)
	Read(text []byte) ([]*board.Definition, error)
	Draft(d *board.Definition) board.Draft
	Text(defs ...*board.Definition) ([]byte, error)
	// Put stores all or none, in the place of those of their names.
	Put(ctx context.Context, defs ...*board.Definition) error
	Remove(ctx context.Context, name string) error
}

// editorRoutes are those of the boards that people make.
func (s *Server) editorRoutes(mayEdit func(handler) http.Handler) {
	s.mux.Handle("/editor", mayEdit(reading(s.editorPage)))
	s.mux.Handle("/editor/new", mayEdit(readOrPost(s.newBoard, s.saveNewBoard)))
	s.mux.Handle("/editor/import", mayEdit(readOrPost(s.importPage, s.importBoards)))
	s.mux.Handle("/editor/preview", mayEdit(reading(s.preview)))
	s.mux.Handle("/editor/preview/frame", mayEdit(reading(s.previewFrame)))
	s.mux.Handle("/editor/boards/{board}", mayEdit(readOrPost(s.editBoard, s.saveBoard)))
	s.mux.Handle("/editor/boards/{board}/remove", mayEdit(posting(s.removeBoard)))
	s.mux.Handle("/editor/boards/{board}/board.yaml", mayEdit(reading(s.exportBoard)))
}

// LoadBoards shows the boards that people made, from now on. Those that cannot be shown are
// told in the log and in the editor.
func (s *Server) LoadBoards(ctx context.Context) error {
	if s.o.Shelf == nil {
		return nil
	}
	list, err := s.o.Shelf.All(ctx)
	if err != nil {
		return err
	}
	for _, k := range list {
		if k.Definition == nil {
			s.o.Logger.Error("board not shown; the editor tells more", "board", k.Name, "cause", k.Faults)
			continue
		}
		s.boards.put(k.Definition)
	}
	return nil
}

// kept finds a board that people made; nil is none.
func (s *Server) kept(ctx context.Context, name string) (*board.Kept, error) {
	list, err := s.o.Shelf.All(ctx)
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(list, func(k board.Kept) bool { return k.Name == name }); i >= 0 {
		return &list[i], nil
	}
	return nil, nil
}

// changeable is one that may be changed: not one of the settings file, and not none.
func (s *Server) changeable(ctx context.Context, name string) (*board.Kept, error) {
	k, err := s.kept(ctx, name)
	switch {
	case err != nil:
		return nil, err
	case k == nil && s.boards.find(name) != nil:
		return nil, ofFile
	case k == nil:
		return nil, noBoard
	}
	return k, nil
}

// editorPage lists all boards, and which of them can be changed here.
func (s *Server) editorPage(w http.ResponseWriter, r *http.Request) error {
	list, err := s.o.Shelf.All(r.Context())
	if err != nil {
		return err
	}
	page := views.Editor{Assets: editorAssets()}
	made := make(map[string]bool)
	for _, k := range list {
		row := views.EditorRow{Name: k.Name, Title: k.Name, Ours: true, Faults: faultsView(k.Faults)}
		if k.Definition != nil {
			row.Title, made[k.Name] = cmp.Or(k.Definition.Title, k.Name), true
		}
		page.Rows = append(page.Rows, row)
	}
	for _, d := range s.boards.definitions() {
		if !made[d.Name] {
			page.Rows = append(page.Rows, views.EditorRow{Name: d.Name, Title: cmp.Or(d.Title, d.Name)})
		}
	}
	slices.SortStableFunc(page.Rows, func(a, b views.EditorRow) int { return cmp.Compare(a.Name, b.Name) })
	return writePage(w, r, views.EditorPage(page))
}

// newBoard is an empty form, or one filled as the board that from names.
func (s *Server) newBoard(w http.ResponseWriter, r *http.Request) error {
	d := board.Draft{Window: string(board.Today)}
	if p := s.boards.find(r.URL.Query().Get("from")); p != nil {
		d = s.o.Shelf.Draft(p.def())
		d.Name = ""
	}
	return s.boardForm(w, r, &d, views.BoardForm{New: true}, http.StatusOK)
}

func (s *Server) editBoard(w http.ResponseWriter, r *http.Request) error {
	k, err := s.changeable(r.Context(), r.PathValue("board"))
	if err != nil {
		return err
	}
	if k.Definition == nil {
		page := views.Import{Assets: editorAssets(), Text: k.Text, Replace: true, Faults: faultsView(k.Faults)}
		return writePage(w, r, views.ImportPage(page))
	}
	d := s.o.Shelf.Draft(k.Definition)
	return s.boardForm(w, r, &d, views.BoardForm{Seen: seal(k.Text)}, http.StatusOK)
}

// seal names a text, so that a form knows whether somebody changed the board since.
func seal(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}

func (s *Server) saveNewBoard(w http.ResponseWriter, r *http.Request) error {
	d, faults := draftOf(r.PostForm)
	page := views.BoardForm{New: true}
	s.editing.Lock()
	defer s.editing.Unlock()
	def, err := s.checked(&d, faults)
	if err == nil && s.boards.find(d.Name) != nil {
		err = board.Faults{{Field: "name", Detail: "is another board's name already; choose another one"}}
	}
	if err == nil {
		// A board that cannot be shown now has its name all the same.
		var k *board.Kept
		if k, err = s.kept(r.Context(), d.Name); err == nil && k != nil {
			err = board.Faults{{Field: "name", Detail: "is that of a board that cannot be shown now; mend or remove that one"}}
		}
	}
	if err == nil {
		err = s.store(r, "made a board", def)
	}
	return s.afterSave(w, r, &d, page, err)
}

func (s *Server) saveBoard(w http.ResponseWriter, r *http.Request) error {
	name := r.PathValue("board")
	d, faults := draftOf(r.PostForm)
	d.Name = name
	s.editing.Lock()
	defer s.editing.Unlock()
	k, err := s.changeable(r.Context(), name)
	if err != nil {
		return err
	}
	page := views.BoardForm{Seen: seal(k.Text)}
	if r.PostForm.Get("seen") != page.Seen {
		faults = append(faults, board.Fault{Field: "The board", Detail: "was changed by somebody else meanwhile; what you see are your values, and saving again puts them in the place of the other's"})
	}
	def, err := s.checked(&d, faults)
	if err == nil {
		err = s.store(r, "changed a board", def)
	}
	return s.afterSave(w, r, &d, page, err)
}

// checked is the definition of a draft whose form had these faults already.
func (s *Server) checked(d *board.Draft, faults board.Faults) (*board.Definition, error) {
	if len(faults) > 0 {
		return nil, faults
	}
	return s.o.Shelf.Check(*d)
}

// store keeps boards and shows them from now on; their screens get the new layout with the
// next frame. The caller holds editing.
func (s *Server) store(r *http.Request, deed string, defs ...*board.Definition) error {
	if err := s.o.Shelf.Put(r.Context(), defs...); err != nil {
		return err
	}
	for _, d := range defs {
		s.boards.put(d)
		if s.o.Access != nil {
			if err := s.o.Access.Record(r.Context(), visitorOf(r), deed, d.Name); err != nil {
				return err
			}
		}
	}
	s.hub.poke()
	return nil
}

// afterSave leads back to the list, or shows the form with what is wrong.
func (s *Server) afterSave(w http.ResponseWriter, r *http.Request, d *board.Draft, page views.BoardForm, err error) error {
	var faults board.Faults
	switch {
	case errors.As(err, &faults):
		page.Faults = faultsView(faults)
		return s.boardForm(w, r, d, page, http.StatusUnprocessableEntity)
	case err != nil:
		return err
	}
	return done(w, r, "/editor")
}

func (s *Server) removeBoard(w http.ResponseWriter, r *http.Request) error {
	name := r.PathValue("board")
	s.editing.Lock()
	defer s.editing.Unlock()
	k, err := s.changeable(r.Context(), name)
	if err != nil {
		return err
	}
	if err := s.o.Shelf.Remove(r.Context(), name); err != nil {
		return err
	}
	if s.o.Access != nil {
		if err := s.o.Access.Record(r.Context(), visitorOf(r), "removed a board", name); err != nil {
			return err
		}
	}
	if k.Definition != nil { // else the board of this name is the settings file's
		if p := s.boards.remove(name); p != nil {
			s.hub.endBoard(p, closeReload)
		}
	}
	return done(w, r, "/editor")
}

// exportBoard is the board as the settings file has it, also of one that comes from there.
func (s *Server) exportBoard(w http.ResponseWriter, r *http.Request) error {
	name := r.PathValue("board")
	k, err := s.kept(r.Context(), name)
	if err != nil {
		return err
	}
	var text []byte
	switch p := s.boards.find(name); {
	case k != nil:
		text = []byte(k.Text)
	case p == nil:
		return noBoard
	default:
		if text, err = s.o.Shelf.Text(p.def()); err != nil {
			return err
		}
	}
	w.Header().Set("Content-Type", "application/yaml")
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`.yaml"`)
	_, err = w.Write(text)
	return err
}

func (s *Server) importPage(w http.ResponseWriter, r *http.Request) error {
	return writePage(w, r, views.ImportPage(views.Import{Assets: editorAssets()}))
}

// importBoards takes boards as the settings file has them, all or none.
func (s *Server) importBoards(w http.ResponseWriter, r *http.Request) error {
	page := views.Import{Assets: editorAssets(), Text: r.PostForm.Get("text"), Replace: r.PostForm.Get("replace") != ""}
	s.editing.Lock()
	defer s.editing.Unlock()
	defs, err := s.o.Shelf.Read([]byte(page.Text))
	if err == nil && !page.Replace {
		list, listErr := s.o.Shelf.All(r.Context())
		if listErr != nil {
			return listErr
		}
		var faults board.Faults
		for _, d := range defs {
			if slices.ContainsFunc(list, func(k board.Kept) bool { return k.Name == d.Name }) {
				faults = append(faults, board.Fault{Field: "The board " + d.Name, Detail: "is there already; choose to replace it, or another name"})
			}
		}
		if len(faults) > 0 {
			err = faults
		}
	}
	if err == nil {
		err = s.store(r, "imported a board", defs...)
	}
	var faults board.Faults
	switch {
	case errors.As(err, &faults):
		page.Faults = faultsView(faults)
		return writePageStatus(w, r, views.ImportPage(page), http.StatusUnprocessableEntity)
	case err != nil:
		return err
	}
	return done(w, r, "/editor")
}

// ofFile refuses to change a board of the settings file.
var ofFile = &problem{
	status: http.StatusConflict, title: "A board of the settings file", field: "board",
	detail: "This board is defined in the settings file, and is changed there. A copy can be made in the list of boards.",
}

func editorAssets() views.Assets {
	a := pageAssets()
	a.Editor = static.URL("editor.js")
	return a
}

func faultsView(faults board.Faults) []views.Fault {
	var list []views.Fault
	for _, f := range faults {
		list = append(list, views.Fault(f))
	}
	return list
}
