package web

import (
	"net/http"
	"slices"

	"github.com/wallboard/wallboard/internal/board"
	"github.com/wallboard/wallboard/views"
)

// manner is in which words a board's cells are written: its language, and how it names agents; and
// whether its numbers open lists.
type manner struct {
	locale string
	names  board.Names
	opens  bool
}

// face is a board in one manner, for all screens that want it so: its frames are encoded
// once for all of them. A board has at most as many faces as there are manners.
type face struct {
	// Static after construction.
	board *published
	manner

	// Guarded by board.mu.
	view *view // the newest; nil before somebody looked
}

// view is a moment of a board in the words of a face. Nobody modifies it.
type view struct {
	*moment
	model  views.Board
	layout string
	cells  map[string]frameCell
	// changed are the cells that differ from view seq-1; nil where there is none of this layout.
	changed map[string]frameCell
}

// face is the board's face for a display, made where it is the first of its manner.
func (p *published) face(d views.Display) *face {
	def := p.def()
	m := manner{locale: views.Locales[0], names: leastOf(def.Names, d), opens: d.Opens}
	for _, l := range []string{def.Locale, d.Locale} {
		if l != "" {
			m.locale = l
		}
	}
	if !def.Shows(board.TileAgentList) {
		m.names = board.NamesHidden // nobody sees a difference
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	f := p.faces[m]
	if f == nil {
		f = &face{board: p, manner: m}
		p.faces[m] = f
	}
	return f
}

// leastOf is how a display names agents: no more than the board allows, and on a screen,
// before which anybody may stand, only where it was set so.
func leastOf(allowed board.Names, d views.Display) board.Names {
	order := []board.Names{board.NamesHidden, board.NamesInitials, board.NamesFull}
	wanted := board.Names(d.Names)
	switch {
	case wanted == "" && d.Screen:
		wanted = board.NamesHidden
	case wanted == "":
		wanted = board.NamesFull
	}
	return order[max(0, min(slices.Index(order, allowed), slices.Index(order, wanted)))]
}

// look returns the face's view of what is so now.
func (s *Server) look(f *face) *view {
	p := f.board
	p.mu.Lock()
	defer p.mu.Unlock()
	m := s.next(p)
	if f.view != nil && f.view.moment == m {
		return f.view
	}
	v := &view{moment: m, model: m.model}
	// A board that was changed meanwhile may name agents less.
	v.model.Locale, v.model.Names = f.locale, string(leastOf(p.shown.Names, views.Display{Names: string(f.names)}))
	if !f.opens {
		v.model.Links = nil
	}
	v.layout = v.model.Layout()
	v.cells = frameCells(&v.model)
	if f.view != nil && f.view.seq == m.seq-1 && f.view.layout == v.layout {
		v.changed = changedCells(f.view.cells, v.cells)
	}
	f.view = v
	return v
}

// faced is the board that a request names, in the face that it asks for, as it is now.
func (s *Server) faced(r *http.Request) (*face, *view, views.Display, error) {
	d, err := s.display(r)
	if err != nil {
		return nil, nil, d, err
	}
	p := s.boards.find(r.PathValue("board"))
	if p == nil {
		return nil, nil, d, noBoard
	}
	f := p.face(d)
	v := s.look(f)
	s.hub.poke() // its screens get that view too
	return f, v, d, nil
}
