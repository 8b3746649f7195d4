package web

import (
	"context"
	"maps"
	"net/http"
	"reflect"
	"time"

	"github.com/wallboard/wallboard/internal/board"
	"github.com/wallboard/wallboard/internal/wallboard"
	"github.com/wallboard/wallboard/views"
)

const (
	// frameEvery bounds how often a board's frames go out.
	frameEvery = 100 * time.Millisecond
	// lifeEvery is how often a frame goes out when nothing changes; less than the 5 s
	// that screens are promised, and than the 10 s after which they mark their numbers.
	lifeEvery = 2500 * time.Millisecond
	// viewFor is how long a view stands while nothing changes; with lifeEvery less than 5 s.
	viewFor = time.Second
)

// view is one published state of a board. Nobody modifies it.
type view struct {
	seq     uint64
	at      time.Time // when it was made
	numbers wallboard.Numbers
	model   views.Board
	layout  string
	cells   map[string]frameCell
	// changed are the cells that differ from view seq-1; nil where there is none of this layout.
	changed map[string]frameCell
}

// publish returns the board's view of what is so now: the newest one if nothing changed
// since it was made a moment ago, else the next.
func (s *Server) publish(p *published) *view {
	p.mu.Lock()
	defer p.mu.Unlock()
	now, def := s.o.Now(), p.def()
	n := s.o.Floor.Numbers(def)
	if def != p.shown {
		// What a metric has no threshold for any more is forgotten.
		maps.DeleteFunc(p.alarms, func(metric string, _ board.Alarm) bool { _, ok := def.Thresholds[metric]; return !ok })
	}
	if p.view != nil && def == p.shown && now.Sub(p.view.at) < viewFor && reflect.DeepEqual(p.view.numbers, n) {
		return p.view
	}
	v := &view{seq: 1, at: now, numbers: n}
	if p.view != nil {
		v.seq = p.view.seq + 1
	}
	v.model = boardView(def, &v.numbers, now, p.alarms)
	v.model.Epoch, v.model.Seq = s.epoch, v.seq
	if s.began.After(n.Since) {
		v.model.Unbroken = s.began.In(n.Since.Location())
	}
	v.layout = v.model.Layout()
	v.cells = frameCells(&v.model)
	if p.view != nil && p.view.layout == v.layout {
		v.changed = changedCells(p.view.cells, v.cells)
	}
	p.view, p.shown = v, def
	return v
}

// board publishes and returns the named board's view, so that who asks sees what was
// applied before. Its screens get that view too.
func (s *Server) board(r *http.Request) (*published, *view, error) {
	p := s.boards.find(r.PathValue("board"))
	if p == nil {
		return nil, nil, noBoard
	}
	v := s.publish(p)
	s.hub.poke()
	return p, v, nil
}

// send gives a view to the screens that lack it.
func (s *Server) send(ctx context.Context, p *published, v *view) error {
	n := s.hub.needs(p, v)
	if !n.full && !n.partial {
		return nil
	}
	fs, err := s.encode(ctx, p, v, n)
	if err != nil {
		return err
	}
	s.hub.deliver(p, v, fs)
	return nil
}

// idle reports whether a board has nobody to publish for now. A board with thresholds is
// looked at from time to time though nobody watches: its alarms say since when.
func (s *Server) idle(p *published) bool {
	if s.hub.watched(p) {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.def().Thresholds) == 0 || p.view != nil && s.o.Now().Sub(p.view.at) < lifeEvery
}

// Run publishes boards that have screens, until ctx ends; then it closes the sockets. A
// change after quiet goes out at once, the next ones after a pause that merges them.
func (s *Server) Run(ctx context.Context) error {
	wake, stop := s.o.Floor.Watch()
	defer stop()
	s.hub.start()
	defer s.hub.close()
	life := time.NewTicker(lifeEvery)
	defer life.Stop()
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-wake:
		case <-s.hub.poked:
		case <-life.C:
		case <-ping.C:
			tokens := s.hub.ping(s.o.Now())
			if s.o.Access == nil {
				break
			}
			if err := s.o.Access.Seen(ctx, tokens...); err != nil && ctx.Err() == nil {
				s.o.Logger.Error("use of sessions and screens not noted", "cause", err)
			}
		}
		for _, p := range s.boards.all() {
			if s.idle(p) {
				continue
			}
			if err := s.send(ctx, p, s.publish(p)); err != nil {
				s.o.Logger.Error("board not published", "board", p.def().Name, "cause", err)
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(frameEvery):
		}
	}
}
