package web

import (
	"context"
	"maps"
	"net/http"
	"reflect"
	"sync"
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

// moment is one published state of a board, in no words yet. Nobody modifies it.
type moment struct {
	seq     uint64
	at      time.Time // when it was made
	numbers wallboard.Numbers
	model   views.Board
}

// publish returns what of the board is so now: the newest moment if nothing changed
// since it was made a moment ago, else the next.
func (s *Server) publish(p *published) *moment {
	p.mu.Lock()
	defer p.mu.Unlock()
	return s.next(p)
}

// next is publish for who holds p.mu.
func (s *Server) next(p *published) *moment {
	now, def := s.o.Now(), p.def()
	n := s.o.Floor.Numbers(def)
	if def != p.shown {
		// What a metric has no threshold for any more is forgotten.
		maps.DeleteFunc(p.alarms, func(metric string, _ board.Alarm) bool { _, ok := def.Thresholds[metric]; return !ok })
	}
	if p.moment != nil && def == p.shown && now.Sub(p.moment.at) < viewFor && reflect.DeepEqual(p.moment.numbers, n) {
		return p.moment
	}
	m := &moment{seq: 1, at: now, numbers: n}
	if p.moment != nil {
		m.seq = p.moment.seq + 1
	}
	m.model = boardView(def, &m.numbers, now, p.alarms)
	m.model.Epoch, m.model.Seq = s.epoch, m.seq
	if s.began.After(n.Since) {
		m.model.Unbroken = s.began.In(n.Since.Location())
	}
	p.moment, p.shown = m, def
	return m
}

// board publishes and returns the named board's moment, so that who asks sees what was
// applied before. Its screens get it too.
func (s *Server) board(r *http.Request) (*published, *moment, error) {
	p := s.boards.find(r.PathValue("board"))
	if p == nil {
		return nil, nil, noBoard
	}
	m := s.publish(p)
	s.hub.poke()
	return p, m, nil
}

// send gives a view to the screens that lack it.
func (s *Server) send(ctx context.Context, f *face, v *view) error {
	n := s.hub.needs(f, v)
	if !n.full && !n.partial {
		return nil
	}
	fs, err := s.encode(ctx, f.board, v, n)
	if err != nil {
		return err
	}
	s.hub.deliver(f, v, fs)
	return nil
}

// idle reports whether a board has nobody to publish for now. A board with thresholds is
// looked at from time to time though nobody watches: its alarms say since when.
func (s *Server) idle(p *published, watched bool) bool {
	if watched {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.def().Thresholds) == 0 || p.moment != nil && s.o.Now().Sub(p.moment.at) < lifeEvery
}

// Run publishes boards that have screens, until ctx ends; then it closes the sockets. A
// change after quiet goes out at once, the next ones after a pause that merges them.
func (s *Server) Run(ctx context.Context) error {
	wake, stop := s.o.Floor.Watch()
	defer stop()
	var noting sync.WaitGroup
	defer noting.Wait()
	seen := make(chan []string, 1)
	defer close(seen)
	noting.Go(func() { s.note(ctx, seen) })
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
			select {
			case seen <- s.hub.ping(s.o.Now()):
			default: // the database is slow; these come again
			}
		}
		for _, p := range s.boards.all() {
			if def := p.def(); def != p.housed {
				p.housed = def
				s.hub.rehouse(p)
			}
		}
		watched := s.hub.watched()
		for _, p := range s.boards.all() {
			if s.idle(p, len(watched[p]) > 0) {
				continue
			}
			s.publish(p)
			for _, f := range watched[p] {
				if err := s.send(ctx, f, s.look(f)); err != nil {
					s.o.Logger.Error("board not published", "board", p.def().Name, "cause", err)
				}
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(frameEvery):
		}
	}
}

// note writes that tokens are in use, beside the publisher: no board waits for the disk.
func (s *Server) note(ctx context.Context, seen <-chan []string) {
	for tokens := range seen {
		if s.o.Access == nil {
			continue
		}
		if err := s.o.Access.Seen(ctx, tokens...); err != nil && ctx.Err() == nil {
			s.o.Logger.Error("use of sessions and screens not noted", "cause", err)
		}
	}
}
