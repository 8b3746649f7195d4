package web

import (
	"bytes"
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/gorilla/websocket"

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
)

// view is one published state of a board. Nobody modifies it.
type view struct {
	seq     uint64
	at      time.Time // when it was made
	numbers wallboard.Numbers
	model   views.Board
	layout  string
	frame   *websocket.PreparedMessage
}

// published is a board and its newest view.
type published struct {
	def *board.Definition

	mu     sync.Mutex
	view   *view
	states map[string]string // of thresholds, for hysteresis
}

// frame is a live message; see SPEC section 6.
type frame struct {
	Epoch  string               `json:"epoch"`
	Seq    uint64               `json:"seq"`
	AsOf   string               `json:"as_of"`
	AgeMS  int64                `json:"age_ms"`
	Full   bool                 `json:"full"`
	Layout string               `json:"layout"`
	Cells  map[string]frameCell `json:"cells"`
	HTML   string               `json:"html,omitempty"`
}

type frameCell struct {
	Text    string `json:"text"`
	State   string `json:"state,omitempty"`
	SinceMS *int64 `json:"since_ms,omitempty"`
}

// publish makes the board's next view from what is so now.
func (s *Server) publish(ctx context.Context, p *published) (*view, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := s.o.Now()
	v := &view{seq: 1, at: now, numbers: s.o.Floor.Numbers(p.def)}
	v.model = boardView(p.def, &v.numbers, now, p.states)
	v.layout = v.model.Layout()
	f := frame{
		Epoch: s.epoch, AsOf: v.numbers.AsOf.Format(timeForm), AgeMS: v.model.Age.Milliseconds(), Full: true, Layout: v.layout,
		Cells: make(map[string]frameCell),
	}
	for _, c := range v.model.Cells() {
		f.Cells[c.ID] = frameCell{c.Text, c.State, c.SinceMS}
	}
	if p.view != nil {
		v.seq = p.view.seq + 1
	}
	// A screen that connects may have another layout than ours from a page of before, so a
	// new layout's region goes with the first frames, and with those to new sockets.
	if p.view == nil || p.view.layout != v.layout || len(s.hub.fresh(p)) > 0 {
		var b bytes.Buffer
		if err := views.BoardRegion(v.model).Render(ctx, &b); err != nil {
			return nil, err
		}
		f.HTML = b.String()
	}
	f.Seq = v.seq
	body, err := json.Marshal(f)
	if err != nil {
		return nil, err
	}
	if v.frame, err = websocket.NewPreparedMessage(websocket.TextMessage, body); err != nil {
		return nil, err
	}
	p.view = v
	return v, nil
}

// board publishes and returns the named board's view, so that who asks sees what was
// applied before.
func (s *Server) board(r *http.Request) (*published, *view, error) {
	p, ok := s.boards[r.PathValue("board")]
	if !ok {
		return nil, nil, &problem{status: http.StatusNotFound, title: "No such board", detail: "No board of this name is configured."}
	}
	v, err := s.publish(r.Context(), p)
	return p, v, err
}

// Run publishes boards that have screens, until ctx ends; then it closes the sockets.
func (s *Server) Run(ctx context.Context) error {
	wake, stop := s.o.Floor.Watch()
	defer stop()
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
		case <-s.hub.joined:
		case <-life.C:
		case <-ping.C:
			s.hub.ping()
		}
		for _, p := range s.boards {
			if !s.hub.watched(p) {
				continue
			}
			v, err := s.publish(ctx, p)
			if err != nil {
				s.o.Logger.Error("board not published", "board", p.def.Name, "cause", err)
				continue
			}
			s.hub.broadcast(p, v.frame)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(frameEvery):
		}
	}
}
